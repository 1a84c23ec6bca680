/* eonayctl: the unit's tool (ledger: eonayctl_ledger.c). Reads the service's store; writes nothing into it. */
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
#include "service/eonayctl.h"
#include "service/hour.h"
#include "service/ledger.h"
#include "service/receipt.h"
#include "service/tell.h"
#include "sign/asice.h"
#include "sign/levels.h"

static const char usage[] =
    N_("eonayctl --config FILE consents list|show|export [--tckn N|--number N] [--out DIR] [--json] [--lang tr|en]\n"
       "eonayctl --config FILE ledger verify|head|consistency OLD NEW|prove NUMBER [--json] [--lang tr|en]");

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

static bool has_receipt(const struct task *t, const struct consent *c)
{
    return t->conf->receipt.key && c->standing == CONSENT_ACCEPTED;
}

/* What the API answers, and what only the unit sees. */
static json_t *json_whole(const struct task *t, const struct consent *c)
{
    static const char *const states[] = {
        [CONSENT_CHECKING] = "checking", [CONSENT_ACCEPTED] = "accepted", [CONSENT_REFUSED] = "refused"};
    json_t *j = json_consent(c, t->conf->timestamp.n > 0, has_receipt(t, c)), *more = json_person(&c->person);
    bool ok = j && more && json_object_update(j, more) == 0 &&
              json_object_set_new(j, "state", json_string(states[c->standing])) == 0 &&
              json_object_set_new(j, "signature_sha256", json_digest(&c->signature)) == 0 &&
              json_object_set_new(j, "level", json_string(level_name((enum level)c->level))) == 0 &&
              (!c->rule[0] || json_object_set_new(j, "refused_by", json_string(c->rule)) == 0);
    json_decref(more);
    if (ok)
        return j;
    json_decref(j);
    return NULL;
}

enum err_code print_json(json_t *steal)
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
    say_fmt(stdout, "%s  %s  %s  %s  %-5s  ", c->number, at, mask, standing_words(c->standing),
        level_name((enum level)c->level));
    say_word(stdout, c->person.name);
    say_text(stdout, "\n");
}

void print_field(const char *label, const char *value)
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
    print_field(N_("Level of the evidence"), level_name((enum level)c->level));
    if (c->rule[0])
        print_field(N_("Refused by"), tr(note_of(note_by_slug(c->rule))->said));
    print_field(N_("Name"), c->person.name);
    print_field(N_("T.C. ID number"), mask);
    ascii_hex(hex, c->text.v, sizeof c->text.v);
    print_field(N_("SHA-256 of the text"), hex);
    ascii_hex(hex, c->signature.v, sizeof c->signature.v);
    print_field(N_("SHA-256 of the signature as received"), hex);
}

/* ---- receipts ---- */

/* A head holds the entry a second after the acceptance; what is promised before that, the service alone can sign. */
static enum err_code ledger_of(void *task, const char *number, struct buf *ret_json)
{
    const struct task *t = task;
    struct ledger_proof p;
    enum err_code e =
        t->conf->ledger.name ? ledger_proof_find(t->store, t->conf->ledger.name, number, &p) : ERR_NOT_FOUND;
    if (e != OK)
        return e;
    e = p.sealed ? ledger_proof_write(&p, ret_json) : ERR_NOT_FOUND;
    ledger_proof_done(&p);
    return e;
}

static enum err_code seal_receipt(
    struct task *t, const struct consent *c, struct hour *hour, struct trust *trust, struct buf *ret, struct err *err)
{
    struct seal *seal = NULL;
    int64_t now = hour_now(hour);
    enum err_code e = seal_load(t->conf->receipt.key, t->conf->receipt.certificate, trust, now, &seal, err);
    if (e != OK)
        return e;
    const struct receipt_maker m = {t->store, seal, t->conf->service, t->conf->test, ledger_of, t};
    e = receipt_of(&m, c, now, ret, err);
    seal_free(&seal);
    return e;
}

static enum err_code make_receipt(struct task *t, const struct consent *c, struct buf *ret, struct err *err)
{
    struct hour *hour = NULL;
    struct trust *trust = NULL;
    if (!has_receipt(t, c))
        return OK;
    enum err_code e = hour_new(t->conf->clock_file, &hour);
    if (e == OK)
        e = trust_load(t->conf->trust, &trust, err);
    if (e == OK)
        e = seal_receipt(t, c, hour, trust, ret, err);
    trust_free(&trust);
    hour_free(&hour);
    return e;
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
    else if (json_array_append_new(t->list, json_whole(t, c)) != 0)
        return ERR_NOMEM;
    return OK;
}

static enum err_code do_list(struct task *t, struct err *err)
{
    (void)err;
    if (t->args->json && !(t->list = json_array()))
        return ERR_NOMEM;
    if (!t->list && isatty(STDOUT_FILENO)) /* a program that reads lines wants no heading */
        say_fmt(stdout, "%s  %s  %s  %s  %s  %s\n", tr("Number"), tr("Received"), tr("T.C. ID number"), tr("State"),
            tr("Level"), tr("Name"));
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
        return print_json(json_whole(t, &c));
    if (e == OK)
        print_whole(&c);
    return e;
}

/* ---- export ---- */

/* The evidence at its present level, the text, where the evidence has grown the signature as it was received, whose
 * digest the person was told, and where receipts are given the receipt of all that. */
enum { PART_CONSENT, PART_TEXT, PART_RECEIVED, PART_RECEIPT, PART_COUNT };
static const char *const part_names[PART_COUNT] = {"consent.p7s", "text.txt", "consent-bb.p7s", "receipt.asice"};

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
    for (; e == OK && done < PART_COUNT; done += e == OK)
        e = part[done].len > 0 ? buf_write_new_file(&part[done], path[done], 0600, err) : OK;
    for (; e != OK && done > 0; done--)
        if (part[done - 1].len > 0)
            (void)unlink(path[done - 1]);
    return e;
}

static enum err_code read_parts(const struct task *t, const struct consent *c, struct buf part[PART_COUNT])
{
    enum err_code e = store_evidence_file(t->store, c->number, &part[PART_CONSENT]);
    if (e == OK && c->level > LEVEL_B)
        e = store_consent_cms(t->store, c->number, &part[PART_RECEIVED]);
    return e == OK ? store_text(t->store, &c->text, &part[PART_TEXT]) : e;
}

static enum err_code print_export(const struct task *t, const struct consent *c, bool receipt)
{
    if (t->args->json)
        return print_json(json_whole(t, c));
    print_line(c);
    say_fmt(stdout, tr("Written to: %s"), t->args->out);
    say_text(stdout, c->level > LEVEL_B ? "/consent.p7s, consent-bb.p7s, text.txt" : "/consent.p7s, text.txt");
    say_line(stdout, receipt ? ", receipt.asice" : "");
    return OK;
}

static enum err_code do_export(struct task *t, struct err *err)
{
    struct consent c;
    struct buf part[PART_COUNT] = {
        BUF_INIT(LEVELS_MAX), BUF_INIT(LEVELS_MAX), BUF_INIT(LEVELS_MAX), BUF_INIT(ASICE_MAX)};
    if (!t->args->out)
        return err_set(err, ERR_BAD_REQUEST, "%s", tr("--out DIR is missing"));
    enum err_code e = find(t, &c, err);
    if (e == OK)
        e = read_parts(t, &c, part);
    if (e == OK)
        e = make_receipt(t, &c, &part[PART_RECEIPT], err);
    if (e == OK)
        e = write_parts(t->args->out, part, err);
    bool receipt = part[PART_RECEIPT].len > 0;
    for (size_t i = 0; i < PART_COUNT; i++)
        buf_done(&part[i]);
    return e == OK ? print_export(t, &c, receipt) : e;
}

/* ---- which deed ---- */

static enum err_code run(const struct program_args *args, deed *what, struct err *err)
{
    struct service_conf conf;
    struct task t = {.args = args, .conf = &conf};
    enum err_code e = service_conf_load(args->config, &conf, err);
    if (e != OK)
        return e;
    e = store_open(conf.store, STORE_LOOK, &t.store, err);
    if (e == OK)
        e = what(&t, err);
    store_close(&t.store);
    service_conf_free(&conf);
    return e;
}

static deed *find_deed(const struct program_args *args)
{
    static const struct {
        const char *of, *name;
        int words;
        deed *what;
    } deeds[] = {
        {"consents", "list", 2, do_list},
        {"consents", "show", 2, do_show},
        {"consents", "export", 2, do_export},
        {"ledger", "verify", 2, ledger_verify},
        {"ledger", "head", 2, ledger_show_head},
        {"ledger", "consistency", 4, ledger_show_consistency},
        {"ledger", "prove", 3, ledger_prove},
    };
    for (size_t i = 0; args->rest_count >= 2 && i < sizeof deeds / sizeof deeds[0]; i++)
        if (strcmp(args->rest[0], deeds[i].of) == 0 && strcmp(args->rest[1], deeds[i].name) == 0 &&
            args->rest_count == deeds[i].words)
            return deeds[i].what;
    return NULL;
}

int main(int argc, char **argv)
{
    struct program_args args;
    struct err err = {0};
    process_harden();
    umask(077);
    i18n_init(program_lang(argc, argv));
    bool read = program_read(argc, argv, &args);
    if (read && args.help)
        return program_help(usage);
    deed *what = read ? find_deed(&args) : NULL;
    if (!what)
        return program_usage(usage);
    enum err_code e = run(&args, what, &err);
    if (fflush(stdout) != 0 && e == OK)
        e = ERR_FILE;
    return e == OK ? 0 : program_fail("eonayctl", e, &err);
}
