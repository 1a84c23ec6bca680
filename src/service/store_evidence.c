/* Evidence and the pace of time stamps in SQLite. */
#include "config.h"

#include "service/store_inside.h"

static bool read_evidence(struct row *r, struct growing *ret)
{
    if (!row_next(r))
        return false;
    row_str(r, ret->number, sizeof ret->number);
    ret->standing = (enum consent_standing)row_int(r);
    ret->level = (int)row_int(r);
    ret->accepted = row_int(r);
    ret->revision = row_int(r);
    ret->tries = (uint64_t)row_int(r);
    return true;
}

struct evidence_claim {
    int level;
    int64_t now, lease;
    struct growing found;
};

static enum err_code evidence_claim(struct lite *l, void *arg)
{
    struct evidence_claim *c = arg;
    struct row r = row_begin(l, SQL_EVIDENCE_CLAIM);
    row_put_int(&r, c->lease);
    row_put_int(&r, c->level);
    row_put_int(&r, c->now);
    bool found = read_evidence(&r, &c->found);
    return row_end_found(&r, found);
}

enum err_code store_evidence_claim(struct store *s, int level, int64_t now, int64_t lease, struct growing *ret)
{
    struct evidence_claim c = {.level = level, .now = now, .lease = lease};
    enum err_code e = lite_write(s->group, evidence_claim, &c);
    if (e == OK)
        *ret = c.found;
    return e;
}

/* ---- reading ---- */

struct evidence_find {
    const char *number;
    struct growing found;
    struct buf *file;
};

static enum err_code evidence_find(struct lite *l, void *arg)
{
    struct evidence_find *f = arg;
    struct row r = row_begin(l, SQL_EVIDENCE_GET);
    row_put_str(&r, f->number);
    bool found = read_evidence(&r, &f->found);
    return row_end_found(&r, found);
}

enum err_code store_evidence_get(struct store *s, const char *number, struct growing *ret)
{
    struct evidence_find f = {.number = number};
    enum err_code e = lite_read(s->group, evidence_find, &f);
    if (e == OK)
        *ret = f.found;
    return e;
}

static enum err_code evidence_file(struct lite *l, void *arg)
{
    struct evidence_find *f = arg;
    struct row r = row_begin(l, SQL_EVIDENCE_FILE);
    row_put_str(&r, f->number);
    bool found = row_next(&r);
    if (found)
        row_buf(&r, f->file);
    return row_end_found(&r, found);
}

enum err_code store_evidence_file(struct store *s, const char *number, struct buf *ret)
{
    struct evidence_find f = {.number = number, .file = ret};
    return lite_read(s->group, evidence_file, &f);
}

/* ---- growing ---- */

struct step_row {
    const struct growing *was;
    const void *file;
    size_t len;
    int level;
    int64_t due;
};

static enum err_code evidence_grow(struct lite *l, void *arg)
{
    const struct step_row *g = arg;
    struct row r = row_begin(l, SQL_EVIDENCE_GROW);
    row_put_bytes(&r, g->file, g->len);
    row_put_int(&r, g->level);
    row_put_int(&r, g->due);
    row_put_str(&r, g->was->number);
    row_put_int(&r, g->was->revision);
    return run_changing(l, &r, ERR_ALREADY);
}

enum err_code store_evidence_grow(
    struct store *s, const struct growing *was, const void *file, size_t len, int level, int64_t due)
{
    struct step_row g = {was, file, len, level, due};
    return lite_write(s->group, evidence_grow, &g);
}

static enum err_code evidence_retry(struct lite *l, void *arg)
{
    const struct step_row *g = arg;
    struct row r = row_begin(l, SQL_EVIDENCE_RETRY);
    row_put_int(&r, g->due);
    row_put_str(&r, g->was->number);
    row_put_int(&r, g->was->revision);
    return run_changing(l, &r, ERR_ALREADY);
}

enum err_code store_evidence_retry(struct store *s, const struct growing *was, int64_t due)
{
    struct step_row g = {.was = was, .due = due};
    return lite_write(s->group, evidence_retry, &g);
}

/* ---- the pace of time stamps ---- */

struct pace_of {
    const char *url;
    int64_t now;
    uint64_t per_hour, per_day;
    struct pace pace;
};

static enum err_code pace_get(struct lite *l, void *arg)
{
    struct pace_of *p = arg;
    struct row r = row_begin(l, SQL_PACE_GET);
    row_put_str(&r, p->url);
    row_put_int(&r, p->now);
    if (row_next(&r)) {
        p->pace.failures = (uint64_t)row_int(&r);
        p->pace.not_before = row_int(&r);
        p->pace.hour = (uint64_t)row_int(&r);
        p->pace.day = (uint64_t)row_int(&r);
    }
    return row_end(&r);
}

enum err_code store_pace_get(struct store *s, const char *url, int64_t now, struct pace *ret)
{
    struct pace_of p = {.url = url, .now = now};
    enum err_code e = lite_read(s->group, pace_get, &p);
    if (e == OK)
        *ret = p.pace;
    return e;
}

static enum err_code pace_take(struct lite *l, void *arg)
{
    struct pace_of *p = arg;
    enum err_code e = pace_get(l, p);
    if (e != OK)
        return e;
    if ((p->per_hour > 0 && p->pace.hour >= p->per_hour) || (p->per_day > 0 && p->pace.day >= p->per_day))
        return ERR_BUSY;
    struct row r = row_begin(l, SQL_PACE_COUNT);
    row_put_str(&r, p->url);
    row_put_int(&r, p->now / 60);
    return row_run(&r);
}

enum err_code store_pace_take(struct store *s, const char *url, int64_t now, uint64_t per_hour, uint64_t per_day)
{
    struct pace_of p = {.url = url, .now = now, .per_hour = per_hour, .per_day = per_day};
    return lite_write(s->group, pace_take, &p);
}

static enum err_code pace_note(struct lite *l, void *arg)
{
    const struct pace_of *p = arg;
    struct row r = row_begin(l, SQL_PACE_NOTE);
    row_put_str(&r, p->url);
    row_put_int(&r, (int64_t)p->pace.failures);
    row_put_int(&r, p->pace.not_before);
    return row_run(&r);
}

enum err_code store_pace_note(struct store *s, const char *url, uint64_t failures, int64_t not_before)
{
    struct pace_of p = {.url = url, .pace = {.failures = failures, .not_before = not_before}};
    return lite_write(s->group, pace_note, &p);
}
