/* The service's clock: the machine's, moved by an offset that a test system keeps in a file. */
#ifndef EONAY_SERVICE_HOUR_H
#define EONAY_SERVICE_HOUR_H

#include <stdint.h>
#include "base/err.h"

struct hour;
/* `file` (may be NULL) holds a whole number of seconds, "+3600" or "-60"; it is read anew whenever it changed. */
enum err_code hour_new(const char *file, struct hour **ret) MUST_CHECK;
void hour_free(struct hour **h);
int64_t hour_now(struct hour *h); /* UTC seconds */
/* The UTC second of a when_boot_ms() in the past. */
int64_t hour_at(struct hour *h, uint64_t boot_ms);

#endif
