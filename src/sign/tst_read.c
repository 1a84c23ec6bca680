#include "config.h"
#include "sign/tst.h"

#include <string.h>
#include <openssl/err.h>
#include <openssl/objects.h>
#include "base/ascii.h"
#include "sign/alg.h"
#include "sign/cert.h"
#include "sign/ess.h"
#include "sign/signed_data.h"

#define SERIAL_MAX 21 /* octets: 160 bits and a sign, RFC 3161 §2.4.2 */
#define OID_CONTENT_TYPE "1.2.840.113549.1.9.3"
#define MILLIS 0x80
#define MICROS 0x81

/* Every step answers NULL, or what is wrong in words for a log. */
static const char no_memory[] = "out of memory";
static const char no_info[] = "the TSTInfo cannot be read";

/* GeneralizedTime with a fraction: as short as can be, RFC 3161 §2.4.2. The fraction is cut off. */
static bool read_time(const struct der_item *item, int64_t *ret)
{
    uint8_t whole[15];
    size_t len = item->body.len;
    const uint8_t *at = item->body.at;
    if (len == sizeof whole)
        return der_time(item, ret);
    if (len < 17 || len > 32 || at[14] != '.' || at[len - 1] != 'Z' || at[len - 2] == '0')
        return false;
    for (size_t i = 15; i < len - 1; i++)
        if (!ascii_is_digit((char)at[i]))
            return false;
    memcpy(whole, at, sizeof whole - 1);
    whole[14] = 'Z';
    return der_time(&(struct der_item){.tag = item->tag, .body = {whole, sizeof whole}}, ret);
}

static bool read_imprint(const struct der_item *item, struct tst_facts *f)
{
    struct der_view rest = item->body;
    struct der_item identifier, hash;
    if (!der_take(&rest, DER_SEQUENCE, &identifier) || !der_take(&rest, DER_OCTET_STRING, &hash) || rest.len > 0)
        return false;
    f->digest = alg_read_digest(&identifier);
    if (f->digest == NID_undef || hash.body.len != (size_t)EVP_MD_get_size(EVP_get_digestbynid(f->digest)))
        return false;
    f->imprint_len = hash.body.len;
    memcpy(f->imprint, hash.body.at, hash.body.len);
    return true;
}

/* An unsigned number of at most 32 bits. */
static bool read_uint(struct der_view body, uint32_t *ret)
{
    uint64_t n = 0;
    if (body.len < 1 || body.len > 5 || (body.at[0] & 0x80) != 0)
        return false;
    for (size_t i = 0; i < body.len; i++)
        n = n << 8 | body.at[i];
    *ret = (uint32_t)n;
    return n < UINT32_MAX;
}

/* Accuracy ::= SEQUENCE { seconds, millis [0], micros [1], each OPTIONAL }. */
static bool read_accuracy(struct der_view rest, uint32_t *ret)
{
    struct der_item item;
    uint32_t seconds = 0, part = 0, parts = 0;
    if (der_take(&rest, DER_INTEGER, &item) && !read_uint(item.body, &seconds))
        return false;
    for (uint8_t tag = MILLIS; tag <= MICROS; tag++) {
        if (der_take(&rest, tag, &item) && (!read_uint(item.body, &part) || part < 1 || part > 999))
            return false;
        parts += part;
    }
    *ret = seconds + (parts > 0);
    return rest.len == 0;
}

/* Extensions: none of them may be critical, for we know none. */
static bool extensions_fit(struct der_view rest)
{
    struct der_item extension, oid, critical, value;
    while (rest.len > 0)
        if (!der_take(&rest, DER_SEQUENCE, &extension) || !der_take(&extension.body, DER_OID, &oid) ||
            der_take(&extension.body, DER_BOOLEAN, &critical) || !der_take(&extension.body, DER_OCTET_STRING, &value) ||
            extension.body.len > 0)
            return false;
    return true;
}

static bool read_nonce(const struct der_item *item, struct tst_facts *f)
{
    if (item->body.len > sizeof f->nonce)
        return false;
    f->nonce_len = item->body.len;
    memcpy(f->nonce, item->body.at, item->body.len);
    return true;
}

/* What may follow genTime; what is default (no ordering) is not written. */
static bool read_options(struct der_view rest, struct tst_facts *f)
{
    struct der_item item;
    if (der_take(&rest, DER_SEQUENCE, &item) && !read_accuracy(item.body, &f->accuracy_s))
        return false;
    if (der_take(&rest, DER_BOOLEAN, &item) && item.body.at[0] == 0)
        return false;
    if (der_take(&rest, DER_INTEGER, &item) && !read_nonce(&item, f))
        return false;
    (void)der_take(&rest, DER_CONTEXT_0, &item); /* the authority's name: the certificate says whose it is */
    if (der_take(&rest, DER_CONTEXT_1, &item) && !extensions_fit(item.body))
        return false;
    return rest.len == 0;
}

/* All but genTime, whose fraction strict DER elsewhere does not know. */
static bool parts_are_strict(struct der_view rest)
{
    struct der_item item;
    while (rest.len > 0)
        if (!der_next(&rest, &item) || (item.tag != DER_GENERALIZED_TIME && !der_is_strict(item.whole)))
            return false;
    return true;
}

static const char *read_info(struct der_view info, struct tst_facts *f)
{
    struct der_item whole, version, policy, imprint, serial, time;
    if (!der_take(&info, DER_SEQUENCE, &whole) || info.len > 0 || !parts_are_strict(whole.body))
        return no_info;
    struct der_view rest = whole.body;
    if (!der_take(&rest, DER_INTEGER, &version) || version.body.len != 1 || version.body.at[0] != 1)
        return "the TSTInfo is not of version 1";
    if (!der_take(&rest, DER_OID, &policy) || !der_oid_text(&policy, f->policy, sizeof f->policy) ||
        !der_take(&rest, DER_SEQUENCE, &imprint) || !read_imprint(&imprint, f))
        return no_info;
    if (!der_take(&rest, DER_INTEGER, &serial) || serial.body.len > SERIAL_MAX || (serial.body.at[0] & 0x80) != 0)
        return "the serial number is none";
    if (!der_take(&rest, DER_GENERALIZED_TIME, &time) || !read_time(&time, &f->time))
        return "genTime is no time";
    return read_options(rest, f) ? NULL : no_info;
}

static const char *read_certificates(const struct signed_data *d, struct tst_facts *f)
{
    struct der_view rest = d->certs.body;
    struct der_item item;
    X509 *x;
    if ((f->certs = sk_X509_new_null()) == NULL)
        return no_memory;
    while (rest.len > 0) {
        if (sk_X509_num(f->certs) >= TST_CERTS_MAX)
            return "there are too many certificates";
        if (!der_take(&rest, DER_SEQUENCE, &item) || cert_parse(item.whole.at, item.whole.len, &x) != OK)
            return "a certificate cannot be read";
        if (sk_X509_push(f->certs, x) <= 0) {
            X509_free(x);
            return no_memory;
        }
    }
    return NULL;
}

static const char *find_unit(const struct signed_data *d, struct tst_facts *f)
{
    struct der_view sid = d->sid.body;
    struct der_item issuer, serial;
    if (d->sid.tag != DER_SEQUENCE || !der_take(&sid, DER_SEQUENCE, &issuer) || !der_take(&sid, DER_INTEGER, &serial))
        return "the signer is not named by issuer and serial number";
    for (int i = 0; i < sk_X509_num(f->certs); i++) {
        X509 *x = sk_X509_value(f->certs, i);
        if (!ess_is_named(x, &issuer, &serial))
            continue;
        if (f->unit != NULL)
            return "two certificates claim to be the signer's";
        X509_up_ref(x);
        f->unit = x;
    }
    return f->unit == NULL ? "the signer's certificate is missing" : NULL;
}

/* Content and the signed attribute that says what it is. */
static bool holds_info(const struct signed_data *d)
{
    struct der_item type;
    return d->attached && der_is_oid(&d->type, NID_id_smime_ct_TSTInfo) &&
           attribute_value(d->attributes.body, OID_CONTENT_TYPE, &type) && der_same(type.whole, d->type.whole);
}

static const char *read_token(struct der_view token, struct tst_facts *f)
{
    struct signed_data d;
    const char *why = signed_data_split(token, TST_MAX, &d);
    if (why == NULL && !holds_info(&d))
        why = "there is no TSTInfo in it";
    if (why == NULL)
        why = read_info(d.content.body, f);
    if (why == NULL && (f->signed_with = alg_read_digest(&d.digest)) == NID_undef)
        why = "the digest algorithm is unknown";
    if (why == NULL && !alg_announces(d.digests.body, f->signed_with))
        why = "the digest algorithms do not agree";
    if (why == NULL)
        why = read_certificates(&d, f);
    if (why == NULL)
        why = find_unit(&d, f);
    return why;
}

enum err_code tst_read(const uint8_t *token, size_t len, struct tst_facts *ret, struct err *err)
{
    struct tst_facts f = {.token = BUF_INIT(TST_MAX)};
    const char *why = read_token((struct der_view){token, len}, &f);
    if (why == NULL && buf_add(&f.token, token, len) != OK)
        why = no_memory;
    ERR_clear_error();
    if (why == NULL) {
        *ret = f;
        return OK;
    }
    tst_facts_done(&f);
    if (why == no_memory)
        return err_set(err, ERR_NOMEM, "time stamp");
    return err_set(err, ERR_REJ_STAMP, "%s: %s", tst_fault_word(TST_FORM), why);
}

void tst_facts_done(struct tst_facts *f)
{
    X509_free(f->unit);
    sk_X509_pop_free(f->certs, X509_free);
    buf_done(&f->token);
    *f = (struct tst_facts){0};
}
