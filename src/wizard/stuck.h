/* Output that nobody takes (a terminal that is not read, a full pipe) holds up the one loop, and with it signals,
 * expiry and idleness. While the loop works, a timer looks; what can no longer be done in order is then done at once:
 * secrets wiped, the terminal restored, the program ended with EX_IOERR. One program, one watch. */
#ifndef EONAY_WIZARD_STUCK_H
#define EONAY_WIZARD_STUCK_H

#include <stddef.h>
#include <stdint.h>
#include "base/secret.h"

#define STUCK_SECRETS 8
/* From now on until stuck_done. The n secrets (at most STUCK_SECRETS) are borrowed. ERR_NOMEM: no timer. */
enum err_code stuck_watch(struct secret *const secrets[], size_t n) MUST_CHECK;
/* The loop works. Output that blocks ends the program when a signal to end waits, or at limit_ms (CLOCK_BOOTTIME;
 * UINT64_MAX: never). */
void stuck_work(uint64_t limit_ms);
/* The loop waits, for as long as it likes. */
void stuck_rest(void);
void stuck_done(void);

#endif
