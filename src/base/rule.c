#include "config.h"
#include "base/rule.h"
#include "base/ascii.h"
#include "base/i18n.h"

#include <string.h>

enum { STEP_AND = RULE_OIDS, STEP_OR };

#define WANT_OPERAND N_("an object identifier such as 0.4.0.1862.1.1, or \"(\"")
#define WANT_IDENTIFIER N_("an object identifier such as 0.4.0.1862.1.1")
#define WANT_MORE N_("AND, OR or \")\"")
#define WANT_END N_("AND, OR or the end")
#define WANT_FEWER N_("no more than 16 object identifiers")
#define WANT_FLATTER N_("no more than 8 brackets one in another")
#define WANT_SHORTER N_("the end: no more than 512 characters")

struct reader {
    const char *words;
    size_t at, depth;
    struct rule rule;
    const char *expected; /* NULL: all is well so far */
};

static bool refuse(struct reader *r, size_t at, const char *expected)
{
    r->at = at;
    r->expected = expected;
    return false;
}

/* ---- words ---- */

static void skip_blanks(struct reader *r)
{
    while (r->words[r->at] == ' ')
        r->at++;
}

static bool is_word_byte(char c)
{
    return ascii_is_alnum(c) || c == '.';
}

static size_t word_len(const struct reader *r)
{
    size_t len = 0;
    while (is_word_byte(r->words[r->at + len]))
        len++;
    return len;
}

static bool takes_word(struct reader *r, const char *word)
{
    char read[4] = "";
    size_t len = word_len(r);
    if (len != strlen(word) || len >= sizeof read)
        return false;
    memcpy(read, r->words + r->at, len);
    if (ascii_casecmp(read, word) != 0)
        return false;
    r->at += len;
    skip_blanks(r);
    return true;
}

static bool takes_byte(struct reader *r, char c)
{
    if (r->words[r->at] != c)
        return false;
    r->at++;
    skip_blanks(r);
    return true;
}

/* ---- identifiers: by their text, so one has one spelling ---- */

static size_t arc_len(const char *s, size_t left)
{
    size_t len = 0;
    while (len < left && ascii_is_digit(s[len]))
        len++;
    return len > 1 && s[0] == '0' ? 0 : len;
}

static bool is_identifier(const char *s, size_t len)
{
    size_t arcs = 0, at = 0;
    for (;; at++) {
        size_t n = arc_len(s + at, len - at);
        bool top = arcs == 0 && (n != 1 || s[at] > '2');
        bool second = arcs == 1 && s[0] != '2' && (n > 2 || (n == 2 && s[at] > '3'));
        if (n == 0 || top || second)
            return false;
        arcs++;
        at += n;
        if (at == len)
            return arcs > 1;
        if (s[at] != '.')
            return false;
    }
}

static void put_step(struct reader *r, uint8_t step)
{
    r->rule.steps[r->rule.step_count++] = step;
}

static bool read_identifier(struct reader *r)
{
    size_t len = word_len(r);
    if (len == 0)
        return refuse(r, r->at, WANT_OPERAND);
    if (len >= RULE_OID || !is_identifier(r->words + r->at, len))
        return refuse(r, r->at, WANT_IDENTIFIER);
    if (r->rule.oid_count == RULE_OIDS)
        return refuse(r, r->at, WANT_FEWER);
    memcpy(r->rule.oids[r->rule.oid_count], r->words + r->at, len);
    put_step(r, r->rule.oid_count++);
    r->at += len;
    skip_blanks(r);
    return true;
}

/* ---- the grammar ---- */

static bool read_rule(struct reader *r);

static bool read_atom(struct reader *r)
{
    size_t opened = r->at;
    if (!takes_byte(r, '('))
        return read_identifier(r);
    if (r->depth == RULE_DEPTH)
        return refuse(r, opened, WANT_FLATTER);
    r->depth++;
    if (!read_rule(r))
        return false;
    r->depth--;
    return takes_byte(r, ')') || refuse(r, r->at, WANT_MORE);
}

static bool read_part(struct reader *r)
{
    if (!read_atom(r))
        return false;
    while (takes_word(r, "AND")) {
        if (!read_atom(r))
            return false;
        put_step(r, STEP_AND);
    }
    return true;
}

static bool read_rule(struct reader *r)
{
    if (!read_part(r))
        return false;
    while (takes_word(r, "OR")) {
        if (!read_part(r))
            return false;
        put_step(r, STEP_OR);
    }
    return true;
}

bool rule_parse(const char *words, struct rule *ret, struct rule_flaw *ret_flaw)
{
    struct reader r = {.words = words};
    bool good = strnlen(words, RULE_MAX + 1) <= RULE_MAX || refuse(&r, RULE_MAX, WANT_SHORTER);
    if (good) {
        skip_blanks(&r);
        good = read_rule(&r) && (words[r.at] == '\0' || refuse(&r, r.at, WANT_END));
    }
    if (good)
        *ret = r.rule;
    else
        *ret_flaw = (struct rule_flaw){r.at, r.expected};
    return good;
}

bool rule_has_flaw(const char *words, size_t *ret_at, const char **ret_expected)
{
    struct rule rule;
    struct rule_flaw flaw;
    if (rule_parse(words, &rule, &flaw))
        return false;
    *ret_at = flaw.at;
    *ret_expected = flaw.expected;
    return true;
}

/* ---- the answer ---- */

bool rule_holds(const struct rule *r, bool (*has)(const void *ctx, const char *oid), const void *ctx)
{
    bool stack[RULE_OIDS] = {false};
    size_t n = 0;
    for (size_t i = 0; i < r->step_count; i++) {
        uint8_t step = r->steps[i];
        if (step < RULE_OIDS) {
            stack[n++] = has(ctx, r->oids[step]);
            continue;
        }
        bool right = stack[--n];
        stack[n - 1] = step == STEP_AND ? stack[n - 1] && right : stack[n - 1] || right;
    }
    return n == 1 && stack[0];
}
