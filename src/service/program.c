#include "config.h"

#include "service/program.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include "base/say.h"

static const char **value_of(struct program_args *a, const char *option, const char **lang)
{
    const struct {
        const char *name;
        const char **to;
    } options[] = {
        {"--config", &a->config}, {"--tckn", &a->tckn}, {"--number", &a->number}, {"--out", &a->out}, {"--lang", lang}};
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++)
        if (strcmp(option, options[i].name) == 0)
            return options[i].to;
    return NULL;
}

static bool is_lang(const char *s)
{
    return strcmp(s, "tr") == 0 || strcmp(s, "en") == 0;
}

bool program_read(int argc, char **argv, struct program_args *ret)
{
    const char *lang = "tr";
    *ret = (struct program_args){0};
    for (int i = 1; i < argc; i++) {
        const char **value = value_of(ret, argv[i], &lang);
        if (value && i + 1 < argc)
            *value = argv[++i];
        else if (strcmp(argv[i], "--json") == 0)
            ret->json = true;
        else if (strcmp(argv[i], "--help") == 0)
            ret->help = true;
        else if (argv[i][0] != '-' && ret->rest_count < PROGRAM_REST)
            ret->rest[ret->rest_count++] = argv[i];
        else
            return false;
    }
    return (ret->config || ret->help) && is_lang(lang);
}

enum lang program_lang(int argc, char **argv)
{
    for (int i = 1; i + 1 < argc; i++)
        if (strcmp(argv[i], "--lang") == 0)
            return strcmp(argv[i + 1], "en") == 0 ? LANG_EN : LANG_TR;
    return i18n_lang_of_locale();
}

int program_usage(const char *usage)
{
    say_fmt(stderr, "%s: %s\n", tr("Usage"), tr(usage));
    return EX_USAGE;
}

int program_help(const char *usage)
{
    say_fmt(stdout, "%s: %s\n", tr("Usage"), tr(usage));
    return EX_OK;
}

static int exit_code(enum err_code code)
{
    static const struct {
        enum err_code code;
        int exit;
    } exits[] = {{ERR_CONFIG, EX_CONFIG}, {ERR_FILE, EX_NOINPUT}, {ERR_FILE_THERE, EX_CANTCREAT},
        {ERR_NOT_FOUND, EX_NOINPUT}, {ERR_NOT_SEALED, EX_TEMPFAIL}, {ERR_LEDGER_BROKEN, EX_DATAERR},
        {ERR_STORE, EX_IOERR}, {ERR_NOMEM, EX_OSERR}, {ERR_TOO_BIG, EX_DATAERR}, {ERR_BAD_REQUEST, EX_USAGE}};
    for (size_t i = 0; i < sizeof exits / sizeof exits[0]; i++)
        if (exits[i].code == code)
            return exits[i].exit;
    return EX_SOFTWARE;
}

int program_fail(const char *program, enum err_code code, const struct err *err)
{
    const char *detail = err->detail;
    const struct note *n = note_of(code);
    say_fmt(stderr, "%s: ", program);
    say_word(stderr, detail);
    if (code == ERR_BAD_REQUEST && *detail) { /* the detail is the sentence */
        say_text(stderr, "\n");
        return exit_code(code);
    }
    say_fmt(stderr, "%s%s", *detail ? "\n" : "", tr(n->said));
    if (*n->advice)
        say_fmt(stderr, " %s", tr(n->advice));
    say_text(stderr, "\n");
    return exit_code(code);
}
