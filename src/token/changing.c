#include "config.h"
#include "token/changing.h"

#include <stdlib.h>
#include <string.h>
#include "base/when.h"
#include "token/ckr.h"

#define PAD_PATIENCE_MS 15000 /* a pad's "cancelled" after this long was nobody typing: the code is the same */

struct changing {
    const struct module *module;
    struct card card;
    bool login; /* it wants one before C_SetPIN */
};

enum err_code changing_begin(const struct module *m, const struct card *card, struct changing **ret, struct err *err)
{
    struct changing *c = calloc(1, sizeof *c);

    if (c == NULL)
        return err_set(err, ERR_NOMEM, "changing");
    c->module = m;
    c->card = *card;
    *ret = c;
    return OK;
}

void changing_end(struct changing **c)
{
    free(*c);
    *c = NULL;
}

bool changing_waits(const struct changing *c, const struct card *card)
{
    return c->login && card_is(&c->card, card);
}

const struct card *changing_card(const struct changing *c)
{
    return &c->card;
}

/* ---- before the card sees anything ---- */

static bool has_pad(const struct changing *c)
{
    return (c->card.pin_flags & PIN_ON_PAD) != 0;
}

struct limits {
    enum err_code empty, too_short, too_long;
};

static enum err_code length_check(const struct card *card, size_t len, struct limits words)
{
    if (len == 0)
        return words.empty;
    if (len < card->pin_min)
        return words.too_short;
    return card->pin_max > 0 && len > card->pin_max ? words.too_long : OK;
}

static enum err_code pins_check(const struct changing *c, const struct secret *old_pin, const struct secret *new_pin)
{
    enum err_code rc =
        length_check(&c->card, secret_len(old_pin), (struct limits){ERR_PIN_EMPTY, ERR_PIN_SHORT, ERR_PIN_LONG});

    if (rc == OK)
        rc = length_check(
            &c->card, secret_len(new_pin), (struct limits){ERR_NEW_PIN_EMPTY, ERR_NEW_PIN_SHORT, ERR_NEW_PIN_LONG});
    if (rc == OK && !secret_is_digits(new_pin))
        rc = ERR_NEW_PIN_LETTER;
    return rc == OK && secret_same(old_pin, new_pin) ? ERR_NEW_PIN_SAME : rc;
}

static enum err_code change_check(struct changing *c, const struct secret *old_pin, const struct secret *new_pin)
{
    c->card.pin_flags = card_flags(module_calls(c->module), &c->card);
    if ((c->card.pin_flags & PIN_IS_LOCKED) != 0)
        return ERR_PIN_LOCKED;
    return has_pad(c) ? OK : pins_check(c, old_pin, new_pin);
}

/* ---- with the bytes in view: NULL for a pad ---- */

struct act {
    struct changing *c;
    struct secret *new_secret;
    struct guard_pin old_pin, new_pin;
    CK_SESSION_HANDLE session;
    uint64_t began_ms;
    struct err *err;
};

/* The guard remembers the first failure of the act. */
static enum err_code act_failed(struct act *a, CK_RV rv, const char *call, enum err_code (*error_of)(CK_RV))
{
    struct guard_trouble first = module_guard(a->c->module)->trouble();
    enum err_code rc;

    if (first.rv == CKR_OK)
        first = (struct guard_trouble){rv, call};
    (void)ckr_fail(a->err, first);
    rc = error_of(first.rv);
    if (rc == ERR_PIN_UNSURE && strcmp(first.call, "C_SetPIN") != 0) /* it has looked at nothing yet */
        rc = ckr_error(first.rv);
    rc = card_refusal(module_calls(a->c->module), &a->c->card, rc);
    if (rc == ERR_PAD_CANCEL && when_boot_ms() - a->began_ms >= PAD_PATIENCE_MS)
        rc = ERR_PAD_TIME;
    if (a->err != NULL)
        a->err->code = rc;
    return rc;
}

static bool is_let_in(const struct act *a)
{
    CK_SESSION_INFO info;

    return module_calls(a->c->module)->C_GetSessionInfo(a->session, &info) == CKR_OK &&
           (info.state == CKS_RO_USER_FUNCTIONS || info.state == CKS_RW_USER_FUNCTIONS);
}

/* An expired PIN was the right one, and some cards let in who is going to change it. */
static enum err_code login(struct act *a)
{
    const struct guard_api *guard = module_guard(a->c->module);
    CK_RV rv;

    guard->grant(a->c->card.slot, a->old_pin.bytes, a->old_pin.len);
    rv = module_calls(a->c->module)->C_Login(a->session, CKU_USER, NULL, 0);
    guard->revoke();
    if (rv == CKR_OK || (rv == CKR_PIN_EXPIRED && is_let_in(a)))
        return OK;
    return act_failed(a, rv, "C_Login", rv == CKR_PIN_EXPIRED ? ckr_change_error : ckr_error);
}

static enum err_code set_pin(struct act *a)
{
    const struct guard_api *guard = module_guard(a->c->module);
    CK_RV rv;

    guard->grant_change(a->c->card.slot, a->old_pin, a->new_pin);
    rv = module_calls(a->c->module)->C_SetPIN(a->session, NULL, 0, NULL, 0);
    guard->revoke();
    if (rv != CKR_USER_NOT_LOGGED_IN || a->c->login)
        return rv == CKR_OK ? OK : act_failed(a, rv, "C_SetPIN", ckr_change_error);
    a->c->login = true;
    return ckr_fail_as(a->err, ERR_PIN_AGAIN, (struct guard_trouble){rv, "C_SetPIN"});
}

static enum err_code change(struct act *a)
{
    enum err_code rc = a->c->login ? login(a) : OK;

    return rc == OK ? set_pin(a) : rc;
}

static enum err_code on_card(struct act *a)
{
    const CK_FUNCTION_LIST *calls = module_calls(a->c->module);
    enum err_code rc;
    CK_RV rv;

    module_guard(a->c->module)->forget();
    rv = calls->C_OpenSession(a->c->card.slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL, &a->session);
    if (rv != CKR_OK)
        return act_failed(a, rv, "C_OpenSession", ckr_change_error);
    rc = change(a);
    if (rc == ERR_PIN_AGAIN && has_pad(a->c))
        rc = change(a);
    if (a->c->login)
        (void)calls->C_Logout(a->session);
    (void)calls->C_CloseSession(a->session);
    return rc;
}

static enum err_code with_new_pin(void *ctx, const char *pin, size_t len)
{
    struct act *a = ctx;

    a->new_pin = (struct guard_pin){pin, len};
    return on_card(a);
}

static enum err_code with_old_pin(void *ctx, const char *pin, size_t len)
{
    struct act *a = ctx;

    a->old_pin = (struct guard_pin){pin, len};
    return secret_use(a->new_secret, with_new_pin, a);
}

enum err_code changing_pins(struct changing *c, struct secret *old_pin, struct secret *new_pin, struct err *err)
{
    struct act a = {.c = c, .new_secret = new_pin, .began_ms = when_boot_ms(), .err = err};
    enum err_code rc = change_check(c, old_pin, new_pin);

    if (rc != OK)
        (void)err_set(err, rc, "%s", "");
    else
        rc = has_pad(c) ? on_card(&a) : secret_use(old_pin, with_old_pin, &a);
    secret_wipe(old_pin);
    secret_wipe(new_pin);
    if (rc == OK)
        c->card.pin_flags = card_flags(module_calls(c->module), &c->card);
    return rc;
}
