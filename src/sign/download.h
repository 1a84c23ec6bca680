/* Detached CMS over a published file: made by the publisher's certificate, checked against its pinned authority. */
#ifndef EONAY_SIGN_DOWNLOAD_H
#define EONAY_SIGN_DOWNLOAD_H

#include "base/buf.h"
#include "base/err.h"
#include "sign/trust.h"

#define DOWNLOAD_CMS_MAX 65536
/* Signature of the file open on fd, which is read from its start to its end. One signer, whose certificate is for
 * signing programs (extended key usage codeSigning: no citizen's certificate will do) and has a chain to `publisher` at
 * `now`. ERR_DOWNLOAD_BROKEN when it does not hold, with the reason in detail; ERR_FILE when fd cannot be read from its
 * start. */
enum err_code download_verify(
    int fd, const uint8_t *cms, size_t len, const struct trust *publisher, int64_t now, struct err *err) MUST_CHECK;

#endif
