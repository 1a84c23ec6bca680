/* One step: time passes first, then the event is given to what is shown now. */
#include "flow/inside.h"

#include <string.h>

_Static_assert(offsetof(struct flow, spare) + sizeof((struct flow *)NULL)->spare == sizeof(struct flow),
    "no padding: two flows are compared byte by byte");

static const char *const names[ST_COUNT] = {
#define X(id, name, figure) [ST_##id] = name,
    FLOW_STATES(X)
#undef X
};

static const char *const figures[ST_COUNT] = {
#define X(id, name, figure) [ST_##id] = figure,
    FLOW_STATES(X)
#undef X
};

const char *flow_state_name(enum flow_state s)
{
    return (unsigned)s < ST_COUNT ? names[s] : "";
}

const char *flow_state_figure(enum flow_state s)
{
    return (unsigned)s < ST_COUNT ? figures[s] : "";
}

void fx_add(struct effects *fx, enum effect_kind kind, uint32_t job, uint32_t value, uint32_t arg)
{
    if (fx->n >= FX_MAX)
        __builtin_trap();
    fx->v[fx->n++] = (struct effect){kind, job, value, arg};
}

struct flow flow_init(void)
{
    struct flow f;
    memset(&f, 0, sizeof f);
    f.hang_ms = FLOW_HANG_MS;
    return f;
}

static uint8_t ways_of(uint32_t flags)
{
    return (uint8_t)((flags & FLAG_SAVES ? WAY_SAVE : 0) | (flags & FLAG_PRINTS ? WAY_PRINT : 0) |
                     (flags & FLAG_CODES ? WAY_CODE : 0));
}

static struct flow start(struct flow f, const struct event *ev, struct effects *fx)
{
    f.started = true;
    f.code_start = f.code_mode = (ev->flags & FLAG_CODE_MODE) != 0;
    f.kiosk = (ev->flags & FLAG_KIOSK) != 0;
    f.receipt_ways = ways_of(ev->flags);
    f.look = f.start_look = ev->flags & FLAG_READER ? LOOK_READER : LOOK_STANDARD;
    f.english = f.start_english = (ev->flags & FLAG_ENGLISH) != 0;
    f.idle_ms = ev->arg;
    if (ev->value != 0)
        f.hang_ms = ev->value;
    fx_add(fx, FX_NET_START, 0, 0, 0);
    return f.code_start ? open_application(f, fx, ev->now_ms) : f;
}

/* --- the same on every screen ---------------------------------------------------------------------------------------
 */

static struct flow on_help(struct flow f, const struct event *ev, struct effects *fx)
{
    (void)ev;
    (void)fx;
    f.help = !f.help;
    return f;
}

static struct flow on_lang(struct flow f, const struct event *ev, struct effects *fx)
{
    (void)ev;
    (void)fx;
    f.english = !f.english;
    return f;
}

static struct flow on_look(struct flow f, const struct event *ev, struct effects *fx)
{
    (void)ev;
    (void)fx;
    f.look = (f.look + 1) % LOOK_COUNT;
    return f;
}

static struct flow on_time(struct flow f, const struct event *ev, struct effects *fx)
{
    if (f.state == ST_TIME)
        return resume(f, fx, ev->now_ms);
    return f.state < ST_FIRST_INTERRUPTION ? pause_with(f, fx, ST_TIME) : f;
}

static struct flow on_size(struct flow f, const struct event *ev, struct effects *fx)
{
    (void)fx;
    f.small = ev->value == 0;
    return f;
}

static struct flow on_leave(struct flow f, const struct event *ev, struct effects *fx)
{
    if (ev->flags & FLAG_INPUT_END)
        return quit(f, fx, ev->now_ms, is_unfinished(&f) ? FLOW_EXIT_UNFINISHED : 0);
    if (ev->flags & FLAG_AT_ONCE) /* by a signal: nobody waits for a last word */
        return tell(quit(f, fx, ev->now_ms, 0), OK, 0);
    if (f.state == ST_LEAVE) /* asked already */
        return leave(f, fx, ev->now_ms);
    return leave_asking(f, fx, ST_DONE, ev->now_ms);
}

static struct flow on_tckn(struct flow f, const struct event *ev, struct effects *fx)
{
    (void)fx;
    if (flow_place(&f) != ST_LOGIN)
        return f;
    f.tckn_len = (uint8_t)(ev->value < UINT8_MAX ? ev->value : UINT8_MAX);
    f.tckn_fits = (ev->flags & FLAG_FITS) != 0;
    return tell(f, ev->err, 0);
}

static struct flow on_password(struct flow f, const struct event *ev, struct effects *fx)
{
    if (!holds_password(&f)) { /* typed into nothing: it may not stay anywhere */
        fx_add(fx, FX_WIPE_PASSWORD, 0, 0, 0);
        return f;
    }
    f.password_len = (uint8_t)(ev->value < UINT8_MAX ? ev->value : UINT8_MAX);
    return tell(f, ev->err, 0);
}

static struct flow on_text_end(struct flow f, const struct event *ev, struct effects *fx)
{
    (void)ev;
    (void)fx;
    if (flow_place(&f) == ST_SIGN)
        f.text_end = true;
    return f;
}

static struct flow on_net_up(struct flow f, const struct event *ev, struct effects *fx)
{
    (void)ev;
    (void)fx;
    f.net_up = true;
    return f;
}

static struct flow on_token_up(struct flow f, const struct event *ev, struct effects *fx)
{
    (void)ev;
    f.token_up = true;
    if (f.state == ST_SIGN && f.note == ERR_CARD_STARTING)
        f = tell_at(f, ERR_CARD_READY, 0, FOCUS_SIGN);
    return f.opening_at_ms != 0 ? show_code_entry(f, fx) : f;
}

/* --- what the person chooses on one screen ---------------------------------------------------------------------------
 */

static state_fn *const in_state[ST_COUNT] = {
    [ST_MENU] = in_menu,
    [ST_GATEWAY] = in_gateway,
    [ST_LOGIN] = in_login,
    [ST_HOME] = in_home,
    [ST_NES] = in_nes,
    [ST_ACCEPT] = in_accept,
    [ST_CODE] = in_code,
    [ST_OPENING] = in_opening,
    [ST_CODE_EMPTY] = in_code_entry,
    [ST_CODE_FULL] = in_code_entry,
    [ST_TEXT_ASK] = in_text_ask,
    [ST_SIGN] = in_sign,
    [ST_CERTS] = in_certs,
    [ST_SIGNING] = in_signing,
    [ST_NO_CARD] = in_no_card,
    [ST_DOCTOR] = in_doctor,
    [ST_LAST_TRY] = in_last_try,
    [ST_LOCKED] = in_locked,
    [ST_PIN_CHANGE] = in_pin_change,
    [ST_EXPIRED] = in_expired,
    [ST_SUCCESS] = in_success,
    [ST_RESULT] = in_result,
    [ST_ALREADY] = in_already,
    [ST_RECEIPT] = in_receipt,
    [ST_RECEIPT_SAVE] = in_receipt_save,
    [ST_RECEIPT_PAGE] = in_receipt_page,
    [ST_RECEIPT_CODE] = in_receipt_code,
    [ST_AWAY] = in_away,
    [ST_TIME] = in_time,
    [ST_LEAVE] = in_leave,
};

static enum choice wish_of(const struct event *ev)
{
    return ev->kind == EV_BACK ? CH_CANCEL : ev->value < CH_COUNT ? (enum choice)ev->value : CH_NONE;
}

static struct flow on_choice(struct flow f, const struct event *ev, struct effects *fx)
{
    enum choice wish = wish_of(ev);
    switch (wish) {
    case CH_HELP:
        return on_help(f, ev, fx);
    case CH_LANG:
        return on_lang(f, ev, fx);
    case CH_LOOK:
        return on_look(f, ev, fx);
    case CH_TIME:
        return on_time(f, ev, fx);
    default:
        break;
    }
    if (f.help) {
        f.help = wish != CH_CANCEL;
        return f;
    }
    if (wish == CH_EXTEND && f.state < ST_FIRST_INTERRUPTION)
        return flow_left_s(&f, ev->now_ms) != UINT32_MAX ? extend(f, fx, ev->now_ms) : f;
    return in_state[f.state] != NULL ? in_state[f.state](f, wish, ev, fx) : f;
}

/* --- the step
 * --------------------------------------------------------------------------------------------------------- */

static struct flow (*const on_event[EV_COUNT])(struct flow, const struct event *, struct effects *) = {
    [EV_SIZE] = on_size,
    [EV_CHOOSE] = on_choice,
    [EV_BACK] = on_choice,
    [EV_HELP] = on_help,
    [EV_LANG] = on_lang,
    [EV_LOOK] = on_look,
    [EV_TIME] = on_time,
    [EV_LEAVE] = on_leave,
    [EV_TCKN] = on_tckn,
    [EV_PASSWORD] = on_password,
    [EV_CODE] = on_code,
    [EV_PATH] = on_path,
    [EV_PIN_PART] = on_pin_part,
    [EV_PIN] = on_pin,
    [EV_TEXT_END] = on_text_end,
    [EV_NET_UP] = on_net_up,
    [EV_NET_GONE] = on_net_gone,
    [EV_TOKEN_UP] = on_token_up,
    [EV_TOKEN_GONE] = on_token_gone,
    [EV_CARDS] = on_cards,
    [EV_DOCTOR_DONE] = on_doctor,
    [EV_DOCTOR_GONE] = on_doctor,
    [EV_METHODS] = on_answer,
    [EV_PERSON] = on_answer,
    [EV_REQUESTED] = on_answer,
    [EV_ALREADY] = on_answer,
    [EV_OPENED] = on_answer,
    [EV_EXTENDED] = on_answer,
    [EV_SIGNED] = on_answer,
    [EV_PIN_CHANGED] = on_answer,
    [EV_ACCEPTED] = on_answer,
    [EV_PROGRESS] = on_answer,
    [EV_DOWNLOADED] = on_answer,
    [EV_LOGGED_OUT] = on_answer,
    [EV_RECEIPT] = on_answer,
    [EV_SHORT_CODE] = on_answer,
    [EV_FAILED] = on_answer,
};

/* What was meant for a screen that went away in this very step is not done on the next one. */
static bool is_aimed(enum event_kind kind)
{
    return kind == EV_CHOOSE || kind == EV_BACK || kind == EV_HELP || kind == EV_TIME;
}

/* Time may have closed the session: what was typed before belongs to nobody. */
static bool is_forgotten(const struct effects *fx, enum event_kind kind)
{
    bool forgotten = false;
    for (size_t i = 0; i < fx->n; i++)
        forgotten = forgotten || fx->v[i].kind == FX_FORGET;
    return forgotten && is_person(kind) && kind != EV_LEAVE;
}

static struct flow finish(struct flow f, const struct event *ev, struct effects *fx)
{
    bool answered = ev->kind >= EV_METHODS && ev->job != 0 && ev->job == f.net_job;
    bool impatient = (ev->kind == EV_LEAVE && !(ev->flags & FLAG_INPUT_END)) || ev->kind == EV_NET_GONE;
    if (!answered && !impatient && ev->now_ms < f.exit_at_ms)
        return f;
    fx_add(fx, FX_EXIT, 0, f.exit_status, 0);
    f = job_done(f);
    f.exited = true;
    return f;
}

static struct flow take(struct flow f, const struct event *ev, struct effects *fx)
{
    enum flow_state before = f.state;
    f = time_passes(f, ev, fx);
    if (f.state == ST_DONE || (f.state != before && is_aimed(ev->kind)) || is_forgotten(fx, ev->kind))
        return f;
    return (unsigned)ev->kind < EV_COUNT && on_event[ev->kind] != NULL ? on_event[ev->kind](f, ev, fx) : f;
}

struct flow flow_step(struct flow f, const struct event *ev, struct effects *fx)
{
    fx->n = 0;
    if (f.exited)
        return f;
    if (!f.started)
        return ev->kind == EV_START ? start(f, ev, fx) : f;
    if (f.state == ST_DONE)
        return finish(f, ev, fx);
    enum flow_state before = flow_place(&f);
    return doctor_settles(time_settles(take(f, ev, fx), ev->now_ms), before, fx);
}
