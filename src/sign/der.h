/* DER (X.690), the little of it that a signed message needs: a reader that takes nothing else, and a writer that builds
 * from the inside out. For this room only. Tags are the identifier octet itself; high tag numbers are not spoken. */
#ifndef EONAY_SIGN_DER_H
#define EONAY_SIGN_DER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <openssl/asn1t.h>
#include "base/buf.h"
#include "base/err.h"

enum der_tag {
    DER_BOOLEAN = 0x01,
    DER_INTEGER = 0x02,
    DER_BIT_STRING = 0x03,
    DER_OCTET_STRING = 0x04,
    DER_NULL = 0x05,
    DER_OID = 0x06,
    DER_ENUMERATED = 0x0a,
    DER_UTC_TIME = 0x17,
    DER_GENERALIZED_TIME = 0x18,
    DER_SEQUENCE = 0x30,
    DER_SET = 0x31,
    DER_CONTEXT_PRIMITIVE_0 = 0x80,
    DER_CONTEXT_0 = 0xa0, /* [0], constructed */
    DER_CONTEXT_1 = 0xa1,
    DER_CONTEXT_2 = 0xa2,
    DER_CONTEXT_3 = 0xa3,
    DER_CONTEXT_4 = 0xa4,
};

/* Reading. Views into the caller's bytes; nothing is copied. */
struct der_view {
    const uint8_t *at;
    size_t len;
};
struct der_item {
    uint8_t tag;
    struct der_view whole; /* tag and length too */
    struct der_view body;
};

/* The next element of *rest, which moves behind it. False at the end, for a length that is not definite and minimal, or
 * one that reaches past the end. */
bool der_next(struct der_view *rest, struct der_item *ret);
/* The same when its tag is the wanted one; otherwise nothing moves. */
bool der_take(struct der_view *rest, uint8_t tag, struct der_item *ret);
/* One element and nothing behind it, strict all the way down (depth, string forms, SETs in order, §8 to §11). What
 * implicit context tags hide is judged by who knows the type. */
bool der_is_strict(struct der_view bytes);
/* Is this the body of a primitive universal type? For what an implicit tag hides. */
bool der_fits(enum der_tag type, struct der_view body);
bool der_is_sorted(struct der_view elements);          /* as SET OF wants, §11.6 */
int der_compare(struct der_view a, struct der_view b); /* as octet strings */
bool der_same(struct der_view a, struct der_view b);
bool der_is_oid(const struct der_item *item, int nid);
/* OBJECT IDENTIFIER to "1.2.3"; false when it is none, does not fit or has an arc of more than 64 bits. */
bool der_oid_text(const struct der_item *item, char *out, size_t out_len);
/* UTCTime or GeneralizedTime (RFC 5280 §4.1.2.5 forms) to UTC seconds. */
bool der_time(const struct der_item *item, int64_t *ret);
/* The same for what the library has decoded already. */
bool der_asn1_time(const ASN1_TIME *t, int64_t *ret);

/* Writing. The first failure stays in `rc` and turns the rest into nothing, so that it is asked for once. */
struct der_out {
    struct buf buf;
    enum err_code rc;
};
#define DER_OUT_INIT(ceiling) ((struct der_out){BUF_INIT(ceiling), OK})
void der_out_done(struct der_out *out);
size_t der_mark(const struct der_out *out);                       /* where the next element will begin */
void der_raw(struct der_out *out, const void *bytes, size_t len); /* an encoding made elsewhere */
void der_put(struct der_out *out, uint8_t tag, const void *body, size_t len);
void der_put_uint(struct der_out *out, const uint8_t *big_endian, size_t len); /* INTEGER of an unsigned number */
void der_put_oid(struct der_out *out, int nid);
void der_put_time(struct der_out *out, int64_t utc); /* UTCTime through 2049, RFC 5652 §11.3 */
void der_put_asn1(struct der_out *out, const void *value, const ASN1_ITEM *type);
void der_wrap(struct der_out *out, size_t mark, uint8_t tag); /* all since `mark` becomes the body of one element */
void der_sort(struct der_out *out, size_t mark);              /* the elements since `mark`, as SET OF wants */

#endif
