/* A time-stamp authority of the test authority (pki.h), by OpenSSL's own maker of time stamps. */
#ifndef EONAY_FAKES_PKI_STAMP_H
#define EONAY_FAKES_PKI_STAMP_H

#include <stdbool.h>
#include <openssl/evp.h>
#include "base/buf.h"
#include "fakes/pki.h"

struct pki_stamp {
    const struct pki_identity *by;
    int64_t at;
    STACK_OF(X509) *chain; /* further certificates for the token; NULL: the unit's alone */
    const EVP_MD *digest;  /* that it signs with; NULL: SHA-256, for P-384 SHA-384 */
    const EVP_MD *ess;     /* of signing-certificate-v2; NULL: SHA-256; SHA-1 makes signing-certificate */
    long micros;           /* a fraction of the second */
    bool refuses;          /* knows no digest: status rejection, badAlg */
};
/* TimeStampResp to a TimeStampReq. */
void pki_stamp_answer(const struct pki_stamp *s, const void *question, size_t len, struct buf *ret_der);

#endif
