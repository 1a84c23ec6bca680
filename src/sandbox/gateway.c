/* e-Devlet's stand-in: the authorization code flow in its own dialect (docs/protocol.md §3). */
#include "config.h"

#include "sandbox/world.h"

#include <stdio.h>
#include <string.h>
#include <openssl/crypto.h>
#include "base/ascii.h"
#include "http/url.h"
#include "sandbox/ask.h"
#include "sandbox/pages.h"
#include "sandbox/people.h"

#define AUTHORIZE "/OAuth2AuthorizationServer/AuthorizationController"
#define LOGIN "/Giris/gir"
#define HTML "text/html; charset=utf-8"
#define FORM_MAX 8192
#define CONTINUE_MAX 2048
#define PAGE_S 600
#define CODE_S 60
#define ACCESS_S 300

/* One request being answered. */
struct visit {
    struct world *w;
    struct state s;
    struct httpd_request *q;
    struct httpd_answer *a;
    int64_t now;
};

/* ---- small answers ---- */

static void send_page(struct httpd_answer *a, unsigned status, enum err_code rc, struct buf *page)
{
    if (rc == OK)
        httpd_bytes(a, status, HTML, page->data, page->len);
    httpd_header_set(a, "Content-Security-Policy", "%s", "default-src 'none'; frame-ancestors 'none'");
    httpd_header_set(a, "Referrer-Policy", "%s", "no-referrer");
    buf_done(page);
}

static void send_sentence(struct httpd_answer *a, unsigned status, const char *sentence)
{
    struct buf page = BUF_INIT(16384);
    send_page(a, status, page_sentence(&page, GATEWAY_NAME, sentence), &page);
}

static bool wants_json(const struct httpd_request *q)
{
    const char *accept = httpd_header(q, "Accept");
    return accept != NULL && strstr(accept, "application/json") != NULL;
}

static void send_back(struct httpd_answer *a, const struct ask *ask, const char *name, const char *value)
{
    struct buf to = BUF_INIT(4096);
    enum err_code rc = buf_fmt(&to, "%s?", ask->redirect_uri);
    if (rc == OK)
        rc = form_add(&to, name, value);
    if (rc == OK && ask->state[0] != '\0')
        rc = form_add(&to, "state", ask->state);
    if (rc == OK)
        httpd_redirect(a, (const char *)to.data);
    buf_done(&to);
}

/* ---- who asks ---- */

static bool is_registered(const struct visit *v, const struct ask *ask)
{
    char callback[URL_LEN + sizeof CALLBACK];
    snprintf(callback, sizeof callback, "%s" CALLBACK, v->s.portal_url);
    return v->s.portal_url[0] != '\0' && strcmp(ask->client_id, CLIENT_ID) == 0 &&
           strcmp(ask->redirect_uri, callback) == 0;
}

/* Reads and judges the authorize address a person came with. False: the answer is filled. Nothing is ever sent to an
 * address that is not the registered one of a known client (RFC 6749 §4.1.2.1). */
static bool take_ask(struct visit *v, const char *address, struct ask *ask)
{
    char own[URL_LEN + sizeof AUTHORIZE + 1];
    int len = snprintf(own, sizeof own, "%s" AUTHORIZE "?", v->s.gateway_url);
    bool known = ascii_starts(address, own) && ask_read(address + len, ask) && is_registered(v, ask);
    const char *error = known ? ask_error(ask) : NULL;
    if (!known)
        send_sentence(v->a, 400, "Bu başvuru kayıtlı bir uygulamadan gelmiyor.");
    else if (error != NULL)
        send_back(v->a, ask, "error", error);
    return known && error == NULL;
}

/* The address as it came, put together again from its decoded fields. */
static enum err_code own_address(const struct visit *v, struct buf *to)
{
    enum err_code rc = buf_fmt(to, "%s" AUTHORIZE "?", v->s.gateway_url);
    for (size_t i = 0; rc == OK && ask_fields[i] != NULL; i++) {
        const char *value = httpd_query(v->q, ask_fields[i]);
        if (value != NULL)
            rc = form_add(to, ask_fields[i], value);
    }
    return rc;
}

static void send_to_login(struct visit *v, const struct ask *ask, const char *address)
{
    struct buf to = BUF_INIT(8192);
    enum err_code rc = buf_fmt(&to, "%s" LOGIN "?", v->s.gateway_url);
    if (rc == OK)
        rc = form_add(&to, "oauthClientId", ask->client_id);
    if (rc == OK)
        rc = form_add(&to, "continue", address);
    if (rc == OK)
        httpd_redirect(v->a, (const char *)to.data);
    buf_done(&to);
}

static void authorize(struct visit *v)
{
    struct ask ask;
    struct buf address = BUF_INIT(CONTINUE_MAX);
    if (own_address(v, &address) != OK)
        send_sentence(v->a, 400, "Adres çok uzun.");
    else if (take_ask(v, (const char *)address.data, &ask))
        send_to_login(v, &ask, (const char *)address.data);
    buf_done(&address);
}

/* ---- the sign-in page ---- */

static void send_login_page(
    struct visit *v, unsigned status, const char *page_token, const char *address, const char *message)
{
    struct buf page = BUF_INIT(32768);
    enum err_code rc = page_login(&page, setting_get(v->s.settings, "methods"), page_token, address, message);
    send_page(v->a, status, rc, &page);
}

static void send_login_json(struct visit *v, const char *page_token)
{
    json_t *methods = json_array();
    for (size_t i = 0; method_words[i] != NULL; i++)
        if (list_has(setting_get(v->s.settings, "methods"), method_words[i]))
            json_array_append_new(methods, json_string(method_words[i]));
    httpd_json(v->a, 200,
        json_pack("{s:s,s:b,s:o,s:s}", "name", GATEWAY_NAME, "test", 1, "methods", methods, "page_token", page_token));
}

static void show_login(struct visit *v)
{
    struct ask ask;
    const char *address = httpd_query(v->q, "continue");
    struct ticket page = {.kind = TICKET_PAGE, .expires = v->now + PAGE_S};
    if (!take_ask(v, address != NULL ? address : "", &ask) || tickets_put(v->w->tickets, &page) != OK)
        return;
    if (wants_json(v->q))
        send_login_json(v, page.token);
    else
        send_login_page(v, 200, page.token, address, NULL);
}

/* ---- signing in ---- */

struct login {
    char address[CONTINUE_MAX], page_token[TICKET_TOKEN_LEN + 1], tckn[TCKN_LEN + 1], password[128], cancel[8];
};

/* A number or password that does not fit its field belongs to nobody: left empty, it is simply wrong. */
static enum err_code read_login(const struct httpd_request *q, struct login *l)
{
    *l = (struct login){.cancel = ""};
    if (httpd_form(q, "cancel", l->cancel, sizeof l->cancel) != OK)
        l->cancel[0] = '\0';
    if (httpd_form(q, "tridField", l->tckn, sizeof l->tckn) != OK)
        l->tckn[0] = '\0';
    if (httpd_form(q, "egpField", l->password, sizeof l->password) != OK)
        l->password[0] = '\0';
    enum err_code rc = httpd_form(q, "continue", l->address, sizeof l->address);
    return rc == OK ? httpd_form(q, "page_token", l->page_token, sizeof l->page_token) : rc;
}

static void refuse(struct visit *v, const struct login *l)
{
    if (wants_json(v->q))
        httpd_json(v->a, 401, json_pack("{s:s}", "error", "login-refused"));
    else
        send_login_page(v, 401, l->page_token, l->address, "Kimlik No ve şifre birbiriyle eşleşmedi.");
}

static void tell_locked(struct visit *v, int64_t wait_s)
{
    if (wants_json(v->q))
        httpd_json(v->a, 429, json_pack("{s:s,s:I}", "error", "login-locked", "retry_after", (json_int_t)wait_s));
    else
        send_sentence(v->a, 429, "Bu hesap için giriş bir süreliğine kapatıldı.");
    httpd_header_set(v->a, "Retry-After", "%lld", (long long)wait_s);
}

static void let_in(struct visit *v, const struct ask *ask, const struct login *l)
{
    struct ticket code = {.kind = TICKET_CODE, .expires = v->now + CODE_S};
    snprintf(code.tckn, sizeof code.tckn, "%s", l->tckn);
    snprintf(code.redirect_uri, sizeof code.redirect_uri, "%s", ask->redirect_uri);
    snprintf(code.challenge, sizeof code.challenge, "%s", ask->challenge);
    snprintf(code.scope, sizeof code.scope, "%s", ask->scope);
    tickets_forget_wrong(v->w->tickets, l->tckn);
    if (tickets_put(v->w->tickets, &code) == OK)
        send_back(v->a, ask, "code", code.token);
}

static bool is_right(const struct visit *v, const struct login *l)
{
    struct person p;
    return people_find(&v->w->box, l->tckn, &p, NULL) == OK && person_knows(&p, l->password);
}

static void page_is_over(struct visit *v)
{
    if (wants_json(v->q))
        httpd_json(v->a, 400, json_pack("{s:s}", "error", "page-expired"));
    else
        send_sentence(v->a, 400, "Bu sayfanın süresi doldu. Lütfen baştan başlayınız.");
}

/* The page token is used up by coming in; a wrong password may be typed again into the same page. */
static void judge_login(struct visit *v, const struct login *l)
{
    struct ask ask;
    struct ticket page;
    struct tickets *t = v->w->tickets;
    int64_t locked_s = tickets_locked_s(t, l->tckn, v->now);
    if (!take_ask(v, l->address, &ask))
        return;
    if (tickets_see(t, TICKET_PAGE, l->page_token, v->now, &page) != OK) {
        page_is_over(v);
    } else if (l->cancel[0] != '\0') {
        send_back(v->a, &ask, "error", "access_denied");
    } else if (locked_s > 0) {
        tell_locked(v, locked_s);
    } else if (!is_right(v, l)) {
        tickets_count_wrong(t, l->tckn, v->now);
        refuse(v, l);
    } else if (tickets_take(t, TICKET_PAGE, l->page_token, v->now, &page) == OK) {
        let_in(v, &ask, l);
    } else {
        page_is_over(v); /* somebody else was quicker with the same page */
    }
}

static void log_in(struct visit *v)
{
    struct login l;
    if (read_login(v->q, &l) == OK)
        judge_login(v, &l);
    else
        send_sentence(v->a, 400, "Form eksik.");
    OPENSSL_cleanse(&l, sizeof l);
}

/* ---- the client's two calls ---- */

static void send_oauth_error(struct httpd_answer *a, unsigned status, const char *error, const char *why)
{
    httpd_json(a, status, json_pack("{s:s,s:s}", "error", error, "error_description", why));
}

struct redeem {
    char grant_type[32], code[TICKET_TOKEN_LEN + 1], redirect_uri[256], client_id[80], client_secret[80], verifier[129];
};

static bool read_redeem(const struct httpd_request *q, struct redeem *r)
{
    *r = (struct redeem){.verifier = ""};
    enum err_code verifier = httpd_form(q, "code_verifier", r->verifier, sizeof r->verifier);
    return (verifier == OK || verifier == ERR_NOT_FOUND) &&
           httpd_form(q, "grant_type", r->grant_type, sizeof r->grant_type) == OK &&
           httpd_form(q, "code", r->code, sizeof r->code) == OK &&
           httpd_form(q, "redirect_uri", r->redirect_uri, sizeof r->redirect_uri) == OK &&
           httpd_form(q, "client_id", r->client_id, sizeof r->client_id) == OK &&
           httpd_form(q, "client_secret", r->client_secret, sizeof r->client_secret) == OK;
}

static bool is_client(const struct redeem *r)
{
    return strcmp(r->client_id, CLIENT_ID) == 0 && strcmp(r->client_secret, CLIENT_SECRET) == 0;
}

static void send_access(struct visit *v, const struct ticket *code)
{
    struct ticket access = *code;
    access.kind = TICKET_ACCESS;
    access.expires = v->now + ACCESS_S;
    snprintf(access.from_code, sizeof access.from_code, "%s", code->token);
    if (tickets_put(v->w->tickets, &access) == OK)
        httpd_json(v->a, 200,
            json_pack("{s:s,s:s,s:i}", "access_token", access.token, "token_type", "Bearer", "expires_in", ACCESS_S));
}

static void give_access(struct visit *v)
{
    struct redeem r;
    struct ticket code;
    if (!read_redeem(v->q, &r))
        send_oauth_error(v->a, 400, "invalid_request", "a field is missing or malformed");
    else if (!is_client(&r))
        send_oauth_error(v->a, 401, "invalid_client", "unknown client or wrong secret");
    else if (strcmp(r.grant_type, "authorization_code") != 0)
        send_oauth_error(v->a, 400, "unsupported_grant_type", "authorization_code only");
    else if (tickets_take(v->w->tickets, TICKET_CODE, r.code, v->now, &code) != OK) {
        tickets_withdraw(v->w->tickets, r.code);
        send_oauth_error(v->a, 400, "invalid_grant", "unknown, used or expired code");
    } else if (strcmp(code.redirect_uri, r.redirect_uri) != 0 || !pkce_fits(code.challenge, r.verifier))
        send_oauth_error(v->a, 400, "invalid_grant", "the code was given for another request");
    else
        send_access(v, &code);
}

/* Of the result codes only the good one is known from the outside; ours says that it is ours. */
static void send_result(struct httpd_answer *a, const char *code, const char *why, json_t *person)
{
    httpd_json(
        a, 200, json_pack("{s:s,s:s,s:o*}", "sonucKodu", code, "sonucAciklamasi", why, "kullaniciBilgileri", person));
}

static json_t *person_json(const struct person *p, const char *scope)
{
    char given[NAME_LEN], surname[NAME_LEN];
    person_names(p, given, surname);
    return scope_has(scope, "Ad-Soyad") ? json_pack("{s:s,s:s,s:s}", "kimlikNo", p->tckn, "ad", given, "soyad", surname)
                                        : json_pack("{s:s}", "kimlikNo", p->tckn);
}

static void tell_person(struct visit *v)
{
    struct person p;
    struct ticket access;
    char client[80], token[TICKET_TOKEN_LEN + 1], resource[8], scope[128];
    bool whole = httpd_form(v->q, "clientId", client, sizeof client) == OK &&
                 httpd_form(v->q, "accessToken", token, sizeof token) == OK &&
                 httpd_form(v->q, "resourceId", resource, sizeof resource) == OK &&
                 httpd_form(v->q, "kapsam", scope, sizeof scope) == OK;
    if (!whole || strcmp(client, CLIENT_ID) != 0 || strcmp(resource, "1") != 0)
        send_result(v->a, "TEST.001", "İstek hatalı", NULL);
    else if (tickets_see(v->w->tickets, TICKET_ACCESS, token, v->now, &access) != OK ||
             people_find(&v->w->box, access.tckn, &p, NULL) != OK)
        send_result(v->a, "TEST.002", "Geçersiz erişim belirteci", NULL);
    else
        send_result(v->a, "EDV09.000", "İşlem başarılı", person_json(&p, access.scope));
}

/* ---- routes ---- */

static void visit(struct world *w, struct httpd_request *q, struct httpd_answer *a, void (*fn)(struct visit *v))
{
    struct visit v = {.w = w, .q = q, .a = a, .now = box_now(&w->box)};
    if (!world_enter(w, "gateway", &v.s, a))
        return;
    fn(&v);
    state_done(&v.s);
}

static void on_authorize(void *ctx, struct httpd_request *q, struct httpd_answer *a)
{
    visit(ctx, q, a, authorize);
}

static void on_show_login(void *ctx, struct httpd_request *q, struct httpd_answer *a)
{
    visit(ctx, q, a, show_login);
}

static void on_log_in(void *ctx, struct httpd_request *q, struct httpd_answer *a)
{
    visit(ctx, q, a, log_in);
}

static void on_give_access(void *ctx, struct httpd_request *q, struct httpd_answer *a)
{
    visit(ctx, q, a, give_access);
}

static void on_tell_person(void *ctx, struct httpd_request *q, struct httpd_answer *a)
{
    visit(ctx, q, a, tell_person);
}

const struct httpd_route gateway_routes[] = {
    {"GET", AUTHORIZE, on_authorize, 0, NULL, true},
    {"GET", LOGIN, on_show_login, 0, NULL, true},
    {"POST", LOGIN, on_log_in, FORM_MAX, FORM_TYPE, true},
    {"POST", "/OAuth2AuthorizationServer/AccessTokenController", on_give_access, FORM_MAX, FORM_TYPE, true},
    {"POST", "/OAuth2AuthorizationServer/AuthenticationController", on_tell_person, FORM_MAX, FORM_TYPE, true},
};
const size_t gateway_route_count = sizeof gateway_routes / sizeof *gateway_routes;
