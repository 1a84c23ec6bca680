#include "config.h"
#include "net/gateway.h"
#include <stdio.h>
#include <string.h>
#include "http/json.h"
#include "http/url.h"

#define HOPS_MAX 4
#define PAGE_MAX 65536
#define FORM_MAX 8192
#define TOKEN_MAX 512
#define METHODS_MAX 16

/* A client for one visit. */
struct visit {
    const struct settings *settings;
    struct http *http;
    struct buf body;
    struct http_answer answer;
};

static enum err_code visit_begin(struct visit *v, const struct settings *settings, const struct http_watch *watch)
{
    const struct http_setup setup = {.ca_file = settings->tls_ca,
        .connect_ms = (uint32_t)settings->connect_ms,
        .total_ms = (uint32_t)settings->answer_ms,
        .watch = watch};

    *v = (struct visit){.settings = settings, .body = BUF_INIT(PAGE_MAX)};
    return http_new(&setup, &v->http);
}

static void visit_end(struct visit *v)
{
    http_free(&v->http);
    buf_done(&v->body);
}

static enum err_code visit_call(struct visit *v, const struct http_request *request, struct err *err)
{
    enum err_code rc = http_call(v->http, request, &v->body, &v->answer, err);

    if (rc == ERR_UNREACHABLE || rc == ERR_SLOW)
        return err_set(err, ERR_GATEWAY_AWAY, "the gateway does not answer");
    if (rc == OK && v->answer.status >= 500)
        return err_set(err, ERR_GATEWAY_AWAY, "the gateway answers with status %d", v->answer.status);
    return rc;
}

static bool is_own(const struct settings *settings, const char *url)
{
    return settings->gateway != NULL && url_is_under(url, settings->gateway);
}

bool gateway_takes_password(const struct settings *settings, const char *authorize_url)
{
    return settings_gateway_is_loopback(settings) && is_own(settings, authorize_url);
}

/* ---- the page ---- */

struct page {
    unsigned methods;
    char token[TOKEN_MAX];
};

/* Follows the gateway's redirects as long as they stay with it. */
static enum err_code find_page(struct visit *v, const char *authorize_url, struct err *err)
{
    char url[PORTAL_URL];
    const struct http_request request = {.url = url, .accept = JSON_TYPE};
    enum err_code rc = OK;

    snprintf(url, sizeof url, "%s", authorize_url);
    for (int hop = 0; hop < HOPS_MAX; hop++) {
        rc = visit_call(v, &request, err);
        if (rc != OK || v->answer.status != 302)
            return rc;
        if (!is_own(v->settings, v->answer.location))
            return err_set(err, ERR_GARBLED, "the gateway leads elsewhere");
        memcpy(url, v->answer.location, sizeof v->answer.location);
    }
    return err_set(err, ERR_GARBLED, "the gateway leads in circles");
}

static enum err_code read_methods(const json_t *list, unsigned *ret, struct err *err)
{
    static const char *const words[] = {"password", "mobile-signature", "e-signature", "id-card", "internet-bank"};
    unsigned methods = 0;

    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *word = json_string_value(json_array_get(list, i));

        if (word == NULL)
            return err_set(err, ERR_GARBLED, "a method is no word");
        for (size_t bit = 0; bit < sizeof words / sizeof *words; bit++)
            if (strcmp(word, words[bit]) == 0)
                methods |= 1u << bit;
    }
    *ret = methods;
    return OK;
}

static enum err_code read_page(const struct visit *v, struct page *ret, struct err *err)
{
    const json_t *methods = NULL;
    struct page page = {0};
    json_t *json = NULL;
    struct json_in in;
    enum err_code rc;

    if (v->answer.status != 200 || strcmp(v->answer.type, JSON_TYPE) != 0)
        return err_set(err, ERR_GARBLED, "the gateway answers with status %d, no JSON", v->answer.status);
    rc = json_parse(v->body.data, v->body.len, &json, err);
    if (rc != OK)
        return rc;
    in = json_read(json, err);
    json_need_array(&in, "methods", METHODS_MAX, &methods);
    json_need_str(&in, "page_token", page.token, sizeof page.token);
    rc = json_done(&in);
    if (rc == OK)
        rc = read_methods(methods, &page.methods, err);
    if (rc == OK)
        *ret = page;
    json_decref(json);
    return rc;
}

enum err_code gateway_methods(const struct settings *settings, const struct http_watch *watch,
    const char *authorize_url, unsigned *ret_methods, struct err *err)
{
    struct page page = {0};
    struct visit v;
    enum err_code rc;

    if (!is_own(settings, authorize_url)) {
        *ret_methods = 0;
        return OK;
    }
    rc = visit_begin(&v, settings, watch);
    if (rc == OK)
        rc = find_page(&v, authorize_url, err);
    if (rc == OK && (v.answer.status != 200 || strcmp(v.answer.type, JSON_TYPE) == 0))
        rc = read_page(&v, &page, err);
    if (rc == OK)
        *ret_methods = page.methods;
    visit_end(&v);
    return rc;
}

/* ---- the form ---- */

/* The body as it is sent: `head` holds every field but the password's value, which follows, encoded byte by byte. */
struct source {
    const struct buf *head;
    const char *secret;
    size_t secret_len, head_at, secret_at;
    char piece[3]; /* of the secret's byte under way */
    size_t piece_at, piece_len;
};

static bool next_byte(struct source *s, char *out)
{
    if (s->head_at < s->head->len) {
        *out = (char)s->head->data[s->head_at++];
        return true;
    }
    if (s->piece_at == s->piece_len && s->secret_at < s->secret_len) {
        s->piece_len = url_encode_byte(s->piece, (unsigned char)s->secret[s->secret_at++]);
        s->piece_at = 0;
    }
    if (s->piece_at == s->piece_len)
        return false;
    *out = s->piece[s->piece_at++];
    return true;
}

static size_t read_source(void *ctx, char *out, size_t room)
{
    size_t n = 0;

    while (n < room && next_byte(ctx, out + n))
        n++;
    return n;
}

struct posting {
    struct visit *visit;
    const struct buf *head;
    struct err *err;
};

/* Runs while the secret is open. */
static enum err_code post_form(void *ctx, const char *bytes, size_t len)
{
    struct posting *p = ctx;
    struct source s = {.head = p->head, .secret = bytes, .secret_len = len};
    char url[PORTAL_URL];
    const struct http_request request = {.method = "POST",
        .url = url,
        .accept = JSON_TYPE,
        .type = FORM_TYPE,
        .read = read_source,
        .read_ctx = &s,
        .body_len = p->head->len + url_encoded_len(bytes, len)};
    const char *base = p->visit->settings->gateway;
    size_t base_len = strlen(base);
    enum err_code rc;

    if (base_len > 0 && base[base_len - 1] == '/')
        base_len--;
    if (snprintf(url, sizeof url, "%.*s/Giris/gir", (int)base_len, base) >= (int)sizeof url)
        return err_set(p->err, ERR_TOO_BIG, "gateway address");
    rc = visit_call(p->visit, &request, p->err);
    explicit_bzero(&s, sizeof s);
    return rc;
}

static enum err_code make_head(const struct gateway_form *form, const struct page *page, struct buf *head)
{
    enum err_code rc = form_add(head, "tridField", form->tckn);

    if (rc == OK)
        rc = form_add(head, "page_token", page->token);
    if (rc == OK)
        rc = form_add(head, "continue", form->authorize_url);
    return rc == OK ? form_add(head, "egpField", "") : rc;
}

static enum err_code judge(
    const struct http_answer *a, char ret_location[PORTAL_URL], uint64_t *ret_wait_s, struct err *err)
{
    if (a->status == 401)
        return err_set(err, ERR_LOGIN_REFUSED, "refused by the gateway");
    if (a->status == 429) {
        *ret_wait_s = a->retry_after_s;
        return err_set(err, ERR_LOGIN_LOCKED, "locked by the gateway");
    }
    if (a->status != 302 || a->location[0] == '\0')
        return err_set(err, ERR_GARBLED, "the gateway answers with status %d", a->status);
    memcpy(ret_location, a->location, sizeof a->location);
    return OK;
}

enum err_code gateway_enter(const struct settings *settings, const struct http_watch *watch,
    const struct gateway_form *form, char ret_location[PORTAL_URL], uint64_t *ret_wait_s, struct err *err)
{
    struct buf head = BUF_INIT(FORM_MAX);
    struct posting posting = {.head = &head, .err = err};
    struct page page = {0};
    struct visit v = {0};
    enum err_code rc = OK;

    *ret_wait_s = 0;
    posting.visit = &v;
    if (!gateway_takes_password(settings, form->authorize_url))
        rc = err_set(err, ERR_METHOD_NOT_HERE, "no password is taken for this gateway");
    if (rc == OK)
        rc = visit_begin(&v, settings, watch);
    if (rc == OK)
        rc = find_page(&v, form->authorize_url, err);
    if (rc == OK)
        rc = read_page(&v, &page, err);
    if (rc == OK && (page.methods & METHOD_PASSWORD) == 0)
        rc = err_set(err, ERR_METHOD_NOT_HERE, "the gateway takes no password");
    if (rc == OK)
        rc = make_head(form, &page, &head);
    if (rc == OK)
        rc = secret_use(form->password, post_form, &posting);
    if (rc == OK)
        rc = judge(&v.answer, ret_location, ret_wait_s, err);
    secret_wipe(form->password);
    visit_end(&v);
    buf_done(&head);
    return rc;
}
