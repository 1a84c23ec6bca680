/* The server wrapper: routes, ceilings, slow handlers, time limits, files, TLS, stopping. Talks raw bytes to a real
 * one. */
#include "config.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>
#include <openssl/ssl.h>
#include "base/ascii.h"
#include "base/when.h"
#include "http/http.h"
#include "httpd/httpd.h"
#include "tls_ask.h"
#include "tls_pair.h"

/* ---- what the routes do ---- */

struct world {
    struct httpd *server;
    char dir[64], file[96], url[100];
    pthread_mutex_t lock;
    pthread_cond_t changed;
    unsigned held; /* slow handlers that wait */
    bool released;
    unsigned blocked, unblocked; /* quick handlers that hold up their pool thread, and how many of them may go on */
    unsigned done_count;
    struct httpd_done last;
};

static void on_hello(void *ctx, struct httpd_request *q, struct httpd_answer *a)
{
    (void)ctx;
    const char *who = httpd_query(q, "who");
    json_t *j = json_pack("{s:s, s:s, s:s}", "hello", who ? who : "", "tail", httpd_tail(q), "bearer",
        httpd_bearer(q) ? httpd_bearer(q) : "-");
    httpd_json(a, 200, j);
}

static void on_form(void *ctx, struct httpd_request *q, struct httpd_answer *a)
{
    char value[16] = "";
    (void)ctx;
    enum err_code e = httpd_form(q, "name", value, sizeof value);
    if (e != OK)
        httpd_problem(a, 400, e, NULL);
    else
        httpd_text(a, 200, "text/plain", value);
}

static void on_json(void *ctx, struct httpd_request *q, struct httpd_answer *a)
{
    (void)ctx;
    json_t *j = httpd_json_body(q);
    if (j)
        httpd_json(a, 200, j);
    else
        httpd_problem(a, 400, ERR_BAD_REQUEST, NULL);
}

static void on_slow(void *ctx, struct httpd_request *q, struct httpd_answer *a)
{
    struct world *w = ctx;
    (void)q;
    pthread_mutex_lock(&w->lock);
    w->held++;
    pthread_cond_broadcast(&w->changed);
    while (!w->released)
        pthread_cond_wait(&w->changed, &w->lock);
    pthread_mutex_unlock(&w->lock);
    httpd_text(a, 200, "text/plain", "late");
}

static void on_block(void *ctx, struct httpd_request *q, struct httpd_answer *a)
{
    struct world *w = ctx;
    (void)q;
    pthread_mutex_lock(&w->lock);
    unsigned mine = ++w->blocked;
    pthread_cond_broadcast(&w->changed);
    while (w->unblocked < mine)
        pthread_cond_wait(&w->changed, &w->lock);
    pthread_mutex_unlock(&w->lock);
    httpd_text(a, 200, "text/plain", "on");
}

static void on_file(void *ctx, struct httpd_request *q, struct httpd_answer *a)
{
    struct world *w = ctx;
    httpd_file(q, a, w->file, "application/octet-stream");
}

static void on_strike(void *ctx, struct httpd_request *q, struct httpd_answer *a)
{
    char n[16];
    (void)ctx;
    snprintf(n, sizeof n, "%u", httpd_strike(q));
    httpd_text(a, 200, "text/plain", n);
    a->close = httpd_strikes(q) >= 3;
}

static void on_peer(void *ctx, struct httpd_request *q, struct httpd_answer *a)
{
    uint8_t peer[HTTPD_PEER_LEN];
    char hex[2 * HTTPD_PEER_LEN + 1];
    (void)ctx;
    httpd_peer(q, peer);
    ascii_hex(hex, peer, sizeof peer);
    httpd_text(a, 200, "text/plain", hex);
}

static void on_nothing(void *ctx, struct httpd_request *q, struct httpd_answer *a)
{
    (void)ctx;
    (void)q;
    (void)a;
}

static const struct httpd_route routes[] = {
    {"GET", "/hello", on_hello, 0, NULL, false},
    {"GET", "/hello/*", on_hello, 0, NULL, false},
    {"POST", "/form", on_form, 100, "application/x-www-form-urlencoded", false},
    {"POST", "/json", on_json, 100, "application/json", false},
    {"GET", "/slow", on_slow, 0, NULL, true},
    {"GET", "/block", on_block, 0, NULL, false},
    {"GET", "/file", on_file, 0, NULL, false},
    {"GET", "/strike", on_strike, 0, NULL, false},
    {"GET", "/peer", on_peer, 0, NULL, false},
    {"GET", "/nothing", on_nothing, 0, NULL, false},
};

static void on_done(void *ctx, const struct httpd_done *d)
{
    struct world *w = ctx;
    pthread_mutex_lock(&w->lock);
    w->last = *d;
    w->done_count++;
    pthread_cond_broadcast(&w->changed);
    pthread_mutex_unlock(&w->lock);
}

static struct httpd_conf conf_of(struct world *w)
{
    return (struct httpd_conf){.listen = "127.0.0.1:0",
        .routes = routes,
        .route_count = sizeof routes / sizeof routes[0],
        .ctx = w,
        .done = on_done,
        .threads = 2,
        .slow_threads = 2,
        .slow_queue = 2,
        .request_s = 2};
}

static void start_world(struct world *w, const struct httpd_conf *conf)
{
    struct err err = {0};
    if (httpd_new(conf, &w->server, &err) != OK)
        fail_msg("%s", err.detail);
}

static int setup(void **state)
{
    struct world *w = calloc(1, sizeof *w);
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->changed, NULL);
    strcpy(w->dir, "/tmp/eonay-httpd-XXXXXX");
    assert_non_null(mkdtemp(w->dir));
    snprintf(w->file, sizeof w->file, "%s/file", w->dir);
    FILE *f = fopen(w->file, "w");
    fputs("0123456789", f);
    fclose(f);
    *state = w;
    return 0;
}

static int setup_plain(void **state)
{
    setup(state);
    struct httpd_conf conf = conf_of(*state);
    start_world(*state, &conf);
    return 0;
}

static int teardown(void **state)
{
    struct world *w = *state;
    char line[160];
    httpd_free(&w->server);
    snprintf(line, sizeof line, "rm -r %s", w->dir);
    assert_int_equal(system(line), 0);
    pthread_cond_destroy(&w->changed);
    pthread_mutex_destroy(&w->lock);
    free(w);
    return 0;
}

/* ---- the client: raw bytes ---- */

static int dial(const struct world *w)
{
    struct sockaddr_in at = {.sin_family = AF_INET,
        .sin_port = htons((uint16_t)httpd_port(w->server)),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(fd, (const struct sockaddr *)&at, sizeof at), 0);
    return fd;
}

static void say(int fd, const char *bytes)
{
    assert_int_equal(send(fd, bytes, strlen(bytes), MSG_NOSIGNAL), (ssize_t)strlen(bytes));
}

/* Everything until the server closes. */
static const char *hear(int fd)
{
    static char text[65536];
    size_t len = 0;
    for (ssize_t n; len + 1 < sizeof text && (n = recv(fd, text + len, sizeof text - 1 - len, 0)) > 0;)
        len += (size_t)n;
    text[len] = '\0';
    close(fd);
    return text;
}

static const char *ask(const struct world *w, const char *request)
{
    int fd = dial(w);
    say(fd, request);
    return hear(fd);
}

#define GET(path) "GET " path " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
#define POST(path, type, body_len)                                                                                     \
    "POST " path " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: " type "\r\nContent-Length: " body_len    \
    "\r\n\r\n"

static void has(const char *answer, const char *part)
{
    if (!strstr(answer, part))
        fail_msg("no %s in:\n%s", part, answer);
}

static void lacks(const char *answer, const char *part)
{
    if (strstr(answer, part))
        fail_msg("%s in:\n%s", part, answer);
}

/* ---- cases ---- */

static void routes_are_found(void **state)
{
    const struct world *w = *state;
    const char *a = ask(w, GET("/hello?who=Ay%C5%9Fe") "Authorization: bearer abc\r\n\r\n");
    has(a, "HTTP/1.1 200 ");
    has(a, "{\"hello\":\"Ayşe\",\"tail\":\"\",\"bearer\":\"abc\"}");
    has(a, "Cache-Control: no-store");
    has(ask(w, GET("/hello/a/b") "Authorization: Basic abc\r\n\r\n"), "\"tail\":\"a/b\",\"bearer\":\"-\"");
    a = ask(w, GET("/hello/") "\r\n");
    has(a, "HTTP/1.1 404 ");
    has(a, "application/problem+json");
    has(a, "\"code\":\"not-found\"");
    has(ask(w, GET("/form") "\r\n"), "HTTP/1.1 405 ");
    has(ask(w, GET("/nothing") "\r\n"), "HTTP/1.1 500 ");
    a = ask(w, "HEAD /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    has(a, "HTTP/1.1 200 ");
    has(a, "Content-Length: 35");
    lacks(a, "{");
}

static void forms_are_read(void **state)
{
    const struct world *w = *state;
#define FORM(len, body) POST("/form", "application/x-www-form-urlencoded", len) body
    has(ask(w, FORM("26", "a=1&n%61me=%C5%9E+%26%3D&b")), "\r\n\r\nŞ &=");
    has(ask(w, FORM("5", "name=")), "HTTP/1.1 200 ");
    has(ask(w, FORM("3", "a=1")), "not-found");
    has(ask(w, FORM("0", "")), "not-found");
    has(ask(w, FORM("21", "name=0123456789abcdef")), "too-big");
    has(ask(w, FORM("13", "name=1&name=2")), "bad-request");
    has(ask(w, FORM("8", "name=%00")), "bad-request");
    has(ask(w, FORM("7", "name=%4")), "bad-request");
    has(ask(w, FORM("8", "name=%zz")), "bad-request");
    has(ask(w, FORM("9", "names=%41")), "not-found");
}

static void json_is_one_object(void **state)
{
    const struct world *w = *state;
#define JSON(len, body) POST("/json", "application/json; charset=utf-8", len) body
    has(ask(w, JSON("7", "{\"a\":1}")), "\r\n\r\n{\"a\":1}");
    has(ask(w, JSON("2", "[]")), "HTTP/1.1 400 ");
    has(ask(w, JSON("3", "{} ")), "HTTP/1.1 200 ");
    has(ask(w, JSON("3", "{}x")), "HTTP/1.1 400 ");
    has(ask(w, JSON("13", "{\"a\":1,\"a\":2}")), "HTTP/1.1 400 ");
    has(ask(w, JSON("6", "{\"a\":1")), "HTTP/1.1 400 ");
}

static void bodies_have_ceilings(void **state)
{
    const struct world *w = *state;
    char big[400];
    memset(big, 'x', sizeof big);
    big[sizeof big - 1] = '\0';
    assert_string_equal(ask(w, POST("/json", "application/json", "99") "{"), ""); /* cut: the rest never comes */
    snprintf(big, sizeof big, "%s%0101d", POST("/json", "application/json", "101"), 0);
    has(ask(w, big), "HTTP/1.1 413 ");
    has(ask(w, POST("/json", "application/json", "99999999999")), "HTTP/1.1 413 ");
    has(ask(w, POST("/json", "application/json", "99999999999999999999999")), "HTTP/1.1 4");
    has(ask(w, POST("/json", "text/plain", "2") "{}"), "HTTP/1.1 415 ");
    has(ask(w, POST("/json", "application/jsonx", "2") "{}"), "HTTP/1.1 415 ");
    has(ask(w, "POST /json HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n\r\n"),
        "HTTP/1.1 411 ");
    has(ask(w, "POST /json HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Type: application/json\r\n\r\n"
               "2\r\n{}\r\n"),
        "HTTP/1.1 411 ");
    has(ask(w, "GET /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx"), "HTTP/1.1 413 ");
}

static void wait_held(struct world *w, unsigned n)
{
    pthread_mutex_lock(&w->lock);
    while (w->held < n)
        pthread_cond_wait(&w->changed, &w->lock);
    pthread_mutex_unlock(&w->lock);
}

static void release(struct world *w)
{
    pthread_mutex_lock(&w->lock);
    w->released = true;
    pthread_cond_broadcast(&w->changed);
    pthread_mutex_unlock(&w->lock);
}

static int dial_slow(struct world *w)
{
    int fd = dial(w);
    say(fd, GET("/slow") "\r\n");
    return fd;
}

/* Two workers busy, two requests queued: whoever comes next hears 503, and fast routes never notice. */
static void slow_handlers_block_nobody(void **state)
{
    struct world *w = *state;
    int fds[4], refused = 0;
    for (int i = 0; i < 2; i++)
        fds[i] = dial_slow(w);
    wait_held(w, 2);
    for (int i = 2; i < 4; i++)
        fds[i] = dial_slow(w);
    for (int tries = 0; !refused && tries < 4; tries++) { /* the queued two may still be on their way */
        int fd = dial_slow(w);
        struct pollfd p = {fd, POLLIN, 0};
        if (poll(&p, 1, 500) == 1) {
            const char *a = hear(fd);
            has(a, "HTTP/1.1 503 ");
            has(a, "\"code\":\"busy\"");
            has(a, "Retry-After: 2");
            refused = 1;
        } else {
            close(fd);
        }
    }
    assert_true(refused);
    has(ask(w, GET("/hello") "\r\n"), "HTTP/1.1 200 ");
    release(w);
    for (int i = 0; i < 2; i++)
        has(hear(fds[i]), "\r\n\r\nlate");
    close(fds[2]);
    close(fds[3]);
}

/* httpd_free while a handler runs and a client waits: the answer still comes, and nothing aborts. */
static void *free_server(void *arg)
{
    struct world *w = arg;
    httpd_free(&w->server);
    return NULL;
}

static bool refuses_new(unsigned port)
{
    struct sockaddr_in at = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool refused = connect(fd, (const struct sockaddr *)&at, sizeof at) != 0;
    close(fd);
    return refused;
}

static void stopping_drains(void **state)
{
    struct world *w = *state;
    pthread_t stopper;
    unsigned port = httpd_port(w->server);
    int fd = dial_slow(w);
    wait_held(w, 1);
    assert_int_equal(pthread_create(&stopper, NULL, free_server, w), 0);
    while (!refuses_new(port))
        sched_yield();
    release(w);
    has(hear(fd), "\r\n\r\nlate");
    pthread_join(stopper, NULL);
    assert_null(w->server);
}

static void wait_blocked(struct world *w, unsigned n)
{
    pthread_mutex_lock(&w->lock);
    while (w->blocked < n)
        pthread_cond_wait(&w->changed, &w->lock);
    pthread_mutex_unlock(&w->lock);
}

static void unblock(struct world *w)
{
    pthread_mutex_lock(&w->lock);
    w->unblocked++;
    pthread_cond_broadcast(&w->changed);
    pthread_mutex_unlock(&w->lock);
}

static unsigned thread_count(void)
{
    unsigned n = 0;
    DIR *tasks = opendir("/proc/self/task");
    assert_non_null(tasks);
    for (const struct dirent *d; (d = readdir(tasks)) != NULL;)
        n += d->d_name[0] != '.';
    closedir(tasks);
    return n;
}

/* A slow request that the only pool thread reaches when the crew has gone home already: it is refused or cut off, and
 * nothing breaks. */
static void slow_requests_come_too_late(void **state)
{
    struct world *w = *state;
    struct httpd_conf conf = conf_of(w);
    pthread_t stopper;
    conf.threads = 1;
    conf.drain_s = 1;
    release(w); /* a slow handler that runs would not wait */
    unsigned before = thread_count();
    start_world(w, &conf);
    unsigned serving = thread_count();
    int first = dial(w), late = dial(w), holder = dial(w);
    say(holder, GET("/block") "\r\n");
    wait_blocked(w, 1);
    say(first, GET("/block") "\r\n"); /* these two are ready together: the earlier connection's comes first */
    say(late, GET("/slow") "\r\n");
    unblock(w);
    wait_blocked(w, 2);
    assert_int_equal(pthread_create(&stopper, NULL, free_server, w), 0);
    while (thread_count() > serving + 1 - conf.slow_threads)
        sched_yield();
    unblock(w);
    pthread_join(stopper, NULL);
    assert_null(w->server);
    assert_int_equal(thread_count(), before);
    has(hear(holder), "\r\n\r\non");
    lacks(hear(late), "HTTP/1.1 200 ");
    close(first);
}

static void drips_are_cut(void **state)
{
    struct world *w = *state;
    uint64_t began = when_boot_ms();
    int fd = dial(w);
    struct pollfd p = {fd, POLLIN, 0};
    say(fd, "GET /hello HTTP/1.1\r\n");
    while (poll(&p, 1, 100) == 0 && when_boot_ms() - began < 20000)
        if (send(fd, "a: b\r\n", 6, MSG_NOSIGNAL) < 0)
            break;
    uint64_t took = when_boot_ms() - began;
    close(fd);
    assert_in_range(took, 1500, 10000);
}

/* A request has one length, wherever somebody else may read it before us. */
static void framing_is_strict(void **state)
{
    static const char *const bad[] = {
        "Host: x\r\nContent-Length: 2\r\nContent-Length: 40\r\n\r\n{}",
        "Host: x\r\nContent-Length: 40\r\nContent-Length: 2\r\n\r\n{}",
        "Host: x\r\nContent-Length: 2\r\ncontent-length: 2\r\n\r\n{}",
        "Host: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        "Host: x\r\nContent-Length : 2\r\n\r\n{}", "Host: x\r\nContent-Length : 60\r\n\r\n{}",
        "Host: x\r\nContent-Length\t: 2\r\n\r\n{}", "Host: x\r\nContent-Length: 2, 2\r\n\r\n{}",
        "Host: x\r\nContent-Length: +2\r\n\r\n{}", "Content-Length: 2\r\n\r\n{}", /* no Host */
    };
    const struct world *w = *state;
    char line[600];
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        snprintf(line, sizeof line,
            "POST /json HTTP/1.1\r\nContent-Type: application/json\r\n%sGET /hello?who=smuggled HTTP/1.1\r\nHost: "
            "x\r\n\r\n",
            bad[i]);
        const char *a = ask(w, line), *last = a; /* the library itself may say 400 twice, but then it has closed */
        for (const char *next = a; (next = strstr(next, "HTTP/1.1 ")) != NULL; next++)
            last = next;
        if (!ascii_starts(a, "HTTP/1.1 4") || !ascii_starts(last, "HTTP/1.1 4") || !strstr(last, "Connection: close") ||
            strstr(a, "smuggled"))
            fail_msg("%s\nwas answered with\n%s", line, a);
    }
    has(ask(w, "GET /hello HTTP/1.0\r\n\r\n"), " 200 ");
}

/* Whoever takes an answer in drops is cut off when its time is over; busily dripping does not help. */
static void slow_takers_are_cut(void **state)
{
    struct world *w = *state;
    struct httpd_conf conf = conf_of(w);
    uint64_t began = when_boot_ms(), whole = UINT64_C(1) << 30, got = 0;
    static char some[4096];
    ssize_t n = 1;
    bool over = false;
    conf.answer_s = 1;
    conf.answer_bytes_s = 1u << 30;
    start_world(w, &conf);
    assert_int_equal(truncate(w->file, (off_t)whole), 0);
    int fd = dial(w), small = 4096;
    assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small), 0);
    say(fd, GET("/file") "\r\n");
    while (n > 0 && !over && when_boot_ms() - began < 30000) {
        struct pollfd never = {-1, 0, 0};
        (void)poll(&never, 1, 20); /* the taker's own pace */
        n = recv(fd, some, sizeof some, 0);
        got += n > 0 ? (uint64_t)n : 0;
        pthread_mutex_lock(&w->lock);
        over = w->done_count > 0;
        pthread_mutex_unlock(&w->lock);
    }
    close(fd);
    assert_true(over);
    assert_true(got < whole);
    has(ask(w, GET("/hello") "\r\n"), "HTTP/1.1 200 ");
}

static const char *ask_from(const struct world *w, const char *address, const char *request)
{
    struct sockaddr_in mine = {.sin_family = AF_INET}, at = {.sin_family = AF_INET,
                                                           .sin_port = htons((uint16_t)httpd_port(w->server)),
                                                           .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(inet_pton(AF_INET, address, &mine.sin_addr), 1);
    assert_int_equal(bind(fd, (const struct sockaddr *)&mine, sizeof mine), 0);
    assert_int_equal(connect(fd, (const struct sockaddr *)&at, sizeof at), 0);
    say(fd, request);
    return hear(fd);
}

static void senders_are_told_apart(void **state)
{
    const struct world *w = *state;
    has(ask_from(w, "127.0.0.1", GET("/peer") "\r\n"), "\r\n\r\n00000000000000000000ffff7f000001");
    has(ask_from(w, "127.3.2.9", GET("/peer") "\r\n"), "\r\n\r\n00000000000000000000ffff7f030209");
}

/* IPv6: the network of a sender, since the rest of the address is his to choose. */
static void senders_are_networks(void **state)
{
    struct world *w = *state;
    struct httpd_conf conf = conf_of(w);
    conf.listen = "[::1]:0";
    start_world(w, &conf);
    struct sockaddr_in6 at = {.sin6_family = AF_INET6,
        .sin6_port = htons((uint16_t)httpd_port(w->server)),
        .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(fd, (const struct sockaddr *)&at, sizeof at), 0);
    say(fd, GET("/peer") "\r\n");
    has(hear(fd), "\r\n\r\n00000000000000000000000000000000");
}

/* The address is told before anybody can ask for it. */
static void note_address(void *ctx, const char *url)
{
    struct world *w = ctx;
    assert_string_equal(w->url, "");
    assert_null(w->server);
    snprintf(w->url, sizeof w->url, "%s", url);
}

static void the_address_is_told_first(void **state)
{
    struct world *w = *state;
    struct httpd_conf conf = conf_of(w);
    char url[100];
    conf.listening = note_address;
    start_world(w, &conf);
    httpd_url(w->server, url, sizeof url);
    assert_string_equal(w->url, url);
    has(ask(w, GET("/hello") "\r\n"), "HTTP/1.1 200 ");
}

static void weak_tls_is_refused(void **state)
{
    static const struct {
        struct tls_habit habit;
        bool served;
    } cases[] = {
        {{.version = TLS1_3_VERSION}, true},
        {{.version = TLS1_2_VERSION}, true},
        {{.version = TLS1_1_VERSION, .ciphers = "ALL"}, false},
        {{.version = TLS1_2_VERSION, .ciphers = "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256"}, true},
        {{.version = TLS1_2_VERSION, .ciphers = "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305"}, true},
        {{.version = TLS1_2_VERSION, .ciphers = "kRSA"}, false},
        {{.version = TLS1_2_VERSION, .ciphers = "ECDHE-ECDSA-AES256-SHA:ECDHE-RSA-AES256-SHA"}, false},
        {{.version = TLS1_2_VERSION, .ciphers = "ECDHE-ECDSA-AES256-SHA384:ECDHE-RSA-AES256-SHA384"}, false},
        {{.version = TLS1_2_VERSION, .ciphers = "ECDHE-ECDSA-AES128-CCM:DHE-RSA-AES128-CCM"}, false},
        {{.version = TLS1_2_VERSION, .signing = "ECDSA+SHA1:RSA+SHA1"}, false},
        {{.version = TLS1_2_VERSION, .signing = "ECDSA+SHA256:RSA+SHA256"}, true},
    };
    static const char *const algorithms[] = {"EC", "RSA"};
    struct world *w = *state;
    struct httpd_conf conf = conf_of(w);
    struct tls_pair pair;
    char answer[4096];
    for (size_t k = 0; k < 2; k++) {
        tls_pair_make_of(&pair, w->dir, algorithms[k]);
        conf.tls_cert = pair.cert;
        conf.tls_key = pair.key;
        start_world(w, &conf);
        for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
            bool served = tls_ask(httpd_port(w->server), &cases[i].habit, GET("/hello") "\r\n", answer, sizeof answer);
            if (served != cases[i].served)
                fail_msg("%s: habit %zu was %s", algorithms[k], i, served ? "served" : "refused");
            if (served)
                has(answer, "HTTP/1.1 200 ");
        }
        httpd_free(&w->server);
    }
}

static void strikes_belong_to_the_connection(void **state)
{
    const struct world *w = *state;
#define STRIKE "GET /strike HTTP/1.1\r\nHost: x\r\n\r\n"
    const char *a = ask(w, STRIKE STRIKE STRIKE STRIKE);
    has(a, "\r\n\r\n1HTTP");
    has(a, "\r\n\r\n2HTTP");
    has(a, "\r\n\r\n3");
    lacks(a, "\r\n\r\n4");
    has(ask(w, GET("/strike") "\r\n"), "\r\n\r\n1");
}

static void etag_of(const char *answer, char out[100])
{
    const char *from = strstr(answer, "ETag: ");
    assert_non_null(from);
    size_t len = strcspn(from + 6, "\r");
    assert_true(len < 100);
    memcpy(out, from + 6, len);
    out[len] = '\0';
}

static void files_have_ranges(void **state)
{
    const struct world *w = *state;
    char etag[100], line[400];
    const char *a = ask(w, GET("/file") "\r\n");
    has(a, "HTTP/1.1 200 ");
    has(a, "\r\n\r\n0123456789");
    lacks(a, "no-store");
    etag_of(a, etag);
    a = ask(w, GET("/file") "Range: bytes=3-5\r\n\r\n");
    has(a, "HTTP/1.1 206 ");
    has(a, "Content-Range: bytes 3-5/10");
    has(a, "\r\n\r\n345");
    has(ask(w, GET("/file") "Range: bytes=7-\r\n\r\n"), "\r\n\r\n789");
    has(ask(w, GET("/file") "Range: bytes=-2\r\n\r\n"), "\r\n\r\n89");
    has(ask(w, GET("/file") "Range: bytes=-20\r\n\r\n"), "bytes 0-9/10");
    has(ask(w, GET("/file") "Range: bytes=5-99\r\n\r\n"), "bytes 5-9/10");
    has(ask(w, GET("/file") "Range: bytes=0-18446744073709551615\r\n\r\n"), "bytes 0-9/10");
    a = ask(w, GET("/file") "Range: bytes=10-\r\n\r\n");
    has(a, "HTTP/1.1 416 ");
    has(a, "Content-Range: bytes */10");
    has(ask(w, GET("/file") "Range: bytes=-0\r\n\r\n"), "HTTP/1.1 416 ");
    has(ask(w, GET("/file") "Range: bytes=5-3\r\n\r\n"), "HTTP/1.1 200 ");
    has(ask(w, GET("/file") "Range: bytes=1-2,4-5\r\n\r\n"), "HTTP/1.1 200 ");
    has(ask(w, GET("/file") "Range: lines=1-2\r\n\r\n"), "HTTP/1.1 200 ");
    snprintf(line, sizeof line, GET("/file") "If-None-Match: %s\r\n\r\n", etag);
    has(ask(w, line), "HTTP/1.1 304 ");
    snprintf(line, sizeof line, GET("/file") "Range: bytes=3-5\r\nIf-Range: %s\r\n\r\n", etag);
    has(ask(w, line), "HTTP/1.1 206 ");
    has(ask(w, GET("/file") "Range: bytes=3-5\r\nIf-Range: \"old\"\r\n\r\n"), "\r\n\r\n0123456789");
    assert_int_equal(unlink(w->file), 0);
    has(ask(w, GET("/file") "\r\n"), "HTTP/1.1 404 ");
}

static void what_happened_is_told(void **state)
{
    struct world *w = *state;
    has(ask(w, GET("/hello/secret") "\r\n"), "HTTP/1.1 200 ");
    pthread_mutex_lock(&w->lock);
    while (w->done_count < 1)
        pthread_cond_wait(&w->changed, &w->lock);
    assert_string_equal(w->last.route, "/hello/*");
    assert_string_equal(w->last.method, "GET");
    assert_int_equal(w->last.status, 200);
    pthread_mutex_unlock(&w->lock);
}

static void tls_is_tls(void **state)
{
    struct world *w = *state;
    struct tls_pair pair;
    struct httpd_conf conf = conf_of(w);
    struct http *client = NULL;
    struct http_answer answer;
    struct buf body = BUF_INIT(1000);
    struct err err;
    char url[200];
    tls_pair_make(&pair, w->dir);
    conf.tls_cert = pair.cert;
    conf.tls_key = pair.key;
    start_world(w, &conf);
    struct http_setup how = {.ca_file = pair.cert};
    assert_int_equal(http_new(&how, &client), OK);
    httpd_url(w->server, url, sizeof url);
    assert_int_equal(strncmp(url, "https://127.0.0.1:", 18), 0);
    strcat(url, "/hello?who=tls");
    assert_int_equal(http_get(client, url, &body, &answer, &err), OK);
    assert_int_equal(answer.status, 200);
    release(w); /* the slow way over TLS: suspended and resumed */
    strcpy(strrchr(url, '/'), "/slow");
    for (int i = 0; i < 20; i++) {
        assert_int_equal(http_get(client, url, &body, &answer, &err), OK);
        assert_string_equal((char *)body.data, "late");
    }
    lacks(ask(w, GET("/hello") "\r\n"), "HTTP/1.1 200");
    http_free(&client);
    buf_done(&body);
}

static void bad_setup_is_refused(void **state)
{
    struct world *w = *state;
    struct httpd *h = NULL;
    struct err err;
    static const char *const bad[] = {"", "127.0.0.1", "localhost:0", "127.0.0.1:65536", "127.0.0.1:x", "[::1:0", ":1"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct httpd_conf conf = conf_of(w);
        conf.listen = bad[i];
        assert_int_equal(httpd_new(&conf, &h, &err), ERR_CONFIG);
        assert_null(h);
    }
    struct httpd_conf conf = conf_of(w);
    conf.tls_cert = w->file;
    assert_int_equal(httpd_new(&conf, &h, &err), ERR_CONFIG);
    conf.tls_key = w->file; /* no PEM in it */
    assert_int_equal(httpd_new(&conf, &h, &err), ERR_CONFIG);
    conf.tls_key = "/nonexistent";
    assert_int_equal(httpd_new(&conf, &h, &err), ERR_FILE);
    assert_true(httpd_is_loopback("127.3.2.1:80"));
    assert_true(httpd_is_loopback("[::1]:80"));
    assert_false(httpd_is_loopback("10.0.0.1:80"));
    assert_false(httpd_is_loopback("127.0.0.1.example:80"));
}

#define CASE(name, begin) cmocka_unit_test_setup_teardown(name, begin, teardown)

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    if (http_start() != OK)
        return 1;
    const struct CMUnitTest tests[] = {
        CASE(routes_are_found, setup_plain),
        CASE(forms_are_read, setup_plain),
        CASE(json_is_one_object, setup_plain),
        CASE(bodies_have_ceilings, setup_plain),
        CASE(slow_handlers_block_nobody, setup_plain),
        CASE(stopping_drains, setup_plain),
        CASE(slow_requests_come_too_late, setup),
        CASE(drips_are_cut, setup_plain),
        CASE(framing_is_strict, setup_plain),
        CASE(slow_takers_are_cut, setup),
        CASE(senders_are_told_apart, setup_plain),
        CASE(senders_are_networks, setup),
        CASE(the_address_is_told_first, setup),
        CASE(weak_tls_is_refused, setup),
        CASE(strikes_belong_to_the_connection, setup_plain),
        CASE(files_have_ranges, setup_plain),
        CASE(what_happened_is_told, setup_plain),
        CASE(tls_is_tls, setup),
        CASE(bad_setup_is_refused, setup),
    };
    int failed = cmocka_run_group_tests_name("httpd", tests, NULL, NULL);
    http_stop();
    return failed;
}
