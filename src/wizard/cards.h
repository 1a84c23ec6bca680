/* The certificates of all modules as one list: usable ones first, the chosen one found again by its reference. */
#ifndef EONAY_WIZARD_CARDS_H
#define EONAY_WIZARD_CARDS_H

#include "ui/scene.h"
#include "wire/wire.h"

/* What one token worker told: a CARDS message, then `expected` CERT messages. */
struct cards {
    uint16_t readers, cards, expected, got;
    bool complete;
    enum err_code error;
    char detail[256];
    struct cert_row *rows; /* owned, `got` of them */
};

void cards_begin(struct cards *c, const struct wire_msg *m); /* CARDS */
void cards_add(struct cards *c, const struct wire_msg *m);   /* CERT; strings cleaned */
void cards_clear(struct cards *c);

/* Merges n lists into facts (rows past CERTS_MAX are left out, unusable ones first to go) and fills the EV_CARDS event.
 * `chosen` is the index+1 chosen before, in the old facts; module[] gets the list each row came from. */
void cards_merge(const struct cards *lists, size_t n, uint16_t chosen, struct facts *facts, size_t module[CERTS_MAX],
    struct event *ret);

#endif
