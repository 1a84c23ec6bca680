/* Merkle trees: the known tree of Certificate Transparency's own tests, and every size up to 130 against the recursive
 * definition of RFC 6962 §2.1 written down as it stands there. */
#include "config.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "base/ascii.h"
#include "sign/merkle.h"

#define MOST 130

static struct merkle_hash leaves[MOST];
static struct merkle_hash nodes[8][MOST]; /* kept ones, by level */
static size_t told;

/* ---- the definition ---- */

static uint64_t power_below(uint64_t n)
{
    uint64_t k = 1;
    while (k * 2 < n)
        k *= 2;
    return k;
}

static struct merkle_hash mth(uint64_t from, uint64_t n)
{
    if (n == 0)
        return merkle_empty();
    if (n == 1)
        return leaves[from];
    uint64_t k = power_below(n);
    struct merkle_hash left = mth(from, k), right = mth(from + k, n - k);
    return merkle_node(&left, &right);
}

static void append(struct merkle_path *p, struct merkle_hash h)
{
    p->at[p->len++] = h;
}

static void path_of(uint64_t m, uint64_t from, uint64_t n, struct merkle_path *p)
{
    if (n <= 1)
        return;
    uint64_t k = power_below(n);
    if (m < k) {
        path_of(m, from, k, p);
        append(p, mth(from + k, n - k));
    } else {
        path_of(m - k, from + k, n - k, p);
        append(p, mth(from, k));
    }
}

static void subproof(uint64_t m, uint64_t from, uint64_t n, bool whole, struct merkle_path *p)
{
    if (m == n) {
        if (!whole)
            append(p, mth(from, n));
        return;
    }
    uint64_t k = power_below(n);
    if (m <= k) {
        subproof(m, from, k, whole, p);
        append(p, mth(from + k, n - k));
    } else {
        subproof(m - k, from + k, n - k, false, p);
        append(p, mth(from, k));
    }
}

/* ---- the kept nodes ---- */

static enum err_code keep(void *ctx, unsigned level, uint64_t index, const struct merkle_hash *hash)
{
    (void)ctx;
    assert_true(level > 0 && level < 8 && index < MOST);
    assert_true(merkle_is_none(&nodes[level][index])); /* each once */
    nodes[level][index] = *hash;
    told++;
    return OK;
}

static enum err_code get(void *ctx, unsigned level, uint64_t index, struct merkle_hash *ret)
{
    (void)ctx;
    *ret = level == 0 ? leaves[index] : nodes[level][index];
    assert_false(merkle_is_none(ret)); /* nothing is asked for that is not complete */
    return OK;
}

static const struct merkle_nodes kept = {get, NULL};

static void same(struct merkle_hash a, struct merkle_hash b)
{
    assert_memory_equal(&a, &b, sizeof a);
}

static void same_paths(const struct merkle_path *a, const struct merkle_path *b)
{
    assert_int_equal(a->len, b->len);
    assert_memory_equal(a->at, b->at, a->len * sizeof a->at[0]);
}

static int grow(void **state)
{
    struct merkle_edge edge = {0};
    (void)state;
    memset(nodes, 0, sizeof nodes);
    for (uint64_t i = 0; i < MOST; i++) {
        leaves[i] = merkle_leaf(&i, sizeof i);
        assert_int_equal(merkle_add(&edge, &leaves[i], keep, NULL), OK);
        same(merkle_edge_root(&edge), mth(0, i + 1));
    }
    assert_int_equal(told, 65 + 32 + 16 + 8 + 4 + 2 + 1);
    return 0;
}

/* ---- known values ---- */

static struct merkle_hash hash_of(const char *hex)
{
    struct merkle_hash h;
    assert_true(ascii_unhex(h.v, sizeof h.v, hex));
    return h;
}

static void the_known_tree_has_its_roots(void **state)
{
    static const struct {
        size_t len;
        const char *bytes, *root;
    } known[] = {
        {0, "", "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"},
        {1, "\x00", "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"},
        {1, "\x10", "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"},
        {2, "\x20\x21", "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"},
        {2, "\x30\x31", "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"},
        {4, "\x40\x41\x42\x43", "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"},
        {8, "\x50\x51\x52\x53\x54\x55\x56\x57", "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"},
        {16, "\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"},
    };
    struct merkle_edge edge = {0};
    (void)state;
    same(merkle_edge_root(&edge), hash_of("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
    for (size_t i = 0; i < 8; i++) {
        struct merkle_hash leaf = merkle_leaf(known[i].bytes, known[i].len);
        assert_int_equal(merkle_add(&edge, &leaf, NULL, NULL), OK);
        same(merkle_edge_root(&edge), hash_of(known[i].root));
    }
}

static void the_known_paths_hold(void **state)
{
    (void)state;
    struct merkle_hash root = hash_of("5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"),
                       six = hash_of("76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"),
                       first = merkle_leaf("", 0);
    struct merkle_path inclusion = {
        3, {hash_of("96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"),
               hash_of("5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"),
               hash_of("6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4")}};
    struct merkle_path consistency = {
        3, {hash_of("0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"),
               hash_of("ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"),
               hash_of("d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7")}};
    assert_true(merkle_includes(&first, 0, 8, &inclusion, &root));
    assert_false(merkle_includes(&first, 1, 8, &inclusion, &root));
    assert_true(merkle_consistent(6, 8, &six, &root, &consistency));
    assert_false(merkle_consistent(5, 8, &six, &root, &consistency));
}

/* ---- every size ---- */

static void every_root_and_edge(void **state)
{
    struct merkle_hash root;
    struct merkle_edge edge;
    (void)state;
    for (uint64_t n = 0; n <= MOST; n++) {
        assert_int_equal(merkle_root(kept, n, &root), OK);
        same(root, mth(0, n));
        assert_int_equal(merkle_load(kept, n, &edge), OK);
        assert_int_equal(edge.size, n);
        same(merkle_edge_root(&edge), root);
    }
}

static void every_inclusion(void **state)
{
    struct merkle_path path;
    (void)state;
    for (uint64_t n = 1; n <= MOST; n++) {
        struct merkle_hash root = mth(0, n);
        for (uint64_t m = 0; m < n; m++) {
            struct merkle_path want = {0};
            path_of(m, 0, n, &want);
            assert_int_equal(merkle_inclusion(kept, m, n, &path), OK);
            same_paths(&path, &want);
            assert_true(merkle_includes(&leaves[m], m, n, &path, &root));
            assert_false(merkle_includes(&leaves[m], (m + 1) % n, n, &path, &root) && n > 1);
            assert_false(merkle_includes(&leaves[(m + 1) % n], m, n, &path, &root) && n > 1);
            assert_false(merkle_includes(&leaves[m], m + n, n, &path, &root));
        }
    }
}

static void every_consistency(void **state)
{
    struct merkle_path path;
    (void)state;
    for (uint64_t n = 0; n <= MOST; n++) {
        struct merkle_hash newer = mth(0, n);
        for (uint64_t m = 0; m <= n; m++) {
            struct merkle_path want = {0};
            struct merkle_hash older = mth(0, m);
            if (m > 0)
                subproof(m, 0, n, true, &want);
            assert_int_equal(merkle_consistency(kept, m, n, &path), OK);
            same_paths(&path, &want);
            assert_true(merkle_consistent(m, n, &older, &newer, &path));
            if (m < n) {
                assert_false(merkle_consistent(m, n, &newer, &newer, &path));
                assert_false(merkle_consistent(n, m, &newer, &older, &path));
            }
        }
    }
}

/* ---- damage ---- */

static void one_changed_byte_fails(void **state)
{
    struct merkle_path path, proof;
    (void)state;
    for (uint64_t n = 1; n <= MOST; n += n < 20 ? 1 : 11) {
        struct merkle_hash root = mth(0, n);
        for (uint64_t m = 0; m < n; m++) {
            struct merkle_hash older = mth(0, m + 1);
            assert_int_equal(merkle_inclusion(kept, m, n, &path), OK);
            assert_int_equal(merkle_consistency(kept, m + 1, n, &proof), OK);
            for (size_t i = 0; i < path.len * MERKLE_LEN; i++) {
                path.at[i / MERKLE_LEN].v[i % MERKLE_LEN] ^= 1;
                assert_false(merkle_includes(&leaves[m], m, n, &path, &root));
                path.at[i / MERKLE_LEN].v[i % MERKLE_LEN] ^= 1;
            }
            for (size_t i = 0; i < proof.len * MERKLE_LEN; i++) {
                proof.at[i / MERKLE_LEN].v[i % MERKLE_LEN] ^= 0x80;
                assert_false(merkle_consistent(m + 1, n, &older, &root, &proof));
                proof.at[i / MERKLE_LEN].v[i % MERKLE_LEN] ^= 0x80;
            }
        }
    }
}

static void a_path_has_its_length(void **state)
{
    struct merkle_path path;
    (void)state;
    for (uint64_t n = 2; n <= MOST; n += 3) {
        struct merkle_hash root = mth(0, n), older = mth(0, n / 2);
        assert_int_equal(merkle_inclusion(kept, n / 2, n, &path), OK);
        path.at[path.len++] = leaves[0];
        assert_false(merkle_includes(&leaves[n / 2], n / 2, n, &path, &root));
        path.len -= 2;
        assert_false(merkle_includes(&leaves[n / 2], n / 2, n, &path, &root));
        assert_int_equal(merkle_consistency(kept, n / 2, n, &path), OK);
        path.at[path.len++] = leaves[0];
        assert_false(merkle_consistent(n / 2, n, &older, &root, &path));
        path.len -= 2;
        assert_false(merkle_consistent(n / 2, n, &older, &root, &path));
    }
}

static void strange_sizes_are_none(void **state)
{
    struct merkle_path path = {0};
    struct merkle_hash root, none = {{0}};
    struct merkle_edge full = {.size = MERKLE_SIZE_MAX};
    (void)state;
    assert_int_equal(merkle_inclusion(kept, 3, 3, &path), ERR_BAD_REQUEST);
    assert_int_equal(merkle_inclusion(kept, 0, 0, &path), ERR_BAD_REQUEST);
    assert_int_equal(merkle_inclusion(kept, 0, UINT64_MAX, &path), ERR_BAD_REQUEST);
    assert_int_equal(merkle_consistency(kept, 4, 3, &path), ERR_BAD_REQUEST);
    assert_int_equal(merkle_consistency(kept, 4, UINT64_MAX, &path), ERR_BAD_REQUEST);
    assert_int_equal(merkle_root(kept, UINT64_MAX, &root), ERR_BAD_REQUEST);
    assert_int_equal(merkle_add(&full, &leaves[0], NULL, NULL), ERR_TOO_BIG);
    assert_false(merkle_includes(&leaves[0], 0, 0, &path, &leaves[0]));
    assert_false(merkle_includes(&leaves[0], 0, UINT64_MAX, &path, &leaves[0]));
    assert_true(merkle_includes(&leaves[0], 0, 1, &path, &leaves[0]));
    path.len = MERKLE_PATH_MAX + 1;
    assert_false(merkle_includes(&leaves[0], 0, MERKLE_SIZE_MAX, &path, &leaves[0]));
    assert_false(merkle_consistent(1, MERKLE_SIZE_MAX, &leaves[0], &leaves[0], &path));
    assert_false(merkle_same(&none, &none)); /* what could not be computed is the same as nothing */
    root = merkle_node(&none, &leaves[0]);
    assert_true(merkle_is_none(&root));
}

static enum err_code broken(void *ctx, unsigned level, uint64_t index, struct merkle_hash *ret)
{
    (void)ctx;
    (void)level;
    (void)index;
    (void)ret;
    return ERR_STORE;
}

static enum err_code unheard(void *ctx, unsigned level, uint64_t index, const struct merkle_hash *hash)
{
    (void)ctx;
    (void)level;
    (void)index;
    (void)hash;
    return ERR_NOMEM;
}

static void what_keeps_the_nodes_may_fail(void **state)
{
    const struct merkle_nodes n = {broken, NULL};
    struct merkle_path path;
    struct merkle_hash root;
    struct merkle_edge edge = {0};
    (void)state;
    assert_int_equal(merkle_root(n, 3, &root), ERR_STORE);
    assert_int_equal(merkle_inclusion(n, 1, 3, &path), ERR_STORE);
    assert_int_equal(merkle_consistency(n, 1, 3, &path), ERR_STORE);
    assert_int_equal(merkle_add(&edge, &leaves[0], unheard, NULL), OK);
    assert_int_equal(merkle_add(&edge, &leaves[1], unheard, NULL), ERR_NOMEM);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_known_tree_has_its_roots),
        cmocka_unit_test(the_known_paths_hold),
        cmocka_unit_test(every_root_and_edge),
        cmocka_unit_test(every_inclusion),
        cmocka_unit_test(every_consistency),
        cmocka_unit_test(one_changed_byte_fails),
        cmocka_unit_test(a_path_has_its_length),
        cmocka_unit_test(strange_sizes_are_none),
        cmocka_unit_test(what_keeps_the_nodes_may_fail),
    };
    return cmocka_run_group_tests(tests, grow, NULL);
}
