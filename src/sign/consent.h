/* What a consent binds: the claim, and the content identifier derived from it (docs/protocol.md §4). */
#ifndef EONAY_SIGN_CONSENT_H
#define EONAY_SIGN_CONSENT_H

#include <stddef.h>
#include <stdint.h>
#include "base/err.h"
#include "sign/policy.h"

#define CONSENT_TEXT_MAX 16384 /* bytes; no text is empty */

/* Borrowed views; the claim owns nothing. */
struct consent_claim {
    const char *service;  /* name in the configuration of both sides, not empty */
    const char *code;     /* 12 symbols, no dashes */
    int64_t created;      /* UTC seconds, when the request was made */
    int64_t signing_time; /* UTC seconds. Building: the signing-time attribute. Checking: when the signature arrived;
                             the attribute may name any second from `created` to it, CONSENT_SKEW_S either way. */
    const uint8_t *text;
    size_t text_len;
    enum profile profile; /* which signature policy is to be named, if any */
};
#define CONSENT_SKEW_S 5

#define CONTENT_ID_LEN 32
/* ERR_BAD_REQUEST for a claim without a service, a text or a code of the right length; ERR_TOO_BIG for a longer text.
 */
enum err_code consent_content_id(const struct consent_claim *claim, uint8_t out[CONTENT_ID_LEN]) MUST_CHECK;
/* SHA-256; all zeros when the library could not even do that (out of memory), which no known text has. */
void consent_text_digest(const uint8_t *text, size_t len, uint8_t out[32]);

#endif
