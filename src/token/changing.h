/* One change of a card's PIN: C_SetPIN in a read-write session without a login, so that one call alone looks at the old
 * PIN.
 *
 *   changing_begin ── changing_pins ──► OK
 *                          │ ERR_PIN_AGAIN: this card wants a login first, and has looked at nothing yet;
 *                          └────────── changing_pins with both typed again: C_Login, and when the card has taken that,
 *                                      C_SetPIN with the very same bytes, which can cost no try
 *   changing_end in any case.
 *
 * On a reader's own PIN pad nothing is typed here, and the login comes by itself: each call asks there. */
#ifndef EONAY_TOKEN_CHANGING_H
#define EONAY_TOKEN_CHANGING_H

#include "base/err.h"
#include "base/secret.h"
#include "token/cards.h"
#include "token/module.h"

struct changing;

/* The card is not touched; it is copied. */
enum err_code changing_begin(
    const struct module *m, const struct card *card, struct changing **ret, struct err *err) MUST_CHECK;
/* Both are wiped, whatever happens; not looked at when the card has a PIN pad. Checks before the card sees anything:
 * ERR_PIN_LOCKED by its flags, ERR_PIN_EMPTY, _SHORT, _LONG of the old one, ERR_NEW_PIN_EMPTY, _SHORT, _LONG, _LETTER
 * and _SAME of the new one (limits: pin_min and pin_max of the card). After: ERR_PIN_WRONG, ERR_PIN_LOW, ERR_PIN_LOCKED
 * by the flags read again; ERR_NEW_PIN_REFUSED, ERR_PIN_FIXED, ERR_PIN_UNSURE; else by the table of ckr.h. */
enum err_code changing_pins(
    struct changing *c, struct secret *old_pin, struct secret *new_pin, struct err *err) MUST_CHECK;
/* After ERR_PIN_AGAIN: is it this card that waits? */
bool changing_waits(const struct changing *c, const struct card *card);
const struct card *changing_card(const struct changing *c); /* with its flags as last read; borrowed */
void changing_end(struct changing **c);

#endif
