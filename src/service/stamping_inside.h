/* What the files of stamping share. */
#ifndef EONAY_SERVICE_STAMPING_INSIDE_H
#define EONAY_SERVICE_STAMPING_INSIDE_H

#include <pthread.h>
#include "base/buf.h"
#include "service/portal.h"
#include "service/stamping.h"
#include "sign/trust.h"

#define STAMPERS 4 /* threads */

struct tsa {
    const struct timestamp_conf *conf;
    struct outgoing *calls; /* one for each thread, with the authority's own time-out */
};

/* A handler that waits for the first stamp of a consent. */
struct waiter {
    const char *number;
    bool done;
    struct waiter *next;
};

struct stamping {
    struct portal *portal;
    struct trust *own_trust;   /* timestamp_trust */
    const struct trust *trust; /* that, or the portal's */
    struct tsa tsas[TIMESTAMPS_MAX];
    size_t tsa_count;
    pthread_t threads[STAMPERS];
    unsigned started;
    pthread_mutex_t lock;
    pthread_cond_t wake, tried; /* work has come; a step was tried */
    bool stopping;
    struct http_watch watch; /* breaks off a question when the service stops */
    unsigned kicks;          /* so often woken: nobody goes to sleep over one */
    struct waiter *waiters;
    unsigned waiting;
    uint64_t unhurried_until_ms;     /* boot time: authorities are slower than a person should wait */
    _Atomic enum standing_word word; /* the last question */
};

bool stamping_ends(struct stamping *s); /* the service stops: nothing new is begun */

/* ---- stamping_ask.c ---- */

/* A time stamp over a digest (NID) by the first authority that gives a good one (ERR_CANCELLED: the service stops);
 * s->word says how it went. ERR_BUSY: none may be asked now. Otherwise the last one's error (detail: what was wrong).
 * *ret_token is the ContentInfo. */
enum err_code stamping_ask(struct stamping *s, int digest, const uint8_t *imprint, size_t len, struct buf *ret_token,
    struct err *err) MUST_CHECK;
/* The second from which one of them may be asked; `now` when that has come. */
int64_t stamping_open_at(struct stamping *s, int64_t now);

/* ---- stamping_step.c ---- */

/* The next step of a claimed evidence, tried once; what came of it is in the store and the log. */
void stamping_step(struct stamping *s, const struct growing *claimed);

#endif
