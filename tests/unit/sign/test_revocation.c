/* OCSP and CRL answers: what they say, and every way in which one cannot be believed. */
#include "config.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include <openssl/ocsp.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>
#include "fakes/pki_status.h"
#include "scratch.h"
#include "sign/alg.h"
#include "sign/revocation.h"

#define HOUR 3600

static struct pki pki, stranger;
static struct trust *trust;
static struct pki_identity who, responder, foreign, plain;

static int setup(void **state)
{
    (void)state;
    scratch_open();
    pki_init(&pki);
    pki_init(&stranger);
    pki_write_ca(&pki, scratch_path("ca.pem"));
    who = pki_issue(&pki, &(struct pki_spec){.name = "A",
                              .tckn = "10000000146",
                              .ocsp_url = "http://127.0.0.1:8080/ocsp",
                              .crl_url = "http://127.0.0.1:8080/nes.crl"});
    responder = pki_issue(&pki, &(struct pki_spec){.name = "TEST OCSP", .flaws = PKI_OCSP});
    foreign = pki_issue(&stranger, &(struct pki_spec){.name = "TEST OCSP", .flaws = PKI_OCSP});
    plain = pki_issue(&pki, &(struct pki_spec){.name = "B", .tckn = "12345678950"});
    return trust_load(scratch_path("ca.pem"), &trust, NULL) == OK ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    struct pki_identity *all[] = {&who, &responder, &foreign, &plain};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        pki_identity_done(all[i]);
    trust_free(&trust);
    pki_done(&pki);
    pki_done(&stranger);
    scratch_close();
    return 0;
}

static struct pki_status good(void)
{
    return (struct pki_status){.by = &responder,
        .status = V_OCSP_CERTSTATUS_GOOD,
        .reason = -1,
        .revoked_at = pki.now - 7 * HOUR,
        .this_update = pki.now - 60,
        .next_update = pki.now + HOUR};
}

static enum err_code ask(const struct pki_status *s, bool with_nonce, struct revocation_answer *ret, struct err *err)
{
    struct buf request = BUF_INIT(4096), answer = BUF_INIT(65536);
    uint8_t nonce[OCSP_NONCE_LEN];
    assert_int_equal(ocsp_request(who.cert, pki.issuer.cert, &request, nonce), OK);
    pki_ocsp_answer(&pki, &request, s, &answer);
    enum err_code rc = ocsp_answer(
        answer.data, answer.len, who.cert, pki.issuer.cert, with_nonce ? nonce : NULL, trust, pki.now, ret, err);
    buf_done(&request);
    buf_done(&answer);
    return rc;
}

static void test_urls(void **state)
{
    (void)state;
    char ocsp[REVOCATION_URL_MAX], crl[REVOCATION_URL_MAX];
    revocation_urls(who.cert, ocsp, crl);
    assert_string_equal(ocsp, "http://127.0.0.1:8080/ocsp");
    assert_string_equal(crl, "http://127.0.0.1:8080/nes.crl");
    revocation_urls(plain.cert, ocsp, crl);
    assert_string_equal(ocsp, "");
    assert_string_equal(crl, "");
    struct pki_identity odd = pki_issue(
        &pki, &(struct pki_spec){.name = "C", .ocsp_url = "ldap://127.0.0.1/x", .crl_url = "file:///etc/passwd"});
    revocation_urls(odd.cert, ocsp, crl);
    assert_string_equal(ocsp, "");
    assert_string_equal(crl, "");
    pki_identity_done(&odd);
}

static void expect_url(const char *in_certificate, const char *want)
{
    char ocsp[REVOCATION_URL_MAX], crl[REVOCATION_URL_MAX];
    struct pki_identity x = pki_issue(&pki, &(struct pki_spec){.name = "C", .crl_url = in_certificate});
    revocation_urls(x.cert, ocsp, crl);
    assert_string_equal(crl, want);
    pki_identity_done(&x);
}

static void test_odd_urls(void **state)
{
    (void)state;
    char longest[REVOCATION_URL_MAX + 1] = "http://127.0.0.1/";
    expect_url("https://127.0.0.1/~x", "https://127.0.0.1/~x");
    expect_url("http://127.0.0.1/a b", "");
    expect_url("http://127.0.0.1/\x7f", "");
    expect_url("http://127.0.0.1/\x01x", "");
    memset(longest + strlen(longest), 'a', REVOCATION_URL_MAX - strlen(longest));
    longest[REVOCATION_URL_MAX] = '\0';
    expect_url(longest, "");
    longest[REVOCATION_URL_MAX - 1] = '\0';
    expect_url(longest, longest);
}

static void test_ocsp_says(void **state)
{
    (void)state;
    const struct {
        int status, reason;
        enum revocation want;
    } cases[] = {
        {V_OCSP_CERTSTATUS_GOOD, -1, REV_GOOD},
        {V_OCSP_CERTSTATUS_REVOKED, -1, REV_REVOKED},
        {V_OCSP_CERTSTATUS_REVOKED, OCSP_REVOKED_STATUS_KEYCOMPROMISE, REV_REVOKED},
        {V_OCSP_CERTSTATUS_REVOKED, OCSP_REVOKED_STATUS_CERTIFICATEHOLD, REV_SUSPENDED},
        {V_OCSP_CERTSTATUS_UNKNOWN, -1, REV_UNKNOWN},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct pki_status s = good();
        struct revocation_answer a = {0};
        s.status = cases[i].status;
        s.reason = cases[i].reason;
        assert_int_equal(ask(&s, true, &a, NULL), OK);
        assert_int_equal(a.status, cases[i].want);
        assert_int_equal(a.this_update, s.this_update);
        assert_int_equal(a.next_update, s.next_update);
        assert_int_equal(a.at, s.status == V_OCSP_CERTSTATUS_REVOKED ? s.revoked_at : 0);
    }
}

static void test_ocsp_by_the_issuer(void **state)
{
    (void)state;
    struct pki_status s = good();
    struct revocation_answer a;
    s.by = &pki.issuer;
    assert_int_equal(ask(&s, true, &a, NULL), OK);
    s.without_responder = true; /* the issuer is known anyway */
    assert_int_equal(ask(&s, true, &a, NULL), OK);
}

static void expect_doubt(const struct pki_status *s, bool with_nonce, const char *why)
{
    struct revocation_answer a = {.at = -7};
    struct err err;
    assert_int_equal(ask(s, with_nonce, &a, &err), ERR_REJ_UNKNOWN);
    assert_int_equal(a.at, -7);
    if (strstr(err.detail, why) == NULL)
        fail_msg("%s: %s", why, err.detail);
}

static void test_ocsp_doubts(void **state)
{
    (void)state;
    struct pki_status s = good();
    s.by = &foreign;
    expect_doubt(&s, true, "responder");
    s.by = &plain; /* issued by the authority, but no responder */
    expect_doubt(&s, true, "responder");
    s.by = &who; /* speaking for oneself */
    expect_doubt(&s, true, "responder");
    s = good();
    s.without_responder = true;
    expect_doubt(&s, true, "responder");
    s = good();
    s.digest = EVP_sha1();
    expect_doubt(&s, true, "signature");
    s = good();
    s.without_nonce = true;
    expect_doubt(&s, true, "nonce");
    s = good();
    s.other_nonce = true;
    expect_doubt(&s, true, "nonce");
    s = good();
    s.other_certificate = true;
    expect_doubt(&s, true, "another certificate");
    s = good();
    s.this_update = pki.now + HOUR;
    s.next_update = pki.now + 2 * HOUR;
    expect_doubt(&s, true, "time");
    s = good();
    s.this_update = pki.now - 2 * HOUR;
    s.next_update = pki.now - HOUR;
    expect_doubt(&s, true, "time");
    s = good();
    s.this_update = pki.now - 30 * HOUR;
    s.next_update = 0;
    expect_doubt(&s, true, "time");
}

static void test_ocsp_ahead_of_time(void **state)
{
    (void)state;
    struct revocation_answer a;
    struct pki_status s = good();
    s.without_nonce = true;
    assert_int_equal(ask(&s, false, &a, NULL), OK);
    s.next_update = 0;
    assert_int_equal(ask(&s, false, &a, NULL), OK);
    assert_int_equal(a.next_update, 0);
}

static void test_ocsp_expired_responder(void **state)
{
    (void)state;
    struct pki_identity old = pki_issue(&pki, &(struct pki_spec){.name = "TEST OCSP", .flaws = PKI_OCSP | PKI_EXPIRED});
    struct pki_status s = good();
    s.by = &old;
    expect_doubt(&s, true, "responder");
    pki_identity_done(&old);
}

static void test_ocsp_forms(void **state)
{
    (void)state;
    struct buf request = BUF_INIT(4096), answer = BUF_INIT(65536);
    uint8_t nonce[OCSP_NONCE_LEN];
    struct revocation_answer a;
    struct pki_status s = good();
    pki_ocsp_try_later(&answer);
    assert_int_equal(ocsp_answer(answer.data, answer.len, who.cert, pki.issuer.cert, NULL, trust, pki.now, &a, NULL),
        ERR_REJ_UNKNOWN);
    buf_reset(&answer);
    assert_int_equal(ocsp_request(who.cert, pki.issuer.cert, &request, nonce), OK);
    pki_ocsp_answer(&pki, &request, &s, &answer);
    for (size_t len = 0; len < answer.len; len++)
        assert_int_equal(
            ocsp_answer(answer.data, len, who.cert, pki.issuer.cert, nonce, trust, pki.now, &a, NULL), ERR_REJ_UNKNOWN);
    assert_int_equal(buf_add(&answer, "", 1), OK);
    assert_int_equal(ocsp_answer(answer.data, answer.len, who.cert, pki.issuer.cert, nonce, trust, pki.now, &a, NULL),
        ERR_REJ_UNKNOWN);
    buf_done(&request);
    buf_done(&answer);
}

/* Signed anew with an extension that nobody knows: of the whole answer, or of what it says of the one certificate. */
static enum err_code ask_extended(bool single, int critical)
{
    struct buf request = BUF_INIT(4096), answer = BUF_INIT(65536);
    uint8_t nonce[OCSP_NONCE_LEN];
    unsigned char *again = NULL;
    struct revocation_answer a;
    struct pki_status s = good();
    assert_int_equal(ocsp_request(who.cert, pki.issuer.cert, &request, nonce), OK);
    pki_ocsp_answer(&pki, &request, &s, &answer);
    const unsigned char *at = answer.data;
    OCSP_RESPONSE *whole = d2i_OCSP_RESPONSE(NULL, &at, (long)answer.len);
    OCSP_BASICRESP *basic = OCSP_response_get1_basic(whole);
    ASN1_OCTET_STRING *value = ASN1_OCTET_STRING_new();
    assert_int_equal(ASN1_OCTET_STRING_set(value, (const unsigned char *)"\x05\x00", 2), 1);
    X509_EXTENSION *odd = X509_EXTENSION_create_by_NID(NULL, NID_netscape_comment, critical, value);
    assert_int_equal(
        single ? OCSP_SINGLERESP_add_ext(OCSP_resp_get0(basic, 0), odd, -1) : OCSP_BASICRESP_add_ext(basic, odd, -1),
        1);
    assert_int_equal(OCSP_basic_sign(basic, responder.cert, responder.key, EVP_sha256(), NULL, 0), 1);
    OCSP_RESPONSE_free(whole);
    whole = OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, basic);
    int len = i2d_OCSP_RESPONSE(whole, &again);
    enum err_code rc = ocsp_answer(again, (size_t)len, who.cert, pki.issuer.cert, nonce, trust, pki.now, &a, NULL);
    assert_int_equal(ocsp_kept(again, (size_t)len, who.cert, pki.issuer.cert, trust, &a, NULL), rc);
    X509_EXTENSION_free(odd);
    ASN1_OCTET_STRING_free(value);
    OCSP_BASICRESP_free(basic);
    OCSP_RESPONSE_free(whole);
    OPENSSL_free(again);
    buf_done(&request);
    buf_done(&answer);
    return rc;
}

/* RFC 6960 §4.4 */
static void test_ocsp_extensions(void **state)
{
    (void)state;
    for (int single = 0; single <= 1; single++) {
        assert_int_equal(ask_extended(single, 0), OK);
        assert_int_equal(ask_extended(single, 1), ERR_REJ_UNKNOWN);
    }
}

/* No two questions are alike. */
static void test_nonce_is_fresh(void **state)
{
    (void)state;
    struct buf request = BUF_INIT(4096);
    uint8_t one[OCSP_NONCE_LEN], two[OCSP_NONCE_LEN];
    assert_int_equal(ocsp_request(who.cert, pki.issuer.cert, &request, one), OK);
    assert_int_equal(ocsp_request(who.cert, pki.issuer.cert, &request, two), OK);
    assert_memory_not_equal(one, two, sizeof one);
    buf_done(&request);
}

static enum err_code look_up(
    const struct pki_status *s, const X509 *revoked, struct revocation_answer *ret, struct err *err)
{
    struct buf crl = BUF_INIT(65536);
    pki_crl(&pki, revoked, s, &crl);
    enum err_code rc = crl_answer(crl.data, crl.len, who.cert, pki.issuer.cert, pki.now, ret, err);
    buf_done(&crl);
    return rc;
}

static void test_crl_says(void **state)
{
    (void)state;
    struct pki_status s = good();
    struct revocation_answer a = {0};
    s.by = &pki.issuer;
    assert_int_equal(look_up(&s, NULL, &a, NULL), OK);
    assert_int_equal(a.status, REV_GOOD);
    assert_int_equal(a.next_update, s.next_update);
    assert_int_equal(look_up(&s, plain.cert, &a, NULL), OK);
    assert_int_equal(a.status, REV_GOOD);
    assert_int_equal(look_up(&s, who.cert, &a, NULL), OK);
    assert_int_equal(a.status, REV_REVOKED);
    assert_int_equal(a.at, s.revoked_at);
    s.reason = CRL_REASON_KEY_COMPROMISE;
    assert_int_equal(look_up(&s, who.cert, &a, NULL), OK);
    assert_int_equal(a.status, REV_REVOKED);
    s.reason = CRL_REASON_CERTIFICATE_HOLD;
    assert_int_equal(look_up(&s, who.cert, &a, NULL), OK);
    assert_int_equal(a.status, REV_SUSPENDED);
}

static void test_crl_doubts(void **state)
{
    (void)state;
    struct revocation_answer a = {.at = -7};
    struct pki_status cases[6];
    for (size_t i = 0; i < 6; i++) {
        cases[i] = good();
        cases[i].by = &pki.issuer;
    }
    cases[0].by = &stranger.issuer; /* the same name, another key */
    cases[1].digest = EVP_sha1();
    cases[2].next_update = pki.now - HOUR;
    cases[3].this_update = pki.now + HOUR;
    cases[4].critical = true;
    cases[5].by = &responder;
    for (size_t i = 0; i < 6; i++)
        if (look_up(&cases[i], NULL, &a, NULL) != ERR_REJ_UNKNOWN)
            fail_msg("case %zu was believed", i);
    assert_int_equal(a.at, -7);
    assert_int_equal(
        crl_answer((const uint8_t *)"\x30\x00", 2, who.cert, pki.issuer.cert, pki.now, &a, NULL), ERR_REJ_UNKNOWN);
}

/* A certificate that has expired meanwhile can still be looked up. */
static void test_crl_of_expired(void **state)
{
    (void)state;
    struct buf crl = BUF_INIT(65536);
    struct revocation_answer a;
    struct pki_status s = good();
    struct pki_identity old =
        pki_issue(&pki, &(struct pki_spec){.name = "A", .tckn = "10000000146", .flaws = PKI_EXPIRED});
    s.by = &pki.issuer;
    pki_crl(&pki, old.cert, &s, &crl);
    assert_int_equal(crl_answer(crl.data, crl.len, old.cert, pki.issuer.cert, pki.now, &a, NULL), OK);
    assert_int_equal(a.status, REV_REVOKED);
    pki_identity_done(&old);
    buf_done(&crl);
}

/* A true list of the authority's that says what has changed since another: whom it does not name may be in that one. */
static void test_crl_delta(void **state)
{
    (void)state;
    for (int critical = 0; critical <= 1; critical++) {
        struct buf der = BUF_INIT(65536);
        struct pki_status s = good();
        struct revocation_answer a;
        unsigned char *again = NULL;
        ASN1_INTEGER *base = ASN1_INTEGER_new();
        s.by = &pki.issuer;
        pki_crl(&pki, NULL, &s, &der);
        const unsigned char *at = der.data;
        X509_CRL *crl = d2i_X509_CRL(NULL, &at, (long)der.len);
        assert_int_equal(ASN1_INTEGER_set(base, 1), 1);
        assert_int_equal(X509_CRL_add1_ext_i2d(crl, NID_delta_crl, base, critical, 0), 1);
        assert_true(X509_CRL_sign(crl, pki.issuer.key, EVP_sha256()) > 0);
        int len = i2d_X509_CRL(crl, &again);
        assert_int_equal(crl_answer(again, (size_t)len, who.cert, pki.issuer.cert, pki.now, &a, NULL), ERR_REJ_UNKNOWN);
        assert_int_equal(crl_kept(again, (size_t)len, who.cert, pki.issuer.cert, &a, NULL), ERR_REJ_UNKNOWN);
        ASN1_INTEGER_free(base);
        X509_CRL_free(crl);
        OPENSSL_free(again);
        buf_done(&der);
    }
}

/* An authority with an RSA key: its name and ours, below our root. */
static struct pki rsa_authority(struct pki_identity *ret_person)
{
    struct pki p = {.now = pki.now, .issuer = {X509_dup(pki.issuer.cert), EVP_RSA_gen(2048)}};
    assert_int_equal(X509_set_pubkey(p.issuer.cert, p.issuer.key), 1);
    assert_true(X509_sign(p.issuer.cert, pki.root.key, EVP_sha256()) > 0);
    *ret_person = (struct pki_identity){X509_dup(who.cert), NULL};
    assert_true(X509_sign(ret_person->cert, p.issuer.key, EVP_sha256()) > 0);
    return p;
}

/* Signed anew with RSASSA-PSS and this digest, or with plain RSA when `padding` says so. */
static enum err_code look_up_padded(const struct pki *p, const struct pki_identity *person, int padding,
    const EVP_MD *digest, struct revocation_answer *ret)
{
    struct buf der = BUF_INIT(65536);
    struct pki_status s = good();
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    EVP_PKEY_CTX *key = NULL;
    unsigned char *again = NULL;
    s.by = &p->issuer;
    pki_crl(p, NULL, &s, &der);
    const unsigned char *at = der.data;
    X509_CRL *crl = d2i_X509_CRL(NULL, &at, (long)der.len);
    assert_int_equal(EVP_DigestSignInit(ctx, &key, digest, NULL, p->issuer.key), 1);
    assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(key, padding), 1);
    assert_true(X509_CRL_sign_ctx(crl, ctx) > 0);
    int len = i2d_X509_CRL(crl, &again);
    enum err_code rc = crl_answer(again, (size_t)len, person->cert, p->issuer.cert, pki.now, ret, NULL);
    EVP_MD_CTX_free(ctx);
    X509_CRL_free(crl);
    OPENSSL_free(again);
    buf_done(&der);
    return rc;
}

/* The digest of RSASSA-PSS stands in its parameters; SHA-1 is no better there. */
static void test_crl_padding(void **state)
{
    (void)state;
    struct revocation_answer a;
    struct pki_identity person;
    struct pki p = rsa_authority(&person);
    assert_int_equal(look_up_padded(&p, &person, RSA_PKCS1_PADDING, EVP_sha256(), &a), OK);
    assert_int_equal(look_up_padded(&p, &person, RSA_PKCS1_PADDING, EVP_sha1(), &a), ERR_REJ_UNKNOWN);
    assert_int_equal(look_up_padded(&p, &person, RSA_PKCS1_PSS_PADDING, EVP_sha256(), &a), OK);
    assert_int_equal(look_up_padded(&p, &person, RSA_PKCS1_PSS_PADDING, EVP_sha384(), &a), OK);
    assert_int_equal(look_up_padded(&p, &person, RSA_PKCS1_PSS_PADDING, EVP_sha1(), &a), ERR_REJ_UNKNOWN);
    assert_int_equal(look_up_padded(&p, &person, RSA_PKCS1_PSS_PADDING, EVP_sha224(), &a), ERR_REJ_UNKNOWN);
    pki_identity_done(&person);
    pki_identity_done(&p.issuer);
}

static bool is_weak(int nid, int type, const char *parameters, int len)
{
    X509_ALGOR *alg = X509_ALGOR_new();
    ASN1_STRING *value = len > 0 ? ASN1_STRING_type_new(type) : NULL;
    if (value != NULL)
        assert_int_equal(ASN1_STRING_set(value, parameters, len), 1);
    assert_int_equal(X509_ALGOR_set0(alg, OBJ_nid2obj(nid), len > 0 ? type : V_ASN1_UNDEF, value), 1);
    bool weak = alg_is_weak(alg);
    X509_ALGOR_free(alg);
    return weak;
}

static void test_weak_algorithms(void **state)
{
    (void)state;
    assert_true(is_weak(NID_rsassaPss, 0, NULL, 0));
    assert_true(is_weak(NID_rsassaPss, V_ASN1_SEQUENCE, "\x30\x00", 2)); /* all defaults: SHA-1 */
    assert_true(is_weak(NID_rsassaPss, V_ASN1_SEQUENCE, "\x30\x7f", 2));
    assert_true(is_weak(NID_rsassaPss, V_ASN1_OCTET_STRING, "\x30\x00", 2));
    assert_true(is_weak(NID_md5WithRSAEncryption, 0, NULL, 0));
    assert_true(is_weak(NID_sha1WithRSAEncryption, 0, NULL, 0));
    assert_true(is_weak(NID_ecdsa_with_SHA1, 0, NULL, 0));
    assert_true(is_weak(NID_rsaEncryption, 0, NULL, 0));
    assert_true(is_weak(NID_commonName, 0, NULL, 0));
    assert_false(is_weak(NID_sha256WithRSAEncryption, 0, NULL, 0));
    assert_false(is_weak(NID_ecdsa_with_SHA384, 0, NULL, 0));
    assert_false(is_weak(NID_ED25519, 0, NULL, 0));
}

/* Read long after it was given: judged at its own time, its age told and not judged. */
static enum err_code read_kept(const struct pki_status *s, bool is_crl, struct revocation_answer *ret)
{
    struct buf request = BUF_INIT(4096), answer = BUF_INIT(65536);
    uint8_t nonce[OCSP_NONCE_LEN];
    enum err_code rc;
    if (is_crl) {
        pki_crl(&pki, NULL, s, &answer);
        rc = crl_kept(answer.data, answer.len, who.cert, pki.issuer.cert, ret, NULL);
    } else {
        assert_int_equal(ocsp_request(who.cert, pki.issuer.cert, &request, nonce), OK);
        pki_ocsp_answer(&pki, &request, s, &answer);
        rc = ocsp_kept(answer.data, answer.len, who.cert, pki.issuer.cert, trust, ret, NULL);
    }
    buf_done(&request);
    buf_done(&answer);
    return rc;
}

static void test_kept(void **state)
{
    (void)state;
    for (int is_crl = 0; is_crl <= 1; is_crl++) {
        struct pki_status s = good();
        struct revocation_answer a = {.this_update = 1};
        if (is_crl)
            s.by = &pki.issuer;
        s.this_update = pki.now - 300 * 24 * HOUR;
        s.next_update = s.this_update + HOUR;
        assert_int_equal(read_kept(&s, is_crl, &a), OK);
        assert_int_equal(a.status, REV_GOOD);
        assert_int_equal(a.this_update, s.this_update);
        assert_int_equal(a.next_update, s.next_update);
        s.this_update = pki.now - 500 * 24 * HOUR; /* nobody here was valid then */
        assert_int_equal(read_kept(&s, is_crl, &a), ERR_REJ_UNKNOWN);
        s.this_update = pki.now - HOUR;
        s.by = is_crl ? &plain : &foreign;
        assert_int_equal(read_kept(&s, is_crl, &a), ERR_REJ_UNKNOWN);
        assert_int_equal(a.this_update, pki.now - 300 * 24 * HOUR); /* written only on success */
    }
    assert_int_equal(
        ocsp_kept((const uint8_t *)"?", 1, who.cert, pki.issuer.cert, trust, &(struct revocation_answer){0}, NULL),
        ERR_REJ_UNKNOWN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_urls),
        cmocka_unit_test(test_odd_urls),
        cmocka_unit_test(test_ocsp_says),
        cmocka_unit_test(test_ocsp_by_the_issuer),
        cmocka_unit_test(test_ocsp_doubts),
        cmocka_unit_test(test_ocsp_ahead_of_time),
        cmocka_unit_test(test_ocsp_expired_responder),
        cmocka_unit_test(test_ocsp_forms),
        cmocka_unit_test(test_nonce_is_fresh),
        cmocka_unit_test(test_crl_says),
        cmocka_unit_test(test_crl_doubts),
        cmocka_unit_test(test_crl_of_expired),
        cmocka_unit_test(test_ocsp_extensions),
        cmocka_unit_test(test_crl_delta),
        cmocka_unit_test(test_crl_padding),
        cmocka_unit_test(test_weak_algorithms),
        cmocka_unit_test(test_kept),
    };
    return cmocka_run_group_tests_name("revocation", tests, setup, teardown);
}
