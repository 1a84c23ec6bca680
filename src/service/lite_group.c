#include "config.h"

#include "service/lite.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include "service/lite_inside.h"

#define READERS_KEPT 16
#define BATCH_MAX 256

struct job {
    lite_work *work;
    void *arg;
    enum err_code result;
    bool done;
    struct job *next;
};

struct lite_group {
    char *path;
    struct lite *writer; /* NULL: only read */
    pthread_t thread;
    bool thread_runs, closing;
    pthread_mutex_t lock;
    pthread_cond_t more, done;
    struct job *first, **last;
    struct lite *idle[READERS_KEPT];
    size_t idle_count;
    uint64_t commits, writes;
};

/* ---- the writer ---- */

/* Takes up to BATCH_MAX waiting jobs; NULL when the group closes and none is left. */
static struct job *take_batch(struct lite_group *g)
{
    pthread_mutex_lock(&g->lock);
    while (!g->first && !g->closing)
        pthread_cond_wait(&g->more, &g->lock);
    struct job *batch = g->first, *end = batch;
    for (int n = 1; end && end->next && n < BATCH_MAX; n++)
        end = end->next;
    g->first = end ? end->next : NULL;
    if (end)
        end->next = NULL;
    if (!g->first)
        g->last = &g->first;
    pthread_mutex_unlock(&g->lock);
    return batch;
}

static void run_job(struct lite *l, struct job *j)
{
    if (!lite_in_transaction(l) || !lite_exec(l, "SAVEPOINT job")) {
        j->result = ERR_STORE;
        return;
    }
    j->result = j->work(l, j->arg);
    if (j->result != OK && lite_in_transaction(l) && !lite_exec(l, "ROLLBACK TO job"))
        j->result = ERR_STORE;
    if (lite_in_transaction(l) && !lite_exec(l, "RELEASE job"))
        j->result = ERR_STORE;
}

/* One transaction for all. A grave error (disk full, input/output) ends SQLite's transaction by itself: then nothing of
 * the batch happened, and everyone hears so. */
static bool run_batch(struct lite *l, struct job *batch)
{
    if (!lite_exec(l, "BEGIN IMMEDIATE"))
        return false;
    for (struct job *j = batch; j; j = j->next)
        run_job(l, j);
    if (lite_in_transaction(l) && lite_exec(l, "COMMIT"))
        return true;
    if (lite_in_transaction(l))
        lite_exec(l, "ROLLBACK");
    return false;
}

/* A job lives on its caller's stack: it is not touched after its `done` is set and the lock is let go. */
static void finish_batch(struct lite_group *g, struct job *batch, bool committed)
{
    pthread_mutex_lock(&g->lock);
    g->commits += committed;
    for (struct job *j = batch, *next; j; j = next) {
        next = j->next;
        g->writes++;
        if (!committed)
            j->result = ERR_STORE;
        j->done = true;
    }
    pthread_cond_broadcast(&g->done);
    pthread_mutex_unlock(&g->lock);
}

static void *writer_main(void *arg)
{
    struct lite_group *g = arg;
    for (struct job *batch; (batch = take_batch(g)) != NULL;)
        finish_batch(g, batch, run_batch(g->writer, batch));
    return NULL;
}

enum err_code lite_write(struct lite_group *g, lite_work *work, void *arg)
{
    struct job j = {.work = work, .arg = arg};
    if (!g->writer)
        return ERR_STORE;
    pthread_mutex_lock(&g->lock);
    *g->last = &j;
    g->last = &j.next;
    pthread_cond_signal(&g->more);
    while (!j.done)
        pthread_cond_wait(&g->done, &g->lock);
    pthread_mutex_unlock(&g->lock);
    return j.result;
}

/* ---- readers ---- */

static struct lite *take_reader(struct lite_group *g)
{
    struct lite *l = NULL;
    pthread_mutex_lock(&g->lock);
    if (g->idle_count > 0)
        l = g->idle[--g->idle_count];
    pthread_mutex_unlock(&g->lock);
    return l || lite_open(g->path, false, &l, NULL) == OK ? l : NULL;
}

static void give_reader(struct lite_group *g, struct lite *l)
{
    pthread_mutex_lock(&g->lock);
    if (g->idle_count < READERS_KEPT) {
        g->idle[g->idle_count++] = l;
        l = NULL;
    }
    pthread_mutex_unlock(&g->lock);
    lite_close(&l);
}

enum err_code lite_read(struct lite_group *g, lite_work *work, void *arg)
{
    struct lite *l = take_reader(g);
    if (!l)
        return ERR_STORE;
    enum err_code e = work(l, arg);
    give_reader(g, l);
    return e;
}

/* ---- life ---- */

static enum err_code check_reader(struct lite_group *g, const char *const *steps, int count, struct err *err)
{
    struct lite *l = NULL;
    enum err_code e = lite_open(g->path, false, &l, err);
    if (e == OK)
        e = lite_migrate(l, steps, count, err);
    lite_close(&l);
    return e;
}

static enum err_code start_writer(struct lite_group *g, const char *const *steps, int count, struct err *err)
{
    enum err_code e = lite_open(g->path, true, &g->writer, err);
    if (e == OK)
        e = lite_migrate(g->writer, steps, count, err);
    if (e != OK)
        return e;
    g->thread_runs = pthread_create(&g->thread, NULL, writer_main, g) == 0;
    return g->thread_runs ? OK : err_set(err, ERR_NOMEM, "the store's writer");
}

enum err_code lite_group_new(
    const char *path, bool writable, const char *const *steps, int count, struct lite_group **ret, struct err *err)
{
    struct lite_group *g = calloc(1, sizeof *g);
    if (!g || !(g->path = strdup(path))) {
        free(g);
        return err_set(err, ERR_NOMEM, "store");
    }
    g->last = &g->first;
    pthread_mutex_init(&g->lock, NULL);
    pthread_cond_init(&g->more, NULL);
    pthread_cond_init(&g->done, NULL);
    enum err_code e = writable ? start_writer(g, steps, count, err) : check_reader(g, steps, count, err);
    if (e != OK)
        lite_group_free(&g);
    else
        *ret = g;
    return e;
}

void lite_group_free(struct lite_group **group)
{
    struct lite_group *g = *group;
    if (!g)
        return;
    pthread_mutex_lock(&g->lock);
    g->closing = true;
    pthread_cond_signal(&g->more);
    pthread_mutex_unlock(&g->lock);
    if (g->thread_runs)
        pthread_join(g->thread, NULL);
    while (g->idle_count > 0)
        lite_close(&g->idle[--g->idle_count]);
    lite_close(&g->writer);
    pthread_cond_destroy(&g->done);
    pthread_cond_destroy(&g->more);
    pthread_mutex_destroy(&g->lock);
    free(g->path);
    free(g);
    *group = NULL;
}

void lite_group_commits(struct lite_group *g, uint64_t *ret_commits, uint64_t *ret_writes)
{
    pthread_mutex_lock(&g->lock);
    *ret_commits = g->commits;
    *ret_writes = g->writes;
    pthread_mutex_unlock(&g->lock);
}
