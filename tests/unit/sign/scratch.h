/* A folder of the test's own for the files that libraries want to read. */
#ifndef EONAY_TESTS_SCRATCH_H
#define EONAY_TESTS_SCRATCH_H

#include "base/buf.h"

void scratch_open(void); /* makes it; everything in it goes with scratch_close */
void scratch_close(void);
const char *scratch_path(const char *name); /* valid until the fourth next call */
void scratch_write(const char *name, const void *bytes, size_t len);

#endif
