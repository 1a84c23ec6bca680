/* The ledger while the service runs: one thread that seals what was entered (of several services on one store the one
 * that holds the lease), and the proofs that receipts carry. */
#ifndef EONAY_SERVICE_LEDGER_H
#define EONAY_SERVICE_LEDGER_H

#include "base/buf.h"
#include "base/err.h"
#include "sign/ledger_proof.h"

struct portal;
struct store;
struct ledger;

/* *ret stays NULL when the configuration names no seal: acceptances are entered all the same, and sealed once it does.
 * ERR_CONFIG and ERR_FILE with a detail. */
enum err_code ledger_open(struct portal *p, struct ledger **ret, struct err *err) MUST_CHECK;
void ledger_close(struct ledger **l);

/* ledger.json for a consent, appended to *ret_json: complete, or with a promise while no head holds the entry yet.
 * ERR_NOT_FOUND when it has none: no such consent, still being checked, or this service has no seal. */
enum err_code ledger_proof_of(struct portal *p, const char *number, struct buf *ret_json) MUST_CHECK;
/* The same as a value; ledger_proof_done when done. */
enum err_code ledger_proof_make(struct portal *p, const char *number, struct ledger_proof *ret) MUST_CHECK;

/* What the store alone gives, for who has no key of the seal: when it is not `sealed`, it lacks its promise. */
enum err_code ledger_proof_find(
    struct store *s, const char *log, const char *number, struct ledger_proof *ret) MUST_CHECK;

/* For /v1/health: "none" (no seal), "good", "late" (something waits for a head too long). */
const char *ledger_word(struct portal *p);

#endif
