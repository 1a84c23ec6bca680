/* Drives a flow as shell, person and workers would: short words for the tests of this folder and of tests/laws. */
#ifndef EONAY_TESTS_FLOW_DRIVE_H
#define EONAY_TESTS_FLOW_DRIVE_H

#include "flow/flow.h"

#define WINDOW_S 240
#define LIFETIME_S 900

struct drive {
    struct flow f;
    uint64_t now_ms;
    struct effects fx; /* of the last step */
};

void drive_start(struct drive *d, uint32_t flags);
void drive_event(struct drive *d, struct event ev); /* now_ms is filled in */
void drive_simple(struct drive *d, enum event_kind kind, uint32_t value, uint32_t arg, uint32_t flags);
void choose(struct drive *d, enum choice wish);
void choose_arg(struct drive *d, enum choice wish, uint32_t arg);
void back(struct drive *d);
void later(struct drive *d, uint64_t ms); /* time passes, then a tick */
void answer(struct drive *d, enum event_kind kind, uint32_t value, uint32_t arg, uint32_t flags); /* of the net job */
void refuse(struct drive *d, enum err_code err, uint32_t arg);
void token_signs(struct drive *d);
void token_refuses(struct drive *d, enum err_code err, uint32_t pin_flags);
void cards(struct drive *d, uint16_t n, uint16_t usable, uint16_t chosen, uint32_t flags, uint8_t pin_flags);
void type_pin(struct drive *d, uint32_t len);
const struct effect *effect_of(const struct drive *d, enum effect_kind kind); /* NULL: not in the last step */

/* The straight way up to a place, from the start. */
void go_home_page(struct drive *d, uint32_t flags);  /* logged in, Şekil 4 */
void go_code(struct drive *d, uint32_t flags);       /* Şekil 7 */
void go_code_full(struct drive *d, uint32_t flags);  /* Şekil 9, carried over */
void go_sign(struct drive *d, uint32_t flags);       /* Şekil 10, text not read; one usable certificate */
void go_sign_alone(struct drive *d, uint32_t flags); /* the same by --code */
void go_pin(struct drive *d);                        /* from Şekil 10: text read, certificate confirmed, PIN typed */

#endif
