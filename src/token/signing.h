/* One signature on a card: log in with the PIN typed for it, sign, log out, and make the consent's CMS of it.
 *
 *   signing_begin ── signing_pin ──► OK: the CMS
 *                        │ ERR_PIN_AGAIN: the key wants the PIN once more (CKA_ALWAYS_AUTHENTICATE);
 *                        └────────── signing_pin with the PIN typed again
 *   signing_end in any case: logs out.
 *
 * Each call of signing_pin makes at most one C_Login (two on a reader's own PIN pad for such a key, each typed there).
 */
#ifndef EONAY_TOKEN_SIGNING_H
#define EONAY_TOKEN_SIGNING_H

#include "base/buf.h"
#include "base/err.h"
#include "base/secret.h"
#include "sign/consent.h"
#include "token/certs.h"
#include "token/module.h"

struct signing;

/* Encodes what will be signed; of the card nothing is asked but its mechanisms: RSASSA-PSS is signed by one that has no
 * PKCS #1 v1.5. `card` and `cert` are copied as far as needed. Errors of
 * cades_begin. */
enum err_code signing_begin(const struct module *m, const struct card *card, const struct card_cert *cert,
    STACK_OF(X509) *chain, const struct consent_claim *claim, struct signing **ret, struct err *err) MUST_CHECK;

/* `pin` is wiped, whatever happens; it is not looked at when the card has a PIN pad. Checks before any login:
 * ERR_PIN_EMPTY, ERR_PIN_SHORT and ERR_PIN_LONG (the limit is pin_min or pin_max of the card), ERR_PIN_LOCKED by the
 * card's flags. After: ERR_PIN_WRONG, ERR_PIN_LOW, ERR_PIN_LOCKED by the flags read again, ERR_CERT_CANNOT when the key
 * is not the certificate's, else by the table of ckr.h, and the errors of cades_finish. */
enum err_code signing_pin(struct signing *s, struct secret *pin, struct buf *ret_cms, struct err *err) MUST_CHECK;
/* After ERR_PIN_AGAIN the UI may ask for the same signature anew, with a later signing time: is it the one that waits?
 * Then signing_renew encodes the new claim and keeps the login. */
bool signing_waits(const struct signing *s, const struct card_cert *cert);
enum err_code signing_renew(
    struct signing *s, STACK_OF(X509) *chain, const struct consent_claim *claim, struct err *err) MUST_CHECK;
/* The card it is made on, with its flags as last read; borrowed. */
const struct card *signing_card(const struct signing *s);
bool signing_is_on(const struct signing *s, const struct card *c); /* the same token in the same slot? */

void signing_end(struct signing **s);

#endif
