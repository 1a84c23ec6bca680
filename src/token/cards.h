/* What is in the readers of one module, as one comparable value: two looks that are equal byte for byte saw the same.
 */
#ifndef EONAY_TOKEN_CARDS_H
#define EONAY_TOKEN_CARDS_H

#include <stdbool.h>
#include <stddef.h>
#include "base/err.h"
#include "token/guard.h"
#include "token/pkcs11.h"

#define CARDS_MAX 16   /* cards looked at; further ones are not */
#define READERS_MAX 64 /* slots counted */

/* Bits of the wire's PIN_FLAGS. */
enum { PIN_IS_LOW = 1, PIN_IS_LAST = 2, PIN_IS_LOCKED = 4, PIN_ON_PAD = 8, PIN_IS_DUE = 16 /* for a change */ };

struct card {
    CK_SLOT_ID slot;
    char reader[129]; /* the slot's description, clean */
    char label[65];   /* the token's label, else its model, clean */
    /* As the driver gives them, blanks at the end cut: by these the library finds a token again. */
    char manufacturer[33], model[17], serial[17], raw_label[33];
    unsigned pin_flags;
    unsigned pin_min, pin_max; /* bytes; 0: the card names no limit */
    bool login;                /* it wants one before the key can be used */
};

struct cards {
    struct card v[CARDS_MAX];
    size_t n;
    size_t readers;
    enum err_code trouble; /* why there is no card to use: NO_READER, NO_CARD, CARD_UNKNOWN, CARD_UNREAD; else OK */
    bool stuck;            /* no slot is simply empty: a card put in now might not be seen before guard's reopen */
    struct guard_trouble failed; /* the first call that failed while looking; CKR_OK: none */
};

/* Empties *ret and fills it, padding included. Uninitialised tokens are no cards. */
void cards_look(const CK_FUNCTION_LIST *calls, const struct guard_api *guard, struct cards *ret);
/* The flags of one card right now; those of `c` when it does not answer. */
unsigned card_flags(const CK_FUNCTION_LIST *calls, const struct card *c);
bool card_is(const struct card *a, const struct card *b); /* the same token in the same slot? */
/* What a refusal of the PIN means by the card's flags, which are read again into `c`: ERR_PIN_WRONG may be ERR_PIN_LOW
 * or ERR_PIN_LOCKED, anything else stays. */
enum err_code card_refusal(const CK_FUNCTION_LIST *calls, struct card *c, enum err_code rc);
/* Names a card as long as it is in its reader: SHA-256 of what is told of it. */
void card_ref(const struct card *c, uint8_t ret[32]);

/* Text of fixed width from a card: padding cut (blanks or NULs), a character that lost its end at the edge dropped, the
 * rest cleaned for a terminal. */
void card_text(char *out, size_t out_len, const unsigned char *field, size_t width);

#endif
