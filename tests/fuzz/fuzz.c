#include "config.h"
#include "fuzz/fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/text.h"

static const struct fuzz_target targets[] = {
#define X(name) {#name, fuzz_##name},
    FUZZ_TARGETS(X)
#undef X
};

const struct fuzz_target *fuzz_target_at(size_t i)
{
    return i < sizeof targets / sizeof targets[0] ? &targets[i] : NULL;
}

const struct fuzz_target *fuzz_target_named(const char *name)
{
    const struct fuzz_target *t;
    for (size_t i = 0; (t = fuzz_target_at(i)) != NULL && strcmp(t->name, name) != 0;)
        i++;
    return t;
}

void fuzz_holds(bool holds, const char *what, const char *file, int line)
{
    if (holds)
        return;
    fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, what);
    abort();
}

bool fuzz_is_clean(const char *s, size_t room)
{
    size_t len = strnlen(s, room);
    if (len == room)
        return false;
    for (size_t at = 0; at < len;) {
        uint32_t cp = utf8_next(s, len, &at);
        bool acts = cp < 0x20 || (cp >= 0x7f && cp < 0xa0) || cp == 0xad || (cp >= 0x200b && cp <= 0x200f) ||
                    (cp >= 0x2028 && cp <= 0x202e) || (cp >= 0x2060 && cp <= 0x206f) || cp == 0xfeff;
        if (cp == UINT32_MAX || acts)
            return false;
    }
    return true;
}
