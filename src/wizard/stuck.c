#include "config.h"
#include "wizard/stuck.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/when.h"
#include "ui/face.h"

#define FIRST_LOOK_NS 500000000L
#define NEXT_LOOK_NS 400000000L

/* Read by the handler at any moment. A key costs no more than one call: the timer that runs is left running, and looks
 * in vain when the loop waits by then or works on something else. */
static struct {
    volatile sig_atomic_t watches, works, armed;
    volatile unsigned turn, seen; /* of work; one that is met twice goes on for long */
    struct secret *secrets[STUCK_SECRETS];
    size_t secret_n;
    _Atomic uint64_t limit_ms;
    timer_t timer;
    struct sigaction before;
} watch;

static void look_in(long ns)
{
    struct itimerspec next = {.it_value.tv_nsec = ns};
    watch.armed = ns != 0;
    (void)timer_settime(watch.timer, 0, &next, NULL);
}

static bool is_blocked(void)
{
    struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};
    return poll(&out, 1, 0) == 0;
}

/* The loop reads its signals itself; those it does not come to wait for it. */
static bool is_told_to_end(void)
{
    sigset_t waiting;
    if (sigpending(&waiting) != 0)
        return false;
    return sigismember(&waiting, SIGTERM) == 1 || sigismember(&waiting, SIGHUP) == 1 ||
           sigismember(&waiting, SIGINT) == 1 || sigismember(&waiting, SIGQUIT) == 1;
}

static void end_now(void)
{
    for (size_t i = 0; i < watch.secret_n; i++)
        secret_wipe(watch.secrets[i]);
    face_emergency_restore();
    _exit(EX_IOERR);
}

/* Async-signal-safe to the last call. */
static void look(int signo)
{
    int err = errno;
    bool again = watch.turn == watch.seen;
    (void)signo;
    watch.armed = 0;
    watch.seen = watch.turn;
    if (watch.watches && watch.works) {
        if (again && is_blocked() && (is_told_to_end() || when_boot_ms() >= watch.limit_ms))
            end_now();
        look_in(NEXT_LOOK_NS);
    }
    errno = err;
}

enum err_code stuck_watch(struct secret *const secrets[], size_t n)
{
    struct sigevent alarm_event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGALRM};
    struct sigaction action = {.sa_handler = look, .sa_flags = SA_RESTART};
    sigset_t own;
    sigemptyset(&own);
    sigaddset(&own, SIGALRM);
    for (watch.secret_n = 0; watch.secret_n < n && watch.secret_n < STUCK_SECRETS; watch.secret_n++)
        watch.secrets[watch.secret_n] = secrets[watch.secret_n];
    watch.limit_ms = UINT64_MAX;
    if (timer_create(CLOCK_MONOTONIC, &alarm_event, &watch.timer) != 0)
        return ERR_NOMEM;
    (void)sigaction(SIGALRM, &action, &watch.before);
    (void)sigprocmask(SIG_UNBLOCK, &own, NULL);
    watch.watches = 1;
    return OK;
}

void stuck_work(uint64_t limit_ms)
{
    watch.limit_ms = limit_ms;
    if (!watch.works)
        watch.turn++;
    watch.works = 1;
    if (watch.watches && !watch.armed)
        look_in(FIRST_LOOK_NS);
}

void stuck_rest(void)
{
    watch.works = 0;
}

void stuck_done(void)
{
    if (!watch.watches)
        return;
    watch.watches = 0;
    (void)timer_delete(watch.timer);
    (void)sigaction(SIGALRM, &watch.before, NULL);
    watch.secret_n = 0;
}
