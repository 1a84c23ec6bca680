/* X.509 certificate validation and revocation freshness, §5.2.5 and §5.2.6, at the best signature time (§5.5.4): a
 * chain that holds then, and what is known about the revocation of everything in it. */
#include "config.h"
#include "sign/validate_inside.h"

#include "sign/revocation.h"

/* An authority's certificate that names no place to ask cannot be asked about. */
static bool names_a_place(X509 *x)
{
    char ocsp[REVOCATION_URL_MAX], crl[REVOCATION_URL_MAX];
    revocation_urls(x, ocsp, crl);
    return ocsp[0] != '\0' || crl[0] != '\0';
}

static bool must_be_known(const struct room *r, X509 *x, bool is_signer)
{
    return r->offered && (is_signer || names_a_place(x));
}

static void judge_state(struct room *r, const struct validation_status *s, X509 *x, bool is_signer)
{
    if (s->state == STATE_REVOKED && !is_signer)
        room_fail(r, WHY_REVOKED_CA, validation_rule_slug(WHY_REVOKED_CA));
    else if (s->state == STATE_REVOKED)
        room_fail(
            r, r->made_after >= s->revoked_at ? WHY_REVOKED : WHY_REVOKED_NO_POE, validation_state_slug(s->state));
    else if (s->state != STATE_GOOD && (s->state != STATE_NOT_CHECKED || must_be_known(r, x, is_signer)))
        room_fail(r, WHY_REVOCATION, validation_state_slug(s->state));
}

/* Good when the signer is, and nobody above is less. */
static void judge_revocation(struct room *r, STACK_OF(X509) *chain, int64_t at)
{
    struct validation *v = r->v;
    room_block(r, BLOCK_FRESHNESS);
    for (int i = 0; i + 1 < sk_X509_num(chain) && v->status_count < VALIDATION_STATUSES_MAX; i++) {
        X509 *x = sk_X509_value(chain, i);
        struct validation_status s = values_status(r, x, sk_X509_value(chain, i + 1), at);
        judge_state(r, &s, x, i == 0);
        bool silent = i > 0 && s.state == STATE_NOT_CHECKED && !names_a_place(x);
        if (i == 0 || (v->revocation == STATE_GOOD && !silent))
            v->revocation = s.state;
        v->statuses[v->status_count++] = s;
    }
}

static void judge_dates(struct room *r)
{
    const struct validation *v = r->v;
    const struct cert_facts *f = &v->cert;
    if (r->made_after > f->not_after)
        room_fail(r, WHY_EXPIRED, validation_rule_slug(WHY_EXPIRED));
    else if (v->proven && v->best_time < f->not_before)
        room_fail(r, WHY_NOT_YET, validation_rule_slug(WHY_NOT_YET));
    else if (v->revocation == STATE_GOOD && v->best_time > f->not_after)
        room_fail(r, WHY_NOT_REVOKED, validation_rule_slug(WHY_NOT_REVOKED));
    else
        room_fail(r, WHY_VALIDITY, validation_rule_slug(WHY_VALIDITY));
}

/* A second within the certificate's own validity, as near to `at` as there is one. */
static int64_t within(const struct cert_facts *f, int64_t at)
{
    int64_t latest = f->not_after - 1, earliest = f->not_before + 1;
    return at > latest ? latest : at < earliest ? earliest : at;
}

static void explain(struct room *r, enum err_code rc)
{
    enum validation_rule rule = rc == ERR_REJ_WEAK ? WHY_CHAIN_STRENGTH : WHY_CHAIN;
    if (rc == ERR_NOMEM)
        r->fatal = rc;
    if (rc == ERR_REJ_CHAIN && trust_has_path(r->p->trust, r->signer, r->certs))
        rule = WHY_PATH;
    room_fail(r, rule, validation_rule_slug(rule));
}

void validate_path(struct room *r)
{
    struct validation *v = r->v;
    STACK_OF(X509) *chain = NULL;
    int64_t at = v->best_time;
    room_block(r, BLOCK_X509);
    enum err_code rc = trust_chain(r->p->trust, r->signer, r->certs, at, &chain);
    bool out_of_bounds = rc == ERR_REJ_EXPIRED;
    if (out_of_bounds) {
        at = within(&v->cert, at);
        rc = trust_chain(r->p->trust, r->signer, r->certs, at, &chain);
    }
    if (rc == OK)
        judge_revocation(r, chain, at);
    else if (rc != ERR_REJ_EXPIRED)
        explain(r, rc);
    if (out_of_bounds)
        judge_dates(r);
    if (r->p->nes && v->nes != REASON_USABLE)
        room_fail(r, WHY_NES, cert_reason_slug(v->nes));
    sk_X509_pop_free(chain, X509_free);
}
