/* What a consent binds: the claim, and the content identifier derived from it (docs/protocol.md §4). */
#ifndef EONAY_SIGN_CONSENT_H
#define EONAY_SIGN_CONSENT_H

#include <stddef.h>
#include <stdint.h>
#include "base/err.h"

/* Borrowed views; the claim owns nothing. */
struct consent_claim {
    const char *service;  /* name in the configuration of both sides */
    const char *code;     /* 12 symbols */
    int64_t created;      /* UTC seconds, when the request was made */
    int64_t signing_time; /* UTC seconds, the signing-time attribute */
    const uint8_t *text;
    size_t text_len;
};

#define CONTENT_ID_LEN 32
enum err_code consent_content_id(const struct consent_claim *claim, uint8_t out[CONTENT_ID_LEN]) MUST_CHECK;
void consent_text_digest(const uint8_t *text, size_t len, uint8_t out[32]); /* SHA-256 */

#endif
