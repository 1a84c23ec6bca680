/* What the plain face prints: append-only lines, each once on a page, never a control character. */
#include "ui/plain.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "base/text.h"
#include "ui/spoken.h"
#include "ui/wording.h"
#include "ui/wrap.h"

#define TEXT_WIDTH 79 /* of a text to be signed */
#define PIPE_WIDTH 80 /* of all else where there is no terminal */
#define LEAST_WIDTH 20

static void put(struct plain *p, const char *words, size_t len)
{
    char clean[SPOKEN_MAX + 1], bytes[SPOKEN_MAX + 1];
    text_clean(clean, sizeof clean, words, len < SPOKEN_MAX ? len : SPOKEN_MAX);
    const char *out = clean;
    if (i18n_charset() != CHARSET_UTF8) {
        (void)(i18n_charset() == CHARSET_LATIN5 ? text_latin5 : text_ascii)(bytes, sizeof bytes, clean);
        out = bytes;
    }
    for (; *out != '\0'; out++)
        fputc(*out == '\n' ? ' ' : *out, p->out);
}

static int width_of_lines(const struct plain *p)
{
    struct winsize size = {0};
    if (p->out_tty && ioctl(fileno(p->out), TIOCGWINSZ, &size) == 0 && size.ws_col >= LEAST_WIDTH)
        return size.ws_col;
    return PIPE_WIDTH;
}

/* Broken at blanks only: a path that is longer than a line stays whole. */
void plain_words(struct plain *p, const char *words)
{
    struct wrap w = {.text = words, .width = width_of_lines(p)};
    const char *line;
    size_t len, all = strlen(words);
    while (wrap_next(&w, &line, &len)) {
        put(p, line, len);
        bool inside_word = line + len == words + w.at;
        if (w.at < all && !inside_word)
            fputc('\n', p->out);
    }
}

void plain_line(struct plain *p, const char *words)
{
    plain_words(p, words);
    fputc('\n', p->out);
}

static uint64_t hash_of(const char *s, size_t len)
{
    uint64_t h = 14695981039346656037u; /* FNV-1a */
    for (size_t i = 0; i < len; i++)
        h = (h ^ (unsigned char)s[i]) * 1099511628211u;
    return h;
}

static bool is_new(struct said_lines *said, const char *s, size_t len)
{
    uint64_t h = hash_of(s, len);
    for (size_t i = 0; i < said->n; i++)
        if (said->hash[i] == h)
            return false;
    if (said->n < PLAIN_LINES)
        said->hash[said->n++] = h;
    return true;
}

static void line_once(struct plain *p, const char *s)
{
    if (s[0] != '\0' && is_new(&p->said, s, strlen(s)))
        plain_line(p, s);
}

static void say_document(struct plain *p, const char *text)
{
    struct wrap w = {.text = text, .width = TEXT_WIDTH};
    const char *line;
    size_t len;
    if (!is_new(&p->said, text, strlen(text)))
        return;
    while (wrap_next(&w, &line, &len)) {
        put(p, line, len);
        fputc('\n', p->out);
    }
    p->text_shown = true;
}

static void say_title(struct plain *p, const struct view *v)
{
    char title[PLAIN_LINE];
    snprintf(title, sizeof title, "%s%s (%s)", v->test[0] != '\0' ? "TEST - " : "", v->title, v->section);
    line_once(p, title);
    line_once(p, v->link);
}

/* How much time there is: once on a page, before anything else. */
static void say_time(struct plain *p, const struct view *v)
{
    static const char key[] = "time";
    for (size_t i = 0; i < v->count; i++) {
        if (v->items[i].role != ROLE_TIMER || !is_new(&p->said, key, sizeof key))
            continue;
        char words[PLAIN_LINE];
        i18n_fill(words, sizeof words,
            v->items[i].choice == CH_EXTEND ? tr("You have {time}. To extend, type 'extend'.") : tr("You have {time}."),
            v->items[i].count);
        plain_line(p, words);
    }
}

/* Progress is said in quarters. */
static void say_progress(struct plain *p, const struct item *i)
{
    char percent[16], words[PLAIN_LINE];
    per_cent(percent, sizeof percent, i->count / 25 * 25);
    snprintf(words, sizeof words, "%s: %s", i->label, percent);
    line_once(p, words);
}

static void say_item(struct plain *p, const struct view *v, size_t i)
{
    char words[SPOKEN_MAX];
    switch (v->items[i].role) {
    case ROLE_TEXT:
    case ROLE_HEADING:
    case ROLE_BULLET:
    case ROLE_STEP:
    case ROLE_FACT:
    case ROLE_CODE:
        (void)item_spoken(words, v, i);
        line_once(p, words);
        break;
    case ROLE_DOCUMENT:
        say_document(p, v->items[i].value);
        break;
    case ROLE_PROGRESS:
        say_progress(p, &v->items[i]);
        break;
    default: /* answers are said with their question; clocks when asked for */
        break;
    }
}

void plain_page(struct plain *p, const struct view *v, size_t until)
{
    say_title(p, v);
    say_time(p, v);
    for (size_t i = 0; i < until; i++)
        if (plain_shows(&v->items[i]))
            say_item(p, v, i);
}

static void note_words(char out[PLAIN_LINE], const struct view *v)
{
    bool both = v->said[0] != '\0' && v->advice[0] != '\0';
    snprintf(out, PLAIN_LINE, "%s%s%s", v->said, both ? " " : "", v->advice);
}

/* Prompts that speak of keys: here the question itself is the prompt. */
static bool is_prompt(enum err_code note)
{
    return note == ERR_READ_TEXT || note == ERR_CERT_CHOSEN || note == ERR_TYPE_PIN || note == ERR_CODE_WHOLE;
}

bool plain_note_is_new(const struct plain *p, const struct scene *s, const struct view *v)
{
    char words[PLAIN_LINE];
    note_words(words, v);
    return words[0] != '\0' && !is_prompt(s->flow->note) && strcmp(words, p->note) != 0;
}

void plain_note(struct plain *p, const struct scene *s, const struct view *v)
{
    if (plain_note_is_new(p, s, v)) {
        note_words(p->note, v);
        plain_line(p, p->note);
        if (strcmp(p->due, p->note) == 0)
            p->due[0] = '\0';
    }
}

/* --- questions --------------------------------------------------------------------------------------------------- */

/* A row as it is read out; a combo's without the label, which is in the prompt. */
static const char *answer_words(const struct view *v, const struct item *i, char out[SPOKEN_MAX])
{
    const char *words = item_spoken(out, v, (size_t)(i - v->items));
    if (i->role == ROLE_METHOD)
        return i->label;
    size_t label = strlen(i->label);
    if (i->role == ROLE_COMBO && strncmp(words, i->label, label) == 0 && strncmp(words + label, ": ", 2) == 0)
        return words + label + 2;
    return words;
}

static void say_answers(struct plain *p, const struct view *v, const struct question *q)
{
    char words[SPOKEN_MAX], line[SPOKEN_MAX + 16];
    unsigned n = 0;
    for (size_t i = 0; i < v->count; i++) {
        const struct item *it = &v->items[i];
        if (!question_holds(q, it))
            continue;
        const struct item *next = question_nth(v, q, n + 1);
        if (next == it)
            snprintf(line, sizeof line, "%u %s", ++n, answer_words(v, it, words));
        else
            snprintf(line, sizeof line, "- %s", answer_words(v, it, words));
        plain_line(p, line);
    }
}

static const char *list_prompt(const struct view *v, const struct question *q)
{
    if (q->ask == ASK_METHOD)
        return tr("Method");
    if (q->ask == ASK_PICK)
        return tr("Your choice");
    return v->items[q->item].role == ROLE_COMBO ? v->items[q->item].label : v->title;
}

/* "Seçiminiz (boş satır: Giriş): " */
static void prompt_with_default(struct plain *p, const char *prompt, const char *answer)
{
    char words[2 * PLAIN_LINE], filled[3 * PLAIN_LINE];
    if (answer[0] == '\0') {
        snprintf(filled, sizeof filled, "%s: ", prompt);
    } else {
        words_put(words, sizeof words, tr("{text} (empty line: {default}): "), "text", prompt);
        words_put(filled, sizeof filled, words, "default", answer);
    }
    plain_words(p, filled);
}

static void ask_list(struct plain *p, const struct view *v, const struct question *q, bool again)
{
    char label[PLAIN_LINE] = "", numbered[PLAIN_LINE + 16];
    if (!again)
        say_answers(p, v, q);
    const struct item *d = question_default(v, q);
    if (d != NULL)
        (void)answer_label(d, label, sizeof label);
    const char *named = label;
    if (d != NULL && q->ask == ASK_OPTION) { /* rows of one owner look alike: with the number */
        unsigned n = 1;
        while (question_nth(v, q, n) != d)
            n++;
        snprintf(numbered, sizeof numbered, "%u %s", n, label);
        named = numbered;
    }
    prompt_with_default(p, list_prompt(v, q), named);
}

/* A password may be any line, 'back' and '?' too: the way back from it is the line with nothing in it. */
static const char *secret_prompt(const struct item *i)
{
    return i->field == FIELD_PASSWORD ? tr("{text} (what you type is not shown; empty line: the methods): ")
                                      : tr("{text} (what you type is not shown): ");
}

void plain_ask(struct plain *p, const struct view *v, const struct question *q, bool again)
{
    char words[2 * PLAIN_LINE];
    const struct item *i = &v->items[q->item];
    switch (q->ask) {
    case ASK_FIELD:
        prompt_with_default(p, i->label, i->value);
        break;
    case ASK_SECRET:
        words_put(words, sizeof words, secret_prompt(i), "text", i->label);
        plain_words(p, words);
        break;
    case ASK_DOCUMENT:
        plain_words(p, tr("Have you read the text? 1 Yes, 2 Cancel (empty line: Yes): "));
        break;
    default:
        ask_list(p, v, q, again);
        break;
    }
}

void plain_help(struct plain *p, const struct scene *s, const struct view *v)
{
    char words[PLAIN_LINE];
    if (v->figure[0] != '\0') {
        snprintf(words, sizeof words, "%s - %s", v->figure, v->title);
        plain_line(p, words);
    }
    plain_line(p, v->help);
    if (help_detail(s)[0] != '\0')
        plain_line(p, help_detail(s));
    plain_line(p, tr("You can also type: ? for help, time, extend, lang (Türkçe), back, leave. Only a password is "
                     "taken as it is typed, whatever it is."));
}

void plain_time(struct plain *p, const struct view *v)
{
    for (size_t i = 0; i < v->count; i++)
        if (v->items[i].role == ROLE_TIMER) {
            char left[128], words[PLAIN_LINE];
            i18n_time_left(left, sizeof left, v->items[i].count);
            snprintf(words, sizeof words, "%s.", left);
            plain_line(p, words);
            return;
        }
    plain_line(p, tr("No time limit is running here."));
}

void plain_tell(struct plain *p, enum err_code note)
{
    char words[PLAIN_LINE];
    snprintf(words, sizeof words, "%s %s", tr(note_of(note)->said), tr(words_for(true, note_of(note)->advice)));
    plain_line(p, words);
}
