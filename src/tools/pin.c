/* eonay-pin: another PIN for a card. The PINs go from standard input into locked pages and from there to the card's
 * worker; on a reader with keys of its own they never come here. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/ascii.h"
#include "base/i18n.h"
#include "base/text.h"
#include "tools/ask.h"
#include "tools/readers.h"
#include "tools/tool.h"

#define ROUNDS 3             /* a person may answer a question so often */
#define CARD_NUMBER_MAX 9999 /* more than there are: one that no card has is told as such */

struct options {
    const char *config;
    uint64_t card; /* from 1; 0: not named */
    bool last_try;
};

static const char usage[] =
    N_("Usage: eonay pin change [--config FILE] [--card N] [--last-try] [--lang tr|en]\n"
       "\n"
       "  --config FILE   the wizard's settings (wizard.yaml)\n"
       "  --card N        the card, by its number in the list that is shown when there are several\n"
       "  --last-try      go on without a question although it is the card's last PIN try\n"
       "  --lang tr|en    the language of the answer\n"
       "  --help\n"
       "\n"
       "The old PIN, the new one and the new one again are asked for at the terminal, without echo, or on the\n"
       "keys of the card reader. Where standard input is no terminal they are its first three lines.\n");

enum { OPT_CONFIG = TOOL_OWN, OPT_CARD, OPT_LAST_TRY };
static const struct option known[] = {
    {"config", required_argument, NULL, OPT_CONFIG},
    {"card", required_argument, NULL, OPT_CARD},
    {"last-try", no_argument, NULL, OPT_LAST_TRY},
    TOOL_OPTIONS,
};

static int take(void *options, int opt, char *value);
static const struct tool tool = {"pin", usage, known, take};

static int take(void *options, int opt, char *value)
{
    struct options *o = options;
    switch (opt) {
    case OPT_CONFIG:
        o->config = value;
        break;
    case OPT_CARD:
        return ascii_u64(value, CARD_NUMBER_MAX, &o->card) && o->card > 0 ? -1 : tool_refuse(&tool);
    case OPT_LAST_TRY:
        o->last_try = true;
        break;
    }
    return -1;
}

static int options_read(int argc, char **argv, struct options *o)
{
    int status = tool_options(&tool, argc, argv, o);
    if (status != -1)
        return status;
    return optind + 1 == argc && strcmp(argv[optind], "change") == 0 ? -1 : tool_refuse(&tool);
}

/* ---- what is said in the end ---- */

/* The advice of the others speaks of the wizard's own pages. */
static const struct outcome {
    enum err_code code;
    int status;
    bool advice;
} outcomes[] = {
    {ERR_PIN_WRONG, EX_NOPERM, false},
    {ERR_PIN_LOW, EX_NOPERM, false},
    {ERR_PIN_LOCKED, EX_NOPERM, true},
    {ERR_PIN_NONE, EX_NOPERM, true},
    {ERR_PIN_FIXED, EX_NOPERM, true},
    {ERR_PIN_EMPTY, EX_DATAERR, false},
    {ERR_PIN_SHORT, EX_DATAERR, false},
    {ERR_PIN_LONG, EX_DATAERR, false},
    {ERR_PIN_LETTER, EX_DATAERR, false},
    {ERR_NEW_PIN_EMPTY, EX_DATAERR, false},
    {ERR_NEW_PIN_SHORT, EX_DATAERR, true},
    {ERR_NEW_PIN_LONG, EX_DATAERR, true},
    {ERR_NEW_PIN_LETTER, EX_DATAERR, true},
    {ERR_NEW_PIN_SAME, EX_DATAERR, true},
    {ERR_NEW_PIN_DIFFERS, EX_DATAERR, false},
    {ERR_NEW_PIN_REFUSED, EX_DATAERR, true},
    {ERR_CANCELLED, EX_NOINPUT, false},
    {ERR_PAD_CANCEL, EX_NOINPUT, false},
    {ERR_PAD_TIME, EX_NOINPUT, false},
    {ERR_PIN_UNSURE, EX_TEMPFAIL, true},
    {ERR_CARD_GONE, EX_UNAVAILABLE, false},
    {ERR_NO_CARD, EX_UNAVAILABLE, true},
    {ERR_NO_READER, EX_UNAVAILABLE, true},
};

static struct outcome outcome_of(enum err_code code)
{
    for (size_t i = 0; i < sizeof outcomes / sizeof outcomes[0]; i++)
        if (outcomes[i].code == code)
            return outcomes[i];
    return (struct outcome){code, EX_UNAVAILABLE, false};
}

/* The wizard's field speaks of single keys; here a whole line was typed. */
static const char *said_of(enum err_code code)
{
    static const struct {
        enum err_code code;
        const char *said;
    } rows[] = {
        {ERR_PIN_EMPTY, N_("No old PIN was typed.")},
        {ERR_PIN_LETTER, N_("The old PIN can hold only digits.")},
        {ERR_PIN_LONG, N_("The old PIN can have at most {n} digits.")},
        {ERR_NEW_PIN_EMPTY, N_("No new PIN was typed.")},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].code == code)
            return tr(rows[i].said);
    return tr(note_of(code)->said);
}

/* The sentence, the advice where it fits, the detail where there is one. */
static int fail(const struct err *err, uint64_t arg)
{
    struct outcome end = outcome_of(err->code);
    const struct note *note = note_of(err->code);
    char said[256], line[768];
    i18n_fill(said, sizeof said, said_of(err->code), arg);
    snprintf(line, sizeof line, "%s%s%s%s%s%s", said, end.advice && note->advice[0] != '\0' ? " " : "",
        end.advice && note->advice[0] != '\0' ? tr(note->advice) : "", err->detail[0] != '\0' ? " (" : "", err->detail,
        err->detail[0] != '\0' ? ")" : "");
    ask_say(true, line);
    return end.status;
}

static int fail_plain(enum err_code code, uint64_t arg)
{
    struct err err = {.code = code};
    return fail(&err, arg);
}

/* ---- which card ---- */

static const char *state_of(const struct reader_card *c)
{
    if (c->pin_flags & READER_LOCKED)
        return tr("the PIN is locked");
    if (c->pin_flags & READER_LAST)
        return tr("last PIN try");
    if (c->pin_flags & READER_DUE)
        return tr("the PIN is to be changed");
    return c->pin_flags & READER_LOW ? tr("few PIN tries left") : "";
}

static void card_say(const struct reader_card *c, size_t number, bool error)
{
    const char *state = state_of(c);
    char line[400];
    snprintf(line, sizeof line, "%zu. %s: %s, %s: %s%s%s", number, tr("Card"), c->label, tr("Reader"), c->reader,
        state[0] != '\0' ? ", " : "", state);
    ask_say(error, line);
}

static void cards_say(const struct readers *r, bool error)
{
    for (size_t i = 0; i < r->n; i++)
        card_say(&r->cards[i], i + 1, error);
}

/* The number a person types, asked for again when no card has it; 0: none of theirs is one. False: no answer came. */
static bool card_ask(const struct readers *r, uint64_t *ret)
{
    char answer[32];
    *ret = 0;
    cards_say(r, false);
    for (unsigned round = 1; *ret == 0 && round <= ROUNDS; round++) {
        uint64_t number = 0;
        if (!ask_line(tr("Number of the card: "), answer, sizeof answer))
            return false;
        if (ascii_u64(answer, r->n, &number) && number > 0)
            *ret = number;
        else
            ask_say(true, tr("There is no such card."));
    }
    return true;
}

/* -1: chosen; else the exit status. */
static int card_choose(const struct readers *r, const struct options *o, size_t *ret)
{
    uint64_t number = o->card != 0 ? o->card : r->n == 1 ? 1 : 0;
    bool asks = number == 0 && ask_is_terminal();
    if (r->n == 0)
        return fail(&r->why, 0);
    if (asks && !card_ask(r, &number))
        return fail_plain(ERR_CANCELLED, 0);
    if (asks && number == 0)
        return EX_USAGE;
    if (number == 0 || number > r->n) {
        cards_say(r, true);
        ask_say(true, number > 0 ? tr("There is no such card.") : tr("Name the card with --card N."));
        return EX_USAGE;
    }
    *ret = (size_t)number - 1;
    if (!asks)
        card_say(&r->cards[*ret], *ret + 1, false);
    return -1;
}

/* ---- the last try ---- */

/* By a word: Enter alone never is one. */
static bool is_yes(const char *answer)
{
    return text_same(answer, tr_in(LANG_TR, N_("YES"))) || text_same(answer, tr_in(LANG_EN, N_("YES")));
}

/* -1: go on. */
static int last_try_ask(const struct options *o)
{
    char answer[32];
    if (o->last_try)
        return -1;
    ask_say(true, tr("This is the last PIN try of your card."));
    ask_say(true, tr("If the PIN is not accepted, your card will lock."));
    if (!ask_is_terminal()) {
        ask_say(true, tr("Nothing was tried. To go on all the same: --last-try"));
        return EX_NOPERM;
    }
    if (!ask_line(tr("To use it, type YES; an empty line stops here: "), answer, sizeof answer) || !is_yes(answer))
        return fail_plain(ERR_CANCELLED, 0);
    return -1;
}

/* ---- the PINs ---- */

struct pins {
    struct secret *old_pin, *new_pin, *again;
};

/* Told before it is sent, so that nobody types the others for nothing; the worker checks again. */
static enum err_code length_of(const struct reader_card *c, const struct secret *pin, const enum err_code words[3])
{
    size_t len = secret_len(pin);
    if (len == 0)
        return words[0];
    if (len < c->pin_min)
        return words[1];
    return c->pin_max > 0 && len > c->pin_max ? words[2] : OK;
}

static uint64_t limit_of(const struct reader_card *c, enum err_code code)
{
    bool at_most = code == ERR_PIN_LONG || code == ERR_NEW_PIN_LONG;
    return at_most && c->pin_max > 0 ? c->pin_max : at_most ? SECRET_MAX : c->pin_min;
}

static enum err_code ask_old(const struct reader_card *c, struct pins *p)
{
    static const enum err_code words[] = {ERR_PIN_EMPTY, ERR_PIN_SHORT, ERR_PIN_LONG};
    enum err_code rc = ask_pin(tr("Old PIN: "), p->old_pin);
    return rc == OK ? length_of(c, p->old_pin, words) : rc;
}

static enum err_code ask_new(const struct reader_card *c, struct pins *p)
{
    static const enum err_code words[] = {ERR_NEW_PIN_EMPTY, ERR_NEW_PIN_SHORT, ERR_NEW_PIN_LONG};
    enum err_code rc = ask_pin(tr("New PIN: "), p->new_pin);
    if (rc == ERR_PIN_LETTER)
        return ERR_NEW_PIN_LETTER;
    if (rc == OK)
        rc = length_of(c, p->new_pin, words);
    if (rc == OK && secret_same(p->old_pin, p->new_pin))
        rc = ERR_NEW_PIN_SAME;
    if (rc == OK)
        rc = ask_pin(tr("New PIN, once more: "), p->again);
    if (rc == ERR_PIN_LETTER || (rc == OK && !secret_same(p->new_pin, p->again)))
        rc = ERR_NEW_PIN_DIFFERS;
    secret_wipe(p->again);
    return rc;
}

/* A person may mistype; from a pipe the first answer is the only one. */
static enum err_code ask_well(
    const struct reader_card *c, struct pins *p, enum err_code (*ask)(const struct reader_card *, struct pins *))
{
    enum err_code rc = ask(c, p);
    for (unsigned round = 1; rc != OK && rc != ERR_CANCELLED && round < ROUNDS && ask_is_terminal(); round++) {
        (void)fail_plain(rc, limit_of(c, rc));
        rc = ask(c, p);
    }
    return rc;
}

static enum err_code ask_pins(const struct reader_card *c, struct pins *p)
{
    enum err_code rc = ask_well(c, p, ask_old);
    return rc == OK ? ask_well(c, p, ask_new) : rc;
}

/* ---- the change ---- */

/* A card that wants a login first asks for all of it once more; nothing was tried by then. */
static int change(struct readers *r, size_t card, struct pins *p)
{
    const struct reader_card *c = &r->cards[card];
    struct readers_answer answer = {.err = {.code = ERR_PIN_AGAIN}};
    for (unsigned round = 0; round < 2 && answer.err.code == ERR_PIN_AGAIN; round++) {
        enum err_code rc = OK;
        if (round > 0)
            ask_say(false, tr("The card wants the PIN once more for the change."));
        if (c->pin_flags & READER_PAD)
            ask_say(false, tr("Enter the old PIN, then the new one twice on the keys of the card reader."));
        else
            rc = ask_pins(c, p);
        if (rc != OK)
            return fail_plain(rc, limit_of(c, rc));
        readers_change(r, card, p->old_pin, p->new_pin, &answer);
    }
    if (answer.err.code != OK)
        return fail(&answer.err, answer.arg);
    ask_say(false, tr(note_of(ERR_PIN_CHANGED)->said));
    return EX_OK;
}

static int change_on(struct readers *r, const struct options *o, struct pins *p)
{
    size_t card = 0;
    int status = card_choose(r, o, &card);
    if (status != -1)
        return status;
    if (r->cards[card].pin_flags & READER_LOCKED)
        return fail_plain(ERR_PIN_LOCKED, 0);
    if (r->cards[card].pin_flags & READER_LAST && (status = last_try_ask(o)) != -1)
        return status;
    return change(r, card, p);
}

static int with_pins(const char *config, const struct settings *s, const struct options *o)
{
    static struct readers r;
    struct pins p = {0};
    int status = EX_OSERR;
    if (secret_new(&p.old_pin) == OK && secret_new(&p.new_pin) == OK && secret_new(&p.again) == OK) {
        readers_open(&r, config, s);
        status = change_on(&r, o, &p);
        readers_close(&r);
    }
    secret_free(&p.old_pin);
    secret_free(&p.new_pin);
    secret_free(&p.again);
    return status;
}

int main(int argc, char **argv)
{
    struct options o = {0};
    struct settings s = {0};
    char config[PATH_MAX];
    tool_start();
    int status = options_read(argc, argv, &o);
    if (status == -1)
        status = tool_settings(&tool, o.config, config, &s);
    if (status != -1)
        return status;
    status = with_pins(config, &s, &o);
    settings_free(&s);
    return status;
}
