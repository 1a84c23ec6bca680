/* UTF-8 that may come from a card, a server or a file: judged before it is signed, cleaned before it is shown. */
#ifndef EONAY_BASE_TEXT_H
#define EONAY_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Next code point of s[*at..len), advancing *at; UINT32_MAX on an invalid, overlong or surrogate sequence (advances 1).
 */
uint32_t utf8_next(const char *s, size_t len, size_t *at);
size_t utf8_put(char out[4], uint32_t cp); /* bytes written, 0 for an invalid code point */
size_t utf8_chars(const char *s, size_t len);

/* May this text be shown and signed? Letters of Latin, Latin-1 and Latin Extended-A, digits, common punctuation, blank
 * and newline; no control, bidi, zero-width, combining or private character. Every allowed character is its own NFC.
 * False for an empty text: nobody signs nothing. */
bool text_is_safe(const char *s, size_t len);
/* Copies s to out (at most out_len-1 bytes, cut at a character): every character a terminal could act on, and every
 * invalid byte, becomes '?'. Always NUL-terminates. For names, labels and details. */
void text_clean(char *out, size_t out_len, const char *s, size_t len);
/* Columns of a clean string: every character of the allow-list takes one. */
size_t text_width(const char *s);

/* Folds for comparing what a person typed with a label: case, i/ı/İ/I alike, ç->c ğ->g ö->o ş->s ü->u, outer blanks and
 * repeated blanks dropped. Own table, never the locale. */
void text_fold(char *out, size_t out_len, const char *s);
bool text_same(const char *a, const char *b); /* folds alike; of any length */

/* UTF-8 to what a poorer terminal takes, one byte for one character, so that no column moves: ASCII with the base
 * letter (İ->I ş->s), or ISO-8859-9, whose missing characters become ASCII likewise. Newlines stay; anything outside
 * the allow-list becomes '?'. At most out_len-1 bytes, NUL-terminated; the answer is their number. */
size_t text_ascii(char *out, size_t out_len, const char *s);
size_t text_latin5(char *out, size_t out_len, const char *s);

#endif
