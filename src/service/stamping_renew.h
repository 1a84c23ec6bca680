/* When a time stamp must be covered by a newer one: pure, time comes in as a number. */
#ifndef EONAY_SERVICE_STAMPING_RENEW_H
#define EONAY_SERVICE_STAMPING_RENEW_H

#include <stdint.h>
#include "sign/tst.h"

/* The second from which a stamp is no longer relied upon: the first end among the certificates of its token, or the end
 * of its key's strength (NIST SP 800-57 part 1 revision 5, table 4: less than 128 bits of security to the end of 2030).
 */
int64_t stamp_weakens_at(const struct tst_facts *f);

/* When to renew what weakens then: 90 days before, or after half of the time when there is less than twice that left.
 * What is weak already (and no authority has better) is covered anew once in 30 days. */
int64_t renew_at(int64_t now, int64_t weakens_at);

#endif
