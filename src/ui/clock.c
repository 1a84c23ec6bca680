/* When the countdown and the running signing time change on the screen: half a second apart. */
#include "ui/clock.h"

#define SECOND_MS 1000
#define HALF_MS 500

static uint64_t deadline_of(const struct flow *f)
{
    return f->sign_deadline_ms != 0 ? f->sign_deadline_ms : f->code_deadline_ms;
}

/* Milliseconds since the countdown's last change: it shows whole seconds, rounded up, until the deadline. */
static uint64_t since_tick(const struct flow *f, uint64_t now_ms)
{
    return (now_ms % SECOND_MS + SECOND_MS - deadline_of(f) % SECOND_MS) % SECOND_MS;
}

uint64_t face_clock_ms(const struct flow *f, uint64_t now_ms)
{
    if (deadline_of(f) == 0)
        return now_ms;
    uint64_t since = (since_tick(f, now_ms) + HALF_MS) % SECOND_MS;
    return now_ms > since ? now_ms - since : 0;
}

uint64_t clock_wake_ms(const struct flow *f, uint64_t now_ms, bool timer, bool clock)
{
    if (deadline_of(f) == 0 || (!timer && !clock))
        return UINT64_MAX;
    uint64_t since = since_tick(f, now_ms);
    uint64_t tick = SECOND_MS - since, half = (since < HALF_MS ? HALF_MS : SECOND_MS + HALF_MS) - since;
    if (timer && clock)
        return now_ms + (tick < half ? tick : half);
    return now_ms + (timer ? tick : half);
}
