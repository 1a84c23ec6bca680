#include "config.h"
#include "tools/verify.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include "base/buf.h"
#include "base/i18n.h"
#include "base/rule.h"
#include "base/say.h"
#include "base/when.h"
#include "sign/trust.h"
#include "tools/tool.h"
#include "tools/verify_receipt.h"

#define FILE_MAX (VALIDATE_MAX > ASICE_MAX ? VALIDATE_MAX : ASICE_MAX)
#define TEXT_FILE_MAX (1024 * 1024)
#define SEAL_SKEW_S 300 /* of the service's clock to ours */

struct options {
    const char *file, *ca, *text, *nes_rule; /* the last two may be NULL */
    enum verify_depth depth;
    int64_t at; /* the moment to judge at */
    bool json;
};

static const char usage[] =
    N_("Usage: eonay verify FILE --ca FILE [--text FILE] [--nes-rule RULE] [--at TIME]\n"
       "                    [--depth sentence|table|full] [--json] [--lang tr|en]\n"
       "\n"
       "  FILE            the signature (consent.p7s) or the receipt (receipt.asice)\n"
       "  --ca FILE       the authorities to rely on, time-stamp authorities too, PEM\n"
       "  --text FILE     the text that must have been signed, byte for byte\n"
       "  --nes-rule RULE the statements that make a certificate qualified, as nes_rule of the settings\n"
       "  --at TIME       judge as if it were then, 2026-01-31T09:00:00Z; otherwise now\n"
       "  --depth WHICH   how much is told: sentence, table (as without this option), full\n"
       "  --json          the answer as JSON, always full\n"
       "  --lang tr|en    the language of the answer\n"
       "  --help\n"
       "\n"
       "Nothing is asked over the network. Exit status 0: the signature holds.\n");

enum { OPT_CA = TOOL_OWN, OPT_TEXT, OPT_NES_RULE, OPT_AT, OPT_DEPTH, OPT_JSON };
static const struct option known[] = {
    {"ca", required_argument, NULL, OPT_CA},
    {"text", required_argument, NULL, OPT_TEXT},
    {"nes-rule", required_argument, NULL, OPT_NES_RULE},
    {"at", required_argument, NULL, OPT_AT},
    {"depth", required_argument, NULL, OPT_DEPTH},
    {"json", no_argument, NULL, OPT_JSON},
    TOOL_OPTIONS,
};

/* The words of a settings file with a bad nes_rule, and where in the rule. */
static int rule_check(const char *rule)
{
    size_t at;
    const char *expected;
    if (!rule_has_flaw(rule, &at, &expected))
        return -1;
    say_fmt(stderr, "eonay verify: %zu: ", at + 1);
    say_fmt(stderr, tr("\"%s\": expected here: %s."), "--nes-rule", tr(expected));
    say_text(stderr, "\n");
    return EX_USAGE;
}

static bool depth_by_word(const char *word, enum verify_depth *ret)
{
    static const char *const words[] = {
#define X(id, word) word,
        VERIFY_DEPTHS(X)
#undef X
    };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(words[i], word) == 0) {
            *ret = (enum verify_depth)i;
            return true;
        }
    return false;
}

static const struct tool tool;

static int take(void *options, int opt, char *value)
{
    struct options *o = options;
    switch (opt) {
    case OPT_CA:
        o->ca = value;
        break;
    case OPT_TEXT:
        o->text = value;
        break;
    case OPT_NES_RULE:
        o->nes_rule = value;
        return rule_check(value);
    case OPT_AT:
        return when_parse(value, &o->at) ? -1 : tool_expect(&tool, "--at", "2026-01-31T09:00:00Z");
    case OPT_DEPTH:
        return depth_by_word(value, &o->depth) ? -1 : tool_expect(&tool, "--depth", "sentence, table, full");
    case OPT_JSON:
        o->json = true;
        break;
    }
    return -1;
}

static const struct tool tool = {"verify", usage, known, take};

static int options_read(int argc, char **argv, struct options *o)
{
    int status = tool_options(&tool, argc, argv, o);
    if (status != -1)
        return status;
    if (o->ca == NULL && optind + 1 == argc)
        return tool_expect(&tool, "--ca", "--ca ca.pem");
    if (optind + 1 != argc)
        return tool_refuse(&tool);
    o->file = argv[optind];
    return -1;
}

static int exit_status(enum err_code rc)
{
    return rc == OK ? EX_OK : rc == ERR_NOMEM || rc == ERR_CRYPTO ? EX_OSERR : EX_DATAERR;
}

/* Of a seal that names a later second than the one to judge at nothing can be said yet. */
static enum err_code receipt_holds(struct receipt_finding *f, const struct validate_params *p)
{
    if (f->receipt.seal.time > p->now + SEAL_SKEW_S)
        return err_set(&f->err, ERR_RECEIPT_SEALER, "sealer: a second that has not come");
    return receipt_check(&f->receipt, p->trust, &f->err);
}

/* The consent is judged as if it had been handed in alone when the receipt was sealed. */
static void judge_receipt(struct receipt_finding *f, const struct validate_params *p)
{
    struct asice_view consent = f->receipt.parts.part[ASICE_CONSENT];
    struct validate_params then = *p;
    then.now = f->receipt.seal.time;
    f->code = receipt_holds(f, p);
    finding_make(&f->consent, consent.at, consent.len, &then);
    if (f->code == OK && f->consent.code != OK)
        f->code = err_set(&f->err, f->consent.code, "%.200s", f->consent.err.detail);
}

static enum err_code answer_receipt(const struct options *o, const struct buf *file, const struct validate_params *p)
{
    struct receipt_finding f = {.err = {OK, ""}};
    f.code = receipt_read(file->data, file->len, &f.receipt, &f.err);
    f.readable = f.code == OK;
    if (f.readable)
        judge_receipt(&f, p);
    if (o->json)
        receipt_finding_say_json(&f);
    else
        receipt_finding_say(&f, o->depth);
    if (f.readable)
        receipt_done(&f.receipt);
    return f.code;
}

static enum err_code answer(const struct options *o, const struct buf *der, const struct validate_params *p)
{
    struct finding f;
    finding_make(&f, der->data, der->len, p);
    if (o->json)
        verify_put_json(finding_json(&f));
    else
        finding_say(&f, o->depth);
    return f.code;
}

static int judge(const struct options *o, const struct buf *file, const struct buf *text, const struct trust *trust)
{
    struct validate_params p = {.trust = trust, .now = o->at, .consent = true, .nes = true};
    if (o->text != NULL) {
        p.text = text->data;
        p.text_len = text->len;
    }
    enum err_code rc = (verify_is_receipt(file) ? answer_receipt : answer)(o, file, &p);
    return fflush(stdout) == 0 ? exit_status(rc) : EX_IOERR;
}

static int complain(const struct err *err)
{
    tool_complain(&tool, err->detail);
    return err->code == ERR_FILE ? EX_NOINPUT : err->code == ERR_CONFIG ? EX_CONFIG : EX_OSERR;
}

/* A file past its ceiling cannot be what it should be; to say so none of it is needed: no signature is empty, and no
 * text that was signed. */
static enum err_code read_some(struct buf *b, const char *path, struct err *err)
{
    enum err_code rc = buf_read_file(b, path, err);
    return rc == ERR_TOO_BIG ? buf_str(b, "") : rc;
}

static int run(const struct options *o)
{
    struct buf der = BUF_INIT(FILE_MAX), text = BUF_INIT(TEXT_FILE_MAX);
    struct trust *trust = NULL;
    struct err err = {OK, ""};
    int status;
    if (trust_load(o->ca, &trust, &err) != OK ||
        (o->nes_rule != NULL && trust_set_nes(trust, o->nes_rule, &err) != OK) ||
        read_some(&der, o->file, &err) != OK || (o->text != NULL && read_some(&text, o->text, &err) != OK))
        status = complain(&err);
    else
        status = judge(o, &der, &text, trust);
    trust_free(&trust);
    buf_done(&der);
    buf_done(&text);
    return status;
}

int main(int argc, char **argv)
{
    struct options o = {.depth = DEPTH_TABLE, .at = when_utc()};
    tool_start();
    int status = options_read(argc, argv, &o);
    return status != -1 ? status : run(&o);
}
