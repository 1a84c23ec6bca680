#include "config.h"

#include "service/portal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/text.h"
#include "base/when.h"
#include "service/routes.h"
#include "service/stamping.h"
#include "service/standing.h"

/* Slow handlers wait for others. The crew is larger than both kinds of calls, those who wait for another's judgement
 * and those who wait for a time stamp together, so that some are always there for work of our own. */
#define CREW (GATEWAY_CALLS + REVOCATION_CALLS + TURN_WAITERS + STAMP_WAITERS + 8)
#define CREW_QUEUE 128
#define CONNECT_MS 2000

/* Wrong codes, all connections together: a code has 55 bits, so even this pace needs ages; it only keeps the store
 * calm. */
#define WRONG_CODES_BURST 200
#define WRONG_CODES_PER_S 20
#define WRONG_CODES_OF_ONE_PER_S 1
#define NEW_LOGINS_BURST 200
#define NEW_LOGINS_PER_S 50
#define NEW_LOGINS_OF_ONE 50
#define NEW_LOGINS_OF_ONE_PER_S 10

static enum err_code read_text(struct portal *p, struct err *err)
{
    const char *path = p->conf->texts;
    p->text = BUF_INIT(TEXT_MAX);
    enum err_code e = buf_read_file(&p->text, path, err);
    if (e != OK)
        return e;
    if (p->text.len == 0 || !text_is_safe((const char *)p->text.data, p->text.len))
        return err_set(err, ERR_CONFIG, "%s: holds nothing, or a character that may not be signed", path);
    p->text_digest = digest_of(p->text.data, p->text.len);
    return OK;
}

/* One line; the line end is not part of it. */
static enum err_code read_client_secret(struct portal *p, struct err *err)
{
    const char *path = p->conf->gateway.client_secret_file;
    p->client_secret = BUF_INIT(1024);
    enum err_code e = buf_read_file(&p->client_secret, path, err);
    if (e != OK)
        return e;
    while (p->client_secret.len > 0 && strchr("\r\n", p->client_secret.data[p->client_secret.len - 1]))
        p->client_secret.data[--p->client_secret.len] = '\0';
    return p->client_secret.len > 0 ? OK : err_set(err, ERR_CONFIG, "%s: is empty", path);
}

static enum err_code open_calls(struct portal *p)
{
    const struct service_conf *s = p->conf;
    struct http_setup gateway = {
        .ca_file = s->gateway.tls_ca, .connect_ms = CONNECT_MS, .total_ms = (uint32_t)s->gateway_timeout_ms};
    struct http_setup revocation = {
        .plain = true, .connect_ms = (uint32_t)s->ocsp_timeout_ms, .total_ms = (uint32_t)s->ocsp_timeout_ms};
    enum err_code e = outgoing_new(&gateway, GATEWAY_CALLS, &p->gateway_calls);
    return e == OK ? outgoing_new(&revocation, REVOCATION_CALLS, &p->revocation_calls) : e;
}

static enum err_code open_receipts(struct portal *p, struct err *err)
{
    const char *key = p->conf->receipt.key, *certificate = p->conf->receipt.certificate;
    return key ? seal_load(key, certificate, p->trust, hour_now(p->hour), &p->receipt_seal, err) : OK;
}

static enum err_code ledger_of(void *portal, const char *number, struct buf *ret_json)
{
    return ledger_proof_of(portal, number, ret_json);
}

struct receipt_maker portal_receipts(struct portal *p)
{
    return (struct receipt_maker){p->store, p->receipt_seal, p->conf->service, p->conf->test, ledger_of, p};
}

/* Where one address may take every connection, it is a proxy's. */
static enum err_code open_crowds(struct portal *p)
{
    if (p->conf->http.per_address >= p->conf->http.connections)
        return OK;
    enum err_code e = crowd_new(WRONG_CODES_OF_ONE, WRONG_CODES_OF_ONE_PER_S, &p->wrong_by_sender);
    return e == OK ? crowd_new(NEW_LOGINS_OF_ONE, NEW_LOGINS_OF_ONE_PER_S, &p->logins_by_sender) : e;
}

static enum err_code open_parts(struct portal *p, struct err *err)
{
    const struct service_conf *s = p->conf;
    enum err_code e = diary_open(s->log_file, &p->diary, err);
    if (e == OK)
        e = hour_new(s->clock_file, &p->hour);
    if (e == OK)
        e = read_text(p, err);
    if (e == OK)
        e = read_client_secret(p, err);
    if (e == OK)
        e = trust_load(s->trust, &p->trust, err);
    if (e == OK)
        e = trust_set_nes(p->trust, s->nes_rule, err);
    if (e == OK && !profile_by_name(s->profile, &p->profile))
        e = err_set(err, ERR_CONFIG, "profile");
    if (e == OK)
        e = open_receipts(p, err);
    if (e == OK)
        e = open_calls(p);
    if (e == OK)
        e = turns_new(CREW, &p->turns);
    if (e == OK)
        e = held_new(&p->held);
    if (e == OK)
        e = open_crowds(p);
    if (e == OK)
        e = application_open(s->application.file, s->application.signature, &p->application, err);
    if (e == OK)
        e = store_open(s->store, STORE_SERVE, &p->store, err);
    if (e == OK)
        store_key(p->store, p->key);
    if (e == OK)
        e = ledger_open(p, &p->ledger, err);
    return e;
}

/* Health is asked for all the time and says nothing. */
static void on_done(void *ctx, const struct httpd_done *d)
{
    struct portal *p = ctx;
    if (d->status != 200 || strcmp(d->route, "/v1/health") != 0)
        diary_say(p->diary, "request", "method=%s route=%s status=%u ms=%llu", d->method, d->route, d->status,
            (unsigned long long)d->took_ms);
}

/* Before the first request: whoever signs in is sent back to this address. */
static void name_addresses(void *ctx, const char *url)
{
    struct portal *p = ctx;
    snprintf(p->url, sizeof p->url, "%s", p->conf->public_url ? p->conf->public_url : url);
    snprintf(p->redirect_uri, sizeof p->redirect_uri, "%s" LOGIN_CALLBACK, p->url);
}

static enum err_code open_server(struct portal *p, struct err *err)
{
    const struct service_conf *s = p->conf;
    struct httpd_conf conf = {.listen = s->listen,
        .tls_cert = s->tls_cert,
        .tls_key = s->tls_key,
        .ctx = p,
        .done = on_done,
        .listening = name_addresses,
        .threads = (unsigned)s->threads,
        .slow_threads = CREW,
        .slow_queue = CREW_QUEUE,
        .connections = (unsigned)s->http.connections,
        .per_address = (unsigned)s->http.per_address,
        .idle_s = (unsigned)s->http.idle_s,
        .request_s = (unsigned)s->http.request_s};
    conf.routes = routes_all(&conf.route_count);
    return httpd_new(&conf, &p->server, err);
}

enum err_code portal_open(const struct service_conf *conf, struct portal **ret, struct err *err)
{
    struct portal *p = calloc(1, sizeof *p);
    if (!p)
        return err_set(err, ERR_NOMEM, "service");
    uint64_t now_ms = when_boot_ms();
    p->conf = conf;
    bucket_init(&p->wrong_codes, WRONG_CODES_BURST, WRONG_CODES_PER_S, now_ms);
    bucket_init(&p->new_logins, NEW_LOGINS_BURST, NEW_LOGINS_PER_S, now_ms);
    enum err_code e = open_parts(p, err);
    if (e == OK)
        e = stamping_new(p, &p->stamping, err);
    if (e == OK)
        e = open_server(p, err);
    if (e == OK)
        e = keeper_new(p, &p->keeper);
    if (e != OK)
        portal_close(&p);
    else
        *ret = p;
    return e;
}

void portal_close(struct portal **portal)
{
    struct portal *p = *portal;
    if (!p)
        return;
    httpd_free(&p->server);
    stamping_free(&p->stamping);
    keeper_free(&p->keeper);
    ledger_close(&p->ledger);
    outgoing_free(&p->gateway_calls);
    outgoing_free(&p->revocation_calls);
    turns_free(&p->turns);
    held_free(&p->held);
    crowd_free(&p->wrong_by_sender);
    crowd_free(&p->logins_by_sender);
    store_close(&p->store);
    seal_free(&p->receipt_seal);
    application_close(&p->application);
    trust_free(&p->trust);
    buf_done(&p->client_secret);
    buf_done(&p->text);
    hour_free(&p->hour);
    diary_close(&p->diary);
    bucket_done(&p->wrong_codes);
    bucket_done(&p->new_logins);
    free(p);
    *portal = NULL;
}
