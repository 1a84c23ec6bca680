#include "config.h"

#include "service/bucket.h"

void bucket_init(struct bucket *b, uint64_t burst, uint64_t per_s, uint64_t now_ms)
{
    pthread_mutex_init(&b->lock, NULL);
    b->burst = burst;
    b->per_s = per_s;
    b->level_ms = burst * 1000;
    b->at_ms = now_ms;
}

void bucket_done(struct bucket *b)
{
    pthread_mutex_destroy(&b->lock);
}

static bool refill_and_take(struct bucket *b, uint64_t now_ms, uint64_t take_ms)
{
    pthread_mutex_lock(&b->lock);
    if (now_ms > b->at_ms) {
        uint64_t passed_ms = now_ms - b->at_ms, full_ms = b->burst * 1000;
        b->level_ms = passed_ms > full_ms ? full_ms : b->level_ms + passed_ms * b->per_s;
        b->level_ms = b->level_ms > full_ms ? full_ms : b->level_ms;
        b->at_ms = now_ms;
    }
    bool enough = b->level_ms >= 1000;
    if (enough)
        b->level_ms -= take_ms;
    pthread_mutex_unlock(&b->lock);
    return enough;
}

bool bucket_take(struct bucket *b, uint64_t now_ms)
{
    return refill_and_take(b, now_ms, 1000);
}

bool bucket_has(struct bucket *b, uint64_t now_ms)
{
    return refill_and_take(b, now_ms, 0);
}
