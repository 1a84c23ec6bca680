#include "config.h"

#include "service/gateway.h"

#include <stdio.h>
#include <string.h>
#include "base/text.h"
#include "http/json.h"
#include "http/url.h"

#define AUTHORIZE "/OAuth2AuthorizationServer/AuthorizationController"
#define ACCESS_TOKEN "/OAuth2AuthorizationServer/AccessTokenController"
#define AUTHENTICATE "/OAuth2AuthorizationServer/AuthenticationController"
#define ANSWER_MAX 16384
#define ACCESS_TOKEN_MAX 4096
#define NAME_PART 128

struct field {
    const char *name, *value;
};

static enum err_code add_fields(struct buf *to, const struct field *fields, size_t count)
{
    enum err_code e = OK;
    for (size_t i = 0; e == OK && i < count; i++)
        e = form_add(to, fields[i].name, fields[i].value);
    return e;
}

static enum err_code join_scopes(const struct portal *p, struct buf *to)
{
    const struct conf_strings *scopes = &p->conf->gateway.scopes;
    enum err_code e = OK;
    for (size_t i = 0; e == OK && i < scopes->n; i++) {
        if (i > 0)
            e = buf_str(to, p->conf->gateway.scope_separator);
        if (e == OK)
            e = buf_str(to, scopes->v[i]);
    }
    return e == OK ? buf_add(to, "", 0) : e;
}

enum err_code gateway_authorize_url(const struct portal *p, const char *state, const char *verifier, struct buf *ret)
{
    char challenge[TOKEN_LEN + 1];
    struct buf scopes = BUF_INIT(1024);
    struct digest d = digest_of(verifier, strlen(verifier));
    base64url(challenge, d.v, sizeof d.v);
    enum err_code e = join_scopes(p, &scopes);
    if (e == OK)
        e = buf_fmt(ret, "%s" AUTHORIZE "?", p->conf->gateway.url);
    const struct field fields[] = {
        {"response_type", "code"},
        {"client_id", p->conf->gateway.client_id},
        {"redirect_uri", p->redirect_uri},
        {"scope", scopes.data ? (const char *)scopes.data : ""},
        {"state", state},
        {"code_challenge", challenge},
        {"code_challenge_method", "S256"},
    };
    if (e == OK)
        e = add_fields(ret, fields, sizeof fields / sizeof fields[0]);
    buf_done(&scopes);
    return e;
}

/* ---- the two calls ---- */

/* Posts a form and reads one JSON object, whatever the status: the gateway tells errors in the body. */
static enum err_code post_form(
    struct portal *p, struct http *h, const char *path, const struct buf *form, json_t **ret, struct err *err)
{
    char url[600];
    struct http_answer answer;
    struct buf body = BUF_INIT(ANSWER_MAX);
    snprintf(url, sizeof url, "%s%s", p->conf->gateway.url, path);
    enum err_code e = http_post(h, url, FORM_TYPE, form->data, form->len, &body, &answer, err);
    if (e == OK)
        e = json_parse(body.data, body.len, ret, err);
    buf_done(&body);
    return e == OK || e == ERR_NOMEM ? e : ERR_GATEWAY_AWAY;
}

static enum err_code ask_token(struct portal *p, struct http *h, const char *code, const char *verifier,
    char token[ACCESS_TOKEN_MAX], struct err *err)
{
    json_t *j = NULL;
    struct buf form = BUF_INIT(8192);
    const struct field fields[] = {
        {"grant_type", "authorization_code"},
        {"code", code},
        {"redirect_uri", p->redirect_uri},
        {"client_id", p->conf->gateway.client_id},
        {"client_secret", (const char *)p->client_secret.data},
        {"code_verifier", verifier},
    };
    enum err_code e = add_fields(&form, fields, sizeof fields / sizeof fields[0]);
    if (e == OK)
        e = post_form(p, h, ACCESS_TOKEN, &form, &j, err);
    if (e == OK) {
        struct json_in in = json_read(j, err);
        json_need_str(&in, "access_token", token, ACCESS_TOKEN_MAX);
        e = json_done(&in) == OK ? OK : ERR_LOGIN_CANCELLED;
    }
    json_decref(j);
    buf_done(&form);
    return e;
}

/* The name may hold what it likes; a terminal will show it. */
static void name_person(struct person *person, const char *first, const char *last)
{
    char whole[2 * NAME_PART + 2];
    snprintf(whole, sizeof whole, "%s %s", first, last);
    text_clean(person->name, sizeof person->name, whole, strlen(whole));
}

static enum err_code read_person(const struct portal *p, const json_t *answer, struct person *ret, struct err *err)
{
    char result[32] = "", first[NAME_PART] = "", last[NAME_PART] = "";
    struct person person = {0};
    const json_t *info = NULL;
    struct json_in in = json_read(answer, err);
    json_need_str(&in, "sonucKodu", result, sizeof result);
    json_need_object(&in, "kullaniciBilgileri", &info);
    if (json_done(&in) != OK || strcmp(result, "EDV09.000") != 0)
        return ERR_LOGIN_CANCELLED;
    struct json_in who = json_read(info, err);
    json_need_str(&who, "kimlikNo", person.tckn, sizeof person.tckn);
    json_need_str(&who, "ad", first, sizeof first);
    json_need_str(&who, "soyad", last, sizeof last);
    if (json_done(&who) != OK || !tckn_is_valid(person.tckn))
        return ERR_LOGIN_CANCELLED;
    name_person(&person, first, last);
    person.digest = keyed(p->key, KEYED_PERSON, person.tckn);
    *ret = person;
    return OK;
}

static enum err_code ask_person(
    struct portal *p, struct http *h, const char *token, struct person *ret, struct err *err)
{
    json_t *j = NULL;
    struct buf form = BUF_INIT(3 * ACCESS_TOKEN_MAX + 4096), scopes = BUF_INIT(1024);
    enum err_code e = join_scopes(p, &scopes);
    const struct field fields[] = {
        {"clientId", p->conf->gateway.client_id},
        {"accessToken", token},
        {"resourceId", "1"},
        {"kapsam", scopes.data ? (const char *)scopes.data : ""},
    };
    if (e == OK)
        e = add_fields(&form, fields, sizeof fields / sizeof fields[0]);
    if (e == OK)
        e = post_form(p, h, AUTHENTICATE, &form, &j, err);
    if (e == OK)
        e = read_person(p, j, ret, err);
    json_decref(j);
    buf_done(&form);
    buf_done(&scopes);
    return e;
}

enum err_code gateway_redeem(
    struct portal *p, struct http *h, const char *code, const char *verifier, struct person *ret, struct err *err)
{
    char token[ACCESS_TOKEN_MAX];
    enum err_code e = ask_token(p, h, code, verifier, token, err);
    if (e == OK)
        e = ask_person(p, h, token, ret, err);
    explicit_bzero(token, sizeof token);
    return e;
}
