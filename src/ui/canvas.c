#include "config.h"
#include "ui/canvas.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "ui/theme.h"

/* What stood there may be a person's: it is not left below what is drawn next, nor in memory that is given back. */
static void wipe(struct canvas *c)
{
    if (c->cells != NULL)
        explicit_bzero(c->cells, (size_t)c->rows * (size_t)c->cols * sizeof *c->cells);
}

bool canvas_reset(struct canvas *c, int rows, int cols)
{
    size_t need = (size_t)rows * (size_t)cols, have = (size_t)c->room * (size_t)c->cols;
    wipe(c);
    if (need > have || c->cells == NULL) {
        free(c->cells);
        c->cells = malloc((need > 0 ? need : 1) * sizeof *c->cells);
        have = need;
    }
    if (c->cells == NULL) {
        *c = (struct canvas){0};
        return false;
    }
    c->cols = cols;
    c->rows = rows;
    c->room = cols > 0 ? (int)(have / (size_t)cols) : 0;
    c->clipped = c->overdrawn = 0;
    for (size_t i = 0; i < need; i++)
        c->cells[i] = (struct cell){' ', STYLE_PLAIN};
    return true;
}

static void blank_rows(struct canvas *c, int from, int to)
{
    for (size_t i = (size_t)from * (size_t)c->cols; i < (size_t)to * (size_t)c->cols; i++)
        c->cells[i] = (struct cell){' ', STYLE_PLAIN};
}

bool canvas_need(struct canvas *c, int row)
{
    if (row < c->rows)
        return true;
    if (row >= c->room) {
        int room = row + row / 2 + 16;
        struct cell *cells = malloc((size_t)room * (size_t)c->cols * sizeof *cells);
        if (cells == NULL)
            return false;
        memcpy(cells, c->cells, (size_t)c->rows * (size_t)c->cols * sizeof *cells);
        wipe(c);
        free(c->cells);
        c->cells = cells;
        c->room = room;
    }
    blank_rows(c, c->rows, row + 1);
    c->rows = row + 1;
    return true;
}

void canvas_done(struct canvas *c)
{
    wipe(c);
    free(c->cells);
    *c = (struct canvas){0};
}

/* One column everywhere, and nothing a terminal acts on: Latin up to Extended-B, some punctuation and signs, boxes. */
static bool takes_one_column(uint32_t cp)
{
    static const uint32_t ranges[][2] = {
        {0xa0, 0xac},
        {0xae, 0x24f},
        {0x2010, 0x2027},
        {0x20a0, 0x20bf},
        {0x2190, 0x2193},
        {0x2500, 0x259f},
    };
    if (cp >= 0x20 && cp <= 0x7e)
        return true;
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++)
        if (cp >= ranges[i][0] && cp <= ranges[i][1])
            return true;
    return false;
}

static uint32_t clean(uint32_t cp)
{
    return cp == 0xa0 ? ' ' : takes_one_column(cp) ? cp : '?';
}

static void put_clean(struct canvas *c, int row, int col, uint32_t cp, enum style style)
{
    if (row < 0 || col < 0 || row >= c->rows || col >= c->cols) {
        c->clipped++;
        return;
    }
    struct cell *cell = &c->cells[(size_t)row * (size_t)c->cols + (size_t)col];
    c->overdrawn += cell->cp != ' ' && cp != ' ';
    *cell = (struct cell){cp, style};
}

void canvas_put(struct canvas *c, int row, int col, uint32_t cp, enum style style)
{
    put_clean(c, row, col, clean(cp), style);
}

int canvas_text(struct canvas *c, int row, int col, int width, const char *s, size_t len, enum style style)
{
    int n = 0;
    for (size_t at = 0; at < len;) {
        uint32_t cp = utf8_next(s, len, &at);
        if (n < width)
            canvas_put(c, row, col + n++, cp, style);
        else
            c->clipped++;
    }
    return n;
}

int canvas_cut(struct canvas *c, int row, int col, int width, const char *s, enum style style)
{
    size_t len = strlen(s), at = 0;
    int chars = (int)utf8_chars(s, len);
    if (chars <= width)
        return canvas_text(c, row, col, width, s, len, style);
    int n = 0;
    while (n < width - 2)
        canvas_put(c, row, col + n++, utf8_next(s, len, &at), style);
    while (n < width)
        canvas_put(c, row, col + n++, '.', style);
    return n;
}

void canvas_fill(struct canvas *c, int row, int col, int width, uint32_t cp, enum style style)
{
    uint32_t shown = clean(cp);
    for (int i = 0; i < width; i++)
        put_clean(c, row, col + i, shown, style);
}

void canvas_box(struct canvas *c, int row, int col, int rows, int cols, enum style style)
{
    int last_row = row + rows - 1, last_col = col + cols - 1;
    canvas_fill(c, row, col + 1, cols - 2, BOX_H, style);
    canvas_fill(c, last_row, col + 1, cols - 2, BOX_H, style);
    for (int r = row + 1; r < last_row; r++) {
        canvas_put(c, r, col, BOX_V, style);
        canvas_put(c, r, last_col, BOX_V, style);
    }
    canvas_put(c, row, col, BOX_TL, style);
    canvas_put(c, row, last_col, BOX_TR, style);
    canvas_put(c, last_row, col, BOX_BL, style);
    canvas_put(c, last_row, last_col, BOX_BR, style);
}

void canvas_copy(struct canvas *c, int row, int col, const struct canvas *from, int from_row)
{
    int first = col < 0 ? -col : 0, n = from->cols;
    if (row < 0 || row >= c->rows || first >= n || col >= c->cols) {
        c->clipped += (size_t)n;
        return;
    }
    n = col + n > c->cols ? c->cols - col : n;
    c->clipped += (size_t)(first + from->cols - n);
    const struct cell *source = canvas_at(from, from_row, 0);
    struct cell *to = &c->cells[(size_t)row * (size_t)c->cols];
    for (int i = first; i < n; i++) {
        c->overdrawn += to[col + i].cp != ' ' && source[i].cp != ' ';
        to[col + i] = source[i];
    }
}

void canvas_mark(struct canvas *c, int row, int col, int width, enum style style)
{
    for (int i = col < 0 ? 0 : col; i < col + width && i < c->cols; i++)
        if (row >= 0 && row < c->rows)
            c->cells[(size_t)row * (size_t)c->cols + (size_t)i].style = style;
}

const struct cell *canvas_at(const struct canvas *c, int row, int col)
{
    return &c->cells[(size_t)row * (size_t)c->cols + (size_t)col];
}

static uint32_t text_layer(const struct cell *cell)
{
    return cell->cp;
}

static uint32_t style_layer(const struct cell *cell)
{
    char letter = theme_letter((enum style)cell->style);
    return letter == '.' && cell->cp == ' ' ? ' ' : (uint32_t)(unsigned char)letter;
}

static void dump_layer(const struct canvas *c, FILE *out, uint32_t (*layer)(const struct cell *))
{
    for (int row = 0; row < c->rows; row++) {
        int end = c->cols;
        while (end > 0 && layer(canvas_at(c, row, end - 1)) == ' ')
            end--;
        for (int col = 0; col < end; col++) {
            char bytes[4];
            fwrite(bytes, 1, utf8_put(bytes, layer(canvas_at(c, row, col))), out);
        }
        fputc('\n', out);
    }
}

void canvas_dump(const struct canvas *c, FILE *out)
{
    fprintf(out, "-- text %dx%d clipped=%zu\n", c->cols, c->rows, c->clipped);
    dump_layer(c, out, text_layer);
    fprintf(out, "-- style %dx%d\n", c->cols, c->rows);
    dump_layer(c, out, style_layer);
}
