/* The ledger in SQLite. */
#include "config.h"

#include "service/store_ledger.h"

#include <string.h>
#include <openssl/rand.h>
#include "service/store_inside.h"

#define CERT_MAX 16384

/* ---- entries ---- */

struct ledger_record ledger_record_of(const struct consent *c)
{
    struct ledger_record r = {.accepted = c->accepted};
    memcpy(r.number, c->number, sizeof c->number);
    memcpy(r.text, c->text.v, sizeof r.text);
    memcpy(r.signature, c->signature.v, sizeof r.signature);
    return r;
}

enum err_code ledger_enter(struct lite *l, const struct consent *c, int64_t now)
{
    uint8_t random[LEDGER_RANDOM];
    const struct ledger_record record = ledger_record_of(c);
    if (RAND_bytes(random, sizeof random) != 1)
        return ERR_CRYPTO;
    struct merkle_hash leaf = ledger_leaf(&record, random);
    if (merkle_is_none(&leaf))
        return ERR_NOMEM;
    struct row r = row_begin(l, SQL_LEDGER_ENTER);
    row_put_bytes(&r, leaf.v, sizeof leaf.v);
    row_put_int(&r, now);
    row_put_str(&r, c->number);
    row_put_bytes(&r, random, sizeof random);
    return row_run(&r);
}

static bool read_entry(struct row *r, struct ledger_entry *ret)
{
    if (!row_next(r))
        return false;
    ret->index = (uint64_t)row_int(r);
    row_fill(r, ret->leaf.v, sizeof ret->leaf.v);
    ret->entered = row_int(r);
    ret->linked = row_int(r) != 0;
    row_str(r, ret->number, sizeof ret->number);
    row_fill(r, ret->random, sizeof ret->random);
    return true;
}

struct entry_find {
    enum sql sql;
    uint64_t index; /* exactly one of the three is the key */
    const char *number;
    const struct merkle_hash *leaf;
    struct ledger_entry found;
};

static enum err_code entry_find(struct lite *l, void *arg)
{
    struct entry_find *f = arg;
    struct row r = row_begin(l, f->sql);
    if (f->number)
        row_put_str(&r, f->number);
    else if (f->leaf)
        row_put_bytes(&r, f->leaf->v, sizeof f->leaf->v);
    else
        row_put_int(&r, (int64_t)f->index);
    bool found = read_entry(&r, &f->found);
    return row_end_found(&r, found);
}

static enum err_code find(struct store *s, struct entry_find f, struct ledger_entry *ret)
{
    enum err_code e = lite_read(s->group, entry_find, &f);
    if (e == OK)
        *ret = f.found;
    return e;
}

enum err_code store_ledger_entry(struct store *s, uint64_t index, struct ledger_entry *ret)
{
    if (index > MERKLE_SIZE_MAX)
        return ERR_NOT_FOUND;
    return find(s, (struct entry_find){.sql = SQL_LEDGER_BY_INDEX, .index = index}, ret);
}

enum err_code store_ledger_entry_of(struct store *s, const char *number, struct ledger_entry *ret)
{
    return find(s, (struct entry_find){.sql = SQL_LEDGER_BY_NUMBER, .number = number}, ret);
}

enum err_code store_ledger_entry_at(struct store *s, const struct merkle_hash *leaf, struct ledger_entry *ret)
{
    return find(s, (struct entry_find){.sql = SQL_LEDGER_BY_LEAF, .leaf = leaf}, ret);
}

struct entry_walk {
    uint64_t from;
    enum err_code (*each)(void *ctx, const struct ledger_entry *e);
    void *ctx;
};

static enum err_code entry_walk(struct lite *l, void *arg)
{
    const struct entry_walk *w = arg;
    struct ledger_entry entry;
    enum err_code e = OK;
    struct row r = row_begin(l, SQL_LEDGER_WALK);
    row_put_int(&r, (int64_t)w->from);
    while (e == OK && read_entry(&r, &entry))
        e = w->each(w->ctx, &entry);
    enum err_code end = row_end(&r);
    return e != OK ? e : end;
}

enum err_code store_ledger_walk(
    struct store *s, uint64_t from, enum err_code (*each)(void *ctx, const struct ledger_entry *e), void *ctx)
{
    struct entry_walk w = {from, each, ctx};
    return from > MERKLE_SIZE_MAX ? OK : lite_read(s->group, entry_walk, &w);
}

static enum err_code sizes(struct lite *l, void *arg)
{
    struct ledger_sizes *ret = arg;
    struct row r = row_begin(l, SQL_LEDGER_SIZES);
    bool found = row_next(&r);
    if (found) {
        ret->entries = (uint64_t)row_int(&r);
        ret->sealed = (uint64_t)row_int(&r);
        ret->waiting_since = row_int(&r);
    }
    return row_end_found(&r, found);
}

enum err_code store_ledger_sizes(struct store *s, struct ledger_sizes *ret)
{
    return lite_read(s->group, sizes, ret);
}

/* ---- nodes and paths ---- */

struct node_walk {
    enum err_code (*each)(void *ctx, const struct ledger_node *n);
    void *ctx;
};

static enum err_code node_walk(struct lite *l, void *arg)
{
    const struct node_walk *w = arg;
    struct ledger_node n;
    enum err_code e = OK;
    struct row r = row_begin(l, SQL_LEDGER_NODES);
    while (e == OK && row_next(&r)) {
        n.level = (unsigned)row_int(&r);
        n.index = (uint64_t)row_int(&r);
        row_fill(&r, n.hash.v, sizeof n.hash.v);
        e = w->each(w->ctx, &n);
    }
    enum err_code end = row_end(&r);
    return e != OK ? e : end;
}

enum err_code store_ledger_nodes(
    struct store *s, enum err_code (*each)(void *ctx, const struct ledger_node *n), void *ctx)
{
    struct node_walk w = {each, ctx};
    return lite_read(s->group, node_walk, &w);
}

/* For merkle.h: a complete subtree's hash. */
static enum err_code get_node(void *ctx, unsigned level, uint64_t index, struct merkle_hash *ret)
{
    struct row r = row_begin(ctx, level == 0 ? SQL_LEDGER_LEAF : SQL_LEDGER_NODE);
    row_put_int(&r, (int64_t)index);
    if (level > 0)
        row_put_int(&r, level);
    bool found = row_next(&r);
    if (found)
        row_fill(&r, ret->v, sizeof ret->v);
    enum err_code e = row_end(&r);
    return e == OK && !found ? ERR_STORE : e;
}

struct ask {
    uint64_t from, size; /* entry or older size; size */
    struct merkle_path path;
    struct merkle_edge edge;
};

static enum err_code edge(struct lite *l, void *arg)
{
    struct ask *a = arg;
    return merkle_load((struct merkle_nodes){get_node, l}, a->size, &a->edge);
}

static enum err_code inclusion(struct lite *l, void *arg)
{
    struct ask *a = arg;
    return merkle_inclusion((struct merkle_nodes){get_node, l}, a->from, a->size, &a->path);
}

static enum err_code consistency(struct lite *l, void *arg)
{
    struct ask *a = arg;
    return merkle_consistency((struct merkle_nodes){get_node, l}, a->from, a->size, &a->path);
}

enum err_code store_ledger_edge(struct store *s, uint64_t size, struct merkle_edge *ret)
{
    struct ask a = {.size = size};
    enum err_code e = lite_read(s->group, edge, &a);
    if (e == OK)
        *ret = a.edge;
    return e;
}

enum err_code store_ledger_inclusion(struct store *s, uint64_t index, uint64_t size, struct merkle_path *ret)
{
    struct ask a = {.from = index, .size = size};
    enum err_code e = lite_read(s->group, inclusion, &a);
    if (e == OK)
        *ret = a.path;
    return e;
}

enum err_code store_ledger_consistency(struct store *s, uint64_t older, uint64_t newer, struct merkle_path *ret)
{
    struct ask a = {.from = older, .size = newer};
    enum err_code e = lite_read(s->group, consistency, &a);
    if (e == OK)
        *ret = a.path;
    return e;
}

/* ---- heads ---- */

static bool read_head(struct row *r, struct ledger_head *ret, struct buf *cert)
{
    struct buf signature = BUF_INIT(sizeof ret->signature.v);
    if (!row_next(r))
        return false;
    ret->size = (uint64_t)row_int(r);
    row_fill(r, ret->root.v, sizeof ret->root.v);
    ret->time = row_int(r);
    row_buf(r, &signature);
    row_buf(r, cert);
    ret->signature.len = signature.len;
    if (signature.len > 0)
        memcpy(ret->signature.v, signature.data, signature.len);
    buf_done(&signature);
    return true;
}

struct head_walk {
    enum err_code (*each)(void *ctx, const struct ledger_head *h, const struct buf *cert_der);
    void *ctx;
};

static enum err_code head_walk(struct lite *l, void *arg)
{
    const struct head_walk *w = arg;
    struct ledger_head h;
    struct buf cert = BUF_INIT(CERT_MAX);
    enum err_code e = OK;
    struct row r = row_begin(l, SQL_LEDGER_HEADS);
    for (; e == OK && read_head(&r, &h, &cert); buf_reset(&cert))
        e = w->each(w->ctx, &h, &cert);
    enum err_code end = row_end(&r);
    buf_done(&cert);
    return e != OK ? e : end;
}

enum err_code store_ledger_heads(struct store *s,
    enum err_code (*each)(void *ctx, const struct ledger_head *h, const struct buf *cert_der), void *ctx)
{
    struct head_walk w = {each, ctx};
    return lite_read(s->group, head_walk, &w);
}

struct head_find {
    struct ledger_head head;
    struct buf *cert;
};

static enum err_code head_last(struct lite *l, void *arg)
{
    struct head_find *f = arg;
    struct row r = row_begin(l, SQL_LEDGER_HEAD_LAST);
    bool found = read_head(&r, &f->head, f->cert);
    return row_end_found(&r, found);
}

enum err_code store_ledger_head(struct store *s, struct ledger_head *ret, struct buf *ret_cert_der)
{
    struct buf cert = BUF_INIT(CERT_MAX);
    struct head_find f = {.cert = &cert};
    enum err_code e = lite_read(s->group, head_last, &f);
    if (e == OK)
        e = buf_move(ret_cert_der, &cert);
    if (e == OK)
        *ret = f.head;
    buf_done(&cert);
    return e;
}

/* ---- sealing ---- */

struct lease {
    const uint8_t *holder;
    int64_t now, until;
};

static enum err_code take_lease(struct lite *l, void *arg)
{
    const struct lease *t = arg;
    struct row r = row_begin(l, SQL_LEDGER_LEASE);
    row_put_bytes(&r, t->holder, LEDGER_HOLDER);
    row_put_int(&r, t->until);
    row_put_int(&r, t->now);
    row_put_int(&r, t->until);
    return run_changing(l, &r, ERR_BUSY);
}

enum err_code store_ledger_lease(struct store *s, const uint8_t holder[LEDGER_HOLDER], int64_t now, int64_t lease_s)
{
    struct lease t = {holder, now, now + lease_s};
    return lite_write(s->group, take_lease, &t);
}

static enum err_code give_lease(struct lite *l, void *arg)
{
    struct row r = row_begin(l, SQL_LEDGER_RELEASE);
    row_put_bytes(&r, arg, LEDGER_HOLDER);
    return row_run(&r);
}

enum err_code store_ledger_release(struct store *s, const uint8_t holder[LEDGER_HOLDER])
{
    uint8_t copy[LEDGER_HOLDER];
    memcpy(copy, holder, sizeof copy);
    return lite_write(s->group, give_lease, copy);
}

/* Is the lease ours still, and the last head the one we followed? */
static enum err_code may_seal(struct lite *l, const struct ledger_sealing *g)
{
    struct row r = row_begin(l, SQL_LEDGER_MAY_SEAL);
    row_put_bytes(&r, g->holder, sizeof g->holder);
    row_put_int(&r, (int64_t)g->before);
    bool may = row_next(&r);
    enum err_code e = row_run(&r);
    return e == OK && !may ? ERR_BUSY : e;
}

static enum err_code add_nodes(struct lite *l, const struct ledger_sealing *g)
{
    enum err_code e = OK;
    for (size_t i = 0; e == OK && i < g->node_count; i++) {
        struct row r = row_begin(l, SQL_LEDGER_ADD_NODE);
        row_put_int(&r, g->nodes[i].level);
        row_put_int(&r, (int64_t)g->nodes[i].index);
        row_put_bytes(&r, g->nodes[i].hash.v, sizeof g->nodes[i].hash.v);
        e = row_run(&r);
    }
    return e;
}

static enum err_code add_head(struct lite *l, const struct ledger_sealing *g)
{
    struct row cert = row_begin(l, SQL_LEDGER_ADD_CERT);
    row_put_bytes(&cert, g->cert_der, g->cert_len);
    enum err_code e = row_run(&cert);
    if (e != OK)
        return e;
    struct row r = row_begin(l, SQL_LEDGER_ADD_HEAD);
    row_put_int(&r, (int64_t)g->head.size);
    row_put_bytes(&r, g->head.root.v, sizeof g->head.root.v);
    row_put_int(&r, g->head.time);
    row_put_bytes(&r, g->head.signature.v, g->head.signature.len);
    row_put_bytes(&r, g->cert_der, g->cert_len);
    return row_run(&r);
}

static enum err_code seal(struct lite *l, void *arg)
{
    const struct ledger_sealing *g = arg;
    enum err_code e = may_seal(l, g);
    if (e == OK)
        e = add_nodes(l, g);
    return e == OK ? add_head(l, g) : e;
}

enum err_code store_ledger_seal(struct store *s, const struct ledger_sealing *g)
{
    struct ledger_sealing copy = *g;
    return lite_write(s->group, seal, &copy);
}
