#include "config.h"

#include "tls_pair.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

static void need(int ok, const char *what)
{
    if (ok)
        return;
    fprintf(stderr, "tls_pair: %s\n", what);
    abort();
}

static void add(X509 *x, int nid, const char *value)
{
    X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, NULL, nid, value);
    need(e && X509_add_ext(x, e, -1), value);
    X509_EXTENSION_free(e);
}

void tls_pair_make(struct tls_pair *pair, const char *dir)
{
    tls_pair_make_of(pair, dir, "EC");
}

void tls_pair_make_of(struct tls_pair *pair, const char *dir, const char *algorithm)
{
    snprintf(pair->cert, sizeof pair->cert, "%s/tls.crt", dir);
    snprintf(pair->key, sizeof pair->key, "%s/tls.key", dir);
    EVP_PKEY *key = strcmp(algorithm, "RSA") == 0 ? EVP_RSA_gen(2048) : EVP_EC_gen("P-256");
    X509 *x = X509_new();
    need(key && x, "memory");
    X509_set_version(x, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(x), 7);
    X509_gmtime_adj(X509_getm_notBefore(x), -60);
    X509_gmtime_adj(X509_getm_notAfter(x), 86400);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_UTF8, (const unsigned char *)"TEST", -1, -1, 0);
    X509_set_issuer_name(x, X509_get_subject_name(x));
    X509_set_pubkey(x, key);
    add(x, NID_basic_constraints, "critical,CA:TRUE");
    add(x, NID_subject_alt_name, "IP:127.0.0.1");
    need(X509_sign(x, key, EVP_sha256()) > 0, "sign");
    FILE *f = fopen(pair->cert, "w");
    need(f && PEM_write_X509(f, x) && fclose(f) == 0, pair->cert);
    f = fopen(pair->key, "w");
    need(f && PEM_write_PrivateKey(f, key, NULL, NULL, 0, NULL, NULL) && fclose(f) == 0, pair->key);
    X509_free(x);
    EVP_PKEY_free(key);
}
