/* Sessions and the PIN. */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include "fakes/p11/state.h"

CK_RV p11_C_OpenSession(CK_SLOT_ID id, CK_FLAGS flags, void *app, CK_NOTIFY notify, CK_SESSION_HANDLE *ret)
{
    CK_RV rv = p11_enter_started(P11_C_OpenSession);
    static CK_SESSION_HANDLE handles;
    const struct p11_slot *s;

    (void)app, (void)notify;
    if (rv != CKR_OK)
        return rv;
    s = p11_slot_of(id);
    if (s == NULL || !p11_slot_is_full(s))
        return s == NULL ? CKR_SLOT_ID_INVALID : CKR_TOKEN_NOT_PRESENT;
    if (s->token.unknown)
        return CKR_TOKEN_NOT_RECOGNIZED;
    if ((flags & CKF_SERIAL_SESSION) == 0)
        return CKR_SESSION_PARALLEL_NOT_SUPPORTED;
    for (size_t i = 0; i < P11_SESSIONS; i++)
        if (p11_sessions[i].handle == 0 || p11_sessions[i].removed) {
            p11_sessions[i] = (struct p11_session){.handle = ++handles, .slot = id, .flags = flags};
            *ret = handles;
            return CKR_OK;
        }
    return CKR_SESSION_COUNT;
}

static bool is_last_of(CK_SLOT_ID slot)
{
    for (size_t i = 0; i < P11_SESSIONS; i++)
        if (p11_sessions[i].handle != 0 && !p11_sessions[i].removed && p11_sessions[i].slot == slot)
            return false;
    return true;
}

CK_RV p11_C_CloseSession(CK_SESSION_HANDLE session)
{
    CK_RV rv = p11_enter_started(P11_C_CloseSession);
    struct p11_session *s;
    CK_SLOT_ID slot;

    if (rv != CKR_OK)
        return rv;
    s = p11_session_of(session, &rv);
    if (s == NULL)
        return rv;
    slot = s->slot;
    memset(s, 0, sizeof *s);
    if (is_last_of(slot))
        p11_log_out(slot);
    return CKR_OK;
}

CK_RV p11_C_CloseAllSessions(CK_SLOT_ID slot)
{
    CK_RV rv = p11_enter_started(P11_C_CloseAllSessions);

    if (rv == CKR_OK)
        p11_sessions_close(slot);
    return rv;
}

CK_RV p11_C_GetSessionInfo(CK_SESSION_HANDLE session, CK_SESSION_INFO *info)
{
    CK_RV rv = p11_enter_started(P11_C_GetSessionInfo);
    const struct p11_session *s;

    if (rv != CKR_OK)
        return rv;
    s = p11_session_of(session, &rv);
    if (s == NULL)
        return rv;
    memset(info, 0, sizeof *info);
    info->slotID = s->slot;
    info->flags = s->flags;
    info->state = p11_logged_in(p11_slot_of(s->slot)) ? CKS_RO_USER_FUNCTIONS : CKS_RO_PUBLIC_SESSION;
    return CKR_OK;
}

/* ---- the PIN ---- */

static const char *pin_of(const struct p11_token *t)
{
    const struct p11_pin *p = p11_pin_of(t);

    return p->changed[0] != '\0' ? p->changed : t->pin;
}

static bool is_pin(const struct p11_token *t, const unsigned char *pin, CK_ULONG len)
{
    const char *right = pin_of(t);

    return len == strlen(right) && memcmp(pin, right, len) == 0;
}

static CK_RV pin_try(const struct p11_token *t, const unsigned char *pin, CK_ULONG len)
{
    struct p11_pin *state = p11_pin_of(t);

    if (t->tries > 0 && state->wrong >= t->tries)
        return CKR_PIN_LOCKED;
    if (len < t->min || len > t->max)
        return CKR_PIN_LEN_RANGE;
    if (is_pin(t, pin, len)) {
        state->wrong = 0;
        return t->expired && state->changed[0] == '\0' ? CKR_PIN_EXPIRED : CKR_OK;
    }
    state->wrong++;
    return t->tries > 0 && state->wrong >= t->tries ? CKR_PIN_LOCKED : CKR_PIN_INCORRECT;
}

/* On a reader with keys of its own nobody else may bring a PIN, or the computer may as well. */
static CK_RV pad_try(const struct p11_token *t, const unsigned char *pin, CK_ULONG len)
{
    if (pin != NULL)
        return t->open_pad ? pin_try(t, pin, len) : CKR_ARGUMENTS_BAD;
    if (strcmp(t->pad, "cancel") == 0)
        return CKR_FUNCTION_CANCELED;
    return pin_try(t, (const unsigned char *)t->pad, strlen(t->pad));
}

static void login_count(CK_USER_TYPE user)
{
    p11_count(user == CKU_CONTEXT_SPECIFIC ? &p11_ledger->key_logins : &p11_ledger->card_logins);
}

static CK_RV login_do(struct p11_session *s, CK_USER_TYPE user, const unsigned char *pin, CK_ULONG len)
{
    const struct p11_slot *slot = p11_slot_of(s->slot);
    CK_RV rv;

    if (user == CKU_SO)
        return CKR_USER_TYPE_INVALID;
    if (user == CKU_CONTEXT_SPECIFIC && s->signs == NULL)
        return CKR_OPERATION_NOT_INITIALIZED;
    if (user == CKU_USER && p11_logged_in(slot))
        return CKR_USER_ALREADY_LOGGED_IN;
    if (pin == NULL && !slot->token.has_pad)
        return CKR_ARGUMENTS_BAD;
    rv = slot->token.has_pad ? pad_try(&slot->token, pin, len) : pin_try(&slot->token, pin, len);
    if (rv == CKR_OK && user == CKU_CONTEXT_SPECIFIC)
        s->key_login_due = false;
    else if (rv == CKR_OK || (rv == CKR_PIN_EXPIRED && slot->token.login_first)) /* let in to change it */
        p11_log_in(s->slot);
    return rv;
}

CK_RV p11_C_Login(CK_SESSION_HANDLE session, CK_USER_TYPE user, unsigned char *pin, CK_ULONG len)
{
    CK_RV rv = p11_enter_started(P11_C_Login);
    struct p11_session *s;

    login_count(user);
    if (rv != CKR_OK)
        return rv;
    s = p11_session_of(session, &rv);
    return s == NULL ? rv : login_do(s, user, pin, len);
}

CK_RV p11_C_Logout(CK_SESSION_HANDLE session)
{
    CK_RV rv = p11_enter_started(P11_C_Logout);
    const struct p11_session *s;

    if (rv != CKR_OK)
        return rv;
    s = p11_session_of(session, &rv);
    if (s == NULL)
        return rv;
    if (!p11_logged_in(p11_slot_of(s->slot)))
        return CKR_USER_NOT_LOGGED_IN;
    p11_log_out(s->slot);
    return CKR_OK;
}

static CK_RV pin_change(
    const struct p11_token *t, const unsigned char *old, CK_ULONG old_len, const unsigned char *new, CK_ULONG new_len)
{
    struct p11_pin *state = p11_pin_of(t);
    CK_RV rv;

    if (new_len < t->min || new_len > t->max || new_len >= sizeof state->changed)
        return CKR_PIN_LEN_RANGE;
    rv = pin_try(t, old, old_len);
    if (rv != CKR_OK && rv != CKR_PIN_EXPIRED)
        return rv;
    memcpy(state->changed, new, new_len);
    state->changed[new_len] = '\0';
    return CKR_OK;
}

/* A pad takes the old and the new one by itself; what is typed there is the script's PIN turned round. */
static CK_RV pad_change(const struct p11_token *t, const unsigned char *old, const unsigned char *new)
{
    char turned[sizeof t->pad];
    size_t len = strlen(t->pad);

    if (old != NULL || new != NULL)
        return CKR_ARGUMENTS_BAD;
    if (strcmp(t->pad, "cancel") == 0)
        return CKR_FUNCTION_CANCELED;
    for (size_t i = 0; i < len; i++)
        turned[i] = t->pad[len - 1 - i];
    return pin_change(t, (const unsigned char *)t->pad, len, (unsigned char *)turned, len);
}

CK_RV p11_C_SetPIN(
    CK_SESSION_HANDLE session, unsigned char *old, CK_ULONG old_len, unsigned char *new, CK_ULONG new_len)
{
    CK_RV rv = p11_enter_started(P11_C_SetPIN);
    const struct p11_session *s;
    const struct p11_token *t;

    if (rv != CKR_OK)
        return rv;
    s = p11_session_of(session, &rv);
    if (s == NULL)
        return rv;
    if ((s->flags & CKF_RW_SESSION) == 0)
        return CKR_SESSION_READ_ONLY;
    t = &p11_slot_of(s->slot)->token;
    if (t->login_first && !p11_logged_in(p11_slot_of(s->slot)))
        return CKR_USER_NOT_LOGGED_IN;
    if (t->has_pad && !(t->open_pad && old != NULL))
        return pad_change(t, old, new);
    return old == NULL || new == NULL ? CKR_ARGUMENTS_BAD : pin_change(t, old, old_len, new, new_len);
}
