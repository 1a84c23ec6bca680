/* The service's seal with its key (sign/seal.h): what signs the heads of the ledger and the receipts. */
#ifndef EONAY_SERVICE_SEALING_H
#define EONAY_SERVICE_SEALING_H

#include "base/buf.h"
#include "sign/seal.h"

struct seal;
/* PEM files. ERR_FILE, or ERR_CONFIG when they hold no certificate and key that belong together or the certificate is
 * no seal below `trust` at `now`. */
enum err_code seal_load(const char *key_pem, const char *cert_pem, const struct trust *trust, int64_t now,
    struct seal **ret, struct err *err) MUST_CHECK;
void seal_free(struct seal **s);
X509 *seal_cert(const struct seal *s);    /* borrowed */
EVP_PKEY *seal_key(const struct seal *s); /* borrowed */
/* Appends the signature. Threads may share a seal. ERR_SEAL_UNFIT when the certificate is not valid at `now`: nobody
 * would believe it. */
enum err_code seal_sign(
    const struct seal *s, int64_t now, const void *bytes, size_t len, struct buf *ret_signature) MUST_CHECK;

#endif
