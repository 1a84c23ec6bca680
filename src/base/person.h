/* The Turkish identity number (T.C. Kimlik No): check digits and mask. */
#ifndef EONAY_BASE_PERSON_H
#define EONAY_BASE_PERSON_H

#include <stdbool.h>

#define TCKN_LEN 11

bool tckn_is_valid(const char *tckn);                     /* 11 digits, first not 0, both check digits right */
void tckn_mask(char out[TCKN_LEN + 1], const char *tckn); /* "100******46"; all stars when not 11 characters */

#endif
