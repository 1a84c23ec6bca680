/* What the workers say: checked by the wire's table, cleaned, kept in facts, told to the flow. Nothing is believed that
 * the person's own settings can decide: whether a password may be typed, whether a text is known, whether it may be
 * shown. */
#include "config.h"
#include "wizard/wizard.h"

#include <sha2.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/ascii.h"
#include "base/text.h"
#include "base/when.h"

typedef void handler(struct wizard *w, const struct wire_msg *m, struct event *ev);

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

static void on_methods(struct wizard *w, const struct wire_msg *m, struct event *ev)
{
    ev->kind = EV_METHODS;
    ev->value = number(m, F_METHODS);
    if (wire_get_u64(m, F_PANEL, 0) && settings_gateway_is_loopback(&w->settings))
        ev->flags |= FLAG_PANEL;
    w->facts.window_s = number(m, F_WINDOW_FULL_S);
    w->facts.extensions = number(m, F_EXTENSIONS);
}

static bool is_same_person(const struct facts *f, const char *name, const char *mask)
{
    return strcmp(f->person_name, name) == 0 && strcmp(f->person_mask, mask) == 0;
}

static void on_person(struct wizard *w, const struct wire_msg *m, struct event *ev)
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
}

static void on_request(struct wizard *w, const struct wire_msg *m, struct event *ev)
{
    ev->kind = EV_REQUESTED;
    ev->value = number(m, F_LIFETIME_S);
    ev->arg = number(m, F_EXTENSIONS);
    clean(m, F_CODE, w->facts.code, sizeof w->facts.code);
    if (m->has[F_WINDOW_FULL_S])
        w->facts.window_s = number(m, F_WINDOW_FULL_S);
    w->facts.file[0] = '\0';
    clean(m, F_FILE, w->facts.file, sizeof w->facts.file);
    w->facts.size = wire_get_u64(m, F_SIZE, 0);
}

static void on_already(struct wizard *w, const struct wire_msg *m, struct event *ev)
{
    ev->kind = EV_ALREADY;
    ev->flags = checking(m);
    take_consent(w, m);
}

static bool is_known(const struct settings *s, const char *digest)
{
    for (size_t i = 0; i < s->known_texts.n; i++)
        if (strcmp(s->known_texts.v[i], digest) == 0)
            return true;
    return false;
}

static void digest_text(struct wizard *w)
{
    SHA2_CTX sha;
    uint8_t sum[SHA256_DIGEST_LENGTH];
    SHA256Init(&sha);
    SHA256Update(&sha, w->text.data, w->text.len);
    SHA256Final(sum, &sha);
    ascii_hex(w->facts.digest, sum, sizeof sum);
}

/* Card lists are judged anew for the person the code belongs to, by the server's clock. */
void inbox_tell_holder(struct wizard *w)
{
    struct wire_out out;
    for (size_t i = 0; i < w->modules; i++) {
        wire_begin(&out, w->frame, M_HOLDER, 0);
        if (w->facts.person_mask[0] != '\0')
            wire_str(&out, F_MASK, w->facts.person_mask);
        if (w->server_time > 0)
            wire_u64(&out, F_SERVER_TIME, (uint64_t)wizard_signing_time(w, when_boot_ms()));
        (void)!worker_tell(&w->tokens[i], &out, 0, -1, NULL); /* one that is gone hears it when it starts again */
    }
}

static void on_opened(struct wizard *w, const struct wire_msg *m, struct event *ev)
{
    const struct wire_view *text = &m->val[F_TEXT];
    bool same = text->len > 0 && text->len == w->text.len && memcmp(text->data, w->text.data, text->len) == 0;
    buf_reset(&w->text);
    if (!text_is_safe((const char *)text->data, text->len) || buf_add(&w->text, text->data, text->len) != OK) {
        ev->kind = EV_FAILED;
        ev->err = ERR_TEXT_UNSAFE;
        return;
    }
    ev->kind = EV_OPENED;
    ev->flags = same ? FLAG_SAME_TEXT : 0;
    ev->value = number(m, F_WINDOW_S);
    ev->arg = number(m, F_EXTENSIONS);
    w->facts.text = (const char *)w->text.data;
    w->facts.text_len = w->text.len;
    w->facts.created = (int64_t)wire_get_u64(m, F_CREATED, 0);
    w->server_time = (int64_t)wire_get_u64(m, F_SERVER_TIME, 0);
    w->opened_ms = ev->now_ms;
    clean(m, F_NAME, w->facts.person_name, sizeof w->facts.person_name);
    clean(m, F_MASK, w->facts.person_mask, sizeof w->facts.person_mask);
    digest_text(w);
    if (is_known(&w->settings, w->facts.digest))
        ev->flags |= FLAG_KNOWN_TEXT;
    inbox_tell_holder(w);
}

static void on_extended(struct wizard *w, const struct wire_msg *m, struct event *ev)
{
    (void)w;
    ev->kind = EV_EXTENDED;
    ev->value = number(m, F_WINDOW_S);
    ev->arg = number(m, F_EXTENSIONS);
}

static void on_accepted(struct wizard *w, const struct wire_msg *m, struct event *ev)
{
    ev->kind = EV_ACCEPTED;
    ev->flags = checking(m);
    w->facts.stamp = (uint8_t)wire_get_u64(m, F_STAMP, 0);
    take_consent(w, m);
    buf_done(&w->cms);
}

static void on_progress(struct wizard *w, const struct wire_msg *m, struct event *ev)
{
    uint64_t done = wire_get_u64(m, F_DONE, 0), total = wire_get_u64(m, F_TOTAL, w->facts.size);
    ev->kind = EV_PROGRESS;
    w->facts.done = done;
    ev->value = total == 0 || done >= total ? 100 : (uint32_t)(done / (total / 100 + 1));
}

static void on_signed(struct wizard *w, const struct wire_msg *m, struct event *ev)
{
    buf_reset(&w->cms);
    ev->kind = EV_SIGNED;
    if (buf_add(&w->cms, m->val[F_CMS].data, m->val[F_CMS].len) == OK)
        return;
    ev->kind = EV_FAILED;
    ev->err = ERR_NOMEM;
}

static void on_error(struct wizard *w, const struct wire_msg *m, struct event *ev)
{
    ev->kind = EV_FAILED;
    ev->err = note_of((enum err_code)wire_get_u64(m, F_ERROR, ERR_INTERNAL))->code;
    ev->arg = number(m, F_ARG);
    ev->value = number(m, F_PIN_FLAGS);
    clean(m, F_DETAIL, w->facts.module_detail, sizeof w->facts.module_detail);
    if (ev->err == ERR_DOWNLOAD_BROKEN && w->flow.net_what == FX_DOWNLOAD)
        (void)unlink(w->facts.path);
}

/* OK answers a LOGOUT, or ends a DOWNLOAD. */
static void on_ok(struct wizard *w, const struct wire_msg *m, struct event *ev)
{
    (void)m;
    ev->kind = w->flow.net_what == FX_DOWNLOAD ? EV_DOWNLOADED : EV_LOGGED_OUT;
}

static const struct {
    enum wire_type type;
    handler *handle;
} answers[] = {
    {M_METHODS_OK, on_methods},
    {M_PERSON, on_person},
    {M_REQUEST_OK, on_request},
    {M_ALREADY, on_already},
    {M_OPENED, on_opened},
    {M_EXTENDED, on_extended},
    {M_ACCEPTED, on_accepted},
    {M_PROGRESS, on_progress},
    {M_SIGNED, on_signed},
    {M_ERR, on_error},
    {M_OK, on_ok},
};

/* Of the card software the flow hears once it has looked at the readers: see on_cards. */
static void on_ready(struct wizard *w, struct worker *worker)
{
    worker->ready = true;
    if (worker->kind == WIRE_NET)
        wizard_queue(w, (struct event){.kind = EV_NET_UP});
    else if (w->facts.person_mask[0] != '\0')
        inbox_tell_holder(w);
}

static bool all_have_looked(const struct wizard *w)
{
    for (size_t i = 0; i < w->modules; i++)
        if (w->tokens[i].pid != 0 && !w->cards[i].told)
            return false;
    return true;
}

static void on_cards(struct wizard *w, const struct worker *worker, const struct wire_msg *m)
{
    struct cards *mine = &w->cards[worker->module];
    struct event ev;
    if (!cards_take(mine, m))
        return;
    cards_merge(w->cards, w->modules, &w->chosen, &w->facts, w->cert_module, &ev);
    wizard_queue(w, ev);
    if (ev.cards > 0 || all_have_looked(w))
        wizard_queue(w, (struct event){.kind = EV_TOKEN_UP});
}

/* A job's answer counts only while the flow still waits for that very job: facts of an answer that nobody wants any
 * more (another person's, by now) are not taken. */
static bool is_wanted(const struct wizard *w, const struct worker *worker, uint32_t job)
{
    return job != 0 && job == (worker->kind == WIRE_NET ? w->flow.net_job : w->flow.token_job);
}

static void handle(struct wizard *w, struct worker *worker, const struct wire_msg *m, uint64_t now_ms)
{
    if (m->type == M_READY) {
        on_ready(w, worker);
        return;
    }
    if (m->type == M_CARDS || m->type == M_CERT) {
        on_cards(w, worker, m);
        return;
    }
    struct event ev = {.now_ms = now_ms, .job = m->job};
    for (size_t i = 0; is_wanted(w, worker, m->job) && i < sizeof answers / sizeof answers[0]; i++)
        if (answers[i].type == m->type) {
            answers[i].handle(w, m, &ev);
            wizard_queue(w, ev);
            return;
        }
}

static struct event token_gone(const struct wizard *w, const struct worker *worker)
{
    struct event gone = {.kind = EV_TOKEN_GONE};
    uint16_t chosen = w->flow.chosen;
    gone.value = chosen > 0 && chosen <= w->facts.cert_count && w->cert_module[chosen - 1] == worker->module;
    for (size_t i = 0; i < w->modules; i++)
        gone.arg |= w->tokens[i].ready;
    return gone;
}

void inbox_lose(struct wizard *w, struct worker *worker)
{
    worker_stop(worker);
    if (worker->kind == WIRE_TOKEN)
        w->cards[worker->module].told = false;
    wizard_queue(w, worker->kind == WIRE_TOKEN ? token_gone(w, worker) : (struct event){.kind = EV_NET_GONE});
}

void inbox_read(struct wizard *w, struct worker *worker, uint64_t now_ms)
{
    struct wire_msg m;
    size_t len = 0;
    enum err_code rc = wire_recv(worker->fd, w->frame, &len, NULL);
    if (rc == ERR_SLOW)
        return;
    if (rc != OK || len == 0 || wire_parse(w->frame, len, WIRE_WORKER, worker->kind, &m) != OK)
        inbox_lose(w, worker); /* gone, or speaking out of turn: either way it is not to be heard again */
    else
        handle(w, worker, &m, now_ms);
}
