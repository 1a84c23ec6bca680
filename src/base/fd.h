/* Small care for file descriptors and processes. */
#ifndef EONAY_BASE_FD_H
#define EONAY_BASE_FD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include "base/err.h"

void fd_close(int *fd); /* closes once, leaves -1 */
/* All of it; waits where fd is one that would not (O_NONBLOCK). False when it cannot be written; errno says why. */
bool fd_write_all(int fd, const void *bytes, size_t len) MUST_CHECK;
/* No core, not dumpable, no ptrace of us by our own user; 0 to 2 are open, so that no socket or file of ours is taken
 * for one of them. Called first in every main that can hold a secret. */
void process_harden(void);
/* Blanks an argv string in place. */
void argv_blank(char *arg);

#endif
