/* Cards for tests: SoftHSM 2 tokens with what a test wants on them, perfect or odd. A failure in here is a broken test:
 * it aborts. */
#ifndef EONAY_FAKES_SOFTHSM_H
#define EONAY_FAKES_SOFTHSM_H

#include <stddef.h>
#include "fakes/pki.h"

/* Parts of an entry that are put on the token. */
enum {
    ON_CARD_CERT = 1,
    ON_CARD_KEY = 2,
    ON_CARD_PUBLIC = 4,
    ON_CARD_WHOLE = 7,
    ON_CARD_ALWAYS = 8, /* the key asks for the PIN at each signature */
    ON_CARD_JUNK = 16,  /* a certificate object whose value is no certificate */
};

struct softhsm_entry {
    const struct pki_identity *who; /* NULL: an entry of ON_CARD_JUNK alone */
    unsigned char id;               /* CKA_ID, one byte */
    unsigned parts;
};
struct softhsm_token {
    const char *label; /* its first 32 bytes, blank padded */
    const char *pin;
    const struct softhsm_entry *v;
    size_t n;
};

const char *softhsm_module(void); /* path */
/* Makes DIR/softhsm2.conf and DIR/tokens with the tokens, in a child process: the caller's own SoftHSM is not touched.
 */
void softhsm_make(const char *dir, const struct softhsm_token *tokens, size_t n);

#endif
