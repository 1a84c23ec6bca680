#include "config.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "aged.h"

#include <openssl/objects.h>
#include <openssl/ocsp.h>
#include "fakes/pki_stamp.h"
#include "fakes/pki_status.h"
#include "sign/revocation.h"

static const char text[] = "Kamu SM sistemleri: TEST metni, çğıİöşü.\nKABUL EDİYORUM.\n";

#define MUST(call)                                                                                                     \
    do {                                                                                                               \
        struct err err = {OK, ""};                                                                                     \
        enum err_code rc = (call);                                                                                     \
        if (rc != OK)                                                                                                  \
            fail_msg("aged.c:%d: %s: %s", __LINE__, note_of(rc)->slug, err.detail);                                    \
    } while (0)

struct consent_claim aged_claim(const struct aging *a)
{
    return (struct consent_claim){.service = "test-service",
        .code = "K7QM3XPD9R4T",
        .created = a->pki->now - 100,
        .signing_time = a->pki->now - 60,
        .text = (const uint8_t *)text,
        .text_len = sizeof text - 1,
        .profile = a->profile};
}

void aged_sign(const struct aging *a, struct buf *ret)
{
    struct consent_claim claim = aged_claim(a);
    struct cades *c = NULL;
    const uint8_t *to_sign;
    size_t len;
    uint8_t signature[PKI_SIGNATURE_MAX];
    STACK_OF(X509) *chain = pki_chain(a->pki);
    MUST(a->pss ? cades_begin_pss(&claim, a->signer->cert, chain, &c, &err)
                : cades_begin(&claim, a->signer->cert, chain, &c, &err));
    cades_to_sign(c, &to_sign, &len);
    size_t n = a->pss ? pki_sign_pss(a->signer, to_sign, len, signature) : pki_sign(a->signer, to_sign, len, signature);
    MUST(cades_finish(c, signature, n, ret, &err));
    cades_free(&c);
    sk_X509_pop_free(chain, X509_free);
}

void aged_token(const struct aging *a, int digest, const uint8_t *imprint, size_t len, struct buf *ret)
{
    STACK_OF(X509) *chain = pki_chain(a->pki);
    struct pki_stamp s = {.by = a->unit, .at = a->at, .chain = chain};
    struct buf question = BUF_INIT(TST_QUESTION_MAX), answer = BUF_INIT(TST_MAX);
    struct tst_question q;
    MUST(tst_ask(digest, imprint, len, &question, &q));
    pki_stamp_answer(&s, question.data, question.len, &answer);
    MUST(tst_answer(answer.data, answer.len, &q, a->trust, a->at, ret, &err));
    buf_done(&question);
    buf_done(&answer);
    sk_X509_pop_free(chain, X509_free);
}

static int digest_of(const struct aging *a)
{
    return EVP_PKEY_get_bits(a->signer->key) == 384 ? NID_sha384 : NID_sha256;
}

void aged_stamp(const struct aging *a, const struct buf *der, struct buf *ret)
{
    uint8_t imprint[TST_IMPRINT_MAX];
    size_t len = 0;
    struct buf token = BUF_INIT(TST_MAX);
    MUST(level_stamp_imprint(der->data, der->len, digest_of(a), imprint, &len, &err));
    aged_token(a, digest_of(a), imprint, len, &token);
    MUST(level_add_stamp(der->data, der->len, token.data, token.len, ret, &err));
    buf_done(&token);
}

void aged_stamp_refs(const struct aging *a, const struct buf *der, struct buf *ret)
{
    uint8_t imprint[TST_IMPRINT_MAX];
    size_t len = 0;
    struct buf token = BUF_INIT(TST_MAX);
    MUST(level_refs_imprint(der->data, der->len, digest_of(a), imprint, &len, &err));
    aged_token(a, digest_of(a), imprint, len, &token);
    MUST(level_add_refs_stamp(der->data, der->len, token.data, token.len, ret, &err));
    buf_done(&token);
}

static void ask_responder(const struct aging *a, X509 *x, X509 *issuer, const struct pki_status *s, struct buf *ret)
{
    struct buf request = BUF_INIT(4096);
    struct revocation_answer answer;
    uint8_t nonce[OCSP_NONCE_LEN];
    MUST(ocsp_request(x, issuer, &request, nonce));
    pki_ocsp_answer(a->pki, &request, s, ret);
    MUST(ocsp_answer(ret->data, ret->len, x, issuer, nonce, a->trust, a->at, &answer, &err));
    buf_done(&request);
}

void aged_status(const struct aging *a, X509 *x, X509 *issuer, enum evidence_kind kind, struct evidence *ret)
{
    bool of_root = X509_cmp(issuer, a->pki->root.cert) == 0;
    const struct pki_identity *authority = of_root ? &a->pki->root : &a->pki->issuer;
    struct pki_status s = {.by = of_root ? authority : a->responder,
        .status = V_OCSP_CERTSTATUS_GOOD,
        .reason = -1,
        .this_update = a->at - 30,
        .next_update = a->at + 3600};
    struct buf der = BUF_INIT(LEVELS_MAX);
    if (kind == EVIDENCE_CRL)
        pki_crl_of(authority, NULL, &s, &der);
    else
        ask_responder(a, x, issuer, &s, &der);
    MUST(evidence_add(ret, kind, der.data, der.len));
    buf_done(&der);
}

static void add_cert(X509 *x, struct evidence *ret)
{
    unsigned char *der = NULL;
    int len = i2d_X509(x, &der);
    assert_true(len > 0);
    MUST(evidence_add(ret, EVIDENCE_CERT, der, (size_t)len));
    OPENSSL_free(der);
}

/* One round; false when nothing was missing. P3 is proved by CRLs, the rest by OCSP answers and the root's CRL. */
static bool gather(const struct aging *a, const struct buf *der, struct evidence *have)
{
    struct level_gaps gaps;
    MUST(level_missing(der->data, der->len, a->profile, a->trust, a->trust, a->at, have, &gaps, &err));
    bool missing = gaps.count > 0 || sk_X509_num(gaps.certs) > 0;
    for (int i = 0; i < sk_X509_num(gaps.certs); i++)
        add_cert(sk_X509_value(gaps.certs, i), have);
    for (size_t i = 0; i < gaps.count; i++) {
        bool by_crl = a->profile == PROFILE_P3 || X509_cmp(gaps.of[i].issuer, a->pki->root.cert) == 0;
        aged_status(a, gaps.of[i].cert, gaps.of[i].issuer, by_crl ? EVIDENCE_CRL : EVIDENCE_OCSP, have);
        if (by_crl) /* may have filled others too */
            break;
    }
    level_gaps_done(&gaps);
    return missing;
}

void aged_prove(const struct aging *a, const struct buf *der, struct buf *ret)
{
    struct evidence have = EVIDENCE_INIT;
    for (int rounds = 0; gather(a, der, &have); rounds++)
        assert_true(rounds < 8);
    MUST(level_add_values(der->data, der->len, a->profile, &have, ret, &err));
    assert_false(gather(a, ret, &have)); /* and once in the file it is no longer missing */
    evidence_done(&have);
    assert_false(gather(a, ret, &have));
}

void aged_archive(const struct aging *a, const struct buf *der, struct buf *ret)
{
    uint8_t imprint[TST_IMPRINT_MAX];
    size_t len = 0;
    struct buf token = BUF_INIT(TST_MAX), index = BUF_INIT(LEVEL_INDEX_MAX);
    MUST(level_archive_imprint(der->data, der->len, digest_of(a), imprint, &len, &index, &err));
    aged_token(a, digest_of(a), imprint, len, &token);
    MUST(level_add_archive(der->data, der->len, &index, token.data, token.len, ret, &err));
    buf_done(&token);
    buf_done(&index);
}

void aged_make(const struct aging *a, enum level level, struct buf *ret)
{
    static void (*const steps[])(const struct aging *, const struct buf *, struct buf *) = {
        aged_stamp, aged_prove, aged_archive};
    aged_sign(a, ret);
    for (int i = 0; i < (int)level; i++) {
        struct buf next = BUF_INIT(LEVELS_MAX);
        steps[i](a, ret, &next);
        ret->max = LEVELS_MAX;
        MUST(buf_move(ret, &next));
    }
}
