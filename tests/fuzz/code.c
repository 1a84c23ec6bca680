/* A verification code as typed or pasted: a code that fits stays itself, and no wrong symbol or swap in it does. */
#include "config.h"
#include <string.h>
#include "base/code.h"
#include "fuzz/fuzz.h"

static const char symbols[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

static enum code_fit read_again(const char *typed, char out[CODE_LEN + 1])
{
    size_t n;
    return code_read(typed, strlen(typed), out, &n);
}

static void check_wrong_symbols(const char *code)
{
    char wrong[CODE_LEN + 1], out[CODE_LEN + 1];
    for (size_t i = 0; i < CODE_LEN; i++)
        for (const char *s = symbols; *s != '\0'; s++) {
            memcpy(wrong, code, sizeof wrong);
            wrong[i] = *s;
            HOLDS(read_again(wrong, out) == (*s == code[i] ? CODE_FITS : CODE_BAD_CHECK));
        }
}

static void check_swaps(const char *code)
{
    char swapped[CODE_LEN + 1], out[CODE_LEN + 1];
    for (size_t i = 0; i + 1 < CODE_LEN; i++) {
        memcpy(swapped, code, sizeof swapped);
        swapped[i] = code[i + 1];
        swapped[i + 1] = code[i];
        HOLDS(read_again(swapped, out) == (code[i] == code[i + 1] ? CODE_FITS : CODE_BAD_CHECK));
    }
}

static void check_fitting(const char *code)
{
    char grouped[CODE_TEXT_LEN + 1], out[CODE_LEN + 1];
    HOLDS(strlen(code) == CODE_LEN && strspn(code, symbols) == CODE_LEN);
    code_group(grouped, code);
    HOLDS(strlen(grouped) == CODE_TEXT_LEN && read_again(grouped, out) == CODE_FITS && strcmp(out, code) == 0);
    check_wrong_symbols(code);
    check_swaps(code);
}

bool fuzz_code(const uint8_t *data, size_t len)
{
    char out[CODE_LEN + 1];
    size_t n = 0;
    enum code_fit fit = code_read((const char *)data, len, out, &n);
    HOLDS(fit != CODE_FITS || n == CODE_LEN);
    if (fit == CODE_FITS)
        check_fitting(out);
    if (len >= CODE_LEN - 1) {
        code_make(out, data);
        check_fitting(out);
    }
    return fit == CODE_FITS;
}
