#include "config.h"
#include "base/when.h"
#include "unit.h"

static int64_t at(const char *rfc3339)
{
    int64_t utc;
    assert_true(when_parse(rfc3339, &utc));
    return utc;
}

static void shows_istanbul(void **state)
{
    (void)state;
    char out[WHEN_SHOWN];
    when_show(out, at("2019-08-27T08:10:21Z"));
    assert_string_equal(out, "27.08.2019 11:10:21");
    when_show_day(out, at("2025-12-31T20:59:59Z"));
    assert_string_equal(out, "31.12.2025");
    when_show_day(out, at("2025-12-31T21:00:00Z"));
    assert_string_equal(out, "01.01.2026");
    when_show(out, 0);
    assert_string_equal(out, "01.01.1970 03:00:00");
    when_show(out, -10801);
    assert_string_equal(out, "31.12.1969 23:59:59");
}

static void utc_goes_there_and_back(void **state)
{
    (void)state;
    char out[WHEN_RFC3339];
    uint32_t seed = 5;
    assert_int_equal(at("1970-01-01T00:00:00Z"), 0);
    assert_int_equal(at("2019-08-27T08:10:21Z"), 1566893421);
    assert_int_equal(at("9999-12-31T23:59:59Z"), 253402300799);
    for (int i = 0; i < 20000; i++) {
        int64_t utc = (int64_t)unit_random(&seed) * 50 - 30610224000;
        when_rfc3339(out, utc);
        assert_int_equal(strlen(out), 20);
        assert_int_equal(at(out), utc);
    }
}

static void beyond_the_calendar_is_empty(void **state)
{
    (void)state;
    static const int64_t far[] = {INT64_MAX, INT64_MIN, 253402300800, -30610224001, INT64_MAX - 10800};
    char out[WHEN_SHOWN], utc[WHEN_RFC3339];
    for (size_t i = 0; i < COUNT(far); i++) {
        when_show(out, far[i]);
        assert_string_equal(out, "");
        when_show_day(out, far[i]);
        assert_string_equal(out, "");
        when_rfc3339(utc, far[i]);
        assert_string_equal(utc, "");
        assert_int_equal(when_months_before(far[i], 2), far[i]);
    }
}

static void parse_is_exact(void **state)
{
    (void)state;
    static const char *const bad[] = {"", "2019-08-27", "2019-08-27 08:10:21Z", "2019-08-27T08:10:21",
        "2019-08-27T08:10:21z", "2019-08-27T08:10:21+00:00", "2019-08-27T08:10:21.5Z", "2019-08-27T08:10:21ZZ",
        " 2019-08-27T08:10:21Z", "2019-02-29T00:00:00Z", "2019-13-01T00:00:00Z", "2019-00-01T00:00:00Z",
        "2019-01-00T00:00:00Z", "2019-01-32T00:00:00Z", "2019-04-31T00:00:00Z", "2019-01-01T24:00:00Z",
        "2019-01-01T00:60:00Z", "2019-01-01T00:00:60Z", "2100-02-29T00:00:00Z", "-019-01-01T00:00:00Z",
        "19-01-01T00:00:00Z", "2019-1-01T00:00:00Z"};
    int64_t utc = 42;
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_false(when_parse(bad[i], &utc));
    assert_int_equal(utc, 42);
    assert_true(when_parse("2020-02-29T00:00:00Z", &utc));
    assert_true(when_parse("2000-02-29T23:59:59Z", &utc));
}

static void months_end_where_they_end(void **state)
{
    (void)state;
    static const struct {
        const char *from;
        int n;
        const char *to;
    } cases[] = {
        {"2026-04-30T09:00:00Z", 2, "2026-02-28T09:00:00Z"},
        {"2024-04-30T09:00:00Z", 2, "2024-02-29T09:00:00Z"},
        {"2026-05-31T09:00:00Z", 1, "2026-04-30T09:00:00Z"},
        {"2026-03-31T09:00:00Z", 1, "2026-02-28T09:00:00Z"},
        {"2026-01-31T09:00:00Z", 2, "2025-11-30T09:00:00Z"},
        {"2026-02-28T09:00:00Z", 2, "2025-12-28T09:00:00Z"},
        {"2026-08-15T09:00:00Z", 2, "2026-06-15T09:00:00Z"},
        {"2026-12-31T09:00:00Z", 12, "2025-12-31T09:00:00Z"},
        {"2024-02-29T09:00:00Z", 12, "2023-02-28T09:00:00Z"},
        {"2024-02-29T09:00:00Z", 48, "2020-02-29T09:00:00Z"},
        {"2000-03-31T09:00:00Z", 1, "2000-02-29T09:00:00Z"},
        {"1900-03-31T09:00:00Z", 1, "1900-02-28T09:00:00Z"},
        /* 29 April 22:30 UTC is the 30th in Istanbul: the day, and so the month's end, is the citizen's */
        {"2026-04-29T22:30:00Z", 2, "2026-02-27T22:30:00Z"},
        {"2026-04-30T20:59:59Z", 2, "2026-02-28T20:59:59Z"},
        {"2026-04-30T21:00:00Z", 2, "2026-02-28T21:00:00Z"}, /* 1 May 00:00 -> 1 March 00:00 */
        {"2026-04-30T09:00:00Z", 0, "2026-04-30T09:00:00Z"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char out[WHEN_RFC3339];
        when_rfc3339(out, when_months_before(at(cases[i].from), cases[i].n));
        assert_string_equal(out, cases[i].to);
    }
}

/* The later the moment, the later the moment two months before: nothing jumps back at a month's end. */
static void months_before_never_runs_back(void **state)
{
    (void)state;
    int64_t last = INT64_MIN;
    for (int64_t day = at("2023-01-01T00:00:00Z"); day < at("2029-01-01T00:00:00Z"); day += 86400) {
        int64_t before = when_months_before(day, 2);
        assert_true(before >= last && day - before >= 59 * 86400 && day - before <= 62 * 86400);
        last = before;
    }
}

/* "Within two months" begins with the very moment two calendar months before the end, by the citizen's calendar. */
static void the_end_is_near_for_two_months(void **state)
{
    (void)state;
    static const struct {
        const char *end, *first;
    } cases[] = {
        {"2027-01-12T09:00:00Z", "2026-11-12T09:00:00Z"},
        {"2026-04-30T09:00:00Z", "2026-02-28T09:00:00Z"},
        {"2028-04-30T09:00:00Z", "2028-02-29T09:00:00Z"},
        {"2026-05-01T09:00:00Z", "2026-03-01T09:00:00Z"},
        {"2026-01-31T09:00:00Z", "2025-11-30T09:00:00Z"},
        {"2026-02-28T20:59:59Z", "2025-12-28T20:59:59Z"},
        /* 30 April 00:30 in Istanbul: 28 February 00:30 there */
        {"2026-04-29T21:30:00Z", "2026-02-27T21:30:00Z"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        int64_t end = at(cases[i].end), first = at(cases[i].first);
        assert_false(when_ends_soon(first - 1, end));
        assert_true(when_ends_soon(first, end));
        assert_true(when_ends_soon(end, end));
        assert_false(when_ends_soon(end + 1, end));
    }
    assert_false(when_ends_soon(0, at("2028-01-01T00:00:00Z")));
    assert_false(when_ends_soon(INT64_MAX, INT64_MAX - 1));
}

static void clocks_run(void **state)
{
    (void)state;
    uint64_t a = when_boot_ms(), b = when_boot_ms();
    assert_true(a > 0 && b >= a);
    assert_true(when_utc() > at("2024-01-01T00:00:00Z"));
}

UNIT_MAIN(cmocka_unit_test(shows_istanbul), cmocka_unit_test(utc_goes_there_and_back),
    cmocka_unit_test(beyond_the_calendar_is_empty), cmocka_unit_test(parse_is_exact),
    cmocka_unit_test(months_end_where_they_end), cmocka_unit_test(months_before_never_runs_back),
    cmocka_unit_test(the_end_is_near_for_two_months), cmocka_unit_test(clocks_run))
