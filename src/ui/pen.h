/* Inside of the framed page: the pen that goes down it (page_framed.c) and draws one item after the other (pen.c). */
#ifndef EONAY_UI_PEN_H
#define EONAY_UI_PEN_H

#include "ui/page.h"

enum {
    MARGIN = 2,       /* texts and labels */
    ACT = 4,          /* menu items, buttons, the text to be signed */
    NUMBER = 3,       /* "1  " */
    FIELD_AT = 19,    /* brackets, from the label's column */
    COLON_AT = 15,    /* the colon of facts, from the label's column */
    TEXT_MAX = 100,   /* columns of a text: longer lines are hard to read */
    TWO_COLUMNS = 76, /* least width for a second column or the keypad */
    PAD_AT = 50,
    PAD_ROWS = 6,
    FOOT_ROOM = 6, /* rows that must remain above the foot, else it scrolls with the rest */
    BAR = 40,
};

struct pen {
    struct layout *l;
    const struct view *v;
    int cols;               /* of the page */
    int row;                /* next free row */
    int base;               /* column of texts and labels: MARGIN, or of the second column */
    int edge;               /* first column texts may not use */
    bool dense;             /* no blank line is doubled */
    int drop;               /* so many blank lines are left out, the upper ones first */
    int group_row;          /* where the items of one role began */
    int group_end;          /* the widest of them ends here */
    int last_row, last_end; /* of the item before */
    int left_row;           /* where the left column ended; -1: no second column now */
    int divider;            /* column of the line between the two */
    int pad_row;            /* top of the keypad beside the next button; -1: none */
    bool in_foot;
    bool detail_below; /* of options: in the foot */
    const struct item *before; /* shown last */
};

static inline int larger(int a, int b)
{
    return a > b ? a : b;
}

static inline int smaller(int a, int b)
{
    return a < b ? a : b;
}

/* Is the item part of the framed looks at this width? */
bool pen_sees(const struct pen *p, const struct item *i);
/* Draws the item at p->row and moves on; adds its stop. */
void pen_draw(struct pen *p, const struct item *i);

#endif
