/* A certificate taken apart: every form that is not quite right is refused, and what is taken the library takes too and
 * says the same of it. */
#include "config.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include <openssl/objects.h>
#include <openssl/x509v3.h>
#include "fakes/library.h"
#include "fakes/pki.h"
#include "sign/cert_parts.h"

#define TCKN "10000000146"

static struct pki pki;

struct bytes {
    unsigned char *at;
    size_t len;
};

static struct bytes encode(X509 *x)
{
    struct bytes b = {NULL, 0};
    int len = i2d_X509(x, &b.at);
    assert_true(len > 0);
    b.len = (size_t)len;
    return b;
}

static bool read_parts(const uint8_t *der, size_t len, struct cert_parts *parts, struct cert_facts *facts)
{
    struct der_view file = {der, len};
    return der_is_strict(file) && cert_split(file, parts) && cert_read_parts(parts, facts, NULL) == OK;
}

/* Reads it in both ways, which must agree when ours takes it. */
static bool takes_it(const char *what, size_t number, X509 *x)
{
    struct bytes b = encode(x);
    struct cert_parts parts;
    struct cert_facts own, theirs;
    bool read = read_parts(b.at, b.len, &parts, &own);
    const unsigned char *at = b.at;
    X509 *again = d2i_X509(NULL, &at, (long)b.len);
    if (read && (again == NULL || !library_cert(again, &theirs) || !library_agrees(&own, &theirs)))
        fail_msg("%s %zu: the library reads it in another way", what, number);
    X509_free(again);
    OPENSSL_free(b.at);
    return read;
}

static bool takes(X509 *x)
{
    return takes_it("certificate", 0, x);
}

static void sign_again(X509 *x)
{
    assert_true(X509_sign(x, pki.issuer.key, EVP_sha256()) > 0);
}

/* An NES with one extension of these bytes in the place of its own, if it has one. */
static X509 *with_extension(int nid, const uint8_t *value, size_t len, bool critical)
{
    struct pki_identity who = pki_issue(&pki, &(struct pki_spec){.name = "A", .tckn = TCKN});
    int own = X509_get_ext_by_NID(who.cert, nid, -1);
    ASN1_OCTET_STRING *octets = ASN1_OCTET_STRING_new();
    assert_true(octets != NULL && ASN1_OCTET_STRING_set(octets, value, (int)len) == 1);
    X509_EXTENSION *e = X509_EXTENSION_create_by_NID(NULL, nid, critical, octets);
    assert_non_null(e);
    if (own >= 0)
        X509_EXTENSION_free(X509_delete_ext(who.cert, own));
    assert_int_equal(X509_add_ext(who.cert, e, -1), 1);
    sign_again(who.cert);
    X509 *x = X509_dup(who.cert);
    X509_EXTENSION_free(e);
    ASN1_OCTET_STRING_free(octets);
    pki_identity_done(&who);
    return x;
}

static void test_views(void **state)
{
    (void)state;
    struct pki_identity who = pki_issue(&pki, &(struct pki_spec){.name = "A", .tckn = TCKN});
    struct bytes b = encode(who.cert);
    struct cert_parts p;
    struct cert_facts f;
    EVP_PKEY *key = NULL;
    assert_true(cert_split((struct der_view){b.at, b.len}, &p));
    assert_int_equal(p.file.len, b.len);
    assert_false(p.v1 || p.unhandled);
    assert_int_equal(p.extension[CERT_EXT_BASIC].tag, DER_SEQUENCE);
    assert_int_equal(p.extension[CERT_EXT_NETSCAPE].tag, 0);
    assert_int_equal(cert_read_parts(&p, &f, &key), OK);
    assert_int_equal(EVP_PKEY_eq(key, who.key), 1);
    assert_int_equal(p.not_after, f.not_after);
    EVP_PKEY_free(key);
    struct der_item value = {0};
    unsigned n = 9;
    assert_true(cert_name_find(&p.subject, NID_serialNumber, false, &value, &n));
    assert_int_equal(n, 1);
    assert_int_equal(value.body.len, sizeof TCKN - 1);
    assert_false(cert_name_find(&p.subject, NID_title, true, &value, &n));
    assert_int_equal(n, 0);
    OPENSSL_free(b.at);
    pki_identity_done(&who);
}

#define X(nid, hex, good)                                                                                              \
    {                                                                                                                  \
        nid, (const uint8_t *)hex, sizeof hex - 1, good                                                                \
    }
static const struct {
    int nid;
    const uint8_t *value;
    size_t len;
    bool good;
} forms[] = {
    X(NID_basic_constraints, "\x30\x00", true), X(NID_basic_constraints, "\x30\x03\x01\x01\xff", true),
    X(NID_basic_constraints, "\x30\x06\x01\x01\xff\x02\x01\x00", true),
    X(NID_basic_constraints, "\x30\x06\x01\x01\xff\x02\x01\xff", false),
    X(NID_basic_constraints, "\x30\x06\x02\x01\x00\x01\x01\xff", false),
    X(NID_basic_constraints, "\x30\x03\x01\x01\x01", false), X(NID_basic_constraints, "\x30\x02\x05\x00", false),
    X(NID_basic_constraints, "\x31\x00", false), X(NID_basic_constraints, "\x30\x00\x00", false),
    X(NID_basic_constraints, "\x30\x80\x00\x00", false), X(NID_basic_constraints, "", false),
    X(NID_key_usage, "\x03\x02\x06\xc0", true), X(NID_key_usage, "\x03\x03\x07\x00\x80", true),
    X(NID_key_usage, "\x03\x01\x00", false), X(NID_key_usage, "\x03\x02\x00\x00", false),
    X(NID_key_usage, "\x03\x04\x00\x00\x00\x01", false), X(NID_key_usage, "\x03\x02\x06\xc1", false),
    X(NID_key_usage, "\x04\x02\x06\xc0", false), X(NID_ext_key_usage, "\x30\x05\x06\x03\x2a\x03\x04", true),
    X(NID_ext_key_usage, "\x30\x00", false), X(NID_ext_key_usage, "\x30\x02\x05\x00", false),
    X(NID_ext_key_usage, "\x30\x05\x06\x03\x2a\x80\x04", false),
    X(NID_subject_key_identifier, "\x04\x02\x01\x02", true), X(NID_subject_key_identifier, "\x30\x02\x04\x00", false),
    X(NID_authority_key_identifier, "\x30\x00", true), X(NID_authority_key_identifier, "\x30\x03\x80\x01\x07", true),
    X(NID_authority_key_identifier, "\x30\x0b\xa1\x06\x82\x04host\x82\x01\x07", true),
    X(NID_authority_key_identifier, "\x30\x0c\xa1\x06\x82\x04host\x82\x02\x00\x07", false),
    X(NID_authority_key_identifier, "\x30\x02\xa1\x00", false),
    X(NID_authority_key_identifier, "\x30\x03\x83\x01\x07", false),
    X(NID_subject_alt_name, "\x30\x06\x82\x04host", true),
    X(NID_subject_alt_name, "\x30\x09\x88\x03\x2a\x03\x04\x86\x02hi", true),
    X(NID_subject_alt_name, "\x30\x05\x88\x03\x2a\x80\x04", false),
    X(NID_subject_alt_name, "\x30\x0d\xa0\x0b\x06\x03\x2a\x03\x04\xa0\x04\x0c\x02hi", true),
    X(NID_subject_alt_name, "\x30\x09\xa0\x07\x06\x03\x2a\x03\x04\xa0\x00", false),
    X(NID_subject_alt_name, "\x30\x04\xa4\x02\x30\x00", true), X(NID_subject_alt_name, "\x30\x02\xa4\x00", false),
    X(NID_subject_alt_name, "\x30\x02\x05\x00", false),
    X(NID_crl_distribution_points, "\x30\x0c\x30\x0a\xa0\x08\xa0\x06\x86\x04http", true),
    X(NID_crl_distribution_points, "\x30\x02\x30\x00", false),
    X(NID_crl_distribution_points, "\x30\x06\x30\x04\x81\x02\x06\x40", false),
    X(NID_crl_distribution_points, "\x30\x10\x30\x0e\xa0\x08\xa0\x06\x86\x04http\x81\x02\x06\x40", true),
    X(NID_crl_distribution_points, "\x30\x10\x30\x0e\xa0\x08\xa0\x06\x86\x04http\x81\x02\x09\x40", false),
    X(NID_crl_distribution_points, "\x30\x0a\x30\x08\xa2\x06\x82\x04host", true),
    X(NID_crl_distribution_points, "\x30\x04\x30\x02\xa0\x00", false),
    X(NID_name_constraints, "\x30\x0a\xa0\x08\x30\x06\x82\x04host", true),
    X(NID_name_constraints, "\x30\x0d\xa0\x0b\x30\x09\x82\x04host\x80\x01\x00", true),
    X(NID_name_constraints, "\x30\x0a\xa0\x08\x31\x06\x82\x04host", false),
    X(NID_name_constraints, "\x30\x06\xa2\x04\x30\x02\x05\x00", false),
    X(NID_certificate_policies, "\x30\x07\x30\x05\x06\x03\x2a\x03\x04", true),
    X(NID_certificate_policies, "\x30\x00", false),
    X(NID_certificate_policies, "\x30\x09\x30\x07\x06\x03\x2a\x03\x04\x30\x00", false),
    X(NID_certificate_policies, "\x30\x02\x30\x00", false),
    X(NID_certificate_policies,
        "\x30\x1b\x30\x19\x06\x03\x2a\x03\x04\x30\x12\x30\x10\x06\x08\x2b\x06\x01\x05\x05\x07\x02\x01\x16\x04http",
        true),
    X(NID_certificate_policies,
        "\x30\x1b\x30\x19\x06\x03\x2a\x03\x04\x30\x12\x30\x10\x06\x08\x2b\x06\x01\x05\x05\x07\x02\x01\x0c\x04http",
        false),
    X(NID_certificate_policies,
        "\x30\x1d\x30\x1b\x06\x03\x2a\x03\x04\x30\x14\x30\x12\x06\x08\x2b\x06\x01\x05\x05\x07\x02\x02\x30\x06\x0c\x04te"
        "xt",
        true),
    X(NID_certificate_policies,
        "\x30\x1d\x30\x1b\x06\x03\x2a\x03\x04\x30\x14\x30\x12\x06\x08\x2b\x06\x01\x05\x05\x07\x02\x02\x30\x06\x13\x04te"
        "xt",
        false),
    X(NID_certificate_policies,
        "\x30\x22\x30\x20\x06\x03\x2a\x03\x04\x30\x19\x30\x17\x06\x08\x2b\x06\x01\x05\x05\x07\x02\x02\x30\x0b\x30\x09"
        "\x0c\x02us\x30\x03\x02\x01\x01",
        true),
    X(NID_certificate_policies,
        "\x30\x22\x30\x20\x06\x03\x2a\x03\x04\x30\x19\x30\x17\x06\x08\x2b\x06\x01\x05\x05\x07\x02\x02\x30\x0b\x30\x09"
        "\x0c\x02us\x30\x03\x04\x01\x01",
        false),
    X(NID_certificate_policies,
        "\x30\x16\x30\x14\x06\x03\x2a\x03\x04\x30\x0d\x30\x0b\x06\x03\x2a\x03\x05\x1e\x04\0t\0x", true),
    X(NID_certificate_policies, "\x30\x15\x30\x13\x06\x03\x2a\x03\x04\x30\x0c\x30\x0a\x06\x03\x2a\x03\x05\x1e\x03\0t\0",
        false),
    X(NID_netscape_cert_type, "\x03\x02\x00\x07", true), X(NID_netscape_cert_type, "\x04\x02\x00\x07", false),
    X(NID_qcStatements, "\x30\x00", true), X(NID_qcStatements, "\x04\x00", false),
    X(NID_qcStatements, "\x30\x02\x30\x00", false), X(NID_proxyCertInfo, "\x30\x00", false),
    X(NID_sbgp_ipAddrBlock, "\x30\x00", false), X(NID_freshest_crl, "\x30\x00", true), /* nobody reads it */
};
#undef X

static void test_extensions(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        X509 *x = with_extension(forms[i].nid, forms[i].value, forms[i].len, false);
        if (takes_it("form", i, x) != forms[i].good)
            fail_msg("case %zu: %s", i, OBJ_nid2sn(forms[i].nid));
        X509_free(x);
    }
}

static void test_twice(void **state)
{
    (void)state;
    static const int nids[] = {NID_basic_constraints, NID_key_usage, NID_subject_key_identifier, NID_qcStatements};
    for (size_t i = 0; i < sizeof nids / sizeof nids[0]; i++) {
        struct pki_identity who = pki_issue(&pki, &(struct pki_spec){.name = "A", .tckn = TCKN});
        X509_EXTENSION *e = X509_get_ext(who.cert, X509_get_ext_by_NID(who.cert, nids[i], -1));
        assert_int_equal(X509_add_ext(who.cert, e, -1), 1);
        sign_again(who.cert);
        assert_false(takes(who.cert));
        pki_identity_done(&who);
    }
}

static void test_too_many(void **state)
{
    (void)state;
    struct pki_identity who = pki_issue(&pki, &(struct pki_spec){.name = "A", .tckn = TCKN});
    int has = X509_get_ext_count(who.cert);
    for (int i = has; i < 33; i++) {
        char oid[32];
        snprintf(oid, sizeof oid, "1.2.3.%d", i);
        X509_EXTENSION *e = X509V3_EXT_nconf(NULL, NULL, oid, "DER:0500");
        assert_true(e != NULL && X509_add_ext(who.cert, e, -1) == 1);
        X509_EXTENSION_free(e);
        sign_again(who.cert);
        assert_int_equal(takes(who.cert), i < 32);
    }
    pki_identity_done(&who);
}

/* What a name's value may be, and how it is read. */
static void test_strings(void **state)
{
    (void)state;
    static const struct {
        int type;
        const char *value;
        int len;
        const char *owner; /* NULL: refused */
    } cases[] = {
        {V_ASN1_UTF8STRING, "\xc5\x9e", 2, "Ş"},
        {V_ASN1_UTF8STRING, "\xc5", 1, NULL},
        {V_ASN1_UTF8STRING, "\xc0\x80", 2, NULL},
        {V_ASN1_BMPSTRING, "\x01\x5e\0A", 4, "ŞA"},
        {V_ASN1_BMPSTRING, "\x01\x5e\0", 3, NULL},
        {V_ASN1_BMPSTRING, "\xd8\x00", 2, NULL},
        {V_ASN1_UNIVERSALSTRING, "\0\0\x01\x5e", 4, "Ş"},
        {V_ASN1_UNIVERSALSTRING, "\0\x11\0\0", 4, NULL},
        {V_ASN1_T61STRING, "\xdc", 1, "Ü"},
        {V_ASN1_IA5STRING, "A\xdc", 2, "AÜ"},
        {V_ASN1_PRINTABLESTRING, "A B", 3, "A B"},
        {V_ASN1_NUMERICSTRING, "12", 2, "12"},
        {V_ASN1_UTF8STRING, "\033[2J", 4, "?[2J"},
        {V_ASN1_UTF8STRING, "", 0, ""},
        {V_ASN1_VISIBLESTRING, "A", 1, NULL},
        {V_ASN1_OCTET_STRING, "A", 1, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct pki_identity who = pki_issue(&pki, &(struct pki_spec){.name = "A", .tckn = TCKN});
        X509_NAME *name = X509_NAME_dup(X509_get_subject_name(who.cert));
        ASN1_STRING *value = ASN1_STRING_type_new(cases[i].type);
        assert_true(ASN1_STRING_set(value, cases[i].value, cases[i].len) == 1);
        X509_NAME_ENTRY *entry = X509_NAME_ENTRY_new();
        assert_true(X509_NAME_ENTRY_set_object(entry, OBJ_nid2obj(NID_commonName)) == 1);
        ASN1_STRING *own = X509_NAME_ENTRY_get_data(entry);
        assert_int_equal(ASN1_STRING_copy(own, value), 1);
        bool encodes = X509_NAME_add_entry(name, entry, -1, 0) == 1 && X509_set_subject_name(who.cert, name) == 1;
        if (encodes) {
            sign_again(who.cert);
            struct bytes b = encode(who.cert);
            struct cert_parts parts;
            struct cert_facts f;
            bool read = takes(who.cert);
            if (read != (cases[i].owner != NULL))
                fail_msg("case %zu", i);
            if (read) {
                assert_true(read_parts(b.at, b.len, &parts, &f));
                assert_string_equal(f.owner, cases[i].owner);
            }
            OPENSSL_free(b.at);
        } else {
            assert_null(cases[i].owner); /* the library would not even write it */
        }
        X509_NAME_ENTRY_free(entry);
        ASN1_STRING_free(value);
        X509_NAME_free(name);
        pki_identity_done(&who);
    }
}

/* Not a byte may be missing or more; nothing beside the file is looked at. */
static void test_cut(void **state)
{
    (void)state;
    struct pki_identity who = pki_issue(&pki, &(struct pki_spec){.name = "A", .tckn = TCKN});
    struct bytes b = encode(who.cert);
    struct cert_parts p;
    for (size_t len = 0; len < b.len; len++) {
        uint8_t *exact = malloc(len + 1);
        assert_non_null(exact);
        memcpy(exact, b.at, len);
        assert_false(cert_split((struct der_view){exact, len}, &p));
        free(exact);
    }
    OPENSSL_free(b.at);
    pki_identity_done(&who);
}

/* All that the authority of the tests can make: both readings take the same. */
static void test_both_take_all(void **state)
{
    (void)state;
    static const enum pki_key keys[] = {PKI_P256, PKI_P384, PKI_RSA2048, PKI_RSA1024, PKI_P521, PKI_P256_EXPLICIT};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        struct pki_identity who = pki_issue(&pki, &(struct pki_spec){.name = "A", .tckn = TCKN, .key = keys[i]});
        assert_true(takes(who.cert));
        pki_identity_done(&who);
    }
    for (unsigned flaw = PKI_NO_ETSI; flaw <= PKI_TO_CHECK; flaw <<= 1) {
        struct cert_facts theirs;
        struct pki_identity who = pki_issue(&pki, &(struct pki_spec){.name = "A", .tckn = TCKN, .flaws = flaw});
        assert_int_equal(takes(who.cert), library_cert(who.cert, &theirs));
        pki_identity_done(&who);
    }
    assert_true(takes(pki.root.cert) && takes(pki.issuer.cert));
}

static int setup(void **state)
{
    (void)state;
    pki_init(&pki);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    pki_done(&pki);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_views),
        cmocka_unit_test(test_extensions),
        cmocka_unit_test(test_twice),
        cmocka_unit_test(test_too_many),
        cmocka_unit_test(test_strings),
        cmocka_unit_test(test_cut),
        cmocka_unit_test(test_both_take_all),
    };
    return cmocka_run_group_tests_name("cert_parts", tests, setup, teardown);
}
