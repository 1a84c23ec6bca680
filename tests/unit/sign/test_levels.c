/* Levels above B-B: what each step adds, what it leaves alone, and what is found when a piece is missing or another. */
#include "config.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include <openssl/cms.h>
#include <openssl/objects.h>
#include <openssl/ocsp.h>
#include "aged.h"
#include "fakes/pki_stamp.h"
#include "scratch.h"
#include "sign/levels_in.h"
#include "sign/revocation.h"

#define TCKN "10000000146"
#define YEAR (365 * INT64_C(86400))

static struct pki pki, stranger;
static struct trust *trust, *other_trust;
static struct pki_identity person, p384, responder, to_check, unit, short_unit, late_unit;
static struct aging aging;

static int setup(void **state)
{
    (void)state;
    scratch_open();
    pki_init(&pki);
    pki_init(&stranger);
    pki_write_ca(&pki, scratch_path("ca.pem"));
    pki_write_ca(&stranger, scratch_path("other.pem"));
    person = pki_issue(&pki, &(struct pki_spec){.name = "İPEK IŞIK", .tckn = TCKN});
    p384 = pki_issue(&pki, &(struct pki_spec){.name = "DENİZ ÖZ", .tckn = TCKN, .key = PKI_P384});
    responder = pki_issue(&pki, &(struct pki_spec){.name = "TEST OCSP", .flaws = PKI_OCSP});
    to_check = pki_issue(&pki, &(struct pki_spec){.name = "TEST OCSP 2", .flaws = PKI_OCSP | PKI_TO_CHECK});
    unit = pki_issue(&pki, &(struct pki_spec){.name = "TEST ZD", .flaws = PKI_TSA});
    short_unit =
        pki_issue(&pki, &(struct pki_spec){.name = "TEST ZD 2", .flaws = PKI_TSA, .not_after = pki.now + 86400});
    late_unit = pki_issue(&pki, &(struct pki_spec){.name = "TEST ZD 3", .flaws = PKI_TSA, .key = PKI_P384});
    aging = (struct aging){.pki = &pki, .signer = &person, .unit = &unit, .responder = &responder, .at = pki.now};
    if (trust_load(scratch_path("other.pem"), &other_trust, NULL) != OK ||
        trust_load(scratch_path("ca.pem"), &trust, NULL) != OK)
        return -1;
    aging.trust = trust;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    struct pki_identity *all[] = {&person, &p384, &responder, &to_check, &unit, &short_unit, &late_unit};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        pki_identity_done(all[i]);
    trust_free(&trust);
    trust_free(&other_trust);
    pki_done(&pki);
    pki_done(&stranger);
    scratch_close();
    return 0;
}

static struct buf make(const struct aging *a, enum level level)
{
    struct buf der = BUF_INIT(LEVELS_MAX);
    aged_make(a, level, &der);
    return der;
}

static struct aging with_profile(enum profile p)
{
    struct aging a = aging;
    a.profile = p;
    return a;
}

static struct signed_data open_file(const struct buf *der)
{
    struct signed_data d;
    assert_int_equal(levels_open(der->data, der->len, &d, NULL), OK);
    return d;
}

static bool has_attribute(const struct signed_data *d, const char *oid)
{
    struct attribute a;
    return attribute_find(d->unsigned_attributes.body, oid, &a);
}

/* Every time stamp of the file; the detail of the first that does not hold is in *err. */
static enum err_code check_stamps(const struct buf *der, struct err *err)
{
    struct level_stamps stamps;
    enum err_code rc = level_stamps_read(der->data, der->len, &stamps, err);
    if (rc != OK)
        return rc;
    for (size_t i = 0; i < stamps.count && rc == OK; i++)
        rc = level_stamp_check(der->data, der->len, &stamps.of[i], trust, stamps.of[i].facts.time, NULL, err);
    level_stamps_done(&stamps);
    return rc;
}

static void expect_stamps(const struct buf *der, const char *detail)
{
    struct err err = {OK, ""};
    enum err_code rc = check_stamps(der, &err);
    if (rc != (detail == NULL ? OK : ERR_REJ_STAMP) || strcmp(err.detail, detail == NULL ? "" : detail) != 0)
        fail_msg("%s instead of %s", err.detail, detail == NULL ? "nothing" : detail);
}

/* ---- what a step adds, and what it leaves ---- */

static bool is_in(struct der_view element, struct der_view list)
{
    struct der_item item;
    while (der_next(&list, &item))
        if (der_same(item.whole, element))
            return true;
    return false;
}

static void assert_kept(struct der_view before, struct der_view after)
{
    struct der_item item;
    while (der_next(&before, &item))
        assert_true(is_in(item.whole, after));
}

static void assert_stands(const struct signed_data *a, const struct signed_data *b)
{
    const struct der_view before[] = {a->digests.whole, a->encapsulated.whole, a->signer_version.whole, a->sid.whole,
        a->digest.whole, a->attributes.whole, a->signature_alg.whole, a->signature.whole},
                          after[] = {b->digests.whole, b->encapsulated.whole, b->signer_version.whole, b->sid.whole,
                              b->digest.whole, b->attributes.whole, b->signature_alg.whole, b->signature.whole};
    for (size_t i = 0; i < sizeof before / sizeof before[0]; i++)
        assert_true(der_same(before[i], after[i]));
    assert_kept(a->certs.body, b->certs.body);
    assert_kept(a->crls.body, b->crls.body);
    assert_kept(a->unsigned_attributes.body, b->unsigned_attributes.body);
}

static void test_steps(void **state)
{
    (void)state;
    static void (*const steps[])(const struct aging *, const struct buf *, struct buf *) = {
        aged_stamp, aged_prove, aged_archive, aged_prove, aged_archive};
    static const enum level levels[] = {LEVEL_T, LEVEL_LT, LEVEL_LTA, LEVEL_LTA, LEVEL_LTA};
    static const uint8_t versions[] = {1, 5, 5, 5, 5};
    for (int p = PROFILE_BASELINE; p <= PROFILE_P4; p += PROFILE_P4) {
        struct aging a = with_profile((enum profile)p);
        struct buf der = make(&a, LEVEL_B);
        for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
            struct buf next = BUF_INIT(LEVELS_MAX);
            enum level level = LEVEL_B;
            enum profile profile = PROFILE_P2;
            steps[i](&a, &der, &next);
            struct signed_data before = open_file(&der), after = open_file(&next);
            assert_stands(&before, &after);
            assert_true(der_is_sorted(after.certs.body) && der_is_sorted(after.crls.body));
            assert_true(der_is_sorted(after.unsigned_attributes.body));
            assert_int_equal(level_of(next.data, next.len, &level, &profile, NULL), OK);
            assert_int_equal(level, levels[i]);
            assert_int_equal(profile, p);
            if (p == PROFILE_BASELINE) /* X-L holds its values elsewhere */
                assert_int_equal(after.version.body.at[0], versions[i]);
            expect_stamps(&next, NULL);
            buf_done(&der);
            der = next;
        }
        buf_done(&der);
    }
}

/* One file is X-L or B-LT, never both. */
static void test_places(void **state)
{
    (void)state;
    static const char *const xl[] = {OID_CERT_REFS, OID_REVOCATION_REFS, OID_CERT_VALUES, OID_REVOCATION_VALUES};
    for (int p = PROFILE_BASELINE; p <= PROFILE_P4; p++) {
        struct aging a = with_profile((enum profile)p);
        struct buf der = make(&a, LEVEL_LT);
        struct signed_data d = open_file(&der);
        bool by_attributes = p >= PROFILE_P3;
        for (size_t i = 0; i < sizeof xl / sizeof xl[0]; i++)
            assert_int_equal(has_attribute(&d, xl[i]), by_attributes);
        assert_int_equal(d.crls.body.len == 0, by_attributes);
        assert_int_equal(d.version.body.at[0], by_attributes ? 1 : 5);
        buf_done(&der);
    }
}

static size_t count_kind(const struct evidence *e, enum evidence_kind kind)
{
    size_t n = 0;
    for (size_t i = 0; i < e->count; i++)
        n += e->of[i].kind == kind;
    return n;
}

/* The very bytes that went in come out, from whichever place. */
static void test_values(void **state)
{
    (void)state;
    static const struct {
        enum profile profile;
        size_t ocsps, crls;
    } cases[] = {{PROFILE_BASELINE, 2, 1}, {PROFILE_P3, 0, 2}, {PROFILE_P4, 2, 1}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct aging a = with_profile(cases[i].profile);
        struct buf stamped = make(&a, LEVEL_T), der = BUF_INIT(LEVELS_MAX);
        struct evidence in = EVIDENCE_INIT, out = EVIDENCE_INIT;
        aged_prove(&a, &stamped, &der);
        assert_int_equal(level_values(stamped.data, stamped.len, &in, NULL), OK);
        assert_int_equal(count_kind(&in, EVIDENCE_OCSP) + count_kind(&in, EVIDENCE_CRL), 0);
        assert_int_equal(count_kind(&in, EVIDENCE_CERT), 3); /* signer, issuer, unit */
        assert_int_equal(level_values(der.data, der.len, &out, NULL), OK);
        assert_int_equal(count_kind(&out, EVIDENCE_CERT), 4); /* and the root */
        assert_int_equal(count_kind(&out, EVIDENCE_OCSP), cases[i].ocsps);
        assert_int_equal(count_kind(&out, EVIDENCE_CRL), cases[i].crls);
        evidence_done(&in);
        evidence_done(&out);
        aged_status(&a, person.cert, pki.issuer.cert, EVIDENCE_OCSP, &in);
        aged_status(&a, pki.issuer.cert, pki.root.cert, EVIDENCE_CRL, &in);
        buf_done(&der);
        assert_int_equal(level_add_values(stamped.data, stamped.len, a.profile, &in, &der, NULL), OK);
        assert_int_equal(level_values(der.data, der.len, &out, NULL), OK);
        for (size_t v = 0; v < in.count; v++)
            assert_true(evidence_holds(&out, in.of[v].kind, in.of[v].der, in.of[v].len));
        evidence_done(&in);
        evidence_done(&out);
        buf_done(&stamped);
        buf_done(&der);
    }
}

static void test_values_refused(void **state)
{
    (void)state;
    static const char later[] = "\x30\x03\x0a\x01\x03"; /* OCSP: try later */
    static const struct {
        enum evidence_kind kind;
        const char *bytes;
        size_t len;
    } cases[] = {{EVIDENCE_OCSP, later, 5}, {EVIDENCE_OCSP, "\x30\x00", 2}, {EVIDENCE_CRL, "\x30\x00", 2},
        {EVIDENCE_CERT, "\x30\x00", 2}, {EVIDENCE_CERT, "x", 1}};
    struct buf der = make(&aging, LEVEL_T), out = BUF_INIT(LEVELS_MAX);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        for (int p = PROFILE_BASELINE; p <= PROFILE_P4; p += PROFILE_P4) {
            struct evidence e = EVIDENCE_INIT;
            assert_int_equal(evidence_add(&e, cases[i].kind, cases[i].bytes, cases[i].len), OK);
            assert_int_equal(level_add_values(der.data, der.len, (enum profile)p, &e, &out, NULL), ERR_REJ_FORM);
            evidence_done(&e);
        }
    struct evidence many = EVIDENCE_INIT;
    for (unsigned i = 0; i < EVIDENCE_MAX; i++)
        assert_int_equal(evidence_add(&many, EVIDENCE_CRL, &i, sizeof i), OK);
    assert_int_equal(evidence_add(&many, EVIDENCE_CRL, "\0\0\0", 4), OK); /* there already */
    assert_int_equal(evidence_add(&many, EVIDENCE_CRL, "more", 4), ERR_TOO_BIG);
    assert_int_equal(evidence_add(&many, EVIDENCE_CRL, "", 0), ERR_BAD_REQUEST);
    evidence_done(&many);
    buf_done(&der);
    assert_int_equal(out.len, 0);
}

/* ---- what is missing ---- */

static struct level_gaps missing(const struct aging *a, const struct buf *der, const struct evidence *have)
{
    struct level_gaps gaps;
    struct err err = {OK, ""};
    if (level_missing(der->data, der->len, a->profile, trust, trust, a->at, have, &gaps, &err) != OK)
        fail_msg("%s", err.detail);
    return gaps;
}

static bool is_gap(const struct level_gaps *g, const X509 *x)
{
    for (size_t i = 0; i < g->count; i++)
        if (X509_cmp(g->of[i].cert, x) == 0)
            return true;
    return false;
}

static void test_missing(void **state)
{
    (void)state;
    struct buf b = make(&aging, LEVEL_B), t = make(&aging, LEVEL_T);
    struct evidence have = EVIDENCE_INIT;
    struct level_gaps g = missing(&aging, &b, NULL);
    assert_int_equal(g.count, 2);
    assert_true(is_gap(&g, person.cert) && is_gap(&g, pki.issuer.cert));
    assert_int_equal(sk_X509_num(g.certs), 1); /* the root */
    assert_int_equal(X509_cmp(sk_X509_value(g.certs, 0), pki.root.cert), 0);
    level_gaps_done(&g);
    g = missing(&aging, &t, NULL);
    assert_int_equal(g.count, 3);
    assert_true(is_gap(&g, unit.cert));
    level_gaps_done(&g);
    aged_status(&aging, person.cert, pki.issuer.cert, EVIDENCE_OCSP, &have);
    g = missing(&aging, &t, &have);
    assert_int_equal(g.count, 2);
    assert_false(is_gap(&g, person.cert));
    level_gaps_done(&g);
    aged_status(&aging, person.cert, pki.issuer.cert, EVIDENCE_CRL, &have); /* speaks of all of the issuer's */
    g = missing(&aging, &t, &have);
    assert_int_equal(g.count, 1);
    assert_true(is_gap(&g, pki.issuer.cert));
    level_gaps_done(&g);
    evidence_done(&have);
    buf_done(&b);
    buf_done(&t);
}

/* The profile says which kind proves the signer. */
static void test_missing_by_profile(void **state)
{
    (void)state;
    static const struct {
        enum profile profile;
        enum evidence_kind kind;
        bool enough;
    } cases[] = {{PROFILE_P3, EVIDENCE_OCSP, false}, {PROFILE_P3, EVIDENCE_CRL, true},
        {PROFILE_P4, EVIDENCE_CRL, false}, {PROFILE_P4, EVIDENCE_OCSP, true}, {PROFILE_P2, EVIDENCE_CRL, true}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct aging a = with_profile(cases[i].profile);
        struct buf der = make(&a, LEVEL_B);
        struct evidence have = EVIDENCE_INIT;
        aged_status(&a, person.cert, pki.issuer.cert, cases[i].kind, &have);
        struct level_gaps g = missing(&a, &der, &have);
        assert_int_equal(is_gap(&g, person.cert), !cases[i].enough);
        level_gaps_done(&g);
        evidence_done(&have);
        buf_done(&der);
    }
}

/* A responder that its issuer did not exempt is asked about in its turn. */
static void test_missing_responder(void **state)
{
    (void)state;
    struct aging a = aging;
    struct buf der = make(&a, LEVEL_B);
    struct evidence have = EVIDENCE_INIT;
    a.responder = &to_check;
    aged_status(&a, person.cert, pki.issuer.cert, EVIDENCE_OCSP, &have);
    struct level_gaps g = missing(&a, &der, &have);
    assert_true(is_gap(&g, to_check.cert) && !is_gap(&g, person.cert));
    level_gaps_done(&g);
    a.responder = &responder;
    aged_status(&a, to_check.cert, pki.issuer.cert, EVIDENCE_OCSP, &have);
    g = missing(&a, &der, &have);
    assert_false(is_gap(&g, to_check.cert));
    level_gaps_done(&g);
    evidence_done(&have);
    buf_done(&der);
}

/* What is signed by somebody else proves nothing. */
static void test_missing_forged(void **state)
{
    (void)state;
    struct buf der = make(&aging, LEVEL_B);
    struct evidence have = EVIDENCE_INIT, forged = EVIDENCE_INIT;
    aged_status(&aging, person.cert, pki.issuer.cert, EVIDENCE_OCSP, &have);
    aged_status(&aging, person.cert, pki.issuer.cert, EVIDENCE_CRL, &have);
    for (size_t i = 0; i < have.count; i++) {
        have.of[i].der[have.of[i].len - (i == 0 ? 600 : 1)] ^= 1; /* in the signatures, or before them */
        assert_int_equal(evidence_add(&forged, have.of[i].kind, have.of[i].der, have.of[i].len), OK);
    }
    struct level_gaps g = missing(&aging, &der, &forged);
    assert_true(is_gap(&g, person.cert));
    level_gaps_done(&g);
    struct err err;
    assert_int_equal(
        level_missing(der.data, der.len, PROFILE_BASELINE, other_trust, trust, pki.now, NULL, &g, &err), ERR_REJ_CHAIN);
    assert_string_equal(err.detail, "signer: chain");
    assert_int_equal(
        level_missing(der.data, der.len, PROFILE_BASELINE, trust, trust, pki.now + 3 * YEAR, NULL, &g, &err),
        ERR_REJ_EXPIRED);
    evidence_done(&have);
    evidence_done(&forged);
    buf_done(&der);
}

/* ---- time stamps ---- */

static void test_stamp_of_another(void **state)
{
    (void)state;
    struct buf one = make(&aging, LEVEL_B), two = make(&aging, LEVEL_B), token = BUF_INIT(TST_MAX),
               out = BUF_INIT(LEVELS_MAX), index = BUF_INIT(LEVEL_INDEX_MAX);
    uint8_t imprint[TST_IMPRINT_MAX];
    size_t len;
    struct err err;
    assert_int_equal(level_stamp_imprint(one.data, one.len, NID_sha512, imprint, &len, &err), OK);
    assert_int_equal(len, 64);
    aged_token(&aging, NID_sha512, imprint, len, &token);
    assert_int_equal(level_add_stamp(two.data, two.len, token.data, token.len, &out, &err), ERR_REJ_STAMP);
    assert_string_equal(err.detail, "imprint");
    assert_int_equal(level_archive_imprint(two.data, two.len, NID_sha512, imprint, &len, &index, &err), OK);
    assert_int_equal(level_add_archive(two.data, two.len, &index, token.data, token.len, &out, &err), ERR_REJ_STAMP);
    assert_string_equal(err.detail, "imprint");
    assert_int_equal(level_add_refs_stamp(one.data, one.len, token.data, token.len, &out, &err), ERR_BAD_REQUEST);
    assert_int_equal(level_add_stamp(one.data, one.len, token.data, token.len - 1, &out, &err), ERR_REJ_STAMP);
    assert_int_equal(level_add_stamp(one.data, one.len - 1, token.data, token.len, &out, &err), ERR_REJ_FORM);
    assert_int_equal(out.len, 0);
    assert_int_equal(level_add_stamp(one.data, one.len, token.data, token.len, &out, &err), OK);
    expect_stamps(&out, NULL);
    buf_done(&one);
    buf_done(&two);
    buf_done(&token);
    buf_done(&out);
    buf_done(&index);
}

/* The imprint of an archive time stamp from the library's own reading of the file, not from ours. */
static void hash_in(EVP_MD_CTX *ctx, const void *value, const ASN1_ITEM *type)
{
    unsigned char *der = NULL;
    int len = ASN1_item_i2d(value, &der, type);
    assert_true(len > 0 && EVP_DigestUpdate(ctx, der, (size_t)len) == 1);
    OPENSSL_free(der);
}

static void hash_signer(EVP_MD_CTX *ctx, CMS_ContentInfo *cms, const struct signed_data *d)
{
    CMS_SignerInfo *si = sk_CMS_SignerInfo_value(CMS_get0_SignerInfos(cms), 0);
    X509_ALGOR *digest, *signature;
    X509_NAME *issuer;
    ASN1_INTEGER *serial;
    struct der_out sid = DER_OUT_INIT(4096);
    assert_int_equal(CMS_SignerInfo_get0_signer_id(si, NULL, &issuer, &serial), 1);
    der_put_asn1(&sid, issuer, ASN1_ITEM_rptr(X509_NAME));
    der_put_asn1(&sid, serial, ASN1_ITEM_rptr(ASN1_INTEGER));
    der_wrap(&sid, 0, DER_SEQUENCE);
    CMS_SignerInfo_get0_algs(si, NULL, NULL, &digest, &signature);
    EVP_DigestUpdate(ctx, "\x02\x01\x01", 3);
    EVP_DigestUpdate(ctx, sid.buf.data, sid.buf.len);
    hash_in(ctx, digest, ASN1_ITEM_rptr(X509_ALGOR));
    EVP_DigestUpdate(ctx, d->attributes.whole.at, d->attributes.whole.len); /* signed: there is but one encoding */
    hash_in(ctx, signature, ASN1_ITEM_rptr(X509_ALGOR));
    hash_in(ctx, CMS_SignerInfo_get0_signature(si), ASN1_ITEM_rptr(ASN1_OCTET_STRING));
    der_out_done(&sid);
}

static void test_archive_imprint(void **state)
{
    (void)state;
    struct buf der = make(&aging, LEVEL_LT), index = BUF_INIT(LEVEL_INDEX_MAX);
    struct signed_data d = open_file(&der);
    uint8_t imprint[TST_IMPRINT_MAX], want[EVP_MAX_MD_SIZE], text[EVP_MAX_MD_SIZE];
    size_t len;
    unsigned n;
    assert_int_equal(level_archive_imprint(der.data, der.len, NID_sha256, imprint, &len, &index, NULL), OK);
    const unsigned char *at = der.data;
    CMS_ContentInfo *cms = d2i_CMS_ContentInfo(NULL, &at, (long)der.len);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    assert_true(cms != NULL && EVP_DigestInit_ex(ctx, EVP_sha256(), NULL) == 1);
    unsigned char *type = NULL;
    int type_len = i2d_ASN1_OBJECT(CMS_get0_eContentType(cms), &type);
    assert_true(type_len > 0 && EVP_DigestUpdate(ctx, type, (size_t)type_len) == 1);
    const ASN1_OCTET_STRING *content = *CMS_get0_content(cms);
    assert_int_equal(EVP_Digest(content->data, (size_t)content->length, text, &n, EVP_sha256(), NULL), 1);
    EVP_DigestUpdate(ctx, text, n);
    hash_signer(ctx, cms, &d);
    EVP_DigestUpdate(ctx, index.data, index.len);
    assert_int_equal(EVP_DigestFinal_ex(ctx, want, &n), 1);
    assert_int_equal(len, n);
    assert_memory_equal(imprint, want, n);
    OPENSSL_free(type);
    EVP_MD_CTX_free(ctx);
    CMS_ContentInfo_free(cms);
    buf_done(&index);
    buf_done(&der);
}

/* The index, entry by entry: certificates, revocation values, and each value behind its attribute's type. */
static void test_archive_index(void **state)
{
    (void)state;
    struct buf der = make(&aging, LEVEL_LT), index = BUF_INIT(LEVEL_INDEX_MAX);
    struct signed_data d = open_file(&der);
    uint8_t imprint[TST_IMPRINT_MAX], hash[EVP_MAX_MD_SIZE];
    size_t len;
    unsigned n;
    assert_int_equal(level_archive_imprint(der.data, der.len, NID_sha384, imprint, &len, &index, NULL), OK);
    struct der_view rest = {index.data, index.len}, lists[] = {d.certs.body, d.crls.body};
    struct der_item whole, identifier, list, entry, item;
    assert_true(der_take(&rest, DER_SEQUENCE, &whole) && der_take(&whole.body, DER_SEQUENCE, &identifier));
    for (size_t i = 0; i < 2; i++) {
        assert_true(der_take(&whole.body, DER_SEQUENCE, &list));
        while (der_next(&lists[i], &item)) {
            assert_true(der_take(&list.body, DER_OCTET_STRING, &entry));
            assert_int_equal(EVP_Digest(item.whole.at, item.whole.len, hash, &n, EVP_sha384(), NULL), 1);
            assert_true(der_same(entry.body, (struct der_view){hash, n}));
        }
        assert_int_equal(list.body.len, 0);
    }
    struct attribute a;
    struct der_out both = DER_OUT_INIT(LEVELS_MAX);
    assert_true(der_take(&whole.body, DER_SEQUENCE, &list) && der_take(&list.body, DER_OCTET_STRING, &entry));
    assert_true(attribute_next(&d.unsigned_attributes.body, &a) && der_next(&a.values, &item));
    der_raw(&both, a.type.whole.at, a.type.whole.len);
    der_raw(&both, item.whole.at, item.whole.len);
    assert_int_equal(EVP_Digest(both.buf.data, both.buf.len, hash, &n, EVP_sha384(), NULL), 1);
    assert_true(der_same(entry.body, (struct der_view){hash, n}));
    assert_int_equal(list.body.len + whole.body.len, 0);
    der_out_done(&both);
    buf_done(&index);
    buf_done(&der);
}

/* ---- damage ---- */

enum part { CERTS, CRLS, ATTRIBUTES, NOTHING };

static void put_without(struct der_out *out, struct der_view rest, size_t skip, uint8_t tag)
{
    struct der_item item;
    size_t mark = der_mark(out);
    for (size_t i = 0; der_next(&rest, &item); i++)
        if (i != skip)
            der_raw(out, item.whole.at, item.whole.len);
    if (der_mark(out) > mark)
        der_wrap(out, mark, tag);
}

/* The file without the n-th element of one list, and with another text when `text` is given. */
static void without(const struct buf *der, enum part part, size_t n, const char *text, struct buf *ret)
{
    struct signed_data d = open_file(der);
    struct der_out out = DER_OUT_INIT(LEVELS_MAX);
    der_put_oid(&out, NID_pkcs7_signed);
    size_t body = der_mark(&out), signer;
    der_raw(&out, d.version.whole.at, d.version.whole.len);
    der_raw(&out, d.digests.whole.at, d.digests.whole.len);
    if (text == NULL) {
        der_raw(&out, d.encapsulated.whole.at, d.encapsulated.whole.len);
    } else {
        size_t mark = der_mark(&out);
        der_put_oid(&out, NID_pkcs7_data);
        size_t content = der_mark(&out);
        der_put(&out, DER_OCTET_STRING, text, strlen(text));
        der_wrap(&out, content, DER_CONTEXT_0);
        der_wrap(&out, mark, DER_SEQUENCE);
    }
    put_without(&out, d.certs.body, part == CERTS ? n : SIZE_MAX, DER_CONTEXT_0);
    put_without(&out, d.crls.body, part == CRLS ? n : SIZE_MAX, DER_CONTEXT_1);
    signer = der_mark(&out);
    der_raw(&out, d.signer.body.at, (size_t)(d.signature.whole.at + d.signature.whole.len - d.signer.body.at));
    put_without(&out, d.unsigned_attributes.body, part == ATTRIBUTES ? n : SIZE_MAX, DER_CONTEXT_1);
    der_wrap(&out, signer, DER_SEQUENCE);
    der_wrap(&out, signer, DER_SET);
    der_wrap(&out, body, DER_SEQUENCE);
    der_wrap(&out, body, DER_CONTEXT_0);
    der_wrap(&out, 0, DER_SEQUENCE);
    assert_int_equal(out.rc, OK);
    assert_int_equal(buf_move(ret, &out.buf), OK);
}

static size_t count_items(struct der_view rest)
{
    struct der_item item;
    size_t n = 0;
    while (der_next(&rest, &item))
        n++;
    return n;
}

static size_t place_of(const struct signed_data *d, const char *oid, size_t turn)
{
    struct der_view rest = d->unsigned_attributes.body;
    struct attribute a;
    for (size_t i = 0; attribute_next(&rest, &a); i++)
        if (levels_oid_is(&a.type, oid) && turn-- == 0)
            return i;
    return SIZE_MAX;
}

static void test_archive_damaged(void **state)
{
    (void)state;
    struct buf der = make(&aging, LEVEL_LTA);
    struct signed_data d = open_file(&der);
    const struct {
        enum part part;
        size_t count, all_but;
    } lists[] = {{CERTS, count_items(d.certs.body), SIZE_MAX}, {CRLS, count_items(d.crls.body), SIZE_MAX},
        {ATTRIBUTES, count_items(d.unsigned_attributes.body), place_of(&d, OID_ARCHIVE, 0)}};
    expect_stamps(&der, NULL);
    for (size_t l = 0; l < sizeof lists / sizeof lists[0]; l++) {
        assert_true(lists[l].count >= 2);
        for (size_t i = 0; i < lists[l].count; i++) {
            struct buf less = BUF_INIT(LEVELS_MAX);
            without(&der, lists[l].part, i, NULL, &less);
            expect_stamps(&less, i == lists[l].all_but ? NULL : "index: an element is missing");
            buf_done(&less);
        }
    }
    struct buf other = BUF_INIT(LEVELS_MAX);
    without(&der, NOTHING, 0, NULL, &other);
    assert_int_equal(other.len, der.len);
    assert_memory_equal(other.data, der.data, der.len); /* the knife leaves no mark of its own */
    buf_done(&other);
    without(&der, NOTHING, 0, "another text", &other);
    expect_stamps(&other, "imprint");
    buf_done(&other);
    buf_done(&der);
}

/* A token without an index, and the index of another file. */
static void test_archive_index_damaged(void **state)
{
    (void)state;
    struct buf der = make(&aging, LEVEL_LT), out = BUF_INIT(LEVELS_MAX), index = BUF_INIT(LEVEL_INDEX_MAX),
               token = BUF_INIT(TST_MAX);
    struct signed_data d = open_file(&der);
    uint8_t imprint[TST_IMPRINT_MAX];
    size_t len;
    struct err err;
    assert_int_equal(level_archive_imprint(der.data, der.len, NID_sha256, imprint, &len, &index, NULL), OK);
    aged_token(&aging, NID_sha256, imprint, len, &token);
    assert_int_equal(levels_add_token(&d, OID_ARCHIVE, (struct der_view){token.data, token.len}, &out, NULL), OK);
    expect_stamps(&out, "index: there is none");
    buf_done(&out);
    index.data[index.len - 1] ^= 1; /* the last entry */
    assert_int_equal(level_add_archive(der.data, der.len, &index, token.data, token.len, &out, &err), ERR_REJ_STAMP);
    assert_string_equal(err.detail, "index: an element is missing");
    index.data[index.len - 1] ^= 1;
    uint8_t *digest = memmem(index.data, index.len, "\x60\x86\x48\x01\x65\x03\x04\x02\x01", 9);
    assert_non_null(digest);
    digest[8] = 3; /* SHA-512 */
    assert_int_equal(level_add_archive(der.data, der.len, &index, token.data, token.len, &out, &err), ERR_REJ_STAMP);
    assert_string_equal(err.detail, "index: its digest is not that of the time stamp");
    digest[8] = 1;
    assert_int_equal(level_add_archive(der.data, der.len, &index, token.data, token.len, &out, &err), OK);
    buf_done(&der);
    buf_done(&out);
    buf_done(&index);
    buf_done(&token);
}

/* What came after an archive time stamp is let be, and is not covered by it. */
static void test_covers(void **state)
{
    (void)state;
    struct buf der = make(&aging, LEVEL_LTA), more = BUF_INIT(LEVELS_MAX);
    struct evidence late = EVIDENCE_INIT, before = EVIDENCE_INIT;
    struct level_stamps stamps;
    assert_int_equal(level_values(der.data, der.len, &before, NULL), OK);
    struct aging a = aging;
    a.at += 60;
    aged_status(&a, p384.cert, pki.issuer.cert, EVIDENCE_OCSP, &late);
    assert_int_equal(level_add_values(der.data, der.len, PROFILE_BASELINE, &late, &more, NULL), OK);
    expect_stamps(&more, NULL);
    assert_int_equal(level_stamps_read(more.data, more.len, &stamps, NULL), OK);
    assert_int_equal(stamps.count, 2);
    for (size_t i = 0; i < 2; i++) {
        const struct level_stamp *s = &stamps.of[i];
        bool archive = s->kind == STAMP_ARCHIVE;
        for (size_t v = 0; v < before.count; v++)
            assert_int_equal(level_archive_covers(more.data, more.len, s, before.of[v].der, before.of[v].len), archive);
        assert_false(level_archive_covers(more.data, more.len, s, late.of[0].der, late.of[0].len));
        const struct buf *token = &stamps.of[1 - i].facts.token;
        assert_int_equal(level_archive_covers(more.data, more.len, s, token->data, token->len), archive);
    }
    level_stamps_done(&stamps);
    evidence_done(&late);
    evidence_done(&before);
    buf_done(&der);
    buf_done(&more);
}

/* A second archive time stamp over the first and the values that prove its authority. */
static void test_renewal(void **state)
{
    (void)state;
    struct aging a = aging;
    for (int p = PROFILE_BASELINE; p <= PROFILE_P4; p += PROFILE_P4) {
        struct buf proven = BUF_INIT(LEVELS_MAX), renewed = BUF_INIT(LEVELS_MAX), less = BUF_INIT(LEVELS_MAX);
        struct level_stamps stamps;
        a.profile = (enum profile)p;
        a.unit = &short_unit;
        a.at = pki.now;
        struct buf der = make(&a, LEVEL_LTA);
        a.at = pki.now + 3600;
        struct level_gaps g = missing(&a, &der, NULL);
        assert_int_equal(g.count, 0); /* the signature's time stamp came from the same unit */
        level_gaps_done(&g);
        a.unit = &late_unit;
        aged_prove(&a, &der, &proven);
        aged_archive(&a, &proven, &renewed);
        g = missing(&a, &renewed, NULL);
        assert_int_equal(g.count, 1);
        assert_true(is_gap(&g, late_unit.cert));
        level_gaps_done(&g);
        expect_stamps(&renewed, NULL);
        assert_int_equal(level_stamps_read(renewed.data, renewed.len, &stamps, NULL), OK);
        assert_int_equal(stamps.count, 3);
        level_stamps_done(&stamps);
        struct signed_data d = open_file(&renewed);
        struct attribute first;
        assert_true(attribute_find(d.unsigned_attributes.body, OID_ARCHIVE, &first));
        for (size_t i = 0; i < 2; i++) { /* without the first the second does not hold, but not the other way round */
            struct signed_data old = open_file(&der);
            struct attribute kept;
            assert_true(attribute_find(old.unsigned_attributes.body, OID_ARCHIVE, &kept));
            without(&renewed, ATTRIBUTES, place_of(&d, OID_ARCHIVE, i), NULL, &less);
            struct signed_data left = open_file(&less);
            bool first_is_left = is_in(kept.whole.whole, left.unsigned_attributes.body);
            expect_stamps(&less, first_is_left ? NULL : "index: an element is missing");
            buf_done(&less);
        }
        buf_done(&der);
        buf_done(&proven);
        buf_done(&renewed);
    }
}

static int64_t renew_by(const struct buf *der)
{
    int64_t at = 0;
    assert_int_equal(level_renew_by(der->data, der->len, &at, NULL), OK);
    return at;
}

static void test_renew_by(void **state)
{
    (void)state;
    struct aging a = aging;
    struct buf der = make(&a, LEVEL_B), stamped = BUF_INIT(LEVELS_MAX), archived = BUF_INIT(LEVELS_MAX);
    int64_t at = 0;
    assert_int_equal(level_renew_by(der.data, der.len, &at, NULL), ERR_BAD_REQUEST);
    a.unit = &short_unit;
    aged_stamp(&a, &der, &stamped);
    assert_int_equal(renew_by(&stamped), pki.now + 86400);
    a.unit = &unit;
    aged_archive(&a, &stamped, &archived);
    assert_int_equal(renew_by(&archived), pki.now + 400 * 86400);
    buf_done(&archived);
    /* A stamp whose authority signs with SHA-1 is overdue from its own hour on. */
    struct pki_stamp weak = {.by = &unit, .at = pki.now, .digest = EVP_sha1()};
    struct buf question = BUF_INIT(TST_QUESTION_MAX), answer = BUF_INIT(TST_MAX);
    struct tst_question q;
    uint8_t imprint[TST_IMPRINT_MAX];
    size_t len;
    assert_int_equal(level_stamp_imprint(der.data, der.len, NID_sha256, imprint, &len, NULL), OK);
    assert_int_equal(tst_ask(NID_sha256, imprint, len, &question, &q), OK);
    pki_stamp_answer(&weak, question.data, question.len, &answer);
    struct der_view rest = {answer.data, answer.len};
    struct der_item whole, status, token;
    assert_true(der_next(&rest, &whole) && der_next(&whole.body, &status) && der_next(&whole.body, &token));
    assert_int_equal(level_add_stamp(der.data, der.len, token.whole.at, token.whole.len, &archived, NULL), OK);
    assert_int_equal(renew_by(&archived), pki.now);
    expect_stamps(&archived, "strength");
    buf_done(&question);
    buf_done(&answer);
    buf_done(&archived);
    buf_done(&stamped);
    buf_done(&der);
}

/* ---- X-L ---- */

static struct der_view list_of(const struct signed_data *d, const char *oid)
{
    struct attribute a;
    struct der_item value;
    assert_true(attribute_find(d->unsigned_attributes.body, oid, &a) && der_take(&a.values, DER_SEQUENCE, &value));
    assert_int_equal(a.values.len, 0);
    return value.body;
}

static bool hash_is_in(struct der_view hash, const struct evidence *e, enum evidence_kind kind)
{
    uint8_t made[EVP_MAX_MD_SIZE];
    unsigned n;
    for (size_t i = 0; i < e->count; i++) {
        struct der_view bytes = {e->of[i].der, e->of[i].len};
        struct der_item basic;
        if (kind == EVIDENCE_OCSP && levels_basic_of(bytes, &basic))
            bytes = basic.whole;
        assert_int_equal(EVP_Digest(bytes.at, bytes.len, made, &n, EVP_sha384(), NULL), 1);
        if (e->of[i].kind == kind && der_same(hash, (struct der_view){made, n}))
            return true;
    }
    return false;
}

/* OtherHash: { { OID }, OCTET STRING } */
static struct der_view take_hash(struct der_view *rest)
{
    struct der_item whole, identifier, hash;
    assert_true(der_take(rest, DER_SEQUENCE, &whole) && der_take(&whole.body, DER_SEQUENCE, &identifier) &&
                der_take(&whole.body, DER_OCTET_STRING, &hash));
    assert_int_equal(whole.body.len, 0);
    return hash.body;
}

static void assert_ref(struct der_item ref, const struct evidence *e)
{
    struct der_item list, inner, one, identifier;
    while (ref.body.len > 0) {
        bool crl = ref.body.at[0] == DER_CONTEXT_0;
        assert_true(der_next(&ref.body, &list) && der_take(&list.body, DER_SEQUENCE, &inner) &&
                    der_take(&inner.body, DER_SEQUENCE, &list));
        while (der_take(&list.body, DER_SEQUENCE, &one)) {
            if (!crl)
                assert_true(der_take(&one.body, DER_SEQUENCE, &identifier));
            assert_true(hash_is_in(take_hash(&one.body), e, crl ? EVIDENCE_CRL : EVIDENCE_OCSP));
        }
    }
}

static void test_references(void **state)
{
    (void)state;
    for (int p = PROFILE_P3; p <= PROFILE_P4; p++) {
        struct aging a = with_profile((enum profile)p);
        a.signer = &p384;
        struct buf der = make(&a, LEVEL_LT), stamped = BUF_INIT(LEVELS_MAX);
        struct signed_data d = open_file(&der);
        struct evidence e = EVIDENCE_INIT;
        assert_int_equal(level_values(der.data, der.len, &e, NULL), OK);
        struct der_view certs = list_of(&d, OID_CERT_REFS), refs = list_of(&d, OID_REVOCATION_REFS);
        struct der_item ref, name;
        size_t n = 0, empty = 0;
        for (; der_take(&certs, DER_SEQUENCE, &ref); n++) {
            assert_true(hash_is_in(take_hash(&ref.body), &e, EVIDENCE_CERT));
            assert_true(der_take(&ref.body, DER_SEQUENCE, &name));
        }
        assert_int_equal(n, 3);          /* all but the signer's */
        for (size_t i = 0; i < 4; i++) { /* one each, the signer's first; the root has none */
            assert_true(der_take(&refs, DER_SEQUENCE, &ref));
            assert_true(i > 0 || ref.body.len > 0);
            empty += ref.body.len == 0;
            assert_ref(ref, &e);
        }
        assert_int_equal(refs.len, 0);
        assert_int_equal(empty, 1);
        aged_stamp_refs(&a, &der, &stamped);
        expect_stamps(&stamped, NULL);
        d = open_file(&stamped);
        struct buf less = BUF_INIT(LEVELS_MAX);
        without(&stamped, ATTRIBUTES, place_of(&d, OID_CERT_REFS, 0), NULL, &less);
        expect_stamps(&less, "imprint: the complete references are missing");
        buf_done(&less);
        without(&stamped, ATTRIBUTES, place_of(&d, OID_STAMP, 0), NULL, &less);
        expect_stamps(&less, "imprint");
        buf_done(&less);
        evidence_done(&e);
        buf_done(&stamped);
        buf_done(&der);
    }
}

/* ---- hostile files ---- */

/* Single bits all over a file: whatever is changed, the time stamps or the signature itself tell; what lies in the last
 * time stamp beside its signed parts is the authority's chain, which is not believed for being there. */
static void test_bits(void **state)
{
    (void)state;
    struct buf der = make(&aging, LEVEL_LTA);
    struct signed_data d = open_file(&der);
    struct attribute last;
    assert_true(attribute_find(d.unsigned_attributes.body, OID_ARCHIVE, &last));
    size_t from = (size_t)(last.whole.whole.at - der.data), to = from + last.whole.whole.len, quiet = 0;
    for (size_t bit = 3; bit < der.len * 8; bit += 29) {
        struct err err;
        der.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
        bool told = check_stamps(&der, &err) != OK;
        der.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
        if (!told && (bit / 8 < from || bit / 8 >= to))
            fail_msg("bit %zu of byte %zu", bit % 8, bit / 8);
        quiet += !told;
    }
    assert_true(quiet < der.len * 8 / 29 / 4);
    expect_stamps(&der, NULL);
    buf_done(&der);
}

static void test_not_a_file(void **state)
{
    (void)state;
    static const uint8_t none[] = {0x30, 0x00};
    struct buf out = BUF_INIT(LEVELS_MAX);
    struct evidence e = EVIDENCE_INIT;
    struct level_stamps stamps;
    struct level_gaps gaps;
    enum level level;
    uint8_t imprint[TST_IMPRINT_MAX];
    size_t len;
    int64_t at;
    assert_int_equal(level_of(none, 2, &level, NULL, NULL), ERR_REJ_FORM);
    assert_int_equal(level_stamp_imprint(none, 2, NID_sha256, imprint, &len, NULL), ERR_REJ_FORM);
    assert_int_equal(level_add_stamp(none, 2, none, 2, &out, NULL), ERR_REJ_FORM);
    assert_int_equal(level_values(none, 2, &e, NULL), ERR_REJ_FORM);
    assert_int_equal(level_add_values(none, 2, PROFILE_BASELINE, &e, &out, NULL), ERR_REJ_FORM);
    assert_int_equal(level_missing(none, 2, PROFILE_BASELINE, trust, trust, 0, NULL, &gaps, NULL), ERR_REJ_FORM);
    assert_int_equal(level_archive_imprint(none, 2, NID_sha256, imprint, &len, &out, NULL), ERR_REJ_FORM);
    assert_int_equal(level_add_archive(none, 2, &out, none, 2, &out, NULL), ERR_REJ_FORM);
    assert_int_equal(level_renew_by(none, 2, &at, NULL), ERR_REJ_FORM);
    assert_int_equal(level_stamps_read(none, 2, &stamps, NULL), ERR_REJ_FORM);
    assert_string_equal(level_name(LEVEL_LTA), "B-LTA");
    assert_string_equal(level_name((enum level)4), "?");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_steps),
        cmocka_unit_test(test_places),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_values_refused),
        cmocka_unit_test(test_missing),
        cmocka_unit_test(test_missing_by_profile),
        cmocka_unit_test(test_missing_responder),
        cmocka_unit_test(test_missing_forged),
        cmocka_unit_test(test_stamp_of_another),
        cmocka_unit_test(test_archive_imprint),
        cmocka_unit_test(test_archive_index),
        cmocka_unit_test(test_archive_damaged),
        cmocka_unit_test(test_archive_index_damaged),
        cmocka_unit_test(test_covers),
        cmocka_unit_test(test_renewal),
        cmocka_unit_test(test_renew_by),
        cmocka_unit_test(test_references),
        cmocka_unit_test(test_bits),
        cmocka_unit_test(test_not_a_file),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
