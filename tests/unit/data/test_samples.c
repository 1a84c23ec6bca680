/* The configuration samples: they load as they stand and with every line they show, and what they call the value of an
 * absent key is that value. */
#include "config.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "base/ascii.h"
#include "base/buf.h"
#include "base/settings.h"
#include "base/text.h"
#include "scratch.h"
#include "service/service_conf.h"
#include "sign/consent.h"

static const char *sample(const char *name)
{
    static char path[1024];
    snprintf(path, sizeof path, "%s/data/%s", getenv("EONAY_SRC"), name);
    return path;
}

static struct buf sample_text(const char *name)
{
    struct buf b = BUF_INIT(65536);
    assert_int_equal(buf_read_file(&b, sample(name), NULL), OK);
    return b;
}

/* "# key:" and "# - key:" show a line that may stand there; other words behind a mark are words. */
static bool shows_a_line(const char *line)
{
    const char *mark = line + strspn(line, " ");
    const char *key = mark + (mark[0] == '#' ? 1 + strspn(mark + 1, " ") : 0);
    key += ascii_starts(key, "- ") ? 2 : 0;
    size_t len = strspn(key, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789abcdefghijklmnopqrstuvwxyz_");
    return mark[0] == '#' && len > 0 && key[len] == ':' && (key[len + 1] == ' ' || key[len + 1] == '\0');
}

/* For test systems alone; they do not go together with the addresses of the sample. */
static bool is_for_tests(const char *line)
{
    return ascii_starts(line, "# test:") || ascii_starts(line, "# clock_file:");
}

/* The sample with every other line it shows in force. */
static const char *with_all_lines(const char *name)
{
    /* One blank goes with the mark, so that what stands below a key stays below it. */
    struct buf all = sample_text(name), whole = BUF_INIT(65536);
    size_t shown = 0;
    for (char *rest = (char *)all.data, *line; (line = strsep(&rest, "\n")) != NULL;) {
        if (shows_a_line(line) && !is_for_tests(line)) {
            char *mark = strchr(line, '#');
            memmove(mark, mark + 2, strlen(mark + 1));
            shown++;
        }
        assert_int_equal(buf_fmt(&whole, "%s\n", line), OK);
    }
    assert_true(shown > 5);
    scratch_write(name, whole.data, whole.len);
    buf_done(&all);
    buf_done(&whole);
    return scratch_path(name);
}

static int setup(void **state)
{
    (void)state;
    scratch_open();
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    scratch_close();
    return 0;
}

/* ---- wizard.yaml ---- */

static void load_wizard(const char *path, struct settings *s)
{
    struct err err = {OK, ""};
    if (settings_load(path, s, &err) != OK)
        fail_msg("%s", err.detail);
}

static void test_wizard(void **state)
{
    (void)state;
    struct settings least, whole;
    load_wizard(sample("wizard.yaml"), &least);
    load_wizard(with_all_lines("wizard.yaml"), &whole);
    assert_null(least.gateway);
    assert_true(settings_gateway_is_loopback(&whole));
    assert_int_equal(settings_module_at(&least, 0)->environment.n, 0);
    assert_int_equal(settings_module_at(&whole, 0)->environment.n, 1);
    assert_int_equal(settings_module_at(&whole, 0)->writable.n, 1);
    assert_non_null(whole.help_line);
    assert_non_null(whole.publisher_ca);
    settings_free(&least);
    settings_free(&whole);
}

static void test_wizard_values(void **state)
{
    (void)state;
    struct settings least, whole;
    load_wizard(sample("wizard.yaml"), &least);
    load_wizard(with_all_lines("wizard.yaml"), &whole);
    assert_string_equal(least.nes_rule, whole.nes_rule);
    assert_int_equal(least.lang, whole.lang);
    assert_int_equal(least.keypad, whole.keypad);
    assert_int_equal(least.keypad_order, whole.keypad_order);
    assert_int_equal(least.pin_pad, whole.pin_pad);
    assert_int_equal(least.kiosk, whole.kiosk);
    assert_int_equal(least.idle_s, whole.idle_s);
    assert_int_equal(least.poll_ms, whole.poll_ms);
    assert_int_equal(least.hang_ms, whole.hang_ms);
    assert_int_equal(least.connect_ms, whole.connect_ms);
    assert_int_equal(least.answer_ms, whole.answer_ms);
    settings_free(&least);
    settings_free(&whole);
}

static void test_wizard_knows_the_text(void **state)
{
    (void)state;
    struct buf text = sample_text("consent-tr.txt");
    struct settings s;
    uint8_t digest[32];
    char hex[65];
    consent_text_digest(text.data, text.len, digest);
    ascii_hex(hex, digest, sizeof digest);
    load_wizard(sample("wizard.yaml"), &s);
    assert_int_equal(s.known_texts.n, 1);
    assert_string_equal(s.known_texts.v[0], hex);
    assert_true(text_is_safe((const char *)text.data, text.len));
    settings_free(&s);
    buf_done(&text);
}

/* ---- service.yaml ---- */

static void load_service(const char *path, struct service_conf *s)
{
    struct err err = {OK, ""};
    if (service_conf_load(path, s, &err) != OK)
        fail_msg("%s", err.detail);
}

static void test_service(void **state)
{
    (void)state;
    struct service_conf least, whole;
    load_service(sample("service.yaml"), &least);
    load_service(with_all_lines("service.yaml"), &whole);
    assert_null(least.application.file);
    assert_non_null(whole.application.file);
    assert_non_null(whole.application.signature);
    assert_non_null(whole.public_url);
    assert_non_null(whole.log_file);
    assert_non_null(whole.pid_file);
    assert_non_null(whole.url_file);
    assert_non_null(whole.gateway.tls_ca);
    assert_int_equal(least.timestamp.n, 0);
    assert_int_equal(whole.timestamp.n, 1);
    const struct timestamp_conf *tsa = whole.timestamp.v;
    assert_true(tsa->per_hour > 0 && tsa->per_day > 0);
    assert_non_null(tsa->policy);
    assert_non_null(whole.timestamp_trust);
    service_conf_free(&least);
    service_conf_free(&whole);
}

static void test_service_values(void **state)
{
    (void)state;
    struct service_conf least, whole;
    load_service(sample("service.yaml"), &least);
    load_service(with_all_lines("service.yaml"), &whole);
    assert_string_equal(least.nes_rule, whole.nes_rule);
    assert_int_equal(least.code_lifetime_s, whole.code_lifetime_s);
    assert_int_equal(least.sign_window_s, whole.sign_window_s);
    assert_int_equal(least.extensions, whole.extensions);
    assert_int_equal(least.session_s, whole.session_s);
    assert_int_equal(least.gateway_timeout_ms, whole.gateway_timeout_ms);
    assert_int_equal(least.ocsp_timeout_ms, whole.ocsp_timeout_ms);
    assert_int_equal(least.threads, whole.threads);
    assert_int_equal(least.http.connections, whole.http.connections);
    assert_int_equal(least.http.per_address, 0); /* half of all */
    assert_int_equal(whole.http.per_address, whole.http.connections / 2);
    assert_int_equal(least.http.idle_s, whole.http.idle_s);
    assert_int_equal(least.http.request_s, whole.http.request_s);
    assert_string_equal(least.gateway.name, whole.gateway.name);
    assert_string_equal(least.gateway.scope_separator, whole.gateway.scope_separator);
    service_conf_free(&least);
    service_conf_free(&whole);
}

/* A signature binds the name: two samples that differ would make a wizard whose signatures are refused. */
static void test_same_service(void **state)
{
    (void)state;
    struct settings wizard;
    struct service_conf service;
    load_wizard(sample("wizard.yaml"), &wizard);
    load_service(sample("service.yaml"), &service);
    assert_string_equal(wizard.service, service.service);
    assert_string_equal(wizard.nes_rule, service.nes_rule);
    settings_free(&wizard);
    service_conf_free(&service);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wizard),
        cmocka_unit_test(test_wizard_values),
        cmocka_unit_test(test_wizard_knows_the_text),
        cmocka_unit_test(test_service),
        cmocka_unit_test(test_service_values),
        cmocka_unit_test(test_same_service),
    };
    return cmocka_run_group_tests_name("samples", tests, setup, teardown);
}
