/* The match code: eight symbols by which a person sees or hears that two places show the same text. The first 40 bits
 * of SHA-256("eonay-match-1" || SHA-256(text)) in the symbols of the verification code (code.h). It has no check
 * symbol: it is read, compared and never typed. */
#ifndef EONAY_BASE_MATCH_H
#define EONAY_BASE_MATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MATCH_LEN 8      /* symbols, as the service sends them */
#define MATCH_TEXT_LEN 9 /* in two groups, as they are shown: "5YGJ RXC1" */

/* Of the text with this digest, in two groups, NUL-terminated. */
void match_code(const uint8_t text_sha256[32], char out[MATCH_TEXT_LEN + 1]);
/* The eight symbols without the blank between the groups, NUL-terminated. */
void match_plain(const char grouped[MATCH_TEXT_LEN + 1], char out[MATCH_LEN + 1]);
/* Eight symbols, and nothing else, into two groups. False, and `out` is empty, when `s` is anything else. */
bool match_read(const char *s, size_t len, char out[MATCH_TEXT_LEN + 1]);

#endif
