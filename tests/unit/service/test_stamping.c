/* When time-stamp authorities may be asked: pure functions, time is a number. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <openssl/evp.h>
#include "service/stamping_pace.h"
#include "service/stamping_renew.h"

#define NOW INT64_C(1600000000)
#define DAY INT64_C(86400)

static void pauses_double_to_an_hour(void **state)
{
    (void)state;
    assert_int_equal(pace_pause_s(1, 0), 2);
    assert_int_equal(pace_pause_s(2, 0), 4);
    assert_int_equal(pace_pause_s(5, 0), 32);
    assert_int_equal(pace_pause_s(11, 0), 2048);
    assert_int_equal(pace_pause_s(12, 0), 3600);
    assert_int_equal(pace_pause_s(UINT64_MAX, 0), 3600);
}

static void a_longer_pause_is_granted(void **state)
{
    (void)state;
    assert_int_equal(pace_pause_s(1, 1), 2);
    assert_int_equal(pace_pause_s(1, 90), 90);
    assert_int_equal(pace_pause_s(20, 7200), 7200);
    assert_int_equal(pace_pause_s(1, 86400), 86400);
    assert_int_equal(pace_pause_s(1, UINT64_MAX), 86400); /* no longer than a day, whatever it says */
}

static void it_opens_after_its_pause(void **state)
{
    (void)state;
    struct timestamp_conf tsa = {.per_hour = 0};
    struct pace p = {.failures = 1, .not_before = NOW + 2};
    assert_int_equal(pace_open_at(&(struct pace){0}, &tsa, NOW), NOW);
    assert_int_equal(pace_open_at(&p, &tsa, NOW), NOW + 2);
    assert_int_equal(pace_open_at(&p, &tsa, NOW + 2), NOW + 2);
    assert_int_equal(pace_open_at(&p, &tsa, NOW + 900), NOW + 900);
    p.not_before = NOW + 86400;
    assert_int_equal(pace_open_at(&p, &tsa, NOW), NOW + 86400);
    p.not_before = NOW + 86401; /* nobody is left alone so long: the clock was wrong */
    assert_int_equal(pace_open_at(&p, &tsa, NOW), NOW);
}

static void it_opens_when_the_quota_allows(void **state)
{
    static const struct {
        uint64_t per_hour, per_day, hour, day;
        int64_t wait_s;
    } rows[] = {
        {0, 0, 1000000, 9000000, 0},
        {10, 0, 9, 900, 0},
        {10, 0, 10, 10, 60},
        {10, 0, 11, 11, 60},
        {0, 100, 99, 99, 0},
        {0, 100, 0, 100, 60},
        {10, 100, 3, 101, 60},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct timestamp_conf tsa = {.per_hour = rows[i].per_hour, .per_day = rows[i].per_day};
        struct pace p = {.hour = rows[i].hour, .day = rows[i].day};
        assert_int_equal(pace_open_at(&p, &tsa, NOW), NOW + rows[i].wait_s);
        p.not_before = NOW + 200; /* the later of both */
        assert_int_equal(pace_open_at(&p, &tsa, NOW), NOW + 200);
        p.not_before = NOW + 5;
        assert_int_equal(pace_open_at(&p, &tsa, NOW), NOW + (rows[i].wait_s > 5 ? rows[i].wait_s : 5));
    }
}

static void steps_are_tried_again(void **state)
{
    (void)state;
    assert_int_equal(pace_retry_at(1, NOW, NOW), NOW + 2);
    assert_int_equal(pace_retry_at(4, NOW, NOW), NOW + 16);
    assert_int_equal(pace_retry_at(9, NOW, NOW), NOW + 300);
    assert_int_equal(pace_retry_at(9999, NOW, NOW), NOW + 300);
    assert_int_equal(pace_retry_at(1, NOW, NOW + 77), NOW + 77);
}

static void the_next_list_is_waited_for(void **state)
{
    (void)state;
    assert_int_equal(pace_list_at(NOW, NOW + 600), NOW + 600);
    assert_int_equal(pace_list_at(NOW, NOW + 7 * DAY), NOW + 3600); /* it may come before */
    assert_int_equal(pace_list_at(NOW, NOW - 600), NOW);
    assert_int_equal(pace_list_at(NOW, 0), NOW);
}

/* ---- renewal ---- */

static X509 *a_certificate(EVP_PKEY *key, int64_t end)
{
    X509 *x = X509_new();
    assert_non_null(key);
    assert_int_equal(X509_set_pubkey(x, key), 1);
    assert_non_null(ASN1_TIME_set(X509_getm_notAfter(x), (time_t)end));
    EVP_PKEY_free(key);
    return x;
}

static int64_t weakens(EVP_PKEY *key, int64_t end, int64_t issuer_end)
{
    struct tst_facts f = {.unit = a_certificate(key, end), .certs = sk_X509_new_null()};
    assert_true(X509_up_ref(f.unit) == 1 && sk_X509_push(f.certs, f.unit) > 0);
    assert_true(sk_X509_push(f.certs, a_certificate(EVP_EC_gen("P-384"), issuer_end)) > 0);
    int64_t at = stamp_weakens_at(&f);
    X509_free(f.unit);
    sk_X509_pop_free(f.certs, X509_free);
    return at;
}

static void a_stamp_is_as_strong_as_its_weakest(void **state)
{
    static const int64_t of_2031 = 1924992000, of_2040 = 2208988800;
    (void)state;
    assert_int_equal(weakens(EVP_EC_gen("P-256"), NOW + 500 * DAY, of_2040), NOW + 500 * DAY);
    assert_int_equal(weakens(EVP_EC_gen("P-256"), of_2040, of_2040 + DAY), of_2040);
    assert_int_equal(weakens(EVP_EC_gen("P-256"), of_2040, NOW + 400 * DAY), NOW + 400 * DAY); /* its issuer's end */
    assert_int_equal(weakens(EVP_RSA_gen(2048), of_2040, of_2040), of_2031);
    assert_int_equal(weakens(EVP_RSA_gen(2048), NOW + 3 * DAY, of_2040), NOW + 3 * DAY);
    assert_int_equal(weakens(EVP_RSA_gen(3072), of_2040, of_2040), of_2040);
}

static void a_stamp_is_renewed_in_time(void **state)
{
    (void)state;
    assert_int_equal(renew_at(NOW, NOW + 1000 * DAY), NOW + 910 * DAY);
    assert_int_equal(renew_at(NOW, NOW + 180 * DAY), NOW + 90 * DAY);
    assert_int_equal(renew_at(NOW, NOW + 10 * DAY), NOW + 5 * DAY);
    assert_int_equal(renew_at(NOW, NOW), NOW + 30 * DAY); /* nobody has better: not at every moment */
    assert_int_equal(renew_at(NOW, NOW - 4000 * DAY), NOW + 30 * DAY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pauses_double_to_an_hour),
        cmocka_unit_test(a_longer_pause_is_granted),
        cmocka_unit_test(it_opens_after_its_pause),
        cmocka_unit_test(it_opens_when_the_quota_allows),
        cmocka_unit_test(steps_are_tried_again),
        cmocka_unit_test(the_next_list_is_waited_for),
        cmocka_unit_test(a_stamp_is_as_strong_as_its_weakest),
        cmocka_unit_test(a_stamp_is_renewed_in_time),
    };
    return cmocka_run_group_tests_name("stamping", tests, NULL, NULL);
}
