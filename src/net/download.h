/* The signing application, fetched into the interface's own descriptor and checked before anybody is told it is there.
 */
#ifndef EONAY_NET_DOWNLOAD_H
#define EONAY_NET_DOWNLOAD_H

#include "base/err.h"
#include "net/portal.h"
#include "sign/trust.h"

struct delivery;
/* Remembers the entity tag between tries. */
enum err_code delivery_new(struct delivery **ret) MUST_CHECK;
void delivery_free(struct delivery **d);

struct delivery_order {
    int fd; /* read-write; what it holds is the beginning of an earlier try */
    const struct trust *publisher;
    uint32_t stall_ms; /* without anything coming for so long, the try is over */
    void (*progress)(void *ctx, uint64_t done, uint64_t size);
    void *ctx;
};

/* Fetches what portal_file names, then its detached CMS; size, SHA-256 and the publisher's signature must hold.
 *   ERR_DOWNLOAD_CUT     part of it came and is kept: call again to go on
 *   ERR_DOWNLOAD_BROKEN  it is not the published file; the descriptor is empty again
 *   ERR_DOWNLOAD_NOWHERE the descriptor cannot be written
 *   ERR_NOT_FOUND        nothing is offered, or no publisher is configured; ERR_TLS, ERR_CANCELLED, ERR_NOMEM */
enum err_code delivery_run(
    struct delivery *d, struct portal *p, const struct delivery_order *order, struct err *err) MUST_CHECK;

#endif
