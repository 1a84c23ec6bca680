/* What trust.c and trust_issuers.c share. */
#ifndef EONAY_SIGN_TRUST_INSIDE_H
#define EONAY_SIGN_TRUST_INSIDE_H

#include "sign/trust.h"

#define TRUST_DEPTH 6 /* authorities between a certificate and its anchor */

struct issuers;
struct trust {
    X509_STORE *store;
    struct rule nes;
    struct issuers *issuers;
};

/* X509_V_OK or the error that ended it. `at` NULL: at no time in particular. */
int trust_verify(
    const struct trust *t, X509 *x, STACK_OF(X509) *untrusted, const int64_t *at, STACK_OF(X509) **ret_chain);

/* The authorities of the trust's store that may issue by the short way. NULL: out of memory. They are not changed
 * again: threads may share them. */
struct issuers *issuers_new(const struct trust *t);
void issuers_free(struct issuers **all);
bool issuers_hold(const struct issuers *all, const struct cert_parts *x, const struct cert_facts *facts, int64_t at);

#endif
