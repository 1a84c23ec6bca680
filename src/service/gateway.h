/* The identity provider, in e-Devlet's dialect of OAuth 2.0 (docs/protocol.md §3): authorization code, PKCE S256,
 * state, then a call of its own for the person. No token of it is kept. */
#ifndef EONAY_SERVICE_GATEWAY_H
#define EONAY_SERVICE_GATEWAY_H

#include "service/portal.h"

/* Where the person's browser goes. */
enum err_code gateway_authorize_url(
    const struct portal *p, const char *state, const char *verifier, struct buf *ret) MUST_CHECK;
/* The person behind an authorization code, asked with `h`, one of p->gateway_calls. ERR_GATEWAY_AWAY when it cannot be
 * asked, ERR_LOGIN_CANCELLED when it does not accept the code or answers with nobody; err->detail for the log holds
 * nothing personal. */
enum err_code gateway_redeem(struct portal *p, struct http *h, const char *code, const char *verifier,
    struct person *ret, struct err *err) MUST_CHECK;

#endif
