/* Random words. */
#include "config.h"

#include "sandbox/draw.h"

#include <openssl/rand.h>

/* Evenly: a byte past the last whole multiple of n is thrown away. */
static enum err_code draw_from(char *out, size_t len, const char *letters, unsigned n)
{
    for (size_t i = 0; i < len;) {
        unsigned char byte;
        if (RAND_bytes(&byte, 1) != 1)
            return ERR_CRYPTO;
        if (byte < 256 / n * n)
            out[i++] = letters[byte % n];
    }
    out[len] = '\0';
    return OK;
}

enum err_code draw_hex(char *out, size_t bytes)
{
    return draw_from(out, 2 * bytes, "0123456789abcdef", 16);
}

enum err_code draw_digits(char *out, size_t len)
{
    return draw_from(out, len, "0123456789", 10);
}

enum err_code draw_word(char *out, size_t len)
{
    return draw_from(out, len, "abcdefghjkmnpqrstuvwxyz23456789", 31);
}
