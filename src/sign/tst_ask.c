#include "config.h"
#include "sign/tst.h"

#include <string.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/rand.h>
#include "sign/alg.h"
#include "sign/der.h"

static void put_imprint(struct der_out *out, const struct tst_question *q)
{
    size_t mark = der_mark(out);
    alg_put_digest(out, q->digest);
    der_put(out, DER_OCTET_STRING, q->imprint, q->imprint_len);
    der_wrap(out, mark, DER_SEQUENCE);
}

/* TimeStampReq, RFC 3161 §2.4.1. */
static void put_question(struct der_out *out, const struct tst_question *q)
{
    size_t mark = der_mark(out);
    der_put_uint(out, (const uint8_t[]){1}, 1);
    put_imprint(out, q);
    der_put_uint(out, q->nonce, sizeof q->nonce);
    der_put(out, DER_BOOLEAN, (const uint8_t[]){0xff}, 1); /* certReq */
    der_wrap(out, mark, DER_SEQUENCE);
}

enum err_code tst_ask(int digest, const uint8_t *imprint, size_t len, struct buf *ret_der, struct tst_question *ret)
{
    struct tst_question q = {.digest = digest, .imprint_len = len};
    struct der_out out = DER_OUT_INIT(TST_QUESTION_MAX);
    const EVP_MD *md = alg_digest_is_weak(digest) ? NULL : EVP_get_digestbynid(digest);
    if (md == NULL || len != (size_t)EVP_MD_get_size(md) || len > sizeof q.imprint)
        return ERR_BAD_REQUEST;
    memcpy(q.imprint, imprint, len);
    if (RAND_bytes(q.nonce, sizeof q.nonce) != 1)
        return ERR_CRYPTO;
    q.nonce[0] = (q.nonce[0] & 0x7f) | 0x40; /* positive, and of full length */
    put_question(&out, &q);
    enum err_code rc = out.rc == OK ? buf_move(ret_der, &out.buf) : out.rc;
    der_out_done(&out);
    if (rc == OK)
        *ret = q;
    return rc;
}

/* PKIFailureInfo, RFC 3161 §2.4.2: the bits of it. */
static const struct {
    unsigned bit;
    const char *word;
} reasons[] = {
    {0, "badAlg"},
    {2, "badRequest"},
    {5, "badDataFormat"},
    {14, "timeNotAvailable"},
    {15, "unacceptedPolicy"},
    {16, "unacceptedExtension"},
    {17, "addInfoNotAvailable"},
    {25, "systemFailure"},
};

static const char *reason_of(struct der_view status)
{
    struct der_item item;
    (void)der_take(&status, DER_SEQUENCE, &item); /* words of the authority's own */
    if (der_take(&status, DER_BIT_STRING, &item))
        for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++)
            if (item.body.len > 1 + reasons[i].bit / 8 &&
                (item.body.at[1 + reasons[i].bit / 8] & 0x80 >> reasons[i].bit % 8) != 0)
                return reasons[i].word;
    return "no reason";
}

static enum err_code form(struct err *err, const char *what)
{
    return err_set(err, ERR_REJ_STAMP, "%s: %s", tst_fault_word(TST_FORM), what);
}

/* Status granted, with or without modifications: what was modified shows when the token is checked. */
static enum err_code open_answer(struct der_view rest, struct der_item *ret_token, struct err *err)
{
    struct der_item whole, info, status;
    if (rest.len > TST_MAX)
        return form(err, "the answer is too big");
    if (!der_take(&rest, DER_SEQUENCE, &whole) || rest.len > 0 || !der_take(&whole.body, DER_SEQUENCE, &info) ||
        !der_is_strict(info.whole) || !der_take(&info.body, DER_INTEGER, &status) || status.body.len != 1)
        return form(err, "the answer cannot be read");
    if (status.body.at[0] > 1)
        return err_set(err, ERR_TSA_REFUSED, "status %u: %s", status.body.at[0], reason_of(info.body));
    if (!der_take(&whole.body, DER_SEQUENCE, ret_token) || whole.body.len > 0)
        return form(err, "there is no token in the answer");
    return OK;
}

static enum err_code judge(
    const struct tst_facts *f, const struct tst_question *q, const struct trust *tsas, int64_t now, struct err *err)
{
    enum tst_fault fault = TST_HOLDS;
    if (f->digest != q->digest || f->imprint_len != q->imprint_len ||
        memcmp(f->imprint, q->imprint, q->imprint_len) != 0)
        fault = TST_IMPRINT;
    else if (f->nonce_len != sizeof q->nonce || memcmp(f->nonce, q->nonce, sizeof q->nonce) != 0)
        fault = TST_NONCE;
    else if (f->time > now + TST_SKEW_S || f->time < now - TST_SKEW_S)
        fault = TST_TIME;
    if (fault != TST_HOLDS)
        return err_set(err, ERR_REJ_STAMP, "%s", tst_fault_word(fault));
    return tst_check(f, q->imprint, q->imprint_len, tsas, f->time, NULL, err);
}

enum err_code tst_answer(const uint8_t *der, size_t len, const struct tst_question *q, const struct trust *tsas,
    int64_t now, struct buf *ret_token, struct err *err)
{
    struct der_item token;
    struct tst_facts f;
    enum err_code rc = open_answer((struct der_view){der, len}, &token, err);
    if (rc == OK)
        rc = tst_read(token.whole.at, token.whole.len, &f, err);
    if (rc != OK)
        return rc;
    rc = judge(&f, q, tsas, now, err);
    if (rc == OK)
        rc = buf_move(ret_token, &f.token);
    tst_facts_done(&f);
    return rc;
}
