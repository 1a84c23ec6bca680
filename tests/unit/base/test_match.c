#include "config.h"
#include "base/code.h"
#include "base/match.h"
#include "unit.h"

#include <sha2.h>

static void digest(const char *text, uint8_t out[32])
{
    SHA2_CTX sha;
    SHA256Init(&sha);
    SHA256Update(&sha, (const uint8_t *)text, strlen(text));
    SHA256Final(out, &sha);
}

/* Reckoned by other means: hashlib and integers of Python. */
static void known_codes(void **state)
{
    static const struct {
        const char *text, *code;
    } rows[] = {{"", "9HJS ZSGJ"}, {"abc", "HV8F Q2HR"}};
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        uint8_t sum[32];
        char code[MATCH_TEXT_LEN + 1];
        digest(rows[i].text, sum);
        match_code(sum, code);
        assert_string_equal(code, rows[i].code);
    }
}

static void the_consent_text_has_its_code(void **state)
{
    static const uint8_t sum[32] = {0x2f, 0xa1, 0x2c, 0x75, 0x81, 0x35, 0xab, 0x24, 0xec, 0xf9, 0x75, 0x31, 0x3c, 0xc8,
        0xde, 0xa9, 0x64, 0xad, 0x2c, 0xbc, 0xef, 0x19, 0xe1, 0xf1, 0x37, 0x92, 0xc2, 0xb5, 0xd6, 0xdb, 0x36, 0x44};
    char code[MATCH_TEXT_LEN + 1], plain[MATCH_LEN + 1];
    (void)state;
    match_code(sum, code);
    assert_string_equal(code, "K1BQ Y5PH");
    match_plain(code, plain);
    assert_string_equal(plain, "K1BQY5PH");
}

static void every_bit_of_the_digest_counts(void **state)
{
    uint8_t sum[32] = {0};
    char before[MATCH_TEXT_LEN + 1], after[MATCH_TEXT_LEN + 1];
    (void)state;
    match_code(sum, before);
    for (size_t bit = 0; bit < 256; bit++) {
        sum[bit / 8] ^= (uint8_t)(1 << bit % 8);
        match_code(sum, after);
        sum[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_string_not_equal(before, after);
        assert_int_equal(strspn(after, code_symbols), 4);
        assert_int_equal(strspn(after + 5, code_symbols), 4);
    }
}

static void what_is_sent_is_read_back(void **state)
{
    uint32_t seed = 7;
    (void)state;
    for (int n = 0; n < 1000; n++) {
        uint8_t sum[32];
        char code[MATCH_TEXT_LEN + 1], plain[MATCH_LEN + 1], read[MATCH_TEXT_LEN + 1];
        for (size_t i = 0; i < sizeof sum; i++)
            sum[i] = (uint8_t)(unit_random(&seed) >> 8);
        match_code(sum, code);
        match_plain(code, plain);
        assert_true(match_read(plain, strlen(plain), read));
        assert_string_equal(read, code);
    }
}

static void nothing_else_is_read(void **state)
{
    static const char *const rows[] = {"", "K1BQY5P", "K1BQY5PHX", "K1BQ Y5PH", "K1BQ-5PH", "k1bqy5ph", "K1BQY5PO",
        "K1BQY5PI", "K1BQY5PU", "K1BQY5P\x1b", "K1BQY5P\xc3"};
    char out[MATCH_TEXT_LEN + 1];
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_false(match_read(rows[i], strlen(rows[i]), out));
        assert_string_equal(out, "");
    }
    assert_false(match_read("K1BQY5P\0", 8, out));
}

UNIT_MAIN(cmocka_unit_test(known_codes), cmocka_unit_test(the_consent_text_has_its_code),
    cmocka_unit_test(every_bit_of_the_digest_counts), cmocka_unit_test(what_is_sent_is_read_back),
    cmocka_unit_test(nothing_else_is_read))
