#include "config.h"

#include "service/standing.h"

#define OCSP_MAX (64u << 10)
#define CRL_MAX (16u << 20)

static bool may_ask(const struct portal *p, const char *url)
{
    return url[0] != '\0' && (!p->conf->test || outgoing_is_loopback(url));
}

static enum err_code ask_ocsp(struct portal *p, struct http *h, const char *url, X509 *x, X509 *issuer, int64_t now,
    struct revocation_answer *ret, struct err *err)
{
    uint8_t nonce[16];
    struct http_answer head;
    struct buf request = BUF_INIT(OCSP_MAX), body = BUF_INIT(OCSP_MAX);
    enum err_code e = ocsp_request(x, issuer, &request, nonce);
    if (e == OK)
        e = http_post(h, url, "application/ocsp-request", request.data, request.len, &body, &head, err);
    if (e == OK && head.status != 200)
        e = err_set(err, ERR_REJ_UNKNOWN, "OCSP: HTTP %d", head.status);
    if (e == OK)
        e = ocsp_answer(body.data, body.len, x, issuer, nonce, p->trust, now, ret, err);
    buf_done(&request);
    buf_done(&body);
    return e;
}

static enum err_code ask_crl(
    struct http *h, const char *url, X509 *x, X509 *issuer, int64_t now, struct revocation_answer *ret, struct err *err)
{
    struct http_answer head;
    struct buf body = BUF_INIT(CRL_MAX);
    enum err_code e = http_get(h, url, &body, &head, err);
    if (e == OK && head.status != 200)
        e = err_set(err, ERR_REJ_UNKNOWN, "CRL: HTTP %d", head.status);
    if (e == OK)
        e = crl_answer(body.data, body.len, x, issuer, now, ret, err);
    buf_done(&body);
    return e;
}

struct revocation_answer standing_ask(struct portal *p, X509 *x, X509 *issuer, int64_t now, struct err *err)
{
    char ocsp[256], crl[256];
    struct revocation_answer got = {.status = REV_UNKNOWN};
    struct http *h = outgoing_take(p->revocation_calls);
    if (!h) {
        err_set(err, ERR_BUSY, "every client for revocation is out");
        return got;
    }
    revocation_urls(x, ocsp, crl);
    err_set(err, ERR_REJ_UNKNOWN, "no address to ask");
    enum err_code e = may_ask(p, ocsp) ? ask_ocsp(p, h, ocsp, x, issuer, now, &got, err) : ERR_REJ_UNKNOWN;
    if ((e != OK || got.status == REV_UNKNOWN) && may_ask(p, crl))
        e = ask_crl(h, crl, x, issuer, now, &got, err);
    outgoing_give(p->revocation_calls, h);
    if (may_ask(p, ocsp) || may_ask(p, crl))
        p->standing = e == OK ? STANDING_GOOD : STANDING_AWAY;
    if (e != OK)
        got = (struct revocation_answer){.status = REV_UNKNOWN};
    return got;
}
