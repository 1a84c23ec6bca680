#include "config.h"
#include "token/certs.h"

#include <string.h>
#include <openssl/sha.h>

#define CERT_MAX 16384

static void cert_unreadable(struct card_session s, CK_OBJECT_HANDLE o, struct card_cert *c)
{
    uint8_t label[64];
    size_t len = 0;

    if (object_bytes(s, o, CKA_LABEL, label, sizeof label, &len))
        card_text(c->facts.owner, sizeof c->facts.owner, label, len);
}

/* False for an object that is no X.509 certificate (attribute certificates, WTLS). */
static bool cert_take(struct card_session s, CK_OBJECT_HANDLE o, struct card_cert *c)
{
    CK_ULONG type;
    uint8_t der[CERT_MAX];
    size_t len = 0;

    if (object_number(s, o, CKA_CERTIFICATE_TYPE, &type) && type != CKC_X_509)
        return false;
    if (!object_bytes(s, o, CKA_ID, c->id, sizeof c->id, &c->id_len))
        c->id_len = 0;
    if (object_bytes(s, o, CKA_VALUE, der, sizeof der, &len) && cert_parse(der, len, &c->x) == OK &&
        cert_read(c->x, &c->facts) != OK) {
        X509_free(c->x);
        c->x = NULL;
    }
    if (c->x == NULL) {
        memset(&c->facts, 0, sizeof c->facts);
        SHA256(der, len, c->facts.ref);
        cert_unreadable(s, o, c);
    } else {
        c->key = key_fit(s, c->id, c->id_len, c->x);
    }
    return true;
}

static void card_certs(struct certs *c, const CK_FUNCTION_LIST *calls, const struct card *card, size_t card_index)
{
    struct card_session s = {.calls = calls};
    struct objects found;

    if (calls->C_OpenSession(card->slot, CKF_SERIAL_SESSION, NULL, NULL, &s.handle) != CKR_OK)
        return;
    if (objects_find(s, CKO_CERTIFICATE, NULL, 0, &found) != CKR_OK)
        found.n = 0;
    for (size_t i = 0; i < found.n && c->n < CERTS_MAX; i++) {
        struct card_cert *one = &c->v[c->n];

        memset(one, 0, sizeof *one);
        one->card = card_index;
        c->n += cert_take(s, found.v[i], one);
    }
    (void)calls->C_CloseSession(s.handle);
}

void certs_read(
    struct certs *c, const CK_FUNCTION_LIST *calls, const struct guard_api *guard, const struct cards *cards)
{
    certs_done(c);
    guard->forget();
    for (size_t i = 0; i < cards->n; i++)
        card_certs(c, calls, &cards->v[i], i);
    c->failed = guard->trouble();
}

void certs_done(struct certs *c)
{
    for (size_t i = 0; i < c->n; i++) {
        X509_free(c->v[i].x);
        sk_X509_pop_free(c->v[i].chain, X509_free);
    }
    c->n = 0;
}

static enum err_code chain_find(
    const struct certs *c, const struct card_cert *one, const struct trust *trust, int64_t at, STACK_OF(X509) **ret)
{
    STACK_OF(X509) *links = sk_X509_new_null();
    enum err_code rc = links == NULL ? ERR_NOMEM : OK;

    for (size_t i = 0; rc == OK && i < c->n; i++)
        if (c->v[i].x != NULL && c->v[i].card == one->card && &c->v[i] != one && sk_X509_push(links, c->v[i].x) == 0)
            rc = ERR_NOMEM;
    if (rc == OK)
        rc = trust_chain(trust, one->x, links, at, ret);
    sk_X509_free(links);
    return rc;
}

static bool chain_is_kept(const struct card_cert *one, int64_t at)
{
    return one->chain != NULL && trust_chain_lasts(one->chain, at);
}

enum err_code cert_chain(
    const struct certs *c, const struct card_cert *one, const struct trust *trust, int64_t at, STACK_OF(X509) **ret)
{
    if (!chain_is_kept(one, at))
        return chain_find(c, one, trust, at, ret);
    *ret = X509_chain_up_ref(one->chain);
    return *ret == NULL ? ERR_NOMEM : OK;
}

static enum cert_reason key_reason(enum key_fit fit)
{
    static const enum cert_reason reasons[] = {[KEY_FITS] = REASON_USABLE,
        [KEY_HIDDEN] = REASON_USABLE,
        [KEY_NONE] = REASON_NO_KEY,
        [KEY_MANY] = REASON_AMBIGUOUS};

    return reasons[fit];
}

/* A chain that had to be found goes to *ret_found (may be NULL), for the caller. */
static enum cert_reason reason_find(const struct certs *c, const struct card_cert *one, const struct trust *trust,
    int64_t now, const char *mask, int64_t *ret_at, STACK_OF(X509) **ret_found)
{
    enum cert_reason reason;

    *ret_at = 0;
    if (one->x == NULL)
        return REASON_UNREADABLE;
    reason = cert_judge(&one->facts, trust_nes(trust), now, mask, ret_at);
    if (reason != REASON_USABLE)
        return reason;
    if (!chain_is_kept(one, now) && chain_find(c, one, trust, now, ret_found) != OK)
        return REASON_UNTRUSTED;
    return key_reason(one->key);
}

enum cert_reason cert_reason_at(const struct certs *c, const struct card_cert *one, const struct trust *trust,
    int64_t now, const char *mask, int64_t *ret_at)
{
    return reason_find(c, one, trust, now, mask, ret_at, NULL);
}

void certs_judge(struct certs *c, const struct trust *trust, int64_t now, const char *mask)
{
    for (size_t i = 0; i < c->n; i++) {
        struct card_cert *one = &c->v[i];
        STACK_OF(X509) *found = NULL;

        one->reason = reason_find(c, one, trust, now, mask, &one->reason_at, &found);
        one->purpose = one->x == NULL ? PURPOSE_UNKNOWN : cert_purpose(&one->facts, trust_nes(trust));
        if (found == NULL)
            continue;
        sk_X509_pop_free(one->chain, X509_free);
        one->chain = found;
    }
}

const struct card_cert *certs_find(const struct certs *c, const uint8_t ref[32])
{
    const struct card_cert *found = NULL;

    for (size_t i = 0; i < c->n; i++) {
        if (memcmp(c->v[i].facts.ref, ref, sizeof c->v[i].facts.ref) != 0)
            continue;
        if (c->v[i].reason == REASON_USABLE)
            return &c->v[i];
        if (found == NULL)
            found = &c->v[i];
    }
    return found;
}
