#include "config.h"
#include "tests/bench/pty.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <utmp.h>

double clock_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* execve takes away a const that it does not need. */
static void copy_list(char *copy[32], const char *const list[])
{
    size_t n = 0;
    for (; n < 31 && list[n] != NULL; n++)
        copy[n] = strdup(list[n]);
    copy[n] = NULL;
}

static void child(int slave, int in, int out, const char *const argv[])
{
    static const char *const env[] = {
        "TERM=xterm-256color", "LC_ALL=C.UTF-8", "PATH=/usr/local/bin:/usr/bin:/bin", "HOME=/tmp", NULL};
    char *words[32], *variables[32];
    copy_list(words, argv);
    copy_list(variables, env);
    login_tty(slave);
    if (in >= 0) {
        dup2(in, 0);
        dup2(out, 1);
    }
    for (int fd = 3; fd < 64; fd++)
        close(fd);
    execve(words[0], words, variables);
    _exit(127);
}

bool pty_start(struct pty *p, const char *const argv[], bool piped, char tty_name[64])
{
    struct winsize size = {.ws_row = 24, .ws_col = 80};
    int slave, in[2] = {-1, -1};
    memset(p, 0, sizeof *p);
    p->feed = -1;
    if (openpty(&p->fd, &slave, tty_name, NULL, &size) != 0 || (piped && pipe(in) != 0))
        return false;
    p->last_ms = clock_ms();
    p->pid = fork();
    if (p->pid == 0)
        child(slave, in[0], open("/dev/null", O_WRONLY), argv);
    close(slave);
    if (piped) {
        close(in[0]);
        p->feed = in[1];
    }
    return p->pid > 0;
}

/* One read of what is there; false when nothing came within wait_ms or the program is gone. */
static bool take(struct pty *p, int wait_ms)
{
    struct pollfd one = {.fd = p->fd, .events = POLLIN};
    if (poll(&one, 1, wait_ms) <= 0)
        return false;
    if (p->cap - p->len < 4096) {
        p->cap = p->cap * 2 + 65536;
        p->seen = realloc(p->seen, p->cap);
        if (p->seen == NULL)
            abort();
    }
    ssize_t n = read(p->fd, p->seen + p->len, 4096);
    if (n <= 0)
        return false;
    p->len += (size_t)n;
    p->last_ms = clock_ms();
    return true;
}

size_t pty_until_quiet(struct pty *p, double quiet_ms, double limit_ms)
{
    size_t before = p->len;
    double end = clock_ms() + limit_ms;
    while (p->len == before && clock_ms() < end)
        (void)take(p, 5);
    while (clock_ms() - p->last_ms < quiet_ms && clock_ms() < end)
        (void)take(p, 2);
    return p->len - before;
}

bool pty_until_text(struct pty *p, size_t from, const char *text, double limit_ms)
{
    double end = clock_ms() + limit_ms;
    do {
        if (p->len > from && memmem(p->seen + from, p->len - from, text, strlen(text)) != NULL)
            return true;
        (void)take(p, 10);
    } while (clock_ms() < end);
    return false;
}

static void put(int fd, const char *bytes)
{
    if (write(fd, bytes, strlen(bytes)) != (ssize_t)strlen(bytes))
        perror("pty");
}

void pty_key(struct pty *p, const char *bytes)
{
    put(p->fd, bytes);
}

void pty_send(struct pty *p, const char *bytes)
{
    put(p->feed >= 0 ? p->feed : p->fd, bytes);
}

long pty_peak_kib(const struct pty *p)
{
    char path[64], line[256];
    long kib = -1;
    snprintf(path, sizeof path, "/proc/%d/status", (int)p->pid);
    FILE *f = fopen(path, "r");
    while (f != NULL && fgets(line, sizeof line, f) != NULL)
        if (strncmp(line, "VmHWM:", 6) == 0)
            kib = strtol(line + 6, NULL, 10);
    if (f != NULL)
        fclose(f);
    return kib;
}

void pty_stop(struct pty *p)
{
    if (p->pid > 0) {
        kill(p->pid, SIGTERM);
        double end = clock_ms() + 2000;
        while (waitpid(p->pid, NULL, WNOHANG) == 0 && clock_ms() < end)
            (void)take(p, 2);
        kill(p->pid, SIGKILL);
        waitpid(p->pid, NULL, WNOHANG);
    }
    close(p->fd);
    if (p->feed >= 0)
        close(p->feed);
    free(p->seen);
    p->seen = NULL;
}
