#include "config.h"
#include "base/ascii.h"
#include "unit.h"

static void cases_are_ascii_pairs_in_every_locale(void **state)
{
    (void)state;
    assert_int_equal(ascii_lower('I'), 'i');
    assert_int_equal(ascii_upper('i'), 'I');
    assert_int_equal(ascii_casecmp("TITLE", "title"), 0);
    assert_int_equal(ascii_casecmp("PIN", "pin"), 0);
    for (int c = 0; c < 256; c++) {
        bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        assert_int_equal(ascii_is_alnum((char)c), letter || (c >= '0' && c <= '9'));
        if (!letter)
            assert_int_equal(ascii_lower((char)c), (char)c);
    }
}

static void compare_orders_like_strcmp(void **state)
{
    (void)state;
    assert_true(ascii_casecmp("abc", "abd") < 0);
    assert_true(ascii_casecmp("abc", "ab") > 0);
    assert_true(ascii_casecmp("", "a") < 0);
    assert_true(ascii_casecmp("a", "\xC4") < 0);
    assert_int_equal(ascii_casecmp("", ""), 0);
}

static void starts(void **state)
{
    (void)state;
    assert_true(ascii_starts("https://x", "https://"));
    assert_true(ascii_starts("x", ""));
    assert_false(ascii_starts("http", "https"));
    assert_false(ascii_starts("HTTPS", "https"));
}

static void numbers_are_whole_and_bounded(void **state)
{
    (void)state;
    static const char *const bad[] = {"", " 1", "1 ", "+1", "-1", "1.0", "1,0", "0x1", "1e3", "18446744073709551616",
        "99999999999999999999999", "\xD9\xA1"};
    uint64_t n = 7;
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_false(ascii_u64(bad[i], UINT64_MAX, &n));
    assert_false(ascii_u64("11", 10, &n));
    assert_int_equal(n, 7);
    assert_true(ascii_u64("18446744073709551615", UINT64_MAX, &n) && n == UINT64_MAX);
    assert_true(ascii_u64("10", 10, &n) && n == 10);
    assert_true(ascii_u64("007", 10, &n) && n == 7);
}

static void hex_goes_there_and_back(void **state)
{
    (void)state;
    uint8_t all[256], again[256];
    char hex[513];
    for (size_t i = 0; i < 256; i++)
        all[i] = (uint8_t)i;
    ascii_hex(hex, all, 256);
    assert_int_equal(strlen(hex), 512);
    assert_memory_equal(hex + 2 * 0xAB, "ab", 2);
    assert_true(ascii_unhex(again, 256, hex));
    assert_memory_equal(all, again, 256);
    assert_true(ascii_unhex(again, 2, "aBCd"));
    assert_int_equal(again[0], 0xAB);
}

static void hex_is_exact(void **state)
{
    (void)state;
    uint8_t two[2];
    static const char *const bad[] = {"", "abc", "abcde", "abcdef", "ab g", "abc:", "ab\xC4\xB1"};
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_false(ascii_unhex(two, 2, bad[i]));
}

UNIT_MAIN(cmocka_unit_test(cases_are_ascii_pairs_in_every_locale), cmocka_unit_test(compare_orders_like_strcmp),
    cmocka_unit_test(starts), cmocka_unit_test(numbers_are_whole_and_bounded),
    cmocka_unit_test(hex_goes_there_and_back), cmocka_unit_test(hex_is_exact))
