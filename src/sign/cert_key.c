#include "config.h"
#include "sign/cert_key.h"

#include <pthread.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/objects.h>
#include <openssl/x509.h>

#define MODULUS_MAX 1024 /* bytes; longer numbers, if ever, are left to the library */
#define EXPONENT_MAX 8

/* SubjectPublicKeyInfo ::= SEQUENCE { AlgorithmIdentifier { OID, parameters }, BIT STRING }, RFC 3279 §2.3. */
struct info {
    struct der_item algorithm, parameters; /* parameters of tag 0: absent */
    struct der_view key;
};

static bool split(struct der_view rest, struct info *ret)
{
    struct der_item identifier, bits;
    if (!der_take(&rest, DER_SEQUENCE, &identifier) || !der_take(&rest, DER_BIT_STRING, &bits) || rest.len > 0 ||
        bits.body.len < 2 || bits.body.at[0] != 0)
        return false;
    ret->key = (struct der_view){bits.body.at + 1, bits.body.len - 1};
    rest = identifier.body;
    if (!der_take(&rest, DER_OID, &ret->algorithm))
        return false;
    (void)der_next(&rest, &ret->parameters);
    return rest.len == 0;
}

/* ---- RSA ---- */

/* A positive INTEGER as the library's parameters have it: without sign, in the machine's own order. */
static bool take_number(struct der_view *rest, uint8_t *out, size_t room, size_t *ret_len)
{
    struct der_item item;
    if (!der_take(rest, DER_INTEGER, &item) || (item.body.at[0] & 0x80) != 0 || item.body.len > room)
        return false;
    BIGNUM *n = BN_bin2bn(item.body.at, (int)item.body.len, NULL);
    *ret_len = n != NULL ? (size_t)BN_num_bytes(n) : 0;
    bool taken = *ret_len > 0 && BN_bn2nativepad(n, out, (int)*ret_len) > 0;
    BN_free(n);
    return taken;
}

static EVP_PKEY *import_rsa(uint8_t *n, size_t n_len, uint8_t *e, size_t e_len)
{
    EVP_PKEY *key = NULL;
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
    OSSL_PARAM numbers[] = {OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_RSA_N, n, n_len),
        OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_RSA_E, e, e_len), OSSL_PARAM_construct_end()};
    if (ctx == NULL || EVP_PKEY_fromdata_init(ctx) != 1 ||
        EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, numbers) != 1)
        key = NULL;
    EVP_PKEY_CTX_free(ctx);
    return key;
}

/* RSAPublicKey ::= SEQUENCE { modulus, publicExponent }. NULL: not of the form that nearly all have. */
static EVP_PKEY *make_rsa(const struct info *info)
{
    uint8_t n[MODULUS_MAX + 1], e[EXPONENT_MAX + 1];
    size_t n_len, e_len;
    struct der_view rest = info->key;
    struct der_item numbers;
    if (info->parameters.tag != DER_NULL || !der_is_strict(info->key) || !der_take(&rest, DER_SEQUENCE, &numbers) ||
        !take_number(&numbers.body, n, sizeof n, &n_len) || !take_number(&numbers.body, e, sizeof e, &e_len) ||
        numbers.body.len > 0)
        return NULL;
    return import_rsa(n, n_len, e, e_len);
}

/* ---- named curves ---- */

static struct {
    enum cert_key kind;
    int nid;
    const char *name;
    EVP_PKEY *empty; /* the group alone: making one takes four times as long as a copy */
} curves[] = {
    {CERT_KEY_P256, NID_X9_62_prime256v1, SN_X9_62_prime256v1, NULL},
    {CERT_KEY_P384, NID_secp384r1, SN_secp384r1, NULL},
};
#define CURVES (sizeof curves / sizeof curves[0])

static EVP_PKEY *make_empty(const char *curve)
{
    EVP_PKEY *key = NULL;
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    char name[32];
    OPENSSL_strlcpy(name, curve, sizeof name);
    OSSL_PARAM group[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, name, 0), OSSL_PARAM_construct_end()};
    if (ctx == NULL || EVP_PKEY_fromdata_init(ctx) != 1 ||
        EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_KEY_PARAMETERS, group) != 1)
        key = NULL;
    EVP_PKEY_CTX_free(ctx);
    return key;
}

static void make_curves(void)
{
    for (size_t i = 0; i < CURVES; i++)
        curves[i].empty = make_empty(curves[i].name);
}

/* The point is checked to be on the curve (§5.1 of SEC 1, inside the library). */
static EVP_PKEY *make_point(const EVP_PKEY *empty, struct der_view point)
{
    EVP_PKEY *key = empty == NULL ? NULL : EVP_PKEY_dup((EVP_PKEY *)(uintptr_t)empty);
    if (key != NULL && EVP_PKEY_set1_encoded_public_key(key, point.at, point.len) != 1) {
        EVP_PKEY_free(key);
        key = NULL;
    }
    return key;
}

static EVP_PKEY *make_named(const struct info *info, enum cert_key *ret_kind)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    (void)pthread_once(&once, make_curves);
    for (size_t i = 0; i < CURVES; i++)
        if (der_is_oid(&info->parameters, curves[i].nid)) {
            *ret_kind = curves[i].kind;
            return make_point(curves[i].empty, info->key);
        }
    return NULL;
}

/* ---- both, and the rest ---- */

static EVP_PKEY *make_other(const struct der_item *info)
{
    const uint8_t *at = info->whole.at;
    return d2i_PUBKEY(NULL, &at, (long)info->whole.len);
}

EVP_PKEY *cert_key_make(const struct der_item *info, enum cert_key *ret_kind)
{
    struct info parts = {.key = {NULL, 0}};
    EVP_PKEY *key = NULL;
    *ret_kind = CERT_KEY_OTHER;
    if (!split(info->body, &parts))
        return NULL;
    if (der_is_oid(&parts.algorithm, NID_rsaEncryption)) {
        *ret_kind = CERT_KEY_RSA;
        key = make_rsa(&parts);
    } else if (der_is_oid(&parts.algorithm, NID_X9_62_id_ecPublicKey)) {
        key = make_named(&parts, ret_kind);
    }
    return key != NULL ? key : make_other(info);
}
