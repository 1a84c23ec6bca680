/* SQLite under the store: connections that keep their statements, rows bound and read in order, and the one writer that
 * groups what waits into one durable commit. */
#ifndef EONAY_SERVICE_LITE_H
#define EONAY_SERVICE_LITE_H

#include <stdbool.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/err.h"
#include "service/keyed.h"

enum sql {
#define SQL(id, text) SQL_##id,
#include "service/store_sqlite.def"
#undef SQL
    SQL_COUNT
};

/* ---- one connection, one thread at a time ---- */
struct lite;
enum err_code lite_open(const char *path, bool writable, struct lite **ret, struct err *err) MUST_CHECK;
void lite_close(struct lite **l);
/* Brings the schema up to the last of `steps` (the number of steps done is the database's user_version). Not writable:
 * only compares. ERR_STORE when the database is newer. */
enum err_code lite_migrate(struct lite *l, const char *const *steps, int count, struct err *err) MUST_CHECK;
int lite_changes(struct lite *l); /* rows the last statement changed */

/* ---- one statement: put the parameters in order, then run or step, then take the columns in order ---- */
struct row {
    struct lite *lite;
    void *stmt;
    int at;
    bool ended;  /* nothing more comes */
    bool failed; /* a misfit or error: remembered until row_end */
};
struct row row_begin(struct lite *l, enum sql id);
void row_put_int(struct row *r, int64_t n);
void row_put_str(struct row *r, const char *s); /* borrowed until row_end */
void row_put_bytes(struct row *r, const void *bytes, size_t len);
void row_put_digest(struct row *r, const struct digest *d);
bool row_next(struct row *r); /* false: no more, or failed */
int64_t row_int(struct row *r);
void row_str(struct row *r, char *out, size_t out_len); /* NULL gives "" */
void row_fill(struct row *r, void *out, size_t len);    /* exactly len bytes; NULL gives zeros */
void row_buf(struct row *r, struct buf *out);           /* appends */
enum err_code row_end(struct row *r) MUST_CHECK;        /* OK or ERR_STORE; the statement is free again */
enum err_code row_run(struct row *r) MUST_CHECK;        /* steps to the end, then row_end */

/* ---- the group of connections ---- */
struct lite_group;
typedef enum err_code lite_work(struct lite *l, void *arg);

/* One writer with its thread when writable, readers as they are needed. */
enum err_code lite_group_new(const char *path, bool writable, const char *const *steps, int count,
    struct lite_group **ret, struct err *err) MUST_CHECK;
void lite_group_free(struct lite_group **g);
enum err_code lite_read(struct lite_group *g, lite_work *work, void *arg) MUST_CHECK;
/* Runs `work` in the writer's thread, in a transaction of its own as far as it can see: anything but OK undoes what it
 * did. Returns when it is durable. What waits while a commit is on its way goes into the next one together; alone
 * nobody waits. */
enum err_code lite_write(struct lite_group *g, lite_work *work, void *arg) MUST_CHECK;
void lite_group_commits(struct lite_group *g, uint64_t *ret_commits, uint64_t *ret_writes);

#endif
