/* The command line of eonay, read once. */
#ifndef EONAY_WIZARD_OPTIONS_H
#define EONAY_WIZARD_OPTIONS_H

#include <stdbool.h>
#include "base/code.h"

struct options {
    const char *config; /* borrowed from argv, NULL: the default place */
    bool plain, reader, kiosk, code_mode;
    int lang;                      /* enum lang, -1: as configured */
    char code[CODE_TEXT_LEN + 34]; /* what --code named; "" for "-" */
    char **tool;                   /* `eonay verify ...`: the tool's arguments from its name on, else NULL */
};

/* Blanks a code given in argv. Returns -1 to go on, else the exit status (words already printed: --help, --version, or
 * what was wrong and how to ask for help). */
int options_read(int argc, char **argv, struct options *ret);
/* Runs the tool's program in our place; returns only when that fails, with the exit status. */
int options_run_tool(char **tool);

#endif
