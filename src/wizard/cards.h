/* The certificates of all modules as one list: usable ones first, the chosen one found again by its reference. */
#ifndef EONAY_WIZARD_CARDS_H
#define EONAY_WIZARD_CARDS_H

#include "ui/scene.h"
#include "wire/wire.h"

/* One telling of a token worker: a CARDS message, then `expected` CERT messages. */
struct cards_list {
    uint16_t readers, cards, expected, got;
    enum err_code error;
    char detail[256];
    struct cert_row *rows; /* owned, `got` of them */
};

/* What is known of one module's cards. The list before stays in force until the next one is whole, also while the
 * worker is started again: a driver that died is no card that was taken out. */
struct cards {
    struct cards_list now, coming;
    bool told; /* by the worker that runs now */
};

enum cards_step { CARDS_MORE, CARDS_WHOLE, CARDS_BAD };

/* Takes a CARDS or CERT message, strings cleaned. CARDS_WHOLE: a new list is in force; CARDS_BAD: no honest worker says
 * so (a reference that is none, a certificate without a list). */
enum cards_step cards_take(struct cards *c, const struct wire_msg *m);
void cards_clear(struct cards *c); /* wipes: rows name persons */
/* No card is known of this module, because of this; detail is cleaned. */
void cards_fail(struct cards *c, enum err_code error, const char *detail);

/* The certificate the person confirmed, by its reference and the module it was chosen from; kept while its card is
 * away.
 */
struct cards_memory {
    bool known;
    uint8_t ref[32];
    size_t module;
};

/* Merges n lists into facts (rows of another person than the facts' are not usable; rows past CERTS_MAX are left out,
 * unusable ones first to go) and fills the EV_CARDS event; module[] gets the list each row came from. A certificate
 * that two modules show is one row: the chosen one its own module's, others the first's that can sign with it. The
 * event's error is the one that says most: of a card that is there, then of a lost link to one, then of an empty
 * reader, then of a driver, last that there is no reader. */
void cards_merge(const struct cards *lists, size_t n, const struct cards_memory *chosen, struct facts *facts,
    size_t module[CERTS_MAX], struct event *ret);

#endif
