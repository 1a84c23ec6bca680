/* The command line, read once. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* after the four above */
#include <cmocka.h>

#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/i18n.h"
#include "wizard/options.h"

static struct options got;

/* argv must be writable: a code in it is blanked. */
static int read_words(char words[][40], int n)
{
    static char *argv[12]; /* a tool's arguments point into it */
    memset(argv, 0, sizeof argv);
    for (int i = 0; i < n; i++)
        argv[i] = words[i];
    optind = 0; /* glibc: start over */
    return options_read(n, argv, &got);
}

static void all_of_them(void **state)
{
    (void)state;
    char w[][40] = {"eonay", "--config", "x.yaml", "--plain", "--reader", "--lang", "en", "--kiosk"};
    assert_int_equal(read_words(w, 8), -1);
    assert_string_equal(got.config, "x.yaml");
    assert_true(got.plain && got.reader && got.kiosk && !got.code_mode);
    assert_int_equal(got.lang, LANG_EN);
    i18n_set(LANG_TR);
}

static void none(void **state)
{
    (void)state;
    char w[][40] = {"eonay"};
    assert_int_equal(read_words(w, 1), -1);
    assert_null(got.config);
    assert_int_equal(got.lang, -1);
    assert_null(got.tool);
}

static void a_code_is_taken_and_blanked(void **state)
{
    (void)state;
    char w[][40] = {"eonay", "--code", "K7QM-3XPD-9R4T"};
    assert_int_equal(read_words(w, 3), -1);
    assert_true(got.code_mode);
    assert_string_equal(got.code, "K7QM-3XPD-9R4T");
    assert_null(strpbrk(w[2], "KQMXPDRT0123456789"));
    char joined[][40] = {"eonay", "--code=K7QM-3XPD-9R4T"};
    assert_int_equal(read_words(joined, 2), -1);
    assert_string_equal(got.code, "K7QM-3XPD-9R4T");
    assert_null(strstr(joined[1], "K7QM"));
}

/* However often, however wrong. */
static void every_code_is_blanked(void **state)
{
    (void)state;
    char twice[][40] = {"eonay", "--code", "K7QM-3XPD-9R4T", "--cod=AAAA-AAAA-AAAA"};
    assert_int_equal(read_words(twice, 4), -1);
    assert_null(memmem(twice, sizeof twice, "K7QM", 4));
    assert_null(memmem(twice, sizeof twice, "AAAA", 4));
    char code[100], *argv[] = {twice[0], twice[1], code, NULL};
    strcpy(twice[1], "--code");
    memset(code, 'K', sizeof code);
    code[sizeof code - 1] = '\0';
    optind = 0;
    assert_int_equal(options_read(3, argv, &got), EX_USAGE);
    assert_null(strchr(code, 'K'));
}

static void a_dash_starts_at_the_empty_field(void **state)
{
    (void)state;
    char w[][40] = {"eonay", "--code", "-"};
    assert_int_equal(read_words(w, 3), -1);
    assert_true(got.code_mode);
    assert_string_equal(got.code, "");
}

static void what_is_not_understood(void **state)
{
    (void)state;
    char lang[][40] = {"eonay", "--lang", "de"}, word[][40] = {"eonay", "hello"}, option[][40] = {"eonay", "--nothing"};
    char value[][40] = {"eonay", "--config"}, short_of_two[][40] = {"eonay", "--co", "x"};
    assert_int_equal(read_words(lang, 3), EX_USAGE);
    assert_int_equal(read_words(word, 2), EX_USAGE);
    assert_int_equal(read_words(option, 2), EX_USAGE);
    assert_int_equal(read_words(value, 2), EX_USAGE);
    assert_int_equal(read_words(short_of_two, 3), EX_USAGE);
}

static void tools_keep_their_own_options(void **state)
{
    (void)state;
    char w[][40] = {"eonay", "verify", "a.p7s", "--ca", "ca.pem", "--json"};
    assert_int_equal(read_words(w, 6), -1);
    assert_non_null(got.tool);
    assert_string_equal(got.tool[0], "verify");
    assert_string_equal(got.tool[4], "--json");
    char pin[][40] = {"eonay", "pin", "change", "--card", "2"};
    assert_int_equal(read_words(pin, 5), -1);
    assert_string_equal(got.tool[0], "pin");
}

static void the_environment(void **state)
{
    (void)state;
    char w[][40] = {"eonay"};
    setenv("ACCESSIBLE", "1", 1);
    setenv("EONAY_READER", "1", 1);
    assert_int_equal(read_words(w, 1), -1);
    assert_true(got.plain && got.reader);
    setenv("ACCESSIBLE", "0", 1);
    unsetenv("EONAY_READER");
    assert_int_equal(read_words(w, 1), -1);
    assert_false(got.plain || got.reader);
    unsetenv("ACCESSIBLE");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_of_them),
        cmocka_unit_test(none),
        cmocka_unit_test(a_code_is_taken_and_blanked),
        cmocka_unit_test(every_code_is_blanked),
        cmocka_unit_test(a_dash_starts_at_the_empty_field),
        cmocka_unit_test(what_is_not_understood),
        cmocka_unit_test(tools_keep_their_own_options),
        cmocka_unit_test(the_environment),
    };
    return cmocka_run_group_tests_name("options", tests, NULL, NULL);
}
