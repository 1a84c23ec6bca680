#include "config.h"
#include "sign/merkle.h"

#include <assert.h>
#include <string.h>
#include <openssl/sha.h>

/* ---- hashes ---- */

static struct merkle_hash digest(const uint8_t *bytes, size_t len)
{
    struct merkle_hash out;
    if (!SHA256(bytes, len, out.v))
        memset(&out, 0, sizeof out);
    return out;
}

struct merkle_hash merkle_leaf(const void *data, size_t len)
{
    uint8_t entry[1 + MERKLE_ENTRY_MAX] = {0x00};
    assert(len <= MERKLE_ENTRY_MAX);
    memcpy(entry + 1, data, len);
    return digest(entry, 1 + len);
}

struct merkle_hash merkle_node(const struct merkle_hash *left, const struct merkle_hash *right)
{
    uint8_t both[1 + 2 * MERKLE_LEN] = {0x01};
    if (merkle_is_none(left) || merkle_is_none(right))
        return (struct merkle_hash){{0}};
    memcpy(both + 1, left->v, MERKLE_LEN);
    memcpy(both + 1 + MERKLE_LEN, right->v, MERKLE_LEN);
    return digest(both, sizeof both);
}

struct merkle_hash merkle_empty(void)
{
    return digest((const uint8_t *)"", 0);
}

bool merkle_is_none(const struct merkle_hash *h)
{
    static const struct merkle_hash none;
    return memcmp(h, &none, sizeof none) == 0;
}

bool merkle_same(const struct merkle_hash *a, const struct merkle_hash *b)
{
    return memcmp(a, b, sizeof *a) == 0 && !merkle_is_none(a);
}

/* ---- growing ---- */

enum err_code merkle_add(struct merkle_edge *e, const struct merkle_hash *leaf, merkle_tell *tell, void *ctx)
{
    struct merkle_hash carried = *leaf;
    unsigned level = 0;
    enum err_code rc = OK;
    if (e->size >= MERKLE_SIZE_MAX)
        return ERR_TOO_BIG;
    for (; rc == OK && (e->size >> level & 1) == 1; level++) { /* as one adds 1 to a binary number */
        carried = merkle_node(&e->at[level], &carried);
        if (tell)
            rc = tell(ctx, level + 1, e->size >> (level + 1), &carried);
    }
    e->at[level] = carried;
    e->size++;
    return rc;
}

struct merkle_hash merkle_edge_root(const struct merkle_edge *e)
{
    struct merkle_hash root = merkle_empty();
    bool begun = false;
    for (unsigned level = 0; level < MERKLE_LEVELS; level++) {
        if ((e->size >> level & 1) == 0)
            continue;
        root = begun ? merkle_node(&e->at[level], &root) : e->at[level];
        begun = true;
    }
    return root;
}

/* ---- from kept nodes ---- */

/* Leaves from..from+size-1, where `from` is a multiple of every power of two up to size, as the cuts of RFC 6962 leave
 * it: the complete subtrees it falls into, then their edge. */
static enum err_code load_range(struct merkle_nodes n, uint64_t from, uint64_t size, struct merkle_edge *ret)
{
    enum err_code e = OK;
    *ret = (struct merkle_edge){.size = size};
    for (unsigned level = MERKLE_LEVELS; e == OK && level-- > 0;) {
        if ((size >> level & 1) == 0)
            continue;
        e = n.get(n.ctx, level, from >> level, &ret->at[level]);
        from += UINT64_C(1) << level;
    }
    return e;
}

static enum err_code range_root(struct merkle_nodes n, uint64_t from, uint64_t size, struct merkle_hash *ret)
{
    struct merkle_edge edge;
    enum err_code e = load_range(n, from, size, &edge);
    if (e == OK)
        *ret = merkle_edge_root(&edge);
    return e;
}

enum err_code merkle_load(struct merkle_nodes n, uint64_t size, struct merkle_edge *ret)
{
    return size > MERKLE_SIZE_MAX ? ERR_BAD_REQUEST : load_range(n, 0, size, ret);
}

enum err_code merkle_root(struct merkle_nodes n, uint64_t size, struct merkle_hash *ret)
{
    return size > MERKLE_SIZE_MAX ? ERR_BAD_REQUEST : range_root(n, 0, size, ret);
}

/* The largest power of two below n, for n > 1. */
static uint64_t cut_of(uint64_t n)
{
    uint64_t k = 1;
    while (k << 1 < n)
        k <<= 1;
    return k;
}

static void turn_round(struct merkle_path *p)
{
    for (size_t i = 0; i < p->len / 2; i++) {
        struct merkle_hash h = p->at[i];
        p->at[i] = p->at[p->len - 1 - i];
        p->at[p->len - 1 - i] = h;
    }
}

/* A walk from the root down to the subtree that is being looked for, which collects what it leaves aside. */
struct walk {
    uint64_t from, size; /* where it stands */
    struct merkle_path path;
};

static enum err_code step(struct merkle_nodes n, struct walk *w, bool to_right)
{
    uint64_t k = cut_of(w->size);
    struct merkle_hash *aside = &w->path.at[w->path.len++];
    enum err_code e = to_right ? range_root(n, w->from, k, aside) : range_root(n, w->from + k, w->size - k, aside);
    w->from += to_right ? k : 0;
    w->size = to_right ? w->size - k : k;
    return e;
}

enum err_code merkle_inclusion(struct merkle_nodes n, uint64_t index, uint64_t size, struct merkle_path *ret)
{
    struct walk w = {.size = size};
    enum err_code e = index < size && size <= MERKLE_SIZE_MAX ? OK : ERR_BAD_REQUEST;
    while (e == OK && w.size > 1)
        e = step(n, &w, index - w.from >= cut_of(w.size));
    if (e != OK)
        return e;
    turn_round(&w.path);
    *ret = w.path;
    return OK;
}

enum err_code merkle_consistency(struct merkle_nodes n, uint64_t older, uint64_t newer, struct merkle_path *ret)
{
    struct walk w = {.size = newer};
    enum err_code e = older <= newer && newer <= MERKLE_SIZE_MAX ? OK : ERR_BAD_REQUEST;
    while (e == OK && older > 0 && w.from + w.size > older)
        e = step(n, &w, older - w.from > cut_of(w.size));
    if (e == OK && w.from > 0) /* the older root cannot be told from what the other side has */
        e = range_root(n, w.from, w.size, &w.path.at[w.path.len++]);
    if (e != OK)
        return e;
    turn_round(&w.path);
    *ret = w.path;
    return OK;
}

/* ---- verifying ---- */

bool merkle_includes(const struct merkle_hash *leaf, uint64_t index, uint64_t size, const struct merkle_path *path,
    const struct merkle_hash *root)
{
    uint64_t fn = index, sn = size - 1;
    struct merkle_hash r = *leaf;
    if (index >= size || size > MERKLE_SIZE_MAX || path->len > MERKLE_PATH_MAX)
        return false;
    for (size_t i = 0; i < path->len; i++, fn >>= 1, sn >>= 1) {
        if (sn == 0)
            return false;
        bool from_left = (fn & 1) == 1 || fn == sn;
        r = from_left ? merkle_node(&path->at[i], &r) : merkle_node(&r, &path->at[i]);
        while (from_left && (fn & 1) == 0 && fn != 0) {
            fn >>= 1;
            sn >>= 1;
        }
    }
    return sn == 0 && merkle_same(&r, root);
}

/* Steps 2 to 7 of §2.1.4.2 for 0 < older < newer; the path begins with the node that both trees share. */
static bool rise(uint64_t older, uint64_t newer, const struct merkle_hash *first, const struct merkle_hash *rest,
    size_t len, struct merkle_hash *fr, struct merkle_hash *sr)
{
    uint64_t fn = older - 1, sn = newer - 1;
    while ((fn & 1) == 1) {
        fn >>= 1;
        sn >>= 1;
    }
    *fr = *sr = *first;
    for (size_t i = 0; i < len; i++, fn >>= 1, sn >>= 1) {
        if (sn == 0)
            return false;
        if ((fn & 1) == 1 || fn == sn) {
            *fr = merkle_node(&rest[i], fr);
            *sr = merkle_node(&rest[i], sr);
            while ((fn & 1) == 0 && fn != 0) {
                fn >>= 1;
                sn >>= 1;
            }
        } else {
            *sr = merkle_node(sr, &rest[i]);
        }
    }
    return sn == 0;
}

bool merkle_consistent(uint64_t older, uint64_t newer, const struct merkle_hash *older_root,
    const struct merkle_hash *newer_root, const struct merkle_path *path)
{
    struct merkle_hash fr, sr, none = merkle_empty();
    if (older > newer || newer > MERKLE_SIZE_MAX || path->len > MERKLE_PATH_MAX)
        return false;
    if (older == 0)
        return path->len == 0 && merkle_same(older_root, &none) && (newer > 0 || merkle_same(newer_root, &none));
    if (older == newer)
        return path->len == 0 && merkle_same(older_root, newer_root);
    if (path->len == 0)
        return false;
    bool whole = (older & (older - 1)) == 0; /* then the older root is the node that both share */
    size_t skip = whole ? 0 : 1;
    bool risen = rise(older, newer, whole ? older_root : &path->at[0], path->at + skip, path->len - skip, &fr, &sr);
    return risen && merkle_same(&fr, older_root) && merkle_same(&sr, newer_root);
}
