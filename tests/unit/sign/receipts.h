/* Receipts of transactions that never were, for tests. A failure in here is a broken test: it aborts. */
#ifndef EONAY_TESTS_RECEIPTS_H
#define EONAY_TESTS_RECEIPTS_H

#include "base/buf.h"
#include "fakes/pki.h"
#include "sign/receipt.h"

struct receipts {
    const struct pki_identity *person; /* signs the consent */
    const struct pki_identity *seal;   /* seals the receipt and the ledger */
    STACK_OF(X509) *chain;             /* the person's */
    const char *number, *text;
    int64_t now;                /* the consent was signed a minute before and arrived two seconds after that */
    enum receipt_ledger ledger; /* INSIDE: the second of two entries */
    bool test;
};
void receipts_consent(const struct receipts *r, struct buf *ret_der);
/* ledger.json of this consent file. */
void receipts_ledger(const struct receipts *r, const struct buf *consent, struct buf *ret_json);
/* The receipt of the file that came in, kept by now as `consent` (NULL: as it came in), whether it holds or not. */
void receipts_make_of(const struct receipts *r, const struct buf *came_in, const struct buf *consent, struct buf *ret);
void receipts_make(const struct receipts *r, struct buf *ret);
/* Any four data parts (the ledger may be absent), under a manifest that is true and a seal that holds. */
void receipts_seal(const struct asice *parts, const struct pki_identity *seal, int64_t time, struct buf *ret);
/* What signs as a seal; borrows the identity. */
struct sealer receipts_sealer(const struct pki_identity *seal);

#endif
