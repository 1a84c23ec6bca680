#include "config.h"
#include "sign/consent.h"

#include <string.h>
#include <openssl/sha.h>
#include "base/buf.h"
#include "base/code.h"
#include "base/when.h"

#define PREIMAGE_MAX 1024

void consent_text_digest(const uint8_t *text, size_t len, uint8_t out[32])
{
    if (SHA256(text, len, out) == NULL)
        memset(out, 0, 32);
}

static enum err_code add_field(struct buf *b, const char *field)
{
    return buf_add(b, field, strlen(field) + 1); /* with the zero byte that keeps fields apart */
}

static enum err_code preimage(struct buf *b, const struct consent_claim *claim)
{
    char created[WHEN_RFC3339];
    uint8_t digest[32];
    when_rfc3339(created, claim->created);
    consent_text_digest(claim->text, claim->text_len, digest);
    const char *const fields[] = {"eonay-consent-1", claim->service, claim->code, created};
    enum err_code rc = OK;
    for (size_t i = 0; i < sizeof fields / sizeof fields[0] && rc == OK; i++)
        rc = add_field(b, fields[i]);
    return rc == OK ? buf_add(b, digest, sizeof digest) : rc;
}

enum err_code consent_content_id(const struct consent_claim *claim, uint8_t out[CONTENT_ID_LEN])
{
    if (claim->service[0] == '\0' || strlen(claim->code) != CODE_LEN || claim->text_len == 0)
        return ERR_BAD_REQUEST;
    if (claim->text_len > CONSENT_TEXT_MAX)
        return ERR_TOO_BIG;
    struct buf b = BUF_INIT(PREIMAGE_MAX);
    enum err_code rc = preimage(&b, claim);
    if (rc == OK && SHA256(b.data, b.len, out) == NULL)
        rc = ERR_CRYPTO;
    buf_done(&b);
    return rc;
}
