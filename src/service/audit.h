/* Does the ledger hold together? Everything it says is computed anew from its rows and the consents they belong to, and
 * what does not fit is named. */
#ifndef EONAY_SERVICE_AUDIT_H
#define EONAY_SERVICE_AUDIT_H

#include "service/store_ledger.h"
#include "sign/trust.h"

enum audit_place { AUDIT_ENTRY, AUDIT_CONSENT, AUDIT_NODE, AUDIT_HEAD };

/* clang-format off */
/* X(id, slug, where, msgid): continues "entry 5 (2026-000006):". */
#define AUDIT_FLAWS(X) \
    X(GAP, "gap", ENTRY, N_("it was removed")) \
    X(RECORD, "record", ENTRY, N_("its consent is not as it was entered")) \
    X(LINK, "link", ENTRY, N_("its consent is gone, or half of what links it to one")) \
    X(MOVED, "moved", ENTRY, N_("it was sealed in another place")) \
    X(CHANGED, "changed", ENTRY, N_("it is not what was sealed in this place")) \
    X(UNENTERED, "unentered", CONSENT, N_("it is accepted, but its entry is not there")) \
    X(TREE, "tree", NODE, N_("it is not what the entries give")) \
    X(ROOT, "root", HEAD, N_("it is not the head of the entries that are there")) \
    X(BEYOND, "beyond", HEAD, N_("it has more entries than there are")) \
    X(HEADLESS, "headless", ENTRY, N_("the head that held it was removed")) \
    X(SIGNATURE, "signature", HEAD, N_("its seal does not hold")) \
    X(TIME, "time", HEAD, N_("it is older than the one before it"))
/* clang-format on */

enum audit_flaw {
#define X(id, slug, where, words) AUDIT_##id,
    AUDIT_FLAWS(X)
#undef X
};
struct audit_word {
    const char *slug, *words;
    enum audit_place where;
};
const struct audit_word *audit_word_of(enum audit_flaw f);

struct audit_finding {
    enum audit_flaw flaw;
    uint64_t from, to;         /* entries; of a head its size, in both; of a node its index, in both */
    unsigned level;            /* of a node */
    uint64_t belongs;          /* MOVED: where it was sealed */
    char number[STORE_NUMBER]; /* "" when no one consent is meant */
};
struct audit_sum {
    uint64_t entries, erased, heads, findings;
    struct ledger_head last; /* when there is a head */
};

/* Walks the whole store. ERR_STORE, ERR_NOMEM; findings are no error. Time and memory grow with the ledger: 64 bytes an
 * entry. */
enum err_code audit(struct store *s, const char *log, const struct trust *trust,
    void (*found)(void *ctx, const struct audit_finding *f), void *ctx, struct audit_sum *ret) MUST_CHECK;

#endif
