#include "config.h"
#include "base/person.h"
#include "base/ascii.h"

#include <string.h>

bool tckn_is_valid(const char *tckn)
{
    int d[TCKN_LEN], odd = 0, even = 0, sum = 0;
    if (strnlen(tckn, TCKN_LEN + 1) != TCKN_LEN || tckn[0] == '0')
        return false;
    for (int i = 0; i < TCKN_LEN; i++) {
        if (!ascii_is_digit(tckn[i]))
            return false;
        d[i] = tckn[i] - '0';
    }
    for (int i = 0; i < 9; i += 2)
        odd += d[i];
    for (int i = 1; i < 9; i += 2)
        even += d[i];
    for (int i = 0; i < 10; i++)
        sum += d[i];
    /* 7*odd - even may be negative (it is never below -32), and C's % would keep the sign. */
    return d[9] == (7 * odd - even + 40) % 10 && d[10] == sum % 10;
}

void tckn_mask(char out[TCKN_LEN + 1], const char *tckn)
{
    memset(out, '*', TCKN_LEN);
    out[TCKN_LEN] = '\0';
    if (strnlen(tckn, TCKN_LEN + 1) != TCKN_LEN)
        return;
    memcpy(out, tckn, 3);
    memcpy(out + 9, tckn + 9, 2);
}
