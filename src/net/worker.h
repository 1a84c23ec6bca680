/* The loop of eonay-net: one message from the interface, one job, one answer. */
#ifndef EONAY_NET_WORKER_H
#define EONAY_NET_WORKER_H

#include "base/err.h"
#include "base/settings.h"
#include "sign/trust.h"

struct worker;
/* Borrows all; `publisher` NULL: no download; `authorities`: who vouches for receipts. fd is the socket to the
 * interface. */
enum err_code worker_new(int fd, const struct settings *settings, const struct trust *publisher,
    const struct trust *authorities, struct worker **ret) MUST_CHECK;
void worker_free(struct worker **w);
/* Says READY and serves until the interface goes away (OK) or breaks the protocol (ERR_PROTOCOL). */
enum err_code worker_run(struct worker *w) MUST_CHECK;

#endif
