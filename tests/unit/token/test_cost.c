/* What one signature costs, counted and not timed: calls of the card, and verifications with a public key. A chain is
 * verified when the list is judged; between İmzala and the CMS there is one verification, of our own signature. */
#include "config.h"

#include <dlfcn.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "cast.h"
#include "sign/cades.h"
#include "token/certs.h"

#define YEAR_S (365LL * 86400)

static struct cast cast;
static struct desk desk;

/* ---- libcrypto's own calls come by here: it binds its symbols as any library does ---- */

static unsigned verified;

int EVP_DigestVerifyFinal(EVP_MD_CTX *ctx, const unsigned char *signature, size_t len)
{
    int (*real)(EVP_MD_CTX *, const unsigned char *, size_t);

    *(void **)&real = dlsym(RTLD_NEXT, "EVP_DigestVerifyFinal");
    verified++;
    return real(ctx, signature, len);
}

/* Over a digest made before: what src/sign calls. */
int EVP_PKEY_verify(EVP_PKEY_CTX *ctx, const unsigned char *sig, size_t siglen, const unsigned char *tbs, size_t tbslen)
{
    int (*real)(EVP_PKEY_CTX *, const unsigned char *, size_t, const unsigned char *, size_t);

    *(void **)&real = dlsym(RTLD_NEXT, "EVP_PKEY_verify");
    verified++;
    return real(ctx, sig, siglen, tbs, tbslen);
}

static unsigned verified_since(void)
{
    unsigned n = verified;

    verified = 0;
    return n;
}

static void the_count_counts(void **state)
{
    (void)state;
    (void)verified_since();
    assert_int_equal(X509_verify(cast.rsa.cert, X509_get0_pubkey(cast.pki.issuer.cert)), 1);
    assert_int_equal(verified_since(), 1);
}

/* ---- a list of one, without a card ---- */

static struct trust *trust;
static struct certs certs;

static void list_of(const struct pki_identity *who)
{
    struct card_cert *one = &certs.v[0];

    memset(one, 0, sizeof *one);
    X509_up_ref(who->cert);
    one->x = who->cert;
    assert_int_equal(cert_read(one->x, &one->facts), OK);
    certs.n = 1;
}

static void chain_is(int64_t at, enum err_code want)
{
    STACK_OF(X509) *chain = NULL;

    assert_int_equal(cert_chain(&certs, &certs.v[0], trust, at, &chain), want);
    assert_int_equal(sk_X509_num(chain), want == OK ? 3 : -1);
    sk_X509_pop_free(chain, X509_free);
}

static void a_chain_is_verified_when_the_list_is_judged(void **state)
{
    int64_t at;

    (void)state;
    list_of(&cast.p384);
    (void)verified_since();
    certs_judge(&certs, trust, cast.pki.now, CAST_MASK);
    assert_int_equal(certs.v[0].reason, REASON_USABLE);
    assert_int_equal(verified_since(), 2); /* of the person's by the authority, of the authority's by the root */
    certs_judge(&certs, trust, cast.pki.now + 60, CAST_MASK);
    assert_int_equal(cert_reason_at(&certs, &certs.v[0], trust, cast.pki.now + 90, NULL, &at), REASON_USABLE);
    chain_is(cast.pki.now + 120, OK);
    assert_int_equal(verified_since(), 0);
    certs_done(&certs);
    list_of(&cast.p384); /* read again: what is on the card may be another */
    chain_is(cast.pki.now, OK);
    assert_int_equal(verified_since(), 2);
    certs_done(&certs);
}

static void a_kept_chain_lasts_as_long_as_its_certificates(void **state)
{
    (void)state;
    list_of(&cast.p384);
    certs_judge(&certs, trust, cast.pki.now, CAST_MASK);
    chain_is(cast.pki.now + 100 * YEAR_S, ERR_REJ_EXPIRED);
    chain_is(cast.pki.now - 100 * YEAR_S, ERR_REJ_EXPIRED);
    chain_is(cast.pki.now, OK);
    certs_judge(&certs, trust, cast.pki.now + 100 * YEAR_S, CAST_MASK);
    assert_int_equal(certs.v[0].reason, REASON_EXPIRED);
    certs_done(&certs);
}

static void an_untrusted_chain_is_not_kept(void **state)
{
    (void)state;
    list_of(&cast.untrusted);
    certs_judge(&certs, trust, cast.pki.now, CAST_MASK);
    assert_int_equal(certs.v[0].reason, REASON_UNTRUSTED);
    chain_is(cast.pki.now, ERR_REJ_CHAIN);
    certs_done(&certs);
}

/* ---- from the choice to the CMS ---- */

static void sign_with(const struct pki_identity *who, STACK_OF(X509) *chain, struct buf *ret)
{
    const struct consent_claim claim = {.service = DESK_SERVICE,
        .code = desk_code(),
        .created = cast.pki.now - 60,
        .signing_time = cast.pki.now,
        .text = (const uint8_t *)DESK_TEXT,
        .text_len = strlen(DESK_TEXT)};
    struct cades *cades;
    const uint8_t *to_sign;
    uint8_t signature[PKI_SIGNATURE_MAX];
    size_t len;

    assert_int_equal(cades_begin(&claim, certs.v[0].x, chain, &cades, NULL), OK);
    cades_to_sign(cades, &to_sign, &len);
    len = pki_sign(who, to_sign, len, signature);
    assert_int_equal(cades_finish(cades, signature, len, ret, NULL), OK);
    assert_int_equal(verified_since(), 1);
    signature[len - 1] ^= 1;
    assert_int_equal(cades_finish(cades, signature, len, ret, NULL), ERR_REJ_SIG); /* it is the one that counts */
    assert_int_equal(verified_since(), 1);
    cades_free(&cades);
}

static void a_signature_is_one_verification(void **state)
{
    const struct pki_identity *const all[] = {&cast.rsa, &cast.p256, &cast.p384};

    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        struct buf cms = BUF_INIT(CADES_MAX);
        STACK_OF(X509) *chain = NULL;
        int64_t at;

        list_of(all[i]);
        certs_judge(&certs, trust, cast.pki.now, CAST_MASK);
        (void)verified_since();
        assert_int_equal(cert_reason_at(&certs, &certs.v[0], trust, cast.pki.now, CAST_MASK, &at), REASON_USABLE);
        assert_int_equal(cert_chain(&certs, &certs.v[0], trust, cast.pki.now, &chain), OK);
        sign_with(all[i], chain, &cms);
        sk_X509_pop_free(chain, X509_free);
        buf_done(&cms);
        certs_done(&certs);
    }
}

/* ---- calls of the card ---- */

struct cost {
    enum p11_call call;
    unsigned rsa, curve;
};

/* C_GetAttributeValue: the key's type, its public part (two calls for the modulus; the EC key shows none), whether it
 * asks for a PIN again, and two of pkcs11-helper's. What looks at the readers is not counted: the worker does it all
 * the time. */
static const struct cost costs[] = {
    {P11_C_OpenSession, 2, 2}, /* one is pkcs11-helper's */
    {P11_C_CloseSession, 2, 2},
    {P11_C_Login, 1, 1},
    {P11_C_Logout, 1, 1},
    {P11_C_FindObjectsInit, 2, 2},
    {P11_C_FindObjects, 4, 4},
    {P11_C_FindObjectsFinal, 2, 2},
    {P11_C_GetAttributeValue, 6, 5},
    {P11_C_SignInit, 1, 1},
    {P11_C_Sign, 1, 1},
};
#define COSTS (sizeof costs / sizeof *costs)

static void counts_take(uint64_t counts[COSTS])
{
    for (size_t i = 0; i < COSTS; i++)
        counts[i] = fake_calls(&desk.fake, costs[i].call);
}

static void one_signature_costs(bool curve)
{
    uint64_t before[COSTS], after[COSTS];

    desk_open(&desk, fake_module());
    desk_holder(&desk, CAST_MASK, cast.pki.now);
    counts_take(before);
    assert_int_equal(desk_sign(&desk, &desk.v[0], DESK_TEXT, cast.pki.now, DESK_PIN), M_SIGNED);
    counts_take(after);
    for (size_t i = 0; i < COSTS; i++) {
        uint64_t cost = after[i] - before[i], want = curve ? costs[i].curve : costs[i].rsa;

        if (cost != want)
            fail_msg("%s: %u calls instead of %u", p11_call_names[costs[i].call], (unsigned)cost, (unsigned)want);
    }
    desk_close(&desk);
    desk_remove(&desk);
}

static void an_rsa_signature_costs_few_calls(void **state)
{
    (void)state;
    cast_desk_fake(&cast, &desk);
    one_signature_costs(false);
}

static void an_ecdsa_signature_costs_few_calls(void **state)
{
    (void)state;
    cast_desk_curve(&cast, &desk);
    one_signature_costs(true);
}

static int make(void **state)
{
    char path[] = "/tmp/eonay-cost-XXXXXX";
    int fd = mkstemp(path);
    enum err_code rc;

    (void)state;
    cast_make(&cast);
    assert_true(fd >= 0);
    fclose(fdopen(fd, "w"));
    pki_write_ca(&cast.pki, path);
    rc = trust_load(path, &trust, NULL);
    remove(path);
    return rc == OK ? 0 : -1;
}

static int done(void **state)
{
    (void)state;
    trust_free(&trust);
    cast_done(&cast);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_count_counts),
        cmocka_unit_test(a_chain_is_verified_when_the_list_is_judged),
        cmocka_unit_test(a_kept_chain_lasts_as_long_as_its_certificates),
        cmocka_unit_test(an_untrusted_chain_is_not_kept),
        cmocka_unit_test(a_signature_is_one_verification),
        cmocka_unit_test(an_rsa_signature_costs_few_calls),
        cmocka_unit_test(an_ecdsa_signature_costs_few_calls),
    };

    return cmocka_run_group_tests_name("token cost", tests, make, done);
}
