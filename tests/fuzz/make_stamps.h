/* The part of the kept corpus that is time-stamped: corpus/tst, corpus/levels and their world. */
#ifndef EONAY_FUZZ_MAKE_STAMPS_H
#define EONAY_FUZZ_MAKE_STAMPS_H

#include <stddef.h>

/* keep(FOLDER, NAME, bytes, len) writes one file. */
void make_stamps(void (*keep)(const char *folder, const char *name, const void *bytes, size_t len));

#endif
