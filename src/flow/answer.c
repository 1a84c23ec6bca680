/* What the workers answer: one function per kind of answer, one table of mishaps for each job. */
#include "flow/inside.h"

#include "base/code.h"

#define SECONDS_MAX 86400u /* of any clock a service may set */
#define HINT_MS 10000
#define POLL_CHECKING_MS 5000
#define POLL_LATE_MS 2000

static uint64_t after_s(uint64_t now_ms, uint32_t seconds)
{
    uint64_t at = now_ms + (seconds < SECONDS_MAX ? seconds : SECONDS_MAX) * (uint64_t)1000;
    return at > 0 ? at : 1; /* 0 would mean no clock */
}

static uint32_t clamp_s(uint32_t seconds)
{
    return seconds < SECONDS_MAX ? seconds : SECONDS_MAX;
}

/* --- login
 * ------------------------------------------------------------------------------------------------------------- */

static struct flow on_methods(struct flow f, const struct event *ev, struct effects *fx)
{
    f = job_done(f);
    f.methods = (uint8_t)(ev->value & 31);
    f.panel = (ev->flags & FLAG_PANEL) != 0;
    f.method = 0;
    if (!f.panel)
        return tell(arrive(f, fx, ST_GATEWAY), ERR_LOGIN_ELSEWHERE, 0);
    f = arrive(f, fx, ST_LOGIN);
    return tell_at(f, OK, 0, FOCUS_TCKN);
}

static struct flow know_person(struct flow f, const struct event *ev)
{
    f.checking = (ev->flags & FLAG_CHECKING) != 0;
    f.consented = (ev->flags & FLAG_CONSENTED) != 0 && !f.checking;
    return f;
}

/* A session that ended goes on where it was, if it is the same person who comes back. */
static struct flow on_login(struct flow f, const struct event *ev, struct effects *fx)
{
    enum flow_state back = f.after_login;
    f = know_person(job_done(f), ev);
    f.logged_in = true;
    f.after_login = ST_MENU;
    if (back != ST_MENU && ev->flags & FLAG_SAME_PERSON) {
        f = arrive(f, fx, back);
        return back == ST_RESULT ? job_ask(f, fx, FX_STATUS, ev->now_ms) : f;
    }
    if (back != ST_MENU)
        f = give_up(f, fx);
    return arrive(f, fx, ST_HOME);
}

static struct flow show_already(struct flow f, struct effects *fx, bool checking, enum err_code note)
{
    f = give_up(f, fx);
    f.checking = checking;
    f.consented = !checking;
    return tell(arrive(f, fx, ST_ALREADY), note, 0);
}

/* The code of this page may be used in another terminal: silent until it was. */
static struct flow on_watched(struct flow f, const struct event *ev, struct effects *fx)
{
    f = job_done(f);
    if ((ev->flags & (FLAG_CONSENTED | FLAG_CHECKING)) == 0)
        return f;
    return show_already(f, fx, (ev->flags & FLAG_CHECKING) != 0, ERR_ALREADY_RACED);
}

static struct flow on_status(struct flow f, const struct event *ev, struct effects *fx)
{
    if (is_watching(&f))
        return on_watched(f, ev, fx);
    f = know_person(f, ev);
    f.net_job = 0;
    if (f.consented)
        return job_done(f);
    f.retry_at_ms = ev->now_ms + (f.checking ? POLL_CHECKING_MS : POLL_LATE_MS);
    return f.checking ? f : tell(f, ERR_RESULT_LATE, 0);
}

static struct flow on_person(struct flow f, const struct event *ev, struct effects *fx)
{
    return f.net_what == FX_LOGIN ? on_login(f, ev, fx) : on_status(f, ev, fx);
}

/* --- code and window
 * --------------------------------------------------------------------------------------------------- */

static struct flow on_requested(struct flow f, const struct event *ev, struct effects *fx)
{
    f = job_done(f);
    f.code_deadline_ms = after_s(ev->now_ms, ev->value);
    f.said_s = clamp_s(ev->value);
    f.code_gone = f.accepted = false;
    enum flow_state place = flow_place(&f);
    if (place == ST_ACCEPT || place == ST_CODE) {
        f = arrive(f, fx, ST_CODE);
        return tell(f, place == ST_CODE ? ERR_CODE_RENEWED : ERR_CODE_READY, f.said_s);
    }
    fx_add(fx, FX_CARRY_CODE, 0, 0, 0);
    f.code_len = CODE_LEN;
    f.code_fit = CODE_FITS;
    f.code_whole = f.code_carried = true;
    if (place == ST_EXPIRED) /* straight on: the same text, the same certificate, a new PIN */
        return job_ask(f, fx, FX_OPEN, ev->now_ms);
    f = arrive(f, fx, ST_CODE_FULL);
    return tell_at(f, ERR_CODE_WHOLE, 0, FOCUS_NEXT);
}

static struct flow on_already(struct flow f, const struct event *ev, struct effects *fx)
{
    return show_already(job_done(f), fx, (ev->flags & FLAG_CHECKING) != 0, OK);
}

static struct flow on_opened(struct flow f, const struct event *ev, struct effects *fx)
{
    bool known = (ev->flags & FLAG_KNOWN_TEXT) != 0;
    bool again =
        flow_place(&f) == ST_EXPIRED && ev->flags & FLAG_SAME_TEXT && f.text_accepted && (known || f.text_trusted);
    f = job_done(f);
    f.code_deadline_ms = 0;
    f.code_gone = false;
    f.sign_deadline_ms = after_s(ev->now_ms, ev->value);
    f.said_s = clamp_s(ev->value);
    f.extensions = ev->arg;
    f.text_known = known;
    f.last_try_taken = f.accepted = false;
    if (!again)
        f.text_end = f.text_accepted = f.text_trusted = f.cert_confirmed = false;
    fx_add(fx, FX_TOKEN_START, 0, 0, 0);
    return to_stop(arrive(f, fx, ST_SIGN), fx);
}

static struct flow on_extended(struct flow f, const struct event *ev, struct effects *fx)
{
    f = job_done(f);
    f.sign_deadline_ms = after_s(ev->now_ms, ev->value);
    f.said_s = clamp_s(ev->value);
    f.extensions = ev->arg;
    fx_add(fx, FX_SAY, 0, ERR_EXTENDED, f.said_s);
    return tell(f, ERR_EXTENDED, f.said_s);
}

/* --- signature
 * ----------------------------------------------------------------------------------------------------------- */

/* While the question "leave?" stands, nothing is sent: Stay sends it. */
static struct flow on_signed(struct flow f, const struct event *ev, struct effects *fx)
{
    f = token_done(f);
    f.token_losses = 0;
    f.have_cms = true;
    return f.state == ST_LEAVE ? f : job_ask(f, fx, FX_SUBMIT, ev->now_ms);
}

static struct flow on_accepted(struct flow f, const struct event *ev, struct effects *fx)
{
    f = job_done(f);
    f.checking = (ev->flags & FLAG_CHECKING) != 0;
    f.consented = !f.checking;
    f.accepted = true;
    f.sign_deadline_ms = 0;
    f.extensions = 0;
    f.have_cms = f.sent = f.doubt = false;
    f.hint_at_ms = ev->now_ms + HINT_MS;
    f = f.state == ST_LEAVE ? move_to(f, fx, ST_SUCCESS) : arrive(f, fx, ST_SUCCESS); /* nothing to ask any more */
    return tell(f, f.checking ? ERR_CHECKING : ERR_SIGNED, 0);
}

/* --- download and logout
 * --------------------------------------------------------------------------------------------------- */

static struct flow on_progress(struct flow f, const struct event *ev, struct effects *fx)
{
    if (f.net_what == FX_PRINT)
        return printing(f, fx);
    uint8_t before = f.download, percent = (uint8_t)(ev->value < 100 ? ev->value : 100);
    f.download = (uint8_t)(percent < 100 ? percent + 1 : 100); /* 101 is said by EV_DOWNLOADED alone */
    for (uint32_t mark = 75; mark >= 25; mark -= 25)
        if (percent >= mark && before <= mark) {
            fx_add(fx, FX_SAY, 0, ERR_DOWNLOAD_PERCENT, mark);
            break;
        }
    return f;
}

static struct flow on_downloaded(struct flow f, const struct event *ev, struct effects *fx)
{
    (void)ev;
    f = job_done(f);
    f.download = 101;
    fx_add(fx, FX_SAY, 0, ERR_DOWNLOAD_PERCENT, 100);
    return flow_place(&f) == ST_CODE ? tell(f, ERR_DOWNLOADED, 0) : f;
}

static struct flow on_logged_out(struct flow f, const struct event *ev, struct effects *fx)
{
    (void)ev;
    (void)fx;
    return job_done(f);
}

/* --- mishaps: where a refusal leads
 * ----------------------------------------------------------------------------------------- */

#define STAY ST_COUNT

struct mishap {
    enum effect_kind what;
    enum err_code err;
    enum flow_state to; /* STAY: where the person is */
    enum focus focus;
};

/* A row without an error is for all others of its job; a job without one stays. */
static const struct mishap mishaps[] = {
    {FX_LOGIN, ERR_LOGIN_CANCELLED, ST_GATEWAY, FOCUS_DEFAULT},
    {FX_LOGIN, ERR_LOGIN_LOCKED, ST_GATEWAY, FOCUS_DEFAULT},
    {FX_LOGIN, ERR_DEVICE_EXPIRED, ST_GATEWAY, FOCUS_DEFAULT},
    {FX_LOGIN, ERR_DEVICE_DENIED, ST_GATEWAY, FOCUS_DEFAULT},
    {FX_LOGIN, ERR_SESSION_OVER, ST_GATEWAY, FOCUS_DEFAULT},
    {FX_LOGIN, ERR_TCKN_FORM, ST_LOGIN, FOCUS_TCKN},
    {FX_LOGIN, OK, ST_LOGIN, FOCUS_PASSWORD},
    {FX_OPEN, ERR_CODE_EXPIRED, STAY, FOCUS_NEW_CODE},
    {FX_OPEN, ERR_CODE_USED, STAY, FOCUS_NEW_CODE},
    {FX_OPEN, ERR_OPENED_ELSEWHERE, STAY, FOCUS_NEW_CODE},
    {FX_OPEN, ERR_TEXT_UNSAFE, ST_CODE_EMPTY, FOCUS_CODE},
    {FX_OPEN, ERR_MATCH_DIFFERS, ST_CODE_EMPTY, FOCUS_CODE},
    {FX_OPEN, OK, STAY, FOCUS_CODE},
    {FX_EXTEND, ERR_EXPIRED, ST_EXPIRED, FOCUS_DEFAULT},
    {FX_EXTEND, ERR_NOT_OPEN, ST_EXPIRED, FOCUS_DEFAULT},
    {FX_EXTEND, ERR_SESSION_OVER, ST_EXPIRED, FOCUS_DEFAULT},
    {FX_SUBMIT, ERR_REJ_WINDOW, ST_EXPIRED, FOCUS_DEFAULT},
    {FX_SUBMIT, ERR_REJ_TEXT, ST_EXPIRED, FOCUS_DEFAULT},
    {FX_SUBMIT, ERR_REJ_BOUND, ST_EXPIRED, FOCUS_DEFAULT},
    {FX_SUBMIT, ERR_EXPIRED, ST_EXPIRED, FOCUS_DEFAULT},
    {FX_SUBMIT, ERR_NOT_OPEN, ST_EXPIRED, FOCUS_DEFAULT},
    {FX_SUBMIT, ERR_SESSION_OVER, ST_EXPIRED, FOCUS_DEFAULT},
    {FX_SUBMIT, ERR_REJ_CHAIN, ST_SIGN, FOCUS_CERT},
    {FX_SUBMIT, ERR_REJ_EXPIRED, ST_SIGN, FOCUS_CERT},
    {FX_SUBMIT, ERR_REJ_REVOKED, ST_SIGN, FOCUS_CERT},
    {FX_SUBMIT, ERR_REJ_NES, ST_SIGN, FOCUS_CERT},
    {FX_SUBMIT, ERR_REJ_PERSON, ST_SIGN, FOCUS_CERT},
    {FX_SUBMIT, ERR_REJ_WEAK, ST_SIGN, FOCUS_CERT},
    {FX_SUBMIT, OK, ST_SIGN, FOCUS_PIN},
    {FX_SAVE, OK, STAY, FOCUS_PATH},
};

static const struct mishap *find_mishap(enum effect_kind what, enum err_code err)
{
    static const struct mishap stay = {FX_NONE, OK, STAY, FOCUS_DEFAULT};
    for (size_t i = 0; i < sizeof mishaps / sizeof mishaps[0]; i++)
        if (mishaps[i].what == what && (mishaps[i].err == err || mishaps[i].err == OK))
            return &mishaps[i];
    return &stay;
}

/* To Şekil 2, then back to the place: what was typed and chosen stays. */
static struct flow session_over(struct flow f, struct effects *fx)
{
    f.after_login = flow_place(&f);
    f.logged_in = false;
    f = arrive(f, fx, ST_GATEWAY);
    return tell(f, ERR_SESSION_OVER, 0);
}

/* A receipt can be had by the opening too. */
static bool needs_session(const struct flow *f, enum effect_kind what)
{
    return what == FX_REQUEST || what == FX_STATUS || (is_receipt(what) && f->logged_in);
}

static struct flow to_sign_again(struct flow f, struct effects *fx, const struct mishap *m)
{
    f.have_cms = f.sent = f.doubt = false;
    if (f.sign_deadline_ms == 0) /* refused after the time was over: the page that says so stays */
        return f;
    if (m->focus == FOCUS_CERT)
        f.cert_confirmed = false;
    return arrive(f, fx, ST_SIGN);
}

static struct flow go_by(struct flow f, struct effects *fx, const struct mishap *m)
{
    if (m->to == ST_SIGN)
        return to_sign_again(f, fx, m);
    if (m->to == ST_CODE_EMPTY) {
        fx_add(fx, FX_CLEAR_CODE, 0, 0, 0);
        f.code_len = f.code_fit = 0;
        f.code_whole = f.code_carried = false;
    }
    if (m->to != STAY)
        return arrive(f, fx, m->to);
    return f.state == ST_AWAY ? move_to(f, fx, f.under) : f;
}

static struct flow refused(struct flow f, const struct event *ev, struct effects *fx, enum err_code err)
{
    enum effect_kind what = f.net_what;
    const struct mishap *m = find_mishap(what, err);
    f = job_done(f);
    if (err == ERR_SESSION_OVER && needs_session(&f, what))
        return session_over(f, fx);
    if (err == ERR_ALREADY || err == ERR_ALREADY_RACED)
        return show_already(f, fx, false, err == ERR_ALREADY_RACED ? err : OK);
    if (m->to == ST_EXPIRED)
        return expire(f, fx, err == ERR_EXPIRED ? OK : err);
    f = go_by(f, fx, m);
    if (what == FX_DOWNLOAD && (err == ERR_DOWNLOAD_BROKEN || err == ERR_DOWNLOAD_NOWHERE))
        f.download = 0;
    f = tell(f, err, ev->arg);
    return m->focus != FOCUS_DEFAULT || f.state != ST_SIGN ? point(f, m->focus) : f;
}

/* What the same trouble means for jobs that are not simply tried again. */
static enum err_code said_as(enum effect_kind what, enum err_code err)
{
    bool away = err == ERR_UNREACHABLE || err == ERR_SLOW;
    if (away && what == FX_LOGIN)
        return ERR_GATEWAY_AWAY;
    return away && what == FX_DOWNLOAD ? ERR_DOWNLOAD_CUT : err;
}

static struct flow net_failed(struct flow f, const struct event *ev, struct effects *fx, enum err_code err)
{
    if (f.net_what == FX_LOGOUT || is_watching(&f)) /* nobody waits: the session ends, a look comes again */
        return job_done(f);
    if (job_is_retried(&f, err))
        return job_retry(f, ev, fx);
    return refused(f, ev, fx, said_as(f.net_what, err));
}

/* --- mishaps of the card: one typed PIN is one try, so every way back asks for the PIN again
 * ------------------------------- */

static bool is_about_pin(enum err_code err)
{
    return err == ERR_PIN_WRONG || err == ERR_PIN_LOW || err == ERR_PIN_LOCKED;
}

static enum focus focus_after(enum err_code err)
{
    bool pad = err == ERR_PAD_CANCEL || err == ERR_PAD_TIME;
    bool cert = err == ERR_CERT_CANNOT || err == ERR_CERT_PICK || err == ERR_CERT_NONE;
    return pad ? FOCUS_SIGN : cert ? FOCUS_CERT : FOCUS_PIN;
}

static struct flow token_failed(struct flow f, const struct event *ev, struct effects *fx)
{
    enum err_code err = ev->err == ERR_PIN_WRONG && ev->value & PIN_LOW ? ERR_PIN_LOW : ev->err;
    bool changing = f.token_what == FX_CHANGE_PIN;
    f = token_done(f);
    if (is_about_pin(err))
        f.pin_flags = (uint8_t)((f.pin_flags & (PIN_PAD | PIN_DUE)) | (ev->value & (PIN_LOW | PIN_LAST | PIN_LOCKED)));
    if (err == ERR_PIN_LOCKED)
        f.pin_flags |= PIN_LOCKED;
    if (f.pin_flags & PIN_LOCKED)
        return arrive(f, fx, ST_LOCKED);
    if (is_about_pin(err) && f.pin_flags & PIN_LAST)
        return tell(arrive(f, fx, ST_LAST_TRY), ERR_PIN_WRONG, 0);
    if (changing)
        return change_failed(f, ev, fx, err);
    if (focus_after(err) == FOCUS_CERT)
        f.cert_confirmed = false;
    if (err == ERR_PIN_CHANGE) {
        f.pin_expired = true;
        return to_stop(arrive(f, fx, ST_SIGN), fx);
    }
    f = arrive(f, fx, ST_SIGN);
    return tell_at(f, err, ev->arg, focus_after(err));
}

/* --- dispatch
 * ----------------------------------------------------------------------------------------------------------------- */

static bool answers(enum effect_kind what, enum event_kind kind)
{
    switch (kind) {
    case EV_METHODS:
        return what == FX_METHODS;
    case EV_PERSON:
        return what == FX_LOGIN || what == FX_STATUS;
    case EV_REQUESTED:
    case EV_ALREADY:
        return what == FX_REQUEST;
    case EV_OPENED:
        return what == FX_OPEN;
    case EV_EXTENDED:
        return what == FX_EXTEND;
    case EV_ACCEPTED:
        return what == FX_SUBMIT;
    case EV_PROGRESS:
        return what == FX_DOWNLOAD || what == FX_PRINT;
    case EV_DOWNLOADED:
        return what == FX_DOWNLOAD;
    case EV_LOGGED_OUT:
        return what == FX_LOGOUT;
    case EV_RECEIPT:
        return what == FX_SAVE || what == FX_SHOW || what == FX_PRINT;
    case EV_SHORT_CODE:
        return what == FX_SHORT_CODE;
    default:
        return false;
    }
}

static struct flow (*const on_kind[EV_COUNT])(struct flow, const struct event *, struct effects *) = {
    [EV_METHODS] = on_methods,
    [EV_PERSON] = on_person,
    [EV_REQUESTED] = on_requested,
    [EV_ALREADY] = on_already,
    [EV_OPENED] = on_opened,
    [EV_EXTENDED] = on_extended,
    [EV_ACCEPTED] = on_accepted,
    [EV_PROGRESS] = on_progress,
    [EV_DOWNLOADED] = on_downloaded,
    [EV_LOGGED_OUT] = on_logged_out,
    [EV_RECEIPT] = on_receipt,
    [EV_SHORT_CODE] = on_short_code,
};

static struct flow on_token_answer(struct flow f, const struct event *ev, struct effects *fx)
{
    if (ev->kind == EV_FAILED)
        return token_failed(f, ev, fx);
    if (ev->kind == EV_SIGNED && f.token_what == FX_SIGN)
        return on_signed(f, ev, fx);
    return ev->kind == EV_PIN_CHANGED && f.token_what == FX_CHANGE_PIN ? on_pin_changed(f, ev, fx) : f;
}

struct flow on_answer(struct flow f, const struct event *ev, struct effects *fx)
{
    if (ev->job == 0) /* a note of the shell's own */
        return ev->kind == EV_FAILED ? tell(f, ev->err, ev->arg) : f;
    if (ev->job == f.token_job)
        return on_token_answer(f, ev, fx);
    if (ev->job != f.net_job)
        return f;
    if (ev->kind == EV_FAILED)
        return net_failed(f, ev, fx, ev->err);
    return answers(f.net_what, ev->kind) ? on_kind[ev->kind](f, ev, fx) : net_failed(f, ev, fx, ERR_GARBLED);
}

struct flow on_net_gone(struct flow f, const struct event *ev, struct effects *fx)
{
    f.net_up = false;
    return f.net_job != 0 ? net_failed(f, ev, fx, ERR_WORKER_GONE) : f;
}
