/* eonay-pin as programs run it, from a pipe: what it says, its exit status, what it costs. (At a terminal:
 * tests/journeys/pin.sh.) */
#include "config.h"

#include <fcntl.h>
#include <setjmp.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>
#include <cmocka.h>
#include "cast.h"

#define NEW_PIN "246813"
#define THREE(old, new, again) old "\n" new "\n" again "\n"
#define WELL THREE(DESK_PIN, NEW_PIN, NEW_PIN)

static struct cast cast;
static struct desk desk;
static char said[8192];

static uint64_t tries(void)
{
    return fake_logins(&desk.fake) + fake_calls(&desk.fake, P11_C_SetPIN);
}

static void path_of(char out[160], const char *name)
{
    snprintf(out, 160, "%s/%s", desk.dir, name);
}

static void input_write(const char *input)
{
    char path[160];
    FILE *f;

    path_of(path, "input");
    f = fopen(path, "w");
    assert_non_null(f);
    assert_true(fputs(input, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

static void said_read(void)
{
    char path[160];
    FILE *f;

    path_of(path, "said");
    f = fopen(path, "r");
    assert_non_null(f);
    said[fread(said, 1, sizeof said - 1, f)] = '\0';
    fclose(f);
}

/* `more`: up to three words behind `change --config FILE`. */
static int run(const char *input, const char *const more[3])
{
    const char *build = getenv("EONAY_BUILD"), *asan = getenv("ASAN_OPTIONS");
    char program[512], config[160], in[160], out[160], env[512];
    char name[] = "eonay-pin", change[] = "change", opt[] = "--config", words[3][32];
    char *argv[8] = {name, change, opt, config}, *envp[] = {env, NULL};
    posix_spawn_file_actions_t to;
    pid_t pid;
    int status;

    snprintf(program, sizeof program, "%s/eonay-pin", build != NULL ? build : ".");
    snprintf(env, sizeof env, "ASAN_OPTIONS=%s", asan != NULL ? asan : "");
    path_of(config, "wizard.yaml");
    path_of(in, "input");
    path_of(out, "said");
    input_write(input);
    for (size_t i = 0; i < 3 && more[i] != NULL; i++) {
        snprintf(words[i], sizeof words[i], "%s", more[i]);
        argv[4 + i] = words[i];
    }
    assert_int_equal(posix_spawn_file_actions_init(&to), 0);
    assert_int_equal(posix_spawn_file_actions_addopen(&to, 0, in, O_RDONLY, 0), 0);
    assert_int_equal(posix_spawn_file_actions_addopen(&to, 1, out, O_WRONLY | O_CREAT | O_TRUNC, 0600), 0);
    assert_int_equal(posix_spawn_file_actions_adddup2(&to, 1, 2), 0);
    assert_int_equal(posix_spawn(&pid, program, &to, NULL, argv, envp), 0);
    posix_spawn_file_actions_destroy(&to);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    said_read();
    if (strstr(said, DESK_PIN) != NULL || strstr(said, NEW_PIN) != NULL)
        fail_msg("a PIN is said: %s", said);
    return WEXITSTATUS(status);
}

static void ends(const char *input, int status, const char *words)
{
    int got = run(input, (const char *const[3]){NULL});

    if (got != status || strstr(said, words) == NULL)
        fail_msg("status %d, not %d: \"%s\", not \"%s\"", got, status, said, words);
}

static void begin(const char *token_words, const char *faults)
{
    cast_desk_fake(&cast, &desk);
    desk_settings(&desk, fake_module());
    desk_card(&desk, token_words, faults);
}

/* ---- well ---- */

static void three_lines_change_it(void **state)
{
    (void)state;
    begin("change", "");
    ends(WELL, EX_OK, "PIN kodunuz değiştirildi.");
    assert_non_null(strstr(said, "1. Kart: TEST, Okuyucu: TEST okuyucu, PIN kodu değiştirilmeli"));
    assert_int_equal(tries(), 1);
    ends(THREE(NEW_PIN, "97531", "97531"), EX_OK, "TEST okuyucu\n");
    desk_remove(&desk);
}

static void in_english_when_asked(void **state)
{
    (void)state;
    begin("", "");
    assert_int_equal(run(WELL, (const char *const[3]){"--lang", "en"}), EX_OK);
    assert_non_null(strstr(said, "Your PIN has been changed."));
    desk_remove(&desk);
}

static void softhsm_too(void **state)
{
    (void)state;
    cast_desk_one(&cast, &desk);
    desk_settings(&desk, softhsm_module());
    ends(THREE("000000", NEW_PIN, NEW_PIN), EX_NOPERM, "PIN kodu kabul edilmedi");
    ends(WELL, EX_OK, "değiştirildi");
    ends(WELL, EX_NOPERM, "PIN kodu kabul edilmedi");
    ends(THREE(NEW_PIN, DESK_PIN, DESK_PIN), EX_OK, "değiştirildi");
    desk_remove(&desk);
}

static void a_pad_takes_no_lines(void **state)
{
    (void)state;
    begin("pad=" DESK_PIN, "");
    ends("", EX_OK, "kart okuyucunun tuşlarıyla giriniz");
    assert_int_equal(tries(), 1);
    desk_card(&desk, "pad=cancel", "");
    ends("", EX_NOINPUT, "okuyucuda iptal edildi");
    desk_remove(&desk);
}

static void a_card_that_wants_a_login_takes_three_lines_more(void **state)
{
    (void)state;
    begin("expired login-first", "");
    ends(WELL, EX_NOINPUT, "bir kez daha istiyor");
    assert_int_equal(fake_logins(&desk.fake), 0);
    ends(WELL WELL, EX_OK, "değiştirildi");
    assert_int_equal(fake_logins(&desk.fake), 1);
    desk_remove(&desk);
}

/* ---- not ---- */

static void what_cannot_be_is_not_tried(void **state)
{
    static const struct {
        const char *input, *words;
        int status;
    } cases[] = {
        {"", "", EX_NOINPUT},
        {DESK_PIN "\n" NEW_PIN "\n", "", EX_NOINPUT},
        {THREE("", NEW_PIN, NEW_PIN), "Eski PIN kodu yazılmadı.", EX_DATAERR},
        {THREE("123", NEW_PIN, NEW_PIN), "en az 4 hane", EX_DATAERR},
        {THREE("123456789", NEW_PIN, NEW_PIN), "Eski PIN kodu en çok 8 hane olabilir.", EX_DATAERR},
        {THREE("12345a", NEW_PIN, NEW_PIN), "Eski PIN kodu yalnız rakamlardan oluşabilir.", EX_DATAERR},
        {THREE(DESK_PIN, "123", "123"), "Yeni PIN kodu en az 4 hane", EX_DATAERR},
        {THREE(DESK_PIN, "123456789", "123456789"), "Yeni PIN kodu en çok 8 hane", EX_DATAERR},
        {THREE(DESK_PIN, "12 456", "12 456"), "Yeni PIN kodu yalnız rakamlardan", EX_DATAERR},
        {THREE(DESK_PIN, NEW_PIN, "246814"), "iki kez aynı yazılmadı", EX_DATAERR},
        {THREE(DESK_PIN, DESK_PIN, DESK_PIN), "eskisiyle aynı", EX_DATAERR},
    };

    (void)state;
    begin("max=8", "");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        ends(cases[i].input, cases[i].status, cases[i].words);
    assert_int_equal(tries(), 0);
    desk_remove(&desk);
}

static void a_locked_card_is_not_asked(void **state)
{
    (void)state;
    begin("wrong=3", "");
    ends(WELL, EX_NOPERM, "Kilit Çözme");
    assert_int_equal(tries(), 0);
    desk_remove(&desk);
}

static void a_last_try_is_used_only_when_named(void **state)
{
    (void)state;
    begin("wrong=2", "");
    ends(WELL, EX_NOPERM, "son PIN denemesi");
    ends("\n" WELL, EX_NOPERM, "--last-try");
    assert_int_equal(tries(), 0);
    assert_int_equal(run(WELL, (const char *const[3]){"--last-try"}), EX_OK);
    assert_int_equal(tries(), 1);
    desk_remove(&desk);
}

static void what_the_card_says_is_told(void **state)
{
    static const struct {
        const char *fault, *words;
        int status;
    } cases[] = {
        {"fail C_SetPIN PIN_TOO_WEAK\n", "kabul etmedi. Lütfen kolay tahmin edilmeyen", EX_DATAERR},
        {"fail C_SetPIN FUNCTION_NOT_SUPPORTED\n", "burada değiştirilemiyor", EX_NOPERM},
        {"crash C_SetPIN\n", "eskisi de hâlâ geçerli olabilir", EX_TEMPFAIL},
        {"crash C_Initialize\n", "Kart yazılımı", EX_UNAVAILABLE},
    };

    (void)state;
    begin("", "");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        desk_card(&desk, "", cases[i].fault);
        ends(WELL, cases[i].status, cases[i].words);
    }
    desk_take_out(&desk);
    ends(WELL, EX_UNAVAILABLE, "Okuyucuda kart yok");
    desk_settings(&desk, "/nonexistent/module.so");
    ends(WELL, EX_UNAVAILABLE, "kurulu değil");
    desk_remove(&desk);
}

/* ---- several cards, wrong usage ---- */

static void one_of_several_cards_is_named(void **state)
{
    (void)state;
    begin("", "");
    fake_script(
        &desk.fake, "slot 1 A\ntoken ONE serial=1 pin=%s\nslot 2 B\ntoken TWO serial=2 pin=%s\n", DESK_PIN, DESK_PIN);
    ends(WELL, EX_USAGE, "2. Kart: TWO, Okuyucu: B\nKartı --card N ile belirtiniz.");
    assert_int_equal(tries(), 0);
    assert_int_equal(run(WELL, (const char *const[3]){"--card", "3"}), EX_USAGE);
    assert_non_null(strstr(said, "2. Kart: TWO, Okuyucu: B\nBöyle bir kart yok."));
    assert_int_equal(run(WELL, (const char *const[3]){"--card", "65"}), EX_USAGE);
    assert_non_null(strstr(said, "Böyle bir kart yok."));
    assert_int_equal(run(WELL, (const char *const[3]){"--card", "2"}), EX_OK);
    assert_int_equal(tries(), 1);
    assert_int_equal(run(WELL, (const char *const[3]){"--card", "1"}), EX_OK); /* still the old one */
    desk_remove(&desk);
}

static void what_is_not_understood_is_refused(void **state)
{
    (void)state;
    begin("", "");
    assert_int_equal(run(WELL, (const char *const[3]){"--card", "5"}), EX_USAGE);
    assert_non_null(strstr(said, "1. Kart: "));
    assert_non_null(strstr(said, "Böyle bir kart yok."));
    assert_int_equal(run(WELL, (const char *const[3]){"--card", "0"}), EX_USAGE);
    assert_int_equal(run(WELL, (const char *const[3]){"--nothing"}), EX_USAGE);
    assert_int_equal(run(WELL, (const char *const[3]){"more"}), EX_USAGE);
    assert_int_equal(run(WELL, (const char *const[3]){"--lang", "de"}), EX_USAGE);
    assert_int_equal(run("", (const char *const[3]){"--help"}), EX_OK);
    assert_non_null(strstr(said, "--last-try"));
    assert_int_equal(run(WELL, (const char *const[3]){"--config", "/nonexistent"}), EX_CONFIG);
    assert_int_equal(tries(), 0);
    desk_remove(&desk);
}

static int make(void **state)
{
    (void)state;
    cast_make(&cast);
    return 0;
}

static int done(void **state)
{
    (void)state;
    cast_done(&cast);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_lines_change_it),
        cmocka_unit_test(in_english_when_asked),
        cmocka_unit_test(softhsm_too),
        cmocka_unit_test(a_pad_takes_no_lines),
        cmocka_unit_test(a_card_that_wants_a_login_takes_three_lines_more),
        cmocka_unit_test(what_cannot_be_is_not_tried),
        cmocka_unit_test(a_locked_card_is_not_asked),
        cmocka_unit_test(a_last_try_is_used_only_when_named),
        cmocka_unit_test(what_the_card_says_is_told),
        cmocka_unit_test(one_of_several_cards_is_named),
        cmocka_unit_test(what_is_not_understood_is_refused),
    };

    return cmocka_run_group_tests_name("pin", tests, make, done);
}
