/* OSC 52: text for the clipboard of the terminal's own machine. */
#ifndef EONAY_UI_OSC52_H
#define EONAY_UI_OSC52_H

#include <stdbool.h>
#include <stddef.h>

/* The sequence into out; `through_screen`: wrapped so that GNU screen hands it on. Its length, 0 when it does not fit. */
size_t osc52(char *out, size_t out_len, const char *text, bool through_screen);

#endif
