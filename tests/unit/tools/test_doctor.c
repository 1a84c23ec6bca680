/* What the journey cannot reach: judging several drivers at once, limits, and what a report lets through. */
#include "config.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <cmocka.h>
#include <winscard.h>
#include "tools/doctor.h"
#include "tools/report.h"

#define ARRAY_LEN(a) (sizeof(a) / sizeof *(a))

static char akis[] = "/usr/lib/libakisp11.so", softhsm[] = "/usr/lib/softhsm/libsofthsm2.so",
            client[] = "/usr/lib/x86_64-linux-gnu/pkcs11/p11-kit-client.so", address[] = "P11_KIT_SERVER_ADDRESS=x";
static char *forwarded[] = {address};
static const struct settings_module drivers[] = {
    {.path = akis}, {.path = softhsm}, {.path = client, .environment = {forwarded, 1}}};
enum { AKIS, SOFTHSM, CLIENT };

static struct doctor with(size_t n, const int which[], const enum err_code says[])
{
    struct doctor d = {.module_n = n};

    for (size_t i = 0; i < n; i++) {
        d.modules[i].is = &drivers[which[i]];
        if (says[i] >= ERR_MODULE_MISSING && says[i] <= ERR_MODULE_HANG)
            d.modules[i].trouble = says[i];
        else
            d.modules[i].cards.now.error = says[i];
        d.modules[i].cards.now.cards = says[i] == OK;
    }
    return d;
}

static void broken_is(const struct doctor *d, enum chain_link l, enum err_code code)
{
    struct link_found f = doctor_judge(d, l);

    assert_int_equal(f.state, LINK_BROKEN);
    assert_int_equal(f.code, code);
}

static void who_may_suffer_from_pcsc(void **state)
{
    static const struct {
        size_t n;
        int which[2];
        enum err_code says[2];
        bool asks;
    } cases[] = {
        {1, {AKIS}, {ERR_NO_READER}, true},
        {1, {AKIS}, {ERR_MODULE_START}, true},
        {1, {AKIS}, {ERR_MODULE_HANG}, true},
        {1, {AKIS}, {ERR_MODULE_MISSING}, false},
        {1, {AKIS}, {ERR_MODULE_ARCH}, false},
        {1, {SOFTHSM}, {ERR_NO_CARD}, false},
        {1, {CLIENT}, {ERR_NO_READER}, false},
        {2, {SOFTHSM, AKIS}, {ERR_NO_CARD, ERR_NO_READER}, true},
        {2, {AKIS, SOFTHSM}, {ERR_NO_READER, OK}, false}, /* there is a card */
        {0, {0}, {OK}, false},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct doctor d = with(cases[i].n, cases[i].which, cases[i].says);

        assert_int_equal(doctor_asks_pcsc(&d), cases[i].asks);
        assert_int_equal(doctor_judge(&d, LINK_PCSCD).state == LINK_SKIPPED, !cases[i].asks);
    }
}

static void the_driver_that_came_nearest_speaks(void **state)
{
    const int both[] = {AKIS, SOFTHSM}, far[] = {SOFTHSM, CLIENT};

    (void)state;
    struct doctor d = with(2, both, (enum err_code[]){ERR_MODULE_MISSING, ERR_NO_CARD});
    broken_is(&d, LINK_MODULE, ERR_DR_MODULE_MISSING); /* it may be the one that is needed */
    assert_int_equal(doctor_judge(&d, LINK_SLOT).state, LINK_UNKNOWN);
    assert_int_equal(doctor_judge(&d, LINK_CERT).state, LINK_UNKNOWN); /* of a card that nobody sees */
    d = with(2, both, (enum err_code[]){ERR_MODULE_MISSING, OK});
    assert_int_equal(doctor_judge(&d, LINK_MODULE).state, LINK_OK);
    d = with(2, far, (enum err_code[]){ERR_NO_CARD, ERR_NO_READER});
    broken_is(&d, LINK_SLOT, ERR_FORWARD_DEAD);
    d = with(2, far, (enum err_code[]){ERR_CARD_UNKNOWN, ERR_NO_READER});
    broken_is(&d, LINK_SLOT, ERR_DR_CARD_STRANGE);
    d = with(2, far, (enum err_code[]){ERR_NO_CARD, ERR_FORWARD_OTHER});
    broken_is(&d, LINK_SLOT, ERR_FORWARD_OTHER);
    d = with(2, far, (enum err_code[]){ERR_NO_CARD, ERR_MODULE_HANG}); /* its link was cut while it waited */
    broken_is(&d, LINK_SLOT, ERR_FORWARD_DEAD);
    d = with(2, far, (enum err_code[]){ERR_NO_CARD, ERR_MODULE_START}); /* a forwarder that does not answer */
    assert_int_equal(doctor_judge(&d, LINK_MODULE).state, LINK_OK);
    broken_is(&d, LINK_SLOT, ERR_FORWARD_DEAD);
}

static void one_good_reader_is_enough(void **state)
{
    const int one[] = {AKIS};
    struct doctor d = with(1, one, (enum err_code[]){ERR_NO_READER});

    (void)state;
    d.pcsc = (struct doctor_pcsc){.entered = true, .finished = true, .n = 3};
    d.pcsc.v[1] = (struct doctor_reader){.present = true, .powered = (uint32_t)SCARD_W_UNRESPONSIVE_CARD};
    broken_is(&d, LINK_POWER, ERR_DR_CARD_MUTE);
    d.pcsc.v[2] = (struct doctor_reader){.present = true};
    assert_int_equal(doctor_judge(&d, LINK_POWER).state, LINK_OK);
    broken_is(&d, LINK_SLOT, ERR_DR_SLOT_BLIND);
}

static void a_clock_may_be_off_a_little(void **state)
{
    struct doctor d = {.service = {.reached = OK, .store = true, .time = 1000000, .asked = 1000000 - DOCTOR_CLOCK_S}};

    (void)state;
    assert_int_equal(doctor_judge(&d, LINK_CLOCK).state, LINK_OK);
    d.service.asked--;
    broken_is(&d, LINK_CLOCK, ERR_DR_CLOCK);
    assert_int_equal(doctor_judge(&d, LINK_CLOCK).arg, DOCTOR_CLOCK_S + 1);
    d.service.asked = d.service.time + DOCTOR_CLOCK_S + 1;
    broken_is(&d, LINK_CLOCK, ERR_DR_CLOCK);
    d.service.reached = ERR_TLS; /* nobody to compare with */
    assert_int_equal(doctor_judge(&d, LINK_CLOCK).state, LINK_UNKNOWN);
    assert_int_equal(doctor_judge(&d, LINK_SERVICE).state, LINK_OK);
    broken_is(&d, LINK_TLS, ERR_DR_TLS);
}

static void every_verdict_has_its_exit_status(void **state)
{
    static const struct {
        enum chain_link of;
        enum err_code code;
        int status;
    } rows[] = {
#define VERDICT(id, note, status) {LINK_##id, ERR_##note, status},
#include "tools/verdicts.def"
#undef VERDICT
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        assert_int_equal(verdict_exit(rows[i].of, rows[i].code), rows[i].status);
        assert_true(rows[i].status > EX_USAGE && rows[i].status <= EX_CONFIG);
        assert_true(note_of(rows[i].code)->advice[0] != '\0'); /* one action */
    }
    assert_int_equal(verdict_exit(LINK_COUNT, ERR_DR_WHOLE), EX_OK);
    assert_int_equal(verdict_exit(LINK_TLS, ERR_NOMEM), EX_SOFTWARE);
}

/* ---- the report ---- */

static void paths_and_addresses_are_cut(void **state)
{
    static const char *const paths[][2] = {
        {"/usr/lib/libakisp11.so", "/usr/lib/libakisp11.so"},
        {"/home/ayse/libakisp11.so", "…/libakisp11.so"},
        {"/home/ayse/libayse.so", "…/#"},
        {"ayse", "…/#"},
        {"/usr/lib/\x1b[2J.so", "…/#"},
    };
    static const char *const hosts[][2] = {
        {"https://127.0.0.1:8443/ayse", "https://127.0.0.1:8443"},
        {"https://host", "https://host"},
        {"ayse", ""},
    };
    char out[300];

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
        report_path(out, sizeof out, paths[i][0]);
        assert_string_equal(out, paths[i][1]);
    }
    for (size_t i = 0; i < ARRAY_LEN(hosts); i++) {
        report_host(out, sizeof out, hosts[i][0]);
        assert_string_equal(out, hosts[i][1]);
    }
}

static void words_of_others_stay_out(void **state)
{
    (void)state;
    assert_string_equal(
        report_detail(LINK_SLOT, "C_GetTokenInfo: CKR_DEVICE_ERROR"), "C_GetTokenInfo: CKR_DEVICE_ERROR");
    assert_string_equal(report_detail(LINK_SLOT, "C_GetTokenInfo: CKR_DEVICE_ERROR of Ayse"), "");
    assert_string_equal(report_detail(LINK_SLOT, "C_ayse: 1: CKR_OK"), "");
    assert_string_equal(report_detail(LINK_MODULE, "1/2"), "1/2");
    assert_string_equal(report_detail(LINK_MODULE, "/home/ayse/lib.so: cannot open"), "");
    assert_string_equal(report_detail(LINK_TLS, "certificate of AYSE"), "");
    assert_string_equal(report_detail(LINK_READER, "Okuyucu Ayse"), "");
    assert_string_equal(report_detail(LINK_CERT, "expired 2024-01-31"), "expired 2024-01-31");
    assert_string_equal(report_detail(LINK_PCSCD, "SCardConnect: 0x80100066"), "SCardConnect: 0x80100066");
    assert_string_equal(report_detail(LINK_CLOCK, "+7200 s"), "+7200 s");
}

static void long_numbers_are_masked(void **state)
{
    static const char *const rows[][2] = {
        {"", ""},
        {"12345678", "12345678"},
        {"123456789", "#"},
        {"a 10000000146, b", "a #, b"},
        {"10000000146 10000000146", "# #"},
        {"2026-11-27T06:44:01Z", "2026-11-27T06:44:01Z"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct buf b = BUF_INIT(256);

        assert_int_equal(buf_str(&b, rows[i][0]), OK);
        report_mask_digits(&b);
        assert_string_equal(b.data != NULL ? (const char *)b.data : "", rows[i][1]);
        buf_done(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_may_suffer_from_pcsc),
        cmocka_unit_test(the_driver_that_came_nearest_speaks),
        cmocka_unit_test(one_good_reader_is_enough),
        cmocka_unit_test(a_clock_may_be_off_a_little),
        cmocka_unit_test(every_verdict_has_its_exit_status),
        cmocka_unit_test(paths_and_addresses_are_cut),
        cmocka_unit_test(words_of_others_stay_out),
        cmocka_unit_test(long_numbers_are_masked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
