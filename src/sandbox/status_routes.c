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
#define ANSWER_MAX (1u << 20)

static void wait_ms(uint64_t ms)
{
    struct timespec left = {(time_t)(ms / 1000), (long)(ms % 1000) * 1000000};
    while (nanosleep(&left, &left) != 0)
        ;
}

bool world_enter(const struct world *w, const char *who, struct state *ret, struct httpd_answer *a)
{
    uint64_t late_ms = 0;
    if (state_load(&w->box, ret, NULL) != OK) {
        httpd_problem(a, 500, ERR_FILE, NULL);
        return false;
    }
    if (setting_is(ret->settings, who, "away")) {
        httpd_problem(a, 503, ERR_UNREACHABLE, NULL);
        state_done(ret);
        return false;
    }
    if (setting_is(ret->settings, who, "late") &&
        ascii_u64(setting_get(ret->settings, "late_ms"), LATE_MAX_MS, &late_ms))
        wait_ms(late_ms);
    return true;
}

/* For those who need nothing of the state but the mood. */
static bool is_in(const struct world *w, const char *who, struct httpd_answer *a)
{
    struct state s;
    bool in = world_enter(w, who, &s, a);
    if (in)
        state_done(&s);
    return in;
}

typedef enum err_code answer_fn(
    const struct box *b, const struct ca *ca, const uint8_t *der, size_t len, struct buf *ret_der, struct err *err);

static void answer_der(
    struct world *w, struct httpd_request *q, struct httpd_answer *a, answer_fn *fn, const char *type)
{
    struct err err;
    struct buf der = BUF_INIT(ANSWER_MAX);
    size_t len = 0;
    const uint8_t *body = httpd_body(q, &len);
    enum err_code rc = fn(&w->box, &w->ca, body, len, &der, &err);
    if (rc == OK)
        httpd_bytes(a, 200, type, der.data, der.len);
    else
        httpd_problem(a, 500, rc, NULL);
    buf_done(&der);
}

static void on_ocsp(void *ctx, struct httpd_request *q, struct httpd_answer *a)
{
    if (is_in(ctx, "ocsp", a))
        answer_der(ctx, q, a, status_ocsp, "application/ocsp-response");
}

static void on_stamp(void *ctx, struct httpd_request *q, struct httpd_answer *a)
{
    if (is_in(ctx, "tsa", a))
        answer_der(ctx, q, a, status_stamp, "application/timestamp-reply");
}

static void send_crl(struct world *w, enum ca_role issuer, struct httpd_answer *a)
{
    struct err err;
    struct buf der = BUF_INIT(ANSWER_MAX);
    enum err_code rc = status_crl(&w->box, &w->ca, issuer, &der, &err);
    if (rc == OK)
        httpd_bytes(a, 200, "application/pkix-crl", der.data, der.len);
    else
        httpd_problem(a, 500, rc, NULL);
    buf_done(&der);
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
        else if (strcmp(dot, ".crl") == 0 && is_in(w, "crl", a))
            send_crl(w, r, a);
        else if (strcmp(dot, ".crl") != 0)
            httpd_problem(a, 404, ERR_NOT_FOUND, NULL);
        return;
    }
    httpd_problem(a, 404, ERR_NOT_FOUND, NULL);
}

const struct httpd_route status_routes[] = {
    {"POST", "/ocsp", on_ocsp, REQUEST_MAX, "application/ocsp-request", true},
    {"POST", "/tsa", on_stamp, REQUEST_MAX, "application/timestamp-query", true},
    {"GET", "/depo/*", on_depot, 0, NULL, true},
};
const size_t status_route_count = sizeof status_routes / sizeof *status_routes;
