/* The verification code: 11 random symbols and one check symbol of the same 32, in three groups of four.
 * Alphabet 0-9 A-Z without I L O U. Check: sum over GF(32) of a^i * c_i = 0, so that every single wrong symbol and
 * every swap of neighbours is found without asking the service. */
#ifndef EONAY_BASE_CODE_H
#define EONAY_BASE_CODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CODE_LEN 12
#define CODE_TEXT_LEN 14 /* with two dashes */

enum code_fit { CODE_FITS, CODE_EMPTY, CODE_SHORT, CODE_LONG, CODE_BAD_LETTER, CODE_BAD_CHECK };

extern const char code_symbols[33]; /* the alphabet, each symbol at its value */

/* 11 values 0..31 (from a CSPRNG) to a NUL-terminated code without dashes. */
void code_make(char out[CODE_LEN + 1], const uint8_t random[CODE_LEN - 1]);
/* One typed character (code point) to its symbol: look-alikes mended (O->0; I ı İ i L l->1; U->V), case free.
 * 0 for a character that is skipped (blank, dash), -1 for one that no code holds. */
int code_symbol(uint32_t cp);
/* Reads what was typed or pasted: mends look-alikes, drops blanks and dashes. *symbols counts what was read. */
enum code_fit code_read(const char *typed, size_t len, char out[CODE_LEN + 1], size_t *symbols);
/* "K7QM-3XPD-9R4T" */
void code_group(char out[CODE_TEXT_LEN + 1], const char *code);

#endif
