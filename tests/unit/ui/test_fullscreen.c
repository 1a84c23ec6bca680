/* The full-screen face on a real pty with real curses: what stands on the terminal, where its cursor is after every
 * key, how many bytes that took. */
#include "config.h"

#include "tests/unit/ui/cmock.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "tests/unit/ui/demo.h"
#include "tests/unit/ui/vt.h"
#include "ui/layout.h"

struct bench {
    struct demo d;
    struct face *face;
    struct vt vt;
    struct termios before;
    int master, slave, old_in, old_out;
    size_t bytes; /* written since the last look */
    char raw[65536];
    size_t raw_len;
};

static void set_size(struct bench *b, int rows, int cols)
{
    struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols};
    assert_int_equal(ioctl(b->master, TIOCSWINSZ, &size), 0);
}

/* Everything written so far into the terminal. */
static size_t look(struct bench *b)
{
    struct pollfd now = {.fd = b->master, .events = POLLIN};
    b->raw_len = 0;
    while (b->raw_len < sizeof b->raw && poll(&now, 1, 0) > 0) {
        ssize_t n = read(b->master, b->raw + b->raw_len, sizeof b->raw - b->raw_len);
        if (n <= 0)
            break;
        b->raw_len += (size_t)n;
    }
    vt_feed(&b->vt, b->raw, b->raw_len);
    return b->raw_len;
}

static struct bench *open_bench_of(const char *term, const char *locale, int rows, int cols)
{
    struct bench *b = calloc(1, sizeof *b);
    assert_non_null(b);
    (void)setenv("TERM", term, 1);
    (void)setenv("LC_ALL", locale, 1);
    (void)unsetenv("LINES");
    (void)unsetenv("COLUMNS");
    if (rows == 0) { /* a line that knows of no window: whoever sits there says how large it is */
        (void)setenv("LINES", "4000", 1);
        (void)setenv("COLUMNS", "4000", 1);
    }
    demo_init(&b->d);
    assert_int_equal(openpty(&b->master, &b->slave, NULL, NULL, NULL), 0);
    set_size(b, rows, cols);
    assert_int_equal(tcgetattr(b->slave, &b->before), 0);
    fflush(stdout);
    b->old_in = dup(0);
    b->old_out = dup(1);
    (void)dup2(b->slave, 0);
    (void)dup2(b->slave, 1);
    vt_init(&b->vt, 24, 80, i18n_charset() == CHARSET_UTF8);
    assert_int_equal(face_fullscreen_new(&b->face, NULL), OK);
    return b;
}

static struct bench *open_bench(const char *term, const char *locale)
{
    return open_bench_of(term, locale, 24, 80);
}

static void close_bench(struct bench *b)
{
    b->face->ops->free(&b->face);
    (void)look(b);
    struct termios after;
    assert_int_equal(tcgetattr(b->slave, &after), 0);
    (void)dup2(b->old_in, 0);
    (void)dup2(b->old_out, 1);
    (void)close(b->old_in);
    (void)close(b->old_out);
    (void)close(b->master);
    (void)close(b->slave);
    assert_int_equal(after.c_lflag, b->before.c_lflag);
    assert_int_equal(after.c_iflag, b->before.c_iflag);
    assert_false(b->vt.alternate);
    assert_false(b->vt.mouse);
    assert_false(b->vt.paste);
    assert_int_equal(b->vt.unknown, 0);
    demo_done(&b->d);
    free(b);
}

static int start(void **state)
{
    *state = open_bench("xterm-256color", "C.UTF-8");
    return 0;
}

static int stop(void **state)
{
    close_bench(*state);
    return 0;
}

static size_t show(struct bench *b)
{
    demo_compose(&b->d);
    b->face->ops->show(b->face, &b->d.scene, &b->d.view);
    return look(b);
}

static bool next(struct bench *b, struct event *ev)
{
    return b->face->ops->read(b->face, &b->d.scene, &b->d.view, &b->d.desk, ev);
}

/* Types bytes, reads events until there are none, shows after each; the last event that is more than a touch. */
static struct event type(struct bench *b, const char *bytes)
{
    struct event ev = {0}, last = {.kind = EV_TOUCH};
    size_t len = strlen(bytes);
    assert_int_equal(write(b->master, bytes, len), len);
    b->bytes = 0;
    while (next(b, &ev)) {
        if (ev.kind != EV_TOUCH)
            last = ev;
        assert_int_equal(ev.now_ms, b->d.scene.now_ms);
        if (ev.kind == EV_TEXT_END)
            b->d.flow.text_end = true;
        b->bytes += show(b);
    }
    return last;
}

static void go(struct bench *b, enum flow_state state)
{
    demo_go(&b->d, state);
    (void)show(b);
}

static const char *row(struct bench *b, int r)
{
    static char words[4 * VT_COLS + 1];
    return vt_row(&b->vt, r, words);
}

/* The words from the cursor on begin with these. */
static void assert_cursor(struct bench *b, const char *words)
{
    char all[4 * VT_COLS + 1];
    const char *line = vt_row(&b->vt, b->vt.row, all);
    struct layout ruler;
    (void)ruler;
    for (int c = 0; c < b->vt.col && *line != '\0'; c++)
        do
            line++;
        while (((unsigned char)*line & 0xc0) == 0x80);
    if (strncmp(line, words, strlen(words)) != 0)
        fail_msg("cursor at %d,%d on \"%s\", not on \"%s\"", b->vt.row, b->vt.col, line, words);
}

/* --- pictures ---------------------------------------------------------------------------------------------------- */

static void the_terminal_shows_the_canvas(void **state)
{
    static const enum flow_state pages[] = {ST_MENU, ST_LOGIN, ST_CODE_EMPTY, ST_SIGN, ST_SIGNING, ST_LEAVE};
    struct bench *b = *state;
    for (size_t p = 0; p < sizeof pages / sizeof pages[0]; p++) {
        struct layout l = {0};
        char *text = NULL, words[4 * VT_COLS + 1];
        size_t len = 0, at;
        go(b, pages[p]);
        assert_true(layout_make(&l, &b->d.view, &b->d.scene, 24, 80));
        layout_draw(&l, &b->d.view, l.stop_count, 0);
        FILE *out = open_memstream(&text, &len);
        canvas_dump(&l.window, out);
        fclose(out);
        at = strcspn(text, "\n") + 1;
        for (int r = 0; r < 24; r++) {
            size_t n = strcspn(text + at, "\n");
            assert_int_equal(strlen(vt_row(&b->vt, r, words)), n);
            assert_memory_equal(words, text + at, n);
            at += n + 1;
        }
        free(text);
        layout_done(&l);
    }
    assert_int_equal(b->vt.scrolled, 0);
}

/* Ours stands before the C library's, for curses too. */
static size_t sent; /* writes that reached a terminal */

ssize_t write(int fd, const void *bytes, size_t len)
{
    ssize_t (*real)(int, const void *, size_t);
    *(void **)&real = dlsym(RTLD_NEXT, "write");
    int error = errno;
    sent += isatty(fd) != 0;
    errno = error;
    return real(fd, bytes, len);
}

static size_t writes_of(struct bench *b)
{
    sent = 0;
    assert_true(show(b) > 0);
    return sent;
}

/* Over SSH each piece would travel alone. */
static void a_picture_leaves_as_one(void **state)
{
    struct bench *b = *state;
    demo_go(&b->d, ST_MENU);
    assert_int_equal(writes_of(b), 1);
    demo_go(&b->d, ST_SIGN);
    assert_int_equal(writes_of(b), 1);
    b->d.flow.help = true;
    assert_int_equal(writes_of(b), 1);
    b->d.flow.help = false;
    assert_int_equal(writes_of(b), 1);
    b->face->ops->suspend(b->face);
    assert_true(writes_of(b) > 1); /* the control: in pieces, as curses has it */
    the_terminal_shows_the_canvas(state);
}

static void nothing_changed_writes_nothing(void **state)
{
    struct bench *b = *state;
    go(b, ST_SIGN);
    assert_int_equal(show(b), 0);
    go(b, ST_MENU);
    assert_int_equal(show(b), 0);
}

static void focus_is_shown_in_reverse(void **state)
{
    struct bench *b = *state;
    go(b, ST_MENU);
    assert_true(b->vt.cells[b->vt.row][b->vt.col].reverse);
    assert_false(b->vt.cells[b->vt.row + 1][b->vt.col].reverse);
    (void)type(b, "\033[B");
    assert_true(b->vt.cells[b->vt.row][b->vt.col].reverse);
    assert_false(b->vt.cells[b->vt.row - 1][b->vt.col].reverse);
    assert_true(b->bytes < 80);
}

/* --- keys and cursor --------------------------------------------------------------------------------------------- */

static void the_cursor_follows_the_focus(void **state)
{
    struct bench *b = *state;
    go(b, ST_MENU);
    assert_cursor(b, "1  Giriş");
    (void)type(b, "\033[B");
    assert_cursor(b, "2  Doğrulama kodum var");
    (void)type(b, "\033OB");
    assert_cursor(b, "3  Çıkış");
    (void)type(b, "\t");
    assert_cursor(b, "F1 Yardım");
    (void)type(b, "\t\t");
    assert_cursor(b, "F3 Görünüm");
    (void)type(b, "\t");
    assert_cursor(b, "1  Giriş");
    (void)type(b, "\033[Z");
    assert_cursor(b, "F3 Görünüm");
    (void)type(b, "\033[A");
    assert_cursor(b, "F2 English");
    assert_int_equal(type(b, "\r").kind, EV_LANG);
    (void)type(b, "\033[H");
    assert_cursor(b, "1  Giriş");
}

static void keys_mean_what_the_footer_says(void **state)
{
    struct bench *b = *state;
    go(b, ST_MENU);
    struct event ev = type(b, "\r");
    assert_int_equal(ev.kind, EV_CHOOSE);
    assert_int_equal(ev.value, CH_LOGIN);
    assert_int_equal(type(b, "3").value, CH_EXIT);
    assert_int_equal(type(b, "\033OP").kind, EV_HELP);
    assert_int_equal(type(b, "\033[12~").kind, EV_LANG);
    assert_int_equal(type(b, "\033[[C").kind, EV_LOOK);
    assert_int_equal(type(b, "\033OS").kind, EV_TIME);
    assert_int_equal(type(b, "?").kind, EV_HELP);
    assert_int_equal(type(b, "t").kind, EV_TIME);
    assert_int_equal(type(b, "\003").kind, EV_LEAVE);
    assert_int_equal(type(b, "9").kind, EV_TOUCH);
    assert_int_equal(type(b, "\033x").kind, EV_TOUCH);
}

static void escape_waits_a_moment(void **state)
{
    struct bench *b = *state;
    go(b, ST_MENU);
    assert_int_equal(type(b, "\033").kind, EV_TOUCH);
    assert_int_equal(b->face->ops->wake_ms(b->face, &b->d.scene), b->d.scene.now_ms + 25);
    b->d.scene.now_ms += 25;
    assert_int_equal(type(b, "").kind, EV_BACK);
    assert_int_equal(b->face->ops->wake_ms(b->face, &b->d.scene), UINT64_MAX);
    (void)type(b, "\033"); /* an arrow that comes in pieces */
    (void)type(b, "[");
    (void)type(b, "B");
    assert_cursor(b, "2  Doğrulama kodum var");
}

static void fields_are_typed_into(void **state)
{
    struct bench *b = *state;
    go(b, ST_LOGIN);
    assert_cursor(b, "                 ]"); /* the empty field */
    struct event ev = type(b, "1000x0000146");
    assert_int_equal(ev.kind, EV_TCKN);
    assert_int_equal(ev.flags, FLAG_FITS);
    assert_string_equal(b->d.form.tckn, "10000000146");
    (void)type(b, "\177");
    assert_string_equal(b->d.form.tckn, "1000000014");
    (void)type(b, "\025");
    assert_string_equal(b->d.form.tckn, "");
    (void)type(b, "\r");
    ev = type(b, "ş?t");
    assert_int_equal(ev.kind, EV_PASSWORD);
    assert_int_equal(ev.value, 3);
    assert_int_equal(secret_len(b->d.desk.password), 4);
    assert_non_null(strstr(row(b, b->vt.row), "[ ***"));
    assert_cursor(b, "              ]");
    assert_int_equal(type(b, "\r").value, CH_SIGN_IN);
}

static void a_digit_costs_one_byte(void **state)
{
    struct bench *b = *state;
    b->d.flow.text_accepted = true;
    go(b, ST_SIGN);
    struct event ev = type(b, "7");
    assert_int_equal(ev.kind, EV_PIN);
    assert_int_equal(ev.value, 1);
    assert_int_equal(b->bytes, 1);
}

static void the_pin_takes_only_its_digits(void **state)
{
    struct bench *b = *state;
    go(b, ST_SIGN);
    assert_cursor(b, "Kamu SM");
    assert_int_equal(type(b, "1234").kind, EV_TEXT_END); /* shown, read; the digits go nowhere */
    assert_int_equal(secret_len(b->d.desk.pin), 0);
    assert_int_equal(type(b, "\r").value, CH_TEXT_READ);
    b->d.flow.text_accepted = true;
    demo_focus(&b->d, FOCUS_PIN);
    (void)show(b);
    struct event ev = type(b, "12x");
    assert_int_equal(ev.kind, EV_PIN);
    assert_int_equal(ev.err, ERR_PIN_LETTER);
    ev = type(b, "t"); /* a letter here, not the key for the time */
    assert_int_equal(ev.err, ERR_PIN_LETTER);
    ev = type(b, "345678");
    assert_int_equal(ev.value, 8);
    ev = type(b, "9");
    assert_int_equal(ev.err, ERR_PIN_LONG);
    assert_int_equal(secret_len(b->d.desk.pin), 8);
    assert_int_equal(type(b, "\033[3~").value, CH_PIN_CLEAR);
    assert_int_equal(type(b, "\r").value, CH_SIGN);
}

static void the_text_is_left_forward_by_three_keys(void **state)
{
    struct bench *b = *state;
    go(b, ST_SIGN);
    assert_int_equal(type(b, "").kind, EV_TEXT_END);
    (void)type(b, "\033[B");
    assert_cursor(b, "onayının");
    (void)type(b, "\033[B\033[B");
    assert_cursor(b, "KABUL EDİYORUM.");
    assert_int_equal(type(b, "\033[B").value, CH_TEXT_READ);
    assert_int_equal(type(b, "\t").value, CH_TEXT_READ);
    assert_int_equal(type(b, "\r").value, CH_TEXT_READ);
    assert_cursor(b, "KABUL EDİYORUM."); /* only the flow moves on */
}

static void a_pasted_code_is_whole(void **state)
{
    struct bench *b = *state;
    go(b, ST_CODE_EMPTY);
    (void)type(b, "zz");
    struct event ev = type(b, "\033[200~k7qm 3xpd-9r4t\r\n\033[201~");
    assert_int_equal(ev.kind, EV_CODE);
    assert_true(ev.flags & FLAG_WHOLE);
    assert_int_equal(ev.value, 12);
    assert_string_equal(b->d.form.code, "K7QM-3XPD-9R4T");
    assert_non_null(strstr(row(b, b->vt.row), "[ K7QM-3XPD-9R4T ]"));
    ev = type(b, "Ğ");
    assert_int_equal(ev.err, ERR_CODE_LETTER);
    ev = type(b, "A");
    assert_int_equal(ev.err, ERR_CODE_LONG);
    assert_int_equal(ev.value, 12);
    assert_string_equal(b->d.form.code, "K7QM-3XPD-9R4T");
    (void)type(b, "\177\177\177\177");
    assert_string_equal(b->d.form.code, "K7QM-3XPD");
    (void)type(b, "\025ıIİi");
    assert_string_equal(b->d.form.code, "1111");
}

static void at_pin(struct bench *b)
{
    b->d.flow.text_accepted = true;
    go(b, ST_MENU);
    go(b, ST_SIGN);
    demo_focus(&b->d, FOCUS_PIN);
    (void)show(b);
}

/* What is left of it would cost a try of the card. */
static void a_pasted_pin_is_whole_or_nothing(void **state)
{
    static const char *const refused[] = {
        "Fatura No: 2026-1143, 15 TL", "0a2b1c8d3e8f", "123456789", "1234\r5678", "12 34", "12\033[C34", "1\377234x"};
    static const char *const taken[] = {"1234", "12345678", "1234\r\n", "4321\n"};
    struct bench *b = *state;
    char bytes[64];
    at_pin(b);
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        snprintf(bytes, sizeof bytes, "\033[200~%s\033[201~", refused[i]);
        (void)type(b, "77");
        struct event ev = type(b, bytes);
        if (ev.kind != EV_PIN || ev.err != ERR_PASTE || ev.value != 0)
            fail_msg("%s: event %d, note %d, %u digits", refused[i], (int)ev.kind, (int)ev.err, ev.value);
        assert_int_equal(secret_len(b->d.desk.pin), 0);
        assert_non_null(strstr(row(b, b->vt.row), "[    "));
    }
    for (size_t i = 0; i < sizeof taken / sizeof taken[0]; i++) {
        snprintf(bytes, sizeof bytes, "\025\033[200~%s\033[201~", taken[i]);
        struct event ev = type(b, bytes);
        assert_int_equal(ev.kind, EV_PIN);
        assert_int_equal(ev.err, OK);
        assert_int_equal(ev.value, i == 1 ? 8 : 4);
        assert_int_equal(secret_len(b->d.desk.pin), ev.value);
    }
}

static void other_fields_are_whole_or_empty_too(void **state)
{
    struct bench *b = *state;
    go(b, ST_LOGIN);
    (void)type(b, "55");
    struct event ev = type(b, "\033[200~100 000-00 146\n\033[201~");
    assert_int_equal(ev.kind, EV_TCKN);
    assert_int_equal(ev.flags, FLAG_FITS);
    assert_string_equal(b->d.form.tckn, "10000000146");
    ev = type(b, "\033[200~No: 10000000146\033[201~");
    assert_int_equal(ev.err, ERR_PASTE);
    assert_string_equal(b->d.form.tckn, "");
    ev = type(b, "\033[200~100000001467\033[201~");
    assert_int_equal(ev.err, ERR_PASTE);
    assert_string_equal(b->d.form.tckn, "");
    (void)type(b, "\r");
    ev = type(b, "\033[200~par ola\n\033[201~");
    assert_int_equal(ev.kind, EV_PASSWORD);
    assert_int_equal(ev.value, 7);
    ev = type(b, "\033[200~par\nola\033[201~");
    assert_int_equal(ev.kind, EV_PASSWORD);
    assert_int_equal(ev.err, ERR_PASTE);
    assert_int_equal(secret_len(b->d.desk.password), 0);
    char bytes[SECRET_MAX + 16] = "\033[200~";
    memset(bytes + 6, 'x', SECRET_MAX + 1);
    assert_int_equal(type(b, bytes).kind, EV_TOUCH);
    ev = type(b, "\033[201~");
    assert_int_equal(ev.err, ERR_PASTE); /* longer than any password: not cut in silence */
    assert_int_equal(secret_len(b->d.desk.password), 0);
}

/* A page may come in between: what comes then is for nobody, and what came before is not kept. */
static void a_paste_stays_with_its_field(void **state)
{
    struct bench *b = *state;
    at_pin(b);
    (void)type(b, "\033[200~12");
    go(b, ST_TIME);
    (void)type(b, "34");
    struct event ev = type(b, "\033[201~");
    assert_int_equal(ev.kind, EV_PIN);
    assert_int_equal(ev.err, ERR_PASTE);
    assert_int_equal(secret_len(b->d.desk.pin), 0);
    go(b, ST_MENU);
    (void)type(b, "\033[200~12"); /* begun where there is no field */
    at_pin(b);
    assert_int_equal(type(b, "34\033[201~").kind, EV_TOUCH);
    assert_int_equal(secret_len(b->d.desk.pin), 0);
}

static uint64_t wake(struct bench *b)
{
    return b->face->ops->wake_ms(b->face, &b->d.scene);
}

static void a_paste_without_end_ends_by_silence(void **state)
{
    struct bench *b = *state;
    go(b, ST_LOGIN);
    demo_focus(&b->d, FOCUS_TCKN);
    (void)show(b);
    assert_int_equal(type(b, "\033[200~100").kind, EV_TCKN); /* what stood there is gone */
    assert_int_equal(wake(b), b->d.scene.now_ms + 1000);
    b->d.scene.now_ms += 900;
    assert_int_equal(type(b, "00").kind, EV_TOUCH);
    b->d.scene.now_ms += 999;
    assert_int_equal(type(b, "\r").kind, EV_TOUCH); /* still pasted */
    assert_int_equal(wake(b), b->d.scene.now_ms + 1000);
    b->d.scene.now_ms += 1000;
    struct event ev = type(b, "");
    assert_int_equal(ev.kind, EV_TCKN);
    assert_int_equal(ev.value, 5);
    assert_int_equal(wake(b), UINT64_MAX);
    assert_int_equal(type(b, "\033OQ").kind, EV_LANG);
    (void)type(b, "\033[200~7x");
    assert_int_equal(type(b, "\003").kind, EV_LEAVE); /* and by the way out, at once */
    assert_string_equal(b->d.form.tckn, "");
    assert_int_equal(wake(b), UINT64_MAX);
}

/* On a kiosk: the next person's keys are keys, and nothing of the one before comes into a field. */
static void a_paste_does_not_outlive_its_person(void **state)
{
    struct bench *b = *state;
    at_pin(b);
    (void)type(b, "\033[200~12");
    b->face->ops->forget(b->face);
    secret_wipe(b->d.desk.pin);
    at_pin(b);
    assert_int_equal(type(b, "34\r").kind, EV_TOUCH); /* the rest of it */
    assert_int_equal(secret_len(b->d.desk.pin), 0);
    assert_int_equal(wake(b), b->d.scene.now_ms + 100);
    b->d.scene.now_ms += 100;
    struct event ev = type(b, "5"); /* came before anybody looked: still the rest */
    assert_int_equal(ev.kind, EV_TOUCH);
    b->d.scene.now_ms += 100;
    assert_int_equal(type(b, "").kind, EV_TOUCH);
    ev = type(b, "5");
    assert_int_equal(ev.kind, EV_PIN);
    assert_int_equal(ev.value, 1);
    (void)type(b, "\033[200~6");
    b->d.scene.now_ms += 999;
    assert_int_equal(type(b, "7").kind, EV_TOUCH); /* this one has its whole second again */
    b->face->ops->forget(b->face);
    assert_int_equal(type(b, "\033[201~").kind, EV_TOUCH);
    assert_int_equal(type(b, "\033OP").kind, EV_HELP);
    b->face->ops->forget(b->face); /* nothing is pasted: keys typed ahead stay */
    assert_int_equal(type(b, "\033OQ").kind, EV_LANG);
}

/* A picture for each of its letters would take minutes. */
static void a_long_paste_is_few_events(void **state)
{
    struct bench *b = *state;
    char bytes[3072];
    int events = 0;
    go(b, ST_CODE_EMPTY);
    memset(bytes, 'K', sizeof bytes);
    memcpy(bytes, "\033[200~", 6);
    memcpy(bytes + sizeof bytes - 6, "\033[201~", 6);
    assert_int_equal(write(b->master, bytes, sizeof bytes), sizeof bytes);
    struct event ev = {0};
    for (; next(b, &ev); events++)
        (void)show(b);
    assert_int_equal(ev.kind, EV_CODE);
    assert_int_equal(ev.flags, FLAG_WHOLE);
    assert_true(events <= 4);
    assert_int_equal(strlen(b->d.form.code), sizeof b->d.form.code - 2);
}

static void a_field_keeps_its_arrows_and_tells_of_letters(void **state)
{
    struct bench *b = *state;
    go(b, ST_LOGIN);
    demo_focus(&b->d, FOCUS_TCKN);
    (void)show(b);
    (void)type(b, "1\033[D");
    assert_int_equal(type(b, "\033[C\033[D").kind, EV_TOUCH);
    struct event ev = type(b, "a");
    assert_int_equal(ev.kind, EV_TCKN);
    assert_int_equal(ev.err, ERR_TCKN_KEY);
    assert_string_equal(b->d.form.tckn, "1");
    (void)type(b, "0000000146");
    ev = type(b, "7");
    assert_int_equal(ev.err, ERR_TCKN_KEY);
    assert_int_equal(ev.flags, FLAG_FITS);
    assert_string_equal(b->d.form.tckn, "10000000146");
}

static void a_long_text_is_read_to_its_end(void **state)
{
    struct bench *b = *state;
    static char text[4096];
    for (int i = 0; i < 40; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "satır %d\n", i);
    b->d.facts.text = text;
    go(b, ST_SIGN);
    assert_cursor(b, "satır 0");
    assert_int_equal(type(b, "").kind, EV_TOUCH);   /* the end is not in sight */
    assert_int_equal(type(b, "\r").kind, EV_TOUCH); /* the next page comes */
    assert_cursor(b, "satır 1");
    assert_false(b->d.flow.text_end);
    (void)type(b, "\033[B\033[A\033[6~\033[6~");
    assert_true(b->d.flow.text_end);
    (void)type(b, "\033[F");
    assert_cursor(b, "satır 39");
    assert_int_equal(type(b, "\033[B").value, CH_TEXT_READ);
    (void)type(b, "\033[H");
    assert_cursor(b, "satır 0");
    b->d.flow.text_accepted = true;
    demo_focus(&b->d, FOCUS_PIN);
    (void)show(b);
    assert_non_null(strstr(row(b, b->vt.row), "PIN Kodu"));
}

/* Lines that need more than one window, each named by its number. */
static void long_text(struct bench *b, int lines)
{
    static char text[8192];
    text[0] = '\0';
    for (int i = 0; i < lines; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "satır %d\n", i);
    b->d.facts.text = text;
}

/* How often a key is pressed until the flow is asked to go on from the text, or 200. The flow says "there is more" as
 * long as the end was not seen, and sends the focus to the text. */
static int presses(struct bench *b, const char *key)
{
    for (int n = 1; n < 200; n++) {
        struct event ev = type(b, key);
        if (ev.kind == EV_CHOOSE && ev.value == CH_TEXT_READ && b->d.flow.text_end)
            return n;
        if (ev.kind == EV_CHOOSE && ev.value == CH_TEXT_READ) {
            b->d.flow.note = ERR_TEXT_MORE;
            demo_focus(&b->d, FOCUS_TEXT);
            (void)show(b);
        }
    }
    return 200;
}

static void every_key_that_goes_on_comes_to_the_end_of_the_text(void **state)
{
    static const struct {
        const char *key;
        int rows, cols, most;
    } cases[] = {{"\r", 24, 80, 12}, {"\t", 24, 80, 12}, {" ", 24, 80, 12}, {"\r", 12, 40, 60}, {"\t", 12, 40, 60},
        {"\033[B", 24, 80, 41}, {"\033[B", 12, 40, 41}};
    struct bench *b = *state;
    long_text(b, 40);
    for (int look = LOOK_STANDARD; look < LOOK_COUNT; look++)
        for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
            b->d.flow.look = (enum flow_look)look;
            b->d.flow.text_end = false;
            set_size(b, cases[i].rows, cases[i].cols);
            vt_init(&b->vt, cases[i].rows, cases[i].cols, true);
            go(b, ST_MENU);
            go(b, ST_SIGN);
            int n = presses(b, cases[i].key);
            if (n > cases[i].most || !b->d.flow.text_end)
                fail_msg("look %d, case %zu: %d presses, end seen: %d", look, i, n, b->d.flow.text_end);
            assert_cursor(b, cases[i].key[0] == '\033' ? "satır 39" : "satır ");
        }
    b->vt.alternate = b->vt.mouse = b->vt.paste = true;
}

/* From the time page, the question before leaving or a message one reads on where one was. */
static void who_comes_back_reads_on_at_the_same_line(void **state)
{
    static const enum flow_state over[] = {ST_TIME, ST_LEAVE};
    static const enum err_code notes[] = {ERR_READ_TEXT, ERR_TEXT_UNKNOWN};
    struct bench *b = *state;
    long_text(b, 40);
    for (int look = LOOK_STANDARD; look < LOOK_COUNT; look++)
        for (size_t i = 0; i < 4; i++) {
            b->d.flow.look = (enum flow_look)look;
            go(b, ST_MENU);
            demo_go(&b->d, ST_SIGN);
            b->d.flow.note = notes[i / 2];
            demo_focus(&b->d, FOCUS_TEXT);
            (void)show(b);
            (void)type(b, "\033[H\033[B\033[B\033[B\033[B\033[B\033[B\033[B\033[B\033[B");
            char words[4 * VT_COLS + 1];
            snprintf(words, sizeof words, "%s", row(b, b->vt.row));
            assert_non_null(strstr(words, "satır "));
            go(b, over[i % 2]);
            demo_go(&b->d, ST_SIGN);
            b->d.flow.note = notes[i / 2];
            demo_focus(&b->d, FOCUS_TEXT);
            (void)show(b);
            assert_string_equal(row(b, b->vt.row), words);
            demo_focus(&b->d, FOCUS_TEXT); /* said once more: there is more of the text */
            b->d.flow.note = ERR_TEXT_MORE;
            (void)show(b);
            assert_string_equal(row(b, b->vt.row), words);
        }
}

static void a_digit_on_the_time_page_is_the_pins(void **state)
{
    struct bench *b = *state;
    b->d.flow.text_accepted = true;
    go(b, ST_SIGN);
    (void)type(b, "12");
    go(b, ST_TIME);
    struct event ev = type(b, "3");
    assert_int_equal(ev.kind, EV_PIN);
    assert_int_equal(ev.value, 3);
    assert_int_equal(type(b, " ").value, CH_EXTEND);
    go(b, ST_SIGN);
    demo_focus(&b->d, FOCUS_CERT);
    (void)show(b);
    go(b, ST_TIME);
    ev = type(b, "2"); /* the focus was not on the PIN: a choice of this page */
    assert_int_equal(ev.value, CH_NO_EXTEND);
    assert_int_equal(secret_len(b->d.desk.pin), 3);
}

static void the_keypad_is_walked_only_where_wanted(void **state)
{
    struct bench *b = *state;
    b->d.flow.text_accepted = true;
    go(b, ST_SIGN);
    demo_focus(&b->d, FOCUS_PIN);
    (void)show(b);
    (void)type(b, "\t");
    assert_cursor(b, "İMZALA");
    b->d.facts.keypad_keys = true;
    (void)show(b);
    demo_focus(&b->d, FOCUS_PIN);
    (void)show(b);
    (void)type(b, "\t");
    assert_cursor(b, "1    │");
    (void)type(b, "\033[C\033[B");
    assert_cursor(b, "5  │");
    struct event ev = type(b, "\r");
    assert_int_equal(ev.kind, EV_PIN);
    assert_int_equal(ev.value, 1);
    assert_cursor(b, "5  │");
    (void)type(b, "\033[B\033[B\033[C");
    assert_cursor(b, "←");
    assert_int_equal(type(b, " ").value, 0);
    (void)type(b, "\033[D\033[D");
    assert_cursor(b, "Temizle");
    assert_int_equal(type(b, "\r").value, CH_PIN_CLEAR);
    (void)type(b, "\033[B");
    assert_cursor(b, "İMZALA");
    (void)type(b, "\033[A\033[A\033[A\033[A\033[A");
    assert_non_null(strstr(row(b, b->vt.row), "PIN Kodu"));
    assert_int_equal(b->vt.col, 24);
    b->d.flow.look = LOOK_READER;
    (void)show(b);
    for (int r = 0; r < 24; r++)
        assert_null(strstr(row(b, r), "5"
                                      "  "));
}

static void any_key_says_i_am_here(void **state)
{
    struct bench *b = *state;
    go(b, ST_IDLE);
    assert_int_equal(type(b, "2").kind, EV_TOUCH);
    assert_int_equal(type(b, "\033OP").kind, EV_TOUCH);
    assert_int_equal(type(b, "\r").kind, EV_TOUCH);
    assert_int_equal(type(b, "\003").kind, EV_LEAVE);
}

static void the_row_with_the_focus_tells_more(void **state)
{
    struct bench *b = *state;
    go(b, ST_CERTS);
    assert_cursor(b, "1  Kart 1");
    assert_non_null(strstr(row(b, 7), "Veren: Kurum 1"));
    (void)type(b, "\033[B\033[B");
    assert_cursor(b, "-  Kart 3");
    assert_non_null(strstr(row(b, 7), "Veren: Kurum 3"));
    struct event ev = type(b, "\r"); /* the flow says that it cannot be chosen */
    assert_int_equal(ev.value, CH_CERT);
    assert_int_equal(ev.arg, 2);
    assert_int_equal(type(b, "2").arg, 1);
    assert_int_equal(type(b, "3").kind, EV_TOUCH);
}

static void help_can_be_paged(void **state)
{
    struct bench *b = *state;
    go(b, ST_SIGN);
    b->d.flow.note = ERR_PIN_WRONG;
    b->d.flow.help = true;
    set_size(b, 14, 60);
    vt_init(&b->vt, 14, 60, true);
    (void)show(b);
    char all[4 * VT_COLS + 1];
    bool seen = false;
    for (int page = 0; page < 6; page++) {
        for (int r = 0; r < 14; r++)
            seen = seen || strstr(vt_row(&b->vt, r, all), "Ctrl-C") != NULL;
        (void)type(b, "\033[6~");
    }
    assert_true(seen);
    for (int page = 0; page < 6; page++)
        (void)type(b, "\033[5~");
    assert_non_null(strstr(row(b, 2), "Sözleşme ve PIN Kodu"));
    b->vt.alternate = b->vt.mouse = b->vt.paste = true;
}

/* Longer than the window: what the screen is for and the way back are seen first. */
static void help_opens_at_its_top(void **state)
{
    struct bench *b = *state;
    go(b, ST_SIGN);
    b->d.flow.note = ERR_PIN_WRONG;
    b->d.flow.help = true;
    (void)show(b);
    assert_non_null(strstr(row(b, 2), "Sözleşme ve PIN Kodu"));
    assert_cursor(b, "1  Geri");
}

/* --- mouse ------------------------------------------------------------------------------------------------------- */

static struct event click(struct bench *b, const char *words)
{
    char all[4 * VT_COLS + 1], bytes[64];
    for (int r = 0; r < b->vt.rows; r++) {
        const char *line = vt_row(&b->vt, r, all), *found = strstr(line, words);
        if (found == NULL)
            continue;
        int col = 1;
        for (const char *p = line; p < found; p++)
            col += ((unsigned char)*p & 0xc0) != 0x80;
        snprintf(bytes, sizeof bytes, "\033[<0;%d;%dM\033[<0;%d;%dm", col, r + 1, col, r + 1);
        return type(b, bytes);
    }
    fail_msg("not on the screen: %s", words);
    return (struct event){0};
}

static void everything_can_be_clicked(void **state)
{
    struct bench *b = *state;
    go(b, ST_MENU);
    assert_true(b->vt.mouse);
    assert_int_equal(click(b, "Doğrulama kodum").value, CH_HAVE_CODE);
    assert_int_equal(click(b, "F1 Yardım").kind, EV_HELP);
    assert_int_equal(click(b, "Görünüm").kind, EV_LOOK);
    assert_int_equal(click(b, "Esc Geri").kind, EV_BACK);
    b->d.flow.text_accepted = true;
    go(b, ST_SIGN);
    demo_focus(&b->d, FOCUS_CERT);
    (void)show(b);
    struct event ev = click(b, "7    │");
    assert_int_equal(ev.kind, EV_PIN);
    assert_int_equal(ev.value, 1);
    assert_cursor(b, "                ]"); /* the field has the focus now */
    assert_int_equal(click(b, "0  │").value, 2);
    assert_int_equal(click(b, "←").value, 1);
    assert_int_equal(click(b, "Temizle │").value, CH_PIN_CLEAR);
    assert_int_equal(click(b, "İMZALA ]").value, CH_SIGN);
    assert_int_equal(click(b, "İPEK IŞIK").value, CH_CERT_OK);
}

/* --- time -------------------------------------------------------------------------------------------------------- */

static void ticks_are_short_and_apart(void **state)
{
    struct bench *b = *state;
    b->d.flow.text_accepted = true;
    go(b, ST_SIGN);
    demo_focus(&b->d, FOCUS_PIN);
    (void)show(b);
    int64_t base = b->d.facts.signing_time;
    uint64_t opened = face_clock_ms(&b->d.flow, b->d.scene.now_ms), last = 0;
    int at_row = b->vt.row, at_col = b->vt.col, ticks = 0, clocks = 0;
    for (int n = 0; n < 240; n++) {
        uint64_t wake = b->face->ops->wake_ms(b->face, &b->d.scene);
        assert_true(wake > b->d.scene.now_ms && wake <= b->d.scene.now_ms + 500);
        b->d.scene.now_ms = wake;
        b->d.facts.signing_time = base + (int64_t)((face_clock_ms(&b->d.flow, wake) - opened) / 1000);
        size_t bytes = show(b);
        bool clock = memmem(b->raw, b->raw_len, "20;", 3) != NULL;
        assert_true(bytes > 0);
        assert_true(bytes <= 20);
        assert_int_equal(b->vt.row, at_row);
        assert_int_equal(b->vt.col, at_col);
        assert_true(last == 0 || wake - last == 500);
        last = wake;
        *(clock ? &clocks : &ticks) += 1;
    }
    assert_true(ticks >= 119 && clocks >= 119);
    assert_non_null(strstr(row(b, 18), "Kalan Süre: 110 saniye"));
}

/* --- the reader look --------------------------------------------------------------------------------------------- */

static void the_reader_hears_whole_lines(void **state)
{
    struct bench *b = *state;
    b->d.flow.look = LOOK_READER;
    go(b, ST_MENU);
    assert_string_equal(row(b, 0), "TEST - Online İşlemler (1/4 Giriş)");
    assert_cursor(b, "1 Giriş");
    assert_int_equal(b->vt.col, 0);
    (void)type(b, "\033[B");
    assert_cursor(b, "2 Doğrulama kodum var");
    assert_non_null(memmem(b->raw, b->raw_len, "2 Doğrulama kodum var", strlen("2 Doğrulama kodum var")));
    assert_null(memmem(b->raw, b->raw_len, "Giriş", strlen("Giriş")));
    assert_true(b->bytes < 60);
    (void)type(b, "\033[B\033[B");
    assert_cursor(b, "Yardım (F1)");
    (void)type(b, "\033[B");
    assert_cursor(b, "English (F2)");
    (void)type(b, "\033[B");
    assert_cursor(b, "Görünüm (F3)");
    (void)type(b, "\033[B"); /* the end: said again rather than silence */
    assert_non_null(memmem(b->raw, b->raw_len, "Görünüm (F3)", strlen("Görünüm (F3)")));
    (void)type(b, "x");
    assert_string_equal(row(b, 23), "Bu tuşun burada bir görevi yok. Kullanılabilen tuşlar için F1'e basınız.");
    for (int r = 0; r < 24; r++)
        for (int c = 0; c < 80; c++)
            assert_false(b->vt.cells[r][c].reverse || b->vt.cells[r][c].bold);
}

static void the_reader_is_not_ticked_at(void **state)
{
    struct bench *b = *state;
    b->d.flow.look = LOOK_READER;
    b->d.flow.text_accepted = true;
    go(b, ST_SIGN);
    assert_int_equal(b->face->ops->wake_ms(b->face, &b->d.scene), UINT64_MAX);
    b->d.scene.now_ms += 30000;
    assert_int_equal(show(b), 0);
    demo_focus(&b->d, FOCUS_TIME);
    (void)show(b);
    assert_cursor(b, "3 dakika 20 saniye kaldı. Uzatmak için Enter'a basınız.");
    b->d.scene.now_ms += 5000;
    assert_int_equal(show(b), 0);
    assert_int_equal(type(b, "\r").value, CH_EXTEND);
    b->face->ops->say(b->face, "3 dakika kaldı.");
    (void)show(b);
    assert_string_equal(row(b, 23), "3 dakika kaldı.");
    assert_cursor(b, "3 dakika 20 saniye");
}

static void a_mishap_is_read_above_its_field(void **state)
{
    struct bench *b = *state;
    b->d.flow.look = LOOK_READER;
    b->d.flow.text_accepted = true;
    go(b, ST_SIGN);
    b->d.flow.note = ERR_PIN_WRONG;
    demo_focus(&b->d, FOCUS_PIN);
    (void)show(b);
    assert_cursor(b, "PIN kodu kabul edilmedi. Lütfen yeniden yazınız.");
    assert_string_equal(row(b, b->vt.row + 1), "PIN Kodu:");
    int at = b->vt.row;
    struct event ev = type(b, "1"); /* goes to the field, and so does the cursor */
    assert_int_equal(ev.kind, EV_PIN);
    assert_int_equal(b->vt.row, at + 1);
    assert_string_equal(row(b, at + 1), "PIN Kodu: *");
    assert_int_equal(b->vt.col, 11);
}

/* --- the window and the terminal --------------------------------------------------------------------------------- */

static void the_window_changes(void **state)
{
    struct bench *b = *state;
    go(b, ST_MENU);
    set_size(b, 30, 100);
    vt_init(&b->vt, 30, 100, true);
    (void)show(b);
    assert_cursor(b, "1  Giriş");
    assert_non_null(strstr(row(b, 29), "F1 Yardım"));
    set_size(b, 8, 30);
    vt_init(&b->vt, 8, 30, true);
    struct event ev = {0};
    (void)show(b);
    assert_true(next(b, &ev));
    assert_int_equal(ev.kind, EV_SIZE);
    assert_int_equal(ev.value, 0);
    (void)show(b);
    assert_string_equal(row(b, 0), "Pencere çok küçük. Lütfen en");
    set_size(b, 24, 80);
    vt_init(&b->vt, 24, 80, true);
    (void)show(b);
    assert_true(next(b, &ev));
    assert_int_equal(ev.value, 1);
    (void)show(b);
    assert_cursor(b, "1  Giriş");
    b->vt.alternate = b->vt.mouse = b->vt.paste = true;
}

/* The largest row and column that the cursor was sent to, of what was written last. */
static void farthest(const struct bench *b, long *ret_row, long *ret_col)
{
    *ret_row = *ret_col = 0;
    for (size_t i = 0; i + 2 < b->raw_len; i++) {
        char *end;
        if (b->raw[i] != '\033' || b->raw[i + 1] != '[')
            continue;
        long row = strtol(b->raw + i + 2, &end, 10), col = *end == ';' ? strtol(end + 1, &end, 10) : 0;
        if (*end != 'H')
            continue;
        *ret_row = row > *ret_row ? row : *ret_row;
        *ret_col = col > *ret_col ? col : *ret_col;
    }
}

/* A window of any size can be told; every cell costs memory here and in the library. */
static void no_window_is_too_large(void **state)
{
    static const int sizes[][2] = {{5000, 5000}, {65535, 65535}, {24, 60000}, {60000, 80}};
    long row_now, col_now;
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        int rows = sizes[i][0] < 300 ? sizes[i][0] : 300, cols = sizes[i][1] < 500 ? sizes[i][1] : 500;
        struct bench *b = open_bench_of("xterm-256color", "C.UTF-8", sizes[i][0], sizes[i][1]);
        assert_null(getenv("LINES"));
        assert_null(getenv("COLUMNS"));
        go(b, ST_MENU);
        farthest(b, &row_now, &col_now);
        assert_true(row_now <= rows && row_now >= rows - 4); /* the foot stands there; the last steps may be relative */
        assert_true(col_now <= cols);
        assert_int_equal(show(b), 0);
        close_bench(b);
    }
    struct bench *b = open_bench("xterm-256color", "C.UTF-8");
    go(b, ST_MENU);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) { /* while it runs */
        int rows = sizes[i][0] < 300 ? sizes[i][0] : 300, cols = sizes[i][1] < 500 ? sizes[i][1] : 500;
        set_size(b, sizes[i][0], sizes[i][1]);
        assert_int_equal(type(b, "").kind, EV_TOUCH);
        (void)show(b);
        farthest(b, &row_now, &col_now);
        assert_true(row_now <= rows && row_now >= rows - 4);
        assert_true(col_now <= cols);
        assert_int_equal(show(b), 0); /* it is not tried anew */
        set_size(b, 24, 80);
        (void)show(b);
    }
    vt_init(&b->vt, 24, 80, true);
    close_bench(b);
}

static void nor_is_one_that_only_the_person_names(void **state)
{
    long row_now, col_now;
    (void)state;
    struct bench *b = open_bench_of("xterm-256color", "C.UTF-8", 0, 0);
    go(b, ST_MENU);
    farthest(b, &row_now, &col_now);
    assert_true(row_now <= 300 && row_now >= 296);
    assert_true(col_now <= 500);
    assert_int_equal(show(b), 0);
    vt_init(&b->vt, 24, 80, true);
    close_bench(b);
}

static void suspending_gives_the_terminal_back(void **state)
{
    struct bench *b = *state;
    struct termios now;
    go(b, ST_MENU);
    assert_true(b->vt.alternate);
    b->face->ops->suspend(b->face);
    (void)look(b);
    assert_false(b->vt.alternate || b->vt.mouse || b->vt.paste);
    assert_int_equal(tcgetattr(b->slave, &now), 0);
    assert_int_equal(now.c_lflag, b->before.c_lflag);
    (void)show(b);
    assert_true(b->vt.alternate && b->vt.mouse && b->vt.paste);
    assert_int_equal(tcgetattr(b->slave, &now), 0);
    assert_int_equal(now.c_lflag & (tcflag_t)(ICANON | ECHO | ISIG), 0);
    assert_cursor(b, "1  Giriş");
}

static void a_crash_gives_the_terminal_back(void **state)
{
    struct bench *b = *state;
    struct termios now;
    go(b, ST_MENU);
    face_emergency_restore();
    (void)look(b);
    assert_false(b->vt.alternate || b->vt.mouse || b->vt.paste);
    assert_int_equal(tcgetattr(b->slave, &now), 0);
    assert_int_equal(now.c_lflag, b->before.c_lflag);
    face_emergency_restore(); /* once is enough */
    assert_int_equal(look(b), 0);
}

static void the_focus_is_kept_through_languages_looks_and_pauses(void **state)
{
    struct bench *b = *state;
    go(b, ST_MENU);
    (void)type(b, "\033[B");
    i18n_set(LANG_EN);
    (void)show(b);
    assert_cursor(b, "2  I have a verification code");
    i18n_set(LANG_TR);
    b->d.flow.look = LOOK_READER;
    (void)show(b);
    assert_cursor(b, "2 Doğrulama kodum var");
    b->d.flow.look = LOOK_CONTRAST;
    (void)show(b);
    assert_cursor(b, "2  Doğrulama kodum var");
    b->d.flow.look = LOOK_STANDARD;
    go(b, ST_LEAVE);
    assert_cursor(b, "1  Kal");
    (void)type(b, "\033[B");
    demo_go(&b->d, ST_MENU);
    (void)show(b);
    assert_cursor(b, "2  Doğrulama kodum var");
    b->d.flow.help = true;
    (void)show(b);
    assert_cursor(b, "1  Geri");
    b->d.flow.help = false;
    (void)show(b);
    assert_cursor(b, "2  Doğrulama kodum var");
    go(b, ST_LOGIN);
    go(b, ST_MENU);
    assert_cursor(b, "1  Giriş");
}

static void hanging_up_leaves_at_once(void **state)
{
    struct bench *b = *state;
    go(b, ST_MENU);
    (void)dup2(open("/dev/null", O_RDONLY | O_CLOEXEC), 0);
    struct event ev = {0};
    assert_true(next(b, &ev));
    assert_int_equal(ev.kind, EV_LEAVE);
    assert_int_equal(ev.flags, FLAG_AT_ONCE);
    assert_int_equal(b->face->input_fd, -1);
    assert_false(next(b, &ev));
    (void)dup2(b->slave, 0);
}

static void copying_goes_to_the_terminal(void **state)
{
    struct bench *b = *state;
    go(b, ST_MENU);
    assert_true(b->face->ops->copy(b->face, "K7QM-3XPD-9R4T"));
    (void)look(b);
    assert_int_equal(b->raw_len, strlen("\033]52;c;SzdRTS0zWFBELTlSNFQ=\007"));
    assert_memory_equal(b->raw, "\033]52;c;SzdRTS0zWFBELTlSNFQ=\007", b->raw_len);
}

/* --- other terminals --------------------------------------------------------------------------------------------- */

static void poorer_terminals_show_the_same(void **state)
{
    (void)state;
    static const char *const terms[] = {"vt100", "vt220", "linux", "screen", "tmux-256color", "rxvt"};
    for (size_t i = 0; i < sizeof terms / sizeof terms[0]; i++) {
        struct bench *b = open_bench(terms[i], "C.UTF-8");
        go(b, ST_SIGN);
        assert_non_null(strstr(row(b, 5), "│    onayının alınması kaydıyla"));
        (void)type(b, "\033OB");
        assert_cursor(b, "onayının");
        assert_int_equal(show(b), 0);
        b->d.flow.look = LOOK_CONTRAST; /* paints the last cell as well */
        (void)show(b);
        assert_int_equal(b->vt.scrolled, 0);
        assert_cursor(b, "onayının");
        close_bench(b);
    }
}

static void without_letters_there_is_ascii(void **state)
{
    (void)state;
    struct bench *b = open_bench("vt100", "C");
    go(b, ST_MENU);
    assert_string_equal(row(b, 0), " Kamu SM Online Islemler                                  TEST - resmi degildir");
    assert_non_null(strstr(row(b, 3), "Hos geldiniz. Baslamak icin Giris'e basiniz."));
    assert_cursor(b, "1  Giris");
    close_bench(b);
}

/* tests/check makes that locale in its build folder; the sanitizers' build lies one below. */
static void find_locales(void)
{
    static const char *const places[] = {"locales", "../locales"};
    const char *build = getenv("EONAY_BUILD");
    char path[4096];
    for (size_t i = 0; i < 2 && getenv("LOCPATH") == NULL; i++) {
        snprintf(path, sizeof path, "%s/%s", build != NULL ? build : ".", places[i]);
        if (access(path, R_OK) == 0)
            (void)setenv("LOCPATH", path, 1);
    }
}

static void latin5_terminals_show_turkish(void **state)
{
    (void)state;
    find_locales();
    struct bench *b = open_bench("xterm", "tr_TR.ISO-8859-9");
    bool latin5 = i18n_charset() == CHARSET_LATIN5;
    if (latin5) {
        go(b, ST_MENU);
        assert_int_equal(b->vt.cells[0][16].cp, 0xdd); /* İ of İşlemler */
        assert_int_equal(b->vt.cells[0][17].cp, 0xfe); /* ş */
        assert_int_equal(b->vt.cells[1][0].cp, 0x250c);
        go(b, ST_LOGIN);
        (void)type(b, "\r\xfe\xdd");
        assert_int_equal(secret_chars(b->d.desk.password), 2);
        assert_int_equal(secret_len(b->d.desk.password), 4);
    }
    close_bench(b);
    if (!latin5)
        print_message("# no ISO-8859-9 locale on this machine\n"); /* skip() counts as a failure in TAP mode */
}

static void high_contrast_is_white_on_black(void **state)
{
    struct bench *b = *state;
    b->d.flow.look = LOOK_CONTRAST;
    go(b, ST_MENU);
    assert_non_null(memmem(b->raw, b->raw_len, "37", 2));
    assert_non_null(memmem(b->raw, b->raw_len, "40", 2));
    assert_true(b->vt.cells[b->vt.row][b->vt.col].bold && b->vt.cells[b->vt.row][b->vt.col].reverse);
    assert_cursor(b, "1  Giriş");
    assert_int_equal(show(b), 0);
    b->d.flow.look = LOOK_STANDARD;
    (void)show(b);
    assert_false(b->vt.cells[b->vt.row][b->vt.col].bold);
}

static void assert_colours(const struct bench *b, bool wanted, const char *where)
{
    for (int r = 0; r < b->vt.rows; r++)
        for (int c = 0; c < b->vt.cols; c++) {
            const struct vt_cell *cell = &b->vt.cells[r][c];
            if (cell->on_black != wanted || (cell->cp != ' ' && cell->white != wanted))
                fail_msg("%s: cell %d,%d is white %d, on black %d", where, r, c, cell->white, cell->on_black);
        }
}

/* Every cell, the empty ones too: on a light terminal they would be light patches between the words. */
static void high_contrast_leaves_nothing_out(void **state)
{
    static const int sizes[][2] = {{24, 80}, {50, 140}, {12, 40}};
    struct bench *b = *state;
    go(b, ST_MENU);
    assert_colours(b, false, "standard");
    b->d.flow.look = LOOK_CONTRAST;
    go(b, ST_MENU);
    assert_colours(b, true, "menu");
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        set_size(b, sizes[i][0], sizes[i][1]);
        b->vt.rows = sizes[i][0];
        b->vt.cols = sizes[i][1];
        b->vt.bottom = b->vt.rows - 1;
        go(b, ST_SIGN);
        assert_colours(b, true, "sign");
        for (int n = 0; n < 2; n++) { /* over the place, and away again */
            b->d.flow.help = true;
            (void)show(b);
            assert_colours(b, true, "help");
            b->d.flow.help = false;
            (void)show(b);
            assert_colours(b, true, "help gone");
            go(b, ST_LEAVE);
            assert_colours(b, true, "question");
            go(b, ST_SIGN);
            assert_colours(b, true, "question gone");
        }
    }
    b->d.flow.look = LOOK_STANDARD;
    (void)show(b);
    assert_colours(b, false, "standard again");
    b->d.flow.help = true;
    (void)show(b);
    assert_colours(b, false, "help, standard again");
}

static void some_terminals_are_not_for_the_full_screen(void **state)
{
    struct bench *b = *state;
    assert_false(face_must_be_plain());
    (void)setenv("ACCESSIBLE", "1", 1);
    assert_true(face_must_be_plain());
    (void)setenv("ACCESSIBLE", "0", 1);
    assert_false(face_must_be_plain());
    (void)unsetenv("ACCESSIBLE");
    (void)setenv("TERM", "dumb", 1);
    assert_true(face_must_be_plain());
    (void)unsetenv("TERM");
    assert_true(face_must_be_plain());
    (void)setenv("TERM", "xterm-256color", 1);
    go(b, ST_MENU);
}

static void what_cannot_move_its_cursor_is_left_as_it_was(void **state)
{
    static const char *const terms[] = {"dumb", "no-such-terminal"};
    (void)state;
    for (size_t i = 0; i < sizeof terms / sizeof terms[0]; i++) {
        struct face *face = NULL;
        struct termios before, after;
        int master, slave, old_in = dup(0), old_out = dup(1);
        assert_int_equal(openpty(&master, &slave, NULL, NULL, NULL), 0);
        assert_int_equal(tcgetattr(slave, &before), 0);
        fflush(stdout);
        (void)setenv("TERM", terms[i], 1);
        (void)dup2(slave, 0);
        (void)dup2(slave, 1);
        enum err_code code = face_fullscreen_new(&face, NULL);
        assert_int_equal(tcgetattr(slave, &after), 0);
        (void)dup2(old_in, 0);
        (void)dup2(old_out, 1);
        assert_int_equal(code, ERR_FILE);
        assert_int_equal(after.c_lflag, before.c_lflag);
        assert_int_equal(after.c_iflag, before.c_iflag);
        const int all[] = {master, slave, old_in, old_out};
        for (size_t k = 0; k < 4; k++)
            (void)close(all[k]);
    }
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, start, stop)
    const struct CMUnitTest tests[] = {
        CASE(the_terminal_shows_the_canvas),
        CASE(a_picture_leaves_as_one),
        CASE(nothing_changed_writes_nothing),
        CASE(focus_is_shown_in_reverse),
        CASE(the_cursor_follows_the_focus),
        CASE(keys_mean_what_the_footer_says),
        CASE(escape_waits_a_moment),
        CASE(fields_are_typed_into),
        CASE(a_digit_costs_one_byte),
        CASE(the_pin_takes_only_its_digits),
        CASE(the_text_is_left_forward_by_three_keys),
        CASE(a_pasted_code_is_whole),
        CASE(a_pasted_pin_is_whole_or_nothing),
        CASE(other_fields_are_whole_or_empty_too),
        CASE(a_paste_stays_with_its_field),
        CASE(a_paste_without_end_ends_by_silence),
        CASE(a_paste_does_not_outlive_its_person),
        CASE(a_long_paste_is_few_events),
        CASE(a_field_keeps_its_arrows_and_tells_of_letters),
        CASE(a_long_text_is_read_to_its_end),
        CASE(every_key_that_goes_on_comes_to_the_end_of_the_text),
        CASE(who_comes_back_reads_on_at_the_same_line),
        CASE(a_digit_on_the_time_page_is_the_pins),
        CASE(the_keypad_is_walked_only_where_wanted),
        CASE(any_key_says_i_am_here),
        CASE(the_row_with_the_focus_tells_more),
        CASE(help_can_be_paged),
        CASE(help_opens_at_its_top),
        CASE(everything_can_be_clicked),
        CASE(ticks_are_short_and_apart),
        CASE(the_reader_hears_whole_lines),
        CASE(the_reader_is_not_ticked_at),
        CASE(a_mishap_is_read_above_its_field),
        CASE(the_window_changes),
        cmocka_unit_test(no_window_is_too_large),
        cmocka_unit_test(nor_is_one_that_only_the_person_names),
        CASE(suspending_gives_the_terminal_back),
        CASE(a_crash_gives_the_terminal_back),
        CASE(the_focus_is_kept_through_languages_looks_and_pauses),
        CASE(hanging_up_leaves_at_once),
        CASE(copying_goes_to_the_terminal),
        cmocka_unit_test(poorer_terminals_show_the_same),
        cmocka_unit_test(without_letters_there_is_ascii),
        CASE(high_contrast_is_white_on_black),
        CASE(high_contrast_leaves_nothing_out),
        cmocka_unit_test(latin5_terminals_show_turkish),
        CASE(some_terminals_are_not_for_the_full_screen),
        cmocka_unit_test(what_cannot_move_its_cursor_is_left_as_it_was),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
