#include "config.h"
#include "sign/seal_cms.h"

#include <string.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include "sign/alg.h"
#include "sign/der.h"
#include "sign/seal.h"

/* All that the file is made of. */
struct pieces {
    const struct alg *alg;
    X509 *cert;
    uint8_t digest[EVP_MAX_MD_SIZE]; /* of the content */
    unsigned digest_len;
    int64_t time;
    struct der_view signature;
};

/* ---- writing ---- */

static void put_version_1(struct der_out *out)
{
    der_put_uint(out, (const uint8_t[]){1}, 1);
}

static void put_issuer_and_serial(struct der_out *out, X509 *x)
{
    der_put_asn1(out, X509_get_issuer_name(x), ASN1_ITEM_rptr(X509_NAME));
    der_put_asn1(out, X509_get0_serialNumber(x), ASN1_ITEM_rptr(ASN1_INTEGER));
}

/* The values of the signed attributes, EN 319 122-1 §5. */
static void put_content_type(struct der_out *out, const struct pieces *p)
{
    (void)p;
    der_put_oid(out, NID_pkcs7_data);
}

static void put_message_digest(struct der_out *out, const struct pieces *p)
{
    der_put(out, DER_OCTET_STRING, p->digest, p->digest_len);
}

static void put_signing_time(struct der_out *out, const struct pieces *p)
{
    der_put_time(out, p->time);
}

/* SigningCertificateV2 (RFC 5035 §3), the issuer and serial number left to the signer identifier; SHA-256 is the
 * default and so not written. */
static void put_signing_certificate(struct der_out *out, const struct pieces *p)
{
    uint8_t hash[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    size_t mark = der_mark(out);
    if (X509_digest(p->cert, EVP_get_digestbynid(p->alg->digest), hash, &len) != 1)
        out->rc = ERR_CRYPTO;
    if (p->alg->digest != NID_sha256)
        alg_put_digest(out, p->alg->digest);
    der_put(out, DER_OCTET_STRING, hash, len);
    for (int i = 0; i < 3; i++) /* ESSCertIDv2, certs, SigningCertificateV2 */
        der_wrap(out, mark, DER_SEQUENCE);
}

static const struct {
    int nid;
    void (*put_value)(struct der_out *, const struct pieces *);
} attributes[] = {
    {NID_pkcs9_contentType, put_content_type},
    {NID_pkcs9_messageDigest, put_message_digest},
    {NID_pkcs9_signingTime, put_signing_time},
    {NID_id_smime_aa_signingCertificateV2, put_signing_certificate},
};

/* `tag`: SET for what is signed, [0] for the file (RFC 5652 §5.4). */
static void put_attributes(struct der_out *out, const struct pieces *p, uint8_t tag)
{
    size_t first = der_mark(out);
    for (size_t i = 0; i < sizeof attributes / sizeof attributes[0]; i++) {
        size_t attribute = der_mark(out);
        der_put_oid(out, attributes[i].nid);
        size_t value = der_mark(out);
        attributes[i].put_value(out, p);
        der_wrap(out, value, DER_SET);
        der_wrap(out, attribute, DER_SEQUENCE);
    }
    der_sort(out, first);
    der_wrap(out, first, tag);
}

static void put_signer_info(struct der_out *out, const struct pieces *p)
{
    size_t mark = der_mark(out);
    put_version_1(out);
    size_t sid = der_mark(out);
    put_issuer_and_serial(out, p->cert);
    der_wrap(out, sid, DER_SEQUENCE);
    alg_put_digest(out, p->alg->digest);
    put_attributes(out, p, DER_CONTEXT_0);
    alg_put_signature(out, p->alg);
    der_put(out, DER_OCTET_STRING, p->signature.at, p->signature.len);
    der_wrap(out, mark, DER_SEQUENCE);
    der_wrap(out, mark, DER_SET);
}

static void put_file(struct der_out *out, const struct pieces *p)
{
    size_t whole = der_mark(out);
    der_put_oid(out, NID_pkcs7_signed);
    size_t signed_data = der_mark(out);
    put_version_1(out);
    size_t digests = der_mark(out);
    alg_put_digest(out, p->alg->digest);
    der_wrap(out, digests, DER_SET);
    size_t content = der_mark(out);
    der_put_oid(out, NID_pkcs7_data); /* detached: no eContent */
    der_wrap(out, content, DER_SEQUENCE);
    size_t cert = der_mark(out);
    der_put_asn1(out, p->cert, ASN1_ITEM_rptr(X509));
    der_wrap(out, cert, DER_CONTEXT_0);
    put_signer_info(out, p);
    der_wrap(out, signed_data, DER_SEQUENCE);
    der_wrap(out, signed_data, DER_CONTEXT_0);
    der_wrap(out, whole, DER_SEQUENCE);
}

/* The sealer decides the algorithms. */
static enum err_code take_sealer(struct pieces *p, X509 *cert, const void *content, size_t len)
{
    struct cert_facts facts;
    enum err_code rc = cert_read(cert, &facts);
    if (rc != OK)
        return rc;
    p->cert = cert;
    p->alg = alg_of(facts.key);
    if (p->alg == NULL || !cert_is_strong(&facts))
        return ERR_REJ_WEAK;
    bool done = EVP_Digest(content, len, p->digest, &p->digest_len, EVP_get_digestbynid(p->alg->digest), NULL) == 1;
    return done ? OK : ERR_CRYPTO;
}

/* ---- making ---- */

static enum err_code sign_attributes(const struct sealer *sealer, const struct pieces *p, struct buf *ret_signature)
{
    struct der_out out = DER_OUT_INIT(SEAL_CMS_MAX);
    put_attributes(&out, p, DER_SET);
    enum err_code rc =
        out.rc == OK ? sealer->sign(sealer->ctx, p->time, out.buf.data, out.buf.len, ret_signature) : out.rc;
    der_out_done(&out);
    return rc;
}

static enum err_code make_file(const struct pieces *p, struct buf *ret)
{
    struct der_out out = DER_OUT_INIT(SEAL_CMS_MAX);
    put_file(&out, p);
    enum err_code rc = out.rc == OK ? buf_move(ret, &out.buf) : out.rc;
    der_out_done(&out);
    return rc;
}

enum err_code seal_cms_make(
    const struct sealer *sealer, const void *content, size_t len, int64_t now, struct buf *ret_der, struct err *err)
{
    struct pieces p = {.time = now};
    struct buf signature = BUF_INIT(SEAL_SIGNATURE_MAX);
    enum err_code rc = take_sealer(&p, sealer->cert, content, len);
    if (rc == OK)
        rc = sign_attributes(sealer, &p, &signature);
    p.signature = (struct der_view){signature.data, signature.len};
    if (rc == OK)
        rc = make_file(&p, ret_der);
    buf_done(&signature);
    ERR_clear_error();
    return rc == OK ? OK : err_set(err, rc, "the seal could not be made");
}

/* ---- reading: the few things that vary, each from its place; the comparison does the rest ---- */

static bool take_signed_data(struct der_view file, struct der_view *ret)
{
    struct der_item whole, type, explicit, data;
    *ret = (struct der_view){NULL, 0};
    if (!der_take(&file, DER_SEQUENCE, &whole) || !der_take(&whole.body, DER_OID, &type) ||
        !der_take(&whole.body, DER_CONTEXT_0, &explicit) || !der_take(&explicit.body, DER_SEQUENCE, &data))
        return false;
    *ret = data.body;
    return true;
}

static bool take_signing_time(struct der_view rest, int64_t *ret)
{
    struct der_item attribute, type, values, value;
    while (der_take(&rest, DER_SEQUENCE, &attribute))
        if (der_take(&attribute.body, DER_OID, &type) && der_is_oid(&type, NID_pkcs9_signingTime))
            return der_take(&attribute.body, DER_SET, &values) && der_next(&values.body, &value) &&
                   der_time(&value, ret);
    return false;
}

static bool take_signer(struct der_view rest, struct pieces *p)
{
    struct der_item info, item, attributes_item, signature;
    if (!der_take(&rest, DER_SEQUENCE, &info))
        return false;
    rest = info.body;
    if (!der_take(&rest, DER_INTEGER, &item) || !der_take(&rest, DER_SEQUENCE, &item) ||
        !der_take(&rest, DER_SEQUENCE, &item) || !der_take(&rest, DER_CONTEXT_0, &attributes_item) ||
        !der_take(&rest, DER_SEQUENCE, &item) || !der_take(&rest, DER_OCTET_STRING, &signature))
        return false;
    p->signature = signature.body;
    return take_signing_time(attributes_item.body, &p->time);
}

static bool take_pieces(struct der_view file, struct pieces *p, struct der_view *ret_cert)
{
    struct der_view rest;
    struct der_item item, certs, signers;
    if (!take_signed_data(file, &rest) || !der_take(&rest, DER_INTEGER, &item) || !der_take(&rest, DER_SET, &item) ||
        !der_take(&rest, DER_SEQUENCE, &item) || !der_take(&rest, DER_CONTEXT_0, &certs) ||
        !der_take(&rest, DER_SET, &signers))
        return false;
    *ret_cert = certs.body;
    return take_signer(signers.body, p);
}

/* Is the file what we would have written? */
static bool is_canonical(struct der_view file, const struct pieces *p)
{
    struct der_out due = DER_OUT_INIT(SEAL_CMS_MAX);
    put_file(&due, p);
    bool same = due.rc == OK && der_same(file, (struct der_view){due.buf.data, due.buf.len});
    der_out_done(&due);
    return same;
}

static bool signature_holds(const struct pieces *p)
{
    struct der_out out = DER_OUT_INIT(SEAL_CMS_MAX);
    put_attributes(&out, p, DER_SET);
    bool holds =
        out.rc == OK && seal_verify(p->cert, out.buf.data, out.buf.len, p->signature.at, p->signature.len) == OK;
    der_out_done(&out);
    return holds;
}

static const char *judge(struct der_view file, struct pieces *p, struct der_view content, X509 **ret_cert)
{
    struct der_view cert;
    if (file.len > SEAL_CMS_MAX || !take_pieces(file, p, &cert) || cert_parse(cert.at, cert.len, ret_cert) != OK)
        return "seal: form";
    if (take_sealer(p, *ret_cert, content.at, content.len) != OK)
        return "seal: certificate";
    if (!is_canonical(file, p))
        return "seal: not over this manifest, or not in its one form";
    return signature_holds(p) ? NULL : "seal: signature";
}

enum err_code seal_cms_read(
    const uint8_t *der, size_t len, const void *content, size_t content_len, struct seal_cms *ret, struct err *err)
{
    struct pieces p = {.alg = NULL};
    X509 *cert = NULL;
    const char *why = judge((struct der_view){der, len}, &p, (struct der_view){content, content_len}, &cert);
    ERR_clear_error();
    if (why != NULL) {
        X509_free(cert);
        return err_set(err, ERR_RECEIPT_SEAL, "%s", why);
    }
    *ret = (struct seal_cms){.sealer = cert, .time = p.time};
    return OK;
}

void seal_cms_done(struct seal_cms *s)
{
    X509_free(s->sealer);
    *s = (struct seal_cms){0};
}
