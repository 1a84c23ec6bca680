/* The portal's screens: menu, login, home, consent, code and what follows the signature. */
#include "flow/inside.h"

#define DOWNLOAD_DONE 101

struct flow in_menu(struct flow f, enum choice wish, const struct event *ev, struct effects *fx)
{
    switch (wish) {
    case CH_LOGIN:
        return move_to(f, fx, ST_GATEWAY);
    case CH_HAVE_CODE:
        f.code_mode = true;
        return open_application(f, fx, ev->now_ms);
    case CH_EXIT:
    case CH_CANCEL:
        return f.kiosk ? f : quit(f, fx, ev->now_ms, 0);
    default:
        return f;
    }
}

/* Esc while an answer is waited for: not wanted any more, the place stays. */
static struct flow stop_waiting(struct flow f, struct effects *fx)
{
    return tell_at(job_drop(f, fx), OK, 0, FOCUS_DEFAULT);
}

/* One wish at a time: pressing again while waiting changes nothing. */
static struct flow ask(struct flow f, struct effects *fx, enum effect_kind what, uint64_t now)
{
    if (is_waiting(&f))
        return f;
    return tell(job_ask(f, fx, what, now), ERR_WAITING, 0);
}

struct flow in_gateway(struct flow f, enum choice wish, const struct event *ev, struct effects *fx)
{
    switch (wish) {
    case CH_GATEWAY:
        return ask(f, fx, FX_METHODS, ev->now_ms);
    case CH_CANCEL:
        return is_waiting(&f) ? stop_waiting(f, fx) : start_over(f, fx);
    default:
        return f;
    }
}

static bool is_offered(const struct flow *f, uint32_t method)
{
    return method < 8 && (f->methods >> method & 1) != 0;
}

static struct flow sign_in(struct flow f, struct effects *fx, uint64_t now)
{
    if (!f.panel || f.method != 0 || !is_offered(&f, 0))
        return tell(f, ERR_METHOD_NOT_HERE, f.method);
    if (!f.tckn_fits)
        return tell_at(f, ERR_TCKN_FORM, 0, FOCUS_TCKN);
    if (f.password_len == 0)
        return tell_at(f, ERR_LOGIN_EMPTY, 0, FOCUS_PASSWORD);
    if (is_waiting(&f))
        return f;
    f = ask(f, fx, FX_LOGIN, now);
    fx_add(fx, FX_WIPE_PASSWORD, 0, 0, 0); /* it went with the job */
    f.password_len = 0;
    return f;
}

/* Of the five only the password can be typed here; the others are told apart and leave it chosen. */
static struct flow choose_method(struct flow f, uint32_t method)
{
    if (method > 4)
        return f;
    if (method != 0 || !is_offered(&f, 0))
        return tell(f, ERR_METHOD_NOT_HERE, method);
    f.method = 0;
    return tell_at(f, OK, 0, FOCUS_TCKN);
}

struct flow in_login(struct flow f, enum choice wish, const struct event *ev, struct effects *fx)
{
    switch (wish) {
    case CH_METHOD:
        return choose_method(f, ev->arg);
    case CH_SIGN_IN:
        return sign_in(f, fx, ev->now_ms);
    case CH_CANCEL:
        return is_waiting(&f) ? stop_waiting(f, fx) : move_to(f, fx, ST_GATEWAY);
    default:
        return f;
    }
}

struct flow in_home(struct flow f, enum choice wish, const struct event *ev, struct effects *fx)
{
    switch (wish) {
    case CH_NES:
        return move_to(f, fx, ST_NES);
    case CH_LOGOUT:
        return leave(f, fx, ev->now_ms);
    case CH_CANCEL:
        return leave_asking(f, fx, ST_DONE, ev->now_ms);
    default:
        return f;
    }
}

struct flow in_nes(struct flow f, enum choice wish, const struct event *ev, struct effects *fx)
{
    (void)ev;
    switch (wish) {
    case CH_EONAY:
        return move_to(f, fx, f.consented || f.checking ? ST_ALREADY : ST_ACCEPT);
    case CH_HOME:
    case CH_CANCEL:
        return move_to(f, fx, ST_HOME);
    default:
        return f;
    }
}

struct flow in_accept(struct flow f, enum choice wish, const struct event *ev, struct effects *fx)
{
    switch (wish) {
    case CH_CONTINUE:
        return ask(f, fx, FX_REQUEST, ev->now_ms);
    case CH_CANCEL:
        return is_waiting(&f) ? stop_waiting(f, fx) : move_to(f, fx, ST_NES);
    default:
        return f;
    }
}

/* --- Şekil 7
 * ---------------------------------------------------------------------------------------------------------- */

static struct flow carry_on(struct flow f, struct effects *fx, uint64_t now)
{
    if (f.code_gone)
        return tell_at(f, ERR_CODE_EXPIRED_7, 0, FOCUS_NEW_CODE);
    if (is_waiting(&f))
        return f;
    return open_application(f, fx, now);
}

/* No terminal answers OSC 52: the note says what to do when it did not work. */
static struct flow copy(struct flow f, struct effects *fx)
{
    if (f.kiosk)
        return f;
    fx_add(fx, FX_COPY, 0, 0, 0);
    return tell(f, ERR_CODE_COPIED, 0);
}

static struct flow download(struct flow f, struct effects *fx, uint64_t now)
{
    if (f.kiosk || (f.net_what != FX_NONE && !is_watching(&f)))
        return f;
    bool resumed = f.download > 1 && f.download < DOWNLOAD_DONE;
    f = job_ask(f, fx, FX_DOWNLOAD, now);
    f.download = resumed ? f.download : 1;
    return tell(f, resumed ? ERR_DOWNLOAD_RESUMED : ERR_DOWNLOADING, 0);
}

struct flow in_code(struct flow f, enum choice wish, const struct event *ev, struct effects *fx)
{
    switch (wish) {
    case CH_HERE:
        return carry_on(f, fx, ev->now_ms);
    case CH_COPY:
        return copy(f, fx);
    case CH_DOWNLOAD:
        return download(f, fx, ev->now_ms);
    case CH_NEW_CODE:
        return ask(f, fx, FX_REQUEST, ev->now_ms);
    case CH_CANCEL:
        if (is_waiting(&f))
            return stop_waiting(f, fx);
        return f.code_gone ? go_home(f, fx, ev->now_ms) : leave_asking(f, fx, ST_HOME, ev->now_ms);
    default:
        return f;
    }
}

/* --- after the signature
 * ------------------------------------------------------------------------------------------------ */

struct flow in_result(struct flow f, enum choice wish, const struct event *ev, struct effects *fx)
{
    switch (wish) {
    case CH_RECEIPT:
        return to_receipt(f, fx);
    case CH_HOME:
    case CH_CANCEL:
        return move_to(job_drop(f, fx), fx, ST_HOME);
    case CH_LOGOUT:
        return leave(f, fx, ev->now_ms);
    default:
        return f;
    }
}

struct flow in_already(struct flow f, enum choice wish, const struct event *ev, struct effects *fx)
{
    switch (wish) {
    case CH_RECEIPT:
        return to_receipt(f, fx);
    case CH_HOME:
    case CH_CANCEL:
        return go_home(f, fx, ev->now_ms);
    case CH_LOGOUT:
        return leave(f, fx, ev->now_ms);
    default:
        return f;
    }
}
