/* fuzz TARGET [libFuzzer's options and folders]; alone it names the targets. */
#include "config.h"
#include <stdio.h>
#include <stdlib.h>
#include "fuzz/fuzz.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static const struct fuzz_target *target;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    target = *argc > 1 ? fuzz_target_named((*argv)[1]) : NULL;
    if (target == NULL) {
        for (size_t i = 0; fuzz_target_at(i) != NULL; i++)
            puts(fuzz_target_at(i)->name);
        exit(*argc > 1 ? 2 : 0);
    }
    for (int i = 1; i < *argc; i++)
        (*argv)[i] = (*argv)[i + 1];
    *argc -= 1;
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    if (len <= FUZZ_INPUT_MAX)
        target->run(data, len);
    return 0;
}
