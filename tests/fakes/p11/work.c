/* Searching, reading, signing. */
#include "config.h"

#include <string.h>
#include <openssl/bn.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include "fakes/p11/state.h"

#define SIGNATURE_MAX 1024

/* ---- searching ---- */

static bool is_seen(const struct p11_slot *slot, const struct p11_object *o)
{
    return !o->private || p11_logged_in(slot);
}

CK_RV p11_C_FindObjectsInit(CK_SESSION_HANDLE session, CK_ATTRIBUTE *wanted, CK_ULONG n)
{
    CK_RV rv = p11_enter_started(P11_C_FindObjectsInit);
    struct p11_session *s;

    if (rv != CKR_OK)
        return rv;
    s = p11_session_of(session, &rv);
    if (s == NULL)
        return rv;
    if (s->finding)
        return CKR_OPERATION_ACTIVE;
    s->find_any_class = s->find_any_id = true;
    for (CK_ULONG i = 0; i < n; i++)
        if (wanted[i].type == CKA_CLASS && wanted[i].ulValueLen == sizeof s->find_class) {
            memcpy(&s->find_class, wanted[i].pValue, sizeof s->find_class);
            s->find_any_class = false;
        } else if (wanted[i].type == CKA_ID && wanted[i].ulValueLen <= sizeof s->find_id) {
            memcpy(s->find_id, wanted[i].pValue, wanted[i].ulValueLen);
            s->find_id_len = wanted[i].ulValueLen;
            s->find_any_id = false;
        }
    s->finding = true;
    s->find_next = 0;
    return CKR_OK;
}

static bool is_found(const struct p11_session *s, const struct p11_slot *slot, struct p11_object *o)
{
    const struct p11_attribute *id = p11_object_find(o, CKA_ID);

    if (!is_seen(slot, o) || (!s->find_any_class && o->class != s->find_class))
        return false;
    return s->find_any_id ||
           (id != NULL && !id->none && id->len == s->find_id_len && memcmp(id->bytes, s->find_id, id->len) == 0);
}

CK_RV p11_C_FindObjects(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE *found, CK_ULONG max, CK_ULONG *ret_n)
{
    CK_RV rv = p11_enter_started(P11_C_FindObjects);
    struct p11_session *s;
    const struct p11_slot *slot;

    if (rv != CKR_OK)
        return rv;
    s = p11_session_of(session, &rv);
    if (s == NULL)
        return rv;
    if (!s->finding)
        return CKR_OPERATION_NOT_INITIALIZED;
    slot = p11_slot_of(s->slot);
    for (*ret_n = 0; s->find_next < slot->n && *ret_n < max; s->find_next++)
        if (is_found(s, slot, slot->objects[s->find_next]))
            found[(*ret_n)++] = s->find_next + 1;
    return CKR_OK;
}

CK_RV p11_C_FindObjectsFinal(CK_SESSION_HANDLE session)
{
    CK_RV rv = p11_enter_started(P11_C_FindObjectsFinal);
    struct p11_session *s;

    if (rv != CKR_OK)
        return rv;
    s = p11_session_of(session, &rv);
    if (s == NULL)
        return rv;
    if (!s->finding)
        return CKR_OPERATION_NOT_INITIALIZED;
    s->finding = false;
    return CKR_OK;
}

/* ---- reading ---- */

static struct p11_object *object_of(const struct p11_session *s, CK_OBJECT_HANDLE handle)
{
    const struct p11_slot *slot = p11_slot_of(s->slot);

    if (handle == 0 || handle > slot->n || !is_seen(slot, slot->objects[handle - 1]))
        return NULL;
    return slot->objects[handle - 1];
}

static CK_RV attribute_give(struct p11_object *o, CK_ATTRIBUTE *a)
{
    const struct p11_attribute *have = p11_object_find(o, a->type);
    CK_ULONG room = a->ulValueLen;

    a->ulValueLen = CK_UNAVAILABLE_INFORMATION;
    if (have == NULL || have->none)
        return CKR_ATTRIBUTE_TYPE_INVALID;
    if (have->hidden)
        return CKR_ATTRIBUTE_SENSITIVE;
    if (a->pValue == NULL) {
        a->ulValueLen = have->says != 0 ? have->says : have->len;
        return CKR_OK;
    }
    if (room < have->len)
        return CKR_BUFFER_TOO_SMALL;
    memcpy(a->pValue, have->bytes, have->len);
    a->ulValueLen = have->says != 0 ? have->says : have->len;
    return CKR_OK;
}

CK_RV p11_C_GetAttributeValue(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE *wanted, CK_ULONG n)
{
    CK_RV rv = p11_enter_started(P11_C_GetAttributeValue);
    struct p11_session *s;
    struct p11_object *o;

    if (rv != CKR_OK)
        return rv;
    s = p11_session_of(session, &rv);
    if (s == NULL)
        return rv;
    o = object_of(s, object);
    if (o == NULL)
        return CKR_OBJECT_HANDLE_INVALID;
    for (CK_ULONG i = 0; i < n; i++) {
        CK_RV one = attribute_give(o, &wanted[i]);

        if (one != CKR_OK)
            rv = one;
    }
    return rv;
}

/* ---- signing ---- */

CK_RV p11_C_SignInit(CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
{
    CK_RV rv = p11_enter_started(P11_C_SignInit);
    struct p11_session *s;
    struct p11_object *o;

    if (rv != CKR_OK)
        return rv;
    s = p11_session_of(session, &rv);
    if (s == NULL)
        return rv;
    if (s->signs != NULL)
        return CKR_OPERATION_ACTIVE;
    if (!p11_logged_in(p11_slot_of(s->slot)))
        return CKR_USER_NOT_LOGGED_IN;
    o = object_of(s, key);
    if (o == NULL || o->key == NULL)
        return CKR_KEY_HANDLE_INVALID;
    if (mechanism->mechanism != (EVP_PKEY_is_a(o->key, "RSA") == 1 ? CKM_RSA_PKCS : CKM_ECDSA))
        return CKR_MECHANISM_INVALID;
    s->signs = o;
    s->mechanism = mechanism->mechanism;
    s->key_login_due = o->always;
    return CKR_OK;
}

static size_t half_of(EVP_PKEY *key)
{
    return (size_t)(EVP_PKEY_get_bits(key) + 7) / 8;
}

static bool ecdsa_split(const unsigned char *der, size_t len, size_t half, unsigned char *out)
{
    ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &der, (long)len);
    bool split = sig != NULL && BN_bn2binpad(ECDSA_SIG_get0_r(sig), out, (int)half) == (int)half &&
                 BN_bn2binpad(ECDSA_SIG_get0_s(sig), out + half, (int)half) == (int)half;

    ECDSA_SIG_free(sig);
    return split;
}

static bool key_sign(EVP_PKEY *key, const unsigned char *data, size_t len, unsigned char *out)
{
    unsigned char made[SIGNATURE_MAX];
    size_t n = sizeof made;
    bool rsa = EVP_PKEY_is_a(key, "RSA") == 1, is;
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);

    is = ctx != NULL && EVP_PKEY_sign_init(ctx) == 1 &&
         (!rsa || EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) == 1) &&
         EVP_PKEY_sign(ctx, made, &n, data, len) == 1;
    EVP_PKEY_CTX_free(ctx);
    if (is && rsa)
        memcpy(out, made, n);
    return is && (rsa || ecdsa_split(made, n, half_of(key), out));
}

/* What drivers do to a signature that is right. `room`: of the caller. */
static void signature_bend(unsigned char *out, CK_ULONG *len, CK_ULONG room)
{
    if (p11_now->habits & P11_SIGN_SHORT)
        *len -= 1;
    if (p11_now->habits & P11_SIGN_JUNK)
        memset(out, 0, *len);
    if (p11_now->habits & P11_SIGN_DER) {
        ECDSA_SIG *sig = ECDSA_SIG_new();
        unsigned char *der = NULL;
        int half = (int)*len / 2, n = 0;

        if (sig != NULL && ECDSA_SIG_set0(sig, BN_bin2bn(out, half, NULL), BN_bin2bn(out + half, half, NULL)) == 1)
            n = i2d_ECDSA_SIG(sig, &der);
        if (n > 0 && (CK_ULONG)n <= room)
            memcpy(out, der, *len = (CK_ULONG)n);
        OPENSSL_free(der);
        ECDSA_SIG_free(sig);
    }
}

static CK_RV signature_make(
    struct p11_session *s, const unsigned char *data, CK_ULONG len, unsigned char *out, CK_ULONG *out_len)
{
    size_t due = half_of(s->signs->key) * (s->mechanism == CKM_ECDSA ? 2 : 1);
    CK_ULONG room = *out_len;
    bool enough = room >= due, made;

    *out_len = due;
    if (out == NULL || !enough)
        return out == NULL ? CKR_OK : CKR_BUFFER_TOO_SMALL;
    if (s->key_login_due)
        return CKR_USER_NOT_LOGGED_IN;
    made = key_sign(s->signs->key, data, len, out);
    s->signs = NULL;
    if (!made)
        return CKR_DATA_LEN_RANGE;
    signature_bend(out, out_len, room);
    p11_count(&p11_ledger->signatures);
    return CKR_OK;
}

/* A failure ends the signature, but for "again, with more room", as the standard has it. */
CK_RV p11_C_Sign(CK_SESSION_HANDLE session, unsigned char *data, CK_ULONG len, unsigned char *out, CK_ULONG *out_len)
{
    CK_RV rv = p11_enter_started(P11_C_Sign), found;
    struct p11_session *s = p11_session_of(session, &found);

    if (s != NULL && rv != CKR_OK && rv != CKR_BUFFER_TOO_SMALL)
        s->signs = NULL;
    if (rv != CKR_OK || s == NULL)
        return rv != CKR_OK ? rv : found;
    return s->signs == NULL ? CKR_OPERATION_NOT_INITIALIZED : signature_make(s, data, len, out, out_len);
}
