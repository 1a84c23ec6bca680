#include "config.h"
#include "base/secret.h"
#include "base/text.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/uio.h>

/* The whole struct is the page, so that even the length is wiped and left out of dumps. */
struct secret {
    size_t len;
    bool locked;
    char bytes[SECRET_MAX + 1]; /* always NUL-terminated */
};

enum err_code secret_new(struct secret **ret)
{
    struct secret *s = mmap(NULL, sizeof *s, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (s == MAP_FAILED)
        return ERR_NOMEM;
    bool locked = mlock(s, sizeof *s) == 0;
    bool hidden = madvise(s, sizeof *s, MADV_DONTDUMP) == 0;
    bool alone = madvise(s, sizeof *s, MADV_WIPEONFORK) == 0;
    s->locked = locked && hidden && alone;
    *ret = s;
    return OK;
}

void secret_free(struct secret **s)
{
    if (*s == NULL)
        return;
    explicit_bzero(*s, sizeof **s);
    munmap(*s, sizeof **s);
    *s = NULL;
}

bool secret_locked(const struct secret *s)
{
    return s->locked;
}

size_t secret_len(const struct secret *s)
{
    return s->len;
}

size_t secret_chars(const struct secret *s)
{
    return utf8_chars(s->bytes, s->len);
}

bool secret_push(struct secret *s, const char *bytes, size_t len)
{
    if (len == 0 || len > SECRET_MAX - s->len)
        return false;
    memcpy(s->bytes + s->len, bytes, len);
    s->len += len;
    return true;
}

static bool is_inner_byte(char c)
{
    return ((unsigned char)c & 0xC0) == 0x80;
}

void secret_pop(struct secret *s)
{
    bool inner = s->len > 0;
    while (inner) {
        s->len--;
        inner = is_inner_byte(s->bytes[s->len]) && s->len > 0;
        explicit_bzero(s->bytes + s->len, 1);
    }
}

void secret_wipe(struct secret *s)
{
    explicit_bzero(s->bytes, sizeof s->bytes);
    s->len = 0;
}

bool secret_same(const struct secret *a, const struct secret *b)
{
    unsigned other = a->len != b->len;
    for (size_t i = 0; i < SECRET_MAX; i++)
        other |= (unsigned char)(a->bytes[i] ^ b->bytes[i]);
    return other == 0;
}

bool secret_is_digits(const struct secret *s)
{
    unsigned other = 0;
    for (size_t i = 0; i < s->len; i++)
        other |= s->bytes[i] < '0' || s->bytes[i] > '9';
    return other == 0;
}

static enum err_code socket_failed(void)
{
    if (errno == EAGAIN || errno == EWOULDBLOCK)
        return ERR_SLOW;
    return errno == EPIPE || errno == ECONNRESET || errno == ENOTCONN ? ERR_WORKER_GONE : ERR_PROTOCOL;
}

enum err_code secret_send(struct secret *s, int fd, const void *header, size_t header_len)
{
    struct iovec parts[] = {{(void *)(uintptr_t)header, header_len}, {s->bytes, s->len}};
    struct msghdr msg = {.msg_iov = parts, .msg_iovlen = 2};
    ssize_t sent;
    do
        sent = sendmsg(fd, &msg, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    enum err_code code = sent < 0 ? socket_failed() : OK;
    secret_wipe(s);
    return code;
}

enum err_code secret_recv(struct secret *s, int fd, void *header, size_t header_len)
{
    struct iovec parts[] = {{header, header_len}, {s->bytes, SECRET_MAX}};
    struct msghdr msg = {.msg_iov = parts, .msg_iovlen = 2};
    ssize_t got;
    secret_wipe(s);
    do
        got = recvmsg(fd, &msg, MSG_CMSG_CLOEXEC);
    while (got < 0 && errno == EINTR);
    enum err_code code = got < 0 ? socket_failed() : got == 0 ? ERR_WORKER_GONE : OK;
    if (code == OK && ((size_t)got < header_len || (msg.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0))
        code = ERR_PROTOCOL;
    if (code == OK)
        s->len = (size_t)got - header_len;
    else
        secret_wipe(s);
    return code;
}

enum err_code secret_use(struct secret *s, enum err_code (*fn)(void *ctx, const char *bytes, size_t len), void *ctx)
{
    enum err_code code = fn(ctx, s->bytes, s->len);
    secret_wipe(s);
    return code;
}
