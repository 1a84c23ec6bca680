/* SoftHSM 2 as a card: token, key pair, certificate. */
#include "config.h"

#include "sandbox/card.h"

#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <openssl/core_names.h>
#include <openssl/param_build.h>
#include <openssl/rand.h>
#include <pkcs11-helper-1.0/pkcs11.h>
#include "base/buf.h"
#include "base/text.h"

#define ARRAY_LEN(a) (sizeof(a) / sizeof *(a))

static const char *const modules[] = {
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
};
static CK_BYTE label_nes[] = {'n', 'e', 's'};

struct card {
    void *library;
    CK_FUNCTION_LIST_PTR f;
    bool initialised;
    CK_SESSION_HANDLE session; /* CK_INVALID_HANDLE: none */
    CK_BYTE id[8];             /* CKA_ID of key and certificate */
};

const char *card_module(void)
{
    for (size_t i = 0; i < ARRAY_LEN(modules); i++)
        if (access(modules[i], R_OK) == 0)
            return modules[i];
    return NULL;
}

static enum err_code card_fail(struct err *err, const char *what, CK_RV rv)
{
    return err_set(err, ERR_CRYPTO, "%s: CKR 0x%lx", what, rv);
}

/* ---- the folder ---- */

static enum err_code write_conf(const char *dir, struct err *err)
{
    char path[PATH_MAX];
    struct buf text = BUF_INIT(8192);
    enum err_code rc = buf_fmt(&text,
        "# TEST card of the e-Onay sandbox\ndirectories.tokendir = %s/tokens\nobjectstore.backend = file\n"
        "log.level = ERROR\nslots.removable = false\n",
        dir);
    snprintf(path, sizeof path, "%s/softhsm2.conf", dir);
    if (rc == OK)
        rc = buf_write_file(&text, path, 0600, err);
    buf_done(&text);
    if (rc == OK && setenv("SOFTHSM2_CONF", path, 1) != 0)
        rc = ERR_NOMEM;
    return rc;
}

static enum err_code make_folder(const char *dir, struct err *err)
{
    char path[PATH_MAX];
    int n = snprintf(path, sizeof path, "%s/tokens", dir);
    if (n < 0 || (size_t)n >= sizeof path)
        return ERR_TOO_BIG;
    if (mkdir(path, 0700) != 0)
        return err_set(err, ERR_FILE, "%s: %s", path, strerror(errno));
    return write_conf(dir, err);
}

/* ---- the token ---- */

static enum err_code open_module(struct card *c, struct err *err)
{
    const char *path = card_module();
    if (path == NULL)
        return err_set(err, ERR_MODULE_BAD, "SoftHSM 2 is not installed (package softhsm2)");
    c->library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (c->library == NULL)
        return err_set(err, ERR_MODULE_BAD, "%s", dlerror());
    CK_C_GetFunctionList get_list = NULL;
    void *symbol = dlsym(c->library, "C_GetFunctionList");
    memcpy(&get_list, &symbol, sizeof get_list); /* ISO C has no cast from object to function */
    if (get_list == NULL || get_list(&c->f) != CKR_OK)
        return err_set(err, ERR_MODULE_BAD, "%s: no function list", path);
    CK_RV rv = c->f->C_Initialize(NULL);
    if (rv != CKR_OK)
        return card_fail(err, "C_Initialize", rv);
    c->initialised = true;
    return OK;
}

/* A label as CK_TOKEN_INFO has it: 32 bytes, blank padded, cut between characters. */
static void pad_label(CK_UTF8CHAR out[CARD_LABEL_MAX], const char *label)
{
    size_t len = strlen(label), at = 0, whole = 0;
    while (at < len) {
        utf8_next(label, len, &at);
        if (at <= CARD_LABEL_MAX)
            whole = at;
    }
    memset(out, ' ', CARD_LABEL_MAX);
    memcpy(out, label, whole);
}

static CK_RV first_slot(CK_FUNCTION_LIST_PTR f, CK_SLOT_ID *ret)
{
    CK_SLOT_ID slots[4];
    CK_ULONG n = ARRAY_LEN(slots);
    CK_RV rv = f->C_GetSlotList(CK_FALSE, slots, &n);
    if (rv != CKR_OK)
        return rv;
    if (n == 0)
        return CKR_SLOT_ID_INVALID;
    *ret = slots[0];
    return CKR_OK;
}

/* PINs go to PKCS#11 as writable bytes it does not write. */
struct pin_bytes {
    CK_UTF8CHAR v[64];
    CK_ULONG len;
};

static struct pin_bytes pin_copy(const char *pin)
{
    struct pin_bytes p = {.len = strlen(pin)};
    if (p.len > sizeof p.v)
        p.len = sizeof p.v;
    memcpy(p.v, pin, p.len);
    return p;
}

static CK_RV set_pin(struct card *c, struct pin_bytes *puk, struct pin_bytes *pin)
{
    CK_RV rv = c->f->C_Login(c->session, CKU_SO, puk->v, puk->len);
    if (rv == CKR_OK)
        rv = c->f->C_InitPIN(c->session, pin->v, pin->len);
    if (rv == CKR_OK)
        rv = c->f->C_Logout(c->session);
    return rv;
}

static enum err_code init_token(struct card *c, const struct card_order *order, struct err *err)
{
    struct pin_bytes pin = pin_copy(order->pin), puk = pin_copy(order->puk);
    CK_UTF8CHAR label[CARD_LABEL_MAX];
    pad_label(label, order->label);
    CK_SLOT_ID slot = 0;
    CK_RV rv = first_slot(c->f, &slot);
    if (rv == CKR_OK)
        rv = c->f->C_InitToken(slot, puk.v, puk.len, label);
    if (rv == CKR_OK)
        rv = c->f->C_OpenSession(slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL, &c->session);
    if (rv == CKR_OK)
        rv = set_pin(c, &puk, &pin);
    if (rv == CKR_OK)
        rv = c->f->C_Login(c->session, CKU_USER, pin.v, pin.len);
    return rv == CKR_OK ? OK : card_fail(err, "token", rv);
}

/* ---- the key pair ---- */

static CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
static CK_ULONG rsa_bits = 2048;
static CK_BYTE rsa_exponent[] = {0x01, 0x00, 0x01};
/* named curves as DER object identifiers */
static CK_BYTE oid_p256[] = {0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07};
static CK_BYTE oid_p384[] = {0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22};

static const struct {
    CK_MECHANISM_TYPE mechanism;
    CK_ATTRIBUTE shape[2];
    CK_ULONG shape_len;
    const char *group; /* NULL: RSA */
} kinds[] = {
    [KEY_RSA2048] = {CKM_RSA_PKCS_KEY_PAIR_GEN,
        {{CKA_MODULUS_BITS, &rsa_bits, sizeof rsa_bits}, {CKA_PUBLIC_EXPONENT, rsa_exponent, sizeof rsa_exponent}}, 2,
        NULL},
    [KEY_P256] = {CKM_EC_KEY_PAIR_GEN, {{CKA_EC_PARAMS, oid_p256, sizeof oid_p256}}, 1, "P-256"},
    [KEY_P384] = {CKM_EC_KEY_PAIR_GEN, {{CKA_EC_PARAMS, oid_p384, sizeof oid_p384}}, 1, "P-384"},
};

static CK_RV make_pair(struct card *c, enum key_kind kind, CK_OBJECT_HANDLE *ret_public)
{
    CK_ATTRIBUTE public[6] = {
        {CKA_TOKEN, &yes, sizeof yes},
        {CKA_VERIFY, &yes, sizeof yes},
        {CKA_ID, c->id, sizeof c->id},
        {CKA_LABEL, label_nes, sizeof label_nes},
    };
    CK_ATTRIBUTE private[] = {
        {CKA_TOKEN, &yes, sizeof yes},
        {CKA_PRIVATE, &yes, sizeof yes},
        {CKA_SENSITIVE, &yes, sizeof yes},
        {CKA_EXTRACTABLE, &no, sizeof no},
        {CKA_SIGN, &yes, sizeof yes},
        {CKA_DECRYPT, &no, sizeof no}, /* for signatures alone; SoftHSM would allow both */
        {CKA_UNWRAP, &no, sizeof no},
        {CKA_ID, c->id, sizeof c->id},
        {CKA_LABEL, label_nes, sizeof label_nes},
    };
    CK_MECHANISM mechanism = {kinds[kind].mechanism, NULL, 0};
    CK_OBJECT_HANDLE hidden = CK_INVALID_HANDLE;
    memcpy(public + 4, kinds[kind].shape, kinds[kind].shape_len * sizeof public[0]);
    return c->f->C_GenerateKeyPair(
        c->session, &mechanism, public, 4 + kinds[kind].shape_len, private, ARRAY_LEN(private), ret_public, &hidden);
}

static enum err_code build_key(const char *type, OSSL_PARAM_BLD *bld, EVP_PKEY **ret, struct err *err)
{
    enum err_code rc = ERR_CRYPTO;
    OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(bld);
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
    if (params == NULL || ctx == NULL || EVP_PKEY_fromdata_init(ctx) != 1 ||
        EVP_PKEY_fromdata(ctx, ret, EVP_PKEY_PUBLIC_KEY, params) != 1)
        rc = crypto_fail(err, "public key");
    else
        rc = OK;
    EVP_PKEY_CTX_free(ctx);
    OSSL_PARAM_free(params);
    return rc;
}

static enum err_code read_rsa(struct card *c, CK_OBJECT_HANDLE h, EVP_PKEY **ret, struct err *err)
{
    CK_BYTE n_bytes[512], e_bytes[16];
    CK_ATTRIBUTE want[] = {{CKA_MODULUS, n_bytes, sizeof n_bytes}, {CKA_PUBLIC_EXPONENT, e_bytes, sizeof e_bytes}};
    CK_RV rv = c->f->C_GetAttributeValue(c->session, h, want, ARRAY_LEN(want));
    if (rv != CKR_OK)
        return card_fail(err, "C_GetAttributeValue", rv);
    enum err_code rc = ERR_CRYPTO;
    BIGNUM *n = BN_bin2bn(n_bytes, (int)want[0].ulValueLen, NULL),
           *e = BN_bin2bn(e_bytes, (int)want[1].ulValueLen, NULL);
    OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
    if (n == NULL || e == NULL || bld == NULL || OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_RSA_N, n) != 1 ||
        OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_RSA_E, e) != 1)
        rc = crypto_fail(err, "public key");
    else
        rc = build_key("RSA", bld, ret, err);
    OSSL_PARAM_BLD_free(bld);
    BN_free(n);
    BN_free(e);
    return rc;
}

/* CKA_EC_POINT is the uncompressed point inside a DER OCTET STRING (PKCS#11 v2.40 §2.3.3). */
static enum err_code read_ec(struct card *c, CK_OBJECT_HANDLE h, const char *group, EVP_PKEY **ret, struct err *err)
{
    CK_BYTE der[160];
    CK_ATTRIBUTE want = {CKA_EC_POINT, der, sizeof der};
    CK_RV rv = c->f->C_GetAttributeValue(c->session, h, &want, 1);
    if (rv != CKR_OK)
        return card_fail(err, "C_GetAttributeValue", rv);
    const unsigned char *at = der;
    ASN1_OCTET_STRING *point = d2i_ASN1_OCTET_STRING(NULL, &at, (long)want.ulValueLen);
    OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
    enum err_code rc = ERR_CRYPTO;
    if (point == NULL || bld == NULL ||
        OSSL_PARAM_BLD_push_utf8_string(bld, OSSL_PKEY_PARAM_GROUP_NAME, group, 0) != 1 ||
        OSSL_PARAM_BLD_push_octet_string(
            bld, OSSL_PKEY_PARAM_PUB_KEY, ASN1_STRING_get0_data(point), (size_t)ASN1_STRING_length(point)) != 1)
        rc = crypto_fail(err, "public key");
    else
        rc = build_key("EC", bld, ret, err);
    OSSL_PARAM_BLD_free(bld);
    ASN1_OCTET_STRING_free(point);
    return rc;
}

static enum err_code make_key(struct card *c, enum key_kind kind, EVP_PKEY **ret, struct err *err)
{
    CK_OBJECT_HANDLE public = CK_INVALID_HANDLE;
    if (RAND_bytes(c->id, sizeof c->id) != 1)
        return crypto_fail(err, "random");
    CK_RV rv = make_pair(c, kind, &public);
    if (rv != CKR_OK)
        return card_fail(err, "C_GenerateKeyPair", rv);
    const char *group = kinds[kind].group;
    return group == NULL ? read_rsa(c, public, ret, err) : read_ec(c, public, group, ret, err);
}

enum err_code card_make(const struct card_order *order, struct card **ret, EVP_PKEY **ret_key, struct err *err)
{
    struct card *c = calloc(1, sizeof *c);
    if (c == NULL)
        return ERR_NOMEM;
    enum err_code rc = make_folder(order->dir, err);
    if (rc == OK)
        rc = open_module(c, err);
    if (rc == OK)
        rc = init_token(c, order, err);
    if (rc == OK)
        rc = make_key(c, order->key, ret_key, err);
    if (rc == OK)
        *ret = c;
    else
        card_close(&c);
    return rc;
}

/* ---- the certificate ---- */

enum err_code card_put(struct card *c, X509 *cert, struct err *err)
{
    unsigned char *der = NULL, *subject = NULL, *issuer = NULL, *serial = NULL;
    int der_len = i2d_X509(cert, &der), subject_len = i2d_X509_NAME(X509_get_subject_name(cert), &subject),
        issuer_len = i2d_X509_NAME(X509_get_issuer_name(cert), &issuer),
        serial_len = i2d_ASN1_INTEGER(X509_get0_serialNumber(cert), &serial);
    enum err_code rc = ERR_CRYPTO;
    if (der_len < 0 || subject_len < 0 || issuer_len < 0 || serial_len < 0) {
        rc = crypto_fail(err, "certificate");
        goto out;
    }
    CK_OBJECT_CLASS class = CKO_CERTIFICATE;
    CK_CERTIFICATE_TYPE type = CKC_X_509;
    CK_ATTRIBUTE object[] = {
        {CKA_CLASS, &class, sizeof class},
        {CKA_CERTIFICATE_TYPE, &type, sizeof type},
        {CKA_TOKEN, &yes, sizeof yes},
        {CKA_PRIVATE, &no, sizeof no},
        {CKA_ID, c->id, sizeof c->id},
        {CKA_LABEL, label_nes, sizeof label_nes},
        {CKA_SUBJECT, subject, (CK_ULONG)subject_len},
        {CKA_ISSUER, issuer, (CK_ULONG)issuer_len},
        {CKA_SERIAL_NUMBER, serial, (CK_ULONG)serial_len},
        {CKA_VALUE, der, (CK_ULONG)der_len},
    };
    CK_OBJECT_HANDLE handle = CK_INVALID_HANDLE;
    CK_RV rv = c->f->C_CreateObject(c->session, object, ARRAY_LEN(object), &handle);
    rc = rv == CKR_OK ? OK : card_fail(err, "C_CreateObject", rv);
out:
    OPENSSL_free(der);
    OPENSSL_free(subject);
    OPENSSL_free(issuer);
    OPENSSL_free(serial);
    return rc;
}

void card_close(struct card **c)
{
    if (*c == NULL)
        return;
    if ((*c)->initialised)
        (*c)->f->C_Finalize(NULL);
    if ((*c)->library != NULL)
        dlclose((*c)->library);
    free(*c);
    *c = NULL;
}
