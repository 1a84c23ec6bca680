/* What holds: files of every level, profile and algorithm, over the years; and what is told about them. */
#include "config.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "aged.h"
#include "scratch.h"
#include "sign/validate.h"

#define DAY 86400
#define TCKN "10000000146"

static struct pki pki;
static struct trust *trust;
static struct pki_identity rsa, p256, p384, brief, unit, brief_unit, responder;

static struct pki_identity issue(const char *name, enum pki_key key, unsigned flaws, int64_t end)
{
    return pki_issue(
        &pki, &(struct pki_spec){
                  .name = name, .tckn = flaws == 0 ? TCKN : NULL, .key = key, .flaws = flaws, .not_after = end});
}

static int setup(void **state)
{
    (void)state;
    scratch_open();
    pki_init(&pki);
    pki_write_ca(&pki, scratch_path("ca.pem"));
    rsa = issue("İPEK IŞIK", PKI_RSA2048, 0, 0);
    p256 = issue("İPEK IŞIK", PKI_P256, 0, 0);
    p384 = issue("İPEK IŞIK", PKI_P384, 0, 0);
    brief = issue("İPEK IŞIK", PKI_P256, 0, pki.now + DAY);
    unit = issue("TEST ZD", PKI_P256, PKI_TSA, 0);
    brief_unit = issue("TEST ZD 1", PKI_P256, PKI_TSA, pki.now + 30 * DAY);
    responder = issue("TEST OCSP", PKI_P256, PKI_OCSP, 0);
    return trust_load(scratch_path("ca.pem"), &trust, NULL) == OK ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    struct pki_identity *all[] = {&rsa, &p256, &p384, &brief, &unit, &brief_unit, &responder};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        pki_identity_done(all[i]);
    trust_free(&trust);
    pki_done(&pki);
    scratch_close();
    return 0;
}

static struct aging aging_of(const struct pki_identity *signer)
{
    return (struct aging){
        .pki = &pki, .trust = trust, .signer = signer, .unit = &unit, .responder = &responder, .at = pki.now};
}

static struct validation judged(const struct buf *der, int64_t now)
{
    struct validation v;
    struct err err = {OK, ""};
    const struct validate_params p = {.trust = trust, .now = now, .consent = true, .nes = true};
    if (validate(der->data, der->len, &p, &v, &err) != OK)
        fail_msg("%s", err.detail);
    return v;
}

static void expect(const struct validation *v, enum sub_indication sub, const char *what)
{
    if (v->sub == sub)
        return;
    for (size_t i = 0; i < v->block_count; i++)
        if (v->blocks[i].sub != SUB_NONE)
            print_error("%s: %s %s\n", validation_block_slug(v->blocks[i].kind), sub_indication_word(v->blocks[i].sub),
                v->blocks[i].detail);
    fail_msg("%s: %s (%s: %s), not %s", what, v->sub == SUB_NONE ? "passed" : sub_indication_word(v->sub),
        validation_rule_slug(v->rule), v->detail, sub == SUB_NONE ? "passed" : sub_indication_word(sub));
}

static const struct validation_block *block_of(const struct validation *v, enum validation_block_kind kind)
{
    for (size_t i = 0; i < v->block_count; i++)
        if (v->blocks[i].kind == kind)
            return &v->blocks[i];
    fail_msg("there is no block %s", validation_block_slug(kind));
    return NULL;
}

static void test_levels(void **state)
{
    (void)state;
    static const char *const formats[] = {"CAdES-B-B", "CAdES-B-T", "CAdES-B-LT", "CAdES-B-LTA"};
    const struct {
        const struct pki_identity *signer;
        bool pss;
        const char *algorithm;
    } signers[] = {{&rsa, false, "RSA 2048, SHA-256"}, {&rsa, true, "RSASSA-PSS 2048, SHA-256"},
        {&p256, false, "ECDSA P-256, SHA-256"}, {&p384, false, "ECDSA P-384, SHA-384"}};
    for (size_t i = 0; i < sizeof signers / sizeof signers[0]; i++)
        for (enum level level = LEVEL_B; level <= LEVEL_LTA; level++) {
            struct aging a = aging_of(signers[i].signer);
            struct buf der = BUF_INIT(LEVELS_MAX);
            a.pss = signers[i].pss;
            aged_make(&a, level, &der);
            struct validation v = judged(&der, pki.now);
            expect(&v, SUB_NONE, formats[level]);
            assert_int_equal(v.indication, TOTAL_PASSED);
            assert_string_equal(v.format, formats[level]);
            assert_string_equal(v.algorithm, signers[i].algorithm);
            assert_int_equal(v.level, level);
            assert_int_equal(v.proven, level >= LEVEL_T);
            assert_int_equal(v.revocation, level >= LEVEL_LT ? STATE_GOOD : STATE_NOT_CHECKED);
            assert_string_equal(v.cert.tckn, TCKN);
            assert_int_equal(v.signing_time, aged_claim(&a).signing_time);
            assert_int_equal(v.text_len, aged_claim(&a).text_len);
            assert_true(v.text > der.data && v.text < der.data + der.len);
            buf_done(&der);
        }
}

static void test_profiles(void **state)
{
    (void)state;
    static const struct {
        enum profile profile;
        enum level level;
        const char *format;
    } cases[] = {{PROFILE_P1, LEVEL_B, "CAdES-B-B"}, {PROFILE_P2, LEVEL_T, "CAdES-B-T"},
        {PROFILE_P3, LEVEL_LT, "CAdES-X-L"}, {PROFILE_P4, LEVEL_LT, "CAdES-X-L"}, {PROFILE_P4, LEVEL_LTA, "CAdES-A"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct aging a = aging_of(&p256);
        struct buf der = BUF_INIT(LEVELS_MAX);
        a.profile = cases[i].profile;
        aged_make(&a, cases[i].level, &der);
        struct validation v = judged(&der, pki.now);
        expect(&v, SUB_NONE, cases[i].format);
        assert_string_equal(v.format, cases[i].format);
        assert_int_equal(v.profile, policy_is_named(a.profile) ? a.profile : PROFILE_BASELINE);
        if (cases[i].level >= LEVEL_LT) {
            assert_int_equal(v.revocation, STATE_GOOD);
            assert_string_equal(v.statuses[0].source, a.profile == PROFILE_P3 ? "CRL" : "OCSP");
        }
        buf_done(&der);
    }
}

/* A time stamp over the references covers the signature as well. */
static void test_references_stamp(void **state)
{
    (void)state;
    struct aging a = aging_of(&p256);
    struct buf xl = BUF_INIT(LEVELS_MAX), stamped = BUF_INIT(LEVELS_MAX);
    a.profile = PROFILE_P4;
    aged_make(&a, LEVEL_LT, &xl);
    a.at += 60;
    aged_stamp_refs(&a, &xl, &stamped);
    struct validation v = judged(&stamped, pki.now + 60);
    expect(&v, SUB_NONE, "references");
    assert_int_equal(block_of(&v, BLOCK_REFS_STAMP)->time, pki.now + 60);
    buf_done(&xl);
    buf_done(&stamped);
}

/* Certificates end one after the other; what was stamped in time still holds, and what was not does not. */
static void test_years(void **state)
{
    (void)state;
    struct aging a = aging_of(&brief);
    struct buf t = BUF_INIT(LEVELS_MAX), lt = BUF_INIT(LEVELS_MAX), lta = BUF_INIT(LEVELS_MAX),
               renewed = BUF_INIT(LEVELS_MAX);
    a.unit = &brief_unit;
    aged_make(&a, LEVEL_T, &t);
    aged_prove(&a, &t, &lt);
    aged_archive(&a, &lt, &lta);
    struct validation v = judged(&lta, pki.now + 10 * DAY); /* the signer's has ended */
    expect(&v, SUB_NONE, "stamped");
    assert_int_equal(v.best_time, pki.now + 2); /* with the authority's accuracy of a second and a half */
    v = judged(&lta, pki.now + 31 * DAY);       /* and the authority's */
    expect(&v, SUB_OUT_OF_BOUNDS_NO_POE, "forgotten");
    assert_int_equal(block_of(&v, BLOCK_SIGNATURE_STAMP)->sub, SUB_OUT_OF_BOUNDS_NO_POE);
    a.unit = &unit;
    a.at = pki.now + 29 * DAY;
    struct buf filled = BUF_INIT(LEVELS_MAX);
    aged_prove(&a, &lta, &filled);
    aged_archive(&a, &filled, &renewed);
    v = judged(&renewed, pki.now + 31 * DAY);
    expect(&v, SUB_NONE, "renewed");
    assert_int_equal(v.best_time, pki.now + 2);
    assert_int_equal(v.revocation, STATE_GOOD);
    v = judged(&t, pki.now + 10 * DAY);
    expect(&v, SUB_NONE, "stamped, revocation not checked");
    assert_int_equal(v.revocation, STATE_NOT_CHECKED);
    buf_done(&t);
    buf_done(&lt);
    buf_done(&lta);
    buf_done(&filled);
    buf_done(&renewed);
}

/* Revocation values from elsewhere. */
static void test_held(void **state)
{
    (void)state;
    struct aging a = aging_of(&p256);
    struct buf der = BUF_INIT(LEVELS_MAX);
    struct evidence held = EVIDENCE_INIT;
    struct validation v;
    aged_make(&a, LEVEL_B, &der);
    aged_status(&a, p256.cert, pki.issuer.cert, EVIDENCE_CRL, &held);
    const struct validate_params p = {.trust = trust, .now = pki.now, .held = &held};
    assert_int_equal(validate(der.data, der.len, &p, &v, NULL), OK);
    expect(&v, SUB_NONE, "held");
    assert_int_equal(v.revocation, STATE_GOOD);
    assert_string_equal(v.statuses[0].source, "CRL");
    assert_int_equal(v.statuses[0].this_update, pki.now - 30);
    assert_string_equal(v.statuses[0].name, "İPEK IŞIK");
    evidence_done(&held);
    buf_done(&der);
}

static void test_blocks(void **state)
{
    (void)state;
    struct aging a = aging_of(&p256);
    struct buf der = BUF_INIT(LEVELS_MAX);
    static const enum validation_block_kind order[] = {BLOCK_FORMAT, BLOCK_SIGNING_CERTIFICATE, BLOCK_CONTEXT,
        BLOCK_CRYPTO, BLOCK_ACCEPTANCE, BLOCK_SIGNATURE_STAMP, BLOCK_ARCHIVE_STAMP, BLOCK_TIMES, BLOCK_X509,
        BLOCK_FRESHNESS};
    aged_make(&a, LEVEL_LTA, &der);
    struct validation v = judged(&der, pki.now);
    assert_int_equal(v.block_count, sizeof order / sizeof order[0]);
    for (size_t i = 0; i < v.block_count; i++) {
        assert_int_equal(v.blocks[i].kind, order[i]);
        assert_int_equal(v.blocks[i].sub, SUB_NONE);
    }
    assert_string_equal(block_of(&v, BLOCK_SIGNATURE_STAMP)->name, "TEST ZD");
    assert_int_equal(block_of(&v, BLOCK_ARCHIVE_STAMP)->time, pki.now);
    buf_done(&der);
}

static void test_words(void **state)
{
    (void)state;
    assert_string_equal(indication_word(TOTAL_PASSED), "TOTAL-PASSED");
    assert_string_equal(indication_word(TOTAL_FAILED), "TOTAL-FAILED");
    assert_string_equal(indication_word(INDETERMINATE), "INDETERMINATE");
    assert_null(sub_indication_word(SUB_NONE));
    assert_int_equal(sub_indication_of(SUB_NONE), TOTAL_PASSED);
    for (int s = 1; s < SUB_COUNT; s++) {
        assert_true(strspn(sub_indication_word((enum sub_indication)s), "ABCDEFGHIJKLMNOPQRSTUVWXYZ_") ==
                    strlen(sub_indication_word((enum sub_indication)s)));
        assert_true(strlen(sub_indication_said((enum sub_indication)s)) > 20);
        assert_int_not_equal(sub_indication_of((enum sub_indication)s), TOTAL_PASSED);
    }
    assert_string_equal(validation_rule_slug(WHY_PASSED), "passed");
    assert_int_equal(validation_rule_code(WHY_PASSED), OK);
    for (int r = 1; r < WHY_COUNT; r++) {
        assert_int_not_equal(validation_rule_sub((enum validation_rule)r), SUB_NONE);
        assert_int_not_equal(validation_rule_code((enum validation_rule)r), OK);
    }
    assert_string_equal(validation_state_slug(STATE_NOT_CHECKED), "not-checked");
    assert_string_equal(validation_state_words(STATE_NOT_CHECKED), "not checked");
    assert_string_equal(validation_block_words(BLOCK_FORMAT), "Form");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_levels),
        cmocka_unit_test(test_profiles),
        cmocka_unit_test(test_references_stamp),
        cmocka_unit_test(test_years),
        cmocka_unit_test(test_held),
        cmocka_unit_test(test_blocks),
        cmocka_unit_test(test_words),
    };
    return cmocka_run_group_tests_name("validate", tests, setup, teardown);
}
