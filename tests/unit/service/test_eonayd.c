/* The two programs as they are built: starting, stopping, being killed, refusing a bad configuration; listing and
 * exporting what was accepted. */
#include "config.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>
#include <cmocka.h>
#include "base/fd.h"
#include "world.h"

#define ME "10000000146"

struct stage {
    struct world world;
    pid_t eonayd;
    char said[20000]; /* what the last program wrote */
};

static int setup(void **state)
{
    struct stage *s = calloc(1, sizeof *s);
    world_open(&s->world, "ocsp_timeout_ms: 2000\n");
    *state = s;
    return 0;
}

static int teardown(void **state)
{
    struct stage *s = *state;
    if (s->eonayd > 0) {
        kill(s->eonayd, SIGKILL);
        waitpid(s->eonayd, NULL, 0);
    }
    world_close(&s->world);
    free(s);
    return 0;
}

/* ---- programs ---- */

static pid_t start(struct stage *s, int out, const char *name, const char *const *args)
{
    extern char **environ;
    char program[512];
    char *argv[16] = {program};
    const char *build = getenv("EONAY_BUILD");
    posix_spawn_file_actions_t files;
    pid_t pid = -1;
    (void)s;
    snprintf(program, sizeof program, "%s/%s", build ? build : ".", name);
    for (int i = 0; args[i]; i++)
        argv[i + 1] = strdup(args[i]);
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&files, out, 1);
    posix_spawn_file_actions_adddup2(&files, out, 2);
    assert_int_equal(posix_spawn(&pid, program, &files, NULL, argv, environ), 0);
    posix_spawn_file_actions_destroy(&files);
    for (int i = 1; argv[i]; i++)
        free(argv[i]);
    return pid;
}

static int wait_exit(pid_t pid)
{
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

/* Runs a program to its end; what it wrote is in s->said. */
static int run(struct stage *s, const char *name, const char *const *args)
{
    int ends[2];
    size_t len = 0;
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    pid_t pid = start(s, ends[1], name, args);
    close(ends[1]);
    for (ssize_t n; (n = read(ends[0], s->said + len, sizeof s->said - 1 - len)) > 0;)
        len += (size_t)n;
    s->said[len] = '\0';
    close(ends[0]);
    return wait_exit(pid);
}

#define RUN(s, name, ...) run(s, name, (const char *const[]){__VA_ARGS__, NULL})

static void has(const struct stage *s, const char *part)
{
    if (!strstr(s->said, part))
        fail_msg("no %s in:\n%s", part, s->said);
}

/* Starts eonayd and waits until its url file is there, by inotify. */
static void start_service(struct stage *s)
{
    struct world *w = &s->world;
    char event[4096];
    struct buf url = BUF_INIT(200);
    char *yaml = world_path(w, "service.yaml"), *path = world_path(w, "url");
    unlink(path);
    int watch = inotify_init1(IN_CLOEXEC), out = open("/dev/null", O_WRONLY | O_CLOEXEC);
    assert_true(inotify_add_watch(watch, w->dir, IN_MOVED_TO | IN_CLOSE_WRITE) >= 0);
    const char *const args[] = {"--config", yaml, NULL};
    s->eonayd = start(s, out, "eonayd", args);
    struct pollfd p = {watch, POLLIN, 0};
    while (access(path, R_OK) != 0) {
        assert_int_equal(poll(&p, 1, 30000), 1);
        assert_true(read(watch, event, sizeof event) > 0);
    }
    assert_int_equal(buf_read_file(&url, path, NULL), OK);
    snprintf(w->url, sizeof w->url, "%.*s", (int)(url.len - 1), (char *)url.data);
    buf_done(&url);
    fd_close(&watch);
    fd_close(&out);
    free(yaml);
    free(path);
}

static int stop_service(struct stage *s, int sig)
{
    kill(s->eonayd, sig);
    int code = wait_exit(s->eonayd);
    s->eonayd = 0;
    return code;
}

static bool is_there(const struct world *w, const char *name)
{
    char *path = world_path(w, name);
    bool there = access(path, F_OK) == 0;
    free(path);
    return there;
}

/* One consent, the whole way; the signature stays in *cms. */
static void consent(struct stage *s, struct visit *v, struct buf *cms)
{
    struct world *w = &s->world;
    struct pki_identity who = world_person(w, ME, PKI_P256, 0);
    visit_all(w, v, ME);
    struct consent_claim claim = visit_claim(w, v);
    visit_sign(w, &claim, &who, cms);
    expect(visit_submit(w, v, cms), 200, NULL);
    pki_identity_done(&who);
}

/* ---- eonayd ---- */

static void it_starts_and_stops(void **state)
{
    struct stage *s = *state;
    struct world *w = &s->world;
    start_service(s);
    assert_true(is_there(w, "pid"));
    expect(world_json(w, "GET", "/v1/health", NULL, NULL), 200, NULL);
    kill(s->eonayd, SIGHUP); /* opens its log anew and goes on */
    expect(world_json(w, "GET", "/v1/health", NULL, NULL), 200, NULL);
    assert_int_equal(stop_service(s, SIGTERM), 0);
    assert_false(is_there(w, "url"));
    assert_false(is_there(w, "pid"));
}

static void plain_http_is_refused(void **state)
{
    struct stage *s = *state;
    start_service(s);
    struct sockaddr_in at = {.sin_family = AF_INET,
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
        .sin_port = htons((uint16_t)atoi(strrchr(s->world.url, ':') + 1))};
    static const char request[] = "GET /v1/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    char got[2000];
    ssize_t len = 0, n;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(fd, (const struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(send(fd, request, strlen(request), MSG_NOSIGNAL), strlen(request));
    while (len < (ssize_t)sizeof got - 1 && (n = recv(fd, got + len, sizeof got - 1 - (size_t)len, 0)) > 0)
        len += n;
    got[len] = '\0';
    close(fd);
    assert_null(strstr(got, "HTTP/1"));
    assert_null(strstr(got, "status"));
}

static void what_was_acknowledged_survives_kill(void **state)
{
    struct stage *s = *state;
    struct world *w = &s->world;
    struct visit v, other;
    struct buf cms;
    char tckn[12];
    made_tckn(tckn, 3);
    start_service(s);
    consent(s, &v, &cms);
    visit_all(w, &other, tckn); /* opened, not signed yet */
    assert_int_equal(stop_service(s, SIGKILL), 1000 + SIGKILL);
    start_service(s);
    expect(visit_submit(w, &v, &cms), 200, NULL);
    expect(world_json(w, "GET", "/v1/consent", v.token, NULL), 200, NULL);
    struct reply r = visit_try_open(w, other.code, other.nonce);
    assert_string_equal(reply_str(&r, "request"), other.request);
    reply_done(&r);
    buf_done(&cms);
}

struct submitter {
    struct world *world;
    const struct visit *visit;
    const struct buf *cms;
    int status;
};

static void *submit(void *arg)
{
    struct submitter *s = arg;
    struct reply r = visit_submit(s->world, s->visit, s->cms);
    s->status = r.status;
    reply_done(&r);
    return NULL;
}

/* SIGTERM while a signature is being judged: its sender still hears the answer. */
static void stopping_drains(void **state)
{
    struct stage *s = *state;
    struct world *w = &s->world;
    struct visit v;
    struct buf cms;
    pthread_t thread;
    start_service(s);
    struct pki_identity who = world_person(w, ME, PKI_P256, 0);
    visit_all(w, &v, ME);
    struct consent_claim claim = visit_claim(w, &v);
    visit_sign(w, &claim, &who, &cms);
    world_mood(w, AUTHORITY_HANGS, AUTHORITY_AWAY);
    struct submitter waiting = {w, &v, &cms, 0};
    assert_int_equal(pthread_create(&thread, NULL, submit, &waiting), 0);
    world_wait_hanging(w, 1);
    assert_int_equal(stop_service(s, SIGTERM), 0);
    pthread_join(thread, NULL);
    assert_int_equal(waiting.status, 202);
    pki_identity_done(&who);
    buf_done(&cms);
}

/* ---- configuration ---- */

/* service.yaml with one line put in front or another taken out. */
static char *changed_yaml(const struct world *w, const char *line, const char *without)
{
    char *from = world_path(w, "service.yaml"), *to = world_path(w, "changed.yaml");
    struct buf b = BUF_INIT(10000), out = BUF_INIT(10000);
    assert_int_equal(buf_read_file(&b, from, NULL), OK);
    assert_int_equal(buf_str(&out, line), OK);
    char *cut = without ? strstr((char *)b.data, without) : NULL;
    size_t head = cut ? (size_t)(cut - (char *)b.data) : b.len;
    assert_int_equal(buf_add(&out, b.data, head), OK);
    if (cut)
        assert_int_equal(buf_str(&out, cut + strcspn(cut, "\n") + 1), OK);
    assert_int_equal(buf_write_file(&out, to, 0600, NULL), OK);
    buf_done(&b);
    buf_done(&out);
    free(from);
    return to;
}

static void a_bad_configuration_is_refused(void **state)
{
    static const struct {
        const char *line, *without, *said;
        int exit;
    } cases[] = {
        {"", "tls_cert", "tls_cert", EX_CONFIG},
        {"", "tls_key", "tls_key", EX_CONFIG},
        {"", "gateway:", "changed.yaml:", EX_CONFIG},
        {"kapi: 1\n", NULL, "changed.yaml:1:1", EX_CONFIG},
        {"threads: many\n", NULL, "changed.yaml:1:10", EX_CONFIG},
        {"listen: \"0.0.0.0:0\"\n", "listen", "loopback", EX_CONFIG},
        {"listen: \"localhost:0\"\n", "listen", "loopback", EX_CONFIG},
        {"test: false\n", "test", "clock_file", EX_CONFIG},
        {"texts: secret-not-there\n", "texts", "secret-not-there", EX_NOINPUT},
        {"texts: app.bin\n", "texts", "app.bin", EX_CONFIG},
        {"trust: text.txt\n", "trust", "text.txt", EX_CONFIG},
        {"tls_key: text.txt\n", "tls_key", "certificate", EX_CONFIG},
        {"timestamp:\n  - url: http://zd.example.org/\n", NULL, "time-stamp authorities on loopback", EX_CONFIG},
        {"timestamp:\n  - url: http://127.0.0.1:1\n  - url: http://localhost:1/\n", NULL, "on loopback", EX_CONFIG},
        {"timestamp:\n  - url: http://127.0.0.1@zd.example.org/\n", NULL, "changed.yaml:2:10", EX_CONFIG},
        {"timestamp:\n  - url: ftp://127.0.0.1/\n", NULL, "http:// or https://", EX_CONFIG},
        {"timestamp:\n  - per_day: 10\n", NULL, "url", EX_CONFIG},
        {"timestamp:\n  - &a {url: \"http://127.0.0.1:1\"}\n  - *a\n  - *a\n  - *a\n  - *a\n  - *a\n  - *a\n  - *a\n  "
         "- *a\n",
            NULL, "changed.yaml:2:3: \"timestamp\" should have 8 members at most.", EX_CONFIG},
        {"timestamp:\n  - {url: \"http://127.0.0.1:1\", policy: 1.2.x}\n", NULL, "object identifier", EX_CONFIG},
        {"timestamp:\n  - {url: \"http://127.0.0.1:1\", policy: 3.2.1}\n", NULL, "object identifier", EX_CONFIG},
        {"timestamp:\n  - {url: \"http://127.0.0.1:1\", timeout_ms: 1}\n", NULL, "changed.yaml:2", EX_CONFIG},
        {"timestamp:\n  - url: http://127.0.0.1:1\ntimestamp_trust: text.txt\n", NULL, "text.txt", EX_CONFIG},
        {"timestamp:\n  - {url: \"http://127.0.0.1:1\", per_day: -1}\n", NULL, "changed.yaml:2:42", EX_CONFIG},
        {"timestamp: http://127.0.0.1:1\n", NULL, "changed.yaml:1:12", EX_CONFIG},
        {"profile: P5\n", NULL, "changed.yaml:1:10: \"profile\" should be baseline, or one of P1 to P4", EX_CONFIG},
        {"ledger: {key: a, certificate: b}\n", NULL, "changed.yaml:1:9: the key \"name\" is missing", EX_CONFIG},
        {"ledger: {name: E-Onay, certificate: b}\n", NULL, "changed.yaml:1:9: the key \"key\" is missing", EX_CONFIG},
        {"ledger: {name: \"\", key: a, certificate: b}\n", NULL, "changed.yaml:1:16", EX_CONFIG},
        {"ledger: {name: Günlük, key: a, certificate: b}\n", NULL, "changed.yaml:1:16: \"name\" should be letters",
            EX_CONFIG},
        {"ledger: {name: E-Onay, key: text.txt, certificate: ca.pem}\n", NULL, "text.txt: it holds no private key",
            EX_CONFIG},
        {"receipt: {key: a}\n", NULL, "changed.yaml:1:10: the key \"certificate\" is missing", EX_CONFIG},
        {"receipt: {key: a, certificate: b, code_lifetime_s: 0}\n", NULL, "changed.yaml:1:52", EX_CONFIG},
        {"receipt: {key: a, certificate: b}\n", NULL, "/a: ", EX_NOINPUT},
        {"receipt: {key: tls.key, certificate: text.txt}\n", NULL, "text.txt: it holds no certificate", EX_CONFIG},
        {"store: nowhere/store.db\n", "store", "nowhere", EX_NOINPUT},
        {"store: text.txt\n", "store", "text.txt", EX_IOERR},
    };
    struct stage *s = *state;
    char *path = world_path(&s->world, "app.bin");
    FILE *f = fopen(path, "w");
    fputs("metin \x1b[2J", f);
    fclose(f);
    free(path);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *yaml = changed_yaml(&s->world, cases[i].line, cases[i].without);
        int exit_code = RUN(s, "eonayd", "--config", yaml, "--lang", "en");
        if (exit_code != cases[i].exit)
            fail_msg("%s: exit %d, said %s", cases[i].said, exit_code, s->said);
        has(s, cases[i].said);
        free(yaml);
    }
    assert_int_equal(RUN(s, "eonayd", "--bogus"), EX_USAGE);
    assert_int_equal(RUN(s, "eonayd", "--lang", "en"), EX_USAGE);
    assert_int_equal(RUN(s, "eonayd", "--help"), 0);
    assert_int_equal(RUN(s, "eonayd", "--config", "/nonexistent.yaml"), EX_NOINPUT);
}

/* ---- eonayctl ---- */

static void expect_file(const char *dir, const char *name, const void *bytes, size_t len)
{
    char path[300];
    struct stat st;
    struct buf b = BUF_INIT(60000);
    snprintf(path, sizeof path, "%s/%s", dir, name);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(buf_read_file(&b, path, NULL), OK);
    assert_int_equal(b.len, len);
    assert_memory_equal(b.data, bytes, len);
    buf_done(&b);
}

static void consents_are_listed_and_exported(void **state)
{
    struct stage *s = *state;
    struct world *w = &s->world;
    struct visit v;
    struct buf cms;
    char number[STORE_NUMBER], unknown[12];
    start_service(s);
    consent(s, &v, &cms);
    struct reply r = world_json(w, "GET", "/v1/consent", v.token, NULL);
    snprintf(number, sizeof number, "%s", reply_str(&r, "number"));
    reply_done(&r);
    char *yaml = world_path(w, "service.yaml"), *out = world_path(w, "out"), *other = world_path(w, "other"), path[300];
    made_tckn(unknown, 99);

    /* while the service runs */
    assert_int_equal(RUN(s, "eonayctl", "--config", yaml, "consents", "list", "--lang", "tr"), 0);
    has(s, number);
    has(s, "100******46");
    has(s, "DENEME? KİŞİ");
    assert_null(strstr(s->said, ME));
    assert_int_equal(RUN(s, "eonayctl", "--config", yaml, "consents", "list", "--json"), 0);
    json_t *list = json_loads(s->said, 0, NULL);
    assert_int_equal(json_array_size(list), 1);
    assert_string_equal(json_string_value(json_object_get(json_array_get(list, 0), "number")), number);
    assert_string_equal(json_string_value(json_object_get(json_array_get(list, 0), "state")), "accepted");
    assert_string_equal(json_string_value(json_object_get(json_array_get(list, 0), "level")), "B-B");
    assert_string_equal(json_string_value(json_object_get(json_array_get(list, 0), "timestamp")), "none");
    json_decref(list);
    assert_int_equal(RUN(s, "eonayctl", "--config", yaml, "consents", "show", "--tckn", ME, "--lang", "en"), 0);
    has(s, number);
    has(s, "accepted");
    assert_int_equal(RUN(s, "eonayctl", "--config", yaml, "consents", "show", "--number", number, "--json"), 0);
    assert_int_equal(RUN(s, "eonayctl", "--config", yaml, "consents", "export", "--tckn", ME, "--out", out), 0);
    expect_file(out, "consent.p7s", cms.data, cms.len);
    expect_file(out, "text.txt", w->text, w->text_len);
    assert_null(strstr(s->said, "consent-bb.p7s"));

    /* and without it */
    assert_int_equal(stop_service(s, SIGTERM), 0);
    assert_int_equal(RUN(s, "eonayctl", "--config", yaml, "consents", "show", "--number", number), 0);
    assert_int_equal(RUN(s, "eonayctl", "--config", yaml, "consents", "export", "--number", number, "--out", other), 0);
    has(s, other);

    /* What lies there stays, and nothing comes beside it. */
    snprintf(path, sizeof path, "%s/consent.p7s", other);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(
        RUN(s, "eonayctl", "--config", yaml, "consents", "export", "--tckn", ME, "--out", other, "--lang", "en"),
        EX_CANTCREAT);
    has(s, "text.txt");
    has(s, "A file of this name is there already; nothing was written.");
    assert_int_equal(access(path, F_OK), -1);
    assert_int_equal(symlink("/nonexistent/x", path), 0);
    snprintf(path, sizeof path, "%s/text.txt", other);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(
        RUN(s, "eonayctl", "--config", yaml, "consents", "export", "--tckn", ME, "--out", other, "--lang", "tr"),
        EX_CANTCREAT);
    has(s, "Bu adda bir dosya zaten var; hiçbir şey yazılmadı.");
    assert_int_equal(access(path, F_OK), -1);

    assert_int_equal(RUN(s, "eonayctl", "--config", yaml, "consents", "show", "--tckn", unknown), EX_NOINPUT);
    assert_int_equal(RUN(s, "eonayctl", "--config", yaml, "consents", "show", "--number", "2020-999999"), EX_NOINPUT);
    assert_int_equal(RUN(s, "eonayctl", "--config", yaml, "consents", "show", "--tckn", "1"), EX_USAGE);
    assert_int_equal(RUN(s, "eonayctl", "--config", yaml, "consents", "show"), EX_USAGE);
    assert_string_equal(s->said, "eonayctl: --tckn N veya --number N belirtilmeli\n");
    assert_int_equal(RUN(s, "eonayctl", "--config", yaml, "consents", "export", "--tckn", ME), EX_USAGE);
    assert_string_equal(s->said, "eonayctl: --out KLASÖR belirtilmedi\n");
    assert_int_equal(RUN(s, "eonayctl", "--config", yaml, "consents", "burn"), EX_USAGE);
    assert_int_equal(RUN(s, "eonayctl", "--config", yaml, "consents"), EX_USAGE);
    assert_int_equal(
        RUN(s, "eonayctl", "--config", yaml, "consents", "export", "--tckn", ME, "--out", "/nonexistent/x"),
        EX_NOINPUT);
    assert_int_equal(RUN(s, "eonayctl", "--help"), 0);
    free(yaml);
    has(s, "DOSYA");
    free(out);
    free(other);
    buf_done(&cms);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    if (http_start() != OK)
        return 1;
    const struct CMUnitTest tests[] = {
        CASE(it_starts_and_stops),
        CASE(plain_http_is_refused),
        CASE(what_was_acknowledged_survives_kill),
        CASE(stopping_drains),
        CASE(a_bad_configuration_is_refused),
        CASE(consents_are_listed_and_exported),
    };
    int failed = cmocka_run_group_tests_name("eonayd", tests, NULL, NULL);
    http_stop();
    return failed;
}
