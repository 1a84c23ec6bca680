#include "config.h"
#include "sign/cades.h"

#include <string.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/x509v3.h>
#include "sign/alg.h"

struct check {
    const struct cades_facts *f;
    const struct consent_claim *want;
    const char *tckn;
    const struct trust *trust; /* NULL: only what the signature answers by itself */
    enum err_code chain;       /* what trust_chain said */
};

static bool text_holds(const struct check *c)
{
    return c->want == NULL ||
           (c->f->text_len == c->want->text_len && memcmp(c->f->text, c->want->text, c->want->text_len) == 0);
}

static bool binding_holds(const struct check *c)
{
    uint8_t id[CONTENT_ID_LEN];
    return c->want == NULL || (consent_content_id(c->want, id) == OK && memcmp(id, c->f->content_id, sizeof id) == 0);
}

static bool time_holds(const struct check *c)
{
    return c->want == NULL || (c->f->signing_time >= c->want->created - CONSENT_SKEW_S &&
                                  c->f->signing_time <= c->want->signing_time + CONSENT_SKEW_S);
}

static bool policy_holds(const struct check *c)
{
    return c->want == NULL || policy_fits(c->f->profile, c->want->profile);
}

static bool strength_holds(const struct check *c)
{
    return cert_is_strong(&c->f->cert) && !alg_digest_is_weak(c->f->digest);
}

static bool algorithm_holds(const struct check *c)
{
    const struct alg *alg = alg_of(c->f->cert.key);
    return alg != NULL && alg->digest == c->f->digest;
}

static bool digest_holds(const struct check *c)
{
    uint8_t digest[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    return EVP_Digest(c->f->text, c->f->text_len, digest, &len, EVP_get_digestbynid(c->f->digest), NULL) == 1 &&
           len == c->f->message_digest_len && memcmp(digest, c->f->message_digest, len) == 0;
}

/* One verification, with the key of the one certificate that the signer identifier and signing-certificate-v2 name
 * (cades_read saw to both) and no other: left to itself OpenSSL takes whichever certificate of the file bears a name it
 * holds for the same (X509_NAME_cmp heeds neither case nor blanks). */
static bool signature_holds(const struct check *c)
{
    return alg_verify_attributes(&c->f->signature_alg, c->f->digest, c->f->key, c->f->attributes, c->f->signature);
}

static bool chain_holds(const struct check *c)
{
    return c->chain != ERR_REJ_CHAIN;
}

static bool chain_strength_holds(const struct check *c)
{
    return c->chain != ERR_REJ_WEAK;
}

static bool validity_holds(const struct check *c)
{
    return c->chain != ERR_REJ_EXPIRED;
}

static bool nes_holds(const struct check *c)
{
    return cert_judge_nes(&c->f->cert, trust_nes(c->trust)) == REASON_USABLE;
}

static bool person_holds(const struct check *c)
{
    return c->tckn == NULL || (c->f->cert.tckn[0] != '\0' && strcmp(c->f->cert.tckn, c->tckn) == 0);
}

static const struct {
    struct cades_rule rule;
    bool (*holds)(const struct check *);
    bool itself; /* the signature answers it by itself, whosever it is */
} rules[] = {
    {{ERR_REJ_TEXT, "text"}, text_holds, false},
    {{ERR_REJ_BOUND, "content-identifier"}, binding_holds, false},
    {{ERR_REJ_BOUND, "signing-time"}, time_holds, false},
    {{ERR_REJ_POLICY, "policy"}, policy_holds, false},
    {{ERR_REJ_WEAK, "strength"}, strength_holds, true},
    {{ERR_REJ_FORM, "algorithm"}, algorithm_holds, true},
    {{ERR_REJ_SIG, "message-digest"}, digest_holds, true},
    {{ERR_REJ_SIG, "signature"}, signature_holds, true},
    {{ERR_REJ_CHAIN, "chain"}, chain_holds, false},
    {{ERR_REJ_WEAK, "chain-strength"}, chain_strength_holds, false},
    {{ERR_REJ_EXPIRED, "validity"}, validity_holds, false},
    {{ERR_REJ_NES, "nes"}, nes_holds, false},
    {{ERR_REJ_PERSON, "person"}, person_holds, false},
};
#define RULES (sizeof rules / sizeof rules[0])

const struct cades_rule *cades_rule_at(size_t i)
{
    return i < RULES ? &rules[i].rule : NULL;
}

static enum err_code refuse(const struct check *c, const struct cades_rule *rule, struct err *err)
{
    if (rule->code != ERR_REJ_NES)
        return err_set(err, rule->code, "%s", rule->name);
    return err_set(
        err, rule->code, "%s: %s", rule->name, cert_reason_slug(cert_judge_nes(&c->f->cert, trust_nes(c->trust))));
}

static enum err_code run(const struct check *c, bool itself_only, struct err *err)
{
    enum err_code rc = OK;
    for (size_t i = 0; i < RULES && rc == OK; i++)
        if ((!itself_only || rules[i].itself) && !rules[i].holds(c))
            rc = refuse(c, &rules[i].rule, err);
    ERR_clear_error();
    return rc;
}

enum err_code cades_chain(
    const struct cades_facts *f, const struct trust *trust, int64_t at, STACK_OF(X509) **ret_chain)
{
    X509 *signer = NULL;
    STACK_OF(X509) *certs = NULL;
    if (cades_decode(f, &signer, &certs) != OK)
        return ERR_REJ_CHAIN;
    enum err_code rc = trust_chain(trust, signer, certs, at, ret_chain);
    X509_free(signer);
    sk_X509_pop_free(certs, X509_free);
    return rc;
}

/* Nearly every signer stands directly below an authority that the trust holds; who does not is looked at at length. */
static enum err_code judge_chain(const struct cades_facts *f, const struct trust *trust, int64_t at)
{
    return trust_holds(trust, &f->signer, &f->cert, at) ? OK : cades_chain(f, trust, at, NULL);
}

enum err_code cades_check(const struct cades_facts *f, const struct consent_claim *want, const char *tckn,
    const struct trust *trust, int64_t at, struct err *err)
{
    struct check c = {f, want, tckn, trust, judge_chain(f, trust, at)};
    return c.chain == ERR_NOMEM ? err_set(err, ERR_NOMEM, "chain") : run(&c, false, err);
}

enum err_code cades_check_itself(const struct cades_facts *f, struct err *err)
{
    struct check c = {f, NULL, NULL, NULL, OK};
    return run(&c, true, err);
}
