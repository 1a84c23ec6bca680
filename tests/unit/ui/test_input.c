/* Bytes to keys: families of terminals, characters of two charsets, mouse, paste, and bytes that make no sense. */
#include "config.h"

#include "tests/unit/ui/cmock.h"

#include <string.h>

#include "ui/input.h"

static void feed(struct input *in, const char *bytes, size_t len)
{
    size_t room;
    uint8_t *to = input_room(in, &room);
    assert_true(len <= room);
    memcpy(to, bytes, len);
    input_got(in, len);
}

static struct press only(struct input *in, const char *bytes)
{
    struct press p = {.key = -1}, more;
    feed(in, bytes, strlen(bytes));
    assert_true(input_next(in, true, &p));
    assert_false(input_next(in, true, &more));
    assert_int_equal(in->len, 0);
    for (size_t i = 0; i < sizeof in->bytes; i++)
        assert_int_equal(in->bytes[i], 0);
    return p;
}

static void knows_the_families(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        int key;
    } cases[] = {{"\033[A", UK_UP}, {"\033OA", UK_UP}, {"\033[B", UK_DOWN}, {"\033[1;5C", UK_RIGHT},
        {"\033OD", UK_LEFT}, {"\033[H", UK_HOME}, {"\033[1~", UK_HOME}, {"\033[7~", UK_HOME}, {"\033[F", UK_END},
        {"\033[4~", UK_END}, {"\033[5~", UK_PGUP}, {"\033[6~", UK_PGDN}, {"\033[3~", UK_DEL}, {"\033[3;2~", UK_DEL},
        {"\033[Z", UK_BACKTAB}, {"\033OP", UK_F1}, {"\033[11~", UK_F1}, {"\033[[A", UK_F1}, {"\033[P", UK_F1},
        {"\033OQ", UK_F2}, {"\033[12~", UK_F2}, {"\033[[B", UK_F2}, {"\033[13~", UK_F3}, {"\033OS", UK_F4},
        {"\033[[D", UK_F4}, {"\033[[E", UK_NONE}, {"\033[24~", UK_NONE}, {"\033OM", UK_ENTER}, {"\033Op", '0'},
        {"\033Oy", '9'}, {"\r", UK_ENTER}, {"\n", UK_ENTER}, {"\t", UK_TAB}, {"\177", UK_BACKSPACE},
        {"\b", UK_BACKSPACE}, {"\025", UK_CTRL_U}, {"\003", UK_CTRL_C}, {"\014", UK_CTRL_L}, {"\032", UK_CTRL_Z},
        {"\001", UK_NONE}, {"\033", UK_ESC}, {"\033a", UK_NONE}, {"\033[?1;2c", UK_NONE}, {"a", 'a'}, {" ", ' '}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct input in = {.charset = CHARSET_UTF8};
        if (only(&in, cases[i].bytes).key != cases[i].key)
            fail_msg("case %zu", i);
    }
}

static void a_sequence_may_come_in_pieces(void **state)
{
    (void)state;
    struct input in = {.charset = CHARSET_UTF8};
    struct press p;
    static const char whole[] = "\033[200~";
    for (size_t i = 0; i + 1 < sizeof whole - 1; i++) {
        feed(&in, whole + i, 1);
        assert_false(input_next(&in, false, &p));
    }
    feed(&in, "~", 1);
    assert_true(input_next(&in, false, &p));
    assert_int_equal(p.key, UK_PASTE_BEGIN);
}

static void a_late_escape_is_a_key(void **state)
{
    (void)state;
    struct input in = {.charset = CHARSET_UTF8};
    struct press p;
    feed(&in, "\033", 1);
    assert_false(input_next(&in, false, &p));
    assert_true(input_next(&in, true, &p));
    assert_int_equal(p.key, UK_ESC);
    feed(&in, "\033\033", 2);
    assert_true(input_next(&in, false, &p));
    assert_int_equal(p.key, UK_ESC);
    assert_false(input_next(&in, false, &p));
    input_wipe(&in);
    feed(&in, "\033[", 2); /* begun and never ended: dropped, not typed */
    assert_true(input_next(&in, true, &p));
    assert_int_equal(p.key, UK_NONE);
    assert_int_equal(in.len, 0);
}

static void reads_letters(void **state)
{
    (void)state;
    struct input utf8 = {.charset = CHARSET_UTF8}, latin5 = {.charset = CHARSET_LATIN5},
                 ascii = {.charset = CHARSET_ASCII};
    assert_int_equal(only(&utf8, "ş").key, 0x15f);
    assert_int_equal(only(&utf8, "İ").key, 0x130);
    assert_int_equal(only(&utf8, "€").key, 0x20ac);
    assert_int_equal(only(&utf8, "😀").key, 0x1f600);
    assert_int_equal(only(&latin5, "\xfe").key, 0x15f);
    assert_int_equal(only(&latin5, "\xdd").key, 0x130);
    assert_int_equal(only(&latin5, "\xe7").key, 0xe7);
    assert_int_equal(only(&ascii, "\xe7").key, UK_NONE);
}

static void broken_letters_are_dropped(void **state)
{
    (void)state;
    static const char *const broken[] = {"\xff", "\xc3(", "\xe2\x82z", "\xc0\x80", "\x80"};
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        struct input in = {.charset = CHARSET_UTF8};
        struct press p;
        feed(&in, broken[i], strlen(broken[i]));
        feed(&in, "A", 1);
        int last = UK_NONE;
        while (input_next(&in, false, &p))
            last = p.key;
        assert_int_equal(last, 'A'); /* what follows is read all the same */
        assert_int_equal(in.len, 0);
    }
}

static void reads_the_mouse(void **state)
{
    (void)state;
    struct input in = {.charset = CHARSET_UTF8};
    struct press p = only(&in, "\033[<0;12;5M");
    assert_int_equal(p.key, UK_MOUSE);
    assert_int_equal(p.row, 4);
    assert_int_equal(p.col, 11);
    assert_int_equal(only(&in, "\033[<0;12;5m").key, UK_NONE);
    assert_int_equal(only(&in, "\033[<2;1;1M").key, UK_NONE);
    assert_int_equal(only(&in, "\033[<64;1;1M").key, UK_WHEEL_UP);
    assert_int_equal(only(&in, "\033[<65;1;1M").key, UK_WHEEL_DOWN);
    p = only(&in, "\033[M !\"");
    assert_int_equal(p.key, UK_MOUSE);
    assert_int_equal(p.row, 1);
    assert_int_equal(p.col, 0);
    assert_int_equal(only(&in, "\033[M#!!").key, UK_NONE);
}

static void marks_what_is_pasted(void **state)
{
    (void)state;
    struct input in = {.charset = CHARSET_UTF8};
    struct press p;
    static const char bytes[] = "a\033[200~b\r\033[201~c";
    static const struct {
        int key;
        bool pasted;
    } want[] = {
        {'a', false}, {UK_PASTE_BEGIN, false}, {'b', true}, {UK_ENTER, true}, {UK_PASTE_END, true}, {'c', false}};
    feed(&in, bytes, sizeof bytes - 1);
    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
        assert_true(input_next(&in, false, &p));
        assert_int_equal(p.key, want[i].key);
        assert_int_equal(p.pasted, want[i].pasted);
    }
}

/* The end of a paste may never come. */
static void the_way_out_ends_what_is_pasted(void **state)
{
    (void)state;
    struct input in = {.charset = CHARSET_UTF8};
    struct press p;
    static const char bytes[] = "\033[200~b\003c";
    static const struct {
        int key;
        bool pasted;
    } want[] = {{UK_PASTE_BEGIN, false}, {'b', true}, {UK_PASTE_END, true}, {UK_CTRL_C, false}, {'c', false}};
    feed(&in, bytes, sizeof bytes - 1);
    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
        assert_true(input_next(&in, false, &p));
        assert_int_equal(p.key, want[i].key);
        assert_int_equal(p.pasted, want[i].pasted);
    }
    assert_int_equal(in.len, 0);
}

static void knows_described_keys(void **state)
{
    (void)state;
    struct input in = {.charset = CHARSET_UTF8, .seqs = {{UK_UP, "\013"}, {UK_F1, "\001@\r"}}, .seq_count = 2};
    assert_int_equal(only(&in, "\013").key, UK_UP);
    assert_int_equal(only(&in, "\001@\r").key, UK_F1);
    assert_int_equal(only(&in, "\033[A").key, UK_UP);
}

/* Whatever comes, reading ends, uses up every byte in the end, and gives no key beyond the table. */
static void survives_noise(void **state)
{
    (void)state;
    uint32_t seed = 1;
    for (int round = 0; round < 20000; round++) {
        struct input in = {.charset = round % 2 ? CHARSET_UTF8 : CHARSET_LATIN5};
        struct press p;
        char bytes[24];
        size_t len = 1 + (size_t)(round % (int)sizeof bytes);
        for (size_t i = 0; i < len; i++) {
            static const char often[] = "\033[O<;M~m0123\t\x80\xc3\xff";
            seed = seed * 1664525u + 1013904223u;
            bytes[i] = seed >> 31 ? often[(seed >> 16) % (sizeof often - 1)] : (char)(seed >> 16);
        }
        feed(&in, bytes, len);
        int steps = 0;
        while (input_next(&in, true, &p)) {
            assert_true(++steps <= 24);
            assert_true(p.key >= 0 && p.key <= UK_RESIZE);
        }
        assert_int_equal(in.len, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_the_families),
        cmocka_unit_test(a_sequence_may_come_in_pieces),
        cmocka_unit_test(a_late_escape_is_a_key),
        cmocka_unit_test(reads_letters),
        cmocka_unit_test(broken_letters_are_dropped),
        cmocka_unit_test(reads_the_mouse),
        cmocka_unit_test(marks_what_is_pasted),
        cmocka_unit_test(the_way_out_ends_what_is_pasted),
        cmocka_unit_test(knows_described_keys),
        cmocka_unit_test(survives_noise),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
