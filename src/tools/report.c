#include "config.h"
#include "tools/report.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>
#include "base/i18n.h"
#include "base/say.h"
#include "base/text.h"
#include "http/http.h"
#include "tools/tool.h"

#define USB_DIR "/sys/bus/usb/devices"

struct options {
    const char *config, *out, *usb;
};

static const char usage[] = N_("Usage: eonay report [--config FILE] [--out FILE] [--lang tr|en]\n"
                               "\n"
                               "  --config FILE   the wizard's settings (wizard.yaml)\n"
                               "  --out FILE      where it is written, once it has been shown; no file is overwritten\n"
                               "  --lang tr|en    the language of the report\n"
                               "  --usb DIR       where the kernel lists USB devices\n"
                               "  --help\n"
                               "\n"
                               "Gathers what those who help need to know, and nothing of anybody.\n");

enum { OPT_CONFIG = TOOL_OWN, OPT_OUT, OPT_USB };
static const struct option known[] = {
    {"config", required_argument, NULL, OPT_CONFIG},
    {"out", required_argument, NULL, OPT_OUT},
    {"usb", required_argument, NULL, OPT_USB},
    TOOL_OPTIONS,
};

static int take(void *options, int opt, char *value)
{
    struct options *o = options;

    switch (opt) {
    case OPT_CONFIG:
        o->config = value;
        break;
    case OPT_OUT:
        o->out = value;
        break;
    case OPT_USB:
        o->usb = value;
        break;
    }
    return -1;
}

static const struct tool tool = {"report", usage, known, take};

static int complain(const char *detail)
{
    tool_complain(&tool, detail);
    return EX_CANTCREAT;
}

/* At a terminal the person has the last word; from a script, --out is that. */
static bool is_wanted(const char *path)
{
    char answer[64] = "";

    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
        return true;
    say_text(stdout, "\n");
    say_word(stdout, path);
    say_text(stdout, ": ");
    say_text(stdout, tr("Write it there? [y/N] "));
    (void)fflush(stdout);
    if (fgets(answer, sizeof answer, stdin) == NULL)
        return false;
    answer[strcspn(answer, "\n")] = '\0';
    return text_same(answer, "y") || text_same(answer, "yes") || text_same(answer, "e") || text_same(answer, "evet");
}

static int write_out(const char *path, const struct buf *report)
{
    struct err err = {0};

    if (access(path, F_OK) == 0) /* before anything is asked; to make it tells for sure */
        return complain(strerror(EEXIST));
    if (!is_wanted(path))
        return EX_OK;
    if (buf_write_new_file(report, path, 0600, &err) != OK)
        return complain(err.detail);
    say_line(stderr, tr("The report was written. Read it before you pass it on."));
    return EX_OK;
}

/* Shown first, to the last line, in the terminal's own characters. */
static void show(const struct buf *report)
{
    char line[1024];

    for (size_t at = 0; at < report->len;) {
        size_t len = strcspn((const char *)report->data + at, "\n");

        snprintf(line, sizeof line, "%.*s", (int)len, (const char *)report->data + at);
        say_word(stdout, line);
        say_text(stdout, "\n");
        at += len + 1;
    }
}

static int tell(const struct options *o, const struct doctor *d, enum err_code why)
{
    struct buf report = BUF_INIT(REPORT_MAX);
    int status = EX_OSERR;

    if ((why == OK ? report_compose(d, &report) : report_compose_without(d, why, &report)) == OK) {
        show(&report);
        status = fflush(stdout) != 0 ? EX_IOERR : o->out != NULL ? write_out(o->out, &report) : EX_OK;
    }
    buf_done(&report);
    return status;
}

static bool is_remote(void)
{
    const char *ssh = getenv("SSH_CONNECTION");

    return ssh != NULL && ssh[0] != '\0';
}

static int run_without(const struct options *o, enum err_code why)
{
    static struct doctor none;
    int status;

    none.ssh = is_remote();
    status = tell(o, &none, why);
    return status == EX_OK ? EX_CONFIG : status;
}

static int run(const struct options *o, const char *config, const struct settings *s)
{
    struct doctor *d = calloc(1, sizeof *d);
    int status;

    if (d == NULL || http_start() != OK) {
        free(d);
        return EX_OSERR;
    }
    d->config = config;
    d->settings = s;
    d->ignored = doctor_ignores_card(s);
    d->usb_dir = o->usb;
    d->ssh = is_remote();
    doctor_run(d, NULL, NULL);
    doctor_finish(d);
    if (!d->looked_readers) /* the report tells them in any case */
        doctor_look_readers(d);
    status = tell(o, d, OK);
    doctor_done(d);
    free(d);
    http_stop();
    return status;
}

static int load_and_run(const struct options *o)
{
    char config[PATH_MAX];
    struct settings s;
    struct err err = {0};
    int status;
    enum err_code rc = tool_settings_load(&tool, o->config, config, &s, &err);

    if (rc != OK)
        return run_without(o, rc);
    status = run(o, config, &s);
    settings_free(&s);
    return status;
}

int main(int argc, char **argv)
{
    struct options o = {.usb = USB_DIR};
    int status;

    tool_start();
    status = tool_options(&tool, argc, argv, &o);
    if (status == -1 && optind < argc)
        status = tool_refuse(&tool);
    return status != -1 ? status : load_and_run(&o);
}
