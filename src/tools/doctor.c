#include "config.h"
#include "tools/doctor.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sysexits.h>
#include <unistd.h>
#include "base/i18n.h"
#include "http/http.h"
#include "tools/doctor_say.h"
#include "tools/tool.h"
#include "wire/wire.h"

#define USB_DIR "/sys/bus/usb/devices"

struct options {
    const char *config, *usb;
    bool json, wire, remote;
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

enum { OPT_CONFIG = TOOL_OWN, OPT_JSON, OPT_REMOTE, OPT_USB, OPT_WIRE };
static const struct option known[] = {
    {"config", required_argument, NULL, OPT_CONFIG},
    {"json", no_argument, NULL, OPT_JSON},
    {"remote", no_argument, NULL, OPT_REMOTE},
    {"usb", required_argument, NULL, OPT_USB},
    {"wire", no_argument, NULL, OPT_WIRE},
    TOOL_OPTIONS,
};

static int take(void *options, int opt, char *value)
{
    struct options *o = options;

    switch (opt) {
    case OPT_CONFIG:
        o->config = value;
        break;
    case OPT_JSON:
        o->json = true;
        break;
    case OPT_REMOTE:
        o->remote = true;
        break;
    case OPT_USB:
        o->usb = value;
        break;
    case OPT_WIRE:
        o->wire = true;
        break;
    }
    return -1;
}

static const struct tool tool = {"doctor", usage, known, take};

/* A missing file would come out as a card driver that does not start, or as a connection nobody vouches for. */
static enum err_code check_readable(const char *key, const char *path, struct err *err)
{
    char detail[PATH_MAX + 128];

    if (access(path, R_OK) == 0)
        return OK;
    snprintf(detail, sizeof detail, "%s: %s: %s", key, path, strerror(errno));
    tool_complain(&tool, detail);
    return err_set(err, ERR_FILE, "%s", detail);
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

static bool print_json(json_t *answer)
{
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
    if (o->json && !print_json(doctor_json(d)))
        status = EX_OSERR;
    doctor_done(d);
    free(d);
    http_stop();
    return fflush(stdout) == 0 ? status : EX_IOERR;
}

static int load_and_run(const struct options *o)
{
    char config[PATH_MAX];
    struct settings s = {0};
    struct err err = {0};
    int status = EX_CONFIG;

    err.code = tool_settings_load(&tool, o->config, config, &s, &err);
    if (err.code == OK)
        err.code = check_readable("trust", s.trust, &err);
    if (err.code == OK)
        err.code = check_readable("tls_ca", s.tls_ca, &err);
    if (err.code == OK)
        status = run(o, config, &s);
    else if (o->json && (!print_json(doctor_json_settings(&err)) || fflush(stdout) != 0))
        status = EX_IOERR;
    settings_free(&s);
    return status;
}

int main(int argc, char **argv)
{
    const char *ssh = getenv("SSH_CONNECTION");
    struct options o = {.usb = USB_DIR, .remote = ssh != NULL && ssh[0] != '\0'};
    int status;

    tool_start();
    status = tool_options(&tool, argc, argv, &o);
    if (status == -1 && optind < argc)
        status = tool_refuse(&tool);
    if (status == -1 && o.wire)
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    return status != -1 ? status : load_and_run(&o);
}
