/* A message catalogue (GNU .mo, made by msgfmt), checked once and then only searched. */
#ifndef EONAY_BASE_CATALOGUE_H
#define EONAY_BASE_CATALOGUE_H

#include <stdint.h>
#include "base/buf.h"
#include "base/err.h"

struct catalogue {
    struct buf file;
    uint32_t count, keys_at, texts_at; /* tables of (length, offset) */
};

/* ERR_FILE, ERR_TOO_BIG past 1 MiB, ERR_PROTOCOL when the file is not a sound catalogue; *c is empty then. */
enum err_code catalogue_load(struct catalogue *c, const char *path, struct err *err) MUST_CHECK;
void catalogue_done(struct catalogue *c);
/* The message of msgid (the first form of a plural), or NULL. Borrowed from the catalogue. */
const char *catalogue_find(const struct catalogue *c, const char *msgid);

#endif
