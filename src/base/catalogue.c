#include "base/catalogue.h"

#include <string.h>

#define CATALOGUE_MAX (1u << 20)
#define MAGIC 0x950412deu
#define ROW 8 /* u32 length, u32 offset */

static uint32_t u32_at(const struct catalogue *c, size_t at)
{
    const uint8_t *p = c->file.data + at;
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* Every string of the table lies in the file and ends with a NUL. */
static bool table_is_sound(const struct catalogue *c, uint32_t table_at)
{
    size_t size = c->file.len;
    if (table_at > size || c->count > (size - table_at) / ROW)
        return false;
    for (uint32_t i = 0; i < c->count; i++) {
        size_t len = u32_at(c, table_at + i * ROW), at = u32_at(c, table_at + i * ROW + 4);
        if (at >= size || len >= size - at || c->file.data[at + len] != '\0')
            return false;
    }
    return true;
}

static const char *string_at(const struct catalogue *c, uint32_t table_at, uint32_t i)
{
    return (const char *)c->file.data + u32_at(c, table_at + i * ROW + 4);
}

static bool is_sound(struct catalogue *c)
{
    if (c->file.len < 20 || u32_at(c, 0) != MAGIC)
        return false;
    c->count = u32_at(c, 8);
    c->keys_at = u32_at(c, 12);
    c->texts_at = u32_at(c, 16);
    return table_is_sound(c, c->keys_at) && table_is_sound(c, c->texts_at);
}

enum err_code catalogue_load(struct catalogue *c, const char *path, struct err *err)
{
    *c = (struct catalogue){.file = BUF_INIT(CATALOGUE_MAX)};
    enum err_code code = buf_read_file(&c->file, path, err);
    if (code == OK && !is_sound(c))
        code = err_set(err, ERR_PROTOCOL, "%s: not a message catalogue", path);
    if (code != OK)
        catalogue_done(c);
    return code;
}

void catalogue_done(struct catalogue *c)
{
    buf_done(&c->file);
    c->count = 0;
}

const char *catalogue_find(const struct catalogue *c, const char *msgid)
{
    uint32_t low = 0, high = c->count; /* msgfmt sorts the keys by strcmp */
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = strcmp(msgid, string_at(c, c->keys_at, middle));
        if (order == 0)
            return string_at(c, c->texts_at, middle);
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}
