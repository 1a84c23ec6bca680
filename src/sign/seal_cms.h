/* A seal: the detached CAdES baseline B-B signature (EN 319 122-1) of a service over the manifest of a receipt. As with
 * the container there is one encoding for given bytes, certificates, time and signature value: the reader takes those
 * out of the file, makes the file anew and compares, so that nothing else can be in it. */
#ifndef EONAY_SIGN_SEAL_CMS_H
#define EONAY_SIGN_SEAL_CMS_H

#include <stdint.h>
#include <openssl/x509.h>
#include "base/buf.h"
#include "base/err.h"
#include "sign/seal.h"

#define SEAL_CMS_MAX 32768

/* Who seals: a certificate that seal_check would take, and what signs with its key (a service's; nothing in this room
 * holds one). `sign` appends RSA PKCS#1 v1.5 or ECDSA in DER over the bytes, made with the digest that belongs to the
 * key (seal_digest). */
struct sealer {
    X509 *cert;
    enum err_code (*sign)(const void *ctx, int64_t now, const void *bytes, size_t len, struct buf *ret_signature);
    const void *ctx;
};
/* Seals the content at UTC second `now`, with the sealer's certificate and no other in the file. What `sign` says;
 * ERR_REJ_WEAK, ERR_CRYPTO, ERR_TOO_BIG, ERR_NOMEM. */
enum err_code seal_cms_make(const struct sealer *sealer, const void *content, size_t len, int64_t now,
    struct buf *ret_der, struct err *err) MUST_CHECK;

/* A seal whose form and signature hold over the content; whose it is, is asked of seal_check. */
struct seal_cms {
    X509 *sealer; /* owned */
    int64_t time; /* UTC second that the sealer names */
};
/* ERR_RECEIPT_SEAL with a detail that begins "seal:". */
enum err_code seal_cms_read(const uint8_t *der, size_t len, const void *content, size_t content_len,
    struct seal_cms *ret, struct err *err) MUST_CHECK;
void seal_cms_done(struct seal_cms *s);

#endif
