/* The sandbox's folder: what it takes over and what it leaves alone, its clock, settings and people. */
#include "config.h"

#include "../base/unit.h"
#include <sys/stat.h>
#include "base/person.h"
#include "base/when.h"
#include "sandbox/people.h"
#include "sandbox/state.h"

struct room {
    char dir[64];
    struct box box;
};

static int set_up(void **state)
{
    struct room *r = calloc(1, sizeof *r);
    struct err err;
    assert_non_null(r);
    unit_folder(r->dir);
    assert_int_equal(box_claim(r->dir, &r->box, &err), OK);
    *state = r;
    return 0;
}

static int tear_down(void **state)
{
    struct room *r = *state;
    box_done(&r->box);
    unit_remove(r->dir);
    free(r);
    return 0;
}

static void put_file(const struct box *b, const char *name)
{
    char path[PATH_MAX];
    box_path(b, path, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs("mine", f);
    fclose(f);
}

static bool there(const struct box *b, const char *name)
{
    char path[PATH_MAX];
    box_path(b, path, name);
    return access(path, F_OK) == 0;
}

static void is_private_and_made_anew(void **state)
{
    struct room *r = *state;
    struct err err;
    struct stat st;
    assert_int_equal(box_renew(&r->box, &err), OK);
    assert_int_equal(stat(r->dir, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);
    put_file(&r->box, "env");
    put_file(&r->box, "ca/issued/AB");
    put_file(&r->box, "notes.txt");
    assert_int_equal(box_renew(&r->box, &err), OK);
    assert_false(there(&r->box, "env"));
    assert_false(there(&r->box, "ca/issued/AB"));
    assert_true(there(&r->box, "ca/issued"));
    assert_true(there(&r->box, "notes.txt"));
}

static void leaves_what_is_not_its_own(void **state)
{
    struct room *r = *state;
    struct err err;
    put_file(&r->box, "env");
    assert_int_equal(box_renew(&r->box, &err), ERR_FILE);
    assert_non_null(strstr(err.detail, "/env is in the way"));
    assert_true(there(&r->box, "env"));
}

static void follows_no_link_when_it_empties(void **state)
{
    struct room *r = *state;
    struct err err;
    char link_path[PATH_MAX], outside[64];
    unit_folder(outside);
    char file[80];
    snprintf(file, sizeof file, "%s/kept", outside);
    fclose(fopen(file, "w"));
    assert_int_equal(box_renew(&r->box, &err), OK);
    box_path(&r->box, link_path, "people/link");
    assert_int_equal(symlink(outside, link_path), 0);
    assert_int_equal(box_renew(&r->box, &err), OK);
    assert_int_equal(access(file, F_OK), 0);
    unit_remove(outside);
}

static void is_known_by_its_mark(void **state)
{
    struct room *r = *state;
    struct err err;
    struct box again;
    assert_int_equal(box_open(r->dir, &again, &err), ERR_NOT_FOUND);
    assert_int_equal(box_open("/nonexistent/eonay", &again, &err), ERR_NOT_FOUND);
    assert_int_equal(box_renew(&r->box, &err), OK);
    assert_int_equal(box_open(r->dir, &again, &err), OK);
    box_done(&again);
}

static void moves_its_clock(void **state)
{
    struct room *r = *state;
    struct err err;
    assert_int_equal(box_renew(&r->box, &err), OK);
    int64_t before = when_utc();
    assert_in_range(box_now(&r->box), before, before + 2);
    assert_int_equal(box_clock_move(&r->box, 3600, &err), OK);
    assert_int_equal(box_clock_move(&r->box, 61, &err), OK);
    assert_in_range(box_now(&r->box), before + 3661, before + 3663);
    assert_int_equal(box_clock_move(&r->box, INT64_C(1) << 40, &err), ERR_BAD_REQUEST);
}

static void takes_only_settings_it_knows(void **state)
{
    static const struct {
        const char *word;
        bool live, fits;
        const char *says;
    } rows[] = {
        {"key=p384", false, true, NULL},
        {"ocsp=late", true, true, NULL},
        {"tsa2=wrong-imprint", true, true, NULL},
        {"retry_after_s=86401", true, false, "whole number"},
        {"tsa=drunk", true, false,
            "good away late wrong-imprint wrong-nonce bad-signature expired garbage refusing quota"},
        {"sign_window_s=20", false, true, NULL},
        {"service.threads=2", false, true, NULL},
        {"wizard.idle_s=9", false, true, NULL},
        {"address=127.0.0.2", false, true, NULL},
        {"address=::1", false, true, NULL},
        {"address=0.0.0.0", false, false, "loopback"},
        {"address=::", false, false, "loopback"},
        {"address=192.0.2.1", false, false, "loopback"},
        {"address=127.0.0.1.example", false, false, "loopback"},
        {"address=localhost", false, false, "loopback"},
        {"address=", false, false, "loopback"},
        {"key=dsa", false, false, "rsa2048 p256 p384"},
        {"key=p384", true, false, "ocsp crl tsa"},
        {"colour=red", false, false,
            "key lang address ocsp crl tsa tsa2 gateway late_ms retry_after_s methods code_lifetime_s sign_window_s "
            "extensions service. wizard."},
        {"service.=1", false, false, "unknown key"},
        {"sign_window_s=4m", false, false, "whole number"},
        {"sign_window_s=86401", false, false, "whole number"},
        {"service.test=false", false, false, "stays as it is"},
        {"service.test=true", false, false, "stays as it is"},
        {"service.clock_file=", false, false, "stays as it is"},
        {"service.trust=/tmp/other.pem", false, false, "stays as it is"},
        {"service.test =false", false, false, "unknown key"},
        {"service.\"test\"=false", false, false, "unknown key"},
        {"service.x: 1 #=false", false, false, "unknown key"},
        {"service.listen=\"0.0.0.0:48555\"", false, false, "loopback"},
        {"service.listen=0.0.0.0:48555", false, false, "loopback"},
        {"service.listen=[::]:48555", false, false, "loopback"},
        {"service.listen=\"\\x30.0.0.0:48555\"", false, false, "loopback"},
        {"service.listen='127.0.0.1:1' # x", false, false, "loopback"},
        {"service.listen=&a 127.0.0.1:1", false, false, "loopback"},
        {"service.listen=", false, false, "loopback"},
        {"service.listen=\"", false, false, "loopback"},
        {"service.listen=\"127.0.0.1:48555\"", false, true, NULL},
        {"service.listen=127.0.0.1:48555", false, true, NULL},
        {"service.listen='[::1]:48555'", false, true, NULL},
        {"service.x=a\nb", false, false, "control character"},
        {"nothing", false, false, "key=value"},
    };
    struct err err;
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        json_t *settings = json_object();
        enum err_code rc = setting_put(settings, rows[i].word, rows[i].live, &err);
        assert_int_equal(rc, rows[i].fits ? OK : ERR_BAD_REQUEST);
        assert_int_equal(json_object_size(settings), rows[i].fits ? 1 : 0);
        if (rows[i].says != NULL)
            assert_non_null(strstr(err.detail, rows[i].says));
        json_decref(settings);
    }
}

static void keeps_its_state(void **state)
{
    struct room *r = *state;
    struct err err;
    struct state s = {"https://127.0.0.1:1", "http://127.0.0.1:2", "https://127.0.0.1:3", json_object()}, got;
    assert_int_equal(box_renew(&r->box, &err), OK);
    assert_int_equal(setting_put(s.settings, "methods=password,e-signature", false, &err), OK);
    assert_int_equal(state_save(&r->box, &s, &err), OK);
    assert_int_equal(state_load(&r->box, &got, &err), OK);
    assert_string_equal(got.status_url, s.status_url);
    assert_string_equal(setting_get(got.settings, "methods"), "password,e-signature");
    assert_string_equal(setting_get(got.settings, "ocsp"), "good");
    assert_null(setting_get(got.settings, "sign_window_s"));
    assert_true(setting_is(got.settings, "key", "rsa2048"));
    state_done(&got);
    state_done(&s);
}

static void knows_its_people(void **state)
{
    struct room *r = *state;
    struct err err;
    struct person p;
    char first[PASSWORD_LEN], second[PASSWORD_LEN], given[NAME_LEN], surname[NAME_LEN];
    assert_int_equal(box_renew(&r->box, &err), OK);
    assert_int_equal(people_find(&r->box, "10000000146", &p, &err), ERR_NOT_FOUND);
    assert_int_equal(people_find(&r->box, "../people/x", &p, &err), ERR_BAD_REQUEST);
    assert_int_equal(people_add(&r->box, "10000000146", "Ayşe Nur Işık", first, &err), OK);
    assert_int_equal(people_add(&r->box, "10000000146", "Ayşe Nur Işık", second, &err), OK);
    assert_string_equal(first, second); /* another card for the same person */
    assert_int_equal(people_add(&r->box, "10000000146", "Ali Işık", second, &err), ERR_BAD_REQUEST);
    assert_int_equal(people_add(&r->box, "10000000147", "Ali Işık", second, &err), ERR_BAD_REQUEST);
    assert_int_equal(people_add(&r->box, "12345678950", "Ali\x1b[2J", second, &err), ERR_BAD_REQUEST);
    assert_int_equal(people_find(&r->box, "10000000146", &p, &err), OK);
    assert_true(person_knows(&p, first));
    assert_false(person_knows(&p, "x"));
    assert_false(person_knows(&p, ""));
    person_names(&p, given, surname);
    assert_string_equal(given, "Ayşe Nur");
    assert_string_equal(surname, "Işık");
}

static void writes_names_as_certificates_do(void **state)
{
    static const char *const rows[][2] = {
        {"İpek Işık", "İPEK IŞIK"},
        {"Çağrı Öztürk-Ünlü", "ÇAĞRI ÖZTÜRK-ÜNLÜ"},
        {"ığişÿ ÷", "IĞİŞŸ ÷"},
        {"Łukasz Žižek ŉ", "ŁUKASZ ŽİŽEK ŉ"},
    };
    char out[NAME_LEN], longest[NAME_LEN + 1];
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_int_equal(name_upper(rows[i][0], out), OK);
        assert_string_equal(out, rows[i][1]);
    }
    memset(longest, 'a', NAME_LEN);
    longest[NAME_LEN] = '\0';
    assert_int_equal(name_upper(longest, out), ERR_TOO_BIG);
}

static void finds_the_number_of_somebody_else(void **state)
{
    static const char *const rows[] = {"10000000146", "12345678950", "19999999960"};
    char other[TCKN_LEN + 1];
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        tckn_of_another(rows[i], other);
        assert_true(tckn_is_valid(other));
        assert_string_not_equal(other, rows[i]);
    }
}

#define IN_A_ROOM(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

UNIT_MAIN(IN_A_ROOM(is_private_and_made_anew), IN_A_ROOM(leaves_what_is_not_its_own),
    IN_A_ROOM(follows_no_link_when_it_empties), IN_A_ROOM(is_known_by_its_mark), IN_A_ROOM(moves_its_clock),
    IN_A_ROOM(keeps_its_state), IN_A_ROOM(knows_its_people), cmocka_unit_test(takes_only_settings_it_knows),
    cmocka_unit_test(writes_names_as_certificates_do), cmocka_unit_test(finds_the_number_of_somebody_else))
