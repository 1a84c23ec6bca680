/* Screens of the tests' own, so that the faces are tested without the flow and the real screens: a menu, a panel with
 * two columns and fields, a page to sign, one that waits, one that interrupts. */
#ifndef EONAY_TESTS_DEMO_H
#define EONAY_TESTS_DEMO_H

#include "ui/face.h"
#include "ui/keymap.h"

struct demo {
    struct flow flow;
    struct facts facts;
    struct form form;
    struct scene scene;
    struct desk desk;
    struct view view;
};

extern const char demo_text[]; /* to be signed */

/* Translations of the build folder; Turkish. */
void demo_init(struct demo *d);
void demo_done(struct demo *d);
void demo_go(
    struct demo *d, enum flow_state state); /* a screen change as the flow makes it; the focus at its default */
void demo_focus(struct demo *d, enum focus focus);
void demo_compose(struct demo *d);

#endif
