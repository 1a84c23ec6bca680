/* One line of a script, cut into words; each word asked for is marked, so that a misspelt one is found. */
#ifndef EONAY_FAKES_P11_WORDS_H
#define EONAY_FAKES_P11_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#define P11_WORDS 32

struct p11_line {
    unsigned number;
    char *v[P11_WORDS]; /* within the text; they end in NUL and may hold any byte but that */
    bool used[P11_WORDS];
    size_t n;
};

void p11_line_cut(char *text, struct p11_line *l);     /* in place */
int p11_hex_value(char c);                             /* -1: no digit */
const char *p11_word_at(struct p11_line *l, size_t i); /* NULL past the end */
bool p11_has(struct p11_line *l, const char *word);
const char *p11_value_of(struct p11_line *l, const char *name); /* of NAME=...; NULL */
unsigned p11_number_of(struct p11_line *l, const char *name, unsigned otherwise);
void p11_text_of(struct p11_line *l, const char *name, const char *otherwise, char *out, size_t out_len);

#endif
