#include "config.h"

#include "service/ledger.h"

#include <stdlib.h>
#include <string.h>
#include <openssl/rand.h>
#include "service/portal.h"
#include "service/sealing.h"
#include "service/store_ledger.h"
#include "service/ticker.h"
#include "sign/cert.h"

#define TICK_MS 200
#define LEASE_S 4  /* so long nobody seals after the one who did was killed */
#define LATE_S 5   /* a head comes within a second; this long is a mishap */
#define BATCH 1024 /* entries a head may add */
#define CERT_MAX 16384

struct ledger {
    struct portal *portal;
    struct seal *seal;
    uint8_t *cert_der;
    size_t cert_len;
    uint8_t holder[LEDGER_HOLDER];
    int64_t leased_until; /* as far as we know */
    enum err_code mishap; /* the last, so that it is told once */
    struct ticker *ticker;
};

/* ---- one head ---- */

struct growth {
    struct merkle_edge edge;
    uint64_t until; /* entries */
    size_t node_count;
    struct ledger_node nodes[BATCH + MERKLE_LEVELS];
};

static enum err_code keep_node(void *ctx, unsigned level, uint64_t index, const struct merkle_hash *hash)
{
    struct growth *g = ctx;
    g->nodes[g->node_count++] = (struct ledger_node){level, index, *hash};
    return OK;
}

/* ERR_CANCELLED: enough for one head. */
static enum err_code grow(void *ctx, const struct ledger_entry *e)
{
    struct growth *g = ctx;
    if (g->edge.size == g->until)
        return ERR_CANCELLED;
    return e->index == g->edge.size ? merkle_add(&g->edge, &e->leaf, keep_node, g) : ERR_LEDGER_BROKEN;
}

/* The tree as it was sealed last, and what came since. What does not continue the last head is not sealed. */
static enum err_code grow_from(struct store *s, const struct ledger_head *last, uint64_t entries, struct growth *g)
{
    g->node_count = 0;
    g->until = entries - last->size > BATCH ? last->size + BATCH : entries;
    enum err_code e = store_ledger_edge(s, last->size, &g->edge);
    if (e != OK)
        return e;
    struct merkle_hash root = merkle_edge_root(&g->edge);
    if (last->size > 0 && !merkle_same(&root, &last->root))
        return ERR_LEDGER_BROKEN;
    e = store_ledger_walk(s, last->size, grow, g);
    if (e == ERR_CANCELLED)
        e = OK;
    return e == OK && g->edge.size != g->until ? ERR_LEDGER_BROKEN : e;
}

static enum err_code sign_bytes(
    const struct ledger *l, int64_t now, const struct buf *bytes, struct ledger_signature *ret)
{
    struct buf signature = BUF_INIT(sizeof ret->v);
    enum err_code e = seal_sign(l->seal, now, bytes->data, bytes->len, &signature);
    if (e == OK)
        memcpy(ret->v, signature.data, ret->len = signature.len);
    buf_done(&signature);
    return e;
}

static enum err_code sign_head(const struct ledger *l, struct ledger_head *h)
{
    struct buf bytes = BUF_INIT(512);
    enum err_code e = merkle_is_none(&h->root) ? ERR_NOMEM : ledger_head_bytes(l->portal->conf->ledger.name, h, &bytes);
    if (e == OK)
        e = sign_bytes(l, h->time, &bytes, &h->signature);
    buf_done(&bytes);
    return e;
}

static enum err_code last_head(struct store *s, struct ledger_head *ret)
{
    struct buf cert = BUF_INIT(CERT_MAX);
    enum err_code e = store_ledger_head(s, ret, &cert);
    buf_done(&cert);
    if (e == ERR_NOT_FOUND)
        *ret = (struct ledger_head){0};
    return e == ERR_NOT_FOUND ? OK : e;
}

static enum err_code seal_growth(struct ledger *l, const struct ledger_head *last, const struct growth *g, int64_t now)
{
    struct ledger_sealing order = {.before = last->size,
        .head = {.size = g->edge.size, .root = merkle_edge_root(&g->edge), .time = now > last->time ? now : last->time},
        .cert_der = l->cert_der,
        .cert_len = l->cert_len,
        .nodes = g->nodes,
        .node_count = g->node_count};
    memcpy(order.holder, l->holder, sizeof order.holder);
    enum err_code e = sign_head(l, &order.head);
    return e == OK ? store_ledger_seal(l->portal->store, &order) : e;
}

/* ---- who seals ---- */

/* Asks the store only when half of the lease is over, or the clock was moved. ERR_BUSY: another has it. */
static enum err_code hold_lease(struct ledger *l, int64_t now)
{
    if (now + LEASE_S / 2 < l->leased_until && now + LEASE_S >= l->leased_until)
        return OK;
    enum err_code e = store_ledger_lease(l->portal->store, l->holder, now, LEASE_S);
    l->leased_until = e == OK ? now + LEASE_S : 0;
    return e;
}

/* One head, when something waits for it. */
static enum err_code seal_some(struct ledger *l, struct growth *g, bool *ret_more)
{
    struct store *s = l->portal->store;
    struct ledger_sizes sizes;
    struct ledger_head last;
    int64_t now = hour_now(l->portal->hour);
    enum err_code e = store_ledger_sizes(s, &sizes);
    *ret_more = false;
    if (e != OK || sizes.entries == sizes.sealed)
        return e;
    if (sizes.entries < sizes.sealed)
        return ERR_LEDGER_BROKEN;
    e = hold_lease(l, now);
    if (e == OK)
        e = last_head(s, &last);
    if (e == OK && last.size >= sizes.entries) /* another was quicker */
        return OK;
    if (e == OK)
        e = grow_from(s, &last, sizes.entries, g);
    if (e == OK)
        e = seal_growth(l, &last, g, now);
    *ret_more = e == OK && g->edge.size < sizes.entries;
    return e;
}

static void tell(struct ledger *l, enum err_code e)
{
    if (e != l->mishap && e != OK)
        diary_say(l->portal->diary, "trouble", "the ledger could not be sealed: %s", note_of(e)->slug);
    else if (e != l->mishap)
        diary_say(l->portal->diary, "ledger", "sealed again");
    l->mishap = e;
}

static void seal_waiting(void *ctx, struct ticker *t)
{
    struct ledger *l = ctx;
    struct growth *g = malloc(sizeof *g);
    enum err_code e = g ? OK : ERR_NOMEM;
    for (bool more = true; more && e == OK && !ticker_stops(t);)
        e = seal_some(l, g, &more);
    free(g);
    if (e == ERR_BUSY) /* another's turn; our lease may be over */
        l->leased_until = 0;
    tell(l, e == ERR_BUSY ? OK : e);
}

/* ---- life ---- */

static enum err_code open_parts(struct ledger *l, struct err *err)
{
    const struct service_conf *s = l->portal->conf;
    enum err_code e =
        seal_load(s->ledger.key, s->ledger.certificate, l->portal->trust, hour_now(l->portal->hour), &l->seal, err);
    if (e != OK)
        return e;
    int len = i2d_X509(seal_cert(l->seal), &l->cert_der);
    if (len <= 0 || RAND_bytes(l->holder, sizeof l->holder) != 1)
        return err_set(err, ERR_CRYPTO, "ledger");
    l->cert_len = (size_t)len;
    return ticker_new(TICK_MS, seal_waiting, l, &l->ticker);
}

enum err_code ledger_open(struct portal *p, struct ledger **ret, struct err *err)
{
    *ret = NULL;
    if (!p->conf->ledger.key)
        return OK;
    struct ledger *l = calloc(1, sizeof *l);
    if (!l)
        return err_set(err, ERR_NOMEM, "ledger");
    l->portal = p;
    enum err_code e = open_parts(l, err);
    if (e != OK)
        ledger_close(&l);
    else
        *ret = l;
    return e;
}

void ledger_close(struct ledger **ledger)
{
    struct ledger *l = *ledger;
    if (!l)
        return;
    ticker_free(&l->ticker);
    if (l->leased_until > 0 && store_ledger_release(l->portal->store, l->holder) != OK)
        diary_say(l->portal->diary, "trouble", "the ledger's lease could not be given back");
    seal_free(&l->seal);
    OPENSSL_free(l->cert_der);
    free(l);
    *ledger = NULL;
}

/* ---- proofs ---- */

/* In the last head, when that holds it already. */
static enum err_code complete(struct store *s, struct ledger_proof *p)
{
    struct buf cert = BUF_INIT(CERT_MAX);
    enum err_code e = store_ledger_head(s, &p->head, &cert);
    if (e == OK && p->head.size > p->index) {
        e = store_ledger_inclusion(s, p->index, p->head.size, &p->path);
        if (e == OK)
            e = cert_parse(cert.data, cert.len, &p->cert);
        p->sealed = e == OK;
    }
    buf_done(&cert);
    return e == ERR_NOT_FOUND ? OK : e;
}

enum err_code ledger_proof_find(struct store *s, const char *log, const char *number, struct ledger_proof *ret)
{
    struct ledger_proof p = {0};
    struct ledger_entry entry;
    struct consent c;
    enum err_code e = store_ledger_entry_of(s, number, &entry);
    if (e == OK)
        e = store_consent_by_number(s, number, &c);
    if (e != OK)
        return e;
    strcpy(p.log, log); /* the configuration keeps it short enough */
    p.record = ledger_record_of(&c);
    p.index = entry.index;
    p.leaf = entry.leaf;
    memcpy(p.random, entry.random, sizeof p.random);
    e = complete(s, &p);
    if (e != OK)
        ledger_proof_done(&p);
    else
        *ret = p;
    return e;
}

static enum err_code promise(const struct ledger *l, struct ledger_proof *p)
{
    struct buf bytes = BUF_INIT(512);
    p->promise.time = hour_now(l->portal->hour);
    enum err_code e = ledger_promise_bytes(p->log, &p->leaf, p->promise.time, &bytes);
    if (e == OK)
        e = sign_bytes(l, p->promise.time, &bytes, &p->promise.signature);
    buf_done(&bytes);
    p->cert = seal_cert(l->seal);
    X509_up_ref(p->cert);
    return e;
}

enum err_code ledger_proof_make(struct portal *portal, const char *number, struct ledger_proof *ret)
{
    struct ledger_proof p;
    if (!portal->ledger)
        return ERR_NOT_FOUND;
    enum err_code e = ledger_proof_find(portal->store, portal->conf->ledger.name, number, &p);
    if (e != OK)
        return e;
    if (!p.sealed)
        e = promise(portal->ledger, &p);
    if (e != OK)
        ledger_proof_done(&p);
    else
        *ret = p;
    return e;
}

enum err_code ledger_proof_of(struct portal *p, const char *number, struct buf *ret_json)
{
    struct ledger_proof proof;
    enum err_code e = ledger_proof_make(p, number, &proof);
    if (e != OK)
        return e;
    e = ledger_proof_write(&proof, ret_json);
    ledger_proof_done(&proof);
    return e;
}

const char *ledger_word(struct portal *p)
{
    struct ledger_sizes s;
    if (!p->ledger)
        return "none";
    bool late = store_ledger_sizes(p->store, &s) != OK || s.entries < s.sealed ||
                (s.entries > s.sealed && hour_now(p->hour) - s.waiting_since > LATE_S);
    return late ? "late" : "good";
}
