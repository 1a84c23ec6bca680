/* A certificate taken apart (RFC 5280 §4.1): views into the caller's bytes, nothing copied, nothing believed. */
#ifndef EONAY_SIGN_CERT_PARTS_H
#define EONAY_SIGN_CERT_PARTS_H

#include <stdbool.h>
#include <stdint.h>
#include "sign/der.h"

/* The extensions somebody here reads. Order is that of their table (cert_parts.c). */
enum cert_extension {
    CERT_EXT_BASIC,
    CERT_EXT_USAGE,
    CERT_EXT_PURPOSES,
    CERT_EXT_POLICIES,
    CERT_EXT_ALT_NAMES,
    CERT_EXT_KEY_ID,
    CERT_EXT_ISSUER_KEY_ID,
    CERT_EXT_CRL_POINTS,
    CERT_EXT_CONSTRAINTS,
    CERT_EXT_STATEMENTS,
    CERT_EXT_NETSCAPE,
    CERT_EXT_COUNT
};

struct cert_parts {
    struct der_view file;
    struct der_item tbs; /* what is signed */
    struct der_item serial;
    struct der_item algorithm; /* AlgorithmIdentifier, inside and outside alike */
    struct der_item issuer, subject;
    struct der_item key; /* SubjectPublicKeyInfo */
    struct der_view signature;
    int64_t not_before, not_after; /* UTC seconds */
    bool v1;
    struct der_item extension[CERT_EXT_COUNT]; /* the element inside the OCTET STRING; tag 0: absent */
    bool unhandled;                            /* a critical one that no rule here heeds */
};

/* False for what is no certificate, or one that breaks RFC 5280 where we would have to guess: an extension twice, two
 * signature algorithms, a name of no string type, a date that is none, one of the extensions above of another form, or
 * one that makes it another kind of thing (a proxy, addresses of the network). `file` must be strict already
 * (der_is_strict), as a certificate by itself or as part of a strict file. */
bool cert_split(struct der_view file, struct cert_parts *ret);

/* The attribute of that type in a name: its first or, with `last`, its last value; ret_count (may be NULL) is how often
 * it is there. False when it is not. */
bool cert_name_find(const struct der_item *name, int nid, bool last, struct der_item *ret, unsigned *ret_count);

#endif
