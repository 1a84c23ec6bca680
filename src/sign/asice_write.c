/* libzip writes; what it wrote must be the canonical form that asice_read knows. */
#include "config.h"
#include "sign/asice.h"

#include <string.h>
#include <zip.h>
#include "sign/asice_inside.h"

static bool add_entry(zip_t *zip, const char *name, const void *bytes, size_t len)
{
    zip_source_t *source = zip_source_buffer(zip, bytes, len, 0);
    zip_int64_t at = source == NULL ? -1 : zip_file_add(zip, name, source, ZIP_FL_ENC_GUESS);
    if (at < 0) {
        zip_source_free(source);
        return false;
    }
    zip_uint64_t entry = (zip_uint64_t)at;
    return zip_set_file_compression(zip, entry, ZIP_CM_STORE, 0) == 0 &&
           zip_file_set_dostime(zip, entry, ASICE_DOS_TIME, ASICE_DOS_DATE, 0) == 0 &&
           zip_file_set_external_attributes(zip, entry, 0, ASICE_UNIX, ASICE_ATTRIBUTES) == 0;
}

static bool add_entries(zip_t *zip, const struct asice *parts)
{
    bool done = add_entry(zip, asice_entries[0].name, ASICE_TYPE, sizeof ASICE_TYPE - 1);
    for (size_t i = 0; i < ASICE_PARTS && done; i++)
        if (parts->part[i].at != NULL)
            done = add_entry(zip, asice_entries[i + 1].name, parts->part[i].at, parts->part[i].len);
    return done;
}

/* The archive in memory; `memory` stays the caller's. */
static bool write_zip(zip_source_t *memory, const struct asice *parts)
{
    zip_t *zip = zip_open_from_source(memory, ZIP_TRUNCATE, NULL);
    if (zip == NULL)
        return false;
    zip_source_keep(memory); /* closing lets go of it once */
    if (add_entries(zip, parts) && zip_close(zip) == 0)
        return true;
    zip_discard(zip);
    return false;
}

static enum err_code read_out(zip_source_t *memory, struct buf *ret)
{
    uint8_t some[8192];
    zip_int64_t n;
    enum err_code rc = zip_source_open(memory) == 0 ? OK : ERR_INTERNAL;
    if (rc != OK)
        return rc;
    while (rc == OK && (n = zip_source_read(memory, some, sizeof some)) != 0)
        rc = n < 0 ? ERR_INTERNAL : buf_add(ret, some, (size_t)n);
    zip_source_close(memory);
    return rc;
}

static bool says(const struct buf *b, const struct asice *parts, struct err *err)
{
    struct asice again;
    if (asice_read(b->data, b->len, &again, err) != OK)
        return false;
    for (size_t i = 0; i < ASICE_PARTS; i++)
        if (again.part[i].len != parts->part[i].len ||
            (again.part[i].len > 0 && memcmp(again.part[i].at, parts->part[i].at, again.part[i].len) != 0))
            return false;
    return true;
}

enum err_code asice_write(const struct asice *parts, struct buf *ret, struct err *err)
{
    struct buf b = BUF_INIT(ASICE_MAX);
    zip_source_t *memory = zip_source_buffer_create(NULL, 0, 0, NULL);
    if (memory == NULL)
        return err_set(err, ERR_NOMEM, "container");
    enum err_code rc = write_zip(memory, parts) ? read_out(memory, &b) : ERR_INTERNAL;
    if (rc != OK)
        err_set(err, rc, "the container could not be written");
    else if (!says(&b, parts, err))
        rc = err_set(err, ERR_INTERNAL, "the container is not in its canonical form");
    if (rc == OK)
        rc = buf_move(ret, &b);
    zip_source_free(memory);
    buf_done(&b);
    return rc;
}
