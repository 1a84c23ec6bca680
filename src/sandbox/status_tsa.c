/* The time stamp unit. */
#include "config.h"

#include "sandbox/status.h"

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

static bool set_up(TS_RESP_CTX *ctx, struct box *b, const struct identity *unit, ASN1_OBJECT *policy)
{
    TS_RESP_CTX_set_serial_cb(ctx, make_serial, NULL);
    TS_RESP_CTX_set_time_cb(ctx, tell_time, b);
    return TS_RESP_CTX_set_signer_cert(ctx, unit->cert) == 1 && TS_RESP_CTX_set_signer_key(ctx, unit->key) == 1 &&
           TS_RESP_CTX_set_signer_digest(ctx, key_digest(unit->key)) == 1 &&
           TS_RESP_CTX_set_ess_cert_id_digest(ctx, EVP_sha256()) == 1 && TS_RESP_CTX_set_def_policy(ctx, policy) == 1 &&
           TS_RESP_CTX_set_accuracy(ctx, 1, 0, 0) == 1 && allow_digests(ctx);
}

enum err_code status_stamp(
    const struct box *b, const struct ca *ca, const uint8_t *der, size_t len, struct buf *ret_der, struct err *err)
{
    struct box own = *b;
    enum err_code rc = OK;
    TS_RESP *response = NULL;
    unsigned char *out = NULL;
    TS_RESP_CTX *ctx = TS_RESP_CTX_new();
    BIO *question = BIO_new_mem_buf(der, (int)len);
    ASN1_OBJECT *policy = OBJ_txt2obj("2.999.5070.3", 1);
    if (ctx == NULL || question == NULL || policy == NULL || !set_up(ctx, &own, &ca->of[CA_TSA], policy) ||
        (response = TS_RESP_create_response(ctx, question)) == NULL)
        rc = crypto_fail(err, "time stamp");
    int out_len = rc == OK ? i2d_TS_RESP(response, &out) : 0;
    if (rc == OK)
        rc = out_len > 0 ? buf_add(ret_der, out, (size_t)out_len) : crypto_fail(err, "time stamp");
    OPENSSL_free(out);
    TS_RESP_free(response);
    ASN1_OBJECT_free(policy);
    BIO_free(question);
    TS_RESP_CTX_free(ctx);
    return rc;
}
