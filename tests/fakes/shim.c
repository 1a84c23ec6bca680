/* A PKCS#11 module for tests: SoftHSM with the bad habits of real drivers, switched on and off while it runs by the
 * words in the file EONAY_SHIM names. What a test wants to count is written line by line to the file EONAY_SHIM_LOG
 * names.
 *
 *   gone             no card in any slot; open sessions answer CKR_DEVICE_REMOVED
 *   list-empty       C_GetSlotList(TRUE) lists nothing, though the slots know better
 *   init-null        C_Initialize takes no argument but NULL
 *   init-done        C_Initialize answers "already initialised"
 *   low last locked  the user PIN's flags
 *   max6             a PIN has at most six bytes
 *   pad              the reader has keys of its own: C_Login(NULL) logs in with EONAY_SHIM_PIN
 *   login=HEX sign=HEX sign-init=HEX    the call answers this code and does nothing */
#include "config.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <pkcs11-helper-1.0/pkcs11.h>

#define EXPORT __attribute__((visibility("default")))

static CK_FUNCTION_LIST *real;
static CK_FUNCTION_LIST list;

static void words_read(char out[512])
{
    const char *path = getenv("EONAY_SHIM");
    int fd = path == NULL ? -1 : open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? 0 : read(fd, out + 1, 509);

    if (fd >= 0)
        close(fd);
    out[0] = ' ';
    out[n < 0 ? 1 : n + 1] = ' ';
    out[n < 0 ? 2 : n + 2] = '\0';
}

static const char *word_find(char words[512], const char *word)
{
    char wanted[64];
    char *at;

    words_read(words);
    snprintf(wanted, sizeof wanted, " %s", word);
    at = strstr(words, wanted);
    return at == NULL ? NULL : at + strlen(wanted);
}

static bool is(const char *word)
{
    char words[512];
    const char *end = word_find(words, word);

    return end != NULL && *end == ' ';
}

/* The code of "word=HEX"; CKR_OK when the word is not there. */
static CK_RV told(const char *word)
{
    char words[512];
    const char *end = word_find(words, word);

    return end != NULL && *end == '=' ? strtoul(end + 1, NULL, 16) : CKR_OK;
}

static void count(const char *line)
{
    const char *path = getenv("EONAY_SHIM_LOG");
    int fd = path == NULL ? -1 : open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

    if (fd < 0)
        return;
    (void)!write(fd, line, strlen(line));
    close(fd);
}

static CK_RV initialize(void *args)
{
    CK_RV rv;

    count(args == NULL ? "init-null\n" : "init\n");
    if (is("init-null") && args != NULL)
        return CKR_ARGUMENTS_BAD;
    rv = real->C_Initialize(NULL);
    return is("init-done") ? CKR_CRYPTOKI_ALREADY_INITIALIZED : rv;
}

static CK_RV finalize(void *reserved)
{
    count("finalize\n");
    return real->C_Finalize(reserved);
}

static CK_RV slot_list(unsigned char present, CK_SLOT_ID *slots, CK_ULONG *n)
{
    CK_RV rv = real->C_GetSlotList(present, slots, n);

    if (rv == CKR_OK && present && (is("gone") || is("list-empty")))
        *n = 0;
    return rv;
}

static CK_RV slot_info(CK_SLOT_ID slot, CK_SLOT_INFO *info)
{
    CK_RV rv = real->C_GetSlotInfo(slot, info);

    if (rv == CKR_OK && is("gone"))
        info->flags &= ~(CK_FLAGS)CKF_TOKEN_PRESENT;
    return rv;
}

static CK_RV token_info(CK_SLOT_ID slot, CK_TOKEN_INFO *info)
{
    static const struct {
        const char *word;
        CK_FLAGS flag;
    } flags[] = {
        {"low", CKF_USER_PIN_COUNT_LOW},
        {"last", CKF_USER_PIN_FINAL_TRY},
        {"locked", CKF_USER_PIN_LOCKED},
        {"pad", CKF_PROTECTED_AUTHENTICATION_PATH},
    };
    CK_RV rv = is("gone") ? CKR_TOKEN_NOT_PRESENT : real->C_GetTokenInfo(slot, info);

    for (size_t i = 0; rv == CKR_OK && i < sizeof flags / sizeof *flags; i++)
        if (is(flags[i].word))
            info->flags |= flags[i].flag;
    if (rv == CKR_OK && is("max6"))
        info->ulMaxPinLen = 6;
    return rv;
}

static CK_RV open_session(CK_SLOT_ID slot, CK_FLAGS flags, void *app, CK_NOTIFY notify, CK_SESSION_HANDLE *ret)
{
    return is("gone") ? CKR_TOKEN_NOT_PRESENT : real->C_OpenSession(slot, flags, app, notify, ret);
}

static CK_RV login(CK_SESSION_HANDLE session, CK_USER_TYPE user, unsigned char *pin, CK_ULONG len)
{
    char *typed = getenv("EONAY_SHIM_PIN");

    count(user == CKU_CONTEXT_SPECIFIC ? "login-key\n" : "login\n");
    if (is("gone"))
        return CKR_DEVICE_REMOVED;
    if (told("login") != CKR_OK)
        return told("login");
    if (pin == NULL && is("pad") && typed != NULL)
        return real->C_Login(session, user, (unsigned char *)typed, strlen(typed));
    return real->C_Login(session, user, pin, len);
}

static CK_RV logout(CK_SESSION_HANDLE session)
{
    count("logout\n");
    return real->C_Logout(session);
}

static CK_RV sign_init(CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
{
    return told("sign-init") != CKR_OK ? told("sign-init") : real->C_SignInit(session, mechanism, key);
}

static CK_RV sign(CK_SESSION_HANDLE session, unsigned char *data, CK_ULONG len, unsigned char *out, CK_ULONG *out_len)
{
    count("sign\n");
    if (is("gone"))
        return CKR_DEVICE_REMOVED;
    return told("sign") != CKR_OK ? told("sign") : real->C_Sign(session, data, len, out, out_len);
}

EXPORT CK_RV C_GetFunctionList(CK_FUNCTION_LIST **ret)
{
    void *library = dlopen(getenv("EONAY_SHIM_REAL"), RTLD_NOW | RTLD_LOCAL);
    CK_C_GetFunctionList get;

    *(void **)&get = library == NULL ? NULL : dlsym(library, "C_GetFunctionList");
    if (get == NULL || get(&real) != CKR_OK)
        return CKR_GENERAL_ERROR;
    list = *real;
    list.C_Initialize = initialize;
    list.C_Finalize = finalize;
    list.C_GetSlotList = slot_list;
    list.C_GetSlotInfo = slot_info;
    list.C_GetTokenInfo = token_info;
    list.C_OpenSession = open_session;
    list.C_Login = login;
    list.C_Logout = logout;
    list.C_SignInit = sign_init;
    list.C_Sign = sign;
    *ret = &list;
    return CKR_OK;
}
