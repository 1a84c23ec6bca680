/* Answers to the plain face's questions, as events: a number or a label, a command word, what goes into a field. */
#include "config.h"
#include "ui/plain.h"

#include <string.h>

#include "base/code.h"
#include "base/text.h"
#include "ui/edit.h"

void plain_put(struct plain *p, struct event ev)
{
    if (p->queued < sizeof p->queue / sizeof p->queue[0])
        p->queue[p->queued++] = ev;
}

static void put_choice(struct plain *p, enum choice choice, uint32_t value)
{
    plain_put(p, (struct event){.kind = EV_CHOOSE, .value = choice, .arg = value});
}

struct command {
    const char *word;
    enum event_kind event;
    enum choice choice;
};

static const struct command commands[] = {
    {"?", EV_HELP, CH_NONE},
    {"yardım", EV_HELP, CH_NONE},
    {"help", EV_HELP, CH_NONE},
    {"süre", EV_TIME, CH_NONE},
    {"time", EV_TIME, CH_NONE},
    {"uzat", EV_CHOOSE, CH_EXTEND},
    {"extend", EV_CHOOSE, CH_EXTEND},
    {"dil", EV_LANG, CH_NONE},
    {"lang", EV_LANG, CH_NONE},
    {"english", EV_LANG, CH_NONE},
    {"türkçe", EV_LANG, CH_NONE},
    {"geri", EV_BACK, CH_NONE},
    {"back", EV_BACK, CH_NONE},
    {"vazgeç", EV_BACK, CH_NONE},
    {"cancel", EV_BACK, CH_NONE},
    {"çık", EV_LEAVE, CH_NONE},
    {"leave", EV_LEAVE, CH_NONE},
};

/* A language is asked for by its name when it is another one. */
static bool is_spoken(const char *line)
{
    return text_same(line, i18n_lang() == LANG_TR ? "türkçe" : "english");
}

static bool has_timer(const struct view *v)
{
    for (size_t i = 0; i < v->count; i++)
        if (v->items[i].role == ROLE_TIMER)
            return true;
    return false;
}

static bool answer_command(struct plain *p, const struct scene *s, const struct view *v, const char *line)
{
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        if (!text_same(line, commands[i].word))
            continue;
        if (commands[i].event == EV_HELP)
            plain_help(p, s, v);
        else if (commands[i].event == EV_TIME || (commands[i].choice == CH_EXTEND && !has_timer(v)))
            plain_time(p, v);
        else if (commands[i].event != EV_LANG || !is_spoken(line))
            plain_put(p, (struct event){.kind = commands[i].event, .value = commands[i].choice});
        return true;
    }
    return false;
}

static void answer_unknown(struct plain *p)
{
    plain_line(p, tr("This answer was not understood. Type a number or a word of the list, or ? for help."));
}

static void answer_document(
    struct plain *p, const struct scene *s, const struct view *v, const struct question *q, const char *line)
{
    static const char *const yes[] = {"", "1", N_("Yes")}, *const no[] = {"2", N_("No"), N_("Cancel")};
    for (size_t i = 0; i < 3; i++) {
        if (text_same(line, yes[i]) || (yes[i][0] > '9' && text_same(line, tr_in(LANG_TR, yes[i])))) {
            put_choice(p, v->items[q->item].choice, 0);
            p->at++;
            return;
        }
        if (text_same(line, no[i]) || (no[i][0] > '9' && text_same(line, tr_in(LANG_TR, no[i])))) {
            put_choice(p, CH_CANCEL, 0);
            return;
        }
    }
    if (!answer_command(p, s, v, line))
        answer_unknown(p);
}

/* A field with nothing in it lets the next question through; one with something does what Enter does in it. */
static void after_field(struct plain *p, const struct item *i, bool filled)
{
    if (filled && i->choice != CH_NONE)
        put_choice(p, i->choice, 0);
    else
        p->at++;
}

/* Told before the password is asked for. */
static void refuse_number(struct plain *p, struct desk *d)
{
    plain_put(p, edit_clear(d, FIELD_TCKN));
    plain_tell(p, ERR_TCKN_FORM);
}

/* A word is never a number or a code. */
static void answer_field(struct plain *p, const struct scene *s, const struct view *v, struct desk *d,
    const struct item *i, const char *line)
{
    if (line[0] == '\0') {
        after_field(p, i, i->value[0] != '\0');
        return;
    }
    if (answer_command(p, s, v, line))
        return;
    size_t len = strlen(line);
    struct event refused = {.kind = EV_TOUCH};
    bool surplus = p->line_long;
    (void)edit_clear(d, i->field);
    for (size_t at = 0; at < len;) {
        uint32_t cp = utf8_next(line, len, &at);
        struct event ev = edit_add(d, s->flow, i->field, cp);
        if ((ev.kind == EV_CODE || ev.kind == EV_PATH) && ev.err != OK)
            refused = ev;
        surplus = surplus || ((ev.kind == EV_TOUCH || ev.err != OK) && cp != ' ' && cp != '-');
    }
    if (i->field == FIELD_TCKN && (surplus || !(edit_state(d, i->field, 0).flags & FLAG_FITS))) {
        refuse_number(p, d);
        return;
    }
    struct event state = edit_state(d, i->field, FLAG_WHOLE);
    if (surplus)
        state.flags &= ~(uint32_t)FLAG_FITS;
    plain_put(p, refused.kind != EV_TOUCH ? refused : state);
    if (refused.kind == EV_TOUCH)
        after_field(p, i, true);
}

/* As many symbols as a code has: meant for the field above the buttons. */
static const struct item *field_of_code(const struct view *v, const char *line)
{
    char code[CODE_LEN + 1];
    size_t symbols = 0;
    enum code_fit fit = code_read(line, strlen(line), code, &symbols);
    explicit_bzero(code, sizeof code);
    for (size_t i = 0; i < v->count && (fit == CODE_FITS || fit == CODE_BAD_CHECK); i++)
        if (v->items[i].role == ROLE_FIELD && v->items[i].field == FIELD_CODE)
            return &v->items[i];
    return NULL;
}

static void answer_list(struct plain *p, const struct scene *s, const struct view *v, struct desk *d,
    const struct question *q, const char *line)
{
    const struct item *i = line[0] == '\0' ? question_default(v, q) : question_named(v, q, line);
    const struct item *field = i == NULL ? field_of_code(v, line) : NULL;
    if (i != NULL) {
        put_choice(p, i->choice, i->choice_value);
        if (q->ask == ASK_OPTION)
            p->at++; /* from a method the flow leads on, if it is offered */
    } else if (field != NULL) {
        answer_field(p, s, v, d, field, line);
    } else if (line[0] == '\0' || !answer_command(p, s, v, line)) {
        answer_unknown(p);
    }
}

/* Without a secret: to the choices below it, or where there are none to the page's first question. */
static void skip_secret(struct plain *p, const struct scene *s, const struct view *v)
{
    struct question list[QUESTIONS_MAX];
    size_t n = questions_of(v, s->flow, list);
    plain_line(p, tr("Nothing was typed; here are the choices."));
    while (p->at < n && list[p->at].ask == ASK_SECRET)
        p->at++;
    p->at = p->at < n ? p->at : 0;
}

static void answer_secret(
    struct plain *p, const struct scene *s, const struct view *v, struct desk *d, const struct item *i)
{
    struct event ev = edit_state(d, i->field, 0);
    if (p->refused.kind != EV_TOUCH) {
        (void)edit_clear(d, i->field);
        if (ev.value == 0 && answer_command(p, s, v, p->line)) /* not one digit: no PIN */
            return;
        ev = p->refused;
        ev.value = 0;
        plain_put(p, ev);
        return;
    }
    plain_put(p, ev);
    if (ev.value == 0)
        skip_secret(p, s, v);
    else
        after_field(p, i, i->field != FIELD_PIN);
}

void plain_answer(
    struct plain *p, const struct scene *s, const struct view *v, struct desk *d, const struct question *q)
{
    char folded[PLAIN_LINE];
    const struct item *i = &v->items[q->item];
    plain_stop_asking(p, true);
    text_fold(folded, sizeof folded, p->line); /* outer blanks gone: is anything left? */
    const char *line = folded[0] != '\0' ? p->line : "";
    if (q->ask == ASK_FIELD)
        answer_field(p, s, v, d, i, line);
    else if (q->ask == ASK_SECRET)
        answer_secret(p, s, v, d, i);
    else if (q->ask == ASK_DOCUMENT)
        answer_document(p, s, v, q, line);
    else
        answer_list(p, s, v, d, q, line);
    explicit_bzero(folded, sizeof folded);
    plain_forget_line(p);
    if (p->queued > 0)
        p->note[0] = '\0'; /* said again when it comes again */
}

void plain_answer_waiting(struct plain *p, const struct scene *s, const struct view *v)
{
    if (!answer_command(p, s, v, p->line))
        plain_line(p, tr("You can wait, or type 'back' and press Enter."));
    plain_forget_line(p);
}
