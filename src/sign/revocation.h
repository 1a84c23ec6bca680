/* Revocation of one certificate: OCSP (RFC 6960) and CRL (RFC 5280), requests and answers as bytes; who fetches is the caller. */
#ifndef EONAY_SIGN_REVOCATION_H
#define EONAY_SIGN_REVOCATION_H

#include <openssl/x509.h>
#include "base/buf.h"
#include "base/err.h"
#include "sign/trust.h"

enum revocation { REV_GOOD, REV_REVOKED, REV_SUSPENDED, REV_UNKNOWN };
struct revocation_answer { enum revocation status; int64_t at; /* of revocation */ int64_t this_update, next_update; };

/* URLs the certificate names; "" when it names none. http:// and https:// only. */
void revocation_urls(X509 *x, char ocsp[256], char crl[256]);
/* *ret_nonce: up to 32 bytes to compare with the answer. */
enum err_code ocsp_request(X509 *x, X509 *issuer, struct buf *ret_der, uint8_t nonce[16]) MUST_CHECK;
/* ERR_REJ_UNKNOWN for an answer that cannot be believed (signature, responder, nonce, time); detail says which. */
enum err_code ocsp_answer(const uint8_t *der, size_t len, X509 *x, X509 *issuer, const uint8_t nonce[16],
    const struct trust *trust, int64_t now, struct revocation_answer *ret, struct err *err) MUST_CHECK;
enum err_code crl_answer(const uint8_t *der, size_t len, X509 *x, X509 *issuer, int64_t now,
    struct revocation_answer *ret, struct err *err) MUST_CHECK;

#endif
