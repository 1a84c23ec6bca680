/* Receipts (sign/receipt.h) of what the store holds, made anew whenever one is asked for: a later one holds what the
 * evidence and the ledger have gained since. No copy is kept. */
#ifndef EONAY_SERVICE_RECEIPT_H
#define EONAY_SERVICE_RECEIPT_H

#include <stdbool.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/err.h"
#include "service/sealing.h"
#include "service/store.h"

/* All borrowed. */
struct receipt_maker {
    struct store *store;
    const struct seal *seal; /* NULL: this service gives no receipts */
    const char *service;
    bool test;
    /* Appends the consent's ledger.json; ERR_NOT_FOUND: it has none yet. */
    enum err_code (*ledger)(void *ctx, const char *number, struct buf *ret_json);
    void *ctx;
};
/* Is there one to be had of this consent? */
bool receipt_is_ready(const struct receipt_maker *m, const struct consent *c);
/* OK, or why not: ERR_RECEIPT_OFF, ERR_CHECKING while the consent is being checked, ERR_NOT_FOUND when it was refused
 * in the end. */
enum err_code receipt_may_be_had(const struct receipt_maker *m, const struct consent *c) MUST_CHECK;
/* Sealed at UTC second `now`. What receipt_may_be_had says, ERR_SEAL_UNFIT; what else receipt_make says would be a
 * fault of ours. */
enum err_code receipt_of(
    const struct receipt_maker *m, const struct consent *c, int64_t now, struct buf *ret, struct err *err) MUST_CHECK;

#endif
