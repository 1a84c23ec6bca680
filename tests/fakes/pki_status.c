#include "config.h"
#include "fakes/pki_status.h"

#include <stdio.h>
#include <stdlib.h>
#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <openssl/x509v3.h>

#define MUST(x) must((x), #x, __LINE__)
static void must(int holds, const char *what, int line)
{
    if (holds)
        return;
    fprintf(stderr, "pki_status.c:%d: %s\n", line, what);
    ERR_print_errors_fp(stderr);
    abort();
}

static ASN1_TIME *time_of(int64_t utc)
{
    return utc == 0 ? NULL : ASN1_GENERALIZEDTIME_set(NULL, (time_t)utc);
}

static void add_status(OCSP_BASICRESP *basic, OCSP_CERTID *id, const struct pki_status *s)
{
    ASN1_TIME *revoked = time_of(s->status == V_OCSP_CERTSTATUS_REVOKED ? s->revoked_at : 0);
    ASN1_TIME *from = time_of(s->this_update), *to = time_of(s->next_update);
    MUST(OCSP_basic_add1_status(basic, id, s->status, s->reason, revoked, from, to) != NULL);
    ASN1_TIME_free(revoked);
    ASN1_TIME_free(from);
    ASN1_TIME_free(to);
}

static void add_nonce(OCSP_BASICRESP *basic, OCSP_REQUEST *request, const struct pki_status *s)
{
    unsigned char other[16] = "another nonce..";
    if (s->other_nonce)
        MUST(OCSP_basic_add1_nonce(basic, other, sizeof other) == 1);
    else if (!s->without_nonce)
        MUST(OCSP_copy_nonce(basic, request) == 1);
}

static OCSP_CERTID *asked(const struct pki *p, OCSP_REQUEST *request, const struct pki_status *s)
{
    if (s->other_certificate)
        return OCSP_cert_to_id(EVP_sha1(), p->issuer.cert, p->root.cert);
    return OCSP_CERTID_dup(OCSP_onereq_get0_id(OCSP_request_onereq_get0(request, 0)));
}

static void encode(OCSP_RESPONSE *response, struct buf *ret_der)
{
    unsigned char *der = NULL;
    int len = i2d_OCSP_RESPONSE(response, &der);
    MUST(len > 0 && buf_add(ret_der, der, (size_t)len) == OK);
    OPENSSL_free(der);
    OCSP_RESPONSE_free(response);
}

void pki_ocsp_answer(const struct pki *p, const struct buf *request, const struct pki_status *s, struct buf *ret_der)
{
    const unsigned char *at = request->data;
    OCSP_REQUEST *question = d2i_OCSP_REQUEST(NULL, &at, (long)request->len);
    OCSP_BASICRESP *basic = OCSP_BASICRESP_new();
    MUST(question != NULL && basic != NULL);
    OCSP_CERTID *id = asked(p, question, s);
    add_status(basic, id, s);
    add_nonce(basic, question, s);
    MUST(OCSP_basic_sign(basic, s->by->cert, s->by->key, s->digest != NULL ? s->digest : EVP_sha256(), NULL,
             s->without_responder ? OCSP_NOCERTS : 0) == 1);
    OCSP_CERTID_free(id);
    OCSP_REQUEST_free(question);
    encode(OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, basic), ret_der);
    OCSP_BASICRESP_free(basic);
}

void pki_ocsp_try_later(struct buf *ret_der)
{
    encode(OCSP_response_create(OCSP_RESPONSE_STATUS_TRYLATER, NULL), ret_der);
}

static void add_entry(X509_CRL *crl, const X509 *revoked, const struct pki_status *s)
{
    X509_REVOKED *entry = X509_REVOKED_new();
    ASN1_TIME *at = time_of(s->revoked_at);
    MUST(entry != NULL && X509_REVOKED_set_revocationDate(entry, at) == 1);
    ASN1_INTEGER *serial = ASN1_INTEGER_dup(X509_get0_serialNumber(revoked));
    MUST(X509_REVOKED_set_serialNumber(entry, serial) == 1);
    if (s->reason >= 0) {
        ASN1_ENUMERATED *reason = ASN1_ENUMERATED_new();
        MUST(ASN1_ENUMERATED_set(reason, s->reason) == 1);
        MUST(X509_REVOKED_add1_ext_i2d(entry, NID_crl_reason, reason, 0, 0) == 1);
        ASN1_ENUMERATED_free(reason);
    }
    MUST(X509_CRL_add0_revoked(crl, entry) == 1);
    ASN1_INTEGER_free(serial);
    ASN1_TIME_free(at);
}

static void add_unknown_critical(X509_CRL *crl)
{
    ASN1_OBJECT *oid = OBJ_txt2obj("2.999.1", 1);
    ASN1_OCTET_STRING *value = ASN1_OCTET_STRING_new();
    MUST(ASN1_OCTET_STRING_set(value, (const unsigned char *)"\x05\x00", 2) == 1);
    X509_EXTENSION *ext = X509_EXTENSION_create_by_OBJ(NULL, oid, 1, value);
    MUST(X509_CRL_add_ext(crl, ext, -1) == 1);
    X509_EXTENSION_free(ext);
    ASN1_OCTET_STRING_free(value);
    ASN1_OBJECT_free(oid);
}

static void make_crl(const X509 *issuer, const X509 *revoked, const struct pki_status *s, struct buf *ret_der)
{
    X509_CRL *crl = X509_CRL_new();
    ASN1_TIME *from = time_of(s->this_update), *to = time_of(s->next_update);
    unsigned char *der = NULL;
    MUST(crl != NULL && X509_CRL_set_version(crl, X509_CRL_VERSION_2) == 1);
    MUST(X509_CRL_set_issuer_name(crl, X509_get_subject_name(issuer)) == 1);
    MUST(X509_CRL_set1_lastUpdate(crl, from) == 1);
    MUST(to == NULL || X509_CRL_set1_nextUpdate(crl, to) == 1);
    if (revoked != NULL)
        add_entry(crl, revoked, s);
    if (s->critical)
        add_unknown_critical(crl);
    MUST(X509_CRL_sign(crl, s->by->key, s->digest != NULL ? s->digest : EVP_sha256()) > 0);
    int len = i2d_X509_CRL(crl, &der);
    MUST(len > 0 && buf_add(ret_der, der, (size_t)len) == OK);
    OPENSSL_free(der);
    ASN1_TIME_free(from);
    ASN1_TIME_free(to);
    X509_CRL_free(crl);
}

void pki_crl(const struct pki *p, const X509 *revoked, const struct pki_status *s, struct buf *ret_der)
{
    make_crl(p->issuer.cert, revoked, s, ret_der);
}

void pki_crl_of(
    const struct pki_identity *authority, const X509 *revoked, const struct pki_status *s, struct buf *ret_der)
{
    struct pki_status own = *s;
    own.by = authority;
    make_crl(authority->cert, revoked, &own, ret_der);
}
