/* The page of the standard and high contrast looks: what stands inside the frame, as the screen book draws it at 80x24.
 * Blank lines part groups; when room is short they go first, then the page scrolls. */
#include "ui/pen.h"
#include "ui/wrap.h"

/* How many of n blank lines there is room for. */
static int spare_blanks(struct pen *p, int n)
{
    n = p->dense ? smaller(n, 1) : n;
    int dropped = smaller(n, p->drop);
    p->drop -= dropped;
    return n - dropped;
}

/* The most rows that one of the options needs for what it says of itself. */
static int detail_rows(const struct layout *l, const struct view *v)
{
    int rows = 0;
    for (size_t k = 0; k < v->count; k++)
        if (v->items[k].role == ROLE_OPTION)
            rows = larger(rows, wrap_lines(v->items[k].value, l->page.cols - 3, false));
    return rows;
}

static void put_detail(struct pen *p)
{
    int rows = detail_rows(p->l, p->v);
    if (rows == 0 || !canvas_need(&p->l->page, p->row + rows - 1))
        return;
    p->l->detail_row = p->row;
    p->row += rows;
}

/* Below a list of options: the detail of the one with the focus, whose words come when the focus is known. */
static void reserve_detail(struct pen *p, const struct item *next)
{
    bool list_ends = p->before != NULL && p->before->role == ROLE_OPTION && (next == NULL || next->role != ROLE_OPTION);
    if (!list_ends || p->detail_below || p->before->value[0] == '\0')
        return;
    p->row += spare_blanks(p, 1);
    put_detail(p);
}

static int blank_lines(struct pen *p, const struct item *i)
{
    int n = 0;
    if (p->before == NULL)
        n = i->flags & ITEM_DENSE ? 0 : 1;
    else if (!(i->flags & ITEM_BESIDE))
        n = (p->before->role != i->role && !(i->flags & ITEM_DENSE) ? 1 : 0) + (i->flags & ITEM_GAP ? 1 : 0);
    return spare_blanks(p, n);
}

static void enter_column2(struct pen *p)
{
    p->left_row = p->row;
    p->row = p->group_row;
    p->divider = p->group_end + 2;
    p->base = p->divider + 4;
}

static void leave_column2(struct pen *p)
{
    if (p->left_row < 0)
        return;
    int end = larger(p->left_row, p->row);
    for (int row = p->group_row; row < end; row++)
        if (canvas_need(&p->l->page, row))
            canvas_put(&p->l->page, row, p->divider, BOX_V, STYLE_FRAME);
    p->row = end;
    p->left_row = -1;
    p->base = MARGIN;
}

static void draw_item(struct pen *p, const struct item *i)
{
    bool right = i->flags & ITEM_COLUMN2 && p->cols >= TWO_COLUMNS;
    if (p->pad_row >= 0 && i->role != ROLE_KEYPAD && i->role != ROLE_BUTTON && i->role != ROLE_SECRET) {
        p->row = p->pad_row + PAD_ROWS;
        p->pad_row = -1;
    }
    reserve_detail(p, i);
    if (right && p->left_row < 0) {
        enter_column2(p);
    } else {
        if (!right)
            leave_column2(p);
        if (p->pad_row < 0)
            p->row += blank_lines(p, i);
        if (p->before == NULL || p->before->role != i->role) {
            if (p->left_row < 0) {
                p->group_row = p->row;
                p->group_end = 0;
            }
        }
    }
    pen_draw(p, i);
    p->before = i;
}

static bool is_pinned(const struct pen *p, const struct item *i, int room)
{
    (void)p;
    return i->flags & ITEM_BOTTOM && room >= FOOT_ROOM + 2;
}

static int draw_all(struct pen *p, int room, bool pinned)
{
    for (size_t k = 0; k < p->v->count; k++) {
        const struct item *i = &p->v->items[k];
        if (pen_sees(p, i) && is_pinned(p, i, room) == pinned)
            draw_item(p, i);
    }
    reserve_detail(p, NULL);
    leave_column2(p);
    return p->row;
}

static void draw_foot(struct layout *l, const struct view *v, int cols, int room, bool detail_below)
{
    struct pen p = {.l = l,
        .v = v,
        .cols = cols,
        .row = l->page_rows,
        .base = MARGIN,
        .edge = cols - 1,
        .drop = cols * cols,
        .left_row = -1,
        .pad_row = -1,
        .in_foot = true};
    if (detail_below)
        put_detail(&p);
    int end = draw_all(&p, room, true);
    l->foot_rows = end - l->page_rows;
    if (end > l->page_rows)
        (void)canvas_need(&l->page, end - 1);
}

static int count_foot(const struct view *v, int room)
{
    int n = 0;
    for (size_t k = 0; k < v->count && room >= FOOT_ROOM + 2; k++) {
        unsigned flags = v->items[k].flags;
        if (flags & ITEM_BOTTOM && !(flags & ITEM_READER) && !(flags & ITEM_BESIDE))
            n++;
    }
    return n;
}

struct pressed {
    bool dense, detail_below;
    int drop;
};

/* The page without the foot; returns its rows. */
static int draw_page(struct layout *l, const struct view *v, int cols, int room, struct pressed how)
{
    (void)canvas_reset(&l->page, 0, cols);
    l->stop_count = l->pad_count = 0;
    l->detail_row = l->document_end = -1;
    struct pen p = {.l = l,
        .v = v,
        .cols = cols,
        .base = MARGIN,
        .edge = cols - 1,
        .dense = how.dense,
        .drop = how.drop,
        .detail_below = how.detail_below,
        .left_row = -1,
        .pad_row = -1};
    return draw_all(&p, room, false);
}

/* Of a list that has to scroll the detail stays in sight: it stands at the foot. */
static bool wants_detail_below(const struct layout *l, const struct view *v, int rows)
{
    return l->page_rows > rows && l->detail_row >= 0 && rows > detail_rows(l, v) + FOOT_ROOM;
}

void page_framed(struct layout *l, const struct view *v, int cols, int room)
{
    int rows = room - count_foot(v, room);
    struct pressed how = {false};
    l->page_rows = draw_page(l, v, cols, room, how);
    how.dense = l->page_rows > rows;
    if (how.dense)
        l->page_rows = draw_page(l, v, cols, room, how);
    how.drop = l->page_rows - rows;
    if (how.drop > 0)
        l->page_rows = draw_page(l, v, cols, room, how);
    how.detail_below = wants_detail_below(l, v, rows);
    if (how.detail_below)
        l->page_rows = draw_page(l, v, cols, room, how);
    if (l->page_rows > 0)
        (void)canvas_need(&l->page, l->page_rows - 1);
    draw_foot(l, v, cols, room, how.detail_below);
}
