/* An item as a line of words: what the reader look shows and the plain face prints. */
#ifndef EONAY_UI_SPOKEN_H
#define EONAY_UI_SPOKEN_H

#include <stdbool.h>
#include <stddef.h>
#include "ui/view.h"

/* Which number an item of a menu, a list of methods or an open list has, from 1; 0: none. Every list of a view counts anew,
 * with its role. */
unsigned item_number(const struct view *v, size_t index);
/* Does the digit stand before the label in the reader look? Not beside numbered steps. */
bool item_shows_number(const struct view *v, size_t index);
/* The step's own number, from 1. */
unsigned item_step(const struct view *v, size_t index);

/* Without a choice's number. DOCUMENT gives its text as it is; KEYPAD and QR give nothing. Returns out. */
#define SPOKEN_MAX 2048
const char *item_spoken(char out[SPOKEN_MAX], const struct view *v, size_t index);
/* "K7QM - 3XPD - 9R4T": the symbols of a code in groups of four. */
void code_in_groups(char *out, size_t out_len, const char *code, const char *between);
/* text with {key} replaced by value; cut where out ends. */
void words_put(char *out, size_t out_len, const char *text, const char *key, const char *value);
/* "%35" or "35%". */
void per_cent(char *out, size_t out_len, unsigned n);

#endif
