/* The shell from end to end without a terminal: a scripted person, fake workers that are real processes. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* after the four above */
#include <cmocka.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "stage.h"
#include "wizard/keypad.h"

#define TCKN "10000000146"
#define CODE_AT_FULL ST_CODE_FULL
static const struct options standard = {.lang = LANG_TR};

#define LOGIN_CUES                                                                                                     \
    CHOOSE(ST_MENU, CH_LOGIN), CHOOSE(ST_GATEWAY, CH_GATEWAY), {.at = ST_LOGIN, .tckn = TCKN},                         \
    {                                                                                                                  \
        .at = ST_LOGIN, .password = "parola12", .ev = {.kind = EV_CHOOSE, .value = CH_SIGN_IN }                        \
    }
#define CODE_CUES CHOOSE(ST_HOME, CH_NES), CHOOSE(ST_NES, CH_EONAY), CHOOSE(ST_ACCEPT, CH_CONTINUE)
#define OPEN_CUES CHOOSE(ST_CODE, CH_HERE), CHOOSE(ST_CODE_FULL, CH_NEXT)
#define TEXT_CUES {.at = ST_SIGN, .ev = {.kind = EV_TEXT_END}}, CHOOSE(ST_SIGN, CH_TEXT_READ)
#define PIN_CUES(word)                                                                                                 \
    CHOOSE_SAID(ST_SIGN, ERR_CERT_CHOSEN, CH_CERT_OK),                                                                 \
    {                                                                                                                  \
        .at = ST_SIGN, .note = ERR_TYPE_PIN, .pin = (word), .ev = {.kind = EV_CHOOSE, .value = CH_SIGN }               \
    }
#define WAY_CUES LOGIN_CUES, CODE_CUES, OPEN_CUES, TEXT_CUES
#define OUT_CUES CHOOSE(ST_SUCCESS, CH_CLOSE), CHOOSE(ST_RESULT, CH_LOGOUT)

#define PLAY(stage, options, script) stage_play((stage), (options), (script), sizeof(script) / sizeof(script)[0])

static const char *on_disk; /* the folder of the stage */

static void assert_no_child(void)
{
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
}

static void forgotten(struct wizard *w)
{
    static const struct form empty;
    assert_string_equal(w->facts.person_name, "");
    assert_string_equal(w->facts.code, "");
    assert_string_equal(w->facts.text, "");
    assert_memory_equal(&w->form, &empty, sizeof empty);
    assert_int_equal(secret_len(w->desk.pin) + secret_len(w->desk.password), 0);
    assert_int_equal(w->cms.len + w->text.len, 0);
}

/* --- the way --------------------------------------------------------------------------------------------------------
 */

static void at_success(struct wizard *w)
{
    assert_string_equal(w->facts.consent_number, "2019-000042");
    assert_int_equal(w->facts.stamp, 1);
    assert_int_equal(secret_len(w->desk.pin), 0);
}

static void the_whole_way(void **state)
{
    (void)state;
    static const struct cue script[] = {WAY_CUES, PIN_CUES("123456"), DO(ST_SUCCESS, at_success), OUT_CUES};
    struct stage s;
    stage_open(&s, "", "", 1, "");
    assert_true(PLAY(&s, standard, script));
    assert_int_equal(s.status, 0);
    assert_no_child();
    const char *net = stage_read(&s, "net.log");
    const char *order[] = {"START", "METHODS", "LOGIN", "TCKN 11", "SECRET 8", "REQUEST", "OPEN", "CODE ", "SUBMIT",
        "CMS signed(", "STATUS", "LOGOUT"};
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        net = strstr(net, order[i]);
        assert_non_null(net);
    }
    const char *token = stage_read(&s, "token.log");
    assert_int_equal(stage_count(token, "SIGN 0 with 01"), 1);
    assert_int_equal(stage_count(token, "SECRET 6"), 1);
    assert_non_null(strstr(token, "HOLDER 100******46"));
    stage_close(&s);
}

/* Keys without end, as from a stuck one or a huge paste: answers and cards come through all the same. */
static void a_flood_of_keys_keeps_nothing_out(void **state)
{
    (void)state;
    static const struct cue script[] = {LOGIN_CUES,
        {.at = ST_HOME, .flood = true, .ev = {.kind = EV_CHOOSE, .value = CH_NES}}, CHOOSE(ST_NES, CH_EONAY),
        CHOOSE(ST_ACCEPT, CH_CONTINUE), {.at = ST_CODE, .flood = true, .ev = {.kind = EV_CHOOSE, .value = CH_HERE}},
        {.at = ST_CODE_FULL, .flood = true, .ev = {.kind = EV_CHOOSE, .value = CH_NEXT}},
        {.at = ST_SIGN, .flood = true, .ev = {.kind = EV_TEXT_END}}, CHOOSE(ST_SIGN, CH_TEXT_READ), PIN_CUES("123456"),
        {.at = ST_SUCCESS, .flood = true, .ev = {.kind = EV_CHOOSE, .value = CH_CLOSE}}, CHOOSE(ST_RESULT, CH_LOGOUT)};
    struct stage s;
    stage_open(&s, "", "", 1, "");
    assert_true(PLAY(&s, standard, script));
    assert_int_equal(s.status, 0);
    assert_int_equal(s.forgotten, 1); /* the face hears of it too */
    stage_close(&s);
}

/* The code of the request, its creation time and the server's time go into what is signed. */
static void what_is_signed(void **state)
{
    (void)state;
    static const struct cue script[] = {WAY_CUES, PIN_CUES("123456"), OUT_CUES};
    struct stage s;
    unsigned long created = 0, at = 0;
    unsigned text = 0;
    char code[16] = "", opened[16] = "";
    stage_open(&s, "", "", 1, "");
    assert_true(PLAY(&s, standard, script));
    const char *net = stage_read(&s, "net.log");
    assert_int_equal(sscanf(strstr(net, "signed("), "signed(%u,%12[^,],%lu,%lu)", &text, code, &created, &at), 4);
    assert_int_equal(sscanf(strstr(net, "CODE "), "CODE %12s", opened), 1);
    assert_int_equal(text, strlen("Denenecek metin: KABUL EDİYORUM.\n"));
    assert_string_equal(code, opened);
    assert_int_equal(created, 1566893421);
    assert_true(at >= 1566893427 && at <= 1566893427 + 20);
    stage_close(&s);
}

static void wrong_pin_then_right(void **state)
{
    (void)state;
    static const struct cue script[] = {WAY_CUES, PIN_CUES("654321"),
        {.at = ST_SIGN, .note = ERR_PIN_LOW, .pin = "123456", .ev = {.kind = EV_CHOOSE, .value = CH_SIGN}}, OUT_CUES};
    struct stage s;
    stage_open(&s, "", "", 1, "");
    assert_true(PLAY(&s, standard, script));
    assert_int_equal(stage_count(stage_read(&s, "token.log"), "SECRET 6"), 2);
    stage_close(&s);
}

static void wrong_password(void **state)
{
    (void)state;
    static const struct cue script[] = {CHOOSE(ST_MENU, CH_LOGIN), CHOOSE(ST_GATEWAY, CH_GATEWAY),
        {.at = ST_LOGIN, .tckn = TCKN},
        {.at = ST_LOGIN, .password = "yanlis", .ev = {.kind = EV_CHOOSE, .value = CH_SIGN_IN}},
        {.at = ST_LOGIN,
            .note = ERR_LOGIN_REFUSED,
            .password = "parola12",
            .ev = {.kind = EV_CHOOSE, .value = CH_SIGN_IN}},
        CHOOSE(ST_HOME, CH_LOGOUT)};
    struct stage s;
    stage_open(&s, "", "", 1, "");
    assert_true(PLAY(&s, standard, script));
    const char *net = stage_read(&s, "net.log");
    assert_int_equal(stage_count(net, "SECRET 6"), 1);
    assert_int_equal(stage_count(net, "SECRET 8"), 1);
    stage_close(&s);
}

static void a_code_given_on_the_command_line(void **state)
{
    (void)state;
    static const struct cue script[] = {CHOOSE(ST_CODE_EMPTY, CH_NEXT),
        {.at = ST_CODE_EMPTY, .note = ERR_CODE_CHECK, .ev = {.kind = EV_BACK}}, CHOOSE(ST_LEAVE, CH_LEAVE)};
    struct options o = {.lang = LANG_TR, .code_mode = true, .code = "123456789ABC"};
    struct stage s;
    stage_open(&s, "", "", 1, "");
    assert_true(PLAY(&s, o, script));
    assert_int_equal(s.status, 0);
    stage_close(&s);
}

/* --- cards and drivers
 * ------------------------------------------------------------------------------------------------ */

static void take_out(struct wizard *w)
{
    assert_int_equal(secret_len(w->desk.pin), 3);
    stage_touch("out-0");
}

static void put_back(struct wizard *w)
{
    assert_int_equal(secret_len(w->desk.pin), 0);
    stage_remove("out-0");
}

static void card_out_and_in(void **state)
{
    (void)state;
    static const struct cue script[] = {WAY_CUES, CHOOSE_SAID(ST_SIGN, ERR_CERT_CHOSEN, CH_CERT_OK),
        {.at = ST_SIGN, .note = ERR_TYPE_PIN, .pin = "123", .then = take_out},
        {.at = ST_NO_CARD, .note = ERR_CARD_GONE, .then = put_back},
        {.at = ST_SIGN, .note = ERR_CARD_SEEN, .pin = "123456", .ev = {.kind = EV_CHOOSE, .value = CH_SIGN}}, OUT_CUES};
    struct stage s;
    stage_open(&s, "", "", 1, "");
    assert_true(PLAY(&s, standard, script));
    stage_close(&s);
}

static void put_other(struct wizard *w)
{
    (void)w;
    stage_touch("other-0");
    stage_remove("out-0");
}

static void another_card_comes_back(void **state)
{
    (void)state;
    static const struct cue script[] = {WAY_CUES, CHOOSE_SAID(ST_SIGN, ERR_CERT_CHOSEN, CH_CERT_OK),
        {.at = ST_SIGN, .note = ERR_TYPE_PIN, .pin = "123", .then = take_out},
        {.at = ST_NO_CARD, .note = ERR_CARD_GONE, .then = put_other}, CHOOSE_SAID(ST_SIGN, ERR_CARD_OTHER, CH_CERT_OK),
        {.at = ST_SIGN, .note = ERR_TYPE_PIN, .pin = "123456", .ev = {.kind = EV_CHOOSE, .value = CH_SIGN}}, OUT_CUES};
    struct stage s;
    stage_open(&s, "", "", 1, "");
    assert_true(PLAY(&s, standard, script));
    assert_int_equal(stage_count(stage_read(&s, "token.log"), "with 41"), 1);
    stage_close(&s);
}

/* One PIN was typed and lost with the driver: it is asked for again, the certificate is not. */
static void a_crashing_driver(void **state)
{
    (void)state;
    static const struct cue script[] = {WAY_CUES, PIN_CUES("123456"),
        {.at = ST_SIGN, .note = ERR_CARD_RUN, .pin = "123456", .ev = {.kind = EV_TOUCH}},
        {.at = ST_SIGN, .card_up = true, .ev = {.kind = EV_CHOOSE, .value = CH_SIGN}}, OUT_CUES};
    struct stage s;
    stage_open(&s, "", "crash", 1, "");
    assert_true(PLAY(&s, standard, script));
    const char *token = stage_read(&s, "token.log");
    assert_true(stage_count(token, "START 0") >= 2);
    stage_close(&s);
}

static void wait_for_restart(struct wizard *w)
{
    (void)w;
}

static void a_hanging_driver(void **state)
{
    (void)state;
    static const struct cue script[] = {WAY_CUES, PIN_CUES("123456"), DO(ST_SIGN, wait_for_restart),
        {.at = ST_SIGN, .note = ERR_CARD_SILENT, .ev = {.kind = EV_BACK}}, CHOOSE(ST_LEAVE, CH_LEAVE),
        CHOOSE(ST_HOME, CH_LOGOUT)};
    struct stage s;
    stage_open(&s, "", "hang", 1, "hang_ms: 300\n");
    assert_true(PLAY(&s, standard, script));
    assert_no_child();
    assert_int_equal(stage_count(stage_read(&s, "token.log"), "SECRET 6"), 1);
    stage_close(&s);
}

static void two_drivers(void **state)
{
    (void)state;
    static const struct cue script[] = {WAY_CUES, CHOOSE_SAID(ST_SIGN, ERR_CERT_PICK, CH_CERT_LIST),
        {.at = ST_CERTS, .ev = {.kind = EV_CHOOSE, .value = CH_CERT, .arg = 1}},
        {.at = ST_SIGN, .note = ERR_TYPE_PIN, .pin = "123", .ev = {.kind = EV_CHOOSE, .value = CH_SIGN}},
        {.at = ST_SIGN, .note = ERR_PIN_SHORT, .pin = "456", .ev = {.kind = EV_CHOOSE, .value = CH_SIGN}}, OUT_CUES};
    struct stage s;
    stage_open(&s, "", "", 2, "");
    assert_true(PLAY(&s, standard, script));
    assert_int_equal(stage_count(stage_read(&s, "token.log"), "SIGN 1 with 11"), 1);
    stage_close(&s);
}

static void other_driver_dies(struct wizard *w)
{
    kill(w->tokens[1].pid, SIGKILL);
}

static void look_on(struct wizard *w)
{
    assert_int_equal(secret_len(w->desk.pin), 6);
    assert_int_equal(w->flow.pin_len, 6);
}

static void another_drivers_end_changes_nothing(void **state)
{
    (void)state;
    static const struct cue script[] = {WAY_CUES, CHOOSE_SAID(ST_SIGN, ERR_CERT_PICK, CH_CERT_LIST),
        {.at = ST_CERTS, .ev = {.kind = EV_CHOOSE, .value = CH_CERT, .arg = 0}},
        {.at = ST_SIGN, .note = ERR_TYPE_PIN, .pin = "123456", .then = other_driver_dies},
        {.at = ST_SIGN, .then = look_on, .ev = {.kind = EV_CHOOSE, .value = CH_SIGN}}, OUT_CUES};
    struct stage s;
    stage_open(&s, "", "", 2, "");
    assert_true(PLAY(&s, standard, script));
    stage_close(&s);
}

/* --- the keypad's order ------------------------------------------------------------------------------------------ */

static char orders[2][11];

static bool is_order(const char *s)
{
    unsigned seen = 0;
    for (const char *c = s; *c >= '0' && *c <= '9'; c++)
        seen |= 1u << (*c - '0');
    return strlen(s) == 10 && seen == 0x3ff;
}

/* Each digit has each place about as often. */
static void every_order_is_as_likely(void **state)
{
    enum { ROUNDS = 20000 };
    static unsigned at[10][10];
    char order[11];
    (void)state;
    memset(at, 0, sizeof at);
    for (unsigned n = 0; n < ROUNDS; n++) {
        keypad_shuffle(order);
        assert_true(is_order(order));
        for (size_t i = 0; i < 10; i++)
            at[i][order[i] - '0']++;
    }
    for (size_t i = 0; i < 100; i++) /* 2000 expected, 42 the standard deviation */
        assert_in_range(at[i / 10][i % 10], 1600, 2400);
}

static void keep_first(struct wizard *w)
{
    memcpy(orders[0], w->facts.keypad, sizeof orders[0]);
}

static void keep_second(struct wizard *w)
{
    memcpy(orders[1], w->facts.keypad, sizeof orders[1]);
}

#define KEYPAD_CUES                                                                                                    \
    WAY_CUES, {.at = ST_SIGN, .then = keep_first, .ev = {.kind = EV_CHOOSE, .value = CH_CERT_LIST}},                   \
        {.at = ST_CERTS, .ev = {.kind = EV_BACK}}, DO(ST_SIGN, keep_second), PIN_CUES("123456"), OUT_CUES

static void the_keypad_changes_for_each_visit(void **state)
{
    (void)state;
    static const struct cue script[] = {KEYPAD_CUES};
    struct stage s;
    stage_open(&s, "", "", 1, "keypad_order: shuffled\n");
    assert_true(PLAY(&s, standard, script));
    assert_true(is_order(orders[0]) && is_order(orders[1]));
    assert_string_not_equal(orders[0], orders[1]); /* once in three million the same */
    stage_close(&s);
}

static void the_keypad_stands_still_otherwise(void **state)
{
    (void)state;
    static const struct cue script[] = {KEYPAD_CUES};
    struct stage s;
    stage_open(&s, "", "", 1, "");
    assert_true(PLAY(&s, standard, script));
    assert_string_equal(orders[0], "");
    assert_string_equal(orders[1], "");
    stage_close(&s);
}

/* --- the receipt ----------------------------------------------------------------------------------------------------
 */

static void to_folder(struct wizard *w)
{
    static char folder[64];
    snprintf(folder, sizeof folder, "%s", on_disk);
    assert_non_null(strstr(w->form.path, "2019-000042.asice"));
    snprintf(w->form.path, sizeof w->form.path, "%s/m.asice", folder);
}

static void page_is_clean(struct wizard *w)
{
    assert_string_equal(w->facts.page, "?]0;owned?Makbuz\nsatir?2J\n");
    assert_int_equal(w->facts.receipt_early, 1);
}

static void has_code(struct wizard *w)
{
    assert_int_equal(strlen(w->facts.receipt_code), CODE_LEN);
    assert_string_equal(w->facts.receipt_address, "https://127.0.0.1:1/v1/receipts/x");
    assert_true(w->facts.receipt_until > 0);
}

#define RECEIPT_CUES PIN_CUES("123456"), CHOOSE(ST_SUCCESS, CH_RECEIPT)
#define HOME_CUES CHOOSE(ST_RECEIPT, CH_CANCEL), OUT_CUES

static void a_receipt_goes_every_way(void **state)
{
    (void)state;
    static const struct cue script[] = {WAY_CUES, RECEIPT_CUES, CHOOSE(ST_RECEIPT, CH_SAVE),
        {.at = ST_RECEIPT_SAVE, .then = to_folder, .ev = {.kind = EV_CHOOSE, .value = CH_SAVE}},
        CHOOSE_SAID(ST_RECEIPT, ERR_RECEIPT_SAVED, CH_SHOW),
        {.at = ST_RECEIPT_PAGE, .then = page_is_clean, .ev = {.kind = EV_BACK}}, CHOOSE(ST_RECEIPT, CH_PRINT),
        CHOOSE_SAID(ST_RECEIPT, ERR_RECEIPT_PRINTED, CH_SHORT_CODE),
        {.at = ST_RECEIPT_CODE, .then = has_code, .ev = {.kind = EV_CHOOSE, .value = CH_COPY}},
        CHOOSE_SAID(ST_RECEIPT_CODE, ERR_CODE_COPIED, CH_CANCEL), HOME_CUES};
    struct stage s;
    stage_open(&s, "hostile-page", "", 1, "receipt: {print: [/bin/grep, -q, Makbuz]}\n");
    on_disk = s.folder;
    assert_true(PLAY(&s, standard, script));
    assert_string_equal(stage_read(&s, "m.asice"), "container");
    assert_non_null(strstr(stage_read(&s, "net.log"), "NUMBER 2019-000042 WROTE 1"));
    assert_int_equal(strlen(s.copied), CODE_TEXT_LEN);
    assert_no_child();
    stage_close(&s);
}

static void what_fails_leaves_no_file(void **state)
{
    (void)state;
    static const struct cue script[] = {WAY_CUES, RECEIPT_CUES, CHOOSE(ST_RECEIPT, CH_SAVE),
        {.at = ST_RECEIPT_SAVE, .then = to_folder, .ev = {.kind = EV_CHOOSE, .value = CH_SAVE}},
        CHOOSE_SAID(ST_RECEIPT_SAVE, ERR_RECEIPT_UNSOUND, CH_CANCEL), HOME_CUES};
    struct stage s;
    stage_open(&s, "no-receipt", "", 1, "");
    on_disk = s.folder;
    assert_true(PLAY(&s, standard, script));
    assert_string_equal(stage_read(&s, "m.asice"), "");
    stage_close(&s);
}

/* Whoever goes on meanwhile has no file made behind the back, and no command kept. */
static void a_wish_that_is_dropped(void **state)
{
    (void)state;
    static const struct cue script[] = {WAY_CUES, RECEIPT_CUES, CHOOSE(ST_RECEIPT, CH_SAVE),
        {.at = ST_RECEIPT_SAVE, .then = to_folder, .ev = {.kind = EV_CHOOSE, .value = CH_SAVE}},
        CHOOSE_SAID(ST_RECEIPT_SAVE, ERR_WAITING, CH_CANCEL), CHOOSE(ST_RECEIPT_SAVE, CH_CANCEL), HOME_CUES};
    struct stage s;
    stage_open(&s, "slow-receipt", "", 1, "");
    on_disk = s.folder;
    assert_true(PLAY(&s, standard, script));
    assert_string_equal(stage_read(&s, "m.asice"), "");
    stage_close(&s);
}

static void a_command_that_never_ends_is_left(void **state)
{
    (void)state;
    static const struct cue script[] = {WAY_CUES, RECEIPT_CUES, CHOOSE(ST_RECEIPT, CH_PRINT),
        CHOOSE_SAID(ST_RECEIPT, ERR_WAITING, CH_CANCEL), HOME_CUES};
    struct stage s;
    stage_open(&s, "", "", 1, "receipt:\n  print: [/bin/sh, -c, 'kill -STOP $$']\n");
    assert_true(PLAY(&s, standard, script));
    assert_no_child();
    stage_close(&s);
}

/* --- hostile and troubled neighbours
 * ------------------------------------------------------------------------------------ */

static bool is_clean(const char *s)
{
    for (; *s != '\0'; s++)
        if ((unsigned char)*s < ' ' || *s == 0x7f)
            return false;
    return true;
}

static void names_are_clean(struct wizard *w)
{
    assert_true(is_clean(w->facts.person_name) && w->facts.person_name[0] != '\0');
    assert_true(w->facts.cert_count == 2);
    for (size_t i = 0; i < w->facts.cert_count; i++)
        assert_true(is_clean(w->facts.certs[i].owner));
    assert_int_equal(w->facts.certs[0].reason, 0); /* usable first */
}

static void nothing_uncleaned_is_kept(void **state)
{
    (void)state;
    static const struct cue script[] = {LOGIN_CUES, CODE_CUES, CHOOSE(ST_CODE, CH_HERE),
        DO(ST_CODE_FULL, names_are_clean), {.at = ST_CODE_FULL, .ev = {.kind = EV_BACK}}, CHOOSE(ST_CODE, CH_CANCEL),
        CHOOSE(ST_LEAVE, CH_LEAVE), CHOOSE(ST_HOME, CH_LOGOUT)};
    struct stage s;
    stage_open(&s, "noisy-names", "hostile", 1, "");
    assert_true(PLAY(&s, standard, script));
    stage_close(&s);
}

static void text_is_hidden(struct wizard *w)
{
    assert_string_equal(w->facts.text, "");
}

static void unsafe_text(void **state)
{
    (void)state;
    static const struct cue script[] = {LOGIN_CUES, CODE_CUES, OPEN_CUES,
        {.at = ST_CODE_EMPTY, .note = ERR_TEXT_UNSAFE, .then = text_is_hidden, .ev = {.kind = EV_BACK}},
        CHOOSE(ST_CODE, CH_CANCEL), CHOOSE(ST_LEAVE, CH_LEAVE), CHOOSE(ST_HOME, CH_LOGOUT)};
    struct stage s;
    stage_open(&s, "unsafe", "", 1, "");
    assert_true(PLAY(&s, standard, script));
    assert_int_equal(stage_count(stage_read(&s, "token.log"), "SIGN"), 0);
    stage_close(&s);
}

static void match_is_shown(struct wizard *w)
{
    assert_string_equal(w->facts.code_match, "EYYT APEV");
    assert_string_equal(w->facts.match, w->facts.code_match);
}

/* The page of the code, the card's worker and the text itself agree, before there is a PIN. */
static void the_match_code_is_there_before_the_pin(void **state)
{
    (void)state;
    static const struct cue script[] = {WAY_CUES, PIN_CUES("123456"), DO(ST_SUCCESS, match_is_shown), OUT_CUES};
    struct stage s;
    stage_open(&s, "", "", 1, "");
    assert_true(PLAY(&s, standard, script));
    const char *told = strstr(stage_read(&s, "token.log"), "TEXT EYYTAPEV");
    assert_non_null(told);
    assert_non_null(strstr(told, "SECRET 6"));
    stage_close(&s);
}

static void a_code_that_opens_another_text_than_its_page_said(void **state)
{
    (void)state;
    static const struct cue script[] = {LOGIN_CUES, CODE_CUES, OPEN_CUES,
        {.at = ST_CODE_EMPTY, .note = ERR_MATCH_DIFFERS, .then = text_is_hidden, .ev = {.kind = EV_BACK}},
        CHOOSE(ST_CODE, CH_CANCEL), CHOOSE(ST_LEAVE, CH_LEAVE), CHOOSE(ST_HOME, CH_LOGOUT)};
    struct stage s;
    stage_open(&s, "other-page", "", 1, "");
    assert_true(PLAY(&s, standard, script));
    const char *token = stage_read(&s, "token.log");
    assert_int_equal(stage_count(token, "SIGN") + stage_count(token, "TEXT"), 0);
    stage_close(&s);
}

static void unknown_text(void **state)
{
    (void)state;
    static const struct cue script[] = {
        LOGIN_CUES, CODE_CUES, OPEN_CUES, TEXT_CUES, CHOOSE(ST_TEXT_ASK, CH_TRUST_TEXT), PIN_CUES("123456"), OUT_CUES};
    struct stage s;
    stage_open(&s, "unknown", "", 1, "");
    assert_true(PLAY(&s, standard, script));
    stage_close(&s);
}

static void no_panel(struct wizard *w)
{
    assert_false(w->flow.panel);
}

static void a_password_only_for_a_gateway_of_our_own(void **state)
{
    (void)state;
    static const struct cue script[] = {CHOOSE(ST_MENU, CH_LOGIN), CHOOSE(ST_GATEWAY, CH_GATEWAY),
        {.at = ST_GATEWAY, .note = ERR_LOGIN_ELSEWHERE, .then = no_panel, .ev = {.kind = EV_BACK}},
        CHOOSE(ST_MENU, CH_EXIT)};
    struct stage s;
    stage_open(&s, "", "", 1, "gateway: https://giris.example.invalid\n");
    assert_true(PLAY(&s, standard, script));
    stage_close(&s);
}

static void a_net_worker_that_dies(void **state)
{
    (void)state;
    static const struct cue script[] = {LOGIN_CUES, CODE_CUES, CHOOSE_SAID(ST_ACCEPT, ERR_WORKER_GONE, CH_CONTINUE),
        CHOOSE(ST_CODE, CH_CANCEL), CHOOSE(ST_LEAVE, CH_LEAVE), CHOOSE(ST_HOME, CH_LOGOUT)};
    struct stage s;
    stage_open(&s, "dies", "", 1, "");
    assert_true(PLAY(&s, standard, script));
    assert_int_equal(stage_count(stage_read(&s, "net.log"), "START"), 2);
    stage_close(&s);
}

static void a_worker_that_speaks_out_of_turn_is_ended(void **state)
{
    (void)state;
    static const struct cue script[] = {LOGIN_CUES, CODE_CUES,
        {.at = ST_ACCEPT, .note = ERR_WORKER_GONE, .ev = {.kind = EV_LEAVE, .flags = FLAG_AT_ONCE}}};
    struct stage s;
    stage_open(&s, "garbage", "", 1, "");
    assert_true(PLAY(&s, standard, script));
    assert_no_child();
    stage_close(&s);
}

static void a_signature_is_sent_again(void **state)
{
    (void)state;
    static const struct cue script[] = {WAY_CUES, PIN_CUES("123456"), OUT_CUES};
    struct stage s;
    stage_open(&s, "away", "", 1, "");
    assert_true(PLAY(&s, standard, script));
    const char *net = stage_read(&s, "net.log");
    assert_int_equal(stage_count(net, "SUBMIT"), 2);
    char first[100] = "", second[100] = "";
    const char *at = strstr(net, "CMS ");
    assert_int_equal(sscanf(at, "CMS %99s", first), 1);
    assert_int_equal(sscanf(strstr(at + 1, "CMS "), "CMS %99s", second), 1);
    assert_string_equal(first, second); /* the same bytes */
    assert_int_equal(stage_count(stage_read(&s, "token.log"), "SIGN"), 1);
    stage_close(&s);
}

static void expiry_then_a_new_code(void **state)
{
    (void)state;
    static const struct cue script[] = {WAY_CUES, CHOOSE_SAID(ST_SIGN, ERR_CERT_CHOSEN, CH_CERT_OK),
        CHOOSE(ST_EXPIRED, CH_NEW_CODE),
        {.at = ST_SIGN, .note = ERR_TYPE_PIN, .pin = "123456", .ev = {.kind = EV_CHOOSE, .value = CH_SIGN}}, OUT_CUES};
    struct stage s;
    stage_open(&s, "short-window", "", 1, "");
    assert_true(PLAY(&s, standard, script));
    assert_int_equal(stage_count(stage_read(&s, "net.log"), "OPEN"), 2);
    stage_close(&s);
}

/* --- copy, download
 * ------------------------------------------------------------------------------------------------------ */

static void downloaded(struct wizard *w)
{
    struct stat st;
    assert_int_equal(stat(w->facts.path, &st), 0);
    assert_int_equal(st.st_size, 5);
    assert_int_equal(st.st_mode & 0777, 0600);
}

static void copy_and_download(void **state)
{
    (void)state;
    static const struct cue script[] = {LOGIN_CUES, CODE_CUES, CHOOSE(ST_CODE, CH_COPY),
        CHOOSE_SAID(ST_CODE, ERR_CODE_COPIED, CH_DOWNLOAD),
        {.at = ST_CODE, .note = ERR_DOWNLOADED, .then = downloaded, .ev = {.kind = EV_LEAVE, .flags = FLAG_AT_ONCE}}};
    struct stage s;
    stage_open(&s, "", "", 1, "");
    assert_true(PLAY(&s, standard, script));
    assert_int_equal(strlen(s.copied), CODE_TEXT_LEN);
    assert_non_null(strstr(s.said, "100"));
    stage_close(&s);
}

static void a_download_that_is_not_the_published_one_is_deleted(void **state)
{
    (void)state;
    static const struct cue script[] = {LOGIN_CUES, CODE_CUES, CHOOSE(ST_CODE, CH_DOWNLOAD),
        {.at = ST_CODE, .note = ERR_DOWNLOAD_BROKEN, .ev = {.kind = EV_LEAVE, .flags = FLAG_AT_ONCE}}};
    struct stage s;
    char path[200];
    stage_open(&s, "broken", "", 1, "");
    assert_true(PLAY(&s, standard, script));
    snprintf(path, sizeof path, "%s/eonay.tar.gz", s.folder);
    assert_int_equal(access(path, F_OK), -1);
    stage_close(&s);
}

static void a_file_name_with_a_way_in_it_is_refused(void **state)
{
    (void)state;
    static const struct cue script[] = {LOGIN_CUES, CODE_CUES, CHOOSE(ST_CODE, CH_DOWNLOAD),
        {.at = ST_CODE, .note = ERR_DOWNLOAD_NOWHERE, .ev = {.kind = EV_LEAVE, .flags = FLAG_AT_ONCE}}};
    struct stage s;
    stage_open(&s, "bad-file", "", 1, "");
    assert_true(PLAY(&s, standard, script));
    assert_int_equal(stage_count(stage_read(&s, "net.log"), "DOWNLOAD"), 0);
    stage_close(&s);
}

/* --- leaving
 * --------------------------------------------------------------------------------------------------------------- */

static void terminate(struct wizard *w)
{
    assert_int_equal(secret_len(w->desk.pin), 6);
    raise(SIGTERM);
}

static void sigterm(void **state)
{
    (void)state;
    static const struct cue script[] = {WAY_CUES, CHOOSE_SAID(ST_SIGN, ERR_CERT_CHOSEN, CH_CERT_OK),
        {.at = ST_SIGN, .note = ERR_TYPE_PIN, .pin = "123456", .then = terminate}};
    struct stage s;
    stage_open(&s, "", "", 1, "");
    assert_true(PLAY(&s, standard, script));
    assert_no_child();
    assert_int_equal(stage_count(stage_read(&s, "net.log"), "LOGOUT"), 1);
    assert_int_equal(stage_count(stage_read(&s, "token.log"), "SIGN"), 0);
    stage_close(&s);
}

static void interrupt(struct wizard *w)
{
    (void)w;
    raise(SIGINT);
}

static void sigint_asks(void **state)
{
    (void)state;
    static const struct cue script[] = {LOGIN_CUES, DO(ST_HOME, interrupt), CHOOSE(ST_LEAVE, CH_STAY),
        DO(ST_HOME, interrupt), CHOOSE(ST_LEAVE, CH_LEAVE)};
    struct stage s;
    stage_open(&s, "", "", 1, "");
    assert_true(PLAY(&s, standard, script));
    assert_int_equal(s.status, 0);
    stage_close(&s);
}

static pid_t first_net;

static void note_net(struct wizard *w)
{
    first_net = w->net.pid;
}

static void the_next_person(struct wizard *w)
{
    forgotten(w);
}

static void net_is_new(struct wizard *w)
{
    assert_int_not_equal(w->net.pid, first_net);
    assert_string_equal(w->facts.person_name, "İpek Işık");
}

static void a_kiosk_forgets(void **state)
{
    (void)state;
    static const struct cue script[] = {LOGIN_CUES, DO(ST_HOME, note_net), CHOOSE(ST_HOME, CH_LOGOUT),
        DO(ST_MENU, the_next_person), LOGIN_CUES, DO(ST_HOME, net_is_new),
        {.at = ST_HOME, .ev = {.kind = EV_LEAVE, .flags = FLAG_AT_ONCE}}};
    struct options o = {.lang = LANG_TR, .kiosk = true};
    struct stage s;
    stage_open(&s, "", "", 1, "");
    assert_true(PLAY(&s, o, script));
    assert_int_equal(stage_count(stage_read(&s, "net.log"), "START"), 2);
    stage_close(&s);
}

static void a_bad_configuration_is_told(void **state)
{
    (void)state;
    static const struct cue script[] = {CHOOSE(ST_MENU, CH_EXIT)};
    struct stage s;
    stage_open(&s, "", "", 1, "servis: x\n");
    assert_false(PLAY(&s, standard, script));
    assert_int_equal(s.status, 78); /* EX_CONFIG */
    stage_close(&s);
}

/* What is shown is what the key was typed on: it is not made a second time before the key is read. (A message of a
 * worker may come with one of them.) */
static void a_key_is_read_at_once(void **state)
{
    (void)state;
#define KEY_CUE                                                                                                        \
    {                                                                                                                  \
        .at = ST_MENU, .key = true, .then = stage_knock                                                                \
    }
    static const struct cue script[] = {{.at = ST_MENU, .card_up = true, .then = stage_knock}, KEY_CUE, KEY_CUE,
        KEY_CUE, KEY_CUE, KEY_CUE, KEY_CUE, KEY_CUE, KEY_CUE, CHOOSE(ST_MENU, CH_EXIT)};
    struct stage s;
    stage_open(&s, "", "", 1, "");
    assert_true(PLAY(&s, standard, script));
    assert_true(s.keys >= 8);
    assert_true(s.at_once >= 4);
    stage_close(&s);
}

static size_t believed; /* keys the face was told of as waiting */

static void believe(struct wizard *w)
{
    believed += w->face->input_waits;
    stage_knock(w);
}

static void knock_and_resize(struct wizard *w)
{
    raise(SIGWINCH);
    stage_knock(w);
}

static void doubt(struct wizard *w)
{
    assert_false(w->face->input_waits);
}

/* What poll said of the input is old once anything else was done: in a stop the shell may have read it, and who reads
 * all the same waits for the next key, deaf to everything. */
static void input_that_waited_is_asked_for_again_after_anything_else(void **state)
{
    (void)state;
    static const struct cue script[] = {{.at = ST_MENU, .card_up = true, .then = stage_knock},
        {.at = ST_MENU, .key = true, .then = believe}, {.at = ST_MENU, .key = true, .then = believe},
        {.at = ST_MENU, .key = true, .then = believe}, {.at = ST_MENU, .key = true, .then = believe},
        {.at = ST_MENU, .key = true, .then = knock_and_resize}, {.at = ST_MENU, .key = true, .then = doubt},
        CHOOSE(ST_MENU, CH_EXIT)};
    struct stage s;
    believed = 0;
    stage_open(&s, "", "", 1, "");
    assert_true(PLAY(&s, standard, script));
    assert_true(believed > 0);
    stage_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_whole_way),
        cmocka_unit_test(a_flood_of_keys_keeps_nothing_out),
        cmocka_unit_test(what_is_signed),
        cmocka_unit_test(wrong_pin_then_right),
        cmocka_unit_test(wrong_password),
        cmocka_unit_test(a_code_given_on_the_command_line),
        cmocka_unit_test(card_out_and_in),
        cmocka_unit_test(every_order_is_as_likely),
        cmocka_unit_test(the_keypad_changes_for_each_visit),
        cmocka_unit_test(the_keypad_stands_still_otherwise),
        cmocka_unit_test(another_card_comes_back),
        cmocka_unit_test(a_crashing_driver),
        cmocka_unit_test(a_hanging_driver),
        cmocka_unit_test(two_drivers),
        cmocka_unit_test(another_drivers_end_changes_nothing),
        cmocka_unit_test(nothing_uncleaned_is_kept),
        cmocka_unit_test(unsafe_text),
        cmocka_unit_test(unknown_text),
        cmocka_unit_test(a_password_only_for_a_gateway_of_our_own),
        cmocka_unit_test(a_net_worker_that_dies),
        cmocka_unit_test(a_worker_that_speaks_out_of_turn_is_ended),
        cmocka_unit_test(a_signature_is_sent_again),
        cmocka_unit_test(expiry_then_a_new_code),
        cmocka_unit_test(copy_and_download),
        cmocka_unit_test(a_download_that_is_not_the_published_one_is_deleted),
        cmocka_unit_test(a_file_name_with_a_way_in_it_is_refused),
        cmocka_unit_test(a_key_is_read_at_once),
        cmocka_unit_test(sigterm),
        cmocka_unit_test(a_receipt_goes_every_way),
        cmocka_unit_test(what_fails_leaves_no_file),
        cmocka_unit_test(a_wish_that_is_dropped),
        cmocka_unit_test(a_command_that_never_ends_is_left),
        cmocka_unit_test(the_match_code_is_there_before_the_pin),
        cmocka_unit_test(a_code_that_opens_another_text_than_its_page_said),
        cmocka_unit_test(input_that_waited_is_asked_for_again_after_anything_else),
        cmocka_unit_test(sigint_asks),
        cmocka_unit_test(a_kiosk_forgets),
        cmocka_unit_test(a_bad_configuration_is_told),
    };
    return cmocka_run_group_tests_name("shell", tests, NULL, NULL);
}
