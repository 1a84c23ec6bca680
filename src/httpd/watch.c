#include "config.h"

#include "httpd/watch.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include "base/when.h"

struct watch_slot {
    struct watch_slot *prev, *next;
    int fd;
    bool running;
    uint64_t since_ms, limit_ms;
    unsigned strikes;
};

struct watch {
    pthread_mutex_t lock;
    pthread_cond_t stop;
    pthread_t thread;
    bool stopping;
    uint64_t limit_ms;
    struct watch_slot *slots;
};

/* The lock is held, and a slot is removed before its descriptor is closed, so that no other file can be hit. */
static void shut_late(struct watch *w)
{
    uint64_t now = when_boot_ms();
    for (struct watch_slot *s = w->slots; s; s = s->next)
        if (s->running && now - s->since_ms > s->limit_ms) {
            shutdown(s->fd, SHUT_RDWR);
            s->running = false;
        }
}

static void *thread_main(void *arg)
{
    struct watch *w = arg;
    struct timespec at;
    pthread_mutex_lock(&w->lock);
    while (!w->stopping) {
        clock_gettime(CLOCK_MONOTONIC, &at);
        at.tv_sec += 1;
        pthread_cond_timedwait(&w->stop, &w->lock, &at);
        shut_late(w);
    }
    pthread_mutex_unlock(&w->lock);
    return NULL;
}

enum err_code watch_new(unsigned limit_s, struct watch **ret)
{
    struct watch *w = calloc(1, sizeof *w);
    if (!w)
        return ERR_NOMEM;
    w->limit_ms = limit_s * 1000ull;
    pthread_mutex_init(&w->lock, NULL);
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&w->stop, &attr);
    pthread_condattr_destroy(&attr);
    if (pthread_create(&w->thread, NULL, thread_main, w) != 0) {
        pthread_cond_destroy(&w->stop);
        pthread_mutex_destroy(&w->lock);
        free(w);
        return ERR_NOMEM;
    }
    *ret = w;
    return OK;
}

void watch_free(struct watch **watch)
{
    struct watch *w = *watch;
    if (!w)
        return;
    pthread_mutex_lock(&w->lock);
    w->stopping = true;
    pthread_cond_signal(&w->stop);
    pthread_mutex_unlock(&w->lock);
    pthread_join(w->thread, NULL);
    while (w->slots)
        watch_remove(w, w->slots);
    pthread_cond_destroy(&w->stop);
    pthread_mutex_destroy(&w->lock);
    free(w);
    *watch = NULL;
}

struct watch_slot *watch_add(struct watch *w, int fd)
{
    struct watch_slot *s = calloc(1, sizeof *s);
    if (!s)
        return NULL;
    s->fd = fd;
    s->running = true;
    s->since_ms = when_boot_ms();
    s->limit_ms = w->limit_ms;
    pthread_mutex_lock(&w->lock);
    s->next = w->slots;
    if (s->next)
        s->next->prev = s;
    w->slots = s;
    pthread_mutex_unlock(&w->lock);
    return s;
}

void watch_remove(struct watch *w, struct watch_slot *s)
{
    if (!s)
        return;
    pthread_mutex_lock(&w->lock);
    if (s->prev)
        s->prev->next = s->next;
    else
        w->slots = s->next;
    if (s->next)
        s->next->prev = s->prev;
    pthread_mutex_unlock(&w->lock);
    free(s);
}

static void set_running(struct watch *w, struct watch_slot *s, bool running, uint64_t limit_ms)
{
    if (!s)
        return;
    pthread_mutex_lock(&w->lock);
    s->running = running;
    s->since_ms = when_boot_ms();
    s->limit_ms = limit_ms;
    pthread_mutex_unlock(&w->lock);
}

void watch_start(struct watch *w, struct watch_slot *slot)
{
    set_running(w, slot, true, w->limit_ms);
}

void watch_start_for(struct watch *w, struct watch_slot *slot, uint64_t limit_ms)
{
    set_running(w, slot, true, limit_ms);
}

void watch_stop(struct watch *w, struct watch_slot *slot)
{
    set_running(w, slot, false, 0);
}

unsigned watch_strikes(struct watch *w, struct watch_slot *s, unsigned more)
{
    if (!s)
        return more;
    pthread_mutex_lock(&w->lock);
    unsigned n = s->strikes += more;
    pthread_mutex_unlock(&w->lock);
    return n;
}
