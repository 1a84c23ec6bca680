/* SignedData of every level and of a time-stamp token is taken apart where it should be, and anything else refused. */
#include "config.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include <openssl/objects.h>
#include "sign/signed_data.h"

#define MAX 4096

/* A message without cryptography, each part of it open to change. */
struct message {
    uint8_t version, signer_version;
    int type;            /* of the content, NID */
    const char *content; /* NULL: detached */
    uint8_t certs[4];    /* tags of the choices, 0 ends */
    uint8_t crls[4];     /* the same */
    unsigned attributes; /* signed ones, of the list below, a bit each */
    unsigned unsigned_attributes;
    unsigned flaws;
};
enum {
    FLAW_UNSORTED = 1,
    FLAW_TWICE = 2,
    FLAW_TWO_VALUES = 4,
    FLAW_NO_VALUE = 8,
    FLAW_UNSIGNED_NO_VALUE = 16,
    FLAW_EMPTY_UNSIGNED = 32,
    FLAW_EMPTY_CERTS = 64,
    FLAW_EMPTY_CRLS = 128,
    FLAW_TWO_SIGNERS = 256,
    FLAW_NO_SIGNER = 512,
    FLAW_MORE_BODY = 1024,
    FLAW_MORE_SIGNER = 2048,
    FLAW_NO_SIGNATURE = 4096,
    FLAW_NO_DIGESTS = 8192,
    FLAW_MORE_CONTENT = 1 << 14,
    FLAW_MORE_OCTETS = 1 << 15,
    FLAW_MORE_SID = 1 << 16,
    FLAW_NO_ATTRIBUTES = 1 << 17,
    FLAW_ENVELOPED = 1 << 18,
    FLAW_MORE_FILE = 1 << 19,
    FLAW_MORE_EXPLICIT = 1 << 20,
    FLAW_UNSIGNED_MORE = 1 << 21,
    FLAW_MANY = 1 << 22,
};
static const int types[] = {NID_pkcs9_contentType, NID_pkcs9_messageDigest, NID_pkcs9_signingTime};

static void put_number(struct der_out *out, uint8_t n)
{
    der_put_uint(out, &n, 1);
}

static void put_alg(struct der_out *out)
{
    size_t mark = der_mark(out);
    der_put_oid(out, NID_sha256);
    der_wrap(out, mark, DER_SEQUENCE);
}

static void put_attribute(struct der_out *out, int nid, unsigned values, bool more)
{
    size_t mark = der_mark(out);
    der_put_oid(out, nid);
    size_t set = der_mark(out);
    for (uint8_t i = 0; i < values; i++)
        put_number(out, i);
    der_wrap(out, set, DER_SET);
    if (more)
        der_put(out, DER_NULL, NULL, 0);
    der_wrap(out, mark, DER_SEQUENCE);
}

/* Of a type that nobody knows, one of 128. */
static void put_private(struct der_out *out, uint8_t arc)
{
    size_t mark = der_mark(out);
    der_put(out, DER_OID, (const uint8_t[]){0x2a, arc}, 2);
    der_put(out, DER_SET, (const uint8_t[]){DER_NULL, 0}, 2);
    der_wrap(out, mark, DER_SEQUENCE);
}

static void put_signed(struct der_out *out, const struct message *m)
{
    size_t mark = der_mark(out);
    unsigned values = m->flaws & FLAW_NO_VALUE ? 0 : m->flaws & FLAW_TWO_VALUES ? 2 : 1;
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (m->attributes & 1U << i)
            put_attribute(out, types[i], i == 0 ? values : 1, false);
    if (m->flaws & FLAW_TWICE)
        put_attribute(out, types[0], 1, false);
    for (uint8_t i = 0; m->flaws & FLAW_MANY && i < 30; i++)
        put_private(out, i);
    der_sort(out, mark);
    if (m->flaws & FLAW_UNSORTED)
        put_attribute(out, NID_pkcs9_emailAddress, 1, false);
    der_wrap(out, mark, DER_CONTEXT_0);
}

static void put_unsigned(struct der_out *out, const struct message *m)
{
    size_t mark = der_mark(out);
    for (unsigned i = m->unsigned_attributes; i > 0; i--) /* not in order */
        put_attribute(out, i == 2 ? NID_id_smime_aa_timeStampToken : NID_id_smime_aa_ets_certValues,
            m->flaws & FLAW_UNSIGNED_NO_VALUE ? 0 : i, m->flaws & FLAW_UNSIGNED_MORE);
    if (m->unsigned_attributes > 0 || m->flaws & FLAW_EMPTY_UNSIGNED)
        der_wrap(out, mark, DER_CONTEXT_1);
}

static void put_sid(struct der_out *out, const struct message *m)
{
    size_t mark = der_mark(out);
    if (m->signer_version != 1) {
        der_put(out, DER_CONTEXT_PRIMITIVE_0, "key", 3);
        return;
    }
    der_put(out, DER_SEQUENCE, NULL, 0);
    put_number(out, 7);
    if (m->flaws & FLAW_MORE_SID)
        put_number(out, 7);
    der_wrap(out, mark, DER_SEQUENCE);
}

static void put_signer(struct der_out *out, const struct message *m)
{
    size_t mark = der_mark(out);
    put_number(out, m->signer_version);
    put_sid(out, m);
    put_alg(out);
    if (!(m->flaws & FLAW_NO_ATTRIBUTES))
        put_signed(out, m);
    put_alg(out);
    if (!(m->flaws & FLAW_NO_SIGNATURE))
        der_put(out, DER_OCTET_STRING, "signature", 9);
    put_unsigned(out, m);
    if (m->flaws & FLAW_MORE_SIGNER)
        der_put(out, DER_NULL, NULL, 0);
    der_wrap(out, mark, DER_SEQUENCE);
}

static void put_signers(struct der_out *out, const struct message *m)
{
    size_t mark = der_mark(out);
    for (int i = m->flaws & FLAW_NO_SIGNER ? 0 : m->flaws & FLAW_TWO_SIGNERS ? 2 : 1; i > 0; i--)
        put_signer(out, m);
    der_wrap(out, mark, DER_SET);
}

static void put_content(struct der_out *out, const struct message *m)
{
    size_t mark = der_mark(out);
    der_put_oid(out, m->type);
    size_t octets = der_mark(out);
    if (m->content != NULL) {
        der_put(out, DER_OCTET_STRING, m->content, strlen(m->content));
        if (m->flaws & FLAW_MORE_OCTETS)
            der_put(out, DER_NULL, NULL, 0);
        der_wrap(out, octets, DER_CONTEXT_0);
    }
    if (m->flaws & FLAW_MORE_CONTENT)
        der_put(out, DER_NULL, NULL, 0);
    der_wrap(out, mark, DER_SEQUENCE);
}

static void put_choices(struct der_out *out, const uint8_t choices[4], uint8_t tag, bool empty)
{
    size_t mark = der_mark(out);
    for (size_t i = 0; i < 4 && choices[i] != 0; i++)
        der_put(out, choices[i], (const uint8_t[]){DER_INTEGER, 1, (uint8_t)(9 - i)}, 3); /* not in order */
    if (empty || choices[0] != 0)
        der_wrap(out, mark, tag);
}

static struct der_out encode(const struct message *m)
{
    struct der_out out = DER_OUT_INIT(MAX);
    der_put_oid(&out, m->flaws & FLAW_ENVELOPED ? NID_pkcs7_enveloped : NID_pkcs7_signed);
    size_t data = der_mark(&out);
    put_number(&out, m->version);
    size_t digests = der_mark(&out);
    if (!(m->flaws & FLAW_NO_DIGESTS))
        put_alg(&out);
    der_wrap(&out, digests, DER_SET);
    put_content(&out, m);
    put_choices(&out, m->certs, DER_CONTEXT_0, m->flaws & FLAW_EMPTY_CERTS);
    put_choices(&out, m->crls, DER_CONTEXT_1, m->flaws & FLAW_EMPTY_CRLS);
    put_signers(&out, m);
    if (m->flaws & FLAW_MORE_BODY)
        der_put(&out, DER_NULL, NULL, 0);
    der_wrap(&out, data, DER_SEQUENCE);
    if (m->flaws & FLAW_MORE_EXPLICIT)
        der_put(&out, DER_NULL, NULL, 0);
    der_wrap(&out, data, DER_CONTEXT_0);
    if (m->flaws & FLAW_MORE_FILE)
        der_put(&out, DER_NULL, NULL, 0);
    der_wrap(&out, 0, DER_SEQUENCE);
    assert_int_equal(out.rc, OK);
    return out;
}

#define B_B                                                                                                            \
    .version = 1, .signer_version = 1, .type = NID_pkcs7_data, .content = "text", .certs = {0x30}, .attributes = 7
static const struct message whole = {B_B};

static const char *split(const struct message *m, struct der_out *out, struct signed_data *s)
{
    *out = encode(m);
    return signed_data_split((struct der_view){out->buf.data, out->buf.len}, MAX, s);
}

static void test_parts(void **state)
{
    (void)state;
    struct der_out out;
    struct signed_data s;
    const struct message m = {.version = 5,
        .signer_version = 1,
        .type = NID_pkcs7_data,
        .content = "text",
        .certs = {0x30, 0x30},
        .crls = {0x30, 0xa1},
        .attributes = 7,
        .unsigned_attributes = 2};
    assert_null(split(&m, &out, &s));
    assert_ptr_equal(s.file.at, out.buf.data);
    assert_int_equal(s.file.len, out.buf.len);
    assert_int_equal(s.version.body.at[0], 5);
    assert_true(der_is_oid(&s.type, NID_pkcs7_data));
    assert_true(s.attached);
    assert_true(der_same(s.content.body, (struct der_view){(const uint8_t *)"text", 4}));
    assert_int_equal(s.certs.tag, DER_CONTEXT_0);
    assert_int_equal(s.certs.body.len, 10);
    assert_int_equal(s.crls.tag, DER_CONTEXT_1);
    assert_int_equal(s.crls.body.len, 10);
    assert_int_equal(s.sid.tag, DER_SEQUENCE);
    assert_int_equal(s.attributes.whole.at[0], DER_CONTEXT_0);
    assert_true(der_same(s.signature.body, (struct der_view){(const uint8_t *)"signature", 9}));
    assert_int_equal(s.unsigned_attributes.tag, DER_CONTEXT_1);
    /* each part lies in the one around it, one behind the other */
    const struct der_item *const order[] = {&s.version, &s.digests, &s.encapsulated, &s.certs, &s.crls, &s.signers};
    const uint8_t *at = s.body.body.at;
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        assert_ptr_equal(order[i]->whole.at, at);
        at += order[i]->whole.len;
    }
    const struct der_item *const inner[] = {
        &s.signer_version, &s.sid, &s.digest, &s.attributes, &s.signature_alg, &s.signature, &s.unsigned_attributes};
    at = s.signer.body.at;
    for (size_t i = 0; i < sizeof inner / sizeof inner[0]; i++) {
        assert_ptr_equal(inner[i]->whole.at, at);
        at += inner[i]->whole.len;
    }
    der_out_done(&out);
}

static void test_absent(void **state)
{
    (void)state;
    struct der_out out;
    struct signed_data s;
    const struct message m = {.version = 3, .signer_version = 3, .type = NID_pkcs7_data, .attributes = 1};
    assert_null(split(&m, &out, &s));
    assert_false(s.attached);
    assert_int_equal(s.content.tag, 0);
    assert_int_equal(s.certs.tag, 0);
    assert_int_equal(s.crls.whole.len, 0);
    assert_int_equal(s.unsigned_attributes.whole.len, 0);
    assert_int_equal(s.sid.tag, DER_CONTEXT_PRIMITIVE_0);
    der_out_done(&out);
}

static void test_attributes(void **state)
{
    (void)state;
    struct der_out out;
    struct signed_data s;
    struct attribute a;
    struct der_item value;
    struct message m = whole;
    m.unsigned_attributes = 2;
    assert_null(split(&m, &out, &s));
    assert_true(attribute_value(s.attributes.body, "1.2.840.113549.1.9.4", &value));
    assert_int_equal(value.tag, DER_INTEGER);
    assert_false(attribute_value(s.attributes.body, "1.2.840.113549.1.9.16.2.14", &value));
    assert_true(attribute_find(s.unsigned_attributes.body, "1.2.840.113549.1.9.16.2.14", &a));
    assert_int_equal(a.values.len, 6);
    struct der_view rest = s.unsigned_attributes.body;
    assert_true(attribute_next(&rest, &a) && attribute_next(&rest, &a));
    assert_true(der_is_oid(&a.type, NID_id_smime_aa_ets_certValues));
    assert_false(attribute_next(&rest, &a));
    assert_int_equal(rest.len, 0);
    der_out_done(&out);
}

/* RFC 5652 §5.1 */
static void test_versions(void **state)
{
    (void)state;
    static const struct {
        uint8_t signer;
        int type;
        uint8_t certs[4], crls[4], want;
    } cases[] = {
        {1, NID_pkcs7_data, {0x30}, {0}, 1},
        {1, NID_pkcs7_data, {0x30}, {0x30}, 1},
        {1, NID_pkcs7_data, {0x30}, {0xa1, 0x30}, 5},
        {3, NID_pkcs7_data, {0x30}, {0}, 3},
        {1, NID_id_smime_ct_TSTInfo, {0x30}, {0}, 3},
        {1, NID_id_smime_ct_TSTInfo, {0}, {0xa1}, 5},
        {1, NID_pkcs7_data, {0x30, 0xa1}, {0}, 3},
        {1, NID_pkcs7_data, {0xa2, 0x30}, {0}, 4},
        {1, NID_pkcs7_data, {0xa3, 0xa2}, {0}, 5},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        for (uint8_t version = 0; version < 7; version++) {
            struct der_out out;
            struct signed_data s;
            struct message m = {.version = version,
                .signer_version = cases[i].signer,
                .type = cases[i].type,
                .content = "text",
                .attributes = 7};
            memcpy(m.certs, cases[i].certs, 4);
            memcpy(m.crls, cases[i].crls, 4);
            const char *why = split(&m, &out, &s);
            if ((why == NULL) != (version == cases[i].want))
                fail_msg("case %zu, version %u: %s", i, version, why != NULL ? why : "taken");
            der_out_done(&out);
        }
}

static void test_refused(void **state)
{
    (void)state;
    static const struct {
        struct message m;
        const char *words;
    } cases[] = {
        {{B_B, .flaws = FLAW_UNSORTED}, "not in order"},
        {{B_B, .flaws = FLAW_TWICE}, "there twice"},
        {{B_B, .flaws = FLAW_MANY}, "too many signed attributes"},
        {{B_B, .flaws = FLAW_TWO_VALUES}, "one value"},
        {{B_B, .flaws = FLAW_NO_VALUE}, "signed attribute cannot be read"},
        {{B_B, .unsigned_attributes = 1, .flaws = FLAW_UNSIGNED_NO_VALUE}, "unsigned attribute cannot be read"},
        {{B_B, .unsigned_attributes = 1, .flaws = FLAW_UNSIGNED_MORE}, "unsigned attribute cannot be read"},
        {{B_B, .flaws = FLAW_EMPTY_UNSIGNED}, "empty list of unsigned"},
        {{.version = 1, .signer_version = 1, .type = NID_pkcs7_data, .attributes = 7, .flaws = FLAW_EMPTY_CERTS},
            "empty list of certificates"},
        {{B_B, .flaws = FLAW_EMPTY_CRLS}, "empty list of revocation"},
        {{B_B, .flaws = FLAW_TWO_SIGNERS}, "exactly one signer"},
        {{B_B, .flaws = FLAW_NO_SIGNER}, "exactly one signer"},
        {{B_B, .flaws = FLAW_MORE_BODY}, "more in it"},
        {{B_B, .flaws = FLAW_MORE_SIGNER}, "more in the signer"},
        {{B_B, .flaws = FLAW_NO_SIGNATURE}, "no signature value"},
        {{B_B, .flaws = FLAW_NO_DIGESTS}, "not SignedData"},
        {{B_B, .flaws = FLAW_MORE_CONTENT}, "more than one content"},
        {{B_B, .flaws = FLAW_MORE_OCTETS}, "not an octet string"},
        {{B_B, .flaws = FLAW_MORE_SID}, "issuer and serial"},
        {{B_B, .flaws = FLAW_NO_ATTRIBUTES}, "no signed attributes"},
        {{.version = 1, .signer_version = 1, .type = NID_pkcs7_data}, "no signed attributes"},
        {{B_B, .flaws = FLAW_ENVELOPED}, "not a CMS signature"},
        {{B_B, .flaws = FLAW_MORE_FILE}, "not a CMS signature"},
        {{B_B, .flaws = FLAW_MORE_EXPLICIT}, "not a CMS signature"},
        {{.version = 3, .signer_version = 2, .type = NID_pkcs7_data, .attributes = 7}, "as its version says"},
        {{.version = 1, .signer_version = 1, .type = NID_pkcs7_data, .certs = {0x31}, .attributes = 7},
            "no known kind"},
        {{B_B, .crls = {0xa0}}, "no known kind"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct der_out out;
        struct signed_data s = {.attached = true};
        const char *why = split(&cases[i].m, &out, &s);
        if (why == NULL || strstr(why, cases[i].words) == NULL)
            fail_msg("case %zu: \"%s\", not \"%s\"", i, why != NULL ? why : "taken", cases[i].words);
        assert_ptr_equal(s.file.at, NULL); /* written only on success */
        der_out_done(&out);
    }
}

static void test_bytes(void **state)
{
    (void)state;
    struct der_out out = encode(&whole);
    struct signed_data s;
    uint8_t more[MAX];
    assert_string_equal(
        signed_data_split((struct der_view){out.buf.data, out.buf.len}, out.buf.len - 1, &s), "the file is too big");
    assert_null(signed_data_split((struct der_view){out.buf.data, out.buf.len}, out.buf.len, &s));
    memcpy(more, out.buf.data, out.buf.len);
    more[out.buf.len] = 0;
    assert_string_equal(signed_data_split((struct der_view){more, out.buf.len + 1}, MAX, &s), "the file is not DER");
    for (size_t len = 0; len < out.buf.len; len++)
        assert_non_null(signed_data_split((struct der_view){out.buf.data, len}, MAX, &s));
    /* indefinite length around it all */
    assert_int_equal(more[1], 0x81);
    memmove(more + 2, more + 3, out.buf.len - 3);
    more[1] = 0x80;
    memset(more + out.buf.len - 1, 0, 2);
    assert_string_equal(signed_data_split((struct der_view){more, out.buf.len + 1}, MAX, &s), "the file is not DER");
    der_out_done(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parts),
        cmocka_unit_test(test_absent),
        cmocka_unit_test(test_attributes),
        cmocka_unit_test(test_versions),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_bytes),
    };
    return cmocka_run_group_tests_name("signed_data", tests, NULL, NULL);
}
