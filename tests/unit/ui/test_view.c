/* Small parts: views that overflow, words put into sentences, lines broken, cells, code groups, the footer, clocks. */
#include "config.h"

#include "tests/unit/ui/cmock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "tests/unit/ui/demo.h"
#include "ui/canvas.h"
#include "ui/clock.h"
#include "ui/osc52.h"
#include "ui/question.h"
#include "ui/spoken.h"
#include "ui/theme.h"
#include "ui/wording.h"
#include "ui/wrap.h"

static struct view view;

static void begin(void)
{
    view.count = view.clipped = view.used = 0;
}

static void a_full_view_counts(void **state)
{
    (void)state;
    begin();
    for (int i = 0; i < VIEW_ITEMS + 3; i++)
        view_item(&view, ROLE_TEXT, 0, "x", "")->choice = CH_NEXT; /* never NULL */
    assert_int_equal(view.count, VIEW_ITEMS);
    assert_int_equal(view.clipped, 3);
    begin();
    static char large[VIEW_ARENA];
    memset(large, 'a', sizeof large - 1);
    assert_int_equal(strlen(view_keep(&view, large)), VIEW_ARENA - 1);
    assert_int_equal(view.clipped, 0);
    assert_string_equal(view_keep(&view, "b"), "");
    assert_string_equal(view_fmt(&view, "%d", 1), "");
    assert_int_equal(view.clipped, 2);
    assert_string_equal(view_keep(&view, ""), "");
    assert_int_equal(view.clipped, 2);
}

static void words_are_put_into_sentences(void **state)
{
    (void)state;
    char out[64];
    begin();
    assert_string_equal(view_put(&view, "Sayın {name}.", "name", "İpek {date}"), "Sayın İpek {date}.");
    assert_string_equal(view_put(&view, "{names} {name", "name", "x"), "{names} {name");
    assert_string_equal(view_put(&view, "", "name", "x"), "");
    words_put(out, sizeof out, "{a}-{b}-{a}", "b", "2");
    assert_string_equal(out, "{a}-2-{a}");
    words_put(out, 6, "{a}{a}", "a", "12345678");
    assert_string_equal(out, "12345");
}

static void roles_that_act_can_have_the_focus(void **state)
{
    (void)state;
    begin();
    assert_true(view_choice(&view, 0, N_("Sign in"), CH_LOGIN, 0)->flags & ITEM_FOCUS);
    assert_true(view_secret(&view, 0, N_("PIN"), FIELD_PIN, 0, 8)->flags & ITEM_FOCUS);
    assert_false(view_fact(&view, 0, "a", "b")->flags & ITEM_FOCUS);
    assert_int_equal(view_field(&view, 0, N_("PIN"), FIELD_CODE, "", 8)->choice, CH_NEXT);
    assert_int_equal(view_field(&view, 0, N_("PIN"), FIELD_TCKN, "", 8)->choice, CH_NONE);
    view.items[1].focus = FOCUS_PIN;
    assert_ptr_equal(view_find_focus(&view, FOCUS_PIN), &view.items[1]);
    assert_null(view_find_focus(&view, FOCUS_CERT));
    assert_null(view_find_focus(&view, FOCUS_DEFAULT));
}

static void assert_lines(const char *text, int width, bool sentences, const char *want)
{
    struct wrap w = {.text = text, .width = width, .sentences = sentences};
    char got[512] = "";
    const char *line;
    size_t len;
    while (wrap_next(&w, &line, &len))
        snprintf(got + strlen(got), sizeof got - strlen(got), "%.*s|", (int)len, line);
    assert_string_equal(got, want);
}

static void lines_break_at_blanks(void **state)
{
    (void)state;
    assert_lines("", 10, false, "");
    assert_lines("bir iki", 7, false, "bir iki|");
    assert_lines("bir iki üç", 7, false, "bir iki|üç|");
    assert_lines("şşşş ğğğğ", 4, false, "şşşş|ğğğğ|");
    assert_lines("abcdefghij", 4, false, "abcd|efgh|ij|");
    assert_lines("a\n\nb", 4, false, "a||b|");
    assert_lines("a b\n", 4, false, "a b|");
    assert_lines("ulaşır. Sonra olur", 17, false, "ulaşır. Sonra|olur|");
    assert_lines("ulaşır şu. Sonra olur", 17, true, "ulaşır şu.|Sonra olur|");
    assert_lines("a. uzun bir satır", 15, true, "a. uzun bir|satır|"); /* too early to end there */
    assert_lines("kısa. satır", 15, true, "kısa. satır|");
}

static void cells_take_one_column_each(void **state)
{
    (void)state;
    struct canvas c = {0};
    assert_true(canvas_reset(&c, 2, 10));
    canvas_put(&c, 0, 0, 0x1b, STYLE_PLAIN);
    canvas_put(&c, 0, 1, 0x9b, STYLE_PLAIN);
    canvas_put(&c, 0, 2, 0x202e, STYLE_PLAIN); /* right-to-left override */
    canvas_put(&c, 0, 3, 0x4e2d, STYLE_PLAIN); /* two columns wide */
    canvas_put(&c, 0, 4, 0x301, STYLE_PLAIN);  /* combining */
    canvas_put(&c, 0, 5, UINT32_MAX, STYLE_PLAIN);
    canvas_put(&c, 0, 6, 0x130, STYLE_PLAIN);
    for (int col = 0; col < 6; col++)
        assert_int_equal(canvas_at(&c, 0, col)->cp, '?');
    assert_int_equal(canvas_at(&c, 0, 6)->cp, 0x130);
    canvas_put(&c, 2, 0, 'x', STYLE_PLAIN);
    canvas_put(&c, 0, -1, 'x', STYLE_PLAIN);
    assert_int_equal(c.clipped, 2);
    assert_int_equal(canvas_text(&c, 1, 0, 3, "şğıçö", strlen("şğıçö"), STYLE_CODE), 3);
    assert_int_equal(c.clipped, 4);
    assert_int_equal(canvas_cut(&c, 1, 0, 4, "abcdef", STYLE_PLAIN), 4);
    assert_int_equal(canvas_at(&c, 1, 1)->cp, 'b');
    assert_int_equal(canvas_at(&c, 1, 2)->cp, '.');
    assert_int_equal(c.clipped, 4);
    assert_true(canvas_need(&c, 40));
    assert_int_equal(c.rows, 41);
    assert_int_equal(canvas_at(&c, 40, 9)->cp, ' ');
    assert_int_equal(canvas_at(&c, 0, 6)->cp, 0x130);
    canvas_done(&c);
}

/* Of a long page that gave way to a short one, nothing is left below it. */
static void what_stood_on_a_canvas_leaves_its_memory(void **state)
{
    (void)state;
    struct canvas c = {0};
    assert_true(canvas_reset(&c, 0, 10));
    for (int row = 0; row < 60; row++) {
        assert_true(canvas_need(&c, row));
        canvas_text(&c, row, 0, 10, "2019-00042", 10, STYLE_PLAIN);
    }
    assert_true(canvas_reset(&c, 1, 10));
    for (int i = 10; i < 600; i++)
        assert_int_equal(c.cells[i].cp, 0);
    canvas_done(&c);
}

static void a_row_is_copied_as_it_stands(void **state)
{
    (void)state;
    struct canvas page = {0}, window = {0};
    assert_true(canvas_reset(&page, 2, 4) && canvas_reset(&window, 3, 6));
    canvas_text(&page, 1, 0, 4, "şa b", strlen("şa b"), STYLE_CODE);
    canvas_copy(&window, 2, 1, &page, 1);
    assert_int_equal(canvas_at(&window, 2, 0)->cp, ' ');
    assert_int_equal(canvas_at(&window, 2, 1)->cp, 0x15f);
    assert_int_equal(canvas_at(&window, 2, 4)->cp, 'b');
    assert_int_equal(canvas_at(&window, 2, 4)->style, STYLE_CODE);
    assert_int_equal(canvas_at(&window, 2, 5)->style, STYLE_PLAIN);
    assert_int_equal(window.clipped + window.overdrawn, 0);
    canvas_copy(&window, 2, 0, &page, 1); /* its second letter over its first */
    assert_int_equal(window.overdrawn, 1);
    canvas_copy(&window, 0, 4, &page, 1);
    assert_int_equal(canvas_at(&window, 0, 5)->cp, 'a');
    assert_int_equal(window.clipped, 2);
    canvas_copy(&window, 0, -1, &page, 1);
    assert_int_equal(canvas_at(&window, 0, 0)->cp, 'a');
    assert_int_equal(window.clipped, 3);
    canvas_copy(&window, 3, 0, &page, 1);
    canvas_copy(&window, -1, 0, &page, 1);
    canvas_copy(&window, 0, 6, &page, 1);
    canvas_copy(&window, 0, -4, &page, 1);
    assert_int_equal(window.clipped, 19);
    canvas_done(&page);
    canvas_done(&window);
}

static void every_role_can_be_told_without_colour(void **state)
{
    (void)state;
    for (int s = 0; s < STYLE_COUNT; s++) {
        struct paint reader = theme_paint(LOOK_READER, (enum style)s);
        assert_false(reader.bold || reader.reverse || reader.underline || reader.white_on_black);
        assert_true(theme_paint(LOOK_CONTRAST, (enum style)s).white_on_black);
        assert_true(theme_letter((enum style)s) != 0);
    }
    assert_true(theme_paint(LOOK_STANDARD, STYLE_FOCUS).reverse);
    assert_true(theme_paint(LOOK_CONTRAST, STYLE_FOCUS).reverse && theme_paint(LOOK_CONTRAST, STYLE_FOCUS).bold);
    assert_true(theme_paint(LOOK_STANDARD, STYLE_ERROR).bold);
    assert_false(theme_paint(LOOK_STANDARD, STYLE_INFO).bold);
}

static void codes_stand_in_groups(void **state)
{
    (void)state;
    char out[64];
    code_in_groups(out, sizeof out, "K7QM-3XPD-9R4T", " - ");
    assert_string_equal(out, "K7QM - 3XPD - 9R4T");
    code_in_groups(out, sizeof out, "K7QM3XPD9R4T", " ");
    assert_string_equal(out, "K7QM 3XPD 9R4T");
    code_in_groups(out, sizeof out, "", " ");
    assert_string_equal(out, "");
    code_in_groups(out, 8, "K7QM3XPD9R4T", " - ");
    assert_true(strlen(out) < 8);
}

static void the_footer_drops_look_and_language_first(void **state)
{
    (void)state;
    struct demo d;
    struct hint hints[HINTS_MAX];
    demo_init(&d);
    demo_go(&d, ST_SIGN);
    size_t n = keymap_footer(&d.view, 78, hints);
    assert_int_equal(n, 6);
    assert_int_equal(hints[4].bind->key, UK_F1);
    assert_int_equal(hints[5].bind->key, UK_F4);
    assert_int_equal(hints[5].col + hints[5].width, 70);
    n = keymap_footer(&d.view, 100, hints);
    assert_int_equal(n, 8);
    n = keymap_footer(&d.view, 58, hints); /* a clock runs: its key outlives those of the fields */
    assert_int_equal(hints[n - 1].bind->key, UK_F4);
    n = keymap_footer(&d.view, 30, hints);
    assert_true(n >= 1 && hints[n - 1].col + hints[n - 1].width <= 30);
    demo_go(&d, ST_MENU);
    n = keymap_footer(&d.view, 78, hints);
    assert_int_equal(n, 5); /* no time runs: no F4 */
    assert_null(keymap_own(&d.view, UK_F1));
    assert_int_equal(keymap_find(&d.view, UK_F1)->event, EV_HELP);
    assert_null(keymap_find(&d.view, 'q'));
    demo_done(&d);
}

static void clocks_are_half_a_second_apart(void **state)
{
    (void)state;
    struct flow f = {.sign_deadline_ms = 240123};
    assert_int_equal(clock_wake_ms(&f, 10000, true, false), 10123);
    assert_int_equal(clock_wake_ms(&f, 10123, true, false), 11123);
    assert_int_equal(clock_wake_ms(&f, 10123, true, true), 10623);
    assert_int_equal(clock_wake_ms(&f, 10623, true, true), 11123);
    assert_int_equal(clock_wake_ms(&f, 10622, false, true), 10623);
    assert_int_equal(clock_wake_ms(&f, 10623, false, true), 11623);
    assert_int_equal(clock_wake_ms(&f, 10000, false, false), UINT64_MAX);
    assert_int_equal(face_clock_ms(&f, 10622), 9623);
    assert_int_equal(face_clock_ms(&f, 10623), 10623);
    assert_int_equal(face_clock_ms(&f, 10700), 10623);
    f.sign_deadline_ms = 0;
    assert_int_equal(clock_wake_ms(&f, 10000, true, true), UINT64_MAX);
    f.code_deadline_ms = 5500;
    assert_int_equal(clock_wake_ms(&f, 1000, true, false), 1500);
}

static void the_clipboard_sequence(void **state)
{
    (void)state;
    char out[512], large[400];
    assert_int_equal(osc52(out, sizeof out, "a", false), 12);
    assert_string_equal(out, "\033]52;c;YQ==\007");
    assert_true(osc52(out, sizeof out, "ab", true) > 0);
    assert_string_equal(out, "\033P\033]52;c;YWI=\007\033\\");
    memset(large, 'x', sizeof large - 1);
    large[sizeof large - 1] = '\0';
    assert_int_equal(osc52(out, sizeof out, large, false), 0);
    assert_int_equal(osc52(out, 8, "abc", false), 0);
}

static void questions_of_a_page(void **state)
{
    (void)state;
    struct demo d;
    struct question list[QUESTIONS_MAX];
    demo_init(&d);
    d.scene.plain = true;
    demo_go(&d, ST_LOGIN);
    size_t n = questions_of(&d.view, &d.flow, list);
    assert_int_equal(n, 3);
    assert_int_equal(list[0].ask, ASK_METHOD);
    assert_int_equal(list[1].ask, ASK_FIELD);
    assert_int_equal(list[2].ask, ASK_SECRET);
    assert_int_equal(question_first(&d.view, list, n), 0);
    assert_int_equal(question_default(&d.view, &list[0])->choice_value, 0);
    assert_null(question_named(&d.view, &list[0], "3"));
    assert_null(question_named(&d.view, &list[0], "0"));
    assert_int_equal(question_named(&d.view, &list[0], "MOBIL IMZA")->choice_value, 1);
    assert_int_equal(question_with(&d.view, list, n, view_find_focus(&d.view, FOCUS_PASSWORD)), 2);
    assert_int_equal(question_with(&d.view, list, n, NULL), n);
    demo_done(&d);
}

/* Said where a line is typed, no sentence may send a person to a key that does nothing there. The prompts that stand
 * instead of a question are not said there at all. */
static void the_plain_face_names_no_key(void **state)
{
    (void)state;
    static const char *const keys[] = {"Esc", "F1", "F2", "F3", "F4", "Ctrl-U", "Tab"};
    struct demo d;
    demo_init(&d);
    for (size_t i = 0; i < note_count(); i++)
        for (size_t k = 0; k < sizeof keys / sizeof keys[0]; k++)
            for (int lang = LANG_TR; lang <= LANG_EN; lang++) {
                const char *said = tr_in((enum lang)lang, words_for(true, note_at(i)->said));
                assert_null(strstr(said, keys[k]));
                if (note_at(i)->advice[0] == '\0')
                    continue;
                const char *advice = tr_in((enum lang)lang, words_for(true, note_at(i)->advice));
                if (strstr(advice, keys[k]) != NULL)
                    fail_msg("%s: %s", note_at(i)->slug, advice);
            }
    demo_done(&d);
    assert_string_equal(words_for(false, note_of(ERR_SLOW)->advice), note_of(ERR_SLOW)->advice);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_plain_face_names_no_key),
        cmocka_unit_test(a_full_view_counts),
        cmocka_unit_test(words_are_put_into_sentences),
        cmocka_unit_test(roles_that_act_can_have_the_focus),
        cmocka_unit_test(lines_break_at_blanks),
        cmocka_unit_test(cells_take_one_column_each),
        cmocka_unit_test(what_stood_on_a_canvas_leaves_its_memory),
        cmocka_unit_test(a_row_is_copied_as_it_stands),
        cmocka_unit_test(every_role_can_be_told_without_colour),
        cmocka_unit_test(codes_stand_in_groups),
        cmocka_unit_test(the_footer_drops_look_and_language_first),
        cmocka_unit_test(clocks_are_half_a_second_apart),
        cmocka_unit_test(the_clipboard_sequence),
        cmocka_unit_test(questions_of_a_page),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
