/* What a file still needs to prove itself. */
#include "config.h"
#include "sign/levels_in.h"

#include <openssl/err.h>
#include <openssl/ocsp.h>
#include "sign/cert.h"
#include "sign/ess.h"
#include "sign/revocation.h"

struct search {
    const struct signed_data *d;
    struct evidence values;       /* of the file, and what is at hand */
    struct evidence in_file;      /* of the file alone */
    STACK_OF(X509) *certs;        /* the certificates among the values */
    enum evidence_kind of_signer; /* the kind of status the signer needs; CERT: either */
    struct level_gaps *gaps;
    struct err *err;
};

/* ---- which value is about whom ---- */

static OCSP_BASICRESP *open_basic(const struct evidence_item *v)
{
    struct der_item basic;
    if (!levels_basic_of((struct der_view){v->der, v->len}, &basic))
        return NULL;
    const uint8_t *at = basic.whole.at;
    return d2i_OCSP_BASICRESP(NULL, &at, (long)basic.whole.len);
}

/* thisUpdate of what the answer says of x. */
static bool ocsp_time(const struct evidence_item *v, X509 *x, X509 *issuer, int64_t *ret)
{
    int status, reason;
    ASN1_GENERALIZEDTIME *revoked = NULL, *from = NULL, *to = NULL;
    OCSP_BASICRESP *basic = open_basic(v);
    OCSP_CERTID *id = OCSP_cert_to_id(EVP_sha1(), x, issuer);
    bool found = basic != NULL && id != NULL &&
                 OCSP_resp_find_status(basic, id, &status, &reason, &revoked, &from, &to) == 1 &&
                 der_asn1_time(from, ret);
    OCSP_CERTID_free(id);
    OCSP_BASICRESP_free(basic);
    ERR_clear_error();
    return found;
}

/* thisUpdate of a CRL of this issuer's name. */
static bool crl_time(const struct evidence_item *v, X509 *issuer, int64_t *ret)
{
    const uint8_t *at = v->der;
    X509_CRL *crl = d2i_X509_CRL(NULL, &at, (long)v->len);
    bool found = crl != NULL && X509_NAME_cmp(X509_CRL_get_issuer(crl), X509_get_subject_name(issuer)) == 0 &&
                 der_asn1_time(X509_CRL_get0_lastUpdate(crl), ret);
    X509_CRL_free(crl);
    ERR_clear_error();
    return found;
}

bool levels_is_about(const struct evidence_item *value, X509 *x, X509 *issuer)
{
    int64_t at;
    return value->kind == EVIDENCE_OCSP  ? ocsp_time(value, x, issuer, &at)
           : value->kind == EVIDENCE_CRL ? crl_time(value, issuer, &at)
                                         : false;
}

/* ---- gaps ---- */

static enum err_code add_gap(struct search *s, X509 *x, X509 *issuer)
{
    struct level_gaps *g = s->gaps;
    for (size_t i = 0; i < g->count; i++)
        if (X509_cmp(g->of[i].cert, x) == 0)
            return OK;
    if (g->count == LEVEL_GAPS_MAX)
        return err_set(s->err, ERR_TOO_BIG, "status values");
    X509_up_ref(x);
    X509_up_ref(issuer);
    g->of[g->count++] = (struct level_gap){x, issuer};
    return OK;
}

static enum err_code add_missing_cert(struct search *s, X509 *x)
{
    unsigned char *der = NULL;
    int len = i2d_X509(x, &der);
    bool there = len > 0 && evidence_holds(&s->in_file, EVIDENCE_CERT, der, (size_t)len);
    OPENSSL_free(der);
    if (len <= 0 || (!there && X509_add_cert(s->gaps->certs, x, X509_ADD_FLAG_UP_REF | X509_ADD_FLAG_NO_DUP) != 1))
        return err_set(s->err, ERR_NOMEM, "certificates");
    return OK;
}

/* Is this value a status of x that is signed as it should be, at its own time? */
static bool proves(const struct evidence_item *v, X509 *x, X509 *issuer, const struct trust *trust)
{
    struct revocation_answer a;
    int64_t at = 0;
    if (v->kind == EVIDENCE_OCSP)
        return ocsp_time(v, x, issuer, &at) && ocsp_answer(v->der, v->len, x, issuer, NULL, trust, at, &a, NULL) == OK;
    return v->kind == EVIDENCE_CRL && crl_time(v, issuer, &at) &&
           crl_answer(v->der, v->len, x, issuer, at, &a, NULL) == OK;
}

static const struct evidence_item *find_proof(
    const struct search *s, X509 *x, X509 *issuer, enum evidence_kind kind, const struct trust *trust)
{
    for (size_t i = 0; i < s->values.count; i++) {
        const struct evidence_item *v = &s->values.of[i];
        if ((kind == EVIDENCE_CERT || v->kind == kind) && proves(v, x, issuer, trust))
            return v;
    }
    return NULL;
}

/* A status value of x, and of the responder that gave it where its issuer wants it asked about; a responder's own
 * responder is not followed further. */
static enum err_code need_status(
    struct search *s, X509 *x, X509 *issuer, enum evidence_kind kind, const struct trust *trust)
{
    const struct evidence_item *v = find_proof(s, x, issuer, kind, trust);
    if (v == NULL)
        return add_gap(s, x, issuer);
    X509 *responder = v->kind == EVIDENCE_OCSP ? ocsp_responder_to_check(v->der, v->len, issuer) : NULL;
    enum err_code rc = OK;
    if (responder != NULL && X509_cmp(responder, x) != 0 &&
        find_proof(s, responder, issuer, EVIDENCE_CERT, trust) == NULL)
        rc = add_gap(s, responder, issuer);
    X509_free(responder);
    return rc;
}

static enum err_code need_chain(
    struct search *s, X509 *leaf, enum evidence_kind kind, const struct trust *trust, int64_t at, const char *whose)
{
    STACK_OF(X509) *chain = NULL;
    enum err_code rc = trust_chain(trust, leaf, s->certs, at, &chain);
    if (rc != OK)
        return err_set(s->err, rc, "%s: chain", whose);
    for (int i = 0; i < sk_X509_num(chain) && rc == OK; i++) {
        X509 *x = sk_X509_value(chain, i);
        rc = add_missing_cert(s, x);
        if (rc == OK && i + 1 < sk_X509_num(chain))
            rc = need_status(s, x, sk_X509_value(chain, i + 1), i == 0 ? kind : EVIDENCE_CERT, trust);
    }
    sk_X509_pop_free(chain, X509_free);
    return rc;
}

/* ---- the chains of a file ---- */

static enum err_code take_certs(struct search *s)
{
    for (size_t i = 0; i < s->values.count; i++) {
        X509 *x;
        if (s->values.of[i].kind != EVIDENCE_CERT)
            continue;
        enum err_code rc = cert_parse(s->values.of[i].der, s->values.of[i].len, &x);
        if (rc != OK)
            return err_set(s->err, rc, "a certificate cannot be read");
        if (sk_X509_push(s->certs, x) <= 0) {
            X509_free(x);
            return err_set(s->err, ERR_NOMEM, "certificates");
        }
    }
    return OK;
}

static enum err_code take_values(struct search *s, const struct evidence *have)
{
    enum err_code rc = levels_values(s->d, &s->in_file, s->err);
    if (rc == OK)
        rc = levels_values(s->d, &s->values, s->err);
    for (size_t i = 0; have != NULL && i < have->count && rc == OK; i++) {
        const struct evidence_item *v = &have->of[i];
        rc = evidence_add(&s->values, v->kind, v->der, v->len);
        if (rc == OK && v->kind == EVIDENCE_CERT)
            rc = evidence_add(&s->in_file, v->kind, v->der, v->len); /* it need not be found again */
    }
    return rc == OK ? take_certs(s) : rc;
}

static X509 *find_signer(const struct search *s)
{
    struct der_view sid = s->d->sid.body;
    struct der_item issuer, serial;
    if (!der_take(&sid, DER_SEQUENCE, &issuer) || !der_take(&sid, DER_INTEGER, &serial))
        return NULL;
    for (int i = 0; i < sk_X509_num(s->certs); i++)
        if (ess_is_named(sk_X509_value(s->certs, i), &issuer, &serial))
            return sk_X509_value(s->certs, i);
    return NULL;
}

static int64_t best_time(const struct level_stamps *stamps, int64_t at)
{
    for (size_t i = 0; i < stamps->count; i++)
        if (stamps->of[i].kind == STAMP_SIGNATURE && stamps->of[i].facts.time < at)
            at = stamps->of[i].facts.time;
    return at;
}

static enum err_code need_all(struct search *s, const struct level_stamps *stamps, const struct trust *trust,
    const struct trust *tsas, int64_t at)
{
    X509 *signer = find_signer(s);
    if (signer == NULL)
        return err_set(s->err, ERR_REJ_FORM, "the signer's certificate is missing");
    enum err_code rc = need_chain(s, signer, s->of_signer, trust, best_time(stamps, at), "signer");
    for (size_t i = 0; i < stamps->count && rc == OK; i++)
        rc = need_chain(s, stamps->of[i].facts.unit, EVIDENCE_CERT, tsas, stamps->of[i].facts.time, "time stamp");
    return rc;
}

static enum evidence_kind kind_for(enum profile p)
{
    return p == PROFILE_P3 ? EVIDENCE_CRL : p == PROFILE_P4 ? EVIDENCE_OCSP : EVIDENCE_CERT;
}

enum err_code level_missing(const uint8_t *der, size_t len, enum profile profile, const struct trust *trust,
    const struct trust *tsas, int64_t at, const struct evidence *have, struct level_gaps *ret, struct err *err)
{
    struct signed_data d;
    struct level_stamps stamps = {.count = 0};
    struct level_gaps gaps = {.certs = sk_X509_new_null()};
    struct search s = {.d = &d, .certs = sk_X509_new_null(), .of_signer = kind_for(profile), .gaps = &gaps, .err = err};
    enum err_code rc = gaps.certs == NULL || s.certs == NULL ? err_set(err, ERR_NOMEM, "certificates")
                                                             : levels_open(der, len, &d, err);
    if (rc == OK)
        rc = level_stamps_read(der, len, &stamps, err);
    if (rc == OK)
        rc = take_values(&s, have);
    if (rc == OK)
        rc = need_all(&s, &stamps, trust, tsas, at);
    if (rc == OK) {
        *ret = gaps;
        gaps = (struct level_gaps){.certs = NULL};
    }
    level_gaps_done(&gaps);
    level_stamps_done(&stamps);
    evidence_done(&s.values);
    evidence_done(&s.in_file);
    sk_X509_pop_free(s.certs, X509_free);
    ERR_clear_error();
    return rc;
}

void level_gaps_done(struct level_gaps *g)
{
    for (size_t i = 0; i < g->count; i++) {
        X509_free(g->of[i].cert);
        X509_free(g->of[i].issuer);
    }
    sk_X509_pop_free(g->certs, X509_free);
    *g = (struct level_gaps){.certs = NULL};
}
