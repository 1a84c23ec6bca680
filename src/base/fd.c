#include "config.h"
#include "base/fd.h"

#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

void fd_close(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

void process_harden(void)
{
    const struct rlimit none = {0, 0};
    (void)setrlimit(RLIMIT_CORE, &none);
#ifndef WITH_SANITIZERS /* the leak checker traces its own process at exit */
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}

void argv_blank(char *arg)
{
    explicit_bzero(arg, strlen(arg));
}
