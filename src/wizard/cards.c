#include "config.h"
#include "wizard/cards.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "sign/cert.h" /* the list of reasons only */

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

static void list_clear(struct cards_list *l)
{
    if (l->rows != NULL)
        explicit_bzero(l->rows, l->expected * sizeof *l->rows);
    free(l->rows);
    *l = (struct cards_list){0};
}

void cards_clear(struct cards *c)
{
    list_clear(&c->now);
    list_clear(&c->coming);
}

void cards_fail(struct cards *c, enum err_code error, const char *detail)
{
    cards_clear(c);
    c->now.error = error;
    text_clean(c->now.detail, sizeof c->now.detail, detail, strlen(detail));
}

static void begin(struct cards_list *l, const struct wire_msg *m)
{
    list_clear(l);
    l->readers = small(m, F_READERS);
    l->cards = small(m, F_CARDS);
    l->expected = small(m, F_COUNT);
    if (l->expected > CERTS_MAX)
        l->expected = CERTS_MAX;
    l->error = m->has[F_ERROR] ? note_of((enum err_code)wire_get_u64(m, F_ERROR, OK))->code : OK;
    clean(m, F_DETAIL, l->detail, sizeof l->detail);
    l->rows = calloc(l->expected > 0 ? l->expected : 1, sizeof *l->rows);
    if (l->rows == NULL)
        l->expected = 0;
}

static bool add(struct cards_list *l, const struct wire_msg *m)
{
    if (l->rows == NULL || m->val[F_CERT].len != sizeof l->rows->ref)
        return false;
    struct cert_row *r = &l->rows[l->got++];
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
    r->purpose = (uint8_t)wire_get_u64(m, F_PURPOSE, 0);
    return true;
}

enum cards_step cards_take(struct cards *c, const struct wire_msg *m)
{
    if (m->type == M_CARDS)
        begin(&c->coming, m);
    else if (!add(&c->coming, m))
        return CARDS_BAD;
    if (c->coming.got < c->coming.expected)
        return CARDS_MORE;
    list_clear(&c->now);
    c->now = c->coming;
    c->coming = (struct cards_list){0};
    c->told = true;
    return CARDS_WHOLE;
}

static bool is_it(const struct cards_memory *chosen, const struct cert_row *row)
{
    return chosen->known && memcmp(row->ref, chosen->ref, sizeof row->ref) == 0;
}

static size_t find(const struct facts *facts, const struct cert_row *row)
{
    size_t i = 0;
    while (i < facts->cert_count && memcmp(facts->certs[i].ref, row->ref, sizeof row->ref) != 0)
        i++;
    return i;
}

/* Whose certificates are wanted is known here before a driver has judged them anew. */
static uint8_t reason_now(const struct facts *facts, const struct cert_row *row)
{
    bool known = facts->person_mask[0] != '\0' && row->mask[0] != '\0';
    bool others = row->reason == REASON_USABLE && known && strcmp(facts->person_mask, row->mask) != 0;
    return others ? REASON_OTHER_TCKN : row->reason;
}

static void put(struct facts *facts, size_t module[CERTS_MAX], size_t at, const struct cert_row *row, size_t from)
{
    if (at == CERTS_MAX)
        return;
    facts->certs[at] = *row;
    facts->certs[at].reason = reason_now(facts, row);
    module[at] = from;
    facts->cert_count += at == facts->cert_count;
}

/* One pass over all lists: the rows that are usable, or those that are not. */
static void take(const struct cards *lists, size_t n, bool usable, const struct cards_memory *chosen,
    struct facts *facts, size_t module[CERTS_MAX])
{
    for (size_t i = 0; i < n; i++)
        for (uint16_t k = 0; k < lists[i].now.got; k++) {
            const struct cert_row *row = &lists[i].now.rows[k];
            size_t at = find(facts, row);
            bool own = usable && is_it(chosen, row) && i == chosen->module;
            if ((reason_now(facts, row) == REASON_USABLE) == usable && (at == facts->cert_count || own))
                put(facts, module, at, row, i);
        }
}

/* By how near the trouble is to a signature; others say least. */
static int weight(enum err_code error)
{
    static const enum err_code rising[] = {ERR_NO_READER, ERR_MODULE_BAD, ERR_NO_CARD, ERR_FORWARD_DEAD,
        ERR_CARD_UNKNOWN, ERR_CARD_UNREAD, ERR_CARD_EMPTY};
    enum err_code kind = error >= ERR_MODULE_MISSING && error <= ERR_MODULE_HANG      ? ERR_MODULE_BAD
                         : error == ERR_FORWARD_OTHER || error == ERR_FORWARD_ADDRESS ? ERR_FORWARD_DEAD
                                                                                      : error;
    for (size_t i = 0; i < sizeof rising / sizeof rising[0]; i++)
        if (rising[i] == kind)
            return (int)i + 2;
    return error != OK;
}

static void fill_counts(const struct cards *lists, size_t n, struct facts *facts, struct event *ev)
{
    facts->module_detail[0] = '\0';
    for (size_t i = 0; i < n; i++) {
        const struct cards_list *l = &lists[i].now;
        bool says_more = weight(l->error) > weight(ev->err);
        ev->readers = (uint16_t)(ev->readers + l->readers);
        ev->cards = (uint16_t)(ev->cards + l->cards);
        if (l->detail[0] != '\0' && (says_more || facts->module_detail[0] == '\0'))
            memcpy(facts->module_detail, l->detail, sizeof facts->module_detail);
        if (says_more)
            ev->err = l->error;
    }
}

static void choose(const struct facts *facts, const struct cards_memory *before, struct event *ev)
{
    for (uint16_t i = 0; i < ev->usable; i++)
        if (is_it(before, &facts->certs[i])) {
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

void cards_merge(const struct cards *lists, size_t n, const struct cards_memory *chosen, struct facts *facts,
    size_t module[CERTS_MAX], struct event *ret)
{
    *ret = (struct event){.kind = EV_CARDS};
    explicit_bzero(facts->certs, sizeof facts->certs);
    facts->cert_count = 0;
    take(lists, n, true, chosen, facts, module);
    ret->usable = (uint16_t)facts->cert_count;
    take(lists, n, false, chosen, facts, module);
    ret->certs = (uint16_t)facts->cert_count;
    fill_counts(lists, n, facts, ret);
    if (facts->cert_count > 0)
        memcpy(facts->reader, facts->certs[0].reader, sizeof facts->reader);
    choose(facts, chosen, ret);
}
