/* The store on SQLite: schema and operations (statements: store_sqlite.def; connections and the writer: lite.h). */
#include "config.h"

#include "service/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <openssl/rand.h>
#include "base/fd.h"
#include "service/lite.h"
#include "service/store_inside.h"

/* Numbered migrations: only ever append. */
static const char *const migrations[] = {
    "CREATE TABLE meta(name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE TABLE login("
    "  token BLOB PRIMARY KEY, state BLOB NOT NULL UNIQUE, verifier TEXT NOT NULL, standing INTEGER NOT NULL,"
    "  person BLOB, tckn TEXT, name TEXT, expires INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE INDEX login_expires ON login(expires);"
    "CREATE TABLE text(sha256 BLOB PRIMARY KEY, content BLOB NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE TABLE request("
    "  id INTEGER PRIMARY KEY, standing INTEGER NOT NULL, code BLOB NOT NULL UNIQUE,"
    "  text BLOB NOT NULL REFERENCES text(sha256), person BLOB NOT NULL, tckn TEXT NOT NULL, name TEXT NOT NULL,"
    "  created INTEGER NOT NULL, expires INTEGER NOT NULL, extensions INTEGER NOT NULL,"
    "  nonce BLOB, token BLOB UNIQUE, content_id BLOB, opened INTEGER NOT NULL DEFAULT 0,"
    "  closes INTEGER NOT NULL DEFAULT 0) STRICT;"
    "CREATE INDEX request_person ON request(person, created);"
    "CREATE TABLE refusal("
    "  request INTEGER NOT NULL REFERENCES request(id) ON DELETE CASCADE, signature BLOB NOT NULL, rule TEXT NOT NULL,"
    "  PRIMARY KEY(request, signature)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE sequence(year INTEGER PRIMARY KEY, last INTEGER NOT NULL) STRICT;"
    "CREATE TABLE consent("
    "  number TEXT PRIMARY KEY, standing INTEGER NOT NULL, request INTEGER NOT NULL UNIQUE REFERENCES request(id),"
    "  person BLOB NOT NULL, tckn TEXT NOT NULL, name TEXT NOT NULL, text BLOB NOT NULL REFERENCES text(sha256),"
    "  signature BLOB NOT NULL UNIQUE, cms BLOB NOT NULL, accepted INTEGER NOT NULL, settled INTEGER NOT NULL,"
    "  rule TEXT NOT NULL, next_check INTEGER NOT NULL, checks INTEGER NOT NULL) STRICT;"
    "CREATE UNIQUE INDEX consent_one_a_person ON consent(person) WHERE standing IN (0,1);"
    "CREATE INDEX consent_due ON consent(next_check) WHERE standing=0;",
    /* file NULL: as received; due NULL: never */
    "CREATE TABLE evidence("
    "  number TEXT PRIMARY KEY REFERENCES consent(number) ON DELETE CASCADE, level INTEGER NOT NULL,"
    "  revision INTEGER NOT NULL, tries INTEGER NOT NULL, due INTEGER, file BLOB) STRICT;"
    "CREATE INDEX evidence_due ON evidence(level, due);"
    "INSERT INTO evidence SELECT number,0,0,0,iif(standing=2,NULL,accepted),NULL FROM consent;"
    "CREATE TABLE pace(url TEXT PRIMARY KEY, failures INTEGER NOT NULL, not_before INTEGER NOT NULL)"
    "  STRICT, WITHOUT ROWID;"
    "CREATE TABLE asked(url TEXT NOT NULL, minute INTEGER NOT NULL, times INTEGER NOT NULL, PRIMARY KEY(url, minute))"
    "  STRICT, WITHOUT ROWID;",
    /* The ledger. number and random are gone once a person's data was erased. */
    "CREATE TABLE ledger_leaf("
    "  idx INTEGER PRIMARY KEY, leaf BLOB NOT NULL UNIQUE, entered INTEGER NOT NULL,"
    "  number TEXT UNIQUE REFERENCES consent(number), random BLOB) STRICT;"
    "CREATE TABLE ledger_node("
    "  level INTEGER NOT NULL, idx INTEGER NOT NULL, hash BLOB NOT NULL, PRIMARY KEY(level, idx)) STRICT, WITHOUT "
    "ROWID;"
    "CREATE TABLE ledger_cert(id INTEGER PRIMARY KEY, der BLOB NOT NULL UNIQUE) STRICT;"
    "CREATE TABLE ledger_head("
    "  size INTEGER PRIMARY KEY, root BLOB NOT NULL, time INTEGER NOT NULL, signature BLOB NOT NULL,"
    "  cert INTEGER NOT NULL REFERENCES ledger_cert(id)) STRICT;"
    "CREATE TABLE ledger_lease(one INTEGER PRIMARY KEY CHECK(one=1), holder BLOB NOT NULL, until INTEGER NOT NULL)"
    "  STRICT;",
    "CREATE TABLE receipt_code("
    "  number TEXT PRIMARY KEY REFERENCES consent(number) ON DELETE CASCADE, code BLOB NOT NULL UNIQUE,"
    "  expires INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE INDEX receipt_code_expires ON receipt_code(expires);",
};
#define MIGRATIONS ((int)(sizeof migrations / sizeof migrations[0]))

/* ---- life ---- */

static enum err_code read_key(struct lite *l, void *arg)
{
    struct store *s = arg;
    struct row r = row_begin(l, SQL_META_GET);
    row_put_str(&r, "key");
    bool found = row_next(&r);
    if (found)
        row_fill(&r, s->key, sizeof s->key);
    enum err_code e = row_end(&r);
    return e == OK && !found ? ERR_NOT_FOUND : e;
}

static enum err_code make_key(struct lite *l, void *arg)
{
    uint8_t key[DIGEST_LEN];
    enum err_code e = read_key(l, arg); /* another service may have been quicker */
    if (e != ERR_NOT_FOUND)
        return e;
    if (RAND_bytes(key, sizeof key) != 1)
        return ERR_CRYPTO;
    struct row r = row_begin(l, SQL_META_ADD);
    row_put_str(&r, "key");
    row_put_bytes(&r, key, sizeof key);
    return row_run(&r);
}

static enum err_code begin(struct lite *l, void *arg)
{
    enum err_code e = make_key(l, arg);
    return e == OK ? ledger_adopt(l) : e;
}

/* SQLite would make the file for everyone to read. */
static enum err_code touch(const char *path, enum store_use use, struct err *err)
{
    int fd = open(path, use == STORE_SERVE ? O_RDWR | O_CREAT | O_CLOEXEC : O_RDONLY | O_CLOEXEC, 0600);
    if (fd < 0)
        return err_set(err, ERR_FILE, "%s: %s", path, strerror(errno));
    fd_close(&fd);
    return OK;
}

enum err_code store_open(const char *path, enum store_use use, struct store **ret, struct err *err)
{
    struct store *s = NULL;
    enum err_code e = touch(path, use, err);
    if (e != OK)
        return e;
    if (!(s = calloc(1, sizeof *s)))
        return err_set(err, ERR_NOMEM, "store");
    e = lite_group_new(path, use == STORE_SERVE, migrations, MIGRATIONS, &s->group, err);
    if (e == OK && use == STORE_SERVE && (e = lite_write(s->group, begin, s)) != OK)
        err_set(err, e, "%s: the service's key could not be written, or the ledger not be begun", path);
    if (e == OK && (e = lite_read(s->group, read_key, s)) != OK)
        err_set(err, e, "%s: the service's key is missing", path);
    if (e != OK)
        store_close(&s);
    else
        *ret = s;
    return e;
}

void store_close(struct store **store)
{
    struct store *s = *store;
    if (!s)
        return;
    lite_group_free(&s->group);
    free(s);
    *store = NULL;
}

void store_key(const struct store *s, uint8_t out[DIGEST_LEN])
{
    memcpy(out, s->key, DIGEST_LEN);
}

void store_commits(struct store *s, uint64_t *ret_commits, uint64_t *ret_writes)
{
    lite_group_commits(s->group, ret_commits, ret_writes);
}

/* ---- pieces the others use ---- */

void read_person(struct row *r, struct person *p)
{
    row_fill(r, p->digest.v, sizeof p->digest.v);
    row_str(r, p->tckn, sizeof p->tckn);
    row_str(r, p->name, sizeof p->name);
}

void put_person(struct row *r, const struct person *p)
{
    row_put_digest(r, &p->digest);
    row_put_str(r, p->tckn);
    row_put_str(r, p->name);
}

enum err_code run_changing(struct lite *l, struct row *r, enum err_code none)
{
    enum err_code e = row_run(r);
    return e == OK && lite_changes(l) == 0 ? none : e;
}

enum err_code row_end_found(struct row *r, bool found)
{
    enum err_code e = row_run(r); /* a RETURNING statement is finished, too */
    return e == OK && !found ? ERR_NOT_FOUND : e;
}

/* ---- logins ---- */

static bool read_login(struct row *r, struct login *ret)
{
    if (!row_next(r))
        return false;
    row_fill(r, ret->token.v, sizeof ret->token.v);
    row_fill(r, ret->state.v, sizeof ret->state.v);
    row_str(r, ret->verifier, sizeof ret->verifier);
    ret->standing = (enum login_standing)row_int(r);
    read_person(r, &ret->person);
    ret->expires = row_int(r);
    return true;
}

static enum err_code login_add(struct lite *l, void *arg)
{
    const struct login *in = arg;
    struct row r = row_begin(l, SQL_LOGIN_ADD);
    row_put_digest(&r, &in->token);
    row_put_digest(&r, &in->state);
    row_put_str(&r, in->verifier);
    row_put_int(&r, in->expires);
    return row_run(&r);
}

enum err_code store_login_add(struct store *s, const struct login *l)
{
    struct login copy = *l;
    return lite_write(s->group, login_add, &copy);
}

struct login_find {
    enum sql sql;
    struct digest by;
    int64_t now;
    struct login found;
};

static enum err_code login_find(struct lite *l, void *arg)
{
    struct login_find *f = arg;
    struct row r = row_begin(l, f->sql);
    row_put_digest(&r, &f->by);
    row_put_int(&r, f->now);
    bool found = read_login(&r, &f->found);
    return row_end_found(&r, found);
}

enum err_code store_login_waits(struct store *s, const struct digest *state, int64_t now)
{
    struct login_find f = {.sql = SQL_LOGIN_PENDING, .by = *state, .now = now};
    return lite_read(s->group, login_find, &f);
}

enum err_code store_login_claim(struct store *s, const struct digest *state, int64_t now, struct login *ret)
{
    struct login_find f = {.sql = SQL_LOGIN_CLAIM, .by = *state, .now = now};
    enum err_code e = lite_write(s->group, login_find, &f);
    if (e == OK)
        *ret = f.found;
    return e;
}

enum err_code store_login_get(struct store *s, const struct digest *token, int64_t now, struct login *ret)
{
    struct login_find f = {.sql = SQL_LOGIN_GET, .by = *token, .now = now};
    enum err_code e = lite_read(s->group, login_find, &f);
    if (e == OK)
        *ret = f.found;
    return e;
}

struct login_end {
    const struct digest *token;
    const struct person *person;
    int64_t expires;
};

static enum err_code login_finish(struct lite *l, void *arg)
{
    const struct login_end *end = arg;
    struct row r = row_begin(l, end->person ? SQL_LOGIN_COMPLETE : SQL_LOGIN_REFUSE);
    if (end->person) {
        put_person(&r, end->person);
        row_put_int(&r, end->expires);
    }
    row_put_digest(&r, end->token);
    return run_changing(l, &r, ERR_NOT_FOUND);
}

enum err_code store_login_finish(
    struct store *s, const struct digest *token, const struct person *person, int64_t expires)
{
    struct login_end end = {token, person, expires};
    return lite_write(s->group, login_finish, &end);
}

static enum err_code login_drop(struct lite *l, void *arg)
{
    struct row r = row_begin(l, SQL_LOGIN_DROP);
    row_put_digest(&r, arg);
    return row_run(&r);
}

enum err_code store_login_drop(struct store *s, const struct digest *token)
{
    struct digest copy = *token;
    return lite_write(s->group, login_drop, &copy);
}

/* ---- care ---- */

struct purge {
    int64_t now, requests_before;
};

static enum err_code purge(struct lite *l, void *arg)
{
    const struct purge *p = arg;
    const struct {
        enum sql sql;
        int64_t at;
    } steps[] = {{SQL_LOGIN_PURGE, p->now}, {SQL_RECEIPT_CODE_PURGE, p->now}, {SQL_REQUEST_PURGE, p->requests_before},
        {SQL_PACE_PURGE, p->now}, {SQL_CONSENT_HASTEN, p->now}, {SQL_EVIDENCE_HASTEN, p->now}};
    enum err_code e = OK;
    for (size_t i = 0; e == OK && i < sizeof steps / sizeof steps[0]; i++) {
        struct row r = row_begin(l, steps[i].sql);
        row_put_int(&r, steps[i].at);
        e = row_run(&r);
    }
    return e;
}

enum err_code store_purge(struct store *s, int64_t now, int64_t requests_before)
{
    struct purge p = {now, requests_before};
    return lite_write(s->group, purge, &p);
}
