/* p11-count FOLDER: what the fake in this folder has counted, a line each; for tests in shell. */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <sysexits.h>
#include "fakes/p11/ledger.h"

static void line(const char *name, uint64_t n)
{
    if (n > 0)
        printf("%s %" PRIu64 "\n", name, n);
}

int main(int argc, char **argv)
{
    struct p11_ledger *l = argc == 2 ? p11_ledger_map(argv[1]) : NULL;

    if (l == NULL)
        return EX_USAGE;
    for (size_t i = 0; i < P11_CALLS; i++)
        line(p11_call_names[i], l->calls[i]);
    line("card-logins", l->card_logins);
    line("key-logins", l->key_logins);
    line("signatures", l->signatures);
    if (l->mistake[0] != '\0')
        printf("mistake %s\n", l->mistake);
    p11_ledger_unmap(&l);
    return EX_OK;
}
