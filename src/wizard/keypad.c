#include "config.h"
#include "wizard/keypad.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/random.h>

/* 0 .. n-1 for n up to 10: what would make the low numbers likelier is thrown again. */
static bool roll(unsigned n, unsigned *ret)
{
    uint8_t byte;
    do
        if (getrandom(&byte, sizeof byte, 0) != (ssize_t)sizeof byte)
            return false;
    while (byte >= 256 - 256 % n);
    *ret = byte % n;
    return true;
}

void keypad_shuffle(char ret[11])
{
    unsigned other;
    memcpy(ret, "1234567890", 11);
    for (unsigned i = 9; i > 0; i--) {
        if (!roll(i + 1, &other)) {
            ret[0] = '\0';
            return;
        }
        char kept = ret[i];
        ret[i] = ret[other];
        ret[other] = kept;
    }
}
