#include "config.h"
#include "fakes/pki_stamp.h"

#include <stdio.h>
#include <stdlib.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/rand.h>
#include <openssl/ts.h>

#define MUST(x) must((x), #x, __LINE__)
static void must(int holds, const char *what, int line)
{
    if (holds)
        return;
    fprintf(stderr, "pki_stamp.c:%d: %s\n", line, what);
    ERR_print_errors_fp(stderr);
    abort();
}

static ASN1_INTEGER *make_serial(struct TS_resp_ctx *ctx, void *data)
{
    (void)ctx, (void)data;
    BIGNUM *n = BN_new();
    MUST(n != NULL && BN_rand(n, 127, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1);
    ASN1_INTEGER *serial = BN_to_ASN1_INTEGER(n, NULL);
    BN_free(n);
    return serial;
}

static int tell_time(struct TS_resp_ctx *ctx, void *data, long *sec, long *usec)
{
    const struct pki_stamp *s = data;
    (void)ctx;
    *sec = (long)s->at;
    *usec = s->micros;
    return 1;
}

static void allow_digests(TS_RESP_CTX *ctx)
{
    const EVP_MD *const digests[] = {EVP_sha1(), EVP_sha256(), EVP_sha384(), EVP_sha512()};
    for (size_t i = 0; i < sizeof digests / sizeof digests[0]; i++)
        MUST(TS_RESP_CTX_add_md(ctx, digests[i]) == 1);
}

static const EVP_MD *digest_of(const struct pki_stamp *s)
{
    if (s->digest != NULL)
        return s->digest;
    return EVP_PKEY_get_bits(s->by->key) == 384 ? EVP_sha384() : EVP_sha256();
}

void pki_stamp_answer(const struct pki_stamp *s, const void *question, size_t len, struct buf *ret_der)
{
    struct pki_stamp own = *s;
    unsigned char *der = NULL;
    ASN1_OBJECT *policy = OBJ_txt2obj("2.999.5070.3", 1);
    BIO *in = BIO_new_mem_buf(question, (int)len);
    TS_RESP_CTX *ctx = TS_RESP_CTX_new();
    MUST(policy != NULL && in != NULL && ctx != NULL);
    TS_RESP_CTX_set_serial_cb(ctx, make_serial, NULL);
    TS_RESP_CTX_set_time_cb(ctx, tell_time, &own);
    MUST(TS_RESP_CTX_set_signer_cert(ctx, s->by->cert) == 1 && TS_RESP_CTX_set_signer_key(ctx, s->by->key) == 1);
    MUST(TS_RESP_CTX_set_signer_digest(ctx, digest_of(s)) == 1);
    MUST(TS_RESP_CTX_set_ess_cert_id_digest(ctx, s->ess != NULL ? s->ess : EVP_sha256()) == 1);
    MUST(TS_RESP_CTX_set_def_policy(ctx, policy) == 1 && TS_RESP_CTX_set_accuracy(ctx, 1, 500, 0) == 1);
    MUST(TS_RESP_CTX_set_clock_precision_digits(ctx, s->micros != 0 ? 6 : 0) == 1);
    MUST(s->chain == NULL || TS_RESP_CTX_set_certs(ctx, s->chain) == 1);
    if (!s->refuses)
        allow_digests(ctx);
    TS_RESP *response = TS_RESP_create_response(ctx, in);
    int der_len = i2d_TS_RESP(response, &der);
    MUST(der_len > 0 && buf_add(ret_der, der, (size_t)der_len) == OK);
    OPENSSL_free(der);
    TS_RESP_free(response);
    TS_RESP_CTX_free(ctx);
    BIO_free(in);
    ASN1_OBJECT_free(policy);
}
