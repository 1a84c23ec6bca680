/* The short way of a chain beside the long one: where the short one holds the long one does, and whatever is not of the
 * plainest shape it leaves alone. Root, authority and person are made anew for each case, right but for one thing. */
#include "config.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
#include <openssl/conf.h>
#include <openssl/x509v3.h>
#include "fakes/library.h"
#include "fakes/pki.h"
#include "scratch.h"
#include "sign/cert_parts.h"
#include "sign/trust.h"

#define DAY 86400
#define EXTS 6
#define AUTHORITY "critical,keyCertSign,cRLSign"
#define PERSON "critical,digitalSignature,nonRepudiation"

static const int64_t now = 1750000000;
static EVP_PKEY *root_key, *authority_key, *person_key, *other_key;

/* An extension by its short name, and its value in openssl's words. NULL ends the list. */
struct ext {
    const char *name, *value;
};
struct shape {
    const char *name; /* common name */
    struct ext exts[EXTS];
    int64_t from, to;
    EVP_PKEY **key;
    long serial;
    const EVP_MD *(*digest)(void);
};

static const struct shape plain_root = {.name = "Root",
    .exts = {{"basicConstraints", "critical,CA:TRUE"}, {"subjectKeyIdentifier", "hash"}, {"keyUsage", AUTHORITY}},
    .key = &root_key,
    .serial = 1};
static const struct shape plain_authority = {.name = "Authority",
    .exts = {{"basicConstraints", "critical,CA:TRUE"}, {"subjectKeyIdentifier", "hash"},
        {"authorityKeyIdentifier", "keyid"}, {"keyUsage", AUTHORITY}},
    .key = &authority_key,
    .serial = 2};
static const struct shape plain_person = {.name = "Person",
    .exts = {{"basicConstraints", "critical,CA:FALSE"}, {"subjectKeyIdentifier", "hash"},
        {"authorityKeyIdentifier", "keyid"}, {"keyUsage", PERSON}},
    .key = &person_key,
    .serial = 3};

static void add_exts(X509 *x, X509 *issuer, const struct shape *s)
{
    X509V3_CTX ctx;
    CONF *conf = NCONF_new(NULL);
    X509V3_set_ctx(&ctx, issuer, x, NULL, NULL, 0);
    X509V3_set_nconf(&ctx, conf);
    for (size_t i = 0; i < EXTS && s->exts[i].name != NULL; i++) {
        X509_EXTENSION *ext = X509V3_EXT_nconf(conf, &ctx, s->exts[i].name, s->exts[i].value);
        if (ext == NULL)
            fail_msg("%s=%s", s->exts[i].name, s->exts[i].value);
        assert_int_equal(X509_add_ext(x, ext, -1), 1);
        X509_EXTENSION_free(ext);
    }
    NCONF_free(conf);
}

/* Signed with `by`, whatever key the issuer's certificate has. As a reader would have it: decoded from its bytes. */
static X509 *make(const struct shape *s, X509 *issuer, EVP_PKEY *by)
{
    X509 *x = X509_new();
    time_t from = (time_t)(s->from != 0 ? s->from : now - 100 * DAY),
           to = (time_t)(s->to != 0 ? s->to : now + 100 * DAY);
    assert_non_null(x);
    assert_true(X509_set_version(x, X509_VERSION_3) == 1 && X509_set_pubkey(x, *s->key) == 1);
    assert_true(ASN1_INTEGER_set(X509_get_serialNumber(x), s->serial) == 1);
    assert_true(
        X509_time_adj_ex(X509_getm_notBefore(x), 0, 0, &from) && X509_time_adj_ex(X509_getm_notAfter(x), 0, 0, &to));
    assert_true(X509_NAME_add_entry_by_NID(
                    X509_get_subject_name(x), NID_commonName, MBSTRING_UTF8, (const uint8_t *)s->name, -1, -1, 0) == 1);
    assert_true(X509_set_issuer_name(x, X509_get_subject_name(issuer != NULL ? issuer : x)) == 1);
    add_exts(x, issuer != NULL ? issuer : x, s);
    assert_true(X509_sign(x, by, s->digest != NULL ? s->digest() : EVP_sha256()) > 0);
    unsigned char *der = NULL;
    int len = i2d_X509(x, &der);
    const unsigned char *at = der;
    X509_free(x);
    x = d2i_X509(NULL, &at, len);
    assert_non_null(x);
    OPENSSL_free(der);
    return x;
}

/* ---- one case: three certificates, both ways ---- */

struct line {
    X509 *root, *authority, *person;
};

static struct line make_line(const struct shape *root, const struct shape *authority, const struct shape *person)
{
    struct line l;
    l.root = make(root, NULL, *root->key);
    l.authority = make(authority, l.root, *root->key);
    l.person = make(person, l.authority, *authority->key);
    return l;
}

static void line_done(struct line *l)
{
    X509_free(l->root);
    X509_free(l->authority);
    X509_free(l->person);
}

static struct trust *trust_in(const struct line *l)
{
    struct trust *t = NULL;
    pki_write_cert(l->root, scratch_path("ca.pem"), "w");
    pki_write_cert(l->authority, scratch_path("ca.pem"), "a");
    assert_int_equal(trust_load(scratch_path("ca.pem"), &t, NULL), OK);
    return t;
}

/* *ret_read: our own reading took it. */
static bool by_short_way(const struct trust *t, X509 *x, int64_t at, bool *ret_read)
{
    struct cert_parts parts;
    struct cert_facts facts, theirs;
    unsigned char *der = NULL;
    int len = i2d_X509(x, &der);
    assert_true(len > 0);
    struct der_view file = {der, (size_t)len};
    *ret_read = der_is_strict(file) && cert_split(file, &parts) && cert_read_parts(&parts, &facts, NULL) == OK;
    bool holds = *ret_read && trust_holds(t, &parts, &facts, at);
    if (*ret_read)
        assert_true(library_cert(x, &theirs) && library_agrees(&facts, &theirs));
    OPENSSL_free(der);
    return holds;
}

static void expect(const char *what, const struct trust *t, X509 *x, int64_t at, bool holds, enum err_code chain)
{
    bool read;
    bool got = by_short_way(t, x, at, &read);
    enum err_code rc = trust_chain(t, x, NULL, at, NULL);
    if (!read)
        fail_msg("%s: not read", what);
    if (got != holds || rc != chain)
        fail_msg("%s: the short way %s, the long one %s", what, got ? "holds" : "does not", note_of(rc)->slug);
}

static void run(const char *what, const struct shape *root, const struct shape *authority, const struct shape *person,
    bool holds, enum err_code chain)
{
    struct line l = make_line(root, authority, person);
    struct trust *t = trust_in(&l);
    expect(what, t, l.person, now, holds, chain);
    trust_free(&t);
    line_done(&l);
}

static struct shape with(const struct shape *plain, size_t at, const char *name, const char *value)
{
    struct shape s = *plain;
    s.exts[at] = (struct ext){name, value};
    return s;
}

/* ---- cases ---- */

static void test_plain(void **state)
{
    (void)state;
    run("plain", &plain_root, &plain_authority, &plain_person, true, OK);
}

/* Place 0 basic constraints, 1 its own key, 2 the issuer's key, 3 usage, 4 and 5 free. */
static void test_persons(void **state)
{
    (void)state;
    static const struct {
        size_t at;
        const char *name, *value;
        bool holds;
        enum err_code chain;
    } cases[] = {
        {2, "extendedKeyUsage", "clientAuth", true, OK}, /* and no key named */
        {2, "authorityKeyIdentifier", "keyid,issuer:always", false, OK}, {4, "1.2.3.4", "ASN1:NULL", true, OK},
        {4, "1.2.3.4", "critical,ASN1:NULL", false, ERR_REJ_CHAIN},
        {4, "extendedKeyUsage", "critical,emailProtection", true, OK},
        {4, "certificatePolicies", "critical,1.2.3.4", true, OK},
        {4, "subjectAltName", "critical,email:a@example.org", true, OK},
        {4, "subjectAltName", "email:a@example.org,DNS:a.example,URI:http://a.example,IP:127.0.0.1,RID:1.2.3", true,
            OK},
        {4, "crlDistributionPoints", "URI:http://127.0.0.1/a.crl", true, OK},
        {4, "crlDistributionPoints", "critical,URI:http://127.0.0.1/a.crl", false, OK},
        {4, "qcStatements", "critical,DER:3000", false, ERR_REJ_CHAIN},
        {4, "nameConstraints", "permitted;DNS:example.org", false, OK}, {4, "nsCertType", "client", true, OK},
        {4, "policyConstraints", "critical,requireExplicitPolicy:0", false, OK},
        {4, "authorityInfoAccess", "OCSP;URI:http://127.0.0.1/ocsp", true, OK},
        {3, "keyUsage", "critical,encipherOnly", true, OK}, /* what for is not the chain's business */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct shape s = with(&plain_person, cases[i].at, cases[i].name, cases[i].value);
        run(cases[i].value, &plain_root, &plain_authority, &s, cases[i].holds, cases[i].chain);
    }
}

static void test_other_key_named(void **state)
{
    (void)state;
    struct line l = make_line(&plain_root, &plain_authority, &plain_person);
    struct trust *t = trust_in(&l);
    /* The authority's name and signature, another's key identifier. */
    struct shape stranger = plain_authority;
    stranger.key = &other_key;
    X509 *double_ = make(&stranger, l.root, root_key), *person = make(&plain_person, double_, authority_key);
    expect("another key named", t, person, now, false, ERR_REJ_CHAIN);
    X509_free(person);
    /* The authority's name and key identifier, another's signature. */
    person = make(&plain_person, l.authority, other_key);
    expect("another's signature", t, person, now, false, ERR_REJ_CHAIN);
    X509_free(person);
    X509_free(double_);
    trust_free(&t);
    line_done(&l);
}

/* Two authorities of one name: whichever has signed. */
static void test_two_of_a_name(void **state)
{
    (void)state;
    struct shape second = plain_authority, nameless = with(&plain_person, 2, "extendedKeyUsage", "clientAuth");
    second.key = &other_key;
    struct line l = make_line(&plain_root, &plain_authority, &nameless);
    X509 *other = make(&second, l.root, root_key);
    pki_write_cert(l.root, scratch_path("ca.pem"), "w");
    pki_write_cert(l.authority, scratch_path("ca.pem"), "a");
    pki_write_cert(other, scratch_path("ca.pem"), "a");
    struct trust *t = NULL;
    assert_int_equal(trust_load(scratch_path("ca.pem"), &t, NULL), OK);
    EVP_PKEY *const by[] = {authority_key, other_key, person_key};
    for (size_t i = 0; i < 3; i++) {
        bool read;
        X509 *person = make(&nameless, i == 1 ? other : l.authority, by[i]);
        assert_int_equal(by_short_way(t, person, now, &read), i < 2);
        assert_true(read);
        X509_free(person);
    }
    trust_free(&t);
    X509_free(other);
    line_done(&l);
}

static void test_authorities(void **state)
{
    (void)state;
    static const struct {
        size_t at;
        const char *name, *value;
        bool holds;
        enum err_code chain;
    } cases[] = {
        {0, "basicConstraints", "critical,CA:FALSE", false, ERR_REJ_CHAIN},
        {0, "extendedKeyUsage", "clientAuth", false, ERR_REJ_CHAIN},
        {0, "basicConstraints", "critical,CA:TRUE,pathlen:0", true, OK},
        {3, "keyUsage", "critical,cRLSign", false, ERR_REJ_CHAIN},
        {3, "keyUsage", "critical,digitalSignature,keyCertSign", true, OK},
        {3, "extendedKeyUsage", "clientAuth", true, OK}, /* no usage: no limit */
        {4, "nameConstraints", "permitted;email:example.org", false, OK},
        {4, "nameConstraints", "critical,permitted;email:example.org", false, OK},
        {4, "1.2.3.4", "critical,ASN1:NULL", false, ERR_REJ_CHAIN},
        {1, "extendedKeyUsage", "clientAuth", true, OK}, /* no identifier of its key */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct shape s = with(&plain_authority, cases[i].at, cases[i].name, cases[i].value);
        bool unnamed = cases[i].at == 1;
        struct shape person = unnamed ? with(&plain_person, 2, "nsCertType", "client") : plain_person;
        run(cases[i].value, &plain_root, &s, &person, cases[i].holds, cases[i].chain);
    }
}

static void test_roots(void **state)
{
    (void)state;
    static const struct {
        const char *basic;
        bool holds;
        enum err_code chain;
    } cases[] = {
        {"critical,CA:TRUE,pathlen:0", false, ERR_REJ_CHAIN},
        {"critical,CA:TRUE,pathlen:1", true, OK},
        {"critical,CA:FALSE", false, ERR_REJ_CHAIN},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct shape s = with(&plain_root, 0, "basicConstraints", cases[i].basic);
        run(cases[i].basic, &s, &plain_authority, &plain_person, cases[i].holds, cases[i].chain);
    }
    struct shape limited = with(&plain_root, 3, "nameConstraints", "permitted;email:example.org");
    run("limited root", &limited, &plain_authority, &plain_person, false, OK);
}

/* To the second, as the library has it. */
static void test_dates(void **state)
{
    (void)state;
    const struct shape *const plain[] = {&plain_root, &plain_authority, &plain_person};
    for (size_t i = 0; i < 3; i++)
        for (int64_t by = -1; by <= 1; by++)
            for (int end = 0; end < 2; end++) {
                struct shape s[] = {plain_root, plain_authority, plain_person};
                s[i] = *plain[i];
                *(end ? &s[i].to : &s[i].from) = now + by;
                bool in = end ? by > 0 : by <= 0;
                run("dates", &s[0], &s[1], &s[2], in, in ? OK : ERR_REJ_EXPIRED);
            }
}

static void test_keys_and_digests(void **state)
{
    (void)state;
    static const struct {
        enum pki_key kind;
        bool holds;
        enum err_code chain, below;
    } keys[] = {
        {PKI_RSA2048, true, OK, OK},
        {PKI_P384, true, OK, OK},
        {PKI_RSA1024, false, ERR_REJ_WEAK, ERR_REJ_WEAK},
        {PKI_P521, false, OK, OK},
        {PKI_P256_EXPLICIT, false, ERR_REJ_CHAIN, ERR_REJ_CHAIN},
    };
    EVP_PKEY *key;
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        struct shape person = plain_person, authority = plain_authority;
        key = pki_make_key(keys[i].kind);
        person.key = authority.key = &key;
        run("person's key", &plain_root, &plain_authority, &person, keys[i].holds, keys[i].chain);
        run("authority's key", &plain_root, &authority, &plain_person, keys[i].holds, keys[i].below);
        EVP_PKEY_free(key);
    }
    struct shape old = plain_person, old_authority = plain_authority;
    old.digest = old_authority.digest = EVP_sha1;
    run("SHA-1", &plain_root, &plain_authority, &old, false, ERR_REJ_WEAK);
    run("SHA-1 above", &plain_root, &old_authority, &plain_person, false, ERR_REJ_WEAK);
    old.digest = EVP_sha512;
    run("SHA-512", &plain_root, &plain_authority, &old, true, OK);
}

static void test_names_and_numbers(void **state)
{
    (void)state;
    struct shape s = plain_person;
    s.serial = -3;
    run("a negative serial number", &plain_root, &plain_authority, &s, true, OK);
    s = plain_person;
    s.name = "Authority"; /* issued by its own name */
    run("self-issued", &plain_root, &plain_authority, &s, false, OK);
    /* The authority's name in other letters: the same to the library. */
    struct line l = make_line(&plain_root, &plain_authority, &plain_person);
    struct trust *t = trust_in(&l);
    struct shape shouted = plain_authority;
    shouted.name = "AUTHORITY";
    X509 *twin = make(&shouted, l.root, root_key), *person = make(&plain_person, twin, authority_key);
    expect("a name in other letters", t, person, now, false, OK);
    X509_free(person);
    X509_free(twin);
    trust_free(&t);
    line_done(&l);
}

/* An authority alone, without the root it hangs on, is none. */
static void test_no_anchor(void **state)
{
    (void)state;
    struct line l = make_line(&plain_root, &plain_authority, &plain_person);
    struct trust *t = NULL;
    pki_write_cert(l.authority, scratch_path("ca.pem"), "w");
    assert_int_equal(trust_load(scratch_path("ca.pem"), &t, NULL), OK);
    expect("no anchor", t, l.person, now, false, ERR_REJ_CHAIN);
    trust_free(&t);
    /* The root's name and number, another's key: the authority is not signed by it. */
    struct shape other = plain_root;
    other.key = &other_key;
    X509 *false_root = make(&other, NULL, other_key);
    pki_write_cert(false_root, scratch_path("ca.pem"), "w");
    pki_write_cert(l.authority, scratch_path("ca.pem"), "a");
    assert_int_equal(trust_load(scratch_path("ca.pem"), &t, NULL), OK);
    expect("a false root", t, l.person, now, false, ERR_REJ_CHAIN);
    trust_free(&t);
    X509_free(false_root);
    line_done(&l);
}

/* Every bit of a certificate counts: a changed one is never taken by the short way. */
static void test_every_bit(void **state)
{
    (void)state;
    struct line l = make_line(&plain_root, &plain_authority, &plain_person);
    struct trust *t = trust_in(&l);
    unsigned char *der = NULL;
    int made = i2d_X509(l.person, &der);
    assert_true(made > 0);
    size_t len = (size_t)made, read = 0;
    for (size_t bit = 0; bit < 8 * len; bit++) {
        struct cert_parts parts;
        struct cert_facts facts;
        struct der_view file = {der, len};
        der[bit / 8] ^= (uint8_t)(1 << bit % 8);
        if (der_is_strict(file) && cert_split(file, &parts) && cert_read_parts(&parts, &facts, NULL) == OK) {
            read++;
            if (trust_holds(t, &parts, &facts, now))
                fail_msg("bit %zu of byte %zu", bit % 8, bit / 8);
        }
        der[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    assert_true(read > 0);
    OPENSSL_free(der);
    trust_free(&t);
    line_done(&l);
}

static int setup(void **state)
{
    (void)state;
    scratch_open();
    EVP_PKEY **keys[] = {&root_key, &authority_key, &person_key, &other_key};
    for (size_t i = 0; i < 4; i++)
        *keys[i] = pki_make_key(PKI_P256);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    EVP_PKEY *keys[] = {root_key, authority_key, person_key, other_key};
    for (size_t i = 0; i < 4; i++)
        EVP_PKEY_free(keys[i]);
    scratch_close();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain),
        cmocka_unit_test(test_persons),
        cmocka_unit_test(test_other_key_named),
        cmocka_unit_test(test_two_of_a_name),
        cmocka_unit_test(test_authorities),
        cmocka_unit_test(test_roots),
        cmocka_unit_test(test_dates),
        cmocka_unit_test(test_keys_and_digests),
        cmocka_unit_test(test_names_and_numbers),
        cmocka_unit_test(test_no_anchor),
        cmocka_unit_test(test_every_bit),
    };
    return cmocka_run_group_tests_name("issuers", tests, setup, teardown);
}
