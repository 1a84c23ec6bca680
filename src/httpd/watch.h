/* Time limits that libmicrohttpd lacks: a connection that has not brought a whole request, or taken its answer, in time
 * is shut down, however busily it drips. Also carries what is counted per connection. */
#ifndef EONAY_HTTPD_WATCH_H
#define EONAY_HTTPD_WATCH_H

#include <stdint.h>
#include "base/err.h"

struct watch;
struct watch_slot;

enum err_code watch_new(unsigned limit_s, struct watch **ret) MUST_CHECK;
void watch_free(struct watch **w);
struct watch_slot *watch_add(struct watch *w, int fd); /* NULL: out of memory; the connection is then only unwatched */
void watch_remove(struct watch *w, struct watch_slot *slot);                       /* before the descriptor is closed */
void watch_start(struct watch *w, struct watch_slot *slot);                        /* the clock runs from now */
void watch_start_for(struct watch *w, struct watch_slot *slot, uint64_t limit_ms); /* with a limit of its own */
void watch_stop(struct watch *w, struct watch_slot *slot);                         /* the request is there */
unsigned watch_strikes(struct watch *w, struct watch_slot *slot, unsigned more);

#endif
