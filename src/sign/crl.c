/* CRL, RFC 5280 §6.3, by the library's own path check over a chain of two: the issuer is taken as given. */
#include "config.h"
#include "sign/revocation.h"

#include <stdbool.h>
#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include "sign/alg.h"
#include "sign/der.h"

/* The certificate's own dates and its being revoked are answers, not troubles; they are looked at elsewhere. */
static int let_pass(int ok, X509_STORE_CTX *ctx)
{
    int e = X509_STORE_CTX_get_error(ctx);
    bool about_leaf = X509_STORE_CTX_get_error_depth(ctx) == 0;
    bool dates = e == X509_V_ERR_CERT_HAS_EXPIRED || e == X509_V_ERR_CERT_NOT_YET_VALID;
    return ok || (about_leaf && (dates || e == X509_V_ERR_CERT_REVOKED));
}

static X509_STORE *issuer_store(X509 *issuer)
{
    X509_STORE *store = X509_STORE_new();
    if (store != NULL && X509_STORE_add_cert(store, issuer) == 1 &&
        X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_CRL_CHECK) == 1)
        return store;
    X509_STORE_free(store);
    return NULL;
}

/* One that says only what has changed since another (RFC 5280 §5.2.4) is silent about whom that one names. Without its
 * extended checks the library takes it for a whole one. */
static bool is_delta(const X509_CRL *crl)
{
    return X509_CRL_get_ext_by_NID(crl, NID_delta_crl, -1) >= 0;
}

/* NULL when the CRL can be believed for this certificate. */
static const char *judge(X509_CRL *crl, X509 *x, X509 *issuer, int64_t now)
{
    const X509_ALGOR *algorithm;
    X509_STORE *store = issuer_store(issuer);
    X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    STACK_OF(X509_CRL) *crls = sk_X509_CRL_new_null();
    const char *why = "out of memory";
    if (store == NULL || ctx == NULL || crls == NULL || sk_X509_CRL_push(crls, crl) <= 0 ||
        X509_STORE_CTX_init(ctx, store, x, NULL) != 1)
        goto out;
    X509_STORE_CTX_set0_crls(ctx, crls);
    X509_STORE_CTX_set_time(ctx, 0, (time_t)now);
    X509_STORE_CTX_set_verify_cb(ctx, let_pass);
    X509_CRL_get0_signature(crl, NULL, &algorithm);
    if (alg_is_weak(algorithm))
        why = "signature";
    else if (is_delta(crl))
        why = "delta";
    else
        why = X509_verify_cert(ctx) == 1 ? NULL : X509_verify_cert_error_string(X509_STORE_CTX_get_error(ctx));
out:
    X509_STORE_CTX_free(ctx);
    sk_X509_CRL_free(crls);
    X509_STORE_free(store);
    return why;
}

static enum revocation status_of(const X509_REVOKED *entry)
{
    ASN1_ENUMERATED *reason = X509_REVOKED_get_ext_d2i(entry, NID_crl_reason, NULL, NULL);
    bool hold = reason != NULL && ASN1_ENUMERATED_get(reason) == CRL_REASON_CERTIFICATE_HOLD;
    ASN1_ENUMERATED_free(reason);
    return hold ? REV_SUSPENDED : REV_REVOKED;
}

static const char *read_status(X509_CRL *crl, X509 *x, struct revocation_answer *ret)
{
    struct revocation_answer a = {0};
    X509_REVOKED *entry = NULL;
    if (!der_asn1_time(X509_CRL_get0_lastUpdate(crl), &a.this_update) ||
        !der_asn1_time(X509_CRL_get0_nextUpdate(crl), &a.next_update))
        return "time";
    if (X509_CRL_get0_by_cert(crl, &entry, x) == 1) {
        a.status = status_of(entry);
        if (!der_asn1_time(X509_REVOKED_get0_revocationDate(entry), &a.at))
            return "time";
    }
    *ret = a;
    return NULL;
}

static enum err_code answer(const uint8_t *der, size_t len, X509 *x, X509 *issuer, const int64_t *now,
    struct revocation_answer *ret, struct err *err)
{
    struct revocation_answer a = {0};
    const uint8_t *at = der;
    X509_CRL *crl = d2i_X509_CRL(NULL, &at, (long)len);
    const char *why = crl == NULL || at != der + len ? "form" : read_status(crl, x, &a);
    if (why == NULL)
        why = judge(crl, x, issuer, now != NULL ? *now : a.this_update);
    X509_CRL_free(crl);
    ERR_clear_error();
    if (why != NULL)
        return err_set(err, ERR_REJ_UNKNOWN, "CRL: %s", why);
    *ret = a;
    return OK;
}

enum err_code crl_answer(
    const uint8_t *der, size_t len, X509 *x, X509 *issuer, int64_t now, struct revocation_answer *ret, struct err *err)
{
    return answer(der, len, x, issuer, &now, ret, err);
}

enum err_code crl_kept(
    const uint8_t *der, size_t len, X509 *x, X509 *issuer, struct revocation_answer *ret, struct err *err)
{
    return answer(der, len, x, issuer, NULL, ret, err);
}
