/* When a time-stamp authority may be asked: pure, time comes in as a number. */
#ifndef EONAY_SERVICE_STAMPING_PACE_H
#define EONAY_SERVICE_STAMPING_PACE_H

#include <stdbool.h>
#include <stdint.h>
#include "service/service_conf.h"
#include "service/store.h"

/* So long it is left alone after the `failures`-th failure in a row (1: the first): 2 s, doubled each time, an hour at
 * most. What its own Retry-After asks for (0: nothing) is granted when it is longer, up to a day. */
int64_t pace_pause_s(uint64_t failures, uint64_t retry_after_s);

/* The second from which it may be asked; `now` when that has come. An authority whose quota is used up is looked at
 * again a minute later. A pause that ends more than a day from now was noted by a clock that ran ahead: none. */
int64_t pace_open_at(const struct pace *p, const struct timestamp_conf *tsa, int64_t now);

/* When to look for a list of revocations newer than one that ends at `next_update` (0: it does not say): then, and at
 * least once an hour; a list is long, and everybody's evidence waits for the same one. */
int64_t pace_list_at(int64_t now, int64_t next_update);

/* So long a step of evidence waits after its `tries`-th try in vain: 2 s, doubled, at most 5 minutes; when nothing can
 * be had before `open_at`, until then. */
int64_t pace_retry_at(uint64_t tries, int64_t now, int64_t open_at);

#endif
