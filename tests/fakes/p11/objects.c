/* Objects of the fake from PEM files: what a driver would read from a card. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/pem.h>
#include "fakes/p11/script.h"

#define NUMBER_MAX 1024

struct p11_attribute *p11_object_find(struct p11_object *o, CK_ATTRIBUTE_TYPE type)
{
    for (size_t i = 0; i < o->n; i++)
        if (o->v[i].type == type)
            return &o->v[i];
    return NULL;
}

bool p11_object_put(struct p11_object *o, CK_ATTRIBUTE_TYPE type, const void *bytes, size_t len)
{
    struct p11_attribute *a = p11_object_find(o, type);
    uint8_t *copy = malloc(len + 1);

    if (copy == NULL || (a == NULL && o->n == P11_ATTRIBUTES)) {
        free(copy);
        return false;
    }
    if (a == NULL)
        a = &o->v[o->n++];
    memcpy(copy, bytes, len);
    free(a->bytes);
    *a = (struct p11_attribute){.type = type, .bytes = copy, .len = len};
    return true;
}

static bool put_number(struct p11_object *o, CK_ATTRIBUTE_TYPE type, CK_ULONG n)
{
    return p11_object_put(o, type, &n, sizeof n);
}

/* OpenSSL hands out DER in memory of its own. */
static bool put_der(struct p11_object *o, CK_ATTRIBUTE_TYPE type, unsigned char *der, int len)
{
    bool put = len > 0 && p11_object_put(o, type, der, (size_t)len);

    OPENSSL_free(der);
    return put;
}

static bool put_bn(struct p11_object *o, CK_ATTRIBUTE_TYPE type, const EVP_PKEY *key, const char *name)
{
    BIGNUM *n = NULL;
    uint8_t bytes[NUMBER_MAX];
    bool put = EVP_PKEY_get_bn_param(key, name, &n) == 1 && BN_num_bytes(n) <= NUMBER_MAX &&
               p11_object_put(o, type, bytes, (size_t)BN_bn2bin(n, bytes));

    BN_free(n);
    return put;
}

/* ---- certificates ---- */

static bool cert_make(struct p11_object *o, const X509 *x)
{
    unsigned char *der = NULL;

    if (!put_number(o, CKA_CERTIFICATE_TYPE, CKC_X_509))
        return false;
    if (x == NULL)
        return p11_object_put(o, CKA_VALUE, "no certificate", 14);
    int len = i2d_X509(x, &der);
    return put_der(o, CKA_VALUE, der, len);
}

/* ---- keys ---- */

static bool put_curve(struct p11_object *o, EVP_PKEY *key, bool explicit_curve)
{
    unsigned char *der = NULL;

    if (explicit_curve &&
        EVP_PKEY_set_utf8_string_param(key, OSSL_PKEY_PARAM_EC_ENCODING, OSSL_PKEY_EC_ENCODING_EXPLICIT) != 1)
        return false;
    int len = i2d_KeyParams(key, &der);
    return put_der(o, CKA_EC_PARAMS, der, len);
}

static bool put_point(struct p11_object *o, const EVP_PKEY *key)
{
    uint8_t point[NUMBER_MAX];
    unsigned char *der = NULL;
    size_t len = 0;
    ASN1_OCTET_STRING *octets = ASN1_OCTET_STRING_new();
    int der_len = 0;

    if (octets != NULL &&
        EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point, &len) == 1 &&
        ASN1_OCTET_STRING_set(octets, point, (int)len) == 1)
        der_len = i2d_ASN1_OCTET_STRING(octets, &der);
    ASN1_OCTET_STRING_free(octets);
    return put_der(o, CKA_EC_POINT, der, der_len);
}

static bool key_make(struct p11_object *o, EVP_PKEY *key, bool explicit_curve)
{
    bool rsa;

    if (key == NULL)
        return false;
    rsa = EVP_PKEY_is_a(key, "RSA") == 1;
    if (!put_number(o, CKA_KEY_TYPE, rsa ? CKK_RSA : CKK_EC) ||
        !p11_object_put(o, CKA_SIGN, &(CK_BBOOL){CK_TRUE}, sizeof(CK_BBOOL)))
        return false;
    if (o->class == CKO_PRIVATE_KEY)
        o->key = key;
    if (rsa)
        return put_bn(o, CKA_MODULUS, key, OSSL_PKEY_PARAM_RSA_N) &&
               put_bn(o, CKA_PUBLIC_EXPONENT, key, OSSL_PKEY_PARAM_RSA_E);
    return put_curve(o, key, explicit_curve) && (o->class == CKO_PRIVATE_KEY || put_point(o, key));
}

/* ---- PEM files, read once: decoding a key takes longer than all the rest of a call ---- */

static struct pem {
    char path[1024];
    X509 *cert;
    EVP_PKEY *key;
    struct pem *next;
} * pems;

static struct pem *pem_read(const char *path)
{
    struct pem *p = calloc(1, sizeof *p);
    FILE *f = fopen(path, "re");

    if (p == NULL || f == NULL) {
        if (f != NULL)
            fclose(f);
        free(p);
        return NULL;
    }
    snprintf(p->path, sizeof p->path, "%s", path);
    p->cert = PEM_read_X509(f, NULL, NULL, NULL);
    rewind(f);
    p->key = PEM_read_PrivateKey(f, NULL, NULL, NULL);
    fclose(f);
    p->next = pems;
    return pems = p;
}

static struct pem *pem_of(const char *path)
{
    for (struct pem *p = pems; p != NULL; p = p->next)
        if (strcmp(p->path, path) == 0)
            return p;
    return pem_read(path);
}

bool p11_object_make(struct p11_object *o, CK_OBJECT_CLASS class, const char *path, bool explicit_curve)
{
    struct pem *p = path == NULL ? NULL : pem_of(path);

    o->class = class;
    if ((path != NULL && p == NULL) || !put_number(o, CKA_CLASS, class))
        return false;
    if (class == CKO_CERTIFICATE)
        return cert_make(o, p == NULL ? NULL : p->cert);
    return p != NULL && key_make(o, p->key, explicit_curve);
}

void p11_objects_done(void)
{
    while (pems != NULL) {
        struct pem *p = pems;

        pems = p->next;
        X509_free(p->cert);
        EVP_PKEY_free(p->key);
        free(p);
    }
}

void p11_object_free(struct p11_object **o)
{
    if (*o == NULL)
        return;
    for (size_t i = 0; i < (*o)->n; i++)
        free((*o)->v[i].bytes);
    free(*o);
    *o = NULL;
}
