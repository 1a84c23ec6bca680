#include "laws.h"

#include "base/code.h"

#define LAW(cond)                                                                                                      \
    if (!(cond))                                                                                                       \
    return #cond

static const struct effect *find(const struct step *s, enum effect_kind kind)
{
    for (size_t i = 0; i < s->fx.n; i++)
        if (s->fx.v[i].kind == kind)
            return &s->fx.v[i];
    return NULL;
}

static bool did(const struct step *s, enum effect_kind kind)
{
    return find(s, kind) != NULL;
}

static bool implies(bool a, bool b)
{
    return !a || b;
}

static bool field_open(const struct flow *f, enum flow_state place)
{
    return f->state == place || (f->state == ST_TIME && f->under == place);
}

static bool is_signing_place(enum flow_state s)
{
    return s == ST_TEXT_ASK || s == ST_SIGN || s == ST_CERTS || s == ST_SIGNING || s == ST_NO_CARD || s == ST_DOCTOR ||
           s == ST_LAST_TRY || s == ST_LOCKED || s == ST_PIN_CHANGE;
}

static bool chose(const struct step *s, enum choice wish)
{
    return s->ev.kind == EV_CHOOSE && s->ev.value == wish;
}

static bool is_live_acceptance(const struct step *s)
{
    return s->ev.kind == EV_ACCEPTED && s->ev.job != 0 && s->ev.job == s->before.net_job &&
           s->before.net_what == FX_SUBMIT;
}

/* --- secrets ------------------------------------------------------------------------------------------------------ */

static const char *pin_laws(const struct step *s)
{
    bool open_before = field_open(&s->before, ST_SIGN), open_after = field_open(&s->after, ST_SIGN);
    LAW(implies(open_before && !open_after, did(s, FX_WIPE_PIN) && s->after.pin_len == 0));
    LAW(implies(s->after.pin_len > 0, open_after));
    LAW(implies(s->before.pin_len > 0 && s->after.pin_len == 0 && s->ev.kind != EV_PIN, did(s, FX_WIPE_PIN)));
    LAW(implies(s->ev.kind == EV_PIN && s->before.started && s->before.state != ST_DONE && !open_after,
        did(s, FX_WIPE_PIN) || did(s, FX_FORGET)));
    LAW(implies(s->ev.kind == EV_TOKEN_GONE && s->ev.value != 0 && !s->before.token_killed && s->before.pin_len > 0,
        s->after.pin_len == 0));
    bool same = s->ev.chosen != 0 && (s->ev.flags & FLAG_SAME_CARD) != 0;
    LAW(implies(s->ev.kind == EV_CARDS && !same && s->before.chosen != 0, s->after.pin_len == 0));
    LAW(implies(s->after.pin_len > s->before.pin_len,
        s->ev.kind == EV_PIN && s->after.pin_len == (s->ev.value < 255 ? s->ev.value : 255)));
    return NULL;
}

static bool any_part(const struct flow *f)
{
    return f->part_len[PART_OLD] > 0 || f->part_len[PART_NEW] > 0 || f->part_len[PART_AGAIN] > 0;
}

static bool grew(const struct step *s, size_t part)
{
    return s->after.part_len[part] > s->before.part_len[part];
}

static bool wiped_all(const struct step *s)
{
    for (size_t i = 0; i < s->fx.n; i++)
        if (s->fx.v[i].kind == FX_WIPE_PARTS && s->fx.v[i].value == PARTS_ALL)
            return true;
    return false;
}

/* The three of a PIN's change. */
static const char *parts_laws(const struct step *s)
{
    bool open_before = field_open(&s->before, ST_PIN_CHANGE), open_after = field_open(&s->after, ST_PIN_CHANGE);
    bool same = s->ev.chosen != 0 && (s->ev.flags & FLAG_SAME_CARD) != 0;
    LAW(implies(open_before && !open_after, wiped_all(s)));
    LAW(implies(any_part(&s->after) || s->after.parts_same, open_after));
    LAW(implies(any_part(&s->before) && !any_part(&s->after) && s->ev.kind != EV_PIN_PART, did(s, FX_WIPE_PARTS)));
    LAW(implies(s->ev.kind == EV_PIN_PART && s->before.started && s->before.state != ST_DONE && !open_after,
        wiped_all(s) || did(s, FX_FORGET)));
    LAW(implies(s->ev.kind == EV_PIN_PART && s->before.token_job != 0 && open_after, wiped_all(s)));
    LAW(implies(s->ev.kind == EV_TOKEN_GONE && s->ev.value != 0 && !s->before.token_killed, !any_part(&s->after)));
    LAW(implies(s->ev.kind == EV_CARDS && !same && s->before.chosen != 0, !any_part(&s->after)));
    for (size_t i = 0; i < PART_COUNT; i++)
        LAW(implies(grew(s, i), s->ev.kind == EV_PIN_PART && s->ev.arg == i));
    LAW(implies(
        !s->before.parts_same && s->after.parts_same, s->ev.kind == EV_PIN_PART && (s->ev.flags & FLAG_SAME_PIN) != 0));
    return NULL;
}

static const char *password_laws(const struct step *s)
{
    bool open_before = field_open(&s->before, ST_LOGIN), open_after = field_open(&s->after, ST_LOGIN);
    LAW(implies(open_before && !open_after, did(s, FX_WIPE_PASSWORD) && s->after.password_len == 0));
    LAW(implies(s->after.password_len > 0, open_after));
    LAW(implies(did(s, FX_LOGIN), s->before.state == ST_LOGIN && s->before.panel && s->before.tckn_fits &&
                                      s->before.password_len > 0 && did(s, FX_WIPE_PASSWORD) &&
                                      find(s, FX_LOGIN) < find(s, FX_WIPE_PASSWORD)));
    return NULL;
}

/* --- what may be signed --------------------------------------------------------------------------------------------
 */

static bool pin_fits(const struct flow *f)
{
    if (f->pin_flags & PIN_PAD)
        return true;
    return f->pin_len > 0 && f->pin_len >= f->pin_min && (f->pin_max == 0 || f->pin_len <= f->pin_max);
}

static const char *sign_laws(const struct step *s)
{
    const struct flow *b = &s->before;
    if (!did(s, FX_SIGN))
        return NULL;
    LAW(chose(s, CH_SIGN) && b->state == ST_SIGN && !b->help);
    LAW(b->text_end && b->text_accepted && (b->text_known || b->text_trusted));
    LAW(b->cert_confirmed && b->chosen != 0 && b->chosen <= b->usable);
    LAW(find(s, FX_SIGN)->value == b->chosen - 1u);
    LAW(pin_fits(b));
    LAW(b->token_up);
    LAW(!(b->pin_flags & PIN_LOCKED));
    LAW(implies(b->pin_flags & PIN_LAST, b->last_try_taken));
    LAW(b->sign_deadline_ms != 0 && s->ev.now_ms < b->sign_deadline_ms);
    LAW(b->token_job == 0 && s->after.token_job != 0 && s->after.state == ST_SIGNING);
    LAW(find(s, FX_SIGN) < find(s, FX_WIPE_PIN)); /* the PIN goes with the job, then it is wiped */
    LAW(!s->after.last_try_taken);
    return NULL;
}

static bool length_fits(const struct flow *f, uint8_t len)
{
    return len > 0 && len >= f->pin_min && (f->pin_max == 0 || len <= f->pin_max);
}

/* What may cost a try of the old PIN. */
static const char *change_laws(const struct step *s)
{
    const struct flow *b = &s->before;
    LAW(implies(s->ev.kind == EV_PIN_CHANGED && b->token_job != 0 && s->ev.job == b->token_job &&
                    b->token_what == FX_CHANGE_PIN && b->state == ST_PIN_CHANGE && s->after.sign_deadline_ms != 0,
        s->after.state == ST_SIGN && s->after.text_accepted == b->text_accepted && s->after.cert_confirmed &&
            s->after.sign_deadline_ms == b->sign_deadline_ms));
    if (!did(s, FX_CHANGE_PIN))
        return NULL;
    LAW(chose(s, CH_CHANGE_PIN) && b->state == ST_PIN_CHANGE && !b->help);
    LAW(b->text_accepted && b->cert_confirmed && b->chosen != 0 && b->chosen <= b->usable);
    LAW(find(s, FX_CHANGE_PIN)->value == b->chosen - 1u);
    LAW(b->pin_flags & PIN_PAD ||
        (length_fits(b, b->part_len[PART_OLD]) && length_fits(b, b->part_len[PART_NEW]) && b->parts_same));
    LAW(b->token_up && b->token_job == 0);
    LAW(!(b->pin_flags & PIN_LOCKED));
    LAW(implies(b->pin_flags & PIN_LAST, b->last_try_taken));
    LAW(b->sign_deadline_ms != 0 && s->ev.now_ms < b->sign_deadline_ms);
    LAW(s->after.token_job != 0 && s->after.token_what == FX_CHANGE_PIN && s->after.state == ST_PIN_CHANGE);
    LAW(find(s, FX_CHANGE_PIN) < find(s, FX_WIPE_PARTS) && wiped_all(s) && !any_part(&s->after));
    LAW(!s->after.last_try_taken);
    return NULL;
}

/* A card that wants another PIN, as far as it has said so, does not sign with this one. */
static const char *due_laws(const struct step *s)
{
    LAW(implies(did(s, FX_SIGN), !s->before.pin_expired && (!(s->before.pin_flags & PIN_DUE) || s->before.pin_fixed)));
    bool refused = s->ev.kind == EV_FAILED && (s->ev.err == ERR_PIN_FIXED || s->ev.err == ERR_PIN_UNSURE);
    bool ended =
        refused || s->ev.kind == EV_PIN_CHANGED || s->ev.kind == EV_TOKEN_GONE || find(s, FX_TOKEN_KILL) != NULL;
    LAW(implies(!s->before.pin_fixed && s->after.pin_fixed, ended && s->before.token_what == FX_CHANGE_PIN));
    return NULL;
}

/* Who is not told how a change ended is told that. */
static const char *doubt_laws(const struct step *s)
{
    const struct flow *b = &s->before, *a = &s->after;
    bool over = b->token_what == FX_CHANGE_PIN && a->token_what != FX_CHANGE_PIN;
    bool answered = (s->ev.kind == EV_PIN_CHANGED || s->ev.kind == EV_FAILED) && s->ev.job == b->token_job;
    bool told_since =
        s->ev.kind == EV_LEAVE || (s->ev.kind == EV_FAILED && s->ev.job == 0); /* of a note of the shell's */
    enum err_code said = a->state == ST_LEAVE || a->state == ST_IDLE ? a->under_note : a->note;
    LAW(implies(over && !answered && !told_since, said == ERR_PIN_UNSURE));
    return NULL;
}

static const char *cms_laws(const struct step *s)
{
    bool made = s->ev.kind == EV_SIGNED && s->ev.job != 0 && s->ev.job == s->before.token_job;
    LAW(implies(!s->before.have_cms && s->after.have_cms, made));
    /* What was due before may still go out in the very step that gives it up. */
    LAW(implies(did(s, FX_SUBMIT), (s->after.have_cms && s->after.sign_deadline_ms > s->ev.now_ms) || s->before.sent ||
                                       s->ev.kind == EV_NET_GONE || s->ev.kind == EV_LEAVE));
    LAW(implies(did(s, FX_SUBMIT), !(s->before.sign_deadline_ms != 0 && s->ev.now_ms >= s->before.sign_deadline_ms)));
    LAW(implies(did(s, FX_SUBMIT) && s->before.state == ST_LEAVE,
        s->before.sent || chose(s, CH_STAY) || chose(s, CH_CANCEL) || s->ev.kind == EV_BACK));
    LAW(implies(s->after.have_cms, flow_place(&s->after) == ST_SIGNING));
    LAW(implies(s->after.sent, s->after.have_cms));
    LAW(implies(is_live_acceptance(s) && !did(s, FX_FORGET), flow_place(&s->after) == ST_SUCCESS));
    bool came_back = flow_place(&s->before) == ST_RECEIPT && s->before.receipt_from == ST_SUCCESS;
    LAW(implies(flow_place(&s->after) == ST_SUCCESS && flow_place(&s->before) != ST_SUCCESS,
        is_live_acceptance(s) || came_back));
    return NULL;
}

static bool is_receipt_place(enum flow_state place)
{
    return place >= ST_RECEIPT && place <= ST_RECEIPT_CODE;
}

/* What the settings do not offer is not done, nothing is fetched for nobody, and one comes back where one was. */
static const char *receipt_laws(const struct step *s)
{
    const struct flow *b = &s->before, *a = &s->after;
    bool offered_from = a->receipt_from == ST_SUCCESS || a->receipt_from == ST_RESULT || a->receipt_from == ST_ALREADY;
    LAW(implies(is_receipt_place(flow_place(a)), offered_from));
    LAW(implies(did(s, FX_SAVE), a->receipt_ways & WAY_SAVE));
    LAW(implies(did(s, FX_PRINT), a->receipt_ways & WAY_PRINT));
    LAW(implies(did(s, FX_SHORT_CODE), a->receipt_ways & WAY_CODE));
    LAW(implies(did(s, FX_SAVE) || did(s, FX_SHOW) || did(s, FX_PRINT) || did(s, FX_SHORT_CODE),
        is_receipt_place(flow_place(b)) && !did(s, FX_FORGET)));
    bool fetching = a->net_what >= FX_SAVE && a->net_what <= FX_SHORT_CODE;
    LAW(implies(fetching, is_receipt_place(flow_place(a))));
    bool printer_has_it = s->ev.kind == EV_PROGRESS && a->net_what == FX_PRINT && s->ev.job == a->net_job;
    LAW(implies(printer_has_it, a->slow_at_ms == 0 && a->state != ST_AWAY));
    LAW(implies(a->receipt_ways != b->receipt_ways, s->ev.kind == EV_START));
    LAW(implies(find(s, FX_COPY) != NULL && find(s, FX_COPY)->value == COPY_RECEIPT, b->state == ST_RECEIPT_CODE));
    return NULL;
}

static const char *consent_laws(const struct step *s)
{
    const struct flow *b = &s->before, *a = &s->after;
    LAW(implies(!b->text_accepted && a->text_accepted,
        s->ev.kind == EV_CHOOSE && a->text_end && (a->text_known || a->text_trusted)));
    LAW(implies(!b->text_trusted && a->text_trusted, chose(s, CH_TRUST_TEXT) && b->state == ST_TEXT_ASK));
    LAW(implies(!b->text_end && a->text_end, s->ev.kind == EV_TEXT_END && flow_place(b) == ST_SIGN));
    LAW(implies(!b->cert_confirmed && a->cert_confirmed, chose(s, CH_CERT_OK) || chose(s, CH_CERT)));
    LAW(implies(s->ev.kind == EV_OPENED && s->ev.job == b->net_job && b->net_what == FX_OPEN && s->ev.job != 0 &&
                    !(s->ev.flags & FLAG_SAME_TEXT) && a->sign_deadline_ms != 0,
        !a->text_end && !a->text_accepted && !a->text_trusted && !a->cert_confirmed));
    LAW(implies(!b->last_try_taken && a->last_try_taken, chose(s, CH_LAST_TRY) && b->state == ST_LAST_TRY));
    LAW(a->chosen <= a->usable && a->usable <= a->certs);
    return NULL;
}

/* --- time ------------------------------------------------------------------------------------------------------------
 */

static const char *expiry_laws(const struct step *s)
{
    const struct flow *a = &s->after;
    bool over = s->before.sign_deadline_ms != 0 && s->ev.now_ms >= s->before.sign_deadline_ms;
    LAW(implies(over, a->sign_deadline_ms == 0 && !did(s, FX_SIGN) && !did(s, FX_CHANGE_PIN) && !did(s, FX_SUBMIT)));
    LAW(implies(over && !is_live_acceptance(s), flow_place(a) != ST_SUCCESS));
    LAW(implies(over && s->ev.kind == EV_TICK && s->before.idle_ms == 0, flow_place(a) == ST_EXPIRED));
    LAW(is_signing_place(flow_place(a)) == (a->sign_deadline_ms != 0));
    LAW(implies(a->sign_deadline_ms != 0, flow_left_s(a, s->ev.now_ms) != UINT32_MAX));
    LAW(implies(did(s, FX_EXTEND) && !did(s, FX_CANCEL), a->extensions > 0 && a->sign_deadline_ms != 0));
    return NULL;
}

/* --- places
 * ------------------------------------------------------------------------------------------------------------ */

static const char *place_laws(const struct step *s)
{
    const struct flow *b = &s->before, *a = &s->after;
    bool paused = a->state >= ST_FIRST_INTERRUPTION && a->state != ST_DONE;
    LAW((unsigned)a->state < ST_COUNT && (unsigned)a->under < ST_FIRST_INTERRUPTION);
    LAW(implies(!paused, flow_place(a) == a->state));
    LAW(implies(paused, flow_place(a) == a->under));
    LAW(implies(a->state != b->state, !a->help));
    LAW(implies(flow_place(a) >= ST_HOME && flow_place(a) <= ST_CODE && a->state != ST_DONE, a->logged_in));
    LAW(implies(flow_place(a) == ST_RESULT, a->logged_in));
    LAW(implies(b->kiosk && b->state != ST_DONE && a->state == ST_DONE,
        s->ev.kind == EV_LEAVE && s->ev.flags & (FLAG_AT_ONCE | FLAG_INPUT_END)));
    LAW(implies(
        s->ev.kind == EV_LEAVE && s->ev.flags & (FLAG_AT_ONCE | FLAG_INPUT_END) && b->started, a->state == ST_DONE));
    LAW(implies(s->ev.kind == EV_CARDS && s->ev.cards == 0 && flow_place(b) == ST_SIGN && b->cards > 0 &&
                    b->certs > 0 && a->sign_deadline_ms != 0,
        flow_place(a) == ST_NO_CARD));
    return NULL;
}

static bool has_code(const struct flow *f, uint64_t now_ms)
{
    return f->sign_deadline_ms > now_ms || f->code_deadline_ms > now_ms;
}

/* Esc never discards a code or a window without a question, and forgetting leaves nothing. */
static const char *leaving_laws(const struct step *s)
{
    const struct flow *b = &s->before, *a = &s->after;
    bool esc = s->ev.kind == EV_BACK || chose(s, CH_CANCEL);
    bool idle = b->idle_at_ms != 0 && s->ev.now_ms >= b->idle_at_ms;
    LAW(implies(esc && b->state != ST_LEAVE && has_code(b, s->ev.now_ms) && !idle && flow_place(b) != ST_GATEWAY &&
                    flow_place(b) != ST_EXPIRED,
        has_code(a, s->ev.now_ms)));
    LAW(implies(did(s, FX_FORGET), !a->logged_in && !a->consented && !a->checking && !a->accepted && a->tckn_len == 0 &&
                                       !any_part(a) && a->password_len == 0 && a->pin_len == 0 && a->code_len == 0 &&
                                       (a->chosen == 0 || s->ev.kind == EV_CARDS) && a->sign_deadline_ms == 0 &&
                                       a->code_deadline_ms == 0 && !a->have_cms));
    LAW(implies(did(s, FX_FORGET) && b->logged_in, did(s, FX_LOGOUT)));
    LAW(implies(a->state == ST_DONE && b->state != ST_DONE, did(s, FX_FORGET)));
    LAW(implies(b->logged_in && !a->logged_in, did(s, FX_FORGET) || s->ev.kind == EV_FAILED));
    LAW(implies(b->exited, s->fx.n == 0));
    LAW(implies(did(s, FX_EXIT), a->exited && a->state == ST_DONE));
    bool input_ends = b->started && b->state != ST_DONE && s->ev.kind == EV_LEAVE && s->ev.flags & FLAG_INPUT_END;
    bool begun = flow_place(b) != ST_MENU && !(idle && b->kiosk),
         came_of_it = b->accepted || b->consented || b->checking;
    LAW(implies(input_ends && begun && !came_of_it, a->exit_status != 0));
    return NULL;
}

/* --- jobs
 * ---------------------------------------------------------------------------------------------------------------- */

static const char *job_laws(const struct step *s)
{
    const struct flow *a = &s->after;
    LAW(implies(
        a->net_what == FX_NONE, a->net_job == 0 && a->retry_at_ms == 0 && a->slow_at_ms == 0 && a->retries == 0));
    LAW(implies(a->net_what != FX_NONE, (a->net_job != 0) != (a->retry_at_ms != 0)));
    LAW((a->token_job != 0) == (a->signing_since_ms != 0 || a->token_job != 0));
    LAW((a->token_job != 0) == (a->token_what != FX_NONE));
    LAW(implies(a->token_what == FX_SIGN, flow_place(a) == ST_SIGNING && !a->have_cms));
    LAW(implies(a->token_what == FX_CHANGE_PIN, flow_place(a) == ST_PIN_CHANGE));
    LAW(implies(a->state == ST_AWAY, a->net_what != FX_NONE));
    LAW(implies(did(s, FX_OPEN) && !did(s, FX_CANCEL), a->code_len == CODE_LEN && a->code_fit == CODE_FITS));
    LAW(implies(did(s, FX_STATUS) && s->before.state == ST_CODE && !did(s, FX_FORGET) && a->state == ST_CODE,
        s->before.net_what == FX_NONE && a->code_deadline_ms != 0)); /* the silent look takes nobody's place */
    LAW(s->fx.n <= FX_MAX);
    return NULL;
}

/* --- the diagnosis --------------------------------------------------------------------------------------------------
 */

static const char *doctor_laws(const struct step *s)
{
    bool there_before = flow_place(&s->before) == ST_DOCTOR, there = flow_place(&s->after) == ST_DOCTOR;
    LAW((s->after.doctor != DOCTOR_NONE) == there); /* nobody looks for somebody who is not there */
    LAW(did(s, FX_DOCTOR_STOP) == (there_before && !there));
    LAW(implies(did(s, FX_DOCTOR_START), there && s->after.doctor == DOCTOR_LOOKING));
    LAW(implies(did(s, FX_DOCTOR_START), s->before.doctor != DOCTOR_LOOKING));
    LAW(implies(did(s, FX_DOCTOR_START), s->before.state == ST_DOCTOR ? chose(s, CH_RETRY) : chose(s, CH_WHY)));
    LAW(implies(s->after.doctor == DOCTOR_LOOKING && s->before.doctor != DOCTOR_LOOKING, did(s, FX_DOCTOR_START)));
    LAW(implies(s->after.doctor == DOCTOR_DONE && s->before.doctor != DOCTOR_DONE,
        s->ev.kind == EV_DOCTOR_DONE && s->before.doctor == DOCTOR_LOOKING));
    LAW(implies(there_before && s->ev.kind == EV_CARDS && s->ev.cards > 0 && s->ev.certs > 0, !there));
    return NULL;
}

const char *laws_broken(const struct step *s)
{
    static const char *(*const all[])(const struct step *) = {pin_laws, parts_laws, password_laws, sign_laws,
        change_laws, due_laws, doubt_laws, cms_laws, receipt_laws, consent_laws, expiry_laws, place_laws, leaving_laws,
        job_laws, doctor_laws};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        const char *broken = all[i](s);
        if (broken != NULL)
            return broken;
    }
    return NULL;
}

/* --- the witness: what only the sequence shows
 * --------------------------------------------------------------------------- */

static bool is_net_start(enum effect_kind k)
{
    return k >= FX_METHODS && k <= FX_SHORT_CODE;
}

static bool ends_net_job(const struct step *s)
{
    if (s->ev.kind == EV_NET_GONE)
        return true;
    bool answer = s->ev.kind >= EV_METHODS && s->ev.kind <= EV_FAILED &&
                  !(s->ev.kind == EV_PROGRESS && (s->before.net_what == FX_DOWNLOAD || s->before.net_what == FX_PRINT));
    return answer && s->ev.job == s->before.net_job;
}

static bool ends_token_job(const struct step *s)
{
    if (s->ev.kind == EV_TOKEN_GONE && s->ev.value != 0)
        return true;
    bool fits = s->ev.kind == EV_FAILED || (s->ev.kind == EV_SIGNED && s->before.token_what == FX_SIGN) ||
                (s->ev.kind == EV_PIN_CHANGED && s->before.token_what == FX_CHANGE_PIN);
    return fits && s->ev.job != 0 && s->ev.job == s->before.token_job;
}

static bool cancelled(const struct step *s, uint32_t job)
{
    for (size_t i = 0; i < s->fx.n; i++)
        if ((s->fx.v[i].kind == FX_CANCEL || s->fx.v[i].kind == FX_TOKEN_KILL) && s->fx.v[i].job == job)
            return true;
    return false;
}

const char *witness_broken(struct witness *w, const struct step *s)
{
    bool deaf = s->before.exited || !s->before.started;
    if (!deaf && ends_net_job(s) && !cancelled(s, w->net_job)) /* time passes before an answer is heard */
        w->net_job = 0;
    if (!deaf && ends_token_job(s) && !cancelled(s, w->token_job))
        w->token_job = 0;
    for (size_t i = 0; i < s->fx.n; i++) {
        const struct effect *e = &s->fx.v[i];
        if (e->kind == FX_CANCEL || e->kind == FX_TOKEN_KILL) {
            LAW(e->job != 0 && (e->job == w->net_job || e->job == w->token_job));
            w->net_job = e->job == w->net_job ? 0 : w->net_job;
            w->token_job = e->job == w->token_job ? 0 : w->token_job;
        }
        if (is_net_start(e->kind)) {
            LAW(w->net_job == 0 || w->net_what == FX_LOGOUT); /* nobody waits for a logout */
            LAW(e->job > w->last_job);
            w->net_job = w->last_job = e->job;
            w->net_what = e->kind;
        }
        if (e->kind == FX_SIGN || e->kind == FX_CHANGE_PIN) {
            LAW(w->token_job == 0);
            LAW(e->job > w->last_job);
            w->token_job = w->last_job = e->job;
        }
        w->exits += e->kind == FX_EXIT;
    }
    if (s->ev.kind == EV_NET_GONE) /* what was tried again just before is lost with it */
        w->net_job = s->after.net_job;
    LAW(w->exits <= 1);
    LAW(s->after.net_job == 0 || s->after.net_job == w->net_job);
    LAW(s->after.token_job == w->token_job);
    return NULL;
}
