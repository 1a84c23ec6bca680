/* What is typed into the field of a receipt's file. */
#include "config.h"
#include "ui/edit.h"
#include "unit/base/unit.h"

#include "base/text.h"

static struct form form;
static struct desk desk = {.form = &form};
static struct flow flow;

static struct event type(uint32_t cp)
{
    return edit_add(&desk, &flow, FIELD_PATH, cp);
}

static void type_all(const char *s)
{
    for (size_t at = 0, len = strlen(s); at < len;)
        assert_int_equal(type(utf8_next(s, len, &at)).err, OK);
}

static int empty(void **state)
{
    (void)state;
    memset(&form, 0, sizeof form);
    return 0;
}

static void letters_come_and_go_whole(void **state)
{
    (void)state;
    type_all("/mnt/Belgeler im/ağı_1.asice");
    assert_string_equal(form.path, "/mnt/Belgeler im/ağı_1.asice");
    assert_int_equal(edit_state(&desk, FIELD_PATH, 0).kind, EV_PATH);
    for (size_t i = 0; i < 10; i++)
        assert_int_equal(edit_erase(&desk, FIELD_PATH).kind, EV_PATH);
    assert_string_equal(form.path, "/mnt/Belgeler im/a");
    (void)edit_clear(&desk, FIELD_PATH);
    assert_string_equal(form.path, "");
    assert_int_equal(edit_erase(&desk, FIELD_PATH).kind, EV_TOUCH);
}

static void nothing_that_hides(void **state)
{
    (void)state;
    static const uint32_t bad[] = {0, '\n', '\t', 0x1b, 0x7f, 0x9b, 0x202e, 0x200b, 0xfeff, 0xd800, UINT32_MAX};
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_int_equal(type(bad[i]).err, ERR_RECEIPT_NAME);
    assert_string_equal(form.path, "");
}

static void as_much_as_there_is_room_for(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof form.path - 1; i++)
        assert_int_equal(type('a').err, OK);
    assert_int_equal(type('a').err, ERR_RECEIPT_NAME);
    assert_int_equal(strlen(form.path), sizeof form.path - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(letters_come_and_go_whole, empty),
        cmocka_unit_test_setup(nothing_that_hides, empty),
        cmocka_unit_test_setup(as_much_as_there_is_room_for, empty),
    };
    return cmocka_run_group_tests_name("edit", tests, NULL, NULL);
}
