/* What proves a signature later: certificates, OCSP answers and CRLs, each as its bytes. */
#ifndef EONAY_SIGN_EVIDENCE_H
#define EONAY_SIGN_EVIDENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/err.h"

enum evidence_kind {
    EVIDENCE_CERT,
    EVIDENCE_OCSP, /* a whole OCSPResponse */
    EVIDENCE_CRL,
};
#define EVIDENCE_MAX 64
struct evidence {
    struct evidence_item {
        enum evidence_kind kind;
        uint8_t *der; /* owned */
        size_t len;
    } of[EVIDENCE_MAX];
    size_t count;
};
#define EVIDENCE_INIT ((struct evidence){.count = 0})

/* A copy, unless it is there already. ERR_TOO_BIG past EVIDENCE_MAX, ERR_NOMEM. */
enum err_code evidence_add(struct evidence *e, enum evidence_kind kind, const void *der, size_t len) MUST_CHECK;
bool evidence_holds(const struct evidence *e, enum evidence_kind kind, const void *der, size_t len);
void evidence_done(struct evidence *e);

#endif
