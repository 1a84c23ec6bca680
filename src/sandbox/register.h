/* The authority's register: one small file per issued NES below ca/issued, asked by OCSP and CRL. */
#ifndef EONAY_SANDBOX_REGISTER_H
#define EONAY_SANDBOX_REGISTER_H

#include <stdbool.h>
#include <openssl/x509.h>
#include "sandbox/box.h"
#include "sandbox/ca.h"

struct record {
    enum ca_role issuer;
    int reason;         /* CRL reason code, or FLAW_NOT_REVOKED */
    int64_t revoked_at; /* UTC seconds, when revoked */
    char serial[80];    /* upper-case hexadecimal */
};

enum err_code register_add(
    const struct box *b, X509 *cert, enum ca_role issuer, int reason, int64_t revoked_at, struct err *err) MUST_CHECK;
/* ERR_NOT_FOUND for a serial this issuer never gave out. */
enum err_code register_find(const struct box *b, enum ca_role issuer, const ASN1_INTEGER *serial, struct record *ret,
    struct err *err) MUST_CHECK;
/* Calls fn for every record, in no order, until it fails. */
enum err_code register_each(
    const struct box *b, enum err_code (*fn)(void *ctx, const struct record *r), void *ctx, struct err *err) MUST_CHECK;

#endif
