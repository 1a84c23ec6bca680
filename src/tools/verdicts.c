#include "config.h"
#include "tools/doctor.h"

#include <sysexits.h>

static const struct {
    enum chain_link of;
    enum err_code code;
    int status;
} verdicts[] = {
#define VERDICT(id, note, status) {LINK_##id, ERR_##note, status},
#include "tools/verdicts.def"
#undef VERDICT
};

int verdict_exit(enum chain_link l, enum err_code code)
{
    if (code == ERR_DR_WHOLE)
        return EX_OK;
    for (size_t i = 0; i < sizeof verdicts / sizeof verdicts[0]; i++)
        if (verdicts[i].of == l && verdicts[i].code == code)
            return verdicts[i].status;
    return EX_SOFTWARE;
}
