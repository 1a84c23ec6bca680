/* Events of the flow as bytes, one record of a fixed length each. Jobs are told by what they are, times by how much
 * later, so that a walk stays a walk when something in it changes. */
#ifndef EONAY_FUZZ_MOVE_H
#define EONAY_FUZZ_MOVE_H

#include <stdint.h>
#include "flow/flow.h"

#define MOVE_SIZE 24

void move_put(uint8_t out[MOVE_SIZE], const struct event *ev, const struct flow *f, uint64_t now_ms);
/* Any bytes are an event: what is out of its list is brought into it, except value, arg and flags. */
struct event move_get(const uint8_t in[MOVE_SIZE], const struct flow *f, uint64_t now_ms);

#endif
