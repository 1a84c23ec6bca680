#include "config.h"
#include "net/problem.h"
#include "http/json.h"

#define SLUG_MAX 64

static bool may_be_said(enum err_code code)
{
    static const enum err_code said[] = {ERR_ALREADY, ERR_ALREADY_RACED, ERR_BAD_REQUEST, ERR_BUSY, ERR_CODE_EXPIRED,
        ERR_CODE_REPLACED, ERR_CODE_UNKNOWN, ERR_CODE_USED, ERR_DEVICE_DENIED, ERR_DEVICE_EXPIRED, ERR_EXPIRED,
        ERR_EXTEND_REFUSED, ERR_GATEWAY_AWAY, ERR_INTERNAL, ERR_LOGIN_CANCELLED, ERR_LOGIN_LOCKED, ERR_LOGIN_REFUSED,
        ERR_NOT_FOUND, ERR_CHECKING, ERR_RECEIPT_OFF, ERR_NOT_OPEN, ERR_OPENED_ELSEWHERE, ERR_REJ_BOUND, ERR_REJ_CHAIN,
        ERR_REJ_EXPIRED, ERR_REJ_FORM, ERR_REJ_NES, ERR_REJ_PERSON, ERR_REJ_REVOKED, ERR_REJ_SIG, ERR_REJ_TEXT,
        ERR_REJ_UNKNOWN, ERR_REJ_WEAK, ERR_REJ_WINDOW, ERR_REQUEST_REFUSED, ERR_SESSION_OVER, ERR_STORE, ERR_TOO_BIG};

    for (size_t i = 0; i < sizeof said / sizeof *said; i++)
        if (said[i] == code)
            return true;
    return false;
}

enum err_code problem_read(const json_t *problem, uint64_t *ret_wait_s, struct err *err)
{
    struct json_in in = json_read(problem, err);
    char slug[SLUG_MAX];
    uint64_t wait_s = 0;
    enum err_code code;

    json_need_str(&in, "code", slug, sizeof slug);
    if (json_has(&in, "retry_after"))
        json_need_u64(&in, "retry_after", WAIT_MAX_S, &wait_s);
    if (json_done(&in) != OK)
        return json_done(&in);
    code = note_by_slug(slug);
    if (!may_be_said(code))
        return err_set(err, ERR_GARBLED, "problem with an unexpected code");
    *ret_wait_s = wait_s;
    return err_set(err, code, "said by the portal");
}
