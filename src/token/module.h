/* One vendor's PKCS#11 module, opened behind the guard, and pkcs11-helper on top of both. One in a process:
 * pkcs11-helper and the guard are. Never fork while one is open (PKCS#11 sessions would be inherited). */
#ifndef EONAY_TOKEN_MODULE_H
#define EONAY_TOKEN_MODULE_H

#include "base/err.h"
#include "token/guard.h"

struct module;

/* guard_path: our eonay-guard.so. ERR_MODULE_MISSING, _FILE, _ARCH, _PART, _OTHER by what was found in its place;
 * ERR_MODULE_START when it was found and does not start; ERR_MODULE_BAD for anything else. The detail: the system's
 * words, the machine it was made for, the loader's words, the symbol that is missing, the code of C_Initialize. */
enum err_code module_open(
    const char *guard_path, const char *vendor_path, struct module **ret, struct err *err) MUST_CHECK;
void module_close(struct module **m);

const CK_FUNCTION_LIST *module_calls(const struct module *m); /* the guard's list */
const struct guard_api *module_guard(const struct module *m);

#endif
