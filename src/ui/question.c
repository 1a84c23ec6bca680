#include "ui/question.h"

#include <stdio.h>
#include <string.h>

#include "base/ascii.h"
#include "base/i18n.h"
#include "base/text.h"

bool plain_shows(const struct item *i)
{
    return !(i->flags & (ITEM_STANDARD | ITEM_NOT_PLAIN));
}

static bool ask_of(const struct item *i, const struct flow *f, enum ask *ret)
{
    switch (i->role) {
    case ROLE_CHOICE:
    case ROLE_BUTTON:
        *ret = ASK_PICK;
        return true;
    case ROLE_METHOD:
        *ret = ASK_METHOD;
        return true;
    case ROLE_COMBO:
    case ROLE_OPTION:
        *ret = ASK_OPTION;
        return true;
    case ROLE_FIELD:
        *ret = ASK_FIELD;
        return true;
    case ROLE_SECRET:
        *ret = ASK_SECRET;
        return true;
    case ROLE_DOCUMENT:
        *ret = ASK_DOCUMENT;
        return i->choice != CH_NONE && !f->text_accepted;
    default:
        return false;
    }
}

static bool is_list(enum ask ask)
{
    return ask == ASK_PICK || ask == ASK_METHOD || ask == ASK_OPTION;
}

size_t questions_of(const struct view *v, const struct flow *f, struct question list[QUESTIONS_MAX])
{
    size_t n = 0;
    struct question pick = {ASK_PICK, v->count};
    for (size_t i = 0; i < v->count && n < QUESTIONS_MAX - 1; i++) {
        enum ask ask;
        if (!plain_shows(&v->items[i]) || !ask_of(&v->items[i], f, &ask))
            continue;
        if (ask == ASK_PICK)
            pick.item = pick.item == v->count ? i : pick.item;
        else if (!is_list(ask) || n == 0 || list[n - 1].ask != ask)
            list[n++] = (struct question){ask, i};
    }
    if (pick.item != v->count)
        list[n++] = pick;
    return n;
}

bool question_holds(const struct question *q, const struct item *i)
{
    enum ask ask;
    struct flow open = {.text_accepted = false};
    return plain_shows(i) && ask_of(i, &open, &ask) && ask == q->ask;
}

size_t question_with(const struct view *v, const struct question *list, size_t n, const struct item *item)
{
    if (item == NULL)
        return n;
    size_t index = (size_t)(item - v->items);
    for (size_t q = 0; q < n; q++)
        if (is_list(list[q].ask) ? question_holds(&list[q], item) : list[q].item == index)
            return q;
    return n;
}

size_t question_first(const struct view *v, const struct question *list, size_t n)
{
    for (size_t i = 0; i < v->count; i++) {
        if (!(v->items[i].flags & ITEM_DEFAULT))
            continue;
        size_t q = question_with(v, list, n, &v->items[i]);
        if (q < n)
            return n > 0 && list[0].ask == ASK_METHOD ? 0 : q;
    }
    return 0;
}

static bool is_answer(const struct question *q, const struct item *i)
{
    return question_holds(q, i) && !(i->flags & ITEM_DISABLED) && i->choice != CH_NONE;
}

const struct item *question_nth(const struct view *v, const struct question *q, unsigned nth)
{
    for (size_t i = 0; i < v->count; i++)
        if (is_answer(q, &v->items[i]) && --nth == 0)
            return &v->items[i];
    return NULL;
}

const struct item *question_default(const struct view *v, const struct question *q)
{
    static const unsigned marks[] = {ITEM_DEFAULT, ITEM_CHOSEN};
    for (size_t m = 0; m < 2; m++)
        for (size_t i = 0; i < v->count; i++)
            if (is_answer(q, &v->items[i]) && v->items[i].flags & marks[m])
                return &v->items[i];
    return q->ask == ASK_OPTION && question_nth(v, q, 2) != NULL ? NULL : question_nth(v, q, 1);
}

const char *answer_label(const struct item *i, char *out, size_t out_len)
{
    const char *words = i->role == ROLE_OPTION && i->spoken != NULL ? i->spoken
                        : i->role == ROLE_COMBO                     ? i->value
                                                                    : i->label;
    snprintf(out, out_len, "%s", words);
    char *end = i->role == ROLE_OPTION ? strchr(out, ',') : i->role == ROLE_COMBO ? strstr(out, " · ") : NULL;
    if (end != NULL)
        *end = '\0';
    return out;
}

static bool is_named(const struct item *i, const char *line)
{
    char label[512];
    if (text_same(line, i->label) || text_same(line, answer_label(i, label, sizeof label)))
        return true;
    return i->msgid != NULL && (text_same(line, tr_in(LANG_TR, i->msgid)) || text_same(line, tr_in(LANG_EN, i->msgid)));
}

const struct item *question_named(const struct view *v, const struct question *q, const char *line)
{
    uint64_t number;
    if (ascii_u64(line, VIEW_ITEMS, &number))
        return number > 0 ? question_nth(v, q, (unsigned)number) : NULL;
    for (size_t i = 0; i < v->count; i++)
        if (is_answer(q, &v->items[i]) && is_named(&v->items[i], line))
            return &v->items[i];
    return NULL;
}
