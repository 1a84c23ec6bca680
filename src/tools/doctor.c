#include "config.h"
#include "tools/doctor.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sysexits.h>
#include <unistd.h>
#include "base/fd.h"
#include "base/i18n.h"
#include "base/place.h"
#include "base/say.h"
#include "http/http.h"
#include "tools/doctor_say.h"
#include "wire/wire.h"

#define USB_DIR "/sys/bus/usb/devices"

struct options {
    const char *config, *usb;
    bool json, wire, remote, lang;
};

static const char usage[] =
    N_("Usage: eonay doctor [--config FILE] [--json] [--lang tr|en]\n"
       "\n"
       "  --config FILE   the wizard's settings (wizard.yaml)\n"
       "  --json          everything that was found, as JSON\n"
       "  --lang tr|en    the language of the answer\n"
       "  --remote        the person is not at this computer (by itself over SSH)\n"
       "  --usb DIR       where the kernel lists USB devices\n"
       "  --wire          answer the wizard that started this\n"
       "  --help\n"
       "\n"
       "Names the first broken link between you and the signature. Exit status 0: none is broken.\n");

enum { OPT_CONFIG = 256, OPT_JSON, OPT_LANG, OPT_REMOTE, OPT_USB, OPT_WIRE, OPT_HELP };
static const struct option known[] = {
    {"config", required_argument, NULL, OPT_CONFIG},
    {"json", no_argument, NULL, OPT_JSON},
    {"lang", required_argument, NULL, OPT_LANG},
    {"remote", no_argument, NULL, OPT_REMOTE},
    {"usb", required_argument, NULL, OPT_USB},
    {"wire", no_argument, NULL, OPT_WIRE},
    {"help", no_argument, NULL, OPT_HELP},
    {0},
};

static int refuse(void)
{
    say_text(stderr, tr(usage));
    return EX_USAGE;
}

static int take_lang(struct options *o, const char *word)
{
    o->lang = true;
    i18n_set(strcmp(word, "en") == 0 ? LANG_EN : LANG_TR);
    return strcmp(word, "en") == 0 || strcmp(word, "tr") == 0 ? -1 : refuse();
}

/* -1: go on; else the exit status. */
static int take(struct options *o, int opt)
{
    switch (opt) {
    case OPT_CONFIG:
        o->config = optarg;
        return -1;
    case OPT_JSON:
        o->json = true;
        return -1;
    case OPT_LANG:
        return take_lang(o, optarg);
    case OPT_REMOTE:
        o->remote = true;
        return -1;
    case OPT_USB:
        o->usb = optarg;
        return -1;
    case OPT_WIRE:
        o->wire = true;
        return -1;
    case OPT_HELP:
        say_text(stdout, tr(usage));
        return EX_OK;
    default:
        return refuse();
    }
}

static int options_read(int argc, char **argv, struct options *o)
{
    const char *ssh = getenv("SSH_CONNECTION");

    o->usb = USB_DIR;
    o->remote = ssh != NULL && ssh[0] != '\0';
    opterr = 0; /* getopt's own words follow the locale, ours the chosen language */
    i18n_heed(argc, argv);
    for (int opt, status; (opt = getopt_long(argc, argv, "", known, NULL)) != -1;)
        if ((status = take(o, opt)) != -1)
            return status;
    return optind < argc ? refuse() : -1;
}

static void complain(const char *detail)
{
    say_text(stderr, "eonay doctor: ");
    say_word(stderr, detail);
    say_text(stderr, "\n");
}

/* A missing file would come out as a card driver that does not start, or as a connection nobody vouches for. */
static bool is_readable(const char *key, const char *path)
{
    char detail[PATH_MAX + 128];

    if (access(path, R_OK) == 0)
        return true;
    snprintf(detail, sizeof detail, "%s: %s: %s", key, path, strerror(errno));
    complain(detail);
    return false;
}

static void examine(struct doctor *d, const struct options *o)
{
    static uint8_t frame[WIRE_MAX];

    doctor_run(d, o->wire ? doctor_tell_link : o->json ? NULL : doctor_say_link, frame);
    if (o->wire)
        doctor_tell_verdict(frame, d);
    else if (!o->json)
        doctor_say_verdict(d);
}

static bool print_json(const struct doctor *d)
{
    json_t *answer = doctor_json(d);
    char *text = answer == NULL ? NULL : json_dumps(answer, JSON_INDENT(2) | JSON_ENSURE_ASCII);

    if (text != NULL)
        puts(text);
    free(text);
    json_decref(answer);
    return text != NULL;
}

static int run(const struct options *o, const char *config, const struct settings *s)
{
    struct doctor *d = calloc(1, sizeof *d);
    enum chain_link l;
    int status;

    if (d == NULL || http_start() != OK) {
        free(d);
        return EX_OSERR;
    }
    d->config = config;
    d->settings = s;
    d->ignored = doctor_ignores_card(s);
    d->usb_dir = o->usb;
    d->ssh = o->remote;
    examine(d, o);
    enum err_code code = doctor_verdict(d, &l);
    status = verdict_exit(l, code);
    if (o->json && !print_json(d))
        status = EX_OSERR;
    doctor_done(d);
    free(d);
    http_stop();
    return fflush(stdout) == 0 ? status : EX_IOERR;
}

static int load_and_run(const struct options *o)
{
    char found[PATH_MAX];
    struct settings s;
    struct err err = {0};
    int status = EX_CONFIG;

    if (o->config == NULL && place_config(found, sizeof found) != OK)
        return EX_CONFIG;
    if (settings_load(o->config != NULL ? o->config : found, &s, &err) != OK) {
        complain(err.detail);
        return EX_CONFIG;
    }
    if (!o->lang)
        i18n_set((enum lang)s.lang);
    if (is_readable("trust", s.trust) && is_readable("tls_ca", s.tls_ca))
        status = run(o, o->config != NULL ? o->config : found, &s);
    settings_free(&s);
    return status;
}

int main(int argc, char **argv)
{
    struct options o = {0};
    int status;

    process_harden();
    (void)signal(SIGPIPE, SIG_IGN);
    (void)signal(SIGCHLD, SIG_DFL); /* who starts us may ignore it: then nobody could be waited for */
    i18n_init(i18n_lang_of_locale());
    status = options_read(argc, argv, &o);
    if (status == -1 && o.wire)
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    return status != -1 ? status : load_and_run(&o);
}
