/* Key codes of our own, so that screens and tables need no curses. Printable keys are their code points. And the keys that
 * work on every screen, behind each screen's own table. */
#ifndef EONAY_UI_KEYMAP_H
#define EONAY_UI_KEYMAP_H

#include <stddef.h>
#include "ui/view.h"

enum key {
    UK_NONE = 0,
    UK_ENTER = 0x110000, /* past Unicode */
    UK_ESC, UK_TAB, UK_BACKTAB, UK_UP, UK_DOWN, UK_LEFT, UK_RIGHT, UK_HOME, UK_END, UK_PGUP, UK_PGDN,
    UK_BACKSPACE, UK_DEL, UK_CTRL_U, UK_CTRL_C, UK_CTRL_L, UK_CTRL_Z, UK_F1, UK_F2, UK_F3, UK_F4,
    UK_PASTE_BEGIN, UK_PASTE_END, UK_MOUSE, UK_WHEEL_UP, UK_WHEEL_DOWN, UK_RESIZE,
};

/* Ends with key 0: F1 to F4, ?, t, Ctrl-C; and the words of the keys every screen has, for the help page. */
extern const struct keybind keymap_common[];
/* Enter Seç, Esc Geri: for screens without a table of their own. */
extern const struct keybind keymap_plain[];

/* What a key means on this screen: its own table first, then the common one. NULL: nothing. */
const struct keybind *keymap_find(const struct view *v, int key);
const struct keybind *keymap_own(const struct view *v, int key); /* its own table alone */

/* The footer: entries that fit into `width` columns, two blanks apart; F3, F2, F4, Tab, Del, then the screen's own but Esc are
 * left out first. F1 stays. */
struct hint {
    const struct keybind *bind;
    const char *label; /* translated */
    int col, width;    /* from the left end of the footer's room */
};
#define HINTS_MAX 16
size_t keymap_footer(const struct view *v, int width, struct hint hints[HINTS_MAX]);

#endif
