/* Cards come and go; drivers die. The place is kept, the PIN never. */
#include "flow/inside.h"

static const uint16_t restart_ms[] = {0, 1000, 2000, 4000, 8000}; /* a driver that keeps dying is not hammered */
#define RESTARTS (sizeof restart_ms / sizeof restart_ms[0])

bool has_card(const struct flow *f)
{
    return f->cards > 0 && f->certs > 0;
}

static enum err_code why_missing(const struct flow *f)
{
    if (f->cards_err != OK)
        return f->cards_err;
    if (!f->token_up)
        return ERR_WORKER_GONE;
    if (f->cards > 0)
        return ERR_CARD_EMPTY;
    return f->readers > 0 ? ERR_NO_CARD : ERR_NO_READER;
}

struct flow card_missing(struct flow f, struct effects *fx, enum err_code why)
{
    f = arrive(f, fx, ST_NO_CARD);
    return tell(f, why != OK ? why : why_missing(&f), 0);
}

/* The chosen certificate is not there any more, another one may be. Before one was confirmed that is no mishap: only
 * what is asked about it changes. */
static struct flow card_changed(struct flow f, struct effects *fx)
{
    if (!f.cert_confirmed) {
        f = wipe_pin(f, fx);
        return f.state == ST_SIGN && stop_of(&f) == FOCUS_CERT ? at_stop(f) : f;
    }
    f.cert_confirmed = false;
    f = arrive(f, fx, ST_SIGN);
    f = wipe_pin(f, fx);
    return tell_at(f, ERR_CARD_OTHER, 0, FOCUS_CERT);
}

/* Why the PIN is asked for again stays said, over what the card does meanwhile. */
static bool is_reason(enum err_code note)
{
    return note == ERR_CARD_SILENT || note == ERR_CARD_RUN || note == ERR_PIN_UNSURE;
}

/* What stands over the place says nothing of the card. */
static enum err_code said_of_card(const struct flow *f)
{
    return flow_place(f) == f->state ? f->note : f->under_note;
}

static struct flow card_back(struct flow f, struct effects *fx, bool same)
{
    enum err_code said = said_of_card(&f);
    enum focus stop = stop_of(&f);
    if (same && f.pin_flags & PIN_LOCKED)
        return tell(f, ERR_PIN_LOCKED, 0);
    if (!same && f.cert_confirmed)
        return card_changed(f, fx);
    if (stop != FOCUS_TEXT && stop != FOCUS_CERT && wants_change(&f)) {
        f = to_stop(f, fx);
        return is_reason(said) ? tell(f, said, 0) : f;
    }
    f = at_stop(arrive(f, fx, ST_SIGN));
    if (stop != FOCUS_PIN || f.last_try_taken)
        return f;
    return tell(f, is_reason(said) ? said : ERR_CARD_SEEN, 0);
}

static bool is_same(const struct event *ev)
{
    return ev->chosen != 0 && (ev->flags & FLAG_SAME_CARD) != 0;
}

static struct flow take_list(struct flow f, const struct event *ev)
{
    f.cards_err = ev->err;
    f.readers = ev->readers;
    f.cards = ev->cards;
    f.certs = ev->cards > 0 ? ev->certs : 0; /* whatever a list says: none without a card */
    f.usable = ev->usable < f.certs ? ev->usable : f.certs;
    f.chosen = ev->chosen <= f.usable ? ev->chosen : 0;
    if (f.usable > 1 && !f.cert_confirmed) /* preselected while it was the only one */
        f.chosen = 0;
    f.pin_min = ev->pin_min;
    f.pin_max = ev->pin_max;
    f.pin_flags = ev->pin_flags;
    return f;
}

static enum err_code why_gone(const struct flow *f, const struct event *ev, bool had)
{
    bool empty = ev->err == OK || ev->err == ERR_NO_CARD; /* the reader is there, and nothing in it */
    bool pulled = empty && (had || f->note == ERR_CARD_GONE);
    enum err_code said = said_of_card(f);
    if (f->token_what == FX_CHANGE_PIN) /* its answer comes after the list: it may be done */
        return ERR_PIN_UNSURE;
    if (said == ERR_PIN_UNSURE || (is_reason(said) && ev->err != ERR_FORWARD_DEAD)) /* a lost link tells more */
        return said;
    return pulled ? ERR_CARD_GONE : ev->err;
}

static struct flow another_stands(struct flow f, struct effects *fx)
{
    bool changing = f.token_what == FX_CHANGE_PIN || said_of_card(&f) == ERR_PIN_UNSURE; /* it hung till now */
    f = card_changed(token_drop(f, fx), fx);
    return changing ? tell(f, ERR_PIN_UNSURE, 0) : f;
}

/* What a new list means where the person stands. `had`: there was a card; `other`: not what was chosen stands there
 * now. */
static struct flow at_place(struct flow f, const struct event *ev, struct effects *fx, bool had, bool other)
{
    enum err_code gone = why_gone(&f, ev, had);
    switch (flow_place(&f)) {
    case ST_SIGN:
    case ST_CERTS:
    case ST_LAST_TRY:
    case ST_LOCKED:
    case ST_PIN_CHANGE:
        if (!has_card(&f))
            return had ? card_missing(token_drop(f, fx), fx, gone) : f; /* the text may be read without a card */
        if (f.note == ERR_FORWARD_DEAD && !other) /* it hung, and the card stayed in the list meanwhile */
            return card_back(f, fx, is_same(ev));
        return other ? another_stands(f, fx) : f;
    case ST_SIGNING:
        return f.token_job != 0 && !has_card(&f) ? card_missing(token_drop(f, fx), fx, gone) : f;
    case ST_DOCTOR: /* what is missing is what is being looked for */
        return has_card(&f) ? card_back(arrive(f, fx, ST_NO_CARD), fx, is_same(ev)) : f;
    case ST_NO_CARD:
        return has_card(&f) ? card_back(f, fx, is_same(ev)) : tell(f, gone != OK ? gone : why_missing(&f), 0);
    case ST_SUCCESS:
    case ST_RESULT:
        return f.cards == 0 && f.note == ERR_CARD_FORGOTTEN ? tell(f, OK, 0) : f;
    default:
        return f;
    }
}

struct flow on_cards(struct flow f, const struct event *ev, struct effects *fx)
{
    bool had = has_card(&f);
    uint16_t stood = f.chosen;
    f = take_list(f, ev);
    if (!is_same(ev))
        f.last_try_taken = f.pin_expired = f.pin_fixed = false;
    bool other = had && stood != 0 && !is_same(ev);
    return at_place(f, ev, fx, had, other || (!f.cert_confirmed && f.chosen != stood));
}

static bool needs_token(const struct flow *f)
{
    return f->sign_deadline_ms != 0 || (flow_place(f) >= ST_OPENING && flow_place(f) <= ST_CODE_FULL);
}

/* The PIN is wiped wherever it was: no second login for one typed PIN. */
struct flow on_token_gone(struct flow f, const struct event *ev, struct effects *fx)
{
    bool ours = f.token_killed, concerned = ev->value != 0, changing = f.token_what == FX_CHANGE_PIN;
    f.token_up = ev->arg != 0;
    f.token_killed = false;
    if (concerned)
        f = token_done(f);
    uint64_t start_at_ms = ev->now_ms + restart_ms[f.token_losses < RESTARTS ? f.token_losses : RESTARTS - 1] + 1;
    if (needs_token(&f) && (f.token_start_at_ms == 0 || f.token_start_at_ms > start_at_ms)) /* nobody else's put off */
        f.token_start_at_ms = start_at_ms;
    if (f.token_losses < UINT8_MAX)
        f.token_losses++;
    if (flow_place(&f) == ST_OPENING && !f.token_up)
        return tell(f, why_missing(&f), 0);
    bool held = flow_place(&f) == ST_SIGN || (flow_place(&f) == ST_SIGNING && !f.have_cms);
    if (!ours && concerned && flow_place(&f) == ST_PIN_CHANGE)
        return changing ? change_unsure(f, fx) : tell_at(wipe_parts(f, fx, PARTS_ALL), ERR_CARD_RUN, 0, FOCUS_PIN_OLD);
    if (ours || !concerned || !held)
        return f;
    f = wipe_pin(arrive(f, fx, ST_SIGN), fx);
    return tell_at(f, ev->err != OK ? ev->err : ERR_CARD_RUN, 0, stop_of(&f));
}

/* --- the card's own screens
 * ---------------------------------------------------------------------------------------------- */

static struct flow start_again(struct flow f, struct effects *fx)
{
    if (f.token_up)
        return f;
    f.token_losses = 0;
    f.token_start_at_ms = 0;
    fx_add(fx, FX_TOKEN_START, 0, 0, 0);
    return f;
}

struct flow in_no_card(struct flow f, enum choice wish, const struct event *ev, struct effects *fx)
{
    switch (wish) {
    case CH_WHY:
        return doctor_open(f, fx);
    case CH_RETRY:
        return start_again(f, fx);
    case CH_CANCEL:
        return leave_asking(f, fx, ST_HOME, ev->now_ms);
    default:
        return f;
    }
}

struct flow in_last_try(struct flow f, enum choice wish, const struct event *ev, struct effects *fx)
{
    (void)ev;
    switch (wish) {
    case CH_LAST_TRY:
        f.last_try_taken = true;
        return to_stop(move_to(f, fx, ST_SIGN), fx);
    case CH_CANCEL:
        f.cert_confirmed = false; /* another card, or none */
        return at_stop(move_to(f, fx, ST_SIGN));
    default:
        return f;
    }
}

struct flow in_locked(struct flow f, enum choice wish, const struct event *ev, struct effects *fx)
{
    switch (wish) {
    case CH_OTHER_CARD:
        return card_missing(f, fx, ERR_NO_CARD);
    case CH_CANCEL:
        return leave_asking(f, fx, ST_HOME, ev->now_ms);
    default:
        return f;
    }
}
