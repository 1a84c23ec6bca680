#include "base/code.h"
#include "base/text.h"

#include <string.h>

const char code_symbols[33] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/* GF(32) by x^5 + x^2 + 1, in which a = x is primitive: a^0 .. a^30 all differ, so the check sees any one wrong symbol
 * and any two swapped ones. */
static uint8_t times_a(uint8_t v)
{
    uint8_t twice = (uint8_t)(v << 1);
    return twice & 32 ? twice ^ 37 : twice;
}

/* Horner from the last symbol down gives the sum of a^i * c_i. */
static uint8_t weigh(const uint8_t *values, size_t n)
{
    uint8_t sum = 0;
    while (n-- > 0)
        sum = times_a(sum) ^ values[n];
    return sum;
}

static uint8_t value_of(char symbol)
{
    const char *p = memchr(code_symbols, symbol, 32);
    return p == NULL ? 0 : (uint8_t)(p - code_symbols);
}

void code_make(char out[CODE_LEN + 1], const uint8_t random[CODE_LEN - 1])
{
    uint8_t values[CODE_LEN];
    for (size_t i = 0; i < CODE_LEN - 1; i++)
        values[i] = random[i] & 31;
    values[CODE_LEN - 1] = 0;
    while (weigh(values, CODE_LEN) != 0)
        values[CODE_LEN - 1]++; /* one of the 32 always fits, and each weighs differently */
    for (size_t i = 0; i < CODE_LEN; i++)
        out[i] = code_symbols[values[i]];
    out[CODE_LEN] = '\0';
}

static bool is_skipped(uint32_t cp)
{
    return cp == ' ' || cp == '\t' || cp == '\r' || cp == '\n' || cp == '-' || cp == '_' || cp == '.' || cp == 0xA0 ||
           (cp >= 0x2010 && cp <= 0x2015) || cp == 0x2212;
}

int code_symbol(uint32_t cp)
{
    if (is_skipped(cp))
        return 0;
    if (cp >= 'a' && cp <= 'z')
        cp -= 'a' - 'A';
    if (cp == 'O')
        return '0';
    if (cp == 'I' || cp == 'L' || cp == 0x130 || cp == 0x131)
        return '1';
    if (cp == 'U')
        return 'V';
    return cp < 128 && cp != 0 && strchr(code_symbols, (int)cp) != NULL ? (int)cp : -1;
}

static bool check_holds(const char *code)
{
    uint8_t values[CODE_LEN];
    for (size_t i = 0; i < CODE_LEN; i++)
        values[i] = value_of(code[i]);
    return weigh(values, CODE_LEN) == 0;
}

enum code_fit code_read(const char *typed, size_t len, char out[CODE_LEN + 1], size_t *symbols)
{
    size_t n = 0, at = 0;
    bool strange = false;
    memset(out, 0, CODE_LEN + 1);
    while (at < len) {
        int symbol = code_symbol(utf8_next(typed, len, &at));
        strange = strange || symbol < 0;
        if (symbol <= 0)
            continue;
        if (n < CODE_LEN)
            out[n] = (char)symbol;
        n++;
    }
    *symbols = n;
    if (strange)
        return CODE_BAD_LETTER;
    if (n != CODE_LEN)
        return n == 0 ? CODE_EMPTY : n < CODE_LEN ? CODE_SHORT : CODE_LONG;
    return check_holds(out) ? CODE_FITS : CODE_BAD_CHECK;
}

void code_group(char out[CODE_TEXT_LEN + 1], const char *code)
{
    size_t n = 0;
    for (size_t i = 0; i < CODE_LEN && code[i] != '\0'; i++) {
        if (i > 0 && i % 4 == 0)
            out[n++] = '-';
        out[n++] = code[i];
    }
    out[n] = '\0';
}
