/* Background programs. */
#include "config.h"

#include "sandbox/process.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/ascii.h"
#include "base/fd.h"
#include "base/when.h"

#define PROCESSES_MAX 64
#define ASK_MS 800
#define KILL_MS 2000
#define CMDLINE_MAX 16384

extern char **environ;

/* ---- starting ---- */

static int set_files(posix_spawn_file_actions_t *files, const char *log)
{
    int rc = posix_spawn_file_actions_addopen(files, 0, "/dev/null", O_RDONLY, 0);
    if (rc == 0)
        rc = posix_spawn_file_actions_addopen(files, 2, log, O_WRONLY | O_CREAT | O_APPEND, 0600);
    if (rc == 0)
        rc = posix_spawn_file_actions_adddup2(files, 2, 1);
    return rc == 0 ? posix_spawn_file_actions_addclosefrom_np(files, 3) : rc;
}

static int set_attributes(posix_spawnattr_t *attr)
{
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    int rc = posix_spawnattr_setflags(attr, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    if (rc == 0)
        rc = posix_spawnattr_setsigmask(attr, &none);
    return rc == 0 ? posix_spawnattr_setsigdefault(attr, &all) : rc;
}

static enum err_code spawn(char *const argv[], const char *log, pid_t *ret_pid, struct err *err)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attr;
    posix_spawn_file_actions_init(&files);
    posix_spawnattr_init(&attr);
    int rc = set_files(&files, log);
    if (rc == 0)
        rc = set_attributes(&attr);
    if (rc == 0)
        rc = posix_spawn(ret_pid, argv[0], &files, &attr, argv, environ);
    posix_spawnattr_destroy(&attr);
    posix_spawn_file_actions_destroy(&files);
    return rc == 0 ? OK : err_set(err, ERR_FILE, "%s: %s", argv[0], strerror(rc));
}

enum err_code process_start(const struct box *b, char *const argv[], const char *log, pid_t *ret_pid, struct err *err)
{
    char name[64], log_path[PATH_MAX];
    snprintf(name, sizeof name, "log/%s", log);
    box_path(b, log_path, name);
    return spawn(argv, log_path, ret_pid, err);
}

enum err_code process_run(char *const argv[], struct err *err)
{
    pid_t pid = 0;
    int status = 0;
    enum err_code rc = spawn(argv, "/dev/null", &pid, err);
    while (rc == OK && waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            rc = err_set(err, ERR_INTERNAL, "waitpid: %s", strerror(errno));
    if (rc == OK && (!WIFEXITED(status) || WEXITSTATUS(status) != 0))
        rc = err_set(err, ERR_INTERNAL, "%s did not succeed", argv[0]);
    return rc;
}

/* ---- finding ---- */

/* The words of a process's command line, each ending in a zero byte; 0 when it is gone or hidden. */
static size_t read_cmdline(pid_t pid, char out[CMDLINE_MAX])
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%ld/cmdline", (long)pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, out, CMDLINE_MAX - 1) : -1;
    fd_close(&fd);
    if (n <= 0)
        return 0;
    out[n] = '\0';
    return (size_t)n;
}

static const char *next_word(const char *word, const char *end)
{
    word += strlen(word) + 1;
    return word < end ? word : NULL;
}

static bool is_program(const char *word, const char *name)
{
    const char *slash = strrchr(word, '/');
    return strcmp(slash != NULL ? slash + 1 : word, name) == 0;
}

/* "eonay-sandbox serve DIR", or an eonayd that was given DIR/service.yaml by whatever way of writing the path.
 * `program`: only that one, NULL: both. */
static bool is_ours(const struct box *b, const char *program, pid_t pid)
{
    char cmdline[CMDLINE_MAX], service[PATH_MAX], real[PATH_MAX];
    size_t len = read_cmdline(pid, cmdline);
    const char *word = cmdline, *end = cmdline + len;
    if (len == 0 || (program != NULL && !is_program(word, program)))
        return false;
    bool service_program = is_program(word, "eonayd");
    if (is_program(word, "eonay-sandbox")) {
        const char *command = next_word(word, end), *dir = command != NULL ? next_word(command, end) : NULL;
        return dir != NULL && strcmp(command, SERVE_COMMAND) == 0 && strcmp(dir, b->dir) == 0;
    }
    box_path(b, service, "service.yaml");
    while (service_program && (word = next_word(word, end)) != NULL)
        if (strcmp(word, service) == 0 || (*word == '/' && realpath(word, real) != NULL && strcmp(real, service) == 0))
            return true;
    return false;
}

/* Calls fn with every process of ours, held by a descriptor so that its number cannot come to mean another. Stops when
 * fn says so. */
static void each_process(const struct box *b, const char *program, bool (*fn)(void *ctx, int pidfd), void *ctx)
{
    DIR *proc = opendir("/proc");
    for (struct dirent *e; proc != NULL && (e = readdir(proc)) != NULL;) {
        uint64_t pid = 0;
        if (!ascii_u64(e->d_name, INT32_MAX, &pid) || !is_ours(b, program, (pid_t)pid))
            continue;
        int pidfd = pidfd_open((pid_t)pid, 0);
        if (pidfd < 0)
            continue;
        if (!is_ours(b, program, (pid_t)pid))
            fd_close(&pidfd);
        else if (!fn(ctx, pidfd))
            break;
    }
    if (proc != NULL)
        closedir(proc);
}

static bool note_one(void *ctx, int pidfd)
{
    fd_close(&pidfd);
    *(bool *)ctx = true;
    return false;
}

bool process_runs(const struct box *b, const char *program)
{
    bool any = false;
    each_process(b, program, note_one, &any);
    return any;
}

/* ---- ending ---- */

struct crowd {
    struct pollfd of[PROCESSES_MAX];
    size_t n;
};

static bool gather(void *ctx, int pidfd)
{
    struct crowd *c = ctx;
    c->of[c->n++] = (struct pollfd){.fd = pidfd, .events = POLLIN};
    return c->n < PROCESSES_MAX;
}

static void signal_all(const struct crowd *c, int sig)
{
    for (size_t i = 0; i < c->n; i++)
        if (c->of[i].fd >= 0)
            (void)pidfd_send_signal(c->of[i].fd, sig, NULL, 0);
}

/* Waits for all to be gone; a descriptor that has seen its process end is closed. How many are left. */
static size_t await_all(struct crowd *c, uint64_t limit_ms)
{
    uint64_t end = when_boot_ms() + limit_ms;
    size_t left = c->n;
    while (left > 0) {
        uint64_t now = when_boot_ms();
        if (now >= end || poll(c->of, c->n, (int)(end - now)) < 0)
            break;
        left = 0;
        for (size_t i = 0; i < c->n; i++) {
            if (c->of[i].fd >= 0 && c->of[i].revents != 0)
                fd_close(&c->of[i].fd);
            left += c->of[i].fd >= 0;
        }
    }
    return left;
}

enum err_code process_end_all(const struct box *b, struct err *err)
{
    struct crowd crowd = {.n = 0};
    each_process(b, NULL, gather, &crowd);
    signal_all(&crowd, SIGTERM);
    size_t left = await_all(&crowd, ASK_MS);
    if (left > 0) {
        signal_all(&crowd, SIGKILL);
        left = await_all(&crowd, KILL_MS);
    }
    for (size_t i = 0; i < crowd.n; i++)
        fd_close(&crowd.of[i].fd);
    return left == 0 ? OK : err_set(err, ERR_INTERNAL, "%zu processes do not end", left);
}

/* ---- waiting for a sign of life ---- */

static bool has_text(const struct box *b, const char *name)
{
    char path[PATH_MAX], inside[64];
    struct stat st;
    snprintf(inside, sizeof inside, "run/%s", name);
    box_path(b, path, inside);
    return stat(path, &st) == 0 && st.st_size > 0;
}

/* Anything happened in the folder, or the process ended? */
static enum err_code await_event(struct pollfd both[2], uint64_t end, struct err *err)
{
    char events[4096];
    uint64_t now = when_boot_ms();
    int n = now < end ? poll(both, 2, (int)(end - now)) : 0;
    if (n < 0 && errno != EINTR)
        return err_set(err, ERR_INTERNAL, "poll: %s", strerror(errno));
    if (n == 0)
        return err_set(err, ERR_SLOW, "a background program did not get ready in time");
    if (both[1].revents != 0)
        return err_set(err, ERR_WORKER_GONE, "a background program ended at once");
    if (both[0].revents != 0 && read(both[0].fd, events, sizeof events) < 0)
        return err_set(err, ERR_INTERNAL, "inotify: %s", strerror(errno));
    return OK;
}

enum err_code process_await_file(const struct box *b, pid_t pid, const char *name, uint64_t limit_ms, struct err *err)
{
    char run[PATH_MAX];
    uint64_t end = when_boot_ms() + limit_ms;
    enum err_code rc = OK;
    box_path(b, run, "run");
    struct pollfd both[] = {
        {.fd = inotify_init1(IN_CLOEXEC), .events = POLLIN}, {.fd = pidfd_open(pid, 0), .events = POLLIN}};
    if (both[0].fd < 0 || both[1].fd < 0 || inotify_add_watch(both[0].fd, run, IN_CLOSE_WRITE | IN_MOVED_TO) < 0)
        rc = err_set(err, ERR_INTERNAL, "watching %s: %s", run, strerror(errno));
    while (rc == OK && !has_text(b, name))
        rc = await_event(both, end, err);
    fd_close(&both[0].fd);
    fd_close(&both[1].fd);
    return rc;
}
