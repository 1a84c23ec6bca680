/* PKCS#11 names for this room, from pkcs11-helper's copy of the standard's header. */
#ifndef EONAY_TOKEN_PKCS11_H
#define EONAY_TOKEN_PKCS11_H

#include <pkcs11-helper-1.0/pkcs11.h>

#ifndef CKR_PIN_TOO_WEAK
#define CKR_PIN_TOO_WEAK (0x1b8UL)
#endif

#endif
