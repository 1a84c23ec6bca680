#include "config.h"
#include "hostile.h"
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <openssl/cms.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#define DAY_S (24L * 60 * 60)

static EVP_PKEY *make_key(void)
{
    return EVP_EC_gen("P-256");
}

static bool add_extension(X509 *x, X509 *issuer, const char *name, const char *value)
{
    X509V3_CTX ctx;
    X509_EXTENSION *ext;
    bool ok;

    X509V3_set_ctx(&ctx, issuer, x, NULL, NULL, 0);
    ext = X509V3_EXT_conf(NULL, &ctx, name, value);
    ok = ext != NULL && X509_add_ext(x, ext, -1) == 1;
    X509_EXTENSION_free(ext);
    return ok;
}

struct cert_order {
    const char *name, *alt; /* alt NULL: no subjectAltName */
    const char *purpose;    /* extended key usage; NULL: none */
    X509 *issuer;           /* NULL: an authority of its own */
    EVP_PKEY *key, *issuer_key;
    long from_s, to_s;
};

static X509 *make_cert(const struct cert_order *o)
{
    X509 *x = X509_new();
    X509 *issuer = o->issuer != NULL ? o->issuer : x;
    unsigned char serial[16];
    BIGNUM *n;

    RAND_bytes(serial, sizeof serial);
    serial[0] = 1;
    n = BN_bin2bn(serial, sizeof serial, NULL);
    BN_to_ASN1_INTEGER(n, X509_get_serialNumber(x));
    BN_free(n);
    X509_set_version(x, X509_VERSION_3);
    X509_gmtime_adj(X509_getm_notBefore(x), o->from_s);
    X509_gmtime_adj(X509_getm_notAfter(x), o->to_s);
    X509_NAME_add_entry_by_txt(
        X509_get_subject_name(x), "CN", MBSTRING_UTF8, (const unsigned char *)o->name, -1, -1, 0);
    X509_set_issuer_name(x, X509_get_subject_name(issuer));
    X509_set_pubkey(x, o->key);
    if (!add_extension(x, issuer, "basicConstraints", o->issuer == NULL ? "critical,CA:TRUE" : "CA:FALSE") ||
        !add_extension(
            x, issuer, "keyUsage", o->issuer == NULL ? "critical,keyCertSign" : "critical,digitalSignature") ||
        !add_extension(x, issuer, "subjectKeyIdentifier", "hash") ||
        !add_extension(x, issuer, "authorityKeyIdentifier", "keyid") ||
        (o->purpose != NULL && !add_extension(x, issuer, "extendedKeyUsage", o->purpose)) ||
        (o->alt != NULL && !add_extension(x, issuer, "subjectAltName", o->alt)) ||
        X509_sign(x, o->issuer_key, EVP_sha256()) == 0) {
        X509_free(x);
        return NULL;
    }
    return x;
}

static bool save(const char *dir, const char *name, X509 *x)
{
    char path[4096];
    FILE *f;
    bool ok;

    snprintf(path, sizeof path, "%s/%s", dir, name);
    f = fopen(path, "we");
    ok = f != NULL && PEM_write_X509(f, x) == 1;
    return f != NULL && fclose(f) == 0 && ok;
}

struct authority {
    X509 *cert;
    EVP_PKEY *key;
};

static bool make_authority(struct authority *a, const char *name)
{
    a->key = make_key();
    a->cert = make_cert(
        &(struct cert_order){.name = name, .key = a->key, .issuer_key = a->key, .from_s = -DAY_S, .to_s = 30 * DAY_S});
    return a->cert != NULL;
}

static void authority_done(struct authority *a)
{
    X509_free(a->cert);
    EVP_PKEY_free(a->key);
}

static SSL_CTX *make_tls(const struct authority *a, const char *alt, long from_s, long to_s)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
    EVP_PKEY *key = make_key();
    X509 *x = make_cert(&(struct cert_order){.name = "TEST service",
        .alt = alt,
        .issuer = a->cert,
        .key = key,
        .issuer_key = a->key,
        .from_s = from_s,
        .to_s = to_s});

    if (x == NULL || SSL_CTX_use_certificate(ctx, x) != 1 || SSL_CTX_use_PrivateKey(ctx, key) != 1) {
        SSL_CTX_free(ctx);
        ctx = NULL;
    }
    X509_free(x);
    EVP_PKEY_free(key);
    return ctx;
}

static X509 *make_signer(const struct authority *a, EVP_PKEY **key)
{
    *key = make_key();
    return make_cert(&(struct cert_order){.name = "TEST publisher",
        .purpose = "codeSigning",
        .issuer = a->cert,
        .key = *key,
        .issuer_key = a->key,
        .from_s = -DAY_S,
        .to_s = 30 * DAY_S});
}

bool pki_make(struct pki *pki, const char *dir)
{
    static const char here[] = "IP:127.0.0.1,DNS:localhost";
    struct authority good = {0}, other = {0}, publisher = {0};
    bool ok = make_authority(&good, "TEST service CA") && make_authority(&other, "TEST other CA") &&
              make_authority(&publisher, "TEST publisher CA") && save(dir, "tls-ca.pem", good.cert) &&
              save(dir, "publisher-ca.pem", publisher.cert);

    if (ok) {
        pki->tls[TLS_GOOD] = make_tls(&good, here, -DAY_S, 30 * DAY_S);
        pki->tls[TLS_OTHER_NAME] = make_tls(&good, "IP:127.0.0.9,DNS:elsewhere.test", -DAY_S, 30 * DAY_S);
        pki->tls[TLS_OTHER_CA] = make_tls(&other, here, -DAY_S, 30 * DAY_S);
        pki->tls[TLS_EXPIRED] = make_tls(&good, here, -2 * DAY_S, -DAY_S);
        pki->publisher = make_signer(&publisher, &pki->publisher_key);
        pki->impostor = make_signer(&other, &pki->impostor_key);
    }
    for (int i = 0; i < TLS_KINDS; i++)
        ok = ok && pki->tls[i] != NULL;
    authority_done(&good);
    authority_done(&other);
    authority_done(&publisher);
    return ok && pki->publisher != NULL && pki->impostor != NULL;
}

bool pki_sign(const struct pki *pki, bool impostor, const void *bytes, size_t len, struct buf *der)
{
    BIO *content = BIO_new_mem_buf(bytes, (int)len);
    CMS_ContentInfo *cms = CMS_sign(impostor ? pki->impostor : pki->publisher,
        impostor ? pki->impostor_key : pki->publisher_key, NULL, content, CMS_DETACHED | CMS_BINARY);
    unsigned char *out = NULL;
    int n = cms != NULL ? i2d_CMS_ContentInfo(cms, &out) : -1;
    bool ok = n > 0 && buf_add(der, out, (size_t)n) == OK;

    OPENSSL_free(out);
    CMS_ContentInfo_free(cms);
    BIO_free(content);
    return ok;
}
