/* Small changes to an input, the same ones in every run. */
#ifndef EONAY_FUZZ_SHAKE_H
#define EONAY_FUZZ_SHAKE_H

#include <stddef.h>
#include <stdint.h>

/* xorshift64; *state is never 0. */
uint64_t shake_random(uint64_t *state);
/* Changes bytes[0..len) in one to four places; `room` is the size of the array, `other` a second input to take pieces
 * from. Returns the new length. */
size_t shake(uint8_t *bytes, size_t len, size_t room, const uint8_t *other, size_t other_len, uint64_t *state);

#endif
