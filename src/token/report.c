#include "config.h"
#include "token/report.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include "base/person.h"
#include "base/text.h"
#include "wire/wire.h"

static enum err_code out_send(const struct report *r, const struct wire_out *out)
{
    enum err_code rc;

    while ((rc = wire_send(out, r->fd, -1)) == ERR_SLOW) {
        struct pollfd p = {.fd = r->fd, .events = POLLOUT};

        if (poll(&p, 1, -1) < 0 && errno != EINTR)
            return ERR_WORKER_GONE;
    }
    return rc;
}

static void detail_put(struct wire_out *out, const char *detail)
{
    char clean[sizeof((struct err *)0)->detail];

    if (detail[0] == '\0')
        return;
    text_clean(clean, sizeof clean, detail, strlen(detail));
    wire_str(out, F_DETAIL, clean);
}

static enum err_code plain_send(const struct report *r, enum wire_type type, uint32_t job)
{
    struct wire_out out;

    wire_begin(&out, r->frame, type, job);
    return out_send(r, &out);
}

enum err_code report_ready(const struct report *r)
{
    return plain_send(r, M_READY, 0);
}

enum err_code report_alive(const struct report *r)
{
    return plain_send(r, M_ALIVE, 0);
}

enum err_code report_ok(const struct report *r, uint32_t job)
{
    return plain_send(r, M_OK, job);
}

static void card_put(struct wire_out *out, const struct card *card)
{
    wire_str(out, F_READER, card->reader);
    wire_str(out, F_CARD, card->label);
    wire_u64(out, F_PIN_MIN, card->pin_min);
    if (card->pin_max > 0)
        wire_u64(out, F_PIN_MAX, card->pin_max);
    wire_u64(out, F_PIN_FLAGS, card->pin_flags);
}

enum err_code report_token(const struct report *r, uint32_t job, const struct card *card)
{
    struct wire_out out;
    uint8_t ref[32];

    card_ref(card, ref);
    wire_begin(&out, r->frame, M_TOKEN, job);
    wire_bytes(&out, F_CARD_REF, ref, sizeof ref);
    card_put(&out, card);
    return out_send(r, &out);
}

static uint64_t seconds_of(int64_t utc)
{
    return utc < 0 ? 0 : (uint64_t)utc;
}

static enum err_code cert_send(const struct report *r, size_t index, const struct card_cert *c, const struct card *card)
{
    struct wire_out out;
    char mask[TCKN_LEN + 1];

    wire_begin(&out, r->frame, M_CERT, 0);
    wire_u64(&out, F_INDEX, index);
    wire_bytes(&out, F_CERT, c->facts.ref, sizeof c->facts.ref);
    wire_str(&out, F_OWNER, c->facts.owner);
    if (c->facts.tckn[0] != '\0') {
        tckn_mask(mask, c->facts.tckn);
        wire_str(&out, F_MASK, mask);
    }
    wire_str(&out, F_ISSUER, c->facts.issuer);
    wire_u64(&out, F_NOT_BEFORE, seconds_of(c->facts.not_before));
    wire_u64(&out, F_NOT_AFTER, seconds_of(c->facts.not_after));
    wire_u64(&out, F_REASON, c->reason);
    wire_u64(&out, F_REASON_AT, seconds_of(c->reason_at));
    wire_u64(&out, F_PURPOSE, c->purpose);
    card_put(&out, card);
    return out_send(r, &out);
}

enum err_code report_list(
    const struct report *r, const struct cards *cards, const struct certs *certs, const struct err *trouble)
{
    struct wire_out out;
    enum err_code rc;

    wire_begin(&out, r->frame, M_CARDS, 0);
    wire_u64(&out, F_COUNT, certs->n);
    wire_u64(&out, F_CARDS, cards->n);
    wire_u64(&out, F_READERS, cards->readers);
    if (trouble->code != OK)
        wire_u64(&out, F_ERROR, trouble->code);
    detail_put(&out, trouble->detail);
    rc = out_send(r, &out);
    for (size_t i = 0; rc == OK && i < certs->n; i++)
        rc = cert_send(r, i, &certs->v[i], &cards->v[certs->v[i].card]);
    return rc;
}

enum err_code report_failure(const struct report *r, uint32_t job, struct report_error e)
{
    struct wire_out out;

    wire_begin(&out, r->frame, M_ERR, job);
    wire_u64(&out, F_ERROR, e.err->code);
    wire_u64(&out, F_ARG, e.arg);
    detail_put(&out, e.err->detail);
    wire_u64(&out, F_PIN_FLAGS, e.pin_flags);
    wire_u64(&out, F_LOGINS, e.logins);
    return out_send(r, &out);
}

enum err_code report_match(const struct report *r, uint32_t job, const char *match)
{
    struct wire_out out;

    wire_begin(&out, r->frame, M_MATCH, job);
    wire_str(&out, F_MATCH, match);
    return out_send(r, &out);
}

enum err_code report_signed(const struct report *r, uint32_t job, const struct buf *cms, uint64_t logins)
{
    struct wire_out out;

    wire_begin(&out, r->frame, M_SIGNED, job);
    wire_bytes(&out, F_CMS, cms->data, cms->len);
    wire_u64(&out, F_LOGINS, logins);
    return out_send(r, &out);
}
