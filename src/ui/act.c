#include "ui/act.h"

#include "base/ascii.h"
#include "base/code.h"
#include "ui/edit.h"
#include "ui/spoken.h"

static struct event touch(void)
{
    return (struct event){.kind = EV_TOUCH};
}

static struct event choose(enum choice choice, uint32_t value)
{
    return (struct event){.kind = EV_CHOOSE, .value = choice, .arg = value};
}

static struct event event_of(const struct keybind *k)
{
    return (struct event){.kind = k->event, .value = k->event == EV_CHOOSE ? k->choice : 0};
}

/* --- moving --------------------------------------------------------------------------------------------------------
 */

static const struct stop *stop_now(const struct act *a)
{
    return a->focus->stop < a->layout->stop_count ? &a->layout->stops[a->focus->stop] : NULL;
}

static void put(struct act *a, size_t stop, int line)
{
    a->layout->hold = false;
    focus_put(a->focus, a->layout, a->view, stop, line);
}

/* Is the focus on a text to be signed that was not accepted yet? */
static bool on_unread_text(const struct act *a)
{
    const struct item *i = focus_item(a->focus, a->layout, a->view);
    return i != NULL && i->role == ROLE_DOCUMENT && i->choice == CH_TEXT_READ && !a->scene->flow->text_accepted;
}

static void page_by(struct act *a, int lines)
{
    put(a, a->focus->stop, a->focus->line + lines);
}

static int page_lines(const struct act *a)
{
    return a->layout->seen_rows > 2 ? a->layout->seen_rows - 1 : 1;
}

/* Going on from the text is accepting it, once its end was seen: the flow judges. Before that the next page comes. */
static struct event leave_text(struct act *a)
{
    if (layout_sees_document_end(a->layout) || a->scene->flow->text_end)
        return choose(CH_TEXT_READ, 0);
    page_by(a, page_lines(a));
    return touch();
}

static struct event go_on(struct act *a, bool wrap)
{
    if (on_unread_text(a))
        return leave_text(a);
    size_t n = a->layout->stop_count, next = a->focus->stop + 1;
    if (next < n || wrap)
        put(a, next < n ? next : 0, 0);
    else
        a->silent = true;
    return touch();
}

static struct event go_back(struct act *a, bool wrap)
{
    size_t n = a->layout->stop_count, now = a->focus->stop;
    if (n == 0 || (now == 0 && !wrap)) {
        a->silent = true;
        return touch();
    }
    size_t to = now > 0 ? now - 1 : n - 1;
    put(a, to, a->layout->stops[to].lines - 1);
    return touch();
}

static bool is_pad(const struct act *a, size_t stop)
{
    return stop < a->layout->stop_count && a->layout->stops[stop].kind == STOP_PAD;
}

/* Rows of the keypad are three cells long: up and down keep the column, and leave at the edges. */
static bool move_on_pad(struct act *a, int rows)
{
    size_t now = a->focus->stop, to = now + (size_t)(3 * rows);
    if (!is_pad(a, now))
        return false;
    if (!is_pad(a, to))
        for (to = now; is_pad(a, to);)
            to += (size_t)rows;
    if (to >= a->layout->stop_count)
        return false;
    put(a, to, 0);
    return true;
}

static struct event go_down(struct act *a)
{
    const struct stop *s = stop_now(a);
    if (move_on_pad(a, 1))
        return touch();
    if (s == NULL || a->focus->line + 1 >= s->lines)
        return go_on(a, false);
    put(a, a->focus->stop, a->focus->line + 1);
    return touch();
}

static struct event go_up(struct act *a)
{
    if (move_on_pad(a, -1))
        return touch();
    if (a->focus->line == 0)
        return go_back(a, false);
    put(a, a->focus->stop, a->focus->line - 1);
    return touch();
}

/* A page on or back: within a long text by its lines, else what is seen moves, and the focus with it when there is one
 * to be had there. */
static struct event go_page(struct act *a, int sign)
{
    const struct stop *s = stop_now(a);
    struct layout *l = a->layout;
    if (s != NULL && s->lines > 1 && (sign > 0 ? a->focus->line + 1 < s->lines : a->focus->line > 0)) {
        page_by(a, sign * page_lines(a));
        return touch();
    }
    if (!layout_page(l, sign)) {
        a->silent = true;
        return touch();
    }
    for (size_t k = 0; k < l->stop_count && s != NULL && !layout_sees(l, s, a->focus->line); k++) {
        size_t to = sign > 0 ? k : l->stop_count - 1 - k;
        bool beyond = sign > 0 ? to > a->focus->stop : to < a->focus->stop;
        if (!beyond || l->stops[to].kind == STOP_HINT || !layout_sees(l, &l->stops[to], 0))
            continue;
        if (!on_unread_text(a))
            put(a, to, 0);
        break;
    }
    l->hold = true;
    return touch();
}

static struct event go_end(struct act *a, bool last)
{
    size_t to = 0;
    if (on_unread_text(a)) {
        put(a, a->focus->stop, last ? stop_now(a)->lines - 1 : 0);
        return touch();
    }
    for (size_t k = 0; last && k < a->layout->stop_count; k++)
        if (a->layout->stops[k].kind != STOP_HINT)
            to = k;
    put(a, to, 0);
    return touch();
}

/* --- doing what has the focus ---------------------------------------------------------------------------------------
 */

static struct event key_event(struct act *a, int key);

/* Which field the keypad types into: of several on a page the one that had the focus last, else the first. */
static const struct item *pad_field(const struct act *a)
{
    const struct item *first = NULL;
    for (size_t i = a->view->count; i-- > 0;) {
        const struct item *item = &a->view->items[i];
        if (edit_is_pin(item->field) && item->field == a->focus->typed)
            return item;
        if (edit_is_pin(item->field))
            first = item;
    }
    return first;
}

static struct event press_pad(struct act *a, int key)
{
    const struct item *field = pad_field(a);
    if (key == UK_DEL)
        return choose(CH_PIN_CLEAR, 0);
    if (field == NULL)
        return touch();
    if (key == UK_BACKSPACE)
        return edit_erase(a->desk, field->field);
    return edit_add(a->desk, a->scene->flow, field->field, (uint32_t)key);
}

static struct event do_item(struct act *a, const struct item *i)
{
    if (i->role == ROLE_DOCUMENT && i->choice == CH_TEXT_READ)
        return on_unread_text(a) ? leave_text(a) : go_on(a, true);
    return i->choice != CH_NONE ? choose(i->choice, i->choice_value) : go_on(a, true);
}

static struct event do_stop(struct act *a)
{
    const struct stop *s = stop_now(a);
    if (s == NULL)
        return touch();
    if (s->kind == STOP_HINT)
        return key_event(a, a->layout->hints[s->index].bind->key);
    if (s->kind == STOP_MESSAGE)
        return go_on(a, true);
    if (s->kind == STOP_PAD)
        return press_pad(a, a->layout->pad[s->index].key);
    return do_item(a, &a->view->items[s->index]);
}

static struct event do_number(struct act *a, unsigned number)
{
    for (size_t i = 0; i < a->view->count; i++) {
        size_t stop = focus_stop_of(a->layout, i);
        if (stop == a->layout->stop_count || item_number(a->view, i) != number)
            continue;
        put(a, stop, 0);
        return do_item(a, &a->view->items[i]);
    }
    a->silent = true;
    return touch();
}

/* --- keys -----------------------------------------------------------------------------------------------------------
 */

static bool is_text(int key)
{
    return key >= ' ' && key < UK_ENTER;
}

static struct event key_event(struct act *a, int key)
{
    const struct keybind *k = keymap_find(a->view, key);
    if (k != NULL && k->event != EV_START)
        return event_of(k);
    switch (key) {
    case UK_ENTER:
    case ' ':
        return do_stop(a);
    case UK_TAB:
        return go_on(a, true);
    case UK_BACKTAB:
        return go_back(a, true);
    case UK_DOWN:
        return go_down(a);
    case UK_RIGHT:
        return go_on(a, false);
    case UK_UP:
        return go_up(a);
    case UK_LEFT:
        return go_back(a, false);
    case UK_PGDN:
    case UK_WHEEL_DOWN:
        return go_page(a, 1);
    case UK_PGUP:
    case UK_WHEEL_UP:
        return go_page(a, -1);
    case UK_HOME:
        return go_end(a, false);
    case UK_END:
        return go_end(a, true);
    default:
        break;
    }
    if (key >= '1' && key <= '9')
        return do_number(a, (unsigned)(key - '0'));
    a->silent = true;
    return touch();
}

/* The focus goes from a message to the field below it as soon as one types. */
static void enter_field(struct act *a, const struct item *field)
{
    size_t stop = focus_stop_of(a->layout, (size_t)(field - a->view->items));
    if (stop < a->layout->stop_count)
        put(a, stop, 0);
}

static bool takes(const struct act *a, const struct item *field, int key)
{
    if (key == UK_BACKSPACE || key == UK_CTRL_U)
        return true;
    if (!is_text(key))
        return false;
    bool digit = key <= '9' && ascii_is_digit((char)key);
    bool digits_only = field->field == FIELD_TCKN || edit_is_pin(field->field);
    return !digits_only || digit || keymap_own(a->view, key) == NULL;
}

/* A key is not added where it would push the first ones out of sight; what is pasted is judged as a whole. */
static bool is_too_much(const struct act *a, enum field_id id, int key)
{
    return id == FIELD_CODE && code_symbol((uint32_t)key) > 0 && edit_state(a->desk, id, 0).value >= CODE_LEN;
}

static struct event edit(struct act *a, const struct item *field, int key)
{
    enum field_id id = field->field;
    enter_field(a, field);
    if (key == UK_BACKSPACE)
        return edit_erase(a->desk, id);
    if (key == UK_CTRL_U)
        return edit_clear(a->desk, id);
    if (is_too_much(a, id, key)) {
        struct event ev = edit_state(a->desk, id, 0);
        ev.err = ERR_CODE_LONG;
        return ev;
    }
    return edit_add(a->desk, a->scene->flow, id, (uint32_t)key);
}

/* --- paste -----------------------------------------------------------------------------------------------------------
 */

/* A code goes into its field wherever the focus is; anything else only into the field with the focus. */
static const struct item *paste_field(const struct act *a)
{
    const struct item *field = focus_field(a->focus, a->layout, a->view);
    for (size_t i = 0; field == NULL && i < a->view->count; i++)
        if (a->view->items[i].field == FIELD_CODE)
            return &a->view->items[i];
    return field;
}

static struct event begin_paste(struct act *a)
{
    const struct item *field = paste_field(a);
    *a->paste = (struct paste){.field = field != NULL ? field->field : FIELD_NONE};
    enum field_id id = a->paste->field;
    bool replaces = id == FIELD_CODE || id == FIELD_TCKN || id == FIELD_PATH;
    return replaces ? edit_clear(a->desk, field->field) : touch();
}

/* Half of a PIN costs a try of the card, half of a password one at the gateway; a code is judged as a whole anyway. */
static bool is_all_or_nothing(enum field_id id)
{
    return id != FIELD_NONE && id != FIELD_CODE;
}

static struct event end_paste(struct act *a)
{
    struct paste pasted = *a->paste;
    *a->paste = (struct paste){.field = FIELD_NONE};
    if (!pasted.broken || !is_all_or_nothing(pasted.field))
        return edit_state(a->desk, pasted.field, FLAG_WHOLE);
    struct event ev = edit_clear(a->desk, pasted.field);
    ev.err = ERR_PASTE;
    return ev;
}

/* What a field passes over without a word, and what it has no more room for. */
static bool is_taken(enum field_id id, const struct event *ev)
{
    bool counts = id != FIELD_TCKN && id != FIELD_CODE;
    return ev->err == OK && (ev->kind != EV_TOUCH || !counts);
}

static void paste_char(struct act *a, uint32_t cp)
{
    struct paste *p = a->paste;
    const struct item *now = paste_field(a);
    bool here = now != NULL && now->field == p->field;
    struct event ev = here ? edit_add(a->desk, a->scene->flow, p->field, cp) : touch();
    bool second_line = p->line_ended && p->field != FIELD_TCKN;
    p->broken = p->broken || !here || second_line || !is_taken(p->field, &ev);
}

static struct event paste(struct act *a, const struct press *press)
{
    if (press->key == UK_PASTE_BEGIN)
        return begin_paste(a);
    if (press->key == UK_PASTE_END)
        return end_paste(a);
    if (is_text(press->key) && a->paste->field != FIELD_NONE)
        paste_char(a, (uint32_t)press->key);
    a->paste->line_ended = a->paste->line_ended || !is_text(press->key);
    return touch();
}

/* --- mouse -----------------------------------------------------------------------------------------------------------
 */

/* A digit is clicked into its field, which gets the focus. */
static struct event click_pad(struct act *a, int key)
{
    const struct item *field = pad_field(a);
    if (field == NULL)
        return touch();
    enter_field(a, field);
    return press_pad(a, key);
}

static struct event click(struct act *a, const struct press *press)
{
    int line = 0;
    size_t pad = layout_pad_at(a->layout, press->row, press->col);
    if (pad < PAD_KEYS)
        return click_pad(a, a->layout->pad[pad].key);
    size_t hint = layout_hint_at(a->layout, press->row, press->col);
    if (hint < a->layout->hint_count)
        return key_event(a, a->layout->hints[hint].bind->key);
    size_t stop = layout_stop_at(a->layout, press->row, press->col, &line);
    if (stop == a->layout->stop_count)
        return touch();
    put(a, stop, line);
    const struct item *i = focus_item(a->focus, a->layout, a->view);
    bool acts = i != NULL && i->role != ROLE_FIELD && i->role != ROLE_SECRET && i->role != ROLE_DOCUMENT &&
                i->role != ROLE_TIMER;
    return acts ? do_stop(a) : touch();
}

/* --- all together ----------------------------------------------------------------------------------------------------
 */

/* On the page that tells the time a digit still belongs to the PIN that was being typed. */
static bool belongs_to_pin(const struct act *a, int key)
{
    return a->scene->flow->state == ST_TIME && a->scene->flow->under == ST_SIGN && key >= '0' && key <= '9' &&
           focus_was_on(a->focus, FIELD_PIN);
}

struct event act_press(struct act *a, const struct press *press)
{
    int key = press->key;
    a->silent = false;
    if (press->pasted || key == UK_PASTE_BEGIN || key == UK_PASTE_END)
        return paste(a, press);
    if (a->layout->small)
        return key == UK_CTRL_C ? (struct event){.kind = EV_LEAVE} : touch();
    if (a->scene->flow->state == ST_IDLE && key != UK_CTRL_C)
        return touch();
    if (key == UK_MOUSE)
        return click(a, press);
    if (belongs_to_pin(a, key))
        return edit_add(a->desk, a->scene->flow, FIELD_PIN, (uint32_t)key);
    const struct item *field = focus_field(a->focus, a->layout, a->view);
    if (field != NULL && takes(a, field, key))
        return edit(a, field, key);
    if (field != NULL &&
        (key == UK_LEFT || key == UK_RIGHT)) { /* a field has one place to type; they lead nowhere else */
        a->silent = true;
        return touch();
    }
    if (key == UK_NONE || key == UK_CTRL_L)
        return touch();
    return key_event(a, key);
}
