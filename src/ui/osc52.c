#include "ui/osc52.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

static size_t base64(char *out, const uint8_t *in, size_t len)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t at = 0;
    for (size_t i = 0; i < len; i += 3) {
        uint32_t v = (uint32_t)in[i] << 16;
        v |= i + 1 < len ? (uint32_t)in[i + 1] << 8 : 0;
        v |= i + 2 < len ? in[i + 2] : 0;
        out[at++] = digits[v >> 18];
        out[at++] = digits[v >> 12 & 63];
        out[at++] = i + 1 < len ? digits[v >> 6 & 63] : '=';
        out[at++] = i + 2 < len ? digits[v & 63] : '=';
    }
    out[at] = '\0';
    return at;
}

size_t osc52(char *out, size_t out_len, const char *text, bool through_screen)
{
    char encoded[260];
    size_t len = strlen(text);
    if (len / 3 * 4 + 5 > sizeof encoded)
        return 0;
    (void)base64(encoded, (const uint8_t *)text, len);
    int n = snprintf(out, out_len, through_screen ? "\033P\033]52;c;%s\007\033\\" : "\033]52;c;%s\007", encoded);
    return n > 0 && (size_t)n < out_len ? (size_t)n : 0;
}
