/* When the countdown and the running signing time change on the screen: half a second apart. */
#ifndef EONAY_UI_CLOCK_H
#define EONAY_UI_CLOCK_H

#include <stdbool.h>
#include "ui/face.h"

/* The next moment after now_ms at which a countdown (timer) or the signing time (clock) shows something else; UINT64_MAX when
 * no deadline runs or neither is on the screen. face_clock_ms (face.h) is the other half. */
uint64_t clock_wake_ms(const struct flow *f, uint64_t now_ms, bool timer, bool clock);

#endif
