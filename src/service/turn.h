/* One judgement at a time for each request and file: whoever brings the same file while it is judged waits for that
 * judgement and hears its answer. (Between several services on one store the store decides: store_consent_add and
 * store_refusal_add.) */
#ifndef EONAY_SERVICE_TURN_H
#define EONAY_SERVICE_TURN_H

#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "service/keyed.h"

#define TURN_WAITERS 8 /* all together; who comes then is told to try again */

struct turns;
/* At most `at_once` are ever under way: no more threads than that may take turns. */
enum err_code turns_new(unsigned at_once, struct turns **ret) MUST_CHECK;
void turns_free(struct turns **t); /* nobody may hold or wait for one */
/* Waits while another thread judges this file of this request. ERR_BUSY: too many wait already. OK: end with turn_give.
 */
enum err_code turn_take(struct turns *t, int64_t request, const struct digest *signature) MUST_CHECK;
void turn_give(struct turns *t, int64_t request, const struct digest *signature);
unsigned turn_waiting(struct turns *t); /* for tests */

#endif
