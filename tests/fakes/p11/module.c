/* A PKCS#11 module for tests, our own: cards as a script describes them (script.h), with the bad habits of real
 * drivers. It is named in a configuration like any other, with EONAY_FAKE=FOLDER in its environment and the folder
 * among its `writable`; it is never installed. This file: the list of functions, readers and tokens. */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include "fakes/p11/state.h"

#define ARRAY_LEN(a) (sizeof(a) / sizeof *(a))
#define EXPORT __attribute__((visibility("default")))

static const CK_MECHANISM_TYPE mechanisms[] = {CKM_RSA_PKCS, CKM_ECDSA};

/* Fields of fixed width, padded with blanks; what is too long is cut wherever that falls. */
static void field_put(unsigned char *field, size_t width, const char *text)
{
    size_t len = strnlen(text, width);

    memset(field, ' ', width);
    memcpy(field, text, len);
}

__attribute__((constructor)) static void loaded(void)
{
    (void)p11_enter(P11_LOAD);
}

__attribute__((destructor)) static void unloaded(void)
{
    p11_script_free(&p11_now);
    p11_objects_done();
    p11_ledger_unmap(&p11_ledger);
}

/* ---- the whole module ---- */

CK_RV p11_C_Initialize(void *args)
{
    CK_RV rv = p11_enter(P11_C_Initialize);

    if (rv != CKR_OK)
        return rv;
    if (args != NULL)
        p11_count(&p11_ledger->init_args);
    if (args != NULL && (p11_now->habits & P11_INIT_NULL) != 0)
        return CKR_ARGUMENTS_BAD;
    if (p11_initialized)
        return CKR_CRYPTOKI_ALREADY_INITIALIZED;
    p11_initialized = true;
    return (p11_now->habits & P11_INIT_DONE) != 0 ? CKR_CRYPTOKI_ALREADY_INITIALIZED : CKR_OK;
}

CK_RV p11_C_Finalize(void *reserved)
{
    CK_RV rv = p11_enter_started(P11_C_Finalize);

    (void)reserved;
    if (rv != CKR_OK)
        return rv;
    p11_sessions_close(CK_UNAVAILABLE_INFORMATION);
    p11_initialized = false;
    return CKR_OK;
}

CK_RV p11_C_GetInfo(CK_INFO *info)
{
    CK_RV rv = p11_enter_started(P11_C_GetInfo);

    if (rv != CKR_OK)
        return rv;
    memset(info, 0, sizeof *info);
    info->cryptokiVersion.major = 2;
    info->cryptokiVersion.minor = 40;
    field_put(info->manufacturerID, sizeof info->manufacturerID, "TEST");
    field_put(info->libraryDescription, sizeof info->libraryDescription, "TEST: cards of a script");
    return CKR_OK;
}

/* ---- readers ---- */

static bool is_listed(const struct p11_slot *s, bool present)
{
    return !present || (p11_slot_is_full(s) && (p11_now->habits & P11_LIST_EMPTY) == 0);
}

CK_RV p11_C_GetSlotList(unsigned char present, CK_SLOT_ID *slots, CK_ULONG *n)
{
    CK_RV rv = p11_enter_started(P11_C_GetSlotList);
    CK_ULONG found = 0;

    if (rv != CKR_OK)
        return rv;
    for (size_t i = 0; i < p11_now->slot_n; i++)
        if (is_listed(&p11_now->slots[i], present)) {
            if (slots != NULL && found < *n)
                slots[found] = p11_now->slots[i].id;
            found++;
        }
    rv = slots != NULL && found > *n ? CKR_BUFFER_TOO_SMALL : CKR_OK;
    *n = found;
    return rv;
}

CK_RV p11_C_GetSlotInfo(CK_SLOT_ID id, CK_SLOT_INFO *info)
{
    CK_RV rv = p11_enter_started(P11_C_GetSlotInfo);
    const struct p11_slot *s;

    if (rv != CKR_OK)
        return rv;
    s = p11_slot_of(id);
    if (s == NULL)
        return CKR_SLOT_ID_INVALID;
    memset(info, 0, sizeof *info);
    field_put(info->slotDescription, sizeof info->slotDescription, s->name);
    field_put(info->manufacturerID, sizeof info->manufacturerID, "TEST");
    info->flags = CKF_REMOVABLE_DEVICE | CKF_HW_SLOT | (p11_slot_is_full(s) ? CKF_TOKEN_PRESENT : 0);
    return CKR_OK;
}

/* ---- tokens ---- */

static CK_FLAGS pin_flags(const struct p11_token *t)
{
    const struct p11_pin *pin = p11_pin_of(t);
    CK_FLAGS flags = pin->wrong > 0 ? CKF_USER_PIN_COUNT_LOW : 0;

    if (t->tries > 0 && pin->wrong >= t->tries)
        flags |= CKF_USER_PIN_LOCKED;
    else if (pin->wrong + 1 == t->tries)
        flags |= CKF_USER_PIN_FINAL_TRY;
    if ((t->change || t->expired) && pin->changed[0] == '\0')
        flags |= CKF_USER_PIN_TO_BE_CHANGED;
    return flags;
}

static CK_FLAGS token_flags(const struct p11_token *t)
{
    CK_FLAGS flags = CKF_RNG | (t->blank ? 0 : CKF_TOKEN_INITIALIZED | CKF_USER_PIN_INITIALIZED | pin_flags(t));

    if (!t->no_login)
        flags |= CKF_LOGIN_REQUIRED;
    if (t->has_pad)
        flags |= CKF_PROTECTED_AUTHENTICATION_PATH;
    return flags;
}

CK_RV p11_C_GetTokenInfo(CK_SLOT_ID id, CK_TOKEN_INFO *info)
{
    CK_RV rv = p11_enter_started(P11_C_GetTokenInfo);
    const struct p11_slot *s;

    if (rv != CKR_OK)
        return rv;
    s = p11_slot_of(id);
    if (s == NULL || !p11_slot_is_full(s))
        return s == NULL ? CKR_SLOT_ID_INVALID : CKR_TOKEN_NOT_PRESENT;
    if (s->token.unknown)
        return CKR_TOKEN_NOT_RECOGNIZED;
    memset(info, 0, sizeof *info);
    field_put(info->label, sizeof info->label, s->token.label);
    field_put(info->manufacturerID, sizeof info->manufacturerID, s->token.maker);
    field_put(info->model, sizeof info->model, s->token.model);
    field_put(info->serialNumber, sizeof info->serialNumber, s->token.serial);
    info->flags = token_flags(&s->token);
    info->ulMinPinLen = s->token.min;
    info->ulMaxPinLen = s->token.max;
    info->ulTotalPublicMemory = info->ulFreePublicMemory = CK_UNAVAILABLE_INFORMATION;
    info->ulTotalPrivateMemory = info->ulFreePrivateMemory = CK_UNAVAILABLE_INFORMATION;
    return CKR_OK;
}

CK_RV p11_C_GetMechanismList(CK_SLOT_ID id, CK_MECHANISM_TYPE *list, CK_ULONG *n)
{
    CK_RV rv = p11_enter_started(P11_C_GetMechanismList);

    if (rv != CKR_OK)
        return rv;
    if (p11_slot_of(id) == NULL)
        return CKR_SLOT_ID_INVALID;
    rv = list != NULL && *n < ARRAY_LEN(mechanisms) ? CKR_BUFFER_TOO_SMALL : CKR_OK;
    if (list != NULL && rv == CKR_OK)
        memcpy(list, mechanisms, sizeof mechanisms);
    *n = ARRAY_LEN(mechanisms);
    return rv;
}

CK_RV p11_C_GetMechanismInfo(CK_SLOT_ID id, CK_MECHANISM_TYPE type, CK_MECHANISM_INFO *info)
{
    CK_RV rv = p11_enter_started(P11_C_GetMechanismInfo);

    if (rv != CKR_OK)
        return rv;
    if (p11_slot_of(id) == NULL)
        return CKR_SLOT_ID_INVALID;
    for (size_t i = 0; i < ARRAY_LEN(mechanisms); i++)
        if (mechanisms[i] == type) {
            *info = (CK_MECHANISM_INFO){256, 4096, CKF_HW | CKF_SIGN};
            return CKR_OK;
        }
    return CKR_MECHANISM_INVALID;
}

/* ---- the list ---- */

static CK_FUNCTION_LIST list;

EXPORT CK_RV C_GetFunctionList(CK_FUNCTION_LIST **ret)
{
    CK_RV rv = p11_enter(P11_C_GetFunctionList);

    if (rv != CKR_OK)
        return rv;
    memset(&list, 0, sizeof list);
    list.version.major = 2;
    list.version.minor = 40;
    list.C_GetFunctionList = C_GetFunctionList;
#define HAS(name) list.name = p11_now->lacks[P11_##name] ? NULL : p11_##name
    HAS(C_Initialize);
    HAS(C_Finalize);
    HAS(C_GetInfo);
    HAS(C_GetSlotList);
    HAS(C_GetSlotInfo);
    HAS(C_GetTokenInfo);
    HAS(C_GetMechanismList);
    HAS(C_GetMechanismInfo);
    HAS(C_OpenSession);
    HAS(C_CloseSession);
    HAS(C_CloseAllSessions);
    HAS(C_GetSessionInfo);
    HAS(C_Login);
    HAS(C_Logout);
    HAS(C_SetPIN);
    HAS(C_FindObjectsInit);
    HAS(C_FindObjects);
    HAS(C_FindObjectsFinal);
    HAS(C_GetAttributeValue);
    HAS(C_SignInit);
    HAS(C_Sign);
#undef HAS
    *ret = &list;
    return CKR_OK;
}
