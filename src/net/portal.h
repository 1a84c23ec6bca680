/* Online İşlemler from the terminal's side (docs/protocol.md §2): what is asked, and what of the answers is believed.
 * Everything that comes back is checked for type, size and sense; names are cleaned; nothing is tried twice here. */
#ifndef EONAY_NET_PORTAL_H
#define EONAY_NET_PORTAL_H

#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "base/settings.h"
#include "http/http.h"
#include "net/answers.h"

struct portal;
/* Borrows the settings and the watch. */
enum err_code portal_new(
    const struct settings *settings, const struct http_watch *watch, struct portal **ret) MUST_CHECK;
void portal_free(struct portal **p);
/* Seconds the portal asked to wait since the last reset; 0: none named. */
uint64_t portal_wait_s(const struct portal *p);
void portal_wait_reset(struct portal *p);

/* A new login session; the former one is forgotten. */
enum err_code portal_login_begin(struct portal *p, struct portal_login *ret, struct err *err) MUST_CHECK;
/* Brings the gateway's redirect to the portal; refused with ERR_GARBLED unless it leads to the portal's own callback.
 */
enum err_code portal_login_finish(struct portal *p, const char *location, struct err *err) MUST_CHECK;
/* Who is logged in. ERR_SESSION_OVER without a session, ERR_LOGIN_CANCELLED when the login was refused. */
enum err_code portal_person(struct portal *p, struct portal_person *ret, struct err *err) MUST_CHECK;
enum err_code portal_logout(struct portal *p, struct err *err) MUST_CHECK;

/* A verification code. ERR_ALREADY, and *ret_consent is written, when the person has consented before. */
enum err_code portal_request(
    struct portal *p, struct portal_code *ret, struct portal_consent *ret_consent, struct err *err) MUST_CHECK;
/* What the last portal_request offered for download. */
const struct portal_file *portal_file(const struct portal *p);

/* Opens a code with a nonce that stays the same for this code. The text is exactly one, is the one announced, and may
 * be shown (ERR_TEXT_UNSAFE); an opening repeated names the same text and creation (ERR_GARBLED). ret->text is the
 * portal's and stays until the next opening. */
enum err_code portal_open(struct portal *p, const char *code, struct portal_opening *ret, struct err *err) MUST_CHECK;
/* For the request last opened; ERR_NOT_OPEN when there is none. */
enum err_code portal_extend(struct portal *p, struct portal_policy *ret_left, struct err *err) MUST_CHECK;
/* The consent that comes back is over the text last opened, else ERR_GARBLED. */
enum err_code portal_submit(
    struct portal *p, const uint8_t *cms, size_t len, struct portal_consent *ret, struct err *err) MUST_CHECK;

/* The receipt's container, as it came; ret's ceiling holds. By the login, or by the opening where there is none.
 * ERR_SESSION_OVER without either; ERR_GARBLED for another type. */
enum err_code portal_receipt(struct portal *p, struct buf *ret, struct err *err) MUST_CHECK;
/* A short code under which it can be had. */
enum err_code portal_receipt_code(struct portal *p, struct portal_short_code *ret, struct err *err) MUST_CHECK;

/* The address below the portal and the client, for the download. */
enum err_code portal_url(const struct portal *p, const char *path, const char *more, char out[PORTAL_URL]) MUST_CHECK;
struct http *portal_http(struct portal *p);

#endif
