/* Revocation of one certificate: OCSP (RFC 6960) and CRL (RFC 5280), requests and answers as bytes; who fetches is the
 * caller. */
#ifndef EONAY_SIGN_REVOCATION_H
#define EONAY_SIGN_REVOCATION_H

#include <stddef.h>
#include <stdint.h>
#include <openssl/x509.h>
#include "base/buf.h"
#include "base/err.h"
#include "sign/trust.h"

enum revocation { REV_GOOD, REV_REVOKED, REV_SUSPENDED, REV_UNKNOWN };
struct revocation_answer {
    enum revocation status;
    int64_t at;                       /* of revocation or suspension, else 0 */
    int64_t this_update, next_update; /* next_update 0: none was named */
};

#define REVOCATION_SKEW_S 300    /* clocks of two machines */
#define REVOCATION_FRESH_S 86400 /* how old an answer without a next update may be */
#define REVOCATION_URL_MAX 256

/* URLs the certificate names; "" when it names none that we can use. http:// and https:// only, printable ASCII only.
 */
void revocation_urls(X509 *x, char ocsp[REVOCATION_URL_MAX], char crl[REVOCATION_URL_MAX]);
/* OCSP request for one certificate, with a nonce of 16 random bytes to compare with the answer. */
#define OCSP_NONCE_LEN 16
enum err_code ocsp_request(X509 *x, X509 *issuer, struct buf *ret_der, uint8_t nonce[OCSP_NONCE_LEN]) MUST_CHECK;
/* ERR_REJ_UNKNOWN for an answer that cannot be believed; detail says which: form, status, responder, signature, nonce,
 * time. The responder is the issuer itself or one it has made a responder (RFC 6960 §4.2.2.2), with a chain to `trust`.
 * `nonce` NULL: not compared (responders that answer ahead of time); otherwise the answer must carry it. */
enum err_code ocsp_answer(const uint8_t *der, size_t len, X509 *x, X509 *issuer, const uint8_t *nonce,
    const struct trust *trust, int64_t now, struct revocation_answer *ret, struct err *err) MUST_CHECK;
/* Of an answer that ocsp_answer believed: the responder's certificate, the caller's to free, when the issuer made it a
 * responder without saying that its own standing need not be asked about (ocsp-nocheck); else NULL. */
X509 *ocsp_responder_to_check(const uint8_t *der, size_t len, X509 *issuer);
/* A whole CRL of the issuer, in time and with nothing critical in it that we do not know; ERR_REJ_UNKNOWN otherwise. */
enum err_code crl_answer(const uint8_t *der, size_t len, X509 *x, X509 *issuer, int64_t now,
    struct revocation_answer *ret, struct err *err) MUST_CHECK;

/* The same for who reads an answer long after it was given: responder, issuer and signature are judged at its own time
 * (this_update), and whether that is recent enough is the caller's to say. No nonce is compared. */
enum err_code ocsp_kept(const uint8_t *der, size_t len, X509 *x, X509 *issuer, const struct trust *trust,
    struct revocation_answer *ret, struct err *err) MUST_CHECK;
enum err_code crl_kept(
    const uint8_t *der, size_t len, X509 *x, X509 *issuer, struct revocation_answer *ret, struct err *err) MUST_CHECK;

#endif
