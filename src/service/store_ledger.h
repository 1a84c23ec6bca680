/* The store's ledger (store.h says what holds for every call): an entry for each acceptance, made in the very
 * transaction in which the acceptance takes effect; above the entries the nodes of their Merkle tree and its signed
 * heads, made later by the one who holds the lease. What an entry, a head and a node are: sign/ledger_proof.h,
 * sign/merkle.h. An entry is never changed or removed; erasing a person's data takes its link to the consent, and the
 * random bytes, and leaves the leaf. */
#ifndef EONAY_SERVICE_STORE_LEDGER_H
#define EONAY_SERVICE_STORE_LEDGER_H

#include "service/store.h"
#include "sign/ledger_proof.h"

struct ledger_entry {
    uint64_t index; /* from 0, without a gap */
    struct merkle_hash leaf;
    int64_t entered;
    bool linked; /* the two below are there */
    char number[STORE_NUMBER];
    uint8_t random[LEDGER_RANDOM];
};
/* What a consent says in the ledger. */
struct ledger_record ledger_record_of(const struct consent *c);

struct ledger_sizes {
    uint64_t entries, sealed; /* sealed: the size of the last head */
    int64_t waiting_since;    /* when the first entry after it was made; 0 when there is none */
};
enum err_code store_ledger_sizes(struct store *s, struct ledger_sizes *ret) MUST_CHECK;
enum err_code store_ledger_entry(struct store *s, uint64_t index, struct ledger_entry *ret) MUST_CHECK;
enum err_code store_ledger_entry_of(struct store *s, const char *number, struct ledger_entry *ret) MUST_CHECK;
enum err_code store_ledger_entry_at(struct store *s, const struct merkle_hash *leaf,
    struct ledger_entry *ret) MUST_CHECK; /* ERR_NOT_FOUND, all three */
/* Entries from `from` on, heads, nodes, each in their order; `each` may end the walk with its own code, which is
 * returned. */
enum err_code store_ledger_walk(struct store *s, uint64_t from,
    enum err_code (*each)(void *ctx, const struct ledger_entry *e), void *ctx) MUST_CHECK;
enum err_code store_ledger_heads(struct store *s,
    enum err_code (*each)(void *ctx, const struct ledger_head *h, const struct buf *cert_der), void *ctx) MUST_CHECK;

struct ledger_node {
    unsigned level; /* from 1 */
    uint64_t index;
    struct merkle_hash hash;
};
enum err_code store_ledger_nodes(
    struct store *s, enum err_code (*each)(void *ctx, const struct ledger_node *n), void *ctx) MUST_CHECK;

/* From the kept nodes, for sizes up to the last head's; ERR_BAD_REQUEST as in merkle.h, ERR_STORE when one is missing.
 */
enum err_code store_ledger_edge(struct store *s, uint64_t size, struct merkle_edge *ret) MUST_CHECK;
enum err_code store_ledger_inclusion(
    struct store *s, uint64_t index, uint64_t size, struct merkle_path *ret) MUST_CHECK;
enum err_code store_ledger_consistency(
    struct store *s, uint64_t older, uint64_t newer, struct merkle_path *ret) MUST_CHECK;
/* The last head and the certificate of its seal. ERR_NOT_FOUND. */
enum err_code store_ledger_head(struct store *s, struct ledger_head *ret, struct buf *ret_cert_der) MUST_CHECK;

/* ---- sealing ---- */

#define LEDGER_HOLDER 16 /* random bytes by which a sealer is known */
/* Takes the lease, or prolongs one's own, to now + lease_s. ERR_BUSY while it is another's. One that would last longer
 * than lease_s from now was taken by another clock and counts as over. */
enum err_code store_ledger_lease(
    struct store *s, const uint8_t holder[LEDGER_HOLDER], int64_t now, int64_t lease_s) MUST_CHECK;
/* Gives one's own lease back, so that the next need not wait for its end. OK when one has none. */
enum err_code store_ledger_release(struct store *s, const uint8_t holder[LEDGER_HOLDER]) MUST_CHECK;

struct ledger_sealing {
    uint8_t holder[LEDGER_HOLDER];
    uint64_t before; /* the size of the last head that it follows */
    struct ledger_head head;
    const uint8_t *cert_der;
    size_t cert_len;
    const struct ledger_node *nodes; /* complete since that head */
    size_t node_count;
};
/* All of it or nothing. ERR_BUSY when the lease is another's by now, or another head came first. */
enum err_code store_ledger_seal(struct store *s, const struct ledger_sealing *g) MUST_CHECK;

/* ---- erasing ---- */

/* Everything that is about this person: logins, requests with their refusals, consents with their signatures; the
 * entries are unlinked. *ret_consents: so many consents there were. */
enum err_code store_person_erase(struct store *s, const struct digest *person, uint64_t *ret_consents) MUST_CHECK;

#endif
