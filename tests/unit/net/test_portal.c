/* The way through the portal, and every way it can be hostile: each refused by its name. */
#include "config.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include "base/when.h"
#include "rig.h"
#include "sign/policy.h"

#define TEXT_GOOD "E-Onay (TEST): Elektronik imza başvurularımda ıslak imza aranmamasını kabul ediyorum.\n"
#define MASK "100******46"

static void log_in(struct rig *r)
{
    assert_int_equal(rig_ask(r, M_METHODS), M_METHODS_OK);
    assert_int_equal(rig_login(r, RIG_TCKN, "correct horse"), M_PERSON);
}

static void test_whole_way(void **state)
{
    struct rig *r = *state;
    int64_t now = when_utc();

    rig_fresh(r, "none");
    assert_int_equal(rig_ask(r, M_METHODS), M_METHODS_OK);
    assert_int_equal(wire_get_u64(&r->m, F_METHODS, 0), 1 | 4);
    assert_int_equal(wire_get_u64(&r->m, F_PANEL, 0), 1);
    assert_int_equal(wire_get_u64(&r->m, F_WINDOW_FULL_S, 0), 240);
    assert_int_equal(wire_get_u64(&r->m, F_EXTENSIONS, 0), 3);
    assert_int_equal(rig_login(r, RIG_TCKN, "correct horse"), M_PERSON);
    assert_string_equal(rig_str(r, F_NAME), "AYŞE ÖRNEK");
    assert_string_equal(rig_str(r, F_MASK), MASK);
    assert_int_equal(wire_get_u64(&r->m, F_CONSENTED, 9), 0);
    assert_int_equal(rig_ask(r, M_REQUEST), M_REQUEST_OK);
    assert_string_equal(rig_str(r, F_CODE), rig_code());
    assert_int_equal(wire_get_u64(&r->m, F_LIFETIME_S, 0), 900);
    assert_string_equal(rig_str(r, F_FILE), "eonay-test.tar.gz");
    assert_int_equal(wire_get_u64(&r->m, F_SIZE, 0), 300000);
    assert_int_equal(rig_open(r, rig_code()), M_OPENED);
    assert_false(r->m.has[F_PROFILE]);
    assert_int_equal(r->m.val[F_TEXT].len, strlen(TEXT_GOOD));
    assert_memory_equal(r->m.val[F_TEXT].data, TEXT_GOOD, strlen(TEXT_GOOD));
    assert_in_range(wire_get_u64(&r->m, F_SERVER_TIME, 0), now - 5, now + 60);
    assert_int_equal(wire_get_u64(&r->m, F_CREATED, 0), wire_get_u64(&r->m, F_SERVER_TIME, 0) / 3600 * 3600);
    assert_int_equal(wire_get_u64(&r->m, F_WINDOW_S, 0), 240);
    assert_string_equal(rig_str(r, F_MASK), MASK);
    assert_int_equal(rig_ask(r, M_EXTEND), M_EXTENDED);
    assert_int_equal(wire_get_u64(&r->m, F_EXTENSIONS, 0), 2);
    assert_int_equal(rig_submit(r, "12345", 5), M_ACCEPTED);
    assert_string_equal(rig_str(r, F_NUMBER), "2026-000042");
    assert_int_equal(wire_get_u64(&r->m, F_AT, 0), 1772359200);
    assert_int_equal(strlen(rig_str(r, F_DIGEST)), 64);
    assert_int_equal(rig_ask(r, M_REQUEST), M_ALREADY);
    assert_string_equal(rig_str(r, F_NUMBER), "2026-000042");
    assert_int_equal(rig_ask(r, M_STATUS), M_PERSON);
    assert_int_equal(wire_get_u64(&r->m, F_CONSENTED, 0), 1);
    assert_string_equal(rig_str(r, F_NUMBER), "2026-000042");
    assert_int_equal(rig_ask(r, M_LOGOUT), M_OK);
    rig_refused(r, rig_ask(r, M_STATUS), ERR_SESSION_OVER, 0);
    rig_refused(r, rig_ask(r, M_EXTEND), ERR_NOT_OPEN, 0);
}

/* Nothing is asked of the portal that the worker knows to be idle. */
static void test_out_of_order(void **state)
{
    struct rig *r = *state;

    rig_fresh(r, "tls-ca");
    rig_refused(r, rig_ask(r, M_STATUS), ERR_SESSION_OVER, 0);
    rig_refused(r, rig_ask(r, M_REQUEST), ERR_SESSION_OVER, 0);
    rig_refused(r, rig_ask(r, M_EXTEND), ERR_NOT_OPEN, 0);
    rig_refused(r, rig_submit(r, "12345", 5), ERR_NOT_OPEN, 0);
    rig_refused(r, rig_open(r, "ABC"), ERR_CODE_CHECK, 0);
    assert_int_equal(rig_ask(r, M_LOGOUT), M_OK);
}

/* The same code keeps its nonce for the worker's life; another worker has another. */
static void test_nonce(void **state)
{
    struct rig *r = *state;

    rig_fresh(r, "none");
    assert_int_equal(rig_ask(r, M_METHODS), M_METHODS_OK);
    assert_int_equal(rig_open(r, rig_code()), M_OPENED);
    assert_int_equal(rig_open(r, rig_code()), M_OPENED);
    rig_fresh(r, "none");
    rig_refused(r, rig_open(r, rig_code()), ERR_OPENED_ELSEWHERE, 0);
}

static void test_reopened_as_another(void **state)
{
    struct rig *r = *state;

    rig_fresh(r, "reopened");
    assert_int_equal(rig_open(r, rig_code()), M_OPENED);
    rig_refused(r, rig_open(r, rig_code()), ERR_GARBLED, 0);
}

static void test_profile(void **state)
{
    struct rig *r = *state;

    rig_fresh(r, "profile");
    assert_int_equal(rig_open(r, rig_code()), M_OPENED);
    assert_true(r->m.has[F_PROFILE]);
    assert_int_equal(r->m.num[F_PROFILE], PROFILE_P4);
}

static void test_hostile_opening(void **state)
{
    static const struct {
        const char *how;
        enum err_code code;
    } rows[] = {
        {"text-escapes", ERR_TEXT_UNSAFE},
        {"text-bidi", ERR_TEXT_UNSAFE},
        {"text-zero-width", ERR_TEXT_UNSAFE},
        {"text-return", ERR_TEXT_UNSAFE},
        {"text-empty", ERR_GARBLED},
        {"text-other", ERR_GARBLED},
        {"text-two", ERR_GARBLED},
        {"text-none", ERR_GARBLED},
        {"text-nul", ERR_GARBLED},
        {"text-huge", ERR_GARBLED},
        {"created-later", ERR_GARBLED},
        {"created-long-ago", ERR_GARBLED},
        {"created-form", ERR_GARBLED},
        {"created-lax", ERR_GARBLED},
        {"created-day", ERR_GARBLED},
        {"window-none", ERR_GARBLED},
        {"window-huge", ERR_GARBLED},
        {"profile-unknown", ERR_GARBLED},
        {"profile-unnamed", ERR_GARBLED},
        {"profile-number", ERR_GARBLED},
        {"types-wrong", ERR_GARBLED},
        {"types-real", ERR_GARBLED},
        {"types-negative", ERR_GARBLED},
        {"types-null", ERR_GARBLED},
        {"token-long", ERR_GARBLED},
        {"token-header", ERR_GARBLED},
        {"json-broken", ERR_GARBLED},
        {"json-list", ERR_GARBLED},
        {"json-deep", ERR_GARBLED},
        {"json-twice", ERR_GARBLED},
        {"json-latin", ERR_GARBLED},
        {"body-empty", ERR_GARBLED},
        {"type-html", ERR_GARBLED},
        {"redirect", ERR_GARBLED},
        {"mask-odd", ERR_GARBLED},
        {"endless-body", ERR_TOO_BIG},
        {"endless-head", ERR_TOO_BIG},
        {"cut", ERR_UNREACHABLE},
    };
    struct rig *r = *state;

    rig_fresh(r, "none");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        print_message("# %s\n", rows[i].how);
        hostile_do(&r->service, rows[i].how);
        rig_refused(r, rig_open(r, rig_code()), rows[i].code, 0);
        rig_refused(r, rig_submit(r, "12345", 5), ERR_NOT_OPEN, 0); /* and nothing is open */
    }
    hostile_do(&r->service, "none");
    assert_int_equal(rig_ask(r, M_METHODS), M_METHODS_OK); /* none of it did harm */
}

/* What is wrong with the connection is found before a word is said. */
static void test_hostile_connection(void **state)
{
    static const struct {
        const char *how;
        enum err_code code;
    } rows[] = {
        {"tls-name", ERR_TLS},
        {"tls-ca", ERR_TLS},
        {"tls-expired", ERR_TLS},
        {"plain", ERR_TLS},
        {"not-http", ERR_GARBLED},
        {"silent", ERR_SLOW},
        {"drip", ERR_SLOW},
    };
    struct rig *r = *state;

    r->answer_ms = 600;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        print_message("# %s\n", rows[i].how);
        rig_fresh(r, rows[i].how);
        rig_refused(r, rig_open(r, rig_code()), rows[i].code, 0);
        rig_refused(r, rig_ask(r, M_METHODS), rows[i].code, 0);
    }
    r->answer_ms = 5000;
}

static void test_name_is_cleaned(void **state)
{
    struct rig *r = *state;

    rig_fresh(r, "name-escapes");
    assert_int_equal(rig_open(r, rig_code()), M_OPENED);
    assert_string_equal(rig_str(r, F_NAME), "AY?[31mŞE?");
}

static void test_hostile_session(void **state)
{
    static const struct {
        const char *how;
        enum wire_type ask;
        enum err_code code;
    } rows[] = {
        {"code-odd", M_REQUEST, ERR_GARBLED},
        {"application-path", M_REQUEST, ERR_GARBLED},
        {"match-none", M_REQUEST, ERR_GARBLED},
        {"match-short", M_REQUEST, ERR_GARBLED},
        {"match-blank", M_REQUEST, ERR_GARBLED},
        {"match-escape", M_REQUEST, ERR_GARBLED},
        {"login-pending", M_STATUS, ERR_GARBLED},
        {"login-refused", M_STATUS, ERR_LOGIN_CANCELLED},
    };
    struct rig *r = *state;

    rig_fresh(r, "none");
    log_in(r);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        print_message("# %s\n", rows[i].how);
        hostile_do(&r->service, rows[i].how);
        rig_refused(r, rig_ask(r, rows[i].ask), rows[i].code, 0);
    }
    hostile_do(&r->service, "application-none");
    assert_int_equal(rig_ask(r, M_REQUEST), M_REQUEST_OK);
    assert_false(r->m.has[F_FILE]);
}

static void test_hostile_receipt(void **state)
{
    static const char *const rows[] = {"digest-other", "number-odd", "state-odd"};
    struct rig *r = *state;

    rig_fresh(r, "none");
    assert_int_equal(rig_ask(r, M_METHODS), M_METHODS_OK);
    assert_int_equal(rig_open(r, rig_code()), M_OPENED);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        hostile_do(&r->service, rows[i]);
        rig_refused(r, rig_submit(r, "12345", 5), ERR_GARBLED, 0);
    }
}

/* Slugs become notes; words about the card or the PIN are not a portal's to say. */
static void test_problems(void **state)
{
    static const struct {
        const char *how;
        enum err_code code;
        uint64_t arg;
    } rows[] = {
        {"problem code-unknown 404", ERR_CODE_UNKNOWN, 0},
        {"problem code-expired 410", ERR_CODE_EXPIRED, 0},
        {"problem code-used 410", ERR_CODE_USED, 0},
        {"problem code-replaced 410", ERR_CODE_REPLACED, 0},
        {"problem busy 429 17", ERR_BUSY, 17},
        {"problem busy 429 86401", ERR_GARBLED, 0},
        {"problem session-over 401", ERR_SESSION_OVER, 0},
        {"problem rej-nes 422", ERR_REJ_NES, 0},
        {"problem internal 500", ERR_INTERNAL, 0},
        {"problem no-such-thing 400", ERR_GARBLED, 0},
        {"problem pin-wrong 400", ERR_GARBLED, 0},
        {"problem pin-locked 400", ERR_GARBLED, 0},
        {"problem cancelled 400", ERR_GARBLED, 0},
        {"problem busy 200", ERR_GARBLED, 0},
        {"problem busy 302", ERR_GARBLED, 0},
    };
    struct rig *r = *state;

    rig_fresh(r, "none");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        print_message("# %s\n", rows[i].how);
        hostile_do(&r->service, rows[i].how);
        rig_refused(r, rig_open(r, rig_code()), rows[i].code, rows[i].arg);
    }
}

/* Connections are kept, and one that died meanwhile is replaced without a word. */
static void test_stale_connection(void **state)
{
    struct rig *r = *state;

    rig_fresh(r, "hang-up");
    for (int i = 0; i < 3; i++)
        assert_int_equal(rig_ask(r, M_METHODS), M_METHODS_OK);
}

/* Names are looked up inside the confinement too. */
static void test_name_lookup(void **state)
{
    struct rig *r = *state;
    char portal[96];

    snprintf(portal, sizeof portal, "https://localhost%s", strrchr(r->service.url, ':'));
    r->portal = portal;
    rig_fresh(r, "none");
    assert_int_equal(rig_ask(r, M_METHODS), M_METHODS_OK);
    r->portal = NULL;
    rig_fresh(r, "none");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole_way),
        cmocka_unit_test(test_out_of_order),
        cmocka_unit_test(test_nonce),
        cmocka_unit_test(test_reopened_as_another),
        cmocka_unit_test(test_profile),
        cmocka_unit_test(test_hostile_opening),
        cmocka_unit_test(test_hostile_connection),
        cmocka_unit_test(test_name_is_cleaned),
        cmocka_unit_test(test_hostile_session),
        cmocka_unit_test(test_hostile_receipt),
        cmocka_unit_test(test_problems),
        cmocka_unit_test(test_stale_connection),
        cmocka_unit_test(test_name_lookup),
    };

    return cmocka_run_group_tests_name("net portal", tests, rig_up, rig_down);
}
