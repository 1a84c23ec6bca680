/* Merkle trees as in RFC 6962 §2.1 and RFC 9162 §2.1 over SHA-256: hashes, roots, inclusion and consistency paths,
 * their verification. Pure: nodes come from the caller, nothing is kept here.
 *
 * A node (level, index) is the root of the complete subtree over the leaves index·2^level to (index+1)·2^level - 1;
 * level 0 are the leaf hashes. A tree of n leaves has fewer than 2n of them, they never change, and every root and path
 * is put together from at most 2·64 of them. */
#ifndef EONAY_SIGN_MERKLE_H
#define EONAY_SIGN_MERKLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/err.h"

#define MERKLE_LEN 32
#define MERKLE_ENTRY_MAX 256                /* bytes of an entry, ours are shorter */
#define MERKLE_LEVELS 63                    /* of nodes */
#define MERKLE_SIZE_MAX (UINT64_C(1) << 62) /* leaves; larger trees are none */
#define MERKLE_PATH_MAX 64                  /* hashes of a path */

struct merkle_hash {
    uint8_t v[MERKLE_LEN];
};
struct merkle_path {
    size_t len;
    struct merkle_hash at[MERKLE_PATH_MAX]; /* from the leaf towards the root */
};

/* RFC 6962 §2.1: SHA-256 of 0x00 and the entry's bytes (at most MERKLE_ENTRY_MAX); of 0x01 and two hashes; of nothing
 * for the tree of no leaf. Zeros stand for a hash that could not be computed (memory was out): what is made of one is
 * zeros again, and nothing is the same as it. */
struct merkle_hash merkle_leaf(const void *data, size_t len);
struct merkle_hash merkle_node(const struct merkle_hash *left, const struct merkle_hash *right);
struct merkle_hash merkle_empty(void);
bool merkle_is_none(const struct merkle_hash *h);
bool merkle_same(const struct merkle_hash *a, const struct merkle_hash *b);

/* ---- growing: the right edge of a tree ---- */

/* The roots of the complete subtrees that the leaves fall into, by level: at[l] counts when bit l of size is set. */
struct merkle_edge {
    uint64_t size;
    struct merkle_hash at[MERKLE_LEVELS];
};
/* What is told of every node above the leaves that became complete. */
typedef enum err_code merkle_tell(void *ctx, unsigned level, uint64_t index, const struct merkle_hash *hash);
/* One more leaf; `tell` may be NULL. Its error is returned, and the edge is then of no more use. */
enum err_code merkle_add(
    struct merkle_edge *e, const struct merkle_hash *leaf, merkle_tell *tell, void *ctx) MUST_CHECK;
struct merkle_hash merkle_edge_root(const struct merkle_edge *e);

/* ---- from kept nodes ---- */

typedef enum err_code merkle_get(void *ctx, unsigned level, uint64_t index, struct merkle_hash *ret);
struct merkle_nodes {
    merkle_get *get;
    void *ctx;
};
/* All of them return ERR_BAD_REQUEST for sizes and indexes that are none, else what `get` returned. */
enum err_code merkle_load(struct merkle_nodes n, uint64_t size, struct merkle_edge *ret) MUST_CHECK;
enum err_code merkle_root(struct merkle_nodes n, uint64_t size, struct merkle_hash *ret) MUST_CHECK;
/* PATH(index, D[size]), RFC 6962 §2.1.1. index < size. */
enum err_code merkle_inclusion(
    struct merkle_nodes n, uint64_t index, uint64_t size, struct merkle_path *ret) MUST_CHECK;
/* PROOF(older, D[newer]), RFC 6962 §2.1.2; empty when older is 0 or equals newer. older <= newer. */
enum err_code merkle_consistency(
    struct merkle_nodes n, uint64_t older, uint64_t newer, struct merkle_path *ret) MUST_CHECK;

/* ---- verifying: RFC 9162 §2.1.3.2 and §2.1.4.2 ---- */

bool merkle_includes(const struct merkle_hash *leaf, uint64_t index, uint64_t size, const struct merkle_path *path,
    const struct merkle_hash *root);
/* Two sizes that are equal: the roots are the same and the path is empty. A tree of no leaf is the beginning of every
 * other, with an empty path. */
bool merkle_consistent(uint64_t older, uint64_t newer, const struct merkle_hash *older_root,
    const struct merkle_hash *newer_root, const struct merkle_path *path);

#endif
