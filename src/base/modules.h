/* Card drivers (PKCS#11 modules) where their makers put them. */
#ifndef EONAY_BASE_MODULES_H
#define EONAY_BASE_MODULES_H

#include <stdbool.h>
#include <stddef.h>
#include "base/err.h"

#define MODULES_FOUND_MAX 8

/* Below `root` ("" for the machine's own): of each maker's usual places the first that is there; OpenSC's only when no
 * maker's is, because two drivers on one card get in each other's way. When there is none at all, the first place of
 * the first maker (Kamu SM's AKIS) is named: who opens it will say that it is not there. The strings are the caller's.
 */
enum err_code modules_find(const char *root, char *ret[MODULES_FOUND_MAX], size_t *ret_n) MUST_CHECK;
/* p11-kit's client, which speaks with a card at another desk; likewise its first place when it is nowhere. */
enum err_code modules_find_client(const char *root, char **ret) MUST_CHECK;
/* Is this the name, without folder, that one of the makers gives a driver? */
bool modules_is_name(const char *file);

#endif
