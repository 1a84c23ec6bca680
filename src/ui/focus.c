#include "ui/focus.h"

#include <string.h>

static const struct item *item_of(const struct stop *s, const struct view *v)
{
    return s->kind == STOP_ITEM ? &v->items[s->index] : NULL;
}

/* --- what a stop is ------------------------------------------------------------------------------------------------
 */

static struct spot spot_alone(const struct layout *l, const struct view *v, size_t stop)
{
    const struct stop *s = &l->stops[stop];
    const struct item *i = item_of(s, v);
    struct spot spot = {.kind = s->kind, .at = stop};
    if (s->kind == STOP_PAD)
        spot.key = l->pad[s->index].key;
    if (s->kind == STOP_HINT)
        spot.key = l->hints[s->index].bind->key;
    if (i != NULL) {
        spot.role = i->role;
        spot.choice = i->choice;
        spot.choice_value = i->choice_value;
        spot.field = i->field;
    }
    return spot;
}

static bool is_alike(const struct spot *a, const struct spot *b)
{
    return a->kind == b->kind && a->role == b->role && a->choice == b->choice && a->choice_value == b->choice_value &&
           a->field == b->field && a->key == b->key;
}

static struct spot spot_of(const struct layout *l, const struct view *v, size_t stop, int line)
{
    struct spot spot = spot_alone(l, v, stop);
    for (size_t k = 0; k < stop; k++) {
        struct spot other = spot_alone(l, v, k);
        if (is_alike(&spot, &other))
            spot.nth++;
    }
    spot.line = line;
    return spot;
}

static size_t find_spot(const struct layout *l, const struct view *v, const struct spot *spot)
{
    size_t nth = 0;
    for (size_t k = 0; k < l->stop_count; k++) {
        struct spot other = spot_alone(l, v, k);
        if (is_alike(spot, &other) && nth++ == spot->nth)
            return k;
    }
    return l->stop_count;
}

/* --- where the focus goes ------------------------------------------------------------------------------------------
 */

size_t focus_stop_of(const struct layout *l, size_t item)
{
    for (size_t k = 0; k < l->stop_count; k++)
        if (l->stops[k].kind == STOP_ITEM && l->stops[k].index == item)
            return k;
    return l->stop_count;
}

static size_t message_stop(const struct layout *l)
{
    for (size_t k = 0; k < l->stop_count; k++)
        if (l->stops[k].kind == STOP_MESSAGE)
            return k;
    return l->stop_count;
}

/* In the reader look a mishap is read before the thing it is about. */
static size_t sent_stop(const struct layout *l, const struct view *v, enum focus focus)
{
    size_t message = message_stop(l);
    if (message < l->stop_count)
        return message;
    const struct item *i = view_find_focus(v, focus);
    return i != NULL ? focus_stop_of(l, (size_t)(i - v->items)) : l->stop_count;
}

static size_t default_stop(const struct layout *l, const struct view *v)
{
    size_t first = l->stop_count;
    for (size_t k = 0; k < l->stop_count; k++) {
        const struct item *i = item_of(&l->stops[k], v);
        if (i != NULL && i->flags & ITEM_DEFAULT)
            return k;
        if (i != NULL && first == l->stop_count)
            first = k;
    }
    return first < l->stop_count ? first : 0;
}

static struct focus_on *current(struct focus_state *f)
{
    return f->help || f->page != f->place ? &f->over : &f->below;
}

/* Another place forgets where the focus was; what stands over a place begins at its own default. */
static void turn_page(struct focus_state *f, const struct scene *s)
{
    const struct flow *w = s->flow;
    enum flow_state page = w->state, place = page >= ST_FIRST_INTERRUPTION ? w->under : page;
    f->new_page = !f->begun || f->page != page || f->help != w->help;
    if (!f->begun || f->place != place)
        f->below.set = false;
    if (f->new_page && (page != place || w->help))
        f->over.set = false;
    f->begun = true;
    f->place = place;
    f->page = page;
    f->help = w->help;
}

void focus_put(struct focus_state *f, const struct layout *l, const struct view *v, size_t stop, int line)
{
    f->stop = stop;
    f->line = line;
    if (stop >= l->stop_count)
        return;
    int last = l->stops[stop].lines - 1;
    f->line = line < 0 ? 0 : line > last ? last : line;
    *current(f) = (struct focus_on){true, spot_of(l, v, stop, f->line)};
    if (current(f)->spot.field != FIELD_NONE)
        f->typed = current(f)->spot.field;
}

void focus_settle(struct focus_state *f, const struct layout *l, const struct view *v, const struct scene *s)
{
    turn_page(f, s);
    struct focus_on *on = current(f);
    size_t stop = l->stop_count;
    int line = 0;
    if (f->seq != s->flow->focus_seq && !f->help) {
        stop = sent_stop(l, v, s->flow->focus);
        f->seq = s->flow->focus_seq;
    }
    if (stop == l->stop_count && on->set) {
        stop = find_spot(l, v, &on->spot);
        line = on->spot.line;
        if (stop == l->stop_count && on->spot.kind != STOP_MESSAGE && on->spot.at < l->stop_count)
            stop = on->spot.at;
    }
    if (stop == l->stop_count)
        stop = default_stop(l, v);
    focus_put(f, l, v, stop, line);
}

const struct item *focus_item(const struct focus_state *f, const struct layout *l, const struct view *v)
{
    return f->stop < l->stop_count ? item_of(&l->stops[f->stop], v) : NULL;
}

static bool is_field(const struct item *i)
{
    return i != NULL && (i->role == ROLE_FIELD || i->role == ROLE_SECRET);
}

const struct item *focus_field(const struct focus_state *f, const struct layout *l, const struct view *v)
{
    const struct item *i = focus_item(f, l, v);
    if (f->stop < l->stop_count && l->stops[f->stop].kind == STOP_MESSAGE && l->stops[f->stop].index < v->count)
        i = &v->items[l->stops[f->stop].index];
    return is_field(i) ? i : NULL;
}

bool focus_was_on(const struct focus_state *f, enum field_id field)
{
    return f->below.set && f->below.spot.field == field;
}
