/* The background program of a sandbox. */
#include "config.h"

#include "sandbox/serve.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "base/when.h"
#include "sandbox/register.h"
#include "sandbox/world.h"

#define THREADS 2
#define LATE_AT_ONCE 16 /* answers that are late at the same time */

/* One line a request: no address, no name, no number of a person. */
static void log_done(void *ctx, const struct httpd_done *d)
{
    const struct world *w = ctx;
    char at[WHEN_RFC3339];
    when_rfc3339(at, box_now(&w->box));
    fprintf(stderr, "%s %s %s %u %lu ms\n", at, d->method, d->route, d->status, (unsigned long)d->took_ms);
}

static enum err_code open_server(struct world *w, const struct state *s, const struct httpd_conf *conf,
    char url[URL_LEN], struct httpd **ret, struct err *err)
{
    char listen[80];
    struct httpd_conf full = *conf;
    const char *address = setting_get(s->settings, "address");
    snprintf(listen, sizeof listen, strchr(address, ':') != NULL ? "[%s]:0" : "%s:0", address);
    if (!httpd_is_loopback(listen))
        return err_set(err, ERR_CONFIG, "%s is no loopback address", address);
    full.listen = listen;
    full.ctx = w;
    full.done = log_done;
    full.threads = THREADS;
    full.slow_threads = LATE_AT_ONCE;
    full.drain_s = 1;
    enum err_code rc = httpd_new(&full, ret, err);
    if (rc == OK)
        httpd_url(*ret, url, URL_LEN);
    return rc;
}

static enum err_code open_status(struct world *w, struct state *s, struct httpd **ret, struct err *err)
{
    struct httpd_conf conf = {.routes = status_routes, .route_count = status_route_count};
    return open_server(w, s, &conf, s->status_url, ret, err);
}

static enum err_code open_gateway(struct world *w, struct state *s, struct httpd **ret, struct err *err)
{
    char cert[PATH_MAX], key[PATH_MAX];
    box_path(&w->box, cert, "ca/tls.pem");
    box_path(&w->box, key, "ca/tls.key");
    struct httpd_conf conf = {
        .tls_cert = cert, .tls_key = key, .routes = gateway_routes, .route_count = gateway_route_count};
    return open_server(w, s, &conf, s->gateway_url, ret, err);
}

/* OCSP knows the time stamp units, too. */
static enum err_code register_units(const struct world *w, struct err *err)
{
    enum err_code rc = OK;
    for (enum ca_role r = 0; rc == OK && r < CA_ROLES; r++)
        if (ca_issuer_of(r) == CA_TSA_ISSUER)
            rc = register_add(&w->box, w->ca.of[r].cert, CA_TSA_ISSUER, FLAW_NOT_REVOKED, 0, err);
    return rc;
}

/* The certificates carry the addresses of the status server, which therefore comes first; nobody knows its port yet, so
 * nobody asks it before the authority stands. */
static enum err_code make_ca(struct world *w, const struct state *s, struct err *err)
{
    char dir[PATH_MAX], ocsp[URL_LEN + 8], depot[URL_LEN + 8];
    box_path(&w->box, dir, "ca");
    state_urls(s, ocsp, depot);
    enum err_code rc = ca_make(dir, ocsp, depot, box_now(&w->box), &w->ca, err);
    return rc == OK ? register_units(w, err) : rc;
}

static enum err_code tell_ready(const struct world *w, struct err *err)
{
    struct buf text = BUF_INIT(32);
    enum err_code rc = buf_fmt(&text, "%ld\n", (long)getpid());
    if (rc == OK)
        rc = box_write(&w->box, "run/" READY_FILE, &text, err);
    buf_done(&text);
    return rc;
}

static void await_end(const sigset_t *ends)
{
    int sig;
    while (sigwait(ends, &sig) != 0)
        ;
}

enum err_code serve(const char *dir, struct err *err)
{
    struct world w = {.tickets = NULL};
    struct state s = {.settings = NULL};
    struct httpd *status = NULL, *gateway = NULL;
    sigset_t ends;
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    pthread_sigmask(SIG_BLOCK, &ends, NULL); /* before the servers' threads, which inherit it */
    signal(SIGPIPE, SIG_IGN);
    enum err_code rc = box_open(dir, &w.box, err);
    if (rc == OK)
        rc = state_load(&w.box, &s, err);
    if (rc == OK)
        rc = tickets_new(&w.tickets);
    if (rc == OK)
        rc = open_status(&w, &s, &status, err);
    if (rc == OK)
        rc = make_ca(&w, &s, err);
    if (rc == OK)
        rc = open_gateway(&w, &s, &gateway, err);
    if (rc == OK)
        rc = state_save(&w.box, &s, err);
    if (rc == OK)
        rc = tell_ready(&w, err);
    if (rc == OK)
        await_end(&ends);
    httpd_free(&gateway);
    httpd_free(&status);
    ca_done(&w.ca);
    tickets_free(&w.tickets);
    state_done(&s);
    box_done(&w.box);
    return rc;
}
