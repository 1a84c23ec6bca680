/* The straight way of the directive, choice by choice, from the menu to the receipt. */
#include "check.h"

#include "base/code.h"

static void login_by_password(void **state)
{
    (void)state;
    struct drive d;
    drive_start(&d, 0);
    assert_state(&d, ST_MENU);
    choose(&d, CH_LOGIN);
    assert_state(&d, ST_GATEWAY);
    choose(&d, CH_GATEWAY);
    assert_effect(&d, FX_METHODS);
    assert_note(&d, ERR_WAITING);
    answer(&d, EV_METHODS, 1, 0, FLAG_PANEL);
    assert_state(&d, ST_LOGIN);
    assert_focus(&d, FOCUS_TCKN);
    drive_simple(&d, EV_TCKN, 11, 0, FLAG_FITS);
    drive_simple(&d, EV_PASSWORD, 8, 0, 0);
    choose(&d, CH_SIGN_IN);
    assert_effect(&d, FX_LOGIN);
    assert_effect(&d, FX_WIPE_PASSWORD);
    assert_int_equal(d.f.password_len, 0);
    answer(&d, EV_PERSON, 0, 0, 0);
    assert_state(&d, ST_HOME);
    assert_true(d.f.logged_in);
}

static void from_home_to_the_code(void **state)
{
    (void)state;
    struct drive d;
    go_home_page(&d, 0);
    choose(&d, CH_NES);
    assert_state(&d, ST_NES);
    choose(&d, CH_EONAY);
    assert_state(&d, ST_ACCEPT);
    choose(&d, CH_CONTINUE);
    assert_effect(&d, FX_REQUEST);
    answer(&d, EV_REQUESTED, LIFETIME_S, 0, 0);
    assert_state(&d, ST_CODE);
    assert_note(&d, ERR_CODE_READY);
    assert_int_equal(d.f.note_arg, LIFETIME_S);
    assert_int_equal(flow_left_s(&d.f, d.now_ms), LIFETIME_S);
}

static void the_code_is_carried_over(void **state)
{
    (void)state;
    struct drive d;
    go_code(&d, 0);
    choose(&d, CH_HERE);
    assert_state(&d, ST_OPENING);
    assert_effect(&d, FX_CARRY_CODE);
    assert_effect(&d, FX_TOKEN_START);
    drive_simple(&d, EV_TOKEN_UP, 0, 0, 0);
    assert_state(&d, ST_CODE_FULL);
    assert_focus(&d, FOCUS_NEXT);
    assert_note(&d, ERR_CODE_WHOLE);
    choose(&d, CH_NEXT);
    assert_effect(&d, FX_OPEN);
    answer(&d, EV_OPENED, WINDOW_S, 3, FLAG_KNOWN_TEXT);
    assert_state(&d, ST_SIGN);
    assert_focus(&d, FOCUS_TEXT);
    assert_note(&d, ERR_READ_TEXT);
    assert_int_equal(flow_left_s(&d.f, d.now_ms), WINDOW_S);
}

static void text_certificate_pin_signature(void **state)
{
    (void)state;
    struct drive d;
    go_sign(&d, 0);
    drive_simple(&d, EV_TEXT_END, 0, 0, 0);
    choose(&d, CH_TEXT_READ);
    assert_focus(&d, FOCUS_CERT);
    assert_note(&d, ERR_CERT_CHOSEN);
    choose(&d, CH_CERT_OK);
    assert_focus(&d, FOCUS_PIN);
    assert_note(&d, ERR_TYPE_PIN);
    type_pin(&d, 6);
    choose(&d, CH_SIGN);
    assert_state(&d, ST_SIGNING);
    const struct effect *sign = effect_of(&d, FX_SIGN);
    assert_non_null(sign);
    assert_int_equal(sign->value, 0);
    assert_int_equal(sign->job, d.f.token_job);
    assert_pin_wiped(&d);
    assert_ptr_equal(sign, &d.fx.v[0]); /* the PIN goes with the job before it is wiped */
    token_signs(&d);
    assert_effect(&d, FX_SUBMIT);
    assert_true(d.f.have_cms && d.f.sent);
    answer(&d, EV_ACCEPTED, 0, 0, 0);
    assert_state(&d, ST_SUCCESS);
    assert_note(&d, ERR_SIGNED);
    assert_int_equal(flow_left_s(&d.f, d.now_ms), UINT32_MAX);
}

static void from_success_to_the_door(void **state)
{
    (void)state;
    struct drive d;
    go_sign(&d, 0);
    go_pin(&d);
    choose(&d, CH_SIGN);
    token_signs(&d);
    answer(&d, EV_ACCEPTED, 0, 0, 0);
    choose(&d, CH_CLOSE);
    assert_state(&d, ST_RESULT);
    assert_note(&d, ERR_CARD_FORGOTTEN);
    assert_effect(&d, FX_STATUS);
    answer(&d, EV_PERSON, 0, 0, FLAG_CONSENTED);
    assert_int_equal(d.f.net_what, FX_NONE);
    choose(&d, CH_LOGOUT);
    assert_state(&d, ST_DONE);
    assert_effect(&d, FX_LOGOUT);
    assert_effect(&d, FX_FORGET);
    assert_no_effect(&d, FX_EXIT);
    answer(&d, EV_LOGGED_OUT, 0, 0, 0);
    assert_effect(&d, FX_EXIT);
    assert_int_equal(effect_of(&d, FX_EXIT)->value, 0);
}

static void go_success(struct drive *d, uint32_t flags)
{
    go_sign(d, flags);
    go_pin(d);
    choose(d, CH_SIGN);
    token_signs(d);
    answer(d, EV_ACCEPTED, 0, 0, 0);
    assert_state(d, ST_SUCCESS);
}

static void the_receipt_and_back(void **state)
{
    (void)state;
    struct drive d;
    go_success(&d, FLAG_SAVES | FLAG_PRINTS | FLAG_CODES);
    choose(&d, CH_RECEIPT);
    choose(&d, CH_SAVE);
    assert_state(&d, ST_RECEIPT_SAVE);
    drive_simple(&d, EV_PATH, 0, 0, 0);
    choose(&d, CH_SAVE);
    assert_effect(&d, FX_SAVE);
    refuse(&d, ERR_RECEIPT_FULL, 0);
    assert_state(&d, ST_RECEIPT_SAVE);
    assert_note(&d, ERR_RECEIPT_FULL);
    assert_focus(&d, FOCUS_PATH);
    choose(&d, CH_SAVE);
    answer(&d, EV_RECEIPT, 0, 0, 0);
    assert_state(&d, ST_RECEIPT);
    assert_note(&d, ERR_RECEIPT_SAVED);
    choose(&d, CH_SHOW);
    assert_effect(&d, FX_SHOW);
    back(&d); /* not wanted any more */
    assert_effect(&d, FX_CANCEL);
    assert_state(&d, ST_RECEIPT);
    choose(&d, CH_SHOW);
    answer(&d, EV_RECEIPT, 0, 0, 0);
    assert_state(&d, ST_RECEIPT_PAGE);
    back(&d);
    choose(&d, CH_SHORT_CODE);
    answer(&d, EV_SHORT_CODE, 0, 0, 0);
    assert_state(&d, ST_RECEIPT_CODE);
    choose(&d, CH_COPY);
    assert_int_equal(effect_of(&d, FX_COPY)->value, COPY_RECEIPT);
    back(&d);
    back(&d);
    assert_state(&d, ST_SUCCESS);
    choose(&d, CH_CLOSE);
    assert_effect(&d, FX_STATUS);
    choose(&d, CH_RECEIPT);
    assert_effect(&d, FX_CANCEL); /* the result is asked for again once one is back */
    back(&d);
    assert_state(&d, ST_RESULT);
    assert_int_equal(d.f.net_what, d.f.consented ? FX_NONE : FX_STATUS);
}

/* Once the page is there, the service has done its part: a slow printer is no reason to say that it cannot be reached.
 */
static void a_slow_printer_is_not_a_service_that_is_away(void **state)
{
    (void)state;
    struct drive d;
    go_success(&d, FLAG_PRINTS);
    choose(&d, CH_RECEIPT);
    choose(&d, CH_PRINT);
    refuse(&d, ERR_UNREACHABLE, 0);
    later(&d, 250);
    assert_effect(&d, FX_PRINT);
    answer(&d, EV_PROGRESS, 0, 0, 0);
    later(&d, FLOW_AWAY_MS);
    later(&d, FLOW_AWAY_MS);
    assert_state(&d, ST_RECEIPT);
    assert_note(&d, ERR_WAITING);
    answer(&d, EV_RECEIPT, 0, 0, 0);
    assert_note(&d, ERR_RECEIPT_PRINTED);
    choose(&d, CH_PRINT);
    for (int i = 0; i < 4; i++) {
        refuse(&d, ERR_UNREACHABLE, 0);
        later(&d, FLOW_AWAY_MS);
    }
    assert_state(&d, ST_AWAY);
    answer(&d, EV_PROGRESS, 0, 0, 0);
    assert_state(&d, ST_RECEIPT);
}

static void what_is_not_offered_is_not_done(void **state)
{
    (void)state;
    static const enum choice not [] = {CH_SAVE, CH_PRINT, CH_SHORT_CODE};
    struct drive d;
    go_success(&d, 0);
    choose(&d, CH_RECEIPT);
    for (size_t i = 0; i < sizeof not / sizeof not [0]; i++) {
        choose(&d, not [i]);
        assert_state(&d, ST_RECEIPT);
        assert_int_equal(d.fx.n, 0);
    }
}

/* By the login, where there is one: who comes back after it is where one was. */
static void a_session_that_ends_at_the_receipt(void **state)
{
    (void)state;
    struct drive d;
    go_success(&d, FLAG_CODES);
    choose(&d, CH_RECEIPT);
    choose(&d, CH_SHORT_CODE);
    refuse(&d, ERR_SESSION_OVER, 0);
    assert_state(&d, ST_GATEWAY);
    assert_int_equal(d.f.after_login, ST_RECEIPT);
}

static void twelve_keys(void **state)
{
    static const enum choice keys[] = {CH_LOGIN, CH_GATEWAY, CH_SIGN_IN, CH_NES, CH_EONAY, CH_CONTINUE, CH_HERE,
        CH_NEXT, CH_TEXT_READ, CH_CERT_OK, CH_SIGN}; /* the twelfth is Enter from one login field to the next */
    (void)state;
    struct drive d;
    drive_start(&d, 0);
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        if (keys[i] == CH_SIGN)
            type_pin(&d, 6);
        choose(&d, keys[i]);
        switch (keys[i]) {
        case CH_GATEWAY:
            answer(&d, EV_METHODS, 31, 0, FLAG_PANEL);
            drive_simple(&d, EV_TCKN, 11, 0, FLAG_FITS);
            drive_simple(&d, EV_PASSWORD, 8, 0, 0);
            break;
        case CH_SIGN_IN:
            answer(&d, EV_PERSON, 0, 0, 0);
            break;
        case CH_CONTINUE:
            answer(&d, EV_REQUESTED, LIFETIME_S, 0, 0);
            break;
        case CH_HERE:
            drive_simple(&d, EV_TOKEN_UP, 0, 0, 0);
            break;
        case CH_NEXT:
            answer(&d, EV_OPENED, WINDOW_S, 3, FLAG_KNOWN_TEXT);
            cards(&d, 1, 1, 1, 0, 0);
            drive_simple(&d, EV_TEXT_END, 0, 0, 0);
            break;
        default:
            break;
        }
    }
    token_signs(&d);
    answer(&d, EV_ACCEPTED, 0, 0, 0);
    assert_state(&d, ST_SUCCESS);
}

static void code_from_elsewhere(void **state)
{
    (void)state;
    struct drive d;
    go_sign_alone(&d, 0);
    assert_state(&d, ST_SIGN);
    assert_false(d.f.logged_in);
    go_pin(&d);
    choose(&d, CH_SIGN);
    token_signs(&d);
    answer(&d, EV_ACCEPTED, 0, 0, 0);
    choose(&d, CH_CLOSE);
    assert_state(&d, ST_DONE);
    assert_int_equal(effect_of(&d, FX_EXIT)->value, 0);
    assert_effect(&d, FX_FORGET);
}

static void code_from_the_menu(void **state)
{
    (void)state;
    struct drive d;
    drive_start(&d, 0);
    choose(&d, CH_HAVE_CODE);
    assert_state(&d, ST_OPENING);
    assert_no_effect(&d, FX_CARRY_CODE);
    later(&d, FLOW_OPENING_MS); /* no card software came up: never a stop */
    assert_state(&d, ST_CODE_EMPTY);
    assert_focus(&d, FOCUS_CODE);
    back(&d);
    assert_state(&d, ST_MENU);
    assert_false(d.f.code_mode);
}

static void typing_a_code_keeps_the_focus(void **state)
{
    (void)state;
    struct drive d;
    drive_start(&d, FLAG_CODE_MODE);
    drive_simple(&d, EV_TOKEN_UP, 0, 0, 0);
    assert_state(&d, ST_CODE_EMPTY);
    drive_simple(&d, EV_CODE, 11, CODE_SHORT, 0);
    assert_state(&d, ST_CODE_EMPTY);
    drive_simple(&d, EV_CODE, 12, CODE_FITS, FLAG_FITS);
    assert_state(&d, ST_CODE_FULL);
    assert_focus(&d, FOCUS_CODE);
    drive_simple(&d, EV_CODE, 11, CODE_SHORT, 0);
    assert_state(&d, ST_CODE_EMPTY);
    assert_focus(&d, FOCUS_CODE);
    drive_simple(&d, EV_CODE, 12, CODE_FITS, FLAG_FITS | FLAG_WHOLE);
    assert_state(&d, ST_CODE_FULL);
    assert_focus(&d, FOCUS_NEXT);
}

static void consented_before(void **state)
{
    (void)state;
    struct drive d;
    drive_start(&d, 0);
    choose(&d, CH_LOGIN);
    choose(&d, CH_GATEWAY);
    answer(&d, EV_METHODS, 1, 0, FLAG_PANEL);
    drive_simple(&d, EV_TCKN, 11, 0, FLAG_FITS);
    drive_simple(&d, EV_PASSWORD, 8, 0, 0);
    choose(&d, CH_SIGN_IN);
    answer(&d, EV_PERSON, 0, 0, FLAG_CONSENTED);
    choose(&d, CH_NES);
    choose(&d, CH_EONAY);
    assert_state(&d, ST_ALREADY);
    choose(&d, CH_HOME);
    assert_state(&d, ST_HOME);
    back(&d); /* nothing is left unfinished: not asked */
    assert_state(&d, ST_DONE);
}

static void consented_meanwhile(void **state)
{
    (void)state;
    struct drive d;
    go_home_page(&d, 0);
    choose(&d, CH_NES);
    choose(&d, CH_EONAY);
    choose(&d, CH_CONTINUE);
    answer(&d, EV_ALREADY, 0, 0, 0);
    assert_state(&d, ST_ALREADY);
    assert_true(d.f.consented);
}

static void download_with_resume(void **state)
{
    (void)state;
    struct drive d;
    go_code(&d, 0);
    choose(&d, CH_DOWNLOAD);
    assert_effect(&d, FX_DOWNLOAD);
    assert_note(&d, ERR_DOWNLOADING);
    answer(&d, EV_PROGRESS, 24, 0, 0);
    assert_no_effect(&d, FX_SAY);
    answer(&d, EV_PROGRESS, 60, 0, 0);
    assert_int_equal(effect_of(&d, FX_SAY)->arg, 50);
    refuse(&d, ERR_UNREACHABLE, 0);
    assert_note(&d, ERR_DOWNLOAD_CUT);
    choose(&d, CH_DOWNLOAD);
    assert_note(&d, ERR_DOWNLOAD_RESUMED);
    answer(&d, EV_PROGRESS, 100, 0, 0);
    assert_int_equal(d.f.download, 100);
    answer(&d, EV_DOWNLOADED, 0, 0, 0);
    assert_int_equal(d.f.download, 101);
    assert_note(&d, ERR_DOWNLOADED);
    choose(&d, CH_COPY);
    assert_effect(&d, FX_COPY);
    assert_note(&d, ERR_CODE_COPIED);
}

static void look_again(struct drive *d)
{
    later(d, 4999);
    assert_no_effect(d, FX_STATUS);
    assert_int_equal(flow_wake_ms(&d->f, d->now_ms), d->now_ms + 1);
    later(d, 1);
    assert_effect(d, FX_STATUS);
    assert_note(d, ERR_CODE_READY); /* in silence */
}

static void the_code_is_used_elsewhere(void **state)
{
    (void)state;
    struct drive d;
    go_code(&d, 0);
    look_again(&d);
    answer(&d, EV_PERSON, 0, 0, 0);
    assert_state(&d, ST_CODE);
    look_again(&d);
    refuse(&d, ERR_UNREACHABLE, 0);
    look_again(&d);
    refuse(&d, ERR_SESSION_OVER, 0);
    assert_state(&d, ST_CODE);
    look_again(&d);
    struct drive checking = d;
    answer(&checking, EV_PERSON, 0, 0, FLAG_CHECKING);
    assert_state(&checking, ST_ALREADY);
    assert_true(checking.f.checking);
    answer(&d, EV_PERSON, 0, 0, FLAG_CONSENTED);
    assert_state(&d, ST_ALREADY);
    assert_note(&d, ERR_ALREADY_RACED);
    assert_true(d.f.consented);
    assert_int_equal(d.f.code_deadline_ms, 0);
}

static void the_look_makes_way(void **state)
{
    (void)state;
    struct drive d;
    go_code(&d, 0);
    later(&d, 5000);
    struct drive here = d;
    choose(&d, CH_DOWNLOAD);
    assert_effect(&d, FX_CANCEL);
    assert_effect(&d, FX_DOWNLOAD);
    later(&d, 20000);
    assert_no_effect(&d, FX_STATUS);
    choose(&here, CH_HERE);
    answer(&here, EV_PERSON, 0, 0, 0);
    assert_state(&here, ST_OPENING);
    later(&here, 5000);
    assert_no_effect(&here, FX_STATUS);
}

static void a_new_code_ends_the_old(void **state)
{
    (void)state;
    struct drive d;
    go_code(&d, 0);
    assert_note(&d, ERR_CODE_READY);
    choose(&d, CH_NEW_CODE);
    answer(&d, EV_REQUESTED, LIFETIME_S, 0, 0);
    assert_note(&d, ERR_CODE_RENEWED);
}

static void a_method_not_offered(void **state)
{
    (void)state;
    struct drive d;
    drive_start(&d, 0);
    choose(&d, CH_LOGIN);
    choose(&d, CH_GATEWAY);
    answer(&d, EV_METHODS, 1, 0, FLAG_PANEL);
    drive_simple(&d, EV_TCKN, 11, 0, FLAG_FITS);
    choose_arg(&d, CH_METHOD, 3);
    assert_note(&d, ERR_METHOD_NOT_HERE);
    assert_int_equal(d.f.note_arg, 3);
    assert_int_equal(d.f.method, 0);
    drive_simple(&d, EV_PASSWORD, 8, 0, 0);
    choose(&d, CH_SIGN_IN);
    assert_effect(&d, FX_LOGIN);
}

static void a_download_that_came_to_nothing_shows_no_progress(void **state)
{
    (void)state;
    static const enum err_code all[] = {ERR_DOWNLOAD_BROKEN, ERR_DOWNLOAD_NOWHERE};
    for (size_t i = 0; i < 2; i++) {
        struct drive d;
        go_code(&d, 0);
        choose(&d, CH_DOWNLOAD);
        answer(&d, EV_PROGRESS, 60, 0, 0);
        refuse(&d, all[i], 0);
        assert_note(&d, all[i]);
        assert_int_equal(d.f.download, 0);
    }
}

static void several_certificates(void **state)
{
    (void)state;
    struct drive d;
    go_sign(&d, 0);
    cards(&d, 4, 2, 0, 0, 0);
    drive_simple(&d, EV_TEXT_END, 0, 0, 0);
    choose(&d, CH_TEXT_READ);
    assert_note(&d, ERR_CERT_PICK);
    choose(&d, CH_CERT_OK);
    assert_false(d.f.cert_confirmed);
    choose(&d, CH_CERT_LIST);
    assert_state(&d, ST_CERTS);
    choose_arg(&d, CH_CERT, 2);
    assert_state(&d, ST_CERTS);
    assert_note(&d, ERR_CERT_CANNOT);
    choose_arg(&d, CH_CERT, 1);
    assert_state(&d, ST_SIGN);
    assert_focus(&d, FOCUS_PIN);
    assert_int_equal(d.f.chosen, 2);
    type_pin(&d, 4);
    choose(&d, CH_SIGN);
    assert_int_equal(effect_of(&d, FX_SIGN)->value, 1);
}

static void received_being_checked(void **state)
{
    (void)state;
    struct drive d;
    go_sign(&d, 0);
    go_pin(&d);
    choose(&d, CH_SIGN);
    token_signs(&d);
    answer(&d, EV_ACCEPTED, 0, 0, FLAG_CHECKING);
    assert_state(&d, ST_SUCCESS);
    assert_note(&d, ERR_CHECKING);
    assert_false(d.f.consented);
    choose(&d, CH_CLOSE);
    answer(&d, EV_PERSON, 0, 0, FLAG_CHECKING);
    assert_true(d.f.retry_at_ms > d.now_ms);
    later(&d, 5000);
    assert_effect(&d, FX_STATUS);
    answer(&d, EV_PERSON, 0, 0, FLAG_CONSENTED);
    assert_true(d.f.consented && !d.f.checking);
    assert_int_equal(flow_wake_ms(&d.f, d.now_ms) == UINT64_MAX || d.f.net_what == FX_NONE, 1);
}

static void result_comes_late(void **state)
{
    (void)state;
    struct drive d;
    go_sign(&d, 0);
    go_pin(&d);
    choose(&d, CH_SIGN);
    token_signs(&d);
    answer(&d, EV_ACCEPTED, 0, 0, 0);
    choose(&d, CH_CLOSE);
    answer(&d, EV_PERSON, 0, 0, 0);
    assert_note(&d, ERR_RESULT_LATE);
    back(&d);
    assert_state(&d, ST_HOME);
    later(&d, 60000);
    assert_no_effect(&d, FX_STATUS); /* not asked for any more */
}

static void unknown_text_needs_a_second_yes(void **state)
{
    (void)state;
    struct drive d;
    go_code_full(&d, 0);
    choose(&d, CH_NEXT);
    answer(&d, EV_OPENED, WINDOW_S, 3, 0);
    cards(&d, 1, 1, 1, 0, 0);
    assert_note(&d, ERR_TEXT_UNKNOWN);
    drive_simple(&d, EV_TEXT_END, 0, 0, 0);
    choose(&d, CH_TEXT_READ);
    assert_state(&d, ST_TEXT_ASK);
    choose(&d, CH_CANCEL);
    assert_state(&d, ST_SIGN);
    assert_false(d.f.text_accepted);
    choose(&d, CH_TEXT_READ);
    choose(&d, CH_TRUST_TEXT);
    assert_state(&d, ST_SIGN);
    assert_true(d.f.text_accepted);
    assert_focus(&d, FOCUS_CERT);
}

static void help_language_look_keep_the_place(void **state)
{
    (void)state;
    struct drive d;
    go_sign(&d, 0);
    go_pin(&d);
    drive_simple(&d, EV_HELP, 0, 0, 0);
    assert_true(d.f.help);
    assert_no_effect(&d, FX_WIPE_PIN);
    choose(&d, CH_SIGN); /* not while the help page hides it */
    assert_state(&d, ST_SIGN);
    back(&d);
    assert_false(d.f.help);
    choose(&d, CH_LANG);
    choose(&d, CH_LOOK);
    drive_simple(&d, EV_SIZE, 0, 0, 0);
    assert_true(d.f.small && d.f.english);
    assert_int_equal(d.f.look, LOOK_READER);
    drive_simple(&d, EV_SIZE, 1, 0, 0);
    assert_state(&d, ST_SIGN);
    assert_int_equal(d.f.pin_len, 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(login_by_password),
        cmocka_unit_test(from_home_to_the_code),
        cmocka_unit_test(the_code_is_carried_over),
        cmocka_unit_test(text_certificate_pin_signature),
        cmocka_unit_test(from_success_to_the_door),
        cmocka_unit_test(twelve_keys),
        cmocka_unit_test(code_from_elsewhere),
        cmocka_unit_test(code_from_the_menu),
        cmocka_unit_test(typing_a_code_keeps_the_focus),
        cmocka_unit_test(consented_before),
        cmocka_unit_test(consented_meanwhile),
        cmocka_unit_test(download_with_resume),
        cmocka_unit_test(the_code_is_used_elsewhere),
        cmocka_unit_test(the_look_makes_way),
        cmocka_unit_test(a_new_code_ends_the_old),
        cmocka_unit_test(a_method_not_offered),
        cmocka_unit_test(a_download_that_came_to_nothing_shows_no_progress),
        cmocka_unit_test(several_certificates),
        cmocka_unit_test(received_being_checked),
        cmocka_unit_test(result_comes_late),
        cmocka_unit_test(unknown_text_needs_a_second_yes),
        cmocka_unit_test(the_receipt_and_back),
        cmocka_unit_test(a_slow_printer_is_not_a_service_that_is_away),
        cmocka_unit_test(what_is_not_offered_is_not_done),
        cmocka_unit_test(a_session_that_ends_at_the_receipt),
        cmocka_unit_test(help_language_look_keep_the_place),
    };
    return cmocka_run_group_tests_name("way", tests, NULL, NULL);
}
