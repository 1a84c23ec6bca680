/* Public keys made without the library's decoders, beside those its decoders make; and signatures with numbers that are
 * out of range, longer, shorter or not to the letter. */
#include "config.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/x509.h>
#include "fakes/pki.h"
#include "sign/alg.h"
#include "sign/cert_key.h"

static const char message[] = "what was signed";

/* ---- keys ---- */

static EVP_PKEY *make(const uint8_t *info, size_t len, enum cert_key *ret_kind)
{
    struct der_view rest = {info, len};
    struct der_item item;
    assert_true(der_next(&rest, &item) && rest.len == 0);
    return cert_key_make(&item, ret_kind);
}

/* As the library decodes it, or NULL as it does. */
static void expect(const uint8_t *info, size_t len, bool good, enum cert_key kind)
{
    enum cert_key got = CERT_KEY_OTHER;
    const uint8_t *at = info;
    EVP_PKEY *own = make(info, len, &got), *theirs = d2i_PUBKEY(NULL, &at, (long)len);
    assert_int_equal(own != NULL, good);
    if (own != NULL) {
        assert_non_null(theirs);
        assert_int_equal(EVP_PKEY_eq(own, theirs), 1);
        assert_int_equal(got, kind);
    }
    EVP_PKEY_free(own);
    EVP_PKEY_free(theirs);
    ERR_clear_error();
}

static void test_kinds(void **state)
{
    (void)state;
    static const struct {
        enum pki_key key;
        enum cert_key kind;
    } cases[] = {
        {PKI_RSA2048, CERT_KEY_RSA},
        {PKI_RSA1024, CERT_KEY_RSA},
        {PKI_P256, CERT_KEY_P256},
        {PKI_P384, CERT_KEY_P384},
        {PKI_P521, CERT_KEY_OTHER},
        {PKI_P256_EXPLICIT, CERT_KEY_OTHER},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        EVP_PKEY *key = pki_make_key(cases[i].key);
        uint8_t *info = NULL;
        int len = i2d_PUBKEY(key, &info);
        assert_true(len > 0);
        expect(info, (size_t)len, true, cases[i].kind);
        OPENSSL_free(info);
        EVP_PKEY_free(key);
    }
    EVP_PKEY *edwards = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    uint8_t *info = NULL;
    int len = i2d_PUBKEY(edwards, &info);
    expect(info, (size_t)len, true, CERT_KEY_OTHER);
    OPENSSL_free(info);
    EVP_PKEY_free(edwards);
}

/* SubjectPublicKeyInfo of an RSA key of these numbers, each an INTEGER's body. */
static size_t rsa_info(uint8_t out[2048], const uint8_t *n, size_t n_len, const char *e, size_t e_len, bool null)
{
    struct der_out o = DER_OUT_INIT(2048);
    size_t whole = der_mark(&o), mark = whole;
    der_put_oid(&o, NID_rsaEncryption);
    if (null)
        der_put(&o, DER_NULL, NULL, 0);
    der_wrap(&o, mark, DER_SEQUENCE);
    mark = der_mark(&o);
    der_raw(&o, "", 1); /* unused bits: none */
    size_t numbers = der_mark(&o);
    der_put(&o, DER_INTEGER, n, n_len);
    der_put(&o, DER_INTEGER, e, e_len);
    der_wrap(&o, numbers, DER_SEQUENCE);
    der_wrap(&o, mark, DER_BIT_STRING);
    der_wrap(&o, whole, DER_SEQUENCE);
    assert_int_equal(o.rc, OK);
    size_t len = o.buf.len;
    memcpy(out, o.buf.data, len);
    der_out_done(&o);
    return len;
}

static void test_rsa_numbers(void **state)
{
    (void)state;
    uint8_t n[1200], info[2048];
    memset(n, 0xa5, sizeof n);
    n[0] = 0;
#define E(bytes) bytes, sizeof bytes - 1
    static const struct {
        size_t n_len;
        const char *e;
        size_t e_len;
        bool null;
    } good[] = {
        {257, E("\x01\x00\x01"), true},
        {257, E("\x03"), true},
        {257, E("\x02"), true}, /* no key anybody can sign with, but a key */
        {257, E("\x01\x00\x00\x00\x01"), true},
        {257, E("\x7f\xff\xff\xff\xff\xff\xff\xff"), true},
        {257, E("\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01"), true},
        {257, E("\x01\x00\x01"), false},
        {1100, E("\x01\x00\x01"), true},
    };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        size_t len = rsa_info(info, n, good[i].n_len, good[i].e, good[i].e_len, good[i].null);
        expect(info, len, true, CERT_KEY_RSA);
    }
    /* a negative modulus, an exponent of zero: nothing that verifies */
    const struct {
        const uint8_t *n;
        size_t n_len;
        const char *e;
        size_t e_len;
    } bad[] = {{n + 1, 256, E("\x01\x00\x01")}, {n, 257, E("\x00")}, {n, 1, E("\x03")}};
#undef E
    const uint8_t signature[256] = {1};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        enum cert_key kind;
        size_t len = rsa_info(info, bad[i].n, bad[i].n_len, bad[i].e, bad[i].e_len, true);
        EVP_PKEY *key = make(info, len, &kind);
        static const uint8_t identifier[] = {0x30, 13, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 1, 11, 5, 0};
        struct der_view rest = {identifier, sizeof identifier}, piece = {(const uint8_t *)message, sizeof message};
        struct der_item item;
        assert_true(der_next(&rest, &item));
        if (key != NULL)
            assert_false(alg_verify(&item, NID_sha256, key, &piece, 1, (struct der_view){signature, sizeof signature}));
        EVP_PKEY_free(key);
    }
}

/* SubjectPublicKeyInfo of a P-256 key with these octets for a point. */
static size_t point_info(uint8_t out[256], const uint8_t *point, size_t len)
{
    struct der_out o = DER_OUT_INIT(256);
    size_t whole = der_mark(&o), mark = whole;
    der_put_oid(&o, NID_X9_62_id_ecPublicKey);
    der_put_oid(&o, NID_X9_62_prime256v1);
    der_wrap(&o, mark, DER_SEQUENCE);
    mark = der_mark(&o);
    der_raw(&o, "", 1);
    der_raw(&o, point, len);
    der_wrap(&o, mark, DER_BIT_STRING);
    der_wrap(&o, whole, DER_SEQUENCE);
    assert_int_equal(o.rc, OK);
    size_t n = o.buf.len;
    memcpy(out, o.buf.data, n);
    der_out_done(&o);
    return n;
}

static void test_points(void **state)
{
    (void)state;
    uint8_t info[256], point[66];
    size_t len = 0;
    EVP_PKEY *key = pki_make_key(PKI_P256);
    assert_int_equal(EVP_PKEY_get_octet_string_param(key, "pub", point, sizeof point, &len), 1);
    assert_int_equal(len, 65);
    expect(info, point_info(info, point, len), true, CERT_KEY_P256);
    uint8_t compressed[33];
    memcpy(compressed, point, sizeof compressed);
    compressed[0] = (uint8_t)(2 + (point[64] & 1));
    expect(info, point_info(info, compressed, sizeof compressed), true, CERT_KEY_P256);
    expect(info, point_info(info, point, 64), false, CERT_KEY_OTHER);
    point[65] = 0;
    expect(info, point_info(info, point, 66), false, CERT_KEY_OTHER);
    point[64] ^= 1; /* beside the curve */
    expect(info, point_info(info, point, 65), false, CERT_KEY_OTHER);
    memset(point + 1, 0xff, 64); /* coordinates beyond the field */
    expect(info, point_info(info, point, 65), false, CERT_KEY_OTHER);
    expect(info, point_info(info, (const uint8_t *)"", 0), false, CERT_KEY_OTHER);
    expect(info, point_info(info, (const uint8_t *)"\x05", 1), false, CERT_KEY_OTHER);
    EVP_PKEY_free(key);
}

/* ---- signatures ---- */

static const char ecdsa_sha256[] = "\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02";
static const char rsa_sha256[] = "\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b\x05\x00";

static bool verifies(EVP_PKEY *key, const char *identifier, int digest, const uint8_t *signature, size_t len)
{
    struct der_view rest = {(const uint8_t *)identifier, 2 + (size_t)identifier[1]};
    const struct der_view pieces[] = {
        {(const uint8_t *)message, 4}, {(const uint8_t *)message + 4, sizeof message - 4}};
    struct der_item item;
    assert_true(der_next(&rest, &item));
    return alg_verify(&item, digest, key, pieces, 2, (struct der_view){signature, len});
}

static size_t sign(EVP_PKEY *key, uint8_t out[512])
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    size_t len = 512;
    assert_true(ctx != NULL && EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, key) == 1);
    assert_true(EVP_DigestSign(ctx, out, &len, (const uint8_t *)message, sizeof message) == 1);
    EVP_MD_CTX_free(ctx);
    return len;
}

/* Ecdsa-Sig-Value of two numbers. */
static size_t put_rs(uint8_t out[512], const BIGNUM *r, const BIGNUM *s)
{
    ECDSA_SIG *sig = ECDSA_SIG_new();
    uint8_t *at = out;
    assert_true(sig != NULL && ECDSA_SIG_set0(sig, BN_dup(r), BN_dup(s)) == 1);
    int len = i2d_ECDSA_SIG(sig, &at);
    assert_true(len > 0 && len <= 512);
    ECDSA_SIG_free(sig);
    return (size_t)len;
}

static void test_ecdsa_numbers(void **state)
{
    (void)state;
    EVP_PKEY *key = pki_make_key(PKI_P256), *rsa = pki_make_key(PKI_RSA2048);
    uint8_t der[512], made[512];
    size_t len = sign(key, der);
    const uint8_t *at = der;
    ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &at, (long)len);
    EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
    const BIGNUM *n = EC_GROUP_get0_order(group), *r = ECDSA_SIG_get0_r(sig), *s = ECDSA_SIG_get0_s(sig);
    BIGNUM *zero = BN_new(), *r_more = BN_new(), *s_more = BN_new();
    assert_true(BN_add(r_more, r, n) == 1 && BN_add(s_more, s, n) == 1);
    assert_true(verifies(key, ecdsa_sha256, NID_sha256, der, len));
    assert_true(verifies(key, ecdsa_sha256, NID_sha256, made, put_rs(made, r, s)));
    const BIGNUM *const bad[][2] = {
        {zero, s}, {r, zero}, {zero, zero}, {n, s}, {r, n}, {r_more, s}, {r, s_more}, {s, r}, {n, n}};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (verifies(key, ecdsa_sha256, NID_sha256, made, put_rs(made, bad[i][0], bad[i][1])))
            fail_msg("pair %zu", i);
    static const uint8_t negative[] = {0x30, 6, 2, 1, 0xff, 2, 1, 1}, empty[] = {0x30, 5, 2, 0, 2, 1, 1};
    assert_false(verifies(key, ecdsa_sha256, NID_sha256, negative, sizeof negative));
    assert_false(verifies(key, ecdsa_sha256, NID_sha256, empty, sizeof empty));
    /* not to the letter: a byte more, one less, a length in two octets */
    memcpy(made, der, len);
    made[len] = 0;
    assert_false(verifies(key, ecdsa_sha256, NID_sha256, made, len + 1));
    assert_false(verifies(key, ecdsa_sha256, NID_sha256, made, len - 1));
    made[0] = 0x30;
    made[1] = 0x81;
    memcpy(made + 2, der + 1, len - 1);
    assert_false(verifies(key, ecdsa_sha256, NID_sha256, made, len + 1));
    assert_false(verifies(key, ecdsa_sha256, NID_sha256, made, 0));
    /* another digest, another kind of key */
    assert_false(verifies(key, ecdsa_sha256, NID_sha384, der, len));
    assert_false(verifies(key, rsa_sha256, NID_sha256, der, len));
    assert_false(verifies(rsa, ecdsa_sha256, NID_sha256, der, len));
    BN_free(zero);
    BN_free(r_more);
    BN_free(s_more);
    EC_GROUP_free(group);
    ECDSA_SIG_free(sig);
    EVP_PKEY_free(rsa);
    EVP_PKEY_free(key);
}

static void test_rsa_blocks(void **state)
{
    (void)state;
    EVP_PKEY *key = pki_make_key(PKI_RSA2048);
    uint8_t block[512], made[512] = {0};
    BIGNUM *n = NULL, *s = BN_new();
    size_t len = sign(key, block);
    assert_int_equal(len, 256);
    assert_int_equal(EVP_PKEY_get_bn_param(key, "n", &n), 1);
    assert_true(verifies(key, rsa_sha256, NID_sha256, block, len));
    memcpy(made + 1, block, len); /* as long as the modulus, and no other length */
    assert_false(verifies(key, rsa_sha256, NID_sha256, made, len + 1));
    assert_false(verifies(key, rsa_sha256, NID_sha256, block, len - 1));
    assert_true(BN_bin2bn(block, 256, s) != NULL && BN_add(s, s, n) == 1);
    if (BN_num_bytes(s) == 256) { /* the same number to the modulus */
        assert_int_equal(BN_bn2binpad(s, made, 256), 256);
        assert_false(verifies(key, rsa_sha256, NID_sha256, made, 256));
    }
    for (size_t i = 0; i < 256; i++) {
        block[i] ^= 1;
        assert_false(verifies(key, rsa_sha256, NID_sha256, block, len));
        block[i] ^= 1;
    }
    memset(made, 0, sizeof made);
    assert_false(verifies(key, rsa_sha256, NID_sha256, made, len));
    made[255] = 1; /* 1 to any power */
    assert_false(verifies(key, rsa_sha256, NID_sha256, made, len));
    assert_false(verifies(key, rsa_sha256, NID_sha512, block, len));
    BN_free(n);
    BN_free(s);
    EVP_PKEY_free(key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_rsa_numbers),
        cmocka_unit_test(test_points),
        cmocka_unit_test(test_ecdsa_numbers),
        cmocka_unit_test(test_rsa_blocks),
    };
    return cmocka_run_group_tests_name("keys", tests, NULL, NULL);
}
