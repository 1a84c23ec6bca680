/* Şekil 10 and what follows from İMZALA: text, certificate, PIN, signature, success. */
#include "flow/inside.h"

enum focus stop_of(const struct flow *f)
{
    if (!f->text_accepted)
        return FOCUS_TEXT;
    if (f->chosen == 0 || !f->cert_confirmed)
        return FOCUS_CERT;
    return f->pin_flags & PIN_PAD ? FOCUS_SIGN : FOCUS_PIN;
}

static enum err_code text_prompt(const struct flow *f)
{
    return f->text_known || f->text_trusted ? ERR_READ_TEXT : ERR_TEXT_UNKNOWN;
}

static enum err_code cert_prompt(const struct flow *f)
{
    if (f->chosen != 0)
        return ERR_CERT_CHOSEN;
    return f->usable == 0 ? ERR_CERT_NONE : ERR_CERT_PICK;
}

static enum err_code pin_prompt(const struct flow *f)
{
    if (f->pin_flags & PIN_PAD)
        return ERR_PIN_ON_READER;
    if (f->last_try_taken)
        return ERR_LAST_TRY_PIN;
    return f->pin_flags & PIN_LOW ? ERR_PIN_LOW_BEFORE : ERR_TYPE_PIN;
}

static enum err_code prompt_of(const struct flow *f)
{
    switch (stop_of(f)) {
    case FOCUS_TEXT:
        return text_prompt(f);
    case FOCUS_CERT:
        return cert_prompt(f);
    default:
        return pin_prompt(f);
    }
}

struct flow at_stop(struct flow f)
{
    return tell_at(f, prompt_of(&f), 0, stop_of(&f));
}

/* A locked card is never asked, a last try only after a question of its own. */
bool is_barred(const struct flow *f)
{
    return f->pin_flags & PIN_LOCKED || (f->pin_flags & PIN_LAST && !f->last_try_taken);
}

struct flow to_stop(struct flow f, struct effects *fx)
{
    enum focus stop = stop_of(&f);
    if (stop != FOCUS_TEXT && !has_card(&f))
        return card_missing(f, fx, OK);
    if (stop != FOCUS_TEXT && stop != FOCUS_CERT && is_barred(&f))
        return arrive(f, fx, f.pin_flags & PIN_LOCKED ? ST_LOCKED : ST_LAST_TRY);
    if (stop != FOCUS_TEXT && stop != FOCUS_CERT && wants_change(&f))
        return tell_at(arrive(f, fx, ST_PIN_CHANGE), ERR_PIN_CHANGE, 0, FOCUS_PIN_OLD);
    return at_stop(f);
}

/* --- the text -------------------------------------------------------------------------------------------------------
 */

static struct flow accept_text(struct flow f, struct effects *fx)
{
    f.text_accepted = true;
    return to_stop(f, fx);
}

static struct flow read_text(struct flow f, struct effects *fx)
{
    if (!f.text_end)
        return tell_at(f, ERR_TEXT_MORE, 0, FOCUS_TEXT);
    if (!f.text_known && !f.text_trusted)
        return move_to(f, fx, ST_TEXT_ASK);
    return accept_text(f, fx);
}

struct flow in_text_ask(struct flow f, enum choice wish, const struct event *ev, struct effects *fx)
{
    (void)ev;
    switch (wish) {
    case CH_TRUST_TEXT:
        f.text_trusted = true;
        return accept_text(move_to(f, fx, ST_SIGN), fx);
    case CH_CANCEL:
        return at_stop(move_to(f, fx, ST_SIGN));
    default:
        return f;
    }
}

/* --- the certificate
 * -------------------------------------------------------------------------------------------------- */

static struct flow confirm_certificate(struct flow f, struct effects *fx)
{
    if (f.chosen == 0)
        return has_card(&f) ? tell_at(f, cert_prompt(&f), 0, FOCUS_CERT) : card_missing(f, fx, OK);
    f.cert_confirmed = true;
    return to_stop(f, fx);
}

static struct flow choose_certificate(struct flow f, const struct event *ev, struct effects *fx)
{
    if (ev->arg >= f.usable) /* usable ones come first */
        return tell(f, ERR_CERT_CANNOT, 0);
    if (f.chosen != ev->arg + 1)
        f.last_try_taken = f.pin_expired = f.pin_fixed = false;
    f.chosen = (uint16_t)(ev->arg + 1);
    f.pin_min = ev->pin_min;
    f.pin_max = ev->pin_max;
    f.pin_flags = ev->pin_flags;
    return confirm_certificate(move_to(f, fx, ST_SIGN), fx);
}

struct flow in_certs(struct flow f, enum choice wish, const struct event *ev, struct effects *fx)
{
    switch (wish) {
    case CH_CERT:
        return choose_certificate(f, ev, fx);
    case CH_CANCEL:
        return at_stop(move_to(f, fx, ST_SIGN));
    default:
        return f;
    }
}

/* --- the PIN
 * ------------------------------------------------------------------------------------------------------------ */

struct flow on_pin(struct flow f, const struct event *ev, struct effects *fx)
{
    if (!holds_pin(&f) || f.pin_flags & PIN_PAD) { /* typed into nothing: it may not stay anywhere */
        fx_add(fx, FX_WIPE_PIN, 0, 0, 0);
        return f;
    }
    f.pin_len = (uint8_t)(ev->value < UINT8_MAX ? ev->value : UINT8_MAX);
    if (f.state == ST_TIME)
        f = resume(f, fx, ev->now_ms);
    if (ev->err != OK)
        return tell(f, ev->err, ev->err == ERR_PIN_LONG ? f.pin_max : 0);
    return tell(f, stop_of(&f) == FOCUS_PIN ? pin_prompt(&f) : f.note, 0);
}

static struct flow clear_pin(struct flow f, struct effects *fx)
{
    f = wipe_pin(f, fx);
    return tell_at(f, stop_of(&f) == FOCUS_PIN ? pin_prompt(&f) : f.note, 0, FOCUS_PIN);
}

/* OK, or why this PIN cannot be tried: no login is spent on it. */
static enum err_code pin_flaw(const struct flow *f)
{
    if (f->pin_flags & PIN_PAD)
        return OK;
    if (f->pin_len == 0)
        return ERR_PIN_EMPTY;
    if (f->pin_len < f->pin_min)
        return ERR_PIN_SHORT;
    return f->pin_max != 0 && f->pin_len > f->pin_max ? ERR_PIN_LONG : OK;
}

/* --- İMZALA
 * ---------------------------------------------------------------------------------------------------------------- */

static struct flow sign(struct flow f, struct effects *fx, uint64_t now)
{
    if (!f.text_accepted && !f.text_end)
        return tell_at(f, ERR_TEXT_MORE, 0, FOCUS_TEXT);
    if (!f.text_accepted || f.chosen == 0 || !f.cert_confirmed || is_barred(&f) || wants_change(&f))
        return to_stop(f, fx);
    if (!f.token_up) /* being started again: the PIN is not spent on nobody */
        return tell_at(f, ERR_CARD_STARTING, 0, FOCUS_SIGN);
    enum err_code flaw = pin_flaw(&f);
    if (flaw != OK)
        return tell_at(f, flaw, flaw == ERR_PIN_LONG ? f.pin_max : f.pin_min, FOCUS_PIN);
    f = token_ask(f, fx, FX_SIGN, now);
    f.last_try_taken = false; /* one try, asked for again next time */
    return move_to(f, fx, ST_SIGNING);
}

struct flow in_sign(struct flow f, enum choice wish, const struct event *ev, struct effects *fx)
{
    switch (wish) {
    case CH_TEXT_READ:
        return read_text(f, fx);
    case CH_CERT_LIST:
        return has_card(&f) ? move_to(f, fx, ST_CERTS) : card_missing(f, fx, OK);
    case CH_CERT_OK:
        return confirm_certificate(f, fx);
    case CH_PIN_CLEAR:
        return clear_pin(f, fx);
    case CH_SIGN:
        return sign(f, fx, ev->now_ms);
    case CH_CANCEL:
        return leave_asking(f, fx, ST_HOME, ev->now_ms);
    default:
        return f;
    }
}

struct flow in_signing(struct flow f, enum choice wish, const struct event *ev, struct effects *fx)
{
    return wish == CH_CANCEL ? leave_asking(f, fx, ST_HOME, ev->now_ms) : f;
}

/* --- after it
 * ---------------------------------------------------------------------------------------------------------------- */

static struct flow new_code(struct flow f, struct effects *fx, uint64_t now)
{
    if (f.net_what == FX_REQUEST || f.net_what == FX_OPEN)
        return f;
    if (f.logged_in)
        return tell(job_ask(f, fx, FX_REQUEST, now), ERR_WAITING, 0);
    f = move_to(give_up(f, fx), fx, ST_CODE_EMPTY);
    return point(f, FOCUS_CODE);
}

struct flow in_expired(struct flow f, enum choice wish, const struct event *ev, struct effects *fx)
{
    switch (wish) {
    case CH_NEW_CODE:
        return new_code(f, fx, ev->now_ms);
    case CH_CANCEL:
        if (f.net_what == FX_REQUEST || f.net_what == FX_OPEN)
            return tell(job_drop(f, fx), OK, 0);
        return go_home(f, fx, ev->now_ms);
    default:
        return f;
    }
}

static struct flow close_success(struct flow f, struct effects *fx, uint64_t now)
{
    if (!f.logged_in)
        return leave(f, fx, now);
    f = move_to(give_up(f, fx), fx, ST_RESULT);
    f = job_ask(f, fx, FX_STATUS, now);
    return tell(f, f.cards > 0 ? ERR_CARD_FORGOTTEN : OK, 0);
}

struct flow in_success(struct flow f, enum choice wish, const struct event *ev, struct effects *fx)
{
    if (wish == CH_RECEIPT)
        return to_receipt(f, fx);
    return wish == CH_CLOSE || wish == CH_CANCEL ? close_success(f, fx, ev->now_ms) : f;
}
