/* The service over real HTTPS: signing in, codes and their life, openings, limits, bad input. */
#include "config.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "base/ascii.h"
#include "base/match.h"
#include "base/when.h"
#include "service/answers.h"
#include "service/routes.h"
#include "tls_ask.h"
#include "world.h"

static int setup(void **state)
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

/* ---- health, application ---- */

static void it_is_well(void **state)
{
    struct world *w = *state;
    int64_t at, before = when_utc();
    struct reply r = world_json(w, "GET", "/v1/health", NULL, NULL);
    assert_int_equal(r.status, 200);
    assert_string_equal(reply_str(&r, "status"), "ok");
    assert_string_equal(reply_str(&r, "service"), "TEST E-Onay");
    assert_true(when_parse(reply_str(&r, "time"), &at));
    assert_in_range(at, before, when_utc());
    assert_true(json_is_true(json_object_get(r.json, "test")));
    assert_string_equal(reply_str(&r, "store"), "good");
    assert_string_equal(reply_str(&r, "revocation"), "unasked");
    assert_string_equal(reply_str(&r, "timestamp"), "none");
    reply_done(&r);
    world_clock(w, 86400);
    r = world_json(w, "GET", "/v1/health", NULL, NULL);
    assert_true(when_parse(reply_str(&r, "time"), &at));
    assert_in_range(at, before + 86400, when_utc() + 86400);
    reply_done(&r);
    expect(world_json(w, "GET", "/v1/nothing", NULL, NULL), 404, "not-found");
    expect(world_json(w, "GET", "/v1/openings", NULL, NULL), 405, "bad-request");
}

static void the_application_is_served(void **state)
{
    struct world *w = *state;
    struct visit v;
    visit_login(w, &v, "10000000146");
    struct reply r = world_json(w, "POST", "/v1/consent-requests", v.token, "{}");
    const json_t *app = json_object_get(r.json, "application");
    assert_string_equal(json_string_value(json_object_get(app, "name")), "app.tar.gz");
    assert_int_equal(json_integer_value(json_object_get(app, "size")), 8);
    struct digest d = digest_of("uygulama", 8);
    char hex[65];
    ascii_hex(hex, d.v, sizeof d.v);
    assert_string_equal(json_string_value(json_object_get(app, "sha256")), hex);
    reply_done(&r);
    expect(world_json(w, "GET", "/v1/application/app.tar.gz", NULL, NULL), 200, NULL);
    expect(world_json(w, "GET", "/v1/application/app.tar.gz.p7s", NULL, NULL), 200, NULL);
    expect(world_json(w, "GET", "/v1/application/app.tar.gz.p7", NULL, NULL), 404, "not-found");
    expect(world_json(w, "GET", "/v1/application/..%2fstore.db", NULL, NULL), 404, "not-found");
    expect(world_json(w, "GET", "/v1/application/", NULL, NULL), 404, "not-found");
}

/* ---- signing in ---- */

static void expect_login(struct world *w, const struct visit *v, const char *state)
{
    struct reply r = world_json(w, "GET", "/v1/login", v->token, NULL);
    assert_int_equal(r.status, 200);
    assert_string_equal(reply_str(&r, "state"), state);
    reply_done(&r);
}

static void a_person_signs_in(void **state)
{
    struct world *w = *state;
    struct visit v = {.token = ""};
    strcpy(w->tckn, "10000000146");
    visit_begin(w, &v);
    expect_login(w, &v, "pending");
    expect(world_json(w, "POST", "/v1/consent-requests", v.token, "{}"), 401, "session-over");
    expect(visit_callback(w, &v, "code=right+code"), 200, NULL);
    struct reply r = world_json(w, "GET", "/v1/login", v.token, NULL);
    const json_t *person = json_object_get(r.json, "person");
    assert_string_equal(json_string_value(json_object_get(person, "name")), "DENEME? KİŞİ"); /* no bell rings */
    assert_string_equal(json_string_value(json_object_get(person, "tckn_masked")), "100******46");
    assert_true(json_is_null(json_object_get(r.json, "consent")));
    reply_done(&r);
    expect(visit_callback(w, &v, "code=right+code"), 404, "not-found"); /* once */
    assert_int_equal(w->redeemed, 1);
    expect(world_json(w, "GET", "/v1/consent", v.token, NULL), 404, "not-found");
    expect(world_json(w, "DELETE", "/v1/login", v.token, NULL), 204, NULL);
    expect(world_json(w, "GET", "/v1/login", v.token, NULL), 401, "session-over");
}

static void a_code_counts_for_its_own_session(void **state)
{
    struct world *w = *state;
    struct visit mine, other;
    strcpy(w->tckn, "10000000146");
    visit_begin(w, &mine);
    visit_begin(w, &other); /* the gateway now knows the other one's PKCE challenge */
    expect(visit_callback(w, &mine, "code=right+code"), 403, "login-cancelled");
    expect_login(w, &mine, "refused");
    expect_login(w, &other, "pending");
    struct visit nobody = {.token = "", .state = "0000000000000000000000000000000000000000000"};
    expect(visit_callback(w, &nobody, "code=right+code"), 404, "not-found");
    strcpy(nobody.state, "short");
    expect(visit_callback(w, &nobody, "code=right+code"), 400, "bad-request");
    expect(visit_callback(w, &other, "x=1"), 400, "bad-request");
    expect(visit_callback(w, &other, "code=right+code"), 200, NULL);
}

static void a_refusal_is_told(void **state)
{
    struct world *w = *state;
    struct visit v;
    visit_begin(w, &v);
    expect(visit_callback(w, &v, "error=access_denied&error_description=x"), 200, NULL);
    expect_login(w, &v, "refused");
    assert_int_equal(w->redeemed, 0);
}

static void a_bad_gateway_is_survived(void **state)
{
    static const struct {
        enum gateway_mood mood;
        int status;
        const char *code;
    } cases[] = {{GATEWAY_REFUSES, 403, "login-cancelled"}, {GATEWAY_NOBODY, 403, "login-cancelled"},
        {GATEWAY_GARBLED, 502, "gateway-away"}, {GATEWAY_BAD_TCKN, 403, "login-cancelled"},
        {GATEWAY_ENDLESS, 502, "gateway-away"}};
    struct world *w = *state;
    struct visit v;
    strcpy(w->tckn, "10000000146");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        w->gateway = cases[i].mood;
        visit_begin(w, &v);
        expect(visit_callback(w, &v, "code=right+code"), cases[i].status, cases[i].code);
        expect_login(w, &v, "refused");
    }
    httpd_free(&w->gateway_server);
    visit_begin(w, &v);
    expect(visit_callback(w, &v, "code=right+code"), 502, "gateway-away");
}

static void sessions_end(void **state)
{
    struct world *w = *state;
    struct visit v, late;
    visit_begin(w, &late);
    visit_login(w, &v, "10000000146");
    world_clock(w, 601);
    expect(visit_callback(w, &late, "code=right+code"), 404, "not-found");
    expect(world_json(w, "GET", "/v1/login", late.token, NULL), 401, "session-over");
    expect_login(w, &v, "complete");
    world_clock(w, 3601);
    expect(world_json(w, "GET", "/v1/login", v.token, NULL), 401, "session-over");
    expect(world_json(w, "GET", "/v1/login", NULL, NULL), 401, "session-over");
    expect(world_json(w, "GET", "/v1/login", "x", NULL), 401, "session-over");
}

/* ---- the life of a code ---- */

#define NONCE_A "0123456789abcdef0123456789abcdef"
#define NONCE_B "fedcba9876543210fedcba9876543210"

static void a_code_is_opened_once(void **state)
{
    struct world *w = *state;
    struct visit v, again;
    visit_login(w, &v, "10000000146");
    struct reply r = world_json(w, "POST", "/v1/consent-requests", v.token, "{}");
    assert_int_equal(reply_int(&r, "expires_in"), 900);
    assert_int_equal(reply_int(&r, "window"), 240);
    assert_int_equal(reply_int(&r, "extensions"), 3);
    snprintf(v.code, sizeof v.code, "%s", reply_str(&r, "code"));
    assert_int_equal(strlen(v.code), CODE_TEXT_LEN);
    char match[MATCH_LEN + 1], expected[MATCH_TEXT_LEN + 1];
    match_code(digest_of(w->text, w->text_len).v, expected);
    match_plain(expected, match);
    assert_string_equal(reply_str(&r, "match"), match);
    reply_done(&r);
    visit_open(w, &v, NONCE_A);
    assert_int_equal(v.closes_in, 240);
    assert_int_equal(v.extensions, 3);
    again = v;
    world_clock(w, 60);
    visit_open(w, &again, NONCE_A); /* the same nonce: the same request, the times counted anew */
    assert_string_equal(again.request, v.request);
    assert_int_equal(again.created, v.created);
    assert_in_range(again.closes_in, 175, 180);
    expect(visit_try_open(w, v.code, NONCE_B), 409, "opened-elsewhere");
    world_clock(w, 0);
    visit_open(w, &again, NONCE_A);
}

static void a_code_is_typed_by_people(void **state)
{
    struct world *w = *state;
    struct visit v;
    char typed[40], *to = typed;
    visit_login(w, &v, "10000000146");
    visit_issue(w, &v);
    for (const char *c = v.code; *c; c++) {
        *to++ = *c == '-' ? ' ' : *c == '0' ? 'o' : ascii_lower(*c);
        *to = '\0';
    }
    expect(visit_try_open(w, typed, NONCE_A), 200, NULL);
}

static void a_code_expires(void **state)
{
    struct world *w = *state;
    struct visit v;
    visit_login(w, &v, "10000000146");
    visit_issue(w, &v);
    world_clock(w, 901);
    expect(visit_try_open(w, v.code, NONCE_A), 410, "code-expired");
    world_clock(w, 0);
    visit_open(w, &v, NONCE_A);
    world_clock(w, 242);
    expect(visit_try_open(w, v.code, NONCE_A), 410, "code-expired");
    expect(visit_try_open(w, v.code, NONCE_B), 410, "code-expired");
}

static void a_new_code_ends_the_earlier(void **state)
{
    struct world *w = *state;
    struct visit v, first;
    visit_login(w, &v, "10000000146");
    visit_issue(w, &v);
    first = v;
    visit_issue(w, &v);
    assert_string_not_equal(first.code, v.code);
    expect(visit_try_open(w, first.code, NONCE_A), 410, "code-replaced");
    visit_open(w, &v, NONCE_A);
    first = v;
    visit_issue(w, &v); /* opened, too */
    expect(visit_try_open(w, first.code, NONCE_A), 410, "code-replaced");
    expect(world_json(w, "POST", "/v1/openings/extend", first.request, "{}"), 410, "expired");
    visit_open(w, &v, NONCE_B);
}

static void time_is_extended_within_policy(void **state)
{
    struct world *w = *state;
    struct visit v;
    visit_all(w, &v, "10000000146");
    world_clock(w, 200);
    for (int left = 2; left >= 0; left--) {
        struct reply r = world_json(w, "POST", "/v1/openings/extend", v.request, "{}");
        assert_int_equal(r.status, 200);
        assert_int_equal(reply_int(&r, "closes_in"), 240);
        assert_int_equal(reply_int(&r, "extensions"), left);
        reply_done(&r);
    }
    expect(world_json(w, "POST", "/v1/openings/extend", v.request, "{}"), 409, "extend-refused");
    world_clock(w, 442);
    expect(world_json(w, "POST", "/v1/openings/extend", v.request, "{}"), 410, "expired");
    expect(world_json(w, "POST", "/v1/openings/extend", v.token, "{}"), 401, "not-open");
    expect(world_json(w, "POST", "/v1/openings/extend", NULL, "{}"), 401, "not-open");
}

static void endless_codes_are_refused(void **state)
{
    struct world *w = *state;
    struct visit v;
    visit_login(w, &v, "10000000146");
    for (int i = 0; i < 60; i++)
        visit_issue(w, &v);
    struct reply r = world_json(w, "POST", "/v1/consent-requests", v.token, "{}");
    assert_true(r.head.retry_after_s > 0);
    expect(r, 429, "request-refused");
}

/* ---- limits ---- */

/* The status of one request by a sender with this address, on a connection of its own. */
static int status_from(struct world *w, const char *address, const char *path, const char *body)
{
    char request[600], answer[8192];
    struct tls_habit habit = {.from = address};
    snprintf(request, sizeof request,
        "POST %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: "
        "%zu\r\n\r\n%s",
        path, strlen(body), body);
    assert_true(tls_ask(httpd_port(w->portal->server), &habit, request, answer, sizeof answer));
    assert_true(ascii_starts(answer, "HTTP/1.1 "));
    return (int)strtol(answer + 9, NULL, 10);
}

static int guess_from(struct world *w, const char *address, const char *code)
{
    char body[200];
    snprintf(body, sizeof body, "{\"code\":\"%s\",\"nonce\":\"%s\"}", code, NONCE_A);
    return status_from(w, address, "/v1/openings", body);
}

static int guess_wrong_from(struct world *w, const char *address)
{
    char wrong[CODE_LEN + 1];
    assert_int_equal(code_new(wrong), OK);
    return guess_from(w, address, wrong);
}

#define MAPPED(a, b, c, d) 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, a, b, c, d

/* Each guess on a connection of its own does not help; who sits elsewhere never notices. */
static void wrong_codes_are_limited(void **state)
{
    struct world *w = *state;
    struct visit v;
    int status = 404;
    visit_login(w, &v, "10000000146");
    visit_issue(w, &v);
    for (int i = 0; i < 2000 && status == 404; i++)
        status = guess_wrong_from(w, "127.0.0.2");
    assert_int_equal(status, 429);
    assert_true(bucket_has(&w->portal->wrong_codes, when_boot_ms()));
    assert_int_equal(guess_wrong_from(w, "127.0.0.3"), 404);
    uint64_t began = when_boot_ms(); /* nor is anybody kept out for long, even at the place of the guesser */
    while ((status = guess_from(w, "127.0.0.2", v.code)) == 429 && when_boot_ms() - began < 20000)
        ;
    assert_int_equal(status, 200);
}

/* Nothing is left for anybody, and nothing comes back. */
static void empty_the_bucket(struct bucket *b)
{
    pthread_mutex_lock(&b->lock);
    b->level_ms = b->per_s = 0;
    pthread_mutex_unlock(&b->lock);
}

/* While everybody together is over the limit: a place with a slip or two is listened to, one that guesses is not. */
static void guessing_from_many_places_is_limited(void **state)
{
    struct world *w = *state;
    struct visit v;
    int status = 404, looked_up = 0;
    visit_login(w, &v, "10000000146");
    visit_issue(w, &v);
    empty_the_bucket(&w->portal->wrong_codes);
    for (; looked_up < 2000 && status == 404; looked_up++)
        status = guess_wrong_from(w, "127.0.0.2");
    assert_int_equal(status, 429);
    assert_true(looked_up > 1);
    assert_true(crowd_has(w->portal->wrong_by_sender, (const uint8_t[]){MAPPED(127, 0, 0, 2)}, 10, when_boot_ms()));
    struct reply r = visit_try_open(w, v.code, NONCE_B);
    assert_int_equal(r.status, 200);
    reply_done(&r);
}

/* Behind a proxy all are one sender: a connection without a strike is listened to. */
static void a_proxy_is_not_one_person(void **state)
{
    struct world *w = calloc(1, sizeof *w);
    struct visit v;
    world_open(w, "http:\n  connections: 100\n  per_address: 100\n");
    world_start(w);
    *state = w;
    for (int i = 0; i < 60; i++)
        assert_int_equal(status_from(w, "127.0.0.2", "/v1/login", "{}"), 201);
    for (int i = 0; i < 60; i++)
        assert_int_equal(guess_wrong_from(w, "127.0.0.2"), 404);
    visit_login(w, &v, "10000000146");
    visit_issue(w, &v);
    expect(visit_try_open(w, "K7QM-3XPD-9R4T", NONCE_A), 404, "code-unknown");
    empty_the_bucket(&w->portal->wrong_codes);
    struct reply r = visit_try_open(w, v.code, NONCE_A);
    assert_true(r.head.retry_after_s > 0);
    expect(r, 429, "busy");
    assert_int_equal(guess_from(w, "127.0.0.2", v.code), 200);
}

static void one_sender_does_not_stop_all_logins(void **state)
{
    struct world *w = *state;
    static const uint8_t me[] = {MAPPED(127, 0, 0, 1)};
    int status = 201;
    for (int i = 0; i < 2000 && status == 201; i++) {
        if (i >= 50) /* a machine may be so slow that it never takes more than comes back */
            while (crowd_take(w->portal->logins_by_sender, me, when_boot_ms()))
                ;
        struct reply r = world_json(w, "POST", "/v1/login", NULL, "{}");
        status = r.status;
        if (status == 429)
            assert_true(r.head.retry_after_s > 0);
        reply_done(&r);
    }
    assert_int_equal(status, 429);
    for (int i = 0; i < 10; i++)
        assert_int_equal(status_from(w, "127.0.0.2", "/v1/login", "{}"), 201);
    uint64_t began = when_boot_ms();
    while ((status = status_from(w, "127.0.0.1", "/v1/login", "{}")) == 429 && when_boot_ms() - began < 20000)
        ;
    assert_int_equal(status, 201);
}

static void a_crowd_is_counted(void **state)
{
    struct crowd *c = NULL;
    uint8_t busy[HTTPD_PEER_LEN] = {[15] = 1}, other[HTTPD_PEER_LEN] = {[15] = 2};
    uint64_t now = 1000000;
    (void)state;
    assert_int_equal(crowd_new(3, 2, &c), OK);
    for (int i = 0; i < 3; i++)
        assert_true(crowd_take(c, busy, now));
    assert_false(crowd_take(c, busy, now));
    assert_false(crowd_has(c, busy, 1, now + 400));
    now += 500;
    assert_true(crowd_take(c, busy, now));
    assert_true(crowd_has(c, other, 3, now));
    for (unsigned i = 0; i < 20000; i++) { /* many that come once do not drive out who takes much */
        uint8_t many[HTTPD_PEER_LEN] = {1, [4] = (uint8_t)(i >> 8), [5] = (uint8_t)i};
        assert_true(crowd_take(c, many, now));
    }
    assert_false(crowd_take(c, busy, now));
    assert_true(crowd_has(c, busy, 3, now + 10000));
    crowd_free(&c);
    assert_null(c);
}

/* ---- a busy gateway ---- */

static void a_busy_gateway_ends_no_login(void **state)
{
    struct world *w = *state;
    struct http *taken[GATEWAY_CALLS + 1];
    struct visit v = {.token = ""}, refused;
    unsigned n = 0;
    strcpy(w->tckn, "10000000146");
    visit_begin(w, &refused);
    visit_begin(w, &v);
    while ((taken[n] = outgoing_take(w->portal->gateway_calls)) != NULL)
        n++;
    assert_int_equal(n, GATEWAY_CALLS);
    struct reply r = visit_callback(w, &v, "code=right+code");
    assert_true(r.head.retry_after_s > 0);
    expect(r, 429, "busy");
    expect_login(w, &v, "pending");
    struct visit nobody = {.state = "0000000000000000000000000000000000000000000"};
    expect(visit_callback(w, &nobody, "code=right+code"), 404, "not-found");
    expect(visit_callback(w, &refused, "error=access_denied"), 200, NULL); /* nobody need be asked for that */
    expect_login(w, &refused, "refused");
    while (n > 0)
        outgoing_give(w->portal->gateway_calls, taken[--n]);
    expect(visit_callback(w, &v, "code=right+code"), 200, NULL);
    expect_login(w, &v, "complete");
    assert_int_equal(w->redeemed, 1);
}

/* ---- bad input ---- */

static void bad_input_is_refused(void **state)
{
    static const char *const bodies[] = {"{\"code\":\"", "[]", "null", "", "{}",
        "{\"code\":1,\"nonce\":\"" NONCE_A "\"}", "{\"code\":\"K7QM-3XPD-9R4T\"}",
        "{\"code\":\"K7QM-3XPD-9R4T\",\"nonce\":\"00\"}",
        "{\"code\":\"K7QM-3XPD-9R4T\",\"nonce\":\"ZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZ\"}",
        "{\"code\":\"a\",\"code\":\"b\",\"nonce\":\"" NONCE_A "\"}",
        "{\"code\":\"\\u0000\",\"nonce\":\"" NONCE_A "\"}"};
    struct world *w = *state;
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++)
        expect(world_json(w, "POST", "/v1/openings", NULL, bodies[i]), 400, "bad-request");
    expect(visit_try_open(w, "K7QM-3XPD-9R4", NONCE_A), 404, "code-unknown");
    expect(visit_try_open(w, "Ğ", NONCE_A), 404, "code-unknown");
    expect(world_json(w, "POST", "/v1/login", NULL, "[1]"), 400, "bad-request");
    expect(world_json(w, "POST", "/v1/consent-requests", NULL, "x"), 400, "bad-request");
    char big[5000];
    memset(big, ' ', sizeof big);
    big[sizeof big - 1] = '\0';
    expect(world_json(w, "POST", "/v1/openings", NULL, big), 413, "too-big");
    expect(world_call(w, NULL, "POST", "/v1/openings", NULL, "text/plain", "{}", 2), 415, "bad-request");
    char deep[4001];
    memset(deep, '[', sizeof deep);
    memcpy(deep, "{\"code\":", 8);
    deep[4000] = '\0';
    expect(world_json(w, "POST", "/v1/openings", NULL, deep), 400, "bad-request");
}

/* ---- what is written down ---- */

static void nothing_secret_is_written(void **state)
{
    struct world *w = *state;
    struct visit v;
    char command[700];
    visit_all(w, &v, "10000000146");
    world_stop(w);
    char bare[CODE_LEN + 1];
    size_t symbols;
    assert_int_equal(code_read(v.code, strlen(v.code), bare, &symbols), CODE_FITS);
    snprintf(command, sizeof command, "cd %s && test -s log && ! grep -aqF -e %s -e %s -e %s -e %s -e %s -e %s log",
        w->dir, v.code, bare, v.token, v.state, v.request, "10000000146");
    assert_int_equal(system(command), 0);
    snprintf(command, sizeof command, "cd %s && ! grep -aqF -e %s -e %s -e %s -e %s -e %s store.db*", w->dir, v.code,
        bare, v.token, v.state, v.request);
    assert_int_equal(system(command), 0);
}

/* ---- what is written about it ---- */

static void read_source(const char *name, struct buf *b)
{
    char path[1024];
    struct err err = {0};
    const char *src = getenv("EONAY_SRC");
    snprintf(path, sizeof path, "%s/%s", src ? src : ".", name);
    if (buf_read_file(b, path, &err) != OK)
        fail_msg("%s", err.detail);
}

/* The part of the description that stands under this path. */
static const char *section(const struct buf *b, const char *path)
{
    static char text[20000];
    char line[200];
    const char *star = strchr(path, '*'); /* a parameter's place */
    int len = star ? (int)(star - path) : (int)strlen(path);
    snprintf(line, sizeof line, "\n  %.*s%s", len, path, star ? "{" : ":\n");
    const char *from = strstr((const char *)b->data, line);
    if (!from)
        fail_msg("docs/openapi.yaml: no %s", path);
    const char *next = strstr(from + strlen(line), "\n  /");
    snprintf(text, sizeof text, "%.*s", next ? (int)(next - from) : (int)strlen(from), from);
    return text;
}

static void the_description_names_every_route(void **state)
{
    struct buf b = BUF_INIT(100000);
    size_t count;
    char line[40];
    (void)state;
    read_source("docs/openapi.yaml", &b);
    const struct httpd_route *routes = routes_all(&count);
    for (size_t i = 0; i < count; i++) {
        const char *part = section(&b, routes[i].path);
        snprintf(line, sizeof line, "\n    %s:\n", routes[i].method);
        for (char *c = line; *c; c++)
            *c = ascii_lower(*c);
        if (!strstr(part, line))
            fail_msg("docs/openapi.yaml: no %s %s", routes[i].method, routes[i].path);
    }
    for (size_t i = 0; i < note_count(); i++) {
        const struct note *n = note_at(i);
        snprintf(line, sizeof line, "%s", n->slug);
        if (answer_status(n->code) != 500 && !strstr((const char *)b.data, line))
            fail_msg("docs/openapi.yaml: no code %s", n->slug);
    }
    buf_done(&b);
}

static void the_sample_can_be_read(void **state)
{
    char path[1024];
    struct service_conf conf;
    struct err err = {0};
    const char *src = getenv("EONAY_SRC");
    (void)state;
    snprintf(path, sizeof path, "%s/data/service.yaml", src ? src : ".");
    if (service_conf_load(path, &conf, &err) != OK)
        fail_msg("%s", err.detail);
    assert_int_equal(conf.code_lifetime_s, 900);
    assert_int_equal(conf.sign_window_s, 240);
    assert_string_equal(conf.profile, "baseline");
    assert_int_equal(conf.extensions, 3);
    assert_null(conf.application.file);
    service_conf_free(&conf);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    if (http_start() != OK)
        return 1;
    const struct CMUnitTest tests[] = {
        CASE(it_is_well),
        CASE(the_application_is_served),
        CASE(a_person_signs_in),
        CASE(a_code_counts_for_its_own_session),
        CASE(a_refusal_is_told),
        CASE(a_bad_gateway_is_survived),
        CASE(sessions_end),
        CASE(a_code_is_opened_once),
        CASE(a_code_is_typed_by_people),
        CASE(a_code_expires),
        CASE(a_new_code_ends_the_earlier),
        CASE(time_is_extended_within_policy),
        CASE(endless_codes_are_refused),
        CASE(wrong_codes_are_limited),
        CASE(guessing_from_many_places_is_limited),
        cmocka_unit_test_teardown(a_proxy_is_not_one_person, teardown),
        CASE(one_sender_does_not_stop_all_logins),
        cmocka_unit_test(a_crowd_is_counted),
        CASE(a_busy_gateway_ends_no_login),
        CASE(bad_input_is_refused),
        CASE(nothing_secret_is_written),
        cmocka_unit_test(the_description_names_every_route),
        cmocka_unit_test(the_sample_can_be_read),
    };
    int failed = cmocka_run_group_tests_name("portal", tests, NULL, NULL);
    http_stop();
    return failed;
}
