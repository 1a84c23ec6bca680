/* POST /v1/openings and /v1/openings/extend: from a code to a request with a window to sign in. */
#include "config.h"

#include <string.h>
#include "base/ascii.h"
#include "service/answers.h"
#include "service/guess.h"
#include "service/routes.h"
#include "sign/consent.h"

#define NONCE_MIN 32 /* hex digits: 128 bits */
#define NONCE_MAX 128

/* ---- what was sent ---- */

struct asked {
    char code[CODE_LEN + 1], nonce[NONCE_MAX + 1];
};

static bool is_hex(const char *s)
{
    for (; *s; s++)
        if (!ascii_is_digit(*s) && (*s < 'a' || *s > 'f'))
            return false;
    return true;
}

/* A code that cannot be one is as unknown as any other. */
static enum err_code read_asked(const json_t *body, struct asked *ret)
{
    size_t symbols;
    const char *code = json_string_value(json_object_get(body, "code"));
    const char *nonce = json_string_value(json_object_get(body, "nonce"));
    if (!code || !nonce || strlen(nonce) < NONCE_MIN || strlen(nonce) > NONCE_MAX || !is_hex(nonce))
        return ERR_BAD_REQUEST;
    strcpy(ret->nonce, nonce);
    return code_read(code, strlen(code), ret->code, &symbols) == CODE_FITS ? OK : ERR_CODE_UNKNOWN;
}

/* ---- the life of a code ---- */

/* What another opening means for a request in this standing; OK when it is to be opened, or was with this nonce. */
static enum err_code judge(const struct request *r, const struct digest *nonce, int64_t now)
{
    switch (r->standing) {
    case REQUEST_ISSUED:
        return now < r->expires ? OK : ERR_CODE_EXPIRED;
    case REQUEST_OPENED:
        if (now > r->closes)
            return ERR_CODE_EXPIRED;
        return memcmp(&r->nonce, nonce, sizeof *nonce) == 0 ? OK : ERR_OPENED_ELSEWHERE;
    case REQUEST_USED:
        return ERR_CODE_USED;
    case REQUEST_REPLACED:
        return ERR_CODE_REPLACED;
    }
    return ERR_INTERNAL;
}

/* The content identifier is computed now, while the code is at hand: the store never holds the code itself. */
static enum err_code first_opening(struct portal *p, struct request *r, const struct asked *asked, const char *token,
    const struct buf *text, int64_t now)
{
    struct consent_claim claim = {.service = p->conf->service,
        .code = asked->code,
        .created = r->created,
        .text = text->data,
        .text_len = text->len};
    r->nonce = keyed(p->key, KEYED_NONCE, asked->nonce);
    r->token = keyed(p->key, KEYED_REQUEST, token);
    r->opened = now;
    r->closes = now + (int64_t)p->conf->sign_window_s;
    enum err_code e = consent_content_id(&claim, r->content_id);
    return e == OK ? store_request_open(p->store, r) : e;
}

static enum err_code open_once(
    struct portal *p, const struct asked *asked, const char *token, struct request *r, struct buf *text, int64_t now)
{
    struct digest code = keyed(p->key, KEYED_CODE, asked->code), nonce = keyed(p->key, KEYED_NONCE, asked->nonce);
    enum err_code e = store_request_by_code(p->store, &code, r);
    if (e == ERR_NOT_FOUND)
        return ERR_CODE_UNKNOWN;
    if (e == OK)
        e = judge(r, &nonce, now);
    buf_reset(text);
    if (e == OK)
        e = store_text(p->store, &r->text, text);
    if (e == OK && r->standing == REQUEST_ISSUED)
        e = first_opening(p, r, asked, token, text, now);
    return e;
}

/* Two openings at once: the one that comes second looks again and finds it opened. */
static enum err_code open_request(
    struct portal *p, const struct asked *asked, const char *token, struct request *r, struct buf *text, int64_t now)
{
    enum err_code e = open_once(p, asked, token, r, text, now);
    return e == ERR_NOT_OPEN ? open_once(p, asked, token, r, text, now) : e;
}

static int64_t left(int64_t closes, int64_t now)
{
    return closes > now ? closes - now : 0;
}

static json_t *json_opening(
    const struct portal *p, const struct request *r, const char *token, const struct buf *text, int64_t now)
{
    json_t *shown =
        json_pack("[{s:s%, s:o}]", "text", (const char *)text->data, text->len, "sha256", json_digest(&r->text));
    return json_pack("{s:s, s:o, s:o, s:I, s:I, s:o, s:o, s:s*}", "request", token, "created", json_time(r->created),
        "server_time", json_time(now), "closes_in", (json_int_t)left(r->closes, now), "extensions",
        (json_int_t)r->extensions, "holder", json_person(&r->person), "texts", shown, "profile",
        policy_is_named(p->profile) ? profile_name(p->profile) : NULL);
}

/* ---- handlers ---- */

void on_opening(void *ctx, struct httpd_request *q, struct httpd_answer *a)
{
    struct portal *p = ctx;
    struct asked asked;
    struct request r = {0};
    struct buf text = BUF_INIT(TEXT_MAX);
    char token[TOKEN_LEN + 1];
    json_t *body = httpd_json_body(q);
    int64_t now = hour_now(p->hour);
    enum err_code e = guess_is_welcome(p, q) ? read_asked(body, &asked) : ERR_BUSY;
    json_decref(body);
    if (e == OK) {
        keyed_request_token(p->key, asked.code, asked.nonce, token);
        e = open_request(p, &asked, token, &r, &text, now);
        diary_say(p->diary, "opening", "result=%s request=%lld", e == OK ? "open" : note_of(e)->slug, (long long)r.id);
    }
    if (e == OK)
        httpd_json(a, 200, json_opening(p, &r, token, &text, now));
    else if (e == ERR_CODE_UNKNOWN)
        guess_was_wrong(p, q, a, e);
    else
        answer_problem(a, e);
    buf_done(&text);
    explicit_bzero(&asked, sizeof asked);
}

void on_extend(void *ctx, struct httpd_request *q, struct httpd_answer *a)
{
    struct portal *p = ctx;
    struct request r;
    int64_t now = hour_now(p->hour);
    json_t *body = httpd_json_body(q);
    enum err_code e = body ? asker_request(p, q, &r) : ERR_BAD_REQUEST;
    json_decref(body);
    if (e == OK) {
        e = store_request_extend(p->store, r.id, now, now + (int64_t)p->conf->sign_window_s, &r);
        e = e == ERR_NOT_OPEN ? ERR_EXPIRED : e;
        diary_say(p->diary, "extend", "result=%s request=%lld", e == OK ? "ok" : note_of(e)->slug, (long long)r.id);
    }
    if (e == OK)
        httpd_json(a, 200,
            json_pack(
                "{s:I, s:I}", "closes_in", (json_int_t)left(r.closes, now), "extensions", (json_int_t)r.extensions));
    else
        answer_problem(a, e);
}
