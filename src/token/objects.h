/* Reading what a card holds, through any PKCS#11 function list, with ceilings: a card is as hostile as a network. */
#ifndef EONAY_TOKEN_OBJECTS_H
#define EONAY_TOKEN_OBJECTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "token/pkcs11.h"

#define OBJECTS_MAX 64 /* of one search; what comes after is not looked at */

struct objects {
    CK_OBJECT_HANDLE v[OBJECTS_MAX];
    size_t n;
};

/* A session and the calls that go with it; borrowed. */
struct card_session {
    const CK_FUNCTION_LIST *calls;
    CK_SESSION_HANDLE handle;
};

/* Every object of a class, and of an identifier when id is not NULL. */
CK_RV objects_find(struct card_session s, CK_OBJECT_CLASS class, const uint8_t *id, size_t id_len, struct objects *ret);

/* False when the object does not have the attribute, hides it, or it is longer than max (of another size). */
bool object_bytes(
    struct card_session s, CK_OBJECT_HANDLE o, CK_ATTRIBUTE_TYPE type, uint8_t *out, size_t max, size_t *ret_len);
bool object_number(struct card_session s, CK_OBJECT_HANDLE o, CK_ATTRIBUTE_TYPE type, CK_ULONG *ret);
bool object_is(struct card_session s, CK_OBJECT_HANDLE o, CK_ATTRIBUTE_TYPE type); /* a true boolean */

#endif
