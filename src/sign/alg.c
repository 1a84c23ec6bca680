#include "config.h"
#include "sign/alg.h"

#include <openssl/objects.h>
#include <openssl/rsa.h>

static const struct alg algs[] = {
    {CERT_KEY_RSA, NID_sha256, NID_rsaEncryption, 32, 0, "RSA"},
    {CERT_KEY_P256, NID_sha256, NID_ecdsa_with_SHA256, 32, 32, "ECDSA P-256"},
    {CERT_KEY_P384, NID_sha384, NID_ecdsa_with_SHA384, 48, 48, "ECDSA P-384"},
};

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

int alg_read_signature(const struct der_item *identifier, int *ret_digest, bool *ret_is_rsa)
{
    struct der_item oid;
    bool null;
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

void alg_put_signature(struct der_out *out, const struct alg *alg)
{
    size_t mark = der_mark(out);
    der_put_oid(out, alg->signature);
    if (alg->half_len == 0)
        der_put(out, DER_NULL, NULL, 0);
    der_wrap(out, mark, DER_SEQUENCE);
}
