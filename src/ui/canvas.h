/* A grid of cells, drawn before anything reaches a terminal: one character and one style role each. Every character that is
 * put here takes exactly one column and cannot move a terminal: anything else becomes '?'. What falls outside is counted. */
#ifndef EONAY_UI_CANVAS_H
#define EONAY_UI_CANVAS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* What a cell is for; theme.h says how that looks. */
enum style {
    STYLE_PLAIN,
    STYLE_FRAME,
    STYLE_PLACE,
    STYLE_TEST,
    STYLE_TITLE,
    STYLE_HEADING,
    STYLE_CODE,
    STYLE_FIELD,
    STYLE_OFF, /* can be looked at, not chosen */
    STYLE_FOCUS,
    STYLE_INFO,
    STYLE_WARN,
    STYLE_ERROR,
    STYLE_KEY,
    STYLE_HINT,
    STYLE_COUNT
};

struct cell {
    uint32_t cp;
    uint32_t style;
};

struct canvas {
    int rows, cols;
    int room; /* rows there is memory for */
    struct cell *cells;
    size_t clipped;   /* characters that had no cell */
    size_t overdrawn; /* characters that were put over others */
};

/* Box drawing and the arrow of the keypad: the terminal's own set draws them, with + - | < where it has none. */
enum {
    BOX_H = 0x2500,
    BOX_V = 0x2502,
    BOX_TL = 0x250c,
    BOX_TR = 0x2510,
    BOX_BL = 0x2514,
    BOX_BR = 0x2518,
    BOX_T = 0x252c,
    BOX_B = 0x2534,
    BOX_LEFT = 0x2190,
};

/* An empty grid of rows x cols; keeps its memory when it is large enough. False when there is no memory: it is 0x0 then. */
bool canvas_reset(struct canvas *c, int rows, int cols);
/* Makes sure that row exists (canvas_reset was called before); false when there is no memory for it. */
bool canvas_need(struct canvas *c, int row);
void canvas_done(struct canvas *c);

void canvas_put(struct canvas *c, int row, int col, uint32_t cp, enum style style);
/* UTF-8 of len bytes on one row, at most width columns; the rest is counted as clipped. Returns the columns written. */
int canvas_text(struct canvas *c, int row, int col, int width, const char *s, size_t len, enum style style);
/* The same for a whole string that may be cut: what does not fit ends in "..", uncounted (names of unknown length). */
int canvas_cut(struct canvas *c, int row, int col, int width, const char *s, enum style style);
void canvas_fill(struct canvas *c, int row, int col, int width, uint32_t cp, enum style style);
void canvas_box(struct canvas *c, int row, int col, int rows, int cols, enum style style);
/* A whole row of another canvas, as it stands there. */
void canvas_copy(struct canvas *c, int row, int col, const struct canvas *from, int from_row);
/* Changes the style of cells, not their characters. */
void canvas_mark(struct canvas *c, int row, int col, int width, enum style style);
const struct cell *canvas_at(const struct canvas *c, int row, int col); /* inside only */
/* Two layers, text and style letters, blanks at the end of lines left out:
 * -- text 80x24 clipped=0 ... -- style 80x24 ... */
void canvas_dump(const struct canvas *c, FILE *out);

#endif
