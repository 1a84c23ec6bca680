/* eonayctl: the unit's tool. Reads the service's store; writes nothing into it. */
#include "config.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/ascii.h"
#include "base/fd.h"
#include "base/i18n.h"
#include "base/say.h"
#include "base/when.h"
#include "service/hour.h"
#include "service/program.h"
#include "service/receipt.h"
#include "service/service_conf.h"
#include "service/store.h"
#include "service/tell.h"
#include "sign/asice.h"

static const char usage[] =
    N_("eonayctl --config FILE consents list|show|export [--tckn N|--number N] [--out DIR] [--json] [--lang tr|en]");

struct task {
    const struct service_conf *conf;
    struct store *store;
    struct hour *hour;
    struct trust *trust; /* these two: only where receipts are given */
    struct seal *seal;
    const struct program_args *args;
    json_t *list; /* of --json */
};

/* ---- how a consent is told ---- */

static const char *standing_words(enum consent_standing s)
{
    static const char *const words[] = {
        [CONSENT_CHECKING] = N_("being checked"),
        [CONSENT_ACCEPTED] = N_("accepted"),
        [CONSENT_REFUSED] = N_("refused"),
    };
    return tr(words[s]);
}

/* What the API answers, and what only the unit sees. */
static json_t *json_whole(const struct consent *c, bool receipt)
{
    static const char *const states[] = {
        [CONSENT_CHECKING] = "checking", [CONSENT_ACCEPTED] = "accepted", [CONSENT_REFUSED] = "refused"};
    json_t *j = json_consent(c, receipt), *more = json_person(&c->person);
    bool ok = j && more && json_object_update(j, more) == 0 &&
              json_object_set_new(j, "state", json_string(states[c->standing])) == 0 &&
              json_object_set_new(j, "signature_sha256", json_digest(&c->signature)) == 0 &&
              (!c->rule[0] || json_object_set_new(j, "refused_by", json_string(c->rule)) == 0);
    json_decref(more);
    if (ok)
        return j;
    json_decref(j);
    return NULL;
}

static enum err_code print_json(json_t *steal)
{
    bool ok = steal && json_dumpf(steal, stdout, JSON_INDENT(2)) == 0 && putchar('\n') != EOF;
    json_decref(steal);
    return ok ? OK : ERR_NOMEM;
}

static void print_line(const struct consent *c)
{
    char at[WHEN_SHOWN], mask[TCKN_LEN + 1];
    when_show(at, c->accepted);
    tckn_mask(mask, c->person.tckn);
    say_fmt(stdout, "%s  %s  %s  %s  ", c->number, at, mask, standing_words(c->standing));
    say_word(stdout, c->person.name);
    say_text(stdout, "\n");
}

static void print_field(const char *label, const char *value)
{
    say_fmt(stdout, "%s: ", tr(label));
    say_word(stdout, value);
    say_text(stdout, "\n");
}

static void print_whole(const struct consent *c)
{
    char at[WHEN_SHOWN], mask[TCKN_LEN + 1], hex[2 * DIGEST_LEN + 1];
    when_show(at, c->accepted);
    tckn_mask(mask, c->person.tckn);
    print_field(N_("Number"), c->number);
    print_field(N_("Received"), at);
    print_field(N_("State"), standing_words(c->standing));
    if (c->rule[0])
        print_field(N_("Refused by"), tr(note_of(note_by_slug(c->rule))->said));
    print_field(N_("Name"), c->person.name);
    print_field(N_("T.C. ID number"), mask);
    ascii_hex(hex, c->text.v, sizeof c->text.v);
    print_field(N_("SHA-256 of the text"), hex);
    ascii_hex(hex, c->signature.v, sizeof c->signature.v);
    print_field(N_("SHA-256 of the signature"), hex);
}

/* ---- receipts ---- */

static struct receipt_maker maker_of(const struct task *t)
{
    return (struct receipt_maker){t->store, t->seal, t->conf->service, t->conf->test};
}

static bool has_receipt(const struct task *t, const struct consent *c)
{
    return t->conf->receipt.key && c->standing == CONSENT_ACCEPTED;
}

static enum err_code make_receipt(struct task *t, const struct consent *c, struct buf *ret, struct err *err)
{
    if (!has_receipt(t, c))
        return OK;
    enum err_code e = hour_new(t->conf->clock_file, &t->hour);
    if (e == OK)
        e = trust_load(t->conf->trust, &t->trust, err);
    if (e == OK)
        e = seal_load(t->conf->receipt.key, t->conf->receipt.certificate, t->trust, hour_now(t->hour), &t->seal, err);
    struct receipt_maker m = maker_of(t);
    return e == OK ? receipt_of(&m, c, hour_now(t->hour), ret, err) : e;
}

/* ---- which consent ---- */

static enum err_code find(const struct task *t, struct consent *ret, struct err *err)
{
    uint8_t key[DIGEST_LEN];
    const struct program_args *a = t->args;
    enum err_code e = ERR_BAD_REQUEST;
    if (a->number && !a->tckn) {
        e = store_consent_by_number(t->store, a->number, ret);
    } else if (a->tckn && !a->number && tckn_is_valid(a->tckn)) {
        store_key(t->store, key);
        struct digest person = keyed(key, KEYED_PERSON, a->tckn);
        e = store_consent_by_person(t->store, &person, ret);
    }
    if (e == ERR_BAD_REQUEST && a->tckn && !a->number)
        return err_set(err, e, "--tckn: %s", tr("This is no valid T.C. ID number"));
    return e == ERR_BAD_REQUEST ? err_set(err, e, "%s", tr("Either --tckn N or --number N is needed")) : e;
}

/* ---- the three deeds ---- */

static enum err_code list_one(void *ctx, const struct consent *c)
{
    struct task *t = ctx;
    if (!t->list)
        print_line(c);
    else if (json_array_append_new(t->list, json_whole(c, has_receipt(t, c))) != 0)
        return ERR_NOMEM;
    return OK;
}

static enum err_code do_list(struct task *t, struct err *err)
{
    (void)err;
    if (t->args->json && !(t->list = json_array()))
        return ERR_NOMEM;
    if (!t->list && isatty(STDOUT_FILENO)) /* a program that reads lines wants no heading */
        say_fmt(stdout, "%s  %s  %s  %s  %s\n", tr("Number"), tr("Received"), tr("T.C. ID number"), tr("State"),
            tr("Name"));
    enum err_code e = store_consent_walk(t->store, list_one, t);
    if (e == OK && t->list)
        return print_json(t->list);
    json_decref(t->list);
    return e;
}

static enum err_code do_show(struct task *t, struct err *err)
{
    struct consent c;
    enum err_code e = find(t, &c, err);
    if (e == OK && t->args->json)
        return print_json(json_whole(&c, has_receipt(t, &c)));
    if (e == OK)
        print_whole(&c);
    return e;
}

/* ---- export ---- */

enum { PART_CONSENT, PART_TEXT, PART_RECEIPT, PART_COUNT };
static const char *const part_names[PART_COUNT] = {"consent.p7s", "text.txt", "receipt.asice"};

static enum err_code part_path(char out[PATH_MAX], const char *dir, const char *name, struct err *err)
{
    if (snprintf(out, PATH_MAX, "%s/%s", dir, name) >= PATH_MAX)
        return err_set(err, ERR_FILE, "%.200s: %s", dir, strerror(ENAMETOOLONG));
    return OK;
}

/* Another consent may lie there; a link that leads nowhere counts, too. */
static enum err_code parts_are_free(char path[PART_COUNT][PATH_MAX], struct err *err)
{
    struct stat st;
    for (size_t i = 0; i < PART_COUNT; i++)
        if (lstat(path[i], &st) == 0)
            return err_set(err, ERR_FILE_THERE, "%s", path[i]);
    return OK;
}

/* All or none; an empty part is left out. */
static enum err_code write_parts(const char *dir, const struct buf part[PART_COUNT], struct err *err)
{
    static char path[PART_COUNT][PATH_MAX];
    enum err_code e = OK;
    size_t done = 0;
    for (size_t i = 0; e == OK && i < PART_COUNT; i++)
        e = part_path(path[i], dir, part_names[i], err);
    if (e == OK)
        e = parts_are_free(path, err);
    if (e == OK && mkdir(dir, 0700) != 0 && errno != EEXIST)
        e = err_set(err, ERR_FILE, "%s: %s", dir, strerror(errno));
    while (e == OK && done < PART_COUNT) {
        e = part[done].len > 0 ? buf_write_new_file(&part[done], path[done], 0600, err) : OK;
        done += e == OK;
    }
    while (e != OK && done > 0)
        (void)unlink(path[--done]);
    return e;
}

static enum err_code do_export(struct task *t, struct err *err)
{
    struct consent c;
    struct buf part[PART_COUNT] = {BUF_INIT(ASICE_PART_MAX), BUF_INIT(ASICE_PART_MAX), BUF_INIT(ASICE_MAX)};
    const char *dir = t->args->out;
    if (!dir)
        return err_set(err, ERR_BAD_REQUEST, "%s", tr("--out DIR is missing"));
    enum err_code e = find(t, &c, err);
    if (e == OK)
        e = store_consent_cms(t->store, c.number, &part[PART_CONSENT]);
    if (e == OK)
        e = store_text(t->store, &c.text, &part[PART_TEXT]);
    if (e == OK)
        e = make_receipt(t, &c, &part[PART_RECEIPT], err);
    if (e == OK)
        e = write_parts(dir, part, err);
    bool receipt = part[PART_RECEIPT].len > 0;
    for (size_t i = 0; i < PART_COUNT; i++)
        buf_done(&part[i]);
    if (e == OK && t->args->json)
        return print_json(json_whole(&c, receipt));
    if (e != OK)
        return e;
    print_line(&c);
    say_fmt(stdout, tr("Written to: %s"), dir);
    say_line(stdout, receipt ? "/consent.p7s, text.txt, receipt.asice" : "/consent.p7s, text.txt");
    return OK;
}

static enum err_code run(
    const struct program_args *args, enum err_code (*deed)(struct task *, struct err *), struct err *err)
{
    struct service_conf conf;
    struct task t = {.args = args, .conf = &conf};
    enum err_code e = service_conf_load(args->config, &conf, err);
    if (e != OK)
        return e;
    e = store_open(conf.store, STORE_LOOK, &t.store, err);
    if (e == OK)
        e = deed(&t, err);
    store_close(&t.store);
    seal_free(&t.seal);
    trust_free(&t.trust);
    hour_free(&t.hour);
    service_conf_free(&conf);
    return e;
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        enum err_code (*deed)(struct task *, struct err *);
    } deeds[] = {{"list", do_list}, {"show", do_show}, {"export", do_export}};
    struct program_args args;
    struct err err = {0};
    process_harden();
    umask(077);
    i18n_init(program_lang(argc, argv));
    bool read = program_read(argc, argv, &args);
    if (read && args.help)
        return program_help(usage);
    if (!read || args.rest_count != 2 || strcmp(args.rest[0], "consents") != 0)
        return program_usage(usage);
    for (size_t i = 0; i < sizeof deeds / sizeof deeds[0]; i++)
        if (strcmp(args.rest[1], deeds[i].name) == 0) {
            enum err_code e = run(&args, deeds[i].deed, &err);
            return e == OK && fflush(stdout) == 0 ? 0 : program_fail("eonayctl", e == OK ? ERR_FILE : e, &err);
        }
    return program_usage(usage);
}
