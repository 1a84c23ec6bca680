/* A card at another desk: p11-kit's client reaches it over a socket that somebody forwards to here (ssh -R). The client
 * does not say when nobody is there: it answers that there is no reader. So we knock at the socket ourselves. */
#ifndef EONAY_TOKEN_FORWARD_H
#define EONAY_TOKEN_FORWARD_H

#include "base/err.h"

/* address: of P11_KIT_SERVER_ADDRESS, "unix:path=/run/user/1000/card.sock", an odd byte as %xx. Connects, waits at most
 * wait_ms until p11-kit's server answers as it answers every greeting, and hangs up: where ssh listens the desk may be
 * away all the same, and the client loses a descriptor with each call that ends so. ERR_FORWARD_DEAD: nobody listens
 * there, or nobody answers; ERR_FORWARD_OTHER: who listens is neither of our own user nor root, and a PIN is not for
 * them, or another user could put a socket in its place before the client connects: it and all folders and links on the
 * way have to be ours or root's, the folders not writable for others or sticky; ERR_FORWARD_ADDRESS: it is no such
 * address. The detail says where and why. */
enum err_code forward_knock(const char *address, unsigned wait_ms, struct err *err) MUST_CHECK;

#endif
