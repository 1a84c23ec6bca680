/* eonay: the wizard. */
#include "config.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/fd.h"
#include "base/i18n.h"
#include "wizard/wizard.h"

int main(int argc, char **argv)
{
    struct options options;
    int status;
    process_harden();
    i18n_init(i18n_lang_of_locale()); /* until an option or the settings name another */
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
