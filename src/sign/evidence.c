#include "config.h"
#include "sign/evidence.h"

#include <stdlib.h>
#include <string.h>

bool evidence_holds(const struct evidence *e, enum evidence_kind kind, const void *der, size_t len)
{
    for (size_t i = 0; i < e->count; i++)
        if (e->of[i].kind == kind && e->of[i].len == len && memcmp(e->of[i].der, der, len) == 0)
            return true;
    return false;
}

enum err_code evidence_add(struct evidence *e, enum evidence_kind kind, const void *der, size_t len)
{
    if (len == 0)
        return ERR_BAD_REQUEST;
    if (evidence_holds(e, kind, der, len))
        return OK;
    if (e->count == EVIDENCE_MAX)
        return ERR_TOO_BIG;
    uint8_t *copy = malloc(len);
    if (copy == NULL)
        return ERR_NOMEM;
    memcpy(copy, der, len);
    e->of[e->count++] = (struct evidence_item){kind, copy, len};
    return OK;
}

void evidence_done(struct evidence *e)
{
    for (size_t i = 0; i < e->count; i++)
        free(e->of[i].der);
    *e = EVIDENCE_INIT;
}
