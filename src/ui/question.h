/* A view as questions, asked one after the other by the plain face: fields, texts to be read, lists; menu and buttons are
 * one question, the last. */
#ifndef EONAY_UI_QUESTION_H
#define EONAY_UI_QUESTION_H

#include <stdbool.h>
#include <stddef.h>
#include "ui/view.h"

enum ask { ASK_PICK, ASK_METHOD, ASK_OPTION, ASK_FIELD, ASK_SECRET, ASK_DOCUMENT };

struct question {
    enum ask ask;
    size_t item; /* the field or text; the first item of a list */
};
#define QUESTIONS_MAX 16

/* Is the item part of the plain face at all? */
bool plain_shows(const struct item *i);
size_t questions_of(const struct view *v, const struct flow *f, struct question list[QUESTIONS_MAX]);
/* Which question an item answers or belongs to; n (their number) when none. */
size_t question_with(const struct view *v, const struct question *list, size_t n, const struct item *item);
/* Where to begin on a new page: at the default, or at a list of methods before it. */
size_t question_first(const struct view *v, const struct question *list, size_t n);
bool question_holds(const struct question *q, const struct item *i);
/* The nth answer (from 1) of a list question, NULL when there is none. */
const struct item *question_nth(const struct view *v, const struct question *q, unsigned nth);
/* The answer an empty line takes; NULL: none. */
const struct item *question_default(const struct view *v, const struct question *q);
/* The answer a typed line names: its number, or its label in either language, folded. */
const struct item *question_named(const struct view *v, const struct question *q, const char *line);
/* The label that names an answer in words: of a row up to its first comma. */
const char *answer_label(const struct item *i, char *out, size_t out_len);

#endif
