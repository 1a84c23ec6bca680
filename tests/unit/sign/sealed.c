#include "config.h"
#include "sealed.h"

#include <stdlib.h>
#include <string.h>

#define MUST(x) ((x) ? (void)0 : abort())
#define MOST 1000

static struct merkle_hash leaves[MOST];

static enum err_code get(void *ctx, unsigned level, uint64_t index, struct merkle_hash *ret)
{
    (void)ctx;
    if (level == 0) {
        *ret = leaves[index];
        return OK;
    }
    struct merkle_hash left, right;
    MUST(get(ctx, level - 1, 2 * index, &left) == OK && get(ctx, level - 1, 2 * index + 1, &right) == OK);
    *ret = merkle_node(&left, &right);
    return OK;
}

void sealed_sign(const struct pki_identity *by, const void *bytes, size_t len, struct ledger_signature *ret)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    ret->len = sizeof ret->v;
    MUST(ctx && EVP_DigestSignInit(ctx, NULL, seal_digest(by->cert), NULL, by->key) == 1);
    MUST(EVP_DigestSign(ctx, ret->v, &ret->len, bytes, len) == 1);
    EVP_MD_CTX_free(ctx);
}

static void promise(const struct sealed *s, struct ledger_proof *p)
{
    struct buf bytes = BUF_INIT(1024);
    p->promise.time = s->time;
    MUST(ledger_promise_bytes(s->log, &p->leaf, s->time, &bytes) == OK);
    sealed_sign(s->by, bytes.data, bytes.len, &p->promise.signature);
    buf_done(&bytes);
}

static void seal(const struct sealed *s, struct ledger_proof *p)
{
    const struct merkle_nodes n = {get, NULL};
    struct buf bytes = BUF_INIT(1024);
    MUST(s->size <= MOST && s->index < s->size);
    for (uint64_t i = 0; i < s->size; i++)
        leaves[i] = i == s->index ? p->leaf : merkle_leaf(&i, sizeof i);
    p->sealed = true;
    p->index = s->index;
    p->head = (struct ledger_head){.size = s->size, .time = s->time};
    MUST(merkle_root(n, s->size, &p->head.root) == OK && merkle_inclusion(n, s->index, s->size, &p->path) == OK);
    MUST(ledger_head_bytes(s->log, &p->head, &bytes) == OK);
    sealed_sign(s->by, bytes.data, bytes.len, &p->head.signature);
    buf_done(&bytes);
}

void sealed_make(const struct sealed *s, struct ledger_proof *ret)
{
    *ret = (struct ledger_proof){.record = {.number = "2026-000042", .accepted = s->time - 2}, .cert = s->by->cert};
    MUST(X509_up_ref(s->by->cert) == 1 && strlen(s->log) < sizeof ret->log);
    strcpy(ret->log, s->log);
    memset(ret->record.text, 0xa1, sizeof ret->record.text);
    memset(ret->record.signature, 0xb2, sizeof ret->record.signature);
    memset(ret->random, 0xc3, sizeof ret->random);
    ret->leaf = ledger_leaf(&ret->record, ret->random);
    if (s->promised)
        promise(s, ret);
    else
        seal(s, ret);
}
