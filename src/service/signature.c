/* POST /v1/signatures: the signed consent comes in. */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include "base/when.h"
#include "service/accept.h"
#include "service/answers.h"
#include "service/routes.h"
#include "service/stamping.h"

#define REFUSALS_MAX 20 /* different refused files a request may send */
#define FIRST_RECHECK_S 2

static unsigned year_of(int64_t utc)
{
    char shown[WHEN_SHOWN];
    when_show(shown, utc); /* dd.MM.yyyy …, in Europe/Istanbul */
    return (unsigned)strtoul(shown + 6, NULL, 10);
}

/* The answer this very file got before, whatever became of the request since. ERR_NOT_FOUND: it is new. */
static enum err_code first_answer(struct portal *p, const struct submission *s, struct httpd_answer *a)
{
    struct consent c;
    char rule[STORE_RULE];
    enum err_code e = store_consent_by_request(p->store, s->request->id, &c);
    if (e == OK && memcmp(&c.signature, &s->signature, sizeof c.signature) == 0) {
        answer_consent(p, a, &c);
        return OK;
    }
    if (e != OK && e != ERR_NOT_FOUND)
        return e;
    e = store_refusal_get(p->store, s->request->id, &s->signature, rule);
    if (e == OK)
        answer_problem(a, note_by_slug(rule));
    return e;
}

static enum err_code limit_refusals(struct portal *p, int64_t request)
{
    uint64_t refused;
    enum err_code e = store_refusal_count(p->store, request, &refused);
    return e == OK && refused >= REFUSALS_MAX ? ERR_BUSY : e;
}

/* A refusal is remembered when a rule gave it, not when something of ours failed. One that cannot be kept is not given:
 * it might not be the answer next time. */
static enum err_code remember_refusal(struct portal *p, const struct submission *s, enum err_code code)
{
    enum err_code kept = answer_status(code) != 422 ? OK
                                                    : store_refusal_add(p->store, s->request->id, &s->signature,
                                                          note_of(code)->slug, REFUSALS_MAX);
    if (kept != OK && kept != ERR_ALREADY)
        diary_say(p->diary, "trouble", "a refusal could not be kept, request=%lld", (long long)s->request->id);
    return kept == OK ? code : kept;
}

static enum err_code keep(struct portal *p, const struct submission *s, struct consent *ret)
{
    int64_t now = hour_now(p->hour);
    bool known = s->settled;
    struct consent c = {.standing = known ? CONSENT_ACCEPTED : CONSENT_CHECKING,
        .request = s->request->id,
        .person = s->request->person,
        .text = s->request->text,
        .signature = s->signature,
        .accepted = s->arrived,
        .settled = known ? now : 0,
        .next_check = known ? 0 : now + FIRST_RECHECK_S};
    enum err_code e = store_consent_add(p->store, &c, s->der, s->len, year_of(s->arrived), ret);
    return e == ERR_NOT_OPEN ? ERR_REJ_WINDOW : e; /* a new code was issued while this one was judged */
}

static void tell(struct portal *p, const struct submission *s, enum err_code e, const char *rule,
    const struct consent *c, const struct err *err)
{
    char who[DIARY_PERSON];
    diary_person(who, &s->request->person.digest);
    diary_say(p->diary, "signature", "request=%lld person=%s result=%s rule=%s number=%s detail=\"%s\"",
        (long long)s->request->id, who,
        e == OK ? (c->standing == CONSENT_CHECKING ? "checking" : "accepted") : note_of(e)->slug, rule, c->number,
        err->detail);
}

/* The consent is safe in the store: whatever goes wrong here, it is only told as it was a moment ago. */
static void await_stamp(struct portal *p, struct consent *c)
{
    struct consent now;
    stamping_await(p->stamping, c->number);
    if (p->stamping && store_consent_by_number(p->store, c->number, &now) == OK)
        *c = now;
}

/* What the store holds at the end is the answer: another service on it may have judged the same file meanwhile. */
static void judge_and_keep(struct portal *p, struct submission *s, struct httpd_answer *a)
{
    struct err err = {0};
    struct consent c = {0};
    const char *rule = "-";
    enum err_code e = accept_judge(s, &rule, &err);
    if (e == OK)
        e = keep(p, s, &c);
    if (e != OK)
        e = remember_refusal(p, s, e);
    tell(p, s, e, rule, &c, &err);
    if (e == OK)
        await_stamp(p, &c);
    if (e == OK)
        answer_consent(p, a, &c);
    else if (first_answer(p, s, a) != OK)
        answer_problem(a, e == ERR_ALREADY ? ERR_STORE : e);
    submission_done(s);
}

/* The turn is ours: whoever had it before may have left an answer, or changed the request. */
static enum err_code judge_in_turn(
    struct portal *p, const struct httpd_request *q, struct submission *s, struct httpd_answer *a)
{
    struct request r;
    enum err_code e = first_answer(p, s, a);
    if (e != ERR_NOT_FOUND)
        return e;
    e = asker_request(p, q, &r);
    if (e == OK)
        e = limit_refusals(p, r.id);
    if (e != OK)
        return e;
    s->request = &r;
    judge_and_keep(p, s, a);
    return OK;
}

void on_signature(void *ctx, struct httpd_request *q, struct httpd_answer *a)
{
    struct portal *p = ctx;
    struct request r;
    struct submission s = {.portal = p, .request = &r, .arrived = hour_at(p->hour, httpd_arrived_ms(q))};
    s.der = httpd_body(q, &s.len);
    s.signature = digest_of(s.der, s.len);
    enum err_code e = asker_request(p, q, &r);
    if (e == OK) {
        e = first_answer(p, &s, a);
        if (e == OK)
            return;
        if (e == ERR_NOT_FOUND)
            e = turn_take(p->turns, r.id, &s.signature);
    }
    if (e == OK) {
        e = judge_in_turn(p, q, &s, a);
        turn_give(p->turns, r.id, &s.signature);
    }
    if (e != OK)
        answer_problem(a, e);
}
