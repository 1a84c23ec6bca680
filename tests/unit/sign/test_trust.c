/* Chains at a moment: found, not found, expired on time alone, weak. */
#include "config.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "fakes/pki.h"
#include "scratch.h"
#include "sign/trust.h"

#define DAY 86400

static struct pki pki, stranger;
static struct trust *trust;
static struct pki_identity who;

static int setup(void **state)
{
    (void)state;
    scratch_open();
    pki_init(&pki);
    pki_init(&stranger);
    who = pki_issue(&pki, &(struct pki_spec){.name = "A", .tckn = "10000000146"});
    pki_write_ca(&pki, scratch_path("ca.pem"));
    pki_write_cert(pki.root.cert, scratch_path("root.pem"), "w");
    pki_write_cert(pki.issuer.cert, scratch_path("issuer.pem"), "w");
    return trust_load(scratch_path("ca.pem"), &trust, NULL) == OK ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    trust_free(&trust);
    pki_identity_done(&who);
    pki_done(&pki);
    pki_done(&stranger);
    scratch_close();
    return 0;
}

static void test_chain(void **state)
{
    (void)state;
    STACK_OF(X509) *chain = NULL;
    assert_int_equal(trust_chain(trust, who.cert, NULL, pki.now, &chain), OK);
    assert_int_equal(sk_X509_num(chain), 3);
    assert_int_equal(X509_cmp(sk_X509_value(chain, 0), who.cert), 0);
    assert_int_equal(X509_cmp(sk_X509_value(chain, 2), pki.root.cert), 0);
    sk_X509_pop_free(chain, X509_free);
    assert_non_null(trust_store(trust));
}

/* The same answer as a new verification would give, to the second. */
static void test_lasts(void **state)
{
    (void)state;
    STACK_OF(X509) *chain = NULL;
    size_t good = 0, bad = 0;
    assert_int_equal(trust_chain(trust, who.cert, NULL, pki.now, &chain), OK);
    for (int64_t days = -400 * 10; days <= 400 * 10; days += 400)
        for (int64_t at = pki.now + days * DAY - 2; at <= pki.now + days * DAY + 2; at++) {
            bool lasts = trust_chain_lasts(chain, at);
            assert_int_equal(lasts, trust_chain(trust, who.cert, NULL, at, NULL) == OK);
            good += lasts;
            bad += !lasts;
        }
    assert_true(good > 0 && bad > 0);
    sk_X509_pop_free(chain, X509_free);
    /* an authority that ends before the person's certificate does */
    struct pki_identity early = pki_issue(&pki, &(struct pki_spec){.name = "A", .flaws = PKI_CA | PKI_EXPIRED});
    chain = sk_X509_new_null();
    assert_true(sk_X509_push(chain, who.cert) > 0 && sk_X509_push(chain, early.cert) > 0);
    assert_false(trust_chain_lasts(chain, pki.now));
    assert_true(trust_chain_lasts(chain, pki.now - 2 * DAY));
    sk_X509_free(chain);
    pki_identity_done(&early);
}

static void test_stranger(void **state)
{
    (void)state;
    struct pki_identity other = pki_issue(&stranger, &(struct pki_spec){.name = "A", .tckn = "10000000146"});
    STACK_OF(X509) *untrusted = pki_chain(&stranger), *chain = NULL;
    assert_int_equal(trust_chain(trust, other.cert, untrusted, pki.now, &chain), ERR_REJ_CHAIN);
    assert_null(chain);
    sk_X509_pop_free(untrusted, X509_free);
    pki_identity_done(&other);
}

static void test_root_alone(void **state)
{
    (void)state;
    struct trust *root = NULL, *issuer = NULL;
    STACK_OF(X509) *untrusted = pki_chain(&pki);
    assert_int_equal(trust_load(scratch_path("root.pem"), &root, NULL), OK);
    assert_int_equal(trust_chain(root, who.cert, NULL, pki.now, NULL), ERR_REJ_CHAIN);
    assert_int_equal(trust_chain(root, who.cert, untrusted, pki.now, NULL), OK);
    /* An issuing authority alone is no anchor. */
    assert_int_equal(trust_load(scratch_path("issuer.pem"), &issuer, NULL), OK);
    assert_int_equal(trust_chain(issuer, who.cert, NULL, pki.now, NULL), ERR_REJ_CHAIN);
    sk_X509_pop_free(untrusted, X509_free);
    trust_free(&root);
    trust_free(&issuer);
}

static void test_time(void **state)
{
    (void)state;
    assert_int_equal(trust_chain(trust, who.cert, NULL, pki.now + 399 * DAY, NULL), OK);
    assert_int_equal(trust_chain(trust, who.cert, NULL, pki.now + 401 * DAY, NULL), ERR_REJ_EXPIRED);
    assert_int_equal(trust_chain(trust, who.cert, NULL, pki.now - 401 * DAY, NULL), ERR_REJ_EXPIRED);
    /* Expired and of nobody we know: the time is not the reason. */
    struct pki_identity other = pki_issue(&stranger, &(struct pki_spec){.name = "A", .flaws = PKI_EXPIRED});
    assert_int_equal(trust_chain(trust, other.cert, NULL, pki.now, NULL), ERR_REJ_CHAIN);
    pki_identity_done(&other);
}

static void test_rule(void **state)
{
    (void)state;
    struct err err = {0};
    assert_int_equal(trust_nes(trust)->oid_count, 3); /* RULE_NES */
    assert_int_equal(trust_set_nes(trust, "1.2 AND", &err), ERR_CONFIG);
    assert_int_equal(trust_nes(trust)->oid_count, 3);
    assert_int_equal(trust_set_nes(trust, "1.2", &err), OK);
    assert_int_equal(trust_nes(trust)->oid_count, 1);
    assert_int_equal(trust_set_nes(trust, RULE_NES, &err), OK);
}

/* A certificate must not issue another: the signer as an authority. */
static void test_no_ca(void **state)
{
    (void)state;
    struct pki own = pki;
    own.issuer = who;
    struct pki_identity below = pki_issue(&own, &(struct pki_spec){.name = "B", .tckn = "10000000146"});
    STACK_OF(X509) *untrusted = sk_X509_new_null();
    assert_true(sk_X509_push(untrusted, who.cert) > 0);
    assert_int_equal(trust_chain(trust, below.cert, untrusted, pki.now, NULL), ERR_REJ_CHAIN);
    sk_X509_free(untrusted);
    pki_identity_done(&below);
}

/* A person's certificate that issues others: there is a path, but not one to take. */
static void test_path(void **state)
{
    (void)state;
    struct pki below = pki;
    below.issuer = pki_issue(&pki, &(struct pki_spec){.name = "B", .tckn = "12345678950", .flaws = PKI_NO_USAGE});
    struct pki_identity x = pki_issue(&below, &(struct pki_spec){.name = "C"});
    struct pki_identity alien = pki_issue(&stranger, &(struct pki_spec){.name = "D"});
    STACK_OF(X509) *links = sk_X509_new_null();
    assert_true(sk_X509_push(links, below.issuer.cert) > 0);
    assert_int_equal(trust_chain(trust, x.cert, links, pki.now, NULL), ERR_REJ_CHAIN);
    assert_true(trust_has_path(trust, x.cert, links));
    assert_false(trust_has_path(trust, x.cert, NULL));
    assert_int_equal(trust_chain(trust, alien.cert, links, pki.now, NULL), ERR_REJ_CHAIN);
    assert_false(trust_has_path(trust, alien.cert, links));
    sk_X509_free(links);
    pki_identity_done(&x);
    pki_identity_done(&alien);
    pki_identity_done(&below.issuer);
}

static void test_weak(void **state)
{
    (void)state;
    static const struct pki_spec weak[] = {{.name = "A", .key = PKI_RSA1024}, {.name = "A", .flaws = PKI_SHA1}};
    for (size_t i = 0; i < sizeof weak / sizeof weak[0]; i++) {
        struct pki_identity x = pki_issue(&pki, &weak[i]);
        assert_int_equal(trust_chain(trust, x.cert, NULL, pki.now, NULL), ERR_REJ_WEAK);
        pki_identity_done(&x);
    }
}

static void test_files(void **state)
{
    (void)state;
    struct trust *t = NULL;
    struct err err;
    assert_int_equal(trust_load(scratch_path("none.pem"), &t, &err), ERR_FILE);
    scratch_write("empty.pem", "", 0);
    assert_int_equal(trust_load(scratch_path("empty.pem"), &t, &err), ERR_CONFIG);
    assert_non_null(strstr(err.detail, "no certificate in it"));
    static const char broken[] = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
    scratch_write("broken.pem", broken, sizeof broken - 1);
    assert_int_equal(trust_load(scratch_path("broken.pem"), &t, &err), ERR_CONFIG);
    static const char cut_off[] = "-----BEGIN CERTIFICATE-----\nMIIB\n";
    scratch_write("cut.pem", cut_off, sizeof cut_off - 1);
    assert_int_equal(trust_load(scratch_path("cut.pem"), &t, &err), ERR_CONFIG);
    assert_non_null(strstr(err.detail, "a broken certificate"));
    assert_null(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_chain),
        cmocka_unit_test(test_lasts),
        cmocka_unit_test(test_stranger),
        cmocka_unit_test(test_root_alone),
        cmocka_unit_test(test_time),
        cmocka_unit_test(test_rule),
        cmocka_unit_test(test_no_ca),
        cmocka_unit_test(test_path),
        cmocka_unit_test(test_weak),
        cmocka_unit_test(test_files),
    };
    return cmocka_run_group_tests_name("trust", tests, setup, teardown);
}
