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

/* What was answered about one certificate, as it came: DER of the OCSP answer or, where none could be had, of the CRL.
 */
struct standing_values {
    struct standing standing;
    struct buf ocsp, crl;
};
#define STANDING_VALUES_INIT ((struct standing_values){.ocsp = BUF_INIT(64u << 10), .crl = BUF_INIT(16u << 20)})
void standing_values_done(struct standing_values *v);
/* Asks anew, whatever is held; `list`: for the CRL alone. *ret is the caller's. ERR_REJ_UNKNOWN when nobody can be
 * asked or believed; err->detail says why. Good, revoked or suspended: that is for the reader of the values to see. */
enum err_code standing_fetch(struct portal *p, X509 *x, X509 *issuer, bool list, int64_t now,
    struct standing_values *ret, struct err *err) MUST_CHECK;

/* What authorities' certificates were found to be, so that not every signature asks again. Threads may share it. */
struct held;
enum err_code held_new(struct held **ret) MUST_CHECK;
void held_free(struct held **h);

#endif
