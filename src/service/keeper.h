/* What happens by itself: consents whose revocation status is unknown are asked about again until it is known, and what
 * is over is forgotten. One thread. */
#ifndef EONAY_SERVICE_KEEPER_H
#define EONAY_SERVICE_KEEPER_H

#include "base/err.h"

struct portal;
struct keeper;
enum err_code keeper_new(struct portal *p, struct keeper **ret) MUST_CHECK;
void keeper_free(struct keeper **k); /* finishes what is under way */

#endif
