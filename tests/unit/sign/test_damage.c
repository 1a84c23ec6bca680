/* Damaged and ill-made signatures, one row each: what the verifier says, in the words of EN 319 102-1. Beside every row
 * stands the same file without the damage, which must hold; and what a row changes must show in the bytes. */
#include "config.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <openssl/objects.h>
#include <openssl/ocsp.h>
#include "made.h"
#include "sign/validate.h"

static const char other_text[] = "Kamu SM sistemleri: TEST metni, çğıİöşü.\nKABUL ETMİYORUM.\n";
static const enum profile p4 = PROFILE_P4;

/* ---- damage done to bytes ---- */

static uint8_t *at(struct buf *file, struct der_view where, size_t offset)
{
    return file->data + (where.at - file->data) + offset;
}

static void change_text(struct buf *file)
{
    *at(file, made_split(file).content.body, 3) ^= 1;
}

static void change_text_and_digest(struct buf *file)
{
    struct der_item digest;
    uint8_t hash[32];
    change_text(file);
    struct signed_data d = made_split(file);
    consent_text_digest(d.content.body.at, d.content.body.len, hash);
    assert_true(attribute_value(d.attributes.body, "1.2.840.113549.1.9.4", &digest));
    memcpy(at(file, digest.body, 0), hash, sizeof hash);
}

static void change_time(struct buf *file)
{
    struct der_item time;
    assert_true(attribute_value(made_split(file).attributes.body, "1.2.840.113549.1.9.5", &time));
    *at(file, time.body, 11) ^= 1;
}

static void change_signature(struct buf *file)
{
    *at(file, made_split(file).signature.body, 40) ^= 1;
}

/* The signer's certificate in the file, whichever place it has. */
static struct der_view signer_in(const struct buf *file)
{
    struct signed_data d = made_split(file);
    struct der_item item, serial = {0};
    struct der_view certs = d.certs.body, sid = d.sid.body;
    assert_true(der_next(&sid, &item) && der_next(&sid, &serial));
    while (certs.len > 0) {
        assert_true(der_next(&certs, &item));
        if (memmem(item.whole.at, 40, serial.whole.at, serial.whole.len) != NULL)
            return item.whole;
    }
    fail_msg("no signer");
    return (struct der_view){NULL, 0};
}

static void put_twin_in(struct buf *file)
{
    unsigned char *der = NULL;
    int len = i2d_X509(made_twin.cert, &der);
    assert_true(len > 0);
    made_replace(file, signer_in(file), (struct der_view){der, (size_t)len});
    OPENSSL_free(der);
}

static void take_signer_out(struct buf *file)
{
    made_replace(file, signer_in(file), (struct der_view){NULL, 0});
}

static void take_attribute_out(struct buf *file, const char *oid)
{
    struct attribute a;
    assert_true(attribute_find(made_split(file).attributes.body, oid, &a));
    made_replace(file, a.whole.whole, (struct der_view){NULL, 0});
}

static void take_ess_out(struct buf *file)
{
    take_attribute_out(file, "1.2.840.113549.1.9.16.2.47");
}

static void take_attributes_out(struct buf *file)
{
    made_replace(file, made_split(file).attributes.whole, (struct der_view){NULL, 0});
}

static void add_byte(struct buf *file)
{
    assert_int_equal(buf_add(file, "\0", 1), OK);
}

static void cut_off(struct buf *file)
{
    file->len /= 2;
}

/* A length of three octets where two are enough. */
static void lengthen(struct buf *file)
{
    struct buf bad = BUF_INIT(LEVELS_MAX);
    assert_int_equal(file->data[1], 0x82);
    assert_int_equal(buf_add(&bad, (const uint8_t[]){0x30, 0x83, 0x00, file->data[2], file->data[3]}, 5), OK);
    assert_int_equal(buf_add(&bad, file->data + 4, file->len - 4), OK);
    assert_int_equal(buf_move(file, &bad), OK);
}

static void unbind_length(struct buf *file)
{
    struct buf bad = BUF_INIT(LEVELS_MAX);
    assert_int_equal(file->data[1], 0x82);
    assert_int_equal(buf_add(&bad, (const uint8_t[]){0x30, 0x80}, 2), OK);
    assert_int_equal(buf_add(&bad, file->data + 4, file->len - 4), OK);
    assert_int_equal(buf_add(&bad, "\0\0", 2), OK);
    assert_int_equal(buf_move(file, &bad), OK);
}

static void change_version(struct buf *file)
{
    *at(file, made_split(file).version.body, 0) = 4;
}

static struct der_view unsigned_attribute(const struct buf *file, const char *oid)
{
    struct attribute a;
    assert_true(attribute_find(made_split(file).unsigned_attributes.body, oid, &a));
    return a.whole.whole;
}

#define SIGNATURE_STAMP "1.2.840.113549.1.9.16.2.14"
#define ARCHIVE_STAMP "0.4.0.1733.2.4"

static void take_stamp_out(struct buf *file)
{
    made_replace(file, made_split(file).unsigned_attributes.whole, (struct der_view){NULL, 0});
}

/* The last digit of the TSTInfo's time, the one GeneralizedTime in an OCTET STRING here. */
static void change_stamp(struct buf *file, const char *oid)
{
    struct der_view a = unsigned_attribute(file, oid);
    const uint8_t *time = memmem(a.at, a.len,
        "\x18\x0f"
        "20",
        4);
    assert_non_null(time);
    file->data[time - file->data + 15] ^= 1;
}

static void change_stamp_time(struct buf *file)
{
    change_stamp(file, SIGNATURE_STAMP);
}

static void change_archive_time(struct buf *file)
{
    change_stamp(file, ARCHIVE_STAMP);
}

static void empty_stamp(struct buf *file)
{
    static const uint8_t none[] = {0x30, 0x00};
    struct attribute a;
    struct der_item token;
    assert_true(attribute_find(made_split(file).unsigned_attributes.body, SIGNATURE_STAMP, &a));
    assert_true(der_next(&a.values, &token));
    made_replace(file, token.whole, (struct der_view){none, sizeof none});
}

/* Of two revocation values the CRL; the OCSP answer says enough without it. */
static struct der_view crl_in(const struct buf *file)
{
    struct der_view rest = made_split(file).crls.body, issuer_name;
    struct der_item item;
    const unsigned char *name;
    size_t len;
    assert_int_equal(X509_NAME_get0_der(X509_get_subject_name(made_pki.issuer.cert), &name, &len), 1);
    issuer_name = (struct der_view){name, len};
    while (rest.len > 0 && der_next(&rest, &item))
        if (item.tag == DER_SEQUENCE && memmem(item.whole.at, item.whole.len, issuer_name.at, issuer_name.len) != NULL)
            return item.whole;
    fail_msg("no CRL");
    return (struct der_view){NULL, 0};
}

static void take_crl_out(struct buf *file)
{
    made_replace(file, crl_in(file), (struct der_view){NULL, 0});
}

static void change_crl(struct buf *file)
{
    struct der_view crl = crl_in(file);
    *at(file, crl, crl.len - 1) ^= 1;
}

static void take_certificate_out(struct buf *file)
{
    struct der_view certs = made_split(file).certs.body, signer = signer_in(file);
    struct der_item item;
    do
        assert_true(der_next(&certs, &item));
    while (item.whole.at == signer.at);
    made_replace(file, item.whole, (struct der_view){NULL, 0});
}

/* ---- the table ---- */

enum trusted { OURS, OTHERS };

struct row {
    const char *name;
    enum sub_indication want; /* SUB_NONE: it holds */
    struct recipe base;       /* without the damage; by default the same with the recipe's flaws left out */
    struct recipe made;
    void (*damage)(struct buf *);
    /* the world that judges */
    enum trusted trusted;
    int64_t now; /* seconds after the signing time; 0: ten days */
    const char *text;
    const enum profile *profile;
};

#define DONE(why, what)                                                                                                \
    {                                                                                                                  \
#what, SUB_##why, .damage = what                                                                               \
    }
#define FLAW(why, what)                                                                                                \
    {                                                                                                                  \
#what, SUB_##why, .made = {.flaw = FORGE_##what }                                                              \
    }
#define CERT(why, what)                                                                                                \
    {                                                                                                                  \
#what, SUB_##why, .made = {.cert = PKI_##what }                                                                \
    }
#define EXPIRED_T .cert = PKI_EXPIRED, .level = LEVEL_T

static const struct row rows[] = {
    /* changed after signing */
    DONE(HASH_FAILURE, change_text),
    DONE(SIG_CRYPTO_FAILURE, change_text_and_digest),
    DONE(SIG_CRYPTO_FAILURE, change_time),
    DONE(SIG_CRYPTO_FAILURE, change_signature),
    DONE(SIG_CRYPTO_FAILURE, take_ess_out),
    DONE(NO_SIGNING_CERTIFICATE_FOUND, put_twin_in),
    DONE(NO_SIGNING_CERTIFICATE_FOUND, take_signer_out),
    DONE(FORMAT_FAILURE, take_attributes_out),
    DONE(FORMAT_FAILURE, add_byte),
    DONE(FORMAT_FAILURE, cut_off),
    DONE(FORMAT_FAILURE, lengthen),
    DONE(FORMAT_FAILURE, unbind_length),
    DONE(FORMAT_FAILURE, change_version),
    /* really signed, but not as it must be */
    FLAW(FORMAT_FAILURE, UNSORTED_ATTRIBUTES),
    FLAW(FORMAT_FAILURE, NO_SIGNED_ATTRIBUTES),
    FLAW(FORMAT_FAILURE, ATTRIBUTE_TWICE),
    FLAW(FORMAT_FAILURE, TWO_VALUES),
    FLAW(FORMAT_FAILURE, NO_VALUE),
    FLAW(FORMAT_FAILURE, TWO_SIGNERS),
    FLAW(FORMAT_FAILURE, NO_SIGNER),
    FLAW(FORMAT_FAILURE, SIGNER_VERSION_3),
    FLAW(FORMAT_FAILURE, VERSION_5),
    FLAW(FORMAT_FAILURE, NO_DIGEST),
    FLAW(FORMAT_FAILURE, DIGEST_IN_A_STRING),
    FLAW(FORMAT_FAILURE, DIGESTS_DISAGREE),
    FLAW(FORMAT_FAILURE, UNKNOWN_DIGEST),
    FLAW(FORMAT_FAILURE, BROKEN_CERT),
    FLAW(FORMAT_FAILURE, NO_SIGNATURE),
    FLAW(FORMAT_FAILURE, CONTENT_NOT_DATA),
    FLAW(FORMAT_FAILURE, EMPTY_TEXT),
    FLAW(FORMAT_FAILURE, NOT_SIGNED_DATA),
    FLAW(FORMAT_FAILURE, SIGNER_BY_KEY),
    FLAW(FORMAT_FAILURE, CRLS),
    FLAW(FORMAT_FAILURE, MORE_FILE),
    FLAW(FORMAT_FAILURE, MORE_EXPLICIT),
    FLAW(FORMAT_FAILURE, MORE_SIGNED_DATA),
    FLAW(FORMAT_FAILURE, MORE_CONTENT),
    FLAW(FORMAT_FAILURE, MORE_OCTETS),
    FLAW(FORMAT_FAILURE, MORE_SID),
    FLAW(FORMAT_FAILURE, MORE_SIGNER),
    FLAW(FORMAT_FAILURE, MORE_ATTRIBUTE),
    FLAW(HASH_FAILURE, WRONG_DIGEST),
    FLAW(HASH_FAILURE, SHORT_DIGEST),
    FLAW(SIG_CRYPTO_FAILURE, OTHER_KEY),
    FLAW(SIG_CRYPTO_FAILURE, OTHER_SIGNATURE_ALG),
    FLAW(SIG_CRYPTO_FAILURE, SWAPPED),
    FLAW(NO_SIGNING_CERTIFICATE_FOUND, TWIN),
    FLAW(NO_SIGNING_CERTIFICATE_FOUND, ESS_SHA1),
    FLAW(NO_SIGNING_CERTIFICATE_FOUND, ESS_OTHER_CERT),
    FLAW(NO_SIGNING_CERTIFICATE_FOUND, ESS_OTHER_ISSUER),
    FLAW(NO_SIGNING_CERTIFICATE_FOUND, ESS_DEFAULT_WRITTEN),
    FLAW(NO_SIGNING_CERTIFICATE_FOUND, NO_CERTS),
    FLAW(SIGNED_DATA_NOT_FOUND, DETACHED),
    FLAW(SIG_CONSTRAINTS_FAILURE, FOREIGN_ATTRIBUTE),
    FLAW(SIG_CONSTRAINTS_FAILURE, NO_ESS),
    FLAW(SIG_CONSTRAINTS_FAILURE, ESS_V1),
    FLAW(SIG_CONSTRAINTS_FAILURE, NO_CONTENT_TYPE),
    FLAW(SIG_CONSTRAINTS_FAILURE, OTHER_CONTENT_TYPE),
    FLAW(SIG_CONSTRAINTS_FAILURE, NO_TIME),
    FLAW(SIG_CONSTRAINTS_FAILURE, NO_DAY),
    FLAW(SIG_CONSTRAINTS_FAILURE, GENERALIZED_TIME),
    FLAW(SIG_CONSTRAINTS_FAILURE, NO_CONTENT_ID),
    FLAW(SIG_CONSTRAINTS_FAILURE, SHORT_CONTENT_ID),
    {"SHA-1", SUB_CRYPTO_CONSTRAINTS_FAILURE_NO_POE, .made = {.flaw = FORGE_ESS_SHA256, .digest = NID_sha1}},
    FLAW(POLICY_PROCESSING_ERROR, POLICY_HASH),
    FLAW(SIGNATURE_POLICY_NOT_AVAILABLE, POLICY_OTHER),
    {"no policy where one was asked for", SUB_SIG_CONSTRAINTS_FAILURE, .base = {.flaw = FORGE_POLICY}, .profile = &p4},
    /* certificates that must not sign a consent */
    CERT(CHAIN_CONSTRAINTS_FAILURE, WRONG_USAGE),
    CERT(CHAIN_CONSTRAINTS_FAILURE, NO_USAGE),
    CERT(CHAIN_CONSTRAINTS_FAILURE, NO_ETSI),
    CERT(CHAIN_CONSTRAINTS_FAILURE, NO_BTK),
    CERT(CHAIN_CONSTRAINTS_FAILURE, NO_NOTICE),
    CERT(CHAIN_CONSTRAINTS_FAILURE, SEAL),
    CERT(CHAIN_CONSTRAINTS_FAILURE, SEAL_2),
    CERT(CHAIN_CONSTRAINTS_FAILURE, MALI_MUHUR),
    CERT(CHAIN_CONSTRAINTS_FAILURE, ENCRYPTION),
    CERT(CHAIN_CONSTRAINTS_FAILURE, CA),
    CERT(CRYPTO_CONSTRAINTS_FAILURE_NO_POE, SHA1),
    CERT(FORMAT_FAILURE, BROKEN_QC),
    CERT(OUT_OF_BOUNDS_NO_POE, EXPIRED),
    CERT(OUT_OF_BOUNDS_NO_POE, NOT_YET),
    {"RSA-1024", SUB_CRYPTO_CONSTRAINTS_FAILURE_NO_POE, .made = {.fresh_key = true, .key = PKI_RSA1024}},
    {"a curve of its own", SUB_CRYPTO_CONSTRAINTS_FAILURE_NO_POE,
        .made = {.fresh_key = true, .key = PKI_P256_EXPLICIT}},
    {"an unknown authority", SUB_NO_CERTIFICATE_CHAIN_FOUND, .made = {.issuer = BY_STRANGER}},
    {"an authority without basicConstraints", SUB_CERTIFICATE_CHAIN_GENERAL_FAILURE, .made = {.issuer = BY_PERSON}},
    {"an authority with RSA-1024", SUB_CRYPTO_CONSTRAINTS_FAILURE_NO_POE, .made = {.issuer = BY_WEAK}},
    {"authorities that did not issue it", SUB_NO_CERTIFICATE_CHAIN_FOUND, .trusted = OTHERS},
    {"another text handed in", SUB_HASH_FAILURE, .text = other_text},
    {"signed in the future", SUB_SIG_CONSTRAINTS_FAILURE, .now = -HOUR},
    /* time stamps: beside an expired certificate, which they alone let pass */
    {"expired, stamped in time", SUB_NONE, .base = {.level = LEVEL_T}, .made = {EXPIRED_T}},
    {"stamp of another signature", SUB_OUT_OF_BOUNDS_NO_POE, .base = {EXPIRED_T},
        .made = {EXPIRED_T, .stamp_of_other = true}},
    {"the same, not expired", SUB_SIG_CONSTRAINTS_FAILURE, .base = {.level = LEVEL_T},
        .made = {.level = LEVEL_T, .stamp_of_other = true}},
    {"stamp by a person's certificate", SUB_OUT_OF_BOUNDS_NO_POE, .base = {EXPIRED_T},
        .made = {EXPIRED_T, .unit = UNIT_PERSON}},
    {"stamp by a unit whose purpose is not critical", SUB_OUT_OF_BOUNDS_NO_POE, .base = {EXPIRED_T},
        .made = {EXPIRED_T, .unit = UNIT_PLAIN}},
    {"stamp of an unknown authority", SUB_OUT_OF_BOUNDS_NO_POE, .base = {EXPIRED_T},
        .made = {EXPIRED_T, .unit = UNIT_STRANGER}},
    {"stamp by a unit that has ended", SUB_OUT_OF_BOUNDS_NO_POE, .base = {EXPIRED_T},
        .made = {EXPIRED_T, .unit = UNIT_ENDED}},
    {"stamp after the end", SUB_OUT_OF_BOUNDS_NO_POE, .base = {EXPIRED_T},
        .made = {EXPIRED_T, .stamp_at = 9 * DAY + 60}},
    {"stamp before the beginning", SUB_NOT_YET_VALID, .base = {.level = LEVEL_T},
        .made = {.cert = PKI_NOT_YET, .level = LEVEL_T}},
    {"stamp before signing", SUB_SIG_CONSTRAINTS_FAILURE, .base = {.level = LEVEL_T},
        .made = {.level = LEVEL_T, .stamp_at = -HOUR}},
    {"change_stamp_time", SUB_OUT_OF_BOUNDS_NO_POE, .base = {EXPIRED_T}, .made = {EXPIRED_T},
        .damage = change_stamp_time},
    {"change_stamp_time, not expired", SUB_SIG_CONSTRAINTS_FAILURE, .base = {.level = LEVEL_T},
        .made = {.level = LEVEL_T}, .damage = change_stamp_time},
    {"take_stamp_out", SUB_OUT_OF_BOUNDS_NO_POE, .base = {EXPIRED_T}, .made = {EXPIRED_T}, .damage = take_stamp_out},
    {"empty_stamp", SUB_OUT_OF_BOUNDS_NO_POE, .base = {EXPIRED_T}, .made = {EXPIRED_T}, .damage = empty_stamp},
    {"expired before a content stamp", SUB_EXPIRED, .base = {.flaw = FORGE_CONTENT_STAMP},
        .made = {.flaw = FORGE_CONTENT_STAMP, .cert = PKI_EXPIRED, .created_at = 9 * DAY + HOUR}},
    {"content stamp after the signature's", SUB_TIMESTAMP_ORDER_FAILURE,
        .base = {.flaw = FORGE_CONTENT_STAMP, .level = LEVEL_T},
        .made = {.flaw = FORGE_CONTENT_STAMP, .level = LEVEL_T, .created_at = 120}},
    /* revocation */
    {"revoked after the stamp", SUB_NONE, .base = {.level = LEVEL_LT},
        .made = {.level = LEVEL_LT, .status = V_OCSP_CERTSTATUS_REVOKED, .revoked_at = 50}},
    {"revoked before the stamp", SUB_REVOKED_NO_POE, .base = {.level = LEVEL_LT},
        .made = {.level = LEVEL_LT, .status = V_OCSP_CERTSTATUS_REVOKED, .revoked_at = 10}},
    {"revoked before the stamp, by a CRL", SUB_REVOKED_NO_POE, .base = {.level = LEVEL_LT, .by = STATUS_CRL},
        .made = {.level = LEVEL_LT, .by = STATUS_CRL, .status = V_OCSP_CERTSTATUS_REVOKED, .revoked_at = 10}},
    {"revoked before a content stamp", SUB_REVOKED, .base = {.level = LEVEL_LT, .flaw = FORGE_CONTENT_STAMP},
        .made =
            {.level = LEVEL_LT, .flaw = FORGE_CONTENT_STAMP, .status = V_OCSP_CERTSTATUS_REVOKED, .revoked_at = -HOUR}},
    {"issuing authority revoked", SUB_REVOKED_CA_NO_POE, .base = {.level = LEVEL_LT},
        .made = {.level = LEVEL_LT, .issuer_revoked = true}},
    {"revoked, without a stamp", SUB_REVOKED_NO_POE,
        .made = {.status_held = true, .status = V_OCSP_CERTSTATUS_REVOKED, .revoked_at = HOUR}},
    {"expired and never revoked, without a stamp", SUB_OUT_OF_BOUNDS_NOT_REVOKED,
        .made =
            {.cert = PKI_EXPIRED, .status_held = true, .this_update = 9 * DAY - HOUR, .next_update = 9 * DAY + HOUR}},
    {"suspended", SUB_TRY_LATER, .base = {.level = LEVEL_LT},
        .made = {.level = LEVEL_LT,
            .status = V_OCSP_CERTSTATUS_REVOKED,
            .reason = OCSP_REVOKED_STATUS_CERTIFICATEHOLD,
            .revoked_at = 10}},
    {"revocation unknown", SUB_TRY_LATER, .base = {.level = LEVEL_LT},
        .made = {.level = LEVEL_LT, .status = V_OCSP_CERTSTATUS_UNKNOWN}},
    {"answer of another authority's responder", SUB_TRY_LATER, .base = {.level = LEVEL_LT},
        .made = {.level = LEVEL_LT, .by = STATUS_OTHER_RESPONDER}},
    {"answer of a responder nobody vouches for", SUB_TRY_LATER, .base = {.level = LEVEL_LT},
        .made = {.level = LEVEL_LT, .by = STATUS_TO_CHECK}},
    {"answer about another certificate", SUB_TRY_LATER, .base = {.level = LEVEL_LT},
        .made = {.level = LEVEL_LT, .of_other_cert = true}},
    {"CRL out of date", SUB_TRY_LATER, .base = {.level = LEVEL_LT, .by = STATUS_CRL},
        .made = {.level = LEVEL_LT, .by = STATUS_CRL, .this_update = -DAY, .next_update = -HOUR}},
    {"change_crl", SUB_TRY_LATER, .base = {.level = LEVEL_LT, .by = STATUS_CRL},
        .made = {.level = LEVEL_LT, .by = STATUS_CRL}, .damage = change_crl},
    /* archive time stamps */
    {"take_crl_out", SUB_SIG_CONSTRAINTS_FAILURE, .base = {.level = LEVEL_LTA, .by = STATUS_BOTH},
        .made = {.level = LEVEL_LTA, .by = STATUS_BOTH}, .damage = take_crl_out},
    {"change_crl under an archive stamp", SUB_SIG_CONSTRAINTS_FAILURE, .base = {.level = LEVEL_LTA, .by = STATUS_BOTH},
        .made = {.level = LEVEL_LTA, .by = STATUS_BOTH}, .damage = change_crl},
    {"take_certificate_out", SUB_SIG_CONSTRAINTS_FAILURE, .base = {.level = LEVEL_LTA}, .made = {.level = LEVEL_LTA},
        .damage = take_certificate_out},
    {"change_archive_time", SUB_SIG_CONSTRAINTS_FAILURE, .base = {.level = LEVEL_LTA}, .made = {.level = LEVEL_LTA},
        .damage = change_archive_time},
    {"archive stamp before the stamp it covers", SUB_TIMESTAMP_ORDER_FAILURE, .base = {.level = LEVEL_LTA},
        .made = {.level = LEVEL_LTA, .archive_at = 10}},
    {"archived, the first unit has ended", SUB_NONE, .base = {EXPIRED_T},
        .made = {.cert = PKI_EXPIRED, .level = LEVEL_LTA, .unit = UNIT_ENDED}},
    {"the same, archive stamp of an unknown authority", SUB_OUT_OF_BOUNDS_NO_POE,
        .base = {.cert = PKI_EXPIRED, .level = LEVEL_LTA, .unit = UNIT_ENDED},
        .made = {.cert = PKI_EXPIRED, .level = LEVEL_LTA, .unit = UNIT_ENDED, .archive_unit = UNIT_STRANGER}},
};
#define ROWS (sizeof rows / sizeof rows[0])

static int setup(void **state)
{
    (void)state;
    made_open();
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    made_close();
    return 0;
}

struct case_file {
    struct buf der;
    struct evidence held;
};

static void make(const struct recipe *r, struct case_file *ret)
{
    *ret = (struct case_file){.der = BUF_INIT(LEVELS_MAX)};
    made_make(r, &ret->der, &ret->held);
}

static void done(struct case_file *f)
{
    buf_done(&f->der);
    evidence_done(&f->held);
}

static struct validation judge(const struct case_file *f, const struct row *world)
{
    struct validation v;
    struct err err = {OK, ""};
    struct validate_params p = {.trust = world->trusted == OTHERS ? made_others : made_trust,
        .now = world->now != 0 ? made_signed_at() + world->now : made_pki.now,
        .text = (const uint8_t *)world->text,
        .text_len = world->text != NULL ? strlen(world->text) : 0,
        .consent = true,
        .nes = true,
        .profile = world->profile,
        .held = &f->held};
    if (validate(f->der.data, f->der.len, &p, &v, &err) != OK)
        fail_msg("%s: %s", world->name, err.detail);
    return v;
}

static const char *word(enum sub_indication s)
{
    return s == SUB_NONE ? "passed" : sub_indication_word(s);
}

/* Every row is told, and then the test fails. */
static unsigned failed;

static void expect(const struct validation *v, enum sub_indication want, const char *name)
{
    if (v->sub == want && v->indication == sub_indication_of(want))
        return;
    failed++;
    print_error("%s: %s (%s: %s), not %s\n", name, word(v->sub), validation_rule_slug(v->rule), v->detail, word(want));
    for (size_t i = 0; i < v->block_count; i++)
        if (v->blocks[i].sub != SUB_NONE)
            print_error(
                "    %s: %s\n", validation_block_slug(v->blocks[i].kind), sub_indication_word(v->blocks[i].sub));
}

/* What a row leaves of the good world: the text asked for. */
static struct row good_world(const struct row *row)
{
    return (struct row){.name = row->name, .profile = row->profile};
}

static void run(const struct row *row)
{
    struct case_file base, bad;
    const struct row world = good_world(row);
    make(&row->base, &base);
    struct validation v = judge(&base, &world);
    expect(&v, SUB_NONE, row->name);
    make(&row->made, &bad);
    if (row->damage != NULL)
        row->damage(&bad.der);
    bool same = base.der.len == bad.der.len && memcmp(base.der.data, bad.der.data, base.der.len) == 0;
    bool of_world = row->text != NULL || row->trusted != OURS || row->now != 0 || bad.held.count > 0;
    if (same != (of_world && row->made.cert == 0)) {
        failed++;
        print_error("%s: the bytes %s\n", row->name, same ? "have not changed" : "should not have changed");
    }
    v = judge(&bad, row);
    expect(&v, row->want, row->name);
    done(&base);
    done(&bad);
}

static void test_rows(void **state)
{
    (void)state;
    assert_true(ROWS >= 40);
    for (size_t i = 0; i < ROWS; i++)
        run(&rows[i]);
    print_message("%zu rows\n", ROWS);
    assert_int_equal(failed, 0);
}

/* Without time stamps and with RSA a recipe gives the same bytes again: so a difference is the damage. */
static void test_same_bytes(void **state)
{
    (void)state;
    static const struct recipe whole = {.level = LEVEL_B};
    struct case_file a, b;
    make(&whole, &a);
    make(&whole, &b);
    assert_int_equal(a.der.len, b.der.len);
    assert_memory_equal(a.der.data, b.der.data, a.der.len);
    done(&a);
    done(&b);
}

/* Every sub-indication that there is has a row that gets it. */
static void test_every_word(void **state)
{
    (void)state;
    for (int s = SUB_NONE; s < SUB_COUNT; s++) {
        size_t i = 0;
        while (i < ROWS && rows[i].want != (enum sub_indication)s)
            i++;
        if (i == ROWS)
            fail_msg("no row for %s", word((enum sub_indication)s));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_bytes),
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_every_word),
    };
    return cmocka_run_group_tests_name("damage", tests, setup, teardown);
}
