/* A consent's proof: what holds, and that nothing holds that was changed. */
#include "config.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "base/ascii.h"
#include "fakes/pki.h"
#include "scratch.h"
#include "sealed.h"
#include "sign/ledger_proof.h"

#define LOG "e-onay-test"

static struct pki pki, stranger;
static struct trust *trust;
static struct pki_identity seal, rsa, p384, foreign, expired;

static int setup(void **state)
{
    (void)state;
    scratch_open();
    pki_init(&pki);
    pki_init(&stranger);
    pki_write_ca(&pki, scratch_path("ca.pem"));
    seal = pki_issue(&pki, &(struct pki_spec){.name = "TEST Mühür", .flaws = PKI_SERVICE_SEAL});
    rsa = pki_issue(&pki, &(struct pki_spec){.name = "TEST Mühür", .flaws = PKI_SERVICE_SEAL, .key = PKI_RSA2048});
    p384 = pki_issue(&pki, &(struct pki_spec){.name = "TEST Mühür", .flaws = PKI_SERVICE_SEAL, .key = PKI_P384});
    expired = pki_issue(&pki, &(struct pki_spec){.name = "TEST Mühür", .flaws = PKI_SERVICE_SEAL | PKI_EXPIRED});
    foreign = pki_issue(&stranger, &(struct pki_spec){.name = "TEST Mühür", .flaws = PKI_SERVICE_SEAL});
    return trust_load(scratch_path("ca.pem"), &trust, NULL) == OK ? 0 : -1;
}

static int teardown(void **state)
{
    struct pki_identity *all[] = {&seal, &rsa, &p384, &foreign, &expired};
    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        pki_identity_done(all[i]);
    trust_free(&trust);
    pki_done(&pki);
    pki_done(&stranger);
    scratch_close();
    return 0;
}

static struct sealed sealed_order(void)
{
    return (struct sealed){.by = &seal, .log = LOG, .size = 13, .index = 9, .time = pki.now};
}

static enum err_code verdict(const struct ledger_proof *p, const char **ret_why)
{
    static struct err err;
    err = (struct err){OK, ""};
    enum err_code e = ledger_proof_check(p, NULL, trust, &err);
    *ret_why = err.detail;
    assert_true(e == OK || err.detail[0]);
    return e;
}

static void expect(const struct ledger_proof *p, enum err_code code, const char *why)
{
    const char *said;
    assert_int_equal(verdict(p, &said), code);
    assert_string_equal(said, why);
}

/* ---- values ---- */

/* Computed elsewhere: python3 hashlib over the bytes that docs/protocol.md §5 names. */
static void a_leaf_is_the_one_of_the_protocol(void **state)
{
    struct ledger_record r = {.number = "2026-000042", .accepted = 1566893421};
    uint8_t random[LEDGER_RANDOM];
    char hex[65];
    (void)state;
    memset(r.text, 0xa1, sizeof r.text);
    memset(r.signature, 0xb2, sizeof r.signature);
    memset(random, 0xc3, sizeof random);
    struct merkle_hash leaf = ledger_leaf(&r, random);
    ascii_hex(hex, leaf.v, sizeof leaf.v);
    assert_string_equal(hex, "9ca8e56c4b01f2970b0a3519f093f58b589a22e73811fd55a8e4434fc5f341e7");
}

static void every_field_of_a_record_counts(void **state)
{
    struct ledger_record r = {.number = "2026-000042", .accepted = 1566893421};
    uint8_t random[LEDGER_RANDOM] = {0};
    struct merkle_hash leaf = ledger_leaf(&r, random), other;
    struct ledger_record changed[4] = {r, r, r, r};
    (void)state;
    changed[0].number[10] = '3';
    changed[1].accepted++;
    changed[2].text[31] = 1;
    changed[3].signature[0] = 1;
    for (size_t i = 0; i < 4; i++) {
        other = ledger_leaf(&changed[i], random);
        assert_false(merkle_same(&leaf, &other));
    }
    random[31] = 1;
    other = ledger_leaf(&r, random);
    assert_false(merkle_same(&leaf, &other));
}

static void what_is_signed_is_the_protocol_s(void **state)
{
    static const char head[] = "eonay-head-1\0e-onay-test\0"
                               "2019-08-27T08:10:21Z\0\0\0\0\0\0\0\x01\x02";
    static const char promise[] = "eonay-promise-1\0e-onay-test\0"
                                  "2019-08-27T08:10:21Z";
    struct buf bytes = BUF_INIT(512);
    struct ledger_head h = {.size = 258, .time = 1566893421};
    (void)state;
    memset(&h.root, 0x5a, sizeof h.root);
    assert_int_equal(ledger_head_bytes(LOG, &h, &bytes), OK);
    assert_int_equal(bytes.len, sizeof head - 1 + 32);
    assert_memory_equal(bytes.data, head, sizeof head - 1);
    assert_memory_equal(bytes.data + sizeof head - 1, &h.root, 32);
    buf_reset(&bytes);
    assert_int_equal(ledger_promise_bytes(LOG, &h.root, h.time, &bytes), OK);
    assert_int_equal(bytes.len, sizeof promise + 32);
    assert_memory_equal(bytes.data, promise, sizeof promise);
    assert_memory_equal(bytes.data + sizeof promise, &h.root, 32);
    buf_done(&bytes);
}

/* ---- proofs ---- */

static void proofs_of_every_key_hold(void **state)
{
    const struct pki_identity *keys[] = {&seal, &rsa, &p384};
    struct ledger_proof p;
    (void)state;
    for (size_t i = 0; i < 6; i++) {
        struct sealed s = sealed_order();
        s.by = keys[i / 2];
        s.promised = i % 2 == 1;
        sealed_make(&s, &p);
        expect(&p, OK, "");
        ledger_proof_done(&p);
    }
}

static void a_tree_of_one_entry_holds(void **state)
{
    struct sealed s = sealed_order();
    struct ledger_proof p;
    (void)state;
    s.size = 1;
    s.index = 0;
    sealed_make(&s, &p);
    assert_int_equal(p.path.len, 0);
    expect(&p, OK, "");
    ledger_proof_done(&p);
}

static void others_cannot_seal(void **state)
{
    struct pki_identity nes = pki_issue(&pki, &(struct pki_spec){.name = "A", .tckn = "10000000146"}),
                        company = pki_issue(&pki, &(struct pki_spec){.name = "A", .flaws = PKI_SEAL | PKI_NO_TCKN}),
                        usage =
                            pki_issue(&pki, &(struct pki_spec){.name = "A", .flaws = PKI_SERVICE_SEAL | PKI_NO_USAGE}),
                        ca = pki_issue(&pki, &(struct pki_spec){.name = "A", .flaws = PKI_SERVICE_SEAL | PKI_CA});
    const struct {
        const struct pki_identity *by;
        enum err_code code;
        const char *why;
    } cases[] = {
        {&nes, ERR_SEAL_UNFIT, "the certificate is not for a service's seal"},
        {&company, ERR_SEAL_UNFIT, "the certificate is not for a service's seal"},
        {&usage, ERR_SEAL_UNFIT, "the seal's certificate is not for signing"},
        {&ca, ERR_SEAL_UNFIT, "the seal's certificate is not for signing"},
        {&foreign, ERR_REJ_CHAIN, "the seal's certificate has no valid chain"},
        {&expired, ERR_REJ_EXPIRED, "the seal's certificate has no valid chain"},
    };
    struct ledger_proof p;
    (void)state;
    for (size_t i = 0; i < 2 * sizeof cases / sizeof cases[0]; i++) {
        struct sealed s = sealed_order();
        s.by = cases[i / 2].by;
        s.promised = i % 2 == 1;
        sealed_make(&s, &p);
        expect(&p, cases[i / 2].code, cases[i / 2].why);
        ledger_proof_done(&p);
    }
    struct pki_identity *all[] = {&nes, &company, &usage, &ca};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        pki_identity_done(all[i]);
}

/* A seal that has expired since was good when it signed. */
static void what_was_sealed_in_time_stays_sealed(void **state)
{
    struct sealed s = sealed_order();
    struct ledger_proof p;
    (void)state;
    s.by = &expired;
    s.time = pki.now - 200 * 86400;
    sealed_make(&s, &p);
    expect(&p, OK, "");
    ledger_proof_done(&p);
}

static void a_proof_is_of_one_consent(void **state)
{
    struct sealed s = sealed_order();
    struct ledger_proof p;
    struct err err;
    (void)state;
    sealed_make(&s, &p);
    struct ledger_record r = p.record;
    assert_int_equal(ledger_proof_check(&p, &r, trust, &err), OK);
    r.text[0] ^= 1;
    assert_int_equal(ledger_proof_check(&p, &r, trust, &err), ERR_PROOF_BROKEN);
    assert_string_equal(err.detail, "the proof is of another consent");
    p.record.text[0] ^= 1;
    expect(&p, ERR_PROOF_BROKEN, "the entry is not the record's");
    ledger_proof_done(&p);
}

static void a_seal_is_over_what_it_says(void **state)
{
    struct ledger_proof p, q;
    struct sealed s = sealed_order();
    (void)state;
    sealed_make(&s, &p);
    p.head.time--;
    expect(&p, ERR_PROOF_BROKEN, "the signature of the head does not hold");
    p.head.time++;
    p.log[0] = 'E';
    expect(&p, ERR_PROOF_BROKEN, "the signature of the head does not hold");
    p.log[0] = 'e';
    p.head.size++;
    assert_int_not_equal(ledger_proof_check(&p, NULL, trust, NULL), OK);
    p.head.size--;
    p.index++;
    expect(&p, ERR_PROOF_BROKEN, "the entry is not in the head's tree");
    p.index--;
    s.promised = true;
    sealed_make(&s, &q);
    p.head.signature = q.promise.signature; /* a promise is no head */
    expect(&p, ERR_PROOF_BROKEN, "the signature of the head does not hold");
    q.promise.time++;
    expect(&q, ERR_PROOF_BROKEN, "the signature of the promise does not hold");
    ledger_proof_done(&p);
    ledger_proof_done(&q);
}

/* ---- ledger.json ---- */

static void there_and_back(void **state)
{
    struct buf json = BUF_INIT(LEDGER_JSON_MAX);
    struct ledger_proof p, q;
    struct err err;
    (void)state;
    for (int promised = 0; promised < 2; promised++) {
        struct sealed s = sealed_order();
        s.promised = promised != 0;
        sealed_make(&s, &p);
        assert_int_equal(ledger_proof_write(&p, &json), OK);
        assert_int_equal(ledger_proof_read(json.data, json.len, &q, &err), OK);
        expect(&q, OK, "");
        assert_int_equal(q.sealed, !promised);
        assert_string_equal(q.record.number, p.record.number);
        assert_int_equal(q.index, p.index);
        ledger_proof_done(&p);
        ledger_proof_done(&q);
        buf_reset(&json);
    }
    buf_done(&json);
}

/* Any other byte anywhere: not read, or not believed. */
static void no_byte_may_change(void **state)
{
    static const uint8_t by[] = {0x01, 0x20, 0x80, 0x04};
    struct buf json = BUF_INIT(LEDGER_JSON_MAX);
    struct ledger_proof p;
    (void)state;
    for (int promised = 0; promised < 2; promised++) {
        struct sealed s = sealed_order();
        s.promised = promised != 0;
        sealed_make(&s, &p);
        assert_int_equal(ledger_proof_write(&p, &json), OK);
        ledger_proof_done(&p);
        for (size_t i = 0; i < json.len * sizeof by; i++) {
            json.data[i / sizeof by] ^= by[i % sizeof by];
            enum err_code e = ledger_proof_read(json.data, json.len, &p, NULL);
            if (e == OK) {
                e = ledger_proof_check(&p, NULL, trust, NULL);
                ledger_proof_done(&p);
            }
            json.data[i / sizeof by] ^= by[i % sizeof by];
            assert_int_not_equal(e, OK);
        }
        for (size_t len = 0; len < json.len; len++)
            assert_int_equal(ledger_proof_read(json.data, len, &p, NULL), ERR_GARBLED);
        buf_reset(&json);
    }
    buf_done(&json);
}

static void replace(struct buf *b, const char *what, const char *with)
{
    struct buf out = BUF_INIT(LEDGER_JSON_MAX * 2);
    char *at = strstr((char *)b->data, what);
    assert_non_null(at);
    assert_int_equal(buf_add(&out, b->data, (size_t)(at - (char *)b->data)), OK);
    assert_int_equal(buf_str(&out, with), OK);
    assert_int_equal(buf_str(&out, at + strlen(what)), OK);
    b->max = LEDGER_JSON_MAX * 2;
    assert_int_equal(buf_move(b, &out), OK);
}

static void it_has_one_form(void **state)
{
    static const struct {
        const char *what, *with;
    } others[] = {
        {"{\"log\"", "{ \"log\""},
        {"{\"log\"", "{\"more\":1,\"log\""},
        {"{\"log\":\"e-onay-test\",", "{"},
        {"\"log\":\"e-onay-test\"", "\"log\":\"e\\u002donay-test\""},
        {"\"log\":\"e-onay-test\"", "\"log\":\"e-onay-tesş\""},
        {"\"log\":\"e-onay-test\"", "\"log\":\"\""},
        {"\"number\":\"2026-000042\"", "\"number\":\"2026\\u001b000042\""},
        {"\"number\":\"2026-000042\"", "\"number\":\"\""},
        {"\"index\":9", "\"index\":9.0"},
        {"\"index\":9", "\"index\":-9"},
        {"\"index\":9", "\"index\":09"},
        {"\"index\":9", "\"index\":4611686018427387905"},
        {"\"path\":[", "\"path\":[7,"},
        {"\"path\":[", "\"path\":{},\"x\":["},
        {"c3c3c3", "C3C3C3"},
        {"\"head\":", "\"promise\":{},\"head\":"},
        {"\"size\":13", "\"size\":13,\"size\":13"},
    };
    struct buf json = BUF_INIT(LEDGER_JSON_MAX);
    struct sealed s = sealed_order();
    struct ledger_proof p, q;
    struct err err;
    (void)state;
    sealed_make(&s, &p);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        buf_reset(&json);
        assert_int_equal(ledger_proof_write(&p, &json), OK);
        replace(&json, others[i].what, others[i].with);
        err.detail[0] = '\0';
        assert_int_equal(ledger_proof_read(json.data, json.len, &q, &err), ERR_GARBLED);
        assert_true(err.detail[0]);
    }
    buf_done(&json);
    ledger_proof_done(&p);
    assert_int_equal(ledger_proof_read((const uint8_t *)"{}", LEDGER_JSON_MAX + 1, &q, &err), ERR_GARBLED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_leaf_is_the_one_of_the_protocol),
        cmocka_unit_test(every_field_of_a_record_counts),
        cmocka_unit_test(what_is_signed_is_the_protocol_s),
        cmocka_unit_test(proofs_of_every_key_hold),
        cmocka_unit_test(a_tree_of_one_entry_holds),
        cmocka_unit_test(others_cannot_seal),
        cmocka_unit_test(what_was_sealed_in_time_stays_sealed),
        cmocka_unit_test(a_proof_is_of_one_consent),
        cmocka_unit_test(a_seal_is_over_what_it_says),
        cmocka_unit_test(there_and_back),
        cmocka_unit_test(no_byte_may_change),
        cmocka_unit_test(it_has_one_form),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
