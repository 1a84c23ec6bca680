#include "config.h"
#include "sign/alg.h"

#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/rsa.h>

static const struct alg algs[] = {
    {CERT_KEY_RSA, NID_sha256, NID_rsaEncryption, 32, 0, "RSA"},
    {CERT_KEY_P256, NID_sha256, NID_ecdsa_with_SHA256, 32, 32, "ECDSA P-256"},
    {CERT_KEY_P384, NID_sha384, NID_ecdsa_with_SHA384, 48, 48, "ECDSA P-384"},
};
static const struct alg pss = {CERT_KEY_RSA, NID_sha256, NID_rsassaPss, 32, 0, "RSASSA-PSS"};

static const struct {
    int nid;
    const char *name;
} digests[] = {
    {NID_sha1, "SHA-1"},
    {NID_sha224, "SHA-224"},
    {NID_sha256, "SHA-256"},
    {NID_sha384, "SHA-384"},
    {NID_sha512, "SHA-512"},
};

static const struct {
    int signature, digest;
    bool is_rsa;
} signatures[] = {
    {NID_rsaEncryption, NID_undef, true},
    {NID_sha1WithRSAEncryption, NID_sha1, true},
    {NID_sha256WithRSAEncryption, NID_sha256, true},
    {NID_sha384WithRSAEncryption, NID_sha384, true},
    {NID_sha512WithRSAEncryption, NID_sha512, true},
    {NID_ecdsa_with_SHA1, NID_sha1, false},
    {NID_ecdsa_with_SHA256, NID_sha256, false},
    {NID_ecdsa_with_SHA384, NID_sha384, false},
    {NID_ecdsa_with_SHA512, NID_sha512, false},
};

const struct alg *alg_of(enum cert_key key)
{
    for (size_t i = 0; i < sizeof algs / sizeof algs[0]; i++)
        if (algs[i].key == key)
            return &algs[i];
    return NULL;
}

const struct alg *alg_pss(void)
{
    return &pss;
}

const char *alg_digest_name(int nid)
{
    for (size_t i = 0; i < sizeof digests / sizeof digests[0]; i++)
        if (digests[i].nid == nid)
            return digests[i].name;
    return "?";
}

/* AlgorithmIdentifier ::= SEQUENCE { OID, parameters }, where parameters are NULL or absent. */
static bool open_identifier(const struct der_item *identifier, struct der_item *ret_oid, bool *ret_null)
{
    struct der_view rest = identifier->body;
    struct der_item null;
    if (identifier->tag != DER_SEQUENCE || !der_take(&rest, DER_OID, ret_oid))
        return false;
    *ret_null = der_take(&rest, DER_NULL, &null);
    return rest.len == 0;
}

int alg_read_digest(const struct der_item *identifier)
{
    struct der_item oid;
    bool null;
    if (open_identifier(identifier, &oid, &null))
        for (size_t i = 0; i < sizeof digests / sizeof digests[0]; i++)
            if (der_is_oid(&oid, digests[i].nid))
                return digests[i].nid;
    return NID_undef;
}

bool alg_announces(struct der_view set, int digest)
{
    struct der_item identifier;
    while (set.len > 0 && der_next(&set, &identifier))
        if (digest != NID_undef && alg_read_digest(&identifier) == digest)
            return true;
    return false;
}

/* One parameter: [tag] around an element of its own. */
static bool take_explicit(struct der_view *rest, uint8_t tag, uint8_t inner, struct der_item *ret)
{
    struct der_item outer;
    return der_take(rest, tag, &outer) && der_take(&outer.body, inner, ret) && outer.body.len == 0;
}

static bool is_mgf1_of(const struct der_item *identifier, int digest)
{
    struct der_view rest = identifier->body;
    struct der_item oid, hash;
    return der_take(&rest, DER_OID, &oid) && der_is_oid(&oid, NID_mgf1) && der_take(&rest, DER_SEQUENCE, &hash) &&
           rest.len == 0 && alg_read_digest(&hash) == digest;
}

/* RSASSA-PSS-params, RFC 4055 §3.1: one digest throughout and a salt as long as it; what is default (SHA-1, a salt of
 * 20) is not written in DER, and so not taken. */
static int read_pss(const struct der_item *identifier)
{
    struct der_view rest = identifier->body;
    struct der_item oid, params, hash, mask, salt;
    if (identifier->tag != DER_SEQUENCE || !der_take(&rest, DER_OID, &oid) || !der_is_oid(&oid, NID_rsassaPss) ||
        !der_take(&rest, DER_SEQUENCE, &params) || rest.len > 0)
        return NID_undef;
    rest = params.body;
    if (!take_explicit(&rest, DER_CONTEXT_0, DER_SEQUENCE, &hash) ||
        !take_explicit(&rest, DER_CONTEXT_1, DER_SEQUENCE, &mask) ||
        !take_explicit(&rest, DER_CONTEXT_2, DER_INTEGER, &salt) || rest.len > 0)
        return NID_undef;
    int digest = alg_read_digest(&hash), len = EVP_MD_get_size(EVP_get_digestbynid(digest));
    bool fits = digest != NID_sha1 && is_mgf1_of(&mask, digest) && salt.body.len == 1 && salt.body.at[0] == len;
    return fits ? digest : NID_undef;
}

int alg_read_signature(const struct der_item *identifier, int *ret_digest, bool *ret_is_rsa)
{
    struct der_item oid;
    bool null;
    int pss_digest = read_pss(identifier);
    if (pss_digest != NID_undef) {
        *ret_digest = pss_digest;
        *ret_is_rsa = true;
        return NID_rsassaPss;
    }
    if (!open_identifier(identifier, &oid, &null))
        return NID_undef;
    for (size_t i = 0; i < sizeof signatures / sizeof signatures[0]; i++) {
        if (!der_is_oid(&oid, signatures[i].signature) || null != signatures[i].is_rsa)
            continue;
        *ret_digest = signatures[i].digest;
        *ret_is_rsa = signatures[i].is_rsa;
        return signatures[i].signature;
    }
    return NID_undef;
}

bool alg_digest_is_weak(int digest)
{
    return digest == NID_sha1 || digest == NID_sha224 || digest == NID_md5 || digest == NID_ripemd160;
}

static int nid_of(const X509_ALGOR *alg)
{
    const ASN1_OBJECT *oid = NULL;
    X509_ALGOR_get0(&oid, NULL, NULL, alg);
    return OBJ_obj2nid(oid);
}

/* What is not named is SHA-1 (RFC 4055 §3.1). */
static bool pss_is_weak(const X509_ALGOR *signature)
{
    const void *value = NULL;
    int type = V_ASN1_UNDEF;
    X509_ALGOR_get0(NULL, &type, &value, signature);
    RSA_PSS_PARAMS *params = type == V_ASN1_SEQUENCE ? ASN1_item_unpack(value, ASN1_ITEM_rptr(RSA_PSS_PARAMS)) : NULL;
    bool weak = params == NULL || params->hashAlgorithm == NULL || alg_digest_is_weak(nid_of(params->hashAlgorithm));
    RSA_PSS_PARAMS_free(params);
    return weak;
}

bool alg_is_weak(const X509_ALGOR *signature)
{
    int digest = NID_undef, key = NID_undef, nid = nid_of(signature);
    if (nid == NID_rsassaPss)
        return pss_is_weak(signature);
    if (nid == NID_ED25519 || nid == NID_ED448) /* their digest is part of them */
        return false;
    return OBJ_find_sigid_algs(nid, &digest, &key) != 1 || digest == NID_undef || alg_digest_is_weak(digest);
}

void alg_put_digest(struct der_out *out, int digest)
{
    size_t mark = der_mark(out);
    der_put_oid(out, digest);
    der_wrap(out, mark, DER_SEQUENCE);
}

/* As RFC 4055 §2.1 writes the digests here: with NULL. */
static void put_digest_with_null(struct der_out *out, int digest)
{
    size_t mark = der_mark(out);
    der_put_oid(out, digest);
    der_put(out, DER_NULL, NULL, 0);
    der_wrap(out, mark, DER_SEQUENCE);
}

static void put_pss(struct der_out *out, const struct alg *alg)
{
    size_t params = der_mark(out), part = params;
    put_digest_with_null(out, alg->digest);
    der_wrap(out, part, DER_CONTEXT_0);
    part = der_mark(out);
    der_put_oid(out, NID_mgf1);
    put_digest_with_null(out, alg->digest);
    der_wrap(out, part, DER_SEQUENCE);
    der_wrap(out, part, DER_CONTEXT_1);
    part = der_mark(out);
    der_put_uint(out, &alg->digest_len, 1);
    der_wrap(out, part, DER_CONTEXT_2);
    der_wrap(out, params, DER_SEQUENCE);
}

void alg_put_signature(struct der_out *out, const struct alg *alg)
{
    size_t mark = der_mark(out);
    der_put_oid(out, alg->signature);
    if (alg->signature == NID_rsassaPss)
        put_pss(out, alg);
    else if (alg->half_len == 0)
        der_put(out, DER_NULL, NULL, 0);
    der_wrap(out, mark, DER_SEQUENCE);
}

static bool digest_pieces(
    int digest, const struct der_view *pieces, size_t count, uint8_t out[EVP_MAX_MD_SIZE], unsigned *ret_len)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bool done = ctx != NULL && EVP_DigestInit_ex(ctx, EVP_get_digestbynid(digest), NULL) == 1;
    for (size_t i = 0; done && i < count; i++)
        done = EVP_DigestUpdate(ctx, pieces[i].at, pieces[i].len) == 1;
    done = done && EVP_DigestFinal_ex(ctx, out, ret_len) == 1;
    EVP_MD_CTX_free(ctx);
    return done;
}

/* RSA is told its digest, which PKCS#1 v1.5 writes into the block; ECDSA has nothing to be told. */
static bool set_up(EVP_PKEY_CTX *ctx, int signature, int digest, bool is_rsa)
{
    if (EVP_PKEY_verify_init(ctx) != 1)
        return false;
    if (signature == NID_rsassaPss && (EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) != 1 ||
                                          EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, RSA_PSS_SALTLEN_DIGEST) != 1))
        return false;
    return !is_rsa || EVP_PKEY_CTX_set_signature_md(ctx, EVP_get_digestbynid(digest)) == 1;
}

/* Digest and public-key operation apart: EVP_DigestVerify looks up all it needs by name again, every time. */
bool alg_verify(const struct der_item *identifier, int digest, EVP_PKEY *key, const struct der_view *pieces,
    size_t count, struct der_view signature)
{
    int named = NID_undef;
    bool is_rsa = false;
    uint8_t hash[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    int nid = alg_read_signature(identifier, &named, &is_rsa);
    if (nid == NID_undef || (named != NID_undef && named != digest) || EVP_PKEY_is_a(key, is_rsa ? "RSA" : "EC") != 1)
        return false;
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
    bool holds = ctx != NULL && set_up(ctx, nid, digest, is_rsa) && digest_pieces(digest, pieces, count, hash, &len) &&
                 EVP_PKEY_verify(ctx, signature.at, signature.len, hash, len) == 1;
    EVP_PKEY_CTX_free(ctx);
    ERR_clear_error();
    return holds;
}

bool alg_verify_attributes(
    const struct der_item *identifier, int digest, EVP_PKEY *key, struct der_view attributes, struct der_view signature)
{
    static const uint8_t set = DER_SET;
    const struct der_view pieces[] = {{&set, 1}, {attributes.at + 1, attributes.len - 1}};
    return alg_verify(identifier, digest, key, pieces, 2, signature);
}
