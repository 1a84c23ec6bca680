/* Where the other parts of the project lie: beside this program (src/base/place.h), else where they were installed. */
#ifndef EONAY_SANDBOX_PARTS_H
#define EONAY_SANDBOX_PARTS_H

#include <limits.h>
#include "base/err.h"

/* A program, module, folder or data file of ours by its name. ERR_FILE with a sentence when it is nowhere. */
enum err_code part_find(char out[PATH_MAX], const char *name, struct err *err) MUST_CHECK;

#endif
