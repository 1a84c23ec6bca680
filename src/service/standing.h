/* Is a certificate revoked, or an authority above it? Asks the authority that issued it: OCSP, then its CRL, at the
 * addresses it names itself. The chain was verified before, so those addresses are the authority's. */
#ifndef EONAY_SERVICE_STANDING_H
#define EONAY_SERVICE_STANDING_H

#include <openssl/x509.h>
#include "service/portal.h"
#include "sign/revocation.h"

struct standing {
    struct revocation_answer said;
    bool live; /* OCSP, to a question of our own: it speaks of this moment */
};

/* The standing of the signer's certificate (first of the chain), unless an authority between it and the anchor (last)
 * is revoked or its standing unknown: then that. Never fails and never waits longer than three time-outs for each
 * certificate: what cannot be found out is REV_UNKNOWN, and err->detail says why (for the log). On a test system only
 * loopback addresses are asked. */
struct standing standing_ask(struct portal *p, STACK_OF(X509) *chain, int64_t now, struct err *err);

/* Good, and this settles it for a signature that arrived at `arrived`: a CRL made before that knows nothing of a
 * revocation since, so the next one is waited for (ETSI EN 319 102-1's grace period); and what was made after the
 * certificate's end need not list it any more (RFC 5280 §3.3). */
bool standing_settles(const struct standing *s, int64_t arrived, int64_t not_after);

/* What authorities' certificates were found to be, so that not every signature asks again. Threads may share it. */
struct held;
enum err_code held_new(struct held **ret) MUST_CHECK;
void held_free(struct held **h);

#endif
