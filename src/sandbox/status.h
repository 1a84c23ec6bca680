/* Answers of the test authority, as bytes: OCSP (RFC 6960), CRL (RFC 5280), time stamps (RFC 3161). All times follow
 * the sandbox's clock. */
#ifndef EONAY_SANDBOX_STATUS_H
#define EONAY_SANDBOX_STATUS_H

#include "base/buf.h"
#include "sandbox/box.h"
#include "sandbox/ca.h"

/* `mood` is the word set for who answers (docs/sandbox.md): one that says how to lie is obeyed, any other answers well.
 * DER OCSPResponse to a DER OCSPRequest; what is no request gets malformedRequest, certificates of somebody else's get
 * unauthorized, an unknown serial gets the status unknown. ERR_CRYPTO, ERR_NOMEM only. */
enum err_code status_ocsp(const struct box *b, const struct ca *ca, const char *mood, const uint8_t *der, size_t len,
    struct buf *ret_der, struct err *err) MUST_CHECK;
/* The DER CRL of one issuer, complete and fresh. */
enum err_code status_crl(const struct box *b, const struct ca *ca, const char *mood, enum ca_role issuer,
    struct buf *ret_der, struct err *err) MUST_CHECK;
/* DER TimeStampResp of one unit to a DER TimeStampReq; refusals are answers too. */
enum err_code status_stamp(const struct box *b, const struct ca *ca, const char *mood, enum ca_role unit,
    const uint8_t *der, size_t len, struct buf *ret_der, struct err *err) MUST_CHECK;

#endif
