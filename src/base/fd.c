#include "config.h"
#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

void fd_close(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static bool wait_for_room(int fd)
{
    struct pollfd out = {.fd = fd, .events = POLLOUT};
    return poll(&out, 1, -1) >= 0 || errno == EINTR;
}

bool fd_write_all(int fd, const void *bytes, size_t len)
{
    for (const char *at = bytes; len > 0;) {
        ssize_t n = write(fd, at, len);
        if (n < 0 && errno != EINTR && (errno != EAGAIN || !wait_for_room(fd)))
            return false;
        at += n > 0 ? n : 0;
        len -= n > 0 ? (size_t)n : 0;
    }
    return true;
}

/* A descriptor takes the lowest free number, so each hole is filled by its own; against its grain, so that using it
 * still fails as it would have. */
static void fill_standard(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF)
            (void)open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

void process_harden(void)
{
    fill_standard();
    const struct rlimit none = {0, 0};
    (void)setrlimit(RLIMIT_CORE, &none);
#ifndef WITH_SANITIZERS /* the leak checker traces its own process at exit */
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}

void argv_blank(char *arg)
{
    explicit_bzero(arg, strlen(arg));
}
