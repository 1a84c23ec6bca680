#include "config.h"
#include "net/portal.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include "base/ascii.h"
#include "http/json.h"
#include "http/url.h"
#include "net/problem.h"
#include "sign/asice.h"

#define ANSWER_MAX 262144 /* bytes: a text of 16 KiB may be written as \uXXXX throughout */
#define NONCE_LEN 16
#define CODES_KEPT 32

/* A code this worker has opened or tried to. */
struct opened {
    char code[CODE_LEN + 1];
    char nonce[2 * NONCE_LEN + 1];
    int64_t created; /* 0: not opened yet */
    uint8_t sha256[32];
};

struct portal {
    const struct settings *settings;
    struct http *http;
    struct buf body;
    char login[TOKEN_SIZE], request[TOKEN_SIZE];
    uint64_t wait_s;
    struct portal_file file;
    struct opened codes[CODES_KEPT];
    size_t next_code;
    const struct opened *open; /* what `request` belongs to */
    char text[PORTAL_TEXT_MAX + 1];
};

enum err_code portal_new(const struct settings *settings, const struct http_watch *watch, struct portal **ret)
{
    const struct http_setup setup = {.ca_file = settings->tls_ca,
        .connect_ms = (uint32_t)settings->connect_ms,
        .total_ms = (uint32_t)settings->answer_ms,
        .watch = watch};
    struct portal *p = calloc(1, sizeof *p);

    if (p == NULL)
        return ERR_NOMEM;
    p->settings = settings;
    p->body = BUF_INIT(ANSWER_MAX);
    if (http_new(&setup, &p->http) != OK) {
        portal_free(&p);
        return ERR_NOMEM;
    }
    *ret = p;
    return OK;
}

void portal_free(struct portal **p)
{
    if (*p == NULL)
        return;
    http_free(&(*p)->http);
    buf_done(&(*p)->body);
    explicit_bzero(*p, sizeof **p);
    free(*p);
    *p = NULL;
}

uint64_t portal_wait_s(const struct portal *p)
{
    return p->wait_s;
}

void portal_wait_reset(struct portal *p)
{
    p->wait_s = 0;
}

struct http *portal_http(struct portal *p)
{
    return p->http;
}

const struct portal_file *portal_file(const struct portal *p)
{
    return &p->file;
}

enum err_code portal_url(const struct portal *p, const char *path, const char *more, char out[PORTAL_URL])
{
    size_t base = strlen(p->settings->portal);

    if (base > 0 && p->settings->portal[base - 1] == '/')
        base--;
    return snprintf(out, PORTAL_URL, "%.*s%s%s", (int)base, p->settings->portal, path, more) < PORTAL_URL ? OK
                                                                                                          : ERR_TOO_BIG;
}

/* ---- one exchange ---- */

struct ask {
    const char *method, *path;
    const char *bearer; /* "" and NULL alike: none */
    const char *type;
    const void *body;
    size_t len;
};

static enum err_code read_answer(struct portal *p, const struct http_answer *a, json_t **ret, struct err *err)
{
    bool good = a->status / 100 == 2;
    json_t *json = NULL;
    enum err_code rc;

    if (a->status == 204)
        return OK;
    if ((!good && a->status < 400) || strcmp(a->type, good ? JSON_TYPE : PROBLEM_TYPE) != 0)
        return err_set(err, ERR_GARBLED, "status %d of an unexpected type", a->status);
    rc = json_parse(p->body.data, p->body.len, &json, err);
    if (rc != OK)
        return rc;
    *ret = json;
    return good ? OK : problem_read(json, &p->wait_s, err);
}

/* *ret (NULL for an answer without a body) is the caller's, on a problem too. */
static enum err_code exchange(struct portal *p, const struct ask *ask, json_t **ret, struct err *err)
{
    char url[PORTAL_URL];
    struct http_answer answer;
    struct http_request request = {.method = ask->method,
        .url = url,
        .accept = JSON_TYPE,
        .type = ask->type,
        .body = ask->body,
        .body_len = ask->len};
    enum err_code rc = portal_url(p, ask->path, "", url);

    *ret = NULL;
    if (ask->bearer != NULL && ask->bearer[0] != '\0')
        request.bearer = ask->bearer;
    if (rc == OK)
        rc = http_call(p->http, &request, &p->body, &answer, err);
    if (rc == OK)
        rc = read_answer(p, &answer, ret, err);
    buf_reset(&p->body);
    return rc;
}

static enum err_code post(struct portal *p, const char *path, const char *bearer, json_t **ret, struct err *err)
{
    const struct ask ask = {
        .method = "POST", .path = path, .bearer = bearer, .type = JSON_TYPE, .body = "{}", .len = strlen("{}")};

    return exchange(p, &ask, ret, err);
}

/* ---- login ---- */

enum err_code portal_login_begin(struct portal *p, struct portal_login *ret, struct err *err)
{
    json_t *json;
    enum err_code rc;

    explicit_bzero(p->login, sizeof p->login);
    rc = post(p, "/v1/login", NULL, &json, err);
    if (rc == OK)
        rc = answer_login(json, ret, err);
    if (rc == OK)
        memcpy(p->login, ret->token, sizeof p->login);
    json_decref(json);
    return rc;
}

enum err_code portal_login_finish(struct portal *p, const char *location, struct err *err)
{
    const struct http_request request = {.url = location};
    char callback[PORTAL_URL];
    struct http_answer answer;
    json_t *json = NULL;
    enum err_code rc = portal_url(p, "/v1/login/callback", "", callback);

    if (rc == OK && !url_is_under(location, callback))
        rc = err_set(err, ERR_GARBLED, "the gateway leads elsewhere");
    if (rc == OK)
        rc = http_call(p->http, &request, &p->body, &answer, err);
    if (rc == OK && answer.status != 200) /* a page when it went well: nothing in it is for us */
        rc = read_answer(p, &answer, &json, err);
    json_decref(json);
    buf_reset(&p->body);
    return rc;
}

static enum err_code no_session(struct err *err)
{
    return err_set(err, ERR_SESSION_OVER, "not logged in");
}

enum err_code portal_person(struct portal *p, struct portal_person *ret, struct err *err)
{
    const struct ask ask = {.path = "/v1/login", .bearer = p->login};
    json_t *json;
    enum err_code rc;

    if (p->login[0] == '\0')
        return no_session(err);
    rc = exchange(p, &ask, &json, err);
    if (rc == OK)
        rc = answer_session(json, ret, err);
    json_decref(json);
    return rc;
}

enum err_code portal_logout(struct portal *p, struct err *err)
{
    const struct ask ask = {.method = "DELETE", .path = "/v1/login", .bearer = p->login};
    json_t *json = NULL;
    enum err_code rc = p->login[0] != '\0' ? exchange(p, &ask, &json, err) : OK;

    json_decref(json);
    explicit_bzero(p->login, sizeof p->login);
    explicit_bzero(p->request, sizeof p->request);
    p->open = NULL;
    return rc == ERR_SESSION_OVER ? OK : rc;
}

/* ---- the code ---- */

enum err_code portal_request(
    struct portal *p, struct portal_code *ret, struct portal_consent *ret_consent, struct err *err)
{
    json_t *json;
    enum err_code rc;

    if (p->login[0] == '\0')
        return no_session(err);
    rc = post(p, "/v1/consent-requests", p->login, &json, err);
    if (rc == OK)
        rc = answer_code(json, ret, err);
    else if (rc == ERR_ALREADY && answer_already(json, ret_consent, err) != OK)
        rc = ERR_GARBLED;
    if (rc == OK)
        p->file = ret->file;
    json_decref(json);
    return rc;
}

/* ---- opening ---- */

/* The code's place among those kept, with its nonce; a new one takes the oldest's place. */
static struct opened *remember(struct portal *p, const char *code)
{
    uint8_t nonce[NONCE_LEN];
    struct opened *o;

    for (size_t i = 0; i < CODES_KEPT; i++)
        if (strcmp(p->codes[i].code, code) == 0)
            return &p->codes[i];
    if (getrandom(nonce, sizeof nonce, 0) != (ssize_t)sizeof nonce)
        return NULL;
    o = &p->codes[p->next_code++ % CODES_KEPT];
    if (o == p->open)
        p->open = NULL;
    memset(o, 0, sizeof *o);
    memcpy(o->code, code, CODE_LEN);
    ascii_hex(o->nonce, nonce, sizeof nonce);
    return o;
}

/* The same code names the same request, however often it is opened. */
static enum err_code settle(struct portal *p, struct opened *o, const struct portal_opening *now, struct err *err)
{
    if (o->created != 0 && (o->created != now->created || memcmp(o->sha256, now->sha256, sizeof o->sha256) != 0))
        return err_set(err, ERR_GARBLED, "the request changed since it was opened");
    o->created = now->created;
    memcpy(o->sha256, now->sha256, sizeof o->sha256);
    memcpy(p->text, now->text, now->text_len + 1);
    memcpy(p->request, now->token, sizeof p->request);
    p->open = o;
    return OK;
}

enum err_code portal_open(struct portal *p, const char *code, struct portal_opening *ret, struct err *err)
{
    struct opened *o = remember(p, code);
    struct ask ask = {.method = "POST", .path = "/v1/openings", .type = JSON_TYPE};
    struct portal_opening now;
    char body[128];
    json_t *json;
    enum err_code rc;

    if (o == NULL)
        return err_set(err, ERR_INTERNAL, "no random bytes");
    ask.body = body;
    ask.len = (size_t)snprintf(body, sizeof body, "{\"code\":\"%s\",\"nonce\":\"%s\"}", code, o->nonce);
    rc = exchange(p, &ask, &json, err);
    if (rc == OK)
        rc = answer_opening(json, &now, err);
    if (rc == OK)
        rc = settle(p, o, &now, err);
    if (rc == OK) {
        *ret = now;
        ret->text = p->text;
    }
    json_decref(json);
    explicit_bzero(body, sizeof body);
    explicit_bzero(&now, sizeof now);
    return rc;
}

static enum err_code not_open(struct err *err)
{
    return err_set(err, ERR_NOT_OPEN, "no code has been opened");
}

enum err_code portal_extend(struct portal *p, struct portal_policy *ret_left, struct err *err)
{
    json_t *json;
    enum err_code rc;

    if (p->open == NULL)
        return not_open(err);
    rc = post(p, "/v1/openings/extend", p->request, &json, err);
    if (rc == OK)
        rc = answer_extended(json, ret_left, err);
    json_decref(json);
    return rc;
}

enum err_code portal_submit(
    struct portal *p, const uint8_t *cms, size_t len, struct portal_consent *ret, struct err *err)
{
    const struct ask ask = {.method = "POST",
        .path = "/v1/signatures",
        .bearer = p->request,
        .type = "application/pkcs7-signature",
        .body = cms,
        .len = len};
    struct portal_consent c;
    json_t *json;
    enum err_code rc;

    if (p->open == NULL)
        return not_open(err);
    rc = exchange(p, &ask, &json, err);
    if (rc == OK)
        rc = answer_consent(json, &c, err);
    if (rc == OK && memcmp(c.sha256, p->open->sha256, sizeof c.sha256) != 0)
        rc = err_set(err, ERR_GARBLED, "the consent is over another text");
    if (rc == OK)
        *ret = c;
    json_decref(json);
    return rc;
}

/* ---- the receipt ---- */

static const char *receipt_bearer(const struct portal *p)
{
    return p->login[0] != '\0' ? p->login : p->open != NULL ? p->request : "";
}

/* A problem comes as JSON, whatever was asked for. */
static enum err_code read_problem(
    struct portal *p, const struct buf *body, const struct http_answer *a, struct err *err)
{
    json_t *json = NULL;
    enum err_code rc;

    if (a->status / 100 == 2)
        return err_set(err, ERR_GARBLED, "a receipt of an unexpected type");
    buf_reset(&p->body);
    rc = buf_add(&p->body, body->data, body->len);
    if (rc == OK)
        rc = read_answer(p, a, &json, err);
    buf_reset(&p->body);
    json_decref(json);
    return rc == OK ? err_set(err, ERR_GARBLED, "no receipt") : rc;
}

enum err_code portal_receipt(struct portal *p, struct buf *ret, struct err *err)
{
    char url[PORTAL_URL];
    struct http_answer answer;
    const struct http_request request = {.url = url, .accept = ASICE_TYPE, .bearer = receipt_bearer(p)};
    enum err_code rc;

    if (request.bearer[0] == '\0')
        return no_session(err);
    rc = portal_url(p, "/v1/receipt", "", url);
    if (rc == OK)
        rc = http_call(p->http, &request, ret, &answer, err);
    if (rc != OK || (answer.status == 200 && strcmp(answer.type, ASICE_TYPE) == 0))
        return rc;
    return read_problem(p, ret, &answer, err);
}

enum err_code portal_receipt_code(struct portal *p, struct portal_short_code *ret, struct err *err)
{
    json_t *json;
    enum err_code rc;

    if (receipt_bearer(p)[0] == '\0')
        return no_session(err);
    rc = post(p, "/v1/receipt/code", receipt_bearer(p), &json, err);
    if (rc == OK)
        rc = answer_short_code(json, ret, err);
    json_decref(json);
    return rc;
}
