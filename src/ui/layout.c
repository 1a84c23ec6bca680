#include "ui/layout.h"

#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "base/text.h"
#include "ui/page.h"
#include "ui/wrap.h"

#define MESSAGE_COL 2
#define MESSAGE_ROWS_MAX 5
#define EDGE_KEYS 14 /* " PgUp PgDn " and the end of the frame's lower edge */

/* --- the page's common parts ------------------------------------------------------------------------------------- */

int page_text(struct layout *l, int row, int col, int width, const char *text, enum style style, bool sentences)
{
    struct wrap w = {.text = text, .width = width, .sentences = sentences};
    const char *line;
    size_t len;
    int n = 0;
    for (; wrap_next(&w, &line, &len); n++)
        if (canvas_need(&l->page, row + n))
            canvas_text(&l->page, row + n, col, width, line, len, style);
    return n;
}

void page_stop(struct layout *l, struct stop stop)
{
    if (l->stop_count < STOPS_MAX)
        l->stops[l->stop_count++] = stop;
}

/* --- message rows --------------------------------------------------------------------------------------------------
 */

static enum style message_style(const struct view *v)
{
    static const enum style styles[] = {[NOTE_INFO] = STYLE_INFO, [NOTE_WARN] = STYLE_WARN, [NOTE_ERROR] = STYLE_ERROR};
    return styles[v->note_kind];
}

static void join(char *out, size_t out_len, const struct view *v)
{
    bool both = v->said[0] != '\0' && v->advice[0] != '\0';
    snprintf(out, out_len, "%s%s%s", v->said, both ? " " : "", v->advice);
}

/* One row when both sentences fit there; one each; else as many as they need. A sentence without the first stands
 * below. */
static int message_rows(const struct view *v, int cols)
{
    char both[1024];
    int width = cols - 2 * MESSAGE_COL;
    join(both, sizeof both, v);
    if ((int)text_width(both) <= width || ((int)text_width(v->said) <= width && (int)text_width(v->advice) <= width))
        return 2;
    int n = wrap_lines(both, width, false);
    return n < 2 ? 2 : n < MESSAGE_ROWS_MAX ? n : MESSAGE_ROWS_MAX;
}

static void draw_message(struct layout *l, const struct view *v, int row)
{
    char both[1024];
    int width = l->cols - 2 * MESSAGE_COL;
    enum style style = message_style(v);
    join(both, sizeof both, v);
    if (v->said[0] != '\0' && (int)text_width(both) <= width) {
        canvas_text(&l->window, row, MESSAGE_COL, width, both, strlen(both), style);
    } else if ((int)text_width(v->said) <= width && (int)text_width(v->advice) <= width) {
        canvas_text(&l->window, row, MESSAGE_COL, width, v->said, strlen(v->said), style);
        canvas_text(&l->window, row + 1, MESSAGE_COL, width, v->advice, strlen(v->advice), style);
    } else {
        struct wrap w = {.text = both, .width = width};
        const char *line;
        size_t len;
        for (int n = 0; wrap_next(&w, &line, &len); n++) {
            if (n < l->message_rows)
                canvas_text(&l->window, row + n, MESSAGE_COL, width, line, len, style);
            else
                l->window.clipped += len;
        }
    }
}

/* --- the framed window ------------------------------------------------------------------------------------------- */

/* Row 0: place, person, TEST mark; the mark goes first when room is short, the person last. */
static void draw_header(struct layout *l, const struct view *v)
{
    int end = l->cols - 1, test = (int)text_width(v->test), person = (int)text_width(v->person);
    if (test > 0) {
        canvas_cut(&l->window, 0, end - test, test, v->test, STYLE_TEST);
        end -= test + 3;
    }
    int place = (int)text_width(v->place), room = end - 1;
    canvas_cut(&l->window, 0, 1, place < room ? place : room, v->place, STYLE_PLACE);
    room -= place + 2;
    if (person > 0 && room > 12) {
        person = person < room ? person : room;
        canvas_cut(&l->window, 0, end - person, person, v->person, STYLE_PLAIN);
    }
}

/* On the lower edge of the frame, where there is room for it in every window and on every screen. */
static void draw_link(struct layout *l, const struct view *v, int row)
{
    int width = (int)text_width(v->link);
    if (width == 0)
        return;
    canvas_put(&l->window, row, 2, ' ', STYLE_TEST);
    canvas_text(&l->window, row, 3, width, v->link, strlen(v->link), STYLE_TEST);
    canvas_put(&l->window, row, 3 + width, ' ', STYLE_TEST);
}

/* Where the window is too low for a foot, the clock would scroll away with the page: it stands on the edge, too. */
static void draw_clock(struct layout *l, const struct view *v, int row)
{
    char words[128];
    for (size_t i = 0; i < v->count && l->foot_rows == 0 && v->link[0] == '\0'; i++) {
        const struct item *timer = &v->items[i];
        if (timer->role != ROLE_TIMER)
            continue;
        snprintf(words, sizeof words, " %s: %u %s ", timer->label, timer->count, timer->value);
        int width = (int)text_width(words);
        if (2 + width <= l->cols - EDGE_KEYS)
            canvas_text(&l->window, row, 2, width, words, strlen(words), STYLE_HINT);
    }
}

static void draw_frame(struct layout *l, const struct view *v)
{
    int rows = l->rows - 2 - l->message_rows, bottom = rows;
    canvas_box(&l->window, 1, 0, rows, l->cols, STYLE_FRAME);
    int section = (int)text_width(v->section);
    int room = l->cols - 6 - (section > 0 ? section + 3 : 0), title = (int)text_width(v->title);
    title = title < room ? title : room;
    canvas_put(&l->window, 1, 2, ' ', STYLE_TITLE);
    canvas_cut(&l->window, 1, 3, title, v->title, STYLE_TITLE);
    canvas_put(&l->window, 1, 3 + title, ' ', STYLE_TITLE);
    if (section > 0) {
        int col = l->cols - 3 - section;
        canvas_put(&l->window, 1, col - 1, ' ', STYLE_FRAME);
        canvas_text(&l->window, 1, col, section, v->section, strlen(v->section), STYLE_FRAME);
        canvas_put(&l->window, 1, col + section, ' ', STYLE_FRAME);
    }
    draw_link(l, v, bottom);
    draw_clock(l, v, bottom);
    if (l->page_rows > l->seen_rows)
        canvas_text(&l->window, bottom, l->cols - EDGE_KEYS, 11, " PgUp PgDn ", 11, STYLE_HINT);
}

static void draw_hints(struct layout *l)
{
    for (size_t i = 0; i < l->hint_count; i++) {
        const struct hint *h = &l->hints[i];
        int name = (int)strlen(h->bind->name), row = l->rows - 1;
        canvas_text(&l->window, row, 1 + h->col, name, h->bind->name, (size_t)name, STYLE_KEY);
        canvas_text(&l->window, row, 2 + h->col + name, h->width - name - 1, h->label, strlen(h->label), STYLE_HINT);
    }
}

static bool is_function_key(int key)
{
    return key == UK_F1 || key == UK_F2 || key == UK_F3 || key == UK_F4;
}

/* Help, language, look and time are stops too; Enter, Esc and the others are only for the eye and the mouse. */
static void make_hints(struct layout *l, const struct view *v)
{
    l->hint_count = keymap_footer(v, l->cols - 2, l->hints);
    for (size_t i = 0; i < l->hint_count; i++)
        if (is_function_key(l->hints[i].bind->key))
            page_stop(l, (struct stop){.kind = STOP_HINT,
                             .index = i,
                             .row = l->rows - 1,
                             .col = 1 + l->hints[i].col,
                             .width = l->hints[i].width,
                             .reach = l->hints[i].width,
                             .lines = 1,
                             .cursor = 1 + l->hints[i].col});
}

static void make_framed(struct layout *l, const struct view *v)
{
    int most = l->rows - 7;
    l->message_rows = message_rows(v, l->cols);
    l->message_rows = l->message_rows < most ? l->message_rows : most;
    int room = l->rows - 4 - l->message_rows;
    page_framed(l, v, l->cols - 2, room);
    l->seen_row = 2;
    l->seen_col = 1;
    l->seen_rows = room - l->foot_rows;
    make_hints(l, v);
}

/* --- make -------------------------------------------------------------------------------------------------------- */

bool layout_make(struct layout *l, const struct view *v, const struct scene *s, int rows, int cols)
{
    enum flow_look look = s->flow->look;
    bool reader = look == LOOK_READER;
    l->look = look;
    l->rows = rows;
    l->cols = cols;
    l->small = s->flow->small || rows < LAYOUT_MIN_ROWS || cols < LAYOUT_MIN_COLS;
    l->page_rows = l->foot_rows = l->message_rows = l->seen_row = l->seen_col = 0;
    l->seen_rows = 0;
    l->stop_count = l->hint_count = l->pad_count = 0;
    l->detail_row = l->document_end = -1;
    if (!canvas_reset(&l->window, rows, cols) || !canvas_reset(&l->page, 0, reader ? cols - 1 : cols - 2))
        return false;
    if (l->small)
        return true;
    if (reader) {
        page_reader(l, v, s, cols - 1);
        l->seen_rows = rows - 1; /* the last row is for what is said */
    } else {
        make_framed(l, v);
    }
    return true;
}

/* --- draw -------------------------------------------------------------------------------------------------------- */

static void draw_small(struct layout *l)
{
    const struct note *note = note_of(ERR_SMALL);
    char words[512];
    snprintf(words, sizeof words, "%s %s", tr(note->said), tr(note->advice));
    struct wrap w = {.text = words, .width = l->cols > 1 ? l->cols - 1 : 1};
    const char *line;
    size_t len;
    for (int row = 0; row < l->rows && wrap_next(&w, &line, &len); row++)
        canvas_text(&l->window, row, 0, w.width, line, len, STYLE_WARN);
    l->cursor_row = l->cursor_col = 0;
}

/* The window row of a page row; it may lie outside what is seen. */
static int window_row(const struct layout *l, int row)
{
    if (row < l->page_rows)
        return l->seen_row + row - l->top;
    return l->seen_row + l->seen_rows + row - l->page_rows;
}

static void copy_row(struct layout *l, int from, int to)
{
    canvas_copy(&l->window, to, l->seen_col, &l->page, from);
}

static void copy_page(struct layout *l)
{
    for (int i = 0; i < l->seen_rows && l->top + i < l->page_rows && l->top + i < l->page.rows; i++)
        copy_row(l, l->top + i, l->seen_row + i);
    for (int i = 0; i < l->foot_rows && l->page_rows + i < l->page.rows; i++)
        copy_row(l, l->page_rows + i, l->seen_row + l->seen_rows + i);
}

static void keep_top(struct layout *l)
{
    int most = l->page_rows - l->seen_rows;
    l->top = l->top > most ? most : l->top;
    l->top = l->top < 0 ? 0 : l->top;
}

/* Rows that should be seen with a stop: all its lines, what stands above the first stop, what stands below the last
 * one. */
static void wanted_rows(const struct layout *l, const struct stop *stop, int *ret_first, int *ret_last)
{
    *ret_first = stop->row;
    *ret_last = stop->row + stop->lines - 1;
    bool first = true, last = true;
    for (size_t k = 0; k < l->stop_count; k++) {
        const struct stop *other = &l->stops[k];
        if (other->kind == STOP_HINT || other->row >= l->page_rows)
            continue;
        first = first && other->row >= stop->row;
        last = last && other->row <= stop->row;
    }
    if (first)
        *ret_first = 0;
    if (last)
        *ret_last = l->page_rows - 1;
}

static void see_rows(struct layout *l, int first, int last)
{
    if (last >= l->top + l->seen_rows)
        l->top = last - l->seen_rows + 1;
    if (first < l->top)
        l->top = first;
}

/* As little as possible, so that the line is seen, and what belongs to it when there is room. */
static void scroll_to(struct layout *l, const struct stop *stop, int line)
{
    int first, last;
    if (stop == NULL || stop->kind == STOP_HINT || stop->row >= l->page_rows || l->hold)
        return;
    wanted_rows(l, stop, &first, &last);
    int end = stop->row + stop->lines - 1;
    if (last - first < l->seen_rows)
        see_rows(l, first, last);
    else if (end - first < l->seen_rows) /* the only stop of its page: what stands above it, else what stands below */
        see_rows(l, first, end);
    else if (last - stop->row < l->seen_rows)
        see_rows(l, stop->row, last);
    else if (stop->lines <= l->seen_rows)
        see_rows(l, stop->row, end);
    see_rows(l, stop->row + line, stop->row + line);
}

bool layout_page(struct layout *l, int sign)
{
    int before = l->top;
    l->top += sign * (l->seen_rows > 1 ? l->seen_rows - 1 : 1);
    keep_top(l);
    l->hold = true;
    return l->top != before;
}

bool layout_sees(const struct layout *l, const struct stop *stop, int line)
{
    int row = stop->row + line;
    return stop->kind == STOP_HINT || row >= l->page_rows || (row >= l->top && row < l->top + l->seen_rows);
}

static void draw_detail(struct layout *l, const struct view *v, const struct stop *stop)
{
    if (l->detail_row < 0 || stop == NULL || stop->kind != STOP_ITEM || v->items[stop->index].role != ROLE_OPTION)
        return;
    (void)page_text(l, l->detail_row, 2, l->page.cols - 3, v->items[stop->index].value, STYLE_PLAIN, false);
}

static void draw_focus(struct layout *l, const struct stop *stop, int line)
{
    int row = stop->kind == STOP_HINT ? stop->row : window_row(l, stop->row + line);
    int shift = stop->kind == STOP_HINT ? 0 : l->seen_col;
    if (l->look != LOOK_READER)
        canvas_mark(&l->window, row, shift + stop->col, stop->width, STYLE_FOCUS);
    l->cursor_row = row;
    l->cursor_col = shift + (line == 0 ? stop->cursor : stop->col);
}

/* On a text of several lines only the line with the focus is shown in reverse, as long as it is. */
static struct stop trim_line(const struct layout *l, struct stop stop, int line)
{
    int row = stop.row + line, end = stop.col + stop.width;
    if (stop.kind == STOP_HINT || stop.lines == 1 || row >= l->page.rows)
        return stop;
    while (end > stop.col + 1 && canvas_at(&l->page, row, end - 1)->cp == ' ')
        end--;
    stop.width = end - stop.col;
    return stop;
}

void layout_draw(struct layout *l, const struct view *v, size_t at, int line)
{
    if (l->small) {
        draw_small(l);
        return;
    }
    (void)canvas_reset(&l->window, l->rows, l->cols); /* it has its room already */
    const struct stop *stop = at < l->stop_count ? &l->stops[at] : NULL;
    scroll_to(l, stop, line);
    keep_top(l);
    draw_detail(l, v, stop);
    if (l->look != LOOK_READER) {
        draw_header(l, v);
        draw_frame(l, v);
        draw_message(l, v, l->rows - 1 - l->message_rows);
        draw_hints(l);
    }
    copy_page(l);
    l->window.clipped += l->page.clipped + v->clipped;
    l->cursor_row = l->seen_row;
    l->cursor_col = l->seen_col;
    if (stop != NULL && layout_sees(l, stop, line)) {
        struct stop shown = trim_line(l, *stop, line);
        draw_focus(l, &shown, line);
    }
}

/* --- where is what ----------------------------------------------------------------------------------------------- */

bool layout_sees_document_end(const struct layout *l)
{
    if (l->document_end < 0 || l->small)
        return false;
    return l->document_end >= l->top && l->document_end < l->top + l->seen_rows;
}

/* The page row that is seen at a window row, -1: none. */
static int page_row(const struct layout *l, int row)
{
    int at = row - l->seen_row;
    if (at < 0 || at >= l->seen_rows + l->foot_rows)
        return -1;
    if (at >= l->seen_rows)
        return l->page_rows + at - l->seen_rows;
    return l->top + at < l->page_rows ? l->top + at : -1;
}

size_t layout_stop_at(const struct layout *l, int row, int col, int *ret_line)
{
    int on_page = page_row(l, row);
    for (size_t i = 0; i < l->stop_count; i++) {
        const struct stop *s = &l->stops[i];
        int c = col - l->seen_col;
        if (s->kind == STOP_HINT || c < s->col || c >= s->col + s->reach)
            continue;
        if (on_page >= s->row && on_page < s->row + s->lines) {
            *ret_line = on_page - s->row;
            return i;
        }
    }
    return l->stop_count;
}

size_t layout_hint_at(const struct layout *l, int row, int col)
{
    for (size_t i = 0; i < l->hint_count; i++)
        if (row == l->rows - 1 && col > l->hints[i].col && col <= l->hints[i].col + l->hints[i].width)
            return i;
    return l->hint_count;
}

size_t layout_pad_at(const struct layout *l, int row, int col)
{
    int r = page_row(l, row), c = col - l->seen_col;
    for (size_t i = 0; i < l->pad_count; i++)
        if (r == l->pad[i].row && c >= l->pad[i].col && c < l->pad[i].col + l->pad[i].width)
            return i;
    return PAD_KEYS;
}

void layout_done(struct layout *l)
{
    canvas_done(&l->window);
    canvas_done(&l->page);
}
