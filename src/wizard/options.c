#include "config.h"
#include "wizard/options.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/i18n.h"
#include "base/place.h"
#include "base/say.h"

/* Tools that are programs of their own (src/tools). */
static const char *const tools[] = {"verify", "doctor", "report", "pin"};

static const char usage[] =
    N_("Usage: eonay [--config FILE] [--plain] [--reader] [--lang tr|en] [--code CODE|-] [--kiosk]\n"
       "       eonay verify FILE --ca FILE [--depth sentence|table|full] [--json]\n"
       "       eonay doctor [--config FILE] [--json]\n"
       "       eonay report [--config FILE] [--out FILE]\n"
       "       eonay pin change [--config FILE] [--card N]\n"
       "\n"
       "  --config FILE   the wizard's settings (wizard.yaml)\n"
       "  --plain         line by line, also for pipes; by itself when there is no terminal\n"
       "  --reader        the look for screen readers and braille displays (also EONAY_READER=1)\n"
       "  --lang tr|en    the language to start with\n"
       "  --code CODE|-   start at the verification code, with CODE filled in\n"
       "  --kiosk         leaving goes back to the first screen\n"
       "  --help, --version\n");

enum { OPT_CONFIG = 256, OPT_PLAIN, OPT_READER, OPT_LANG, OPT_CODE, OPT_KIOSK, OPT_HELP, OPT_VERSION };

static const struct option known[] = {
    {"config", required_argument, NULL, OPT_CONFIG},
    {"plain", no_argument, NULL, OPT_PLAIN},
    {"reader", no_argument, NULL, OPT_READER},
    {"lang", required_argument, NULL, OPT_LANG},
    {"code", required_argument, NULL, OPT_CODE},
    {"kiosk", no_argument, NULL, OPT_KIOSK},
    {"help", no_argument, NULL, OPT_HELP},
    {"version", no_argument, NULL, OPT_VERSION},
    {0},
};

static int refuse(const char *words, const char *what)
{
    say_fmt(stderr, "eonay: %s: ", words);
    say_word(stderr, what);
    say_fmt(stderr, "\n%s\n", tr("Try: eonay --help"));
    return EX_USAGE;
}

static int take_code(struct options *o, char *arg)
{
    o->code_mode = true;
    if (strcmp(arg, "-") == 0)
        return -1;
    bool fits = strlen(arg) < sizeof o->code;
    if (fits)
        strcpy(o->code, arg);
    argv_blank(arg);
    return fits ? -1 : refuse(tr("This is no verification code"), "--code");
}

/* getopt's own words follow the locale and go out as they came. */
static int refuse_option(const char *word)
{
    char letter[] = {'-', (char)optopt, '\0'};
    bool is_letter = optopt > ' ' && optopt < 0x7f;
    return refuse(tr("Not understood"), is_letter ? letter : word);
}

static int take(struct options *o, int opt, const char *word)
{
    switch (opt) {
    case OPT_CONFIG:
        o->config = optarg;
        return -1;
    case OPT_PLAIN:
        o->plain = true;
        return -1;
    case OPT_READER:
        o->reader = true;
        return -1;
    case OPT_LANG:
        o->lang = strcmp(optarg, "en") == 0 ? LANG_EN : LANG_TR;
        i18n_set((enum lang)o->lang);
        return strcmp(optarg, "en") == 0 || strcmp(optarg, "tr") == 0 ? -1 : refuse(tr("No such language"), optarg);
    case OPT_CODE:
        return take_code(o, optarg);
    case OPT_KIOSK:
        o->kiosk = true;
        return -1;
    case OPT_HELP:
        say_text(stdout, tr(usage));
        return EX_OK;
    case OPT_VERSION:
        say_line(stdout, PACKAGE_STRING);
        return EX_OK;
    default:
        return refuse_option(word);
    }
}

static bool is_set(const char *variable)
{
    const char *value = getenv(variable);
    return value != NULL && strcmp(value, "1") == 0;
}

static bool is_tool(const char *word)
{
    for (size_t i = 0; i < sizeof tools / sizeof tools[0]; i++)
        if (strcmp(word, tools[i]) == 0)
            return true;
    return false;
}

int options_read(int argc, char **argv, struct options *ret)
{
    *ret = (struct options){.lang = -1, .plain = is_set("ACCESSIBLE"), .reader = is_set("EONAY_READER")};
    if (argc > 1 && is_tool(argv[1])) {
        ret->tool = argv + 1;
        return -1;
    }
    i18n_heed(argc, argv);
    opterr = 0;
    for (int opt, status; (opt = getopt_long(argc, argv, "", known, NULL)) != -1;)
        if ((status = take(ret, opt, argv[optind - 1])) != -1)
            return status;
    return optind < argc ? refuse(tr("Not understood"), argv[optind]) : -1;
}

int options_run_tool(char **tool)
{
    char name[32], path[PATH_MAX];
    snprintf(name, sizeof name, "eonay-%s", tool[0]);
    if (place_part(path, sizeof path, name) != OK)
        return EX_UNAVAILABLE;
    tool[0] = name;
    execv(path, tool);
    say_fmt(stderr, "%s: %s\n", path, strerror(errno));
    return EX_UNAVAILABLE;
}
