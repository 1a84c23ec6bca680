#include "config.h"
#include "token/forward.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include "base/ascii.h"
#include "base/fd.h"

#define SCHEME "unix:path="

static int hex_of(char c)
{
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    const char *at = c != '\0' ? strchr(digits, c) : NULL;

    return at != NULL ? (int)(at - digits) & 15 : -1;
}

/* One byte of the path, NUL and what is no number refused. */
static int byte_next(const char **s)
{
    int high, low;

    if (**s != '%')
        return (unsigned char)*(*s)++;
    high = hex_of((*s)[1]);
    low = high < 0 ? -1 : hex_of((*s)[2]);
    *s += 3;
    return low < 0 || high * 16 + low == 0 ? -1 : high * 16 + low;
}

static bool address_read(const char *address, struct sockaddr_un *ret)
{
    const char *at = address + strlen(SCHEME);
    size_t n = 0;

    *ret = (struct sockaddr_un){.sun_family = AF_UNIX};
    if (!ascii_starts(address, SCHEME))
        return false;
    while (*at != '\0') {
        int byte = byte_next(&at);

        if (byte < 0 || n + 1 == sizeof ret->sun_path)
            return false;
        ret->sun_path[n++] = (char)byte;
    }
    return ret->sun_path[0] == '/';
}

/* ---- the place: the client connects anew, by the path, so nobody else may put another socket or folder there ---- */

static bool is_trusted(uid_t uid)
{
    return uid == geteuid() || uid == 0;
}

/* In a folder with the sticky bit others cannot replace what is not theirs, and nothing on the way is. */
static bool may_others_replace_in(const struct stat *st)
{
    return S_ISDIR(st->st_mode) && (st->st_mode & (S_IWGRP | S_IWOTH)) != 0 && (st->st_mode & S_ISVTX) == 0;
}

static enum err_code entry_check(const char *path, struct err *err)
{
    struct stat st;

    if (lstat(path, &st) != 0)
        return err_set(err, ERR_FORWARD_DEAD, "%s: %s", path, strerror(errno));
    if (!is_trusted(st.st_uid))
        return err_set(err, ERR_FORWARD_OTHER, "%s: user %u", path, (unsigned)st.st_uid);
    if (may_others_replace_in(&st))
        return err_set(err, ERR_FORWARD_OTHER, "%s: others may write", path);
    return OK;
}

/* From the socket up to the root, "/" in place of the last name. */
static enum err_code way_check(char path[PATH_MAX], struct err *err)
{
    enum err_code rc = entry_check(path, err);

    while (rc == OK && path[1] != '\0') {
        char *slash = strrchr(path, '/');

        slash[slash == path] = '\0';
        rc = entry_check(path, err);
    }
    return rc;
}

/* As it is named, where every link has to be ours or root's, and as it really is. */
static enum err_code place_check(const struct sockaddr_un *to, struct err *err)
{
    char named[PATH_MAX], real[PATH_MAX];
    enum err_code rc;

    if (realpath(to->sun_path, real) == NULL)
        return err_set(err, ERR_FORWARD_DEAD, "%s: %s", to->sun_path, strerror(errno));
    snprintf(named, sizeof named, "%s", to->sun_path);
    rc = way_check(named, err);
    return rc == OK ? way_check(real, err) : rc;
}

/* ---- who listens there ---- */

static enum err_code peer_check(int fd, const struct sockaddr_un *to, struct err *err)
{
    struct ucred peer;
    socklen_t len = sizeof peer;

    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) != 0)
        return err_set(err, ERR_FORWARD_DEAD, "%s: %s", to->sun_path, strerror(errno));
    if (!is_trusted(peer.uid))
        return err_set(err, ERR_FORWARD_OTHER, "%s: user %u", to->sun_path, (unsigned)peer.uid);
    return OK;
}

/* Its first byte is the protocol's version, asked and answered: 0 is what every server knows. */
static enum err_code greet(int fd, const struct sockaddr_un *to, unsigned wait_ms, struct err *err)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};
    char version = 0;
    ssize_t got;

    if (send(fd, &version, 1, MSG_NOSIGNAL) != 1)
        return err_set(err, ERR_FORWARD_DEAD, "%s: %s", to->sun_path, strerror(errno));
    if (poll(&p, 1, (int)wait_ms) != 1)
        return err_set(err, ERR_FORWARD_DEAD, "%s: no answer", to->sun_path);
    got = recv(fd, &version, 1, 0);
    return got == 1 ? OK
                    : err_set(err, ERR_FORWARD_DEAD, "%s: %s", to->sun_path, got == 0 ? "hung up" : strerror(errno));
}

static enum err_code call(int fd, const struct sockaddr_un *to, unsigned wait_ms, struct err *err)
{
    enum err_code rc;

    if (connect(fd, (const struct sockaddr *)to, sizeof *to) != 0)
        return err_set(err, ERR_FORWARD_DEAD, "%s: %s", to->sun_path, strerror(errno));
    rc = peer_check(fd, to, err);
    return rc == OK ? greet(fd, to, wait_ms, err) : rc;
}

enum err_code forward_knock(const char *address, unsigned wait_ms, struct err *err)
{
    struct sockaddr_un to;
    enum err_code rc;
    int fd;

    if (!address_read(address, &to))
        return err_set(err, ERR_FORWARD_ADDRESS, "%s: not " SCHEME "/...", address);
    rc = place_check(&to, err);
    if (rc != OK)
        return rc;
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return err_set(err, ERR_FORWARD_DEAD, "socket: %s", strerror(errno));
    rc = call(fd, &to, wait_ms, err);
    fd_close(&fd);
    return rc;
}
