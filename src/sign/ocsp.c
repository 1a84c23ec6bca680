/* OCSP, RFC 6960. The library's own chain check knows only the machine's clock, so the responder is judged here. */
#include "config.h"
#include "sign/revocation.h"

#include <stdbool.h>
#include <string.h>
#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include "sign/alg.h"
#include "sign/der.h"

#define REQUEST_MAX 4096
#define ANSWER_MAX 65536

static bool add_question(OCSP_REQUEST *request, X509 *x, X509 *issuer)
{
    /* SHA-1 only names the issuer here; it is the one hash that every responder answers to (RFC 5019 §2.1.1). */
    OCSP_CERTID *id = OCSP_cert_to_id(EVP_sha1(), x, issuer);
    if (id != NULL && OCSP_request_add0_id(request, id) != NULL)
        return true;
    OCSP_CERTID_free(id);
    return false;
}

enum err_code ocsp_request(X509 *x, X509 *issuer, struct buf *ret_der, uint8_t nonce[OCSP_NONCE_LEN])
{
    struct der_out out = DER_OUT_INIT(REQUEST_MAX);
    OCSP_REQUEST *request = OCSP_REQUEST_new();
    enum err_code rc = ERR_CRYPTO;
    if (request != NULL && add_question(request, x, issuer) && RAND_bytes(nonce, OCSP_NONCE_LEN) == 1 &&
        OCSP_request_add1_nonce(request, nonce, OCSP_NONCE_LEN) == 1) {
        der_put_asn1(&out, request, ASN1_ITEM_rptr(OCSP_REQUEST));
        rc = out.rc == OK ? buf_move(ret_der, &out.buf) : out.rc;
    }
    OCSP_REQUEST_free(request);
    der_out_done(&out);
    ERR_clear_error();
    return rc;
}

static OCSP_BASICRESP *open_answer(const uint8_t *der, size_t len)
{
    const uint8_t *at = der;
    OCSP_BASICRESP *basic = NULL;
    OCSP_RESPONSE *response = len > ANSWER_MAX ? NULL : d2i_OCSP_RESPONSE(NULL, &at, (long)len);
    if (response != NULL && at == der + len && OCSP_response_status(response) == OCSP_RESPONSE_STATUS_SUCCESSFUL)
        basic = OCSP_response_get1_basic(response);
    OCSP_RESPONSE_free(response);
    return basic;
}

/* Made a responder by the very issuer: signed by it and meant for nothing else. */
static bool is_delegate(X509 *signer, X509 *issuer)
{
    return (X509_get_extension_flags(signer) & EXFLAG_XKUSAGE) != 0 &&
           (X509_get_extended_key_usage(signer) & XKU_OCSP_SIGN) != 0 &&
           X509_check_issued(issuer, signer) == X509_V_OK && X509_verify(signer, X509_get0_pubkey(issuer)) == 1;
}

static bool responder_holds(X509 *signer, X509 *issuer, const struct trust *trust, int64_t now)
{
    if (X509_cmp(signer, issuer) != 0 && !is_delegate(signer, issuer))
        return false;
    STACK_OF(X509) *above = sk_X509_new_null();
    bool holds = above != NULL && sk_X509_push(above, issuer) > 0 && trust_chain(trust, signer, above, now, NULL) == OK;
    sk_X509_free(above);
    return holds;
}

static const char *judge_signature(OCSP_BASICRESP *basic, X509 *issuer, const struct trust *trust, int64_t now)
{
    X509 *signer = NULL;
    STACK_OF(X509) *known = sk_X509_new_null();
    const char *why = "responder";
    if (known == NULL || sk_X509_push(known, issuer) <= 0 || OCSP_resp_get0_signer(basic, &signer, known) != 1 ||
        !responder_holds(signer, issuer, trust, now))
        goto out;
    why = "signature";
    if (!alg_is_weak(OCSP_resp_get0_tbs_sigalg(basic)) && OCSP_basic_verify(basic, known, NULL, OCSP_NOVERIFY) == 1)
        why = NULL;
out:
    sk_X509_free(known);
    return why;
}

X509 *ocsp_responder_to_check(const uint8_t *der, size_t len, X509 *issuer)
{
    OCSP_BASICRESP *basic = open_answer(der, len);
    STACK_OF(X509) *known = sk_X509_new_null();
    X509 *signer = NULL;
    if (basic == NULL || known == NULL || sk_X509_push(known, issuer) <= 0 ||
        OCSP_resp_get0_signer(basic, &signer, known) != 1 || X509_cmp(signer, issuer) == 0 ||
        X509_get_ext_by_NID(signer, NID_id_pkix_OCSP_noCheck, -1) >= 0 || X509_up_ref(signer) != 1)
        signer = NULL;
    sk_X509_free(known);
    OCSP_BASICRESP_free(basic);
    ERR_clear_error();
    return signer;
}

static bool nonce_holds(OCSP_BASICRESP *basic, const uint8_t *nonce)
{
    uint8_t want[2 + OCSP_NONCE_LEN] = {DER_OCTET_STRING, OCSP_NONCE_LEN};
    int at = OCSP_BASICRESP_get_ext_by_NID(basic, NID_id_pkix_OCSP_Nonce, -1);
    if (nonce == NULL)
        return true;
    if (at < 0)
        return false;
    const ASN1_OCTET_STRING *got = X509_EXTENSION_get_data(OCSP_BASICRESP_get_ext(basic, at));
    memcpy(want + 2, nonce, OCSP_NONCE_LEN);
    return ASN1_STRING_length(got) == (int)sizeof want && memcmp(ASN1_STRING_get0_data(got), want, sizeof want) == 0;
}

/* What is critical and unknown may mean anything (RFC 6960 §4.4): of the answer the nonce is known, of what it says of
 * a certificate nothing. */
static bool is_understood(OCSP_BASICRESP *basic)
{
    int at = -1;
    while ((at = OCSP_BASICRESP_get_ext_by_critical(basic, 1, at)) >= 0)
        if (OBJ_obj2nid(X509_EXTENSION_get_object(OCSP_BASICRESP_get_ext(basic, at))) != NID_id_pkix_OCSP_Nonce)
            return false;
    for (int i = 0; i < OCSP_resp_count(basic); i++)
        if (OCSP_SINGLERESP_get_ext_by_critical(OCSP_resp_get0(basic, i), 1, -1) >= 0)
            return false;
    return true;
}

static bool time_holds(const struct revocation_answer *a, int64_t now)
{
    if (a->this_update > now + REVOCATION_SKEW_S)
        return false;
    return a->next_update != 0 ? a->next_update >= now - REVOCATION_SKEW_S : a->this_update >= now - REVOCATION_FRESH_S;
}

static enum revocation status_of(int status, int reason)
{
    if (status == V_OCSP_CERTSTATUS_GOOD)
        return REV_GOOD;
    if (status != V_OCSP_CERTSTATUS_REVOKED)
        return REV_UNKNOWN;
    return reason == OCSP_REVOKED_STATUS_CERTIFICATEHOLD ? REV_SUSPENDED : REV_REVOKED;
}

static const char *read_status(OCSP_BASICRESP *basic, X509 *x, X509 *issuer, struct revocation_answer *ret)
{
    int status, reason;
    ASN1_GENERALIZEDTIME *revoked = NULL, *from = NULL, *to = NULL;
    struct revocation_answer a = {0};
    OCSP_CERTID *id = OCSP_cert_to_id(EVP_sha1(), x, issuer);
    bool found = id != NULL && OCSP_resp_find_status(basic, id, &status, &reason, &revoked, &from, &to) == 1;
    OCSP_CERTID_free(id);
    if (!found)
        return "another certificate";
    if (!is_understood(basic))
        return "extension";
    if (!der_asn1_time(from, &a.this_update) || (to != NULL && !der_asn1_time(to, &a.next_update)) ||
        (revoked != NULL && !der_asn1_time(revoked, &a.at)))
        return "time";
    a.status = status_of(status, reason);
    *ret = a;
    return NULL;
}

static enum err_code end(
    const char *why, const struct revocation_answer *a, struct revocation_answer *ret, struct err *err)
{
    ERR_clear_error();
    if (why != NULL)
        return err_set(err, ERR_REJ_UNKNOWN, "OCSP answer: %s", why);
    *ret = *a;
    return OK;
}

enum err_code ocsp_answer(const uint8_t *der, size_t len, X509 *x, X509 *issuer, const uint8_t *nonce,
    const struct trust *trust, int64_t now, struct revocation_answer *ret, struct err *err)
{
    struct revocation_answer a = {0};
    OCSP_BASICRESP *basic = open_answer(der, len);
    const char *why = basic == NULL ? "form or status" : judge_signature(basic, issuer, trust, now);
    if (why == NULL && !nonce_holds(basic, nonce))
        why = "nonce";
    if (why == NULL)
        why = read_status(basic, x, issuer, &a);
    if (why == NULL && !time_holds(&a, now))
        why = "time";
    OCSP_BASICRESP_free(basic);
    return end(why, &a, ret, err);
}

enum err_code ocsp_kept(const uint8_t *der, size_t len, X509 *x, X509 *issuer, const struct trust *trust,
    struct revocation_answer *ret, struct err *err)
{
    struct revocation_answer a = {0};
    OCSP_BASICRESP *basic = open_answer(der, len);
    const char *why = basic == NULL ? "form or status" : read_status(basic, x, issuer, &a);
    if (why == NULL)
        why = judge_signature(basic, issuer, trust, a.this_update);
    OCSP_BASICRESP_free(basic);
    return end(why, &a, ret, err);
}
