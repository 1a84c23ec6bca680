/* Acceptance over real HTTPS: every rule with a case of its own, the good way with each key, replay and resubmission,
 * revocation that cannot be found out. */
#include "config.h"

#include <setjmp.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "base/ascii.h"
#include "base/when.h"
#include "service/accept.h"
#include "world.h"

#define ME "10000000146"

static int setup(void **state)
{
    struct world *w = calloc(1, sizeof *w);
    world_open(w, "ocsp_timeout_ms: 3000\n");
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

/* A perfect submission of this visit by this signer. */
static struct buf signed_by(struct world *w, const struct visit *v, const struct pki_identity *who)
{
    struct buf cms;
    struct consent_claim claim = visit_claim(w, v);
    visit_sign(w, &claim, who, &cms);
    return cms;
}

static void submit(struct world *w, const struct visit *v, struct buf *cms, int status, const char *code)
{
    expect(visit_submit(w, v, cms), status, code);
    buf_done(cms);
}

/* A new visit of ME signed with a certificate that has these flaws. */
static void submit_flawed(
    struct world *w, const char *tckn, enum pki_key key, unsigned flaws, int status, const char *code)
{
    struct visit v;
    struct pki_identity who = world_person(w, tckn, key, flaws);
    visit_all(w, &v, ME);
    struct buf cms = signed_by(w, &v, &who);
    submit(w, &v, &cms, status, code);
    pki_identity_done(&who);
}

static void expect_no_consent(struct world *w, const struct visit *v)
{
    expect(world_json(w, "GET", "/v1/consent", v->token, NULL), 404, "not-found");
}

/* ---- the good way ---- */

static void a_consent_is_accepted(void **state)
{
    struct world *w = *state;
    static const enum pki_key keys[] = {PKI_RSA2048, PKI_P256, PKI_P384};
    for (unsigned i = 0; i < 3; i++) {
        struct visit v;
        char tckn[12], number[32], hex[65];
        int64_t at;
        made_tckn(tckn, i);
        struct pki_identity who = world_person(w, tckn, keys[i], 0);
        visit_all(w, &v, tckn);
        struct buf cms = signed_by(w, &v, &who);
        struct reply r = visit_submit(w, &v, &cms);
        assert_int_equal(r.status, 200);
        snprintf(number, sizeof number, "%.4s-%06u", reply_str(&r, "accepted_at"), i + 1);
        assert_string_equal(reply_str(&r, "number"), number);
        assert_true(when_parse(reply_str(&r, "accepted_at"), &at));
        assert_in_range(at, v.server_time, when_utc());
        struct digest d = digest_of(w->text, w->text_len);
        ascii_hex(hex, d.v, sizeof d.v);
        assert_string_equal(reply_str(&r, "sha256"), hex);
        assert_string_equal(reply_str(&r, "state"), "accepted");
        assert_string_equal(reply_str(&r, "timestamp"), "none");
        reply_done(&r);
        r = world_json(w, "GET", "/v1/consent", v.token, NULL);
        assert_string_equal(reply_str(&r, "number"), number);
        reply_done(&r);
        r = world_json(w, "GET", "/v1/login", v.token, NULL);
        assert_string_equal(json_string_value(json_object_get(json_object_get(r.json, "consent"), "number")), number);
        reply_done(&r);
        r = world_json(w, "POST", "/v1/consent-requests", v.token, "{}");
        assert_string_equal(json_string_value(json_object_get(json_object_get(r.json, "consent"), "number")), number);
        expect(r, 409, "already");
        expect(visit_try_open(w, v.code, v.nonce), 410, "code-used");
        buf_done(&cms);
        pki_identity_done(&who);
    }
    assert_int_equal(w->asked_ocsp, 3);
    assert_int_equal(w->asked_crl, 0);
}

/* ---- one rule each: the table's order ---- */

static void too_late(void **state)
{
    struct world *w = *state;
    struct visit v;
    struct pki_identity who = world_person(w, ME, PKI_P256, 0);
    visit_all(w, &v, ME);
    struct buf cms = signed_by(w, &v, &who);
    world_clock(w, 242);
    submit(w, &v, &cms, 422, "rej-window");
    world_clock(w, 0); /* the first answer stays */
    cms = signed_by(w, &v, &who);
    struct buf same = BUF_INIT(CADES_MAX);
    assert_int_equal(buf_add(&same, cms.data, cms.len), OK);
    expect(visit_submit(w, &v, &cms), 200, NULL); /* another signature, in time again */
    buf_done(&same);
    buf_done(&cms);
    pki_identity_done(&who);
}

static void replaced_meanwhile(void **state)
{
    struct world *w = *state;
    struct visit v;
    struct pki_identity who = world_person(w, ME, PKI_P256, 0);
    visit_all(w, &v, ME);
    struct buf cms = signed_by(w, &v, &who);
    visit_issue(w, &v);
    submit(w, &v, &cms, 422, "rej-window");
    expect_no_consent(w, &v);
    pki_identity_done(&who);
}

static void out_of_form(void **state)
{
    struct world *w = *state;
    struct visit v;
    struct pki_identity who = world_person(w, ME, PKI_P256, 0);
    visit_all(w, &v, ME);
    struct buf cms = BUF_INIT(CADES_MAX);
    assert_int_equal(buf_str(&cms, "no CMS"), OK);
    submit(w, &v, &cms, 422, "rej-form");
    cms = signed_by(w, &v, &who);
    cms.len--;
    submit(w, &v, &cms, 422, "rej-form");
    cms = signed_by(w, &v, &who);
    assert_int_equal(buf_add(&cms, "", 1), OK); /* a byte too much */
    submit(w, &v, &cms, 422, "rej-form");
    cms = BUF_INIT(CADES_MAX);
    expect(visit_submit(w, &v, &cms), 411, "bad-request"); /* nothing at all */
    expect_no_consent(w, &v);
    pki_identity_done(&who);
}

static void used_before(void **state)
{
    struct world *w = *state;
    struct visit mine, other;
    char tckn[12];
    made_tckn(tckn, 5);
    struct pki_identity who = world_person(w, ME, PKI_P256, 0);
    visit_all(w, &mine, ME);
    visit_all(w, &other, tckn);
    struct buf cms = signed_by(w, &mine, &who);
    expect(visit_submit(w, &mine, &cms), 200, NULL);
    submit(w, &other, &cms, 422, "rej-bound");
    pki_identity_done(&who);
}

static void another_text(void **state)
{
    struct world *w = *state;
    struct visit v;
    struct buf cms;
    struct pki_identity who = world_person(w, ME, PKI_P256, 0);
    visit_all(w, &v, ME);
    struct consent_claim claim = visit_claim(w, &v);
    claim.text_len--;
    visit_sign(w, &claim, &who, &cms);
    submit(w, &v, &cms, 422, "rej-text");
    pki_identity_done(&who);
}

static void another_request(void **state)
{
    struct world *w = *state;
    struct visit v;
    struct buf cms;
    struct pki_identity who = world_person(w, ME, PKI_P256, 0);
    visit_all(w, &v, ME);
    struct consent_claim claim = visit_claim(w, &v);
    claim.code = "K7QM3XPD9R4T";
    visit_sign(w, &claim, &who, &cms);
    submit(w, &v, &cms, 422, "rej-bound");
    claim = visit_claim(w, &v);
    claim.created--;
    visit_sign(w, &claim, &who, &cms);
    submit(w, &v, &cms, 422, "rej-bound");
    claim = visit_claim(w, &v);
    claim.service = "Baska";
    visit_sign(w, &claim, &who, &cms);
    submit(w, &v, &cms, 422, "rej-bound");
    pki_identity_done(&who);
}

static void another_signing_time(void **state)
{
    struct world *w = *state;
    struct visit v;
    struct buf cms;
    struct pki_identity who = world_person(w, ME, PKI_P256, 0);
    visit_all(w, &v, ME);
    struct consent_claim claim = visit_claim(w, &v);
    claim.signing_time = v.server_time - 60;
    visit_sign(w, &claim, &who, &cms);
    submit(w, &v, &cms, 422, "rej-bound");
    claim.signing_time = v.server_time + 60;
    visit_sign(w, &claim, &who, &cms);
    submit(w, &v, &cms, 422, "rej-bound");
    claim.signing_time = v.server_time + 2; /* the network's share */
    visit_sign(w, &claim, &who, &cms);
    submit(w, &v, &cms, 200, NULL);
    pki_identity_done(&who);
}

/* The last byte of the file is the signature's. */
static void a_broken_signature(void **state)
{
    struct world *w = *state;
    struct visit v;
    struct pki_identity who = world_person(w, ME, PKI_RSA2048, 0);
    visit_all(w, &v, ME);
    struct buf cms = signed_by(w, &v, &who);
    cms.data[cms.len - 1] ^= 1;
    submit(w, &v, &cms, 422, "rej-sig");
    pki_identity_done(&who);
}

static void a_foreign_authority(void **state)
{
    struct world *w = *state;
    struct visit v;
    struct buf cms;
    struct pki stranger;
    pki_init(&stranger);
    struct pki_identity who =
        pki_issue(&stranger, &(struct pki_spec){.name = "TEST", .tckn = ME, .key = PKI_P256, .ocsp_url = w->ocsp_url});
    visit_all(w, &v, ME);
    struct consent_claim claim = visit_claim(w, &v);
    visit_sign(w, &claim, &who, &cms);
    submit(w, &v, &cms, 422, "rej-chain");
    assert_int_equal(w->asked_ocsp, 0); /* an address in an unknown certificate is not visited */
    pki_identity_done(&who);
    pki_done(&stranger);
}

static void unfit_certificates(void **state)
{
    static const struct {
        enum pki_key key;
        unsigned flaws;
        const char *code;
    } cases[] = {
        {PKI_P256, PKI_EXPIRED, "rej-expired"},
        {PKI_P256, PKI_NOT_YET, "rej-expired"},
        {PKI_P256, PKI_NO_ETSI, "rej-nes"},
        {PKI_P256, PKI_NO_BTK, "rej-nes"},
        {PKI_P256, PKI_NO_NOTICE, "rej-nes"},
        {PKI_P256, PKI_WRONG_USAGE, "rej-nes"},
        {PKI_P256, PKI_ENCRYPTION, "rej-nes"},
        {PKI_P256, PKI_SEAL, "rej-nes"},
        {PKI_P256, PKI_MALI_MUHUR, "rej-nes"},
        {PKI_P256, PKI_CA, "rej-nes"},
    };
    struct world *w = *state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        submit_flawed(w, ME, cases[i].key, cases[i].flaws, 422, cases[i].code);
    assert_int_equal(w->asked_ocsp, 0);
}

/* The rule is the configuration's: what it asks for is an NES then, and seals are none whatever it says. */
static void another_rule(void **state)
{
    static const struct {
        const char *rule;
        unsigned flaws;
        int status;
    } cases[] = {
        {"0.4.0.1862.1.1", PKI_NO_BTK, 200},
        {"0.4.0.1862.1.1", PKI_NO_ETSI, 422},
        {"0.4.0.1862.1.1", PKI_SEAL, 422},
        {"0.4.0.1862.1.1 AND 2.16.792.1.61.0.1.5070.2.1", 0, 422},
        {"0.4.0.1862.1.1 AND 2.16.792.1.61.0.1.5070.2.1", PKI_NES_2, 200},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct world *w = calloc(1, sizeof *w);
        char line[128];
        snprintf(line, sizeof line, "nes_rule: %s\n", cases[i].rule);
        world_open(w, line);
        world_start(w);
        submit_flawed(w, ME, PKI_P256, cases[i].flaws, cases[i].status, cases[i].status == 200 ? NULL : "rej-nes");
        world_close(w);
        free(w);
    }
}

/* The configuration says which policy; another one, or none, is told as such. */
static void another_policy(void **state)
{
    struct world *w = calloc(1, sizeof *w);
    struct visit v;
    (void)state;
    world_open(w, "profile: P4\n");
    world_start(w);
    struct pki_identity who = world_person(w, ME, PKI_P256, 0);
    visit_all(w, &v, ME);
    struct consent_claim claim = visit_claim(w, &v);
    static const enum profile wrong[] = {PROFILE_BASELINE, PROFILE_P2, PROFILE_P3};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct buf cms = BUF_INIT(CADES_MAX);
        claim.profile = wrong[i];
        visit_sign(w, &claim, &who, &cms);
        expect(visit_submit(w, &v, &cms), 422, "rej-policy");
        buf_done(&cms);
    }
    struct buf cms = BUF_INIT(CADES_MAX);
    claim.profile = PROFILE_P4;
    visit_sign(w, &claim, &who, &cms);
    expect(visit_submit(w, &v, &cms), 200, NULL);
    buf_done(&cms);
    pki_identity_done(&who);
    world_close(w);
    free(w);
}

static void another_person(void **state)
{
    struct world *w = *state;
    char tckn[12];
    made_tckn(tckn, 7);
    submit_flawed(w, tckn, PKI_P256, 0, 422, "rej-person");
    submit_flawed(w, ME, PKI_P256, PKI_NO_TCKN, 422, "rej-person");
    submit_flawed(w, ME, PKI_P256, PKI_TWO_TCKN, 422, "rej-person");
}

/* Another service on the same store was quicker: the person's other request has become a consent. */
static void consented_elsewhere(void **state)
{
    struct world *w = *state;
    struct visit mine, other;
    char tckn[12];
    made_tckn(tckn, 9);
    struct pki_identity who = world_person(w, ME, PKI_P256, 0);
    visit_all(w, &mine, ME);
    visit_all(w, &other, tckn);
    struct request r;
    struct digest mine_token = keyed(w->portal->key, KEYED_REQUEST, mine.request),
                  other_token = keyed(w->portal->key, KEYED_REQUEST, other.request);
    assert_int_equal(store_request_by_token(w->portal->store, &mine_token, &r), OK);
    struct consent c = {.standing = CONSENT_ACCEPTED, .person = r.person, .text = r.text};
    assert_int_equal(store_request_by_token(w->portal->store, &other_token, &r), OK);
    c.request = r.id;
    assert_int_equal(store_consent_add(w->portal->store, &c, "x", 1, 2020, &c), OK);
    struct buf cms = signed_by(w, &mine, &who);
    submit(w, &mine, &cms, 409, "already-raced");
    pki_identity_done(&who);
}

static void revoked_and_suspended(void **state)
{
    struct world *w = *state;
    w->revoked_at = when_utc() - 3600;
    world_mood(w, AUTHORITY_REVOKED, AUTHORITY_GOOD);
    submit_flawed(w, ME, PKI_P256, 0, 422, "rej-revoked");
    world_mood(w, AUTHORITY_SUSPENDED, AUTHORITY_GOOD);
    submit_flawed(w, ME, PKI_P256, 0, 422, "rej-revoked");
    world_mood(w, AUTHORITY_AWAY, AUTHORITY_REVOKED);
    submit_flawed(w, ME, PKI_P256, 0, 422, "rej-revoked");
    assert_int_equal(w->asked_crl, 1);
    world_mood(w, AUTHORITY_AWAY, AUTHORITY_GOOD);
    submit_flawed(w, ME, PKI_P256, 0, 200, NULL);
}

/* Which of the cases above stands for which rule: a rule without a case fails here. */
static void every_rule_has_a_case(void **state)
{
    static const char *const tested[] = {
        "in-time", "form", "new", "text", "bound", "signing-time", "policy", "good", "first", "not-revoked"};
    size_t count;
    const struct accept_rule *rules = accept_rules(&count);
    (void)state;
    assert_int_equal(count, sizeof tested / sizeof tested[0]);
    for (size_t i = 0; i < count; i++)
        assert_string_equal(rules[i].name, tested[i]);
}

/* ---- again ---- */

static void the_same_again_is_the_same_answer(void **state)
{
    struct world *w = *state;
    struct visit v;
    struct pki_identity who = world_person(w, ME, PKI_P384, 0);
    visit_all(w, &v, ME);
    struct buf cms = signed_by(w, &v, &who), other = signed_by(w, &v, &who);
    struct reply first = visit_submit(w, &v, &cms);
    assert_int_equal(first.status, 200);
    world_clock(w, 86400 * 400); /* long after everything has expired */
    struct reply again = visit_submit(w, &v, &cms);
    assert_int_equal(again.status, 200);
    assert_true(json_equal(first.json, again.json));
    reply_done(&first);
    reply_done(&again);
    world_stop(w); /* nor does a restart change it */
    world_start(w);
    expect(visit_submit(w, &v, &cms), 200, NULL);
    world_clock(w, 0);
    submit(w, &v, &other, 422, "rej-window"); /* signed twice: the request is used */
    buf_done(&cms);
    pki_identity_done(&who);
}

static void a_refusal_is_the_same_answer_too(void **state)
{
    struct world *w = *state;
    struct visit v;
    struct buf cms;
    struct pki_identity who = world_person(w, ME, PKI_P256, 0);
    visit_all(w, &v, ME);
    struct consent_claim claim = visit_claim(w, &v);
    claim.text_len--;
    visit_sign(w, &claim, &who, &cms);
    expect(visit_submit(w, &v, &cms), 422, "rej-text");
    world_clock(w, 1000);
    expect(visit_submit(w, &v, &cms), 422, "rej-text"); /* not rej-window */
    buf_done(&cms);
    pki_identity_done(&who);
}

static void refusals_are_limited(void **state)
{
    struct world *w = *state;
    struct visit v;
    visit_all(w, &v, ME);
    for (char i = 0; i < 20; i++) {
        struct buf junk = BUF_INIT(10);
        assert_int_equal(buf_add(&junk, &i, 1), OK);
        submit(w, &v, &junk, 422, "rej-form");
    }
    struct buf junk = BUF_INIT(10);
    assert_int_equal(buf_str(&junk, "once more"), OK);
    submit(w, &v, &junk, 429, "busy");
}

static void who_may_submit(void **state)
{
    struct world *w = *state;
    struct visit v;
    visit_all(w, &v, ME);
    struct buf cms = BUF_INIT(60000);
    assert_int_equal(buf_str(&cms, "x"), OK);
    const char *type = "application/pkcs7-signature", *path = "/v1/signatures";
    expect(world_call(w, NULL, "POST", path, NULL, type, cms.data, cms.len), 401, "not-open");
    expect(world_call(w, NULL, "POST", path, v.token, type, cms.data, cms.len), 401, "not-open");
    expect(world_call(w, NULL, "POST", path, v.request, "application/json", cms.data, cms.len), 415, "bad-request");
    while (cms.len <= CADES_MAX)
        assert_int_equal(buf_add(&cms, "xxxxxxxxxxxxxxxx", 16), OK);
    expect(world_call(w, NULL, "POST", path, v.request, type, cms.data, cms.len), 413, "too-big");
    buf_done(&cms);
}

/* ---- revocation that cannot be found out ---- */

/* Asks until the consent is in this state; the keeper looks twice a second. Gone: until it is no more. */
static void wait_state(struct world *w, const struct visit *v, const char *state)
{
    uint64_t began = when_boot_ms();
    for (;;) {
        struct reply r = world_json(w, "GET", "/v1/consent", v->token, NULL);
        bool there = state ? r.status == 200 && strcmp(reply_str(&r, "state"), state) == 0 : r.status == 404;
        reply_done(&r);
        if (there)
            return;
        if (when_boot_ms() - began > 20000)
            fail_msg("never %s", state ? state : "gone");
    }
}

/* What the service tells of it to whoever watches. */
static void health_says(struct world *w, const char *revocation)
{
    struct reply r = world_json(w, "GET", "/v1/health", NULL, NULL);
    assert_int_equal(r.status, 200);
    assert_string_equal(reply_str(&r, "revocation"), revocation);
    reply_done(&r);
}

static void unknown_is_checked_until_good(void **state)
{
    struct world *w = *state;
    struct visit v;
    struct pki_identity who = world_person(w, ME, PKI_P256, 0);
    world_mood(w, AUTHORITY_AWAY, AUTHORITY_AWAY);
    visit_all(w, &v, ME);
    struct buf cms = signed_by(w, &v, &who);
    struct reply r = visit_submit(w, &v, &cms);
    assert_int_equal(r.status, 202);
    assert_string_equal(reply_str(&r, "state"), "checking");
    reply_done(&r);
    health_says(w, "away");
    expect(visit_submit(w, &v, &cms), 202, NULL);
    expect(world_json(w, "POST", "/v1/consent-requests", v.token, "{}"), 409, "already");
    world_stop(w); /* it is remembered over a restart */
    world_start(w);
    world_mood(w, AUTHORITY_GOOD, AUTHORITY_AWAY);
    world_clock(w, 30);
    wait_state(w, &v, "accepted");
    health_says(w, "good");
    expect(visit_submit(w, &v, &cms), 200, NULL);
    buf_done(&cms);
    pki_identity_done(&who);
}

static void unknown_is_checked_until_revoked(void **state)
{
    struct world *w = *state;
    struct visit v;
    struct pki_identity who = world_person(w, ME, PKI_P256, 0);
    world_mood(w, AUTHORITY_AWAY, AUTHORITY_AWAY);
    visit_all(w, &v, ME);
    struct buf cms = signed_by(w, &v, &who);
    expect(visit_submit(w, &v, &cms), 202, NULL);
    w->revoked_at = when_utc() - 3600;
    world_mood(w, AUTHORITY_REVOKED, AUTHORITY_AWAY);
    world_clock(w, 30);
    wait_state(w, &v, NULL);
    expect(visit_submit(w, &v, &cms), 422, "rej-revoked");
    world_clock(w, 0);
    visit_issue(w, &v); /* and the person may try again */
    buf_done(&cms);
    pki_identity_done(&who);
}

/* Revoked after the signature had arrived: at its time it was good. */
static void revoked_later_is_good(void **state)
{
    struct world *w = *state;
    struct visit v;
    struct pki_identity who = world_person(w, ME, PKI_P256, 0);
    world_mood(w, AUTHORITY_AWAY, AUTHORITY_AWAY);
    visit_all(w, &v, ME);
    struct buf cms = signed_by(w, &v, &who);
    expect(visit_submit(w, &v, &cms), 202, NULL);
    buf_done(&cms);
    w->revoked_at = when_utc() + 20;
    world_mood(w, AUTHORITY_REVOKED, AUTHORITY_AWAY);
    world_clock(w, 60);
    wait_state(w, &v, "accepted");
    pki_identity_done(&who);
}

static void wait_asked(struct world *w, const unsigned *count, unsigned n)
{
    pthread_mutex_lock(&w->lock);
    while (*count < n)
        pthread_cond_wait(&w->changed, &w->lock);
    pthread_mutex_unlock(&w->lock);
}

/* A CRL made before the signature arrived cannot know: the next one, or OCSP, is waited for. */
static void an_early_crl_settles_nothing(void **state)
{
    static const struct {
        enum authority_mood ocsp, crl;
        int64_t age_s;
        const char *state;
    } ends[] = {
        {AUTHORITY_REVOKED, AUTHORITY_GOOD, 7200, NULL}, /* it had been revoked before all this */
        {AUTHORITY_AWAY, AUTHORITY_REVOKED, 0, NULL},
        {AUTHORITY_AWAY, AUTHORITY_GOOD, 0, "accepted"},
        {AUTHORITY_GOOD, AUTHORITY_AWAY, 0, "accepted"},
    };
    struct world *w = *state;
    w->revoked_at = when_utc() - 3600;
    for (unsigned i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        struct visit v;
        char tckn[12];
        made_tckn(tckn, 60 + i);
        struct pki_identity who = world_person(w, tckn, PKI_P256, 0);
        world_clock(w, 0);
        w->crl_age_s = 7200;
        world_mood(w, AUTHORITY_AWAY, AUTHORITY_GOOD);
        visit_all(w, &v, tckn);
        struct buf cms = signed_by(w, &v, &who);
        unsigned asked = w->asked_crl;
        expect(visit_submit(w, &v, &cms), 202, NULL);
        world_clock(w, 400);
        wait_asked(w, &w->asked_crl, asked + 3); /* twice by the keeper: the same list changes nothing */
        expect(visit_submit(w, &v, &cms), 202, NULL);
        w->crl_age_s = ends[i].age_s;
        world_mood(w, ends[i].ocsp, ends[i].crl);
        world_clock(w, 2000);
        wait_state(w, &v, ends[i].state);
        expect(visit_submit(w, &v, &cms), ends[i].state ? 200 : 422, ends[i].state ? NULL : "rej-revoked");
        buf_done(&cms);
        pki_identity_done(&who);
    }
}

/* One that ends in half an hour. */
static struct pki_identity person_for_half_an_hour(struct world *w, int64_t *ret_ends)
{
    struct cert_facts facts;
    struct pki_identity who = world_person(w, ME, PKI_P256, 0);
    X509 *x = X509_dup(who.cert);
    assert_non_null(X509_time_adj_ex(X509_getm_notAfter(x), 0, 1800, NULL));
    assert_true(X509_sign(x, w->pki.issuer.key, EVP_sha256()) > 0);
    assert_int_equal(cert_read(x, &facts), OK);
    X509_free(who.cert);
    who.cert = x;
    *ret_ends = facts.not_after;
    return who;
}

/* After a certificate's end its revocation may be left out of the list: only what was made before that counts. */
static void an_ended_certificate_needs_an_earlier_list(void **state)
{
    struct world *w = *state;
    for (int i = 0; i < 2; i++) {
        struct visit v;
        int64_t ends;
        struct pki_identity who = person_for_half_an_hour(w, &ends);
        world_mood(w, AUTHORITY_AWAY, AUTHORITY_AWAY);
        visit_all(w, &v, ME);
        struct buf cms = signed_by(w, &v, &who);
        expect(visit_submit(w, &v, &cms), 202, NULL);
        w->crl_age_s = i == 0 ? 0 : 1200;
        world_mood(w, AUTHORITY_AWAY, AUTHORITY_GOOD);
        world_clock(w, ends - when_utc() + 600);
        wait_state(w, &v, i == 0 ? NULL : "accepted");
        world_clock(w, 0);
        expect(visit_submit(w, &v, &cms), i == 0 ? 422 : 200, i == 0 ? "rej-unknown" : NULL);
        buf_done(&cms);
        pki_identity_done(&who);
    }
}

/* A certificate the responder has never heard of is in no CRL either. */
static void unknown_is_not_good_by_a_list(void **state)
{
    struct world *w = *state;
    w->revoked_at = when_utc() - 3600;
    world_mood(w, AUTHORITY_UNKNOWN, AUTHORITY_REVOKED);
    submit_flawed(w, ME, PKI_P256, 0, 422, "rej-revoked");
    world_mood(w, AUTHORITY_UNKNOWN, AUTHORITY_GOOD);
    submit_flawed(w, ME, PKI_P256, 0, 202, NULL);
}

static int submit_anew(struct world *w, unsigned n)
{
    struct visit v;
    char tckn[12];
    made_tckn(tckn, n);
    struct pki_identity who = world_person(w, tckn, PKI_P256, 0);
    visit_all(w, &v, tckn);
    struct buf cms = signed_by(w, &v, &who);
    struct reply r = visit_submit(w, &v, &cms);
    int status = r.status;
    reply_done(&r);
    buf_done(&cms);
    pki_identity_done(&who);
    return status;
}

/* A responder that does not say otherwise is looked up in its issuer's list, once in a while. */
static void a_responder_is_checked(void **state)
{
    struct world *w = *state;
    struct pki_identity sure = pki_issue(&w->pki, &(struct pki_spec){.name = "TEST OCSP", .flaws = PKI_OCSP}),
                        other = pki_issue(
                            &w->pki, &(struct pki_spec){.name = "TEST OCSP", .flaws = PKI_OCSP | PKI_TO_CHECK});
    w->responder = &sure;
    assert_int_equal(submit_anew(w, 80), 200);
    assert_int_equal(w->asked_crl, 0);
    w->responder = &other;
    assert_int_equal(submit_anew(w, 81), 200);
    assert_int_equal(submit_anew(w, 82), 200);
    assert_int_equal(w->asked_crl, 1);
    world_stop(w); /* what was held is forgotten */
    world_start(w);
    world_mood(w, AUTHORITY_GOOD, AUTHORITY_AWAY);
    assert_int_equal(submit_anew(w, 83), 202);
    w->responder = NULL;
    pki_identity_done(&sure);
    pki_identity_done(&other);
}

static void a_revoked_responder_is_not_believed(void **state)
{
    struct world *w = *state;
    struct visit v;
    struct pki_identity who = world_person(w, ME, PKI_P256, 0),
                        other = pki_issue(
                            &w->pki, &(struct pki_spec){.name = "TEST OCSP", .flaws = PKI_OCSP | PKI_TO_CHECK});
    w->responder = &other;
    w->revoked_at = when_utc() - 7200;
    w->crl_age_s = 3600;
    X509_free(w->last);
    X509_up_ref(other.cert);
    w->last = other.cert; /* it is the one in the list */
    world_mood(w, AUTHORITY_GOOD, AUTHORITY_REVOKED);
    visit_all(w, &v, ME);
    struct buf cms = signed_by(w, &v, &who);
    submit(w, &v, &cms, 202, NULL); /* the list, where the person is not, is of before */
    w->responder = NULL;
    pki_identity_done(&who);
    pki_identity_done(&other);
}

/* ---- authorities below the anchor ---- */

static int setup_watched(void **state)
{
    struct world *w = calloc(1, sizeof *w);
    world_open(w, "ocsp_timeout_ms: 3000\n");
    world_watch_issuer(w);
    world_start(w);
    *state = w;
    return 0;
}

static void an_authority_is_asked_about_once(void **state)
{
    struct world *w = *state;
    char tckn[12];
    for (unsigned i = 0; i < 3; i++) {
        struct visit v;
        made_tckn(tckn, 70 + i);
        struct pki_identity who = world_person(w, tckn, PKI_P256, 0);
        if (i == 2) { /* asked again after a while; nobody answers, but what it said holds for a month */
            w->root_crl = AUTHORITY_AWAY;
            world_clock(w, 5000);
        }
        visit_all(w, &v, tckn);
        struct buf cms = signed_by(w, &v, &who);
        submit(w, &v, &cms, 200, NULL);
        pki_identity_done(&who);
        assert_int_equal(w->asked_root, i == 2 ? 2 : 1);
    }
}

/* What it said is believed meanwhile, and not every signature waits for one who does not answer. */
static void an_authority_that_went_away_is_not_asked_by_every_signature(void **state)
{
    struct world *w = *state;
    assert_int_equal(submit_anew(w, 85), 200);
    w->root_crl = AUTHORITY_AWAY;
    world_clock(w, 5000);
    int64_t began = when_utc();
    for (unsigned i = 0; i < 5; i++)
        assert_int_equal(submit_anew(w, 86 + i), 200);
    unsigned asked = w->asked_root;
    assert_in_range(asked, 2, 2 + (when_utc() - began) / 2); /* again after two seconds, however slow we are */
    world_clock(w, 5003);
    assert_int_equal(submit_anew(w, 91), 200);
    assert_int_equal(w->asked_root, asked + 1);
    w->revoked_at = when_utc() - 3600;
    w->root_crl = AUTHORITY_REVOKED;
    world_clock(w, 5006);
    assert_int_equal(submit_anew(w, 92), 422);
}

static void a_revoked_authority_is_refused(void **state)
{
    struct world *w = *state;
    w->revoked_at = when_utc() - 3600;
    w->root_crl = AUTHORITY_REVOKED;
    submit_flawed(w, ME, PKI_P256, 0, 422, "rej-revoked");
    assert_int_equal(w->asked_ocsp, 0); /* its own word about the person is worth nothing */
}

static void an_authority_out_of_reach_is_asked_again(void **state)
{
    struct world *w = *state;
    struct visit v;
    struct pki_identity who = world_person(w, ME, PKI_P256, 0);
    w->root_crl = AUTHORITY_AWAY;
    visit_all(w, &v, ME);
    struct buf cms = signed_by(w, &v, &who);
    expect(visit_submit(w, &v, &cms), 202, NULL);
    w->root_crl = AUTHORITY_GOOD;
    world_clock(w, 60);
    wait_state(w, &v, "accepted");
    submit(w, &v, &cms, 200, NULL);
    pki_identity_done(&who);
}

/* No certificate's address but a loopback one is visited by a test system. */
static void foreign_addresses_are_not_visited(void **state)
{
    struct world *w = *state;
    struct visit v;
    struct pki_identity who = pki_issue(&w->pki, &(struct pki_spec){.name = "TEST",
                                                     .tckn = ME,
                                                     .key = PKI_P256,
                                                     .ocsp_url = "http://192.0.2.1/ocsp",
                                                     .crl_url = "http://127.0.0.1@192.0.2.1/"});
    visit_all(w, &v, ME);
    struct buf cms = signed_by(w, &v, &who);
    uint64_t began = when_boot_ms();
    submit(w, &v, &cms, 202, NULL);
    assert_true(when_boot_ms() - began < 2800); /* no connection was even tried: that would take its time-out */
    pki_identity_done(&who);
}

/* ---- a slow authority ---- */

struct submitter {
    struct world *world;
    struct visit visit;
    struct buf cms;
    int status;
    pthread_t thread;
};

static void *submit_slowly(void *arg)
{
    struct submitter *s = arg;
    struct http *http = world_client(s->world);
    struct reply r = world_call(s->world, http, "POST", "/v1/signatures", s->visit.request,
        "application/pkcs7-signature", s->cms.data, s->cms.len);
    s->status = r.status;
    reply_done(&r);
    http_free(&http);
    return NULL;
}

/* As many as there are clients hang at the authority; one more is taken in at once as "checking", and everybody else is
 * served. */
static void a_slow_authority_blocks_nobody(void **state)
{
    enum { MANY = REVOCATION_CALLS + 1 };
    struct world *w = *state;
    struct submitter s[MANY];
    struct visit other;
    char tckn[12];
    for (unsigned i = 0; i < MANY; i++) {
        made_tckn(tckn, 20 + i);
        s[i] = (struct submitter){.world = w};
        struct pki_identity who = world_person(w, tckn, PKI_P256, 0);
        visit_all(w, &s[i].visit, tckn);
        s[i].cms = signed_by(w, &s[i].visit, &who);
        pki_identity_done(&who);
    }
    world_mood(w, AUTHORITY_HANGS, AUTHORITY_AWAY);
    for (int i = 0; i < MANY - 1; i++)
        assert_int_equal(pthread_create(&s[i].thread, NULL, submit_slowly, &s[i]), 0);
    world_wait_hanging(w, MANY - 1);
    uint64_t began = when_boot_ms();
    submit_slowly(&s[MANY - 1]);
    assert_int_equal(s[MANY - 1].status, 202);
    visit_all(w, &other, ME);
    assert_true(when_boot_ms() - began < 2800);
    for (int i = 0; i < MANY - 1; i++) {
        pthread_join(s[i].thread, NULL);
        assert_int_equal(s[i].status, 202); /* the authority did not answer in time */
    }
    for (int i = 0; i < MANY; i++)
        buf_done(&s[i].cms);
}

/* A submission that was read before its twin was taken in: the rules let it pass, and the store knows the answer. */
static void a_late_twin_is_no_replay(void **state)
{
    struct world *w = *state;
    struct visit v;
    struct request before;
    struct err err = {0};
    const char *rule = "-";
    struct pki_identity who = world_person(w, ME, PKI_P256, 0);
    visit_all(w, &v, ME);
    struct digest token = keyed(w->portal->key, KEYED_REQUEST, v.request);
    assert_int_equal(store_request_by_token(w->portal->store, &token, &before), OK);
    struct buf cms = signed_by(w, &v, &who);
    expect(visit_submit(w, &v, &cms), 200, NULL);
    struct submission s = {.portal = w->portal,
        .request = &before,
        .der = cms.data,
        .len = cms.len,
        .signature = digest_of(cms.data, cms.len),
        .arrived = when_utc()};
    assert_int_equal(accept_judge(&s, &rule, &err), OK);
    submission_done(&s);
    s.signature.v[0] ^= 1; /* another file of the same person */
    assert_int_equal(accept_judge(&s, &rule, &err), ERR_ALREADY_RACED);
    assert_string_equal(rule, "first");
    submission_done(&s);
    buf_done(&cms);
    pki_identity_done(&who);
}

/* The same file from many connections at once is one consent. */
static void the_same_at_once_is_one_consent(void **state)
{
    struct world *w = *state;
    struct submitter s[6];
    struct visit v;
    struct consent c;
    struct pki_identity who = world_person(w, ME, PKI_P256, 0);
    visit_all(w, &v, ME);
    struct buf cms = signed_by(w, &v, &who);
    for (int i = 0; i < 6; i++) {
        s[i] = (struct submitter){.world = w, .visit = v, .cms = cms};
        assert_int_equal(pthread_create(&s[i].thread, NULL, submit_slowly, &s[i]), 0);
    }
    for (int i = 0; i < 6; i++) {
        pthread_join(s[i].thread, NULL);
        assert_int_equal(s[i].status, 200);
    }
    assert_int_equal(store_consent_by_number(w->portal->store, "2099-000001", &c), ERR_NOT_FOUND);
    struct reply r = world_json(w, "GET", "/v1/consent", v.token, NULL);
    assert_string_equal(reply_str(&r, "number") + 5, "000001");
    reply_done(&r);
    buf_done(&cms);
    pki_identity_done(&who);
}

/* ---- one file, one answer ---- */

static void wait_for_turn(struct world *w, unsigned n)
{
    while (turn_waiting(w->portal->turns) < n)
        sched_yield();
}

static void start_submitter(
    struct submitter *s, struct world *w, const struct visit *v, const struct buf *cms, enum authority_mood hang)
{
    *s = (struct submitter){.world = w, .visit = *v, .cms = *cms};
    if (hang == AUTHORITY_HANGS)
        world_mood(w, AUTHORITY_HANGS, AUTHORITY_HANGS);
    assert_int_equal(pthread_create(&s->thread, NULL, submit_slowly, s), 0);
    if (hang == AUTHORITY_HANGS)
        world_wait_hanging(w, 1);
}

/* In time, then judged slowly: the same file once more waits for that judgement and is not "too late". */
static void the_same_waits_for_its_judgement(void **state)
{
    struct world *w = *state;
    struct submitter first, again;
    struct visit v;
    struct pki_identity who = world_person(w, ME, PKI_P256, 0);
    visit_all(w, &v, ME);
    struct buf cms = signed_by(w, &v, &who);
    start_submitter(&first, w, &v, &cms, AUTHORITY_HANGS);
    world_clock(w, 242);
    start_submitter(&again, w, &v, &cms, AUTHORITY_GOOD);
    wait_for_turn(w, 1);
    world_mood(w, AUTHORITY_GOOD, AUTHORITY_GOOD);
    pthread_join(first.thread, NULL);
    pthread_join(again.thread, NULL);
    assert_int_equal(first.status, 200);
    assert_int_equal(again.status, 200);
    submit(w, &v, &cms, 200, NULL);
    pki_identity_done(&who);
}

static unsigned take_calls(struct portal *p, struct http *taken[REVOCATION_CALLS])
{
    unsigned n = 0;
    while (n < REVOCATION_CALLS && (taken[n] = outgoing_take(p->revocation_calls)) != NULL)
        n++;
    return n;
}

static void give_calls(struct portal *p, struct http *taken[REVOCATION_CALLS], unsigned n)
{
    while (n > 0)
        outgoing_give(p->revocation_calls, taken[--n]);
}

/* Nor is it taken in as "checking", because there was no client to ask with, while the answer is on its way. */
static void the_same_is_not_taken_in_unasked(void **state)
{
    struct world *w = *state;
    struct submitter first, again;
    struct http *taken[REVOCATION_CALLS];
    struct visit v;
    struct pki_identity who = world_person(w, ME, PKI_P256, 0);
    visit_all(w, &v, ME);
    struct buf cms = signed_by(w, &v, &who);
    start_submitter(&first, w, &v, &cms, AUTHORITY_HANGS);
    unsigned n = take_calls(w->portal, taken);
    assert_int_equal(n, REVOCATION_CALLS - 1);
    start_submitter(&again, w, &v, &cms, AUTHORITY_GOOD);
    wait_for_turn(w, 1);
    w->revoked_at = when_utc() - 3600;
    world_mood(w, AUTHORITY_REVOKED, AUTHORITY_REVOKED);
    pthread_join(first.thread, NULL);
    pthread_join(again.thread, NULL);
    assert_int_equal(first.status, 422);
    assert_int_equal(again.status, 422);
    give_calls(w->portal, taken, n);
    submit(w, &v, &cms, 422, "rej-revoked");
    expect_no_consent(w, &v);
    pki_identity_done(&who);
}

/* So many may wait; whoever comes then is told to try again, and everybody else is served. */
static void few_wait_for_a_judgement(void **state)
{
    enum { MANY = TURN_WAITERS + 1 };
    struct world *w = *state;
    struct submitter s[MANY];
    struct visit v, other;
    char tckn[12];
    struct pki_identity who = world_person(w, ME, PKI_P256, 0);
    visit_all(w, &v, ME);
    struct buf cms = signed_by(w, &v, &who);
    start_submitter(&s[0], w, &v, &cms, AUTHORITY_HANGS);
    for (unsigned i = 1; i < MANY; i++)
        start_submitter(&s[i], w, &v, &cms, AUTHORITY_GOOD);
    wait_for_turn(w, TURN_WAITERS);
    expect(visit_submit(w, &v, &cms), 429, "busy");
    made_tckn(tckn, 41);
    visit_all(w, &other, tckn);
    world_mood(w, AUTHORITY_GOOD, AUTHORITY_GOOD);
    for (unsigned i = 0; i < MANY; i++) {
        pthread_join(s[i].thread, NULL);
        assert_int_equal(s[i].status, 200);
    }
    buf_done(&cms);
    pki_identity_done(&who);
}

/* Two services on one store. `use` says which of them is spoken to. */
static void use(struct world *w, const struct portal *p)
{
    snprintf(w->url, sizeof w->url, "%s", p->url);
}

static struct portal *second_service(struct world *w)
{
    struct portal *p = NULL;
    struct err err = {0};
    if (portal_open(&w->conf, &p, &err) != OK)
        fail_msg("%s", err.detail);
    return p;
}

static void two_services_give_the_first_answer(void **state)
{
    struct world *w = *state;
    struct submitter first;
    struct http *taken[REVOCATION_CALLS];
    struct visit v;
    struct pki_identity who = world_person(w, ME, PKI_P256, 0);
    struct portal *second = second_service(w);
    visit_all(w, &v, ME);
    struct buf cms = signed_by(w, &v, &who);
    start_submitter(&first, w, &v, &cms, AUTHORITY_HANGS);
    world_clock(w, 242); /* refused over there, where it comes too late, before it is known to be good here */
    use(w, second);
    expect(visit_submit(w, &v, &cms), 422, "rej-window");
    world_mood(w, AUTHORITY_GOOD, AUTHORITY_GOOD);
    pthread_join(first.thread, NULL);
    assert_int_equal(first.status, 422);
    submit(w, &v, &cms, 422, "rej-window");
    expect_no_consent(w, &v);

    world_clock(w, 0); /* taken in over there before it is known to be revoked here */
    use(w, w->portal);
    visit_all(w, &v, ME);
    cms = signed_by(w, &v, &who);
    start_submitter(&first, w, &v, &cms, AUTHORITY_HANGS);
    use(w, second);
    unsigned n = take_calls(second, taken);
    expect(visit_submit(w, &v, &cms), 202, NULL);
    w->revoked_at = when_utc() - 3600;
    world_mood(w, AUTHORITY_REVOKED, AUTHORITY_AWAY);
    pthread_join(first.thread, NULL);
    assert_true(first.status == 202 || first.status == 422); /* 422: it has been checked since, in turn */
    give_calls(second, taken, n);
    world_clock(w, 30);
    wait_state(w, &v, NULL);
    submit(w, &v, &cms, 422, "rej-revoked");
    use(w, w->portal);
    portal_close(&second);
    pki_identity_done(&who);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    if (http_start() != OK)
        return 1;
    const struct CMUnitTest tests[] = {
        CASE(a_consent_is_accepted),
        CASE(too_late),
        CASE(replaced_meanwhile),
        CASE(out_of_form),
        CASE(used_before),
        CASE(another_text),
        CASE(another_request),
        CASE(another_signing_time),
        CASE(a_broken_signature),
        CASE(a_foreign_authority),
        CASE(unfit_certificates),
        cmocka_unit_test(another_rule),
        cmocka_unit_test(another_policy),
        CASE(another_person),
        CASE(consented_elsewhere),
        CASE(revoked_and_suspended),
        cmocka_unit_test(every_rule_has_a_case),
        CASE(the_same_again_is_the_same_answer),
        CASE(a_refusal_is_the_same_answer_too),
        CASE(refusals_are_limited),
        CASE(who_may_submit),
        CASE(unknown_is_checked_until_good),
        CASE(unknown_is_checked_until_revoked),
        CASE(revoked_later_is_good),
        CASE(an_early_crl_settles_nothing),
        CASE(an_ended_certificate_needs_an_earlier_list),
        CASE(unknown_is_not_good_by_a_list),
        CASE(a_responder_is_checked),
        CASE(a_revoked_responder_is_not_believed),
        cmocka_unit_test_setup_teardown(an_authority_is_asked_about_once, setup_watched, teardown),
        cmocka_unit_test_setup_teardown(
            an_authority_that_went_away_is_not_asked_by_every_signature, setup_watched, teardown),
        cmocka_unit_test_setup_teardown(a_revoked_authority_is_refused, setup_watched, teardown),
        cmocka_unit_test_setup_teardown(an_authority_out_of_reach_is_asked_again, setup_watched, teardown),
        CASE(foreign_addresses_are_not_visited),
        CASE(a_slow_authority_blocks_nobody),
        CASE(a_late_twin_is_no_replay),
        CASE(the_same_at_once_is_one_consent),
        CASE(the_same_waits_for_its_judgement),
        CASE(the_same_is_not_taken_in_unasked),
        CASE(few_wait_for_a_judgement),
        CASE(two_services_give_the_first_answer),
    };
    int failed = cmocka_run_group_tests_name("accept", tests, NULL, NULL);
    http_stop();
    return failed;
}
