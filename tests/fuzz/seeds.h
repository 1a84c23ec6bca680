/* The part of the kept corpus that is text. */
#ifndef EONAY_FUZZ_SEEDS_H
#define EONAY_FUZZ_SEEDS_H

#include <stddef.h>

struct seed {
    const char *target, *name, *text;
};
const struct seed *seed_at(size_t i); /* NULL past the last */

#endif
