/* Outside jobs: a number each, one net job and one token job at most, retries with back-off. */
#include "flow/inside.h"

static const uint16_t backoff_ms[] = {250, 500, 1000, 2000, 4000, 8000};
#define BACKOFFS (sizeof backoff_ms / sizeof backoff_ms[0])

bool is_receipt(enum effect_kind what)
{
    return what == FX_SAVE || what == FX_SHOW || what == FX_PRINT || what == FX_SHORT_CODE;
}

/* The person stands and waits for these; the others go on beside what is being done. */
static bool is_foreground(enum effect_kind what)
{
    return what == FX_METHODS || what == FX_LOGIN || what == FX_REQUEST || what == FX_OPEN || what == FX_SUBMIT ||
           is_receipt(what);
}

bool is_waiting(const struct flow *f)
{
    return is_foreground(f->net_what);
}

static struct flow number_next(struct flow f)
{
    f.next_job++;
    if (f.next_job == 0) /* 0 is "none" */
        f.next_job = 1;
    return f;
}

struct flow job_again(struct flow f, struct effects *fx)
{
    f = number_next(f);
    f.net_job = f.next_job;
    f.retry_at_ms = 0;
    if (f.net_what == FX_SUBMIT)
        f.sent = true;
    if (!f.net_up)
        fx_add(fx, FX_NET_START, 0, 0, 0);
    fx_add(fx, f.net_what, f.net_job, 0, 0);
    return f;
}

struct flow job_ask(struct flow f, struct effects *fx, enum effect_kind what, uint64_t now)
{
    f = job_drop(f, fx);
    f.net_what = what;
    f.slow_at_ms = is_foreground(what) || what == FX_EXTEND ? now + FLOW_AWAY_MS : 0;
    return job_again(f, fx);
}

struct flow job_done(struct flow f)
{
    f.net_what = FX_NONE;
    f.net_job = 0;
    f.retry_at_ms = f.slow_at_ms = 0;
    f.retries = 0;
    return f;
}

struct flow job_drop(struct flow f, struct effects *fx)
{
    if (f.net_job != 0 && f.net_what != FX_LOGOUT) /* a logout nobody waits for is still wanted */
        fx_add(fx, FX_CANCEL, f.net_job, 0, 0);
    return job_done(f);
}

/* A login cannot be repeated (its password is gone), a download resumes when asked for, a logout has no answer to wait
 * for. A submission is the same bytes each time, so even an unreadable answer only means: ask again. */
bool job_is_retried(const struct flow *f, enum err_code err)
{
    enum effect_kind what = f->net_what;
    if (what == FX_LOGIN || what == FX_DOWNLOAD || what == FX_LOGOUT)
        return false;
    if (what == FX_SUBMIT && f->sign_deadline_ms == 0) /* expired meanwhile */
        return false;
    return err == ERR_UNREACHABLE || err == ERR_SLOW || (what == FX_SUBMIT && (err == ERR_GARBLED || err == ERR_BUSY));
}

static uint64_t retry_delay_ms(const struct flow *f, const struct event *ev)
{
    if (ev->err == ERR_BUSY && ev->arg > 0)
        return ev->arg * (uint64_t)1000;
    return backoff_ms[f->retries < BACKOFFS ? f->retries : BACKOFFS - 1];
}

static struct flow tell_undelivered(struct flow f, enum err_code err)
{
    f.doubt = f.doubt || err != ERR_UNREACHABLE;
    f.sent = f.doubt;
    return tell(f, f.doubt ? ERR_SENT_UNKNOWN : ERR_SIGNED_UNSENT, 0);
}

struct flow job_away(struct flow f, struct effects *fx)
{
    switch (f.net_what) {
    case FX_SUBMIT: /* its own screen says where the signature is */
        return f;
    case FX_EXTEND: /* nobody typing a PIN is taken away from it */
        return tell(f, ERR_UNREACHABLE, 0);
    case FX_STATUS:
        return tell(f, ERR_RESULT_LATE, 0);
    default:
        return f.state < ST_FIRST_INTERRUPTION ? pause_with(f, fx, ST_AWAY) : f;
    }
}

struct flow job_retry(struct flow f, const struct event *ev, struct effects *fx)
{
    f.net_job = 0;
    f.retry_at_ms = ev->now_ms + retry_delay_ms(&f, ev);
    if (f.retries < UINT8_MAX)
        f.retries++;
    if (f.net_what == FX_SUBMIT)
        return tell_undelivered(f, ev->err);
    return f.slow_at_ms == 0 ? job_away(f, fx) : f; /* the quick retries come first, in silence */
}

struct flow token_ask(struct flow f, struct effects *fx, enum effect_kind what, uint64_t now)
{
    f = number_next(f);
    f.token_job = f.next_job;
    f.token_what = what;
    f.signing_since_ms = now;
    f.token_killed = false;
    fx_add(fx, what, f.token_job, f.chosen - 1u, 0);
    return f;
}

struct flow token_done(struct flow f)
{
    f.token_job = 0;
    f.token_what = FX_NONE;
    f.signing_since_ms = 0;
    return f;
}

struct flow token_drop(struct flow f, struct effects *fx)
{
    if (f.token_job != 0)
        fx_add(fx, FX_CANCEL, f.token_job, 0, 0);
    return token_done(f);
}

uint64_t token_hang_at(const struct flow *f)
{
    if (f->token_job == 0)
        return 0;
    uint32_t pad_ms = f->token_what == FX_CHANGE_PIN ? 2 * FLOW_PAD_MS : FLOW_PAD_MS;
    return f->signing_since_ms + f->hang_ms + (f->pin_flags & PIN_PAD ? pad_ms : 0);
}
