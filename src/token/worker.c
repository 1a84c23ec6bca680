/* Nothing here waits but poll(); what may hang is a call into the vendor's module, and for that the UI ends the
 * process. */
#include "config.h"
#include "token/worker.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include "base/code.h"
#include "base/match.h"
#include "base/secret.h"
#include "base/text.h"
#include "base/when.h"
#include "sign/cades.h"
#include "token/changing.h"
#include "token/report.h"
#include "token/signing.h"
#include "token/watch.h"
#include "wire/wire.h"

#define ALIVE_SHARE 4        /* signs of life for each hang_ms */
#define UTC_MAX 253402300799 /* the year 9999 */

/* What may be signed, as the UI was answered: the text's digest and the request's code. */
struct told {
    uint8_t sha256[32];
    char code[CODE_LEN + 1]; /* "": nothing */
};

struct worker {
    struct worker_start with;
    struct report report;
    struct watch watch;
    char mask[12];          /* "": nobody signed in yet */
    int64_t server_ahead_s; /* server's UTC less our boot clock; without one, the machine's clock is taken */
    bool server_known;
    struct told told;
    struct secret *pin, *new_pin;
    uint32_t
        pin_job; /* of the last SIGN or CHANGE_PIN: a SECRET of it is read into the page even when it is of no use */
    struct signing *signing;   /* waits for a PIN */
    struct changing *changing; /* waits for the old PIN and the new one */
    bool has_old;              /* the old one has come */
    uint64_t alive_ms;         /* boot clock: when the UI is to hear from us again */
    uint8_t in[WIRE_MAX], out[WIRE_MAX];
};

/* ---- the list ---- */

static int64_t now_utc(const struct worker *w)
{
    return w->server_known ? (int64_t)(when_boot_ms() / 1000) + w->server_ahead_s : when_utc();
}

static const char *mask_of(const struct worker *w)
{
    return w->mask[0] != '\0' ? w->mask : NULL;
}

static enum err_code list_send(struct worker *w)
{
    struct err trouble = watch_trouble(&w->watch);

    certs_judge(&w->watch.certs, w->with.trust, now_utc(w), mask_of(w));
    return report_list(&w->report, &w->watch.cards, &w->watch.certs, &trouble);
}

/* ---- answers ---- */

static uint64_t logins(const struct worker *w)
{
    return w->watch.module == NULL ? 0 : module_guard(w->watch.module)->counts().logins;
}

static enum err_code fail(struct worker *w, uint32_t job, const struct err *err, uint64_t arg, unsigned pin_flags)
{
    return report_failure(
        &w->report, job, (struct report_error){.err = err, .arg = arg, .pin_flags = pin_flags, .logins = logins(w)});
}

static enum err_code fail_plain(struct worker *w, uint32_t job, enum err_code code, const char *detail)
{
    struct err err;

    (void)err_set(&err, code, "%s", detail);
    return fail(w, job, &err, 0, 0);
}

/* What a call says of itself once the link to the desk is cut is beside the point. */
static enum err_code fail_at_card(struct worker *w, struct err *err, uint64_t arg, unsigned pin_flags)
{
    (void)watch_is_cut(&w->watch, err);
    return fail(w, w->pin_job, err, arg, pin_flags);
}

/* ---- looking again ---- */

/* What was begun with a card is given up; it is logged out. */
static void let_go(struct worker *w)
{
    signing_end(&w->signing);
    changing_end(&w->changing);
    w->has_old = false;
    secret_wipe(w->pin);
}

/* Is the card still there that a PIN is waited for? */
static bool is_worked_with(const struct worker *w, const struct card *card)
{
    return w->signing != NULL ? signing_is_on(w->signing, card) : card_is(changing_card(w->changing), card);
}

static bool has_lost_card(const struct worker *w)
{
    if (w->signing == NULL && w->changing == NULL)
        return false;
    for (size_t i = 0; i < w->watch.cards.n; i++)
        if (is_worked_with(w, &w->watch.cards.v[i]))
            return false;
    return true;
}

static enum err_code look_again(struct worker *w)
{
    if (!watch_look(&w->watch, w->signing == NULL))
        return OK;
    if (has_lost_card(w)) {
        struct err err = {.code = ERR_CARD_GONE};

        let_go(w);
        if (fail_at_card(w, &err, 0, 0) != OK)
            return ERR_WORKER_GONE;
    }
    return list_send(w);
}

/* ---- messages ---- */

static enum err_code on_holder(struct worker *w, const struct wire_msg *m)
{
    if (!wire_get_str(m, F_MASK, w->mask, sizeof w->mask))
        return ERR_PROTOCOL;
    w->server_known = m->has[F_SERVER_TIME];
    if (w->server_known)
        w->server_ahead_s = (int64_t)m->num[F_SERVER_TIME] - (int64_t)(when_boot_ms() / 1000);
    (void)watch_look(&w->watch, w->signing == NULL);
    return list_send(w);
}

/* The text and the code of a message. */
static enum err_code told_read(const struct wire_msg *m, struct told *ret)
{
    const struct wire_view text = m->val[F_TEXT], typed = m->val[F_CODE];
    size_t symbols;

    if (typed.len != CODE_LEN || code_read((const char *)typed.data, typed.len, ret->code, &symbols) != CODE_FITS)
        return ERR_BAD_REQUEST;
    if (text.len == 0)
        return ERR_BAD_REQUEST;
    if (!text_is_safe((const char *)text.data, text.len))
        return ERR_TEXT_UNSAFE;
    consent_text_digest(text.data, text.len, ret->sha256);
    return OK;
}

static bool is_told(const struct told *told, const struct told *of)
{
    return strcmp(told->code, of->code) == 0 && memcmp(told->sha256, of->sha256, sizeof told->sha256) == 0;
}

/* A signature that was begun over the one before waits for its PIN in vain. */
static enum err_code tell(struct worker *w, const struct told *told)
{
    bool begun = w->signing != NULL && !is_told(&w->told, told);

    w->told = *told;
    if (!begun)
        return OK;
    let_go(w);
    return fail_plain(w, w->pin_job, ERR_MATCH_DIFFERS, "");
}

static enum err_code on_text(struct worker *w, const struct wire_msg *m)
{
    static const struct told nothing = {.code = ""};
    struct told told;
    char grouped[MATCH_TEXT_LEN + 1], plain[MATCH_LEN + 1];
    enum err_code rc = told_read(m, &told);

    if (tell(w, rc == OK ? &told : &nothing) != OK)
        return ERR_WORKER_GONE;
    if (rc != OK)
        return fail_plain(w, m->job, rc, "");
    match_code(told.sha256, grouped);
    match_plain(grouped, plain);
    return report_match(&w->report, m->job, plain);
}

/* The claim's views stay in the received frame; its code is the worker's. */
static enum err_code claim_read(const struct worker *w, const struct wire_msg *m, struct consent_claim *ret)
{
    const struct wire_view text = m->val[F_TEXT];
    struct told of;
    enum err_code rc = told_read(m, &of);

    if (rc != OK)
        return rc;
    if (m->num[F_CREATED] > UTC_MAX || m->num[F_SIGN_TIME] > UTC_MAX || m->val[F_CERT].len != 32)
        return ERR_BAD_REQUEST;
    if (!is_told(&w->told, &of))
        return ERR_MATCH_DIFFERS;
    *ret = (struct consent_claim){.service = w->with.settings->service,
        .code = w->told.code,
        .created = (int64_t)m->num[F_CREATED],
        .signing_time = (int64_t)m->num[F_SIGN_TIME],
        .text = text.data,
        .text_len = text.len,
        .profile = m->has[F_PROFILE] ? (enum profile)m->num[F_PROFILE] : PROFILE_BASELINE};
    return OK;
}

/* The certificate as it is now, good for signing at the claim's time. */
static enum err_code cert_choose(
    const struct worker *w, const uint8_t ref[32], int64_t at, const struct card_cert **ret)
{
    const struct card_cert *c = certs_find(&w->watch.certs, ref);
    int64_t reason_at;

    if (c == NULL)
        return w->watch.cards.n == 0 ? ERR_CARD_GONE : ERR_CARD_OTHER;
    if (cert_reason_at(&w->watch.certs, c, w->with.trust, at, mask_of(w), &reason_at) != REASON_USABLE)
        return ERR_CERT_CANNOT;
    *ret = c;
    return OK;
}

/* What waits for its second PIN goes on; whatever else was begun is ended. */
static enum err_code signing_prepare(struct worker *w, const struct card_cert *cert, STACK_OF(X509) *chain,
    const struct consent_claim *claim, struct err *err)
{
    if (w->signing != NULL && signing_waits(w->signing, cert))
        return signing_renew(w->signing, chain, claim, err);
    let_go(w);
    return signing_begin(w->watch.module, &w->watch.cards.v[cert->card], cert, chain, claim, &w->signing, err);
}

static enum err_code signing_start(struct worker *w, const struct wire_msg *m, struct err *err)
{
    struct consent_claim claim;
    const struct card_cert *cert;
    STACK_OF(X509) *chain;
    enum err_code rc;

    if (w->watch.module == NULL)
        return err_set(err, w->watch.broken.code, "%s", w->watch.broken.detail);
    rc = claim_read(w, m, &claim);
    if (rc == OK)
        rc = cert_choose(w, m->val[F_CERT].data, claim.signing_time, &cert);
    if (rc == OK)
        rc = cert_chain(&w->watch.certs, cert, w->with.trust, claim.signing_time, &chain);
    if (rc != OK)
        return err_set(err, rc, "%s", "");
    rc = signing_prepare(w, cert, chain, &claim, err);
    sk_X509_pop_free(chain, X509_free);
    return rc;
}

static uint64_t limit_of(const struct card *card, enum err_code code)
{
    bool at_least = code == ERR_PIN_SHORT || code == ERR_NEW_PIN_SHORT;
    bool at_most = code == ERR_PIN_LONG || code == ERR_NEW_PIN_LONG;

    return at_least ? card->pin_min : at_most ? card->pin_max : 0;
}

/* With the PIN in its page, or for a reader with keys of its own. */
static enum err_code sign(struct worker *w)
{
    struct buf cms = BUF_INIT(CADES_MAX);
    struct err err = {0};
    enum err_code rc = signing_pin(w->signing, w->pin, &cms, &err), sent;

    if (rc == OK) {
        signing_end(&w->signing); /* logged out before the answer */
        sent = report_signed(&w->report, w->pin_job, &cms, logins(w));
    } else {
        struct card card = *signing_card(w->signing);

        if (rc != ERR_PIN_AGAIN)
            signing_end(&w->signing);
        sent = fail_at_card(w, &err, limit_of(&card, rc), card.pin_flags);
    }
    buf_done(&cms);
    w->watch.look_ms = 0; /* its flags may have changed */
    return sent;
}

static enum err_code on_sign(struct worker *w, const struct wire_msg *m)
{
    struct err err = {0};

    if (look_again(w) != OK)
        return ERR_WORKER_GONE;
    w->pin_job = m->job;
    if (signing_start(w, m, &err) != OK) {
        let_go(w);
        return fail_at_card(w, &err, 0, 0);
    }
    return (signing_card(w->signing)->pin_flags & PIN_ON_PAD) != 0 ? sign(w) : OK;
}

/* ---- another PIN ---- */

static enum err_code card_by_cert(const struct worker *w, const struct wire_msg *m, const struct card **ret)
{
    const struct card_cert *c = NULL;

    if (m->val[F_CERT].len != 32)
        return ERR_BAD_REQUEST;
    c = certs_find(&w->watch.certs, m->val[F_CERT].data);
    if (c == NULL)
        return w->watch.cards.n == 0 ? ERR_CARD_GONE : ERR_CARD_OTHER;
    *ret = &w->watch.cards.v[c->card];
    return OK;
}

static enum err_code card_by_ref(const struct worker *w, const struct wire_msg *m, const struct card **ret)
{
    uint8_t ref[32];

    for (size_t i = 0; m->val[F_CARD_REF].len == sizeof ref && i < w->watch.cards.n; i++) {
        card_ref(&w->watch.cards.v[i], ref);
        if (memcmp(ref, m->val[F_CARD_REF].data, sizeof ref) != 0)
            continue;
        *ret = &w->watch.cards.v[i];
        return OK;
    }
    return w->watch.cards.n == 0 ? ERR_CARD_GONE : ERR_CARD_OTHER;
}

static enum err_code changing_start(struct worker *w, const struct wire_msg *m, struct err *err)
{
    const struct card *card;
    enum err_code rc;

    if (w->watch.module == NULL)
        return err_set(err, w->watch.broken.code, "%s", w->watch.broken.detail);
    rc = m->has[F_CERT] ? card_by_cert(w, m, &card) : card_by_ref(w, m, &card);
    if (rc != OK)
        return err_set(err, rc, "%s", "");
    if (w->changing != NULL && changing_waits(w->changing, card))
        return OK;
    let_go(w);
    return changing_begin(w->watch.module, card, &w->changing, err);
}

/* With both PINs in their pages, or for a reader with keys of its own. The list is told first: whoever hears the answer
 * knows the flags. */
static enum err_code change(struct worker *w)
{
    struct err err = {0};
    enum err_code rc = changing_pins(w->changing, w->pin, w->new_pin, &err);
    struct card card = *changing_card(w->changing);

    w->has_old = false;
    if (rc != ERR_PIN_AGAIN)
        changing_end(&w->changing);
    if (rc != OK)
        w->watch.look_ms = 0;
    else if (look_again(w) != OK)
        return ERR_WORKER_GONE;
    if (rc == OK)
        return report_ok(&w->report, w->pin_job);
    if (rc == ERR_PIN_UNSURE) /* that either PIN may hold matters more than why */
        return fail(w, w->pin_job, &err, 0, card.pin_flags);
    return fail_at_card(w, &err, limit_of(&card, rc), card.pin_flags);
}

/* A refusal is told before the list: a list without the card may else be one after the change. */
static enum err_code change_refuse(struct worker *w, struct err *err, bool relist)
{
    let_go(w);
    if (fail_at_card(w, err, 0, 0) != OK)
        return ERR_WORKER_GONE;
    return relist ? list_send(w) : OK;
}

static enum err_code on_change_pin(struct worker *w, const struct wire_msg *m)
{
    struct err err = {0};
    bool relist = watch_look(&w->watch, w->signing == NULL);

    w->pin_job = m->job;
    w->has_old = false;
    if (changing_start(w, m, &err) != OK)
        return change_refuse(w, &err, relist);
    if (relist && list_send(w) != OK)
        return ERR_WORKER_GONE;
    return (changing_card(w->changing)->pin_flags & PIN_ON_PAD) != 0 ? change(w) : OK;
}

static enum err_code on_tokens(struct worker *w, const struct wire_msg *m)
{
    enum err_code rc = look_again(w);

    for (size_t i = 0; rc == OK && i < w->watch.cards.n; i++)
        rc = report_token(&w->report, m->job, &w->watch.cards.v[i]);
    return rc == OK ? report_ok(&w->report, m->job) : rc;
}

static enum err_code on_cancel(struct worker *w, const struct wire_msg *m)
{
    if ((w->signing == NULL && w->changing == NULL) || m->job != w->pin_job)
        return OK; /* answered already */
    let_go(w);
    return fail_plain(w, m->job, ERR_CANCELLED, "");
}

static const struct {
    enum wire_type type;
    enum err_code (*act)(struct worker *, const struct wire_msg *);
} deeds[] = {
    {M_HOLDER, on_holder},
    {M_TEXT, on_text},
    {M_SIGN, on_sign},
    {M_CHANGE_PIN, on_change_pin},
    {M_TOKENS, on_tokens},
    {M_CANCEL, on_cancel},
};

static enum err_code on_message(struct worker *w, const struct wire_msg *m)
{
    for (size_t i = 0; i < sizeof deeds / sizeof *deeds; i++)
        if (deeds[i].type == m->type)
            return deeds[i].act(w, m);
    return ERR_PROTOCOL;
}

static enum err_code on_secret(struct worker *w)
{
    uint8_t header[WIRE_HEADER];
    struct secret *typed = w->has_old ? w->new_pin : w->pin;
    enum err_code rc = secret_recv(typed, w->with.fd, header, sizeof header);

    if (rc != OK)
        return rc;
    if (w->signing != NULL)
        return sign(w);
    if (w->changing == NULL)
        secret_wipe(typed); /* what it was for was refused, or cancelled */
    else if (w->has_old)
        return change(w);
    else
        w->has_old = true;
    return OK;
}

static enum err_code on_frame(struct worker *w)
{
    struct wire_msg m;
    size_t len;
    enum err_code rc = wire_recv(w->with.fd, w->in, &len, NULL);

    if (rc == OK && len == 0)
        return ERR_WORKER_GONE;
    if (rc == OK)
        rc = wire_parse(w->in, len, WIRE_UI, WIRE_TOKEN, &m);
    if (rc == OK)
        rc = on_message(w, &m);
    explicit_bzero(w->in, sizeof w->in); /* whatever it was */
    return rc;
}

static enum err_code on_readable(struct worker *w)
{
    enum err_code rc = wire_expect_secret(w->with.fd, w->pin_job);

    if (rc == OK)
        return on_secret(w);
    return rc == ERR_PROTOCOL ? on_frame(w) : rc;
}

/* ---- life ---- */

static uint64_t next_ms(const struct worker *w)
{
    return w->watch.look_ms < w->alive_ms ? w->watch.look_ms : w->alive_ms;
}

static int wait_ms(const struct worker *w)
{
    uint64_t now_ms = when_boot_ms();

    return now_ms >= next_ms(w) ? 0 : (int)(next_ms(w) - now_ms);
}

/* While a call hangs in the driver nothing is said: by that the UI knows. */
static enum err_code on_time(struct worker *w)
{
    if (when_boot_ms() >= w->alive_ms) {
        w->alive_ms = when_boot_ms() + w->with.settings->hang_ms / ALIVE_SHARE;
        if (report_alive(&w->report) != OK)
            return ERR_WORKER_GONE;
    }
    return when_boot_ms() >= w->watch.look_ms ? look_again(w) : OK;
}

static enum err_code loop(struct worker *w)
{
    enum err_code rc = OK;

    while (rc == OK || rc == ERR_SLOW) {
        struct pollfd p = {.fd = w->with.fd, .events = POLLIN};
        int ready = poll(&p, 1, wait_ms(w));

        if (ready > 0)
            rc = on_readable(w);
        else if (ready == 0)
            rc = on_time(w);
        else if (errno != EINTR)
            return ERR_INTERNAL;
    }
    return rc == ERR_WORKER_GONE ? OK : rc;
}

static enum err_code begin(struct worker *w)
{
    enum err_code rc = report_ready(&w->report);

    if (rc != OK)
        return rc;
    watch_open(&w->watch);
    return list_send(w);
}

enum err_code worker_run(const struct worker_start *start, struct err *err)
{
    struct worker *w = calloc(1, sizeof *w);
    enum err_code rc = OK;

    if (w == NULL || secret_new(&w->pin) != OK || secret_new(&w->new_pin) != OK) {
        if (w != NULL)
            secret_free(&w->pin);
        free(w);
        return err_set(err, ERR_NOMEM, "worker");
    }
    w->with = *start;
    w->report = (struct report){start->fd, w->out};
    w->watch.guard_path = start->guard_path;
    w->watch.module_path = start->module->path;
    w->watch.forward = settings_forward_address(start->module);
    w->watch.wait_ms = (unsigned)(start->settings->hang_ms / ALIVE_SHARE); /* else the UI takes us for hanging */
    w->watch.poll_ms = start->settings->poll_ms;
    w->watch.without_pads = !start->settings->pin_pad;
    rc = begin(w);
    if (rc == OK)
        rc = loop(w);
    signing_end(&w->signing);
    changing_end(&w->changing);
    watch_done(&w->watch);
    secret_free(&w->pin);
    secret_free(&w->new_pin);
    free(w);
    return rc == OK || rc == ERR_WORKER_GONE ? OK : err_set(err, rc, "%s", note_of(rc)->slug);
}
