#include "config.h"

#include "status.h"

#include <stdio.h>
#include <stdlib.h>
#include <openssl/ocsp.h>
#include <openssl/x509v3.h>

static void need(bool ok, const char *what)
{
    if (ok)
        return;
    fprintf(stderr, "status: %s\n", what);
    abort();
}

static ASN1_TIME *time_of(int64_t utc)
{
    ASN1_TIME *t = ASN1_TIME_set(NULL, (time_t)utc);
    need(t, "time");
    return t;
}

static int reason_of(enum authority_mood mood)
{
    return mood == AUTHORITY_SUSPENDED ? OCSP_REVOKED_STATUS_CERTIFICATEHOLD : OCSP_REVOKED_STATUS_KEYCOMPROMISE;
}

static bool is_revoked(enum authority_mood mood)
{
    return mood == AUTHORITY_REVOKED || mood == AUTHORITY_SUSPENDED;
}

void status_ocsp(struct httpd_answer *a, const struct pki *pki, const uint8_t *request, size_t len,
    enum authority_mood mood, int64_t revoked_at)
{
    unsigned char *der = NULL;
    OCSP_REQUEST *q = d2i_OCSP_REQUEST(NULL, &request, (long)len);
    need(q && OCSP_request_onereq_count(q) == 1, "request");
    OCSP_CERTID *id = OCSP_onereq_get0_id(OCSP_request_onereq_get0(q, 0));
    OCSP_BASICRESP *basic = OCSP_BASICRESP_new();
    ASN1_TIME *now = X509_gmtime_adj(NULL, 0), *next = X509_gmtime_adj(NULL, 600), *at = time_of(revoked_at);
    need(OCSP_basic_add1_status(basic, id, is_revoked(mood) ? V_OCSP_CERTSTATUS_REVOKED : V_OCSP_CERTSTATUS_GOOD,
             reason_of(mood), is_revoked(mood) ? at : NULL, now, next) != NULL,
        "status");
    OCSP_copy_nonce(basic, q);
    need(OCSP_basic_sign(basic, pki->issuer.cert, pki->issuer.key, EVP_sha256(), NULL, 0) == 1, "sign");
    OCSP_RESPONSE *r = OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, basic);
    int der_len = i2d_OCSP_RESPONSE(r, &der);
    need(der_len > 0, "encode");
    httpd_bytes(a, 200, "application/ocsp-response", der, (size_t)der_len);
    OPENSSL_free(der);
    ASN1_TIME_free(now);
    ASN1_TIME_free(next);
    ASN1_TIME_free(at);
    OCSP_RESPONSE_free(r);
    OCSP_BASICRESP_free(basic);
    OCSP_REQUEST_free(q);
}

static void add_revoked(X509_CRL *crl, uint64_t serial, enum authority_mood mood, int64_t revoked_at)
{
    X509_REVOKED *x = X509_REVOKED_new();
    ASN1_INTEGER *number = ASN1_INTEGER_new();
    ASN1_ENUMERATED *reason = ASN1_ENUMERATED_new();
    ASN1_TIME *at = time_of(revoked_at);
    need(x && number && reason && ASN1_INTEGER_set_uint64(number, serial) && X509_REVOKED_set_serialNumber(x, number) &&
             X509_REVOKED_set_revocationDate(x, at) && ASN1_ENUMERATED_set(reason, reason_of(mood)) &&
             X509_REVOKED_add1_ext_i2d(x, NID_crl_reason, reason, 0, 0) && X509_CRL_add0_revoked(crl, x),
        "revoked");
    ASN1_TIME_free(at);
    ASN1_ENUMERATED_free(reason);
    ASN1_INTEGER_free(number);
}

static void add_number_and_key(X509_CRL *crl, X509 *issuer)
{
    X509V3_CTX ctx;
    ASN1_INTEGER *number = ASN1_INTEGER_new();
    X509V3_set_ctx(&ctx, issuer, NULL, NULL, crl, 0);
    X509_EXTENSION *key = X509V3_EXT_conf_nid(NULL, &ctx, NID_authority_key_identifier, "keyid");
    need(number && key && ASN1_INTEGER_set(number, 1) && X509_CRL_add1_ext_i2d(crl, NID_crl_number, number, 0, 0) &&
             X509_CRL_add_ext(crl, key, -1),
        "extensions");
    X509_EXTENSION_free(key);
    ASN1_INTEGER_free(number);
}

void status_crl(
    struct httpd_answer *a, const struct pki *pki, uint64_t serial, enum authority_mood mood, int64_t revoked_at)
{
    unsigned char *der = NULL;
    X509_CRL *crl = X509_CRL_new();
    ASN1_TIME *now = X509_gmtime_adj(NULL, 0), *next = X509_gmtime_adj(NULL, 600);
    need(crl && X509_CRL_set_version(crl, 1) && X509_CRL_set_issuer_name(crl, X509_get_subject_name(pki->issuer.cert)) &&
             X509_CRL_set1_lastUpdate(crl, now) && X509_CRL_set1_nextUpdate(crl, next),
        "crl");
    if (is_revoked(mood))
        add_revoked(crl, serial, mood, revoked_at);
    add_number_and_key(crl, pki->issuer.cert);
    need(X509_CRL_sort(crl) && X509_CRL_sign(crl, pki->issuer.key, EVP_sha256()) > 0, "sign");
    int len = i2d_X509_CRL(crl, &der);
    need(len > 0, "encode");
    httpd_bytes(a, 200, "application/pkix-crl", der, (size_t)len);
    OPENSSL_free(der);
    ASN1_TIME_free(now);
    ASN1_TIME_free(next);
    X509_CRL_free(crl);
}
