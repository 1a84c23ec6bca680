#include "config.h"
#include "wizard/worker.h"

#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/place.h"

#define ENVIRONMENT_MAX 32

/* Few fixed words, then the module's own. A sanitizer build hands its options on. */
static void list_environment(const struct worker *w, char *list[ENVIRONMENT_MAX])
{
    static char path[] = "PATH=/usr/bin:/bin";
    size_t n = 0;
    list[n++] = path;
#ifdef WITH_SANITIZERS
    static char options[512];
    const char *asan = getenv("ASAN_OPTIONS");
    if (asan != NULL) {
        snprintf(options, sizeof options, "ASAN_OPTIONS=%s", asan);
        list[n++] = options;
    }
#endif
    for (size_t i = 0; w->environment != NULL && i < w->environment->n && n + 1 < ENVIRONMENT_MAX; i++)
        list[n++] = w->environment->v[i];
    list[n] = NULL;
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

static pid_t spawn(const struct worker *w, int socket)
{
    char program[PATH_MAX], module[24], config_word[] = "--config", module_word[] = "--module", config[PATH_MAX];
    char *environment[ENVIRONMENT_MAX];
    posix_spawn_file_actions_t files;
    posix_spawnattr_t how;
    pid_t pid = 0;
    snprintf(module, sizeof module, "%zu", w->module);
    snprintf(config, sizeof config, "%s", w->config);
    char *argv[] = {program, config_word, config, w->kind == WIRE_TOKEN ? module_word : NULL, module, NULL};
    if (place_part(program, sizeof program, w->kind == WIRE_TOKEN ? "eonay-token" : "eonay-net") != OK)
        return 0;
    list_environment(w, environment);
    posix_spawn_file_actions_init(&files);
    posix_spawnattr_init(&how);
    if (set_up(&files, &how, socket) != 0 || posix_spawn(&pid, program, &files, &how, argv, environment) != 0)
        pid = 0;
    posix_spawnattr_destroy(&how);
    posix_spawn_file_actions_destroy(&files);
    return pid;
}

enum err_code worker_start(struct worker *w, uint64_t now_ms)
{
    int pair[2];
    w->started_ms = now_ms;
    w->start_at_ms = 0;
    w->ready = false;
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

enum err_code worker_tell(
    struct worker *w, const struct wire_out *out, uint32_t job, int pass_fd, struct secret *secret)
{
    uint8_t header[WIRE_HEADER];
    enum err_code rc = w->fd < 0 ? ERR_WORKER_GONE : wire_send(out, w->fd, pass_fd);
    if (secret == NULL)
        return rc;
    wire_secret_header(header, job);
    if (rc == OK)
        return secret_send(secret, w->fd, header, sizeof header);
    secret_wipe(secret);
    return rc;
}

void worker_stop(struct worker *w)
{
    fd_close(&w->fd);
    if (w->pid > 0) {
        kill(w->pid, SIGKILL);
        while (waitpid(w->pid, NULL, 0) < 0 && kill(w->pid, 0) == 0)
            continue;
    }
    w->pid = 0;
    w->ready = false;
}
