/* Effects of the flow become deeds: a message to a worker, a word to the terminal, a wipe. A deed that fails becomes an
 * event, so that the flow hears of it like of any other answer. */
#include "config.h"
#include "wizard/wizard.h"

#include <stdio.h>
#include <string.h>

#include "base/code.h"
#include "base/fd.h"
#include "base/when.h"
#include "wizard/receipts.h"
#include "wizard/saving.h"
#include "ui/wording.h"

typedef void deed(struct wizard *w, const struct effect *fx, uint64_t now_ms);

void deeds_failed(struct wizard *w, uint32_t job, enum err_code err)
{
    wizard_queue(w, (struct event){.kind = EV_FAILED, .job = job, .err = err});
}

/* A worker that is due to start is started for the first message that needs it. One that knows a person who is gone
 * hears nothing of the next: what is told after FX_FORGET is told to another. One that cannot be told is lost. */
static void tell_net(struct wizard *w, struct wire_out *out, uint32_t job, int pass_fd, struct secret *secret)
{
    if (w->net.tired) {
        worker_end(&w->net, 0);
        w->net.start_at_ms = when_boot_ms();
    }
    if (w->net.pid == 0 && w->net.start_at_ms != 0)
        (void)!worker_start(&w->net, w->net.start_at_ms); /* when that fails, so does the next line */
    enum err_code rc = worker_tell(&w->net, out, job, pass_fd, secret);
    if (rc == ERR_PROTOCOL)
        deeds_failed(w, job, ERR_INTERNAL);
    else if (rc != OK)
        inbox_lose(w, &w->net);
}

void deeds_tell_net(struct wizard *w, struct wire_out *out, uint32_t job, int pass_fd)
{
    tell_net(w, out, job, pass_fd, NULL);
}

static void do_methods(struct wizard *w, const struct effect *fx, uint64_t now_ms)
{
    struct wire_out out;
    (void)now_ms;
    wire_begin(&out, w->out_frame, M_METHODS, fx->job);
    tell_net(w, &out, fx->job, -1, NULL);
}

static void do_login(struct wizard *w, const struct effect *fx, uint64_t now_ms)
{
    struct wire_out out;
    (void)now_ms;
    wire_begin(&out, w->out_frame, M_LOGIN, fx->job);
    wire_str(&out, F_TCKN, w->form.tckn);
    w->form.password_chars = 0;
    tell_net(w, &out, fx->job, -1, w->desk.password);
}

static void do_request(struct wizard *w, const struct effect *fx, uint64_t now_ms)
{
    struct wire_out out;
    (void)now_ms;
    wire_begin(&out, w->out_frame, M_REQUEST, fx->job);
    tell_net(w, &out, fx->job, -1, NULL);
}

static void do_open(struct wizard *w, const struct effect *fx, uint64_t now_ms)
{
    struct wire_out out;
    char code[CODE_LEN + 1] = "";
    size_t symbols;
    (void)now_ms;
    if (code_read(w->form.code, strlen(w->form.code), code, &symbols) != CODE_FITS) {
        deeds_failed(w, fx->job, ERR_CODE_CHECK);
        return;
    }
    memcpy(w->opened_code, code, sizeof w->opened_code);
    wire_begin(&out, w->out_frame, M_OPEN, fx->job);
    wire_str(&out, F_CODE, code);
    tell_net(w, &out, fx->job, -1, NULL);
}

static void do_extend(struct wizard *w, const struct effect *fx, uint64_t now_ms)
{
    struct wire_out out;
    (void)now_ms;
    wire_begin(&out, w->out_frame, M_EXTEND, fx->job);
    tell_net(w, &out, fx->job, -1, NULL);
}

static void do_submit(struct wizard *w, const struct effect *fx, uint64_t now_ms)
{
    struct wire_out out;
    (void)now_ms;
    wire_begin(&out, w->out_frame, M_SUBMIT, fx->job);
    wire_bytes(&out, F_CMS, w->cms.data, w->cms.len);
    tell_net(w, &out, fx->job, -1, NULL);
}

static void do_status(struct wizard *w, const struct effect *fx, uint64_t now_ms)
{
    struct wire_out out;
    (void)now_ms;
    wire_begin(&out, w->out_frame, M_STATUS, fx->job);
    tell_net(w, &out, fx->job, -1, NULL);
}

static void do_logout(struct wizard *w, const struct effect *fx, uint64_t now_ms)
{
    struct wire_out out;
    (void)now_ms;
    wire_begin(&out, w->out_frame, M_LOGOUT, fx->job);
    tell_net(w, &out, fx->job, -1, NULL);
}

static void do_download(struct wizard *w, const struct effect *fx, uint64_t now_ms)
{
    struct wire_out out;
    int fd = -1;
    (void)now_ms;
    if (saving_open(w->settings.download_dir, w->facts.file, &fd) != OK) {
        deeds_failed(w, fx->job, ERR_DOWNLOAD_NOWHERE);
        return;
    }
    wire_begin(&out, w->out_frame, M_DOWNLOAD, fx->job);
    tell_net(w, &out, fx->job, fd, NULL);
    fd_close(&fd);
}

void deeds_let_card_go(struct wizard *w)
{
    struct wire_out out;
    if (w->held_job == 0)
        return;
    wire_begin(&out, w->out_frame, M_CANCEL, w->held_job);
    (void)!worker_tell(&w->tokens[w->signer], &out, 0, -1, NULL); /* one that is gone holds nothing */
    w->held_job = 0;
}

/* The bytes that go to the card worker are those that were shown. A reader with keys of its own asks there: no secret
 * follows. */
static enum err_code tell_sign(struct wizard *w, struct worker *worker, const struct cert_row *cert, uint32_t job)
{
    struct wire_out out;
    wire_begin(&out, w->out_frame, M_SIGN, job);
    wire_bytes(&out, F_TEXT, w->text.data, w->text.len);
    wire_str(&out, F_CODE, w->opened_code);
    wire_u64(&out, F_CREATED, (uint64_t)w->facts.created);
    wire_u64(&out, F_SIGN_TIME, (uint64_t)w->facts.signing_time);
    wire_bytes(&out, F_CERT, cert->ref, sizeof cert->ref);
    if (w->profile != 0)
        wire_u64(&out, F_PROFILE, w->profile);
    return worker_tell(worker, &out, job, -1, cert->pin_flags & PIN_PAD ? NULL : w->desk.pin);
}

/* What was not told whole has not begun: the card has seen no PIN of it. One that is being started again, its card
 * still listed, is no further loss. */
static void token_told(struct wizard *w, enum err_code rc, uint32_t job)
{
    struct worker *worker = &w->tokens[w->signer];
    if (rc == OK)
        return;
    deeds_failed(w, job, rc == ERR_PROTOCOL ? ERR_INTERNAL : ERR_CARD_RUN);
    if (rc != ERR_PROTOCOL && worker->fd >= 0)
        inbox_lose(w, worker);
}

static void do_sign(struct wizard *w, const struct effect *fx, uint64_t now_ms)
{
    w->form.pin_chars = 0;
    if (fx->value >= w->facts.cert_count) {
        secret_wipe(w->desk.pin);
        deeds_failed(w, fx->job, ERR_CERT_PICK);
        return;
    }
    size_t module = w->cert_module[fx->value];
    if (module != w->signer)
        deeds_let_card_go(w);
    w->held_job = 0; /* of the same card: its second PIN */
    w->signer = module;
    w->facts.signing_time = wizard_signing_time(w, now_ms);
    enum err_code rc = tell_sign(w, &w->tokens[module], &w->facts.certs[fx->value], fx->job);
    secret_wipe(w->desk.pin);
    token_told(w, rc, fx->job);
}

/* The two that are sent; the third has done its work where it was typed. */
static enum err_code tell_change(struct wizard *w, struct worker *worker, const struct cert_row *cert, uint32_t job)
{
    struct wire_out out;
    bool pad = (cert->pin_flags & PIN_PAD) != 0;
    wire_begin(&out, w->out_frame, M_CHANGE_PIN, job);
    wire_bytes(&out, F_CERT, cert->ref, sizeof cert->ref);
    enum err_code rc = worker_tell(worker, &out, job, -1, pad ? NULL : w->desk.parts[PART_OLD]);
    return rc == OK && !pad ? worker_tell_secret(worker, job, w->desk.parts[PART_NEW]) : rc;
}

static void wipe_parts(struct wizard *w, uint32_t parts)
{
    for (uint32_t i = 0; i < PART_COUNT; i++)
        if (parts & 1u << i) {
            secret_wipe(w->desk.parts[i]);
            w->form.part_chars[i] = 0;
        }
}

static void do_change_pin(struct wizard *w, const struct effect *fx, uint64_t now_ms)
{
    (void)now_ms;
    if (fx->value >= w->facts.cert_count) {
        wipe_parts(w, PARTS_ALL);
        deeds_failed(w, fx->job, ERR_CERT_PICK);
        return;
    }
    deeds_let_card_go(w);
    w->signer = w->cert_module[fx->value];
    enum err_code rc = tell_change(w, &w->tokens[w->signer], &w->facts.certs[fx->value], fx->job);
    wipe_parts(w, PARTS_ALL);
    token_told(w, rc, fx->job);
}

static void do_wipe_parts(struct wizard *w, const struct effect *fx, uint64_t now_ms)
{
    (void)now_ms;
    wipe_parts(w, fx->value);
}

static void do_cancel(struct wizard *w, const struct effect *fx, uint64_t now_ms)
{
    struct wire_out out;
    (void)now_ms;
    receipts_cancel(w, fx->job);
    wire_begin(&out, w->out_frame, M_CANCEL, fx->job);
    (void)!worker_tell(&w->net, &out, fx->job, -1, NULL); /* nobody waits for an answer */
    for (size_t i = 0; i < w->modules; i++) {
        wire_begin(&out, w->out_frame, M_CANCEL, fx->job);
        (void)!worker_tell(&w->tokens[i], &out, fx->job, -1, NULL);
    }
}

static void want_start(struct worker *worker, uint64_t now_ms)
{
    uint64_t rested_ms = worker->started_ms == 0 ? now_ms : worker->started_ms + WORKER_REST_MS;
    if (worker->pid == 0)
        worker->start_at_ms = rested_ms > now_ms ? rested_ms : now_ms;
}

/* No driver is configured: nothing is waited for, and the reason is told like any other. */
static void tell_no_driver(struct wizard *w)
{
    snprintf(w->facts.module_detail, sizeof w->facts.module_detail, "%s: modules: []", w->config_path);
    wizard_queue(w, (struct event){.kind = EV_CARDS, .err = ERR_MODULE_BAD});
    wizard_queue(w, (struct event){.kind = EV_TOKEN_UP});
}

static void do_token_start(struct wizard *w, const struct effect *fx, uint64_t now_ms)
{
    (void)fx;
    for (size_t i = 0; i < w->modules; i++)
        want_start(&w->tokens[i], now_ms);
    if (w->modules == 0)
        tell_no_driver(w);
}

static void do_net_start(struct wizard *w, const struct effect *fx, uint64_t now_ms)
{
    (void)fx;
    want_start(&w->net, now_ms);
}

/* The worker that was asked for the signature is the one that hangs; the others' cards stay. */
static void do_token_kill(struct wizard *w, const struct effect *fx, uint64_t now_ms)
{
    (void)fx, (void)now_ms;
    inbox_lose_silent(w, &w->tokens[w->signer]);
}

static void do_doctor_stop(struct wizard *w, const struct effect *fx, uint64_t now_ms)
{
    (void)fx, (void)now_ms;
    worker_end(&w->doctor, 0);
}

/* The one before may not have ended yet. */
static void do_doctor_start(struct wizard *w, const struct effect *fx, uint64_t now_ms)
{
    do_doctor_stop(w, fx, now_ms);
    memset(w->facts.doctor, 0, sizeof w->facts.doctor);
    w->facts.doctor_count = 0;
    w->facts.doctor_code = OK;
    w->facts.doctor_arg = 0;
    w->facts.doctor_detail[0] = '\0';
    if (worker_start(&w->doctor, now_ms) != OK)
        inbox_lose(w, &w->doctor);
}

static void do_wipe_pin(struct wizard *w, const struct effect *fx, uint64_t now_ms)
{
    (void)fx, (void)now_ms;
    secret_wipe(w->desk.pin);
    w->form.pin_chars = 0;
}

static void do_wipe_password(struct wizard *w, const struct effect *fx, uint64_t now_ms)
{
    (void)fx, (void)now_ms;
    secret_wipe(w->desk.password);
    w->form.password_chars = 0;
}

static void do_carry_code(struct wizard *w, const struct effect *fx, uint64_t now_ms)
{
    char groups[CODE_TEXT_LEN + 1];
    (void)fx, (void)now_ms;
    code_group(groups, w->facts.code);
    snprintf(w->form.code, sizeof w->form.code, "%s", groups);
}

static void do_clear_code(struct wizard *w, const struct effect *fx, uint64_t now_ms)
{
    (void)fx, (void)now_ms;
    explicit_bzero(w->form.code, sizeof w->form.code);
}

static void do_copy(struct wizard *w, const struct effect *fx, uint64_t now_ms)
{
    char groups[CODE_TEXT_LEN + 1];
    (void)now_ms;
    code_group(groups, fx->value == COPY_RECEIPT ? w->facts.receipt_code : w->facts.code);
    if (w->face->ops->copy == NULL || !w->face->ops->copy(w->face, groups))
        deeds_failed(w, fx->job, ERR_COPY_UNSURE);
}

static void do_bell(struct wizard *w, const struct effect *fx, uint64_t now_ms)
{
    (void)fx, (void)now_ms;
    if (w->face->ops->bell != NULL)
        w->face->ops->bell(w->face);
}

static void do_say(struct wizard *w, const struct effect *fx, uint64_t now_ms)
{
    const struct note *note = note_of((enum err_code)fx->value);
    const char *next = advice_for(w->plain, w->flow.net_what, (enum err_code)fx->value);
    char said[256], advice[256] = "", line[520];
    (void)now_ms;
    i18n_fill(said, sizeof said, tr(note->said), fx->arg);
    if (next[0] != '\0')
        i18n_fill(advice, sizeof advice, tr(next), fx->arg);
    snprintf(line, sizeof line, "%s%s%s", said, advice[0] != '\0' ? " " : "", advice);
    if (w->face->ops->say != NULL)
        w->face->ops->say(w->face, line);
}

static void forget_facts(struct facts *f)
{
    explicit_bzero(f->person_name, sizeof f->person_name);
    explicit_bzero(f->person_mask, sizeof f->person_mask);
    explicit_bzero(f->consent_number, sizeof f->consent_number);
    explicit_bzero(f->code, sizeof f->code);
    explicit_bzero(f->code_match, sizeof f->code_match);
    explicit_bzero(f->match, sizeof f->match);
    explicit_bzero(f->digest, sizeof f->digest);
    explicit_bzero(f->file, sizeof f->file);
    explicit_bzero(f->path, sizeof f->path);
    f->consent_at = f->created = f->signing_time = 0;
    f->size = f->done = 0;
    f->text = "";
    f->text_len = 0;
    f->stamp = 0;
}

/* Everything about this person leaves memory; the workers that were told of them are new processes afterwards. */
static void do_forget(struct wizard *w, const struct effect *fx, uint64_t now_ms)
{
    (void)fx, (void)now_ms;
    deeds_let_card_go(w);
    secret_wipe(w->desk.pin);
    secret_wipe(w->desk.password);
    wipe_parts(w, PARTS_ALL);
    if (w->face != NULL && w->face->ops->forget != NULL)
        w->face->ops->forget(w->face);
    if (w->flow.state == ST_DONE) /* the last word, when the screen is gone */
        memcpy(w->receipt, w->facts.consent_number, sizeof w->receipt);
    explicit_bzero(&w->form, sizeof w->form);
    forget_facts(&w->facts);
    receipts_forget(w);
    explicit_bzero(w->opened_code, sizeof w->opened_code);
    w->opened_job = 0;
    w->chosen = (struct cards_memory){0};
    w->server_time = 0;
    buf_done(&w->text);
    buf_done(&w->cms);
    unsigned edition = w->view.edition;       /* of what was shown: the next is another one */
    explicit_bzero(&w->view, sizeof w->view); /* composed anew before anything is shown or read */
    w->view.edition = edition;
    w->net.tired = w->net.served;
    for (size_t i = 0; i < w->modules; i++)
        w->tokens[i].tired = w->tokens[i].served;
}

static void do_exit(struct wizard *w, const struct effect *fx, uint64_t now_ms)
{
    (void)now_ms;
    w->done = true;
    w->status = (int)fx->value;
}

static deed *const deeds[FX_COUNT] = {
    [FX_METHODS] = do_methods,
    [FX_LOGIN] = do_login,
    [FX_REQUEST] = do_request,
    [FX_OPEN] = do_open,
    [FX_EXTEND] = do_extend,
    [FX_SUBMIT] = do_submit,
    [FX_STATUS] = do_status,
    [FX_DOWNLOAD] = do_download,
    [FX_LOGOUT] = do_logout,
    [FX_SAVE] = receipts_deed,
    [FX_SHOW] = receipts_deed,
    [FX_PRINT] = receipts_deed,
    [FX_SHORT_CODE] = receipts_code,
    [FX_SIGN] = do_sign,
    [FX_CHANGE_PIN] = do_change_pin,
    [FX_CANCEL] = do_cancel,
    [FX_TOKEN_START] = do_token_start,
    [FX_NET_START] = do_net_start,
    [FX_TOKEN_KILL] = do_token_kill,
    [FX_DOCTOR_START] = do_doctor_start,
    [FX_DOCTOR_STOP] = do_doctor_stop,
    [FX_WIPE_PIN] = do_wipe_pin,
    [FX_WIPE_PARTS] = do_wipe_parts,
    [FX_WIPE_PASSWORD] = do_wipe_password,
    [FX_CARRY_CODE] = do_carry_code,
    [FX_CLEAR_CODE] = do_clear_code,
    [FX_COPY] = do_copy,
    [FX_BELL] = do_bell,
    [FX_SAY] = do_say,
    [FX_FORGET] = do_forget,
    [FX_EXIT] = do_exit,
};

void deeds_do(struct wizard *w, const struct effects *fx, uint64_t now_ms)
{
    for (size_t i = 0; i < fx->n; i++)
        if (fx->v[i].kind < FX_COUNT && deeds[fx->v[i].kind] != NULL)
            deeds[fx->v[i].kind](w, &fx->v[i], now_ms);
}
