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
#include "sign/trust.h"
#include "tools/tool.h"
#include "tools/verify_receipt.h"

#define TEXT_FILE_MAX (1024 * 1024)

struct options {
    const char *file, *ca, *text, *nes_rule; /* the last two may be NULL */
    bool json;
};

static const char usage[] =
    N_("Usage: eonay verify FILE --ca FILE [--text FILE] [--nes-rule RULE] [--json] [--lang tr|en]\n"
       "\n"
       "  FILE            the signature (consent.p7s) or the receipt (receipt.asice)\n"
       "  --ca FILE       the authorities to rely on, PEM\n"
       "  --text FILE     the text that must have been signed, byte for byte\n"
       "  --nes-rule RULE the statements that make a certificate qualified, as nes_rule of the settings\n"
       "  --json          the answer as JSON\n"
       "  --lang tr|en    the language of the answer\n"
       "  --help\n"
       "\n"
       "Nothing is asked over the network. Exit status 0: the signature holds.\n");

enum { OPT_CA = TOOL_OWN, OPT_TEXT, OPT_NES_RULE, OPT_JSON };
static const struct option known[] = {
    {"ca", required_argument, NULL, OPT_CA},
    {"text", required_argument, NULL, OPT_TEXT},
    {"nes-rule", required_argument, NULL, OPT_NES_RULE},
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
    if (optind + 1 != argc || o->ca == NULL)
        return tool_refuse(&tool);
    o->file = argv[optind];
    return -1;
}

static enum err_code compare_text(const struct cades_facts *f, const struct buf *text, struct err *err)
{
    bool same = f->text_len == text->len && memcmp(f->text, text->data, text->len) == 0;
    return same ? OK : err_set(err, ERR_REJ_TEXT, "text");
}

/* The signature itself first: a text that differs from what a broken file holds proves nothing. `text` may be NULL. */
static enum err_code judge(struct finding *f, struct asice_view der, const struct buf *text, const struct trust *trust)
{
    enum err_code rc = cades_read(der.at, der.len, &f->facts, &f->err);
    f->readable = rc == OK;
    if (f->readable)
        f->nes = cert_judge_nes(&f->facts.cert, trust_nes(trust));
    if (rc == OK)
        rc = cades_check(&f->facts, NULL, NULL, trust, f->facts.signing_time, &f->err);
    if (rc == OK && text != NULL)
        rc = compare_text(&f->facts, text, &f->err);
    f->verdict = verdict_of(rc, &f->err);
    return rc;
}

static int exit_status(enum err_code rc)
{
    return rc == OK ? EX_OK : rc == ERR_NOMEM || rc == ERR_CRYPTO ? EX_OSERR : EX_DATAERR;
}

/* A receipt, and the consent in it as if it had been handed in alone. */
static int answer_receipt(
    const struct options *o, const struct buf *file, const struct buf *text, const struct trust *trust)
{
    struct receipt_finding f = {.err = {OK, ""}};
    f.code = receipt_read(file->data, file->len, &f.receipt, &f.err);
    f.readable = f.code == OK;
    if (f.readable) {
        f.code = receipt_check(&f.receipt, trust, &f.err);
        enum err_code rc = judge(&f.consent, f.receipt.parts.part[ASICE_CONSENT], o->text != NULL ? text : NULL, trust);
        if (f.code == OK && rc != OK)
            f.code = err_set(&f.err, rc, "%.200s", f.consent.err.detail);
    }
    if (o->json)
        receipt_finding_say_json(&f);
    else
        receipt_finding_say(&f);
    if (f.readable && f.consent.readable)
        cades_facts_done(&f.consent.facts);
    if (f.readable)
        receipt_done(&f.receipt);
    return fflush(stdout) == 0 ? exit_status(f.code) : EX_IOERR;
}

static int answer(const struct options *o, const struct buf *der, const struct buf *text, const struct trust *trust)
{
    struct finding f = {.err = {OK, ""}};
    enum err_code rc = judge(&f, (struct asice_view){der->data, der->len}, o->text != NULL ? text : NULL, trust);
    if (o->json)
        finding_say_json(&f);
    else
        finding_say(&f);
    if (f.readable)
        cades_facts_done(&f.facts);
    return fflush(stdout) == 0 ? exit_status(rc) : EX_IOERR;
}

static int complain(const struct err *err)
{
    tool_complain(&tool, err->detail);
    return err->code == ERR_FILE ? EX_NOINPUT : err->code == ERR_CONFIG ? EX_CONFIG : EX_OSERR;
}

/* A file past its ceiling cannot be what it should be; its first bytes are enough to say so. */
static enum err_code read_some(struct buf *b, const char *path, struct err *err)
{
    enum err_code rc = buf_read_file(b, path, err);
    return rc == ERR_TOO_BIG ? buf_str(b, "?") : rc;
}

static int run(const struct options *o)
{
    struct buf der = BUF_INIT(ASICE_MAX), text = BUF_INIT(TEXT_FILE_MAX);
    struct trust *trust = NULL;
    struct err err = {OK, ""};
    int status;
    if (trust_load(o->ca, &trust, &err) != OK ||
        (o->nes_rule != NULL && trust_set_nes(trust, o->nes_rule, &err) != OK) ||
        read_some(&der, o->file, &err) != OK || (o->text != NULL && read_some(&text, o->text, &err) != OK))
        status = complain(&err);
    else
        status = (verify_is_receipt(&der) ? answer_receipt : answer)(o, &der, &text, trust);
    trust_free(&trust);
    buf_done(&der);
    buf_done(&text);
    return status;
}

int main(int argc, char **argv)
{
    struct options o = {0};
    tool_start();
    int status = options_read(argc, argv, &o);
    return status != -1 ? status : run(&o);
}
