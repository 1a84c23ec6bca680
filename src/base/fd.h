/* Small care for file descriptors and processes. */
#ifndef EONAY_BASE_FD_H
#define EONAY_BASE_FD_H

#include <stddef.h>
#include <sys/types.h>
#include "base/err.h"

void fd_close(int *fd); /* closes once, leaves -1 */
/* No core, not dumpable, no ptrace of us by our own user; 0 to 2 are open, so that no socket or file of ours is taken
 * for one of them. Called first in every main that can hold a secret. */
void process_harden(void);
/* Blanks an argv string in place. */
void argv_blank(char *arg);

#endif
