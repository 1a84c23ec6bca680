#include "config.h"
#include "fuzz/shake.h"

#include <string.h>

uint64_t shake_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static size_t below(uint64_t *state, size_t n)
{
    return n == 0 ? 0 : (size_t)(shake_random(state) % n);
}

struct work {
    uint8_t *bytes;
    size_t len, room;
    const uint8_t *other;
    size_t other_len;
};

static void flip(struct work *w, uint64_t *state)
{
    if (w->len > 0)
        w->bytes[below(state, w->len)] ^= (uint8_t)(1U << below(state, 8));
}

static void set(struct work *w, uint64_t *state)
{
    static const uint8_t telling[] = {0, 1, 0x7f, 0x80, 0x81, 0xff, '\n', ' ', '"', '%', '0', 0x30, 0x31, 0xa0, 0x1b};
    if (w->len > 0)
        w->bytes[below(state, w->len)] = telling[below(state, sizeof telling)];
}

static void cut(struct work *w, uint64_t *state)
{
    w->len = below(state, w->len + 1);
}

static void drop(struct work *w, uint64_t *state)
{
    size_t at = below(state, w->len), n = 1 + below(state, 8);
    if (at + n > w->len)
        return;
    memmove(w->bytes + at, w->bytes + at + n, w->len - at - n);
    w->len -= n;
}

/* Puts n bytes of `from` in at `at`; what no longer fits falls off the end. */
static void put_in(struct work *w, size_t at, const uint8_t *from, size_t n)
{
    n = n < w->room - at ? n : w->room - at;
    size_t rest = w->len - at < w->room - at - n ? w->len - at : w->room - at - n;
    memmove(w->bytes + at + n, w->bytes + at, rest);
    memcpy(w->bytes + at, from, n);
    w->len = at + n + rest;
}

static void repeat(struct work *w, uint64_t *state)
{
    uint8_t piece[64];
    size_t at = below(state, w->len), n = 1 + below(state, sizeof piece);
    if (at + n > w->len)
        return;
    memcpy(piece, w->bytes + at, n);
    put_in(w, at, piece, n);
}

static void graft(struct work *w, uint64_t *state)
{
    size_t from = below(state, w->other_len), n = below(state, w->other_len - from + 1);
    if (n > 0)
        put_in(w, below(state, w->len + 1), w->other + from, n);
}

size_t shake(uint8_t *bytes, size_t len, size_t room, const uint8_t *other, size_t other_len, uint64_t *state)
{
    static void (*const ways[])(struct work *, uint64_t *) = {flip, flip, set, set, cut, drop, repeat, graft};
    struct work w = {bytes, len, room, other, other_len};
    for (size_t i = 1 + below(state, 4); i > 0; i--)
        ways[below(state, sizeof ways / sizeof ways[0])](&w, state);
    return w.len;
}
