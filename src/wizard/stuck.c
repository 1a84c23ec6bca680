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

#define FIRST_LOOK_NS 800000000L
#define NEXT_LOOK_NS 400000000L

/* Read by the handler, written while the timer stands still. */
static struct {
    volatile sig_atomic_t watches;
    struct secret *secrets[STUCK_SECRETS];
    size_t secret_n;
    uint64_t limit_ms;
    timer_t timer;
    struct sigaction before;
} watch;

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

/* Async-signal-safe to the last call. */
static void look(int signo)
{
    int err = errno;
    (void)signo;
    if (watch.watches && is_blocked() && (is_told_to_end() || when_boot_ms() >= watch.limit_ms)) {
        for (size_t i = 0; i < watch.secret_n; i++)
            secret_wipe(watch.secrets[i]);
        face_emergency_restore();
        _exit(EX_IOERR);
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

static void set_timer(long first_ns)
{
    struct itimerspec next = {.it_value.tv_nsec = first_ns, .it_interval.tv_nsec = first_ns == 0 ? 0 : NEXT_LOOK_NS};
    if (watch.watches)
        (void)timer_settime(watch.timer, 0, &next, NULL);
}

void stuck_work(uint64_t limit_ms)
{
    set_timer(0);
    watch.limit_ms = limit_ms;
    set_timer(FIRST_LOOK_NS);
}

void stuck_rest(void)
{
    set_timer(0);
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
