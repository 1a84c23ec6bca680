/* eonay-sandbox: the outside world of e-Onay, as a test. */
#include "config.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include "base/i18n.h"
#include "base/say.h"
#include "sandbox/commands.h"
#include "sandbox/process.h"
#include "sandbox/serve.h"

#define SETTINGS_MAX 64

/* What stood on the command line behind the command's name. */
struct words {
    const char *dir;
    const char *by; /* clock */
    char *set[SETTINGS_MAX];
    size_t set_count;
    struct kit_order person;
    const char *key, *flaw;
};

static const char usage[] =
    "usage: eonay-sandbox up DIR [--set key=value ...]\n"
    "       eonay-sandbox down DIR\n"
    "       eonay-sandbox clock DIR +SECONDS\n"
    "       eonay-sandbox person DIR --tckn N --name S [--key rsa2048|p256|p384] [--flaw FLAW] [--pin P]\n"
    "       eonay-sandbox set DIR key=value ...     ocsp, crl, tsa, tsa2, gateway (good, away, late ...), late_ms,\n"
    "                                               retry_after_s, methods\n"
    "       eonay-sandbox service DIR               starts eonayd again after it was ended\n"
    "Everything it shows, issues and stores is a test. It listens on this machine only.\n";

/* ---- the commands ---- */

static enum err_code do_up(struct words *w, struct buf *out, struct err *err)
{
    return command_up(w->dir, w->set, w->set_count, out, err);
}

static enum err_code do_down(struct words *w, struct buf *out, struct err *err)
{
    (void)out;
    return command_down(w->dir, err);
}

static enum err_code do_clock(struct words *w, struct buf *out, struct err *err)
{
    (void)out;
    return command_clock(w->dir, w->by != NULL ? w->by : "", err);
}

static enum err_code choose_key(const char *name, enum key_kind *ret, struct err *err)
{
    for (enum key_kind k = 0; key_kind_names[k] != NULL; k++)
        if (strcmp(key_kind_names[k], name) == 0) {
            *ret = k;
            return OK;
        }
    return err_set(err, ERR_BAD_REQUEST, "--key is one of: rsa2048 p256 p384");
}

static enum err_code choose_flaw(const char *name, const struct flaw **ret, struct err *err)
{
    struct buf list = BUF_INIT(200);
    enum err_code rc = OK;
    *ret = flaw_find(name);
    for (const struct flaw *f = flaws; *ret == NULL && rc == OK && f->name != NULL; f++)
        rc = buf_fmt(&list, " %s", f->name);
    if (*ret == NULL)
        rc = err_set(err, ERR_BAD_REQUEST, "--flaw is one of:%s", rc == OK ? (char *)list.data : "");
    buf_done(&list);
    return rc;
}

static enum err_code do_person(struct words *w, struct buf *out, struct err *err)
{
    if (w->person.tckn == NULL || w->person.name == NULL)
        return err_set(err, ERR_BAD_REQUEST, "person needs --tckn and --name");
    enum err_code rc = choose_key(w->key != NULL ? w->key : "rsa2048", &w->person.key, err);
    if (rc == OK)
        rc = choose_flaw(w->flaw != NULL ? w->flaw : "none", &w->person.flaw, err);
    return rc == OK ? command_person(w->dir, &w->person, out, err) : rc;
}

static enum err_code do_set(struct words *w, struct buf *out, struct err *err)
{
    (void)out;
    return command_set(w->dir, w->set, w->set_count, err);
}

static enum err_code do_service(struct words *w, struct buf *out, struct err *err)
{
    (void)out;
    return command_service(w->dir, err);
}

static enum err_code do_pack(struct words *w, struct buf *out, struct err *err)
{
    return command_pack(w->dir, out, err);
}

static enum err_code do_serve(struct words *w, struct buf *out, struct err *err)
{
    (void)out;
    return serve(w->dir, err);
}

/* ---- the command line ---- */

/* What may stand behind DIR: options with a value, or bare words. */
enum rest { REST_NONE, REST_SET_OPTION, REST_SET, REST_CLOCK, REST_PERSON };

static const struct {
    const char *name;
    enum rest rest;
    enum err_code (*fn)(struct words *w, struct buf *out, struct err *err);
} commands[] = {
    {"up", REST_SET_OPTION, do_up}, {"down", REST_NONE, do_down}, {"clock", REST_CLOCK, do_clock},
    {"person", REST_PERSON, do_person}, {"set", REST_SET, do_set}, {"service", REST_NONE, do_service},
    {"pack", REST_NONE, do_pack}, {SERVE_COMMAND, REST_NONE, do_serve}, /* started by up */
};

static bool take_set(struct words *w, char *word)
{
    if (w->set_count == SETTINGS_MAX)
        return false;
    w->set[w->set_count++] = word;
    return true;
}

static bool take_person(struct words *w, const char *option, const char *value)
{
    const struct {
        const char *option;
        const char **to;
    } options[] = {{"--tckn", &w->person.tckn}, {"--name", &w->person.name}, {"--key", &w->key}, {"--flaw", &w->flaw},
        {"--pin", &w->person.pin}};
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        if (strcmp(options[i].option, option) == 0) {
            *options[i].to = value;
            return true;
        }
    return false;
}

/* --set key=value ..., once or several times. */
static bool take_set_options(struct words *w, int argc, char **argv)
{
    bool fits = argc == 0 || strcmp(argv[0], "--set") == 0, due = false; /* due: --set waits for its first */
    for (int i = 0; fits && i < argc; i++) {
        bool option = strcmp(argv[i], "--set") == 0;
        fits = option ? !due : take_set(w, argv[i]);
        due = option;
    }
    return fits && !due;
}

/* Reads the words behind DIR; false: they do not fit the command. */
static bool take_rest(struct words *w, enum rest rest, int argc, char **argv)
{
    if (rest == REST_SET_OPTION)
        return take_set_options(w, argc, argv);
    int per_item = rest == REST_PERSON ? 2 : 1;
    bool fits = argc % per_item == 0 && (rest != REST_NONE || argc == 0) && (rest != REST_CLOCK || argc == 1) &&
                (rest != REST_SET || argc > 0);
    for (int i = 0; fits && i < argc; i += per_item)
        fits = rest == REST_CLOCK ? (w->by = argv[i]) != NULL
               : rest == REST_SET ? take_set(w, argv[i])
                                  : take_person(w, argv[i], argv[i + 1]);
    return fits;
}

static int exit_status(enum err_code rc)
{
    static const struct {
        enum err_code code;
        int status;
    } rows[] = {{OK, EX_OK}, {ERR_BAD_REQUEST, EX_USAGE}, {ERR_NOT_FOUND, EX_NOINPUT}, {ERR_FILE, EX_CANTCREAT},
        {ERR_ALREADY, EX_UNAVAILABLE}, {ERR_MODULE_BAD, EX_UNAVAILABLE}, {ERR_CONFIG, EX_CONFIG}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].code == rc)
            return rows[i].status;
    return EX_SOFTWARE;
}

static void complain(const char *detail)
{
    say_text(stderr, "eonay-sandbox: ");
    say_word(stderr, detail);
    say_text(stderr, "\n");
}

static int run(size_t command, struct words *w)
{
    struct err err = {.detail = ""};
    struct buf out = BUF_INIT(65536);
    enum err_code rc = commands[command].fn(w, &out, &err);
    if (rc == OK && out.len > 0 && (fputs((const char *)out.data, stdout) < 0 || fflush(stdout) != 0))
        rc = ERR_FILE;
    if (rc != OK)
        complain(err.detail[0] != '\0' ? err.detail : note_of(rc)->said);
    buf_done(&out);
    return exit_status(rc);
}

int main(int argc, char **argv)
{
    struct words w = {.dir = argc > 2 ? argv[2] : NULL};
    i18n_init(LANG_EN); /* which characters the terminal takes */
    for (size_t i = 0; argc > 2 && i < sizeof commands / sizeof *commands; i++)
        if (strcmp(argv[1], commands[i].name) == 0 && take_rest(&w, commands[i].rest, argc - 3, argv + 3))
            return run(i, &w);
    bool asked = argc == 2 && strcmp(argv[1], "--help") == 0;
    say_text(asked ? stdout : stderr, usage);
    return asked ? EX_OK : EX_USAGE;
}
