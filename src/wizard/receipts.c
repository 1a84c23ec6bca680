#include "config.h"
#include "wizard/receipts.h"

#include <stdio.h>
#include <string.h>

#include "base/ascii.h"
#include "base/code.h"
#include "base/text.h"
#include "base/when.h"

/* ---- asking ---- */

bool receipts_may_save(const struct settings *s, bool kiosk)
{
    return s->receipt.save && (!kiosk || s->receipt.directory != NULL);
}

static const char *folder_of(const struct wizard *w)
{
    return w->settings.receipt.directory != NULL ? w->settings.receipt.directory : ".";
}

/* Numbers are the service's: only what any file system takes of them. */
static void name_for(const struct wizard *w, char out[64])
{
    size_t n = (size_t)snprintf(out, 64, "%s", tr("receipt"));
    out[n++] = '-';
    for (const char *c = w->facts.consent_number; *c != '\0' && n < 56; c++)
        out[n++] = ascii_is_alnum(*c) ? *c : '-';
    snprintf(out + n, 64 - n, "%s", ".asice");
}

void receipts_offer_path(struct wizard *w)
{
    char name[64];
    if (w->form.path[0] != '\0')
        return;
    name_for(w, name);
    bool told = !w->flow.kiosk && w->settings.receipt.directory != NULL;
    int n = told ? snprintf(w->form.path, sizeof w->form.path, "%s/%s", folder_of(w), name) : -1;
    if (n < 0 || (size_t)n >= sizeof w->form.path) /* it goes there all the same */
        memcpy(w->form.path, name, sizeof name);
}

static enum err_code open_file(struct wizard *w, uint32_t job)
{
    char path[SAVING_PATH], name[64];
    name_for(w, name);
    enum err_code rc = receipts_may_save(&w->settings, w->flow.kiosk)
                           ? keeping_path(folder_of(w), w->form.path, name, w->flow.kiosk, path)
                           : ERR_RECEIPT_NOWHERE;
    if (rc == OK)
        rc = keeping_open(&w->keeping, path);
    w->keeping.job = job;
    return rc;
}

void receipts_deed(struct wizard *w, const struct effect *fx, uint64_t now_ms)
{
    struct wire_out out;
    enum err_code rc = fx->kind == FX_SAVE ? open_file(w, fx->job) : OK;
    (void)now_ms;
    if (rc != OK) {
        deeds_failed(w, fx->job, rc);
        return;
    }
    wire_begin(&out, w->out_frame, M_RECEIPT, fx->job);
    wire_str(&out, F_NUMBER, w->facts.consent_number);
    deeds_tell_net(w, &out, fx->job, fx->kind == FX_SAVE ? w->keeping.fd : -1);
}

void receipts_code(struct wizard *w, const struct effect *fx, uint64_t now_ms)
{
    struct wire_out out;
    (void)now_ms;
    wire_begin(&out, w->out_frame, M_RECEIPT_CODE, fx->job);
    deeds_tell_net(w, &out, fx->job, -1);
}

/* ---- answers ---- */

/* Line by line: what no terminal may get is gone, the lines stay. */
static bool take_page(struct wizard *w, const struct wire_view *v)
{
    char line[512];
    enum err_code rc = OK;
    buf_reset(&w->page);
    for (size_t at = 0; rc == OK && at < v->len;) {
        const uint8_t *from = v->data + at, *end = memchr(from, '\n', v->len - at);
        size_t len = end != NULL ? (size_t)(end - from) : v->len - at;
        text_clean(line, sizeof line, (const char *)from, len);
        rc = buf_add(&w->page, line, strlen(line));
        if (rc == OK)
            rc = buf_add(&w->page, "\n", 1);
        at += len + 1;
    }
    if (rc == OK)
        rc = buf_add(&w->page, "", 1); /* its end for the screen */
    w->facts.page = rc == OK ? (const char *)w->page.data : "";
    return rc == OK;
}

static enum err_code kept(struct wizard *w, uint32_t job)
{
    return w->keeping.fd >= 0 && w->keeping.job == job ? keeping_end(&w->keeping, w->facts.receipt_path)
                                                       : ERR_RECEIPT_NOWHERE;
}

/* The command gets what was shown to be a page; its end is the job's. */
static enum err_code print(struct wizard *w, uint32_t job, uint64_t now_ms)
{
    const struct conf_strings *command = &w->settings.receipt.print;
    w->printing.job = job;
    return printing_start(&w->printing, command, w->page.data, w->page.len - 1, now_ms);
}

bool receipts_take(struct wizard *w, const struct wire_msg *m, struct event *ev)
{
    enum effect_kind what = w->flow.net_what;
    if (w->printing.pid != 0 && w->printing.job == m->job)
        return false; /* it was sent already */
    enum err_code rc = take_page(w, &m->val[F_PAGE]) ? OK : ERR_NOMEM;
    w->facts.receipt_early = (uint8_t)m->num[F_EARLY];
    if (rc == OK && what == FX_SAVE)
        rc = kept(w, m->job);
    if (rc == OK && what == FX_PRINT)
        rc = print(w, m->job, ev->now_ms);
    ev->kind = rc != OK ? EV_FAILED : what == FX_PRINT ? EV_PROGRESS : EV_RECEIPT;
    ev->err = rc;
    return true;
}

bool receipts_take_code(struct wizard *w, const struct wire_msg *m, struct event *ev)
{
    char typed[CODE_TEXT_LEN + 1] = "";
    size_t symbols;
    if (!wire_get_str(m, F_CODE, typed, sizeof typed) ||
        code_read(typed, strlen(typed), w->facts.receipt_code, &symbols) != CODE_FITS)
        return false;
    text_clean(w->facts.receipt_address, sizeof w->facts.receipt_address, (const char *)m->val[F_ADDRESS].data,
        m->val[F_ADDRESS].len);
    w->facts.receipt_until = when_utc() + (int64_t)m->num[F_LIFETIME_S];
    ev->kind = EV_SHORT_CODE;
    return true;
}

/* ---- what goes on beside ---- */

void receipts_watch(struct wizard *w, uint64_t now_ms)
{
    enum err_code rc;
    uint32_t job = w->printing.job;
    if (printing_is_over(&w->printing, now_ms, &rc))
        wizard_queue(w, (struct event){.kind = rc == OK ? EV_RECEIPT : EV_FAILED, .job = job, .err = rc});
}

void receipts_cancel(struct wizard *w, uint32_t job)
{
    if (w->keeping.job == job)
        keeping_drop(&w->keeping);
    if (w->printing.job == job)
        printing_end(&w->printing);
}

void receipts_forget(struct wizard *w)
{
    keeping_drop(&w->keeping);
    printing_end(&w->printing);
    buf_done(&w->page);
    w->facts.page = "";
    explicit_bzero(w->facts.receipt_code, sizeof w->facts.receipt_code);
    explicit_bzero(w->facts.receipt_address, sizeof w->facts.receipt_address);
    explicit_bzero(w->facts.receipt_path, sizeof w->facts.receipt_path);
    w->facts.receipt_early = 0;
    w->facts.receipt_until = 0;
}
