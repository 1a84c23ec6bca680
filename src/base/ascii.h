/* Protocol words: ASCII only, never the locale (in tr_TR "INFO" and "info" differ for libc). */
#ifndef EONAY_BASE_ASCII_H
#define EONAY_BASE_ASCII_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

char ascii_lower(char c);
char ascii_upper(char c);
bool ascii_is_digit(char c);
bool ascii_is_alnum(char c);
int ascii_casecmp(const char *a, const char *b);
bool ascii_starts(const char *s, const char *prefix);
/* Whole string, decimal, no sign, no blanks; false on overflow or past max. */
bool ascii_u64(const char *s, uint64_t max, uint64_t *ret);
void ascii_hex(char *out /* 2*len+1 */, const uint8_t *bytes, size_t len); /* lower case */
bool ascii_unhex(uint8_t *out, size_t out_len, const char *hex);           /* exactly 2*out_len digits */

#endif
