#include "config.h"
#include "sign/ledger_proof.h"

#include <string.h>
#include <openssl/sha.h>
#include "base/when.h"

#define BYTES_MAX 256 /* of a record, of what is signed */

/* A word with the zero byte that keeps fields apart. */
static enum err_code add_word(struct buf *b, const char *word)
{
    return buf_add(b, word, strlen(word) + 1);
}

static enum err_code add_time(struct buf *b, int64_t utc)
{
    char text[WHEN_RFC3339];
    when_rfc3339(text, utc);
    return add_word(b, text);
}

/* ---- entries ---- */

static enum err_code record_bytes(const struct ledger_record *r, struct buf *ret)
{
    enum err_code e = add_word(ret, "eonay-ledger-1");
    if (e == OK)
        e = add_word(ret, r->number);
    if (e == OK)
        e = add_time(ret, r->accepted);
    if (e == OK)
        e = buf_add(ret, r->text, sizeof r->text);
    return e == OK ? buf_add(ret, r->signature, sizeof r->signature) : e;
}

struct merkle_hash ledger_leaf(const struct ledger_record *r, const uint8_t random[LEDGER_RANDOM])
{
    uint8_t entry[32 + LEDGER_RANDOM];
    struct merkle_hash none = {{0}};
    struct buf bytes = BUF_INIT(BYTES_MAX);
    bool done = record_bytes(r, &bytes) == OK && SHA256(bytes.data, bytes.len, entry);
    buf_done(&bytes);
    memcpy(entry + 32, random, LEDGER_RANDOM);
    return done ? merkle_leaf(entry, sizeof entry) : none;
}

/* ---- what is signed ---- */

static enum err_code begin_signed(struct buf *ret, const char *kind, const char *log, int64_t time)
{
    enum err_code e = add_word(ret, kind);
    if (e == OK)
        e = add_word(ret, log);
    return e == OK ? add_time(ret, time) : e;
}

enum err_code ledger_head_bytes(const char *log, const struct ledger_head *h, struct buf *ret)
{
    uint8_t size[8];
    for (unsigned i = 0; i < 8; i++)
        size[i] = (uint8_t)(h->size >> (56 - 8 * i));
    enum err_code e = begin_signed(ret, "eonay-head-1", log, h->time);
    if (e == OK)
        e = buf_add(ret, size, sizeof size);
    return e == OK ? buf_add(ret, h->root.v, sizeof h->root.v) : e;
}

enum err_code ledger_promise_bytes(const char *log, const struct merkle_hash *leaf, int64_t time, struct buf *ret)
{
    enum err_code e = begin_signed(ret, "eonay-promise-1", log, time);
    return e == OK ? buf_add(ret, leaf->v, sizeof leaf->v) : e;
}

/* ---- checking ---- */

static enum err_code signed_by(
    X509 *cert, const struct buf *bytes, const struct ledger_signature *s, const char *what, struct err *err)
{
    enum err_code e = seal_verify(cert, bytes->data, bytes->len, s->v, s->len);
    return e == ERR_REJ_SIG ? err_set(err, ERR_PROOF_BROKEN, "the signature of the %s does not hold", what) : e;
}

enum err_code ledger_head_check(
    const char *log, const struct ledger_head *h, X509 *cert, const struct trust *trust, struct err *err)
{
    struct buf bytes = BUF_INIT(BYTES_MAX);
    enum err_code e = seal_check(cert, NULL, trust, h->time, err);
    if (e == OK)
        e = ledger_head_bytes(log, h, &bytes);
    if (e == OK)
        e = signed_by(cert, &bytes, &h->signature, "head", err);
    buf_done(&bytes);
    return e;
}

static enum err_code promise_check(const struct ledger_proof *p, const struct trust *trust, struct err *err)
{
    struct buf bytes = BUF_INIT(BYTES_MAX);
    enum err_code e = seal_check(p->cert, NULL, trust, p->promise.time, err);
    if (e == OK)
        e = ledger_promise_bytes(p->log, &p->leaf, p->promise.time, &bytes);
    if (e == OK)
        e = signed_by(p->cert, &bytes, &p->promise.signature, "promise", err);
    buf_done(&bytes);
    return e;
}

static bool same_record(const struct ledger_record *a, const struct ledger_record *b)
{
    return strcmp(a->number, b->number) == 0 && a->accepted == b->accepted &&
           memcmp(a->text, b->text, sizeof a->text) == 0 &&
           memcmp(a->signature, b->signature, sizeof a->signature) == 0;
}

enum err_code ledger_proof_check(
    const struct ledger_proof *p, const struct ledger_record *record, const struct trust *trust, struct err *err)
{
    struct merkle_hash leaf = ledger_leaf(&p->record, p->random);
    if (record && !same_record(record, &p->record))
        return err_set(err, ERR_PROOF_BROKEN, "the proof is of another consent");
    if (!merkle_same(&leaf, &p->leaf))
        return err_set(err, ERR_PROOF_BROKEN, "the entry is not the record's");
    if (!p->sealed)
        return promise_check(p, trust, err);
    if (!merkle_includes(&p->leaf, p->index, p->head.size, &p->path, &p->head.root))
        return err_set(err, ERR_PROOF_BROKEN, "the entry is not in the head's tree");
    return ledger_head_check(p->log, &p->head, p->cert, trust, err);
}

void ledger_proof_done(struct ledger_proof *p)
{
    X509_free(p->cert);
    *p = (struct ledger_proof){0};
}
