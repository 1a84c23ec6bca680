/* What the two programs share: their arguments, their last words, their exit codes (sysexits.h). */
#ifndef EONAY_SERVICE_PROGRAM_H
#define EONAY_SERVICE_PROGRAM_H

#include <stdbool.h>
#include "base/err.h"
#include "base/i18n.h"

#define PROGRAM_REST 4

struct program_args {
    const char *config, *tckn, *number, *out;
    bool json, help;
    const char *rest[PROGRAM_REST]; /* words that are no options */
    int rest_count;
};
/* False for an unknown option, a missing value, too many words or no --config (unless --help). */
bool program_read(int argc, char **argv, struct program_args *ret);
/* --lang tr|en, else the locale's: English when LC_ALL, LC_MESSAGES or LANG says en, Turkish otherwise. */
enum lang program_lang(int argc, char **argv);

int program_usage(const char *usage); /* to standard error; EX_USAGE */
int program_help(const char *usage);  /* to standard output; 0 */
/* "eonayd: sentence advice (detail)" to standard error; the exit code that belongs to the error. */
int program_fail(const char *program, enum err_code code, const struct err *err);

#endif
