#include "config.h"
#include "base/code.h"
#include "base/text.h"
#include "unit.h"

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

static void random_code(char out[CODE_LEN + 1], uint32_t *seed)
{
    uint8_t random[CODE_LEN - 1];
    for (size_t i = 0; i < sizeof random; i++)
        random[i] = unit_random(seed) >> 8 & 31;
    code_make(out, random);
}

static enum code_fit fit(const char *typed)
{
    char out[CODE_LEN + 1];
    size_t symbols;
    return code_read(typed, strlen(typed), out, &symbols);
}

static void every_made_code_fits(void **state)
{
    (void)state;
    uint32_t seed = 1;
    for (int i = 0; i < 20000; i++) {
        char code[CODE_LEN + 1], out[CODE_LEN + 1];
        size_t symbols;
        random_code(code, &seed);
        assert_int_equal(strspn(code, alphabet), CODE_LEN);
        assert_int_equal(code_read(code, CODE_LEN, out, &symbols), CODE_FITS);
        assert_string_equal(code, out);
        assert_int_equal(symbols, CODE_LEN);
    }
}

static void every_single_error_is_found(void **state)
{
    (void)state;
    uint32_t seed = 2;
    for (int n = 0; n < 300; n++) {
        char code[CODE_LEN + 1];
        random_code(code, &seed);
        for (size_t i = 0; i < CODE_LEN; i++)
            for (size_t s = 0; s < 32; s++) {
                char wrong[CODE_LEN + 1];
                memcpy(wrong, code, sizeof wrong);
                wrong[i] = alphabet[s];
                assert_int_equal(fit(wrong), wrong[i] == code[i] ? CODE_FITS : CODE_BAD_CHECK);
            }
    }
}

/* Neighbours are promised; the weights all differ, so any two places do. */
static void every_swap_is_found(void **state)
{
    (void)state;
    uint32_t seed = 3;
    for (int n = 0; n < 1000; n++) {
        char code[CODE_LEN + 1];
        random_code(code, &seed);
        for (size_t i = 0; i < CODE_LEN; i++)
            for (size_t j = i + 1; j < CODE_LEN; j++) {
                char wrong[CODE_LEN + 1];
                memcpy(wrong, code, sizeof wrong);
                wrong[i] = code[j];
                wrong[j] = code[i];
                assert_int_equal(fit(wrong), code[i] == code[j] ? CODE_FITS : CODE_BAD_CHECK);
            }
    }
}

/* Every pair of symbols at every pair of neighbours, against one code: no two symbols weigh alike anywhere. */
static void every_pair_of_symbols_can_be_told_apart(void **state)
{
    (void)state;
    for (size_t i = 0; i + 1 < CODE_LEN - 1; i++)
        for (uint8_t a = 0; a < 32; a++)
            for (uint8_t b = 0; b < 32; b++) {
                uint8_t random[CODE_LEN - 1] = {0};
                char code[CODE_LEN + 1], wrong[CODE_LEN + 1];
                random[i] = a;
                random[i + 1] = b;
                code_make(code, random);
                memcpy(wrong, code, sizeof wrong);
                wrong[i] = code[i + 1];
                wrong[i + 1] = code[i];
                assert_int_equal(fit(wrong), a == b ? CODE_FITS : CODE_BAD_CHECK);
            }
}

/* The first eleven symbols as people type and paste them; the last one follows. */
static void typed_in_any_way(void **state)
{
    (void)state;
    static const uint8_t random[CODE_LEN - 1] = {0, 1, 27, 10, 31, 1, 1, 1, 0, 2, 3};
    static const char *const ways[] = {"01VAZ111023", "01VA-Z111-023", "01va z111 023", "  OIUA\tZlLiO2\r\n3",
        "o\xC4\xB0u\x61-z\xC4\xB1iIO23", "01VA\xE2\x80\x93Z111\xE2\x80\x91O23", "0\xC2\xA0IVAZ111023", "01VA.Z111.023"};
    char code[CODE_LEN + 1], typed[64], out[CODE_LEN + 1];
    size_t symbols;
    code_make(code, random);
    assert_memory_equal(code, "01VAZ111023", CODE_LEN - 1);
    for (size_t i = 0; i < COUNT(ways); i++) {
        snprintf(typed, sizeof typed, "%s%s", ways[i], code + CODE_LEN - 1);
        assert_int_equal(code_read(typed, strlen(typed), out, &symbols), CODE_FITS);
        assert_string_equal(out, code);
    }
}

static void says_what_is_wrong(void **state)
{
    (void)state;
    char out[CODE_LEN + 1];
    size_t symbols;
    assert_int_equal(code_read("", 0, out, &symbols), CODE_EMPTY);
    assert_int_equal(code_read(" - -- ", 6, out, &symbols), CODE_EMPTY);
    assert_int_equal(code_read("K7QM-3XPD", 9, out, &symbols), CODE_SHORT);
    assert_int_equal(symbols, 8);
    assert_string_equal(out, "K7QM3XPD");
    assert_int_equal(code_read("0000000000000", 13, out, &symbols), CODE_LONG);
    assert_int_equal(symbols, 13);
    assert_string_equal(out, "000000000000");
    assert_int_equal(fit("000000000000"), CODE_FITS);
    assert_int_equal(fit("00000000000?"), CODE_BAD_LETTER);
    assert_int_equal(fit("00000000000\xC5\x9F"), CODE_BAD_LETTER); /* ş */
    assert_int_equal(fit("000000000000\x1B"), CODE_BAD_LETTER);
    assert_int_equal(fit("000000000000\xFF"), CODE_BAD_LETTER);
    assert_int_equal(code_read("000000\0"
                               "00000",
                         12, out, &symbols),
        CODE_BAD_LETTER);
}

static void symbols_are_mended(void **state)
{
    (void)state;
    size_t good = 0;
    for (uint32_t cp = 0; cp < 0x3000; cp++) {
        int symbol = code_symbol(cp);
        good += symbol > 0;
        assert_true(symbol <= 0 || strchr(alphabet, symbol) != NULL);
    }
    assert_int_equal(good, 32 + 22 + 4 * 2 + 2); /* symbols, their small letters, O I L U in both cases, İ ı */
    assert_int_equal(code_symbol('o'), '0');
    assert_int_equal(code_symbol(0x130), '1');
    assert_int_equal(code_symbol(0x131), '1');
    assert_int_equal(code_symbol('l'), '1');
    assert_int_equal(code_symbol('u'), 'V');
    assert_int_equal(code_symbol('-'), 0);
    assert_int_equal(code_symbol(' '), 0);
    assert_int_equal(code_symbol(0), -1);
    assert_int_equal(code_symbol(UINT32_MAX), -1);
    assert_int_equal(code_symbol(0xFC), -1);
}

static void groups_of_four(void **state)
{
    (void)state;
    static const char *const cases[][2] = {{"K7QM3XPD9R4T", "K7QM-3XPD-9R4T"}, {"", ""}, {"K7QM", "K7QM"},
        {"K7QM3", "K7QM-3"}, {"K7QM3XPD", "K7QM-3XPD"}, {"K7QM3XPD9R4TXXX", "K7QM-3XPD-9R4T"}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        char out[CODE_TEXT_LEN + 1];
        code_group(out, cases[i][0]);
        assert_string_equal(out, cases[i][1]);
    }
}

UNIT_MAIN(cmocka_unit_test(every_made_code_fits), cmocka_unit_test(every_single_error_is_found),
    cmocka_unit_test(every_swap_is_found), cmocka_unit_test(every_pair_of_symbols_can_be_told_apart),
    cmocka_unit_test(typed_in_any_way), cmocka_unit_test(says_what_is_wrong), cmocka_unit_test(symbols_are_mended),
    cmocka_unit_test(groups_of_four))
