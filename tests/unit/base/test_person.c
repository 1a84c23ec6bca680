#include "config.h"
#include "base/person.h"
#include "unit.h"

static void known_numbers(void **state)
{
    (void)state;
    assert_true(tckn_is_valid("10000000146"));
    assert_true(tckn_is_valid("12345678950"));
    assert_true(tckn_is_valid("11111111110")); /* the checksum is no proof of identity */
    assert_false(tckn_is_valid("12345678901"));
    assert_false(tckn_is_valid("22345678902"));
}

static void form(void **state)
{
    (void)state;
    static const char *const bad[] = {"", "1", "1000000014", "100000001460", "00000000000", "01234567890",
        "1000000014a", "10000000 46", "-1000000014", "\xD9\xA1.00000014"};
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_false(tckn_is_valid(bad[i]));
}

/* Any one wrong digit is found, also where 7*odd - even is below zero (odd places 1, even places 9: -29). */
static void single_errors_and_negative_remainder(void **state)
{
    (void)state;
    static const char *const good[] = {"10000000146", "12345678950", "11111111110", "19090909018"};
    for (size_t g = 0; g < COUNT(good); g++) {
        assert_true(tckn_is_valid(good[g]));
        for (size_t i = 0; i < TCKN_LEN; i++)
            for (char d = '0'; d <= '9'; d++) {
                char s[TCKN_LEN + 1];
                strcpy(s, good[g]);
                s[i] = d;
                assert_int_equal(tckn_is_valid(s), d == good[g][i]);
            }
    }
}

/* Of the hundred endings of nine digits exactly one is right. */
static void one_ending_fits(void **state)
{
    (void)state;
    uint32_t seed = 99;
    for (int i = 0; i < 2000; i++) {
        unsigned nine = 100000000u + unit_random(&seed) % 900000000u, right = 0;
        for (unsigned end = 0; end < 100; end++) {
            char s[16];
            snprintf(s, sizeof s, "%09u%02u", nine, end);
            right += tckn_is_valid(s);
        }
        assert_int_equal(right, 1);
    }
}

static void mask_shows_five_digits(void **state)
{
    (void)state;
    char out[TCKN_LEN + 1];
    tckn_mask(out, "10000000146");
    assert_string_equal(out, "100******46");
    static const char *const odd[] = {"", "123", "1000000014", "100000001467", "100000001461000000014610000000146"};
    for (size_t i = 0; i < COUNT(odd); i++) {
        tckn_mask(out, odd[i]);
        assert_string_equal(out, "***********");
    }
}

UNIT_MAIN(cmocka_unit_test(known_numbers), cmocka_unit_test(form),
    cmocka_unit_test(single_errors_and_negative_remainder), cmocka_unit_test(one_ending_fits),
    cmocka_unit_test(mask_shows_five_digits))
