/* Consents in SQLite. */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include "service/store_inside.h"
#include "service/store_ledger.h"

bool read_consent(struct row *r, struct consent *ret)
{
    if (!row_next(r))
        return false;
    row_str(r, ret->number, sizeof ret->number);
    ret->standing = (enum consent_standing)row_int(r);
    ret->request = row_int(r);
    read_person(r, &ret->person);
    row_fill(r, ret->text.v, sizeof ret->text.v);
    row_fill(r, ret->signature.v, sizeof ret->signature.v);
    ret->accepted = row_int(r);
    ret->settled = row_int(r);
    row_str(r, ret->rule, sizeof ret->rule);
    ret->next_check = row_int(r);
    ret->checks = (uint64_t)row_int(r);
    ret->level = (int)row_int(r);
    return true;
}

struct consent_find {
    enum sql sql;
    const struct digest *digest; /* exactly one of the three is the key */
    const char *number;
    int64_t id;
    struct consent found;
};

static enum err_code consent_find(struct lite *l, void *arg)
{
    struct consent_find *f = arg;
    struct row r = row_begin(l, f->sql);
    if (f->digest)
        row_put_digest(&r, f->digest);
    else if (f->number)
        row_put_str(&r, f->number);
    else
        row_put_int(&r, f->id);
    bool found = read_consent(&r, &f->found);
    return row_end_found(&r, found);
}

static enum err_code find(struct store *s, struct consent_find f, struct consent *ret)
{
    enum err_code e = lite_read(s->group, consent_find, &f);
    if (e == OK)
        *ret = f.found;
    return e;
}

enum err_code store_consent_by_person(struct store *s, const struct digest *person, struct consent *ret)
{
    return find(s, (struct consent_find){.sql = SQL_CONSENT_BY_PERSON, .digest = person}, ret);
}

enum err_code store_consent_by_number(struct store *s, const char *number, struct consent *ret)
{
    return find(s, (struct consent_find){.sql = SQL_CONSENT_BY_NUMBER, .number = number}, ret);
}

enum err_code store_consent_by_request(struct store *s, int64_t request, struct consent *ret)
{
    return find(s, (struct consent_find){.sql = SQL_CONSENT_BY_REQUEST, .id = request}, ret);
}

enum err_code store_consent_by_signature(struct store *s, const struct digest *signature, struct consent *ret)
{
    return find(s, (struct consent_find){.sql = SQL_CONSENT_BY_SIGNATURE, .digest = signature}, ret);
}

/* ---- taking one in ---- */

struct consent_new {
    struct consent consent;
    const void *cms;
    size_t cms_len;
    unsigned year;
};

/* OK with *known: the request gave this signature before, and n->consent is its consent. */
static enum err_code refuse_second(struct lite *l, struct consent_new *n, bool *known)
{
    struct consent_find same = {.sql = SQL_CONSENT_BY_REQUEST, .id = n->consent.request};
    struct consent_find mine = {.sql = SQL_CONSENT_BY_PERSON, .digest = &n->consent.person.digest};
    enum err_code e = consent_find(l, &same);
    *known = e == OK && memcmp(&same.found.signature, &n->consent.signature, sizeof same.found.signature) == 0;
    if (*known)
        n->consent = same.found;
    if (e == OK)
        return *known ? OK : ERR_ALREADY_RACED;
    if (e == ERR_NOT_FOUND)
        e = consent_find(l, &mine);
    return e == OK ? ERR_ALREADY_RACED : e == ERR_NOT_FOUND ? OK : e;
}

enum err_code consent_is_none(struct lite *l, int64_t request, const struct digest *signature)
{
    struct consent_find f = {.sql = SQL_CONSENT_BY_REQUEST, .id = request};
    enum err_code e = consent_find(l, &f);
    if (e != OK)
        return e == ERR_NOT_FOUND ? OK : e;
    return memcmp(&f.found.signature, signature, sizeof *signature) == 0 ? ERR_ALREADY : OK;
}

static enum err_code use_request(struct lite *l, int64_t id)
{
    struct row r = row_begin(l, SQL_REQUEST_USE);
    row_put_int(&r, id);
    return run_changing(l, &r, ERR_NOT_OPEN);
}

static enum err_code give_number(struct lite *l, struct consent_new *n)
{
    struct row r = row_begin(l, SQL_CONSENT_NUMBER);
    row_put_int(&r, n->year);
    if (row_next(&r))
        snprintf(n->consent.number, sizeof n->consent.number, "%04u-%06lld", n->year % 10000, (long long)row_int(&r));
    return row_run(&r);
}

static enum err_code insert_consent(struct lite *l, const struct consent_new *n)
{
    const struct consent *c = &n->consent;
    struct row r = row_begin(l, SQL_CONSENT_ADD);
    row_put_str(&r, c->number);
    row_put_int(&r, c->standing);
    row_put_int(&r, c->request);
    put_person(&r, &c->person);
    row_put_digest(&r, &c->text);
    row_put_digest(&r, &c->signature);
    row_put_int(&r, c->accepted);
    row_put_int(&r, c->settled);
    row_put_str(&r, c->rule);
    row_put_int(&r, c->next_check);
    row_put_int(&r, (int64_t)c->checks);
    row_put_bytes(&r, n->cms, n->cms_len);
    return row_run(&r);
}

static enum err_code insert_evidence(struct lite *l, const struct consent_new *n)
{
    struct row r = row_begin(l, SQL_EVIDENCE_ADD);
    row_put_str(&r, n->consent.number);
    row_put_int(&r, n->consent.accepted);
    return row_run(&r);
}

static enum err_code consent_add(struct lite *l, void *arg)
{
    struct consent_new *n = arg;
    bool known = false;
    enum err_code e = refuse_second(l, n, &known);
    if (e != OK || known)
        return e;
    e = refusal_is_none(l, n->consent.request, &n->consent.signature);
    if (e == OK)
        e = use_request(l, n->consent.request);
    if (e == OK)
        e = give_number(l, n);
    if (e == OK)
        e = insert_consent(l, n);
    if (e == OK)
        e = insert_evidence(l, n);
    return e == OK && n->consent.standing == CONSENT_ACCEPTED ? ledger_enter(l, &n->consent, n->consent.settled) : e;
}

enum err_code store_consent_add(
    struct store *s, const struct consent *c, const void *cms, size_t cms_len, unsigned year, struct consent *ret)
{
    struct consent_new n = {*c, cms, cms_len, year};
    enum err_code e = lite_write(s->group, consent_add, &n);
    if (e == OK)
        *ret = n.consent;
    return e;
}

/* ---- reading ---- */

struct cms_find {
    const char *number;
    struct buf *to;
};

static enum err_code cms_find(struct lite *l, void *arg)
{
    struct cms_find *f = arg;
    struct row r = row_begin(l, SQL_CONSENT_CMS);
    row_put_str(&r, f->number);
    bool found = row_next(&r);
    if (found)
        row_buf(&r, f->to);
    return row_end_found(&r, found);
}

enum err_code store_consent_cms(struct store *s, const char *number, struct buf *ret)
{
    struct cms_find f = {number, ret};
    return lite_read(s->group, cms_find, &f);
}

struct walk {
    enum err_code (*each)(void *ctx, const struct consent *c);
    void *ctx;
};

static enum err_code consent_walk(struct lite *l, void *arg)
{
    const struct walk *w = arg;
    struct consent c;
    enum err_code e = OK;
    struct row r = row_begin(l, SQL_CONSENT_WALK);
    while (e == OK && read_consent(&r, &c))
        e = w->each(w->ctx, &c);
    enum err_code end = row_end(&r);
    return e != OK ? e : end;
}

enum err_code store_consent_walk(struct store *s, enum err_code (*each)(void *ctx, const struct consent *c), void *ctx)
{
    struct walk w = {each, ctx};
    return lite_read(s->group, consent_walk, &w);
}

/* ---- those being checked ---- */

struct claim {
    int64_t now, lease;
    struct consent found;
};

static enum err_code consent_claim(struct lite *l, void *arg)
{
    struct claim *c = arg;
    struct row r = row_begin(l, SQL_CONSENT_CLAIM);
    row_put_int(&r, c->lease);
    row_put_int(&r, c->now);
    bool found = read_consent(&r, &c->found);
    return row_end_found(&r, found);
}

enum err_code store_consent_claim(struct store *s, int64_t now, int64_t lease, struct consent *ret)
{
    struct claim c = {.now = now, .lease = lease};
    enum err_code e = lite_write(s->group, consent_claim, &c);
    if (e == OK)
        *ret = c.found;
    return e;
}

struct settle {
    const char *number, *rule;
    int64_t at;
};

/* Of a refused one nothing grows any more. */
static enum err_code stop_evidence(struct lite *l, const char *number)
{
    struct row r = row_begin(l, SQL_EVIDENCE_STOP);
    row_put_str(&r, number);
    return row_run(&r);
}

/* What stopped after its first step goes on. */
static enum err_code continue_evidence(struct lite *l, const char *number, int64_t now)
{
    struct row r = row_begin(l, SQL_EVIDENCE_GO_ON);
    row_put_int(&r, now);
    row_put_str(&r, number);
    return row_run(&r);
}

static enum err_code consent_settle(struct lite *l, void *arg)
{
    const struct settle *t = arg;
    struct row r = row_begin(l, SQL_CONSENT_SETTLE);
    row_put_int(&r, t->rule ? CONSENT_REFUSED : CONSENT_ACCEPTED);
    row_put_str(&r, t->rule ? t->rule : "");
    row_put_int(&r, t->at);
    row_put_str(&r, t->number);
    enum err_code e = run_changing(l, &r, ERR_NOT_FOUND);
    if (e == OK)
        e = t->rule ? stop_evidence(l, t->number) : continue_evidence(l, t->number, t->at);
    if (e != OK || t->rule)
        return e;
    struct consent_find now_accepted = {.sql = SQL_CONSENT_BY_NUMBER, .number = t->number};
    e = consent_find(l, &now_accepted);
    return e == OK ? ledger_enter(l, &now_accepted.found, t->at) : e;
}

enum err_code store_consent_settle(struct store *s, const char *number, const char *rule, int64_t now)
{
    struct settle t = {number, rule, now};
    return lite_write(s->group, consent_settle, &t);
}

static enum err_code consent_retry(struct lite *l, void *arg)
{
    const struct settle *t = arg;
    struct row r = row_begin(l, SQL_CONSENT_RETRY);
    row_put_int(&r, t->at);
    row_put_str(&r, t->number);
    return run_changing(l, &r, ERR_NOT_FOUND);
}

enum err_code store_consent_retry(struct store *s, const char *number, int64_t next_check)
{
    struct settle t = {number, NULL, next_check};
    return lite_write(s->group, consent_retry, &t);
}

/* ---- what was accepted before there was a ledger ---- */

enum err_code ledger_adopt(struct lite *l)
{
    struct consent c;
    struct row begun = row_begin(l, SQL_LEDGER_BEGUN);
    bool is_begun = row_next(&begun);
    enum err_code e = row_run(&begun);
    if (e != OK || is_begun)
        return e;
    struct row r = row_begin(l, SQL_LEDGER_ADOPT);
    while (e == OK && read_consent(&r, &c))
        e = ledger_enter(l, &c, c.settled);
    enum err_code end = row_end(&r);
    return e != OK ? e : end;
}

/* ---- erasing ---- */

struct erasing {
    const struct digest *person;
    uint64_t consents;
};

static enum err_code person_erase(struct lite *l, void *arg)
{
    static const enum sql steps[] = {SQL_ERASE_LINKS, SQL_ERASE_CONSENTS, SQL_ERASE_REQUESTS, SQL_ERASE_LOGINS};
    struct erasing *g = arg;
    enum err_code e = OK;
    for (size_t i = 0; e == OK && i < sizeof steps / sizeof steps[0]; i++) {
        struct row r = row_begin(l, steps[i]);
        row_put_digest(&r, g->person);
        e = row_run(&r);
        if (e == OK && steps[i] == SQL_ERASE_CONSENTS)
            g->consents = (uint64_t)lite_changes(l);
    }
    return e;
}

enum err_code store_person_erase(struct store *s, const struct digest *person, uint64_t *ret_consents)
{
    struct erasing g = {.person = person};
    enum err_code e = lite_write(s->group, person_erase, &g);
    if (e == OK)
        *ret_consents = g.consents;
    return e;
}
