#include "config.h"

#include "service/ticker.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

struct ticker {
    unsigned every_ms;
    void (*work)(void *ctx, struct ticker *t);
    void *ctx;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t stop;
    bool stopping;
};

bool ticker_stops(struct ticker *t)
{
    pthread_mutex_lock(&t->lock);
    bool stops = t->stopping;
    pthread_mutex_unlock(&t->lock);
    return stops;
}

static bool wait_tick(struct ticker *t)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    at.tv_sec += t->every_ms / 1000;
    at.tv_nsec += t->every_ms % 1000 * 1000000L;
    at.tv_sec += at.tv_nsec / 1000000000L;
    at.tv_nsec %= 1000000000L;
    pthread_mutex_lock(&t->lock);
    for (int rc = 0; !t->stopping && rc == 0;)
        rc = pthread_cond_timedwait(&t->stop, &t->lock, &at);
    bool on = !t->stopping;
    pthread_mutex_unlock(&t->lock);
    return on;
}

static void *ticker_main(void *arg)
{
    struct ticker *t = arg;
    do
        t->work(t->ctx, t);
    while (wait_tick(t));
    return NULL;
}

static void destroy(struct ticker *t)
{
    pthread_cond_destroy(&t->stop);
    pthread_mutex_destroy(&t->lock);
    free(t);
}

enum err_code ticker_new(unsigned every_ms, void (*work)(void *ctx, struct ticker *t), void *ctx, struct ticker **ret)
{
    pthread_condattr_t attr;
    struct ticker *t = calloc(1, sizeof *t);
    if (!t)
        return ERR_NOMEM;
    t->every_ms = every_ms;
    t->work = work;
    t->ctx = ctx;
    pthread_mutex_init(&t->lock, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&t->stop, &attr);
    pthread_condattr_destroy(&attr);
    if (pthread_create(&t->thread, NULL, ticker_main, t) != 0) {
        destroy(t);
        return ERR_NOMEM;
    }
    *ret = t;
    return OK;
}

void ticker_free(struct ticker **ticker)
{
    struct ticker *t = *ticker;
    if (!t)
        return;
    pthread_mutex_lock(&t->lock);
    t->stopping = true;
    pthread_cond_signal(&t->stop);
    pthread_mutex_unlock(&t->lock);
    pthread_join(t->thread, NULL);
    destroy(t);
    *ticker = NULL;
}
