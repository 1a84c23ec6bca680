#include "config.h"
#include "sign/seal.h"

#include <string.h>
#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/x509v3.h>
#include "sign/alg.h"
#include "sign/cert.h"

/* ---- which certificate is one ---- */

static bool has_purpose(X509 *cert)
{
    bool found = false;
    EXTENDED_KEY_USAGE *purposes = X509_get_ext_d2i(cert, NID_ext_key_usage, NULL, NULL);
    for (int i = 0; i < sk_ASN1_OBJECT_num(purposes); i++) {
        char oid[RULE_OID];
        int len = OBJ_obj2txt(oid, sizeof oid, sk_ASN1_OBJECT_value(purposes, i), 1);
        found = found || (len > 0 && (size_t)len < sizeof oid && strcmp(oid, SEAL_PURPOSE) == 0);
    }
    EXTENDED_KEY_USAGE_free(purposes);
    return found;
}

static bool may_sign(X509 *cert)
{
    return (X509_get_extension_flags(cert) & EXFLAG_KUSAGE) != 0 &&
           (X509_get_key_usage(cert) & KU_DIGITAL_SIGNATURE) != 0;
}

static const EVP_MD *digest_of_key(const struct cert_facts *f)
{
    const struct alg *alg = alg_of(f->key);
    return alg ? EVP_get_digestbynid(alg->digest) : NULL;
}

static const char *flaw_of(X509 *cert)
{
    struct cert_facts facts;
    if (cert_read(cert, &facts) != OK)
        return "the seal's certificate could not be read";
    if (!has_purpose(cert))
        return "the certificate is not for a service's seal";
    if (facts.ca || !may_sign(cert))
        return "the seal's certificate is not for signing";
    return digest_of_key(&facts) && cert_is_strong(&facts) ? NULL : "the seal's key is too weak";
}

enum err_code seal_check(X509 *cert, STACK_OF(X509) *untrusted, const struct trust *trust, int64_t at, struct err *err)
{
    const char *flaw = flaw_of(cert);
    ERR_clear_error();
    if (flaw)
        return err_set(err, ERR_SEAL_UNFIT, "%s", flaw);
    enum err_code e = trust_chain(trust, cert, untrusted, at, NULL);
    return e == OK ? OK : err_set(err, e, "the seal's certificate has no valid chain");
}

const EVP_MD *seal_digest(X509 *cert)
{
    struct cert_facts facts;
    return cert_read(cert, &facts) == OK ? digest_of_key(&facts) : NULL;
}

/* ---- verifying ---- */

enum err_code seal_verify(X509 *cert, const void *bytes, size_t len, const uint8_t *signature, size_t signature_len)
{
    const EVP_MD *digest = seal_digest(cert);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    if (!ctx)
        return ERR_NOMEM;
    bool holds = digest && EVP_DigestVerifyInit(ctx, NULL, digest, NULL, X509_get0_pubkey(cert)) == 1 &&
                 EVP_DigestVerify(ctx, signature, signature_len, bytes, len) == 1;
    EVP_MD_CTX_free(ctx);
    ERR_clear_error();
    return holds ? OK : ERR_REJ_SIG;
}
