#include "config.h"

#include "service/keeper.h"

#include <stdlib.h>
#include "service/portal.h"
#include "service/standing.h"
#include "service/ticker.h"
#include "sign/cades.h"

#define TICK_MS 500
#define LEASE_S 60
#define RETRY_MAX_S 300
#define PURGE_EVERY_S 60
#define REQUESTS_KEPT_S 86400 /* so long a code that ended is "expired" and not "unknown" */

struct keeper {
    struct portal *portal;
    struct ticker *ticker;
    int64_t purged_at;
};

/* ---- one consent that is being checked ---- */

/* OK with *ret_rule NULL: good. OK with a slug: refused. ERR_REJ_UNKNOWN: ask again later. */
static enum err_code decide(const struct consent *c, const struct cades_facts *f, const struct standing *got,
    int64_t now, const char **ret_rule)
{
    bool revoked = got->said.status == REV_REVOKED || got->said.status == REV_SUSPENDED;
    *ret_rule = NULL;
    /* A suspension lifted meanwhile leaves the certificate good for the whole of it (RFC 5280 §5.3.1, removeFromCRL).
     */
    if (standing_settles(got, c->accepted, f->cert.not_after))
        return OK;
    if (revoked && got->said.at > c->accepted) /* it was still good when the signature arrived */
        return OK;
    if (revoked)
        *ret_rule = note_of(ERR_REJ_REVOKED)->slug;
    else if (now > f->cert.not_after) /* nobody answers for it any more */
        *ret_rule = note_of(ERR_REJ_UNKNOWN)->slug;
    return *ret_rule ? OK : ERR_REJ_UNKNOWN;
}

static enum err_code ask_again(struct portal *p, const struct consent *c, const char **ret_rule, struct err *err)
{
    struct buf cms = BUF_INIT(CADES_MAX);
    struct cades_facts facts;
    STACK_OF(X509) *chain = NULL;
    enum err_code e = store_consent_cms(p->store, c->number, &cms);
    if (e == OK)
        e = cades_read(cms.data, cms.len, &facts, err);
    buf_done(&cms);
    if (e != OK)
        return e;
    int64_t now = hour_now(p->hour);
    e = cades_chain(&facts, p->trust, c->accepted, &chain);
    if (e == OK) {
        struct standing got = standing_ask(p, chain, now, err);
        e = decide(c, &facts, &got, now, ret_rule);
    }
    sk_X509_pop_free(chain, X509_free);
    cades_facts_done(&facts);
    return e;
}

static int64_t pause_s(uint64_t checks)
{
    int64_t s = checks > 7 ? RETRY_MAX_S : (int64_t)2 << checks;
    return s > RETRY_MAX_S ? RETRY_MAX_S : s;
}

static void recheck(struct portal *p, const struct consent *c)
{
    const char *rule = NULL;
    struct err err = {0};
    enum err_code e = ask_again(p, c, &rule, &err);
    int64_t now = hour_now(p->hour);
    enum err_code kept = e == OK ? store_consent_settle(p->store, c->number, rule, now)
                                 : store_consent_retry(p->store, c->number, now + pause_s(c->checks));
    diary_say(p->diary, "recheck", "number=%s result=%s detail=\"%s\"%s", c->number,
        e != OK ? "unknown"
        : rule  ? rule
                : "accepted",
        err.detail, kept == OK ? "" : " (not kept)");
}

static void recheck_due(struct keeper *k, struct ticker *t)
{
    struct consent c;
    struct portal *p = k->portal;
    int64_t now = hour_now(p->hour);
    while (!ticker_stops(t) && store_consent_claim(p->store, now, now + LEASE_S, &c) == OK)
        recheck(p, &c);
}

/* ---- all of it ---- */

static void purge_old(struct keeper *k)
{
    int64_t now = hour_now(k->portal->hour);
    if (now - k->purged_at < PURGE_EVERY_S && now >= k->purged_at)
        return;
    k->purged_at = now;
    if (store_purge(k->portal->store, now, now - REQUESTS_KEPT_S) != OK)
        diary_say(k->portal->diary, "trouble", "what is over could not be forgotten");
}

static void keep(void *ctx, struct ticker *t)
{
    struct keeper *k = ctx;
    purge_old(k);
    recheck_due(k, t);
}

enum err_code keeper_new(struct portal *p, struct keeper **ret)
{
    struct keeper *k = calloc(1, sizeof *k);
    if (!k)
        return ERR_NOMEM;
    k->portal = p;
    enum err_code e = ticker_new(TICK_MS, keep, k, &k->ticker);
    if (e != OK)
        keeper_free(&k);
    else
        *ret = k;
    return e;
}

void keeper_free(struct keeper **keeper)
{
    struct keeper *k = *keeper;
    if (!k)
        return;
    ticker_free(&k->ticker);
    free(k);
    *keeper = NULL;
}
