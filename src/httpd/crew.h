/* A fixed crew of threads and a queue with a ceiling, for handlers that wait for somebody else. */
#ifndef EONAY_HTTPD_CREW_H
#define EONAY_HTTPD_CREW_H

#include <stdbool.h>
#include "base/err.h"

struct crew;
enum err_code crew_new(unsigned threads, unsigned queue_max, void (*work)(void *job), struct crew **ret) MUST_CHECK;
bool crew_put(struct crew *c, void *job); /* false: the queue is full or the crew is going home */
void crew_free(struct crew **c);          /* finishes everything that was put, then ends the threads */

#endif
