/* What every store's ledger must do: written against the headers alone. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "service/store_ledger.h"
#include "tests/unit/service/stored.h"

#define NOW 1600000000
#define LEASE 10

/* ---- values ---- */

/* Person n's consent, from the request on. */
static struct consent accept(struct world *w, int n, enum consent_standing standing)
{
    struct request r = {.code = numbered("code", n),
        .text = digest_of("Metin", 5),
        .person = {.digest = numbered("person", n), .tckn = "10000000146", .name = "Deneme"},
        .created = NOW,
        .expires = NOW + 900};
    struct consent got;
    assert_int_equal(store_request_add(w->store, &r, "Metin", 5, NOW - 3600, 100, &r.id), OK);
    r.nonce = numbered("nonce", n);
    r.token = numbered("token", n);
    r.opened = NOW + 10;
    r.closes = NOW + 250;
    assert_int_equal(store_request_open(w->store, &r), OK);
    struct consent c = {.standing = standing,
        .request = r.id,
        .person = r.person,
        .text = r.text,
        .signature = numbered("signature", n),
        .accepted = NOW + 100,
        .settled = standing == CONSENT_ACCEPTED ? NOW + 101 : 0,
        .next_check = NOW + 102};
    assert_int_equal(store_consent_add(w->store, &c, "cms", 3, 2020, &got), OK);
    return got;
}

static struct ledger_sizes sizes_of(struct world *w)
{
    struct ledger_sizes s;
    assert_int_equal(store_ledger_sizes(w->store, &s), OK);
    return s;
}

static struct ledger_entry entry_of(struct world *w, const struct consent *c)
{
    struct ledger_entry e;
    struct ledger_record r = ledger_record_of(c);
    assert_int_equal(store_ledger_entry_of(w->store, c->number, &e), OK);
    assert_true(e.linked);
    assert_string_equal(e.number, c->number);
    struct merkle_hash leaf = ledger_leaf(&r, e.random);
    assert_true(merkle_same(&leaf, &e.leaf));
    return e;
}

/* ---- entries ---- */

static void an_acceptance_is_entered(void **state)
{
    struct world *w = *state;
    struct ledger_entry e, same;
    assert_int_equal(sizes_of(w).entries, 0);
    assert_int_equal(sizes_of(w).waiting_since, 0);
    for (int n = 1; n <= 3; n++) {
        struct consent c = accept(w, n, CONSENT_ACCEPTED);
        e = entry_of(w, &c);
        assert_int_equal(e.index, n - 1);
        assert_int_equal(e.entered, NOW + 101);
        assert_int_equal(store_ledger_entry(w->store, e.index, &same), OK);
        assert_memory_equal(&same.leaf, &e.leaf, sizeof e.leaf);
        assert_int_equal(store_ledger_entry_at(w->store, &e.leaf, &same), OK);
        assert_int_equal(same.index, e.index);
    }
    assert_int_equal(sizes_of(w).entries, 3);
    assert_int_equal(sizes_of(w).sealed, 0);
    assert_int_equal(sizes_of(w).waiting_since, NOW + 101);
    assert_int_equal(store_ledger_entry(w->store, 3, &e), ERR_NOT_FOUND);
    assert_int_equal(store_ledger_entry(w->store, UINT64_MAX, &e), ERR_NOT_FOUND);
    assert_int_equal(store_ledger_entry_of(w->store, "2020-000004", &e), ERR_NOT_FOUND);
    e.leaf.v[0] ^= 1;
    assert_int_equal(store_ledger_entry_at(w->store, &e.leaf, &e), ERR_NOT_FOUND);
}

static void the_same_signature_is_entered_once(void **state)
{
    struct world *w = *state;
    struct consent c = accept(w, 1, CONSENT_ACCEPTED), again;
    assert_int_equal(store_consent_add(w->store, &c, "cms", 3, 2020, &again), OK);
    assert_int_equal(sizes_of(w).entries, 1);
}

/* One that is being checked is no acceptance before it takes effect. */
static void what_is_checked_is_entered_when_it_takes_effect(void **state)
{
    struct world *w = *state;
    struct consent good = accept(w, 1, CONSENT_CHECKING), bad = accept(w, 2, CONSENT_CHECKING);
    struct ledger_entry e;
    assert_int_equal(sizes_of(w).entries, 0);
    assert_int_equal(store_consent_settle(w->store, bad.number, "rej-revoked", NOW + 150), OK);
    assert_int_equal(sizes_of(w).entries, 0);
    assert_int_equal(store_consent_settle(w->store, good.number, NULL, NOW + 151), OK);
    assert_int_equal(store_consent_settle(w->store, good.number, NULL, NOW + 152), ERR_NOT_FOUND);
    e = entry_of(w, &good);
    assert_int_equal(e.entered, NOW + 151);
    assert_int_equal(sizes_of(w).entries, 1);
    assert_int_equal(store_ledger_entry_of(w->store, bad.number, &e), ERR_NOT_FOUND);
}

/* ---- sealing ---- */

struct growth {
    struct ledger_node nodes[64];
    size_t count;
    struct merkle_edge edge;
};

static enum err_code keep_node(void *ctx, unsigned level, uint64_t index, const struct merkle_hash *hash)
{
    struct growth *g = ctx;
    g->nodes[g->count++] = (struct ledger_node){level, index, *hash};
    return OK;
}

static enum err_code grow(void *ctx, const struct ledger_entry *e)
{
    struct growth *g = ctx;
    assert_int_equal(e->index, g->edge.size);
    return merkle_add(&g->edge, &e->leaf, keep_node, g);
}

static const uint8_t ours[LEDGER_HOLDER] = "ours", theirs[LEDGER_HOLDER] = "theirs";

/* Everything that is there, sealed by `holder`; what the store keeps of a signature and a certificate are bytes. */
static enum err_code seal_as(struct world *w, const uint8_t *holder, struct growth *g)
{
    struct ledger_sizes s = sizes_of(w);
    struct ledger_sealing order = {.before = s.sealed, .cert_der = (const uint8_t *)"cert", .cert_len = 4};
    *g = (struct growth){0};
    assert_int_equal(store_ledger_edge(w->store, s.sealed, &g->edge), OK);
    assert_int_equal(store_ledger_walk(w->store, s.sealed, grow, g), OK);
    memcpy(order.holder, holder, sizeof order.holder);
    order.head = (struct ledger_head){.size = g->edge.size, .root = merkle_edge_root(&g->edge), .time = NOW + 200};
    memcpy(order.head.signature.v, "signed", order.head.signature.len = 6);
    order.nodes = g->nodes;
    order.node_count = g->count;
    return store_ledger_seal(w->store, &order);
}

static void heads_follow_each_other(void **state)
{
    struct world *w = *state;
    struct growth g;
    struct ledger_head older = {0}, head;
    struct buf cert = BUF_INIT(1000);
    assert_int_equal(store_ledger_head(w->store, &head, &cert), ERR_NOT_FOUND);
    assert_int_equal(store_ledger_lease(w->store, ours, NOW, LEASE), OK);
    for (int n = 1; n <= 11; n += n < 3 ? 1 : 4) {
        while (sizes_of(w).entries < (uint64_t)n)
            accept(w, (int)sizes_of(w).entries + 1, CONSENT_ACCEPTED);
        assert_int_equal(seal_as(w, ours, &g), OK);
        assert_int_equal(store_ledger_head(w->store, &head, &cert), OK);
        assert_int_equal(head.size, n);
        struct merkle_hash root = merkle_edge_root(&g.edge);
        assert_true(merkle_same(&head.root, &root));
        assert_int_equal(head.signature.len, 6);
        assert_memory_equal(head.signature.v, "signed", 6);
        assert_string_equal((char *)cert.data, "cert");
        struct merkle_path path;
        assert_int_equal(store_ledger_consistency(w->store, older.size, head.size, &path), OK);
        struct merkle_hash begin = older.size ? older.root : merkle_empty();
        assert_true(merkle_consistent(older.size, head.size, &begin, &head.root, &path));
        for (uint64_t i = 0; i < head.size; i++) {
            struct ledger_entry e;
            assert_int_equal(store_ledger_entry(w->store, i, &e), OK);
            assert_int_equal(store_ledger_inclusion(w->store, i, head.size, &path), OK);
            assert_true(merkle_includes(&e.leaf, i, head.size, &path, &head.root));
        }
        older = head;
    }
    assert_int_equal(sizes_of(w).sealed, 11);
    assert_int_equal(sizes_of(w).waiting_since, 0);
    buf_done(&cert);
}

static enum err_code count_heads(void *ctx, const struct ledger_head *h, const struct buf *cert_der)
{
    uint64_t *last = ctx;
    assert_true(h->size > *last);
    assert_int_equal(cert_der->len, 4);
    *last = h->size;
    return h->size == 3 ? ERR_CANCELLED : OK;
}

static enum err_code count_nodes(void *ctx, const struct ledger_node *n)
{
    size_t *count = ctx;
    assert_true(n->level > 0);
    ++*count;
    return OK;
}

static void heads_and_nodes_are_walked(void **state)
{
    struct world *w = *state;
    struct growth g;
    uint64_t last = 0;
    size_t nodes = 0;
    assert_int_equal(store_ledger_lease(w->store, ours, NOW, LEASE), OK);
    for (int n = 1; n <= 4; n++) {
        accept(w, n, CONSENT_ACCEPTED);
        assert_int_equal(seal_as(w, ours, &g), OK);
    }
    assert_int_equal(store_ledger_heads(w->store, count_heads, &last), ERR_CANCELLED);
    assert_int_equal(last, 3);
    assert_int_equal(store_ledger_nodes(w->store, count_nodes, &nodes), OK);
    assert_int_equal(nodes, 3);
    struct merkle_path path;
    assert_int_equal(store_ledger_inclusion(w->store, 4, 4, &path), ERR_BAD_REQUEST);
    assert_int_equal(store_ledger_consistency(w->store, 5, 4, &path), ERR_BAD_REQUEST);
    assert_int_equal(store_ledger_inclusion(w->store, 0, 8, &path), ERR_STORE); /* not that many are sealed */
}

static void one_holds_the_lease(void **state)
{
    struct world *w = *state;
    struct growth g;
    accept(w, 1, CONSENT_ACCEPTED);
    assert_int_equal(seal_as(w, ours, &g), ERR_BUSY); /* nobody has it */
    assert_int_equal(store_ledger_lease(w->store, ours, NOW, LEASE), OK);
    assert_int_equal(store_ledger_lease(w->store, theirs, NOW + LEASE - 1, LEASE), ERR_BUSY);
    assert_int_equal(seal_as(w, theirs, &g), ERR_BUSY);
    assert_int_equal(sizes_of(w).sealed, 0);
    assert_int_equal(store_ledger_lease(w->store, ours, NOW + 5, LEASE), OK); /* prolonged */
    assert_int_equal(store_ledger_lease(w->store, theirs, NOW + LEASE, LEASE), ERR_BUSY);
    assert_int_equal(store_ledger_lease(w->store, theirs, NOW + 5 + LEASE, LEASE), OK);
    assert_int_equal(seal_as(w, ours, &g), ERR_BUSY);
    assert_int_equal(seal_as(w, theirs, &g), OK);
    assert_int_equal(store_ledger_lease(w->store, ours, NOW - 9999, LEASE), OK); /* the clock went back */
    assert_int_equal(store_ledger_release(w->store, theirs), OK);                /* it has none to give */
    assert_int_equal(store_ledger_lease(w->store, theirs, NOW - 9999, LEASE), ERR_BUSY);
    assert_int_equal(store_ledger_release(w->store, ours), OK);
    assert_int_equal(store_ledger_lease(w->store, theirs, NOW - 9999, LEASE), OK);
}

static void a_head_follows_the_one_it_knew(void **state)
{
    struct world *w = *state;
    struct growth g;
    struct ledger_sealing late = {.before = 1, .cert_der = (const uint8_t *)"cert", .cert_len = 4};
    assert_int_equal(store_ledger_lease(w->store, ours, NOW, LEASE), OK);
    accept(w, 1, CONSENT_ACCEPTED);
    assert_int_equal(seal_as(w, ours, &g), OK);
    accept(w, 2, CONSENT_ACCEPTED);
    assert_int_equal(seal_as(w, ours, &g), OK);
    memcpy(late.holder, ours, sizeof late.holder);
    late.head = (struct ledger_head){.size = 3, .time = NOW};
    assert_int_equal(store_ledger_seal(w->store, &late), ERR_BUSY);
    assert_int_equal(sizes_of(w).sealed, 2);
}

/* ---- erasing ---- */

static void erasing_a_person_leaves_the_leaf(void **state)
{
    struct world *w = *state;
    struct growth g;
    struct consent c[3], got;
    struct ledger_entry before, after;
    struct login l = {.token = numbered("login", 2), .state = numbered("state", 2), .expires = NOW + 600};
    uint64_t erased = 9;
    for (int n = 0; n < 3; n++)
        c[n] = accept(w, n + 1, CONSENT_ACCEPTED);
    assert_int_equal(store_login_add(w->store, &l), OK);
    assert_int_equal(store_login_claim(w->store, &l.state, NOW, &l), OK);
    assert_int_equal(store_login_finish(w->store, &l.token, &c[1].person, NOW + 600), OK);
    assert_int_equal(store_ledger_lease(w->store, ours, NOW, LEASE), OK);
    assert_int_equal(seal_as(w, ours, &g), OK);
    struct merkle_hash root = merkle_edge_root(&g.edge);
    before = entry_of(w, &c[1]);

    assert_int_equal(store_person_erase(w->store, &c[1].person.digest, &erased), OK);
    assert_int_equal(erased, 1);
    assert_int_equal(store_consent_by_number(w->store, c[1].number, &got), ERR_NOT_FOUND);
    assert_int_equal(store_ledger_entry_of(w->store, c[1].number, &after), ERR_NOT_FOUND);
    struct request r;
    struct digest code = numbered("code", 2);
    assert_int_equal(store_request_by_code(w->store, &code, &r), ERR_NOT_FOUND);
    assert_int_equal(store_login_get(w->store, &l.token, NOW, &l), ERR_NOT_FOUND);
    assert_int_equal(store_ledger_entry(w->store, before.index, &after), OK);
    assert_false(after.linked);
    assert_string_equal(after.number, "");
    uint8_t none[LEDGER_RANDOM] = {0};
    assert_memory_equal(after.random, none, sizeof none);
    assert_memory_equal(&after.leaf, &before.leaf, sizeof before.leaf);

    g = (struct growth){0};
    assert_int_equal(store_ledger_walk(w->store, 0, grow, &g), OK);
    struct merkle_hash again = merkle_edge_root(&g.edge);
    assert_true(merkle_same(&again, &root));
    entry_of(w, &c[0]);
    entry_of(w, &c[2]);
    assert_int_equal(store_person_erase(w->store, &c[1].person.digest, &erased), OK);
    assert_int_equal(erased, 0);
    struct consent next = accept(w, 2, CONSENT_ACCEPTED); /* the person may come back, under a new number */
    assert_string_equal(next.number, "2020-000004");
    assert_int_equal(entry_of(w, &next).index, 3);
}

/* What grew on a consent goes with it, while somebody is at it, too. */
static void erasing_a_person_leaves_no_evidence(void **state)
{
    struct world *w = *state;
    struct consent c = accept(w, 1, CONSENT_ACCEPTED), other = accept(w, 2, CONSENT_ACCEPTED), got;
    struct digest code = numbered("receipt", 1), others = numbered("receipt", 2);
    struct growing first, g, step;
    struct buf file = BUF_INIT(100);
    uint64_t erased = 0;
    assert_int_equal(store_evidence_claim(w->store, 0, NOW + 100, NOW + 400, &first), OK);
    assert_string_equal(first.number, c.number);
    assert_int_equal(store_evidence_grow(w->store, &first, "grown evidence", 14, 1, NOW + 100), OK);
    assert_int_equal(store_receipt_code_set(w->store, c.number, &code, NOW + 600), OK);
    assert_int_equal(store_receipt_code_set(w->store, other.number, &others, NOW + 600), OK);
    assert_int_equal(store_evidence_claim(w->store, 1, NOW + 100, NOW + 400, &step), OK); /* a step is under way */

    assert_int_equal(store_person_erase(w->store, &c.person.digest, &erased), OK);
    assert_int_equal(erased, 1);
    assert_int_equal(store_evidence_get(w->store, c.number, &g), ERR_NOT_FOUND);
    assert_int_equal(store_evidence_file(w->store, c.number, &file), ERR_NOT_FOUND);
    assert_int_equal(store_consent_by_receipt_code(w->store, &code, NOW, &got), ERR_NOT_FOUND);
    assert_int_equal(store_evidence_grow(w->store, &step, "late", 4, 2, NOW + 100), ERR_ALREADY);
    assert_int_equal(store_evidence_retry(w->store, &step, NOW + 100), ERR_ALREADY);
    assert_int_equal(store_receipt_code_set(w->store, c.number, &code, NOW + 600), ERR_STORE);
    assert_int_equal(store_evidence_get(w->store, c.number, &g), ERR_NOT_FOUND);
    assert_int_equal(store_consent_by_receipt_code(w->store, &others, NOW, &got), OK);
    assert_int_equal(store_evidence_get(w->store, other.number, &g), OK);

    store_close(&w->store);
    struct buf bytes = BUF_INIT(16u << 20);
    assert_int_equal(buf_read_file(&bytes, w->path, NULL), OK);
    assert_null(memmem(bytes.data, bytes.len, "grown evidence", 14));
    assert_null(memmem(bytes.data, bytes.len, c.person.digest.v, sizeof c.person.digest.v));
    assert_non_null(memmem(bytes.data, bytes.len, other.person.digest.v, sizeof other.person.digest.v));
    buf_done(&bytes);
    buf_done(&file);
}

static void it_is_all_there_again(void **state)
{
    struct world *w = *state;
    struct growth g;
    struct store *look = NULL;
    struct ledger_sizes s;
    struct err err;
    assert_int_equal(store_ledger_lease(w->store, ours, NOW, LEASE), OK);
    accept(w, 1, CONSENT_ACCEPTED);
    assert_int_equal(seal_as(w, ours, &g), OK);
    accept(w, 2, CONSENT_ACCEPTED);
    store_close(&w->store);
    stored_open(w);
    assert_int_equal(sizes_of(w).entries, 2); /* nothing was entered a second time */
    assert_int_equal(sizes_of(w).sealed, 1);
    assert_int_equal(store_open(w->path, STORE_LOOK, &look, &err), OK);
    assert_int_equal(store_ledger_sizes(look, &s), OK);
    assert_int_equal(s.entries, 2);
    assert_int_equal(store_ledger_lease(look, theirs, NOW + 999, LEASE), ERR_STORE);
    store_close(&look);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, stored_setup, stored_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(an_acceptance_is_entered),
        CASE(the_same_signature_is_entered_once),
        CASE(what_is_checked_is_entered_when_it_takes_effect),
        CASE(heads_follow_each_other),
        CASE(heads_and_nodes_are_walked),
        CASE(one_holds_the_lease),
        CASE(a_head_follows_the_one_it_knew),
        CASE(erasing_a_person_leaves_the_leaf),
        CASE(erasing_a_person_leaves_no_evidence),
        CASE(it_is_all_there_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
