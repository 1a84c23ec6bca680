#include "config.h"
#include "sign/levels_in.h"

#include <stdio.h>
#include <string.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include "sign/alg.h"

#define OID_TEXT 80

enum err_code levels_open(const uint8_t *der, size_t len, struct signed_data *ret, struct err *err)
{
    const char *why = signed_data_split((struct der_view){der, len}, LEVELS_MAX, ret);
    if (why == NULL && !ret->attached)
        why = "the signed text is not in the file";
    if (why == NULL && !alg_announces(ret->digests.body, alg_read_digest(&ret->digest)))
        why = "the digest algorithms do not agree";
    return why == NULL ? OK : err_set(err, ERR_REJ_FORM, "%s", why);
}

void levels_put_oid(struct der_out *out, const char *oid)
{
    unsigned char body[OID_TEXT];
    int len = a2d_ASN1_OBJECT(body, sizeof body, oid, -1);
    if (len > 0)
        der_put(out, DER_OID, body, (size_t)len);
    else
        out->rc = ERR_INTERNAL;
}

void levels_end_attribute(struct der_out *out, size_t mark, size_t value)
{
    der_wrap(out, value, DER_SET);
    der_wrap(out, mark, DER_SEQUENCE);
}

bool levels_oid_is(const struct der_item *item, const char *oid)
{
    char text[OID_TEXT];
    return der_oid_text(item, text, sizeof text) && strcmp(text, oid) == 0;
}

static void put_view(struct der_out *out, struct der_view bytes)
{
    if (bytes.len > 0)
        der_raw(out, bytes.at, bytes.len);
}

/* An optional list with more in it. What came in the order of DER leaves in it. */
static void put_list(struct der_out *out, const struct der_item *list, struct der_view more, uint8_t tag)
{
    size_t mark = der_mark(out);
    if (list->body.len + more.len == 0)
        return;
    put_view(out, list->body);
    put_view(out, more);
    if (more.len > 0 && der_is_sorted(list->body))
        der_sort(out, mark);
    der_wrap(out, mark, tag);
}

/* RFC 5652 §5.1: what else asks for a version stands in the file already. */
static void put_version(struct der_out *out, const struct signed_data *d, struct der_view crls)
{
    struct der_item item;
    uint8_t version = d->version.body.at[0];
    while (crls.len > 0 && der_next(&crls, &item))
        if (item.tag == DER_CONTEXT_1)
            version = 5;
    der_put_uint(out, &version, 1);
}

static void put_signer(struct der_out *out, const struct signed_data *d, struct der_view attributes)
{
    size_t mark = der_mark(out);
    const uint8_t *end = d->signature.whole.at + d->signature.whole.len;
    der_raw(out, d->signer.body.at, (size_t)(end - d->signer.body.at));
    put_list(out, &d->unsigned_attributes, attributes, DER_CONTEXT_1);
    der_wrap(out, mark, DER_SEQUENCE);
    der_wrap(out, mark, DER_SET);
}

enum err_code levels_splice(const struct signed_data *d, const struct splice *add, struct buf *ret_der, struct err *err)
{
    struct der_out out = DER_OUT_INIT(LEVELS_MAX);
    struct signed_data again;
    der_put_oid(&out, NID_pkcs7_signed);
    size_t body = der_mark(&out);
    put_version(&out, d, add->crls);
    put_view(&out, d->digests.whole);
    put_view(&out, d->encapsulated.whole);
    put_list(&out, &d->certs, add->certs, DER_CONTEXT_0);
    put_list(&out, &d->crls, add->crls, DER_CONTEXT_1);
    put_signer(&out, d, add->attributes);
    der_wrap(&out, body, DER_SEQUENCE);
    der_wrap(&out, body, DER_CONTEXT_0);
    der_wrap(&out, 0, DER_SEQUENCE);
    enum err_code rc = out.rc == OK ? levels_open(out.buf.data, out.buf.len, &again, err)
                                    : err_set(err, out.rc, "the file could not be assembled");
    if (rc == OK)
        rc = buf_move(ret_der, &out.buf);
    der_out_done(&out);
    return rc;
}

enum err_code levels_digest(
    int digest, const struct der_view *pieces, size_t count, uint8_t ret[TST_IMPRINT_MAX], size_t *ret_len)
{
    unsigned len = 0;
    uint8_t made[EVP_MAX_MD_SIZE];
    const EVP_MD *md = EVP_get_digestbynid(digest);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bool done =
        md != NULL && ctx != NULL && EVP_MD_get_size(md) <= TST_IMPRINT_MAX && EVP_DigestInit_ex(ctx, md, NULL) == 1;
    for (size_t i = 0; done && i < count; i++)
        done = pieces[i].len == 0 || EVP_DigestUpdate(ctx, pieces[i].at, pieces[i].len) == 1;
    done = done && EVP_DigestFinal_ex(ctx, made, &len) == 1;
    EVP_MD_CTX_free(ctx);
    ERR_clear_error();
    if (!done)
        return ERR_CRYPTO;
    memcpy(ret, made, len);
    *ret_len = len;
    return OK;
}
