/* Time stamps: asked for, taken from OpenSSL's maker, and refused for every one thing that is wrong in a token made
 * here by hand. */
#include "config.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include <openssl/objects.h>
#include <openssl/rsa.h>
#include <openssl/ts.h>
#include "fakes/pki.h"
#include "fakes/pki_stamp.h"
#include "scratch.h"
#include "sign/alg.h"
#include "sign/der.h"
#include "sign/ess.h"
#include "sign/tst.h"

static const uint8_t data[] = "what is stamped";
static struct pki pki, stranger;
static struct trust *trust;
static struct pki_identity unit, unit384, unit_rsa, other, plain, wide, person, expired, foreign;
static STACK_OF(X509) *chain;

static struct pki_identity make(struct pki *p, const char *name, enum pki_key key, unsigned flaws)
{
    return pki_issue(p, &(struct pki_spec){.name = name, .key = key, .flaws = flaws});
}

static struct pki_identity *const all[] = {
    &unit, &unit384, &unit_rsa, &other, &plain, &wide, &person, &expired, &foreign};

static int setup(void **state)
{
    (void)state;
    scratch_open();
    pki_init(&pki);
    pki_init(&stranger);
    pki_write_ca(&pki, scratch_path("ca.pem"));
    unit = make(&pki, "TEST Zaman Damgası", PKI_P256, PKI_TSA);
    unit384 = make(&pki, "TEST Zaman Damgası 2", PKI_P384, PKI_TSA);
    unit_rsa = make(&pki, "TEST Zaman Damgası 3", PKI_RSA2048, PKI_TSA);
    other = make(&pki, "TEST Zaman Damgası 4", PKI_P256, PKI_TSA);
    plain = make(&pki, "TEST Zaman Damgası 5", PKI_P256, PKI_TSA | PKI_TSA_PLAIN);
    wide = make(&pki, "TEST Zaman Damgası 6", PKI_P256, PKI_TSA | PKI_TSA_WIDE);
    person = make(&pki, "İPEK IŞIK", PKI_P256, 0);
    expired = make(&pki, "TEST Zaman Damgası 7", PKI_P256, PKI_TSA | PKI_EXPIRED);
    foreign = make(&stranger, "TEST Zaman Damgası", PKI_P256, PKI_TSA);
    chain = pki_chain(&pki);
    return trust_load(scratch_path("ca.pem"), &trust, NULL) == OK ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    sk_X509_pop_free(chain, X509_free);
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        pki_identity_done(all[i]);
    trust_free(&trust);
    pki_done(&pki);
    pki_done(&stranger);
    scratch_close();
    return 0;
}

static unsigned hash(int digest, const void *bytes, size_t len, uint8_t out[EVP_MAX_MD_SIZE])
{
    unsigned n = 0;
    assert_int_equal(EVP_Digest(bytes, len, out, &n, EVP_get_digestbynid(digest), NULL), 1);
    return n;
}

static void ask(int digest, struct buf *ret_der, struct tst_question *ret)
{
    uint8_t imprint[EVP_MAX_MD_SIZE];
    unsigned len = hash(digest, data, sizeof data, imprint);
    assert_int_equal(tst_ask(digest, imprint, len, ret_der, ret), OK);
}

static void test_ask(void **state)
{
    (void)state;
    struct buf der = BUF_INIT(TST_QUESTION_MAX), again = BUF_INIT(TST_QUESTION_MAX);
    struct tst_question q, q2;
    ask(NID_sha384, &der, &q);
    ask(NID_sha384, &again, &q2);
    assert_memory_not_equal(q.nonce, q2.nonce, sizeof q.nonce);
    assert_true(der_is_strict((struct der_view){der.data, der.len}));
    const unsigned char *at = der.data;
    TS_REQ *read = d2i_TS_REQ(NULL, &at, (long)der.len);
    assert_non_null(read);
    assert_int_equal(TS_REQ_get_version(read), 1);
    assert_int_equal(TS_REQ_get_cert_req(read), 1);
    const ASN1_INTEGER *nonce = TS_REQ_get_nonce(read);
    assert_int_equal(ASN1_STRING_length(nonce), TST_NONCE_LEN);
    assert_memory_equal(ASN1_STRING_get0_data(nonce), q.nonce, TST_NONCE_LEN);
    TS_REQ_free(read);
    assert_int_equal(tst_ask(NID_sha1, q.imprint, 20, &der, &q), ERR_BAD_REQUEST);
    assert_int_equal(tst_ask(NID_sha256, q.imprint, 48, &der, &q), ERR_BAD_REQUEST);
    assert_int_equal(tst_ask(NID_undef, q.imprint, 32, &der, &q), ERR_BAD_REQUEST);
    buf_done(&der);
    buf_done(&again);
}

static enum err_code hear(const struct pki_stamp *s, int digest, struct buf *ret_token, struct err *err)
{
    struct buf question = BUF_INIT(TST_QUESTION_MAX), answer = BUF_INIT(TST_MAX);
    struct tst_question q;
    ask(digest, &question, &q);
    pki_stamp_answer(s, question.data, question.len, &answer);
    enum err_code rc = tst_answer(answer.data, answer.len, &q, trust, pki.now, ret_token, err);
    buf_done(&question);
    buf_done(&answer);
    return rc;
}

static void test_good(void **state)
{
    (void)state;
    const struct pki_stamp makers[] = {
        {.by = &unit, .at = pki.now, .chain = chain}, {.by = &unit384, .at = pki.now - TST_SKEW_S, .micros = 123400},
        {.by = &unit_rsa, .at = pki.now + TST_SKEW_S, .ess = EVP_sha512(), .digest = EVP_sha512()},
        {.by = &unit_rsa, .at = pki.now, .ess = EVP_sha1()}, /* signing-certificate of RFC 2634 */
    };
    static const int digests[] = {NID_sha256, NID_sha384, NID_sha512};
    for (size_t i = 0; i < sizeof makers / sizeof makers[0]; i++)
        for (size_t d = 0; d < 3; d++) {
            struct buf token = BUF_INIT(TST_MAX);
            struct tst_facts f;
            struct err err = {OK, ""};
            if (hear(&makers[i], digests[d], &token, &err) != OK)
                fail_msg("%zu, %zu: %s", i, d, err.detail);
            assert_int_equal(tst_read(token.data, token.len, &f, &err), OK);
            assert_int_equal(f.time, makers[i].at);
            assert_int_equal(f.accuracy_s, 2); /* a second and a half */
            assert_int_equal(f.digest, digests[d]);
            assert_string_equal(f.policy, "2.999.5070.3");
            assert_int_equal(X509_cmp(f.unit, makers[i].by->cert), 0);
            assert_int_equal(sk_X509_num(f.certs), i == 0 ? 2 : 1);
            assert_int_equal(tst_check(&f, f.imprint, f.imprint_len, trust, f.time, NULL, &err), OK);
            tst_facts_done(&f);
            buf_done(&token);
        }
}

static void test_refused(void **state)
{
    (void)state;
    const struct {
        struct pki_stamp s;
        enum err_code code;
        const char *detail;
    } cases[] = {
        {{.by = &unit, .at = pki.now, .refuses = true}, ERR_TSA_REFUSED, "status 2: badAlg"},
        {{.by = &unit, .at = pki.now - TST_SKEW_S - 1}, ERR_REJ_STAMP, "time"},
        {{.by = &unit, .at = pki.now + TST_SKEW_S + 1}, ERR_REJ_STAMP, "time"},
        {{.by = &foreign, .at = pki.now}, ERR_REJ_STAMP, "chain"},
        {{.by = &expired, .at = pki.now}, ERR_REJ_STAMP, "validity"},
        {{.by = &unit, .at = pki.now, .digest = EVP_sha1()}, ERR_REJ_STAMP, "strength"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct buf token = BUF_INIT(TST_MAX);
        struct err err = {OK, ""};
        assert_int_equal(hear(&cases[i].s, NID_sha256, &token, &err), cases[i].code);
        assert_string_equal(err.detail, cases[i].detail);
        assert_int_equal(token.len, 0);
    }
}

static void test_other_question(void **state)
{
    (void)state;
    struct pki_stamp s = {.by = &unit, .at = pki.now};
    struct buf question = BUF_INIT(TST_QUESTION_MAX), answer = BUF_INIT(TST_MAX), token = BUF_INIT(TST_MAX);
    struct tst_question q, other_nonce, other_imprint;
    struct err err;
    ask(NID_sha256, &question, &q);
    pki_stamp_answer(&s, question.data, question.len, &answer);
    other_nonce = other_imprint = q;
    other_nonce.nonce[15] ^= 1;
    other_imprint.imprint[0] ^= 1;
    assert_int_equal(tst_answer(answer.data, answer.len, &other_nonce, trust, pki.now, &token, &err), ERR_REJ_STAMP);
    assert_string_equal(err.detail, "nonce");
    assert_int_equal(tst_answer(answer.data, answer.len, &other_imprint, trust, pki.now, &token, &err), ERR_REJ_STAMP);
    assert_string_equal(err.detail, "imprint");
    assert_int_equal(tst_answer(answer.data, answer.len - 1, &q, trust, pki.now, &token, &err), ERR_REJ_STAMP);
    assert_non_null(strstr(err.detail, "form"));
    static const char no_token[] = "\x30\x05\x30\x03\x02\x01\x00";
    assert_int_equal(tst_answer((const uint8_t *)no_token, 7, &q, trust, pki.now, &token, &err), ERR_REJ_STAMP);
    assert_string_equal(err.detail, "form: there is no token in the answer");
    assert_int_equal(tst_answer(answer.data, answer.len, &q, trust, pki.now, &token, &err), OK);
    buf_done(&question);
    buf_done(&answer);
    buf_done(&token);
}

/* ---- tokens by hand ---- */

enum flaw {
    NONE,
    FRACTION, /* no flaw: a tenth of a second */
    PLAIN_EXTENSION,
    NO_OPTIONS,
    V1,   /* signing-certificate */
    BOTH, /* and signing-certificate-v2 */
    PSS,
    VERSION_2,
    SHORT_IMPRINT,
    NEGATIVE_SERIAL,
    LONG_SERIAL,
    NO_Z,
    FRACTION_ZERO,
    FRACTION_EMPTY,
    FRACTION_LETTER,
    NO_DAY,
    ORDERING_FALSE,
    CRITICAL_EXTENSION,
    MILLIS_1000,
    MILLIS_0,
    LONG_NONCE,
    MORE_INFO,
    BER_POLICY,
    WEAK_IMPRINT,
    NO_CERTIFICATE,
    CERTIFICATE_TWICE,
    OTHER_TYPE,
    NO_TYPE,
    NOT_TST,
    NO_ESS,
    ESS_OTHER,
    ESS_SHA1,
    ESS_OTHER_ISSUER,
    BOTH_ONE_OTHER,
    WRONG_DIGEST,
    NO_DIGEST,
    OTHER_KEY,
    OTHER_ALGORITHM,
    FLAWS,
};

struct forged {
    enum flaw flaw;
    const struct pki_identity *by;
    int digest; /* of the signature */
};

static void put_time(struct der_out *out, enum flaw flaw)
{
    static const char *const tails[FLAWS] = {[FRACTION] = ".1Z",
        [NO_Z] = "+",
        [FRACTION_ZERO] = ".10Z",
        [FRACTION_EMPTY] = ".Z",
        [FRACTION_LETTER] = ".1a1Z"};
    char said[40];
    time_t t = (time_t)pki.now;
    struct tm tm;
    assert_non_null(gmtime_r(&t, &tm));
    size_t n = strftime(said, sizeof said, "%Y%m%d%H%M%S", &tm);
    if (flaw == NO_DAY)
        memcpy(said + 4, "0231", 4);
    strcpy(said + n, tails[flaw] != NULL ? tails[flaw] : "Z");
    der_put(out, DER_GENERALIZED_TIME, said, strlen(said));
}

static void put_accuracy(struct der_out *out, enum flaw flaw)
{
    size_t mark = der_mark(out);
    der_put_uint(out, (const uint8_t[]){1}, 1);
    if (flaw == MILLIS_1000)
        der_put(out, 0x80, "\x03\xe8", 2);
    else
        der_put(out, 0x80, flaw == MILLIS_0 ? "\x00" : "\x05", 1);
    der_wrap(out, mark, DER_SEQUENCE);
}

static void put_extensions(struct der_out *out, bool critical)
{
    size_t list = der_mark(out), one = list;
    der_put_oid(out, NID_qcStatements);
    if (critical)
        der_put(out, DER_BOOLEAN, "\xff", 1);
    der_put(out, DER_OCTET_STRING, "\x05\x00", 2);
    der_wrap(out, one, DER_SEQUENCE);
    der_wrap(out, list, DER_CONTEXT_1);
}

static void put_imprint(struct der_out *out, enum flaw flaw)
{
    uint8_t digest[EVP_MAX_MD_SIZE];
    int nid = flaw == WEAK_IMPRINT ? NID_sha1 : NID_sha256;
    size_t len = hash(nid, data, sizeof data, digest), mark = der_mark(out);
    alg_put_digest(out, nid);
    der_put(out, DER_OCTET_STRING, digest, flaw == SHORT_IMPRINT ? len - 1 : len);
    der_wrap(out, mark, DER_SEQUENCE);
}

static void put_info(struct der_out *out, enum flaw flaw)
{
    static const uint8_t long_number[33] = {0x11};
    size_t mark = der_mark(out);
    der_put_uint(out, (const uint8_t[]){flaw == VERSION_2 ? 2 : 1}, 1);
    if (flaw == BER_POLICY)
        der_raw(out, "\x06\x81\x02\x2a\x03", 5);
    else
        der_put(out, DER_OID, "\x2a\x03", 2);
    put_imprint(out, flaw);
    der_put(out, DER_INTEGER, flaw == NEGATIVE_SERIAL ? "\x80" : (const char *)long_number,
        flaw == NEGATIVE_SERIAL ? 1
        : flaw == LONG_SERIAL   ? 22
                                : 20);
    put_time(out, flaw);
    if (flaw != NO_OPTIONS) {
        put_accuracy(out, flaw);
        der_put(out, DER_BOOLEAN, flaw == ORDERING_FALSE ? "\x00" : "\xff", 1);
        der_put(out, DER_INTEGER, long_number, flaw == LONG_NONCE ? 33 : 8);
    }
    if (flaw == CRITICAL_EXTENSION || flaw == PLAIN_EXTENSION)
        put_extensions(out, flaw == CRITICAL_EXTENSION);
    if (flaw == MORE_INFO)
        der_put(out, DER_NULL, NULL, 0);
    der_wrap(out, mark, DER_SEQUENCE);
}

static void wrap_attribute(struct der_out *out, size_t attribute, size_t value)
{
    der_wrap(out, value, DER_SET);
    der_wrap(out, attribute, DER_SEQUENCE);
}

static void put_ess(struct der_out *out, const struct forged *f, bool v2, const struct pki_identity *named)
{
    uint8_t digest[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    int nid = !v2 || f->flaw == ESS_SHA1 ? NID_sha1 : NID_sha256;
    assert_int_equal(X509_digest(named->cert, EVP_get_digestbynid(nid), digest, &len), 1);
    size_t attribute = der_mark(out);
    der_put_oid(out, v2 ? NID_id_smime_aa_signingCertificateV2 : NID_id_smime_aa_signingCertificate);
    size_t value = der_mark(out);
    if (f->flaw == ESS_SHA1)
        alg_put_digest(out, nid);
    der_put(out, DER_OCTET_STRING, digest, len);
    ess_put_issuer_serial(out, f->flaw == ESS_OTHER_ISSUER ? other.cert : named->cert);
    der_wrap(out, value, DER_SEQUENCE);
    der_wrap(out, value, DER_SEQUENCE);
    der_wrap(out, value, DER_SEQUENCE);
    wrap_attribute(out, attribute, value);
}

static void put_attributes(struct der_out *out, const struct forged *f, const struct der_out *info)
{
    uint8_t digest[EVP_MAX_MD_SIZE];
    size_t len = hash(f->digest, info->buf.data, info->buf.len, digest), all_of_them = der_mark(out);
    if (f->flaw != NO_TYPE) {
        size_t attribute = der_mark(out);
        der_put_oid(out, NID_pkcs9_contentType);
        size_t value = der_mark(out);
        der_put_oid(out, f->flaw == OTHER_TYPE ? NID_pkcs7_data : NID_id_smime_ct_TSTInfo);
        wrap_attribute(out, attribute, value);
    }
    if (f->flaw != NO_DIGEST) {
        size_t attribute = der_mark(out);
        der_put_oid(out, NID_pkcs9_messageDigest);
        size_t value = der_mark(out);
        digest[0] ^= f->flaw == WRONG_DIGEST;
        der_put(out, DER_OCTET_STRING, digest, len);
        wrap_attribute(out, attribute, value);
    }
    if (f->flaw == V1 || f->flaw == BOTH || f->flaw == BOTH_ONE_OTHER)
        put_ess(out, f, false, f->flaw == BOTH_ONE_OTHER ? &other : f->by);
    if (f->flaw != V1 && f->flaw != NO_ESS)
        put_ess(out, f, true, f->flaw == ESS_OTHER ? &other : f->by);
    der_sort(out, all_of_them);
}

static void put_signature(struct der_out *out, const struct forged *f, const struct der_out *attributes)
{
    struct der_out signed_bytes = DER_OUT_INIT(TST_MAX);
    uint8_t signature[PKI_SIGNATURE_MAX];
    size_t len = sizeof signature;
    EVP_PKEY_CTX *own;
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    der_put(&signed_bytes, DER_SET, attributes->buf.data, attributes->buf.len);
    assert_int_equal(EVP_DigestSignInit(ctx, &own, EVP_get_digestbynid(f->digest), NULL,
                         f->flaw == OTHER_KEY ? other.key : f->by->key),
        1);
    if (f->flaw == PSS)
        assert_true(EVP_PKEY_CTX_set_rsa_padding(own, RSA_PKCS1_PSS_PADDING) == 1 &&
                    EVP_PKEY_CTX_set_rsa_pss_saltlen(own, RSA_PSS_SALTLEN_DIGEST) == 1);
    assert_int_equal(EVP_DigestSign(ctx, signature, &len, signed_bytes.buf.data, signed_bytes.buf.len), 1);
    der_put(out, DER_OCTET_STRING, signature, len);
    EVP_MD_CTX_free(ctx);
    der_out_done(&signed_bytes);
}

static void put_algorithm(struct der_out *out, const struct forged *f)
{
    struct alg own = *alg_of(f->by == &unit_rsa ? CERT_KEY_RSA : CERT_KEY_P256);
    if (f->digest == NID_sha1)
        own.signature = NID_ecdsa_with_SHA1;
    if (f->flaw == OTHER_ALGORITHM)
        own.signature = NID_ecdsa_with_SHA384;
    alg_put_signature(out, f->flaw == PSS ? alg_pss() : &own);
}

static void put_signer(struct der_out *out, const struct forged *f, const struct der_out *info)
{
    struct der_out attributes = DER_OUT_INIT(TST_MAX);
    size_t mark = der_mark(out);
    put_attributes(&attributes, f, info);
    der_put_uint(out, (const uint8_t[]){1}, 1);
    size_t sid = der_mark(out);
    der_put_asn1(out, X509_get_issuer_name(f->by->cert), ASN1_ITEM_rptr(X509_NAME));
    der_put_asn1(out, X509_get0_serialNumber(f->by->cert), ASN1_ITEM_rptr(ASN1_INTEGER));
    der_wrap(out, sid, DER_SEQUENCE);
    alg_put_digest(out, f->digest);
    der_put(out, DER_CONTEXT_0, attributes.buf.data, attributes.buf.len);
    put_algorithm(out, f);
    put_signature(out, f, &attributes);
    der_wrap(out, mark, DER_SEQUENCE);
    der_wrap(out, mark, DER_SET);
    der_out_done(&attributes);
}

static void forge(const struct forged *f, struct buf *ret)
{
    struct der_out out = DER_OUT_INIT(TST_MAX), info = DER_OUT_INIT(TST_MAX);
    put_info(&info, f->flaw);
    der_put_oid(&out, NID_pkcs7_signed);
    size_t body = der_mark(&out);
    der_put_uint(&out, (const uint8_t[]){f->flaw == NOT_TST ? 1 : 3}, 1);
    size_t mark = der_mark(&out);
    alg_put_digest(&out, f->digest);
    der_wrap(&out, mark, DER_SET);
    mark = der_mark(&out);
    der_put_oid(&out, f->flaw == NOT_TST ? NID_pkcs7_data : NID_id_smime_ct_TSTInfo);
    size_t content = der_mark(&out);
    der_put(&out, DER_OCTET_STRING, info.buf.data, info.buf.len);
    der_wrap(&out, content, DER_CONTEXT_0);
    der_wrap(&out, mark, DER_SEQUENCE);
    mark = der_mark(&out);
    der_put_asn1(&out, f->flaw == NO_CERTIFICATE ? pki.issuer.cert : f->by->cert, ASN1_ITEM_rptr(X509));
    if (f->flaw == CERTIFICATE_TWICE)
        der_put_asn1(&out, f->by->cert, ASN1_ITEM_rptr(X509));
    der_wrap(&out, mark, DER_CONTEXT_0);
    put_signer(&out, f, &info);
    der_wrap(&out, body, DER_SEQUENCE);
    der_wrap(&out, body, DER_CONTEXT_0);
    der_wrap(&out, 0, DER_SEQUENCE);
    assert_int_equal(out.rc, OK);
    assert_int_equal(buf_move(ret, &out.buf), OK);
    der_out_done(&info);
}

static enum err_code judge(const struct buf *token, struct err *err)
{
    struct tst_facts f;
    uint8_t imprint[EVP_MAX_MD_SIZE];
    enum err_code rc = tst_read(token->data, token->len, &f, err);
    if (rc != OK)
        return rc;
    unsigned len = hash(f.digest, data, sizeof data, imprint);
    rc = tst_check(&f, imprint, len, trust, f.time, NULL, err);
    tst_facts_done(&f);
    return rc;
}

static void expect(const struct forged *f, const char *detail)
{
    struct buf token = BUF_INIT(TST_MAX);
    struct err err = {OK, ""};
    forge(f, &token);
    enum err_code rc = judge(&token, &err);
    if (rc != (detail == NULL ? OK : ERR_REJ_STAMP) || strcmp(err.detail, detail == NULL ? "" : detail) != 0)
        fail_msg("flaw %d: %s instead of %s", f->flaw, err.detail, detail);
    buf_done(&token);
}

static void test_forged(void **state)
{
    (void)state;
    static const char no_info[] = "form: the TSTInfo cannot be read", no_time[] = "form: genTime is no time",
                      no_serial[] = "form: the serial number is none";
    static const char *const details[FLAWS] = {
        [VERSION_2] = "form: the TSTInfo is not of version 1",
        [SHORT_IMPRINT] = no_info,
        [NEGATIVE_SERIAL] = no_serial,
        [LONG_SERIAL] = no_info, /* padded as well */
        [NO_Z] = no_time,
        [FRACTION_ZERO] = no_time,
        [FRACTION_EMPTY] = no_time,
        [FRACTION_LETTER] = no_time,
        [NO_DAY] = no_time,
        [ORDERING_FALSE] = no_info,
        [CRITICAL_EXTENSION] = no_info,
        [MILLIS_1000] = no_info,
        [MILLIS_0] = no_info,
        [LONG_NONCE] = no_info,
        [MORE_INFO] = no_info,
        [BER_POLICY] = no_info,
        [WEAK_IMPRINT] = "strength",
        [NO_CERTIFICATE] = "form: the signer's certificate is missing",
        [CERTIFICATE_TWICE] = "form: two certificates claim to be the signer's",
        [OTHER_TYPE] = "form: there is no TSTInfo in it",
        [NO_TYPE] = "form: there is no TSTInfo in it",
        [NOT_TST] = "form: there is no TSTInfo in it",
        [NO_ESS] = "certificate",
        [ESS_OTHER] = "certificate",
        [ESS_SHA1] = "certificate",
        [ESS_OTHER_ISSUER] = "certificate",
        [BOTH_ONE_OTHER] = "certificate",
        [WRONG_DIGEST] = "digest",
        [NO_DIGEST] = "digest",
        [OTHER_KEY] = "signature",
        [OTHER_ALGORITHM] = "signature",
    };
    for (int flaw = 0; flaw < FLAWS; flaw++) {
        assert_true(flaw <= PSS || details[flaw] != NULL); /* none is left out */
        expect(&(struct forged){(enum flaw)flaw, flaw == PSS ? &unit_rsa : &unit, NID_sha256},
            flaw == LONG_SERIAL ? no_serial : details[flaw]);
    }
}

static void test_unit(void **state)
{
    (void)state;
    const struct {
        const struct pki_identity *by;
        int digest;
        const char *detail;
    } cases[] = {
        {&plain, NID_sha256, "purpose"},
        {&wide, NID_sha256, "purpose"},
        {&person, NID_sha256, "purpose"},
        {&pki.issuer, NID_sha256, "purpose"},
        {&foreign, NID_sha256, "chain"},
        {&expired, NID_sha256, "validity"},
        {&unit, NID_sha1, "strength"},
        {&unit_rsa, NID_sha512, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        expect(&(struct forged){NONE, cases[i].by, cases[i].digest}, cases[i].detail);
}

/* No single bit of a token's signed parts can change; what it answers otherwise is an error and nothing else. */
static void test_every_bit(void **state)
{
    (void)state;
    struct buf token = BUF_INIT(TST_MAX);
    struct err err;
    forge(&(struct forged){NONE, &unit, NID_sha256}, &token);
    for (size_t bit = 0; bit < token.len * 8; bit++) {
        token.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
        if (judge(&token, &err) != ERR_REJ_STAMP)
            fail_msg("bit %zu of byte %zu", bit % 8, bit / 8);
        token.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    assert_int_equal(judge(&token, &err), OK);
    buf_done(&token);
}

static void test_words(void **state)
{
    (void)state;
    assert_string_equal(tst_fault_word(TST_HOLDS), "");
    assert_string_equal(tst_fault_word(TST_IMPRINT), "imprint");
    assert_string_equal(tst_fault_word(TST_VALIDITY), "validity");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ask),
        cmocka_unit_test(test_good),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_other_question),
        cmocka_unit_test(test_forged),
        cmocka_unit_test(test_unit),
        cmocka_unit_test(test_every_bit),
        cmocka_unit_test(test_words),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
