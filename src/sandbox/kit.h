/* A person with a card, ready to sit down at a terminal: the person in the gateway's list, an NES, a SoftHSM card in a
 * folder of its own, a wizard.yaml that sees only this card, and the shell variables that name all of it. */
#ifndef EONAY_SANDBOX_KIT_H
#define EONAY_SANDBOX_KIT_H

#include "sandbox/ca.h"
#include "sandbox/card.h"
#include "sandbox/people.h"
#include "sandbox/state.h"

struct kit_order {
    const char *tckn, *name;
    const char *pin; /* 4 to 16 digits; NULL: six random ones */
    enum key_kind key;
    const struct flaw *flaw;
};

struct kit {
    char folder[32]; /* inside DIR: "cards/1" */
    char tckn[TCKN_LEN + 1], name[NAME_LEN], password[PASSWORD_LEN], pin[17], puk[CARD_PUK_LEN + 1];
};

/* Makes it all, DIR/cards/N/{tokens,softhsm2.conf,certificate.pem} and the register's entry; the papers are written
 * apart (papers.h), since the addresses in them may not be known yet. */
enum err_code kit_make(const struct box *b, const struct state *s, const struct kit_order *order, struct kit *ret,
    struct err *err) MUST_CHECK;

#endif
