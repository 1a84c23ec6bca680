/* Keys from a descriptor: reads what is there, never waits. A lone ESC is a key once nothing followed it for a moment. */
#ifndef EONAY_UI_KEYS_H
#define EONAY_UI_KEYS_H

#include "ui/input.h"

struct keys {
    struct input input;
    uint64_t begun_ms; /* since when an unfinished key waits; 0: none */
    bool ended;        /* the terminal is gone */
};

/* The next key; false when none is whole yet. */
bool keys_next(struct keys *k, int fd, uint64_t now_ms, struct press *ret);
/* When an unfinished key is to be looked at again; UINT64_MAX: there is none. */
uint64_t keys_wake_ms(const struct keys *k);

#endif
