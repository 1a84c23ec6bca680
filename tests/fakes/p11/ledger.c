#include "config.h"
#include "fakes/p11/ledger.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

const char *const p11_call_names[P11_CALLS] = {
#define CALL(name) #name,
#include "fakes/p11/calls.def"
#undef CALL
};

struct p11_ledger *p11_ledger_map(const char *dir)
{
    char path[512];
    void *at = MAP_FAILED;

    snprintf(path, sizeof path, "%s/ledger", dir);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd >= 0 && ftruncate(fd, sizeof(struct p11_ledger)) == 0)
        at = mmap(NULL, sizeof(struct p11_ledger), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (fd >= 0)
        close(fd);
    return at == MAP_FAILED ? NULL : at;
}

void p11_ledger_unmap(struct p11_ledger **l)
{
    if (*l != NULL)
        munmap(*l, sizeof **l);
    *l = NULL;
}
