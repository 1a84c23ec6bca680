/* Signing in: the service is an OAuth 2.0 client toward the gateway, and hands a token of its own to the terminal. */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include "base/when.h"
#include "service/answers.h"
#include "service/gateway.h"
#include "service/routes.h"

#define CODE_MAX 2048

/* ---- POST /v1/login ---- */

struct fresh {
    char token[TOKEN_LEN + 1], state[TOKEN_LEN + 1];
};

static enum err_code begin_login(struct portal *p, struct fresh *f, struct buf *url)
{
    struct login l = {.expires = hour_now(p->hour) + LOGIN_LIFETIME_S};
    enum err_code e = token_new(f->token);
    if (e == OK)
        e = token_new(f->state);
    if (e == OK)
        e = token_new(l.verifier);
    if (e != OK)
        return e;
    l.token = keyed(p->key, KEYED_LOGIN, f->token);
    l.state = keyed(p->key, KEYED_STATE, f->state);
    e = gateway_authorize_url(p, f->state, l.verifier, url);
    return e == OK ? store_login_add(p->store, &l) : e;
}

/* Anybody may ask: one sender never takes the share of all. */
static bool may_begin(struct portal *p, const struct httpd_request *q)
{
    uint8_t who[HTTPD_PEER_LEN];
    uint64_t now_ms = when_boot_ms();
    httpd_peer(q, who);
    return (!p->logins_by_sender || crowd_take(p->logins_by_sender, who, now_ms)) &&
           bucket_take(&p->new_logins, now_ms);
}

void on_login_start(void *ctx, struct httpd_request *q, struct httpd_answer *a)
{
    struct portal *p = ctx;
    struct fresh f;
    struct buf url = BUF_INIT(8192);
    json_t *body = httpd_json_body(q);
    enum err_code e = !body ? ERR_BAD_REQUEST : may_begin(p, q) ? OK : ERR_BUSY;
    if (e == OK)
        e = begin_login(p, &f, &url);
    if (e == OK)
        httpd_json(a, 201,
            json_pack("{s:s, s:{s:s, s:s}, s:i, s:I, s:I}", "login", f.token, "gateway", "name", p->conf->gateway.name,
                "authorize_url", (const char *)url.data, "expires_in", LOGIN_LIFETIME_S, "window",
                (json_int_t)p->conf->sign_window_s, "extensions", (json_int_t)p->conf->extensions));
    else
        answer_problem(a, e);
    json_decref(body);
    buf_done(&url);
}

/* ---- GET /v1/login/callback ---- */

struct page {
    const char *heading, *turkish, *english;
};
static const struct page page_done = {"Giriş tamamlandı",
    "E-Onay uygulamasına dönebilir, bu pencereyi kapatabilirsiniz.",
    "You are signed in. Go back to the E-Onay application; this window can be closed."};
static const struct page page_refused = {"Giriş tamamlanmadı", "E-Onay uygulamasına dönüp yeniden deneyebilirsiniz.",
    "You are not signed in. Go back to the E-Onay application to try again."};

static void answer_page(const struct portal *p, struct httpd_answer *a, const struct page *page)
{
    char html[1024];
    snprintf(html, sizeof html,
        "<!DOCTYPE html><html lang=\"tr\"><head><meta charset=\"utf-8\"><title>E-Onay</title></head><body>%s<h1>%s</h1>"
        "<p>%s</p><p lang=\"en\">%s</p></body></html>\n",
        p->conf->test ? "<p><strong>TEST</strong></p>" : "", page->heading, page->turkish, page->english);
    httpd_text(a, 200, "text/html; charset=utf-8", html);
    httpd_header_set(a, "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
    httpd_header_set(a, "Referrer-Policy", "no-referrer");
}

/* Once claimed, a login ends here: complete, or refused whatever went wrong. code NULL: the gateway said no. */
static enum err_code finish_login(struct portal *p, struct http *h, const struct login *l, const char *code)
{
    struct person person;
    struct err err = {0};
    char who[DIARY_PERSON] = "-";
    enum err_code e = code ? gateway_redeem(p, h, code, l->verifier, &person, &err) : ERR_LOGIN_CANCELLED;
    if (e == OK)
        diary_person(who, &person.digest);
    diary_say(p->diary, "login", "result=%s person=%s detail=\"%s\"", e == OK ? "complete" : note_of(e)->slug, who,
        err.detail);
    enum err_code kept = store_login_finish(
        p->store, &l->token, e == OK ? &person : NULL, hour_now(p->hour) + (int64_t)p->conf->session_s);
    return e == OK && kept == ERR_NOT_FOUND ? ERR_SESSION_OVER : e == OK ? kept : e;
}

/* A client for the gateway comes before the claim: when there is none the login is still there for another try. Who
 * brings a state that nobody has gets none. */
static enum err_code end_login(struct portal *p, const char *state, const char *code)
{
    struct login l;
    struct digest digest = keyed(p->key, KEYED_STATE, state);
    enum err_code e = store_login_waits(p->store, &digest, hour_now(p->hour));
    if (e != OK)
        return e;
    struct http *h = code ? outgoing_take(p->gateway_calls) : NULL;
    if (code && !h)
        return ERR_BUSY;
    e = store_login_claim(p->store, &digest, hour_now(p->hour), &l);
    if (e == OK)
        e = finish_login(p, h, &l, code);
    if (h)
        outgoing_give(p->gateway_calls, h);
    return e;
}

void on_login_callback(void *ctx, struct httpd_request *q, struct httpd_answer *a)
{
    struct portal *p = ctx;
    const char *state = httpd_query(q, "state"), *code = httpd_query(q, "code"), *error = httpd_query(q, "error");
    if (strcmp(httpd_method(q), "GET") != 0) { /* a glance (HEAD) must not spend the code */
        answer_page(p, a, &page_done);
        return;
    }
    if (!state || strlen(state) != TOKEN_LEN || (!code && !error) || (code && strlen(code) > CODE_MAX)) {
        answer_problem(a, ERR_BAD_REQUEST);
        return;
    }
    enum err_code e = end_login(p, state, error ? NULL : code);
    if (e == OK)
        answer_page(p, a, &page_done);
    else if (e == ERR_LOGIN_CANCELLED && error)
        answer_page(p, a, &page_refused);
    else
        answer_problem(a, e);
}

/* ---- GET and DELETE /v1/login ---- */

static enum err_code json_login(struct portal *p, const struct login *l, json_t **ret)
{
    static const char *const words[] = {
        [LOGIN_PENDING] = "pending",
        [LOGIN_REDEEMING] = "pending",
        [LOGIN_COMPLETE] = "complete",
        [LOGIN_REFUSED] = "refused",
    };
    struct consent c;
    bool complete = l->standing == LOGIN_COMPLETE;
    enum err_code e = complete ? store_consent_by_person(p->store, &l->person.digest, &c) : ERR_NOT_FOUND;
    if (e != OK && e != ERR_NOT_FOUND)
        return e;
    *ret = json_pack("{s:s, s:o, s:o}", "state", words[l->standing], "person",
        complete ? json_person(&l->person) : json_null(), "consent", e == OK ? answer_json(p, &c) : json_null());
    return OK;
}

void on_login_read(void *ctx, struct httpd_request *q, struct httpd_answer *a)
{
    struct portal *p = ctx;
    struct login l;
    json_t *j = NULL;
    enum err_code e = asker_login(p, q, &l);
    if (e == OK)
        e = json_login(p, &l, &j);
    if (e == OK)
        httpd_json(a, 200, j);
    else
        answer_problem(a, e);
}

void on_login_end(void *ctx, struct httpd_request *q, struct httpd_answer *a)
{
    struct portal *p = ctx;
    struct login l;
    enum err_code e = asker_login(p, q, &l);
    if (e == OK)
        e = store_login_drop(p->store, &l.token);
    if (e == OK)
        httpd_empty(a, 204);
    else
        answer_problem(a, e);
}
