/* Consent requests, their texts and refusals in SQLite. */
#include "config.h"

#include <string.h>
#include "service/store_inside.h"

static bool read_request(struct row *r, struct request *ret)
{
    if (!row_next(r))
        return false;
    ret->id = row_int(r);
    ret->standing = (enum request_standing)row_int(r);
    row_fill(r, ret->code.v, sizeof ret->code.v);
    row_fill(r, ret->text.v, sizeof ret->text.v);
    read_person(r, &ret->person);
    ret->created = row_int(r);
    ret->expires = row_int(r);
    ret->extensions = (uint64_t)row_int(r);
    row_fill(r, ret->nonce.v, sizeof ret->nonce.v);
    row_fill(r, ret->token.v, sizeof ret->token.v);
    row_fill(r, ret->content_id, sizeof ret->content_id);
    ret->opened = row_int(r);
    ret->closes = row_int(r);
    return true;
}

/* ---- making one ---- */

struct request_new {
    const struct request *request;
    const void *text;
    size_t text_len;
    int64_t since;
    uint64_t max_since;
    int64_t id;
};

static enum err_code refuse_consented(struct lite *l, const struct digest *person)
{
    struct row r = row_begin(l, SQL_CONSENT_BY_PERSON);
    row_put_digest(&r, person);
    bool found = row_next(&r);
    enum err_code e = row_end(&r);
    return e == OK && found ? ERR_ALREADY : e;
}

static enum err_code refuse_many(struct lite *l, const struct request_new *n)
{
    struct row r = row_begin(l, SQL_REQUEST_COUNT);
    row_put_digest(&r, &n->request->person.digest);
    row_put_int(&r, n->since);
    uint64_t made = row_next(&r) ? (uint64_t)row_int(&r) : 0;
    enum err_code e = row_end(&r);
    return e == OK && made >= n->max_since ? ERR_REQUEST_REFUSED : e;
}

static enum err_code replace_earlier(struct lite *l, const struct digest *person)
{
    struct row r = row_begin(l, SQL_REQUEST_REPLACE);
    row_put_digest(&r, person);
    return row_run(&r);
}

static enum err_code keep_text(struct lite *l, const struct request_new *n)
{
    struct row r = row_begin(l, SQL_TEXT_ADD);
    row_put_digest(&r, &n->request->text);
    row_put_bytes(&r, n->text, n->text_len);
    return row_run(&r);
}

static enum err_code insert_request(struct lite *l, struct request_new *n)
{
    const struct request *q = n->request;
    struct row r = row_begin(l, SQL_REQUEST_ADD);
    row_put_digest(&r, &q->code);
    row_put_digest(&r, &q->text);
    put_person(&r, &q->person);
    row_put_int(&r, q->created);
    row_put_int(&r, q->expires);
    row_put_int(&r, (int64_t)q->extensions);
    if (row_next(&r))
        n->id = row_int(&r);
    return row_run(&r);
}

static enum err_code request_add(struct lite *l, void *arg)
{
    struct request_new *n = arg;
    enum err_code e = refuse_consented(l, &n->request->person.digest);
    if (e == OK)
        e = refuse_many(l, n);
    if (e == OK)
        e = replace_earlier(l, &n->request->person.digest);
    if (e == OK)
        e = keep_text(l, n);
    return e == OK ? insert_request(l, n) : e;
}

enum err_code store_request_add(struct store *s, const struct request *r, const void *text, size_t text_len,
    int64_t since, uint64_t max_since, int64_t *ret_id)
{
    struct request_new n = {r, text, text_len, since, max_since, 0};
    enum err_code e = lite_write(s->group, request_add, &n);
    if (e == OK)
        *ret_id = n.id;
    return e;
}

/* ---- finding ---- */

struct request_find {
    enum sql sql;
    const struct digest *by; /* NULL: id */
    int64_t id;
    struct request found;
};

static enum err_code request_find(struct lite *l, void *arg)
{
    struct request_find *f = arg;
    struct row r = row_begin(l, f->sql);
    if (f->by)
        row_put_digest(&r, f->by);
    else
        row_put_int(&r, f->id);
    bool found = read_request(&r, &f->found);
    return row_end_found(&r, found);
}

static enum err_code find(struct store *s, enum sql sql, const struct digest *by, struct request *ret)
{
    struct request_find f = {.sql = sql, .by = by};
    enum err_code e = lite_read(s->group, request_find, &f);
    if (e == OK)
        *ret = f.found;
    return e;
}

enum err_code store_request_by_code(struct store *s, const struct digest *code, struct request *ret)
{
    return find(s, SQL_REQUEST_BY_CODE, code, ret);
}

enum err_code store_request_by_token(struct store *s, const struct digest *token, struct request *ret)
{
    return find(s, SQL_REQUEST_BY_TOKEN, token, ret);
}

struct text_find {
    const struct digest *sha256;
    struct buf *to;
};

static enum err_code text_find(struct lite *l, void *arg)
{
    struct text_find *f = arg;
    struct row r = row_begin(l, SQL_TEXT_GET);
    row_put_digest(&r, f->sha256);
    bool found = row_next(&r);
    if (found)
        row_buf(&r, f->to);
    return row_end_found(&r, found);
}

enum err_code store_text(struct store *s, const struct digest *text, struct buf *ret)
{
    struct text_find f = {text, ret};
    return lite_read(s->group, text_find, &f);
}

/* ---- its life ---- */

static enum err_code request_open(struct lite *l, void *arg)
{
    const struct request *q = arg;
    struct row r = row_begin(l, SQL_REQUEST_OPEN);
    row_put_digest(&r, &q->nonce);
    row_put_digest(&r, &q->token);
    row_put_bytes(&r, q->content_id, sizeof q->content_id);
    row_put_int(&r, q->opened);
    row_put_int(&r, q->closes);
    row_put_int(&r, q->id);
    return run_changing(l, &r, ERR_NOT_OPEN);
}

enum err_code store_request_open(struct store *s, const struct request *r)
{
    struct request copy = *r;
    return lite_write(s->group, request_open, &copy);
}

struct request_extend {
    struct request_find after;
    int64_t now, closes;
};

/* Why nothing was changed. */
static enum err_code why_not_extended(struct lite *l, struct request_extend *x)
{
    enum err_code e = request_find(l, &x->after);
    if (e != OK)
        return e;
    bool open = x->after.found.standing == REQUEST_OPENED && x->after.found.closes >= x->now;
    return open ? ERR_EXTEND_REFUSED : ERR_NOT_OPEN;
}

static enum err_code request_extend(struct lite *l, void *arg)
{
    struct request_extend *x = arg;
    struct row r = row_begin(l, SQL_REQUEST_EXTEND);
    row_put_int(&r, x->closes);
    row_put_int(&r, x->after.id);
    row_put_int(&r, x->now);
    enum err_code e = row_run(&r);
    if (e != OK)
        return e;
    return lite_changes(l) == 0 ? why_not_extended(l, x) : request_find(l, &x->after);
}

enum err_code store_request_extend(struct store *s, int64_t id, int64_t now, int64_t closes, struct request *ret)
{
    struct request_extend x = {{.sql = SQL_REQUEST_BY_ID, .id = id}, now, closes};
    enum err_code e = lite_write(s->group, request_extend, &x);
    if (e == OK)
        *ret = x.after.found;
    return e;
}

/* ---- refusals ---- */

struct refusal {
    int64_t request;
    const struct digest *signature;
    const char *rule;
    uint64_t max, count;
    char found[STORE_RULE];
};

static enum err_code refusal_count(struct lite *l, void *arg)
{
    struct refusal *f = arg;
    struct row r = row_begin(l, SQL_REFUSAL_COUNT);
    row_put_int(&r, f->request);
    f->count = row_next(&r) ? (uint64_t)row_int(&r) : 0;
    return row_end(&r);
}

static enum err_code refusal_get(struct lite *l, void *arg)
{
    struct refusal *f = arg;
    struct row r = row_begin(l, SQL_REFUSAL_GET);
    row_put_int(&r, f->request);
    row_put_digest(&r, f->signature);
    bool found = row_next(&r);
    if (found)
        row_str(&r, f->found, sizeof f->found);
    return row_end_found(&r, found);
}

enum err_code refusal_is_none(struct lite *l, int64_t request, const struct digest *signature)
{
    struct refusal f = {.request = request, .signature = signature};
    enum err_code e = refusal_get(l, &f);
    return e == OK ? ERR_ALREADY : e == ERR_NOT_FOUND ? OK : e;
}

static enum err_code refusal_add(struct lite *l, void *arg)
{
    struct refusal *f = arg;
    enum err_code e = consent_is_none(l, f->request, f->signature);
    if (e != OK)
        return e;
    e = refusal_is_none(l, f->request, f->signature);
    if (e != OK)
        return e == ERR_ALREADY ? OK : e;
    e = refusal_count(l, f);
    if (e == OK && f->count >= f->max)
        e = ERR_BUSY;
    if (e != OK)
        return e;
    struct row r = row_begin(l, SQL_REFUSAL_ADD);
    row_put_int(&r, f->request);
    row_put_digest(&r, f->signature);
    row_put_str(&r, f->rule);
    return row_run(&r);
}

enum err_code store_refusal_add(
    struct store *s, int64_t request, const struct digest *signature, const char *rule, uint64_t max)
{
    struct refusal f = {.request = request, .signature = signature, .rule = rule, .max = max};
    return lite_write(s->group, refusal_add, &f);
}

enum err_code store_refusal_get(
    struct store *s, int64_t request, const struct digest *signature, char ret_rule[STORE_RULE])
{
    struct refusal f = {.request = request, .signature = signature};
    enum err_code e = lite_read(s->group, refusal_get, &f);
    if (e == OK)
        memcpy(ret_rule, f.found, STORE_RULE);
    return e;
}

enum err_code store_refusal_count(struct store *s, int64_t request, uint64_t *ret)
{
    struct refusal f = {.request = request};
    enum err_code e = lite_read(s->group, refusal_count, &f);
    if (e == OK)
        *ret = f.count;
    return e;
}
