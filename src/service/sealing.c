#include "config.h"

#include "service/sealing.h"

#include <stdlib.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include "base/i18n.h"
#include "sign/cert.h"

#define PEM_MAX 65536

struct seal {
    X509 *cert;
    EVP_PKEY *key;
    const EVP_MD *digest;
    int64_t not_before, not_after;
};

static enum err_code sign(const struct seal *s, const void *bytes, size_t len, struct buf *ret)
{
    uint8_t signature[SEAL_SIGNATURE_MAX];
    size_t got = sizeof signature;
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    if (!ctx)
        return ERR_NOMEM;
    bool done = EVP_DigestSignInit(ctx, NULL, s->digest, NULL, s->key) == 1 &&
                EVP_DigestSign(ctx, signature, &got, bytes, len) == 1;
    EVP_MD_CTX_free(ctx);
    ERR_clear_error();
    return done ? buf_add(ret, signature, got) : ERR_CRYPTO;
}

enum err_code seal_sign(const struct seal *s, int64_t now, const void *bytes, size_t len, struct buf *ret_signature)
{
    return now < s->not_before || now > s->not_after ? ERR_SEAL_UNFIT : sign(s, bytes, len, ret_signature);
}

/* ---- the service's own ---- */

/* The file as a BIO over *pem, which the caller wipes after it. */
static enum err_code open_pem(const char *path, struct buf *pem, BIO **ret, struct err *err)
{
    enum err_code e = buf_read_file(pem, path, err);
    if (e == OK && !(*ret = BIO_new_mem_buf(pem->len ? pem->data : (const uint8_t *)"", (int)pem->len)))
        e = err_set(err, ERR_NOMEM, "%s", path);
    return e;
}

/* A key with a passphrase would ask the terminal for it. */
static int no_passphrase(char *out, int size, int writing, void *ctx)
{
    (void)out;
    (void)size;
    (void)writing;
    (void)ctx;
    return -1;
}

static enum err_code read_key(const char *path, struct seal *s, struct err *err)
{
    struct buf pem = BUF_INIT(PEM_MAX);
    BIO *bio = NULL;
    enum err_code e = open_pem(path, &pem, &bio, err);
    if (e == OK && !(s->key = PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL)))
        e = err_set(err, ERR_CONFIG, "%s: %s", path, tr("it holds no private key"));
    BIO_free(bio);
    buf_done(&pem);
    return e;
}

static enum err_code read_cert(const char *path, struct seal *s, struct err *err)
{
    struct buf pem = BUF_INIT(PEM_MAX);
    BIO *bio = NULL;
    enum err_code e = open_pem(path, &pem, &bio, err);
    if (e == OK && !(s->cert = PEM_read_bio_X509(bio, NULL, no_passphrase, NULL)))
        e = err_set(err, ERR_CONFIG, "%s: %s", path, tr("it holds no certificate"));
    BIO_free(bio);
    buf_done(&pem);
    return e;
}

static enum err_code fit_together(
    struct seal *s, const char *cert_pem, const struct trust *trust, int64_t now, struct err *err)
{
    struct cert_facts facts;
    struct err why = {0};
    if (X509_check_private_key(s->cert, s->key) != 1)
        return err_set(err, ERR_CONFIG, "%s: %s", cert_pem, tr("the key belongs to another certificate"));
    if (seal_check(s->cert, NULL, trust, now, &why) != OK || cert_read(s->cert, &facts) != OK)
        return err_set(err, ERR_CONFIG, "%.120s: %.100s", cert_pem, why.detail);
    s->digest = seal_digest(s->cert);
    s->not_before = facts.not_before;
    s->not_after = facts.not_after;
    return OK;
}

enum err_code seal_load(const char *key_pem, const char *cert_pem, const struct trust *trust, int64_t now,
    struct seal **ret, struct err *err)
{
    struct seal *s = calloc(1, sizeof *s);
    if (!s)
        return err_set(err, ERR_NOMEM, "seal");
    enum err_code e = read_key(key_pem, s, err);
    if (e == OK)
        e = read_cert(cert_pem, s, err);
    if (e == OK)
        e = fit_together(s, cert_pem, trust, now, err);
    ERR_clear_error();
    if (e != OK)
        seal_free(&s);
    else
        *ret = s;
    return e;
}

void seal_free(struct seal **s)
{
    if (*s) {
        X509_free((*s)->cert);
        EVP_PKEY_free((*s)->key);
    }
    free(*s);
    *s = NULL;
}

X509 *seal_cert(const struct seal *s)
{
    return s->cert;
}

EVP_PKEY *seal_key(const struct seal *s)
{
    return s->key;
}
