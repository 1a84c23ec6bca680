#include "config.h"
#include "unit/base/unit.h"
#include "base/i18n.h"
#include "wizard/options.h"

#include <fcntl.h>
#include <getopt.h>
#include <sysexits.h>

static struct {
    char words[8][96];
    char *argv[9];
    int argc;
    struct options o;
} line;

/* Words on stdout and stderr are not for the test's TAP. */
static int read_quietly(void)
{
    fflush(NULL);
    int out = dup(STDOUT_FILENO), err = dup(STDERR_FILENO), null = open("/dev/null", O_WRONLY);
    assert_true(out >= 0 && err >= 0 && null >= 0);
    dup2(null, STDOUT_FILENO);
    dup2(null, STDERR_FILENO);
    optind = 0;
    int status = options_read(line.argc, line.argv, &line.o);
    fflush(NULL);
    dup2(out, STDOUT_FILENO);
    dup2(err, STDERR_FILENO);
    close(out);
    close(err);
    close(null);
    return status;
}

static int given(size_t n, const char *const words[])
{
    memset(&line, 0, sizeof line);
    line.argc = (int)n + 1;
    line.argv[0] = strcpy(line.words[0], "eonay");
    for (size_t i = 0; i < n; i++)
        line.argv[i + 1] = strcpy(line.words[i + 1], words[i]);
    return read_quietly();
}
#define GIVEN(...)                                                                                                     \
    given(sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *), (const char *const[]){__VA_ARGS__})

static bool argv_holds(const char *word)
{
    return memmem(line.words, sizeof line.words, word, strlen(word)) != NULL;
}

static void nothing_is_asked_for(void **state)
{
    (void)state;
    assert_int_equal(given(0, NULL), -1);
    assert_null(line.o.config);
    assert_int_equal(line.o.lang, -1);
    assert_false(line.o.plain || line.o.reader || line.o.kiosk || line.o.code_mode);
    assert_null(line.o.tool);
}

static void everything_is_asked_for(void **state)
{
    (void)state;
    assert_int_equal(GIVEN("--config", "x.yaml", "--plain", "--reader", "--lang=en", "--kiosk"), -1);
    assert_string_equal(line.o.config, "x.yaml");
    assert_int_equal(line.o.lang, LANG_EN);
    assert_true(line.o.plain && line.o.reader && line.o.kiosk && !line.o.code_mode);
}

/* However it was given, right or wrong. */
static void a_code_is_blanked_in_argv(void **state)
{
    (void)state;
    assert_int_equal(GIVEN("--code", "K7QM-3XPD-9R4T"), -1);
    assert_string_equal(line.o.code, "K7QM-3XPD-9R4T");
    assert_true(line.o.code_mode);
    assert_false(argv_holds("K7QM"));
    assert_int_equal(GIVEN("--code=K7QM-3XPD-9R4T", "--plain"), -1);
    assert_false(argv_holds("K7QM") || argv_holds("9R4T"));
    assert_int_equal(GIVEN("--cod=K7QM-3XPD-9R4T"), -1);
    assert_false(argv_holds("K7QM"));
    assert_int_equal(GIVEN("--code", "K7QM-3XPD-9R4T", "--code", "AAAA-AAAA-AAAA"), -1);
    assert_false(argv_holds("K7QM") || argv_holds("AAAA"));
    assert_int_equal(GIVEN("--code", "K7QM-3XPD-9R4T-K7QM-3XPD-9R4T-K7QM-3XPD-9R4T-K7QM-3XPD-9R4T"), EX_USAGE);
    assert_false(argv_holds("K7QM") || argv_holds("9R4T"));
}

static void a_dash_only_begins_at_the_code(void **state)
{
    (void)state;
    assert_int_equal(GIVEN("--code", "-"), -1);
    assert_true(line.o.code_mode);
    assert_string_equal(line.o.code, "");
    assert_true(argv_holds("-"));
}

static void what_is_not_understood_is_refused(void **state)
{
    (void)state;
    assert_int_equal(GIVEN("--lang", "de"), EX_USAGE);
    assert_int_equal(GIVEN("--lang"), EX_USAGE);
    assert_int_equal(GIVEN("--config"), EX_USAGE);
    assert_int_equal(GIVEN("--code"), EX_USAGE);
    assert_int_equal(GIVEN("--pin", "1234"), EX_USAGE);
    assert_int_equal(GIVEN("--c", "x"), EX_USAGE); /* config or code? */
    assert_int_equal(GIVEN("K7QM-3XPD-9R4T"), EX_USAGE);
    assert_int_equal(GIVEN("--plain", "verify"), EX_USAGE); /* a tool comes first */
    assert_int_equal(GIVEN("../verify"), EX_USAGE);
    assert_int_equal(GIVEN("--help"), EX_OK);
    assert_int_equal(GIVEN("--version"), EX_OK);
}

static void a_tool_gets_its_own_words(void **state)
{
    (void)state;
    assert_int_equal(GIVEN("verify", "--bogus", "x"), -1);
    assert_ptr_equal(line.o.tool, line.argv + 1);
    assert_string_equal(line.o.tool[1], "--bogus");
}

static void the_environment_asks_for_looks_only(void **state)
{
    (void)state;
    setenv("EONAY_READER", "1", 1);
    setenv("EONAY_CONFIG", "/evil", 1);
    setenv("EONAY_CODE", "AAAA", 1);
    assert_int_equal(given(0, NULL), -1);
    assert_true(line.o.reader);
    assert_null(line.o.config);
    assert_false(line.o.code_mode);
    setenv("EONAY_READER", "0", 1);
    setenv("ACCESSIBLE", "1", 1);
    assert_int_equal(given(0, NULL), -1);
    assert_false(line.o.reader);
    assert_true(line.o.plain);
    unsetenv("EONAY_READER");
    unsetenv("ACCESSIBLE");
}

UNIT_MAIN(cmocka_unit_test(nothing_is_asked_for), cmocka_unit_test(everything_is_asked_for),
    cmocka_unit_test(a_code_is_blanked_in_argv), cmocka_unit_test(a_dash_only_begins_at_the_code),
    cmocka_unit_test(what_is_not_understood_is_refused), cmocka_unit_test(a_tool_gets_its_own_words),
    cmocka_unit_test(the_environment_asks_for_looks_only))
