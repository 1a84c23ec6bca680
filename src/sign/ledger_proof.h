/* The ledger of acceptances as others can check it: what an entry is, what the service signs about the whole of them
 * (heads) and about one that is not in a head yet (promises), and a consent's proof, the file ledger.json of a receipt
 * (docs/protocol.md §5). */
#ifndef EONAY_SIGN_LEDGER_PROOF_H
#define EONAY_SIGN_LEDGER_PROOF_H

#include <stdbool.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/err.h"
#include "sign/merkle.h"
#include "sign/seal.h"

#define LEDGER_NAME_MAX 64   /* bytes of a ledger's name */
#define LEDGER_NUMBER_MAX 32 /* bytes of a consent's number */
#define LEDGER_RANDOM 32
#define LEDGER_JSON_MAX 32768

/* What is entered: an acceptance. */
struct ledger_record {
    char number[LEDGER_NUMBER_MAX + 1];
    int64_t accepted;                /* when the signature arrived */
    uint8_t text[32], signature[32]; /* SHA-256 of the text and of the CMS file as it was received */
};
/* The leaf: merkle_leaf(SHA-256("eonay-ledger-1" ‖ 0 ‖ number ‖ 0 ‖ accepted, RFC 3339 ‖ 0 ‖ text ‖ signature) ‖
 * random). The 32 random bytes are kept beside it. Once they are erased nobody can tell whose leaf it was, even who
 * knows the record; the leaf itself stays, and with it every head. */
struct merkle_hash ledger_leaf(const struct ledger_record *r, const uint8_t random[LEDGER_RANDOM]);

struct ledger_signature {
    size_t len;
    uint8_t v[SEAL_SIGNATURE_MAX];
};
/* The tree of the first `size` entries, sealed. Times of heads never go back. */
struct ledger_head {
    uint64_t size;
    struct merkle_hash root;
    int64_t time;
    struct ledger_signature signature;
};
/* The leaf was entered at `time` and will be in the next head: what a receipt carries that is taken before it. */
struct ledger_promise {
    int64_t time;
    struct ledger_signature signature;
};
/* What the seal signs; both append to *ret.
 *   head:    "eonay-head-1" ‖ 0 ‖ log ‖ 0 ‖ time, RFC 3339 ‖ 0 ‖ size, 8 bytes, big-endian ‖ root
 *   promise: "eonay-promise-1" ‖ 0 ‖ log ‖ 0 ‖ time, RFC 3339 ‖ 0 ‖ leaf */
enum err_code ledger_head_bytes(const char *log, const struct ledger_head *h, struct buf *ret) MUST_CHECK;
enum err_code ledger_promise_bytes(
    const char *log, const struct merkle_hash *leaf, int64_t time, struct buf *ret) MUST_CHECK;
/* Is the head signed by a service's seal below `trust` that was valid at its time? ERR_PROOF_BROKEN for the signature,
 * else what seal_check says. */
enum err_code ledger_head_check(
    const char *log, const struct ledger_head *h, X509 *cert, const struct trust *trust, struct err *err) MUST_CHECK;

/* A consent's proof. */
struct ledger_proof {
    char log[LEDGER_NAME_MAX + 1];
    struct ledger_record record;
    uint8_t random[LEDGER_RANDOM];
    struct merkle_hash leaf;
    bool sealed; /* else promised */
    struct ledger_promise promise;
    uint64_t index;
    struct merkle_path path;
    struct ledger_head head;
    X509 *cert; /* of the seal, owned */
};
void ledger_proof_done(struct ledger_proof *p);
/* ledger.json has exactly one form for every proof, byte for byte; anything else is ERR_GARBLED, with a detail. */
enum err_code ledger_proof_read(const uint8_t *json, size_t len, struct ledger_proof *ret, struct err *err) MUST_CHECK;
enum err_code ledger_proof_write(const struct ledger_proof *p, struct buf *ret_json) MUST_CHECK;
/* Does it prove what it says: the leaf is the record's, the seal is a service's below `trust` at the time it signed,
 * and it signed the promise, or a head whose tree holds the leaf? `record` (NULL: any) is the consent at hand, which
 * has to be the one. ERR_PROOF_BROKEN with a detail, else what seal_check says. */
enum err_code ledger_proof_check(const struct ledger_proof *p, const struct ledger_record *record,
    const struct trust *trust, struct err *err) MUST_CHECK;

#endif
