#include "config.h"
#include "sign/der.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <openssl/objects.h>
#include "base/ascii.h"

#define DEPTH_MAX 40 /* a name in a signing-certificate in a time stamp in a signature is 25 deep */
#define CONSTRUCTED 0x20
#define CLASS 0xc0
#define CLASS_CONTEXT 0x80

/* The length octets behind the tag, §10.1: definite, as few as can be. */
static bool read_length(struct der_view *rest, size_t *ret)
{
    if (rest->len < 1)
        return false;
    size_t len = rest->at[0], octets = 0;
    if (len >= 0x80) {
        octets = len & 0x7f;
        if (octets < 1 || octets > 4 || octets >= rest->len || rest->at[1] == 0)
            return false;
        len = 0;
        for (size_t i = 1; i <= octets; i++)
            len = len << 8 | rest->at[i];
        if (len < 0x80)
            return false;
    }
    rest->at += 1 + octets;
    rest->len -= 1 + octets;
    *ret = len;
    return len <= rest->len;
}

bool der_next(struct der_view *rest, struct der_item *ret)
{
    struct der_view at = *rest;
    size_t len;
    if (at.len < 2 || (at.at[0] & 0x1f) == 0x1f)
        return false;
    uint8_t tag = at.at[0];
    at.at++;
    at.len--;
    if (!read_length(&at, &len))
        return false;
    size_t whole = (size_t)(at.at - rest->at) + len;
    struct der_item item = {tag, {rest->at, whole}, {at.at, len}};
    *rest = (struct der_view){rest->at + whole, rest->len - whole};
    *ret = item; /* last: rest may be the body of *ret */
    return true;
}

bool der_take(struct der_view *rest, uint8_t tag, struct der_item *ret)
{
    return rest->len > 0 && rest->at[0] == tag && der_next(rest, ret);
}

int der_compare(struct der_view a, struct der_view b)
{
    size_t least = a.len < b.len ? a.len : b.len;
    int by_bytes = least == 0 ? 0 : memcmp(a.at, b.at, least);
    return by_bytes != 0 ? by_bytes : (a.len > b.len) - (a.len < b.len);
}

bool der_same(struct der_view a, struct der_view b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

bool der_is_sorted(struct der_view elements)
{
    struct der_item before = {0}, item;
    while (elements.len > 0) {
        if (!der_next(&elements, &item) || (before.whole.len > 0 && der_compare(before.whole, item.whole) > 0))
            return false;
        before = item;
    }
    return true;
}

/* Primitive forms, X.690 §8.2 to §8.19 with §11 applied. */
static bool boolean_fits(struct der_view b)
{
    return b.len == 1 && (b.at[0] == 0x00 || b.at[0] == 0xff);
}

static bool integer_fits(struct der_view b)
{
    if (b.len < 2)
        return b.len == 1;
    bool high = (b.at[1] & 0x80) != 0;
    return !(b.at[0] == 0x00 && !high) && !(b.at[0] == 0xff && high);
}

static bool bits_fit(struct der_view b)
{
    if (b.len < 1 || b.at[0] > 7 || (b.len == 1 && b.at[0] != 0))
        return false;
    return (b.at[b.len - 1] & ((1 << b.at[0]) - 1)) == 0 || b.len == 1;
}

static bool null_fits(struct der_view b)
{
    return b.len == 0;
}

static bool oid_fits(struct der_view b)
{
    if (b.len < 1 || (b.at[b.len - 1] & 0x80) != 0)
        return false;
    for (size_t i = 0; i < b.len; i++)
        if (b.at[i] == 0x80 && (i == 0 || (b.at[i - 1] & 0x80) == 0))
            return false;
    return true;
}

static bool digits_and_z(struct der_view b, size_t digits)
{
    if (b.len != digits + 1 || b.at[digits] != 'Z')
        return false;
    for (size_t i = 0; i < digits; i++)
        if (!ascii_is_digit((char)b.at[i]))
            return false;
    return true;
}

static bool utc_time_fits(struct der_view b)
{
    return digits_and_z(b, 12);
}

static bool generalized_time_fits(struct der_view b)
{
    return digits_and_z(b, 14);
}

/* BMPString and UniversalString: whole characters. */
static bool pairs_fit(struct der_view b)
{
    return b.len % 2 == 0;
}

static bool quads_fit(struct der_view b)
{
    return b.len % 4 == 0;
}

static bool anything_fits(struct der_view b)
{
    (void)b;
    return true;
}

/* Universal types that certificates and signed messages are made of; a tag without a row is refused. */
static bool (*const primitive[0x20])(struct der_view) = {
    [DER_BOOLEAN] = boolean_fits,
    [DER_INTEGER] = integer_fits,
    [DER_BIT_STRING] = bits_fit,
    [DER_OCTET_STRING] = anything_fits,
    [DER_NULL] = null_fits,
    [DER_OID] = oid_fits,
    [DER_ENUMERATED] = integer_fits,
    [V_ASN1_UTF8STRING] = anything_fits,
    [V_ASN1_NUMERICSTRING] = anything_fits,
    [V_ASN1_PRINTABLESTRING] = anything_fits,
    [V_ASN1_T61STRING] = anything_fits,
    [V_ASN1_IA5STRING] = anything_fits,
    [DER_UTC_TIME] = utc_time_fits,
    [DER_GENERALIZED_TIME] = generalized_time_fits,
    [V_ASN1_VISIBLESTRING] = anything_fits,
    [V_ASN1_UNIVERSALSTRING] = quads_fit,
    [V_ASN1_BMPSTRING] = pairs_fit,
};

bool der_fits(enum der_tag type, struct der_view body)
{
    return type < sizeof primitive / sizeof primitive[0] && primitive[type] != NULL && primitive[type](body);
}

static bool primitive_is_strict(const struct der_item *item)
{
    if ((item->tag & CLASS) == CLASS_CONTEXT)
        return true;
    return (item->tag & CLASS) == 0 && primitive[item->tag] != NULL && primitive[item->tag](item->body);
}

static bool may_hold_others(uint8_t tag)
{
    return tag == DER_SEQUENCE || tag == DER_SET || (tag & CLASS) == CLASS_CONTEXT;
}

static bool elements_are_strict(struct der_view rest, unsigned depth)
{
    struct der_item item;
    while (rest.len > 0) {
        if (!der_next(&rest, &item))
            return false;
        if ((item.tag & CONSTRUCTED) == 0) {
            if (!primitive_is_strict(&item))
                return false;
            continue;
        }
        if (depth == 0 || !may_hold_others(item.tag) || !elements_are_strict(item.body, depth - 1))
            return false;
        if (item.tag == DER_SET && !der_is_sorted(item.body))
            return false;
    }
    return true;
}

bool der_is_strict(struct der_view bytes)
{
    struct der_view rest = bytes;
    struct der_item item;
    return der_next(&rest, &item) && rest.len == 0 && elements_are_strict(bytes, DEPTH_MAX);
}

bool der_is_oid(const struct der_item *item, int nid)
{
    const ASN1_OBJECT *want = OBJ_nid2obj(nid);
    struct der_view body = {OBJ_get0_data(want), OBJ_length(want)};
    return item->tag == DER_OID && der_same(item->body, body);
}

/* One arc, seven bits an octet, §8.19.2. */
static bool take_arc(struct der_view *rest, uint64_t *ret)
{
    uint64_t arc = 0;
    uint8_t octet;
    do {
        if (rest->len == 0 || arc > UINT64_MAX >> 7)
            return false;
        octet = *rest->at;
        arc = arc << 7 | (octet & 0x7f);
        *rest = (struct der_view){rest->at + 1, rest->len - 1};
    } while ((octet & 0x80) != 0);
    *ret = arc;
    return true;
}

static bool put_arc(char **out, size_t *room, uint64_t arc)
{
    int n = snprintf(*out, *room, ".%" PRIu64, arc);
    if (n < 0 || (size_t)n >= *room)
        return false;
    *out += n;
    *room -= (size_t)n;
    return true;
}

bool der_oid_text(const struct der_item *item, char *out, size_t out_len)
{
    struct der_view rest = item->body;
    uint64_t arc;
    if (item->tag != DER_OID || !oid_fits(rest) || out_len < 2 || !take_arc(&rest, &arc))
        return false;
    uint64_t top = arc < 80 ? arc / 40 : 2;
    *out++ = (char)('0' + top);
    out_len--;
    bool fits = put_arc(&out, &out_len, arc - 40 * top);
    while (fits && rest.len > 0)
        fits = take_arc(&rest, &arc) && put_arc(&out, &out_len, arc);
    return fits;
}

static int two_digits(const uint8_t *at)
{
    return (at[0] - '0') * 10 + at[1] - '0';
}

bool der_time(const struct der_item *item, int64_t *ret)
{
    const uint8_t *at = item->body.at;
    struct tm tm = {0};
    if (item->tag == DER_UTC_TIME && utc_time_fits(item->body)) {
        tm.tm_year = two_digits(at) + (two_digits(at) < 50 ? 100 : 0);
    } else if (item->tag == DER_GENERALIZED_TIME && generalized_time_fits(item->body)) {
        tm.tm_year = two_digits(at) * 100 + two_digits(at + 2) - 1900;
        at += 2;
    } else {
        return false;
    }
    tm.tm_mon = two_digits(at + 2) - 1;
    tm.tm_mday = two_digits(at + 4);
    tm.tm_hour = two_digits(at + 6);
    tm.tm_min = two_digits(at + 8);
    tm.tm_sec = two_digits(at + 10);
    struct tm same = tm;
    int64_t utc = (int64_t)timegm(&same);
    /* timegm carries 31.02. over into March; such a date is no date. */
    if (same.tm_mon != tm.tm_mon || same.tm_mday != tm.tm_mday || same.tm_hour != tm.tm_hour ||
        same.tm_min != tm.tm_min || same.tm_sec != tm.tm_sec)
        return false;
    *ret = utc;
    return true;
}

bool der_asn1_time(const ASN1_TIME *t, int64_t *ret)
{
    struct tm tm;
    if (t == NULL || ASN1_TIME_to_tm(t, &tm) != 1)
        return false;
    *ret = (int64_t)timegm(&tm);
    return true;
}
