/* What a certificate says and is good for: the whole list of reasons, one flaw at a time. */
#include "config.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "base/buf.h"
#include "fakes/pki.h"
#include "sign/cert.h"

#define TCKN "10000000146"

static struct pki pki;
static struct rule nes;

static int setup(void **state)
{
    (void)state;
    struct rule_flaw flaw;
    pki_init(&pki);
    assert_true(rule_parse(RULE_NES, &nes, &flaw));
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    pki_done(&pki);
    return 0;
}

static struct cert_facts facts_of(const struct pki_spec *spec)
{
    struct pki_identity who = pki_issue(&pki, spec);
    struct cert_facts f;
    assert_int_equal(cert_read(who.cert, &f), OK);
    pki_identity_done(&who);
    return f;
}

static enum cert_reason judge(const struct pki_spec *spec, const char *mask, int64_t *at)
{
    struct cert_facts f = facts_of(spec);
    return cert_judge(&f, &nes, pki.now, mask, at);
}

static void test_facts(void **state)
{
    (void)state;
    struct cert_facts f = facts_of(&(struct pki_spec){.name = "İPEK IŞIK", .tckn = TCKN, .key = PKI_P384});
    assert_string_equal(f.owner, "İPEK IŞIK");
    assert_string_equal(f.issuer, "TEST NES Hizmeti");
    assert_string_equal(f.tckn, TCKN);
    assert_true(cert_has_statement(&f, "0.4.0.1862.1.1") && cert_has_statement(&f, "2.16.792.1.61.0.1.5070.1.1"));
    assert_false(cert_has_statement(&f, "2.16.792.1.61.0.1.5070.2.1"));
    assert_true(f.notice && f.non_repudiation);
    assert_false(f.ca || f.seal || f.mali_muhur || f.key_encipherment || f.two_serials || f.signature_weak);
    assert_int_equal(f.key, CERT_KEY_P384);
    assert_int_equal(f.key_bits, 384);
    assert_int_equal(f.not_after - f.not_before, 800 * 86400);
}

static void test_terminal_is_safe(void **state)
{
    (void)state;
    struct cert_facts f = facts_of(&(struct pki_spec){.name = "\033[2JEVE", .tckn = TCKN});
    assert_string_equal(f.owner, "?[2JEVE");
}

/* Each flaw with its reason; two flaws together show what is told first. */
static void test_reasons(void **state)
{
    (void)state;
    static const struct {
        unsigned flaws;
        enum pki_key key;
        enum cert_reason reason;
    } cases[] = {
        {0, PKI_P256, REASON_USABLE},
        {0, PKI_P384, REASON_USABLE},
        {0, PKI_RSA2048, REASON_USABLE},
        {PKI_NES_2, PKI_P256, REASON_USABLE},
        {PKI_EXPIRED, PKI_P256, REASON_EXPIRED},
        {PKI_NOT_YET, PKI_P256, REASON_NOT_YET_VALID},
        {PKI_NO_ETSI, PKI_P256, REASON_NO_QC},
        {PKI_NO_BTK, PKI_P256, REASON_NO_QC},
        {PKI_NO_NOTICE, PKI_P256, REASON_NO_NOTICE},
        {PKI_EMPTY_NOTICE, PKI_P256, REASON_NO_NOTICE},
        {PKI_WRONG_USAGE, PKI_P256, REASON_WRONG_USAGE},
        {PKI_NO_USAGE, PKI_P256, REASON_WRONG_USAGE},
        {PKI_ENCRYPTION, PKI_P256, REASON_ENCRYPTION},
        {PKI_SEAL, PKI_P256, REASON_SEAL},
        {PKI_SEAL_2, PKI_P256, REASON_SEAL},
        {PKI_MALI_MUHUR, PKI_P256, REASON_MALI_MUHUR},
        {PKI_MALI_POLICY, PKI_P256, REASON_USABLE},
        {PKI_MALI_PURPOSE, PKI_P256, REASON_USABLE},
        {PKI_MALI_MUHUR | PKI_NO_ETSI, PKI_P256, REASON_MALI_MUHUR},
        {PKI_CA, PKI_P256, REASON_CA},
        {PKI_NO_TCKN, PKI_P256, REASON_NO_TCKN},
        {PKI_TWO_TCKN, PKI_P256, REASON_NO_TCKN},
        {PKI_SHA1, PKI_P256, REASON_WEAK_KEY},
        {0, PKI_RSA1024, REASON_WEAK_KEY},
        {0, PKI_P521, REASON_WEAK_KEY},
        {0, PKI_P256_EXPLICIT, REASON_WEAK_KEY},
        {PKI_EXPIRED | PKI_SEAL | PKI_NO_TCKN, PKI_P256, REASON_EXPIRED},
        {PKI_SEAL | PKI_NO_NOTICE | PKI_NO_TCKN, PKI_P256, REASON_SEAL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t at;
        enum cert_reason r =
            judge(&(struct pki_spec){.name = "İPEK IŞIK", .tckn = TCKN, .key = cases[i].key, .flaws = cases[i].flaws},
                "100******46", &at);
        if (r != cases[i].reason)
            fail_msg("case %zu: %s instead of %s", i, cert_reason_slug(r), cert_reason_slug(cases[i].reason));
    }
}

/* What it is for does not hang on its dates, its owner or its key. */
static void test_purposes(void **state)
{
    (void)state;
    static const struct {
        unsigned flaws;
        enum cert_purpose purpose;
    } cases[] = {
        {0, PURPOSE_NES},
        {PKI_EXPIRED | PKI_NO_TCKN, PURPOSE_NES},
        {PKI_NO_ETSI, PURPOSE_SIGNATURE},
        {PKI_NO_NOTICE, PURPOSE_SIGNATURE},
        {PKI_WRONG_USAGE, PURPOSE_OTHER},
        {PKI_NO_USAGE | PKI_NO_BTK, PURPOSE_OTHER},
        {PKI_ENCRYPTION | PKI_EXPIRED, PURPOSE_ENCRYPTION},
        {PKI_SEAL, PURPOSE_SEAL},
        {PKI_SEAL_2 | PKI_NOT_YET, PURPOSE_SEAL},
        {PKI_MALI_MUHUR, PURPOSE_MALI_MUHUR},
        {PKI_CA, PURPOSE_CA},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct cert_facts f = facts_of(&(struct pki_spec){.name = "A", .tckn = TCKN, .flaws = cases[i].flaws});
        if (cert_purpose(&f, &nes) != cases[i].purpose)
            fail_msg("case %zu: %d", i, cert_purpose(&f, &nes));
    }
}

static void test_person(void **state)
{
    (void)state;
    int64_t at;
    const struct pki_spec spec = {.name = "İPEK IŞIK", .tckn = TCKN};
    assert_int_equal(judge(&spec, NULL, &at), REASON_USABLE);
    assert_int_equal(judge(&spec, "123******50", &at), REASON_OTHER_TCKN);
    const struct pki_spec wrong_digits = {.name = "İPEK IŞIK", .tckn = "12345678901"};
    assert_int_equal(judge(&wrong_digits, NULL, &at), REASON_NO_TCKN);
    const struct pki_spec prefixed = {.name = "İPEK IŞIK", .tckn = "PNOTR-" TCKN};
    assert_int_equal(judge(&prefixed, NULL, &at), REASON_NO_TCKN);
}

static void test_dates_of_reasons(void **state)
{
    (void)state;
    int64_t at = -1;
    struct cert_facts f = facts_of(&(struct pki_spec){.name = "A", .tckn = TCKN});
    assert_int_equal(cert_judge(&f, &nes, f.not_after, NULL, &at), REASON_USABLE);
    assert_int_equal(at, 0);
    assert_int_equal(cert_judge(&f, &nes, f.not_after + 1, NULL, &at), REASON_EXPIRED);
    assert_int_equal(at, f.not_after);
    assert_int_equal(cert_judge(&f, &nes, f.not_before, NULL, &at), REASON_USABLE);
    assert_int_equal(cert_judge(&f, &nes, f.not_before - 1, NULL, &at), REASON_NOT_YET_VALID);
    assert_int_equal(at, f.not_before);
}

static void test_broken_extensions(void **state)
{
    (void)state;
    static const unsigned flaws[] = {PKI_BROKEN_QC, PKI_DOUBLE_QC, PKI_MANY_QC};
    for (size_t i = 0; i < sizeof flaws / sizeof flaws[0]; i++) {
        struct pki_identity who = pki_issue(&pki, &(struct pki_spec){.name = "A", .tckn = TCKN, .flaws = flaws[i]});
        struct cert_facts f = {.key_bits = -7};
        assert_int_equal(cert_read(who.cert, &f), ERR_REJ_FORM);
        assert_int_equal(f.key_bits, -7); /* written only on success */
        pki_identity_done(&who);
    }
}

static void test_parse(void **state)
{
    (void)state;
    struct pki_identity who = pki_issue(&pki, &(struct pki_spec){.name = "A", .tckn = TCKN});
    unsigned char *made = NULL;
    uint8_t der[8192];
    X509 *x = NULL;
    int made_len = i2d_X509(who.cert, &made);
    assert_true(made_len > 0 && (size_t)made_len + 1 < sizeof der);
    size_t len = (size_t)made_len;
    memcpy(der, made, len);
    der[len] = 0;
    assert_int_equal(cert_parse(der, len, &x), OK);
    assert_int_equal(X509_cmp(x, who.cert), 0);
    X509_free(x);
    x = NULL;
    assert_int_equal(cert_parse(der, len + 1, &x), ERR_REJ_FORM);
    for (size_t cut = 0; cut < len; cut++)
        assert_int_equal(cert_parse(der, cut, &x), ERR_REJ_FORM);
    /* BER that the library would take: an indefinite length around it all */
    struct buf ber = BUF_INIT(sizeof der);
    assert_int_equal(der[1], 0x82);
    assert_int_equal(buf_add(&ber, "\x30\x80", 2), OK);
    assert_int_equal(buf_add(&ber, der + 4, len - 4), OK);
    assert_int_equal(buf_add(&ber, "\0\0", 2), OK);
    assert_int_equal(cert_parse(ber.data, ber.len, &x), ERR_REJ_FORM);
    const uint8_t *at = ber.data;
    X509 *lax = d2i_X509(NULL, &at, (long)ber.len);
    assert_non_null(lax);
    X509_free(lax);
    buf_done(&ber);
    assert_null(x);
    OPENSSL_free(made);
    pki_identity_done(&who);
}

static void test_slugs(void **state)
{
    (void)state;
    assert_string_equal(cert_reason_slug(REASON_USABLE), "usable");
    assert_string_equal(cert_reason_slug(REASON_MALI_MUHUR), "mali-muhur");
    assert_string_equal(cert_reason_slug((enum cert_reason)99), "unreadable");
    assert_string_equal(cert_reason_words(REASON_SUSPENDED), "suspended");
    assert_int_equal(REASON_COUNT - 1, REASON_UNREADABLE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_facts),
        cmocka_unit_test(test_terminal_is_safe),
        cmocka_unit_test(test_reasons),
        cmocka_unit_test(test_purposes),
        cmocka_unit_test(test_person),
        cmocka_unit_test(test_dates_of_reasons),
        cmocka_unit_test(test_broken_extensions),
        cmocka_unit_test(test_parse),
        cmocka_unit_test(test_slugs),
    };
    return cmocka_run_group_tests_name("cert", tests, setup, teardown);
}
