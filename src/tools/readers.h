/* The card workers as a tool speaks with them: all of the configuration's drivers are opened, their cards are one list,
 * and one of them is asked for something. It waits for each answer; a driver that says nothing for hang_ms is ended. */
#ifndef EONAY_TOOLS_READERS_H
#define EONAY_TOOLS_READERS_H

#include "base/settings.h"
#include "wire/worker.h"

#define READERS_MODULES 16
#define READERS_CARDS 64

enum { READER_LOW = 1, READER_LAST = 2, READER_LOCKED = 4, READER_PAD = 8, READER_DUE = 16 }; /* of PIN_FLAGS */

struct reader_card {
    size_t module;
    uint8_t ref[32];
    char reader[129], label[65]; /* clean */
    unsigned pin_min, pin_max, pin_flags;
};

struct readers {
    const struct settings *settings; /* borrowed */
    struct worker tokens[READERS_MODULES];
    size_t modules;
    struct reader_card cards[READERS_CARDS];
    size_t n;
    struct err why; /* OK, or why there is no card as one driver said it; of several what one said that could open */
    uint32_t job;
    uint8_t in[WIRE_MAX], out[WIRE_MAX];
};

/* Zeroed before. What cannot be opened is left out and told in `why`. */
void readers_open(struct readers *r, const char *config, const struct settings *s);
void readers_close(struct readers *r);

struct readers_answer {
    struct err err;
    uint64_t arg;
    unsigned pin_flags;
};
/* Another PIN for one card of the list. Both are wiped; they are not told for a card with a PIN pad. */
void readers_change(
    struct readers *r, size_t card, struct secret *old_pin, struct secret *new_pin, struct readers_answer *ret);

#endif
