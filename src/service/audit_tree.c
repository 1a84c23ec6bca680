/* The kept nodes tell more than the heads: which two rows it is that were changed, and where a row was sealed that
 * stands elsewhere now. */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include "service/audit_inside.h"

#define SUSPECTS_MAX 256 /* pairs of rows that are compared with each other */

struct tree {
    struct audit *audit;
    uint64_t sealed;                           /* rows that must have their nodes */
    struct merkle_hash *levels[MERKLE_LEVELS]; /* as the rows give them; [0] is not used */
    bool *seen[MERKLE_LEVELS];                 /* the store has it */
    uint64_t counts[MERKLE_LEVELS];
    struct ledger_node suspects[SUSPECTS_MAX]; /* of level 1, as they are kept */
    size_t suspect_count;
    uint64_t first, last; /* a run of pairs that could not be told apart; last: one past */
    uint64_t end;         /* of the entries below the kept nodes: they were sealed */
};

/* ---- computing ---- */

static const struct merkle_hash *hash_at(const struct tree *t, unsigned level, uint64_t index)
{
    return level == 0 ? &t->audit->rows[index].leaf : &t->levels[level][index];
}

static enum err_code compute(struct tree *t)
{
    for (unsigned level = 1; level < MERKLE_LEVELS && t->sealed >> level > 0; level++) {
        uint64_t count = t->counts[level] = t->sealed >> level;
        t->levels[level] = calloc(count, sizeof *t->levels[level]);
        t->seen[level] = calloc(count, sizeof *t->seen[level]);
        if (!t->levels[level] || !t->seen[level])
            return ERR_NOMEM;
        for (uint64_t i = 0; i < count; i++)
            t->levels[level][i] = merkle_node(hash_at(t, level - 1, 2 * i), hash_at(t, level - 1, 2 * i + 1));
    }
    return OK;
}

static void tree_done(struct tree *t)
{
    for (unsigned level = 0; level < MERKLE_LEVELS; level++) {
        free(t->levels[level]);
        free(t->seen[level]);
    }
}

/* ---- comparing ---- */

static void say_node(struct tree *t, unsigned level, uint64_t index)
{
    audit_say(t->audit, (struct audit_finding){.flaw = AUDIT_TREE, .level = level, .from = index, .to = index});
}

static bool is_missing(const struct tree *t, uint64_t row)
{
    return merkle_is_none(&t->audit->rows[row].leaf);
}

static void say_run(struct tree *t)
{
    if (t->first < t->last)
        audit_say(t->audit, (struct audit_finding){.flaw = AUDIT_CHANGED, .from = 2 * t->first, .to = 2 * t->last - 1});
    t->first = t->last = 0;
}

static uint64_t end_below(const struct ledger_node *n)
{
    return n->index < MERKLE_SIZE_MAX >> n->level ? (n->index + 1) << n->level : MERKLE_SIZE_MAX;
}

/* While the heads hold, the rows are right and the node is wrong; else it is the other way round. */
static enum err_code each_node(void *ctx, const struct ledger_node *n)
{
    struct tree *t = ctx;
    if (n->level == 0 || n->level >= MERKLE_LEVELS)
        return OK;
    t->end = end_below(n) > t->end ? end_below(n) : t->end;
    if (n->index >= t->counts[n->level])
        return OK; /* sealed since we began; or look at say_headless */
    t->seen[n->level][n->index] = true;
    if (merkle_same(&n->hash, &t->levels[n->level][n->index]))
        return OK;
    if (t->audit->roots_hold)
        say_node(t, n->level, n->index);
    else if (n->level == 1 && !is_missing(t, 2 * n->index) && !is_missing(t, 2 * n->index + 1) &&
             t->suspect_count < SUSPECTS_MAX)
        t->suspects[t->suspect_count++] = *n;
    return OK;
}

static void say_absent(struct tree *t)
{
    for (unsigned level = 1; level < MERKLE_LEVELS; level++)
        for (uint64_t i = 0; i < t->counts[level]; i++)
            if (!t->seen[level][i])
                say_node(t, level, i);
}

/* Nodes are kept together with the head above them. The sizes are read after the nodes: of what was sealed meanwhile
 * there is a head. */
static enum err_code say_headless(struct tree *t)
{
    struct ledger_sizes s;
    enum err_code e = store_ledger_sizes(t->audit->store, &s);
    if (e == OK && t->end > s.sealed)
        audit_say(t->audit, (struct audit_finding){.flaw = AUDIT_HEADLESS, .from = s.sealed, .to = t->end - 1});
    return e;
}

/* ---- blaming ---- */

static void say_moved(struct tree *t, uint64_t from, uint64_t belongs)
{
    struct audit_finding f = {.flaw = AUDIT_MOVED, .from = from, .to = from, .belongs = belongs};
    memcpy(f.number, t->audit->rows[from].number, sizeof f.number);
    audit_say(t->audit, f);
}

static bool gives(const struct ledger_node *n, const struct merkle_hash *left, const struct merkle_hash *right)
{
    struct merkle_hash h = merkle_node(left, right);
    return merkle_same(&h, &n->hash);
}

/* Does this row in the place of one of the pair's make the pair what was sealed? */
static bool try_row(struct tree *t, const struct ledger_node *n, uint64_t row)
{
    const struct audit_row *rows = t->audit->rows, *pair = rows + 2 * n->index;
    if (gives(n, &rows[row].leaf, &pair[1].leaf))
        say_moved(t, row, 2 * n->index);
    else if (gives(n, &pair[0].leaf, &rows[row].leaf))
        say_moved(t, row, 2 * n->index + 1);
    else
        return false;
    return true;
}

static bool explain(struct tree *t, const struct ledger_node *n)
{
    const struct audit_row *pair = t->audit->rows + 2 * n->index;
    if (gives(n, &pair[1].leaf, &pair[0].leaf)) {
        say_moved(t, 2 * n->index, 2 * n->index + 1);
        say_moved(t, 2 * n->index + 1, 2 * n->index);
        return true;
    }
    for (size_t i = 0; i < t->suspect_count; i++)
        for (uint64_t side = 0; side < 2; side++)
            if (t->suspects[i].index != n->index && try_row(t, n, 2 * t->suspects[i].index + side))
                return true;
    return false;
}

static void blame(struct tree *t)
{
    for (size_t i = 0; i < t->suspect_count; i++) {
        uint64_t pair = t->suspects[i].index;
        if (explain(t, &t->suspects[i]))
            continue;
        if (t->last != pair)
            say_run(t);
        if (t->first == t->last)
            t->first = pair;
        t->last = pair + 1;
    }
    say_run(t);
}

static uint64_t sealed_rows(const struct audit *a)
{
    uint64_t sealed = a->head_count > 0 ? a->heads[a->head_count - 1].size : 0;
    return sealed < a->row_count ? sealed : a->row_count;
}

enum err_code audit_tree(struct audit *a)
{
    struct tree *t = calloc(1, sizeof *t);
    if (!t)
        return ERR_NOMEM;
    t->audit = a;
    t->sealed = sealed_rows(a);
    enum err_code e = compute(t);
    if (e == OK)
        e = store_ledger_nodes(a->store, each_node, t);
    if (e == OK) {
        say_absent(t);
        blame(t);
        e = say_headless(t);
    }
    tree_done(t);
    free(t);
    return e;
}
