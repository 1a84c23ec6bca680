/* A worker process and its socket, on the side of who started it (the wizard, a tool): started, told, heard, ended. */
#ifndef EONAY_WIRE_WORKER_H
#define EONAY_WIRE_WORKER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include "base/conf.h"
#include "base/secret.h"
#include "wire/wire.h"

struct worker {
    enum wire_worker kind;
    const char *config;                     /* borrowed: its --config */
    size_t module;                          /* of a token worker: its --module */
    const struct conf_strings *environment; /* borrowed, NULL: none beside the fixed ones */
    bool remote;                            /* of the doctor: the person sits elsewhere */
    pid_t pid;                              /* 0: not running */
    int fd;                                 /* -1: not running */
    bool ready;
    bool served;                      /* it was told something of a person */
    bool tired;                       /* that person is gone: it is to end before it hears of the next */
    uint64_t started_ms, start_at_ms; /* start_at_ms: when a lost worker may start again; 0: no start is wanted */
    uint64_t heard_ms;                /* when it said something last, or was started */
};

#define WORKER_REST_MS                                                                                                 \
    1000 /* between two starts of one worker: a driver that dies at once must not eat the machine                      \
          */

/* eonay-net, eonay-token or eonay-doctor beside us: own session, 0-2 on /dev/null, its socket on WIRE_FD, no other
 * descriptor, an empty environment but PATH and what the configuration names. ERR_WORKER_GONE when it cannot be
 * started. */
enum err_code worker_start(struct worker *w, uint64_t now_ms) MUST_CHECK;
/* Sends what was put together; `secret` (may be NULL) follows in its own frame. Both are wiped whatever happens.
 * ERR_PROTOCOL: what was put together is not a message; anything else: the worker is of no use any more. */
enum err_code worker_tell(
    struct worker *w, struct wire_out *out, uint32_t job, int pass_fd, struct secret *secret) MUST_CHECK;
/* A further secret of the message told last; wiped whatever happens. */
enum err_code worker_tell_secret(struct worker *w, uint32_t job, struct secret *secret) MUST_CHECK;
/* Ends it and reaps it. Its socket is closed, which every worker takes for its end: a card is logged out, its driver
 * told. What is not gone after patience_ms is killed. */
void worker_end(struct worker *w, uint64_t patience_ms);
/* Closes the sockets of all of them first, so that the patience is one and the same for all. */
void workers_end(struct worker *const *all, size_t n, uint64_t patience_ms);

#endif
