/* The page of the reader look: title first, then one item a line from column 0, wrapped where it must be; every line of
 * something one can stand on is a stop. No frame, no columns, no keypad. */
#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "base/text.h"
#include "ui/page.h"
#include "ui/spoken.h"
#include "ui/wrap.h"

struct reader {
    struct layout *l;
    const struct view *v;
    int row, cols;
};

static bool is_seen(const struct item *i)
{
    return !(i->flags & ITEM_STANDARD) && i->role != ROLE_KEYPAD && i->role != ROLE_QR;
}

/* In a field the cursor stands where the next character goes. */
static int cursor_of(const struct item *i, const char *words, int cols)
{
    if (i->role != ROLE_FIELD && i->role != ROLE_SECRET)
        return 0;
    int end = (int)text_width(words);
    return end < cols ? end : cols - 1;
}

static void put_item(struct reader *r, size_t index)
{
    char words[SPOKEN_MAX], numbered[SPOKEN_MAX + 16];
    const struct item *i = &r->v->items[index];
    const char *text = item_spoken(words, r->v, index);
    if (r->l->still != NULL && i->role == ROLE_TIMER)
        text = r->l->still->timer;
    if (r->l->still != NULL && i->role == ROLE_CLOCK)
        text = r->l->still->clock;
    if (item_shows_number(r->v, index)) {
        snprintf(numbered, sizeof numbered, "%u %s", item_number(r->v, index), text);
        text = numbered;
    }
    bool sentences = i->role == ROLE_TEXT || i->role == ROLE_BULLET || i->role == ROLE_STEP;
    int lines = page_text(r->l, r->row, 0, r->cols, text, STYLE_PLAIN, sentences);
    if (lines == 0)
        return;
    if (i->flags & ITEM_FOCUS)
        page_stop(r->l, (struct stop){.kind = STOP_ITEM,
                            .index = index,
                            .row = r->row,
                            .width = r->cols,
                            .reach = r->cols,
                            .lines = lines,
                            .cursor = lines == 1 ? cursor_of(i, text, r->cols) : 0});
    r->row += lines;
    if (i->role == ROLE_DOCUMENT)
        r->l->document_end = r->row - 1;
}

static void put_title(struct reader *r)
{
    char title[512];
    const struct view *v = r->v;
    snprintf(title, sizeof title, v->section[0] != '\0' ? "%s%s (%s)" : "%s%s", v->test[0] != '\0' ? "TEST - " : "",
        v->title, v->section);
    r->row += page_text(r->l, r->row, 0, r->cols, title, STYLE_PLAIN, false);
    r->row += page_text(r->l, r->row, 0, r->cols, v->link, STYLE_PLAIN, false);
}

/* On the page where one signs: how much time there is, said when it opens. */
static void put_time(struct reader *r)
{
    char words[512];
    for (size_t i = 0; i < r->v->count && r->v->state == ST_SIGN; i++) {
        const struct item *timer = &r->v->items[i];
        if (timer->role != ROLE_TIMER)
            continue;
        i18n_fill(words, sizeof words,
            timer->choice == CH_EXTEND ? tr("You have {time}. To extend, press F4.") : tr("You have {time}."),
            r->l->still != NULL ? r->l->still->opened_s : timer->count);
        r->row += page_text(r->l, r->row, 0, r->cols, words, STYLE_PLAIN, true);
    }
}

/* `about`: the item it is about; the cursor can go there unless it is only good to know. */
static void put_message(struct reader *r, size_t about, bool stop)
{
    char words[1024];
    const struct view *v = r->v;
    bool both = v->said[0] != '\0' && v->advice[0] != '\0';
    snprintf(words, sizeof words, "%s%s%s", v->said, both ? " " : "", v->advice);
    int lines = page_text(r->l, r->row, 0, r->cols, words, STYLE_PLAIN, true);
    if (lines > 0 && stop)
        page_stop(r->l, (struct stop){.kind = STOP_MESSAGE,
                            .index = about,
                            .row = r->row,
                            .width = r->cols,
                            .reach = r->cols,
                            .lines = lines});
    r->row += lines;
}

void page_reader(struct layout *l, const struct view *v, const struct scene *s, int cols)
{
    struct reader r = {.l = l, .v = v, .cols = cols};
    bool stop = v->note_kind != NOTE_INFO || s->flow->focus == FOCUS_MESSAGE;
    const struct item *target = stop ? view_find_focus(v, s->flow->focus) : NULL;
    size_t about = target != NULL && is_seen(target) ? (size_t)(target - v->items) : VIEW_ITEMS;
    put_title(&r);
    put_time(&r);
    if (about == VIEW_ITEMS)
        put_message(&r, about, stop);
    for (size_t i = 0; i < v->count; i++) {
        if (i == about)
            put_message(&r, about, true);
        if (is_seen(&v->items[i]))
            put_item(&r, i);
    }
    l->page_rows = r.row;
}
