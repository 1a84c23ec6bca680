/* One drawing function a role, for the standard and high contrast looks. */
#include "ui/pen.h"

#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "base/text.h"
#include "ui/spoken.h"

bool pen_sees(const struct pen *p, const struct item *i)
{
    if (i->flags & ITEM_READER || i->role == ROLE_QR)
        return false;
    return i->role != ROLE_KEYPAD || p->cols >= TWO_COLUMNS;
}

static int width_of(const char *s)
{
    return (int)text_width(s);
}

/* --- cells ------------------------------------------------------------------------------------------------------- */

static int put(struct pen *p, int row, int col, const char *s, enum style style)
{
    return canvas_need(&p->l->page, row) ? canvas_text(&p->l->page, row, col, p->cols - col, s, strlen(s), style) : 0;
}

/* The item's rows are used up to here. */
static void end_item(struct pen *p, int rows, int end)
{
    p->last_row = p->row + rows - 1;
    p->last_end = end;
    p->group_end = larger(p->group_end, end);
    p->row += rows;
}

static struct stop stop_at(const struct pen *p, const struct item *i, int col, int width)
{
    return (struct stop){.kind = STOP_ITEM,
        .index = (size_t)(i - p->v->items),
        .row = p->row,
        .col = col,
        .width = width,
        .reach = width,
        .lines = 1,
        .cursor = col};
}

static int put_wrapped(struct pen *p, int col, const char *text, enum style style)
{
    int width = larger(smaller(p->edge - col, TEXT_MAX), 8);
    return page_text(p->l, p->row, col, width, text, style, false);
}

/* --- one drawing function a role -----------------------------------------------------------------------------------
 */

static int indent(const struct pen *p, const struct item *i)
{
    return p->base + (i->flags & ITEM_INDENT ? ACT - MARGIN : 0);
}

static void draw_text(struct pen *p, const struct item *i)
{
    enum style style = i->role == ROLE_HEADING ? STYLE_HEADING : STYLE_PLAIN;
    int col = indent(p, i), lines = put_wrapped(p, col, i->label, style);
    end_item(p, larger(lines, 1), lines > 1 ? p->edge : col + width_of(i->label));
}

static void draw_bullet(struct pen *p, const struct item *i)
{
    put(p, p->row, p->base, "·", STYLE_PLAIN);
    end_item(p, put_wrapped(p, p->base + 2, i->label, STYLE_PLAIN), p->edge);
}

static void draw_step(struct pen *p, const struct item *i)
{
    char number[16];
    snprintf(number, sizeof number, "%u.", item_step(p->v, (size_t)(i - p->v->items)));
    int n = put(p, p->row, p->base, number, STYLE_PLAIN);
    end_item(p, put_wrapped(p, p->base + n + 1, i->label, STYLE_PLAIN), p->edge);
}

/* Columns of neighbours of one role line up. */
static int widest_label(const struct pen *p, const struct item *i, enum role role, int least)
{
    const struct item *first = i, *end = p->v->items + p->v->count;
    while (first > p->v->items && (first[-1].role == role || !pen_sees(p, &first[-1])))
        first--;
    for (; first < end && (first->role == role || !pen_sees(p, first)); first++)
        if (first->role == role && pen_sees(p, first))
            least = larger(least, larger(width_of(first->label), first->width));
    return least;
}

/* At the foot: "label: value" as they are. */
static void draw_pair(struct pen *p, const struct item *i)
{
    char words[512];
    snprintf(words, sizeof words, "%s: %s", i->label, i->value);
    int len = width_of(words), col = p->base;
    if (i->flags & ITEM_BESIDE && p->before != NULL) {
        col = p->in_foot ? p->last_end + 3 : p->edge - 1 - len;
        bool fits = col > p->last_end && col + len <= p->cols;
        p->row = fits ? p->last_row : p->row;
        col = fits ? col : p->base;
    }
    int rows = col + len <= p->cols ? 1 : put_wrapped(p, col, words, STYLE_PLAIN);
    if (rows == 1)
        put(p, p->row, col, words, STYLE_PLAIN);
    end_item(p, rows, col + len);
}

static void draw_fact(struct pen *p, const struct item *i)
{
    if (i->flags & (ITEM_BOTTOM | ITEM_BESIDE) || i->role == ROLE_CLOCK) {
        draw_pair(p, i);
        return;
    }
    int col = indent(p, i), colon = col + widest_label(p, i, ROLE_FACT, COLON_AT);
    put(p, p->row, col, i->label, STYLE_PLAIN);
    put(p, p->row, colon, ":", STYLE_PLAIN);
    end_item(p, larger(put_wrapped(p, colon + 2, i->value, STYLE_PLAIN), 1), p->edge);
}

static void draw_code(struct pen *p, const struct item *i)
{
    char groups[64];
    int n = put(p, p->row, p->base, i->label, STYLE_PLAIN), at = p->base + FIELD_AT + 2;
    put(p, p->row, p->base + n, ":", STYLE_PLAIN);
    code_in_groups(groups, sizeof groups, i->value, " - ");
    at = larger(at, p->base + n + 2);
    int rows = at + width_of(groups) <= p->cols ? 1 : 2; /* in a narrow window below its label */
    at = rows == 1 ? at : p->base + 2;
    end_item(p, rows, at + put(p, p->row + rows - 1, at, groups, STYLE_CODE));
}

static int act_col(const struct pen *p)
{
    return p->base + (p->left_row < 0 ? ACT - MARGIN : 0);
}

static void draw_choice(struct pen *p, const struct item *i)
{
    char words[512];
    unsigned n = item_number(p->v, (size_t)(i - p->v->items));
    int col = act_col(p), label = col + NUMBER;
    if (n > 0)
        snprintf(words, sizeof words, "%u", n);
    put(p, p->row, col, n > 0 ? words : "-", STYLE_PLAIN);
    snprintf(words, sizeof words, i->role == ROLE_METHOD && i->value[0] != '\0' ? "%s (%s)" : "%s", i->label, i->value);
    int rows = put_wrapped(p, label, words, i->flags & ITEM_DISABLED ? STYLE_OFF : STYLE_PLAIN);
    int end = smaller(label + width_of(words), p->edge), kept = end;
    if (i->role == ROLE_METHOD) /* with room for "(chosen)" in each, so that choosing moves nothing */
        kept = smaller(label + width_of(i->label) + 3 + width_of(tr("chosen")), p->edge);
    struct stop stop = stop_at(p, i, col, end - col);
    page_stop(p->l, stop);
    end_item(p, larger(rows, 1), larger(end, kept));
}

static int field_col(const struct pen *p, const struct item *i)
{
    static const enum role roles[] = {ROLE_FIELD, ROLE_SECRET, ROLE_COMBO};
    int at = FIELD_AT;
    for (const struct item *k = p->v->items; k < p->v->items + p->v->count; k++)
        for (size_t r = 0; r < 3; r++)
            if (k->role == roles[r] && pen_sees(p, k) && (k->flags & ITEM_COLUMN2) == (i->flags & ITEM_COLUMN2))
                at = larger(at, width_of(k->label) + 2);
    return p->base + at;
}

/* Beside another button when it fits; beside the keypad's last row; under the fields when indented. */
static int place_button(struct pen *p, const struct item *i, int width)
{
    int col = act_col(p);
    if (p->pad_row >= 0) {
        p->row = p->pad_row + PAD_ROWS - 2;
        return i->flags & ITEM_INDENT ? field_col(p, i) : col;
    }
    if (i->flags & ITEM_BESIDE && p->before != NULL) {
        int beside = p->last_end + (p->left_row < 0 ? 5 : 3);
        if (beside + width <= p->cols) {
            p->row = p->last_row;
            return beside;
        }
    }
    return i->flags & ITEM_INDENT ? field_col(p, i) : col;
}

static void draw_button(struct pen *p, const struct item *i)
{
    char words[512];
    snprintf(words, sizeof words, "[ %s ]", i->label);
    int width = width_of(words), col = place_button(p, i, width);
    put(p, p->row, col, words, STYLE_PLAIN);
    struct stop stop = stop_at(p, i, col, width);
    stop.cursor = col + 2;
    page_stop(p->l, stop);
    end_item(p, 1, col + width);
    if (p->pad_row >= 0)
        p->row = p->pad_row + PAD_ROWS;
    p->pad_row = -1;
}

/* "label   [ value ]": a value that is longer shows its end, where one types. */
static void put_field(struct pen *p, const struct item *i, const char *value)
{
    int col = indent(p, i), at = field_col(p, i) + col - p->base;
    int pad = at + i->width + 4 <= p->cols ? 2 : 1; /* in a narrow window the brackets stand close */
    int width = smaller(i->width, p->cols - at - 2 * pad), chars = width_of(value), from = at + pad;
    put(p, p->row, col, i->label, STYLE_PLAIN);
    put(p, p->row, at, "[", STYLE_PLAIN);
    put(p, p->row, from + width + pad - 1, "]", STYLE_PLAIN);
    canvas_mark(&p->l->page, p->row, from, width, STYLE_FIELD);
    size_t skip = 0, len = strlen(value);
    for (int n = chars; n > width; n--)
        (void)utf8_next(value, len, &skip);
    put(p, p->row, from, value + skip, STYLE_FIELD);
    struct stop stop = stop_at(p, i, col, width_of(i->label));
    stop.reach = from + width + pad - col;
    stop.cursor = from + smaller(chars, width);
    page_stop(p->l, stop);
    end_item(p, 1, from + width + pad);
}

static void draw_field(struct pen *p, const struct item *i)
{
    put_field(p, i, i->value);
}

static void draw_pad(struct pen *p, const struct item *i)
{
    static const char *const lines[] = {"┌─────────┬─────┬─────┐", "│         │     │     │", "│         │     │     │",
        "│         │     │     │", "│         │     │  ←  │", "└─────────┴─────┴─────┘"};
    static const int cols[] = {1, 11, 17}, widths[] = {9, 5, 5};
    const char *digits = strlen(i->value) == 10 ? i->value : "1234567890";
    int keys[PAD_KEYS] = {[9] = UK_DEL, [10] = digits[9], [11] = UK_BACKSPACE};
    int row = p->pad_row, col = PAD_AT;
    for (int k = 0; k < 9; k++)
        keys[k] = digits[k];
    for (int n = 0; n < PAD_ROWS; n++)
        put(p, row + n, col, lines[n], STYLE_FRAME);
    int label = smaller(width_of(i->label), 9);
    canvas_cut(&p->l->page, row + 4, col + 1 + (9 - label) / 2, label, i->label, STYLE_FRAME);
    for (int k = 0; k < PAD_KEYS; k++)
        if (keys[k] >= '0' && keys[k] <= '9')
            canvas_put(
                &p->l->page, row + 1 + k / 3, col + cols[k % 3] + widths[k % 3] / 2, (uint32_t)keys[k], STYLE_FRAME);
    for (int k = 0; k < PAD_KEYS && p->l->pad_count < PAD_KEYS; k++)
        p->l->pad[p->l->pad_count++] = (struct pad_key){row + 1 + k / 3, col + cols[k % 3], widths[k % 3], keys[k]};
}

/* Only where the configuration says that there are no digit keys; elsewhere nothing walks over the digits. */
static void add_pad_stops(struct pen *p)
{
    for (size_t k = 0; k < p->l->pad_count; k++) {
        const struct pad_key *pad = &p->l->pad[k];
        page_stop(p->l, (struct stop){.kind = STOP_PAD,
                            .index = k,
                            .row = pad->row,
                            .col = pad->col,
                            .width = pad->width,
                            .reach = pad->width,
                            .lines = 1,
                            .cursor = pad->key == UK_DEL ? pad->col + 1 : pad->col + pad->width / 2});
    }
}

static const struct item *pad_after(const struct pen *p, const struct item *i)
{
    for (const struct item *k = i + 1; k < p->v->items + p->v->count; k++)
        if (pen_sees(p, k))
            return k->role == ROLE_KEYPAD ? k : NULL;
    return NULL;
}

static void draw_secret(struct pen *p, const struct item *i)
{
    char stars[256];
    size_t n = i->count < sizeof stars - 1 ? i->count : sizeof stars - 1;
    memset(stars, '*', n);
    stars[n] = '\0';
    const struct item *pad = pad_after(p, i);
    if (pad != NULL) { /* the keypad's frame begins a row above the field */
        p->pad_row = p->row++;
        draw_pad(p, pad);
    }
    put_field(p, i, stars);
    if (pad != NULL && pad->flags & ITEM_FOCUS)
        add_pad_stops(p);
}

static void draw_combo(struct pen *p, const struct item *i)
{
    int at = field_col(p, i), room = p->cols - at - 6;
    put(p, p->row, p->base, i->label, STYLE_PLAIN);
    put(p, p->row, at, "[", STYLE_PLAIN);
    int len =
        canvas_need(&p->l->page, p->row) ? canvas_cut(&p->l->page, p->row, at + 2, room, i->value, STYLE_FIELD) : 0;
    put(p, p->row, at + 2 + len, " v ]", STYLE_PLAIN);
    struct stop stop = stop_at(p, i, at, len + 6);
    stop.cursor = at + 2;
    page_stop(p->l, stop);
    end_item(p, 1, at + len + 6);
}

static void draw_document(struct pen *p, const struct item *i)
{
    int width = smaller(p->cols - 9, TEXT_MAX);
    int lines = page_text(p->l, p->row, ACT, width, i->value, STYLE_PLAIN, false);
    struct stop stop = stop_at(p, i, ACT, width);
    stop.lines = larger(lines, 1);
    page_stop(p->l, stop);
    end_item(p, larger(lines, 1), p->edge);
    p->l->document_end = p->row - 1;
}

/* The number takes three cells, so that nothing else moves when it grows shorter. */
static void draw_timer(struct pen *p, const struct item *i)
{
    char words[256];
    snprintf(words, sizeof words, "%s: %3u %s", i->label, i->count, i->value);
    int width = put(p, p->row, p->base, words, STYLE_PLAIN);
    struct stop stop = stop_at(p, i, p->base, width);
    page_stop(p->l, stop);
    end_item(p, 1, p->base + width);
}

static void draw_progress(struct pen *p, const struct item *i)
{
    char words[SPOKEN_MAX];
    put(p, p->row, p->base, item_spoken(words, p->v, (size_t)(i - p->v->items)), STYLE_PLAIN);
    int width = smaller(BAR, p->edge - p->base - 2), done = (int)(smaller((int)i->count, 100) * width / 100);
    put(p, p->row + 1, p->base, "[", STYLE_PLAIN);
    canvas_fill(&p->l->page, p->row + 1, p->base + 1, done, '#', STYLE_PLAIN);
    canvas_fill(&p->l->page, p->row + 1, p->base + 1 + done, width - done, '.', STYLE_PLAIN);
    put(p, p->row + 1, p->base + 1 + width, "]", STYLE_PLAIN);
    end_item(p, 2, p->base + width + 2);
}

static void draw_nothing(struct pen *p, const struct item *i)
{
    (void)p;
    (void)i;
}

static void (*const draw_role[])(struct pen *, const struct item *) = {
    [ROLE_TEXT] = draw_text,
    [ROLE_HEADING] = draw_text,
    [ROLE_BULLET] = draw_bullet,
    [ROLE_STEP] = draw_step,
    [ROLE_FACT] = draw_fact,
    [ROLE_CODE] = draw_code,
    [ROLE_CHOICE] = draw_choice,
    [ROLE_BUTTON] = draw_button,
    [ROLE_METHOD] = draw_choice,
    [ROLE_FIELD] = draw_field,
    [ROLE_SECRET] = draw_secret,
    [ROLE_DOCUMENT] = draw_document,
    [ROLE_COMBO] = draw_combo,
    [ROLE_OPTION] = draw_choice,
    [ROLE_KEYPAD] = draw_nothing, /* with its field */
    [ROLE_TIMER] = draw_timer,
    [ROLE_CLOCK] = draw_fact,
    [ROLE_PROGRESS] = draw_progress,
    [ROLE_QR] = draw_nothing,
};

void pen_draw(struct pen *p, const struct item *i)
{
    draw_role[i->role](p, i);
}
