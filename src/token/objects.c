#include "config.h"
#include "token/objects.h"

#define BATCH 16

static CK_RV search_run(struct card_session s, struct objects *found)
{
    CK_ULONG got = 1;
    CK_RV rv = CKR_OK;

    found->n = 0;
    while (rv == CKR_OK && got > 0 && found->n < OBJECTS_MAX) {
        CK_ULONG room = OBJECTS_MAX - found->n < BATCH ? OBJECTS_MAX - found->n : BATCH;

        rv = s.calls->C_FindObjects(s.handle, found->v + found->n, room, &got);
        if (rv == CKR_OK)
            found->n += got < room ? got : room;
    }
    return rv;
}

CK_RV objects_find(struct card_session s, CK_OBJECT_CLASS class, const uint8_t *id, size_t id_len, struct objects *ret)
{
    CK_ATTRIBUTE wanted[] = {
        {CKA_CLASS, &class, sizeof class},
        {CKA_ID, (void *)(uintptr_t)id, id_len}, /* the standard's header knows no const */
    };
    struct objects found;
    CK_RV rv, ended;

    rv = s.calls->C_FindObjectsInit(s.handle, wanted, id == NULL ? 1 : 2);
    if (rv != CKR_OK)
        return rv;
    rv = search_run(s, &found);
    ended = s.calls->C_FindObjectsFinal(s.handle);
    if (rv == CKR_OK && ended == CKR_OK)
        *ret = found;
    return rv != CKR_OK ? rv : ended;
}

/* Two calls, as the standard has it: some drivers answer one with a buffer that is larger than needed by an error.
 * Others find the length they named too small: they are offered all there is. */
bool object_bytes(
    struct card_session s, CK_OBJECT_HANDLE o, CK_ATTRIBUTE_TYPE type, uint8_t *out, size_t max, size_t *ret_len)
{
    CK_ATTRIBUTE a = {type, NULL, 0};
    CK_RV rv;

    if (s.calls->C_GetAttributeValue(s.handle, o, &a, 1) != CKR_OK || a.ulValueLen > max)
        return false; /* "unavailable" is the largest number there is */
    a.pValue = out;
    rv = a.ulValueLen == 0 ? CKR_OK : s.calls->C_GetAttributeValue(s.handle, o, &a, 1);
    if (rv == CKR_BUFFER_TOO_SMALL) {
        a.ulValueLen = max;
        rv = s.calls->C_GetAttributeValue(s.handle, o, &a, 1);
    }
    if (rv != CKR_OK || a.ulValueLen > max)
        return false;
    *ret_len = a.ulValueLen;
    return true;
}

bool object_number(struct card_session s, CK_OBJECT_HANDLE o, CK_ATTRIBUTE_TYPE type, CK_ULONG *ret)
{
    CK_ULONG n;
    CK_ATTRIBUTE a = {type, &n, sizeof n};

    if (s.calls->C_GetAttributeValue(s.handle, o, &a, 1) != CKR_OK || a.ulValueLen != sizeof n)
        return false;
    *ret = n;
    return true;
}

bool object_is(struct card_session s, CK_OBJECT_HANDLE o, CK_ATTRIBUTE_TYPE type)
{
    unsigned char yes = 0;
    CK_ATTRIBUTE a = {type, &yes, sizeof yes};

    return s.calls->C_GetAttributeValue(s.handle, o, &a, 1) == CKR_OK && a.ulValueLen == sizeof yes && yes != 0;
}
