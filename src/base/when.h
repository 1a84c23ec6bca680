/* Time: monotonic milliseconds for waiting, UTC seconds for signing, Europe/Istanbul for showing. */
#ifndef EONAY_BASE_WHEN_H
#define EONAY_BASE_WHEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

uint64_t when_boot_ms(void); /* CLOCK_BOOTTIME */
int64_t when_utc(void);      /* seconds since 1970, the machine's wall clock */
/* dd.MM.yyyy HH:mm:ss and dd.MM.yyyy in Europe/Istanbul (UTC+3 without summer time since 2016; earlier dates by the
 * zone's own table are not needed: nothing older is shown but certificate dates, whose day this gives).
 * "" for a moment outside the years 1000 to 9999; the same for when_rfc3339. */
#define WHEN_SHOWN 20
void when_show(char out[WHEN_SHOWN], int64_t utc);
void when_show_day(char out[WHEN_SHOWN], int64_t utc);
/* RFC 3339 UTC, "2019-08-27T08:10:21Z". */
#define WHEN_RFC3339 21
void when_rfc3339(char out[WHEN_RFC3339], int64_t utc);
bool when_parse(const char *rfc3339, int64_t *ret_utc); /* exactly the form above */
/* The moment n calendar months before utc in Europe/Istanbul; a day the month lacks becomes its last day. */
int64_t when_months_before(int64_t utc, int n);
/* Has the time come when one may be asked to renew what ends then: two calendar months before, until the end itself? */
#define WHEN_RENEW_MONTHS 2
bool when_ends_soon(int64_t now, int64_t end);

#endif
