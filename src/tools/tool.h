/* What the tools of `eonay` begin and end with: the process, the command line, the wizard's settings. */
#ifndef EONAY_TOOLS_TOOL_H
#define EONAY_TOOLS_TOOL_H

#include <getopt.h>
#include <limits.h>
#include <stdbool.h>
#include "base/settings.h"

struct tool {
    const char *name;  /* "doctor": what follows "eonay" */
    const char *usage; /* msgid */
    const struct option *known;
    /* One option with its value; -1: go on, else the exit status. --lang and --help (TOOL_LANG, TOOL_HELP) are taken
     * before. */
    int (*take)(void *options, int opt, char *value);
};

enum { TOOL_LANG = 128, TOOL_HELP, TOOL_OWN = 256 };
#define TOOL_OPTIONS                                                                                                   \
    {"lang", required_argument, NULL, TOOL_LANG}, {"help", no_argument, NULL, TOOL_HELP},                              \
    {                                                                                                                  \
        0                                                                                                              \
    }

/* Nothing of this process is dumped or traced, a closed pipe is an error, children can be waited for; the language is
 * the locale's until an option or the settings name one. */
void tool_start(void);
/* -1: go on, optind stands at the first operand; else the exit status, words are said. */
int tool_options(const struct tool *t, int argc, char **argv, void *options);
int tool_refuse(const struct tool *t); /* the usage on standard error; EX_USAGE */
/* The same for one word alone: what was expected in its place, as one would type it. */
int tool_expect(const struct tool *t, const char *word, const char *expected);
void tool_complain(const struct tool *t, const char *detail);
/* The wizard's settings, from `config` or (NULL) from where the wizard finds them; *ret_path is that file. Their
 * language counts when the command line named none. -1: loaded, the caller frees them; else the exit status. */
int tool_settings(const struct tool *t, const char *config, char ret_path[PATH_MAX], struct settings *ret);
/* The same for who tells the error, too (settings_load's, its detail in *err); the words for a person are said. */
enum err_code tool_settings_load(const struct tool *t, const char *config, char ret_path[PATH_MAX],
    struct settings *ret, struct err *err) MUST_CHECK;

#endif
