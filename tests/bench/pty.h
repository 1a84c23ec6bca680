/* A program on a terminal of its own, watched byte by byte. For benchmarks and journeys that count bytes. */
#ifndef EONAY_TESTS_PTY_H
#define EONAY_TESTS_PTY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct pty {
    pid_t pid;
    int fd;        /* master side */
    int feed;      /* write end of the program's standard input when it is a pipe, else -1 */
    uint8_t *seen; /* everything written so far */
    size_t len, cap;
    double last_ms; /* when the last byte came */
};

double clock_ms(void);
/* 80x24, TERM=xterm-256color, C.UTF-8. `piped`: standard input and output are pipes, the terminal is only /dev/tty's
 * name. */
bool pty_start(struct pty *p, const char *const argv[], bool piped, char tty_name[64]);
/* Reads until nothing came for quiet_ms, or until_ms passed. Returns bytes read. */
size_t pty_until_quiet(struct pty *p, double quiet_ms, double limit_ms);
/* Reads until the text stands in what came after `from`; false after limit_ms. */
bool pty_until_text(struct pty *p, size_t from, const char *text, double limit_ms);
void pty_key(struct pty *p, const char *bytes);  /* to the terminal */
void pty_send(struct pty *p, const char *bytes); /* to standard input: the pipe when it is one */
long pty_peak_kib(const struct pty *p);          /* VmHWM */
void pty_stop(struct pty *p);

#endif
