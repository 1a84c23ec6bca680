/* e-Devlet Kapısı's stand-in from the terminal's side (docs/protocol.md §3): what it offers, and the sign-in form.
 * Only addresses under the gateway of the wizard's own configuration are ever asked. */
#ifndef EONAY_NET_GATEWAY_H
#define EONAY_NET_GATEWAY_H

#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "base/secret.h"
#include "base/settings.h"
#include "http/http.h"
#include "net/answers.h"

#define METHOD_PASSWORD 1u /* bits in the order of docs/protocol.md §3 */

/* May a password be typed for this login? Only when the configured gateway is a loopback literal and the address the
 * portal names lies under it, byte for byte. Nothing overrides this. */
bool gateway_takes_password(const struct settings *settings, const char *authorize_url);

/* The methods the gateway offers, as bits; 0 when it is not the configured one (then nobody is asked) or speaks no
 * JSON. ERR_GATEWAY_AWAY, ERR_TLS, ERR_GARBLED, ERR_TOO_BIG, ERR_CANCELLED. */
enum err_code gateway_methods(const struct settings *settings, const struct http_watch *watch,
    const char *authorize_url, unsigned *ret_methods, struct err *err) MUST_CHECK;

/* Posts the form; the password is read from its own page while it is sent, and wiped whatever happens. Client, buffers
 * and connection are gone when it returns. *ret_location: where the gateway leads on to, not looked at here.
 * ERR_METHOD_NOT_HERE unless gateway_takes_password; ERR_LOGIN_REFUSED, ERR_LOGIN_LOCKED (*ret_wait_s), as above. */
struct gateway_form {
    const char *authorize_url;
    const char *tckn;
    struct secret *password;
};
enum err_code gateway_enter(const struct settings *settings, const struct http_watch *watch,
    const struct gateway_form *form, char ret_location[PORTAL_URL], uint64_t *ret_wait_s, struct err *err) MUST_CHECK;

#endif
