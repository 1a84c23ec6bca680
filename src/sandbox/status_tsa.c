/* The time stamp units. */
#include "config.h"

#include "sandbox/status.h"

#include <string.h>
#include <openssl/bn.h>
#include <openssl/rand.h>
#include <openssl/ts.h>

static ASN1_INTEGER *make_serial(struct TS_resp_ctx *ctx, void *data)
{
    (void)ctx, (void)data;
    BIGNUM *n = BN_new();
    ASN1_INTEGER *serial =
        n != NULL && BN_rand(n, 127, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1 ? BN_to_ASN1_INTEGER(n, NULL) : NULL;
    BN_free(n);
    return serial;
}

static int tell_time(struct TS_resp_ctx *ctx, void *data, long *sec, long *usec)
{
    (void)ctx;
    *sec = (long)box_now(data);
    *usec = 0;
    return 1;
}

static bool allow_digests(TS_RESP_CTX *ctx)
{
    const EVP_MD *const digests[] = {EVP_sha256(), EVP_sha384(), EVP_sha512()};
    for (size_t i = 0; i < sizeof digests / sizeof *digests; i++)
        if (TS_RESP_CTX_add_md(ctx, digests[i]) != 1)
            return false;
    return true;
}

/* The unit's certificate and its issuer's go into the token. */
static bool set_certs(TS_RESP_CTX *ctx, X509 *issuer)
{
    STACK_OF(X509) *certs = sk_X509_new_null();
    bool ok = certs != NULL && sk_X509_push(certs, issuer) > 0 && TS_RESP_CTX_set_certs(ctx, certs) == 1;
    sk_X509_free(certs);
    return ok;
}

static bool set_up(
    TS_RESP_CTX *ctx, struct box *b, const struct identity *unit, const struct identity *issuer, ASN1_OBJECT *policy)
{
    TS_RESP_CTX_set_serial_cb(ctx, make_serial, NULL);
    TS_RESP_CTX_set_time_cb(ctx, tell_time, b);
    return TS_RESP_CTX_set_signer_cert(ctx, unit->cert) == 1 && TS_RESP_CTX_set_signer_key(ctx, unit->key) == 1 &&
           TS_RESP_CTX_set_signer_digest(ctx, key_digest(unit->key)) == 1 && set_certs(ctx, issuer->cert) &&
           TS_RESP_CTX_set_ess_cert_id_digest(ctx, EVP_sha256()) == 1 && TS_RESP_CTX_set_def_policy(ctx, policy) == 1 &&
           TS_RESP_CTX_set_accuracy(ctx, 1, 0, 0) == 1 && allow_digests(ctx);
}

/* ---- how a unit lies ---- */

/* The last bit of the digest it is to stamp is turned over. */
static bool change_imprint(TS_REQ *q)
{
    ASN1_OCTET_STRING *imprint = TS_MSG_IMPRINT_get_msg(TS_REQ_get_msg_imprint(q));
    ((unsigned char *)(uintptr_t)ASN1_STRING_get0_data(imprint))[ASN1_STRING_length(imprint) - 1] ^= 1;
    return true;
}

static bool change_nonce(TS_REQ *q)
{
    ASN1_INTEGER *other = make_serial(NULL, NULL);
    bool ok = other != NULL && TS_REQ_set_nonce(q, other) == 1;
    ASN1_INTEGER_free(other);
    return ok;
}

static const struct lie {
    const char *mood;
    bool (*change)(TS_REQ *q); /* another question is answered */
    bool refuses, spoils, expired;
} lies[] = {
    {.mood = "wrong-imprint", .change = change_imprint}, {.mood = "wrong-nonce", .change = change_nonce},
    {.mood = "bad-signature", .spoils = true}, {.mood = "expired", .expired = true},
    {.mood = "refusing", .refuses = true}, {.mood = NULL}, /* none */
};

static const struct lie *find_lie(const char *mood)
{
    const struct lie *l = lies;
    while (l->mood != NULL && strcmp(l->mood, mood) != 0)
        l++;
    return l;
}

/* The question as it came, or another one. What is no request comes through as it is: its answer is a refusal. */
static BIO *read_question(const struct lie *lie, const uint8_t *der, size_t len)
{
    const uint8_t *at = der;
    BIO *out = BIO_new(BIO_s_mem());
    TS_REQ *q = lie->change != NULL ? d2i_TS_REQ(NULL, &at, (long)len) : NULL;
    bool ok = out != NULL &&
              (q != NULL ? lie->change(q) && i2d_TS_REQ_bio(out, q) == 1 : BIO_write(out, der, (int)len) == (int)len);
    TS_REQ_free(q);
    if (ok)
        return out;
    BIO_free(out);
    return NULL;
}

static TS_RESP *refuse(void)
{
    TS_RESP *response = TS_RESP_new();
    TS_STATUS_INFO *info = TS_STATUS_INFO_new();
    bool ok = response != NULL && info != NULL && TS_STATUS_INFO_set_status(info, TS_STATUS_REJECTION) == 1 &&
              TS_RESP_set_status_info(response, info) == 1;
    TS_STATUS_INFO_free(info);
    if (ok)
        return response;
    TS_RESP_free(response);
    return NULL;
}

/* ---- an answer ---- */

static TS_RESP *stamp(const struct box *b, const struct ca *ca, enum ca_role unit, BIO *question)
{
    struct box own = *b;
    TS_RESP *response = NULL;
    TS_RESP_CTX *ctx = TS_RESP_CTX_new();
    ASN1_OBJECT *policy = OBJ_txt2obj("2.999.5070.3", 1);
    if (ctx != NULL && policy != NULL && set_up(ctx, &own, &ca->of[unit], &ca->of[ca_issuer_of(unit)], policy))
        response = TS_RESP_create_response(ctx, question);
    ASN1_OBJECT_free(policy);
    TS_RESP_CTX_free(ctx);
    return response;
}

enum err_code status_stamp(const struct box *b, const struct ca *ca, const char *mood, enum ca_role unit,
    const uint8_t *der, size_t len, struct buf *ret_der, struct err *err)
{
    const struct lie *lie = find_lie(mood);
    unsigned char *out = NULL;
    BIO *question = read_question(lie, der, len);
    TS_RESP *response = question == NULL ? NULL
                        : lie->refuses   ? refuse()
                                         : stamp(b, ca, lie->expired ? CA_TSA_OLD : unit, question);
    int out_len = response != NULL ? i2d_TS_RESP(response, &out) : 0;
    if (out_len > 0 && lie->spoils)
        out[out_len - 1] ^= 1; /* the signature ends the token */
    enum err_code rc = out_len > 0 ? buf_add(ret_der, out, (size_t)out_len) : crypto_fail(err, "time stamp");
    OPENSSL_free(out);
    TS_RESP_free(response);
    BIO_free(question);
    return rc;
}
