/* What is written for others can be read by them: wizard.yaml by the wizard's own reader, env by a shell; also in a
 * folder whose name holds what both languages quote. */
#include "config.h"

#include "../base/unit.h"
#include <sys/stat.h>
#include "base/settings.h"
#include "sandbox/papers.h"

static struct {
    char outer[64];
    struct box box;
    struct state state;
} it;

static const struct kit kit = {"cards/1", "10000000146", "O'Neil \"İ\"", "p'a\"ss", "123456", "12345678"};

/* The consent text lies beside the programs; beside this one too. */
static void lay_out_parts(void)
{
    char folder[PATH_MAX] = "", path[128];
    assert_true(readlink("/proc/self/exe", folder, sizeof folder - 1) > 0);
    *strrchr(folder, '/') = '\0';
    assert_int_equal(chdir(folder), 0);
    unit_write(".", ".eonay-build", "", path);
    unit_write(".", "consent-tr.txt", "KABUL EDİYORUM.", path);
}

static int set_up(void **state)
{
    struct err err;
    char dir[128];
    (void)state;
    lay_out_parts();
    unit_folder(it.outer);
    snprintf(dir, sizeof dir, "%s/a \"b\\c' #: $x", it.outer);
    assert_int_equal(box_claim(dir, &it.box, &err), OK);
    assert_int_equal(box_renew(&it.box, &err), OK);
    it.state = (struct state){"https://127.0.0.1:1", "http://127.0.0.1:2", "https://127.0.0.1:3", json_object()};
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    state_done(&it.state);
    box_done(&it.box);
    unit_remove(it.outer);
    return 0;
}

static void path_of(char out[PATH_MAX], const char *name)
{
    box_path(&it.box, out, name);
}

static void the_wizard_reads_its_paper(void **state)
{
    struct err err;
    struct settings s;
    char path[PATH_MAX], want[PATH_MAX + 32];
    (void)state;
    assert_int_equal(papers_main(&it.box, &it.state, &kit, &err), OK);
    path_of(path, "wizard.yaml");
    assert_int_equal(settings_load(path, &s, &err), OK);
    assert_string_equal(s.portal, it.state.portal_url);
    assert_string_equal(s.gateway, it.state.gateway_url);
    assert_true(s.test);
    assert_true(settings_gateway_is_loopback(&s));
    path_of(want, "ca/ca.pem");
    assert_string_equal(s.trust, want);
    assert_int_equal(s.known_texts.n, 1);
    assert_string_equal(s.known_texts.v[0], "1c9c0b8c024cbcf0cdfd3c7817bd4841d9ae8ab30ab08a704a123dca6409dbb0");
    assert_int_equal(s.modules.n, 1);
    path_of(path, "cards/1/softhsm2.conf");
    snprintf(want, sizeof want, "SOFTHSM2_CONF=%s", path);
    assert_string_equal(settings_module_at(&s, 0)->environment.v[0], want);
    path_of(want, "cards/1/tokens");
    assert_string_equal(settings_module_at(&s, 0)->writable.v[0], want);
    settings_free(&s);
}

static void a_setting_stands_in_place_of_ours(void **state)
{
    struct err err;
    struct settings s;
    char path[PATH_MAX];
    (void)state;
    assert_int_equal(setting_put(it.state.settings, "wizard.known_texts=[]", false, &err), OK);
    assert_int_equal(setting_put(it.state.settings, "wizard.idle_s=44", false, &err), OK);
    assert_int_equal(setting_put(it.state.settings, "lang=en", false, &err), OK);
    assert_int_equal(setting_put(it.state.settings, "service.idle_s=1", false, &err), OK); /* not the wizard's */
    assert_int_equal(papers_main(&it.box, &it.state, &kit, &err), OK);
    path_of(path, "wizard.yaml");
    assert_int_equal(settings_load(path, &s, &err), OK);
    assert_int_equal(s.known_texts.n, 0);
    assert_int_equal(s.idle_s, 44);
    assert_int_equal(s.lang, LANG_EN);
    settings_free(&s);
}

static void the_download_takes_its_paths_along(void **state)
{
    struct err err;
    struct settings s;
    char path[PATH_MAX], want[PATH_MAX];
    struct buf pem = BUF_INIT(64);
    (void)state;
    assert_int_equal(buf_str(&pem, "certificates"), OK);
    assert_int_equal(box_write(&it.box, "ca/ca.pem", &pem, &err), OK);
    assert_int_equal(box_write(&it.box, "ca/tls-root.pem", &pem, &err), OK);
    buf_done(&pem);
    assert_int_equal(papers_application(&it.box, &it.state, &kit, &err), OK);
    path_of(path, "application/wizard.yaml");
    assert_int_equal(settings_load(path, &s, &err), OK);
    path_of(want, "application/tls-ca.pem");
    assert_string_equal(s.tls_ca, want);
    assert_int_equal(access(s.tls_ca, R_OK), 0);
    assert_int_equal(access(s.trust, R_OK), 0);
    assert_null(s.publisher_ca);
    settings_free(&s);
}

static void a_shell_reads_the_variables(void **state)
{
    struct err err;
    struct buf env = BUF_INIT(65536);
    char folder[PATH_MAX], path[PATH_MAX];
    (void)state;
    path_of(folder, "cards/1");
    assert_int_equal(mkdir(folder, 0700), 0);
    assert_int_equal(papers_person(&it.box, &it.state, &kit, &env, &err), OK);
    assert_non_null(strstr((const char *)env.data, "PIN='123456'\n"));
    buf_done(&env);
    path_of(path, "cards/1/env");
    assert_int_equal(setenv("ENV_FILE", path, 1), 0);
    assert_int_equal(setenv("WANT", it.box.dir, 1), 0);
    assert_int_equal(
        system("set -eu; . \"$ENV_FILE\"; test \"$PASSWORD\" = \"p'a\\\"ss\"; test \"$NAME\" = "
               "\"O'Neil \\\"İ\\\"\"; test \"$WIZARD\" = \"$WANT/cards/1/wizard.yaml\"; test -r \"$WIZARD\""),
        0);
}

#define IN_A_FOLDER(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

UNIT_MAIN(IN_A_FOLDER(the_wizard_reads_its_paper), IN_A_FOLDER(a_setting_stands_in_place_of_ours),
    IN_A_FOLDER(the_download_takes_its_paths_along), IN_A_FOLDER(a_shell_reads_the_variables))
