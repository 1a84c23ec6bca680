/* GET /v1/receipt, POST /v1/receipt/code, GET /v1/receipts/CODE: the receipt, for the person and for who has a code. */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include "service/answers.h"
#include "service/guess.h"
#include "service/routes.h"
#include "sign/asice.h"

/* ---- whose receipt ---- */

#define OPENING_S 86400 /* so long an opening serves after the consent took effect; then the person signs in again */

static enum err_code opening_consent(struct portal *p, const struct request *r, struct consent *ret)
{
    enum err_code e = store_consent_by_request(p->store, r->id, ret);
    if (e != OK || ret->standing == CONSENT_CHECKING)
        return e;
    return hour_now(p->hour) - ret->settled < OPENING_S ? OK : ERR_SESSION_OVER;
}

/* By a login, or by the opening that gave the consent. */
static enum err_code asker_consent(struct portal *p, const struct httpd_request *q, struct consent *ret)
{
    struct person person;
    struct request r;
    enum err_code e = asker_person(p, q, &person);
    if (e == OK)
        return store_consent_by_person(p->store, &person.digest, ret);
    if (e != ERR_SESSION_OVER)
        return e;
    e = asker_request(p, q, &r);
    return e == OK ? opening_consent(p, &r, ret) : e == ERR_NOT_OPEN ? ERR_SESSION_OVER : e;
}

/* ---- the container ---- */

static enum err_code give(struct portal *p, const struct consent *c, const char *to, struct httpd_answer *a)
{
    struct err err = {0};
    struct buf receipt = BUF_INIT(ASICE_MAX);
    struct receipt_maker m = portal_receipts(p);
    enum err_code e = receipt_of(&m, c, hour_now(p->hour), &receipt, &err);
    diary_say(p->diary, "receipt", "number=%s to=%s result=%s detail=\"%s\"", c->number, to,
        e == OK ? "given" : note_of(e)->slug, err.detail);
    if (e == OK) {
        httpd_bytes(a, 200, ASICE_TYPE, receipt.data, receipt.len);
        httpd_header_set(a, "Content-Disposition", "attachment; filename=\"receipt-%s.asice\"", c->number);
    }
    buf_done(&receipt);
    return e;
}

void on_receipt(void *ctx, struct httpd_request *q, struct httpd_answer *a)
{
    struct portal *p = ctx;
    struct consent c;
    enum err_code e = asker_consent(p, q, &c);
    if (e == OK)
        e = give(p, &c, "person", a);
    if (e != OK)
        answer_problem(a, e);
}

/* ---- the short code ---- */

/* An earlier code of the same receipt ends. */
static enum err_code make_code(struct portal *p, const struct consent *c, char code[CODE_LEN + 1])
{
    struct receipt_maker m = portal_receipts(p);
    int64_t expires = hour_now(p->hour) + (int64_t)p->conf->receipt.code_lifetime_s;
    enum err_code e = receipt_may_be_had(&m, c);
    if (e == OK)
        e = code_new(code);
    if (e != OK)
        return e;
    struct digest digest = keyed(p->key, KEYED_RECEIPT, code);
    return store_receipt_code_set(p->store, c->number, &digest, expires);
}

void on_receipt_code(void *ctx, struct httpd_request *q, struct httpd_answer *a)
{
    struct portal *p = ctx;
    struct consent c;
    char code[CODE_LEN + 1], grouped[CODE_TEXT_LEN + 1], url[sizeof p->url + 32];
    json_t *body = httpd_json_body(q);
    enum err_code e = body ? asker_consent(p, q, &c) : ERR_BAD_REQUEST;
    json_decref(body);
    if (e == OK)
        e = make_code(p, &c, code);
    if (e == OK) {
        code_group(grouped, code);
        snprintf(url, sizeof url, "%s/v1/receipts/%s", p->url, code);
        diary_say(p->diary, "receipt-code", "number=%s", c.number);
        httpd_json(a, 201,
            json_pack("{s:s, s:I, s:s}", "code", grouped, "expires_in", (json_int_t)p->conf->receipt.code_lifetime_s,
                "url", url));
    } else {
        answer_problem(a, e);
    }
    explicit_bzero(code, sizeof code);
}

/* A code that cannot be one is as unknown as any other. */
static enum err_code find_by_code(struct portal *p, const char *typed, struct consent *ret)
{
    char code[CODE_LEN + 1];
    size_t symbols;
    if (code_read(typed, strlen(typed), code, &symbols) != CODE_FITS)
        return ERR_RECEIPT_CODE;
    struct digest digest = keyed(p->key, KEYED_RECEIPT, code);
    enum err_code e = store_consent_by_receipt_code(p->store, &digest, hour_now(p->hour), ret);
    return e == ERR_NOT_FOUND ? ERR_RECEIPT_CODE : e;
}

void on_receipt_by_code(void *ctx, struct httpd_request *q, struct httpd_answer *a)
{
    struct portal *p = ctx;
    struct consent c;
    enum err_code e = guess_is_welcome(p, q) ? find_by_code(p, httpd_tail(q), &c) : ERR_BUSY;
    if (e == OK)
        e = give(p, &c, "code", a);
    if (e == ERR_RECEIPT_CODE)
        guess_was_wrong(p, q, a, e);
    else if (e != OK)
        answer_problem(a, e);
}
