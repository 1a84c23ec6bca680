#include "config.h"
#include "sign/trust.h"

#include <stdbool.h>
#include <stdlib.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509_vfy.h>
#include "base/buf.h"
#include "sign/trust_inside.h"

#define FILE_MAX (1024 * 1024)
#define AUTH_LEVEL 2

/* Adds every certificate; *n counts them. The end of the file shows as "no start line". */
static enum err_code add_certificates(X509_STORE *store, BIO *pem, size_t *n)
{
    X509 *x;
    ERR_clear_error();
    while ((x = PEM_read_bio_X509(pem, NULL, NULL, NULL)) != NULL) {
        int added = X509_STORE_add_cert(store, x);
        X509_free(x);
        if (added != 1)
            return ERR_NOMEM;
        *n += 1;
    }
    unsigned long e = ERR_peek_last_error();
    return ERR_GET_LIB(e) == ERR_LIB_PEM && ERR_GET_REASON(e) == PEM_R_NO_START_LINE ? OK : ERR_CONFIG;
}

static enum err_code fill(X509_STORE *store, const struct buf *pem, const char *path, struct err *err)
{
    size_t n = 0;
    BIO *bio = BIO_new_mem_buf(pem->data, (int)pem->len);
    if (bio == NULL)
        return err_set(err, ERR_NOMEM, "%s", path);
    enum err_code rc = add_certificates(store, bio, &n);
    BIO_free(bio);
    ERR_clear_error();
    if (rc != OK || n == 0)
        return err_set(err, rc == OK ? ERR_CONFIG : rc, "%s: %s", path,
            rc == OK ? "no certificate in it" : "a broken certificate in it");
    X509_VERIFY_PARAM *param = X509_STORE_get0_param(store);
    X509_VERIFY_PARAM_set_auth_level(param, AUTH_LEVEL);
    X509_VERIFY_PARAM_set_depth(param, TRUST_DEPTH);
    return OK;
}

enum err_code trust_load(const char *pem_path, struct trust **ret, struct err *err)
{
    struct buf pem = BUF_INIT(FILE_MAX);
    struct trust *t = calloc(1, sizeof *t);
    enum err_code rc = err_set(err, ERR_NOMEM, "%s", pem_path);
    if (t == NULL || (t->store = X509_STORE_new()) == NULL)
        goto out;
    rc = trust_set_nes(t, RULE_NES, err);
    if (rc == OK)
        rc = buf_read_file(&pem, pem_path, err);
    if (rc == OK)
        rc = fill(t->store, &pem, pem_path, err);
    if (rc == OK && (t->issuers = issuers_new(t)) == NULL)
        rc = err_set(err, ERR_NOMEM, "%s", pem_path);
    if (rc == OK) {
        *ret = t;
        t = NULL;
    }
out:
    trust_free(&t);
    buf_done(&pem);
    return rc;
}

void trust_free(struct trust **t)
{
    if (*t != NULL) {
        issuers_free(&(*t)->issuers);
        X509_STORE_free((*t)->store);
    }
    free(*t);
    *t = NULL;
}

enum err_code trust_set_nes(struct trust *t, const char *rule, struct err *err)
{
    struct rule_flaw flaw;
    if (rule_parse(rule, &t->nes, &flaw))
        return OK;
    return err_set(err, ERR_CONFIG, "nes_rule: %zu: %s", flaw.at + 1, flaw.expected);
}

const struct rule *trust_nes(const struct trust *t)
{
    return &t->nes;
}

X509_STORE *trust_store(const struct trust *t)
{
    return t->store;
}

int trust_verify(
    const struct trust *t, X509 *x, STACK_OF(X509) *untrusted, const int64_t *at, STACK_OF(X509) **ret_chain)
{
    int status = X509_V_ERR_OUT_OF_MEM;
    X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    if (ctx == NULL || X509_STORE_CTX_init(ctx, t->store, x, untrusted) != 1)
        goto out;
    if (at != NULL)
        X509_STORE_CTX_set_time(ctx, 0, (time_t)*at);
    else
        X509_STORE_CTX_set_flags(ctx, X509_V_FLAG_NO_CHECK_TIME);
    if (X509_verify_cert(ctx) != 1) {
        status = X509_STORE_CTX_get_error(ctx);
        status = status == X509_V_OK ? X509_V_ERR_UNSPECIFIED : status;
        goto out;
    }
    status = X509_V_OK;
    if (ret_chain != NULL && (*ret_chain = X509_STORE_CTX_get1_chain(ctx)) == NULL)
        status = X509_V_ERR_OUT_OF_MEM;
out:
    X509_STORE_CTX_free(ctx);
    ERR_clear_error();
    return status;
}

static bool is_about_time(int status)
{
    return status == X509_V_ERR_CERT_HAS_EXPIRED || status == X509_V_ERR_CERT_NOT_YET_VALID;
}

static bool is_about_strength(int status)
{
    return status == X509_V_ERR_EE_KEY_TOO_SMALL || status == X509_V_ERR_CA_KEY_TOO_SMALL ||
           status == X509_V_ERR_CA_MD_TOO_WEAK;
}

static enum err_code code_of(int status)
{
    if (status == X509_V_OK)
        return OK;
    if (status == X509_V_ERR_OUT_OF_MEM)
        return ERR_NOMEM;
    return is_about_strength(status) ? ERR_REJ_WEAK : ERR_REJ_CHAIN;
}

enum err_code trust_chain(
    const struct trust *t, X509 *x, STACK_OF(X509) *untrusted, int64_t at, STACK_OF(X509) **ret_chain)
{
    int status = trust_verify(t, x, untrusted, &at, ret_chain);
    if (!is_about_time(status))
        return code_of(status);
    /* The first error is the one that is told; only a chain that is otherwise whole has merely expired. */
    status = trust_verify(t, x, untrusted, NULL, NULL);
    return status == X509_V_OK ? ERR_REJ_EXPIRED : code_of(status);
}

bool trust_holds(const struct trust *t, const struct cert_parts *x, const struct cert_facts *facts, int64_t at)
{
    return issuers_hold(t->issuers, x, facts, at);
}

/* As OpenSSL compares: the second of notBefore is in, that of notAfter is out. */
bool trust_chain_lasts(STACK_OF(X509) *chain, int64_t at)
{
    time_t t = (time_t)at;
    for (int i = 0; i < sk_X509_num(chain); i++) {
        const X509 *x = sk_X509_value(chain, i);
        if (X509_cmp_time(X509_get0_notBefore(x), &t) >= 0 || X509_cmp_time(X509_get0_notAfter(x), &t) <= 0)
            return false;
    }
    return true;
}

bool trust_has_path(const struct trust *t, X509 *x, STACK_OF(X509) *untrusted)
{
    static const int without[] = {X509_V_ERR_OUT_OF_MEM, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT,
        X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE,
        X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, X509_V_ERR_CERT_UNTRUSTED,
        X509_V_ERR_CERT_SIGNATURE_FAILURE, X509_V_ERR_CERT_CHAIN_TOO_LONG};
    int status = trust_verify(t, x, untrusted, NULL, NULL);
    for (size_t i = 0; i < sizeof without / sizeof without[0]; i++)
        if (status == without[i])
            return false;
    return true;
}
