#include "config.h"

#include "service/answers.h"

#include <string.h>

static const struct {
    enum err_code code;
    unsigned status;
} statuses[] = {
    {ERR_BAD_REQUEST, 400},
    {ERR_SESSION_OVER, 401},
    {ERR_NOT_OPEN, 401},
    {ERR_LOGIN_CANCELLED, 403},
    {ERR_NOT_FOUND, 404},
    {ERR_CODE_UNKNOWN, 404},
    {ERR_RECEIPT_CODE, 404},
    {ERR_RECEIPT_OFF, 404},
    {ERR_NOT_SEALED, 404},
    {ERR_ALREADY, 409},
    {ERR_CHECKING, 409},
    {ERR_ALREADY_RACED, 409},
    {ERR_OPENED_ELSEWHERE, 409},
    {ERR_EXTEND_REFUSED, 409},
    {ERR_CODE_EXPIRED, 410},
    {ERR_CODE_USED, 410},
    {ERR_CODE_REPLACED, 410},
    {ERR_EXPIRED, 410},
    {ERR_REJ_WINDOW, 422},
    {ERR_REJ_TEXT, 422},
    {ERR_REJ_BOUND, 422},
    {ERR_REJ_SIG, 422},
    {ERR_REJ_CHAIN, 422},
    {ERR_REJ_EXPIRED, 422},
    {ERR_REJ_REVOKED, 422},
    {ERR_REJ_UNKNOWN, 422},
    {ERR_REJ_NES, 422},
    {ERR_REJ_PERSON, 422},
    {ERR_REJ_WEAK, 422},
    {ERR_REJ_FORM, 422},
    {ERR_REJ_POLICY, 422},
    {ERR_BUSY, 429},
    {ERR_REQUEST_REFUSED, 429},
    {ERR_GATEWAY_AWAY, 502},
    {ERR_STORE, 503},
};

unsigned answer_status(enum err_code code)
{
    for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++)
        if (statuses[i].code == code)
            return statuses[i].status;
    return 500;
}

/* How long to wait where waiting helps; 0 elsewhere. */
static unsigned retry_after_s(enum err_code code)
{
    return code == ERR_BUSY                                ? 5
           : code == ERR_REQUEST_REFUSED                   ? 60
           : code == ERR_NOT_SEALED                        ? 1
           : code == ERR_STORE || code == ERR_GATEWAY_AWAY ? 2
                                                           : 0;
}

void answer_problem(struct httpd_answer *a, enum err_code code)
{
    unsigned status = answer_status(code), wait_s = retry_after_s(code);
    if (status == 500)
        code = ERR_INTERNAL;
    if (wait_s > 0)
        httpd_problem_wait(a, status, code, wait_s);
    else
        httpd_problem(a, status, code, NULL);
    if (status == 401)
        httpd_header_set(a, "WWW-Authenticate", "Bearer");
}

/* ---- who is asking ---- */

static bool bearer_digest(struct portal *p, const struct httpd_request *q, enum keyed_kind kind, struct digest *ret)
{
    const char *token = httpd_bearer(q);
    if (!token || strlen(token) != TOKEN_LEN)
        return false;
    *ret = keyed(p->key, kind, token);
    return true;
}

enum err_code asker_login(struct portal *p, const struct httpd_request *q, struct login *ret)
{
    struct digest token;
    if (!bearer_digest(p, q, KEYED_LOGIN, &token))
        return ERR_SESSION_OVER;
    enum err_code e = store_login_get(p->store, &token, hour_now(p->hour), ret);
    return e == ERR_NOT_FOUND ? ERR_SESSION_OVER : e;
}

enum err_code asker_person(struct portal *p, const struct httpd_request *q, struct person *ret)
{
    struct login l;
    enum err_code e = asker_login(p, q, &l);
    if (e == OK && l.standing != LOGIN_COMPLETE)
        e = ERR_SESSION_OVER;
    if (e == OK)
        *ret = l.person;
    return e;
}

enum err_code asker_request(struct portal *p, const struct httpd_request *q, struct request *ret)
{
    struct digest token;
    if (!bearer_digest(p, q, KEYED_REQUEST, &token))
        return ERR_NOT_OPEN;
    enum err_code e = store_request_by_token(p->store, &token, ret);
    return e == ERR_NOT_FOUND ? ERR_NOT_OPEN : e;
}

json_t *answer_json(struct portal *p, const struct consent *c)
{
    struct receipt_maker m = portal_receipts(p);
    return json_consent(c, p->stamping != NULL, receipt_is_ready(&m, c));
}

void answer_consent(struct portal *p, struct httpd_answer *a, const struct consent *c)
{
    enum err_code rule = note_by_slug(c->rule);
    if (c->standing == CONSENT_REFUSED)
        answer_problem(a, rule == OK ? ERR_REJ_UNKNOWN : rule);
    else
        httpd_json(a, c->standing == CONSENT_CHECKING ? 202 : 200, answer_json(p, c));
}
