/* How a style role looks. Attributes only, so that every role is readable without colour; colour is never the only sign. */
#ifndef EONAY_UI_THEME_H
#define EONAY_UI_THEME_H

#include <stdbool.h>
#include "flow/flow.h"
#include "ui/canvas.h"

struct paint {
    bool bold, reverse, underline;
    bool white_on_black; /* whatever the terminal's own colours are */
};

struct paint theme_paint(enum flow_look look, enum style style);
char theme_letter(enum style style); /* for dumps */

#endif
