#include "config.h"
#include "base/err.h"
#include "base/i18n.h"
#include "base/text.h"
#include "unit.h"

#include <langinfo.h>

static const char *folder(void)
{
    static char path[4096];
    const char *build = getenv("EONAY_BUILD");
    assert_non_null(build);
    snprintf(path, sizeof path, "%s/locale", build);
    return path;
}

static void both_languages_at_once(void **state)
{
    (void)state;
    i18n_init_at(LANG_TR, folder());
    assert_int_equal(i18n_lang(), LANG_TR);
    assert_string_equal(tr("The PIN was not accepted."), "PIN kodu kabul edilmedi.");
    assert_string_equal(tr_in(LANG_EN, "The PIN was not accepted."), "The PIN was not accepted.");
    i18n_set(LANG_EN);
    assert_string_equal(tr("The PIN was not accepted."), "The PIN was not accepted.");
    assert_string_equal(tr_in(LANG_TR, "The PIN was not accepted."), "PIN kodu kabul edilmedi.");
    assert_string_equal(
        tr("The PIN was not accepted."), "The PIN was not accepted."); /* a look aside changes nothing */
    i18n_set(LANG_TR);
    assert_string_equal(tr("The PIN was not accepted."), "PIN kodu kabul edilmedi.");
    assert_string_equal(tr("no such message"), "no such message");
    assert_string_equal(tr(""), "");
}

static void a_command_line_names_the_language(void **state)
{
    static char all[][12] = {"eonay", "--help", "--lang", "en", "--lang=tr", "--language"};
    char *const last[] = {all[0], all[1], all[2], all[3]}, *const joined[] = {all[0], all[4], all[1]},
                *const none[] = {all[0], all[5], all[3], all[2]};
    (void)state;
    i18n_init_at(LANG_TR, folder());
    i18n_heed(4, none);
    assert_int_equal(i18n_lang(), LANG_TR);
    i18n_heed(4, last);
    assert_int_equal(i18n_lang(), LANG_EN);
    i18n_heed(3, joined);
    assert_int_equal(i18n_lang(), LANG_TR);
}

static void every_note_is_said_in_turkish(void **state)
{
    (void)state;
    i18n_init_at(LANG_TR, folder());
    for (size_t i = 0; i < note_count(); i++) {
        const struct note *n = note_at(i);
        const char *said = tr(n->said), *advice = tr(n->advice);
        if (said == n->said || (advice == n->advice && advice[0] != '\0'))
            fail_msg("not translated: %s", n->slug);
        if (utf8_chars(said, strlen(said)) + 1 + utf8_chars(advice, strlen(advice)) > 158)
            fail_msg("too long for the message rows: %s", n->slug);
        if ((strstr(n->said, "{n}") == NULL) != (strstr(said, "{n}") == NULL) ||
            (strstr(n->said, "{time}") == NULL) != (strstr(said, "{time}") == NULL) ||
            (strstr(n->advice, "{time}") == NULL) != (strstr(advice, "{time}") == NULL))
            fail_msg("other slots than the English: %s", n->slug);
        assert_true(text_is_safe(said, strlen(said)));
    }
}

static const struct {
    unsigned long seconds;
    const char *turkish, *english;
} left[] = {{240, "4 dakika kaldı", "4 minutes left"}, {230, "3 dakika 50 saniye kaldı", "3 minutes 50 seconds left"},
    {180, "3 dakika kaldı", "3 minutes left"}, {90, "1 dakika 30 saniye kaldı", "1 minute 30 seconds left"},
    {61, "1 dakika 1 saniye kaldı", "1 minute 1 second left"}, {60, "1 dakika kaldı", "1 minute left"},
    {30, "30 saniye kaldı", "30 seconds left"}, {1, "1 saniye kaldı", "1 second left"},
    {0, "Süre doldu", "Time is up"}};

static void time_in_words(void **state)
{
    (void)state;
    i18n_init_at(LANG_TR, folder());
    for (size_t i = 0; i < COUNT(left); i++) {
        char out[64];
        i18n_set(LANG_TR);
        i18n_time_left(out, sizeof out, left[i].seconds);
        assert_string_equal(out, left[i].turkish);
        i18n_set(LANG_EN);
        i18n_time_left(out, sizeof out, left[i].seconds);
        assert_string_equal(out, left[i].english);
    }
    char out[64];
    i18n_duration(out, sizeof out, 240);
    assert_string_equal(out, "4 minutes");
    i18n_duration(out, sizeof out, 0);
    assert_string_equal(out, "0 seconds");
    i18n_set(LANG_TR);
    i18n_duration(out, sizeof out, 3601);
    assert_string_equal(out, "60 dakika 1 saniye");
}

static void slots_are_filled(void **state)
{
    (void)state;
    char out[64];
    i18n_init_at(LANG_TR, folder());
    i18n_fill(out, sizeof out, tr("Please try again in {time}."), 120);
    assert_string_equal(out, "Lütfen 2 dakika sonra yeniden deneyiniz.");
    i18n_fill(out, sizeof out, "{n}{n} {n", 7);
    assert_string_equal(out, "77 {n");
    i18n_fill(out, sizeof out, "%s %n {x} %35", 1);
    assert_string_equal(out, "%s %n {x} %35");
    i18n_fill(out, 4, "şşş", 1);
    assert_string_equal(out, "ş"); /* never half a character */
    i18n_fill(out, 5, "{n}6", 12345);
    assert_string_equal(out, "");
    i18n_fill(out, 1, "a", 1);
    assert_string_equal(out, "");
}

static void plurals(void **state)
{
    (void)state;
    i18n_init_at(LANG_EN, folder());
    assert_string_equal(tr_n("%lu minute", "%lu minutes", 1), "%lu minute");
    assert_string_equal(tr_n("%lu minute", "%lu minutes", 0), "%lu minutes");
    i18n_set(LANG_TR);
    assert_string_equal(tr_n("%lu minute", "%lu minutes", 1), "%lu dakika");
    assert_string_equal(tr_n("%lu minute", "%lu minutes", 5), "%lu dakika");
    assert_string_equal(tr_n("%lu not there", "%lu not here", 5), "%lu not here");
}

static void without_a_catalogue_it_is_english(void **state)
{
    (void)state;
    i18n_init_at(LANG_TR, "/no/such/folder");
    assert_string_equal(tr("The PIN was not accepted."), "The PIN was not accepted.");
}

/* Only LC_CTYPE is set; the codeset decides what the terminal takes, and LANGUAGE, LC_MESSAGES decide nothing. */
static void the_environment_names_only_the_codeset(void **state)
{
    (void)state;
    static const struct {
        const char *all, *ctype, *lang;
        enum charset charset;
    } cases[] = {
        {NULL, NULL, NULL, CHARSET_UTF8},
        {"", "", "", CHARSET_UTF8},
        {"C", NULL, NULL, CHARSET_ASCII},
        {"POSIX", NULL, "tr_TR.UTF-8", CHARSET_ASCII},
        {"C.UTF-8", NULL, NULL, CHARSET_UTF8},
        {NULL, "C", "C.UTF-8", CHARSET_ASCII},
        {NULL, NULL, "C", CHARSET_ASCII},
        {NULL, NULL, "xx_YY.UTF-8", CHARSET_UTF8}, /* not installed */
        {NULL, NULL, "xx_YY.utf8@x", CHARSET_UTF8},
        {NULL, NULL, "xx_YY", CHARSET_ASCII},
        {NULL, NULL, "xx_YY.ISO-8859-9", CHARSET_ASCII},
    };
    setenv("LANGUAGE", "en", 1);
    setenv("LC_MESSAGES", "en_US.UTF-8", 1);
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
        const char *const values[] = {cases[i].all, cases[i].ctype, cases[i].lang};
        for (size_t j = 0; j < 3; j++)
            if (values[j] == NULL ? unsetenv(names[j]) : setenv(names[j], values[j], 1))
                fail();
        setlocale(LC_ALL, "C");
        i18n_init_at(LANG_TR, folder());
        assert_int_equal(i18n_charset(), cases[i].charset);
        assert_string_equal(tr("The PIN was not accepted."), "PIN kodu kabul edilmedi.");
        assert_string_equal(setlocale(LC_NUMERIC, NULL), "C");
        assert_string_equal(setlocale(LC_TIME, NULL), "C");
    }
}

/* Where the machine has a Latin 5 locale: tests/check makes one for its Turkish pass. */
static void a_latin5_terminal_is_known(void **state)
{
    (void)state;
    setenv("LC_ALL", "tr_TR.ISO-8859-9", 1);
    if (setlocale(LC_CTYPE, "") == NULL)
        return;
    i18n_init_at(LANG_TR, folder());
    assert_int_equal(i18n_charset(), CHARSET_LATIN5);
    assert_string_equal(tr("Time is up"), "Süre doldu"); /* still UTF-8 inside */
}

/* A context tells words of one English form apart; nobody ever reads it. */
static void contexts_are_not_shown(void **state)
{
    (void)state;
    i18n_init_at(LANG_EN, folder());
    assert_string_equal(tr("nowhere|Leave"), "Leave");
    assert_string_equal(tr_in(LANG_TR, "nowhere|Leave"), "Leave");
    i18n_set(LANG_TR);
    assert_string_equal(tr("nowhere|Leave"), "Leave");
    assert_string_equal(tr_in(LANG_EN, "nowhere|Leave"), "Leave");
    assert_string_equal(tr("--lang tr|en"), "--lang tr|en"); /* a bar like any other character */
    assert_string_equal(tr("|"), "|");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(both_languages_at_once),
        cmocka_unit_test(a_command_line_names_the_language), cmocka_unit_test(every_note_is_said_in_turkish),
        cmocka_unit_test(time_in_words), cmocka_unit_test(slots_are_filled), cmocka_unit_test(plurals),
        cmocka_unit_test(without_a_catalogue_it_is_english), cmocka_unit_test(the_environment_names_only_the_codeset),
        cmocka_unit_test(a_latin5_terminal_is_known), cmocka_unit_test(contexts_are_not_shown)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
