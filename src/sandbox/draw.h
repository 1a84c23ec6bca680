/* Random words for passwords, PINs and tokens, from OpenSSL's generator. ERR_CRYPTO when it fails. */
#ifndef EONAY_SANDBOX_DRAW_H
#define EONAY_SANDBOX_DRAW_H

#include <stddef.h>
#include "base/err.h"

enum err_code draw_hex(char *out /* 2 * bytes + 1 */, size_t bytes) MUST_CHECK;
enum err_code draw_digits(char *out /* len + 1 */, size_t len) MUST_CHECK;
/* Letters and digits without look-alikes, so that it can be typed from paper. */
enum err_code draw_word(char *out /* len + 1 */, size_t len) MUST_CHECK;

#endif
