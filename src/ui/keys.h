/* Keys from a descriptor: reads what is there, never waits. A lone ESC is a key once nothing followed it for a moment; what is
 * pasted ends when nothing came for a second, though no end was sent: else the keyboard would be dead for good. */
#ifndef EONAY_UI_KEYS_H
#define EONAY_UI_KEYS_H

#include "ui/input.h"

struct keys {
    struct input input;
    uint64_t begun_ms; /* since when an unfinished key waits; 0: none */
    uint64_t heard_ms; /* when bytes came last */
    bool forgotten;    /* what is pasted is of a person who is gone */
    bool ended;        /* the terminal is gone */
};

/* The next key; false when none is whole yet. *waits: poll has said already that fd can be read; it becomes false when it
 * was. */
bool keys_next(struct keys *k, int fd, bool *waits, uint64_t now_ms, struct press *ret);
/* The person is gone: what was read and not heard yet is wiped where it was being pasted, and what still comes of it is
 * passed over until a short silence. Keys typed ahead stay. */
void keys_forget(struct keys *k);
/* When an unfinished key or a paste without end is to be looked at again; UINT64_MAX: there is none. */
uint64_t keys_wake_ms(const struct keys *k);

#endif
