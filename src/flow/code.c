/* The signing application opens; the verification code is typed, pasted or carried over. */
#include "flow/inside.h"

#include "base/code.h" /* the lengths and enum code_fit only */

static struct flow carry_code(struct flow f, struct effects *fx)
{
    fx_add(fx, FX_CARRY_CODE, 0, 0, 0);
    f.code_len = CODE_LEN;
    f.code_fit = CODE_FITS;
    f.code_whole = f.code_carried = true;
    return f;
}

/* Never a stop: goes on once the card software is up, or after a moment whatever was found. */
struct flow open_application(struct flow f, struct effects *fx, uint64_t now)
{
    f = move_to(f, fx, ST_OPENING);
    if (!f.code_mode)
        f = carry_code(f, fx);
    f.token_losses = 0;
    f.token_start_at_ms = 0;
    f.opening_at_ms = now + FLOW_OPENING_MS;
    fx_add(fx, FX_TOKEN_START, 0, 0, 0); /* of several, one may have gone while nobody needed it */
    return f.token_up ? show_code_entry(f, fx) : f;
}

/* A code that came whole puts the focus on İleri; one that is being typed keeps it in the field. */
static struct flow show_code(struct flow f, struct effects *fx)
{
    bool fits = f.code_fit == CODE_FITS && f.code_len > 0;
    f = arrive(f, fx, fits ? ST_CODE_FULL : ST_CODE_EMPTY);
    return tell_at(f, fits ? ERR_CODE_WHOLE : OK, 0, fits && f.code_whole ? FOCUS_NEXT : FOCUS_CODE);
}

struct flow show_code_entry(struct flow f, struct effects *fx)
{
    enum err_code note = f.token_up ? OK : f.note; /* a part that did not open is still said */
    f.opening_at_ms = 0;
    if (flow_place(&f) != ST_OPENING)
        return f;
    f = show_code(f, fx);
    return note == ERR_WORKER_GONE ? tell(f, note, 0) : f;
}

static bool takes_code(const struct flow *f)
{
    enum flow_state place = flow_place(f);
    return place == ST_OPENING || place == ST_CODE_EMPTY || place == ST_CODE_FULL;
}

static uint32_t fit_of(const struct event *ev)
{
    if (ev->flags & FLAG_FITS && ev->value == CODE_LEN)
        return CODE_FITS;
    return ev->arg == CODE_FITS || ev->arg > CODE_BAD_CHECK ? CODE_BAD_CHECK : ev->arg;
}

struct flow on_code(struct flow f, const struct event *ev, struct effects *fx)
{
    if (!takes_code(&f))
        return f;
    f.code_len = (uint8_t)(ev->value < UINT8_MAX ? ev->value : UINT8_MAX);
    f.code_fit = (uint8_t)fit_of(ev);
    f.code_whole = (ev->flags & FLAG_WHOLE) != 0;
    f.code_carried = false;
    if (f.net_what == FX_OPEN) /* another code than the one asked about */
        f = job_drop(f, fx);
    if (f.state == ST_AWAY && f.net_what == FX_NONE)
        f = resume(f, fx, ev->now_ms);
    if (f.state == ST_OPENING)
        return f;
    if (ev->err != OK)
        return tell(f, ev->err, 0);
    return flow_place(&f) == ST_CODE_FULL || f.code_fit == CODE_FITS ? show_code(f, fx) : tell(f, OK, 0);
}

static const enum err_code code_notes[] = {
    [CODE_EMPTY] = ERR_CODE_EMPTY,
    [CODE_SHORT] = ERR_CODE_SHORT,
    [CODE_LONG] = ERR_CODE_CHECK,
    [CODE_BAD_LETTER] = ERR_CODE_LETTER,
    [CODE_BAD_CHECK] = ERR_CODE_CHECK,
};

static struct flow open_request(struct flow f, struct effects *fx, uint64_t now)
{
    if (is_waiting(&f))
        return f;
    if (f.code_len == 0)
        return tell_at(f, ERR_CODE_EMPTY, 0, FOCUS_CODE);
    if (f.code_fit != CODE_FITS)
        return tell_at(f, code_notes[f.code_fit], f.code_len, FOCUS_CODE);
    if (f.code_carried && f.code_gone)
        return tell_at(f, ERR_CODE_EXPIRED, 0, FOCUS_NEW_CODE);
    return tell(job_ask(f, fx, FX_OPEN, now), ERR_WAITING, 0);
}

/* The issued code still stands on Şekil 7, so going back there discards nothing and needs no question. */
static struct flow close_application(struct flow f, struct effects *fx, uint64_t now)
{
    f.opening_at_ms = 0;
    if (f.logged_in && !f.code_mode)
        return move_to(f, fx, ST_CODE);
    return leave_asking(f, fx, ST_HOME, now);
}

struct flow in_opening(struct flow f, enum choice wish, const struct event *ev, struct effects *fx)
{
    return wish == CH_CANCEL ? close_application(f, fx, ev->now_ms) : f;
}

struct flow in_code_entry(struct flow f, enum choice wish, const struct event *ev, struct effects *fx)
{
    switch (wish) {
    case CH_NEXT:
        return open_request(f, fx, ev->now_ms);
    case CH_NEW_CODE:
        return f.logged_in && !is_waiting(&f) ? tell(job_ask(f, fx, FX_REQUEST, ev->now_ms), ERR_WAITING, 0) : f;
    case CH_CANCEL:
        if (is_waiting(&f))
            return tell_at(job_drop(f, fx), OK, 0, FOCUS_DEFAULT);
        return close_application(f, fx, ev->now_ms);
    default:
        return f;
    }
}
