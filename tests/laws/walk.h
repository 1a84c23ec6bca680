/* Random events for the flow: mostly what could happen next, now and then anything at all. Seeded: a walk can be
 * repeated. */
#ifndef EONAY_TESTS_WALK_H
#define EONAY_TESTS_WALK_H

#include "flow/flow.h"

struct dice {
    uint64_t state;
};
uint32_t dice_roll(struct dice *d, uint32_t n); /* 0..n-1 */

struct event walk_start(struct dice *d, uint64_t now_ms);
struct event walk_next(struct dice *d, const struct flow *f, uint64_t now_ms);

#endif
