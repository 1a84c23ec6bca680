/* A shared object of its own: it may use libc and nothing of ours, keeps no copy of a PIN, and replaces the few entries
 * of the vendor's list that are named at the end of this file. One thread. */
#include "config.h"
#include "token/guard.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include "token/elf.h"

#define ARRAY_LEN(a) (sizeof(a) / sizeof *(a))
#define EXPORT __attribute__((visibility("default")))
#define SLOTS_MAX 64

static CK_FUNCTION_LIST *vendor;
static CK_FUNCTION_LIST ours;
static struct guard_counts counts;
static struct guard_trouble trouble;
static bool somebody_elses; /* it was initialised before we came: not ours to finalise */

static bool pads_hidden;

static struct {
    enum { GRANT_NONE, GRANT_LOGIN, GRANT_CHANGE } what;
    CK_SLOT_ID slot;
    struct guard_pin pin, new_pin;
} granted;

/* Remembers the first failure of an act and hands the code on. */
static CK_RV noted(CK_RV rv, const char *call)
{
    if (rv != CKR_OK && trouble.rv == CKR_OK)
        trouble = (struct guard_trouble){rv, call};
    return rv;
}

/* What is an answer too is handed on without a note. */
static CK_RV noted_but(CK_RV rv, const char *call, const CK_RV *answers, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (answers[i] == rv)
            return rv;
    return noted(rv, call);
}
#define NOTED_BUT(rv, call, ...)                                                                                       \
    noted_but(rv, call, (const CK_RV[]){__VA_ARGS__}, sizeof((const CK_RV[]){__VA_ARGS__}) / sizeof(CK_RV))

/* ---- starting and ending ---- */

/* Several drivers of Turkish cards take no argument but NULL, others insist on being told that locks may be used. */
static CK_RV vendor_initialize(void)
{
    CK_C_INITIALIZE_ARGS args = {.flags = CKF_OS_LOCKING_OK};
    CK_RV rv = vendor->C_Initialize(&args);

    if (rv == CKR_ARGUMENTS_BAD || rv == CKR_CANT_LOCK)
        rv = vendor->C_Initialize(NULL);
    somebody_elses = rv == CKR_CRYPTOKI_ALREADY_INITIALIZED;
    return somebody_elses ? CKR_OK : rv;
}

static CK_RV initialize(void *args)
{
    (void)args;
    return noted(vendor_initialize(), "C_Initialize");
}

static CK_RV finalize(void *reserved)
{
    return somebody_elses ? CKR_OK : vendor->C_Finalize(reserved);
}

static CK_RV reopen(void)
{
    if (somebody_elses)
        return CKR_FUNCTION_NOT_SUPPORTED;
    (void)vendor->C_Finalize(NULL);
    return initialize(NULL);
}

/* ---- slots ---- */

static CK_RV slot_info(CK_SLOT_ID slot, CK_SLOT_INFO *info)
{
    return noted(vendor->C_GetSlotInfo(slot, info), "C_GetSlotInfo");
}

/* The library knows a token by its names, and two cards of one make may share them all: the end of the maker's, which
 * nobody reads, becomes the slot's number. */
static void slot_mark(CK_SLOT_ID slot, CK_TOKEN_INFO *info)
{
    char mark[9];

    snprintf(mark, sizeof mark, "#%07lx", slot & 0xfffffffUL);
    memcpy(info->manufacturerID + sizeof info->manufacturerID - 8, mark, 8);
}

static CK_RV token_info(CK_SLOT_ID slot, CK_TOKEN_INFO *info)
{
    CK_RV rv = NOTED_BUT(vendor->C_GetTokenInfo(slot, info), "C_GetTokenInfo", CKR_TOKEN_NOT_PRESENT);

    if (rv != CKR_OK)
        return rv;
    slot_mark(slot, info);
    if (pads_hidden)
        info->flags &= ~(CK_FLAGS)CKF_PROTECTED_AUTHENTICATION_PATH;
    return CKR_OK;
}

static void without_pads(void)
{
    pads_hidden = true;
}

static CK_RV present_count(const CK_SLOT_ID *all, CK_ULONG n, CK_SLOT_ID *out, CK_ULONG *ret)
{
    CK_ULONG found = 0;

    for (CK_ULONG i = 0; i < n; i++) {
        CK_SLOT_INFO info;

        if (vendor->C_GetSlotInfo(all[i], &info) != CKR_OK || (info.flags & CKF_TOKEN_PRESENT) == 0)
            continue;
        if (out != NULL && found < *ret)
            out[found] = all[i];
        found++;
    }
    if (out != NULL && found > *ret) {
        *ret = found;
        return CKR_BUFFER_TOO_SMALL;
    }
    *ret = found;
    return CKR_OK;
}

/* Some drivers list no slot "with a token" although a card is in: then all slots are listed and each is asked. */
static CK_RV get_slot_list(unsigned char present, CK_SLOT_ID *slots, CK_ULONG *n)
{
    CK_SLOT_ID all[SLOTS_MAX];
    CK_ULONG all_n = ARRAY_LEN(all), room = *n;
    CK_RV rv = vendor->C_GetSlotList(present, slots, n);

    if (rv != CKR_OK || !present || *n > 0)
        return noted(rv, "C_GetSlotList");
    if (vendor->C_GetSlotList(CK_FALSE, NULL, &(CK_ULONG){0}) != CKR_OK)
        return rv;
    if (vendor->C_GetSlotList(CK_FALSE, all, &all_n) != CKR_OK || all_n > ARRAY_LEN(all))
        return rv;
    *n = room;
    return present_count(all, all_n, slots, n);
}

/* ---- the PIN ---- */

static void forget(void)
{
    trouble = (struct guard_trouble){CKR_OK, NULL};
}

static void grant(CK_SLOT_ID slot, const char *pin, size_t len)
{
    granted.what = GRANT_LOGIN;
    granted.slot = slot;
    granted.pin = (struct guard_pin){pin, len};
    forget();
}

static void grant_change(CK_SLOT_ID slot, struct guard_pin old_pin, struct guard_pin new_pin)
{
    granted.what = GRANT_CHANGE;
    granted.slot = slot;
    granted.pin = old_pin;
    granted.new_pin = new_pin;
    forget();
}

static void revoke(void)
{
    memset(&granted, 0, sizeof granted);
}

/* On the card it was granted for? */
static bool is_there(CK_SESSION_HANDLE session, CK_SESSION_INFO *ret_info)
{
    return noted(vendor->C_GetSessionInfo(session, ret_info), "C_GetSessionInfo") == CKR_OK &&
           ret_info->slotID == granted.slot;
}

/* The standard's header knows no const. */
static unsigned char *bytes_of(struct guard_pin pin)
{
    return (unsigned char *)(uintptr_t)pin.bytes;
}

static bool is_logged_in(const CK_SESSION_INFO *info)
{
    return info->state == CKS_RO_USER_FUNCTIONS || info->state == CKS_RW_USER_FUNCTIONS;
}

/* A card that was left logged in by a logout that failed would not look at the PIN. */
static CK_RV login(CK_SESSION_HANDLE session, CK_USER_TYPE user, unsigned char *pin, CK_ULONG len)
{
    struct guard_pin typed = granted.pin;
    CK_SESSION_INFO info;

    (void)pin;
    (void)len;
    if (granted.what != GRANT_LOGIN || user == CKU_SO || !is_there(session, &info)) {
        counts.refused++;
        return GUARD_REFUSED;
    }
    revoke();
    if (user == CKU_USER && is_logged_in(&info))
        (void)vendor->C_Logout(session);
    counts.logins++;
    return noted(vendor->C_Login(session, user, bytes_of(typed), typed.len), "C_Login");
}

static CK_RV set_pin(
    CK_SESSION_HANDLE session, unsigned char *old, CK_ULONG old_len, unsigned char *new, CK_ULONG new_len)
{
    struct guard_pin from = granted.pin, to = granted.new_pin;
    CK_SESSION_INFO info;

    (void)old, (void)old_len, (void)new, (void)new_len;
    if (granted.what != GRANT_CHANGE || !is_there(session, &info)) {
        counts.refused++;
        return GUARD_REFUSED;
    }
    revoke();
    if (vendor->C_SetPIN == NULL)
        return noted(CKR_FUNCTION_NOT_SUPPORTED, "C_SetPIN");
    counts.changes++;
    return noted(vendor->C_SetPIN(session, bytes_of(from), from.len, bytes_of(to), to.len), "C_SetPIN");
}

/* ---- sessions ---- */

/* A session that cannot be closed would fill the card's few one by one, and a card that cannot be logged out would stay
 * open to whoever comes next: then all of its sessions are closed, which logs out too. */
static void slot_quit(CK_SESSION_HANDLE session)
{
    CK_SESSION_INFO info;

    if (vendor->C_GetSessionInfo(session, &info) == CKR_OK && vendor->C_CloseAllSessions != NULL)
        (void)vendor->C_CloseAllSessions(info.slotID);
}

static CK_RV close_session(CK_SESSION_HANDLE session)
{
    CK_RV rv = vendor->C_CloseSession(session);

    if (rv != CKR_OK)
        slot_quit(session);
    return noted(rv, "C_CloseSession");
}

static CK_RV logout(CK_SESSION_HANDLE session)
{
    CK_RV rv = vendor->C_Logout(session);

    if (rv != CKR_OK && rv != CKR_USER_NOT_LOGGED_IN)
        slot_quit(session);
    return rv;
}

/* ---- watched calls ---- */

static CK_RV open_session(CK_SLOT_ID slot, CK_FLAGS flags, void *app, CK_NOTIFY notify, CK_SESSION_HANDLE *ret)
{
    return noted(vendor->C_OpenSession(slot, flags, app, notify, ret), "C_OpenSession");
}

static CK_RV find_init(CK_SESSION_HANDLE session, CK_ATTRIBUTE *wanted, CK_ULONG n)
{
    return noted(vendor->C_FindObjectsInit(session, wanted, n), "C_FindObjectsInit");
}

static CK_RV find(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE *found, CK_ULONG max, CK_ULONG *n)
{
    return noted(vendor->C_FindObjects(session, found, max, n), "C_FindObjects");
}

static CK_RV find_final(CK_SESSION_HANDLE session)
{
    return noted(vendor->C_FindObjectsFinal(session), "C_FindObjectsFinal");
}

static CK_RV get_attributes(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE *wanted, CK_ULONG n)
{
    return NOTED_BUT(vendor->C_GetAttributeValue(session, object, wanted, n), "C_GetAttributeValue",
        CKR_ATTRIBUTE_SENSITIVE, CKR_ATTRIBUTE_TYPE_INVALID, CKR_BUFFER_TOO_SMALL);
}

static CK_RV sign_init(CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
{
    return noted(vendor->C_SignInit(session, mechanism, key), "C_SignInit");
}

/* Some drivers want more room than they fill, or say so by mistake: offered the same once more, they sign. */
static CK_RV sign(CK_SESSION_HANDLE session, unsigned char *data, CK_ULONG len, unsigned char *out, CK_ULONG *out_len)
{
    CK_ULONG room = *out_len;
    CK_RV rv = vendor->C_Sign(session, data, len, out, out_len);

    if (rv == CKR_BUFFER_TOO_SMALL && out != NULL && *out_len <= room) {
        *out_len = room;
        counts.retries++;
        rv = vendor->C_Sign(session, data, len, out, out_len);
    }
    counts.signatures += rv == CKR_OK && out != NULL;
    return noted(rv, "C_Sign");
}

/* ---- what changes a card ---- */

static CK_RV init_token(CK_SLOT_ID slot, unsigned char *pin, CK_ULONG len, unsigned char *label)
{
    (void)slot, (void)pin, (void)len, (void)label;
    return CKR_FUNCTION_NOT_SUPPORTED;
}

static CK_RV init_pin(CK_SESSION_HANDLE session, unsigned char *pin, CK_ULONG len)
{
    (void)session, (void)pin, (void)len;
    return CKR_FUNCTION_NOT_SUPPORTED;
}

/* ---- the list ---- */

EXPORT CK_RV C_GetFunctionList(CK_FUNCTION_LIST **list)
{
    if (vendor == NULL)
        return CKR_GENERAL_ERROR;
    *list = &ours;
    return CKR_OK;
}

static void list_make(void)
{
    ours = *vendor;
    ours.C_GetFunctionList = C_GetFunctionList;
    ours.C_Initialize = initialize;
    ours.C_Finalize = finalize;
    ours.C_GetSlotList = get_slot_list;
    ours.C_GetSlotInfo = slot_info;
    ours.C_GetTokenInfo = token_info;
    ours.C_OpenSession = open_session;
    ours.C_CloseSession = close_session;
    ours.C_Login = login;
    ours.C_Logout = logout;
    ours.C_FindObjectsInit = find_init;
    ours.C_FindObjects = find;
    ours.C_FindObjectsFinal = find_final;
    ours.C_GetAttributeValue = get_attributes;
    ours.C_SignInit = sign_init;
    ours.C_Sign = sign;
    ours.C_InitToken = init_token;
    ours.C_InitPIN = init_pin;
    ours.C_SetPIN = set_pin;
}

/* The first function we cannot do without that the vendor's list leaves out; NULL when it is whole. */
static const char *list_lacks(const CK_FUNCTION_LIST *l)
{
    const struct {
        const char *name;
        bool is;
    } needed[] = {
#define NEEDED(f) {#f, l->f != NULL}
        NEEDED(C_Initialize),
        NEEDED(C_Finalize),
        NEEDED(C_GetInfo),
        NEEDED(C_GetSlotList),
        NEEDED(C_GetSlotInfo),
        NEEDED(C_GetTokenInfo),
        NEEDED(C_OpenSession),
        NEEDED(C_CloseSession),
        NEEDED(C_GetSessionInfo),
        NEEDED(C_Login),
        NEEDED(C_Logout),
        NEEDED(C_GetAttributeValue),
        NEEDED(C_FindObjectsInit),
        NEEDED(C_FindObjects),
        NEEDED(C_FindObjectsFinal),
        NEEDED(C_SignInit),
        NEEDED(C_Sign),
#undef NEEDED
    };

    for (size_t i = 0; i < ARRAY_LEN(needed); i++)
        if (!needed[i].is)
            return needed[i].name;
    return NULL;
}

static enum guard_fault list_take(void *library, char *why, size_t why_len)
{
    CK_C_GetFunctionList get;
    CK_FUNCTION_LIST *list = NULL;
    const char *lacks;
    CK_RV rv;

    *(void **)&get = dlsym(library, "C_GetFunctionList");
    if (get == NULL) {
        snprintf(why, why_len, "no C_GetFunctionList: not a PKCS#11 module");
        return GUARD_NO_SYMBOL;
    }
    rv = get(&list);
    if (rv != CKR_OK || list == NULL || list->version.major < 2) {
        snprintf(why, why_len, "C_GetFunctionList: 0x%lx", rv);
        return GUARD_NO_LIST;
    }
    lacks = list_lacks(list);
    if (lacks != NULL) {
        snprintf(why, why_len, "the module has no %s", lacks);
        return GUARD_NO_SYMBOL;
    }
    vendor = list;
    list_make();
    return GUARD_OK;
}

static enum guard_fault open_vendor(const char *path, char *why, size_t why_len)
{
    enum guard_fault fault = elf_fits(path, why, why_len);
    void *library;

    if (fault != GUARD_OK)
        return fault;
    library = dlopen(path, RTLD_NOW | RTLD_LOCAL); /* never closed: drivers do not survive it */
    if (library == NULL) {
        snprintf(why, why_len, "%s", dlerror());
        return GUARD_NO_LOAD;
    }
    fault = list_take(library, why, why_len);
    if (fault != GUARD_OK)
        dlclose(library);
    return fault;
}

static struct guard_trouble trouble_get(void)
{
    return trouble;
}

static struct guard_counts counts_get(void)
{
    return counts;
}

extern const struct guard_api guard_api;
EXPORT const struct guard_api guard_api = {.open = open_vendor,
    .grant = grant,
    .grant_change = grant_change,
    .revoke = revoke,
    .trouble = trouble_get,
    .forget = forget,
    .counts = counts_get,
    .without_pads = without_pads,
    .reopen = reopen};
