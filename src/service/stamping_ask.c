/* Asking time-stamp authorities, in order and within their pace. */
#include "config.h"

#include <string.h>
#include "service/stamping_inside.h"
#include "service/stamping_pace.h"
#include "sign/tst.h"

/* One question: what is asked, what goes out. */
struct asking {
    struct tst_question question;
    struct buf out;
};

static enum err_code has_policy(const struct timestamp_conf *tsa, const struct buf *token, struct err *err)
{
    struct tst_facts f;
    if (!tsa->policy)
        return OK;
    enum err_code e = tst_read(token->data, token->len, &f, err);
    if (e != OK)
        return e;
    if (strcmp(f.policy, tsa->policy) != 0)
        e = err_set(err, ERR_REJ_STAMP, "policy: %s", f.policy);
    tst_facts_done(&f);
    return e;
}

/* *ret_wait_s: what a refusal by HTTP asked for. */
static enum err_code ask_once(struct stamping *s, const struct tsa *t, struct http *h, const struct asking *q,
    struct buf *ret_token, uint64_t *ret_wait_s, struct err *err)
{
    struct http_answer head;
    struct buf body = BUF_INIT(TST_MAX);
    enum err_code e =
        http_post(h, t->conf->url, "application/timestamp-query", q->out.data, q->out.len, &body, &head, err);
    if (e == OK && head.status != 200) {
        *ret_wait_s = head.retry_after_s;
        e = err_set(err, head.status == 429 ? ERR_BUSY : ERR_TSA_REFUSED, "HTTP %d", head.status);
    }
    if (e == OK)
        e = tst_answer(body.data, body.len, &q->question, s->trust, hour_now(s->portal->hour), ret_token, err);
    if (e == OK)
        e = has_policy(t->conf, ret_token, err);
    buf_done(&body);
    return e;
}

/* How it went counts for everybody on this store. */
static void note(struct stamping *s, const struct tsa *t, const struct pace *was, enum err_code e, uint64_t wait_s,
    const struct err *err)
{
    struct portal *p = s->portal;
    uint64_t failures = e == OK ? 0 : was->failures + 1;
    int64_t not_before = e == OK ? 0 : hour_now(p->hour) + pace_pause_s(failures, wait_s);
    if (failures + was->failures > 0 && store_pace_note(p->store, t->conf->url, failures, not_before) != OK)
        diary_say(p->diary, "trouble", "the pace of a time-stamp authority could not be kept");
    if (e != OK)
        diary_say(p->diary, "timestamp", "tsa=%s result=%s detail=\"%s\"", t->conf->url, note_of(e)->slug, err->detail);
}

/* ERR_BUSY, and nothing noted, when it may not be asked now. */
static enum err_code ask_one(struct stamping *s, const struct tsa *t, const struct asking *q, struct buf *ret_token,
    bool *ret_asked, struct err *err)
{
    struct portal *p = s->portal;
    struct pace pace;
    uint64_t wait_s = 0;
    int64_t now = hour_now(p->hour);
    enum err_code e = store_pace_get(p->store, t->conf->url, now, &pace);
    if (e == OK && pace_open_at(&pace, t->conf, now) > now)
        e = ERR_BUSY;
    if (e == OK)
        e = store_pace_take(p->store, t->conf->url, now, t->conf->per_hour, t->conf->per_day);
    struct http *h = e == OK ? outgoing_take(t->calls) : NULL;
    if (!h)
        return e == OK ? ERR_BUSY : e;
    *ret_asked = true;
    e = ask_once(s, t, h, q, ret_token, &wait_s, err);
    outgoing_give(t->calls, h);
    if (e != ERR_CANCELLED)
        note(s, t, &pace, e, wait_s, err);
    return e;
}

enum err_code stamping_ask(
    struct stamping *s, int digest, const uint8_t *imprint, size_t len, struct buf *ret_token, struct err *err)
{
    struct asking q = {.out = BUF_INIT(TST_QUESTION_MAX)};
    bool asked = false;
    enum err_code e = tst_ask(digest, imprint, len, &q.out, &q.question), last = ERR_BUSY;
    for (size_t i = 0; e == OK && last != OK && last != ERR_CANCELLED && i < s->tsa_count; i++) {
        bool this_one = false;
        enum err_code got = ask_one(s, &s->tsas[i], &q, ret_token, &this_one, err);
        last = got == OK || this_one || !asked ? got : last; /* what one that was asked said is worth more */
        asked = asked || this_one;
    }
    if (asked && last != ERR_CANCELLED)
        s->word = last == OK ? STANDING_GOOD : STANDING_AWAY;
    buf_done(&q.out);
    return e == OK ? last : e;
}

int64_t stamping_open_at(struct stamping *s, int64_t now)
{
    int64_t first = INT64_MAX;
    for (size_t i = 0; i < s->tsa_count; i++) {
        struct pace pace;
        const struct timestamp_conf *tsa = s->tsas[i].conf;
        int64_t at = store_pace_get(s->portal->store, tsa->url, now, &pace) == OK ? pace_open_at(&pace, tsa, now) : now;
        first = at < first ? at : first;
    }
    return first;
}
