/* The service's own seal: one certificate and key that sign what the service says for itself, the heads of its ledger
 * and its receipts. No person's signature: nobody wills anything with it, it only says where something comes from. */
#ifndef EONAY_SIGN_SEAL_H
#define EONAY_SIGN_SEAL_H

#include <stdint.h>
#include <openssl/x509.h>
#include "base/err.h"
#include "sign/trust.h"

/* The extended key usage by which a certificate is a service's seal. A person's NES, a company's seal and a time-stamp
 * unit below the same authorities lack it, so none of them can speak for a ledger. 2.999 is the arc for examples: an
 * authority that issues real ones gives its own identifier. */
#define SEAL_PURPOSE "2.999.5070.3.1"
#define SEAL_SIGNATURE_MAX 1024 /* bytes */

/* Is this a service's seal: SEAL_PURPOSE and digitalSignature, no authority, strong, with a chain to `trust` at UTC
 * second `at`? ERR_SEAL_UNFIT, or what trust_chain says. `untrusted` (may be NULL) as there. */
enum err_code seal_check(
    X509 *cert, STACK_OF(X509) *untrusted, const struct trust *trust, int64_t at, struct err *err) MUST_CHECK;
/* Is `signature` the seal's over the bytes? RSA PKCS#1 v1.5 or ECDSA in DER, the digest that belongs to the key
 * (alg.h). ERR_REJ_SIG when not. Says nothing about the certificate. */
enum err_code seal_verify(
    X509 *cert, const void *bytes, size_t len, const uint8_t *signature, size_t signature_len) MUST_CHECK;
/* The digest that the key signs with. NULL for a key that seals nothing. */
const EVP_MD *seal_digest(X509 *cert);

#endif
