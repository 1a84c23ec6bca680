/* Problem documents (RFC 9457) of the portal to the list of notes. */
#ifndef EONAY_NET_PROBLEM_H
#define EONAY_NET_PROBLEM_H

#include <jansson.h>
#include <stdint.h>
#include "base/err.h"

#define PROBLEM_TYPE "application/problem+json"
#define WAIT_MAX_S 86400

/* The note that member `code` names, when it is one a portal may speak of; ERR_GARBLED for every other word, so that no
 * server can put words about the card or the PIN on the screen. *ret_wait_s gets `retry_after`, 0 when there is none.
 */
enum err_code problem_read(const json_t *problem, uint64_t *ret_wait_s, struct err *err) MUST_CHECK;

#endif
