/* The full-screen face: canvas to terminal through curses, bytes from the terminal to keys by our own reader (input.h),
 * so that no library keeps what was typed. The only file that knows curses. Only changed cells are written; the
 * hardware cursor stands on the focus before every refresh, and leaveok is never used: screen readers follow the
 * cursor. */
#include "config.h"

#include "ui/act.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

#include "base/fd.h"
#include "base/text.h"
#include "ui/clock.h"
#include "ui/frame.h"
#include "ui/keys.h"
#include "ui/osc52.h"
#include "ui/restore.h"
#include "ui/spoken.h"
#include "ui/theme.h"

/* Last: curses makes a macro of OK, which is 0 for us too. */
#define NCURSES_WIDECHAR 1
#include <curses.h>
#include <panel.h>
#include <term.h>
#undef bell

#define WHITE_ON_BLACK 1
#define ROWS_MAX 300
#define COLS_MAX 500
#define PASTE_RUN 4096 /* keys of a paste between two pictures */

/* A screen has a panel of its own; help and interruptions have another above it, so that the place is still there when
 * they are taken away. */
struct sheet {
    WINDOW *window;
    PANEL *panel;
    struct canvas shown; /* what curses has been told */
    bool repaint;        /* all cells are to be told again */
};
enum { SHEET_PLACE, SHEET_ABOVE, SHEETS };

struct fullscreen {
    struct face face;
    SCREEN *screen;
    FILE *out; /* curses' own way to the terminal */
    struct frame frame;
    struct termios modes; /* as the terminal was */
    enum charset charset;
    struct layout layout;
    struct sheet sheets[SHEETS], *sheet; /* sheet: the one that is seen */
    unsigned edition;                    /* of the view that the layout was made for */
    struct focus_state focus;
    struct keys keys;
    struct paste paste;
    bool away;       /* suspended: the next show takes the terminal again */
    bool large_told; /* what the flow knows of the window's size */
    bool end_told;   /* of the text to be signed, on this page */
    bool colours, timer, clock;
    bool resend; /* the focused line (reader look) */
    enum flow_look look;
    enum lang lang;
    size_t spoken_stop; /* where the focus was when it was shown last, and what had sent it there */
    int spoken_line;
    uint32_t spoken_seq;
    struct still still;      /* times of the reader look */
    uint64_t still_until_ms; /* the deadline they were read for */
    char announced[512];
    bool announce;
    char hello[128], farewell[128]; /* modes of the terminal that are ours alone */
};

static struct fullscreen *self(struct face *f)
{
    return (struct fullscreen *)f;
}

/* --- taking and giving back the terminal ----------------------------------------------------------------------------
 */

static const char *capability(const char *name)
{
    char *value = tigetstr(name);
    return value == NULL || value == (char *)-1 ? "" : value;
}

static bool is_family(const char *const *families)
{
    const char *term = getenv("TERM");
    for (; term != NULL && *families != NULL; families++)
        if (strncmp(term, *families, strlen(*families)) == 0)
            return true;
    return false;
}

/* Terminals that report a mouse also know bracketed paste and a window title; others may print what they do not know.
 */
static bool is_modern(void)
{
    static const char *const families[] = {
        "xterm", "screen", "tmux", "rxvt", "foot", "kitty", "alacritty", "konsole", "vte", "gnome", "st-", NULL};
    return capability("kmous")[0] == '\033' || is_family(families);
}

static void plan_modes(struct fullscreen *f)
{
    if (!is_modern())
        return;
    snprintf(f->hello, sizeof f->hello, "\033[?2004h\033[?1000h\033[?1006h\033]2;E-Onay\007");
    snprintf(f->farewell, sizeof f->farewell, "\033[?1006l\033[?1000l\033[?2004l");
}

/* Without the padding marks "$<5>" of old terminals' descriptions. */
static size_t add_plain(char *out, size_t at, size_t out_len, const char *s)
{
    for (; *s != '\0' && at + 1 < out_len; s++) {
        const char *end = s[0] == '$' && s[1] == '<' ? strchr(s, '>') : NULL;
        if (end != NULL)
            s = end;
        else
            out[at++] = *s;
    }
    out[at] = '\0';
    return at;
}

static void arm(const struct fullscreen *f)
{
    char bytes[128];
    size_t at = add_plain(bytes, 0, sizeof bytes, f->farewell);
    at = add_plain(bytes, at, sizeof bytes, capability("sgr0"));
    at = add_plain(bytes, at, sizeof bytes, capability("rmkx"));
    at = add_plain(bytes, at, sizeof bytes, capability("rmcup"));
    at = add_plain(bytes, at, sizeof bytes, "\r\n");
    restore_arm(STDIN_FILENO, &f->modes, STDOUT_FILENO, bytes, at);
}

/* Keys outside the families that input.c knows; a terminal that has some needs to be told to send them. */
static void learn_keys(struct input *in)
{
    static const struct {
        int key;
        const char *capability;
    } keys[] = {{UK_UP, "kcuu1"}, {UK_DOWN, "kcud1"}, {UK_LEFT, "kcub1"}, {UK_RIGHT, "kcuf1"}, {UK_HOME, "khome"},
        {UK_END, "kend"}, {UK_PGUP, "kpp"}, {UK_PGDN, "knp"}, {UK_DEL, "kdch1"}, {UK_BACKTAB, "kcbt"},
        {UK_BACKSPACE, "kbs"}, {UK_F1, "kf1"}, {UK_F2, "kf2"}, {UK_F3, "kf3"}, {UK_F4, "kf4"}};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0] && in->seq_count < INPUT_SEQS; i++) {
        const char *bytes = capability(keys[i].capability);
        bool known = bytes[0] == '\033' && (bytes[1] == '[' || bytes[1] == 'O');
        if (bytes[0] != '\0' && bytes[0] < 0x20 && !known && strlen(bytes) < sizeof in->bytes)
            in->seqs[in->seq_count++] = (struct input_seq){keys[i].key, bytes};
    }
}

/* Modes that are ours go the way of curses' own, in front of its next picture. */
static void send_modes(const struct fullscreen *f, const char *ours, const char *keypad, bool with_keypad)
{
    char bytes[128];
    size_t at = add_plain(bytes, 0, sizeof bytes, ours);
    if (with_keypad)
        at = add_plain(bytes, at, sizeof bytes, capability(keypad));
    (void)!fd_write_all(f->frame.library_fd, bytes, at);
}

static void take_terminal(struct fullscreen *f)
{
    send_modes(f, f->hello, "smkx", f->keys.input.seq_count > 1);
    arm(f);
    f->away = false;
}

static void suspend(struct face *face)
{
    struct fullscreen *f = self(face);
    if (f->away)
        return;
    frame_release(&f->frame);
    send_modes(f, f->farewell, "rmkx", f->keys.input.seq_count > 1);
    (void)endwin();
    restore_disarm();
    f->away = true;
}

/* --- painting ---------------------------------------------------------------------------------------------------- */

static const cchar_t *box_piece(uint32_t cp)
{
    switch (cp) {
    case BOX_H:
        return WACS_HLINE;
    case BOX_V:
        return WACS_VLINE;
    case BOX_TL:
        return WACS_ULCORNER;
    case BOX_TR:
        return WACS_URCORNER;
    case BOX_BL:
        return WACS_LLCORNER;
    case BOX_BR:
        return WACS_LRCORNER;
    case BOX_T:
        return WACS_TTEE;
    case BOX_B:
        return WACS_BTEE;
    case BOX_LEFT:
        return WACS_LARROW;
    default:
        return NULL;
    }
}

/* The character as this terminal can show it. */
static wchar_t shown_char(enum charset charset, uint32_t cp)
{
    char utf8[5] = "", bytes[8];
    if (charset == CHARSET_UTF8 || cp < 0x80)
        return (wchar_t)cp;
    utf8[utf8_put(utf8, cp)] = '\0';
    size_t len = (charset == CHARSET_LATIN5 ? text_latin5 : text_ascii)(bytes, sizeof bytes, utf8);
    uint8_t byte = (uint8_t)bytes[0];
    return len == 0 ? L'?' : (wchar_t)input_char(charset, &byte, 1);
}

static void make_cell(const struct fullscreen *f, const struct cell *cell, cchar_t *ret)
{
    struct paint paint = theme_paint(f->look, (enum style)cell->style);
    attr_t attrs = (paint.bold ? A_BOLD : 0) | (paint.reverse ? A_REVERSE : 0) | (paint.underline ? A_UNDERLINE : 0);
    short pair = paint.white_on_black && f->colours ? WHITE_ON_BLACK : 0;
    wchar_t chars[CCHARW_MAX + 1] = {0};
    const cchar_t *box = box_piece(cell->cp);
    if (box != NULL) {
        attr_t own = 0;
        short none = 0;
        (void)getcchar(box, chars, &own, &none, NULL);
        attrs |= own;
    } else {
        chars[0] = shown_char(f->charset, cell->cp);
    }
    if (setcchar(ret, chars, attrs, pair, NULL) == ERR)
        (void)setcchar(ret, L" ", A_NORMAL, 0, NULL);
}

static bool is_shown(const struct cell *now, const struct cell *shown)
{
    return now->cp == shown->cp && now->style == shown->style;
}

static void paint_row(struct fullscreen *f, int row, int cols)
{
    cchar_t run[COLS_MAX];
    struct sheet *sheet = f->sheet;
    const struct cell *now = canvas_at(&f->layout.window, row, 0);
    struct cell *shown = sheet->shown.cells + (size_t)row * (size_t)sheet->shown.cols;
    if (!sheet->repaint && memcmp(now, shown, (size_t)cols * sizeof *now) == 0)
        return; /* as most rows are at most keys */
    for (int col = 0; col < cols; col++) {
        int n = 0;
        while (col + n < cols && (sheet->repaint || !is_shown(&now[col + n], &shown[col + n]))) {
            make_cell(f, &now[col + n], &run[n]);
            n++;
        }
        if (n > 0)
            (void)mvwadd_wchnstr(sheet->window, row, col, run, n);
        col += n;
    }
    memcpy(shown, now, (size_t)cols * sizeof *now);
}

static void paint_changes(struct fullscreen *f)
{
    const struct canvas *now = &f->layout.window;
    struct sheet *sheet = f->sheet;
    if (sheet->repaint || sheet->shown.rows != now->rows || sheet->shown.cols != now->cols) {
        if (!canvas_reset(&sheet->shown, now->rows, now->cols))
            return;
        (void)werase(sheet->window);
    }
    for (int row = 0; row < now->rows; row++)
        paint_row(f, row, row < now->rows - 1 ? now->cols : now->cols - 1); /* the last cell may scroll */
    sheet->repaint = false;
}

static void repaint_all(struct fullscreen *f)
{
    for (size_t i = 0; i < SHEETS; i++)
        f->sheets[i].repaint = true;
}

/* What stood over a place may name a person who is gone before it is needed again. */
static void put_away(struct sheet *sheet)
{
    if (panel_hidden(sheet->panel))
        return;
    (void)hide_panel(sheet->panel);
    (void)werase(sheet->window);
    (void)canvas_reset(&sheet->shown, sheet->shown.rows, sheet->shown.cols);
}

static void use_sheet(struct fullscreen *f, const struct flow *flow)
{
    bool above = flow->help || flow->state >= ST_FIRST_INTERRUPTION;
    f->sheet = &f->sheets[above ? SHEET_ABOVE : SHEET_PLACE];
    if (above)
        (void)show_panel(f->sheets[SHEET_ABOVE].panel);
    else
        put_away(&f->sheets[SHEET_ABOVE]);
}

static void use_look(struct fullscreen *f, enum flow_look look)
{
    if (f->look == look)
        return;
    f->look = look;
    repaint_all(f);
    if (look == LOOK_CONTRAST && !f->colours && has_colors()) {
        f->colours = start_color() != ERR && use_default_colors() != ERR &&
                     init_pair(WHITE_ON_BLACK, COLOR_WHITE, COLOR_BLACK) != ERR;
    }
    chtype empty = look == LOOK_CONTRAST && f->colours ? COLOR_PAIR(WHITE_ON_BLACK) | ' ' : ' ';
    for (size_t i = 0; i < SHEETS; i++) {
        (void)idlok(f->sheets[i].window, look == LOOK_READER); /* inserted lines shift the others unsaid */
        wbkgdset(f->sheets[i].window, empty); /* of what is erased: only cells that say something are told */
    }
}

/* Whatever the terminal says of itself: every cell costs memory. Beyond, the window stays empty. */
static bool window_size(struct winsize *ret)
{
    struct winsize size;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row == 0 || size.ws_col == 0)
        return false;
    size.ws_row = size.ws_row < ROWS_MAX ? size.ws_row : ROWS_MAX;
    size.ws_col = size.ws_col < COLS_MAX ? size.ws_col : COLS_MAX;
    *ret = size;
    return true;
}

/* What LINES and COLUMNS say, or the terminal's description, has a bound as well. */
static SCREEN *bounded(SCREEN *screen)
{
    if (screen == NULL || resizeterm(LINES < ROWS_MAX ? LINES : ROWS_MAX, COLS < COLS_MAX ? COLS : COLS_MAX) == OK)
        return screen;
    delscreen(screen);
    return NULL;
}

/* Curses asks the terminal itself before it makes its first windows, unless LINES and COLUMNS say otherwise. */
static SCREEN *new_screen(FILE *out)
{
    struct winsize size;
    char rows[8], cols[8];
    bool told = window_size(&size);
    snprintf(rows, sizeof rows, "%u", told ? size.ws_row : 0u);
    snprintf(cols, sizeof cols, "%u", told ? size.ws_col : 0u);
    if (told && (setenv("LINES", rows, 1) != 0 || setenv("COLUMNS", cols, 1) != 0))
        return NULL;
    use_tioctl(FALSE);
    SCREEN *screen = newterm(NULL, out, stdin);
    (void)unsetenv("LINES"); /* neither for curses nor for our workers: the window may change */
    (void)unsetenv("COLUMNS");
    return bounded(screen);
}

static void use_size(struct fullscreen *f)
{
    struct winsize size;
    int rows, cols;
    getmaxyx(stdscr, rows, cols);
    if (!window_size(&size) || (size.ws_row == rows && size.ws_col == cols))
        return;
    (void)resizeterm(size.ws_row, size.ws_col);
    for (size_t i = 0; i < SHEETS; i++) {
        (void)wresize(f->sheets[i].window, size.ws_row, size.ws_col);
        (void)replace_panel(f->sheets[i].panel, f->sheets[i].window);
    }
    (void)clearok(curscr, TRUE);
    repaint_all(f);
}

/* --- showing ----------------------------------------------------------------------------------------------------- */

static const struct item *running(const struct view *v, enum role role)
{
    for (size_t i = 0; i < v->count; i++)
        if (v->items[i].role == role && !(v->items[i].flags & ITEM_READER))
            return &v->items[i];
    return NULL;
}

static void freeze_words(char out[512], const struct view *v, enum role role)
{
    char words[SPOKEN_MAX];
    out[0] = '\0';
    for (size_t i = 0; i < v->count; i++)
        if (v->items[i].role == role)
            snprintf(out, 512, "%.511s", item_spoken(words, v, i));
}

static void freeze(struct fullscreen *f, const struct scene *s, const struct view *v, bool opened)
{
    freeze_words(f->still.timer, v, ROLE_TIMER);
    freeze_words(f->still.clock, v, ROLE_CLOCK);
    const struct item *timer = running(v, ROLE_TIMER);
    if (opened && timer != NULL)
        f->still.opened_s = timer->count;
    f->still_until_ms = s->flow->sign_deadline_ms;
}

static bool make(struct fullscreen *f, const struct scene *s, const struct view *v)
{
    int rows, cols;
    getmaxyx(stdscr, rows, cols);
    f->edition = v->edition;
    f->layout.still = &f->still;
    if (!layout_make(&f->layout, v, s, rows, cols))
        return false;
    if (!f->layout.small)
        focus_settle(&f->focus, &f->layout, v, s);
    return true;
}

static bool is_clock(const struct item *i)
{
    return i != NULL && (i->role == ROLE_TIMER || i->role == ROLE_CLOCK);
}

/* At most keys only the focus moves, and everything stands where it stood. */
static bool is_made(const struct fullscreen *f, const struct view *v)
{
    int rows, cols;
    getmaxyx(stdscr, rows, cols);
    return v->edition == f->edition && f->layout.rows == rows && f->layout.cols == cols && f->layout.detail_row < 0 &&
           f->look != LOOK_READER;
}

/* In the reader look times stand still, so that nothing is spoken unasked: they are read anew when the page is new,
 * when the time was extended, and when the cursor comes to them. */
static bool make_reader(struct fullscreen *f, const struct scene *s, const struct view *v)
{
    const struct item *before = focus_item(&f->focus, &f->layout, v);
    if (!make(f, s, v))
        return false;
    const struct item *after = focus_item(&f->focus, &f->layout, v);
    bool came = is_clock(after) && after != before;
    bool opened = f->focus.new_page || f->sheet->repaint || f->lang != i18n_lang() ||
                  f->still_until_ms != s->flow->sign_deadline_ms;
    if (!came && !opened)
        return true;
    bool new_page = f->focus.new_page;
    freeze(f, s, v, opened);
    bool made = make(f, s, v);
    f->focus.new_page = new_page;
    return made;
}

static void announce(struct fullscreen *f)
{
    int row = f->layout.rows - 1;
    if (f->look != LOOK_READER || f->layout.small || row < 0)
        return;
    canvas_cut(&f->layout.window, row, 0, f->layout.cols - 1, f->announced, STYLE_PLAIN);
    if (f->announce)
        (void)wredrawln(f->sheet->window, row, 1); /* whole, or a reader says only what differs */
    f->announce = false;
}

/* The line the focus came to is sent whole: every screen reader then speaks it, once. */
static void resend_line(struct fullscreen *f)
{
    bool moved = f->focus.stop != f->spoken_stop || f->focus.line != f->spoken_line || f->focus.seq != f->spoken_seq;
    if (f->look == LOOK_READER && !f->focus.new_page && (moved || f->resend))
        (void)wredrawln(f->sheet->window, f->layout.cursor_row, 1);
    f->spoken_stop = f->focus.stop;
    f->spoken_line = f->focus.line;
    f->spoken_seq = f->focus.seq;
    f->resend = false;
}

static void show(struct face *face, const struct scene *s, const struct view *v)
{
    struct fullscreen *f = self(face);
    if (f->away) {
        take_terminal(f);
        (void)clearok(curscr, TRUE);
    }
    use_size(f);
    use_sheet(f, s->flow);
    use_look(f, s->flow->look);
    if (is_made(f, v))
        f->focus.new_page = false;
    else if (!(f->look == LOOK_READER ? make_reader : make)(f, s, v))
        return;
    if (f->focus.new_page) {
        f->layout.top = 0;
        f->layout.hold = s->flow->help && f->look != LOOK_READER; /* help is read from its first line */
        f->end_told = false;
        f->announced[0] = f->announce ? f->announced[0] : '\0';
    }
    f->lang = i18n_lang();
    f->timer = running(v, ROLE_TIMER) != NULL;
    f->clock = running(v, ROLE_CLOCK) != NULL;
    layout_draw(&f->layout, v, f->focus.stop, f->focus.line);
    announce(f);
    paint_changes(f);
    resend_line(f);
    (void)wmove(f->sheet->window, f->layout.cursor_row, f->layout.cursor_col);
    update_panels();
    (void)doupdate();
    frame_send(&f->frame);
    frame_collect(&f->frame); /* not before: coming back, curses had the terminal's modes to set as well */
}

/* --- reading ----------------------------------------------------------------------------------------------------- */

static bool size_event(struct fullscreen *f, struct event *ret)
{
    int rows, cols;
    getmaxyx(stdscr, rows, cols);
    bool large = rows >= LAYOUT_MIN_ROWS && cols >= LAYOUT_MIN_COLS;
    if (large == f->large_told)
        return false;
    f->large_told = large;
    *ret = (struct event){.kind = EV_SIZE, .value = large};
    return true;
}

static void after_press(struct fullscreen *f, const struct act *a, const struct press *press)
{
    if (press->key == UK_CTRL_L) {
        (void)clearok(curscr, TRUE);
        repaint_all(f);
    }
    if (press->key == UK_CTRL_Z && !a->scene->flow->kiosk)
        (void)raise(SIGTSTP);
    if (!a->silent || f->look != LOOK_READER)
        return;
    const struct note *note = note_of(ERR_NO_OTHER_WAY);
    bool moves = press->key == UK_UP || press->key == UK_DOWN || press->key == UK_LEFT || press->key == UK_RIGHT;
    f->resend = true;
    if (!moves) {
        snprintf(f->announced, sizeof f->announced, "%s %s", tr(note->said), tr(note->advice));
        f->announce = true;
    }
}

/* A key; of what is pasted as much as there is, for nothing is decided in the middle of it. */
static bool read_keys(
    struct fullscreen *f, const struct scene *s, const struct view *v, struct desk *desk, struct event *ret)
{
    struct act a = {.focus = &f->focus, .layout = &f->layout, .scene = s, .view = v, .desk = desk, .paste = &f->paste};
    struct press press;
    bool any = false;
    for (int n = 0; n < PASTE_RUN && keys_next(&f->keys, STDIN_FILENO, &f->face.input_waits, s->now_ms, &press); n++) {
        bool inside = press.pasted && press.key != UK_PASTE_END;
        any = true;
        *ret = act_press(&a, &press);
        after_press(f, &a, &press);
        explicit_bzero(&press, sizeof press);
        if (!inside)
            break;
    }
    return any;
}

static bool read_event(
    struct face *face, const struct scene *s, const struct view *v, struct desk *desk, struct event *ret)
{
    struct fullscreen *f = self(face);
    bool any = false;
    if (f->away || f->layout.window.rows == 0)
        return false;
    if (!f->end_told && !s->flow->text_end && layout_sees_document_end(&f->layout)) {
        f->end_told = true;
        *ret = (struct event){.kind = EV_TEXT_END};
        any = true;
    } else if (read_keys(f, s, v, desk, ret)) {
        any = true;
    } else if (size_event(f, ret)) {
        any = true;
    } else if (f->keys.ended && face->input_fd >= 0) {
        face->input_fd = -1;
        *ret = (struct event){.kind = EV_LEAVE, .flags = FLAG_AT_ONCE};
        any = true;
    }
    if (any)
        ret->now_ms = s->now_ms;
    return any;
}

static uint64_t wake_ms(const struct face *face, const struct scene *s)
{
    const struct fullscreen *f = (const struct fullscreen *)face;
    bool ticks = s->flow->look != LOOK_READER && !f->layout.small;
    uint64_t at = ticks ? clock_wake_ms(s->flow, s->now_ms, f->timer, f->clock) : UINT64_MAX;
    uint64_t escape = keys_wake_ms(&f->keys);
    return at < escape ? at : escape;
}

/* --- the rest of a face ------------------------------------------------------------------------------------------ */

static void say(struct face *face, const char *sentence)
{
    struct fullscreen *f = self(face);
    snprintf(f->announced, sizeof f->announced, "%s", sentence);
    f->announce = true;
}

static void bell(struct face *face)
{
    (void)beep();
    frame_send(&self(face)->frame);
}

/* The clipboard of the terminal's own machine (OSC 52); inside GNU screen the sequence is handed through. */
static bool copy(struct face *face, const char *text)
{
    struct fullscreen *f = self(face);
    char bytes[512];
    static const char *const families[] = {
        "xterm", "tmux", "screen", "foot", "kitty", "alacritty", "rxvt", "st-", NULL};
    if (f->away || !is_family(families))
        return false;
    size_t len = osc52(bytes, sizeof bytes, text, getenv("STY") != NULL && getenv("TMUX") == NULL);
    return len > 0 && fd_write_all(STDOUT_FILENO, bytes, len);
}

static void forget(struct face *face)
{
    struct fullscreen *f = self(face);
    keys_forget(&f->keys);
    f->paste = (struct paste){.field = FIELD_NONE};
}

#ifdef WITH_SANITIZERS
/* libpanel makes a panel of its own for each screen and never frees it, and curses keeps what it made of a terminal it
 * does not know; nothing is said of that. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_options(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:new_panel\nleak:new_prescr\n";
}
const char *__lsan_default_options(void)
{
    return "print_suppressions=0";
}
#endif

static void drop_sheets(struct fullscreen *f)
{
    for (size_t i = 0; i < SHEETS; i++) {
        if (f->sheets[i].panel != NULL)
            (void)del_panel(f->sheets[i].panel);
        if (f->sheets[i].window != NULL)
            (void)delwin(f->sheets[i].window);
        canvas_done(&f->sheets[i].shown);
    }
}

static bool make_sheets(struct fullscreen *f)
{
    f->sheet = &f->sheets[SHEET_PLACE];
    for (size_t i = 0; i < SHEETS; i++) {
        struct sheet *sheet = &f->sheets[i];
        if ((sheet->window = newwin(0, 0, 0, 0)) == NULL || (sheet->panel = new_panel(sheet->window)) == NULL)
            return false;
    }
    return hide_panel(f->sheets[SHEET_ABOVE].panel) != ERR;
}

static void free_fullscreen(struct face **face)
{
    if (*face == NULL)
        return;
    struct fullscreen *f = self(*face);
    suspend(*face);
    drop_sheets(f);
    delscreen(f->screen);
    (void)fclose(f->out);
    frame_close(&f->frame);
    layout_done(&f->layout);
    input_wipe(&f->keys.input);
    explicit_bzero(f, sizeof *f);
    free(f);
    *face = NULL;
}

static const struct face_ops fullscreen_ops = {
    .show = show,
    .read = read_event,
    .wake_ms = wake_ms,
    .say = say,
    .bell = bell,
    .copy = copy,
    .forget = forget,
    .suspend = suspend,
    .free = free_fullscreen,
};

bool face_must_be_plain(void)
{
    const char *term = getenv("TERM"), *plain = getenv("ACCESSIBLE");
    if (plain != NULL && plain[0] != '\0' && strcmp(plain, "0") != 0)
        return true;
    return !isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO) || term == NULL || term[0] == '\0' ||
           strcmp(term, "dumb") == 0;
}

static bool can_move(void)
{
    return capability("cup")[0] != '\0' && capability("clear")[0] != '\0';
}

/* Curses may have set modes by then. */
static void drop_screen(struct fullscreen *f)
{
    if (f->screen != NULL)
        delscreen(f->screen);
    (void)fclose(f->out);
    (void)tcsetattr(STDIN_FILENO, TCSANOW, &f->modes);
}

static bool open_screen(struct fullscreen *f)
{
    int fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    if (fd < 0 || (f->out = fdopen(fd, "w")) == NULL) {
        fd_close(&fd);
        return false;
    }
    f->screen = new_screen(f->out);
    if (f->screen == NULL || !can_move()) {
        drop_screen(f);
        return false;
    }
    f->frame = frame_open(fd, STDOUT_FILENO);
    return true;
}

enum err_code face_fullscreen_new(struct face **ret, struct err *err)
{
    struct fullscreen *f = calloc(1, sizeof *f);
    if (f == NULL)
        return err_set(err, ERR_NOMEM, "full-screen face");
    if (tcgetattr(STDIN_FILENO, &f->modes) != 0 || !open_screen(f)) {
        free(f);
        return err_set(err, ERR_FILE, "the terminal cannot be used for the full screen");
    }
    (void)raw();
    (void)noecho();
    (void)nonl();
    (void)typeahead(-1); /* a refresh is never left half done */
    f->face = (struct face){.ops = &fullscreen_ops, .input_fd = STDIN_FILENO};
    f->charset = f->keys.input.charset = i18n_charset();
    f->large_told = true;
    f->look = LOOK_STANDARD;
    f->spoken_stop = SIZE_MAX;
    plan_modes(f);
    learn_keys(&f->keys.input);
    frame_collect(&f->frame);
    take_terminal(f);
    *ret = &f->face;
    if (make_sheets(f))
        return 0;
    free_fullscreen(ret);
    return err_set(err, ERR_NOMEM, "full-screen face");
}
