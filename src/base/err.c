#include "base/err.h"
#include "base/i18n.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct note notes[] = {
#define NOTE(id, number, slug, kind, said, advice) {ERR_##id, slug, kind, said, advice},
#include "base/notes.def"
#undef NOTE
};
#define NOTES (sizeof notes / sizeof notes[0])

enum err_code err_set(struct err *err, enum err_code code, const char *fmt, ...)
{
    if (err == NULL)
        return code;
    err->code = code;
    va_list ap;
    va_start(ap, fmt);
    if (vsnprintf(err->detail, sizeof err->detail, fmt, ap) < 0)
        err->detail[0] = '\0';
    va_end(ap);
    return code;
}

static const struct note *find(enum err_code code)
{
    for (size_t i = 0; i < NOTES; i++)
        if (notes[i].code == code)
            return &notes[i];
    return NULL;
}

const struct note *note_of(enum err_code code)
{
    const struct note *n = find(code);
    return n != NULL ? n : find(ERR_INTERNAL);
}

enum err_code note_by_slug(const char *slug)
{
    for (size_t i = 0; i < NOTES; i++)
        if (strcmp(notes[i].slug, slug) == 0)
            return notes[i].code;
    return OK;
}

size_t note_count(void)
{
    return NOTES;
}

const struct note *note_at(size_t i)
{
    return &notes[i];
}
