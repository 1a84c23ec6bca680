/* A terminal for tests: bytes in, cells and cursor out. It knows what curses sends to xterm, vt100, linux and screen,
 * and counts what it does not know. */
#ifndef EONAY_TESTS_VT_H
#define EONAY_TESTS_VT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VT_ROWS 60
#define VT_COLS 160

struct vt_cell {
    uint32_t cp;
    bool reverse, bold, underline;
    bool white, on_black; /* as told; what is erased takes the colour behind, as on an xterm */
};

struct vt {
    int rows, cols, row, col;
    struct vt_cell cells[VT_ROWS][VT_COLS];
    struct vt_cell pen;
    bool wrap_due, graphics, g1_graphics, shifted, utf8;
    int top, bottom;   /* scrolling region */
    uint32_t last;     /* for repeat */
    char pending[128]; /* of a sequence or a character */
    size_t pending_len;
    bool alternate, paste, mouse;
    size_t unknown, bells, scrolled;
};

void vt_init(struct vt *t, int rows, int cols, bool utf8);
void vt_feed(struct vt *t, const char *bytes, size_t len);
/* A row as UTF-8 without the blanks at its end. */
const char *vt_row(const struct vt *t, int row, char out[4 * VT_COLS + 1]);

#endif
