/* OCSP, CRL, certificates and time stamps over plain HTTP, as in the world: the answers are signed. */
#include "config.h"

#include "sandbox/world.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "base/ascii.h"
#include "sandbox/status.h"

#define REQUEST_MAX 65536
#define LATE_MAX_MS 600000
#define RETRY_MAX_S 86400
#define ANSWER_MAX (1u << 20)

static void wait_ms(uint64_t ms)
{
    struct timespec left = {(time_t)(ms / 1000), (long)(ms % 1000) * 1000000};
    while (nanosleep(&left, &left) != 0)
        ;
}

/* The quota is used up: 429, and when to come again. */
static void answer_quota(const struct state *s, struct httpd_answer *a)
{
    uint64_t wait_s = 0;
    if (ascii_u64(setting_get(s->settings, "retry_after_s"), RETRY_MAX_S, &wait_s) && wait_s > 0)
        httpd_problem_wait(a, 429, ERR_BUSY, (unsigned)wait_s);
    else
        httpd_problem(a, 429, ERR_BUSY, NULL);
}

bool world_enter(const struct world *w, const char *who, struct state *ret, struct httpd_answer *a)
{
    uint64_t late_ms = 0;
    if (state_load(&w->box, ret, NULL) != OK) {
        httpd_problem(a, 500, ERR_FILE, NULL);
        return false;
    }
    bool away = setting_is(ret->settings, who, "away");
    if (away)
        httpd_problem(a, 503, ERR_UNREACHABLE, NULL);
    else if (setting_is(ret->settings, who, "quota"))
        answer_quota(ret, a);
    if (away || setting_is(ret->settings, who, "quota")) {
        state_done(ret);
        return false;
    }
    if (setting_is(ret->settings, who, "late") &&
        ascii_u64(setting_get(ret->settings, "late_ms"), LATE_MAX_MS, &late_ms))
        wait_ms(late_ms);
    return true;
}

/* One question to one of them: what it is about, who is asked, in which mood. */
struct question {
    struct world *world;
    const char *mood;
    enum ca_role role; /* the unit, or the issuer of a list */
    const uint8_t *body;
    size_t len;
};
typedef enum err_code answer_fn(const struct question *q, struct buf *ret_der, struct err *err);

static enum err_code make_ocsp(const struct question *q, struct buf *ret_der, struct err *err)
{
    return status_ocsp(&q->world->box, &q->world->ca, q->mood, q->body, q->len, ret_der, err);
}

static enum err_code make_stamp(const struct question *q, struct buf *ret_der, struct err *err)
{
    return status_stamp(&q->world->box, &q->world->ca, q->mood, q->role, q->body, q->len, ret_der, err);
}

static enum err_code make_crl(const struct question *q, struct buf *ret_der, struct err *err)
{
    return status_crl(&q->world->box, &q->world->ca, q->mood, q->role, ret_der, err);
}

static void answer_der(struct question q, struct httpd_answer *a, answer_fn *fn, const char *type)
{
    struct err err;
    struct buf der = BUF_INIT(ANSWER_MAX);
    enum err_code rc = strcmp(q.mood, "garbage") == 0 ? buf_str(&der, "<html>bakım</html>\n") : fn(&q, &der, &err);
    if (rc == OK)
        httpd_bytes(a, 200, type, der.data, der.len);
    else
        httpd_problem(a, 500, rc, NULL);
    buf_done(&der);
}

/* `who` answers in its mood of now. */
static void answer_as(struct world *w, const char *who, enum ca_role role, struct httpd_request *request,
    struct httpd_answer *a, answer_fn *fn, const char *type)
{
    struct state s;
    if (!world_enter(w, who, &s, a))
        return;
    struct question q = {.world = w, .mood = setting_get(s.settings, who), .role = role};
    q.body = httpd_body(request, &q.len);
    answer_der(q, a, fn, type);
    state_done(&s);
}

static void on_ocsp(void *ctx, struct httpd_request *q, struct httpd_answer *a)
{
    answer_as(ctx, "ocsp", CA_ROLES, q, a, make_ocsp, "application/ocsp-response");
}

#define STAMP_TYPE "application/timestamp-reply"

static void on_stamp(void *ctx, struct httpd_request *q, struct httpd_answer *a)
{
    answer_as(ctx, "tsa", CA_TSA, q, a, make_stamp, STAMP_TYPE);
}

static void on_stamp2(void *ctx, struct httpd_request *q, struct httpd_answer *a)
{
    answer_as(ctx, "tsa2", CA_TSA2, q, a, make_stamp, STAMP_TYPE);
}

static void send_cert(X509 *cert, struct httpd_answer *a)
{
    unsigned char *der = NULL;
    int len = i2d_X509(cert, &der);
    if (len > 0)
        httpd_bytes(a, 200, "application/pkix-cert", der, (size_t)len);
    OPENSSL_free(der);
}

/* /depo/STEM.crl and /depo/STEM.cer */
static void on_depot(void *ctx, struct httpd_request *q, struct httpd_answer *a)
{
    struct world *w = ctx;
    const char *tail = httpd_tail(q), *dot = strrchr(tail, '.');
    for (enum ca_role r = 0; dot != NULL && r < CA_ROLES; r++) {
        const char *stem = ca_stem(r);
        if (!ca_is_issuer(r) || strlen(stem) != (size_t)(dot - tail) || memcmp(stem, tail, strlen(stem)) != 0)
            continue;
        if (strcmp(dot, ".cer") == 0)
            send_cert(w->ca.of[r].cert, a);
        else if (strcmp(dot, ".crl") == 0)
            answer_as(w, "crl", r, q, a, make_crl, "application/pkix-crl");
        else
            httpd_problem(a, 404, ERR_NOT_FOUND, NULL);
        return;
    }
    httpd_problem(a, 404, ERR_NOT_FOUND, NULL);
}

const struct httpd_route status_routes[] = {
    {"POST", "/ocsp", on_ocsp, REQUEST_MAX, "application/ocsp-request", true},
    {"POST", "/tsa", on_stamp, REQUEST_MAX, "application/timestamp-query", true},
    {"POST", "/tsa2", on_stamp2, REQUEST_MAX, "application/timestamp-query", true},
    {"GET", "/depo/*", on_depot, 0, NULL, true},
};
const size_t status_route_count = sizeof status_routes / sizeof *status_routes;
