/* Certificate revocation lists, made at every question. */
#include "config.h"

#include "sandbox/status.h"

#include <string.h>
#include <openssl/bn.h>
#include <openssl/x509v3.h>
#include "sandbox/register.h"

#define FRESH_S 86400

struct listing {
    X509_CRL *crl;
    enum ca_role issuer;
};

static bool set_entry(X509_REVOKED *entry, const struct record *r)
{
    BIGNUM *n = NULL;
    ASN1_INTEGER *serial = BN_hex2bn(&n, r->serial) > 0 ? BN_to_ASN1_INTEGER(n, NULL) : NULL;
    ASN1_TIME *at = ASN1_TIME_set(NULL, (time_t)r->revoked_at);
    ASN1_ENUMERATED *reason = ASN1_ENUMERATED_new();
    bool ok = serial != NULL && at != NULL && reason != NULL && ASN1_ENUMERATED_set(reason, r->reason) == 1 &&
              X509_REVOKED_set_serialNumber(entry, serial) == 1 && X509_REVOKED_set_revocationDate(entry, at) == 1 &&
              X509_REVOKED_add1_ext_i2d(entry, NID_crl_reason, reason, 0, 0) == 1;
    ASN1_ENUMERATED_free(reason);
    ASN1_TIME_free(at);
    ASN1_INTEGER_free(serial);
    BN_free(n);
    return ok;
}

static enum err_code add_entry(void *ctx, const struct record *r)
{
    struct listing *list = ctx;
    if (r->issuer != list->issuer || r->reason == FLAW_NOT_REVOKED)
        return OK;
    X509_REVOKED *entry = X509_REVOKED_new();
    if (entry == NULL || !set_entry(entry, r) || X509_CRL_add0_revoked(list->crl, entry) != 1) {
        X509_REVOKED_free(entry);
        return ERR_CRYPTO;
    }
    return OK;
}

/* A list made later has a higher number (RFC 5280 §5.2.3). */
static bool add_extensions(X509_CRL *crl, X509 *issuer, int64_t now)
{
    ASN1_INTEGER *number = ASN1_INTEGER_new();
    X509V3_CTX ctx;
    X509V3_set_ctx(&ctx, issuer, NULL, NULL, crl, 0);
    X509_EXTENSION *key_id = X509V3_EXT_nconf_nid(NULL, &ctx, NID_authority_key_identifier, "keyid:always");
    bool ok = number != NULL && key_id != NULL && ASN1_INTEGER_set_int64(number, now) == 1 &&
              X509_CRL_add1_ext_i2d(crl, NID_crl_number, number, 0, 0) == 1 && X509_CRL_add_ext(crl, key_id, -1) == 1;
    X509_EXTENSION_free(key_id);
    ASN1_INTEGER_free(number);
    return ok;
}

static bool set_frame(X509_CRL *crl, X509 *issuer, int64_t now)
{
    ASN1_TIME *last = ASN1_TIME_set(NULL, (time_t)now), *next = ASN1_TIME_set(NULL, (time_t)(now + FRESH_S));
    bool ok = last != NULL && next != NULL && X509_CRL_set_version(crl, X509_CRL_VERSION_2) == 1 &&
              X509_CRL_set_issuer_name(crl, X509_get_subject_name(issuer)) == 1 &&
              X509_CRL_set1_lastUpdate(crl, last) == 1 && X509_CRL_set1_nextUpdate(crl, next) == 1 &&
              add_extensions(crl, issuer, now);
    ASN1_TIME_free(last);
    ASN1_TIME_free(next);
    return ok;
}

enum err_code status_crl(const struct box *b, const struct ca *ca, const char *mood, enum ca_role issuer,
    struct buf *ret_der, struct err *err)
{
    int64_t made = box_now(b) - (strcmp(mood, "stale") == 0 ? 2 * FRESH_S : 0);
    const struct identity *id = &ca->of[issuer];
    struct listing list = {X509_CRL_new(), issuer};
    unsigned char *der = NULL;
    enum err_code rc = OK;
    if (list.crl == NULL || !set_frame(list.crl, id->cert, made))
        rc = crypto_fail(err, "CRL");
    if (rc == OK)
        rc = register_each(b, add_entry, &list, err);
    if (rc == OK && (X509_CRL_sort(list.crl) != 1 || X509_CRL_sign(list.crl, id->key, key_digest(id->key)) <= 0))
        rc = crypto_fail(err, "CRL");
    int len = rc == OK ? i2d_X509_CRL(list.crl, &der) : 0;
    if (rc == OK)
        rc = len > 0 ? buf_add(ret_der, der, (size_t)len) : crypto_fail(err, "CRL");
    if (rc == OK && strcmp(mood, "bad-signature") == 0)
        ret_der->data[ret_der->len - 1] ^= 1; /* the signature ends the list */
    OPENSSL_free(der);
    X509_CRL_free(list.crl);
    return rc;
}
