#include "config.h"
#include "base/err.h"
#include "unit.h"

static void every_note_has_its_row(void **state)
{
    (void)state;
    assert_true(note_count() > 100);
    for (size_t i = 0; i < note_count(); i++) {
        const struct note *n = note_at(i);
        assert_ptr_equal(note_of(n->code), n);
        assert_int_equal(note_by_slug(n->slug), n->code);
        assert_true(n->said[0] != '\0' && n->advice != NULL);
        assert_true((int)n->code > 0 && (int)n->code <= 9999); /* the wire's limit */
    }
}

static void numbers_and_slugs_are_unique(void **state)
{
    (void)state;
    for (size_t i = 0; i < note_count(); i++)
        for (size_t j = 0; j < i; j++) {
            assert_int_not_equal(note_at(i)->code, note_at(j)->code);
            assert_string_not_equal(note_at(i)->slug, note_at(j)->slug);
        }
}

/* Two sentences that fit the two message rows: at most 158 characters together. */
static void sentences_fit_the_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < note_count(); i++)
        assert_true(strlen(note_at(i)->said) + 1 + strlen(note_at(i)->advice) <= 158);
}

static void unknown_codes_are_internal(void **state)
{
    (void)state;
    assert_int_equal(note_of((enum err_code)4711)->code, ERR_INTERNAL);
    assert_int_equal(note_of(OK)->code, ERR_INTERNAL);
    assert_int_equal(note_by_slug("no-such-slug"), OK);
    assert_int_equal(note_by_slug(""), OK);
}

static void set_fills_and_cuts(void **state)
{
    (void)state;
    struct err err = {OK, ""};
    char longer[600];
    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    assert_int_equal(err_set(&err, ERR_FILE, "%s:%d", "a", 7), ERR_FILE);
    assert_int_equal(err.code, ERR_FILE);
    assert_string_equal(err.detail, "a:7");
    assert_int_equal(err_set(&err, ERR_CONFIG, "%s", longer), ERR_CONFIG);
    assert_int_equal(strlen(err.detail), sizeof err.detail - 1);
    assert_int_equal(err_set(NULL, ERR_TLS, "x"), ERR_TLS);
}

UNIT_MAIN(cmocka_unit_test(every_note_has_its_row), cmocka_unit_test(numbers_and_slugs_are_unique),
    cmocka_unit_test(sentences_fit_the_rows), cmocka_unit_test(unknown_codes_are_internal),
    cmocka_unit_test(set_fills_and_cuts))
