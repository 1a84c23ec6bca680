/* Is a file a shared library this computer can load? The loader calls one of another kind "not found" (glibc), which
 * sends people looking in the wrong place; so we look at its head first. */
#ifndef EONAY_TOKEN_ELF_H
#define EONAY_TOKEN_ELF_H

#include <stddef.h>
#include "token/guard.h"

/* GUARD_OK, GUARD_NO_FILE, GUARD_NO_READ, GUARD_NOT_ELF or GUARD_OTHER_ARCH; `why` names the reason or the machine. */
enum guard_fault elf_fits(const char *path, char *why, size_t why_len);

#endif
