/* The test beside copies of itself that play the workers: they say how they were started, then wait for the end. */
#include "config.h"
#include "review_rig.h"
#include "base/when.h"

#include <libgen.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>

/* --- the worker's part ------------------------------------------------------------------------------------------- */

extern char **environ;

static void tell(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static void tell(const char *fmt, ...)
{
    static uint8_t frame[WIRE_MAX];
    char words[200];
    struct wire_out out;
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(words, sizeof words, fmt, ap);
    va_end(ap);
    wire_begin(&out, frame, M_ERR, 0);
    wire_u64(&out, F_ERROR, 1);
    wire_str(&out, F_DETAIL, words);
    if (wire_send(&out, WIRE_FD, -1) != OK)
        _exit(1);
}

static void tell_descriptors(void)
{
    for (int fd = 0; fd < 256; fd++) {
        char path[64], to[64] = "?";
        if (fcntl(fd, F_GETFD) < 0)
            continue;
        snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
        (void)!readlink(path, to, sizeof to - 1);
        to[strcspn(to, "[")] = '\0';
        tell("fd %d %s", fd, to);
    }
}

static void tell_signals(void)
{
    sigset_t blocked;
    sigprocmask(SIG_BLOCK, NULL, &blocked);
    for (int s = 1; s < 32; s++) {
        struct sigaction now;
        if (sigismember(&blocked, s) == 1 || (sigaction(s, NULL, &now) == 0 && now.sa_handler == SIG_IGN))
            tell("signal %d", s);
    }
}

static int play_worker(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        tell("arg %s", argv[i]);
    for (char **e = environ; *e != NULL; e++)
        tell("env %s", *e);
    tell_descriptors();
    tell_signals();
    tell("session %d", getsid(0) == getpid());
    tell("end");
    struct pollfd p = {.fd = getenv("STUBBORN") != NULL ? -1 : WIRE_FD, .events = POLLIN};
    while (poll(&p, 1, -1) >= 0 && recv(WIRE_FD, &(char){0}, 1, MSG_DONTWAIT) != 0)
        continue;
    return 0; /* in peace */
}

/* --- the test's part --------------------------------------------------------------------------------------------- */

static char conf_word[] = "SOFTHSM2_CONF=/x/y", empty_word[] = "EMPTY=", stubborn_word[] = "STUBBORN=1";
static char *words[] = {conf_word, empty_word}, *stubborn_words[] = {stubborn_word};
static const struct conf_strings module_environment = {words, 2}, stubborn = {stubborn_words, 1};

static struct worker a_worker(enum wire_worker kind)
{
    return (struct worker){.kind = kind,
        .config = "some/wizard.yaml",
        .module = 3,
        .environment = kind == WIRE_TOKEN ? &module_environment : NULL,
        .fd = -1};
}

/* All it says, a line each. */
static void listen_to(const struct worker *w, char said[8192])
{
    static uint8_t frame[WIRE_MAX];
    size_t len, used = 0;
    struct wire_msg m;
    char word[256] = "";
    said[0] = '\0';
    while (strcmp(word, "end") != 0) {
        struct pollfd p = {.fd = w->fd, .events = POLLIN};
        assert_int_equal(poll(&p, 1, 10000), 1);
        assert_int_equal(wire_recv(w->fd, frame, &len, NULL), OK);
        assert_int_equal(wire_parse(frame, len, WIRE_WORKER, w->kind, &m), OK);
        assert_true(wire_get_str(&m, F_DETAIL, word, sizeof word));
        used += (size_t)snprintf(said + used, 8192 - used, "%s\n", word);
        assert_true(used < 8192);
    }
}

static bool is_gone(pid_t pid)
{
    return kill(pid, 0) != 0 && errno == ESRCH; /* reaped: no zombie either */
}

static void it_starts_bare(void **state)
{
    (void)state;
    char said[8192];
    struct worker w = a_worker(WIRE_TOKEN);
    int stray = dup(STDIN_FILENO); /* not close-on-exec */
    setenv("LD_PRELOAD_NOT", "x", 1);
    setenv("LANGUAGE", "de", 1);
    sigset_t some;
    sigemptyset(&some);
    sigaddset(&some, SIGTERM);
    sigprocmask(SIG_BLOCK, &some, NULL);
    signal(SIGPIPE, SIG_IGN);
    assert_int_equal(worker_start(&w, when_boot_ms()), OK);
    listen_to(&w, said);
    worker_end(&w, 5000);
    close(stray);
    char *sanitizers = strstr(said, "env ASAN_OPTIONS");
    if (sanitizers != NULL)
        memmove(sanitizers, strchr(sanitizers, '\n') + 1, strlen(strchr(sanitizers, '\n')));
    assert_string_equal(said, "arg --config\narg some/wizard.yaml\narg --module\narg 3\n"
                              "env PATH=/usr/bin:/bin\nenv SOFTHSM2_CONF=/x/y\nenv EMPTY=\n"
                              "fd 0 /dev/null\nfd 1 /dev/null\nfd 2 /dev/null\nfd 3 socket:\nsession 1\nend\n");
}

static void it_ends_in_peace(void **state)
{
    (void)state;
    char said[8192];
    struct worker w = a_worker(WIRE_NET);
    assert_int_equal(worker_start(&w, when_boot_ms()), OK);
    listen_to(&w, said);
    assert_null(strstr(said, "--module"));
    pid_t pid = w.pid;
    uint64_t began_ms = when_boot_ms();
    worker_end(&w, 20000);
    assert_in_range(when_boot_ms() - began_ms, 0, 15000); /* it was not waited for in vain */
    assert_true(is_gone(pid));
    assert_int_equal(w.pid, 0);
    assert_int_equal(w.fd, -1);
    worker_end(&w, 20000); /* once more is nothing */
}

static void patience_has_an_end(void **state)
{
    (void)state;
    char said[8192];
    struct worker w = a_worker(WIRE_TOKEN);
    w.environment = &stubborn;
    assert_int_equal(worker_start(&w, when_boot_ms()), OK);
    listen_to(&w, said);
    pid_t pid = w.pid;
    worker_end(&w, 50);
    assert_true(is_gone(pid));
}

static void all_end_within_one_patience(void **state)
{
    (void)state;
    struct worker w[4], *all[4];
    pid_t pids[4];
    char said[8192];
    for (size_t i = 0; i < 4; i++) {
        w[i] = a_worker(WIRE_TOKEN);
        w[i].environment = &stubborn;
        assert_int_equal(worker_start(&w[i], when_boot_ms()), OK);
        listen_to(&w[i], said);
        pids[i] = w[i].pid;
        all[i] = &w[i];
    }
    uint64_t began_ms = when_boot_ms();
    workers_end(all, 4, 1000);
    assert_in_range(when_boot_ms() - began_ms, 1000, 2900);
    for (size_t i = 0; i < 4; i++)
        assert_true(is_gone(pids[i]));
}

static void starting_and_ending_costs_nothing(void **state)
{
    (void)state;
    char said[8192];
    size_t before = rig_open_fds();
    for (int i = 0; i < 20; i++) {
        struct worker w = a_worker(WIRE_NET);
        assert_int_equal(worker_start(&w, when_boot_ms()), OK);
        listen_to(&w, said);
        worker_end(&w, i % 2 == 0 ? 5000 : 0);
    }
    assert_int_equal(rig_open_fds(), before);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* no child is left */
}

static void a_part_that_is_missing(void **state)
{
    (void)state;
    char from[PATH_MAX] = "", to[PATH_MAX + 8];
    size_t before = rig_open_fds();
    struct worker w = a_worker(WIRE_TOKEN);
    assert_true(readlink("/proc/self/exe", from, sizeof from - 1) > 0);
    strcpy(strrchr(from, '/'), "/eonay-token");
    snprintf(to, sizeof to, "%s.away", from);
    assert_int_equal(rename(from, to), 0);
    assert_int_equal(worker_start(&w, when_boot_ms()), ERR_WORKER_GONE);
    assert_int_equal(rename(to, from), 0);
    assert_int_equal(w.fd, -1);
    assert_int_equal(w.pid, 0);
    struct wire_out out;
    static uint8_t frame[WIRE_MAX];
    wire_begin(&out, frame, M_HOLDER, 0);
    assert_int_equal(worker_tell(&w, &out, 0, -1, NULL), ERR_WORKER_GONE);
    assert_int_equal(rig_open_fds(), before);
}

static void what_was_told_is_wiped(void **state)
{
    (void)state;
    static uint8_t frame[WIRE_MAX];
    struct worker w = a_worker(WIRE_NET);
    struct wire_out out;
    int end = rig_connect(&w);
    wire_begin(&out, frame, M_LOGIN, 1);
    wire_str(&out, F_TCKN, "10000000146");
    assert_int_equal(worker_tell(&w, &out, 1, -1, NULL), OK);
    assert_null(memmem(frame, sizeof frame, "10000000146", 11));
    close(end);
    wire_begin(&out, frame, M_LOGIN, 1);
    wire_str(&out, F_TCKN, "10000000146");
    assert_int_equal(worker_tell(&w, &out, 1, -1, NULL), ERR_WORKER_GONE);
    assert_null(memmem(frame, sizeof frame, "10000000146", 11));
    worker_end(&w, 0);
}

/* --- the stage: a folder of our own ------------------------------------------------------------------------------- */

static int staged(char **argv)
{
    char folder[64], command[256], self[PATH_MAX] = "";
    unit_folder(folder);
    assert_true(readlink("/proc/self/exe", self, sizeof self - 1) > 0);
    snprintf(command, sizeof command,
        "cd %s && touch .eonay-build && for n in test eonay-net eonay-token; do cp \"$0\" $n || exit 1; done", folder);
    pid_t pid = fork();
    if (pid == 0) {
        execl("/bin/sh", "sh", "-c", command, self, NULL);
        _exit(127);
    }
    int status = 1;
    waitpid(pid, &status, 0);
    if (status == 0 && (pid = fork()) == 0) {
        snprintf(command, sizeof command, "%s/test", folder);
        execl(command, argv[0], "staged", NULL);
        _exit(127);
    }
    waitpid(pid, &status, 0);
    unit_remove(folder);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(it_starts_bare), cmocka_unit_test(it_ends_in_peace),
        cmocka_unit_test(patience_has_an_end), cmocka_unit_test(all_end_within_one_patience),
        cmocka_unit_test(starting_and_ending_costs_nothing), cmocka_unit_test(a_part_that_is_missing),
        cmocka_unit_test(what_was_told_is_wiped)};
    if (strncmp(basename(argv[0]), "eonay-", 6) == 0)
        return play_worker(argc, argv);
    if (argc < 2)
        return staged(argv);
    setlocale(LC_ALL, "");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
