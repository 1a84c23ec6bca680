/* Proofs of a ledger that never was, for tests. A failure in here is a broken test: it aborts. */
#ifndef EONAY_TESTS_SEALED_H
#define EONAY_TESTS_SEALED_H

#include "fakes/pki.h"
#include "sign/ledger_proof.h"

struct sealed {
    const struct pki_identity *by;
    const char *log;
    uint64_t size, index; /* of the tree, of the entry; at most 1000 entries */
    bool promised;        /* a promise alone */
    int64_t time;         /* of the promise or head */
};
/* The proof of a made-up record; ledger_proof_done when done. */
void sealed_make(const struct sealed *s, struct ledger_proof *ret);
void sealed_sign(const struct pki_identity *by, const void *bytes, size_t len, struct ledger_signature *ret);

#endif
