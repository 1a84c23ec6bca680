#include "config.h"
#include "sign/cades.h"

#include <stdlib.h>
#include <string.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/x509v3.h>
#include "sign/alg.h"
#include "sign/der.h"
#include "sign/ess.h"
#include "sign/policy.h"

#define ATTRIBUTES_MAX 4096

struct cades {
    const struct alg *alg;
    X509 *signer;
    uint8_t ref[32];       /* its SHA-256 */
    STACK_OF(X509) *certs; /* for the file: the chain and the signer, some perhaps twice */
    size_t modulus_len;    /* bytes, RSA */
    struct buf text;
    int64_t signing_time;
    uint8_t content_id[CONTENT_ID_LEN];
    enum profile profile;
    struct buf attributes; /* the sorted elements, without a tag around them */
    struct buf to_sign;
};

static bool make_digest(int nid, const void *bytes, size_t len, uint8_t out[EVP_MAX_MD_SIZE], unsigned *ret_len)
{
    return EVP_Digest(bytes, len, out, ret_len, EVP_get_digestbynid(nid), NULL) == 1;
}

/* The values of the signed attributes, EN 319 122-1 §5. */
static void put_content_type(struct der_out *out, const struct cades *c)
{
    (void)c;
    der_put_oid(out, NID_pkcs7_data);
}

static void put_message_digest(struct der_out *out, const struct cades *c)
{
    uint8_t digest[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    if (!make_digest(c->alg->digest, c->text.data, c->text.len, digest, &len))
        out->rc = ERR_CRYPTO;
    der_put(out, DER_OCTET_STRING, digest, len);
}

static void put_signing_time(struct der_out *out, const struct cades *c)
{
    der_put_time(out, c->signing_time);
}

/* SigningCertificateV2 with one ESSCertIDv2, RFC 5035 §3; SHA-256 is the default and so, in DER, not written. */
static void put_signing_certificate(struct der_out *out, const struct cades *c)
{
    uint8_t hash[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    size_t mark = der_mark(out);
    if (X509_digest(c->signer, EVP_get_digestbynid(c->alg->digest), hash, &len) != 1)
        out->rc = ERR_CRYPTO;
    if (c->alg->digest != NID_sha256)
        alg_put_digest(out, c->alg->digest);
    der_put(out, DER_OCTET_STRING, hash, len);
    ess_put_issuer_serial(out, c->signer);
    der_wrap(out, mark, DER_SEQUENCE);
    der_wrap(out, mark, DER_SEQUENCE);
    der_wrap(out, mark, DER_SEQUENCE);
}

static void put_content_identifier(struct der_out *out, const struct cades *c)
{
    der_put(out, DER_OCTET_STRING, c->content_id, sizeof c->content_id);
}

static void put_policy(struct der_out *out, const struct cades *c)
{
    policy_put(out, c->profile, c->alg->digest);
}

static bool always(const struct cades *c)
{
    (void)c;
    return true;
}

static bool names_policy(const struct cades *c)
{
    return policy_is_named(c->profile);
}

static const struct {
    int nid;
    void (*put_value)(struct der_out *, const struct cades *);
    bool (*is_due)(const struct cades *);
} attributes[] = {
    {NID_pkcs9_contentType, put_content_type, always},
    {NID_pkcs9_messageDigest, put_message_digest, always},
    {NID_pkcs9_signingTime, put_signing_time, always},
    {NID_id_smime_aa_signingCertificateV2, put_signing_certificate, always},
    {NID_id_smime_aa_contentIdentifier, put_content_identifier, always},
    {NID_id_smime_aa_ets_sigPolicyId, put_policy, names_policy},
};

static void put_attributes(struct der_out *out, const struct cades *c)
{
    size_t first = der_mark(out);
    for (size_t i = 0; i < sizeof attributes / sizeof attributes[0]; i++) {
        if (!attributes[i].is_due(c))
            continue;
        size_t attribute = der_mark(out);
        der_put_oid(out, attributes[i].nid);
        size_t value = der_mark(out);
        attributes[i].put_value(out, c);
        der_wrap(out, value, DER_SET);
        der_wrap(out, attribute, DER_SEQUENCE);
    }
    der_sort(out, first);
}

static enum err_code take_out(struct der_out *out, struct buf *to)
{
    return out->rc == OK ? buf_move(to, &out->buf) : out->rc;
}

static enum err_code make_attributes(struct cades *c)
{
    struct der_out out = DER_OUT_INIT(ATTRIBUTES_MAX);
    put_attributes(&out, c);
    enum err_code rc = take_out(&out, &c->attributes);
    der_out_done(&out);
    return rc;
}

/* What is signed is the attributes as a SET OF, not as the [0] that the file holds: RFC 5652 §5.4. */
static bool digest_attributes(const struct cades *c, uint8_t digest[EVP_MAX_MD_SIZE], unsigned *ret_len)
{
    struct der_out out = DER_OUT_INIT(ATTRIBUTES_MAX);
    der_put(&out, DER_SET, c->attributes.data, c->attributes.len);
    bool done = out.rc == OK && make_digest(c->alg->digest, out.buf.data, out.buf.len, digest, ret_len);
    der_out_done(&out);
    return done;
}

/* DigestInfo, RFC 8017 §9.2: here the NULL parameters must stand. */
static void put_digest_info(struct der_out *out, int nid, const uint8_t *digest, size_t len)
{
    size_t whole = der_mark(out), identifier = whole;
    der_put_oid(out, nid);
    der_put(out, DER_NULL, NULL, 0);
    der_wrap(out, identifier, DER_SEQUENCE);
    der_put(out, DER_OCTET_STRING, digest, len);
    der_wrap(out, whole, DER_SEQUENCE);
}

static enum err_code make_to_sign(struct cades *c)
{
    uint8_t digest[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    if (!digest_attributes(c, digest, &len))
        return ERR_CRYPTO;
    struct der_out out = DER_OUT_INIT(256);
    if (c->alg->signature == NID_rsaEncryption)
        put_digest_info(&out, c->alg->digest, digest, len);
    else
        der_raw(&out, digest, len);
    enum err_code rc = take_out(&out, &c->to_sign);
    der_out_done(&out);
    return rc;
}

static enum err_code take_claim(struct cades *c, const struct consent_claim *claim)
{
    enum err_code rc = consent_content_id(claim, c->content_id);
    c->signing_time = claim->signing_time;
    c->profile = claim->profile;
    return rc == OK ? buf_add(&c->text, claim->text, claim->text_len) : rc;
}

static const struct alg *choose(enum cert_key key, bool pss)
{
    return pss && key == CERT_KEY_RSA ? alg_pss() : pss ? NULL : alg_of(key);
}

static enum err_code take_certificates(struct cades *c, X509 *signer, STACK_OF(X509) *chain, bool pss)
{
    struct cert_facts cert;
    enum err_code rc = cert_read(signer, &cert);
    if (rc != OK)
        return rc;
    c->alg = choose(cert.key, pss);
    c->modulus_len = ((size_t)cert.key_bits + 7) / 8;
    if (c->alg == NULL || !cert_is_strong(&cert))
        return ERR_REJ_WEAK;
    memcpy(c->ref, cert.ref, sizeof c->ref);
    X509_up_ref(signer);
    c->signer = signer;
    c->certs = chain == NULL ? sk_X509_new_null() : X509_chain_up_ref(chain);
    return c->certs == NULL || X509_add_cert(c->certs, signer, X509_ADD_FLAG_UP_REF) != 1 ? ERR_NOMEM : OK;
}

static enum err_code begin(const struct consent_claim *claim, X509 *signer, STACK_OF(X509) *chain, bool pss,
    struct cades **ret, struct err *err)
{
    struct cades *c = calloc(1, sizeof *c);
    if (c == NULL)
        return err_set(err, ERR_NOMEM, "signature");
    c->text = BUF_INIT(CONSENT_TEXT_MAX);
    c->attributes = BUF_INIT(ATTRIBUTES_MAX);
    c->to_sign = BUF_INIT(256);
    const char *step = "certificate";
    enum err_code rc = take_certificates(c, signer, chain, pss);
    if (rc == OK) {
        step = "claim";
        rc = take_claim(c, claim);
    }
    if (rc == OK) {
        step = "attributes";
        rc = make_attributes(c);
    }
    if (rc == OK)
        rc = make_to_sign(c);
    ERR_clear_error();
    if (rc != OK) {
        cades_free(&c);
        return err_set(err, rc, "the signature could not be begun: %s", step);
    }
    *ret = c;
    return OK;
}

enum err_code cades_begin(
    const struct consent_claim *claim, X509 *signer, STACK_OF(X509) *chain, struct cades **ret, struct err *err)
{
    return begin(claim, signer, chain, false, ret, err);
}

enum err_code cades_begin_pss(
    const struct consent_claim *claim, X509 *signer, STACK_OF(X509) *chain, struct cades **ret, struct err *err)
{
    return begin(claim, signer, chain, true, ret, err);
}

void cades_to_sign(const struct cades *c, const uint8_t **bytes, size_t *len)
{
    *bytes = c->to_sign.data;
    *len = c->to_sign.len;
}

static void put_content(struct der_out *out, const struct cades *c)
{
    size_t mark = der_mark(out);
    der_put_oid(out, NID_pkcs7_data);
    size_t content = der_mark(out);
    der_put(out, DER_OCTET_STRING, c->text.data, c->text.len);
    der_wrap(out, content, DER_CONTEXT_0);
    der_wrap(out, mark, DER_SEQUENCE);
}

static bool is_before(STACK_OF(X509) *certs, int end, const X509 *x)
{
    for (int i = 0; i < end; i++)
        if (X509_cmp(sk_X509_value(certs, i), x) == 0)
            return true;
    return false;
}

static void put_certificates(struct der_out *out, const struct cades *c)
{
    size_t mark = der_mark(out);
    for (int i = 0; i < sk_X509_num(c->certs); i++) {
        X509 *x = sk_X509_value(c->certs, i);
        if (!is_before(c->certs, i, x))
            der_put_asn1(out, x, ASN1_ITEM_rptr(X509));
    }
    der_sort(out, mark);
    der_wrap(out, mark, DER_CONTEXT_0);
}

/* Ecdsa-Sig-Value, RFC 3279 §2.2.3, of the r||s that a token gives; RSA blocks go in as they are. */
static void put_signature(struct der_out *out, const struct cades *c, const uint8_t *signature, size_t len)
{
    size_t half = c->alg->half_len, mark = der_mark(out);
    if (half > 0) {
        der_put_uint(out, signature, half);
        der_put_uint(out, signature + half, half);
        der_wrap(out, mark, DER_SEQUENCE);
    } else {
        der_raw(out, signature, len);
    }
    der_wrap(out, mark, DER_OCTET_STRING);
}

static void put_version_1(struct der_out *out)
{
    der_put_uint(out, (const uint8_t[]){1}, 1);
}

static void put_signer_info(struct der_out *out, const struct cades *c, const uint8_t *signature, size_t len)
{
    size_t mark = der_mark(out);
    put_version_1(out);
    size_t sid = der_mark(out);
    der_put_asn1(out, X509_get_issuer_name(c->signer), ASN1_ITEM_rptr(X509_NAME));
    der_put_asn1(out, X509_get0_serialNumber(c->signer), ASN1_ITEM_rptr(ASN1_INTEGER));
    der_wrap(out, sid, DER_SEQUENCE);
    alg_put_digest(out, c->alg->digest);
    der_put(out, DER_CONTEXT_0, c->attributes.data, c->attributes.len);
    alg_put_signature(out, c->alg);
    put_signature(out, c, signature, len);
    der_wrap(out, mark, DER_SEQUENCE);
    der_wrap(out, mark, DER_SET);
}

static void put_file(struct der_out *out, const struct cades *c, const uint8_t *signature, size_t len)
{
    size_t whole = der_mark(out);
    der_put_oid(out, NID_pkcs7_signed);
    size_t signed_data = der_mark(out);
    put_version_1(out);
    size_t digests = der_mark(out);
    alg_put_digest(out, c->alg->digest);
    der_wrap(out, digests, DER_SET);
    put_content(out, c);
    put_certificates(out, c);
    put_signer_info(out, c, signature, len);
    der_wrap(out, signed_data, DER_SEQUENCE);
    der_wrap(out, signed_data, DER_CONTEXT_0);
    der_wrap(out, whole, DER_SEQUENCE);
}

/* Reads the new file as anyone else would, and asks whether it says what it was made to say. */
static enum err_code verify_own(const struct cades *c, const struct buf *der, struct err *err)
{
    struct cades_facts f;
    enum err_code rc = cades_read(der->data, der->len, &f, err);
    if (rc != OK)
        return rc;
    if (f.text_len != c->text.len || memcmp(f.text, c->text.data, f.text_len) != 0 ||
        memcmp(f.cert.ref, c->ref, sizeof c->ref) != 0 || f.signing_time != c->signing_time ||
        memcmp(f.content_id, c->content_id, CONTENT_ID_LEN) != 0 || !policy_fits(f.profile, c->profile))
        rc = err_set(err, ERR_INTERNAL, "the signature does not say what was signed");
    if (rc == OK)
        rc = cades_check_itself(&f, err);
    cades_facts_done(&f);
    return rc;
}

enum err_code cades_finish(
    const struct cades *c, const uint8_t *signature, size_t len, struct buf *ret_der, struct err *err)
{
    size_t want = c->alg->half_len > 0 ? 2 * (size_t)c->alg->half_len : c->modulus_len;
    if (len != want)
        return err_set(err, ERR_REJ_SIG, "a signature of %zu bytes where %zu are due", len, want);
    struct der_out out = DER_OUT_INIT(CADES_MAX);
    put_file(&out, c, signature, len);
    enum err_code rc = out.rc == OK ? OK : err_set(err, out.rc, "the signature could not be assembled");
    if (rc == OK)
        rc = verify_own(c, &out.buf, err);
    if (rc == OK)
        rc = buf_move(ret_der, &out.buf);
    der_out_done(&out);
    ERR_clear_error();
    return rc;
}

void cades_free(struct cades **c)
{
    if (*c == NULL)
        return;
    X509_free((*c)->signer);
    sk_X509_pop_free((*c)->certs, X509_free);
    buf_done(&(*c)->text);
    buf_done(&(*c)->attributes);
    buf_done(&(*c)->to_sign);
    free(*c);
    *c = NULL;
}
