/* Where everything of a view stands: a page of cells that may be longer than the window, the places the focus can be, and the
 * picture of the window itself. No terminal is needed. Rows and columns count from 0.
 *
 * The page is drawn first (layout_make), for the standard and high contrast looks inside the frame, for the reader look as
 * lines from column 0. Then the window (layout_draw): header, frame, message rows, footer, and the part of the page that
 * holds the focus. Rows of the page from page_rows on are pinned: they stand at the foot and never scroll. */
#ifndef EONAY_UI_LAYOUT_H
#define EONAY_UI_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include "ui/canvas.h"
#include "ui/keymap.h"
#include "ui/view.h"

#define LAYOUT_MIN_COLS 40
#define LAYOUT_MIN_ROWS 12

/* Times that stand still in the reader look, so that nothing is spoken unasked. */
struct still {
    char timer[512], clock[512];
    uint32_t opened_s; /* seconds there were when the page was opened or the time extended */
};

enum stop_kind {
    STOP_ITEM,
    STOP_MESSAGE, /* reader look: the message as a line; index = the item it is about, or VIEW_ITEMS */
    STOP_PAD,     /* a cell of the keypad where it can be walked; index into pad */
    STOP_HINT,    /* a function key of the footer; index into hints; its row is the window's last */
};

/* A place where the focus can be: one row, or several lines of a text below each other. */
struct stop {
    enum stop_kind kind;
    size_t index;
    int row, col, width; /* what is shown in reverse: of the page, a hint's of the window */
    int lines;
    int reach;  /* columns that a click may hit, from col */
    int cursor; /* column of the hardware cursor on the first line; further lines: col */
};
#define STOPS_MAX (VIEW_ITEMS + HINTS_MAX + 1)

/* A cell of the keypad: what a click on it is. */
struct pad_key {
    int row, col, width; /* of the page */
    int key;             /* a digit, UK_BACKSPACE or UK_DEL (Temizle) */
};
#define PAD_KEYS 12

struct layout {
    enum flow_look look;
    bool small;
    int rows, cols; /* of the window */
    struct canvas window, page;
    int page_rows, foot_rows;
    int top;                            /* the page row seen first */
    bool hold;                          /* paged away from the focus: `top` stays until the focus moves */
    int seen_row, seen_col, seen_rows;  /* where in the window the page is seen */
    int message_rows;
    struct stop stops[STOPS_MAX];
    size_t stop_count;
    struct hint hints[HINTS_MAX];
    size_t hint_count;
    struct pad_key pad[PAD_KEYS];
    size_t pad_count;
    int detail_row;                     /* page row for the detail of the focused option; -1: none */
    int document_end;                   /* page row of the last line of a text to be signed; -1: none */
    int cursor_row, cursor_col;         /* of the window, after layout_draw */
    const struct still *still;          /* reader look: said in place of the running times; NULL: as they are */
};

/* Places the view into a window of rows x cols. False when there is no memory. */
bool layout_make(struct layout *l, const struct view *v, const struct scene *s, int rows, int cols);
/* Draws the window with the focus on a line of a stop, scrolled so that it is seen, as little as possible. stop_count: none. */
void layout_draw(struct layout *l, const struct view *v, size_t stop, int line);
/* Moves what is seen by a page; false when it cannot. */
bool layout_page(struct layout *l, int sign);
/* Is a line of a stop on the screen? */
bool layout_sees(const struct layout *l, const struct stop *stop, int line);
/* Is the end of the text to be signed on the screen? */
bool layout_sees_document_end(const struct layout *l);
/* Which stop of the page, entry of the footer or cell of the keypad is at a cell of the window; stop_count, hint_count and
 * PAD_KEYS when none. */
size_t layout_stop_at(const struct layout *l, int row, int col, int *ret_line);
size_t layout_hint_at(const struct layout *l, int row, int col);
size_t layout_pad_at(const struct layout *l, int row, int col);
void layout_done(struct layout *l);

#endif
