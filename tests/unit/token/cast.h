/* The persons and cards the tests of this room share: two cards in two readers. */
#ifndef EONAY_TEST_CAST_H
#define EONAY_TEST_CAST_H

#include "desk.h"

#define CAST_TCKN "10000000146"
#define CAST_MASK "100******46"

struct cast {
    struct pki pki, foreign;
    /* on the first card, RSA and oddities */
    struct pki_identity rsa, expired, keyless, double_a, double_b, exchanged;
    /* on the second, whose label is cut within a letter */
    struct pki_identity p256, p384, other, untrusted;
};

void cast_make(struct cast *c);
void cast_done(struct cast *c);
/* SoftHSM's: both cards, or one with the first certificate alone. */
void cast_desk(struct cast *c, struct desk *d);
void cast_desk_one(struct cast *c, struct desk *d);
/* The fake's: the same certificate; one with a P-256 key; one whose key asks for the PIN at each signature. */
void cast_desk_fake(struct cast *c, struct desk *d);
void cast_desk_curve(struct cast *c, struct desk *d);
void cast_desk_always(struct cast *c, struct desk *d);

#endif
