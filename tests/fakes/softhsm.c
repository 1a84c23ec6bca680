#include "config.h"
#include "fakes/softhsm.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <pkcs11-helper-1.0/pkcs11.h>

#define ARRAY_LEN(a) (sizeof(a) / sizeof *(a))
#define SO_PIN "12345678"
#define BYTES_MAX 4096

static CK_FUNCTION_LIST *p11;

static void must(bool is, const char *what)
{
    if (is)
        return;
    fprintf(stderr, "softhsm: %s\n", what);
    abort();
}

#define CALL(f, ...) must(p11->f(__VA_ARGS__) == CKR_OK, #f)

const char *softhsm_module(void)
{
    static const char *const paths[] = {
        "/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so"};

    for (size_t i = 0; i < ARRAY_LEN(paths); i++)
        if (access(paths[i], R_OK) == 0)
            return paths[i];
    must(false, "the package softhsm2 is missing");
    return NULL;
}

/* A template that grows; the bytes of numbers live in it. */
struct template
{
    CK_ATTRIBUTE v[24];
    CK_ULONG n;
    uint8_t store[BYTES_MAX];
    size_t used;
};

static void put(struct template *t, CK_ATTRIBUTE_TYPE type, const void *bytes, size_t len)
{
    must(t->n < ARRAY_LEN(t->v) && t->used + len <= sizeof t->store, "template");
    memcpy(t->store + t->used, bytes, len);
    t->v[t->n++] = (CK_ATTRIBUTE){type, t->store + t->used, len};
    t->used += len;
}

static void put_yes(struct template *t, CK_ATTRIBUTE_TYPE type)
{
    put(t, type, &(CK_BBOOL){CK_TRUE}, sizeof(CK_BBOOL));
}

static void put_number(struct template *t, CK_ATTRIBUTE_TYPE type, CK_ULONG n)
{
    put(t, type, &n, sizeof n);
}

static void put_bn(struct template *t, CK_ATTRIBUTE_TYPE type, const EVP_PKEY *key, const char *name)
{
    BIGNUM *n = NULL;
    uint8_t bytes[BYTES_MAX];

    must(EVP_PKEY_get_bn_param(key, name, &n) == 1, name);
    put(t, type, bytes, (size_t)BN_bn2bin(n, bytes));
    BN_clear_free(n);
}

static void put_head(struct template *t, CK_OBJECT_CLASS class, const struct softhsm_entry *e)
{
    put_number(t, CKA_CLASS, class);
    put_yes(t, CKA_TOKEN);
    put(t, CKA_ID, &e->id, 1);
    put(t, CKA_LABEL, "nes", 3);
}

static void put_curve(struct template *t, const EVP_PKEY *key)
{
    char name[64];
    size_t len;
    uint8_t *der = NULL;
    ASN1_OBJECT *oid;
    int der_len;

    must(EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, name, sizeof name, &len) == 1, "curve");
    oid = OBJ_txt2obj(name, 0);
    der_len = i2d_ASN1_OBJECT(oid, &der);
    must(der_len > 0, "curve");
    put(t, CKA_EC_PARAMS, der, (size_t)der_len);
    OPENSSL_free(der);
    ASN1_OBJECT_free(oid);
}

static void put_point(struct template *t, X509 *x)
{
    const ASN1_BIT_STRING *bits = X509_get0_pubkey_bitstr(x);
    ASN1_OCTET_STRING *point = ASN1_OCTET_STRING_new();
    uint8_t *der = NULL;
    int len;

    must(ASN1_OCTET_STRING_set(point, ASN1_STRING_get0_data(bits), ASN1_STRING_length(bits)) == 1, "point");
    len = i2d_ASN1_OCTET_STRING(point, &der);
    must(len > 0, "point");
    put(t, CKA_EC_POINT, der, (size_t)len);
    OPENSSL_free(der);
    ASN1_OCTET_STRING_free(point);
}

static void object_make(CK_SESSION_HANDLE session, struct template *t)
{
    CK_OBJECT_HANDLE o;

    CALL(C_CreateObject, session, t->v, t->n, &o);
    OPENSSL_cleanse(t, sizeof *t);
}

static void key_put(CK_SESSION_HANDLE session, const struct softhsm_entry *e)
{
    static const struct {
        CK_ATTRIBUTE_TYPE type;
        const char *name;
    } rsa[] = {
        {CKA_MODULUS, OSSL_PKEY_PARAM_RSA_N},
        {CKA_PUBLIC_EXPONENT, OSSL_PKEY_PARAM_RSA_E},
        {CKA_PRIVATE_EXPONENT, OSSL_PKEY_PARAM_RSA_D},
        {CKA_PRIME_1, OSSL_PKEY_PARAM_RSA_FACTOR1},
        {CKA_PRIME_2, OSSL_PKEY_PARAM_RSA_FACTOR2},
        {CKA_EXPONENT_1, OSSL_PKEY_PARAM_RSA_EXPONENT1},
        {CKA_EXPONENT_2, OSSL_PKEY_PARAM_RSA_EXPONENT2},
        {CKA_COEFFICIENT, OSSL_PKEY_PARAM_RSA_COEFFICIENT1},
    };
    struct template t = {.n = 0};
    bool is_rsa = EVP_PKEY_get_base_id(e->who->key) == EVP_PKEY_RSA;

    put_head(&t, CKO_PRIVATE_KEY, e);
    put_number(&t, CKA_KEY_TYPE, is_rsa ? CKK_RSA : CKK_EC);
    put_yes(&t, CKA_PRIVATE);
    put_yes(&t, CKA_SENSITIVE);
    put_yes(&t, CKA_SIGN);
    if ((e->parts & ON_CARD_ALWAYS) != 0)
        put_yes(&t, CKA_ALWAYS_AUTHENTICATE);
    for (size_t i = 0; is_rsa && i < ARRAY_LEN(rsa); i++)
        put_bn(&t, rsa[i].type, e->who->key, rsa[i].name);
    if (!is_rsa) {
        put_curve(&t, e->who->key);
        put_bn(&t, CKA_VALUE, e->who->key, OSSL_PKEY_PARAM_PRIV_KEY);
    }
    object_make(session, &t);
}

static void public_put(CK_SESSION_HANDLE session, const struct softhsm_entry *e)
{
    struct template t = {.n = 0};
    bool is_rsa = EVP_PKEY_get_base_id(e->who->key) == EVP_PKEY_RSA;

    put_head(&t, CKO_PUBLIC_KEY, e);
    put_number(&t, CKA_KEY_TYPE, is_rsa ? CKK_RSA : CKK_EC);
    if (is_rsa) {
        put_bn(&t, CKA_MODULUS, e->who->key, OSSL_PKEY_PARAM_RSA_N);
        put_bn(&t, CKA_PUBLIC_EXPONENT, e->who->key, OSSL_PKEY_PARAM_RSA_E);
    } else {
        put_curve(&t, e->who->key);
        put_point(&t, e->who->cert);
    }
    object_make(session, &t);
}

static void cert_put(CK_SESSION_HANDLE session, const struct softhsm_entry *e)
{
    struct template t = {.n = 0};
    uint8_t *der = NULL, *subject = NULL;
    int len, subject_len;

    put_head(&t, CKO_CERTIFICATE, e);
    put_number(&t, CKA_CERTIFICATE_TYPE, CKC_X_509);
    if (e->who == NULL) {
        put(&t, CKA_SUBJECT, "0", 1);
        put(&t, CKA_VALUE, "no certificate", 14);
    } else {
        len = i2d_X509(e->who->cert, &der);
        subject_len = i2d_X509_NAME(X509_get_subject_name(e->who->cert), &subject);
        must(len > 0 && subject_len > 0, "certificate");
        put(&t, CKA_SUBJECT, subject, (size_t)subject_len);
        put(&t, CKA_VALUE, der, (size_t)len);
    }
    object_make(session, &t);
    OPENSSL_free(der);
    OPENSSL_free(subject);
}

static void entry_put(CK_SESSION_HANDLE session, const struct softhsm_entry *e)
{
    if ((e->parts & (ON_CARD_CERT | ON_CARD_JUNK)) != 0)
        cert_put(session, e);
    if ((e->parts & ON_CARD_KEY) != 0)
        key_put(session, e);
    if ((e->parts & ON_CARD_PUBLIC) != 0)
        public_put(session, e);
}

static CK_UTF8CHAR *writable(const char *s)
{
    return (CK_UTF8CHAR *)(uintptr_t)s; /* the standard's header knows no const */
}

/* The blank token SoftHSM always offers. */
static CK_SLOT_ID blank_slot(void)
{
    CK_SLOT_ID slots[64];
    CK_ULONG n = ARRAY_LEN(slots), told;

    CALL(C_GetSlotList, CK_TRUE, NULL, &told);
    CALL(C_GetSlotList, CK_TRUE, slots, &n);
    for (CK_ULONG i = 0; i < n; i++) {
        CK_TOKEN_INFO info;

        CALL(C_GetTokenInfo, slots[i], &info);
        if ((info.flags & CKF_TOKEN_INITIALIZED) == 0)
            return slots[i];
    }
    must(false, "no blank token");
    return 0;
}

static void token_make(const struct softhsm_token *t)
{
    CK_SLOT_ID slot = blank_slot();
    CK_SESSION_HANDLE session;
    CK_UTF8CHAR label[32];

    memset(label, ' ', sizeof label);
    memcpy(label, t->label, strlen(t->label) < sizeof label ? strlen(t->label) : sizeof label);
    CALL(C_InitToken, slot, writable(SO_PIN), strlen(SO_PIN), label);
    CALL(C_OpenSession, slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL, &session);
    CALL(C_Login, session, CKU_SO, writable(SO_PIN), strlen(SO_PIN));
    CALL(C_InitPIN, session, writable(t->pin), strlen(t->pin));
    CALL(C_Logout, session);
    CALL(C_Login, session, CKU_USER, writable(t->pin), strlen(t->pin));
    for (size_t i = 0; i < t->n; i++)
        entry_put(session, &t->v[i]);
    CALL(C_Logout, session);
    CALL(C_CloseSession, session);
}

static void conf_write(const char *dir)
{
    char path[512];
    FILE *f;

    snprintf(path, sizeof path, "%s/tokens", dir);
    must(mkdir(path, 0700) == 0, path);
    snprintf(path, sizeof path, "%s/softhsm2.conf", dir);
    f = fopen(path, "w");
    must(f != NULL, path);
    fprintf(f, "directories.tokendir = %s/tokens\nobjectstore.backend = file\nlog.level = ERROR\n", dir);
    must(fclose(f) == 0, path);
    must(setenv("SOFTHSM2_CONF", path, 1) == 0, path);
}

static void make_all(const char *dir, const struct softhsm_token *tokens, size_t n)
{
    void *library;
    CK_C_GetFunctionList list;

    conf_write(dir);
    library = dlopen(softhsm_module(), RTLD_NOW | RTLD_LOCAL);
    must(library != NULL, "dlopen");
    *(void **)&list = dlsym(library, "C_GetFunctionList");
    must(list != NULL && list(&p11) == CKR_OK, "C_GetFunctionList");
    CALL(C_Initialize, NULL);
    for (size_t i = 0; i < n; i++)
        token_make(&tokens[i]);
    CALL(C_Finalize, NULL);
}

void softhsm_make(const char *dir, const struct softhsm_token *tokens, size_t n)
{
    int status;
    pid_t pid = fork();

    if (pid == 0) {
        make_all(dir, tokens, n);
        _exit(0);
    }
    must(pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0, "child");
}
