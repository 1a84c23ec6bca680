/* Making certificates: keys, names, extensions from a profile text. Knows nothing of who the certificates are for. */
#ifndef EONAY_SANDBOX_PKI_H
#define EONAY_SANDBOX_PKI_H

#include <stddef.h>
#include <stdint.h>
#include <openssl/conf.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include "base/err.h"

enum key_kind { KEY_RSA2048, KEY_P256, KEY_P384 };
extern const char *const key_kind_names[]; /* NULL-terminated, in the order of the enum */

/* A certificate and the key that belongs to it. */
struct identity {
    X509 *cert;
    EVP_PKEY *key;
};
void identity_done(struct identity *id);

struct name_part {
    const char *field; /* "CN", "serialNumber" */
    const char *value; /* UTF-8 */
};

/* One certificate to be made. Everything is borrowed. */
struct cert_order {
    const struct name_part *subject; /* ends with a NULL field */
    EVP_PKEY *key;                   /* the subject's, its public part is enough */
    const struct identity *issuer;   /* NULL: signed with `key` itself */
    int64_t not_before, not_after;   /* UTC seconds */
    CONF *profile;
    const char *const *sections; /* of the profile: extensions to add; NULL-terminated */
};

/* ERR_CRYPTO with OpenSSL's words in err->detail. *ret is the caller's. */
enum err_code key_make(enum key_kind kind, EVP_PKEY **ret, struct err *err) MUST_CHECK;
enum err_code cert_make(const struct cert_order *order, X509 **ret, struct err *err) MUST_CHECK;
enum err_code profile_read(const char *text, CONF **ret, struct err *err) MUST_CHECK;
/* SHA-384 for P-384, else SHA-256: the digest a key signs with. */
const EVP_MD *key_digest(const EVP_PKEY *key);

/* PEM files: a certificate is readable by its owner, a key too (0600 both: the folder is private anyway). */
enum err_code cert_save(const char *path, X509 *cert, struct err *err) MUST_CHECK;
enum err_code cert_load(const char *path, X509 **ret, struct err *err) MUST_CHECK;
enum err_code key_save(const char *path, EVP_PKEY *key, struct err *err) MUST_CHECK;
enum err_code key_load(const char *path, EVP_PKEY **ret, struct err *err) MUST_CHECK;
/* Several certificates in one file, one after the other. */
enum err_code certs_save(const char *path, X509 *const certs[], size_t n, struct err *err) MUST_CHECK;

/* ERR_CRYPTO with `what` and the first queued reason of OpenSSL. */
enum err_code crypto_fail(struct err *err, const char *what);

#endif
