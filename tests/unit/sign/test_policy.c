/* The Turkish profiles: a policy's attribute is written, read, and refused for every one thing that is wrong in it. */
#include "config.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include <openssl/objects.h>
#include "fakes/pki.h"
#include "scratch.h"
#include "sign/cades.h"
#include "sign/der.h"

#define TCKN "10000000146"

static const char text[] = "TEST metni. KABUL EDİYORUM.\n";
static struct pki pki;
static struct trust *trust;
static struct pki_identity rsa, p384;
static STACK_OF(X509) *chain;

static int setup(void **state)
{
    (void)state;
    scratch_open();
    pki_init(&pki);
    pki_write_ca(&pki, scratch_path("ca.pem"));
    rsa = pki_issue(&pki, &(struct pki_spec){.name = "İPEK IŞIK", .tckn = TCKN, .key = PKI_RSA2048});
    p384 = pki_issue(&pki, &(struct pki_spec){.name = "İPEK IŞIK", .tckn = TCKN, .key = PKI_P384});
    chain = pki_chain(&pki);
    return trust_load(scratch_path("ca.pem"), &trust, NULL) == OK ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    sk_X509_pop_free(chain, X509_free);
    pki_identity_done(&rsa);
    pki_identity_done(&p384);
    trust_free(&trust);
    pki_done(&pki);
    scratch_close();
    return 0;
}

static void write_policy(enum profile p, int digest, struct buf *ret)
{
    struct der_out out = DER_OUT_INIT(4096);
    policy_put(&out, p, digest);
    assert_int_equal(out.rc, OK);
    assert_int_equal(buf_move(ret, &out.buf), OK);
    der_out_done(&out);
}

static enum policy_found find(const uint8_t *bytes, size_t len, enum profile *ret)
{
    struct der_view rest = {bytes, len};
    struct der_item item;
    assert_true(der_next(&rest, &item));
    assert_int_equal(rest.len, 0);
    return policy_read(&item, ret);
}

static void test_write_and_read(void **state)
{
    (void)state;
    static const int digests[] = {NID_sha256, NID_sha384};
    for (int p = PROFILE_P2; p <= PROFILE_P4; p++)
        for (size_t i = 0; i < 2; i++) {
            struct buf der = BUF_INIT(4096);
            enum profile found = PROFILE_BASELINE;
            write_policy((enum profile)p, digests[i], &der);
            assert_true(der_is_strict((struct der_view){der.data, der.len}));
            assert_int_equal(find(der.data, der.len, &found), POLICY_KNOWN);
            assert_int_equal(found, p);
            buf_done(&der);
        }
}

/* The numbers as they stand in the guide, not as the table has them. */
static void test_numbers(void **state)
{
    (void)state;
    static const char *const oids[] = {
        "2.16.792.1.61.0.1.5070.3.1.1", "2.16.792.1.61.0.1.5070.3.2.1", "2.16.792.1.61.0.1.5070.3.3.1"};
    for (int i = 0; i < 3; i++) {
        struct buf der = BUF_INIT(4096);
        struct der_item whole, oid;
        char said[64];
        write_policy((enum profile)(PROFILE_P2 + i), NID_sha256, &der);
        struct der_view rest = {der.data, der.len};
        assert_true(der_take(&rest, DER_SEQUENCE, &whole) && der_take(&whole.body, DER_OID, &oid));
        assert_true(der_oid_text(&oid, said, sizeof said));
        assert_string_equal(said, oids[i]);
        buf_done(&der);
    }
}

static void test_names(void **state)
{
    (void)state;
    enum profile p = PROFILE_BASELINE;
    for (int i = 0; i < PROFILE_COUNT; i++) {
        assert_true(profile_by_name(profile_name((enum profile)i), &p));
        assert_int_equal(p, i);
        assert_int_equal(policy_is_named((enum profile)i), i >= PROFILE_P2);
    }
    assert_false(profile_by_name("P5", &p));
    assert_false(profile_by_name("", &p));
    assert_string_equal(profile_name(PROFILE_COUNT), "?");
    assert_true(policy_fits(PROFILE_BASELINE, PROFILE_P1));
    assert_true(policy_fits(PROFILE_P1, PROFILE_BASELINE));
    assert_true(policy_fits(PROFILE_P3, PROFILE_P3));
    assert_false(policy_fits(PROFILE_P3, PROFILE_P4));
    assert_false(policy_fits(PROFILE_BASELINE, PROFILE_P2));
    assert_false(policy_fits(PROFILE_P2, PROFILE_BASELINE));
}

static void test_wrong(void **state)
{
    (void)state;
    struct buf der = BUF_INIT(4096);
    enum profile found = PROFILE_BASELINE;
    write_policy(PROFILE_P4, NID_sha256, &der);
    uint8_t *oid = memmem(der.data, der.len, "\x06\x0c\x60\x86", 4);
    assert_non_null(oid);
    oid[12] = 4; /* 5070.3.4.1 */
    assert_int_equal(find(der.data, der.len, &found), POLICY_UNKNOWN);
    oid[12] = 3;
    uint8_t *hash = memmem(der.data, der.len, "\x04\x20\xff\x39", 4);
    assert_non_null(hash);
    hash[33] ^= 1;
    assert_int_equal(find(der.data, der.len, &found), POLICY_OTHER_HASH);
    hash[33] ^= 1;
    assert_int_equal(find(der.data, der.len, &found), POLICY_KNOWN);
    oid[0] = DER_OCTET_STRING;
    assert_int_equal(find(der.data, der.len, &found), POLICY_BROKEN);
    assert_int_equal(find((const uint8_t *)"\x05\x00", 2, &found), POLICY_UNKNOWN); /* implied */
    assert_int_equal(find((const uint8_t *)"\x30\x00", 2, &found), POLICY_BROKEN);
    assert_int_equal(find((const uint8_t *)"\x05\x01\x00", 3, &found), POLICY_BROKEN);
    for (int f = POLICY_BROKEN; f <= POLICY_OTHER_HASH; f++)
        assert_non_null(policy_words((enum policy_found)f));
    assert_null(policy_words(POLICY_KNOWN));
    buf_done(&der);
    struct der_out out = DER_OUT_INIT(4096);
    policy_put(&out, PROFILE_P1, NID_sha256);
    assert_int_equal(out.rc, ERR_INTERNAL);
    der_out_done(&out);
    policy_put(&out, PROFILE_P2, NID_sha512);
    assert_int_equal(out.rc, ERR_INTERNAL);
    der_out_done(&out);
}

static struct consent_claim claim_of(enum profile p)
{
    return (struct consent_claim){
        "test-service", "K7QM3XPD9R4T", pki.now - 100, pki.now - 60, (const uint8_t *)text, sizeof text - 1, p};
}

static void build(const struct pki_identity *who, enum profile p, struct buf *ret)
{
    struct consent_claim claim = claim_of(p);
    struct cades *c = NULL;
    const uint8_t *to_sign;
    size_t len;
    uint8_t signature[PKI_SIGNATURE_MAX];
    assert_int_equal(cades_begin(&claim, who->cert, chain, &c, NULL), OK);
    cades_to_sign(c, &to_sign, &len);
    size_t n = pki_sign(who, to_sign, len, signature);
    assert_int_equal(cades_finish(c, signature, n, ret, NULL), OK);
    cades_free(&c);
}

static enum err_code judge(const struct buf *der, enum profile want, struct err *err)
{
    struct cades_facts f;
    struct consent_claim claim = claim_of(want);
    claim.signing_time = pki.now;
    enum err_code rc = cades_read(der->data, der->len, &f, err);
    if (rc != OK)
        return rc;
    rc = cades_check(&f, &claim, TCKN, trust, pki.now, err);
    cades_facts_done(&f);
    return rc;
}

/* The signature that was asked for, and no other profile's in its place. */
static void test_consent(void **state)
{
    (void)state;
    const struct pki_identity *const who[] = {&rsa, &p384};
    for (size_t i = 0; i < 2; i++)
        for (int made = PROFILE_BASELINE; made < PROFILE_COUNT; made++) {
            struct buf der = BUF_INIT(CADES_MAX);
            build(who[i], (enum profile)made, &der);
            for (int want = PROFILE_BASELINE; want < PROFILE_COUNT; want++) {
                struct err err = {OK, ""};
                bool fits = policy_fits((enum profile)made, (enum profile)want);
                assert_int_equal(judge(&der, (enum profile)want, &err), fits ? OK : ERR_REJ_POLICY);
                assert_string_equal(err.detail, fits ? "" : "policy");
            }
            buf_done(&der);
        }
}

/* A changed policy is told as such when the file is read, before any signature is verified. */
static void test_consent_changed(void **state)
{
    (void)state;
    static const struct {
        const char *piece; /* of the attribute */
        size_t len, at;
        const char *said;
    } cases[] = {
        {"\x60\x86\x18\x01\x3d\x00\x01\xa7\x4e\x03\x02\x01", 12, 10, "unknown policy"},
        {"\xff\x39\xbd\x29", 4, 0, "another document's hash"},
    };
    for (size_t i = 0; i < 2; i++) {
        struct buf der = BUF_INIT(CADES_MAX);
        struct err err = {OK, ""};
        build(&rsa, PROFILE_P3, &der);
        uint8_t *piece = memmem(der.data, der.len, cases[i].piece, cases[i].len);
        assert_non_null(piece);
        piece[cases[i].at] ^= 0x40;
        assert_int_equal(judge(&der, PROFILE_P3, &err), ERR_REJ_FORM);
        assert_non_null(strstr(err.detail, cases[i].said));
        buf_done(&der);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_write_and_read),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_wrong),
        cmocka_unit_test(test_consent),
        cmocka_unit_test(test_consent_changed),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
