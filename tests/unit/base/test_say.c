/* What the programs print for a person outside the faces: clean, and in the terminal's own characters. */
#include "config.h"
#include "tests/unit/base/unit.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/say.h"

static char *bytes;
static size_t len;

static FILE *paper(const char *locale)
{
    setenv("LC_ALL", locale, 1);
    i18n_init_at(LANG_TR, ".");
    return open_memstream(&bytes, &len);
}

static void assert_said(FILE *f, const char *want)
{
    fclose(f);
    assert_string_equal(bytes, want);
    free(bytes);
}

static void lines_stay_lines(void **state)
{
    (void)state;
    FILE *f = paper("C.UTF-8");
    say_text(f, "bir\n\n  iki\n");
    say_line(f, "Güle güle");
    say_text(f, "");
    say_fmt(f, "%s: %d\n", "üç", 3);
    assert_said(f, "bir\n\n  iki\nGüle güle\nüç: 3\n");
}

static void nothing_a_terminal_could_act_on(void **state)
{
    (void)state;
    FILE *f = paper("C.UTF-8");
    say_fmt(f, "%s\n", "a\033[2Jb\rc\302\233d\377e\t\177");
    say_word(f, "Ali\nTOTAL-PASSED");
    assert_said(f, "a?[2Jb?c?d?e??\nAli?TOTAL-PASSED");
}

static void poorer_terminals_get_their_own_characters(void **state)
{
    (void)state;
    FILE *f = paper("C");
    assert_int_equal(i18n_charset(), CHARSET_ASCII);
    say_line(f, "Güle güle, İPEK IŞIK");
    assert_said(f, "Gule gule, IPEK ISIK\n");
    f = paper("tr_TR.ISO-8859-9");
    say_line(f, "Güle İş");
    if (i18n_charset() == CHARSET_LATIN5)
        assert_said(f, "G\374le \335\376\n");
    else
        assert_said(f, "Gule Is\n"); /* where there is no such locale */
}

static void what_is_too_long_is_cut(void **state)
{
    (void)state;
    static char words[20000];
    memset(words, 'x', sizeof words - 1);
    FILE *f = paper("C");
    say_fmt(f, "%s", words);
    fclose(f);
    assert_in_range(len, 8000, 8192);
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_stay_lines),
        cmocka_unit_test(nothing_a_terminal_could_act_on),
        cmocka_unit_test(poorer_terminals_get_their_own_characters),
        cmocka_unit_test(what_is_too_long_is_cut),
    };
    return cmocka_run_group_tests_name("say", tests, NULL, NULL);
}
