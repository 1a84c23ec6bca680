#include "config.h"
#include "fakes/pki.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/bn.h>
#include <openssl/conf.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>
#include "base/when.h"
#include "sign/seal.h"

#define DAY 86400
#define SECTIONS_MAX 4096

#define MUST(x) must((x), #x, __LINE__)
static void must(int holds, const char *what, int line)
{
    if (holds)
        return;
    fprintf(stderr, "pki.c:%d: %s\n", line, what);
    ERR_print_errors_fp(stderr);
    abort();
}

static EVP_PKEY *make_ec(const char *curve, const char *encoding)
{
    EVP_PKEY *key = NULL;
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    MUST(ctx != NULL && EVP_PKEY_keygen_init(ctx) == 1 && EVP_PKEY_CTX_set_group_name(ctx, curve) == 1);
    MUST(EVP_PKEY_generate(ctx, &key) == 1);
    MUST(EVP_PKEY_set_utf8_string_param(key, "encoding", encoding) == 1);
    EVP_PKEY_CTX_free(ctx);
    return key;
}

EVP_PKEY *pki_make_key(enum pki_key kind)
{
    EVP_PKEY *key;
    switch (kind) {
    case PKI_RSA1024:
        key = EVP_RSA_gen(1024U);
        break;
    case PKI_RSA2048:
        key = EVP_RSA_gen(2048U);
        break;
    case PKI_RSA3072:
        key = EVP_RSA_gen(3072U);
        break;
    case PKI_RSA4096:
        key = EVP_RSA_gen(4096U);
        break;
    case PKI_P384:
        key = make_ec("P-384", "named_curve");
        break;
    case PKI_P521:
        key = make_ec("P-521", "named_curve");
        break;
    default:
        key = make_ec("P-256", kind == PKI_P256_EXPLICIT ? "explicit" : "named_curve");
    }
    MUST(key != NULL);
    return key;
}

/* The extensions as an openssl configuration, so that one can read what a certificate says. */
static const char *usage_of(unsigned flaws)
{
    if (flaws & PKI_CA)
        return "critical,keyCertSign,cRLSign,nonRepudiation";
    if (flaws & (PKI_WRONG_USAGE | PKI_OCSP | PKI_PUBLISHER | PKI_TSA | PKI_SERVICE_SEAL))
        return "critical,digitalSignature";
    return flaws & PKI_ENCRYPTION ? "critical,nonRepudiation,keyEncipherment"
                                  : "critical,digitalSignature,nonRepudiation";
}

static void add(char *text, const char *line)
{
    MUST(strlen(text) + strlen(line) + 2 < SECTIONS_MAX);
    strcat(text, line);
    strcat(text, "\n");
}

static void add_statement(char *text, const char *oid)
{
    static unsigned n;
    char line[128];
    n++;
    snprintf(line, sizeof line, "[s%u]\nid=OID:%s\n", n, oid);
    char *sections = strstr(text, "[qc]");
    char rest[SECTIONS_MAX];
    snprintf(rest, sizeof rest, "%s", sections);
    snprintf(sections, (size_t)(SECTIONS_MAX - (sections - text)), "%s%s%u=SEQUENCE:s%u\n", line, rest, n, n);
}

static void add_statements(char *text, unsigned flaws)
{
    add(text, "[qc]");
    if (!(flaws & PKI_NO_ETSI))
        add_statement(text, "0.4.0.1862.1.1");
    if (!(flaws & (PKI_NO_BTK | PKI_NES_2 | PKI_SEAL_2)))
        add_statement(text, "2.16.792.1.61.0.1.5070.1.1");
    if (flaws & (PKI_NES_2 | PKI_SEAL_2))
        add_statement(text, "2.16.792.1.61.0.1.5070.2.1");
    if (flaws & PKI_SEAL)
        add_statement(text, "2.16.792.1.61.0.1.5070.1.3");
    if (flaws & PKI_SEAL_2)
        add_statement(text, "2.16.792.1.61.0.1.5070.2.2");
    add_statement(text, "0.4.0.1862.1.4");
    for (unsigned i = 0; (flaws & PKI_MANY_QC) && i < 16; i++)
        add_statement(text, "0.4.0.1862.1.5");
}

static void describe_person(char *text, const struct pki_spec *s)
{
    if (s->flaws & PKI_MALI_PURPOSE)
        add(text, "extendedKeyUsage=2.16.792.1.2.1.1.5.7.50.1");
    add(text, "certificatePolicies=@policy");
    add(text, s->flaws & PKI_BROKEN_QC ? "qcStatements=DER:0400" : "qcStatements=ASN1:SEQUENCE:qc");
    if (s->ocsp_url != NULL || s->crl_url != NULL) {
        char line[600];
        if (s->ocsp_url != NULL) {
            snprintf(line, sizeof line, "authorityInfoAccess=OCSP;URI:%s", s->ocsp_url);
            add(text, line);
        }
        if (s->crl_url != NULL) {
            snprintf(line, sizeof line, "crlDistributionPoints=URI:%s", s->crl_url);
            add(text, line);
        }
    }
    add(text, "[policy]");
    add(text, s->flaws & PKI_MALI_POLICY ? "policyIdentifier=2.16.792.1.2.1.1.5.7.4.1"
                                         : "policyIdentifier=2.16.792.1.2.1.1.5.7.1.1");
    if (!(s->flaws & PKI_NO_NOTICE))
        add(text, "userNotice.1=@notice");
    add(text, "[notice]");
    add(text, s->flaws & PKI_EMPTY_NOTICE ? "explicitText=UTF8:\"\""
                                          : "explicitText=UTF8:TEST: synthetic NES, of no legal effect");
    add_statements(text, s->flaws);
}

static void describe_unit(char text[SECTIONS_MAX], unsigned flaws)
{
    if (flaws & PKI_TSA_WIDE)
        add(text, "extendedKeyUsage=critical,timeStamping,codeSigning");
    else
        add(text, flaws & PKI_TSA_PLAIN ? "extendedKeyUsage=timeStamping" : "extendedKeyUsage=critical,timeStamping");
}

static void describe(char text[SECTIONS_MAX], const struct pki_spec *s)
{
    char line[200];
    text[0] = '\0';
    add(text, "[extensions]");
    add(text, s->flaws & PKI_CA ? "basicConstraints=critical,CA:TRUE" : "basicConstraints=critical,CA:FALSE");
    add(text, "subjectKeyIdentifier=hash");
    add(text, "authorityKeyIdentifier=keyid");
    if (!(s->flaws & PKI_NO_USAGE)) {
        snprintf(line, sizeof line, "keyUsage=%s", usage_of(s->flaws));
        add(text, line);
    }
    if (s->flaws & PKI_OCSP)
        add(text,
            s->flaws & PKI_TO_CHECK ? "extendedKeyUsage=OCSPSigning" : "extendedKeyUsage=OCSPSigning\nnoCheck=ignored");
    else if (s->flaws & PKI_TSA)
        describe_unit(text, s->flaws);
    else if (s->flaws & PKI_PUBLISHER)
        add(text, "extendedKeyUsage=codeSigning");
    else if (s->flaws & PKI_SERVICE_SEAL)
        add(text, "extendedKeyUsage=critical," SEAL_PURPOSE);
    else
        describe_person(text, s);
}

static void add_extensions(X509 *x, X509 *issuer, const char *text)
{
    CONF *conf = NCONF_new(NULL);
    BIO *bio = BIO_new_mem_buf(text, -1);
    X509V3_CTX ctx;
    MUST(conf != NULL && bio != NULL && NCONF_load_bio(conf, bio, NULL) == 1);
    X509V3_set_ctx(&ctx, issuer, x, NULL, NULL, 0);
    X509V3_set_nconf(&ctx, conf);
    MUST(X509V3_EXT_add_nconf(conf, &ctx, "extensions", x) == 1);
    BIO_free(bio);
    NCONF_free(conf);
}

static void add_entry(X509_NAME *name, int nid, const char *value)
{
    MUST(X509_NAME_add_entry_by_NID(name, nid, MBSTRING_UTF8, (const unsigned char *)value, -1, -1, 0) == 1);
}

static void name_it(X509 *x, const struct pki_spec *s)
{
    X509_NAME *name = X509_get_subject_name(x);
    add_entry(name, NID_countryName, "TR");
    if (s->tckn != NULL && !(s->flaws & PKI_NO_TCKN))
        add_entry(name, NID_serialNumber, s->tckn);
    if (s->flaws & PKI_TWO_TCKN)
        add_entry(name, NID_serialNumber, "10000000146");
    add_entry(name, NID_commonName, s->name);
}

static void date_it(X509 *x, int64_t from, int64_t to)
{
    time_t t = (time_t)from;
    MUST(X509_time_adj_ex(X509_getm_notBefore(x), 0, 0, &t) != NULL);
    t = (time_t)to;
    MUST(X509_time_adj_ex(X509_getm_notAfter(x), 0, 0, &t) != NULL);
}

static void date_by_spec(X509 *x, const struct pki *p, const struct pki_spec *s)
{
    int64_t from = p->now - 400 * DAY, to = s->not_after != 0 ? s->not_after : p->now + 400 * DAY;
    if (s->flaws & PKI_EXPIRED)
        to = p->now - DAY;
    if (s->flaws & PKI_NOT_YET)
        from = p->now + DAY;
    date_it(x, from, to);
}

static X509 *begin_certificate(struct pki *p, const struct pki_spec *s, EVP_PKEY *key)
{
    X509 *x = X509_new();
    MUST(x != NULL && X509_set_version(x, X509_VERSION_3) == 1 && X509_set_pubkey(x, key) == 1);
    if (s->twin != NULL)
        MUST(X509_set_serialNumber(x, X509_get_serialNumber(s->twin->cert)) == 1);
    else
        MUST(ASN1_INTEGER_set(X509_get_serialNumber(x), ++p->serial) == 1);
    name_it(x, s);
    return x;
}

static EVP_PKEY *key_of(const struct pki_spec *s)
{
    if (s->same == NULL)
        return pki_make_key(s->key);
    MUST(EVP_PKEY_up_ref(s->same->key) == 1);
    return s->same->key;
}

static struct pki_identity make_identity(struct pki *p, const struct pki_spec *s, const struct pki_identity *by)
{
    char text[SECTIONS_MAX];
    EVP_PKEY *key = key_of(s);
    X509 *x = begin_certificate(p, s, key);
    struct pki_identity self = {x, key};
    if (by == NULL)
        by = &self;
    MUST(X509_set_issuer_name(x, X509_get_subject_name(by->cert)) == 1);
    date_by_spec(x, p, s);
    describe(text, s);
    add_extensions(x, by->cert, text);
    if (s->flaws & PKI_DOUBLE_QC)
        MUST(X509_add_ext(x, X509_get_ext(x, X509_get_ext_by_NID(x, NID_qcStatements, -1)), -1) == 1);
    MUST(X509_sign(x, by->key, s->flaws & PKI_SHA1 ? EVP_sha1() : EVP_sha256()) > 0);
    /* As a reader would have it: decoded from its bytes. */
    unsigned char *der = NULL;
    int len = i2d_X509(x, &der);
    const unsigned char *at = der;
    X509_free(x);
    self.cert = d2i_X509(NULL, &at, len);
    MUST(self.cert != NULL);
    OPENSSL_free(der);
    return self;
}

static void raise_authority(struct pki *p, int64_t now, enum pki_key key)
{
    *p = (struct pki){.now = now, .serial = 4096};
    const struct pki_spec root = {.name = "TEST Kök", .flaws = PKI_CA, .key = key},
                          issuer = {.name = "TEST NES Hizmeti", .flaws = PKI_CA, .key = key};
    p->root = make_identity(p, &root, NULL);
    p->issuer = make_identity(p, &issuer, &p->root);
}

void pki_init(struct pki *p)
{
    raise_authority(p, when_utc(), PKI_P256);
}

void pki_init_at(struct pki *p, int64_t now)
{
    raise_authority(p, now, PKI_P256);
}

void pki_init_of(struct pki *p, enum pki_key key)
{
    raise_authority(p, when_utc(), key);
}

void pki_done(struct pki *p)
{
    pki_identity_done(&p->root);
    pki_identity_done(&p->issuer);
}

struct pki_identity pki_issue(struct pki *p, const struct pki_spec *spec)
{
    return make_identity(p, spec, &p->issuer);
}

void pki_identity_done(struct pki_identity *i)
{
    X509_free(i->cert);
    EVP_PKEY_free(i->key);
    *i = (struct pki_identity){NULL, NULL};
}

static size_t split_ecdsa(const unsigned char *der, size_t len, int half, uint8_t *out)
{
    ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &der, (long)len);
    MUST(sig != NULL && BN_bn2binpad(ECDSA_SIG_get0_r(sig), out, half) == half);
    MUST(BN_bn2binpad(ECDSA_SIG_get0_s(sig), out + half, half) == half);
    ECDSA_SIG_free(sig);
    return 2 * (size_t)half;
}

size_t pki_sign(const struct pki_identity *who, const uint8_t *to_sign, size_t len, uint8_t out[PKI_SIGNATURE_MAX])
{
    unsigned char made[PKI_SIGNATURE_MAX];
    size_t n = sizeof made;
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(who->key, NULL);
    bool rsa = EVP_PKEY_is_a(who->key, "RSA") == 1;
    MUST(ctx != NULL && EVP_PKEY_sign_init(ctx) == 1);
    if (rsa)
        MUST(EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) == 1);
    MUST(EVP_PKEY_sign(ctx, made, &n, to_sign, len) == 1);
    EVP_PKEY_CTX_free(ctx);
    if (!rsa)
        return split_ecdsa(made, n, (EVP_PKEY_get_bits(who->key) + 7) / 8, out);
    memcpy(out, made, n);
    return n;
}

size_t pki_sign_pss(const struct pki_identity *who, const uint8_t *digest, size_t len, uint8_t out[PKI_SIGNATURE_MAX])
{
    size_t n = PKI_SIGNATURE_MAX;
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(who->key, NULL);
    MUST(ctx != NULL && EVP_PKEY_sign_init(ctx) == 1);
    MUST(EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) == 1);
    MUST(EVP_PKEY_CTX_set_signature_md(ctx, EVP_sha256()) == 1);
    MUST(EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, RSA_PSS_SALTLEN_DIGEST) == 1);
    MUST(EVP_PKEY_sign(ctx, out, &n, digest, len) == 1);
    EVP_PKEY_CTX_free(ctx);
    return n;
}

void pki_write_cert(const X509 *x, const char *path, const char *mode)
{
    FILE *file = fopen(path, mode);
    MUST(file != NULL && PEM_write_X509(file, x) == 1 && fclose(file) == 0);
}

void pki_write_ca(const struct pki *p, const char *path)
{
    pki_write_cert(p->root.cert, path, "w");
    pki_write_cert(p->issuer.cert, path, "a");
}

STACK_OF(X509) *pki_chain(const struct pki *p)
{
    STACK_OF(X509) *chain = sk_X509_new_null();
    MUST(chain != NULL && X509_up_ref(p->issuer.cert) == 1 && sk_X509_push(chain, p->issuer.cert) > 0);
    return chain;
}
