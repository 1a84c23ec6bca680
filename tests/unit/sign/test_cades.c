/* CAdES B-B: built as with a token, verified by ourselves and by the openssl command; then every way of being wrong. */
#include "config.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <spawn.h>
#include <sys/wait.h>
#include <cmocka.h>
#include <openssl/objects.h>
#include "fakes/pki.h"
#include "forge.h"
#include "scratch.h"
#include "sign/cades.h"

#define TCKN "10000000146"

extern char **environ;

static const char text[] = "Kamu SM sistemleri: TEST metni, çğıİöşü.\nKABUL EDİYORUM.\n";
static struct pki pki, stranger;
static struct trust *trust;
static struct pki_identity p256, p384, rsa, other, twin;
static STACK_OF(X509) *chain;
static struct consent_claim claim;

static struct pki_identity person(enum pki_key key, unsigned flaws)
{
    return pki_issue(&pki, &(struct pki_spec){.name = "İPEK IŞIK", .tckn = TCKN, .key = key, .flaws = flaws});
}

static int setup(void **state)
{
    (void)state;
    scratch_open();
    pki_init(&pki);
    pki_init(&stranger);
    pki_write_ca(&pki, scratch_path("ca.pem"));
    p256 = person(PKI_P256, 0);
    p384 = person(PKI_P384, 0);
    rsa = person(PKI_RSA2048, 0);
    other = pki_issue(&pki, &(struct pki_spec){.name = "DENİZ ÖZ", .tckn = "12345678950"});
    twin = pki_issue(&pki, &(struct pki_spec){.name = "İPEK IŞIK", .tckn = TCKN, .twin = &p256});
    chain = pki_chain(&pki);
    claim = (struct consent_claim){"test-service", "K7QM3XPD9R4T", pki.now - 100, pki.now - 60, (const uint8_t *)text,
        sizeof text - 1, PROFILE_BASELINE};
    return trust_load(scratch_path("ca.pem"), &trust, NULL) == OK ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    sk_X509_pop_free(chain, X509_free);
    struct pki_identity *all[] = {&p256, &p384, &rsa, &other, &twin};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        pki_identity_done(all[i]);
    trust_free(&trust);
    pki_done(&pki);
    pki_done(&stranger);
    scratch_close();
    return 0;
}

static void build(const struct pki_identity *who, STACK_OF(X509) *with, struct buf *ret)
{
    struct cades *c = NULL;
    struct err err = {OK, ""};
    const uint8_t *to_sign;
    size_t len;
    uint8_t signature[PKI_SIGNATURE_MAX];
    assert_int_equal(cades_begin(&claim, who->cert, with, &c, &err), OK);
    cades_to_sign(c, &to_sign, &len);
    size_t n = pki_sign(who, to_sign, len, signature);
    if (cades_finish(c, signature, n, ret, &err) != OK)
        fail_msg("cades_finish: %s", err.detail);
    cades_free(&c);
    assert_null(c);
}

/* Reads and checks as the service does: everything is wanted. */
static enum err_code judge(const struct buf *der, const struct consent_claim *want, struct err *err)
{
    struct cades_facts f;
    enum err_code rc = cades_read(der->data, der->len, &f, err);
    if (rc != OK)
        return rc;
    struct consent_claim arrived = *want;
    arrived.signing_time = pki.now;
    rc = cades_check(&f, &arrived, TCKN, trust, pki.now, err);
    cades_facts_done(&f);
    return rc;
}

static void expect(const struct buf *der, const struct consent_claim *want, enum err_code code, const char *detail)
{
    struct err err = {OK, ""};
    enum err_code rc = judge(der, want, &err);
    if (rc != code)
        fail_msg("%s: got %s (%s) instead of %s", detail, note_of(rc)->slug, err.detail, note_of(code)->slug);
    if (code != OK && strstr(err.detail, detail) == NULL)
        fail_msg("%s: the detail says: %s", detail, err.detail);
}

static void run_openssl(const char *file)
{
    char *const argv[] = {(char[]){"openssl"}, (char[]){"cms"}, (char[]){"-verify"}, (char[]){"-cades"},
        (char[]){"-inform"}, (char[]){"DER"}, (char[]){"-in"}, strdup(scratch_path(file)), (char[]){"-CAfile"},
        strdup(scratch_path("ca.pem")), (char[]){"-out"}, strdup(scratch_path("content")), NULL};
    pid_t pid;
    int status = -1;
    posix_spawn_file_actions_t quiet;
    assert_int_equal(posix_spawn_file_actions_init(&quiet), 0);
    assert_int_equal(
        posix_spawn_file_actions_addopen(&quiet, 2, scratch_path("stderr"), 0x241 /* create, truncate */, 0600), 0);
    assert_int_equal(posix_spawnp(&pid, "openssl", &quiet, NULL, argv, environ), 0);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    posix_spawn_file_actions_destroy(&quiet);
    free(argv[7]);
    free(argv[9]);
    free(argv[11]);
    struct buf said = BUF_INIT(65536);
    assert_int_equal(buf_read_file(&said, scratch_path("stderr"), NULL), OK);
    if (status != 0 || strstr((char *)said.data, "CAdES Verification successful") == NULL)
        fail_msg("openssl cms -verify -cades: %s", (char *)said.data);
    buf_done(&said);
}

static void test_good(void **state)
{
    (void)state;
    const struct pki_identity *const all[] = {&rsa, &p256, &p384};
    static const int digests[] = {NID_sha256, NID_sha256, NID_sha384};
    static const char *const algorithms[] = {"RSA 2048, SHA-256", "ECDSA P-256, SHA-256", "ECDSA P-384, SHA-384"};
    char algorithm[CADES_ALGORITHM_MAX];
    for (size_t i = 0; i < 3; i++) {
        struct buf der = BUF_INIT(CADES_MAX), content = BUF_INIT(65536);
        struct cades_facts f;
        build(all[i], chain, &der);
        expect(&der, &claim, OK, "good");
        assert_int_equal(cades_read(der.data, der.len, &f, NULL), OK);
        assert_int_equal(f.digest, digests[i]);
        assert_int_equal(f.signing_time, claim.signing_time);
        assert_int_equal(f.cert_count, 2);
        cades_algorithm(&f, algorithm);
        assert_string_equal(algorithm, algorithms[i]);
        assert_string_equal(f.cert.owner, "İPEK IŞIK");
        cades_facts_done(&f);
        scratch_write("consent.p7s", der.data, der.len);
        run_openssl("consent.p7s");
        assert_int_equal(buf_read_file(&content, scratch_path("content"), NULL), OK);
        assert_int_equal(content.len, sizeof text - 1);
        assert_memory_equal(content.data, text, content.len);
        buf_done(&content);
        buf_done(&der);
    }
}

/* The forger's unflawed signature is taken: what it makes is refused for its flaw alone. */
static void forged(enum forge_flaw flaw, const struct pki_identity *who, const struct pki_identity *second, int digest,
    struct buf *ret)
{
    *ret = BUF_INIT(65536);
    forge_make(&(struct forge){&claim, who, second, chain, digest, flaw}, ret);
}

static void test_forged(void **state)
{
    (void)state;
    static const struct {
        enum forge_flaw flaw;
        enum err_code code;
        const char *detail;
    } cases[] = {
        {FORGE_NONE, OK, "none"},
        {FORGE_NO_CONTENT_TYPE, ERR_REJ_FORM, "missing"},
        {FORGE_NO_DIGEST, ERR_REJ_FORM, "missing"},
        {FORGE_NO_TIME, ERR_REJ_FORM, "missing"},
        {FORGE_NO_ESS, ERR_REJ_FORM, "missing"},
        {FORGE_NO_CONTENT_ID, ERR_REJ_FORM, "missing"},
        {FORGE_OTHER_CONTENT_TYPE, ERR_REJ_FORM, "content-type"},
        {FORGE_WRONG_DIGEST, ERR_REJ_SIG, "message-digest"},
        {FORGE_GENERALIZED_TIME, ERR_REJ_FORM, "no time"},
        {FORGE_NO_DAY, ERR_REJ_FORM, "no time"},
        {FORGE_SHORT_CONTENT_ID, ERR_REJ_FORM, "content-identifier"},
        {FORGE_ESS_V1, ERR_REJ_FORM, "does not belong"},
        {FORGE_ESS_SHA1, ERR_REJ_FORM, "another digest"},
        {FORGE_ESS_OTHER_CERT, ERR_REJ_FORM, "another certificate"},
        {FORGE_ESS_OTHER_ISSUER, ERR_REJ_FORM, "another certificate"},
        {FORGE_ESS_DEFAULT_WRITTEN, ERR_REJ_FORM, "another digest"},
        {FORGE_ESS_TWO, ERR_REJ_FORM, "one certificate"},
        {FORGE_ATTRIBUTE_TWICE, ERR_REJ_FORM, "twice"},
        {FORGE_TWO_VALUES, ERR_REJ_FORM, "one value"},
        {FORGE_NO_VALUE, ERR_REJ_FORM, "one value"},
        {FORGE_FOREIGN_ATTRIBUTE, ERR_REJ_FORM, "does not belong"},
        {FORGE_UNSORTED_ATTRIBUTES, ERR_REJ_FORM, "not in order"},
        {FORGE_NO_SIGNED_ATTRIBUTES, ERR_REJ_FORM, "no signed attributes"},
        {FORGE_UNSIGNED_ATTRIBUTE, ERR_REJ_FORM, "unsigned attributes"},
        {FORGE_TWO_SIGNERS, ERR_REJ_FORM, "one signer"},
        {FORGE_NO_SIGNER, ERR_REJ_FORM, "one signer"},
        {FORGE_SIGNER_BY_KEY, ERR_REJ_FORM, "issuer and serial"},
        {FORGE_SIGNER_VERSION_3, ERR_REJ_FORM, "issuer and serial"},
        {FORGE_OTHER_KEY, ERR_REJ_SIG, "signature"},
        {FORGE_DIGESTS_DISAGREE, ERR_REJ_FORM, "do not agree"},
        {FORGE_TWO_DIGESTS, ERR_REJ_FORM, "do not agree"},
        {FORGE_UNKNOWN_DIGEST, ERR_REJ_FORM, "unknown"},
        {FORGE_OTHER_SIGNATURE_ALG, ERR_REJ_FORM, "do not agree"},
        {FORGE_DETACHED, ERR_REJ_FORM, "not in the file"},
        {FORGE_CONTENT_NOT_DATA, ERR_REJ_FORM, "plain data"},
        {FORGE_EMPTY_TEXT, ERR_REJ_FORM, "impossible length"},
        {FORGE_NO_CERTS, ERR_REJ_FORM, "no certificates"},
        {FORGE_TWIN, ERR_REJ_FORM, "two certificates claim"},
        {FORGE_SWAPPED, ERR_REJ_SIG, "signature"},
        {FORGE_CERT_TWICE, ERR_REJ_FORM, "twice"},
        {FORGE_CERTS_UNSORTED, ERR_REJ_FORM, "not in order"},
        {FORGE_BROKEN_CERT, ERR_REJ_FORM, "cannot be read"},
        {FORGE_TOO_MANY_CERTS, ERR_REJ_FORM, "too many"},
        {FORGE_CRLS, ERR_REJ_FORM, "more in it"},
        {FORGE_VERSION_5, ERR_REJ_FORM, "version 1"},
        {FORGE_NOT_SIGNED_DATA, ERR_REJ_FORM, "not a CMS"},
        {FORGE_NO_SIGNATURE, ERR_REJ_FORM, "no signature value"},
        {FORGE_SHORT_DIGEST, ERR_REJ_FORM, "wrong length"},
        {FORGE_DIGEST_IN_A_STRING, ERR_REJ_FORM, "wrong length"},
        {FORGE_MORE_FILE, ERR_REJ_FORM, "not a CMS"},
        {FORGE_MORE_EXPLICIT, ERR_REJ_FORM, "not a CMS"},
        {FORGE_MORE_SIGNED_DATA, ERR_REJ_FORM, "more in it"},
        {FORGE_MORE_CONTENT, ERR_REJ_FORM, "not in the file"},
        {FORGE_MORE_OCTETS, ERR_REJ_FORM, "not in the file"},
        {FORGE_MORE_SID, ERR_REJ_FORM, "issuer and serial"},
        {FORGE_MORE_SIGNER, ERR_REJ_FORM, "unsigned attributes"},
        {FORGE_MORE_ATTRIBUTE, ERR_REJ_FORM, "cannot be read"},
        {FORGE_MORE_ESS, ERR_REJ_FORM, "one certificate"},
        {FORGE_MORE_ESS_ID, ERR_REJ_FORM, "another certificate"},
        {FORGE_MORE_NAMES, ERR_REJ_FORM, "another certificate"},
    };
    assert_int_equal(sizeof cases / sizeof cases[0], FORGE_FLAWS);
    for (size_t i = 0; i < FORGE_FLAWS; i++) {
        struct buf der;
        assert_int_equal(cases[i].flaw, i); /* none is left out */
        forged(cases[i].flaw, &p256, &twin, NID_sha256, &der);
        expect(&der, &claim, cases[i].code, cases[i].detail);
        buf_done(&der);
    }
}

/* A certificate of the forger's own, its serial number the person's and its issuer the same name to a comparison that
 * heeds neither case nor blanks nor the kind of string, as OpenSSL's does. */
static X509 *make_near_twin(const char *issuer, int kind, EVP_PKEY *key)
{
    X509 *x = X509_new();
    X509_NAME *name = X509_NAME_new();
    assert_true(X509_NAME_add_entry_by_NID(name, NID_countryName, MBSTRING_ASC, (const uint8_t *)"TR", -1, -1, 0) == 1);
    assert_true(X509_NAME_add_entry_by_NID(name, NID_commonName, kind, (const uint8_t *)issuer, -1, -1, 0) == 1);
    assert_int_equal(X509_NAME_cmp(name, X509_get_issuer_name(p256.cert)), 0);
    assert_true(X509_set_version(x, X509_VERSION_3) == 1 && X509_set_issuer_name(x, name) == 1);
    assert_true(X509_set_serialNumber(x, X509_get_serialNumber(p256.cert)) == 1 && X509_set_subject_name(x, name) == 1);
    assert_non_null(X509_gmtime_adj(X509_getm_notBefore(x), 0));
    assert_non_null(X509_gmtime_adj(X509_getm_notAfter(x), 86400));
    assert_true(X509_set_pubkey(x, key) == 1 && X509_sign(x, key, EVP_sha256()) > 0);
    X509_NAME_free(name);
    return x;
}

static void test_near_twins(void **state)
{
    (void)state;
    static const struct {
        const char *issuer;
        int kind;
    } names[] = {
        {"test nes hizmeti", V_ASN1_UTF8STRING},
        {"TEST  NES Hizmeti", V_ASN1_UTF8STRING},
        {" TEST NES Hizmeti ", V_ASN1_UTF8STRING},
        {"TEST NES Hizmeti", V_ASN1_PRINTABLESTRING},
    };
    EVP_PKEY *key = pki_make_key(PKI_P256);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct pki_identity forger = {make_near_twin(names[i].issuer, names[i].kind, key), key};
        STACK_OF(X509) *both = X509_chain_up_ref(chain);
        struct buf der = BUF_INIT(CADES_MAX), good = BUF_INIT(CADES_MAX);
        assert_true(X509_add_cert(both, forger.cert, X509_ADD_FLAG_UP_REF) == 1);
        forge_make(&(struct forge){&claim, &p256, &forger, both, NID_sha256, FORGE_OTHER_KEY}, &der);
        expect(&der, &claim, ERR_REJ_SIG, "signature");
        build(&p256, both, &good); /* it harms nobody who signed */
        expect(&good, &claim, OK, "good");
        buf_done(&der);
        buf_done(&good);
        sk_X509_pop_free(both, X509_free);
        X509_free(forger.cert);
    }
    EVP_PKEY_free(key);
}

/* Certificates the library makes while a file is read: each is held by the test from its birth on, so that one
 * reference given back too often is seen here and harms nobody. */
static struct {
    X509 *cert[32];
    unsigned born[32], died[32];
    size_t count;
    bool on;
} births;

static size_t birth_of(void *cert)
{
    size_t i = 0;
    while (i < births.count && births.cert[i] != cert)
        i++;
    return i;
}

static void on_birth(void *parent, void *ptr, CRYPTO_EX_DATA *ad, int idx, long argl, void *argp)
{
    (void)ptr, (void)ad, (void)idx, (void)argl, (void)argp;
    size_t i = birth_of(parent);
    if (!births.on || i == sizeof births.cert / sizeof births.cert[0])
        return;
    if (i == births.count) {
        births.cert[births.count++] = parent;
        X509_up_ref(parent);
    }
    births.born[i]++;
}

/* Reading clears a new certificate once before it fills it, which counts as a death and another birth. */
static void on_death(void *parent, void *ptr, CRYPTO_EX_DATA *ad, int idx, long argl, void *argp)
{
    (void)ptr, (void)ad, (void)idx, (void)argl, (void)argp;
    size_t i = birth_of(parent);
    if (i < births.count)
        births.died[i]++;
}

static void decode_both_ways(const struct cades_facts *f)
{
    X509 *signer = NULL;
    STACK_OF(X509) *certs = NULL, *path = NULL;
    assert_int_equal(cades_decode(f, &signer, &certs), OK);
    uint8_t ref[32];
    unsigned len = sizeof ref;
    assert_true(X509_digest(signer, EVP_sha256(), ref, &len) == 1);
    assert_memory_equal(ref, f->cert.ref, sizeof ref);
    assert_int_equal(sk_X509_num(certs), f->cert_count);
    X509_free(signer);
    sk_X509_pop_free(certs, X509_free);
    assert_int_equal(cades_chain(f, trust, pki.now, &path), OK);
    assert_int_equal(sk_X509_num(path), 3);
    sk_X509_pop_free(path, X509_free);
}

static void test_references(void **state)
{
    (void)state;
    struct buf der = BUF_INIT(CADES_MAX);
    struct cades_facts f;
    static int index = -1;
    index = index >= 0 ? index : X509_get_ex_new_index(0, NULL, on_birth, NULL, on_death);
    assert_true(index >= 0);
    for (int flaw = FORGE_NONE; flaw < FORGE_FLAWS; flaw++) {
        forged((enum forge_flaw)flaw, &p256, &twin, NID_sha256, &der);
        memset(&births, 0, sizeof births);
        births.on = true;
        if (cades_read(der.data, der.len, &f, NULL) == OK) {
            decode_both_ways(&f);
            cades_facts_done(&f);
        }
        births.on = false;
        for (size_t i = 0; i < births.count; i++)
            if (births.born[i] != births.died[i] + 1)
                fail_msg("flaw %d: certificate %zu was freed once too often", flaw, i);
        for (size_t i = 0; i < births.count; i++)
            X509_free(births.cert[i]);
        for (size_t i = 0; i < births.count; i++)
            if (births.born[i] != births.died[i])
                fail_msg("flaw %d: certificate %zu was kept", flaw, i);
        if (flaw == FORGE_NONE)
            assert_true(births.count >= 2);
        buf_done(&der);
    }
}

static void test_digests(void **state)
{
    (void)state;
    const struct {
        const struct pki_identity *who;
        int digest;
        enum err_code code;
        const char *detail;
    } cases[] = {
        {&p256, NID_sha1, ERR_REJ_WEAK, "strength"},
        {&rsa, NID_sha1, ERR_REJ_WEAK, "strength"},
        {&rsa, NID_sha512, ERR_REJ_FORM, "algorithm"},
        {&p384, NID_sha256, ERR_REJ_FORM, "algorithm"},
        {&p384, NID_sha384, OK, ""},
        {&rsa, NID_sha256, OK, ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct buf der;
        forged(FORGE_NONE, cases[i].who, NULL, cases[i].digest, &der);
        expect(&der, &claim, cases[i].code, cases[i].detail);
        buf_done(&der);
    }
}

static void test_certificates(void **state)
{
    (void)state;
    static const struct {
        enum pki_key key;
        unsigned flaws;
        enum err_code code;
        const char *detail;
    } cases[] = {
        {PKI_P256, PKI_EXPIRED, ERR_REJ_EXPIRED, "validity"},
        {PKI_P256, PKI_NOT_YET, ERR_REJ_EXPIRED, "validity"},
        {PKI_P256, PKI_NO_ETSI, ERR_REJ_NES, "nes: no-qc"},
        {PKI_P256, PKI_NO_BTK, ERR_REJ_NES, "nes: no-qc"},
        {PKI_P256, PKI_NO_NOTICE, ERR_REJ_NES, "nes: no-notice"},
        {PKI_P256, PKI_EMPTY_NOTICE, ERR_REJ_NES, "nes: no-notice"},
        {PKI_P256, PKI_WRONG_USAGE, ERR_REJ_NES, "nes: wrong-usage"},
        {PKI_P256, PKI_ENCRYPTION, ERR_REJ_NES, "nes: encryption"},
        {PKI_P256, PKI_SEAL, ERR_REJ_NES, "nes: seal"},
        {PKI_P256, PKI_SEAL_2, ERR_REJ_NES, "nes: seal"},
        {PKI_P256, PKI_MALI_MUHUR, ERR_REJ_NES, "nes: mali-muhur"},
        {PKI_P256, PKI_CA, ERR_REJ_NES, "nes: ca"},
        {PKI_P256, PKI_NO_TCKN, ERR_REJ_PERSON, "person"},
        {PKI_P256, PKI_TWO_TCKN, ERR_REJ_PERSON, "person"},
        {PKI_P256, PKI_SHA1, ERR_REJ_WEAK, "strength"},
        {PKI_RSA1024, 0, ERR_REJ_WEAK, "strength"},
        {PKI_P256_EXPLICIT, 0, ERR_REJ_WEAK, "strength"},
        {PKI_P256, PKI_BROKEN_QC, ERR_REJ_FORM, "cannot be read"},
        {PKI_P256, PKI_NES_2, OK, ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct buf der;
        struct pki_identity who = person(cases[i].key, cases[i].flaws);
        forged(FORGE_NONE, &who, NULL, NID_sha256, &der);
        expect(&der, &claim, cases[i].code, cases[i].detail);
        buf_done(&der);
        pki_identity_done(&who);
    }
}

static void test_other_person(void **state)
{
    (void)state;
    struct buf der;
    forged(FORGE_NONE, &other, NULL, NID_sha256, &der);
    expect(&der, &claim, ERR_REJ_PERSON, "person");
    buf_done(&der);
}

static void test_other_authority(void **state)
{
    (void)state;
    struct buf der = BUF_INIT(65536);
    struct pki_identity who = pki_issue(&stranger, &(struct pki_spec){.name = "İPEK IŞIK", .tckn = TCKN});
    STACK_OF(X509) *with = pki_chain(&stranger);
    forge_make(&(struct forge){&claim, &who, NULL, with, NID_sha256, FORGE_NONE}, &der);
    expect(&der, &claim, ERR_REJ_CHAIN, "chain");
    sk_X509_pop_free(with, X509_free);
    pki_identity_done(&who);
    buf_done(&der);
}

/* The signer's certificate is strong, the authority's key is not. */
static void test_weak_authority(void **state)
{
    (void)state;
    struct buf der = BUF_INIT(65536);
    struct pki weak = pki;
    weak.issuer = pki.root;
    weak.issuer = pki_issue(&weak, &(struct pki_spec){.name = "TEST RSA-1024", .key = PKI_RSA1024, .flaws = PKI_CA});
    struct pki_identity who = pki_issue(&weak, &(struct pki_spec){.name = "İPEK IŞIK", .tckn = TCKN});
    STACK_OF(X509) *with = pki_chain(&weak);
    forge_make(&(struct forge){&claim, &who, NULL, with, NID_sha256, FORGE_NONE}, &der);
    expect(&der, &claim, ERR_REJ_WEAK, "chain-strength");
    sk_X509_pop_free(with, X509_free);
    pki_identity_done(&who);
    pki_identity_done(&weak.issuer);
    buf_done(&der);
}

static void test_claim(void **state)
{
    (void)state;
    struct buf der = BUF_INIT(CADES_MAX);
    build(&p256, chain, &der);
    static const char changed[] = "Kamu SM sistemleri: TEST metni, çğıİöşü.\nKABUL ETMİYORUM.\n";
    struct consent_claim want = claim;
    want.text = (const uint8_t *)changed;
    want.text_len = sizeof changed - 1;
    expect(&der, &want, ERR_REJ_TEXT, "text");
    want = claim;
    want.text_len--;
    expect(&der, &want, ERR_REJ_TEXT, "text");
    want = claim;
    want.code = "K7QM3XPD9R4U";
    expect(&der, &want, ERR_REJ_BOUND, "content-identifier");
    want = claim;
    want.service = "another-service";
    expect(&der, &want, ERR_REJ_BOUND, "content-identifier");
    want = claim;
    want.created++;
    expect(&der, &want, ERR_REJ_BOUND, "content-identifier");
    buf_done(&der);
}

static enum err_code time_rule(int64_t created, int64_t signing_time, int64_t arrival)
{
    struct consent_claim own = claim, arrived = claim;
    struct buf der = BUF_INIT(65536);
    struct cades_facts f;
    own.created = arrived.created = created;
    own.signing_time = signing_time;
    arrived.signing_time = arrival;
    forge_make(&(struct forge){&own, &p256, NULL, chain, NID_sha256, FORGE_NONE}, &der);
    assert_int_equal(cades_read(der.data, der.len, &f, NULL), OK);
    enum err_code rc = cades_check(&f, &arrived, TCKN, trust, arrival, NULL);
    cades_facts_done(&f);
    buf_done(&der);
    return rc;
}

static void test_signing_time(void **state)
{
    (void)state;
    int64_t created = pki.now - 100, arrival = pki.now;
    assert_int_equal(time_rule(created, created, arrival), OK);
    assert_int_equal(time_rule(created, created - CONSENT_SKEW_S, arrival), OK);
    assert_int_equal(time_rule(created, created - CONSENT_SKEW_S - 1, arrival), ERR_REJ_BOUND);
    assert_int_equal(time_rule(created, arrival, arrival), OK);
    assert_int_equal(time_rule(created, arrival + CONSENT_SKEW_S, arrival), OK);
    assert_int_equal(time_rule(created, arrival + CONSENT_SKEW_S + 1, arrival), ERR_REJ_BOUND);
}

static void test_nothing_wanted(void **state)
{
    (void)state;
    struct buf der;
    struct cades_facts f;
    forged(FORGE_NONE, &other, NULL, NID_sha256, &der);
    assert_int_equal(cades_read(der.data, der.len, &f, NULL), OK);
    assert_int_equal(cades_check(&f, NULL, NULL, trust, f.signing_time, NULL), OK);
    assert_int_equal(cades_check_itself(&f, NULL), OK);
    cades_facts_done(&f);
    buf_done(&der);
}

/* Forms that are BER at best. */
static void test_not_der(void **state)
{
    (void)state;
    struct buf der = BUF_INIT(CADES_MAX), bad = BUF_INIT(CADES_MAX + 8);
    struct err err;
    struct cades_facts f;
    build(&p256, chain, &der);
    /* trailing byte */
    assert_int_equal(buf_add(&bad, der.data, der.len), OK);
    assert_int_equal(buf_add(&bad, "\0", 1), OK);
    expect(&bad, &claim, ERR_REJ_FORM, "not DER");
    /* indefinite length around it all */
    assert_int_equal(der.data[1], 0x82);
    buf_reset(&bad);
    assert_int_equal(buf_add(&bad, "\x30\x80", 2), OK);
    assert_int_equal(buf_add(&bad, der.data + 4, der.len - 4), OK);
    assert_int_equal(buf_add(&bad, "\0\0", 2), OK);
    expect(&bad, &claim, ERR_REJ_FORM, "not DER");
    /* a length of three octets where two are enough */
    buf_reset(&bad);
    assert_int_equal(buf_add(&bad, (const uint8_t[]){0x30, 0x83, 0x00, der.data[2], der.data[3]}, 5), OK);
    assert_int_equal(buf_add(&bad, der.data + 4, der.len - 4), OK);
    expect(&bad, &claim, ERR_REJ_FORM, "not DER");
    /* nothing, too much */
    assert_int_equal(cades_read(der.data, 0, &f, &err), ERR_REJ_FORM);
    uint8_t *big = calloc(1, CADES_MAX + 1);
    assert_int_equal(cades_read(big, CADES_MAX + 1, &f, &err), ERR_REJ_FORM);
    assert_non_null(strstr(err.detail, "too big"));
    free(big);
    buf_done(&bad);
    buf_done(&der);
}

static void test_cut_off(void **state)
{
    (void)state;
    struct buf der = BUF_INIT(CADES_MAX);
    struct cades_facts f;
    build(&p256, chain, &der);
    for (size_t len = 0; len < der.len; len++)
        assert_int_equal(cades_read(der.data, len, &f, NULL), ERR_REJ_FORM);
    buf_done(&der);
}

/* Every single bit of a file that carries the signer's certificate alone is one that counts. */
static void test_every_bit(void **state)
{
    (void)state;
    struct buf der = BUF_INIT(CADES_MAX);
    struct err err;
    build(&p256, NULL, &der);
    expect(&der, &claim, OK, "whole");
    for (size_t bit = 0; bit < der.len * 8; bit++) {
        der.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
        enum err_code rc = judge(&der, &claim, &err);
        if (rc < ERR_REJ_WINDOW || rc > ERR_REJ_FORM)
            fail_msg("bit %zu of byte %zu: %d", bit % 8, bit / 8, rc);
        der.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    buf_done(&der);
}

static void test_bad_token(void **state)
{
    (void)state;
    struct cades *c = NULL;
    struct buf der = BUF_INIT(CADES_MAX);
    struct err err;
    const uint8_t *to_sign;
    size_t len;
    uint8_t signature[PKI_SIGNATURE_MAX];
    assert_int_equal(cades_begin(&claim, p256.cert, chain, &c, &err), OK);
    cades_to_sign(c, &to_sign, &len);
    assert_int_equal(len, 32);
    size_t n = pki_sign(&p256, to_sign, len, signature);
    assert_int_equal(cades_finish(c, signature, n - 1, &der, &err), ERR_REJ_SIG);
    signature[3] ^= 1;
    assert_int_equal(cades_finish(c, signature, n, &der, &err), ERR_REJ_SIG);
    memset(signature, 0, n);
    assert_int_equal(cades_finish(c, signature, n, &der, &err), ERR_REJ_SIG);
    n = pki_sign(&twin, to_sign, len, signature);
    assert_int_equal(cades_finish(c, signature, n, &der, &err), ERR_REJ_SIG);
    assert_int_equal(der.len, 0); /* written only on success */
    n = pki_sign(&p256, to_sign, len, signature);
    assert_int_equal(cades_finish(c, signature, n, &der, &err), OK);
    buf_done(&der);
    cades_free(&c);
    assert_int_equal(cades_begin(&claim, rsa.cert, NULL, &c, &err), OK);
    cades_to_sign(c, &to_sign, &len);
    assert_int_equal(len, 51); /* DigestInfo */
    assert_int_equal(to_sign[0], 0x30);
    cades_free(&c);
}

/* r and s of a P-256 signature are shorter than 32 bytes every 128th time or so; DER drops what r||s pads with. */
static void test_short_numbers(void **state)
{
    (void)state;
    struct cades *c = NULL;
    struct err err;
    const uint8_t *to_sign;
    size_t len, shorter = 0;
    assert_int_equal(cades_begin(&claim, p256.cert, NULL, &c, &err), OK);
    cades_to_sign(c, &to_sign, &len);
    while (shorter < 2) {
        uint8_t signature[PKI_SIGNATURE_MAX];
        struct buf der = BUF_INIT(CADES_MAX);
        size_t n = pki_sign(&p256, to_sign, len, signature);
        if (signature[0] != 0 && signature[32] != 0)
            continue;
        shorter++;
        assert_int_equal(cades_finish(c, signature, n, &der, &err), OK);
        buf_done(&der);
    }
    cades_free(&c);
}

static void test_begin_refuses(void **state)
{
    (void)state;
    struct cades *c = NULL;
    struct err err;
    static const struct pki_spec weak[] = {
        {.name = "A", .key = PKI_RSA1024}, {.name = "A", .key = PKI_P521}, {.name = "A", .flaws = PKI_SHA1}};
    for (size_t i = 0; i < sizeof weak / sizeof weak[0]; i++) {
        struct pki_identity who = pki_issue(&pki, &weak[i]);
        assert_int_equal(cades_begin(&claim, who.cert, NULL, &c, &err), ERR_REJ_WEAK);
        pki_identity_done(&who);
    }
    struct consent_claim none = claim;
    none.code = "";
    assert_int_equal(cades_begin(&none, p256.cert, NULL, &c, &err), ERR_BAD_REQUEST);
    assert_null(c);
}

/* The chain may repeat the signer and itself; the file does not. */
static void test_build_forms(void **state)
{
    (void)state;
    struct buf der = BUF_INIT(CADES_MAX);
    struct cades_facts f;
    STACK_OF(X509) *with = sk_X509_new_null();
    X509 *const list[] = {p256.cert, pki.issuer.cert, pki.root.cert, pki.issuer.cert};
    for (size_t i = 0; i < 4; i++)
        assert_true(sk_X509_push(with, list[i]) > 0);
    build(&p256, with, &der);
    assert_int_equal(cades_read(der.data, der.len, &f, NULL), OK);
    assert_int_equal(f.cert_count, 3);
    cades_facts_done(&f);
    sk_X509_free(with);
    buf_done(&der);
}

static void test_ceilings(void **state)
{
    (void)state;
    static uint8_t longest[CONSENT_TEXT_MAX];
    static const int64_t times[] = {0, 2524607999, 2524608000, 2600000000};
    struct buf der = BUF_INIT(CADES_MAX);
    struct cades_facts f;
    const struct consent_claim own = claim;
    memset(longest, 'A', sizeof longest);
    claim.text = longest;
    claim.text_len = sizeof longest;
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        claim.signing_time = times[i];
        build(&p256, NULL, &der);
        assert_int_equal(cades_read(der.data, der.len, &f, NULL), OK);
        assert_int_equal(f.signing_time, times[i]);
        assert_int_equal(f.text_len, sizeof longest);
        cades_facts_done(&f);
    }
    claim = own;
    buf_done(&der);
}

/* As many certificates as are taken; one more is in test_forged. */
static void test_eight_certificates(void **state)
{
    (void)state;
    struct buf der = BUF_INIT(CADES_MAX);
    struct cades_facts f;
    X509 *const seven[] = {
        pki.issuer.cert, pki.root.cert, stranger.issuer.cert, stranger.root.cert, other.cert, rsa.cert, p384.cert};
    STACK_OF(X509) *with = sk_X509_new_null();
    for (size_t i = 0; i < 7; i++)
        assert_true(sk_X509_push(with, seven[i]) > 0);
    build(&p256, with, &der);
    assert_int_equal(cades_read(der.data, der.len, &f, NULL), OK);
    assert_int_equal(f.cert_count, 8);
    cades_facts_done(&f);
    sk_X509_free(with);
    buf_done(&der);
}

/* RSASSA-PSS by an ordinary RSA key: the digest alone goes to the token. */
static void test_pss(void **state)
{
    (void)state;
    struct buf der = BUF_INIT(CADES_MAX);
    struct cades *c = NULL;
    struct err err = {OK, ""};
    const uint8_t *to_sign;
    size_t len;
    uint8_t signature[PKI_SIGNATURE_MAX];
    assert_int_equal(cades_begin_pss(&claim, p256.cert, chain, &c, &err), ERR_REJ_WEAK);
    assert_int_equal(cades_begin_pss(&claim, rsa.cert, chain, &c, &err), OK);
    cades_to_sign(c, &to_sign, &len);
    assert_int_equal(len, 32);
    size_t n = pki_sign_pss(&rsa, to_sign, len, signature);
    assert_int_equal(cades_finish(c, signature, n, &der, &err), OK);
    expect(&der, &claim, OK, "pss");
    scratch_write("pss.p7s", der.data, der.len);
    run_openssl("pss.p7s");
    signature[9] ^= 1;
    assert_int_equal(cades_finish(c, signature, n, &der, &err), ERR_REJ_SIG);
    cades_free(&c);
    /* Another salt, another mask and an unnamed digest are other algorithms; the salt's octet ends the parameters. */
    static const char params[] = "\xa2\x03\x02\x01\x20";
    uint8_t *salt = memmem(der.data, der.len, params, 5);
    assert_non_null(salt);
    salt[4] = 20;
    expect(&der, &claim, ERR_REJ_FORM, "signature algorithm");
    buf_done(&der);
}

static void test_rule_list(void **state)
{
    (void)state;
    static const struct cades_rule want[] = {{ERR_REJ_TEXT, "text"}, {ERR_REJ_BOUND, "content-identifier"},
        {ERR_REJ_BOUND, "signing-time"}, {ERR_REJ_POLICY, "policy"}, {ERR_REJ_WEAK, "strength"},
        {ERR_REJ_FORM, "algorithm"}, {ERR_REJ_SIG, "message-digest"}, {ERR_REJ_SIG, "signature"},
        {ERR_REJ_CHAIN, "chain"}, {ERR_REJ_WEAK, "chain-strength"}, {ERR_REJ_EXPIRED, "validity"}, {ERR_REJ_NES, "nes"},
        {ERR_REJ_PERSON, "person"}};
    size_t n = sizeof want / sizeof want[0];
    for (size_t i = 0; i < n; i++) {
        assert_non_null(cades_rule_at(i));
        assert_int_equal(cades_rule_at(i)->code, want[i].code);
        assert_string_equal(cades_rule_at(i)->name, want[i].name);
    }
    assert_null(cades_rule_at(n));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),
        cmocka_unit_test(test_forged),
        cmocka_unit_test(test_near_twins),
        cmocka_unit_test(test_pss),
        cmocka_unit_test(test_references),
        cmocka_unit_test(test_digests),
        cmocka_unit_test(test_certificates),
        cmocka_unit_test(test_other_person),
        cmocka_unit_test(test_other_authority),
        cmocka_unit_test(test_weak_authority),
        cmocka_unit_test(test_claim),
        cmocka_unit_test(test_signing_time),
        cmocka_unit_test(test_nothing_wanted),
        cmocka_unit_test(test_not_der),
        cmocka_unit_test(test_cut_off),
        cmocka_unit_test(test_every_bit),
        cmocka_unit_test(test_bad_token),
        cmocka_unit_test(test_short_numbers),
        cmocka_unit_test(test_begin_refuses),
        cmocka_unit_test(test_build_forms),
        cmocka_unit_test(test_ceilings),
        cmocka_unit_test(test_eight_certificates),
        cmocka_unit_test(test_rule_list),
    };
    return cmocka_run_group_tests_name("cades", tests, setup, teardown);
}
