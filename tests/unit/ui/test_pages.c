/* The pages where a PIN is typed, as they are: real screens, drawn and pressed without a terminal, and said through
 * pipes. What is typed there goes into its page and nowhere else, and is gone when it is taken back. */
#include "config.h"
#include "tests/unit/ui/cmock.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ui/act.h"

#define SECRET_ROOM 300 /* more than a secret takes of its page */

struct bench {
    struct flow flow;
    struct facts facts;
    struct form form;
    struct desk desk;
    struct scene scene;
    struct view view;
    struct layout layout;
    struct focus_state focus;
    struct paste paste;
};

static int start(void **state)
{
    struct bench *b = calloc(1, sizeof *b);
    b->flow = flow_init();
    b->flow.text_end = b->flow.text_accepted = b->flow.text_known = b->flow.cert_confirmed = true;
    b->flow.sign_deadline_ms = 230000;
    b->flow.readers = b->flow.cards = b->flow.certs = b->flow.usable = b->flow.chosen = 1;
    b->flow.pin_min = 4;
    b->flow.pin_max = 8;
    b->facts.text = "KABUL EDİYORUM.";
    b->facts.text_len = strlen(b->facts.text);
    b->facts.cert_count = 1;
    b->desk.form = &b->form;
    b->scene = (struct scene){.flow = &b->flow, .facts = &b->facts, .form = &b->form, .now_ms = 1000};
    assert_int_equal(secret_new(&b->desk.pin), OK);
    assert_int_equal(secret_new(&b->desk.password), OK);
    for (size_t i = 0; i < PART_COUNT; i++)
        assert_int_equal(secret_new(&b->desk.parts[i]), OK);
    *state = b;
    return 0;
}

static int stop(void **state)
{
    struct bench *b = *state;
    secret_free(&b->desk.pin);
    secret_free(&b->desk.password);
    for (size_t i = 0; i < PART_COUNT; i++)
        secret_free(&b->desk.parts[i]);
    layout_done(&b->layout);
    free(b);
    return 0;
}

static void show(struct bench *b)
{
    view_compose(&b->view, screen_of(b->flow.state), &b->scene);
    assert_true(layout_make(&b->layout, &b->view, &b->scene, 24, 80));
    focus_settle(&b->focus, &b->layout, &b->view, &b->scene);
    layout_draw(&b->layout, &b->view, b->focus.stop, b->focus.line);
}

static void go(struct bench *b, enum flow_state state, enum focus focus)
{
    b->flow.state = state;
    b->flow.focus = focus;
    b->flow.focus_seq++;
    show(b);
}

static struct event press_at(struct bench *b, struct press p)
{
    struct act a = {.focus = &b->focus,
        .layout = &b->layout,
        .scene = &b->scene,
        .view = &b->view,
        .desk = &b->desk,
        .paste = &b->paste};
    struct event ev = act_press(&a, &p);
    show(b);
    return ev;
}

static struct event press(struct bench *b, int key)
{
    return press_at(b, (struct press){.key = key});
}

static void type(struct bench *b, const char *digits)
{
    for (; *digits != '\0'; digits++)
        (void)press(b, *digits);
}

/* The middle of the cell that shows this digit, or of Temizle, or of the arrow; by what stands in the window. */
static struct event click(struct bench *b, uint32_t shown, int key)
{
    for (size_t k = 0; k < b->layout.pad_count; k++) {
        const struct pad_key *pad = &b->layout.pad[k];
        int row = pad->row - b->layout.top + b->layout.seen_row, col = pad->col + b->layout.seen_col;
        bool found = false;
        for (int c = col; c < col + pad->width; c++)
            found = found || canvas_at(&b->layout.window, row, c)->cp == shown;
        if (!found)
            continue;
        assert_int_equal(pad->key, key);
        return press_at(b, (struct press){.key = UK_MOUSE, .row = row, .col = col + pad->width / 2});
    }
    fail_msg("no such key on the screen");
    return (struct event){0};
}

static enum err_code is_word(void *ctx, const char *bytes, size_t len)
{
    const char *want = ctx;
    return len == strlen(want) && memcmp(bytes, want, len) == 0 ? OK : ERR_PIN_WRONG;
}

/* Wipes it, as every use does. */
static void assert_holds(struct secret *s, const char *want)
{
    char word[32];
    snprintf(word, sizeof word, "%s", want);
    assert_int_equal(secret_use(s, is_word, word), OK);
}

static bool is_somewhere(const struct secret *s, const char *bytes)
{
    return memmem(s, SECRET_ROOM, bytes, strlen(bytes)) != NULL;
}

/* ---- the keypad ---- */

static void the_keypad_types_what_it_shows(void **state)
{
    struct bench *b = *state;
    go(b, ST_SIGN, FOCUS_CERT);
    assert_int_equal(click(b, '7', '7').value, 1);
    assert_int_equal(click(b, '0', '0').value, 2);
    assert_int_equal(click(b, '1', '1').value, 3);
    assert_holds(b->desk.pin, "701");
}

static void a_shuffled_keypad_too(void **state)
{
    static const char *const cells[] = {"9", "8", "7", "6", "5", "4", "3", "2", "1", "0"};
    struct bench *b = *state;
    strcpy(b->facts.keypad, "9876543210");
    go(b, ST_SIGN, FOCUS_PIN);
    for (size_t i = 0; i < 10; i++) { /* in the order of the cells, Temizle left out */
        size_t k = i < 9 ? i : 10;
        assert_int_equal(b->layout.pad[k].key, cells[i][0]);
        (void)click(b, (uint32_t)cells[i][0], cells[i][0]);
        if (i == 7)
            assert_holds(b->desk.pin, "98765432");
        if (i == 7)
            (void)press(b, UK_CTRL_U);
    }
    assert_holds(b->desk.pin, "10");
    assert_int_equal(click(b, BOX_LEFT, UK_BACKSPACE).kind, EV_TOUCH); /* nothing there any more */
}

static void the_reader_look_has_no_keypad(void **state)
{
    struct bench *b = *state;
    strcpy(b->facts.keypad, "9876543210");
    b->flow.look = LOOK_READER;
    go(b, ST_SIGN, FOCUS_PIN);
    assert_int_equal(b->layout.pad_count, 0);
    go(b, ST_PIN_CHANGE, FOCUS_PIN_OLD);
    assert_int_equal(b->layout.pad_count, 0);
}

static void temizle_and_arrow_really_wipe(void **state)
{
    struct bench *b = *state;
    go(b, ST_SIGN, FOCUS_PIN);
    type(b, "864213");
    assert_true(is_somewhere(b->desk.pin, "864213"));
    assert_int_equal(click(b, BOX_LEFT, UK_BACKSPACE).value, 5);
    assert_int_equal(press(b, UK_BACKSPACE).value, 4);
    assert_true(is_somewhere(b->desk.pin, "8642"));
    assert_false(is_somewhere(b->desk.pin, "1") || is_somewhere(b->desk.pin, "3"));
    assert_int_equal(press(b, UK_CTRL_U).value, 0);
    assert_false(is_somewhere(b->desk.pin, "8") || is_somewhere(b->desk.pin, "64"));
    type(b, "97");
    assert_int_equal(press(b, UK_DEL).value, CH_PIN_CLEAR); /* the flow's wish, which wipes: see the shell's deeds */
    assert_int_equal(click(b, (uint32_t)tr("Clear")[0], UK_DEL).value, CH_PIN_CLEAR);
}

/* ---- three fields ---- */

static void enter_goes_from_field_to_field(void **state)
{
    struct bench *b = *state;
    go(b, ST_PIN_CHANGE, FOCUS_PIN_OLD);
    type(b, "135792");
    assert_int_equal(press(b, UK_ENTER).kind, EV_TOUCH);
    type(b, "246813");
    assert_int_equal(press(b, UK_ENTER).kind, EV_TOUCH);
    type(b, "246813");
    assert_int_equal(press(b, UK_ENTER).value, CH_CHANGE_PIN);
    assert_holds(b->desk.parts[PART_OLD], "135792");
    assert_holds(b->desk.parts[PART_NEW], "246813");
    assert_holds(b->desk.parts[PART_AGAIN], "246813");
    assert_int_equal(secret_len(b->desk.pin), 0);
}

static void likeness_is_told_without_the_digits(void **state)
{
    struct bench *b = *state;
    struct event ev;
    go(b, ST_PIN_CHANGE, FOCUS_PIN_NEW);
    type(b, "1234");
    (void)press(b, UK_TAB);
    type(b, "123");
    ev = press(b, '4');
    assert_int_equal(ev.kind, EV_PIN_PART);
    assert_int_equal(ev.arg, PART_AGAIN);
    assert_int_equal(ev.value, 4);
    assert_int_equal(ev.flags, FLAG_SAME_PIN);
    assert_int_equal(press(b, '5').flags, 0);
    assert_int_equal(press(b, UK_BACKSPACE).flags, FLAG_SAME_PIN);
    ev = press(b, 'x');
    assert_int_equal(ev.err, ERR_PIN_LETTER);
    assert_int_equal(ev.value, 4);
    type(b, "5678");
    ev = press(b, '9');
    assert_int_equal(ev.err, ERR_PIN_LONG);
    assert_int_equal(ev.value, 8);
}

static struct event paste(struct bench *b, const char *text)
{
    (void)press(b, UK_PASTE_BEGIN);
    for (; *text != '\0'; text++)
        (void)press_at(b, (struct press){.key = *text, .pasted = true});
    return press_at(b, (struct press){.key = UK_PASTE_END, .pasted = true});
}

static void a_pasted_part_is_whole_or_nothing(void **state)
{
    struct bench *b = *state;
    go(b, ST_PIN_CHANGE, FOCUS_PIN_OLD);
    type(b, "1234");
    (void)press(b, UK_TAB);
    struct event ev = paste(b, "2468");
    assert_int_equal(ev.kind, EV_PIN_PART);
    assert_int_equal(ev.err, OK);
    assert_holds(b->desk.parts[PART_NEW], "2468");
    ev = paste(b, "Fatura 15");
    assert_int_equal(ev.kind, EV_PIN_PART);
    assert_int_equal(ev.arg, PART_NEW);
    assert_int_equal(ev.err, ERR_PASTE);
    assert_int_equal(ev.value, 0);
    assert_int_equal(secret_len(b->desk.parts[PART_NEW]), 0);
    assert_int_equal(paste(b, "123456789").err, ERR_PASTE); /* longer than this card's */
    assert_holds(b->desk.parts[PART_OLD], "1234");
}

/* The field begins with a name: what is pasted stands in its place, not behind it. */
static void a_pasted_path_is_the_whole_path(void **state)
{
    struct bench *b = *state;
    strcpy(b->form.path, "makbuz-2019-000042.asice");
    go(b, ST_RECEIPT_SAVE, FOCUS_PATH);
    assert_int_equal(paste(b, "/srv/m.asice").kind, EV_PATH);
    assert_string_equal(b->form.path, "/srv/m.asice");
    (void)press(b, 'x');
    assert_string_equal(b->form.path, "/srv/m.asicex");
}

static void the_keypad_types_where_the_focus_was(void **state)
{
    struct bench *b = *state;
    go(b, ST_PIN_CHANGE, FOCUS_PIN_OLD);
    (void)click(b, '1', '1');
    (void)press(b, UK_TAB);
    (void)click(b, '2', '2');
    (void)click(b, '3', '3');
    (void)press(b, UK_TAB);
    (void)click(b, '4', '4');
    (void)press(b, UK_TAB); /* on the button: still the last field */
    (void)click(b, '5', '5');
    assert_int_equal(click(b, BOX_LEFT, UK_BACKSPACE).arg, PART_AGAIN);
    assert_holds(b->desk.parts[PART_OLD], "1");
    assert_holds(b->desk.parts[PART_NEW], "23");
    assert_holds(b->desk.parts[PART_AGAIN], "4");
}

/* ---- the last try: never by Enter alone ---- */

static void enter_is_no_last_try(void **state)
{
    struct bench *b = *state;
    for (int look = 0; look < LOOK_COUNT; look++) {
        b->flow.look = (enum flow_look)look;
        go(b, ST_LAST_TRY, FOCUS_DEFAULT);
        assert_int_equal(press(b, UK_ENTER).value, CH_CANCEL);
        assert_int_equal(press(b, ' ').value, CH_CANCEL);
        assert_int_equal(press(b, '2').value, CH_LAST_TRY);
        go(b, ST_LAST_TRY, FOCUS_DEFAULT);
        b->focus.begun = false;
        show(b);
        (void)press(b, UK_DOWN);
        assert_int_equal(press(b, UK_ENTER).value, CH_LAST_TRY);
        b->focus.begun = false;
    }
}

static struct event say(struct bench *b, const char *line)
{
    struct face *face = NULL;
    struct event ev = {.kind = EV_COUNT};
    int in[2], nothing = open("/dev/null", O_WRONLY | O_CLOEXEC);
    assert_int_equal(pipe(in), 0);
    assert_int_equal(write(in[1], line, strlen(line)), strlen(line));
    assert_int_equal(face_plain_new(&face, in[0], nothing, NULL), OK);
    b->scene.plain = true;
    b->flow.look = LOOK_STANDARD;
    view_compose(&b->view, screen_of(b->flow.state), &b->scene);
    face->ops->show(face, &b->scene, &b->view);
    while (face->ops->read(face, &b->scene, &b->view, &b->desk, &ev) && ev.kind == EV_TOUCH)
        face->ops->show(face, &b->scene, &b->view);
    face->ops->free(&face);
    (void)close(in[0]);
    (void)close(in[1]);
    (void)close(nothing);
    return ev;
}

static void an_empty_line_is_no_last_try(void **state)
{
    struct bench *b = *state;
    b->flow.state = ST_LAST_TRY;
    assert_int_equal(say(b, "\n").value, CH_CANCEL);
    assert_int_equal(say(b, "1\n").value, CH_CANCEL);
    assert_int_equal(say(b, "2\n").value, CH_LAST_TRY);
    assert_int_equal(say(b, "use the last try\n").value, CH_LAST_TRY);
    assert_int_equal(say(b, "hello\n\n").value, CH_CANCEL);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(the_keypad_types_what_it_shows),
        CASE(a_shuffled_keypad_too),
        CASE(the_reader_look_has_no_keypad),
        CASE(temizle_and_arrow_really_wipe),
        CASE(enter_goes_from_field_to_field),
        CASE(likeness_is_told_without_the_digits),
        CASE(a_pasted_part_is_whole_or_nothing),
        CASE(a_pasted_path_is_the_whole_path),
        CASE(the_keypad_types_where_the_focus_was),
        CASE(enter_is_no_last_try),
        CASE(an_empty_line_is_no_last_try),
    };
    i18n_init(LANG_TR);
    return cmocka_run_group_tests_name("pages", tests, NULL, NULL);
}
