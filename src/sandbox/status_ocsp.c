/* The delegated OCSP responders, one per issuing authority. */
#include "config.h"

#include "sandbox/status.h"

#include <stdbool.h>
#include <string.h>
#include <openssl/ocsp.h>
#include "sandbox/register.h"

#define FRESH_S 3600

/* The issuer a CertID speaks of, by its own hash algorithm; CA_ROLES when it is none that has a responder. */
static enum ca_role issuer_of(const struct ca *ca, OCSP_CERTID *id)
{
    static const enum ca_role issuers[] = {CA_RSA, CA_EC, CA_TSA_ISSUER};
    ASN1_OBJECT *md_oid = NULL;
    if (OCSP_id_get0_info(NULL, &md_oid, NULL, NULL, id) != 1)
        return CA_ROLES;
    const EVP_MD *md = EVP_get_digestbyobj(md_oid);
    for (size_t i = 0; md != NULL && i < sizeof issuers / sizeof *issuers; i++) {
        OCSP_CERTID *own = OCSP_cert_to_id(md, NULL, ca->of[issuers[i]].cert);
        bool same = own != NULL && OCSP_id_issuer_cmp(own, id) == 0;
        OCSP_CERTID_free(own);
        if (same)
            return issuers[i];
    }
    return CA_ROLES;
}

/* One responder signs one answer: all questions must be about the same issuer. */
static enum ca_role issuer_of_all(const struct ca *ca, OCSP_REQUEST *request)
{
    int n = OCSP_request_onereq_count(request);
    enum ca_role issuer = CA_ROLES;
    for (int i = 0; i < n; i++) {
        enum ca_role one = issuer_of(ca, OCSP_onereq_get0_id(OCSP_request_onereq_get0(request, i)));
        if (i > 0 && one != issuer)
            return CA_ROLES;
        issuer = one;
    }
    return issuer;
}

struct times {
    ASN1_TIME *now, *next, *revoked;
};

static bool add_single(
    OCSP_BASICRESP *basic, const struct box *b, enum ca_role issuer, OCSP_CERTID *id, struct times *t, struct err *err)
{
    struct record r;
    ASN1_INTEGER *serial = NULL;
    if (OCSP_id_get0_info(NULL, NULL, NULL, &serial, id) != 1)
        return false;
    enum err_code rc = register_find(b, issuer, serial, &r, err);
    if (rc != OK && rc != ERR_NOT_FOUND)
        return false;
    int status = rc == ERR_NOT_FOUND            ? V_OCSP_CERTSTATUS_UNKNOWN
                 : r.reason == FLAW_NOT_REVOKED ? V_OCSP_CERTSTATUS_GOOD
                                                : V_OCSP_CERTSTATUS_REVOKED;
    if (status == V_OCSP_CERTSTATUS_REVOKED && ASN1_TIME_set(t->revoked, (time_t)r.revoked_at) == NULL)
        return false;
    bool revoked = status == V_OCSP_CERTSTATUS_REVOKED;
    return OCSP_basic_add1_status(
               basic, id, status, revoked ? r.reason : 0, revoked ? t->revoked : NULL, t->now, t->next) != NULL;
}

/* OpenSSL stamps producedAt with the machine's clock; ours may be ahead. It is told not to (OCSP_NOTIME), and the
 * field, which has no setter, is set through its getter. */
static bool set_produced(OCSP_BASICRESP *basic, int64_t now)
{
    ASN1_GENERALIZEDTIME *at = (ASN1_GENERALIZEDTIME *)(uintptr_t)OCSP_resp_get0_produced_at(basic);
    return ASN1_GENERALIZEDTIME_set(at, (time_t)now) != NULL;
}

/* Its own nonce in place of the question's, or the question's. */
static bool set_nonce(OCSP_BASICRESP *basic, OCSP_REQUEST *request, const char *mood)
{
    return strcmp(mood, "wrong-nonce") == 0 ? OCSP_basic_add1_nonce(basic, NULL, 16) == 1
                                            : OCSP_copy_nonce(basic, request) >= 0;
}

/* The last bit of the signature is turned over. */
static bool spoil(OCSP_BASICRESP *basic)
{
    const ASN1_OCTET_STRING *signature = OCSP_resp_get0_signature(basic);
    ((unsigned char *)(uintptr_t)ASN1_STRING_get0_data(signature))[ASN1_STRING_length(signature) - 1] ^= 1;
    return true;
}

static bool fill(OCSP_BASICRESP *basic, OCSP_REQUEST *request, const struct box *b, const struct ca *ca,
    enum ca_role issuer, const char *mood, struct times *t, struct err *err)
{
    const struct identity *responder = &ca->of[ca_responder(issuer)];
    int64_t now = box_now(b);
    if (ASN1_TIME_set(t->now, (time_t)now) == NULL || ASN1_TIME_set(t->next, (time_t)(now + FRESH_S)) == NULL)
        return false;
    for (int i = 0; i < OCSP_request_onereq_count(request); i++)
        if (!add_single(basic, b, issuer, OCSP_onereq_get0_id(OCSP_request_onereq_get0(request, i)), t, err))
            return false;
    return set_nonce(basic, request, mood) && set_produced(basic, now) &&
           OCSP_basic_sign(basic, responder->cert, responder->key, key_digest(responder->key), NULL,
               OCSP_NOTIME | OCSP_RESPID_KEY) == 1 &&
           (strcmp(mood, "bad-signature") != 0 || spoil(basic));
}

static enum err_code answer(OCSP_REQUEST *request, const struct box *b, const struct ca *ca, enum ca_role issuer,
    const char *mood, OCSP_RESPONSE **ret, struct err *err)
{
    enum err_code rc = ERR_CRYPTO;
    OCSP_BASICRESP *basic = OCSP_BASICRESP_new();
    struct times t = {ASN1_TIME_new(), ASN1_TIME_new(), ASN1_TIME_new()};
    if (basic != NULL && t.now != NULL && t.next != NULL && t.revoked != NULL &&
        fill(basic, request, b, ca, issuer, mood, &t, err) &&
        (*ret = OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, basic)) != NULL)
        rc = OK;
    else
        rc = crypto_fail(err, "OCSP answer");
    ASN1_TIME_free(t.now);
    ASN1_TIME_free(t.next);
    ASN1_TIME_free(t.revoked);
    OCSP_BASICRESP_free(basic);
    return rc;
}

static enum err_code write_der(OCSP_RESPONSE *response, struct buf *ret, struct err *err)
{
    unsigned char *der = NULL;
    int len = i2d_OCSP_RESPONSE(response, &der);
    enum err_code rc = len > 0 ? buf_add(ret, der, (size_t)len) : crypto_fail(err, "OCSP answer");
    OPENSSL_free(der);
    return rc;
}

enum err_code status_ocsp(const struct box *b, const struct ca *ca, const char *mood, const uint8_t *der, size_t len,
    struct buf *ret_der, struct err *err)
{
    enum err_code rc = OK;
    OCSP_RESPONSE *response = NULL;
    OCSP_REQUEST *request = d2i_OCSP_REQUEST(NULL, &der, (long)len);
    if (request == NULL || OCSP_request_onereq_count(request) == 0) {
        response = OCSP_response_create(OCSP_RESPONSE_STATUS_MALFORMEDREQUEST, NULL);
    } else if (strcmp(mood, "refusing") == 0) {
        response = OCSP_response_create(OCSP_RESPONSE_STATUS_TRYLATER, NULL);
    } else {
        enum ca_role issuer = issuer_of_all(ca, request);
        if (issuer == CA_ROLES)
            response = OCSP_response_create(OCSP_RESPONSE_STATUS_UNAUTHORIZED, NULL);
        else
            rc = answer(request, b, ca, issuer, mood, &response, err);
    }
    if (rc == OK)
        rc = response != NULL ? write_der(response, ret_der, err) : crypto_fail(err, "OCSP answer");
    OCSP_RESPONSE_free(response);
    OCSP_REQUEST_free(request);
    return rc;
}
