#include "config.h"

#include "service/standing.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define OCSP_MAX (64u << 10)
#define CRL_MAX (16u << 20)

static bool may_ask(const struct portal *p, const char *url)
{
    return url[0] != '\0' && (!p->conf->test || outgoing_is_loopback(url));
}

/* ---- what is held: authorities and their responders are asked about once in a while ---- */

#define HELD 32          /* authorities; there are few */
#define HELD_GOOD_S 3600 /* then it is asked again; until its own next update it is believed if nobody answers */
#define HELD_UNKNOWN_S 2 /* nobody answered: not every signature waits for that again, but the keeper asks */

struct held {
    pthread_mutex_t lock;
    struct held_answer {
        struct digest of; /* SHA-256 of the certificate */
        struct standing standing;
        int64_t asked;
    } answers[HELD];
    unsigned count, oldest;
};

enum err_code held_new(struct held **ret)
{
    struct held *h = calloc(1, sizeof *h);
    if (!h)
        return ERR_NOMEM;
    pthread_mutex_init(&h->lock, NULL);
    *ret = h;
    return OK;
}

void held_free(struct held **h)
{
    if (!*h)
        return;
    pthread_mutex_destroy(&(*h)->lock);
    free(*h);
    *h = NULL;
}

/* The lock is held. NULL: nothing is held of it. */
static struct held_answer *find(struct held *h, const struct digest *of)
{
    for (unsigned i = 0; i < h->count; i++)
        if (memcmp(&h->answers[i].of, of, sizeof *of) == 0)
            return &h->answers[i];
    return NULL;
}

/* Is what is held of this certificate fresh? *ret is filled in any case; without an answer its standing is unknown. */
static bool held_get(struct held *h, X509 *x, int64_t now, struct held_answer *ret)
{
    struct held_answer got = {.standing = {.said = {.status = REV_UNKNOWN}}};
    unsigned len = sizeof got.of.v;
    bool known = false;
    if (X509_digest(x, EVP_sha256(), got.of.v, &len) == 1) {
        pthread_mutex_lock(&h->lock);
        const struct held_answer *a = find(h, &got.of);
        known = a != NULL;
        got = known ? *a : got;
        pthread_mutex_unlock(&h->lock);
    }
    int64_t for_s = got.standing.said.status == REV_UNKNOWN ? HELD_UNKNOWN_S : HELD_GOOD_S;
    *ret = got;
    return known && now >= got.asked && now < got.asked + for_s;
}

/* Its own next update has not come: good still, though nobody answers just now. */
static bool is_valid(const struct standing *s, int64_t now)
{
    return s->said.status == REV_GOOD && now >= s->said.this_update && now <= s->said.next_update;
}

/* Keeps what was answered in the place of `was`, and returns what holds now. Nobody answered, but what was said before
 * is valid: that is kept until the next try, unless another signature got an answer meanwhile. */
static struct standing held_put(struct held *h, const struct held_answer *was, const struct standing *said, int64_t now)
{
    struct held_answer is = {was->of, *said, now};
    bool keeps = said->said.status == REV_UNKNOWN && is_valid(&was->standing, now);
    if (keeps)
        is = (struct held_answer){was->of, was->standing, now - HELD_GOOD_S + HELD_UNKNOWN_S};
    pthread_mutex_lock(&h->lock);
    struct held_answer *a = find(h, &is.of);
    if (keeps && a && a->asked != was->asked)
        is = *a;
    if (!a && h->count < HELD)
        a = &h->answers[h->count++];
    if (!a)
        a = &h->answers[h->oldest++ % HELD];
    *a = is;
    pthread_mutex_unlock(&h->lock);
    return is.standing;
}

/* ---- one certificate ---- */

/* `keep` (may be NULL) gets the answer as it came. */
static enum err_code ask_crl(struct http *h, const char *url, X509 *x, X509 *issuer, int64_t now,
    struct revocation_answer *ret, struct buf *keep, struct err *err)
{
    struct http_answer head;
    struct buf body = BUF_INIT(CRL_MAX);
    enum err_code e = http_get(h, url, &body, &head, err);
    if (e == OK && head.status != 200)
        e = err_set(err, ERR_REJ_UNKNOWN, "CRL: HTTP %d", head.status);
    if (e == OK)
        e = crl_answer(body.data, body.len, x, issuer, now, ret, err);
    if (e == OK && keep)
        e = buf_move(keep, &body);
    buf_done(&body);
    return e;
}

/* A responder made one by the issuer may be revoked itself, unless its certificate says that nobody need ask (RFC 6960
 * §4.2.2.2.1): then it must not be in the issuer's list, found where its own certificate says, or that of `x`. */
static enum err_code responder_stands(
    struct portal *p, struct http *h, const struct buf *answer, X509 *x, X509 *issuer, int64_t now, struct err *err)
{
    char ocsp[REVOCATION_URL_MAX], crl[REVOCATION_URL_MAX];
    struct held_answer was;
    struct standing got = {.said = {.status = REV_UNKNOWN}};
    X509 *responder = ocsp_responder_to_check(answer->data, answer->len, issuer);
    if (!responder)
        return OK;
    if (held_get(p->held, responder, now, &was)) {
        got = was.standing;
    } else {
        revocation_urls(responder, ocsp, crl);
        if (crl[0] == '\0')
            revocation_urls(x, ocsp, crl);
        if (!may_ask(p, crl) || ask_crl(h, crl, responder, issuer, now, &got.said, NULL, err) != OK)
            got = (struct standing){.said = {.status = REV_UNKNOWN}};
        got = held_put(p->held, &was, &got, now);
    }
    X509_free(responder);
    return got.said.status == REV_GOOD ? OK : err_set(err, ERR_REJ_UNKNOWN, "OCSP: the responder's own standing");
}

static enum err_code ask_ocsp(struct portal *p, struct http *h, const char *url, X509 *x, X509 *issuer, int64_t now,
    struct revocation_answer *ret, struct buf *keep, struct err *err)
{
    uint8_t nonce[OCSP_NONCE_LEN];
    struct revocation_answer got;
    struct http_answer head;
    struct buf request = BUF_INIT(OCSP_MAX), body = BUF_INIT(OCSP_MAX);
    enum err_code e = ocsp_request(x, issuer, &request, nonce);
    if (e == OK)
        e = http_post(h, url, "application/ocsp-request", request.data, request.len, &body, &head, err);
    if (e == OK && head.status != 200)
        e = err_set(err, ERR_REJ_UNKNOWN, "OCSP: HTTP %d", head.status);
    if (e == OK)
        e = ocsp_answer(body.data, body.len, x, issuer, nonce, p->trust, now, &got, err);
    if (e == OK)
        e = responder_stands(p, h, &body, x, issuer, now, err);
    if (e == OK && keep)
        e = buf_move(keep, &body);
    if (e == OK)
        *ret = got;
    buf_done(&request);
    buf_done(&body);
    return e;
}

static bool may_ask_anybody(const struct portal *p, X509 *x)
{
    char ocsp[REVOCATION_URL_MAX], crl[REVOCATION_URL_MAX];
    revocation_urls(x, ocsp, crl);
    return may_ask(p, ocsp) || may_ask(p, crl);
}

/* A responder that does not know the certificate is not overruled by a CRL without it: one the authority never issued
 * would be in neither. What the CRL lists is revoked whatever the responder knows. */
static enum err_code ask_both(struct portal *p, struct http *h, X509 *x, X509 *issuer, int64_t now,
    struct standing *ret, struct standing_values *keep, struct err *err)
{
    char ocsp[REVOCATION_URL_MAX], crl[REVOCATION_URL_MAX];
    struct standing list = {.said = {.status = REV_UNKNOWN}};
    revocation_urls(x, ocsp, crl);
    err_set(err, ERR_REJ_UNKNOWN, "no address to ask");
    ret->live =
        may_ask(p, ocsp) && ask_ocsp(p, h, ocsp, x, issuer, now, &ret->said, keep ? &keep->ocsp : NULL, err) == OK;
    if (ret->live && ret->said.status != REV_UNKNOWN)
        return OK;
    enum err_code e =
        may_ask(p, crl) ? ask_crl(h, crl, x, issuer, now, &list.said, keep ? &keep->crl : NULL, err) : ERR_REJ_UNKNOWN;
    if (e == OK && ret->live && list.said.status == REV_GOOD)
        return err_set(err, ERR_REJ_UNKNOWN, "OCSP: the certificate is unknown");
    if (e == OK)
        *ret = list;
    return e;
}

static struct standing ask(
    struct portal *p, X509 *x, X509 *issuer, int64_t now, struct standing_values *keep, struct err *err)
{
    struct standing got = {.said = {.status = REV_UNKNOWN}};
    struct http *h = outgoing_take(p->revocation_calls);
    if (!h) {
        err_set(err, ERR_BUSY, "every client for revocation is out");
        return got;
    }
    enum err_code e = ask_both(p, h, x, issuer, now, &got, keep, err);
    if (may_ask_anybody(p, x))
        p->standing = e == OK || got.live ? STANDING_GOOD : STANDING_AWAY;
    if (e != OK)
        got = (struct standing){.said = {.status = REV_UNKNOWN}};
    outgoing_give(p->revocation_calls, h);
    return got;
}

/* ---- a chain ---- */

static bool names_no_address(X509 *x)
{
    char ocsp[REVOCATION_URL_MAX], crl[REVOCATION_URL_MAX];
    revocation_urls(x, ocsp, crl);
    return ocsp[0] == '\0' && crl[0] == '\0';
}

/* An authority whose certificate names nobody to ask stands as long as the trust file has its anchor. */
static struct standing ask_authority(struct portal *p, X509 *x, X509 *issuer, int64_t now, struct err *err)
{
    struct held_answer was;
    if (names_no_address(x))
        return (struct standing){.said = {.status = REV_GOOD}};
    if (held_get(p->held, x, now, &was))
        return was.standing;
    struct standing got = ask(p, x, issuer, now, NULL, err);
    return held_put(p->held, &was, &got, now);
}

struct standing standing_ask(struct portal *p, STACK_OF(X509) *chain, int64_t now, struct err *err)
{
    struct standing s = {.said = {.status = REV_UNKNOWN}};
    for (int i = sk_X509_num(chain) - 2; i > 0; i--) {
        s = ask_authority(p, sk_X509_value(chain, i), sk_X509_value(chain, i + 1), now, err);
        if (s.said.status != REV_GOOD)
            return s;
    }
    return sk_X509_num(chain) > 1 ? ask(p, sk_X509_value(chain, 0), sk_X509_value(chain, 1), now, NULL, err) : s;
}

static struct standing ask_list(struct portal *p, X509 *x, X509 *issuer, int64_t now, struct buf *keep, struct err *err)
{
    char ocsp[REVOCATION_URL_MAX], crl[REVOCATION_URL_MAX];
    struct standing got = {.said = {.status = REV_UNKNOWN}};
    struct http *h = outgoing_take(p->revocation_calls);
    revocation_urls(x, ocsp, crl);
    if (!h)
        err_set(err, ERR_BUSY, "every client for revocation is out");
    else if (!may_ask(p, crl) || ask_crl(h, crl, x, issuer, now, &got.said, keep, err) != OK)
        got = (struct standing){.said = {.status = REV_UNKNOWN}};
    if (h)
        outgoing_give(p->revocation_calls, h);
    return got;
}

enum err_code standing_fetch(
    struct portal *p, X509 *x, X509 *issuer, bool list, int64_t now, struct standing_values *ret, struct err *err)
{
    struct standing_values got = STANDING_VALUES_INIT;
    got.standing = list ? ask_list(p, x, issuer, now, &got.crl, err) : ask(p, x, issuer, now, &got, err);
    bool known = got.standing.said.status != REV_UNKNOWN;
    buf_done(got.standing.live ? &got.crl : &got.ocsp); /* what did not decide */
    if (known)
        *ret = got;
    else
        standing_values_done(&got);
    return known ? OK : ERR_REJ_UNKNOWN;
}

void standing_values_done(struct standing_values *v)
{
    buf_done(&v->ocsp);
    buf_done(&v->crl);
}

bool standing_settles(const struct standing *s, int64_t arrived, int64_t not_after)
{
    return s->said.status == REV_GOOD && (s->live || s->said.this_update >= arrived) &&
           s->said.this_update <= not_after;
}
