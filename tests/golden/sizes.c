/* Every scene in windows of many sizes: nothing overlaps, nothing is lost, and every stop can be reached and seen with
 * the cursor on it; help is in reach of the focus everywhere, and from there language, look and time. */
#include "config.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "tests/golden/scenes.h"
#include "ui/act.h"

static const int sizes[][2] = {
    {12, 40}, {24, 40}, {13, 79}, {20, 60}, {24, 80}, {25, 81}, {30, 100}, {43, 132}, {60, 200}, {300, 500}};
static const enum flow_look looks[] = {LOOK_STANDARD, LOOK_READER, LOOK_CONTRAST};

struct trial {
    const struct scene_case *scene;
    enum lang lang;
    struct layout *l;
    struct focus_state *focus;
    const struct scene *s;
    const struct view *v;
    unsigned *failures;
};

static void demand(const struct trial *t, bool holds, const char *what)
{
    if (holds)
        return;
    if (++*t->failures <= 20)
        printf("# %s %s look %d %dx%d: %s\n", t->scene->name, t->lang == LANG_TR ? "tr" : "en", t->l->look, t->l->cols,
            t->l->rows, what);
}

static bool overlap(const struct stop *a, const struct stop *b)
{
    bool rows = a->row < b->row + b->lines && b->row < a->row + a->lines;
    return (a->kind == STOP_HINT) == (b->kind == STOP_HINT) && rows && a->col < b->col + b->reach &&
           b->col < a->col + a->reach;
}

static void check_stops(const struct trial *t)
{
    const struct layout *l = t->l;
    for (size_t a = 0; a < l->stop_count; a++) {
        const struct stop *s = &l->stops[a];
        int width = s->kind == STOP_HINT ? l->cols : l->page.cols;
        demand(t, s->col >= 0 && s->reach > 0 && s->col + s->width <= width, "a stop leaves the window");
        for (size_t b = 0; b < a; b++)
            demand(t, !overlap(s, &l->stops[b]), "two stops overlap");
    }
}

static bool has_hint(const struct layout *l, int key)
{
    for (size_t i = 0; i < l->stop_count; i++)
        if (l->stops[i].kind == STOP_HINT && l->hints[l->stops[i].index].bind->key == key)
            return true;
    return false;
}

static bool has_choice(const struct trial *t, enum choice choice)
{
    for (size_t i = 0; i < t->l->stop_count; i++)
        if (t->l->stops[i].kind == STOP_ITEM && t->v->items[t->l->stops[i].index].choice == choice)
            return true;
    return false;
}

/* Help is one stop away on every screen, and language, look and time are there, or here. */
static void check_ways(const struct trial *t)
{
    static const struct {
        int key;
        enum choice choice;
    } ways[] = {{UK_F2, CH_LANG}, {UK_F3, CH_LOOK}, {UK_F4, CH_TIME}};
    bool framed = t->l->look != LOOK_READER, help = t->s->flow->help;
    if (t->s->flow->state == ST_IDLE) /* any key means "I am here" */
        return;
    demand(t, help || has_hint(t->l, UK_F1) || (!framed && has_choice(t, CH_HELP)), "no way to help by focus");
    demand(t, framed || help || (has_choice(t, CH_LANG) && has_choice(t, CH_LOOK)), "no way to language or look");
    for (size_t i = 0; help && i < sizeof ways / sizeof ways[0]; i++)
        demand(t, has_choice(t, ways[i].choice), "help has no way to language, look or time");
    const struct keybind *esc = keymap_own(t->v, UK_ESC);
    bool shown = false;
    for (size_t i = 0; i < t->l->hint_count; i++)
        shown = shown || t->l->hints[i].bind == esc;
    demand(t, !framed || esc == NULL || esc->label == NULL || shown, "Esc is not in the footer");
}

static void check_window(const struct trial *t)
{
    const struct layout *l = t->l;
    demand(t, l->cursor_row >= 0 && l->cursor_row < l->rows && l->cursor_col >= 0 && l->cursor_col < l->cols,
        "the cursor is outside");
    demand(t, canvas_at(&l->window, l->rows - 1, l->cols - 1)->cp == ' ', "the last cell is written");
    if (l->look == LOOK_READER)
        return;
    demand(t,
        canvas_at(&l->window, 1, 0)->cp == BOX_TL && canvas_at(&l->window, 1, l->cols - 1)->cp == BOX_TR &&
            canvas_at(&l->window, l->rows - 2 - l->message_rows, 0)->cp == BOX_BL,
        "the frame is not whole");
    for (int r = 2; r < l->rows - 2 - l->message_rows; r++)
        demand(t, canvas_at(&l->window, r, 0)->cp == BOX_V && canvas_at(&l->window, r, l->cols - 1)->cp == BOX_V,
            "something was drawn over the frame");
}

static void draw(const struct trial *t)
{
    (void)canvas_reset(&t->l->window, t->l->rows, t->l->cols);
    t->l->page.clipped = 0;
    layout_draw(t->l, t->v, t->focus->stop, t->focus->line);
    check_window(t);
}

static bool stands_at(const struct canvas *c, int row, int col, const char *words)
{
    size_t at = 0, len = strlen(words);
    while (at < len && col < c->cols)
        if (canvas_at(c, row, col++)->cp != utf8_next(words, len, &at))
            return false;
    return at == len && (col == c->cols || canvas_at(c, row, col)->cp == ' ');
}

/* That a card may be at another desk is said whole on every screen: on the frame's edge; below the title, in the reader
 * look. */
static void check_banner(const struct trial *t)
{
    const struct layout *l = t->l;
    bool said = false;
    for (int row = 0; l->look == LOOK_READER && row < l->page.rows && row < 4; row++)
        said = said || stands_at(&l->page, row, 0, t->v->link);
    if (l->look != LOOK_READER)
        said = stands_at(&l->window, l->rows - 2 - l->message_rows, 3, t->v->link);
    demand(t, t->v->link[0] == '\0' || said, "the banner is not said");
    demand(t, (t->v->link[0] != '\0') == t->s->facts->forwarded, "the banner does not say what is so");
}

/* Tab through everything, once round; Down through the lines of texts. */
static void walk(const struct trial *t)
{
    struct flow accepted = *t->s->flow;
    struct scene s = *t->s;
    struct form form = *t->s->form;
    struct desk desk = {.form = &form};
    struct act a = {.focus = t->focus, .layout = t->l, .scene = &s, .view = t->v, .desk = &desk};
    struct press down = {.key = UK_DOWN}, tab = {.key = UK_TAB};
    bool seen[STOPS_MAX] = {false};
    if (t->s->flow->state == ST_IDLE) /* any key means "I am here" */
        return;
    accepted.text_accepted = true;
    s.flow = &accepted;
    for (size_t n = 0; n < t->l->stop_count; n++) {
        size_t stop = t->focus->stop;
        const struct stop *at = &t->l->stops[stop];
        seen[stop] = true;
        for (int line = 0; line < at->lines; line++) {
            draw(t);
            demand(t, t->focus->stop == stop && t->focus->line == line, "Down did not go to the next line");
            demand(t, layout_sees(t->l, at, line), "the focus cannot be seen");
            if (line + 1 < at->lines)
                (void)act_press(&a, &down);
        }
        (void)act_press(&a, &tab);
    }
    for (size_t n = 0; n < t->l->stop_count; n++)
        demand(t, seen[n], "a stop cannot be reached with Tab");
}

/* From the top to the end with PgDn: every row of the page comes into sight. */
static void page(const struct trial *t)
{
    struct layout *l = t->l;
    int next = 0;
    l->top = 0;
    do {
        demand(t, l->top <= next, "a row is skipped by PgDn");
        next = l->top + l->seen_rows;
    } while (layout_page(l, 1));
    demand(t, next >= l->page_rows, "the end is out of reach");
}

static void try_size(const struct scene_case *c, enum lang lang, enum flow_look look, const int size[2], bool forwarded,
    unsigned *failures)
{
    static struct stage stage;
    static struct view view;
    struct layout l = {0};
    struct focus_state focus = {.begun = false};
    stage_init(&stage);
    c->fill(&stage);
    stage.facts.forwarded = forwarded;
    i18n_set(lang);
    stage.flow.look = look;
    stage.flow.english = lang == LANG_EN;
    struct scene s = {.flow = &stage.flow, .facts = &stage.facts, .form = &stage.form, .now_ms = stage.now_ms};
    view_compose(&view, screen_of(stage.flow.state), &s);
    if (!layout_make(&l, &view, &s, size[0], size[1]))
        abort();
    focus_settle(&focus, &l, &view, &s);
    struct trial t = {c, lang, &l, &focus, &s, &view, failures};
    if (!l.small) {
        demand(&t, l.page.clipped == 0, "something of the page is cut off");
        demand(&t, l.page.overdrawn == 0, "things are drawn over each other");
        demand(&t, l.seen_rows >= 3, "too little of the page is seen");
        draw(&t);
        demand(&t, l.window.clipped == 0, "something is cut off");
        check_banner(&t);
        check_stops(&t);
        check_ways(&t);
        walk(&t);
        page(&t);
    }
    layout_done(&l);
}

int main(void)
{
    char locale[PATH_MAX];
    const char *build = getenv("EONAY_BUILD");
    unsigned n = 0, bad = 0;
    snprintf(locale, sizeof locale, "%s/locale", build != NULL ? build : ".");
    (void)setenv("LC_ALL", "C.UTF-8", 1);
    i18n_init_at(LANG_TR, locale);
    for (size_t z = 0; z < sizeof sizes / sizeof sizes[0]; z++)
        for (size_t k = 0; k < sizeof looks / sizeof looks[0]; k++) {
            unsigned failures = 0;
            for (size_t c = 0; c < scene_case_count; c++)
                for (int i = 0; i < 4; i++)
                    try_size(&scene_cases[c], i & 1 ? LANG_EN : LANG_TR, looks[k], sizes[z], i & 2, &failures);
            printf("%s %u - every scene at %dx%d, look %zu\n", failures == 0 ? "ok" : "not ok", ++n, sizes[z][1],
                sizes[z][0], k);
            bad += failures > 0;
        }
    printf("1..%u\n", n);
    return bad > 0;
}
