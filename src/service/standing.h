/* Is a certificate revoked? Asks the authority that issued it: OCSP, then its CRL, at the addresses it names itself.
 * The chain was verified before, so those addresses are the authority's. */
#ifndef EONAY_SERVICE_STANDING_H
#define EONAY_SERVICE_STANDING_H

#include <openssl/x509.h>
#include "service/portal.h"
#include "sign/revocation.h"

/* Never fails and never waits longer than two time-outs: what cannot be found out is REV_UNKNOWN, and err->detail says
 * why (for the log). On a test system only loopback addresses are asked. */
struct revocation_answer standing_ask(struct portal *p, X509 *x, X509 *issuer, int64_t now, struct err *err);

#endif
