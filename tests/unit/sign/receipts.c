#include "config.h"
#include "receipts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "sealed.h"

#define MUST(x) must((x), #x, __LINE__)
static void must(bool holds, const char *what, int line)
{
    if (holds)
        return;
    fprintf(stderr, "receipts.c:%d: %s\n", line, what);
    abort();
}

#define SERVICE "test-service"
#define ACCEPTED(r) ((r)->now - 58)

/* ---- the consent ---- */

void receipts_consent(const struct receipts *r, struct buf *ret_der)
{
    const struct consent_claim claim = {.service = SERVICE,
        .code = "K7QM3XPD9R4T",
        .created = r->now - 100,
        .signing_time = r->now - 60,
        .text = (const uint8_t *)r->text,
        .text_len = strlen(r->text)};
    struct cades *c = NULL;
    const uint8_t *to_sign;
    size_t len;
    uint8_t signature[PKI_SIGNATURE_MAX];
    MUST(cades_begin(&claim, r->person->cert, r->chain, &c, NULL) == OK);
    cades_to_sign(c, &to_sign, &len);
    size_t n = pki_sign(r->person, to_sign, len, signature);
    MUST(cades_finish(c, signature, n, ret_der, NULL) == OK);
    cades_free(&c);
}

/* ---- the ledger ---- */

static void promise(const struct receipts *r, struct ledger_proof *p)
{
    struct buf bytes = BUF_INIT(1024);
    p->promise.time = r->now;
    MUST(ledger_promise_bytes(p->log, &p->leaf, r->now, &bytes) == OK);
    sealed_sign(r->seal, bytes.data, bytes.len, &p->promise.signature);
    buf_done(&bytes);
}

static void enter(const struct receipts *r, struct ledger_proof *p)
{
    struct buf bytes = BUF_INIT(1024);
    p->sealed = true;
    p->index = 1;
    p->path.len = 1;
    p->path.at[0] = merkle_leaf("first", 5);
    p->head = (struct ledger_head){.size = 2, .time = r->now, .root = merkle_node(&p->path.at[0], &p->leaf)};
    MUST(ledger_head_bytes(p->log, &p->head, &bytes) == OK);
    sealed_sign(r->seal, bytes.data, bytes.len, &p->head.signature);
    buf_done(&bytes);
}

void receipts_ledger(const struct receipts *r, const struct buf *consent, struct buf *ret_json)
{
    struct ledger_proof p = {.log = "TEST", .record = {.accepted = ACCEPTED(r)}, .cert = r->seal->cert};
    MUST(X509_up_ref(p.cert) == 1);
    snprintf(p.record.number, sizeof p.record.number, "%s", r->number);
    consent_text_digest((const uint8_t *)r->text, strlen(r->text), p.record.text);
    consent_text_digest(consent->data, consent->len, p.record.signature);
    memset(p.random, 0xc3, sizeof p.random);
    p.leaf = ledger_leaf(&p.record, p.random);
    if (r->ledger == RECEIPT_LEDGER_PROMISED)
        promise(r, &p);
    else
        enter(r, &p);
    MUST(ledger_proof_write(&p, ret_json) == OK);
    ledger_proof_done(&p);
}

/* ---- the receipt ---- */

static enum err_code sign(const void *ctx, int64_t now, const void *bytes, size_t len, struct buf *ret)
{
    struct ledger_signature signature;
    (void)now;
    sealed_sign(ctx, bytes, len, &signature);
    return buf_add(ret, signature.v, signature.len);
}

struct sealer receipts_sealer(const struct pki_identity *seal)
{
    return (struct sealer){seal->cert, sign, seal};
}

static struct asice_view view_of(const struct buf *b)
{
    return (struct asice_view){b->data, b->len};
}

void receipts_make_of(const struct receipts *r, const struct buf *came_in, const struct buf *consent, struct buf *ret)
{
    struct buf ledger = BUF_INIT(LEDGER_JSON_MAX);
    struct sealer sealer = receipts_sealer(r->seal);
    uint8_t received[32];
    struct err err = {OK, ""};
    consent_text_digest(came_in->data, came_in->len, received);
    if (r->ledger != RECEIPT_LEDGER_NONE)
        receipts_ledger(r, came_in, &ledger);
    const struct receipt_order order = {.service = SERVICE,
        .number = r->number,
        .accepted = ACCEPTED(r),
        .received = received,
        .test = r->test,
        .text = {(const uint8_t *)r->text, strlen(r->text)},
        .consent = view_of(consent ? consent : came_in),
        .ledger = view_of(&ledger),
        .sealer = &sealer,
        .now = r->now};
    if (receipt_make(&order, ret, &err) != OK)
        must(false, err.detail, __LINE__);
    buf_done(&ledger);
}

void receipts_make(const struct receipts *r, struct buf *ret)
{
    struct buf consent = BUF_INIT(CADES_MAX);
    receipts_consent(r, &consent);
    receipts_make_of(r, &consent, NULL, ret);
    buf_done(&consent);
}

void receipts_seal(const struct asice *parts, const struct pki_identity *seal, int64_t time, struct buf *ret)
{
    struct asice all = *parts;
    struct sealer sealer = receipts_sealer(seal);
    struct buf manifest = BUF_INIT(ASICE_MANIFEST_MAX), der = BUF_INIT(SEAL_CMS_MAX);
    MUST(asice_manifest(&all, &manifest) == OK);
    all.part[ASICE_MANIFEST] = view_of(&manifest);
    MUST(seal_cms_make(&sealer, manifest.data, manifest.len, time, &der, NULL) == OK);
    all.part[ASICE_SEAL] = view_of(&der);
    MUST(asice_write(&all, ret, NULL) == OK);
    buf_done(&manifest);
    buf_done(&der);
}
