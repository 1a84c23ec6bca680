#include "config.h"

#include "service/turn.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct turn {
    int64_t request;
    struct digest signature;
};

struct turns {
    pthread_mutex_t lock;
    pthread_cond_t given;
    struct turn *under_way;
    unsigned count, max, waiting;
};

enum err_code turns_new(unsigned at_once, struct turns **ret)
{
    struct turns *t = calloc(1, sizeof *t);
    if (!t)
        return ERR_NOMEM;
    pthread_mutex_init(&t->lock, NULL);
    pthread_cond_init(&t->given, NULL);
    t->max = at_once;
    t->under_way = calloc(at_once, sizeof *t->under_way);
    if (!t->under_way) {
        turns_free(&t);
        return ERR_NOMEM;
    }
    *ret = t;
    return OK;
}

void turns_free(struct turns **turns)
{
    struct turns *t = *turns;
    if (!t)
        return;
    pthread_cond_destroy(&t->given);
    pthread_mutex_destroy(&t->lock);
    free(t->under_way);
    free(t);
    *turns = NULL;
}

/* The place of this turn; the count when nobody has it. */
static unsigned find(const struct turns *t, int64_t request, const struct digest *signature)
{
    unsigned i = 0;
    while (i < t->count && (t->under_way[i].request != request ||
                               memcmp(&t->under_way[i].signature, signature, sizeof *signature) != 0))
        i++;
    return i;
}

/* The lock is held. */
static enum err_code wait_for(struct turns *t, int64_t request, const struct digest *signature)
{
    if (find(t, request, signature) == t->count)
        return OK;
    if (t->waiting >= TURN_WAITERS)
        return ERR_BUSY;
    t->waiting++;
    while (find(t, request, signature) < t->count)
        pthread_cond_wait(&t->given, &t->lock);
    t->waiting--;
    return OK;
}

enum err_code turn_take(struct turns *t, int64_t request, const struct digest *signature)
{
    pthread_mutex_lock(&t->lock);
    enum err_code e = wait_for(t, request, signature);
    if (e == OK && t->count == t->max)
        e = ERR_BUSY;
    if (e == OK)
        t->under_way[t->count++] = (struct turn){request, *signature};
    pthread_mutex_unlock(&t->lock);
    return e;
}

void turn_give(struct turns *t, int64_t request, const struct digest *signature)
{
    pthread_mutex_lock(&t->lock);
    unsigned i = find(t, request, signature);
    if (i < t->count)
        t->under_way[i] = t->under_way[--t->count];
    pthread_cond_broadcast(&t->given);
    pthread_mutex_unlock(&t->lock);
}

unsigned turn_waiting(struct turns *t)
{
    pthread_mutex_lock(&t->lock);
    unsigned n = t->waiting;
    pthread_mutex_unlock(&t->lock);
    return n;
}
