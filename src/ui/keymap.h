/* Key codes of our own, so that screens and tables need no curses. Printable keys are their code points. */
#ifndef EONAY_UI_KEYMAP_H
#define EONAY_UI_KEYMAP_H

enum key {
    UK_NONE = 0,
    UK_ENTER = 0x110000, /* past Unicode */
    UK_ESC, UK_TAB, UK_BACKTAB, UK_UP, UK_DOWN, UK_LEFT, UK_RIGHT, UK_HOME, UK_END, UK_PGUP, UK_PGDN,
    UK_BACKSPACE, UK_DEL, UK_CTRL_U, UK_CTRL_C, UK_CTRL_L, UK_F1, UK_F2, UK_F3, UK_F4, UK_PASTE_BEGIN, UK_PASTE_END,
    UK_MOUSE, UK_RESIZE,
};

#endif
