/* A card at another desk: p11-kit's client reaches it over a socket that somebody forwards to here (ssh -R). The client
 * does not say when nobody is there: it answers that there is no reader. So we knock at the socket ourselves. */
#ifndef EONAY_TOKEN_FORWARD_H
#define EONAY_TOKEN_FORWARD_H

#include "base/err.h"

/* address: of P11_KIT_SERVER_ADDRESS, "unix:path=/run/user/1000/card.sock", an odd byte as %xx. Connects and hangs up.
 * ERR_FORWARD_DEAD: nobody listens there; ERR_FORWARD_OTHER: who listens is neither of our own user nor root, and a PIN
 * is not for them; ERR_FORWARD_ADDRESS: it is no such address. The detail says where and why. Never waits. */
enum err_code forward_knock(const char *address, struct err *err) MUST_CHECK;

#endif
