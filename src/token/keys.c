#include "config.h"
#include "token/keys.h"

#include <string.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>

#define NUMBER_MAX 1024 /* bytes of a modulus or a point, with its DER head */

/* Leading zeros of a modulus are the driver's taste. */
static bool modulus_is(const uint8_t *bytes, size_t len, X509 *x)
{
    BIGNUM *n = NULL, *theirs = BN_bin2bn(bytes, (int)len, NULL);
    bool same = theirs != NULL && EVP_PKEY_get_bn_param(X509_get0_pubkey(x), OSSL_PKEY_PARAM_RSA_N, &n) == 1 &&
                BN_cmp(n, theirs) == 0;

    BN_free(theirs);
    BN_free(n);
    return same;
}

/* A point: a DER OCTET STRING by the standard, bare in some drivers. The curve is the certificate's: AKIS cards give
 * explicit parameters, and two curves do not share a point. */
static bool point_is(const uint8_t *bytes, size_t len, X509 *x)
{
    const ASN1_BIT_STRING *key = X509_get0_pubkey_bitstr(x);
    size_t want = (size_t)ASN1_STRING_length(key), head;

    if (len < want)
        return false;
    head = len - want;
    if (head != 0 && (head > 3 || bytes[0] != V_ASN1_OCTET_STRING))
        return false;
    return memcmp(bytes + head, ASN1_STRING_get0_data(key), want) == 0;
}

static bool is_rsa(X509 *x)
{
    return EVP_PKEY_get_base_id(X509_get0_pubkey(x)) == EVP_PKEY_RSA;
}

/* The public part of an object; false when it shows none. */
static bool public_bytes(struct card_session s, CK_OBJECT_HANDLE o, X509 *x, uint8_t bytes[NUMBER_MAX], size_t *ret_len)
{
    return object_bytes(s, o, is_rsa(x) ? CKA_MODULUS : CKA_EC_POINT, bytes, NUMBER_MAX, ret_len);
}

static bool public_is(const uint8_t *bytes, size_t len, X509 *x)
{
    return is_rsa(x) ? modulus_is(bytes, len, x) : point_is(bytes, len, x);
}

static bool public_agrees(struct card_session s, CK_OBJECT_HANDLE o, X509 *x)
{
    uint8_t bytes[NUMBER_MAX];
    size_t len;

    return public_bytes(s, o, x, bytes, &len) && public_is(bytes, len, x);
}

/* A private key must be of the right type; its public part is compared where it shows one (EC keys seldom do). */
static bool private_agrees(struct card_session s, CK_OBJECT_HANDLE o, X509 *x)
{
    CK_ULONG type;
    uint8_t bytes[NUMBER_MAX];
    size_t len;

    if (!object_number(s, o, CKA_KEY_TYPE, &type) || type != (is_rsa(x) ? CKK_RSA : CKK_EC))
        return false;
    return !public_bytes(s, o, x, bytes, &len) || len == 0 || public_is(bytes, len, x);
}

/* Of several objects under one identifier none is taken. */
static enum key_fit judged(struct card_session s, const struct objects *found, X509 *x,
    bool (*agrees)(struct card_session, CK_OBJECT_HANDLE, X509 *))
{
    if (found->n > 1)
        return KEY_MANY;
    return found->n == 1 && agrees(s, found->v[0], x) ? KEY_FITS : KEY_NONE;
}

static bool shows(struct card_session s, CK_OBJECT_CLASS class)
{
    struct objects any;

    return objects_find(s, class, NULL, 0, &any) == CKR_OK && any.n > 0;
}

enum key_fit key_fit(struct card_session s, const uint8_t *id, size_t id_len, X509 *x)
{
    struct objects found;

    if (id_len == 0)
        return KEY_NONE;
    if (shows(s, CKO_PRIVATE_KEY))
        return key_private(s, id, id_len, x, &(CK_OBJECT_HANDLE){0});
    if (!shows(s, CKO_PUBLIC_KEY) || objects_find(s, CKO_PUBLIC_KEY, id, id_len, &found) != CKR_OK)
        return KEY_HIDDEN;
    return judged(s, &found, x, public_agrees);
}

enum key_fit key_private(struct card_session s, const uint8_t *id, size_t id_len, X509 *x, CK_OBJECT_HANDLE *ret)
{
    struct objects found;
    enum key_fit fit;

    if (id_len == 0 || objects_find(s, CKO_PRIVATE_KEY, id, id_len, &found) != CKR_OK)
        return KEY_NONE;
    fit = judged(s, &found, x, private_agrees);
    if (fit == KEY_FITS)
        *ret = found.v[0];
    return fit;
}
