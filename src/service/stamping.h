/* Evidence that grows by itself: after a consent was taken in as CAdES B-B, background threads have it stamped (B-T),
 * put in the chain's and the time-stamp authority's status values (B-LT), have all of it stamped again (B-LTA), and
 * renew that stamp before it weakens. Everything that has to be known for it is in the store: several services share
 * the work, and nothing is lost over a restart.
 *
 * Time-stamp authorities are asked in the order of service.yaml; one that fails, lies, or has used up its quota is left
 * alone for a while (stamping_pace.h) and the next one is asked. */
#ifndef EONAY_SERVICE_STAMPING_H
#define EONAY_SERVICE_STAMPING_H

#include "service/portal.h"

struct stamping;

/* Starts the threads; *ret NULL when service.yaml names no authority. ERR_FILE, ERR_CONFIG for timestamp_trust. */
enum err_code stamping_new(struct portal *p, struct stamping **ret, struct err *err) MUST_CHECK;
void stamping_free(struct stamping **s); /* breaks off what is asked: the next service asks again */

/* A consent was taken in just now: wakes a thread, and waits for its first stamp as long as a person hardly notices
 * (STAMP_WAIT_MS): usually it is there at once and the answer can say so. Nobody waits while no authority may be asked,
 * behind many others, or in the half minute after somebody waited in vain. NULL: nothing. */
#define STAMP_WAIT_MS 700
#define STAMP_WAITERS 8 /* at the same time */
void stamping_await(struct stamping *s, const char *number);

/* How the last question to an authority went; away, too, while none may be asked. */
enum standing_word stamping_word(struct stamping *s);

#endif
