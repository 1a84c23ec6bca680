/* eonay: the wizard. */
#include "config.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/fd.h"
#include "base/i18n.h"
#include "wizard/wizard.h"

#ifdef WITH_SANITIZERS
/* libpanel makes a panel of its own for each screen and never frees it; nothing is said of that. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_options(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:new_panel\n";
}
const char *__lsan_default_options(void)
{
    return "print_suppressions=0";
}
#endif

int main(int argc, char **argv)
{
    struct options options;
    int status;
    process_harden();
    i18n_init(LANG_TR);
    if ((status = options_read(argc, argv, &options)) != -1)
        return status;
    if (options.tool != NULL)
        return options_run_tool(options.tool);
    struct wizard *w = calloc(1, sizeof *w);
    if (w == NULL)
        return EX_OSERR;
    bool open = wizard_open(w, &options, NULL, &status);
    explicit_bzero(options.code, sizeof options.code);
    if (open)
        status = wizard_run(w);
    wizard_close(w);
    free(w);
    return status;
}
