/* What the workers say: checked by the wire's table, cleaned, kept in facts, told to the flow. An answer counts only
 * for the very job it answers, and only when it is one that this job can have: a worker turned against us cannot slip
 * another text or code under a signature that is being made. Nothing is believed that the person's own settings can
 * decide: whether a password may be typed, whether a text is known, whether it may be shown. */
#include "config.h"
#include "wizard/wizard.h"

#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/text.h"
#include "base/when.h"
#include "wizard/receipts.h"
#include "wizard/saving.h"
#include "wizard/texts.h"

/* False: no honest worker says so. */
typedef bool handler(struct wizard *w, const struct wire_msg *m, struct event *ev);

#define UTC_MAX INT64_C(253402300799) /* the year 9999 */

static void clean(const struct wire_msg *m, enum wire_field field, char *out, size_t out_len)
{
    if (m->has[field])
        text_clean(out, out_len, (const char *)m->val[field].data, m->val[field].len);
}

static uint32_t number(const struct wire_msg *m, enum wire_field field)
{
    uint64_t n = wire_get_u64(m, field, 0);
    return n > UINT32_MAX ? UINT32_MAX : (uint32_t)n;
}

static void take_consent(struct wizard *w, const struct wire_msg *m)
{
    clean(m, F_NUMBER, w->facts.consent_number, sizeof w->facts.consent_number);
    w->facts.consent_at = (int64_t)wire_get_u64(m, F_AT, 0);
}

static uint32_t checking(const struct wire_msg *m)
{
    return wire_get_u64(m, F_CHECKING, 0) ? FLAG_CHECKING : 0;
}

static bool on_methods(struct wizard *w, const struct wire_msg *m, struct event *ev)
{
    ev->kind = EV_METHODS;
    ev->value = number(m, F_METHODS);
    if (wire_get_u64(m, F_PANEL, 0) && settings_gateway_is_loopback(&w->settings))
        ev->flags |= FLAG_PANEL;
    w->facts.window_s = number(m, F_WINDOW_FULL_S);
    w->facts.extensions = number(m, F_EXTENSIONS);
    return true;
}

static bool is_same_person(const struct facts *f, const char *name, const char *mask)
{
    return strcmp(f->person_name, name) == 0 && strcmp(f->person_mask, mask) == 0;
}

static bool on_person(struct wizard *w, const struct wire_msg *m, struct event *ev)
{
    char name[sizeof w->facts.person_name] = "", mask[sizeof w->facts.person_mask] = "";
    ev->kind = EV_PERSON;
    ev->flags = (wire_get_u64(m, F_CONSENTED, 0) ? FLAG_CONSENTED : 0) | checking(m);
    clean(m, F_NAME, name, sizeof name);
    clean(m, F_MASK, mask, sizeof mask);
    if (is_same_person(&w->facts, name, mask))
        ev->flags |= FLAG_SAME_PERSON;
    memcpy(w->facts.person_name, name, sizeof name);
    memcpy(w->facts.person_mask, mask, sizeof mask);
    if (m->has[F_NUMBER])
        take_consent(w, m);
    return true;
}

static bool on_request(struct wizard *w, const struct wire_msg *m, struct event *ev)
{
    if (!texts_read_match(m, w->facts.code_match))
        return false;
    ev->kind = EV_REQUESTED;
    ev->value = number(m, F_LIFETIME_S);
    ev->arg = number(m, F_EXTENSIONS);
    clean(m, F_CODE, w->facts.code, sizeof w->facts.code);
    if (m->has[F_WINDOW_FULL_S])
        w->facts.window_s = number(m, F_WINDOW_FULL_S);
    w->facts.file[0] = '\0';
    clean(m, F_FILE, w->facts.file, sizeof w->facts.file);
    w->facts.size = wire_get_u64(m, F_SIZE, 0);
    return true;
}

static bool on_already(struct wizard *w, const struct wire_msg *m, struct event *ev)
{
    ev->kind = EV_ALREADY;
    ev->flags = checking(m);
    take_consent(w, m);
    return true;
}

static bool is_known(const struct settings *s, const char *digest)
{
    for (size_t i = 0; i < s->known_texts.n; i++)
        if (strcmp(s->known_texts.v[i], digest) == 0)
            return true;
    return false;
}

/* Its card list is judged anew for the person the code belongs to, by the server's clock. */
static void tell_holder(struct wizard *w, struct worker *worker)
{
    struct wire_out out;
    wire_begin(&out, w->out_frame, M_HOLDER, 0);
    if (w->facts.person_mask[0] != '\0')
        wire_str(&out, F_MASK, w->facts.person_mask);
    if (w->server_time > 0)
        wire_u64(&out, F_SERVER_TIME, (uint64_t)wizard_signing_time(w, when_boot_ms()));
    (void)!worker_tell(worker, &out, 0, -1, NULL); /* one that is gone hears it when it starts again */
}

static bool take_times(struct wizard *w, const struct wire_msg *m, uint64_t now_ms)
{
    if (m->num[F_CREATED] > UTC_MAX || m->num[F_SERVER_TIME] > UTC_MAX)
        return false;
    w->facts.created = (int64_t)m->num[F_CREATED];
    w->server_time = (int64_t)m->num[F_SERVER_TIME];
    w->opened_ms = now_ms;
    return true;
}

/* The list as it is known: a driver that is slow to judge it anew must not offer another person's certificate. */
static void merge_cards(struct wizard *w)
{
    struct event list;
    cards_merge(w->cards, w->modules, &w->chosen, &w->facts, w->cert_module, &list);
    wizard_queue(w, list);
}

static bool any_has_looked(const struct wizard *w)
{
    for (size_t i = 0; i < w->modules; i++)
        if (w->cards[i].told)
            return true;
    return false;
}

static bool on_opened(struct wizard *w, const struct wire_msg *m, struct event *ev)
{
    const struct wire_view *text = &m->val[F_TEXT];
    bool same = text->len > 0 && text->len == w->text.len && memcmp(text->data, w->text.data, text->len) == 0;
    if (!take_times(w, m, ev->now_ms))
        return false;
    w->profile = m->has[F_PROFILE] ? m->num[F_PROFILE] : 0;
    ev->err = texts_open(w, m);
    if (ev->err != OK) {
        ev->kind = EV_FAILED;
        return true;
    }
    ev->kind = EV_OPENED;
    ev->flags = same ? FLAG_SAME_TEXT : 0;
    ev->value = number(m, F_WINDOW_S);
    ev->arg = number(m, F_EXTENSIONS);
    clean(m, F_NAME, w->facts.person_name, sizeof w->facts.person_name);
    clean(m, F_MASK, w->facts.person_mask, sizeof w->facts.person_mask);
    if (is_known(&w->settings, w->facts.digest))
        ev->flags |= FLAG_KNOWN_TEXT;
    if (any_has_looked(w))
        merge_cards(w);
    for (size_t i = 0; i < w->modules; i++)
        tell_holder(w, &w->tokens[i]);
    return true;
}

static bool on_extended(struct wizard *w, const struct wire_msg *m, struct event *ev)
{
    (void)w;
    ev->kind = EV_EXTENDED;
    ev->value = number(m, F_WINDOW_S);
    ev->arg = number(m, F_EXTENSIONS);
    return true;
}

static bool on_accepted(struct wizard *w, const struct wire_msg *m, struct event *ev)
{
    ev->kind = EV_ACCEPTED;
    ev->flags = checking(m);
    w->facts.stamp = (uint8_t)wire_get_u64(m, F_STAMP, 0);
    take_consent(w, m);
    buf_done(&w->cms);
    return true;
}

static bool on_progress(struct wizard *w, const struct wire_msg *m, struct event *ev)
{
    uint64_t done = wire_get_u64(m, F_DONE, 0), total = wire_get_u64(m, F_TOTAL, w->facts.size);
    ev->kind = EV_PROGRESS;
    w->facts.done = done;
    ev->value = total == 0 || done >= total ? 100 : (uint32_t)(done / (total / 100 + 1));
    return true;
}

static bool on_signed(struct wizard *w, const struct wire_msg *m, struct event *ev)
{
    buf_reset(&w->cms);
    ev->kind = EV_SIGNED;
    if (buf_add(&w->cms, m->val[F_CMS].data, m->val[F_CMS].len) == OK)
        return true;
    ev->kind = EV_FAILED;
    ev->err = ERR_NOMEM;
    return true;
}

static bool on_error(struct wizard *w, const struct wire_msg *m, struct event *ev)
{
    ev->kind = EV_FAILED;
    ev->err = note_of((enum err_code)wire_get_u64(m, F_ERROR, ERR_INTERNAL))->code;
    ev->arg = number(m, F_ARG);
    ev->value = number(m, F_PIN_FLAGS);
    clean(m, F_DETAIL, w->facts.module_detail, sizeof w->facts.module_detail);
    if (ev->err == ERR_PIN_AGAIN && m->job == w->flow.token_job && w->flow.token_what == FX_SIGN)
        w->held_job = m->job;
    receipts_cancel(w, m->job);
    if (ev->err == ERR_DOWNLOAD_BROKEN)
        saving_drop(w->settings.download_dir, w->facts.file);
    return true;
}

/* OK answers a LOGOUT or a CHANGE_PIN, or ends a DOWNLOAD that was verified. */
static bool on_ok(struct wizard *w, const struct wire_msg *m, struct event *ev)
{
    bool changed = w->flow.token_what == FX_CHANGE_PIN && m->job == w->flow.token_job;
    ev->kind = changed ? EV_PIN_CHANGED : EV_LOGGED_OUT;
    if (changed)
        return true;
    if (w->flow.net_what != FX_DOWNLOAD)
        return true;
    ev->err = saving_keep(w->settings.download_dir, w->facts.file, w->facts.path);
    ev->kind = ev->err == OK ? EV_DOWNLOADED : EV_FAILED;
    return true;
}

#define FOR(job) (UINT32_C(1) << (job))
#define FOR_ANY UINT32_MAX
_Static_assert(FX_CHANGE_PIN < 32, "jobs have a bit each");

static const struct {
    enum wire_type type;
    uint32_t jobs; /* FOR() each job it may answer */
    handler *handle;
} answers[] = {
    {M_METHODS_OK, FOR(FX_METHODS), on_methods},
    {M_PERSON, FOR(FX_LOGIN) | FOR(FX_STATUS), on_person},
    {M_REQUEST_OK, FOR(FX_REQUEST), on_request},
    {M_ALREADY, FOR(FX_REQUEST), on_already},
    {M_OPENED, FOR(FX_OPEN), on_opened},
    {M_EXTENDED, FOR(FX_EXTEND), on_extended},
    {M_ACCEPTED, FOR(FX_SUBMIT), on_accepted},
    {M_PROGRESS, FOR(FX_DOWNLOAD), on_progress},
    {M_SIGNED, FOR(FX_SIGN), on_signed},
    {M_RECEIPT_OK, FOR(FX_SAVE) | FOR(FX_SHOW) | FOR(FX_PRINT), receipts_take},
    {M_RECEIPT_CODE_OK, FOR(FX_SHORT_CODE), receipts_take_code},
    {M_ERR, FOR_ANY, on_error},
    {M_OK, FOR(FX_LOGOUT) | FOR(FX_DOWNLOAD) | FOR(FX_CHANGE_PIN), on_ok},
};

/* Of the card software the flow hears once it has looked at the readers: see on_cards. */
static bool on_ready(struct wizard *w, struct worker *worker)
{
    worker->ready = true;
    if (worker->kind == WIRE_NET)
        wizard_queue(w, (struct event){.kind = EV_NET_UP});
    else {
        texts_tell(w, worker);
        if (w->facts.person_mask[0] != '\0')
            tell_holder(w, worker);
    }
    return true;
}

static bool all_have_looked(const struct wizard *w)
{
    for (size_t i = 0; i < w->modules; i++)
        if (w->tokens[i].pid != 0 && !w->cards[i].told)
            return false;
    return true;
}

static bool on_cards(struct wizard *w, const struct worker *worker, const struct wire_msg *m)
{
    struct event ev;
    enum cards_step step = cards_take(&w->cards[worker->module], m);
    if (step != CARDS_WHOLE)
        return step == CARDS_MORE;
    cards_merge(w->cards, w->modules, &w->chosen, &w->facts, w->cert_module, &ev);
    wizard_queue(w, ev);
    if (ev.cards > 0 || all_have_looked(w))
        wizard_queue(w, (struct event){.kind = EV_TOKEN_UP});
    return true;
}

/* One link after the other, none twice. */
static bool on_link(struct wizard *w, const struct wire_msg *m)
{
    struct facts *f = &w->facts;
    if (f->doctor_count == LINK_COUNT || m->num[F_LINK] != f->doctor_count || m->num[F_STATE] == LINK_UNJUDGED)
        return false;
    f->doctor[f->doctor_count++] = (uint8_t)m->num[F_STATE];
    return true;
}

static bool on_verdict(struct wizard *w, const struct wire_msg *m)
{
    w->facts.doctor_code = note_of((enum err_code)m->num[F_ERROR])->code;
    w->facts.doctor_arg = number(m, F_ARG);
    clean(m, F_DETAIL, w->facts.doctor_detail, sizeof w->facts.doctor_detail);
    wizard_queue(w, (struct event){.kind = EV_DOCTOR_DONE, .err = w->facts.doctor_code, .arg = w->facts.doctor_arg});
    return true;
}

/* A job's answer counts only while the flow still waits for that very job: facts of an answer that nobody wants any
 * more (another person's, by now) are not taken. A signature's comes from the worker that was asked for it. */
static bool is_wanted(const struct wizard *w, const struct worker *worker, uint32_t job)
{
    if (worker->kind == WIRE_NET)
        return job != 0 && job == w->flow.net_job;
    return job != 0 && job == w->flow.token_job && worker->module == w->signer;
}

static bool on_answer(struct wizard *w, const struct worker *worker, const struct wire_msg *m, uint64_t now_ms)
{
    struct event ev = {.now_ms = now_ms, .job = m->job};
    uint32_t job = FOR(worker->kind == WIRE_NET ? w->flow.net_what : w->flow.token_what);
    size_t i = 0;
    if (!is_wanted(w, worker, m->job))
        return true;
    while (i < sizeof answers / sizeof answers[0] && answers[i].type != m->type)
        i++;
    if (i == sizeof answers / sizeof answers[0] || (answers[i].jobs & job) == 0 || !answers[i].handle(w, m, &ev))
        return false;
    wizard_queue(w, ev);
    return true;
}

/* The last word of a worker that cannot go on: why, for the help page. */
static bool on_last_word(struct wizard *w, const struct wire_msg *m)
{
    clean(m, F_DETAIL, w->facts.module_detail, sizeof w->facts.module_detail);
    return true;
}

static bool handle(struct wizard *w, struct worker *worker, const struct wire_msg *m, uint64_t now_ms)
{
    switch (m->type) {
    case M_READY:
        return on_ready(w, worker);
    case M_CARDS:
    case M_CERT:
        return on_cards(w, worker, m);
    case M_ALIVE:
        return true;
    case M_MATCH:
        return texts_match(w, m);
    case M_LINK:
        return on_link(w, m);
    case M_VERDICT:
        return on_verdict(w, m);
    default:
        return m->type == M_ERR && m->job == 0 ? on_last_word(w, m) : on_answer(w, worker, m, now_ms);
    }
}

/* Asked before the list changes: the flow's choice is of the list as it was told. */
static bool has_chosen(const struct wizard *w, const struct worker *worker)
{
    uint16_t chosen = w->flow.chosen;
    return chosen > 0 && chosen <= w->facts.cert_count && w->cert_module[chosen - 1] == worker->module;
}

static struct event token_gone(const struct wizard *w, bool concerned, enum err_code why)
{
    struct event gone = {.kind = EV_TOKEN_GONE, .value = concerned, .err = why};
    for (size_t i = 0; i < w->modules; i++)
        gone.arg |= w->tokens[i].ready;
    return gone;
}

static void forget_token(struct wizard *w, const struct worker *worker)
{
    w->cards[worker->module].told = false;
    if (worker->module == w->signer)
        w->held_job = 0;
}

/* What hangs is then the link: a connection that stands, and over which nothing comes any more. */
static enum err_code hung(const struct wizard *w, const struct worker *worker, enum err_code otherwise)
{
    return wizard_is_forwarded(w, worker) ? ERR_FORWARD_DEAD : otherwise;
}

/* A driver that ends its worker, or hangs, before anything is told cannot say so itself. */
static void fail_to_open(struct wizard *w, const struct worker *worker, enum err_code why)
{
    const struct settings *s = &w->settings;
    const char *path = worker->module < s->modules.n ? settings_module_at(s, worker->module)->path : "";
    cards_fail(&w->cards[worker->module], why == OK ? ERR_MODULE_CRASH : hung(w, worker, ERR_MODULE_HANG), path);
    merge_cards(w);
}

static void lose_token(struct wizard *w, struct worker *worker, enum err_code why)
{
    bool opening = worker->pid != 0 && !w->cards[worker->module].told, concerned = has_chosen(w, worker);
    worker_end(worker, 0);
    forget_token(w, worker);
    if (opening)
        fail_to_open(w, worker, why);
    wizard_queue(w, token_gone(w, concerned, why));
}

void inbox_lose(struct wizard *w, struct worker *worker)
{
    if (worker->kind == WIRE_TOKEN) {
        lose_token(w, worker, OK);
        return;
    }
    worker_end(worker, 0);
    wizard_queue(w, (struct event){.kind = worker->kind == WIRE_NET ? EV_NET_GONE : EV_DOCTOR_GONE});
}

void inbox_lose_silent(struct wizard *w, struct worker *worker)
{
    lose_token(w, worker, hung(w, worker, ERR_CARD_SILENT));
}

void inbox_read(struct wizard *w, struct worker *worker, uint64_t now_ms)
{
    struct wire_msg m;
    size_t len = 0;
    enum err_code rc = wire_recv(worker->fd, w->in_frame, &len, NULL);
    if (rc == ERR_SLOW)
        return;
    worker->heard_ms = now_ms;
    if (rc != OK || len == 0 || wire_parse(w->in_frame, len, WIRE_WORKER, worker->kind, &m) != OK ||
        !handle(w, worker, &m, now_ms))
        inbox_lose(w, worker); /* gone, or speaking out of turn: either way it is not to be heard again */
    explicit_bzero(w->in_frame, sizeof w->in_frame);
}
