/* The guard: eonay-guard.so stands between pkcs11-helper and a card vendor's PKCS#11 module, as a module of its own
 * whose function list is the vendor's with a few entries replaced. Whatever the library above it retries, a card sees
 * at most one C_Login for each typed PIN, and only on the card the PIN was typed for. A change of the PIN is granted
 * likewise: one C_SetPIN for the old and the new one, on one card.
 *
 * The PIN does not pass through the library: what it hands to C_Login is a stand-in, and the guard puts the granted
 * bytes in its place. They are borrowed from the caller's struct secret for the time of one call and never copied.
 *
 * The worker opens the guard with dlopen, takes `guard_api` with dlsym, opens the vendor's module through it and then
 * names the guard's own path to pkcs11-helper, which loads the same object again. Calls that could change a card or
 * spend a try without a grant (C_InitToken, C_InitPIN, C_SetPIN) are refused. */
#ifndef EONAY_TOKEN_GUARD_H
#define EONAY_TOKEN_GUARD_H

#include <stddef.h>
#include <stdint.h>
#include "token/pkcs11.h"

#define GUARD_SYMBOL "guard_api"
#define GUARD_STAND_IN "-" /* what the library is told instead of a PIN */

/* What a refused C_Login or C_SetPIN answers: no code of PKCS#11, so that it is never taken for the card's, and none
 * after which pkcs11-helper tries again. */
#define GUARD_REFUSED (CKR_VENDOR_DEFINED | 0x656f6eUL)

enum guard_fault {
    GUARD_OK,
    GUARD_NO_FILE,    /* missing */
    GUARD_NO_READ,    /* we may not read it */
    GUARD_NOT_ELF,    /* no shared library: a folder, a text */
    GUARD_OTHER_ARCH, /* a shared library of another kind of computer */
    GUARD_NO_LOAD,    /* the loader refused it: words from dlerror */
    GUARD_NO_SYMBOL,  /* no C_GetFunctionList, or a list without a function we need */
    GUARD_NO_LIST     /* C_GetFunctionList failed */
};

/* Of its whole life. */
struct guard_counts {
    uint64_t logins;  /* C_Login that reached the vendor's module */
    uint64_t changes; /* C_SetPIN that did */
    uint64_t refused; /* C_Login and C_SetPIN that did not */
    uint64_t signatures;
    uint64_t retries; /* calls made once more for a driver's habit */
};
struct guard_trouble {
    CK_RV rv;         /* CKR_OK: none */
    const char *call; /* "C_Sign" */
};

struct guard_pin {
    const char *bytes; /* NULL: typed on the reader's own PIN pad */
    size_t len;
};

struct guard_api {
    /* Once. `why` (may be empty) gets words for the help page. */
    enum guard_fault (*open)(const char *vendor_path, char *why, size_t why_len);
    /* Lets the next C_Login on this slot through, once, with these bytes (NULL, 0: the reader's own PIN pad). The bytes
     * stay the caller's and must live until revoke. Forgets the trouble of the act before. */
    void (*grant)(CK_SLOT_ID slot, const char *pin, size_t len);
    /* The same for the next C_SetPIN, and for no C_Login. */
    void (*grant_change)(CK_SLOT_ID slot, struct guard_pin old_pin, struct guard_pin new_pin);
    void (*revoke)(void);
    /* The first call of an act (since the last grant or forget) that failed in the vendor's module: the cause, whatever
     * came after it. An attribute that an object does not have or does not show is no failure, nor is a reader that has
     * become empty when asked for its token. */
    struct guard_trouble (*trouble)(void);
    void (*forget)(void); /* begins an act without a login */
    struct guard_counts (*counts)(void);
    /* From now on no card is said to have a PIN pad: its flag is hidden, and PINs are granted as bytes. */
    void (*without_pads)(void);
    /* C_Finalize and C_Initialize of the vendor's module, for one that no longer sees what is in its readers. No
     * session may be open. CKR_FUNCTION_NOT_SUPPORTED when somebody else in the process had initialised it. */
    CK_RV (*reopen)(void);
};

#endif
