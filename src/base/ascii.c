#include "base/ascii.h"

char ascii_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

char ascii_upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - ('a' - 'A')) : c;
}

bool ascii_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool ascii_is_alnum(char c)
{
    char l = ascii_lower(c);
    return ascii_is_digit(c) || (l >= 'a' && l <= 'z');
}

int ascii_casecmp(const char *a, const char *b)
{
    while (*a != '\0' && ascii_lower(*a) == ascii_lower(*b)) {
        a++;
        b++;
    }
    return (unsigned char)ascii_lower(*a) - (unsigned char)ascii_lower(*b);
}

bool ascii_starts(const char *s, const char *prefix)
{
    while (*prefix != '\0')
        if (*s++ != *prefix++)
            return false;
    return true;
}

bool ascii_u64(const char *s, uint64_t max, uint64_t *ret)
{
    uint64_t n = 0;
    if (*s == '\0')
        return false;
    for (; *s != '\0'; s++) {
        if (!ascii_is_digit(*s))
            return false;
        uint64_t digit = (uint64_t)(*s - '0');
        if (n > (UINT64_MAX - digit) / 10)
            return false;
        n = n * 10 + digit;
    }
    if (n > max)
        return false;
    *ret = n;
    return true;
}

void ascii_hex(char *out, const uint8_t *bytes, size_t len)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < len; i++) {
        *out++ = digits[bytes[i] >> 4];
        *out++ = digits[bytes[i] & 15];
    }
    *out = '\0';
}

static int hex_value(char c)
{
    char l = ascii_lower(c);
    if (ascii_is_digit(l))
        return l - '0';
    return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

bool ascii_unhex(uint8_t *out, size_t out_len, const char *hex)
{
    for (size_t i = 0; i < out_len; i++) {
        int high = hex_value(hex[0]);
        int low = high < 0 ? -1 : hex_value(hex[1]);
        if (low < 0)
            return false;
        out[i] = (uint8_t)(high << 4 | low);
        hex += 2;
    }
    return *hex == '\0';
}
