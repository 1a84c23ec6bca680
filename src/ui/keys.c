#include "config.h"
#include "ui/keys.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#define ESCAPE_MS 25

static void fetch(struct keys *k, int fd)
{
    struct pollfd now = {.fd = fd, .events = POLLIN};
    size_t room;
    uint8_t *to = input_room(&k->input, &room);
    if (k->ended || room == 0 || poll(&now, 1, 0) <= 0)
        return;
    ssize_t n = read(fd, to, room);
    if (n > 0)
        input_got(&k->input, (size_t)n);
    else if (n == 0 || (errno != EINTR && errno != EAGAIN))
        k->ended = true;
}

static bool take(struct keys *k, uint64_t now_ms, struct press *ret)
{
    bool late = k->begun_ms != 0 && now_ms >= k->begun_ms + ESCAPE_MS;
    if (!input_next(&k->input, late, ret))
        return false;
    k->begun_ms = 0;
    return true;
}

bool keys_next(struct keys *k, int fd, uint64_t now_ms, struct press *ret)
{
    if (take(k, 0, ret)) /* whole keys first: what has waited too long is only late when nothing more is there */
        return true;
    fetch(k, fd);
    if (take(k, now_ms, ret))
        return true;
    if (k->input.len == 0)
        k->begun_ms = 0;
    else if (k->begun_ms == 0)
        k->begun_ms = now_ms;
    return false;
}

uint64_t keys_wake_ms(const struct keys *k)
{
    return k->begun_ms != 0 ? k->begun_ms + ESCAPE_MS : UINT64_MAX;
}
