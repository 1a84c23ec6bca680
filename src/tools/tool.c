#include "config.h"
#include "tools/tool.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/i18n.h"
#include "base/place.h"
#include "base/say.h"

static bool lang_named; /* one program, one command line */

void tool_start(void)
{
    process_harden();
    (void)signal(SIGPIPE, SIG_IGN);
    (void)signal(SIGCHLD, SIG_DFL); /* who starts us may ignore it: then nobody could be waited for */
    i18n_init(i18n_lang_of_locale());
}

int tool_refuse(const struct tool *t)
{
    say_text(stderr, tr(t->usage));
    return EX_USAGE;
}

int tool_expect(const struct tool *t, const char *word, const char *expected)
{
    say_fmt(stderr, "eonay %s: ", t->name);
    say_fmt(stderr, tr("\"%s\": expected here: %s."), word, expected);
    say_text(stderr, "\n");
    return EX_USAGE;
}

static int take_lang(const struct tool *t, const char *word)
{
    bool english = strcmp(word, "en") == 0;
    lang_named = true;
    i18n_set(english ? LANG_EN : LANG_TR);
    return english || strcmp(word, "tr") == 0 ? -1 : tool_expect(t, "--lang", "tr, en");
}

static int take(const struct tool *t, int opt, void *options)
{
    switch (opt) {
    case TOOL_LANG:
        return take_lang(t, optarg);
    case TOOL_HELP:
        say_text(stdout, tr(t->usage));
        return EX_OK;
    case '?':
    case ':':
        return tool_refuse(t);
    default:
        return t->take(options, opt, optarg);
    }
}

int tool_options(const struct tool *t, int argc, char **argv, void *options)
{
    opterr = 0; /* getopt's own words follow the locale, ours the chosen language */
    i18n_heed(argc, argv);
    for (int opt, status; (opt = getopt_long(argc, argv, "", t->known, NULL)) != -1;)
        if ((status = take(t, opt, options)) != -1)
            return status;
    return -1;
}

void tool_complain(const struct tool *t, const char *detail)
{
    say_fmt(stderr, "eonay %s: ", t->name);
    say_word(stderr, detail);
    say_text(stderr, "\n");
}

enum err_code tool_settings_load(
    const struct tool *t, const char *config, char ret_path[PATH_MAX], struct settings *ret, struct err *err)
{
    enum err_code rc = OK;
    if (config == NULL)
        rc = place_config(ret_path, PATH_MAX);
    else
        snprintf(ret_path, PATH_MAX, "%s", config);
    if (rc != OK)
        return err_set(err, rc, "wizard.yaml");
    rc = settings_load(ret_path, ret, err);
    if (rc == OK && !lang_named)
        i18n_set((enum lang)ret->lang);
    if (rc == OK)
        return OK;
    tool_complain(t, err->detail);
    if (config == NULL && access(ret_path, F_OK) != 0)
        say_line(stderr, tr("The settings were not found; name them with --config FILE."));
    return rc;
}

int tool_settings(const struct tool *t, const char *config, char ret_path[PATH_MAX], struct settings *ret)
{
    struct err err = {0};
    return tool_settings_load(t, config, ret_path, ret, &err) == OK ? -1 : EX_CONFIG;
}
