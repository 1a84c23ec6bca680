#include "config.h"

#include "service/lite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sqlite3.h>
#include "service/lite_inside.h"

struct lite {
    sqlite3 *db;
    bool writable;
    sqlite3_stmt *stmts[SQL_COUNT];
};

static const char *const statements[SQL_COUNT] = {
#define SQL(id, text) text,
#include "service/store_sqlite.def"
#undef SQL
};

static enum err_code store_error(struct lite *l, const char *path, struct err *err)
{
    return err_set(err, ERR_STORE, "%s: %s", path, sqlite3_errmsg(l->db));
}

enum err_code lite_open(const char *path, bool writable, struct lite **ret, struct err *err)
{
    /* FULL: an acknowledged commit survives a power cut. secure_delete: what is purged is gone from the file. */
    static const char setup[] = "PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF;"
                                "PRAGMA temp_store=MEMORY;";
    static const char write_setup[] = "PRAGMA journal_mode=WAL; PRAGMA secure_delete=ON;";
    struct lite *l = calloc(1, sizeof *l);
    if (!l)
        return err_set(err, ERR_NOMEM, "store");
    l->writable = writable;
    int flags = (writable ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY) | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    bool ok = sqlite3_open_v2(path, &l->db, flags, NULL) == SQLITE_OK &&
              sqlite3_busy_timeout(l->db, 10000) == SQLITE_OK &&
              sqlite3_db_config(l->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL) == SQLITE_OK &&
              (!writable || sqlite3_exec(l->db, write_setup, NULL, NULL, NULL) == SQLITE_OK) &&
              sqlite3_exec(l->db, setup, NULL, NULL, NULL) == SQLITE_OK;
    if (!ok) {
        store_error(l, path, err);
        lite_close(&l);
        return ERR_STORE;
    }
    *ret = l;
    return OK;
}

void lite_close(struct lite **lite)
{
    struct lite *l = *lite;
    if (!l)
        return;
    for (int i = 0; i < SQL_COUNT; i++)
        sqlite3_finalize(l->stmts[i]);
    sqlite3_close(l->db);
    free(l);
    *lite = NULL;
}

static int read_version(struct lite *l)
{
    sqlite3_stmt *st = NULL;
    int version = -1;
    if (sqlite3_prepare_v2(l->db, "PRAGMA user_version", -1, &st, NULL) == SQLITE_OK && sqlite3_step(st) == SQLITE_ROW)
        version = sqlite3_column_int(st, 0);
    sqlite3_finalize(st);
    return version;
}

static bool run(struct lite *l, const char *sql)
{
    return sqlite3_exec(l->db, sql, NULL, NULL, NULL) == SQLITE_OK;
}

enum err_code lite_migrate(struct lite *l, const char *const *steps, int count, struct err *err)
{
    char set[40];
    if (l->writable && !run(l, "BEGIN IMMEDIATE")) /* two services starting at once take turns */
        return store_error(l, "store", err);
    int version = read_version(l);
    bool ok = version >= 0 && version <= count && (l->writable || version == count);
    for (; ok && version < count; version++) {
        snprintf(set, sizeof set, "PRAGMA user_version=%d", version + 1);
        ok = run(l, steps[version]) && run(l, set);
    }
    if (ok && (!l->writable || run(l, "COMMIT")))
        return OK;
    err_set(err, ERR_STORE, "store: its form is number %d, this program knows up to %d: %s", version, count,
        sqlite3_errmsg(l->db));
    if (l->writable)
        run(l, "ROLLBACK");
    return ERR_STORE;
}

int lite_changes(struct lite *l)
{
    return sqlite3_changes(l->db);
}

/* ---- rows ---- */

struct row row_begin(struct lite *l, enum sql id)
{
    if (!l->stmts[id])
        (void)sqlite3_prepare_v3(l->db, statements[id], -1, SQLITE_PREPARE_PERSISTENT, &l->stmts[id], NULL);
    return (struct row){.lite = l, .stmt = l->stmts[id], .failed = !l->stmts[id]};
}

static void note(struct row *r, int rc)
{
    r->failed = r->failed || rc != SQLITE_OK;
}

void row_put_int(struct row *r, int64_t n)
{
    note(r, sqlite3_bind_int64(r->stmt, ++r->at, n));
}

void row_put_str(struct row *r, const char *s)
{
    note(r, sqlite3_bind_text(r->stmt, ++r->at, s, -1, SQLITE_STATIC));
}

void row_put_bytes(struct row *r, const void *bytes, size_t len)
{
    note(r, sqlite3_bind_blob64(r->stmt, ++r->at, bytes, len, SQLITE_STATIC));
}

void row_put_digest(struct row *r, const struct digest *d)
{
    row_put_bytes(r, d->v, sizeof d->v);
}

bool row_next(struct row *r)
{
    if (r->failed || r->ended) /* stepping on would start it anew */
        return false;
    int rc = sqlite3_step(r->stmt);
    r->at = 0;
    r->ended = rc != SQLITE_ROW;
    r->failed = rc != SQLITE_ROW && rc != SQLITE_DONE;
    return rc == SQLITE_ROW;
}

int64_t row_int(struct row *r)
{
    return sqlite3_column_int64(r->stmt, r->at++);
}

void row_str(struct row *r, char *out, size_t out_len)
{
    const char *s = (const char *)sqlite3_column_text(r->stmt, r->at);
    size_t len = s ? (size_t)sqlite3_column_bytes(r->stmt, r->at) : 0;
    r->at++;
    if (len >= out_len) {
        r->failed = true;
        len = 0;
    }
    memcpy(out, s ? s : "", len);
    out[len] = '\0';
}

void row_fill(struct row *r, void *out, size_t len)
{
    const void *bytes = sqlite3_column_blob(r->stmt, r->at);
    size_t got = (size_t)sqlite3_column_bytes(r->stmt, r->at++);
    memset(out, 0, len);
    if (bytes && got == len)
        memcpy(out, bytes, len);
    else if (bytes)
        r->failed = true;
}

void row_buf(struct row *r, struct buf *out)
{
    const void *bytes = sqlite3_column_blob(r->stmt, r->at);
    size_t len = (size_t)sqlite3_column_bytes(r->stmt, r->at++);
    if (len > 0 && buf_add(out, bytes, len) != OK)
        r->failed = true;
}

enum err_code row_end(struct row *r)
{
    if (r->stmt) {
        sqlite3_reset(r->stmt); /* repeats the step's error, which is noted already */
        sqlite3_clear_bindings(r->stmt);
    }
    return r->failed ? ERR_STORE : OK;
}

enum err_code row_run(struct row *r)
{
    while (row_next(r))
        ;
    return row_end(r);
}

/* ---- for lite_group.c ---- */

bool lite_exec(struct lite *l, const char *sql)
{
    return run(l, sql);
}

bool lite_in_transaction(struct lite *l)
{
    return sqlite3_get_autocommit(l->db) == 0;
}
