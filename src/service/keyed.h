/* Random tokens, and the digests under which they, codes and identity numbers are kept: HMAC-SHA256 with the service's
 * own key, so that a copy of one column is no list of identity numbers. */
#ifndef EONAY_SERVICE_KEYED_H
#define EONAY_SERVICE_KEYED_H

#include <stddef.h>
#include <stdint.h>
#include "base/code.h"
#include "base/err.h"

#define DIGEST_LEN 32
#define TOKEN_LEN 43 /* 32 bytes in base64url without padding */

struct digest {
    uint8_t v[DIGEST_LEN];
};

/* What is digested; a value of one kind never equals one of another. */
enum keyed_kind { KEYED_LOGIN, KEYED_STATE, KEYED_CODE, KEYED_NONCE, KEYED_REQUEST, KEYED_PERSON, KEYED_RECEIPT };

struct digest keyed(const uint8_t key[DIGEST_LEN], enum keyed_kind kind, const char *value);
/* The request token of an opening: the same code and nonce give the same token again, and it need not be kept.
 * 256 bits nobody can compute without the service's key. */
void keyed_request_token(const uint8_t key[DIGEST_LEN], const char *code, const char *nonce, char out[TOKEN_LEN + 1]);

struct digest digest_of(const void *bytes, size_t len); /* SHA-256 */
void base64url(char *out /* 4*len/3 + 2 */, const uint8_t *bytes, size_t len);

enum err_code token_new(char out[TOKEN_LEN + 1]) MUST_CHECK;
enum err_code code_new(char out[CODE_LEN + 1]) MUST_CHECK;

#endif
