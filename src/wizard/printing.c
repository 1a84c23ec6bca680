#include "config.h"
#include "wizard/printing.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"

/* The page as a file that begins at its first byte; -1. */
static int page_file(const void *page, size_t len)
{
    int fd = memfd_create("receipt", MFD_CLOEXEC);
    if (fd >= 0 && (!fd_write_all(fd, page, len) || lseek(fd, 0, SEEK_SET) != 0))
        fd_close(&fd);
    return fd;
}

/* A session of its own: it has no terminal, and all of it can be ended; signals as a program expects them. */
static int set_up(posix_spawn_file_actions_t *files, posix_spawnattr_t *how, int page)
{
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    int bad = posix_spawn_file_actions_adddup2(files, page, STDIN_FILENO);
    bad |= posix_spawn_file_actions_addopen(files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    bad |= posix_spawn_file_actions_addopen(files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    bad |= posix_spawn_file_actions_addclosefrom_np(files, STDERR_FILENO + 1);
    bad |= posix_spawnattr_setsigmask(how, &none) | posix_spawnattr_setsigdefault(how, &all);
    bad |= posix_spawnattr_setflags(how, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    return bad;
}

static pid_t spawn(const struct conf_strings *command, int page)
{
    char path[] = "PATH=/usr/local/bin:/usr/bin:/bin", locale[] = "LC_ALL=C.UTF-8";
    char *environment[] = {path, locale, NULL};
    char **argv = calloc(command->n + 1, sizeof *argv);
    posix_spawn_file_actions_t files;
    posix_spawnattr_t how;
    pid_t pid = 0;
    if (argv == NULL)
        return 0;
    memcpy(argv, command->v, command->n * sizeof *argv);
    posix_spawn_file_actions_init(&files);
    posix_spawnattr_init(&how);
    if (set_up(&files, &how, page) != 0 || posix_spawn(&pid, argv[0], &files, &how, argv, environment) != 0)
        pid = 0;
    posix_spawnattr_destroy(&how);
    posix_spawn_file_actions_destroy(&files);
    free(argv);
    return pid;
}

enum err_code printing_start(
    struct printing *p, const struct conf_strings *command, const void *page, size_t len, uint64_t now_ms)
{
    printing_end(p);
    int file = command->n > 0 ? page_file(page, len) : -1;
    p->pid = file >= 0 ? spawn(command, file) : 0;
    fd_close(&file);
    if (p->pid == 0)
        return ERR_PRINT_FAILED;
    p->fd = (int)syscall(SYS_pidfd_open, p->pid, 0);
    p->until_ms = now_ms + PRINTING_MS;
    if (p->fd >= 0)
        return OK;
    printing_end(p);
    return ERR_PRINT_FAILED;
}

static int reap(struct printing *p)
{
    int status = -1;
    while (waitpid(p->pid, &status, 0) < 0 && errno == EINTR)
        continue;
    fd_close(&p->fd);
    p->pid = 0;
    return status;
}

void printing_end(struct printing *p)
{
    if (p->pid == 0)
        return;
    (void)kill(-p->pid, SIGKILL);
    (void)reap(p);
}

bool printing_is_over(struct printing *p, uint64_t now_ms, enum err_code *ret_code)
{
    struct pollfd over = {.fd = p->fd, .events = POLLIN};
    if (p->pid == 0)
        return false;
    if (poll(&over, 1, 0) > 0) {
        *ret_code = reap(p) == 0 ? OK : ERR_PRINT_FAILED;
        return true;
    }
    if (now_ms < p->until_ms)
        return false;
    printing_end(p);
    *ret_code = ERR_PRINT_SLOW;
    return true;
}
