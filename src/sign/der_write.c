#include "config.h"
#include "sign/der.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <openssl/crypto.h>
#include <openssl/objects.h>

#define HEADER_MAX 6
#define SORTED_MAX 64

void der_out_done(struct der_out *out)
{
    buf_done(&out->buf);
    out->rc = OK;
}

size_t der_mark(const struct der_out *out)
{
    return out->buf.len;
}

void der_raw(struct der_out *out, const void *bytes, size_t len)
{
    if (out->rc == OK)
        out->rc = buf_add(&out->buf, bytes, len);
}

static size_t make_header(uint8_t header[HEADER_MAX], uint8_t tag, size_t len)
{
    size_t n = 0, octets = 0;
    header[n++] = tag;
    if (len < 0x80) {
        header[n++] = (uint8_t)len;
        return n;
    }
    for (size_t rest = len; rest > 0; rest >>= 8)
        octets++;
    header[n++] = (uint8_t)(0x80 | octets);
    while (octets-- > 0)
        header[n++] = (uint8_t)(len >> 8 * octets);
    return n;
}

void der_put(struct der_out *out, uint8_t tag, const void *body, size_t len)
{
    uint8_t header[HEADER_MAX];
    if (len > out->buf.max) {
        out->rc = out->rc == OK ? ERR_TOO_BIG : out->rc;
        return;
    }
    der_raw(out, header, make_header(header, tag, len));
    der_raw(out, body, len);
}

void der_put_uint(struct der_out *out, const uint8_t *big_endian, size_t len)
{
    size_t mark = der_mark(out);
    while (len > 1 && big_endian[0] == 0) {
        big_endian++;
        len--;
    }
    if (len == 0 || big_endian[0] >= 0x80)
        der_raw(out, "", 1); /* a zero octet keeps it from being negative */
    der_raw(out, big_endian, len);
    der_wrap(out, mark, DER_INTEGER);
}

void der_put_oid(struct der_out *out, int nid)
{
    const ASN1_OBJECT *object = OBJ_nid2obj(nid);
    der_put(out, DER_OID, OBJ_get0_data(object), OBJ_length(object));
}

void der_put_time(struct der_out *out, int64_t utc)
{
    char text[32];
    time_t t = (time_t)utc;
    struct tm tm;
    if (gmtime_r(&t, &tm) == NULL || tm.tm_year < 50 || tm.tm_year > 8099) {
        out->rc = out->rc == OK ? ERR_BAD_REQUEST : out->rc;
        return;
    }
    bool utc_time = tm.tm_year < 150;
    size_t len = strftime(text, sizeof text, "%Y%m%d%H%M%SZ", &tm), century = utc_time ? 2 : 0;
    der_put(out, utc_time ? DER_UTC_TIME : DER_GENERALIZED_TIME, text + century, len - century);
}

void der_put_asn1(struct der_out *out, const void *value, const ASN1_ITEM *type)
{
    unsigned char *bytes = NULL;
    int len = ASN1_item_i2d(value, &bytes, type);
    if (len > 0)
        der_raw(out, bytes, (size_t)len);
    else if (out->rc == OK)
        out->rc = ERR_CRYPTO;
    OPENSSL_free(bytes);
}

void der_wrap(struct der_out *out, size_t mark, uint8_t tag)
{
    if (out->rc != OK)
        return;
    uint8_t header[HEADER_MAX];
    size_t len = out->buf.len - mark, n = make_header(header, tag, len);
    der_raw(out, header, n); /* makes the room; the place is set right below */
    if (out->rc != OK)
        return;
    memmove(out->buf.data + mark + n, out->buf.data + mark, len);
    memcpy(out->buf.data + mark, header, n);
}

static int by_encoding(const void *left, const void *right)
{
    const struct der_item *a = left, *b = right;
    return der_compare(a->whole, b->whole);
}

void der_sort(struct der_out *out, size_t mark)
{
    if (out->rc != OK || out->buf.len == mark)
        return;
    struct buf sorted = BUF_INIT(out->buf.max);
    struct der_item items[SORTED_MAX];
    struct der_view rest = {out->buf.data + mark, out->buf.len - mark};
    size_t n = 0;
    while (n < SORTED_MAX && der_next(&rest, &items[n]))
        n++;
    out->rc = rest.len == 0 ? OK : ERR_TOO_BIG;
    qsort(items, n, sizeof items[0], by_encoding);
    for (size_t i = 0; i < n && out->rc == OK; i++)
        out->rc = buf_add(&sorted, items[i].whole.at, items[i].whole.len);
    if (out->rc == OK)
        memcpy(out->buf.data + mark, sorted.data, sorted.len);
    buf_done(&sorted);
}
