/* Output that nobody takes: signals, expiry and idleness end the program all the same, and the terminal is as it was.
 * The real program against a terminal that is not read and a pipe that is full. */
#include "config.h"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <termios.h>
#include <unistd.h>
#include <utmp.h>
/* after the four above */
#include <cmocka.h>

#include "base/when.h"
#include "wizard/stuck.h"

#define PATIENCE_MS 40000

static char folder[] = "/tmp/eonay-stuck.XXXXXX", config[64], authority[64];

static void write_file(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static int make_folder(void **state)
{
    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(config, sizeof config, "%s/wizard.yaml", folder);
    snprintf(authority, sizeof authority, "%s/nowhere.pem", folder);
    write_file(authority, "");
    write_file(config, "portal: https://127.0.0.1:1/\ntls_ca: nowhere.pem\nservice: Deneme\ntrust: nowhere.pem\n"
                       "modules: [{path: /nowhere.so}]\nidle_s: 10\n");
    return 0;
}

static int drop_folder(void **state)
{
    (void)state;
    (void)unlink(config);
    (void)unlink(authority);
    return rmdir(folder);
}

static _Noreturn void become_eonay(const char *face, const char *code)
{
    char program[4096];
    snprintf(program, sizeof program, "%s/eonay", getenv("EONAY_BUILD"));
    setenv("TERM", "xterm-256color", 1);
    unsetenv("ACCESSIBLE");
    execl(program, "eonay", "--config", config, face, code, (char *)NULL);
    _exit(127);
}

static bool takes_more(int fd)
{
    struct pollfd out = {.fd = fd, .events = POLLOUT};
    return poll(&out, 1, 0) > 0;
}

static void pause_ms(int ms)
{
    (void)poll(NULL, 0, ms); /* between two looks, never instead of one */
}

/* Ends by itself, with this status. */
static void assert_ends(pid_t pid, int status)
{
    int how = 0;
    uint64_t until_ms = when_boot_ms() + PATIENCE_MS;
    while (waitpid(pid, &how, WNOHANG) == 0) {
        if (when_boot_ms() > until_ms) {
            kill(pid, SIGKILL);
            (void)waitpid(pid, &how, 0);
            fail_msg("does not end");
        }
        pause_ms(20);
    }
    assert_true(WIFEXITED(how));
    assert_int_equal(WEXITSTATUS(how), status);
}

struct unread {
    struct termios before;
    int person, terminal;
    pid_t pid;
};

/* The program stands in a write: nothing was taken for half a second. */
static void start_unread(struct unread *u, const char *code)
{
    struct winsize size = {.ws_row = 24, .ws_col = 80};
    assert_int_equal(openpty(&u->person, &u->terminal, NULL, NULL, &size), 0);
    assert_int_equal(tcgetattr(u->terminal, &u->before), 0);
    u->pid = fork();
    if (u->pid == 0) {
        close(u->person);
        login_tty(dup(u->terminal));
        become_eonay("--reader", code);
    }
    uint64_t until_ms = when_boot_ms() + PATIENCE_MS;
    for (int blocked = 0; blocked < 25;) {
        size.ws_row = size.ws_row == 24 ? 50 : 24;
        assert_int_equal(ioctl(u->person, TIOCSWINSZ, &size), 0);
        blocked = takes_more(u->terminal) ? 0 : blocked + 1;
        assert_true(when_boot_ms() < until_ms);
        pause_ms(20);
    }
}

static void assert_as_it_was(struct unread *u)
{
    struct termios after;
    assert_int_equal(tcgetattr(u->terminal, &after), 0);
    assert_int_equal(after.c_lflag, u->before.c_lflag);
    assert_int_equal(after.c_iflag, u->before.c_iflag);
    assert_int_equal(after.c_oflag, u->before.c_oflag);
    close(u->person);
    close(u->terminal);
}

static void a_terminal_that_nobody_reads(void **state)
{
    (void)state;
    struct unread u;
    start_unread(&u, NULL);
    kill(u.pid, SIGTERM);
    assert_ends(u.pid, EX_IOERR);
    assert_as_it_was(&u);
}

/* A code is in its field, and nobody comes. */
static void idleness_before_a_terminal_that_nobody_reads(void **state)
{
    (void)state;
    struct unread u;
    start_unread(&u, "--code=K7QM-3XPD-9R4T");
    assert_ends(u.pid, EX_IOERR);
    assert_as_it_was(&u);
}

static int left_in(int fd)
{
    int left = 0;
    assert_int_equal(ioctl(fd, FIONREAD, &left), 0);
    return left;
}

static void a_pipe_that_is_full(void **state)
{
    (void)state;
    int lines[2], words[2];
    assert_int_equal(pipe2(lines, O_CLOEXEC), 0);
    assert_int_equal(pipe2(words, O_CLOEXEC), 0);
    assert_int_equal(fcntl(lines[1], F_SETFL, O_NONBLOCK), 0);
    while (write(lines[1], "?\n", 2) == 2) /* their answers are many times what the other pipe holds */
        continue;
    pid_t pid = fork();
    if (pid == 0) {
        dup2(lines[0], 0);
        dup2(words[1], 1);
        become_eonay("--plain", NULL);
    }
    uint64_t until_ms = when_boot_ms() + PATIENCE_MS;
    for (int still = 0, before = -1; still < 75;) { /* no line was taken for so long, and no word */
        int now = left_in(lines[0]);
        still = now == before && !takes_more(words[1]) ? still + 1 : 0;
        before = now;
        assert_true(when_boot_ms() < until_ms);
        pause_ms(20);
    }
    assert_true(left_in(lines[0]) > 0);
    kill(pid, SIGHUP);
    assert_ends(pid, EX_IOERR);
    for (int i = 0; i < 2; i++) {
        close(lines[i]);
        close(words[i]);
    }
}

/* A child that writes into a pipe until it is blocked, under the watch with this limit. */
static pid_t blocked_child(int pipe_of_words[2], uint64_t after_ms)
{
    static char words[200000];
    assert_int_equal(pipe2(pipe_of_words, O_CLOEXEC), 0);
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    struct secret *pin = NULL;
    dup2(pipe_of_words[1], 1);
    if (secret_new(&pin) != OK || stuck_watch(&pin, 1) != OK)
        _exit(1);
    stuck_work(after_ms == UINT64_MAX ? UINT64_MAX : when_boot_ms() + after_ms);
    for (size_t at = 0; at < sizeof words;) {
        ssize_t n = write(1, words + at, sizeof words - at);
        if (n < 0)
            _exit(2);
        at += (size_t)n;
    }
    _exit(0);
}

static void a_moment_that_has_come(void **state)
{
    (void)state;
    int words[2];
    assert_ends(blocked_child(words, 1000), EX_IOERR);
    close(words[0]);
    close(words[1]);
}

static void without_a_reason_it_is_waited(void **state)
{
    (void)state;
    char taken[4096];
    int words[2];
    pid_t pid = blocked_child(words, UINT64_MAX);
    close(words[1]);
    pause_ms(1500); /* several looks find nothing to do */
    assert_int_equal(waitpid(pid, NULL, WNOHANG), 0);
    while (read(words[0], taken, sizeof taken) > 0)
        continue;
    assert_ends(pid, 0);
    close(words[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_terminal_that_nobody_reads),
        cmocka_unit_test(idleness_before_a_terminal_that_nobody_reads),
        cmocka_unit_test(a_pipe_that_is_full),
        cmocka_unit_test(a_moment_that_has_come),
        cmocka_unit_test(without_a_reason_it_is_waited),
    };
    return cmocka_run_group_tests_name("stuck", tests, make_folder, drop_folder);
}
