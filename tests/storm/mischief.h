/* What happens to the cards: scripts of the fake at random. Two desks with a reader or two each; every card of the
 * holder has the same PIN. */
#ifndef EONAY_TESTS_STORM_MISCHIEF_H
#define EONAY_TESTS_STORM_MISCHIEF_H

#include "fakes/p11/fake.h"

#define MISCHIEF_DESKS 2
#define MISCHIEF_PIN "135792"

enum mischief {
    MISCHIEF_CARD,
    MISCHIEF_EMPTY,
    MISCHIEF_FAIL,
    MISCHIEF_SLOW,
    MISCHIEF_HANG,
    MISCHIEF_CRASH,
    MISCHIEF_KINDS
};
extern const char *const mischief_names[MISCHIEF_KINDS];

struct mischief_world {
    char dir[64];
    struct pki pki;
    struct fake desk[MISCHIEF_DESKS];
    uint64_t random; /* state; never 0 */
    uint64_t done[MISCHIEF_KINDS];
};

void mischief_open(struct mischief_world *w, uint64_t seed, int64_t now); /* now: of the certificates */
void mischief_close(struct mischief_world *w);
uint64_t mischief_random(struct mischief_world *w, uint64_t below);
void mischief_next(struct mischief_world *w);
/* One good card in the first reader, nothing wrong, every PIN as new. */
void mischief_end(struct mischief_world *w);
uint64_t mischief_logins(const struct mischief_world *w);
uint64_t mischief_signatures(const struct mischief_world *w);

#endif
