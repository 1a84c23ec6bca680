/* Each message has a deed; a deed does its job, fills the answer and says OK, or says why not. What breaks a job off
 * (CANCEL, the interface gone) is looked for while a transfer waits. */
#include "config.h"
#include "net/worker.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include "base/ascii.h"
#include "base/fd.h"
#include "base/secret.h"
#include "base/text.h"
#include "base/when.h"
#include "net/download.h"
#include "net/gateway.h"
#include "net/portal.h"
#include "net/receipt.h"
#include "wire/wire.h"

#define RECEIPT_PAGE_BYTES 16384
#define PROGRESS_MS 100 /* at most ten a second */

struct worker {
    int fd;
    const struct settings *settings;
    const struct trust *publisher, *authorities;
    struct http_watch watch;
    struct portal *portal;
    struct delivery *delivery;
    struct secret *secret;
    char authorize_url[PORTAL_URL]; /* of the login under way */
    uint32_t job;
    int passed_fd;
    uint64_t wait_s; /* belongs to the failure */
    uint64_t progress_at_ms;
    bool hung_up;
    uint8_t in[WIRE_MAX], out[WIRE_MAX];
};

/* ---- breaking off ---- */

/* Is a CANCEL waiting? Anything else is left where it is until the job is done; then only the clock wakes us. */
static bool is_cancelled(struct worker *w)
{
    uint8_t frame[WIRE_HEADER];
    struct wire_msg m;
    ssize_t n = recv(w->fd, frame, sizeof frame, MSG_PEEK | MSG_DONTWAIT | MSG_TRUNC);
    size_t len;

    if (n < 0)
        return false;
    if (n == 0) {
        w->hung_up = true;
        return true;
    }
    if (n != WIRE_HEADER || wire_parse(frame, sizeof frame, WIRE_UI, WIRE_NET, &m) != OK || m.type != M_CANCEL) {
        w->watch.fd = -1;
        return false;
    }
    return wire_recv(w->fd, w->in, &len, NULL) == OK && m.job == w->job;
}

static bool carry_on(void *ctx)
{
    return !is_cancelled(ctx);
}

/* ---- answers ---- */

static void put_person(struct wire_out *out, const char *name, const char *mask)
{
    wire_str(out, F_NAME, name);
    wire_str(out, F_MASK, mask);
}

static void put_consent(struct wire_out *out, const struct portal_consent *c)
{
    wire_str(out, F_NUMBER, c->number);
    wire_u64(out, F_AT, (uint64_t)c->at);
    wire_u64(out, F_CHECKING, c->checking ? 1 : 0);
}

static void answer_person(struct worker *w, struct wire_out *out, const struct portal_person *p)
{
    wire_begin(out, w->out, M_PERSON, w->job);
    put_person(out, p->name, p->mask);
    wire_u64(out, F_CONSENTED, p->consented ? 1 : 0);
    if (p->consented)
        put_consent(out, &p->consent);
}

/* ---- deeds ---- */

static enum err_code do_methods(struct worker *w, const struct wire_msg *m, struct wire_out *out, struct err *err)
{
    struct portal_login login;
    unsigned methods = 0;
    bool panel;
    enum err_code rc = portal_login_begin(w->portal, &login, err);

    (void)m;
    if (rc == OK)
        rc = gateway_methods(w->settings, &w->watch, login.authorize_url, &methods, err);
    if (rc != OK)
        return rc;
    memcpy(w->authorize_url, login.authorize_url, sizeof w->authorize_url);
    panel = gateway_takes_password(w->settings, w->authorize_url) && (methods & METHOD_PASSWORD) != 0;
    wire_begin(out, w->out, M_METHODS_OK, w->job);
    wire_u64(out, F_METHODS, methods);
    wire_u64(out, F_PANEL, panel ? 1 : 0);
    wire_u64(out, F_WINDOW_FULL_S, login.policy.window_s);
    wire_u64(out, F_EXTENSIONS, login.policy.extensions);
    return OK;
}

/* The secret comes behind its message in a frame of its own, and is taken off the socket whatever happens to the job.
 */
static enum err_code take_secret(struct worker *w)
{
    uint8_t header[WIRE_HEADER];
    enum err_code rc = wire_expect_secret(w->fd, w->job);

    return rc == OK ? secret_recv(w->secret, w->fd, header, sizeof header) : rc;
}

static enum err_code log_in(struct worker *w, const char *tckn, struct portal_person *ret, struct err *err)
{
    const struct gateway_form form = {w->authorize_url, tckn, w->secret};
    char location[PORTAL_URL] = "";
    enum err_code rc = OK;

    if (!tckn_is_valid(tckn))
        rc = err_set(err, ERR_TCKN_FORM, "not a T.C. ID number");
    else if (secret_len(w->secret) == 0)
        rc = err_set(err, ERR_LOGIN_EMPTY, "no password");
    if (rc == OK)
        rc = gateway_enter(w->settings, &w->watch, &form, location, &w->wait_s, err);
    if (rc == OK)
        rc = portal_login_finish(w->portal, location, err);
    explicit_bzero(location, sizeof location);
    return rc == OK ? portal_person(w->portal, ret, err) : rc;
}

static enum err_code do_login(struct worker *w, const struct wire_msg *m, struct wire_out *out, struct err *err)
{
    struct portal_person person;
    char tckn[TCKN_LEN + 1] = "";
    enum err_code rc;

    if (!wire_get_str(m, F_TCKN, tckn, sizeof tckn) || take_secret(w) != OK) {
        w->hung_up = true;
        return err_set(err, ERR_PROTOCOL, "no secret behind LOGIN");
    }
    rc = log_in(w, tckn, &person, err);
    secret_wipe(w->secret);
    explicit_bzero(tckn, sizeof tckn);
    if (rc == OK)
        answer_person(w, out, &person);
    return rc;
}

static enum err_code do_status(struct worker *w, const struct wire_msg *m, struct wire_out *out, struct err *err)
{
    struct portal_person person;
    enum err_code rc = portal_person(w->portal, &person, err);

    (void)m;
    if (rc == OK)
        answer_person(w, out, &person);
    return rc;
}

static enum err_code do_request(struct worker *w, const struct wire_msg *m, struct wire_out *out, struct err *err)
{
    struct portal_consent consent;
    struct portal_code code;
    enum err_code rc = portal_request(w->portal, &code, &consent, err);

    (void)m;
    if (rc == ERR_ALREADY) {
        wire_begin(out, w->out, M_ALREADY, w->job);
        put_consent(out, &consent);
        return OK;
    }
    if (rc != OK)
        return rc;
    wire_begin(out, w->out, M_REQUEST_OK, w->job);
    wire_str(out, F_CODE, code.code);
    wire_str(out, F_MATCH, code.match);
    wire_u64(out, F_LIFETIME_S, code.lifetime_s);
    wire_u64(out, F_WINDOW_FULL_S, code.policy.window_s);
    wire_u64(out, F_EXTENSIONS, code.policy.extensions);
    if (code.file.offered && w->publisher != NULL) {
        wire_str(out, F_FILE, code.file.name);
        wire_u64(out, F_SIZE, code.file.size);
    }
    explicit_bzero(&code, sizeof code);
    return OK;
}

static enum err_code do_open(struct worker *w, const struct wire_msg *m, struct wire_out *out, struct err *err)
{
    struct portal_opening o;
    char typed[CODE_TEXT_LEN + 1] = "", code[CODE_LEN + 1] = "";
    size_t symbols;
    enum err_code rc;

    if (!wire_get_str(m, F_CODE, typed, sizeof typed) || code_read(typed, strlen(typed), code, &symbols) != CODE_FITS)
        return err_set(err, ERR_CODE_CHECK, "not a code");
    rc = portal_open(w->portal, code, &o, err);
    explicit_bzero(typed, sizeof typed);
    explicit_bzero(code, sizeof code);
    if (rc != OK)
        return rc;
    wire_begin(out, w->out, M_OPENED, w->job);
    wire_bytes(out, F_TEXT, o.text, o.text_len);
    wire_u64(out, F_CREATED, (uint64_t)o.created);
    wire_u64(out, F_SERVER_TIME, (uint64_t)o.server_time);
    wire_u64(out, F_WINDOW_S, o.left.window_s);
    wire_u64(out, F_EXTENSIONS, o.left.extensions);
    if (o.profile != PROFILE_BASELINE)
        wire_u64(out, F_PROFILE, o.profile);
    put_person(out, o.name, o.mask);
    explicit_bzero(o.token, sizeof o.token);
    return OK;
}

static enum err_code do_extend(struct worker *w, const struct wire_msg *m, struct wire_out *out, struct err *err)
{
    struct portal_policy left;
    enum err_code rc = portal_extend(w->portal, &left, err);

    (void)m;
    if (rc != OK)
        return rc;
    wire_begin(out, w->out, M_EXTENDED, w->job);
    wire_u64(out, F_WINDOW_S, left.window_s);
    wire_u64(out, F_EXTENSIONS, left.extensions);
    return OK;
}

static enum err_code do_submit(struct worker *w, const struct wire_msg *m, struct wire_out *out, struct err *err)
{
    struct wire_view cms = m->val[F_CMS];
    struct portal_consent c;
    char digest[2 * sizeof c.sha256 + 1];
    enum err_code rc = portal_submit(w->portal, cms.data, cms.len, &c, err);

    if (rc != OK)
        return rc;
    ascii_hex(digest, c.sha256, sizeof c.sha256);
    wire_begin(out, w->out, M_ACCEPTED, w->job);
    put_consent(out, &c);
    wire_u64(out, F_STAMP, (uint64_t)c.stamp);
    wire_str(out, F_DIGEST, digest);
    return OK;
}

/* A lost PROGRESS does no harm: the next one says more, and the end is said by the answer. */
static void tell_progress(void *ctx, uint64_t done, uint64_t size)
{
    struct worker *w = ctx;
    uint64_t now_ms = when_boot_ms();
    struct wire_out out;
    enum err_code rc;

    if (w->progress_at_ms != 0 && now_ms - w->progress_at_ms < PROGRESS_MS)
        return;
    w->progress_at_ms = now_ms;
    wire_begin(&out, w->out, M_PROGRESS, w->job);
    wire_u64(&out, F_DONE, done);
    wire_u64(&out, F_TOTAL, size);
    rc = wire_send(&out, w->fd, -1);
    (void)rc;
}

static enum err_code do_download(struct worker *w, const struct wire_msg *m, struct wire_out *out, struct err *err)
{
    const struct delivery_order order = {.fd = w->passed_fd,
        .publisher = w->publisher,
        .stall_ms = (uint32_t)w->settings->answer_ms,
        .progress = tell_progress,
        .ctx = w};
    enum err_code rc;

    (void)m;
    w->progress_at_ms = 0;
    if (w->passed_fd < 0)
        return err_set(err, ERR_DOWNLOAD_NOWHERE, "no descriptor came along");
    rc = delivery_run(w->delivery, w->portal, &order, err);
    if (rc == OK)
        wire_begin(out, w->out, M_OK, w->job);
    return rc;
}

static enum err_code do_receipt(struct worker *w, const struct wire_msg *m, struct wire_out *out, struct err *err)
{
    char number[33];
    const struct receipt_wish wish = {.number = number, .fd = w->passed_fd, .trust = w->authorities};
    struct buf page = BUF_INIT(RECEIPT_PAGE_BYTES);
    unsigned early = 0;
    enum err_code rc = wire_get_str(m, F_NUMBER, number, sizeof number) ? OK : ERR_BAD_REQUEST;

    if (rc == OK)
        rc = receipt_get(w->portal, &wish, &page, &early, err);
    if (rc == OK) {
        wire_begin(out, w->out, M_RECEIPT_OK, w->job);
        wire_bytes(out, F_PAGE, page.data, page.len);
        wire_u64(out, F_EARLY, early);
    }
    buf_done(&page);
    return rc;
}

static enum err_code do_receipt_code(struct worker *w, const struct wire_msg *m, struct wire_out *out, struct err *err)
{
    struct portal_short_code c;
    enum err_code rc = portal_receipt_code(w->portal, &c, err);

    (void)m;
    if (rc == ERR_CHECKING || rc == ERR_NOT_FOUND)
        return err_set(err, ERR_RECEIPT_NOT_READY, "%s", note_of(rc)->slug);
    if (rc != OK)
        return rc;
    wire_begin(out, w->out, M_RECEIPT_CODE_OK, w->job);
    wire_str(out, F_CODE, c.code);
    wire_str(out, F_ADDRESS, c.address);
    wire_u64(out, F_LIFETIME_S, c.lifetime_s);
    explicit_bzero(&c, sizeof c);
    return OK;
}

static enum err_code do_logout(struct worker *w, const struct wire_msg *m, struct wire_out *out, struct err *err)
{
    enum err_code rc = portal_logout(w->portal, err);

    (void)m;
    explicit_bzero(w->authorize_url, sizeof w->authorize_url);
    if (rc == OK)
        wire_begin(out, w->out, M_OK, w->job);
    return rc;
}

static const struct deed {
    enum wire_type type;
    enum err_code (*run)(struct worker *, const struct wire_msg *, struct wire_out *, struct err *);
} deeds[] = {
    {M_METHODS, do_methods},
    {M_LOGIN, do_login},
    {M_STATUS, do_status},
    {M_REQUEST, do_request},
    {M_OPEN, do_open},
    {M_EXTEND, do_extend},
    {M_SUBMIT, do_submit},
    {M_DOWNLOAD, do_download},
    {M_RECEIPT, do_receipt},
    {M_RECEIPT_CODE, do_receipt_code},
    {M_LOGOUT, do_logout},
};

/* ---- the loop ---- */

static void answer_err(struct worker *w, struct wire_out *out, enum err_code code, const struct err *err)
{
    uint64_t wait_s = w->wait_s != 0 ? w->wait_s : portal_wait_s(w->portal);
    char detail[sizeof err->detail];

    text_clean(detail, sizeof detail, err->detail, strlen(err->detail));
    wire_begin(out, w->out, M_ERR, w->job);
    wire_u64(out, F_ERROR, code);
    if (wait_s != 0)
        wire_u64(out, F_ARG, wait_s);
    wire_str(out, F_DETAIL, detail);
}

static enum err_code serve(struct worker *w, const struct deed *deed, const struct wire_msg *m)
{
    struct wire_out out;
    struct err err = {.code = OK};
    enum err_code rc;

    w->job = m->job;
    w->wait_s = 0;
    w->watch.fd = w->fd;
    portal_wait_reset(w->portal);
    rc = deed->run(w, m, &out, &err);
    if (rc != OK)
        answer_err(w, &out, rc, &err);
    if (w->hung_up)
        return rc == ERR_PROTOCOL ? rc : ERR_WORKER_GONE;
    rc = wire_send(&out, w->fd, -1);
    explicit_bzero(w->out, out.len);
    return rc;
}

/* A CANCEL that comes after its job is done finds nothing to break off. */
static enum err_code handle(struct worker *w, size_t len)
{
    struct wire_msg m;

    if (wire_parse(w->in, len, WIRE_UI, WIRE_NET, &m) != OK)
        return ERR_PROTOCOL;
    if (m.type == M_CANCEL)
        return OK;
    for (size_t i = 0; i < sizeof deeds / sizeof *deeds; i++)
        if (deeds[i].type == m.type)
            return serve(w, &deeds[i], &m);
    return ERR_PROTOCOL;
}

static enum err_code say_ready(struct worker *w)
{
    struct wire_out out;

    wire_begin(&out, w->out, M_READY, 0);
    return wire_send(&out, w->fd, -1);
}

enum err_code worker_run(struct worker *w)
{
    enum err_code rc = say_ready(w);
    size_t len;

    while (rc == OK) {
        rc = wire_recv(w->fd, w->in, &len, &w->passed_fd);
        if (rc == OK && len == 0)
            return OK;
        if (rc == OK)
            rc = handle(w, len);
        explicit_bzero(w->in, sizeof w->in); /* a T.C. ID number, a code, a signature */
        fd_close(&w->passed_fd);
    }
    return rc == ERR_WORKER_GONE ? OK : rc;
}

enum err_code worker_new(int fd, const struct settings *settings, const struct trust *publisher,
    const struct trust *authorities, struct worker **ret)
{
    struct worker *w = calloc(1, sizeof *w);

    if (w == NULL)
        return ERR_NOMEM;
    w->fd = fd;
    w->passed_fd = -1;
    w->settings = settings;
    w->publisher = publisher;
    w->authorities = authorities;
    w->watch = (struct http_watch){fd, carry_on, w};
    if (portal_new(settings, &w->watch, &w->portal) != OK || delivery_new(&w->delivery) != OK ||
        secret_new(&w->secret) != OK) {
        worker_free(&w);
        return ERR_NOMEM;
    }
    *ret = w;
    return OK;
}

void worker_free(struct worker **w)
{
    if (*w == NULL)
        return;
    portal_free(&(*w)->portal);
    delivery_free(&(*w)->delivery);
    secret_free(&(*w)->secret);
    explicit_bzero(*w, sizeof **w);
    free(*w);
    *w = NULL;
}
