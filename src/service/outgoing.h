/* Calls to other servers, bounded: a fixed number of clients, none of which is waited for. Who gets none does without.
 */
#ifndef EONAY_SERVICE_OUTGOING_H
#define EONAY_SERVICE_OUTGOING_H

#include <stdbool.h>
#include "http/http.h"

struct outgoing;
enum err_code outgoing_new(const struct http_setup *setup, unsigned clients, struct outgoing **ret) MUST_CHECK;
void outgoing_free(struct outgoing **o);        /* every client must be back */
struct http *outgoing_take(struct outgoing *o); /* NULL when all are out */
void outgoing_give(struct outgoing *o, struct http *h);

/* Is the host of this URL a loopback literal (127.x.y.z or [::1])? */
bool outgoing_is_loopback(const char *url);

#endif
