/* Receipts over real HTTPS: who gets which, short codes and their limits, what the store has to say, and that what was
 * given holds for anyone who has the authorities' certificates alone. */
#include "config.h"

#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <openssl/pem.h>
#include "base/ascii.h"
#include "base/when.h"
#include "sign/receipt.h"
#include "world.h"

#define ME "10000000146"
#define A_DAY 86400

static void write_seal(struct world *w)
{
    struct pki_identity seal =
        pki_issue(&w->pki, &(struct pki_spec){.name = "TEST mühür", .key = PKI_P256, .flaws = PKI_SERVICE_SEAL});
    char *cert = world_path(w, "seal.pem"), *key = world_path(w, "seal.key");
    pki_write_cert(seal.cert, cert, "w");
    FILE *f = fopen(key, "w");
    assert_non_null(f);
    assert_int_equal(PEM_write_PrivateKey(f, seal.key, NULL, NULL, 0, NULL, NULL), 1);
    assert_int_equal(fclose(f), 0);
    free(cert);
    free(key);
    pki_identity_done(&seal);
}

static int setup(void **state)
{
    struct world *w = calloc(1, sizeof *w);
    world_open(w, "receipt:\n  key: seal.key\n  certificate: seal.pem\n");
    write_seal(w);
    world_start(w);
    *state = w;
    return 0;
}

static int setup_ledger(void **state)
{
    struct world *w = calloc(1, sizeof *w);
    world_open(w, "receipt:\n  key: seal.key\n  certificate: seal.pem\n"
                  "ledger:\n  name: TEST\n  key: seal.key\n  certificate: seal.pem\n");
    write_seal(w);
    world_start(w);
    *state = w;
    return 0;
}

static int setup_without(void **state)
{
    struct world *w = calloc(1, sizeof *w);
    world_open(w, "");
    world_start(w);
    *state = w;
    return 0;
}

static int teardown(void **state)
{
    struct world *w = *state;
    world_close(w);
    free(w);
    return 0;
}

/* ---- helpers ---- */

/* A consent of this number, and what it was answered with; *v holds the session and the opening. */
static struct reply consent_of(struct world *w, struct visit *v, const char *tckn)
{
    struct pki_identity who = world_person(w, tckn, PKI_P256, 0);
    struct buf cms;
    visit_all(w, v, tckn);
    struct consent_claim claim = visit_claim(w, v);
    visit_sign(w, &claim, &who, &cms);
    struct reply r = visit_submit(w, v, &cms);
    buf_done(&cms);
    pki_identity_done(&who);
    return r;
}

static void consent_accepted(struct world *w, struct visit *v, const char *tckn)
{
    expect(consent_of(w, v, tckn), 200, NULL);
}

static int get(struct world *w, const char *path, const char *bearer, struct buf *ret, char type[64])
{
    char url[400];
    struct err err = {0};
    struct http_answer head;
    snprintf(url, sizeof url, "%s%s", w->url, path);
    const struct http_request q = {.url = url, .bearer = bearer};
    if (http_call(w->client, &q, ret, &head, &err) != OK)
        fail_msg("%s: %s", path, err.detail);
    if (type)
        memcpy(type, head.type, sizeof head.type);
    return head.status;
}

/* Judged as on another machine: the certificates and the bytes, nothing else. */
static void holds(struct world *w, const struct buf *b, struct receipt_page *ret)
{
    struct receipt r;
    struct trust *trust = NULL;
    struct err err = {OK, ""};
    char *ca = world_path(w, "ca.pem");
    assert_int_equal(trust_load(ca, &trust, NULL), OK);
    if (receipt_read(b->data, b->len, &r, &err) != OK || receipt_check(&r, trust, &err) != OK)
        fail_msg("%s", err.detail);
    *ret = r.page;
    receipt_done(&r);
    trust_free(&trust);
    free(ca);
}

static void fetch_good(struct world *w, const char *path, const char *bearer, struct receipt_page *ret)
{
    struct buf b = BUF_INIT(ASICE_MAX);
    char type[64];
    assert_int_equal(get(w, path, bearer, &b, type), 200);
    assert_string_equal(type, ASICE_TYPE);
    holds(w, &b, ret);
    buf_done(&b);
}

static struct reply make_code(struct world *w, const char *bearer)
{
    return world_json(w, "POST", "/v1/receipt/code", bearer, "{}");
}

/* ---- one's own ---- */

static void a_receipt_says_what_was_accepted(void **state)
{
    struct world *w = *state;
    struct visit v;
    struct receipt_page p;
    char hex[65];
    struct reply r = consent_of(w, &v, ME);
    assert_int_equal(r.status, 200);
    assert_true(json_is_true(json_object_get(r.json, "receipt")));
    const char *const bearers[] = {v.token, v.request};
    for (size_t i = 0; i < 2; i++) {
        fetch_good(w, "/v1/receipt", bearers[i], &p);
        assert_string_equal(p.number, reply_str(&r, "number"));
        assert_string_equal(p.service, "TEST E-Onay");
        ascii_hex(hex, p.text, sizeof p.text);
        assert_string_equal(hex, reply_str(&r, "sha256"));
        assert_true(p.test);
        assert_true(p.made >= p.accepted);
    }
    reply_done(&r);
}

static void everyone_gets_his_own(void **state)
{
    struct world *w = *state;
    struct visit one, two;
    struct receipt_page p, q;
    char tckn[12];
    made_tckn(tckn, 7);
    consent_accepted(w, &one, ME);
    consent_accepted(w, &two, tckn);
    fetch_good(w, "/v1/receipt", one.token, &p);
    fetch_good(w, "/v1/receipt", two.token, &q);
    assert_string_not_equal(p.number, q.number);
    assert_string_equal(p.tckn, "100******46");
    assert_string_not_equal(q.tckn, p.tckn);
}

static void nobody_gets_one_without_a_right_to_it(void **state)
{
    static const char none[] = "0000000000000000000000000000000000000000000";
    struct world *w = *state;
    struct visit v;
    expect(world_json(w, "GET", "/v1/receipt", NULL, NULL), 401, "session-over");
    expect(world_json(w, "GET", "/v1/receipt", none, NULL), 401, "session-over");
    expect(make_code(w, none), 401, "session-over");
    visit_all(w, &v, ME);
    expect(world_json(w, "GET", "/v1/receipt", v.token, NULL), 404, "not-found");
    expect(world_json(w, "GET", "/v1/receipt", v.request, NULL), 404, "not-found");
    expect(make_code(w, v.token), 404, "not-found");
    expect(world_json(w, "POST", "/v1/receipt/code", v.token, "x"), 400, "bad-request");
}

/* Who opened the code is believed for a day; then the person signs in again. */
static void an_opening_gives_it_for_a_day(void **state)
{
    struct world *w = *state;
    struct visit v;
    struct receipt_page page;
    consent_accepted(w, &v, ME);
    world_clock(w, 86400 - 60);
    fetch_good(w, "/v1/receipt", v.request, &page);
    world_clock(w, 86400 + 60);
    expect(world_json(w, "GET", "/v1/receipt", v.request, NULL), 401, "session-over");
    expect(make_code(w, v.request), 401, "session-over");
}

static void what_is_being_checked_has_none_yet(void **state)
{
    struct world *w = *state;
    struct visit v;
    world_mood(w, AUTHORITY_AWAY, AUTHORITY_AWAY);
    struct reply r = consent_of(w, &v, ME);
    assert_int_equal(r.status, 202);
    assert_true(json_is_false(json_object_get(r.json, "receipt")));
    reply_done(&r);
    expect(world_json(w, "GET", "/v1/receipt", v.token, NULL), 409, "checking");
    expect(make_code(w, v.token), 409, "checking");
}

static void a_service_without_a_seal_gives_none(void **state)
{
    struct world *w = *state;
    struct visit v;
    struct reply r = consent_of(w, &v, ME);
    assert_int_equal(r.status, 200);
    assert_true(json_is_false(json_object_get(r.json, "receipt")));
    reply_done(&r);
    expect(world_json(w, "GET", "/v1/receipt", v.token, NULL), 404, "receipt-off");
    expect(make_code(w, v.token), 404, "receipt-off");
}

/* At first promised, unless the sealer was quicker; entered a second later, in a receipt taken then. */
static void the_ledger_vouches_for_it(void **state)
{
    struct world *w = *state;
    struct visit v;
    struct receipt_page p = {.ledger = RECEIPT_LEDGER_NONE};
    uint64_t end = when_boot_ms() + 20000;
    consent_accepted(w, &v, ME);
    do {
        fetch_good(w, "/v1/receipt", v.token, &p);
        assert_int_not_equal(p.ledger, RECEIPT_LEDGER_NONE);
        sched_yield();
    } while (p.ledger != RECEIPT_LEDGER_INSIDE && when_boot_ms() < end);
    assert_int_equal(p.ledger, RECEIPT_LEDGER_INSIDE);
    assert_int_equal(p.index, 0);
    assert_int_equal(p.size, 1);
}

/* ---- by code ---- */

static void anyone_with_the_code_gets_it(void **state)
{
    struct world *w = *state;
    struct visit v;
    struct receipt_page p;
    char path[100], due[400];
    consent_accepted(w, &v, ME);
    struct reply r = make_code(w, v.request);
    assert_int_equal(r.status, 201);
    const char *code = reply_str(&r, "code"), *url = reply_str(&r, "url");
    assert_int_equal(reply_int(&r, "expires_in"), A_DAY);
    assert_int_equal(strlen(code), CODE_TEXT_LEN);
    snprintf(due, sizeof due, "%s/v1/receipts/%.4s%.4s%.4s", w->url, code, code + 5, code + 10);
    assert_string_equal(url, due);
    fetch_good(w, url + strlen(w->url), NULL, &p);
    snprintf(path, sizeof path, "/v1/receipts/%s", code); /* as one reads it aloud, with dashes */
    fetch_good(w, path, NULL, &p);
    assert_string_equal(p.tckn, "100******46");
    for (char *c = path; *c; c++)
        *c = ascii_lower(*c);
    fetch_good(w, path, NULL, &p);
    reply_done(&r);
}

static void a_code_ends(void **state)
{
    struct world *w = *state;
    struct visit v;
    struct receipt_page p;
    char first[100], second[100];
    consent_accepted(w, &v, ME);
    struct reply r = make_code(w, v.token);
    snprintf(first, sizeof first, "/v1/receipts/%s", reply_str(&r, "code"));
    reply_done(&r);
    fetch_good(w, first, NULL, &p);
    r = make_code(w, v.token);
    snprintf(second, sizeof second, "/v1/receipts/%s", reply_str(&r, "code"));
    reply_done(&r);
    expect(world_json(w, "GET", first, NULL, NULL), 404, "receipt-code");
    world_clock(w, A_DAY - 60);
    fetch_good(w, second, NULL, &p);
    world_clock(w, A_DAY + 60);
    expect(world_json(w, "GET", second, NULL, NULL), 404, "receipt-code");
}

static void codes_of_openings_open_no_receipt(void **state)
{
    struct world *w = *state;
    struct visit v;
    char path[100];
    consent_accepted(w, &v, ME);
    snprintf(path, sizeof path, "/v1/receipts/%s", v.code);
    expect(world_json(w, "GET", path, NULL, NULL), 404, "receipt-code");
    expect(world_json(w, "GET", "/v1/receipts/", NULL, NULL), 404, NULL);
    expect(world_json(w, "GET", "/v1/receipts/..%2fstore.db", NULL, NULL), 404, "receipt-code");
}

/* Wrong ones count with those of openings: past the share of one sender he waits, whatever he then brings. */
static void guessing_is_held_up(void **state)
{
    struct world *w = *state;
    unsigned wrong = 0;
    int status = 404;
    while (status == 404 && wrong < 2 * WRONG_CODES_OF_ONE) {
        struct reply r = world_json(w, "GET", "/v1/receipts/0000-0000-0001", NULL, NULL);
        status = r.status;
        reply_done(&r);
        wrong += status == 404;
    }
    assert_int_equal(status, 429);
    assert_in_range(wrong, WRONG_CODES_OF_ONE, WRONG_CODES_OF_ONE + 10);
    expect(visit_try_open(w, "0000-0000-0001", "00000000000000000000000000000000"), 429, "busy");
}

/* ---- what is kept ---- */

static void neither_code_nor_receipt_is_kept(void **state)
{
    struct world *w = *state;
    struct visit v;
    struct receipt_page p;
    char command[600], bare[CODE_LEN + 1], path[100];
    size_t symbols;
    consent_accepted(w, &v, ME);
    struct reply r = make_code(w, v.token);
    const char *code = reply_str(&r, "code");
    assert_int_equal(code_read(code, strlen(code), bare, &symbols), CODE_FITS);
    snprintf(path, sizeof path, "/v1/receipts/%s", code);
    fetch_good(w, path, NULL, &p);
    world_stop(w);
    snprintf(command, sizeof command,
        "cd %s && grep -aqF to=code log && ! grep -aqF -e %s -e %s log store.db* && ! grep -aqF " ASICE_TYPE
        " store.db*",
        w->dir, bare, code);
    assert_int_equal(system(command), 0);
    reply_done(&r);
}

static void a_seal_that_is_none_is_told_at_once(void **state)
{
    struct world *w = *state;
    struct err err = {0};
    struct pki_identity company = pki_issue(&w->pki, &(struct pki_spec){.name = "TEST şirket", .flaws = PKI_SEAL});
    char *cert = world_path(w, "seal.pem");
    world_stop(w);
    pki_write_cert(company.cert, cert, "w");
    assert_int_equal(portal_open(&w->conf, &w->portal, &err), ERR_CONFIG);
    pki_identity_done(&company);
    free(cert);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH(a_receipt_says_what_was_accepted),
        WITH(everyone_gets_his_own),
        cmocka_unit_test_setup_teardown(the_ledger_vouches_for_it, setup_ledger, teardown),
        WITH(nobody_gets_one_without_a_right_to_it),
        WITH(an_opening_gives_it_for_a_day),
        WITH(what_is_being_checked_has_none_yet),
        cmocka_unit_test_setup_teardown(a_service_without_a_seal_gives_none, setup_without, teardown),
        WITH(anyone_with_the_code_gets_it),
        WITH(a_code_ends),
        WITH(codes_of_openings_open_no_receipt),
        WITH(guessing_is_held_up),
        WITH(neither_code_nor_receipt_is_kept),
        WITH(a_seal_that_is_none_is_told_at_once),
    };
    if (http_start() != OK)
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    http_stop();
    return failed;
}
