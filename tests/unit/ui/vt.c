#include "tests/unit/ui/vt.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

static struct vt_cell blank(void)
{
    return (struct vt_cell){.cp = ' '};
}

void vt_init(struct vt *t, int rows, int cols, bool utf8)
{
    memset(t, 0, sizeof *t);
    t->rows = rows;
    t->cols = cols;
    t->utf8 = utf8;
    t->bottom = rows - 1;
    t->pen = blank();
    for (int r = 0; r < VT_ROWS; r++)
        for (int c = 0; c < VT_COLS; c++)
            t->cells[r][c] = blank();
}

/* --- moving ------------------------------------------------------------------------------------------------------ */

static int within(int v, int low, int high)
{
    return v < low ? low : v > high ? high : v;
}

static void go(struct vt *t, int row, int col)
{
    t->row = within(row, 0, t->rows - 1);
    t->col = within(col, 0, t->cols - 1);
    t->wrap_due = false;
}

static struct vt_cell erased(const struct vt *t)
{
    return (struct vt_cell){.cp = ' ', .on_black = t->pen.on_black};
}

static void erase(struct vt *t, int row, int from, int to)
{
    for (int c = from; c < to && c < t->cols; c++)
        t->cells[row][c] = erased(t);
}

static void scroll(struct vt *t, int from, int n)
{
    for (; n > 0; n--) {
        memmove(t->cells[from], t->cells[from + 1], (size_t)(t->bottom - from) * sizeof t->cells[0]);
        erase(t, t->bottom, 0, t->cols);
        t->scrolled++;
    }
    for (; n < 0; n++) {
        memmove(t->cells[from + 1], t->cells[from], (size_t)(t->bottom - from) * sizeof t->cells[0]);
        erase(t, from, 0, t->cols);
    }
}

static void line_feed(struct vt *t)
{
    if (t->row == t->bottom)
        scroll(t, t->top, 1);
    else
        go(t, t->row + 1, t->col);
}

/* --- characters ----------------------------------------------------------------------------------------------------
 */

static uint32_t graphic(uint32_t cp)
{
    static const struct {
        char from;
        uint32_t to;
    } set[] = {{'q', 0x2500}, {'x', 0x2502}, {'l', 0x250c}, {'k', 0x2510}, {'m', 0x2514}, {'j', 0x2518}, {'w', 0x252c},
        {'v', 0x2534}, {'~', 0xb7}};
    for (size_t i = 0; i < sizeof set / sizeof set[0]; i++)
        if ((uint32_t)set[i].from == cp)
            return set[i].to;
    return cp;
}

static void put(struct vt *t, uint32_t cp)
{
    if (t->wrap_due) {
        t->col = 0;
        t->wrap_due = false;
        line_feed(t);
    }
    bool graphics = t->shifted ? t->g1_graphics : t->graphics;
    struct vt_cell *cell = &t->cells[t->row][t->col];
    *cell = t->pen;
    cell->cp = graphics ? graphic(cp) : cp;
    t->last = cp;
    if (t->col == t->cols - 1)
        t->wrap_due = true;
    else
        t->col++;
}

static void control(struct vt *t, unsigned char c)
{
    if (c == '\r')
        go(t, t->row, 0);
    else if (c == '\n')
        line_feed(t);
    else if (c == '\b')
        go(t, t->row, t->col - 1);
    else if (c == '\t')
        go(t, t->row, (t->col / 8 + 1) * 8);
    else if (c == '\a')
        t->bells++;
    else if (c == 0x0e || c == 0x0f)
        t->shifted = c == 0x0e;
    else if (c != 0)
        t->unknown++;
}

/* --- sequences ------------------------------------------------------------------------------------------------------
 */

static void rendition(struct vt *t, const int *p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (p[i] == 0) {
            uint32_t cp = t->pen.cp;
            t->pen = blank();
            t->pen.cp = cp;
        } else if (p[i] == 1) {
            t->pen.bold = true;
        } else if (p[i] == 4 || p[i] == 24) {
            t->pen.underline = p[i] == 4;
        } else if (p[i] == 7 || p[i] == 27) {
            t->pen.reverse = p[i] == 7;
        } else if (p[i] >= 30 && p[i] <= 39) {
            t->pen.white = p[i] == 37;
        } else if (p[i] >= 40 && p[i] <= 49) {
            t->pen.on_black = p[i] == 40;
        } else if (p[i] != 10 && p[i] != 22) {
            t->unknown++;
        }
    }
}

static void mode(struct vt *t, const int *p, size_t n, bool on, bool private)
{
    for (size_t i = 0; i < n && private; i++) {
        t->alternate = p[i] == 1049 ? on : t->alternate;
        t->paste = p[i] == 2004 ? on : t->paste;
        t->mouse = p[i] == 1000 ? on : t->mouse;
    }
}

static void clear(struct vt *t, int how)
{
    int from = how == 0 ? t->row + 1 : 0, to = how == 1 ? t->row : t->rows;
    for (int r = from; r < to; r++)
        erase(t, r, 0, t->cols);
    if (how == 0)
        erase(t, t->row, t->col, t->cols);
    if (how == 1)
        erase(t, t->row, 0, t->col + 1);
}

static void shift_cells(struct vt *t, int n)
{
    struct vt_cell *row = t->cells[t->row];
    int rest = t->cols - t->col - abs(n);
    if (rest < 0)
        return;
    if (n > 0)
        memmove(row + t->col + n, row + t->col, (size_t)rest * sizeof *row);
    else
        memmove(row + t->col, row + t->col - n, (size_t)rest * sizeof *row);
    for (int i = 0; i < abs(n); i++)
        row[n > 0 ? t->col + i : t->cols - 1 - i] = erased(t);
}

static void csi(struct vt *t, char final, int *p, size_t n, bool private)
{
    int one = p[0] > 0 ? p[0] : 1;
    switch (final) {
    case 'A':
        go(t, t->row - one, t->col);
        break;
    case 'B':
        go(t, t->row + one, t->col);
        break;
    case 'C':
        go(t, t->row, t->col + one);
        break;
    case 'D':
        go(t, t->row, t->col - one);
        break;
    case 'G':
        go(t, t->row, one - 1);
        break;
    case 'd':
        go(t, one - 1, t->col);
        break;
    case 'H':
    case 'f':
        go(t, one - 1, (n > 1 && p[1] > 0 ? p[1] : 1) - 1);
        break;
    case 'I':
        go(t, t->row, (t->col / 8 + one) * 8);
        break;
    case 'Z':
        go(t, t->row, (t->col + 7) / 8 * 8 - 8 * one);
        break;
    case 'J':
        clear(t, p[0]);
        break;
    case 'K':
        erase(t, t->row, p[0] == 0 ? t->col : 0, p[0] == 1 ? t->col + 1 : t->cols);
        break;
    case 'X':
        erase(t, t->row, t->col, t->col + one);
        break;
    case '@':
        shift_cells(t, one);
        break;
    case 'P':
        shift_cells(t, -one);
        break;
    case 'L':
        scroll(t, t->row, -one);
        break;
    case 'M':
        scroll(t, t->row, one);
        break;
    case 'S':
        scroll(t, t->top, one);
        break;
    case 'T':
        scroll(t, t->top, -one);
        break;
    case 'b':
        for (int i = 0; i < one; i++)
            put(t, t->last);
        break;
    case 'm':
        rendition(t, p, n);
        break;
    case 'r':
        t->top = one - 1;
        t->bottom = (n > 1 && p[1] > 0 ? p[1] : t->rows) - 1;
        go(t, 0, 0);
        break;
    case 'h':
    case 'l':
        mode(t, p, n, final == 'h', private);
        break;
    case 't':
    case 'c':
        break;
    default:
        t->unknown++;
    }
}

/* True when the pending sequence is whole; it has been obeyed then. */
static bool sequence(struct vt *t)
{
    const char *b = t->pending;
    size_t len = t->pending_len;
    if (len < 2)
        return false;
    if (b[1] == ']' || b[1] == 'P')
        return b[len - 1] == '\a' || (len > 3 && b[len - 1] == '\\' && b[len - 2] == 033);
    if (b[1] == '(' || b[1] == ')') {
        if (len < 3)
            return false;
        *(b[1] == '(' ? &t->graphics : &t->g1_graphics) = b[2] == '0';
        return true;
    }
    if (b[1] != '[') {
        if (b[1] == 'M')
            t->row == t->top ? scroll(t, t->top, -1) : go(t, t->row - 1, t->col);
        else if (strchr("=>78c", b[1]) == NULL)
            t->unknown++;
        return true;
    }
    if (len < 3 || b[len - 1] < 0x40)
        return false;
    int p[8] = {0};
    size_t n = 1;
    for (size_t i = 2; i < len - 1; i++) {
        if (b[i] >= '0' && b[i] <= '9')
            p[n - 1] = p[n - 1] * 10 + (b[i] - '0');
        else if (b[i] == ';' && n < 8)
            n++;
    }
    csi(t, b[len - 1], p, n, b[2] == '?');
    return true;
}

static void plain(struct vt *t, unsigned char c)
{
    if (c < 0x20 && t->pending_len == 0) {
        control(t, c);
        return;
    }
    if (!t->utf8 || (c < 0x80 && t->pending_len == 0)) {
        put(t, c);
        return;
    }
    t->pending[t->pending_len++] = (char)c;
    size_t at = 0;
    uint32_t cp = utf8_next(t->pending, t->pending_len, &at);
    if (cp == UINT32_MAX && t->pending_len < 4)
        return;
    t->pending_len = 0;
    if (cp == UINT32_MAX)
        t->unknown++;
    else
        put(t, cp);
}

void vt_feed(struct vt *t, const char *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        bool escaped = t->pending_len > 0 && t->pending[0] == 033;
        if (!escaped && bytes[i] != 033) {
            plain(t, (unsigned char)bytes[i]);
            continue;
        }
        if (t->pending_len < sizeof t->pending)
            t->pending[t->pending_len++] = bytes[i];
        if (sequence(t))
            t->pending_len = 0;
    }
}

const char *vt_row(const struct vt *t, int row, char out[4 * VT_COLS + 1])
{
    size_t at = 0, end = 0;
    for (int c = 0; c < t->cols; c++) {
        at += utf8_put(out + at, t->cells[row][c].cp);
        if (t->cells[row][c].cp != ' ')
            end = at;
    }
    out[end] = '\0';
    return out;
}
