/* The query of an authorize address. */
#include "config.h"

#include "sandbox/ask.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include "base/ascii.h"

const char *const ask_fields[] = {
    "response_type", "client_id", "redirect_uri", "scope", "state", "code_challenge", "code_challenge_method", NULL};
#define PLACE(member)                                                                                                  \
    {                                                                                                                  \
        offsetof(struct ask, member), sizeof((struct ask *)NULL)->member                                               \
    }
static const struct {
    size_t at, size;
} places[] = {PLACE(response_type), PLACE(client_id), PLACE(redirect_uri), PLACE(scope), PLACE(state), PLACE(challenge),
    PLACE(method)};

/* One value up to '&', decoded. False: a bad escape, a NUL, too long. */
static bool decode(const char *from, char *out, size_t out_len)
{
    size_t n = 0;
    for (; *from != '\0' && *from != '&'; from++) {
        uint8_t byte = *from == '+' ? ' ' : (uint8_t)*from;
        if (*from == '%') {
            char pair[3] = {from[1], from[1] != '\0' ? from[2] : '\0', '\0'};
            if (!ascii_unhex(&byte, 1, pair) || byte == 0)
                return false;
            from += 2;
        }
        if (n + 1 >= out_len)
            return false;
        out[n++] = (char)byte;
    }
    out[n] = '\0';
    return true;
}

static bool read_field(const char *query, const char *name, char *out, size_t out_len)
{
    size_t name_len = strlen(name);
    bool found = false;
    out[0] = '\0';
    while (query != NULL && *query != '\0') {
        if (strncmp(query, name, name_len) == 0 && query[name_len] == '=') {
            if (found || !decode(query + name_len + 1, out, out_len))
                return false;
            found = true;
        }
        const char *next = strchr(query, '&');
        query = next != NULL ? next + 1 : NULL;
    }
    return true;
}

bool ask_read(const char *query, struct ask *ret)
{
    for (size_t i = 0; ask_fields[i] != NULL; i++)
        if (!read_field(query, ask_fields[i], (char *)ret + places[i].at, places[i].size))
            return false;
    return true;
}

bool scope_has(const char *scope, const char *word)
{
    size_t len = strlen(word);
    while (*scope != '\0') {
        size_t n = strcspn(scope, "; ");
        if (n == len && memcmp(scope, word, n) == 0)
            return true;
        scope += n + (scope[n] != '\0');
    }
    return false;
}

const char *ask_error(const struct ask *ask)
{
    bool with_pkce = ask->challenge[0] != '\0' || ask->method[0] != '\0';
    if (strcmp(ask->response_type, "code") != 0)
        return "unsupported_response_type";
    if (!scope_has(ask->scope, "Kimlik-Dogrula"))
        return "invalid_scope";
    if (with_pkce && (strcmp(ask->method, "S256") != 0 || strlen(ask->challenge) != 43))
        return "invalid_request";
    return ask->state[0] == '\0' ? "invalid_request" : NULL;
}

/* base64url without padding of 32 bytes: 43 characters. */
static void base64url(const unsigned char md[32], char out[45])
{
    EVP_EncodeBlock((unsigned char *)out, md, 32);
    for (char *c = out; *c != '\0'; c++)
        *c = *c == '+' ? '-' : *c == '/' ? '_' : *c == '=' ? '\0' : *c;
}

bool pkce_fits(const char *challenge, const char *verifier)
{
    unsigned char md[32];
    char own[45];
    if (challenge[0] == '\0')
        return verifier[0] == '\0';
    if (EVP_Digest(verifier, strlen(verifier), md, NULL, EVP_sha256(), NULL) != 1)
        return false;
    base64url(md, own);
    return strlen(challenge) == 43 && CRYPTO_memcmp(own, challenge, 43) == 0;
}
