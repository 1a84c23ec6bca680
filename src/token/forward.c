#include "config.h"
#include "token/forward.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
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

static enum err_code peer_check(int fd, const struct sockaddr_un *to, struct err *err)
{
    struct ucred peer;
    socklen_t len = sizeof peer;

    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) != 0)
        return err_set(err, ERR_FORWARD_DEAD, "%s: %s", to->sun_path, strerror(errno));
    if (peer.uid != geteuid() && peer.uid != 0)
        return err_set(err, ERR_FORWARD_OTHER, "%s: user %u", to->sun_path, (unsigned)peer.uid);
    return OK;
}

enum err_code forward_knock(const char *address, struct err *err)
{
    struct sockaddr_un to;
    enum err_code rc;
    int fd;

    if (!address_read(address, &to))
        return err_set(err, ERR_FORWARD_ADDRESS, "%s: not " SCHEME "/...", address);
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return err_set(err, ERR_FORWARD_DEAD, "socket: %s", strerror(errno));
    if (connect(fd, (const struct sockaddr *)&to, sizeof to) == 0)
        rc = peer_check(fd, &to, err);
    else /* EAGAIN: somebody listens, and is busy */
        rc = errno == EAGAIN ? OK : err_set(err, ERR_FORWARD_DEAD, "%s: %s", to.sun_path, strerror(errno));
    fd_close(&fd);
    return rc;
}
