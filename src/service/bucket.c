#include "config.h"

#include "service/bucket.h"

#include <stdlib.h>
#include <string.h>

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

struct level {
    uint64_t tokens_ms, at_ms; /* tokens * 1000, then */
};

static void refill(struct level *l, uint64_t burst, uint64_t per_s, uint64_t now_ms)
{
    uint64_t full_ms = burst * 1000;
    if (now_ms <= l->at_ms)
        return;
    uint64_t passed_ms = now_ms - l->at_ms;
    l->tokens_ms = passed_ms > full_ms ? full_ms : l->tokens_ms + passed_ms * per_s;
    l->tokens_ms = l->tokens_ms > full_ms ? full_ms : l->tokens_ms;
    l->at_ms = now_ms;
}

static bool refill_and_take(struct bucket *b, uint64_t now_ms, uint64_t take_ms)
{
    pthread_mutex_lock(&b->lock);
    struct level l = {b->level_ms, b->at_ms};
    refill(&l, b->burst, b->per_s, now_ms);
    bool enough = l.tokens_ms >= 1000;
    b->level_ms = enough ? l.tokens_ms - take_ms : l.tokens_ms;
    b->at_ms = l.at_ms;
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

/* ---- one for every sender ---- */

#define SETS 1024
#define WAYS 4

struct crowd {
    pthread_mutex_t lock;
    uint64_t burst, per_s;
    struct sender {
        uint8_t who[HTTPD_PEER_LEN];
        struct level level; /* at_ms 0: nobody */
    } senders[SETS][WAYS];
};

enum err_code crowd_new(uint64_t burst, uint64_t per_s, struct crowd **ret)
{
    struct crowd *c = calloc(1, sizeof *c);
    if (!c)
        return ERR_NOMEM;
    pthread_mutex_init(&c->lock, NULL);
    c->burst = burst;
    c->per_s = per_s;
    *ret = c;
    return OK;
}

void crowd_free(struct crowd **crowd)
{
    struct crowd *c = *crowd;
    if (!c)
        return;
    pthread_mutex_destroy(&c->lock);
    free(c);
    *crowd = NULL;
}

static struct sender *set_of(struct crowd *c, const uint8_t who[HTTPD_PEER_LEN])
{
    uint64_t hash = UINT64_C(14695981039346656037); /* FNV-1a */
    for (size_t i = 0; i < HTTPD_PEER_LEN; i++)
        hash = (hash ^ who[i]) * UINT64_C(1099511628211);
    return c->senders[(hash ^ hash >> 32) % SETS];
}

/* This sender's place, refilled; a newcomer takes the place of whoever has most left. The lock is held. */
static struct level *level_of(struct crowd *c, const uint8_t who[HTTPD_PEER_LEN], uint64_t now_ms)
{
    struct sender *set = set_of(c, who), *most = set;
    for (struct sender *s = set; s < set + WAYS; s++) {
        if (s->level.at_ms == 0)
            s->level = (struct level){c->burst * 1000, 1};
        refill(&s->level, c->burst, c->per_s, now_ms);
        if (memcmp(s->who, who, sizeof s->who) == 0)
            return &s->level;
        if (s->level.tokens_ms > most->level.tokens_ms)
            most = s;
    }
    memcpy(most->who, who, sizeof most->who);
    most->level = (struct level){c->burst * 1000, now_ms};
    return &most->level;
}

bool crowd_take(struct crowd *c, const uint8_t who[HTTPD_PEER_LEN], uint64_t now_ms)
{
    pthread_mutex_lock(&c->lock);
    struct level *l = level_of(c, who, now_ms);
    bool enough = l->tokens_ms >= 1000;
    if (enough)
        l->tokens_ms -= 1000;
    pthread_mutex_unlock(&c->lock);
    return enough;
}

bool crowd_has(struct crowd *c, const uint8_t who[HTTPD_PEER_LEN], uint64_t least, uint64_t now_ms)
{
    pthread_mutex_lock(&c->lock);
    bool enough = level_of(c, who, now_ms)->tokens_ms >= least * 1000;
    pthread_mutex_unlock(&c->lock);
    return enough;
}
