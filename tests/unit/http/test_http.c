/* The client against a real TLS server that misbehaves. */
#include "config.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/when.h"
#include "http/http.h"
#include "fakes/hostile/run.h"

#define PATIENCE_MS 700

struct fixture {
    struct hostile service;
    struct http *http;
    struct buf body;
    struct http_answer answer;
    struct err err;
};

static int up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);

    hostile_up(&f->service);
    f->body = BUF_INIT(65536);
    assert_int_equal(
        http_new(&(struct http_setup){.ca_file = f->service.tls_ca, .total_ms = PATIENCE_MS}, &f->http), OK);
    *state = f;
    return 0;
}

static int down(void **state)
{
    struct fixture *f = *state;

    http_free(&f->http);
    buf_done(&f->body);
    hostile_down(&f->service);
    free(f);
    return 0;
}

static const char *at(const struct fixture *f, const char *path)
{
    static char url[256];

    snprintf(url, sizeof url, "%s%s", f->service.url, path);
    return url;
}

static enum err_code get(struct fixture *f, const char *path)
{
    memset(&f->err, 0, sizeof f->err);
    return http_get(f->http, at(f, path), &f->body, &f->answer, &f->err);
}

static void test_get_and_post(void **state)
{
    struct fixture *f = *state;

    hostile_do(&f->service, "none");
    assert_int_equal(get(f, "/v1/login"), OK);
    assert_int_equal(f->answer.status, 200);
    assert_string_equal(f->answer.type, "application/json");
    assert_non_null(strstr((char *)f->body.data, "\"pending\""));
    assert_int_equal(
        http_post(f->http, at(f, "/v1/openings"), "application/json", "{}", 2, &f->body, &f->answer, &f->err), OK);
    assert_non_null(strstr((char *)f->body.data, "closes_in"));
    assert_int_equal(get(f, "/nowhere"), OK);
    assert_int_equal(f->answer.status, 404);
    assert_string_equal(f->answer.type, "application/problem+json");
}

static void test_method_without_body(void **state)
{
    struct fixture *f = *state;
    const struct http_request request = {.method = "DELETE", .url = at(f, "/v1/login"), .bearer = "abc"};

    hostile_do(&f->service, "none");
    assert_int_equal(http_call(f->http, &request, &f->body, &f->answer, &f->err), OK);
    assert_int_equal(f->answer.status, 204);
    assert_int_equal(f->body.len, 0);
}

struct source {
    const char *bytes;
    size_t at, step;
};

static size_t read_some(void *ctx, char *out, size_t room)
{
    struct source *s = ctx;
    size_t n = room < s->step ? room : s->step;

    memcpy(out, s->bytes + s->at, n);
    s->at += n;
    return n;
}

static void test_streamed_body(void **state)
{
    struct fixture *f = *state;
    struct source s = {"tridField=1&page_token=p4ge%2Btok%2Fen%3D&egpField=ok", 0, 7};
    const struct http_request request = {.url = at(f, "/Giris/gir"),
        .type = "application/x-www-form-urlencoded",
        .read = read_some,
        .read_ctx = &s,
        .body_len = strlen(s.bytes)};

    hostile_do(&f->service, "none");
    assert_int_equal(http_call(f->http, &request, &f->body, &f->answer, &f->err), OK);
    assert_int_equal(f->answer.status, 302);
    assert_int_equal(s.at, strlen(s.bytes));
    assert_non_null(strstr(f->answer.location, "/v1/login/callback?code=abc&state=def"));
}

static void test_redirects_only_when_told(void **state)
{
    struct fixture *f = *state;
    char url[256];
    struct http_request request = {.url = url, .accept = "application/json"};

    hostile_do(&f->service, "none");
    snprintf(url, sizeof url, "%s", at(f, "/OAuth2AuthorizationServer/AuthorizationController"));
    assert_int_equal(http_call(f->http, &request, &f->body, &f->answer, &f->err), OK);
    assert_int_equal(f->answer.status, 302);
    request.redirects = 1;
    assert_int_equal(http_call(f->http, &request, &f->body, &f->answer, &f->err), OK);
    assert_int_equal(f->answer.status, 200);
    assert_non_null(strstr((char *)f->body.data, "page_token"));
}

static void test_misbehaviour(void **state)
{
    static const struct {
        const char *how;
        enum err_code code;
    } rows[] = {
        {"endless-body", ERR_TOO_BIG},
        {"endless-head", ERR_TOO_BIG},
        {"drip", ERR_SLOW},
        {"silent", ERR_SLOW},
        {"cut", ERR_UNREACHABLE},
        {"not-http", ERR_GARBLED},
        {"plain", ERR_TLS},
        {"tls-name", ERR_TLS},
        {"tls-ca", ERR_TLS},
        {"tls-expired", ERR_TLS},
    };
    struct fixture *f = *state;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct http_setup setup = {.ca_file = f->service.tls_ca, .total_ms = PATIENCE_MS};
        struct http_answer before;

        http_free(&f->http);
        assert_int_equal(http_new(&setup, &f->http), OK);
        memset(&f->answer, 0x55, sizeof f->answer);
        before = f->answer;
        hostile_do(&f->service, rows[i].how);
        print_message("# %s\n", rows[i].how);
        assert_int_equal(get(f, "/v1/login"), rows[i].code);
        assert_int_equal(f->err.code, rows[i].code);
        assert_true(strlen(f->err.detail) > 0);
        assert_memory_equal(&before, &f->answer, sizeof before);
    }
}

/* A kept connection that died meanwhile is replaced without a word. */
static void test_stale_connection(void **state)
{
    struct fixture *f = *state;

    hostile_do(&f->service, "hang-up");
    for (int i = 0; i < 3; i++) {
        assert_int_equal(get(f, "/v1/login"), OK);
        assert_int_equal(
            http_post(f->http, at(f, "/v1/openings"), "application/json", "{}", 2, &f->body, &f->answer, &f->err), OK);
    }
}

static void test_nobody_there(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(http_get(f->http, "https://127.0.0.1:1/", &f->body, &f->answer, &f->err), ERR_UNREACHABLE);
    assert_int_equal(http_get(f->http, "https://nobody.invalid/", &f->body, &f->answer, &f->err), ERR_UNREACHABLE);
}

/* An address that never answers a SYN: the connect deadline, not the total one. */
static void test_connect_deadline(void **state)
{
    struct fixture *f = *state;
    struct http *http;
    struct http_setup setup = {.ca_file = f->service.tls_ca, .connect_ms = 150, .total_ms = 60000};
    uint64_t start = when_boot_ms();

    hostile_do(&f->service, "none");
    kill(f->service.pid, SIGSTOP); /* the kernel accepts, nobody answers the greeting */
    assert_int_equal(http_new(&setup, &http), OK);
    assert_int_equal(http_get(http, at(f, "/v1/login"), &f->body, &f->answer, &f->err), ERR_UNREACHABLE);
    assert_in_range(when_boot_ms() - start, 100, 5000);
    http_free(&http);
    kill(f->service.pid, SIGCONT);
}

static void test_schemes(void **state)
{
    static const char *const bad[] = {"http://127.0.0.1:1/", "ftp://127.0.0.1/", "file:///etc/passwd", "dict://a/b"};
    struct fixture *f = *state;
    struct http *plain;

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(http_get(f->http, bad[i], &f->body, &f->answer, &f->err), ERR_TLS);
    assert_int_equal(http_new(&(struct http_setup){.plain = true}, &plain), OK);
    for (size_t i = 1; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(http_get(plain, bad[i], &f->body, &f->answer, &f->err), ERR_TLS);
    hostile_do(&f->service, "plain");
    {
        char url[64];

        snprintf(url, sizeof url, "http%s/v1/login", f->service.url + strlen("https"));
        assert_int_equal(http_get(plain, url, &f->body, &f->answer, &f->err), OK);
        assert_int_equal(f->answer.status, 200);
    }
    http_free(&plain);
    assert_int_equal(http_get(f->http, "https://a b/", &f->body, &f->answer, &f->err), ERR_GARBLED);
    assert_int_equal(http_get(f->http, "", &f->body, &f->answer, &f->err), ERR_GARBLED);
}

/* Trust is the one file: the system's authorities and the environment change nothing. */
static void test_environment_is_deaf(void **state)
{
    static const char *const names[] = {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "http_proxy"};
    struct fixture *f = *state;

    hostile_do(&f->service, "none");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        setenv(names[i], "http://127.0.0.1:1", 1);
    setenv("CURL_CA_BUNDLE", "/nowhere", 1);
    setenv("SSL_CERT_FILE", "/nowhere", 1);
    assert_int_equal(get(f, "/v1/login"), OK);
    setenv("SSL_CERT_FILE", f->service.tls_ca, 1);
    {
        struct http *other;
        struct http_setup setup = {.ca_file = f->service.publisher_ca};

        assert_int_equal(http_new(&setup, &other), OK);
        assert_int_equal(http_get(other, at(f, "/v1/login"), &f->body, &f->answer, &f->err), ERR_TLS);
        http_free(&other);
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unsetenv(names[i]);
    unsetenv("CURL_CA_BUNDLE");
    unsetenv("SSL_CERT_FILE");
}

struct stop {
    int fd;
    unsigned asked;
    unsigned after;
};

static bool carry_on(void *ctx)
{
    struct stop *s = ctx;
    char c;

    s->asked++;
    return s->fd >= 0 ? read(s->fd, &c, 1) <= 0 : s->asked < s->after;
}

static void test_cancel(void **state)
{
    struct fixture *f = *state;
    struct stop s = {.fd = -1, .after = 3};
    const struct http_watch watch = {-1, carry_on, &s};
    struct http_setup setup = {.ca_file = f->service.tls_ca, .watch = &watch, .total_ms = 60000};
    struct http *http;

    hostile_do(&f->service, "silent");
    assert_int_equal(http_new(&setup, &http), OK);
    assert_int_equal(http_get(http, at(f, "/v1/login"), &f->body, &f->answer, &f->err), ERR_CANCELLED);
    assert_int_equal(s.asked, 3);
    http_free(&http);
}

/* A descriptor with something to read is noticed at once, not at the next turn. */
static void test_cancel_by_descriptor(void **state)
{
    struct fixture *f = *state;
    int ends[2];

    hostile_do(&f->service, "silent");
    assert_int_equal(pipe(ends), 0);
    {
        struct stop s = {.fd = ends[0]};
        const struct http_watch watch = {ends[0], carry_on, &s};
        struct http_setup setup = {.ca_file = f->service.tls_ca, .watch = &watch, .total_ms = 60000};
        struct http *http;

        assert_int_equal(write(ends[1], "x", 1), 1);
        assert_int_equal(http_new(&setup, &http), OK);
        assert_int_equal(http_get(http, at(f, "/v1/login"), &f->body, &f->answer, &f->err), ERR_CANCELLED);
        http_free(&http);
    }
    close(ends[0]);
    close(ends[1]);
}

struct deaf {
    struct http_watch *watch;
    unsigned asked;
};

static bool take_it_away(void *ctx)
{
    struct deaf *d = ctx;

    d->watch->fd = -1;
    d->asked++;
    return true;
}

/* What is to be read later must not keep the wait from waiting. */
static void test_a_descriptor_taken_away_is_not_asked_again(void **state)
{
    struct fixture *f = *state;
    int ends[2];

    hostile_do(&f->service, "silent");
    assert_int_equal(pipe(ends), 0);
    {
        struct http_watch watch = {ends[0], take_it_away, NULL};
        struct deaf deaf = {.watch = &watch};
        struct http_setup setup = {.ca_file = f->service.tls_ca, .watch = &watch, .total_ms = PATIENCE_MS};
        struct http *http;

        watch.ctx = &deaf;
        assert_int_equal(write(ends[1], "x", 1), 1);
        assert_int_equal(http_new(&setup, &http), OK);
        assert_int_equal(http_get(http, at(f, "/v1/login"), &f->body, &f->answer, &f->err), ERR_SLOW);
        assert_in_range(deaf.asked, 2, 100);
        http_free(&http);
    }
    close(ends[0]);
    close(ends[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_get_and_post),
        cmocka_unit_test(test_method_without_body),
        cmocka_unit_test(test_streamed_body),
        cmocka_unit_test(test_redirects_only_when_told),
        cmocka_unit_test(test_misbehaviour),
        cmocka_unit_test(test_stale_connection),
        cmocka_unit_test(test_nobody_there),
        cmocka_unit_test(test_connect_deadline),
        cmocka_unit_test(test_schemes),
        cmocka_unit_test(test_environment_is_deaf),
        cmocka_unit_test(test_cancel),
        cmocka_unit_test(test_cancel_by_descriptor),
        cmocka_unit_test(test_a_descriptor_taken_away_is_not_asked_again),
    };
    int failed;

    signal(SIGPIPE, SIG_IGN);
    if (http_start() != OK)
        return 1;
    failed = cmocka_run_group_tests_name("http", tests, up, down);
    http_stop();
    return failed;
}
