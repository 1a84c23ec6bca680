#include "config.h"

#include "service/accept.h"

#include <string.h>

#define SKEW_S 5 /* the signer's clock is ours, carried over one answer; this is the network's share */

static enum err_code in_time(struct submission *s, struct err *err)
{
    const struct request *r = s->request;
    if (r->standing != REQUEST_OPENED)
        return err_set(err, ERR_REJ_WINDOW, "the request is not open");
    return s->arrived <= r->closes ? OK
                                   : err_set(err, ERR_REJ_WINDOW, "%lld s late", (long long)(s->arrived - r->closes));
}

static enum err_code in_form(struct submission *s, struct err *err)
{
    enum err_code e = cades_read(s->der, s->len, &s->facts, err);
    s->read = e == OK;
    return e;
}

/* This very request's own consent, given by this very file a moment ago in another thread: no rule's business, the
 * store answers with it. */
static bool is_its_own(const struct submission *s, const struct consent *c)
{
    return c->request == s->request->id && memcmp(&c->signature, &s->signature, sizeof c->signature) == 0;
}

static enum err_code is_new(struct submission *s, struct err *err)
{
    struct consent c;
    enum err_code e = store_consent_by_signature(s->portal->store, &s->signature, &c);
    if (e == ERR_NOT_FOUND || (e == OK && is_its_own(s, &c)))
        return OK;
    return e == OK ? err_set(err, ERR_REJ_BOUND, "given before, for another request") : e;
}

static enum err_code is_the_text(struct submission *s, struct err *err)
{
    struct digest d = digest_of(s->facts.text, s->facts.text_len);
    bool same = memcmp(&d, &s->request->text, sizeof d) == 0;
    return same ? OK : err_set(err, ERR_REJ_TEXT, "another text, %zu bytes", s->facts.text_len);
}

static enum err_code is_bound(struct submission *s, struct err *err)
{
    bool same = memcmp(s->facts.content_id, s->request->content_id, sizeof s->facts.content_id) == 0;
    return same ? OK : err_set(err, ERR_REJ_BOUND, "another content identifier");
}

static enum err_code signed_meanwhile(struct submission *s, struct err *err)
{
    int64_t t = s->facts.signing_time;
    bool within = t >= s->request->opened - SKEW_S && t <= s->arrived + SKEW_S;
    return within ? OK : err_set(err, ERR_REJ_BOUND, "signing time outside the window");
}

static enum err_code follows_policy(struct submission *s, struct err *err)
{
    bool fits = policy_fits(s->facts.profile, s->portal->profile);
    return fits ? OK : err_set(err, ERR_REJ_POLICY, "policy of %s", profile_name(s->facts.profile));
}

/* Signature, certificate, chain, person: sign/cades.h has a table of its own. */
static enum err_code is_good(struct submission *s, struct err *err)
{
    return cades_check(&s->facts, NULL, s->request->person.tckn, s->portal->trust, s->arrived, err);
}

static enum err_code is_first(struct submission *s, struct err *err)
{
    struct consent c;
    enum err_code e = store_consent_by_person(s->portal->store, &s->request->person.digest, &c);
    if (e == ERR_NOT_FOUND || (e == OK && is_its_own(s, &c)))
        return OK;
    return e == OK ? err_set(err, ERR_ALREADY_RACED, "consented meanwhile") : e;
}

/* What is not settled passes: the consent is then kept as "checking". */
static enum err_code is_not_revoked(struct submission *s, struct err *err)
{
    STACK_OF(X509) *chain = NULL;
    enum err_code e = cades_chain(&s->facts, s->portal->trust, s->arrived, &chain);
    if (e != OK)
        return e;
    s->standing = standing_ask(s->portal, chain, hour_now(s->portal->hour), err);
    s->settled = standing_settles(&s->standing, s->arrived, s->facts.cert.not_after);
    sk_X509_pop_free(chain, X509_free);
    enum revocation status = s->standing.said.status;
    if (status == REV_GOOD && !s->settled)
        err_set(err, ERR_REJ_UNKNOWN, "good by a CRL made before; the next one is waited for");
    bool bad = status == REV_REVOKED || status == REV_SUSPENDED;
    return bad ? err_set(err, ERR_REJ_REVOKED, "revoked or suspended") : OK;
}

static const struct accept_rule rules[] = {
    {"in-time", "the request is open and the whole submission arrived in time", in_time},
    {"form", "a CAdES B-B file with one signer", in_form},
    {"new", "the signature was not used before", is_new},
    {"text", "it holds the issued text, byte for byte", is_the_text},
    {"bound", "its content identifier is this request's", is_bound},
    {"signing-time", "its signing time lies between opening and arrival", signed_meanwhile},
    {"policy", "it names the signature policy asked for, or none when none was", follows_policy},
    {"good", "signature, certificate, chain and person hold (the table of sign/cades.h)", is_good},
    {"first", "the person has not consented yet", is_first},
    {"not-revoked", "the certificate is not revoked, as far as it can be found out", is_not_revoked},
};

const struct accept_rule *accept_rules(size_t *ret_count)
{
    *ret_count = sizeof rules / sizeof rules[0];
    return rules;
}

enum err_code accept_judge(struct submission *s, const char **ret_rule, struct err *err)
{
    s->standing = (struct standing){.said = {.status = REV_UNKNOWN}};
    s->settled = false;
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        enum err_code e = rules[i].holds(s, err);
        if (e == OK)
            continue;
        *ret_rule = rules[i].name;
        return e;
    }
    return OK;
}

void submission_done(struct submission *s)
{
    if (s->read)
        cades_facts_done(&s->facts);
    s->read = false;
}
