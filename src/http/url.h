/* URLs and forms: percent-encoding (RFC 3986 §2.3), application/x-www-form-urlencoded bodies, origins. */
#ifndef EONAY_HTTP_URL_H
#define EONAY_HTTP_URL_H

#include <stdbool.h>
#include <stddef.h>
#include "base/buf.h"
#include "base/err.h"

#define FORM_TYPE "application/x-www-form-urlencoded"

/* How one byte is written: 1 or 3 characters into out. */
size_t url_encode_byte(char out[3], unsigned char byte);
size_t url_encoded_len(const char *bytes, size_t len);
/* Appends the encoded bytes. */
enum err_code url_encode(struct buf *to, const char *bytes, size_t len) MUST_CHECK;
/* Appends `name=value`, with `&` in front unless the buffer is empty or ends in `?` or `&`. */
enum err_code form_add(struct buf *form, const char *name, const char *value) MUST_CHECK;
/* Is `url` the address `base` itself or something under it? `base` is scheme://host[:port][/path] and is compared byte
 * for byte; what follows it must begin with `/`, `?` or end, so that no longer host or port passes. */
bool url_is_under(const char *url, const char *base);

#endif
