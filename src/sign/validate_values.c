/* What the revocation values in hand say of a certificate at the time that counts. */
#include "config.h"
#include "sign/validate_inside.h"

#include <stdio.h>
#include "sign/revocation.h"

#define DEPTH_MAX 2 /* a responder whose own standing has to be asked about, and that one's */

static bool depth_status(
    const struct room *r, X509 *x, X509 *issuer, int64_t at, unsigned depth, struct validation_status *ret);

/* The answer of a responder that its issuer did not exempt counts as long as it was good when it answered. */
static bool responder_holds(
    const struct room *r, const struct evidence_item *item, X509 *issuer, int64_t at, unsigned depth)
{
    struct validation_status s;
    X509 *responder = ocsp_responder_to_check(item->der, item->len, issuer);
    bool holds = responder == NULL ||
                 (depth > 0 && depth_status(r, responder, issuer, at, depth - 1, &s) && s.state == STATE_GOOD);
    X509_free(responder);
    return holds;
}

static bool read_value(const struct room *r, const struct evidence_item *item, X509 *x, X509 *issuer, unsigned depth,
    struct revocation_answer *ret)
{
    if (item->kind == EVIDENCE_CRL)
        return crl_kept(item->der, item->len, x, issuer, ret, NULL) == OK;
    return item->kind == EVIDENCE_OCSP && ocsp_kept(item->der, item->len, x, issuer, r->p->trust, ret, NULL) == OK &&
           responder_holds(r, item, issuer, ret->this_update, depth);
}

/* Good then, if it was said later or was still good by what was said before. */
static bool is_fresh(const struct revocation_answer *a, int64_t at)
{
    if (a->this_update >= at)
        return true;
    return a->next_update != 0 ? a->next_update >= at - REVOCATION_SKEW_S : a->this_update >= at - REVOCATION_FRESH_S;
}

/* Of a certificate that has ended authorities need not keep account (RFC 5280 §5): silence is no answer then. */
static bool says_nothing(const struct revocation_answer *a, X509 *x, int64_t now)
{
    struct cert_facts f;
    return a->this_update > now + REVOCATION_SKEW_S ||
           (a->status == REV_GOOD && (cert_read(x, &f) != OK || a->this_update > f.not_after));
}

static enum validation_state state_of(const struct revocation_answer *a, int64_t at)
{
    bool later = a->at > at;
    if (a->status == REV_UNKNOWN)
        return STATE_UNKNOWN;
    if (a->status == REV_GOOD || later)
        return is_fresh(a, at) ? STATE_GOOD : STATE_STALE;
    return a->status == REV_REVOKED ? STATE_REVOKED : STATE_SUSPENDED;
}

/* Revoked is for good. Otherwise what says more about that time counts, and of two that say as much the younger: a
 * suspension can be lifted. */
static bool outweighs(const struct validation_status *a, const struct validation_status *b)
{
    static const int weight[STATE_COUNT] = {
        [STATE_UNKNOWN] = 1, [STATE_STALE] = 2, [STATE_SUSPENDED] = 3, [STATE_GOOD] = 3, [STATE_REVOKED] = 4};
    int more = weight[a->state] - weight[b->state];
    return more > 0 || (more == 0 && a->this_update > b->this_update);
}

static void hear(const struct room *r, const struct evidence *values, X509 *x, X509 *issuer, int64_t at, unsigned depth,
    struct validation_status *best)
{
    for (size_t i = 0; i < values->count; i++) {
        struct revocation_answer a;
        if (!read_value(r, &values->of[i], x, issuer, depth, &a) || says_nothing(&a, x, r->p->now))
            continue;
        struct validation_status s = {.state = state_of(&a, at),
            .source = values->of[i].kind == EVIDENCE_CRL ? "CRL" : "OCSP",
            .this_update = a.this_update,
            .revoked_at = a.at};
        if (outweighs(&s, best))
            *best = s;
    }
}

static bool depth_status(
    const struct room *r, X509 *x, X509 *issuer, int64_t at, unsigned depth, struct validation_status *ret)
{
    struct validation_status best = {.state = STATE_NOT_CHECKED, .source = ""};
    hear(r, &r->found, x, issuer, at, depth, &best);
    if (r->p->held != NULL)
        hear(r, r->p->held, x, issuer, at, depth, &best);
    *ret = best;
    return best.state != STATE_NOT_CHECKED;
}

struct validation_status values_status(const struct room *r, X509 *x, X509 *issuer, int64_t at)
{
    struct validation_status s;
    struct cert_facts f;
    (void)depth_status(r, x, issuer, at, DEPTH_MAX, &s);
    if (cert_read(x, &f) == OK)
        snprintf(s.name, sizeof s.name, "%s", f.owner);
    return s;
}
