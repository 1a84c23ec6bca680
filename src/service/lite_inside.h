/* What lite.c and lite_group.c share. */
#ifndef EONAY_SERVICE_LITE_INSIDE_H
#define EONAY_SERVICE_LITE_INSIDE_H

#include <stdbool.h>

struct lite;
bool lite_exec(struct lite *l, const char *sql);
bool lite_in_transaction(struct lite *l);

#endif
