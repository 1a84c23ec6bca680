#include "config.h"

#include "service/stamping.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "base/when.h"
#include "service/stamping_inside.h"
#include "sign/levels.h"

#define TICK_MS 500
#define CONNECT_MS 2000
#define UNHURRIED_MS 30000
#define LEASE_S 300 /* longer than a step nearly ever takes; of two that overlap the store keeps the first */

static struct timespec after_ms(unsigned ms)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    at.tv_nsec += (long)(ms % 1000) * 1000000L;
    at.tv_sec += ms / 1000 + at.tv_nsec / 1000000000L;
    at.tv_nsec %= 1000000000L;
    return at;
}

/* ---- the threads ---- */

bool stamping_ends(struct stamping *s)
{
    pthread_mutex_lock(&s->lock);
    bool stopping = s->stopping;
    pthread_mutex_unlock(&s->lock);
    return stopping;
}

static bool is_open(struct stamping *s)
{
    int64_t now = hour_now(s->portal->hour);
    return stamping_open_at(s, now) <= now;
}

/* A first stamp comes before all else: it says when the signature was there. While no authority may be asked, the only
 * step that needs none is taken: status values. */
static enum err_code claim(struct stamping *s, struct growing *ret)
{
    int64_t now = hour_now(s->portal->hour);
    bool open = is_open(s);
    enum err_code e = ERR_NOT_FOUND;
    for (int level = LEVEL_B; e == ERR_NOT_FOUND && level <= LEVEL_LTA; level++)
        if (open || level == LEVEL_T)
            e = store_evidence_claim(s->portal->store, level, now, now + LEASE_S, ret);
    return e;
}

static void tell_waiters(struct stamping *s, const char *number)
{
    pthread_mutex_lock(&s->lock);
    for (struct waiter *w = s->waiters; w; w = w->next)
        w->done = w->done || strcmp(w->number, number) == 0;
    pthread_cond_broadcast(&s->tried);
    pthread_mutex_unlock(&s->lock);
}

static unsigned count_kicks(struct stamping *s)
{
    pthread_mutex_lock(&s->lock);
    unsigned kicks = s->kicks;
    pthread_mutex_unlock(&s->lock);
    return kicks;
}

static bool wait_tick(struct stamping *s, unsigned kicks)
{
    struct timespec at = after_ms(TICK_MS);
    pthread_mutex_lock(&s->lock);
    if (!s->stopping && s->kicks == kicks)
        pthread_cond_timedwait(&s->wake, &s->lock, &at);
    bool on = !s->stopping;
    pthread_mutex_unlock(&s->lock);
    return on;
}

static void *stamper_main(void *arg)
{
    struct stamping *s = arg;
    struct growing e;
    unsigned kicks;
    do {
        kicks = count_kicks(s);
        while (!stamping_ends(s) && claim(s, &e) == OK) {
            stamping_step(s, &e);
            tell_waiters(s, e.number);
        }
    } while (wait_tick(s, kicks));
    return NULL;
}

/* ---- waiting for the first stamp ---- */

static bool join(struct stamping *s, struct waiter *me)
{
    bool open = is_open(s);
    pthread_mutex_lock(&s->lock);
    bool joins = open && s->waiting < STAMP_WAITERS && when_boot_ms() >= s->unhurried_until_ms;
    if (joins) {
        me->next = s->waiters;
        s->waiters = me;
        s->waiting++;
    }
    s->kicks++;
    pthread_cond_signal(&s->wake);
    pthread_mutex_unlock(&s->lock);
    return joins;
}

/* Who waited in vain did so for others, too. */
static void leave(struct stamping *s, const struct waiter *me, bool in_vain)
{
    struct waiter **at = &s->waiters;
    while (*at != me)
        at = &(*at)->next;
    *at = me->next;
    s->waiting--;
    if (in_vain)
        s->unhurried_until_ms = when_boot_ms() + UNHURRIED_MS;
}

void stamping_await(struct stamping *s, const char *number)
{
    struct waiter me = {.number = number};
    struct timespec until = after_ms(STAMP_WAIT_MS);
    struct growing e;
    if (!s || !join(s, &me))
        return;
    /* A thread may have been quicker than this one joined. */
    bool there = store_evidence_get(s->portal->store, number, &e) == OK && e.level > LEVEL_B;
    pthread_mutex_lock(&s->lock);
    bool in_time = true;
    while (!there && !me.done && !s->stopping && in_time)
        in_time = pthread_cond_timedwait(&s->tried, &s->lock, &until) == 0;
    leave(s, &me, !in_time && !me.done);
    pthread_mutex_unlock(&s->lock);
}

enum standing_word stamping_word(struct stamping *s)
{
    return is_open(s) ? s->word : STANDING_AWAY;
}

/* ---- life ---- */

static bool carry_on(void *ctx)
{
    return !stamping_ends(ctx);
}

static enum err_code open_tsas(struct stamping *s)
{
    const struct conf_maps *list = &s->portal->conf->timestamp;
    const struct timestamp_conf *conf = list->v;
    enum err_code e = OK;
    for (size_t i = 0; e == OK && i < list->n; i++) {
        struct http_setup setup = {
            .plain = true, .connect_ms = CONNECT_MS, .total_ms = (uint32_t)conf[i].timeout_ms, .watch = &s->watch};
        s->tsas[i].conf = &conf[i];
        e = outgoing_new(&setup, STAMPERS, &s->tsas[i].calls);
        s->tsa_count += e == OK;
    }
    return e;
}

static enum err_code start_threads(struct stamping *s)
{
    while (s->started < STAMPERS) {
        if (pthread_create(&s->threads[s->started], NULL, stamper_main, s) != 0)
            return ERR_NOMEM;
        s->started++;
    }
    return OK;
}

static void init_locks(struct stamping *s)
{
    pthread_condattr_t attr;
    pthread_mutex_init(&s->lock, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&s->wake, &attr);
    pthread_cond_init(&s->tried, &attr);
    pthread_condattr_destroy(&attr);
}

enum err_code stamping_new(struct portal *p, struct stamping **ret, struct err *err)
{
    if (p->conf->timestamp.n == 0)
        return OK;
    struct stamping *s = calloc(1, sizeof *s);
    if (!s)
        return err_set(err, ERR_NOMEM, "time stamps");
    s->portal = p;
    s->watch = (struct http_watch){.fd = -1, .carry_on = carry_on, .ctx = s};
    init_locks(s);
    enum err_code e = p->conf->timestamp_trust ? trust_load(p->conf->timestamp_trust, &s->own_trust, err) : OK;
    s->trust = s->own_trust ? s->own_trust : p->trust;
    if (e == OK)
        e = open_tsas(s);
    if (e == OK)
        e = start_threads(s);
    if (e != OK)
        stamping_free(&s);
    else
        *ret = s;
    return e;
}

void stamping_free(struct stamping **stamping)
{
    struct stamping *s = *stamping;
    if (!s)
        return;
    pthread_mutex_lock(&s->lock);
    s->stopping = true;
    pthread_cond_broadcast(&s->wake);
    pthread_cond_broadcast(&s->tried);
    pthread_mutex_unlock(&s->lock);
    while (s->started > 0)
        pthread_join(s->threads[--s->started], NULL);
    while (s->tsa_count > 0)
        outgoing_free(&s->tsas[--s->tsa_count].calls);
    trust_free(&s->own_trust);
    pthread_cond_destroy(&s->tried);
    pthread_cond_destroy(&s->wake);
    pthread_mutex_destroy(&s->lock);
    free(s);
    *stamping = NULL;
}
