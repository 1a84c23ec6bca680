/* The part of the kept corpus that is proofs of a ledger, with an authority of its own. */
#ifndef EONAY_FUZZ_MAKE_LEDGER_H
#define EONAY_FUZZ_MAKE_LEDGER_H

#include <stddef.h>

/* `keep` writes one file below the fuzz folder; `top` is that folder. */
void make_ledger(const char *top, void (*keep)(const char *folder, const char *name, const void *bytes, size_t len));

#endif
