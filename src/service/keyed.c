#include "config.h"

#include "service/keyed.h"

#include <string.h>
#include <openssl/crypto.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

static const char *const kinds[] = {
    [KEYED_LOGIN] = "login",
    [KEYED_STATE] = "state",
    [KEYED_CODE] = "code",
    [KEYED_NONCE] = "nonce",
    [KEYED_REQUEST] = "request",
    [KEYED_PERSON] = "person",
    [KEYED_RECEIPT] = "receipt",
};

/* HMAC over label, zero byte, value. Values here are tokens, codes and numbers: short. */
static struct digest mac(const uint8_t key[DIGEST_LEN], const char *label, const char *value)
{
    struct digest d;
    uint8_t text[512];
    size_t label_len = strlen(label) + 1, value_len = strlen(value);
    struct digest long_value = digest_of(value, value_len);
    if (label_len + value_len > sizeof text) {
        value = (const char *)long_value.v;
        value_len = sizeof long_value.v;
    }
    memcpy(text, label, label_len);
    memcpy(text + label_len, value, value_len);
    unsigned len = sizeof d.v;
    HMAC(EVP_sha256(), key, DIGEST_LEN, text, label_len + value_len, d.v, &len);
    OPENSSL_cleanse(text, sizeof text);
    return d;
}

struct digest keyed(const uint8_t key[DIGEST_LEN], enum keyed_kind kind, const char *value)
{
    return mac(key, kinds[kind], value);
}

void keyed_request_token(const uint8_t key[DIGEST_LEN], const char *code, const char *nonce, char out[TOKEN_LEN + 1])
{
    struct digest inner = mac(key, "opening-code", code);
    struct digest d = mac(inner.v, "opening-nonce", nonce);
    base64url(out, d.v, sizeof d.v);
}

struct digest digest_of(const void *bytes, size_t len)
{
    struct digest d;
    SHA256(bytes, len, d.v);
    return d;
}

void base64url(char *out, const uint8_t *bytes, size_t len)
{
    static const char symbols[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    uint32_t held = 0;
    unsigned bits = 0;
    for (size_t i = 0; i < len; i++) {
        held = held << 8 | bytes[i];
        for (bits += 8; bits >= 6; bits -= 6)
            *out++ = symbols[held >> (bits - 6) & 63];
    }
    if (bits > 0)
        *out++ = symbols[held << (6 - bits) & 63];
    *out = '\0';
}

enum err_code token_new(char out[TOKEN_LEN + 1])
{
    uint8_t bytes[32];
    if (RAND_bytes(bytes, sizeof bytes) != 1)
        return ERR_CRYPTO;
    base64url(out, bytes, sizeof bytes);
    OPENSSL_cleanse(bytes, sizeof bytes);
    return OK;
}

enum err_code code_new(char out[CODE_LEN + 1])
{
    uint8_t random[CODE_LEN - 1];
    if (RAND_bytes(random, sizeof random) != 1)
        return ERR_CRYPTO;
    for (size_t i = 0; i < sizeof random; i++)
        random[i] &= 31;
    code_make(out, random);
    return OK;
}
