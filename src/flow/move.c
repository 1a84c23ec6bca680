/* Where one stands: places, interruptions over them, the ways out. Every state change goes through move_to. */
#include "flow/inside.h"

#define LOGOUT_MS 1500 /* how long leaving waits for the service to forget the session */

enum flow_state flow_place(const struct flow *f)
{
    return f->state >= ST_FIRST_INTERRUPTION && f->state != ST_DONE ? f->under : f->state;
}

static bool is_asked(const struct flow *f)
{
    return f->state == ST_LEAVE || f->state == ST_IDLE;
}

struct flow tell(struct flow f, enum err_code note, uint32_t arg)
{
    if (is_asked(&f)) {
        f.under_note = note;
        f.under_arg = arg;
        return f;
    }
    f.note = note;
    f.note_arg = arg;
    return f;
}

struct flow point(struct flow f, enum focus focus)
{
    f.focus = focus;
    f.focus_seq++;
    return f;
}

struct flow tell_at(struct flow f, enum err_code note, uint32_t arg, enum focus focus)
{
    return point(tell(f, note, arg), focus);
}

/* The help page is only a flag and the time page stands over the field without closing it. */
static bool holds(const struct flow *f, enum flow_state place)
{
    return f->state == place || (f->state == ST_TIME && f->under == place);
}

bool holds_pin(const struct flow *f)
{
    return holds(f, ST_SIGN);
}

bool holds_parts(const struct flow *f)
{
    return holds(f, ST_PIN_CHANGE);
}

bool holds_password(const struct flow *f)
{
    return holds(f, ST_LOGIN);
}

struct flow wipe_pin(struct flow f, struct effects *fx)
{
    fx_add(fx, FX_WIPE_PIN, 0, 0, 0);
    f.pin_len = 0;
    return f;
}

struct flow wipe_parts(struct flow f, struct effects *fx, uint32_t parts)
{
    fx_add(fx, FX_WIPE_PARTS, 0, parts, 0);
    for (uint32_t i = 0; i < PART_COUNT; i++)
        if (parts & 1u << i)
            f.part_len[i] = 0;
    f.parts_same = false;
    return f;
}

static struct flow wipe_password(struct flow f, struct effects *fx)
{
    fx_add(fx, FX_WIPE_PASSWORD, 0, 0, 0);
    f.password_len = 0;
    return f;
}

/* State and focus only; a field that is left is wiped. */
static struct flow change(struct flow f, struct effects *fx, enum flow_state to)
{
    bool pin = holds_pin(&f), parts = holds_parts(&f), password = holds_password(&f);
    f.state = to;
    f.help = false;
    if (pin && !holds_pin(&f))
        f = wipe_pin(f, fx);
    if (parts && !holds_parts(&f))
        f = wipe_parts(f, fx, PARTS_ALL);
    if (password && !holds_password(&f))
        f = wipe_password(f, fx);
    return point(f, FOCUS_DEFAULT);
}

struct flow move_to(struct flow f, struct effects *fx, enum flow_state to)
{
    f = change(f, fx, to);
    f.under = ST_MENU;
    f.under_note = OK;
    f.under_arg = 0;
    return tell(f, OK, 0);
}

struct flow arrive(struct flow f, struct effects *fx, enum flow_state to)
{
    if (!is_asked(&f))
        return move_to(f, fx, to);
    f.under = to;
    return tell(f, OK, 0);
}

struct flow pause_with(struct flow f, struct effects *fx, enum flow_state interruption)
{
    if (f.state < ST_FIRST_INTERRUPTION) {
        f.under = f.state;
        f.under_note = f.note;
        f.under_arg = f.note_arg;
    }
    f = change(f, fx, interruption);
    f.note = OK;
    f.note_arg = 0;
    return f;
}

struct flow resume(struct flow f, struct effects *fx, uint64_t now)
{
    enum err_code note = f.under_note;
    uint32_t arg = f.under_arg;
    f = move_to(f, fx, f.under);
    f = tell(f, note, arg);
    if (f.state == ST_SIGN)
        f = point(f, stop_of(&f));
    if (f.state == ST_PIN_CHANGE)
        f = point(f, FOCUS_PIN_OLD);
    if (f.state == ST_SIGNING && f.have_cms && f.net_what == FX_NONE) /* signed while being asked */
        f = job_ask(f, fx, FX_SUBMIT, now);
    return f;
}

struct flow give_up(struct flow f, struct effects *fx)
{
    f = token_drop(job_drop(f, fx), fx);
    if (f.code_len > 0)
        fx_add(fx, FX_CLEAR_CODE, 0, 0, 0);
    f.code_deadline_ms = f.sign_deadline_ms = f.opening_at_ms = 0;
    f.extensions = 0;
    f.code_len = f.code_fit = f.download = 0;
    f.code_whole = f.code_carried = f.code_gone = false;
    f.text_end = f.text_accepted = f.text_known = f.text_trusted = false;
    f.cert_confirmed = f.last_try_taken = f.pin_expired = f.pin_fixed = false;
    f.have_cms = f.sent = f.doubt = false;
    return f;
}

/* What outlives a person: the program's own settings, workers, counters and a logout on its way. */
static struct flow keep_machine(const struct flow *f)
{
    struct flow n = flow_init();
    n.started = f->started;
    n.kiosk = f->kiosk;
    n.code_start = n.code_mode = f->code_start;
    n.start_look = f->start_look;
    n.start_english = f->start_english;
    n.look = f->kiosk ? f->start_look : f->look;
    n.english = f->kiosk ? f->start_english : f->english;
    n.idle_ms = f->idle_ms;
    n.hang_ms = f->hang_ms;
    n.receipt_ways = f->receipt_ways;
    n.small = f->small;
    n.net_up = f->net_up;
    n.token_up = f->token_up;
    n.token_killed = f->token_killed;
    n.token_losses = f->token_losses;
    n.cards_err = f->cards_err;
    n.readers = f->readers;
    n.cards = f->cards;
    n.certs = f->certs;
    n.usable = f->usable;
    n.next_job = f->next_job;
    n.net_job = f->net_job;
    n.net_what = f->net_what;
    n.focus_seq = f->focus_seq;
    return n;
}

/* Log out, forget, stand at `to`. */
static struct flow forget(struct flow f, struct effects *fx, enum flow_state to)
{
    bool logged_in = f.logged_in;
    f = token_drop(job_drop(f, fx), fx);
    f = move_to(f, fx, to);
    if (logged_in)
        f = job_ask(f, fx, FX_LOGOUT, 0);
    fx_add(fx, FX_FORGET, 0, 0, 0);
    f = keep_machine(&f);
    f.state = to;
    return point(f, FOCUS_DEFAULT);
}

/* A PIN's change is left under way, or its doubt unread behind the question: nobody hears of it afterwards. */
static bool leaves_unsure(const struct flow *f)
{
    return f->token_what == FX_CHANGE_PIN || (f->state == ST_LEAVE && f->under_note == ERR_PIN_UNSURE);
}

struct flow start_over(struct flow f, struct effects *fx)
{
    bool unsure = leaves_unsure(&f);
    f = forget(f, fx, f.code_start ? ST_CODE_EMPTY : ST_MENU);
    return unsure ? tell(f, ERR_PIN_UNSURE, 0) : f;
}

static enum err_code last_word(const struct flow *f, uint32_t status)
{
    if (leaves_unsure(f))
        return ERR_PIN_UNSURE;
    return status == FLOW_EXIT_IDLE ? ERR_CLOSED_IDLE : f->cards > 0 ? ERR_GOODBYE : ERR_CLOSED;
}

struct flow quit(struct flow f, struct effects *fx, uint64_t now, uint32_t status)
{
    enum err_code word = last_word(&f, status);
    f = forget(f, fx, ST_DONE);
    f.exit_status = (uint8_t)status;
    f = tell(f, word, 0);
    if (f.net_what == FX_LOGOUT) {
        f.exit_at_ms = now + LOGOUT_MS;
        return f;
    }
    fx_add(fx, FX_EXIT, 0, status, 0);
    f.exited = true;
    return f;
}

struct flow leave(struct flow f, struct effects *fx, uint64_t now)
{
    return f.kiosk ? start_over(f, fx) : quit(f, fx, now, 0);
}

struct flow go_home(struct flow f, struct effects *fx, uint64_t now)
{
    bool unsure = leaves_unsure(&f);
    if (!f.logged_in)
        return f.code_start ? leave(f, fx, now) : start_over(f, fx);
    f = move_to(give_up(f, fx), fx, ST_HOME);
    return unsure ? tell(f, ERR_PIN_UNSURE, 0) : f;
}

bool at_stake(const struct flow *f)
{
    bool finished = f->accepted || f->consented || f->checking;
    bool code = f->code_deadline_ms != 0 && !f->code_gone;
    return code || f->sign_deadline_ms != 0 || (!finished && (f->logged_in || f->code_len > 0));
}

/* Status for a program that fed us lines: anything begun counts, not only what would be lost. */
bool is_unfinished(const struct flow *f)
{
    bool finished = f->accepted || f->consented || f->checking;
    return at_stake(f) || (!finished && flow_place(f) != ST_MENU);
}

struct flow leave_asking(struct flow f, struct effects *fx, enum flow_state to, uint64_t now)
{
    if (!at_stake(&f))
        return to == ST_HOME ? go_home(f, fx, now) : leave(f, fx, now);
    f = pause_with(f, fx, ST_LEAVE);
    f.leave_to = to;
    return f;
}
