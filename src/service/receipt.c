#include "config.h"

#include "service/receipt.h"

#include "sign/levels.h"
#include "sign/receipt.h"

_Static_assert(LEVELS_MAX <= ASICE_PART_MAX, "a receipt holds whatever evidence has grown to");

bool receipt_is_ready(const struct receipt_maker *m, const struct consent *c)
{
    return receipt_may_be_had(m, c) == OK;
}

enum err_code receipt_may_be_had(const struct receipt_maker *m, const struct consent *c)
{
    static const enum err_code by_standing[] = {
        [CONSENT_CHECKING] = ERR_CHECKING, [CONSENT_ACCEPTED] = OK, [CONSENT_REFUSED] = ERR_NOT_FOUND};
    return m->seal ? by_standing[c->standing] : ERR_RECEIPT_OFF;
}

/* What the store holds of it. */
struct held_parts {
    struct buf text, consent, ledger;
};

static enum err_code fetch(const struct receipt_maker *m, const struct consent *c, struct held_parts *h)
{
    enum err_code e = store_text(m->store, &c->text, &h->text);
    if (e == OK)
        e = store_evidence_file(m->store, c->number, &h->consent);
    if (e != OK)
        return e;
    e = m->ledger(m->ctx, c->number, &h->ledger);
    return e == ERR_NOT_FOUND ? OK : e;
}

static enum err_code sign(const void *seal, int64_t now, const void *bytes, size_t len, struct buf *ret)
{
    return seal_sign(seal, now, bytes, len, ret);
}

static struct asice_view view_of(const struct buf *b)
{
    return (struct asice_view){b->data, b->len};
}

static enum err_code make(const struct receipt_maker *m, const struct consent *c, const struct held_parts *h,
    int64_t now, struct buf *ret, struct err *err)
{
    const struct sealer sealer = {seal_cert(m->seal), sign, m->seal};
    const struct receipt_order order = {.service = m->service,
        .number = c->number,
        .accepted = c->accepted,
        .received = c->signature.v,
        .test = m->test,
        .text = view_of(&h->text),
        .consent = view_of(&h->consent),
        .ledger = view_of(&h->ledger),
        .sealer = &sealer,
        .now = now};
    return receipt_make(&order, ret, err);
}

enum err_code receipt_of(
    const struct receipt_maker *m, const struct consent *c, int64_t now, struct buf *ret, struct err *err)
{
    struct held_parts h = {BUF_INIT(ASICE_PART_MAX), BUF_INIT(ASICE_PART_MAX), BUF_INIT(ASICE_PART_MAX)};
    enum err_code e = receipt_may_be_had(m, c);
    if (e == OK)
        e = fetch(m, c, &h);
    if (e == OK)
        e = make(m, c, &h, now, ret, err);
    else
        err_set(err, e, "%s", c->number);
    buf_done(&h.text);
    buf_done(&h.consent);
    buf_done(&h.ledger);
    return e;
}
