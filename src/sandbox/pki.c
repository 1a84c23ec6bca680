/* Making certificates with OpenSSL. */
#include "config.h"

#include "sandbox/pki.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

const char *const key_kind_names[] = {"rsa2048", "p256", "p384", NULL};

enum err_code crypto_fail(struct err *err, const char *what)
{
    const char *reason = ERR_reason_error_string(ERR_peek_error());
    err_set(err, ERR_CRYPTO, "%s: %s", what, reason != NULL ? reason : "no reason given");
    ERR_clear_error();
    return ERR_CRYPTO;
}

void identity_done(struct identity *id)
{
    X509_free(id->cert);
    EVP_PKEY_free(id->key);
    *id = (struct identity){NULL, NULL};
}

enum err_code key_make(enum key_kind kind, EVP_PKEY **ret, struct err *err)
{
    static const char *const curves[] = {[KEY_P256] = "P-256", [KEY_P384] = "P-384"};
    EVP_PKEY *key = kind == KEY_RSA2048 ? EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048)
                                        : EVP_PKEY_Q_keygen(NULL, NULL, "EC", curves[kind]);
    if (key == NULL)
        return crypto_fail(err, "key");
    *ret = key;
    return OK;
}

const EVP_MD *key_digest(const EVP_PKEY *key)
{
    return EVP_PKEY_is_a(key, "EC") && EVP_PKEY_get_bits(key) > 256 ? EVP_sha384() : EVP_sha256();
}

enum err_code profile_read(const char *text, CONF **ret, struct err *err)
{
    enum err_code rc = ERR_CRYPTO;
    CONF *conf = NCONF_new(NULL);
    BIO *bio = BIO_new_mem_buf(text, -1);
    if (conf == NULL || bio == NULL || NCONF_load_bio(conf, bio, NULL) != 1) {
        rc = crypto_fail(err, "certificate profile");
        goto out;
    }
    *ret = conf;
    conf = NULL;
    rc = OK;
out:
    BIO_free(bio);
    NCONF_free(conf);
    return rc;
}

/* 127 random bits: positive, never short (RFC 5280 §4.1.2.2). */
static bool set_serial(X509 *x)
{
    unsigned char bytes[16];
    if (RAND_bytes(bytes, sizeof bytes) != 1)
        return false;
    bytes[0] = (unsigned char)((bytes[0] & 0x7f) | 0x40);
    BIGNUM *n = BN_bin2bn(bytes, sizeof bytes, NULL);
    bool ok = n != NULL && BN_to_ASN1_INTEGER(n, X509_get_serialNumber(x)) != NULL;
    BN_free(n);
    return ok;
}

static bool set_subject(X509 *x, const struct name_part *part)
{
    X509_NAME *name = X509_NAME_new();
    bool ok = name != NULL;
    for (; ok && part->field != NULL; part++)
        ok = X509_NAME_add_entry_by_txt(
                 name, part->field, MBSTRING_UTF8, (const unsigned char *)part->value, -1, -1, 0) == 1;
    ok = ok && X509_set_subject_name(x, name) == 1;
    X509_NAME_free(name);
    return ok;
}

static bool set_times(X509 *x, int64_t from, int64_t to)
{
    return ASN1_TIME_set(X509_getm_notBefore(x), (time_t)from) != NULL &&
           ASN1_TIME_set(X509_getm_notAfter(x), (time_t)to) != NULL;
}

static bool add_extensions(X509 *x, const struct cert_order *order, X509 *issuer)
{
    X509V3_CTX ctx;
    X509V3_set_ctx(&ctx, issuer, x, NULL, NULL, 0);
    X509V3_set_nconf(&ctx, order->profile);
    for (const char *const *s = order->sections; *s != NULL; s++)
        if (X509V3_EXT_add_nconf(order->profile, &ctx, *s, x) != 1)
            return false;
    return true;
}

static bool fill(X509 *x, const struct cert_order *order)
{
    X509 *issuer = order->issuer != NULL ? order->issuer->cert : x;
    EVP_PKEY *signer = order->issuer != NULL ? order->issuer->key : order->key;
    return X509_set_version(x, X509_VERSION_3) == 1 && set_serial(x) && set_subject(x, order->subject) &&
           X509_set_issuer_name(x, X509_get_subject_name(issuer)) == 1 &&
           set_times(x, order->not_before, order->not_after) && X509_set_pubkey(x, order->key) == 1 &&
           add_extensions(x, order, issuer) && X509_sign(x, signer, key_digest(signer)) > 0;
}

enum err_code cert_make(const struct cert_order *order, X509 **ret, struct err *err)
{
    X509 *x = X509_new();
    if (x == NULL || !fill(x, order)) {
        X509_free(x);
        return crypto_fail(err, "certificate");
    }
    *ret = x;
    return OK;
}

/* The file is private from its first moment. */
static FILE *open_private(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    FILE *f = fd >= 0 ? fdopen(fd, "w") : NULL;
    if (f == NULL && fd >= 0)
        close(fd);
    return f;
}

static enum err_code file_fail(struct err *err, const char *path)
{
    return err_set(err, ERR_FILE, "%s: %s", path, strerror(errno));
}

enum err_code certs_save(const char *path, X509 *const certs[], size_t n, struct err *err)
{
    FILE *f = open_private(path);
    if (f == NULL)
        return file_fail(err, path);
    bool ok = true;
    for (size_t i = 0; ok && i < n; i++)
        ok = PEM_write_X509(f, certs[i]) == 1;
    return fclose(f) == 0 && ok ? OK : file_fail(err, path);
}

enum err_code cert_save(const char *path, X509 *cert, struct err *err)
{
    return certs_save(path, &cert, 1, err);
}

enum err_code key_save(const char *path, EVP_PKEY *key, struct err *err)
{
    FILE *f = open_private(path);
    if (f == NULL)
        return file_fail(err, path);
    bool ok = PEM_write_PKCS8PrivateKey(f, key, NULL, NULL, 0, NULL, NULL) == 1;
    return fclose(f) == 0 && ok ? OK : file_fail(err, path);
}

enum err_code cert_load(const char *path, X509 **ret, struct err *err)
{
    FILE *f = fopen(path, "re");
    if (f == NULL)
        return file_fail(err, path);
    X509 *x = PEM_read_X509(f, NULL, NULL, NULL);
    fclose(f);
    if (x == NULL)
        return crypto_fail(err, path);
    *ret = x;
    return OK;
}

enum err_code key_load(const char *path, EVP_PKEY **ret, struct err *err)
{
    FILE *f = fopen(path, "re");
    if (f == NULL)
        return file_fail(err, path);
    EVP_PKEY *key = PEM_read_PrivateKey(f, NULL, NULL, NULL);
    fclose(f);
    if (key == NULL)
        return crypto_fail(err, path);
    *ret = key;
    return OK;
}
