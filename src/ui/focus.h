/* Where the focus is: it follows what the flow asks for, stays on the same thing when a screen is composed anew (another
 * language, another look, a message), and is remembered under an interruption or the help page. */
#ifndef EONAY_UI_FOCUS_H
#define EONAY_UI_FOCUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "ui/layout.h"

/* What the focus is on, so that it is found again on another page. */
struct spot {
    enum stop_kind kind;
    enum role role;
    enum choice choice;
    uint32_t choice_value;
    enum field_id field;
    int key;    /* of a hint, of a cell of the keypad */
    size_t nth; /* among stops that are alike in all this */
    size_t at;  /* where it was, when nothing is alike any more */
    int line;
};

struct focus_on {
    bool set;
    struct spot spot;
};

struct focus_state {
    bool begun;
    enum flow_state place, page; /* the screen, and what stands over it (the screen itself, an interruption) */
    bool help;
    uint32_t seq;
    struct focus_on below, over;
    size_t stop; /* now, in the layout it was settled for */
    int line;
    enum field_id typed; /* the field that had the focus last */
    bool new_page; /* the last focus_settle found another page than before */
};

/* Finds the stop for a new layout. */
void focus_settle(struct focus_state *f, const struct layout *l, const struct view *v, const struct scene *s);
/* Puts the focus on a stop and remembers what it is. */
void focus_put(struct focus_state *f, const struct layout *l, const struct view *v, size_t stop, int line);
/* The item with the focus, NULL when it is on a message, the footer or nothing. */
const struct item *focus_item(const struct focus_state *f, const struct layout *l, const struct view *v);
/* The field that takes what is typed: the one with the focus, or the one a message with the focus stands above. */
const struct item *focus_field(const struct focus_state *f, const struct layout *l, const struct view *v);
/* Was the focus of the screen below an interruption on this field? */
bool focus_was_on(const struct focus_state *f, enum field_id field);
/* The stop of an item; stop_count when it has none in this look. */
size_t focus_stop_of(const struct layout *l, size_t item);

#endif
