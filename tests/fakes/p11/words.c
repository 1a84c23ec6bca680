#include "config.h"
#include "fakes/p11/words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int p11_hex_value(char c)
{
    const char *digits = "0123456789abcdef", *at = c == '\0' ? NULL : strchr(digits, c);

    return at == NULL ? -1 : (int)(at - digits);
}

/* Unquotes the word at `from` in place and ends it; what follows it is answered. */
static char *word_cut(char *from)
{
    char *out = from, *next;
    bool quoted = false;

    while (*from != '\0' && (quoted || *from != ' ')) {
        if (*from == '"') {
            quoted = !quoted;
            from++;
        } else if (from[0] == '\\' && from[1] == 'x' && p11_hex_value(from[2]) >= 0 && p11_hex_value(from[3]) >= 0) {
            *out++ = (char)(p11_hex_value(from[2]) << 4 | p11_hex_value(from[3]));
            from += 4;
        } else {
            *out++ = *from++;
        }
    }
    next = *from == '\0' ? from : from + 1;
    *out = '\0';
    return next;
}

void p11_line_cut(char *at, struct p11_line *l)
{
    l->n = 0;
    memset(l->used, 0, sizeof l->used);
    for (at += strspn(at, " "); *at != '\0' && l->n < P11_WORDS; at += strspn(at, " ")) {
        l->v[l->n++] = at;
        at = word_cut(at);
    }
}

const char *p11_word_at(struct p11_line *l, size_t i)
{
    if (i >= l->n)
        return NULL;
    l->used[i] = true;
    return l->v[i];
}

bool p11_has(struct p11_line *l, const char *word)
{
    for (size_t i = 1; i < l->n; i++)
        if (strcmp(l->v[i], word) == 0)
            return l->used[i] = true;
    return false;
}

const char *p11_value_of(struct p11_line *l, const char *name)
{
    size_t len = strlen(name);

    for (size_t i = 1; i < l->n; i++)
        if (strncmp(l->v[i], name, len) == 0 && l->v[i][len] == '=') {
            l->used[i] = true;
            return l->v[i] + len + 1;
        }
    return NULL;
}

unsigned p11_number_of(struct p11_line *l, const char *name, unsigned otherwise)
{
    const char *value = p11_value_of(l, name);

    return value == NULL ? otherwise : (unsigned)strtoul(value, NULL, 0);
}

void p11_text_of(struct p11_line *l, const char *name, const char *otherwise, char *out, size_t out_len)
{
    const char *value = p11_value_of(l, name);

    snprintf(out, out_len, "%s", value == NULL ? otherwise : value);
}
