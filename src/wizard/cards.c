#include "config.h"
#include "wizard/cards.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

static uint16_t small(const struct wire_msg *m, enum wire_field field)
{
    uint64_t n = wire_get_u64(m, field, 0);
    return n > UINT16_MAX ? UINT16_MAX : (uint16_t)n;
}

static void clean(const struct wire_msg *m, enum wire_field field, char *out, size_t out_len)
{
    text_clean(
        out, out_len, m->has[field] ? (const char *)m->val[field].data : "", m->has[field] ? m->val[field].len : 0);
}

void cards_clear(struct cards *c)
{
    free(c->rows);
    *c = (struct cards){0};
}

void cards_begin(struct cards *c, const struct wire_msg *m)
{
    cards_clear(c);
    c->readers = small(m, F_READERS);
    c->cards = small(m, F_CARDS);
    c->expected = small(m, F_COUNT);
    if (c->expected > CERTS_MAX)
        c->expected = CERTS_MAX;
    c->error = note_of((enum err_code)wire_get_u64(m, F_ERROR, OK))->code;
    if (!m->has[F_ERROR])
        c->error = OK;
    clean(m, F_DETAIL, c->detail, sizeof c->detail);
    c->rows = calloc(c->expected > 0 ? c->expected : 1, sizeof *c->rows);
    if (c->rows == NULL)
        c->expected = 0;
    c->complete = c->expected == 0;
}

void cards_add(struct cards *c, const struct wire_msg *m)
{
    if (c->got >= c->expected || m->val[F_CERT].len != sizeof c->rows->ref)
        return;
    struct cert_row *r = &c->rows[c->got++];
    memcpy(r->ref, m->val[F_CERT].data, sizeof r->ref);
    clean(m, F_OWNER, r->owner, sizeof r->owner);
    clean(m, F_MASK, r->mask, sizeof r->mask);
    clean(m, F_ISSUER, r->issuer, sizeof r->issuer);
    clean(m, F_READER, r->reader, sizeof r->reader);
    clean(m, F_CARD, r->card, sizeof r->card);
    r->not_before = (int64_t)wire_get_u64(m, F_NOT_BEFORE, 0);
    r->not_after = (int64_t)wire_get_u64(m, F_NOT_AFTER, 0);
    r->reason = (uint8_t)wire_get_u64(m, F_REASON, 0);
    r->reason_at = (int64_t)wire_get_u64(m, F_REASON_AT, 0);
    r->pin_min = (uint8_t)wire_get_u64(m, F_PIN_MIN, 0);
    r->pin_max = (uint8_t)wire_get_u64(m, F_PIN_MAX, UINT8_MAX);
    r->pin_flags = (uint8_t)wire_get_u64(m, F_PIN_FLAGS, 0);
    c->complete = c->got == c->expected;
}

/* One pass over all lists: the rows that are usable, or those that are not. */
static void take(const struct cards *lists, size_t n, bool usable, struct facts *facts, size_t module[CERTS_MAX])
{
    for (size_t i = 0; i < n; i++)
        for (uint16_t k = 0; lists[i].complete && k < lists[i].got && facts->cert_count < CERTS_MAX; k++)
            if ((lists[i].rows[k].reason == 0) == usable) {
                module[facts->cert_count] = i;
                facts->certs[facts->cert_count++] = lists[i].rows[k];
            }
}

static void fill_counts(const struct cards *lists, size_t n, struct facts *facts, struct event *ev)
{
    facts->module_detail[0] = '\0';
    for (size_t i = 0; i < n; i++) {
        ev->readers = (uint16_t)(ev->readers + lists[i].readers);
        ev->cards = (uint16_t)(ev->cards + lists[i].cards);
        if (lists[i].error != OK) {
            ev->err = lists[i].error;
            memcpy(facts->module_detail, lists[i].detail, sizeof facts->module_detail);
        }
    }
}

static void choose(const struct facts *facts, const uint8_t *before, struct event *ev)
{
    for (uint16_t i = 0; before != NULL && i < facts->cert_count; i++)
        if (facts->certs[i].reason == 0 && memcmp(facts->certs[i].ref, before, sizeof facts->certs[i].ref) == 0) {
            ev->chosen = (uint16_t)(i + 1);
            ev->flags |= FLAG_SAME_CARD;
        }
    if (ev->chosen == 0 && ev->usable == 1)
        ev->chosen = 1;
    if (ev->chosen == 0)
        return;
    const struct cert_row *r = &facts->certs[ev->chosen - 1];
    ev->pin_min = r->pin_min;
    ev->pin_max = r->pin_max;
    ev->pin_flags = r->pin_flags;
}

void cards_merge(const struct cards *lists, size_t n, uint16_t chosen, struct facts *facts, size_t module[CERTS_MAX],
    struct event *ret)
{
    uint8_t before[32];
    bool had = chosen > 0 && chosen <= facts->cert_count;
    if (had)
        memcpy(before, facts->certs[chosen - 1].ref, sizeof before);
    *ret = (struct event){.kind = EV_CARDS};
    facts->cert_count = 0;
    take(lists, n, true, facts, module);
    ret->usable = (uint16_t)facts->cert_count;
    take(lists, n, false, facts, module);
    ret->certs = (uint16_t)facts->cert_count;
    fill_counts(lists, n, facts, ret);
    if (facts->cert_count > 0)
        memcpy(facts->reader, facts->certs[0].reader, sizeof facts->reader);
    choose(facts, had ? before : NULL, ret);
}
