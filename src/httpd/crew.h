/* A fixed crew of threads and a queue with a ceiling, for handlers that wait for somebody else. */
#ifndef EONAY_HTTPD_CREW_H
#define EONAY_HTTPD_CREW_H

#include <stdbool.h>
#include "base/err.h"

struct crew;
enum err_code crew_new(unsigned threads, unsigned queue_max, void (*work)(void *job), struct crew **ret) MUST_CHECK;
bool crew_put(struct crew *c, void *job); /* false: the queue is full or the crew is going home */
/* Takes no more jobs, finishes everything that was put, ends the threads; crew_put may still be called. NULL: nothing.
 */
void crew_close(struct crew *c);
void crew_free(struct crew **c); /* crew_close, when it was not; nobody may call crew_put any more */

#endif
