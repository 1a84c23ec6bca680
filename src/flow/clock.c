/* Time: the two clocks and their thresholds, retries, the silence before "slow", hanging cards, idleness. What is due
 * is done once and forgotten, so that the time to wake up never stays in the past. */
#include "flow/inside.h"

#define WATCH_MS 5000

static bool due(uint64_t at_ms, uint64_t now_ms)
{
    return at_ms != 0 && now_ms >= at_ms;
}

bool is_person(enum event_kind kind)
{
    return kind >= EV_TOUCH && kind <= EV_PIN;
}

static bool shows_code_clock(const struct flow *f)
{
    enum flow_state place = flow_place(f);
    bool entry = place == ST_OPENING || place == ST_CODE_EMPTY || place == ST_CODE_FULL;
    return f->code_deadline_ms != 0 && !f->code_gone && (place == ST_CODE || (entry && f->code_carried));
}

/* The clock this screen shows; 0: none. */
static uint64_t deadline_of(const struct flow *f)
{
    if (f->sign_deadline_ms != 0)
        return f->sign_deadline_ms;
    return shows_code_clock(f) ? f->code_deadline_ms : 0;
}

static uint32_t seconds_until(uint64_t deadline_ms, uint64_t now_ms)
{
    uint64_t left_ms = deadline_ms > now_ms ? deadline_ms - now_ms : 0;
    return (uint32_t)((left_ms + 999) / 1000);
}

uint32_t flow_left_s(const struct flow *f, uint64_t now_ms)
{
    uint64_t deadline = deadline_of(f);
    return deadline != 0 ? seconds_until(deadline, now_ms) : UINT32_MAX;
}

/* --- expiry ---------------------------------------------------------------------------------------------------------
 */

struct flow expire(struct flow f, struct effects *fx, enum err_code note)
{
    bool under_way = f.net_what == FX_SUBMIT && f.net_job != 0; /* what was sent in time may still be accepted */
    bool changing = f.token_what == FX_CHANGE_PIN;              /* its answer is not waited for any more */
    if (!under_way)
        f = job_drop(f, fx);
    f = token_drop(f, fx);
    if (note == OK && f.sent)
        note = ERR_EXPIRED_SENT;
    f.sign_deadline_ms = f.code_deadline_ms = 0;
    f.slow_at_ms = 0;
    f.extensions = 0;
    f.have_cms = f.sent = f.doubt = false;
    f.ended = note;
    f = arrive(f, fx, ST_EXPIRED);
    return changing ? tell(f, ERR_PIN_UNSURE, 0) : f;
}

static struct flow sign_expiry(struct flow f, const struct event *ev, struct effects *fx)
{
    return due(f.sign_deadline_ms, ev->now_ms) ? expire(f, fx, OK) : f;
}

static struct flow code_expiry(struct flow f, const struct event *ev, struct effects *fx)
{
    if (f.code_gone || f.sign_deadline_ms != 0 || !due(f.code_deadline_ms, ev->now_ms))
        return f;
    bool shown = shows_code_clock(&f);
    f.code_gone = true;
    if (!shown || f.net_what == FX_OPEN || f.net_what == FX_REQUEST) /* the answer says what holds */
        return f;
    fx_add(fx, FX_BELL, 0, 0, 0);
    return tell_at(f, flow_place(&f) == ST_CODE ? ERR_CODE_EXPIRED_7 : ERR_CODE_EXPIRED, 0, FOCUS_NEW_CODE);
}

/* --- thresholds: full minutes, 60, 30 and 10 seconds ----------------------------------------------------------------
 */

static uint32_t next_mark_s(uint32_t said_s)
{
    if (said_s > 60)
        return (said_s - 1) / 60 * 60;
    return said_s > 30 ? 30 : said_s > 10 ? 10 : 0;
}

struct words {
    enum err_code note;
    uint32_t arg;
};

/* A sentence that names its number is right only on time; after a sleep the true number is told. */
static struct words mark_words(const struct flow *f, uint32_t mark_s, uint32_t left_s)
{
    bool late = left_s + 1 < mark_s;
    if (late || f->sign_deadline_ms == 0 || mark_s > 60)
        return (struct words){ERR_TIME_MINUTES, late ? left_s : mark_s};
    if (mark_s == 10)
        return (struct words){f->code_mode ? ERR_TIME_10_CODE : ERR_TIME_10, 0};
    if (f->extensions == 0)
        return (struct words){ERR_TIME_MINUTES, mark_s};
    return (struct words){mark_s == 60 ? ERR_TIME_60 : ERR_TIME_30, 0};
}

/* The reader look has a page of its own: a braille line never hears another row. But not while a PIN is typed whose
 * digits that page would not take. */
static bool wants_time_page(const struct flow *f, uint32_t mark_s)
{
    return mark_s == 30 && f->look == LOOK_READER && f->sign_deadline_ms != 0 && f->extensions > 0 &&
           f->state < ST_FIRST_INTERRUPTION && f->state != ST_SIGNING && f->state != ST_PIN_CHANGE;
}

static struct flow announce(struct flow f, struct effects *fx, uint32_t mark_s, uint32_t left_s)
{
    struct words w = mark_words(&f, mark_s, left_s);
    fx_add(fx, FX_SAY, 0, w.note, w.arg);
    if (mark_s > 60)
        return f;
    fx_add(fx, FX_BELL, 0, 0, 0);
    f = tell(f, w.note, w.arg);
    return wants_time_page(&f, mark_s) ? pause_with(f, fx, ST_TIME) : f;
}

static struct flow thresholds(struct flow f, const struct event *ev, struct effects *fx)
{
    uint64_t deadline = deadline_of(&f);
    if (deadline == 0)
        return f;
    uint32_t left = seconds_until(deadline, ev->now_ms), hit = 0;
    for (uint32_t mark = next_mark_s(f.said_s); mark > 0 && left <= mark; mark = next_mark_s(mark))
        hit = f.said_s = mark;
    return hit > 0 ? announce(f, fx, hit, left) : f;
}

/* --- waiting ---------------------------------------------------------------------------------------------------------
 */

static struct flow slowness(struct flow f, const struct event *ev, struct effects *fx)
{
    if (!due(f.slow_at_ms, ev->now_ms))
        return f;
    f.slow_at_ms = 0;
    if (f.retries > 0)
        return job_away(f, fx);
    fx_add(fx, FX_SAY, 0, ERR_SLOW, 0);
    return tell(f, ERR_SLOW, 0);
}

/* While "leave? nothing is signed" stands, nothing is sent. */
static uint64_t retry_due_at(const struct flow *f)
{
    bool held = f->state == ST_LEAVE && f->net_what == FX_SUBMIT && !f->sent;
    return held ? 0 : f->retry_at_ms;
}

static struct flow retrying(struct flow f, const struct event *ev, struct effects *fx)
{
    return due(retry_due_at(&f), ev->now_ms) ? job_again(f, fx) : f;
}

static struct flow opening(struct flow f, const struct event *ev, struct effects *fx)
{
    if (!due(f.opening_at_ms, ev->now_ms))
        return f;
    return show_code_entry(f, fx);
}

static struct flow hanging(struct flow f, const struct event *ev, struct effects *fx)
{
    if (!due(token_hang_at(&f), ev->now_ms))
        return f;
    fx_add(fx, FX_TOKEN_KILL, f.token_job, 0, 0);
    bool changing = f.token_what == FX_CHANGE_PIN;
    f = token_done(f);
    f.token_killed = true;
    if (changing)
        return change_unsure(f, fx);
    f = arrive(f, fx, ST_SIGN);
    return tell_at(f, ERR_CARD_SILENT, 0, FOCUS_PIN);
}

static struct flow token_restart(struct flow f, const struct event *ev, struct effects *fx)
{
    if (!due(f.token_start_at_ms, ev->now_ms))
        return f;
    f.token_start_at_ms = 0;
    fx_add(fx, FX_TOKEN_START, 0, 0, 0);
    return f;
}

/* A code that is out may be used in another terminal; one looks while nothing else is under way. */
static bool can_watch(const struct flow *f)
{
    return f->state == ST_CODE && f->logged_in && f->code_deadline_ms != 0 && !f->code_gone && f->net_what == FX_NONE;
}

bool is_watching(const struct flow *f)
{
    return f->net_what == FX_STATUS && flow_place(f) != ST_RESULT;
}

static struct flow watch(struct flow f, const struct event *ev, struct effects *fx)
{
    return can_watch(&f) && due(f.watch_at_ms, ev->now_ms) ? job_ask(f, fx, FX_STATUS, ev->now_ms) : f;
}

/* Said again in passing; never blocks. */
static struct flow card_hint(struct flow f, const struct event *ev, struct effects *fx)
{
    (void)fx;
    if (!due(f.hint_at_ms, ev->now_ms))
        return f;
    f.hint_at_ms = 0;
    return flow_place(&f) == ST_SUCCESS && f.cards > 0 ? tell(f, ERR_CARD_FORGOTTEN, 0) : f;
}

/* --- idleness --------------------------------------------------------------------------------------------------------
 */

/* Only where something personal can be seen, and never while a signature is on its way. A running clock ends by itself
 * and may be waited out, but not on a kiosk, where the next person may come. */
static bool can_idle(const struct flow *f)
{
    bool personal = f->logged_in || f->tckn_len > 0 || f->code_len > 0 || f->sign_deadline_ms != 0;
    bool own_clock = !f->kiosk && deadline_of(f) != 0;
    return f->idle_ms != 0 && f->state != ST_DONE && personal && !own_clock && flow_place(f) != ST_SIGNING &&
           f->token_job == 0;
}

static uint64_t idle_warn_at(const struct flow *f)
{
    uint64_t warn = f->idle_ms / 2 < FLOW_IDLE_WARN_MS ? f->idle_ms / 2 : FLOW_IDLE_WARN_MS;
    return f->idle_at_ms - warn;
}

static struct flow idleness(struct flow f, const struct event *ev, struct effects *fx)
{
    if (!can_idle(&f)) {
        f.idle_at_ms = 0;
        return f.state == ST_IDLE ? resume(f, fx, ev->now_ms) : f;
    }
    if (due(f.idle_at_ms, ev->now_ms))
        return f.kiosk ? start_over(f, fx) : quit(f, fx, ev->now_ms, FLOW_EXIT_IDLE);
    if (f.idle_at_ms == 0 || is_person(ev->kind)) {
        f.idle_at_ms = ev->now_ms + f.idle_ms;
        return f.state == ST_IDLE ? resume(f, fx, ev->now_ms) : f;
    }
    return f.state != ST_IDLE && due(idle_warn_at(&f), ev->now_ms) ? pause_with(f, fx, ST_IDLE) : f;
}

/* --- all of it
 * -------------------------------------------------------------------------------------------------------- */

struct flow time_passes(struct flow f, const struct event *ev, struct effects *fx)
{
    static struct flow (*const all[])(struct flow, const struct event *, struct effects *) = {
        sign_expiry, /* first: it wins */
        idleness,    /* before all that would be done for nobody */
        code_expiry,
        thresholds,
        hanging,
        slowness,
        retrying,
        opening,
        token_restart,
        card_hint,
        watch,
    };
    for (size_t i = 0; i < sizeof all / sizeof all[0] && f.state != ST_DONE; i++)
        f = all[i](f, ev, fx);
    return f;
}

/* After the step: what begins to run on the place it led to, though nobody comes. */
struct flow time_settles(struct flow f, uint64_t now_ms)
{
    if (!can_watch(&f))
        f.watch_at_ms = 0;
    else if (f.watch_at_ms == 0)
        f.watch_at_ms = now_ms + WATCH_MS;
    if (can_idle(&f) && f.idle_at_ms == 0)
        f.idle_at_ms = now_ms + f.idle_ms;
    return f;
}

static uint64_t sooner(uint64_t a, uint64_t b)
{
    return b != 0 && b < a ? b : a;
}

static uint64_t mark_at(const struct flow *f)
{
    uint64_t deadline = deadline_of(f);
    uint32_t mark = next_mark_s(f->said_s);
    return deadline != 0 && mark > 0 ? deadline - mark * (uint64_t)1000 : 0;
}

static uint64_t idle_wake(const struct flow *f)
{
    if (!can_idle(f) || f->idle_at_ms == 0)
        return 0;
    return f->state == ST_IDLE ? f->idle_at_ms : idle_warn_at(f);
}

uint64_t flow_wake_ms(const struct flow *f, uint64_t now_ms)
{
    if (f->exited || !f->started)
        return UINT64_MAX;
    if (f->state == ST_DONE)
        return f->exit_at_ms;
    uint64_t wake = UINT64_MAX;
    const uint64_t all[] = {f->sign_deadline_ms, f->code_gone ? 0 : f->code_deadline_ms, mark_at(f), f->slow_at_ms,
        retry_due_at(f), f->opening_at_ms, token_hang_at(f), f->token_start_at_ms, f->hint_at_ms, f->watch_at_ms,
        idle_wake(f)};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        wake = sooner(wake, all[i]);
    return wake > now_ms ? wake : now_ms;
}

/* --- extension
 * -------------------------------------------------------------------------------------------------------- */

struct flow extend(struct flow f, struct effects *fx, uint64_t now)
{
    if (f.sign_deadline_ms == 0 || f.extensions == 0)
        return tell(f, f.code_mode ? ERR_NOT_EXTENDABLE_CODE : ERR_NOT_EXTENDABLE, 0);
    return f.net_what == FX_NONE ? job_ask(f, fx, FX_EXTEND, now) : f;
}
