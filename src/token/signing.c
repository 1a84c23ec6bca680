#include "config.h"
#include "token/signing.h"

#include <stdlib.h>
#include <string.h>
#include <pkcs11-helper-1.0/pkcs11h-certificate.h>
#include <pkcs11-helper-1.0/pkcs11h-token.h>
#include "base/when.h"
#include "sign/cades.h"
#include "token/ckr.h"

#define SIGNATURE_MAX 1024 /* RSA of 8192 bits; drivers differ in what they answer to a question for the length */
#define MECHANISMS_MAX 256
#define PAD_PATIENCE_MS 15000 /* a pad's "cancelled" after this long was nobody typing: the code is the same */

struct signing {
    const struct module *module;
    struct card card;
    struct cades *cades;
    X509 *signer;
    bool began; /* the card was spoken to: sessions may be open */
    bool again; /* the next PIN is for the key, not for the card */
    struct pkcs11h_token_id_s token;
    struct pkcs11h_certificate_id_s id;
    uint8_t key_id[KEY_ID_MAX];
    enum cert_key key;
    bool pss;
};

static void token_name(struct pkcs11h_token_id_s *t, const struct card *c)
{
    memset(t, 0, sizeof *t);
    memcpy(t->manufacturerID, c->manufacturer, sizeof c->manufacturer);
    memcpy(t->model, c->model, sizeof c->model);
    memcpy(t->serialNumber, c->serial, sizeof c->serial);
    memcpy(t->label, c->raw_label, sizeof c->raw_label);
}

/* Only of a card that lists it and no PKCS #1 v1.5: where a driver lists nothing of use the common form stays. */
static bool wants_pss(const struct signing *s)
{
    CK_MECHANISM_TYPE list[MECHANISMS_MAX];
    CK_ULONG n = MECHANISMS_MAX;
    bool plain = false, pss = false;

    if (s->key != CERT_KEY_RSA || module_calls(s->module)->C_GetMechanismList(s->card.slot, list, &n) != CKR_OK)
        return false;
    for (CK_ULONG i = 0; i < n && i < MECHANISMS_MAX; i++) {
        plain |= list[i] == CKM_RSA_PKCS;
        pss |= list[i] == CKM_RSA_PKCS_PSS;
    }
    return pss && !plain;
}

static enum err_code encode(const struct signing *s, STACK_OF(X509) *chain, const struct consent_claim *claim,
    struct cades **ret, struct err *err)
{
    return s->pss ? cades_begin_pss(claim, s->signer, chain, ret, err) : cades_begin(claim, s->signer, chain, ret, err);
}

enum err_code signing_begin(const struct module *m, const struct card *card, const struct card_cert *cert,
    STACK_OF(X509) *chain, const struct consent_claim *claim, struct signing **ret, struct err *err)
{
    struct signing *s = calloc(1, sizeof *s);
    enum err_code rc;

    if (s == NULL)
        return err_set(err, ERR_NOMEM, "signing");
    s->module = m;
    s->card = *card;
    s->key = cert->facts.key;
    s->signer = cert->x;
    X509_up_ref(s->signer);
    token_name(&s->token, card);
    memcpy(s->key_id, cert->id, cert->id_len);
    s->id = (struct pkcs11h_certificate_id_s){
        .token_id = &s->token, .attrCKA_ID = s->key_id, .attrCKA_ID_size = cert->id_len};
    s->pss = wants_pss(s);
    rc = encode(s, chain, claim, &s->cades, err);
    if (rc != OK) {
        signing_end(&s);
        return rc;
    }
    *ret = s;
    return OK;
}

void signing_end(struct signing **s)
{
    if (*s == NULL)
        return;
    if ((*s)->began)
        (void)pkcs11h_logout();
    cades_free(&(*s)->cades);
    X509_free((*s)->signer);
    free(*s);
    *s = NULL;
}

bool signing_waits(const struct signing *s, const struct card_cert *cert)
{
    return s->again && X509_cmp(s->signer, cert->x) == 0;
}

enum err_code signing_renew(
    struct signing *s, STACK_OF(X509) *chain, const struct consent_claim *claim, struct err *err)
{
    struct cades *renewed;
    enum err_code rc = encode(s, chain, claim, &renewed, err);

    if (rc != OK)
        return rc;
    cades_free(&s->cades);
    s->cades = renewed;
    return OK;
}

const struct card *signing_card(const struct signing *s)
{
    return &s->card;
}

bool signing_is_on(const struct signing *s, const struct card *c)
{
    return card_is(&s->card, c);
}

/* ---- before the card sees anything ---- */

static enum err_code pin_fits(const struct signing *s, const struct secret *pin)
{
    size_t len = secret_len(pin);

    if (len == 0)
        return ERR_PIN_EMPTY;
    if (len < s->card.pin_min)
        return ERR_PIN_SHORT;
    return s->card.pin_max > 0 && len > s->card.pin_max ? ERR_PIN_LONG : OK;
}

/* ---- failures ---- */

/* The guard remembers the first failure of the act; what the library answers in the end may be a consequence. */
static enum err_code act_failed(struct signing *s, CK_RV rv, const char *call, struct err *err)
{
    struct guard_trouble first = module_guard(s->module)->trouble();

    return ckr_fail(err, first.rv != CKR_OK ? first : (struct guard_trouble){rv, call});
}

static enum err_code login_failed(struct signing *s, CK_RV rv, uint64_t began_ms, struct err *err)
{
    enum err_code rc = card_refusal(module_calls(s->module), &s->card, act_failed(s, rv, "C_Login", err));

    if (rc == ERR_PAD_CANCEL && when_boot_ms() - began_ms >= PAD_PATIENCE_MS)
        rc = ERR_PAD_TIME;
    if (err != NULL)
        err->code = rc;
    return rc;
}

/* ---- on the card ---- */

/* After login the private key shows itself: there must be one, and it must be the certificate's. */
static enum err_code key_check(struct signing *s, bool *ret_again, struct err *err)
{
    struct card_session at = {.calls = module_calls(s->module)};
    CK_OBJECT_HANDLE key = 0;
    enum key_fit fit;
    CK_RV rv = at.calls->C_OpenSession(s->card.slot, CKF_SERIAL_SESSION, NULL, NULL, &at.handle);

    if (rv != CKR_OK)
        return act_failed(s, rv, "C_OpenSession", err);
    fit = key_private(at, s->key_id, s->id.attrCKA_ID_size, s->signer, &key);
    *ret_again = fit == KEY_FITS && object_is(at, key, CKA_ALWAYS_AUTHENTICATE);
    (void)at.calls->C_CloseSession(at.handle);
    if (fit != KEY_FITS && module_guard(s->module)->trouble().rv != CKR_OK)
        return act_failed(s, CKR_OK, "", err);
    if (fit != KEY_FITS)
        return err_set(err, ERR_CERT_CANNOT, fit == KEY_MANY ? "several keys under one identifier" : "no key for it");
    return OK;
}

static enum err_code key_sign(struct signing *s, struct buf *ret_cms, struct err *err)
{
    pkcs11h_certificate_t key = NULL;
    const uint8_t *data;
    size_t len, signature_len = SIGNATURE_MAX;
    uint8_t signature[SIGNATURE_MAX];
    CK_RSA_PKCS_PSS_PARAMS pss = {CKM_SHA256, CKG_MGF1_SHA256, 32};
    CK_MECHANISM mechanism = {s->key == CERT_KEY_RSA ? CKM_RSA_PKCS : CKM_ECDSA, NULL, 0};
    CK_RV rv;

    if (s->pss)
        mechanism = (CK_MECHANISM){CKM_RSA_PKCS_PSS, &pss, sizeof pss};
    cades_to_sign(s->cades, &data, &len);
    rv = pkcs11h_certificate_create(&s->id, NULL,
        PKCS11H_PROMPT_MASK_ALLOW_PIN_PROMPT | PKCS11H_PROMPT_MASK_ALLOW_KEY_PROMPT, PKCS11H_PIN_CACHE_INFINITE, &key);
    if (rv != CKR_OK)
        return act_failed(s, rv, "session", err);
    rv = pkcs11h_certificate_signAny_ex(key, &mechanism, data, len, signature, &signature_len);
    (void)pkcs11h_certificate_freeCertificate(key);
    if (rv != CKR_OK)
        return act_failed(s, rv, "C_Sign", err);
    return cades_finish(s->cades, signature, signature_len, ret_cms, err);
}

/* ---- with the PIN's bytes in view: NULL for a pad ---- */

struct act {
    struct signing *s;
    struct buf *cms;
    struct err *err;
};

static enum err_code card_login(void *ctx, const char *pin, size_t len)
{
    struct act *a = ctx;
    struct signing *s = a->s;
    uint64_t began_ms = when_boot_ms();
    CK_RV rv;

    module_guard(s->module)->grant(s->card.slot, pin, len);
    rv = pkcs11h_token_login(&s->token, TRUE, pin != NULL ? GUARD_STAND_IN : NULL);
    module_guard(s->module)->revoke();
    return rv == CKR_OK ? OK : login_failed(s, rv, began_ms, a->err);
}

/* The second PIN: the library logs in for the key between C_SignInit and C_Sign. */
static enum err_code key_login_and_sign(void *ctx, const char *pin, size_t len)
{
    struct act *a = ctx;
    struct signing *s = a->s;
    uint64_t began_ms = when_boot_ms();
    struct guard_trouble first;
    enum err_code rc;

    module_guard(s->module)->grant(s->card.slot, pin, len);
    rc = key_sign(s, a->cms, a->err);
    module_guard(s->module)->revoke();
    first = module_guard(s->module)->trouble();
    if (rc != OK && first.call != NULL && strcmp(first.call, "C_Login") == 0)
        rc = login_failed(s, first.rv, began_ms, a->err);
    return rc;
}

static bool has_pad(const struct signing *s)
{
    return (s->card.pin_flags & PIN_ON_PAD) != 0;
}

static enum err_code use_pin(struct act *a, struct secret *pin, enum err_code (*fn)(void *, const char *, size_t))
{
    return has_pad(a->s) ? fn(a, NULL, 0) : secret_use(pin, fn, a);
}

/* ---- the act ---- */

static enum err_code first_pin(struct act *a, struct secret *pin)
{
    enum err_code rc = a->s->card.login ? use_pin(a, pin, card_login) : OK;

    secret_wipe(pin);
    if (rc == OK)
        rc = key_check(a->s, &a->s->again, a->err);
    if (rc != OK)
        return rc;
    if (!a->s->again)
        return key_sign(a->s, a->cms, a->err);
    return has_pad(a->s) ? key_login_and_sign(a, NULL, 0) : err_set(a->err, ERR_PIN_AGAIN, "%s", "");
}

static enum err_code pin_check(struct signing *s, const struct secret *pin)
{
    s->card.pin_flags = card_flags(module_calls(s->module), &s->card);
    if ((s->card.pin_flags & PIN_IS_LOCKED) != 0)
        return ERR_PIN_LOCKED;
    return has_pad(s) ? OK : pin_fits(s, pin);
}

enum err_code signing_pin(struct signing *s, struct secret *pin, struct buf *ret_cms, struct err *err)
{
    struct act a = {s, ret_cms, err};
    enum err_code rc = pin_check(s, pin);

    if (rc != OK) {
        secret_wipe(pin);
        return err_set(err, rc, "%s", "");
    }
    s->began = true;
    return s->again ? use_pin(&a, pin, key_login_and_sign) : first_pin(&a, pin);
}
