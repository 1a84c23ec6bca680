#include "config.h"
#include "wire/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/place.h"
#include "base/when.h"

#define FIXED_MAX 2    /* words of the environment that are ours */
#define KILLED_MS 1000 /* a process the kernel cannot end (a driver deep in its device) is left to itself */

/* Few fixed words, then the module's own. A sanitizer build hands its options on. The caller frees the list alone. */
static char **list_environment(const struct worker *w)
{
    static char path[] = "PATH=/usr/bin:/bin";
    size_t n = 0, own = w->environment != NULL ? w->environment->n : 0;
    char **list = calloc(FIXED_MAX + own + 1, sizeof *list);
    if (list == NULL)
        return NULL;
    list[n++] = path;
#ifdef WITH_SANITIZERS
    static char options[512];
    const char *asan = getenv("ASAN_OPTIONS");
    if (asan != NULL) {
        snprintf(options, sizeof options, "ASAN_OPTIONS=%s", asan);
        list[n++] = options;
    }
#endif
    for (size_t i = 0; i < own; i++)
        list[n++] = w->environment->v[i];
    return list;
}

static int set_up(posix_spawn_file_actions_t *files, posix_spawnattr_t *how, int socket)
{
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    int bad = 0;
    for (int fd = 0; fd < 3; fd++)
        bad |= posix_spawn_file_actions_addopen(files, fd, "/dev/null", O_RDWR, 0);
    bad |= posix_spawn_file_actions_adddup2(files, socket, WIRE_FD);
    bad |= posix_spawn_file_actions_addclosefrom_np(files, WIRE_FD + 1);
    bad |= posix_spawnattr_setsigmask(how, &none);
    bad |= posix_spawnattr_setsigdefault(how, &all);
    bad |= posix_spawnattr_setflags(how, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    return bad;
}

static const char *program_of(const struct worker *w)
{
    return w->kind == WIRE_TOKEN ? "eonay-token" : w->kind == WIRE_DOCTOR ? "eonay-doctor" : "eonay-net";
}

static pid_t spawn(const struct worker *w, int socket)
{
    char program[PATH_MAX], module[24], config_word[] = "--config", module_word[] = "--module", config[PATH_MAX];
    char wire_word[] = "--wire", remote_word[] = "--remote";
    posix_spawn_file_actions_t files;
    posix_spawnattr_t how;
    pid_t pid = 0;
    snprintf(module, sizeof module, "%zu", w->module);
    snprintf(config, sizeof config, "%s", w->config);
    char *argv[] = {program, config_word, config, NULL, NULL, NULL};
    if (w->kind == WIRE_TOKEN) {
        argv[3] = module_word;
        argv[4] = module;
    } else if (w->kind == WIRE_DOCTOR) {
        argv[3] = wire_word;
        argv[4] = w->remote ? remote_word : NULL;
    }
    if (place_part(program, sizeof program, program_of(w)) != OK)
        return 0;
    char **environment = list_environment(w);
    if (environment == NULL)
        return 0;
    posix_spawn_file_actions_init(&files);
    posix_spawnattr_init(&how);
    if (set_up(&files, &how, socket) != 0 || posix_spawn(&pid, program, &files, &how, argv, environment) != 0)
        pid = 0;
    posix_spawnattr_destroy(&how);
    posix_spawn_file_actions_destroy(&files);
    free(environment);
    return pid;
}

enum err_code worker_start(struct worker *w, uint64_t now_ms)
{
    int pair[2];
    w->started_ms = w->heard_ms = now_ms;
    w->start_at_ms = 0;
    w->ready = w->served = w->tired = false;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
        return ERR_WORKER_GONE;
    (void)fcntl(pair[0], F_SETFL, O_NONBLOCK); /* ours alone: the worker may block on its own end */
    w->pid = spawn(w, pair[1]);
    close(pair[1]);
    w->fd = pair[0];
    if (w->pid != 0)
        return OK;
    fd_close(&w->fd);
    return ERR_WORKER_GONE;
}

enum err_code worker_tell_secret(struct worker *w, uint32_t job, struct secret *secret)
{
    uint8_t header[WIRE_HEADER];
    enum err_code rc = ERR_WORKER_GONE;
    wire_secret_header(header, job);
    if (w->fd >= 0)
        rc = secret_send(secret, w->fd, header, sizeof header);
    secret_wipe(secret);
    return rc == ERR_PROTOCOL ? ERR_WORKER_GONE : rc; /* it heard the message, not the secret */
}

static enum err_code tell(
    struct worker *w, const struct wire_out *out, uint32_t job, int pass_fd, struct secret *secret)
{
    enum err_code rc = w->fd < 0 ? ERR_WORKER_GONE : wire_send(out, w->fd, pass_fd);
    return rc != OK || secret == NULL ? rc : worker_tell_secret(w, job, secret);
}

enum err_code worker_tell(struct worker *w, struct wire_out *out, uint32_t job, int pass_fd, struct secret *secret)
{
    enum err_code rc = tell(w, out, job, pass_fd, secret);
    w->served = true;
    explicit_bzero(out->frame, out->len);
    if (secret != NULL)
        secret_wipe(secret);
    return rc;
}

/* Waits until the process is over, at most until_ms. */
static bool is_over(int process, uint64_t until_ms)
{
    struct pollfd p = {.fd = process, .events = POLLIN};
    for (;;) {
        uint64_t now_ms = when_boot_ms();
        int ready = poll(&p, 1, until_ms > now_ms ? (int)(until_ms - now_ms) : 0);
        if (ready > 0)
            return true;
        if (when_boot_ms() >= until_ms)
            return false;
    }
}

static void end_by(struct worker *w, uint64_t until_ms)
{
    fd_close(&w->fd);
    w->ready = w->served = w->tired = false;
    if (w->pid <= 0)
        return;
    int process = (int)syscall(SYS_pidfd_open, w->pid, 0), how = 0;
    if (process < 0 || !is_over(process, until_ms)) {
        kill(w->pid, SIGKILL);
        how = process < 0 || is_over(process, when_boot_ms() + KILLED_MS) ? 0 : WNOHANG;
    }
    while (waitpid(w->pid, NULL, how) < 0 && errno == EINTR)
        continue;
    fd_close(&process);
    w->pid = 0;
}

void worker_end(struct worker *w, uint64_t patience_ms)
{
    end_by(w, when_boot_ms() + patience_ms);
}

void workers_end(struct worker *const *all, size_t n, uint64_t patience_ms)
{
    uint64_t until_ms = when_boot_ms() + patience_ms;
    for (size_t i = 0; i < n; i++)
        fd_close(&all[i]->fd);
    for (size_t i = 0; i < n; i++)
        end_by(all[i], until_ms);
}
