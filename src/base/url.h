/* The few questions a configured address has to answer. A strict reading on purpose: what two parsers could take for
 * two different hosts is no address here. */
#ifndef EONAY_BASE_URL_H
#define EONAY_BASE_URL_H

#include <stdbool.h>

/* "https://" in lower case, a host (letters, digits, dots, dashes; or IPv6 in brackets), perhaps :port 1 to 65535, then
 * nothing or a path. No user, no query, no fragment, no backslash, blank, control or non-ASCII character anywhere. */
bool url_is_https(const char *url);
/* An address as above whose host is a loopback literal: 127.a.b.c as four plain decimal numbers without leading zeros,
 * or exactly [::1]. A name ("localhost") is none: it is what a resolver makes of it. */
bool url_is_loopback(const char *url);

#endif
