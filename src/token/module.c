#include "config.h"
#include "token/module.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <stdbool.h>
#include <pkcs11-helper-1.0/pkcs11h-core.h>

#define PROVIDER "eonay"

struct module {
    void *guard_so;
    const struct guard_api *guard;
    CK_FUNCTION_LIST *calls;
    bool helper;
};

/* The library's questions. It is told a stand-in; whether a PIN goes to the card is the guard's affair. */
static PKCS11H_BOOL pin_prompt(void *global, void *user, const pkcs11h_token_id_t token, const unsigned retry,
    char *const pin, const size_t pin_max)
{
    (void)global, (void)user, (void)token;
    if (retry > 0 || pin_max < sizeof GUARD_STAND_IN)
        return FALSE;
    memcpy(pin, GUARD_STAND_IN, sizeof GUARD_STAND_IN);
    return TRUE;
}

static PKCS11H_BOOL key_prompt(void *global, void *user, const pkcs11h_token_id_t token, const char *const label,
    const unsigned retry, char *const pin, const size_t pin_max)
{
    (void)label;
    return pin_prompt(global, user, token, retry, pin, pin_max);
}

static PKCS11H_BOOL token_prompt(void *global, void *user, const pkcs11h_token_id_t token, const unsigned retry)
{
    (void)global, (void)user, (void)token, (void)retry;
    return FALSE;
}

/* The login lasts until we log out: with a "PIN cache" of 0 seconds the library logs out by itself when the clock's
 * second changes between login and signature. There is no PIN in it that could be cached. No slot events: they are
 * threads of the library inside drivers that stand only one; the worker looks for itself. */
static CK_RV helper_start(const char *guard_path)
{
    pkcs11h_hook_key_prompt_t ask = key_prompt;
    CK_RV rv = pkcs11h_initialize();

    if (rv != CKR_OK)
        return rv;
    pkcs11h_setLogLevel(PKCS11H_LOG_QUIET);
    pkcs11h_setForkMode(FALSE);
    pkcs11h_setMaxLoginRetries(1);
    pkcs11h_setProtectedAuthentication(TRUE);
    pkcs11h_setPINCachePeriod(PKCS11H_PIN_CACHE_INFINITE);
    pkcs11h_setTokenPromptHook(token_prompt, NULL);
    pkcs11h_setPINPromptHook(pin_prompt, NULL);
    rv = pkcs11h_setProperty(PKCS11H_PROPERTY_KEY_PROMPT_HOOK, &ask, sizeof ask);
    if (rv == CKR_OK)
        rv = pkcs11h_addProvider(
            PROVIDER, guard_path, TRUE, PKCS11H_PRIVATEMODE_MASK_AUTO, PKCS11H_SLOTEVENT_METHOD_FETCH, 0, FALSE);
    if (rv != CKR_OK)
        (void)pkcs11h_terminate();
    return rv;
}

static enum err_code guard_load(struct module *m, const char *path, struct err *err)
{
    m->guard_so = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (m->guard_so == NULL)
        return err_set(err, ERR_MODULE_BAD, "%s", dlerror());
    m->guard = dlsym(m->guard_so, GUARD_SYMBOL);
    if (m->guard == NULL)
        return err_set(err, ERR_MODULE_BAD, "%s: not the guard", path);
    return OK;
}

static enum err_code fault_code(enum guard_fault fault)
{
    static const enum err_code codes[] = {[GUARD_NO_FILE] = ERR_MODULE_MISSING,
        [GUARD_NO_READ] = ERR_MODULE_BAD,
        [GUARD_NOT_ELF] = ERR_MODULE_FILE,
        [GUARD_OTHER_ARCH] = ERR_MODULE_ARCH,
        [GUARD_NO_LOAD] = ERR_MODULE_PART,
        [GUARD_NO_SYMBOL] = ERR_MODULE_OTHER,
        [GUARD_NO_LIST] = ERR_MODULE_START};

    return codes[fault];
}

static enum err_code vendor_load(struct module *m, const char *guard_path, const char *path, struct err *err)
{
    CK_C_GetFunctionList list;
    char why[200] = "";
    struct guard_trouble trouble;
    enum guard_fault fault = m->guard->open(path, why, sizeof why);
    CK_RV rv;

    if (fault != GUARD_OK)
        return err_set(err, fault_code(fault), "%s", why);
    *(void **)&list = dlsym(m->guard_so, "C_GetFunctionList");
    if (list == NULL || list(&m->calls) != CKR_OK)
        return err_set(err, ERR_MODULE_BAD, "%s: not the guard", guard_path);
    rv = helper_start(guard_path);
    if (rv == CKR_OK)
        return OK;
    trouble = m->guard->trouble();
    if (trouble.rv != CKR_OK)
        rv = trouble.rv;
    return err_set(err, ERR_MODULE_START, "%s: %s: %s (0x%lx)", path, trouble.rv != CKR_OK ? trouble.call : "start",
        pkcs11h_getMessage(rv), rv);
}

enum err_code module_open(const char *guard_path, const char *vendor_path, struct module **ret, struct err *err)
{
    struct module *m = calloc(1, sizeof *m);
    enum err_code rc;

    if (m == NULL)
        return err_set(err, ERR_NOMEM, "module");
    rc = guard_load(m, guard_path, err);
    if (rc == OK)
        rc = vendor_load(m, guard_path, vendor_path, err);
    if (rc != OK) {
        module_close(&m);
        return rc;
    }
    m->helper = true;
    *ret = m;
    return OK;
}

void module_close(struct module **m)
{
    if (*m == NULL)
        return;
    if ((*m)->helper)
        (void)pkcs11h_terminate(); /* logs out, closes sessions, C_Finalize */
    if ((*m)->guard_so != NULL)
        dlclose((*m)->guard_so);
    free(*m);
    *m = NULL;
}

const CK_FUNCTION_LIST *module_calls(const struct module *m)
{
    return m->calls;
}

const struct guard_api *module_guard(const struct module *m)
{
    return m->guard;
}
