/* Another PIN for the card, where it wants one before it signs: the old one, the new one, the new one again. Where they
 * live is decided whether the two are alike; here are only their lengths. */
#include "flow/inside.h"

bool wants_change(const struct flow *f)
{
    return f->pin_expired || ((f->pin_flags & PIN_DUE) != 0 && !f->pin_fixed);
}

static bool has_pad(const struct flow *f)
{
    return (f->pin_flags & PIN_PAD) != 0;
}

static enum focus first_focus(const struct flow *f)
{
    return has_pad(f) ? FOCUS_CHANGE : FOCUS_PIN_OLD;
}

/* --- typing -------------------------------------------------------------------------------------------------------
 */

struct flow on_pin_part(struct flow f, const struct event *ev, struct effects *fx)
{
    if (!holds_parts(&f) || has_pad(&f) || f.token_job != 0 || ev->arg >= PART_COUNT) { /* typed into nothing */
        fx_add(fx, FX_WIPE_PARTS, 0, PARTS_ALL, 0);
        return f;
    }
    f.part_len[ev->arg] = (uint8_t)(ev->value < UINT8_MAX ? ev->value : UINT8_MAX);
    f.parts_same = (ev->flags & FLAG_SAME_PIN) != 0;
    if (f.state == ST_TIME)
        f = resume(f, fx, ev->now_ms);
    if (ev->err != OK)
        return tell(f, ev->err, ev->err == ERR_PIN_LONG ? f.pin_max : 0);
    return tell(f, ERR_PIN_DUE, 0);
}

static struct flow clear_parts(struct flow f, struct effects *fx)
{
    return f.token_job != 0 ? f : tell_at(wipe_parts(f, fx, PARTS_ALL), ERR_PIN_DUE, 0, FOCUS_PIN_OLD);
}

/* --- changing -----------------------------------------------------------------------------------------------------
 */

static enum err_code length_flaw(const struct flow *f, uint8_t len, const enum err_code words[3])
{
    if (len == 0)
        return words[0];
    if (len < f->pin_min)
        return words[1];
    return f->pin_max != 0 && len > f->pin_max ? words[2] : OK;
}

static struct flow refuse(struct flow f, enum err_code flaw, enum focus focus)
{
    bool at_most = flaw == ERR_PIN_LONG || flaw == ERR_NEW_PIN_LONG;
    return tell_at(f, flaw, at_most ? f.pin_max : f.pin_min, focus);
}

/* The try is spent on nothing that cannot be right; true: it may be asked for. */
static bool parts_fit(struct flow *f, struct effects *fx)
{
    static const enum err_code old_words[] = {ERR_PIN_EMPTY, ERR_PIN_SHORT, ERR_PIN_LONG};
    static const enum err_code new_words[] = {ERR_NEW_PIN_EMPTY, ERR_NEW_PIN_SHORT, ERR_NEW_PIN_LONG};
    enum err_code old_flaw = length_flaw(f, f->part_len[PART_OLD], old_words);
    enum err_code new_flaw = length_flaw(f, f->part_len[PART_NEW], new_words);
    if (old_flaw != OK)
        *f = refuse(*f, old_flaw, FOCUS_PIN_OLD);
    else if (new_flaw != OK)
        *f = refuse(*f, new_flaw, FOCUS_PIN_NEW);
    else if (!f->parts_same)
        *f = tell_at(wipe_parts(*f, fx, PARTS_NEW), ERR_NEW_PIN_DIFFERS, 0, FOCUS_PIN_NEW);
    else
        return true;
    return false;
}

static struct flow change(struct flow f, struct effects *fx, uint64_t now)
{
    if (f.token_job != 0)
        return f;
    if (!f.text_accepted || f.chosen == 0 || !f.cert_confirmed || is_barred(&f))
        return to_stop(arrive(f, fx, ST_SIGN), fx);
    if (!f.token_up) /* being started again: the PIN is not spent on nobody */
        return tell_at(f, ERR_WAITING, 0, FOCUS_CHANGE);
    if (!has_pad(&f) && !parts_fit(&f, fx))
        return f;
    f = token_ask(f, fx, FX_CHANGE_PIN, now);
    f.last_try_taken = false; /* one try, asked for again next time */
    return tell_at(wipe_parts(f, fx, PARTS_ALL), OK, 0, FOCUS_DEFAULT);
}

struct flow in_pin_change(struct flow f, enum choice wish, const struct event *ev, struct effects *fx)
{
    switch (wish) {
    case CH_CHANGE_PIN:
        return change(f, fx, ev->now_ms);
    case CH_PIN_CLEAR:
        return clear_parts(f, fx);
    case CH_CANCEL:
        if (f.token_job != 0)
            return leave_asking(f, fx, ST_HOME, ev->now_ms);
        f.cert_confirmed = false; /* another card, or none */
        return at_stop(move_to(f, fx, ST_SIGN));
    default:
        return f;
    }
}

/* --- answers ------------------------------------------------------------------------------------------------------
 */

/* It was done, as far as it could be: a flag that stays all the same is no bar, or nobody would ever pass it. */
static struct flow forget_wish(struct flow f)
{
    f.pin_flags &= (uint8_t)~PIN_DUE;
    f.pin_expired = false;
    f.pin_fixed = true; /* for this card */
    return f;
}

struct flow on_pin_changed(struct flow f, const struct event *ev, struct effects *fx)
{
    (void)ev;
    f = arrive(forget_wish(token_done(f)), fx, ST_SIGN);
    return tell_at(f, has_pad(&f) ? ERR_PIN_CHANGED_PAD : ERR_PIN_CHANGED, 0, stop_of(&f));
}

/* What still holds is found out by typing one of them; if the card wants a change still, its login says so. */
struct flow change_unsure(struct flow f, struct effects *fx)
{
    f = arrive(forget_wish(f), fx, ST_SIGN);
    return tell_at(f, ERR_PIN_UNSURE, 0, stop_of(&f));
}

struct flow change_failed(struct flow f, const struct event *ev, struct effects *fx, enum err_code err)
{
    if (err == ERR_PIN_UNSURE)
        return change_unsure(f, fx);
    if (err == ERR_PIN_FIXED && !f.pin_expired) { /* many a card only wishes: it is asked with the PIN as it is */
        f.pin_fixed = true;
        f = arrive(f, fx, ST_SIGN);
        return tell_at(f, err, 0, stop_of(&f));
    }
    f = arrive(f, fx, ST_PIN_CHANGE);
    return tell_at(f, err == ERR_PIN_AGAIN ? ERR_CHANGE_AGAIN : err, ev->arg, first_focus(&f));
}
