#include "config.h"

#include "httpd/crew.h"

#include <pthread.h>
#include <stdlib.h>

struct crew {
    pthread_mutex_t lock;
    pthread_cond_t more;
    void (*work)(void *job);
    void **ring;
    unsigned ring_len, first, waiting;
    pthread_t *threads;
    unsigned thread_count;
    bool closing;
};

/* Blocks until there is a job; NULL when the crew goes home and nothing is left. */
static void *take(struct crew *c)
{
    void *job = NULL;
    pthread_mutex_lock(&c->lock);
    while (c->waiting == 0 && !c->closing)
        pthread_cond_wait(&c->more, &c->lock);
    if (c->waiting > 0) {
        job = c->ring[c->first];
        c->first = (c->first + 1) % c->ring_len;
        c->waiting--;
    }
    pthread_mutex_unlock(&c->lock);
    return job;
}

static void *thread_main(void *arg)
{
    struct crew *c = arg;
    for (void *job; (job = take(c)) != NULL;)
        c->work(job);
    return NULL;
}

enum err_code crew_new(unsigned threads, unsigned queue_max, void (*work)(void *job), struct crew **ret)
{
    struct crew *c = calloc(1, sizeof *c);
    if (!c)
        return ERR_NOMEM;
    pthread_mutex_init(&c->lock, NULL);
    pthread_cond_init(&c->more, NULL);
    c->work = work;
    c->ring_len = queue_max;
    c->ring = calloc(queue_max, sizeof *c->ring);
    c->threads = calloc(threads, sizeof *c->threads);
    bool ok = c->ring && c->threads;
    while (ok && c->thread_count < threads) {
        ok = pthread_create(&c->threads[c->thread_count], NULL, thread_main, c) == 0;
        c->thread_count += ok;
    }
    if (!ok) {
        crew_free(&c);
        return ERR_NOMEM;
    }
    *ret = c;
    return OK;
}

bool crew_put(struct crew *c, void *job)
{
    pthread_mutex_lock(&c->lock);
    bool room = !c->closing && c->waiting < c->ring_len;
    if (room) {
        c->ring[(c->first + c->waiting) % c->ring_len] = job;
        c->waiting++;
        pthread_cond_signal(&c->more);
    }
    pthread_mutex_unlock(&c->lock);
    return room;
}

void crew_close(struct crew *c)
{
    if (!c)
        return;
    pthread_mutex_lock(&c->lock);
    c->closing = true;
    pthread_cond_broadcast(&c->more);
    pthread_mutex_unlock(&c->lock);
    while (c->thread_count > 0)
        pthread_join(c->threads[--c->thread_count], NULL);
}

void crew_free(struct crew **crew)
{
    struct crew *c = *crew;
    if (!c)
        return;
    crew_close(c);
    pthread_cond_destroy(&c->more);
    pthread_mutex_destroy(&c->lock);
    free(c->threads);
    free(c->ring);
    free(c);
    *crew = NULL;
}
