/* A thread of one's own that does something again and again until it is stopped. */
#ifndef EONAY_SERVICE_TICKER_H
#define EONAY_SERVICE_TICKER_H

#include <stdbool.h>
#include "base/err.h"

struct ticker;
/* Calls `work` at once, and again `every_ms` after it came back. */
enum err_code ticker_new(
    unsigned every_ms, void (*work)(void *ctx, struct ticker *t), void *ctx, struct ticker **ret) MUST_CHECK;
/* For work that takes long: is it time to come back? */
bool ticker_stops(struct ticker *t);
void ticker_free(struct ticker **t); /* waits for what is under way */

#endif
