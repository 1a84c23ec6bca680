/* Detached CMS over a published file: made by the publisher's certificate, checked against its pinned authority. */
#ifndef EONAY_SIGN_DOWNLOAD_H
#define EONAY_SIGN_DOWNLOAD_H

#include "base/buf.h"
#include "base/err.h"
#include "sign/trust.h"

/* Signature of the file open on fd (read from the start to its end). ERR_DOWNLOAD_BROKEN when it does not hold. */
enum err_code download_verify(int fd, const uint8_t *cms, size_t len, const struct trust *publisher, int64_t now,
    struct err *err) MUST_CHECK;

#endif
