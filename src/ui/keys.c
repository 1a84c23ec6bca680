#include "config.h"
#include "ui/keys.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#define ESCAPE_MS 25
#define PASTE_MS 1000    /* terminals send what is pasted at once; a slow line may take a breath */
#define FORGOTTEN_MS 100 /* nobody types as fast as a paste comes */

static void fetch(struct keys *k, int fd, bool *waits, uint64_t now_ms)
{
    struct pollfd now = {.fd = fd, .events = POLLIN};
    size_t room;
    uint8_t *to = input_room(&k->input, &room);
    if (k->ended || room == 0 || (!*waits && poll(&now, 1, 0) <= 0))
        return;
    *waits = false;
    ssize_t n = read(fd, to, room);
    if (n > 0) {
        input_got(&k->input, (size_t)n);
        k->heard_ms = now_ms;
    } else if (n == 0 || (errno != EINTR && errno != EAGAIN)) {
        k->ended = true;
    }
}

static uint64_t silence_ms(const struct keys *k)
{
    return k->heard_ms + (k->forgotten ? FORGOTTEN_MS : PASTE_MS);
}

static bool take(struct keys *k, uint64_t now_ms, struct press *ret)
{
    bool late = k->begun_ms != 0 && now_ms >= k->begun_ms + ESCAPE_MS;
    if (!input_next(&k->input, late, ret))
        return false;
    k->begun_ms = 0;
    k->forgotten = k->forgotten && k->input.pasting;
    return true;
}

bool keys_next(struct keys *k, int fd, bool *waits, uint64_t now_ms, struct press *ret)
{
    if (take(k, 0, ret)) /* whole keys first: what has waited too long is only late when nothing more is there */
        return true;
    fetch(k, fd, waits, now_ms);
    if (take(k, now_ms, ret))
        return true;
    if (now_ms >= silence_ms(k) && input_end_paste(&k->input, ret)) {
        k->forgotten = false;
        return true;
    }
    if (k->input.len == 0)
        k->begun_ms = 0;
    else if (k->begun_ms == 0)
        k->begun_ms = now_ms;
    return false;
}

void keys_forget(struct keys *k)
{
    if (!k->input.pasting)
        return;
    input_wipe(&k->input);
    k->begun_ms = 0;
    k->forgotten = true;
}

uint64_t keys_wake_ms(const struct keys *k)
{
    uint64_t key = k->begun_ms != 0 ? k->begun_ms + ESCAPE_MS : UINT64_MAX;
    uint64_t paste = k->input.pasting ? silence_ms(k) : UINT64_MAX;
    return key < paste ? key : paste;
}
