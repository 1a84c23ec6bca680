/* Leaving: what asks, what does not, where one lands, what is forgotten, with which status the program ends. */
#include "check.h"

static void from_the_menu(void **state)
{
    (void)state;
    struct drive d;
    drive_start(&d, 0);
    struct drive x = d;
    choose(&x, CH_EXIT);
    assert_int_equal(effect_of(&x, FX_EXIT)->value, 0);
    assert_no_effect(&x, FX_LOGOUT);
    x = d, back(&x);
    assert_effect(&x, FX_EXIT);
    x = d, drive_simple(&x, EV_LEAVE, 0, 0, 0);
    assert_effect(&x, FX_EXIT);
    assert_true(x.f.exited);
    drive_simple(&x, EV_CHOOSE, CH_LOGIN, 0, 0);
    assert_int_equal(x.fx.n, 0); /* deaf */
}

static void asked_after_login(void **state)
{
    (void)state;
    struct drive d;
    go_home_page(&d, 0);
    drive_simple(&d, EV_LEAVE, 0, 0, 0);
    assert_state(&d, ST_LEAVE);
    choose(&d, CH_STAY);
    assert_state(&d, ST_HOME);
    back(&d);
    assert_state(&d, ST_LEAVE);
    back(&d);
    assert_state(&d, ST_HOME);
    drive_simple(&d, EV_LEAVE, 0, 0, 0);
    drive_simple(&d, EV_LEAVE, 0, 0, 0); /* twice is an answer */
    assert_state(&d, ST_DONE);
}

static void leaving_the_code_leads_home(void **state)
{
    (void)state;
    struct drive d;
    go_code(&d, 0);
    choose(&d, CH_CANCEL);
    assert_state(&d, ST_LEAVE);
    choose(&d, CH_STAY);
    assert_state(&d, ST_CODE);
    choose(&d, CH_CANCEL);
    choose(&d, CH_LEAVE);
    assert_state(&d, ST_HOME);
    assert_true(d.f.logged_in);
    assert_int_equal(d.f.code_deadline_ms, 0);
}

static void the_carried_code_is_not_lost_by_esc(void **state)
{
    (void)state;
    struct drive d;
    go_code_full(&d, 0);
    back(&d);
    assert_state(&d, ST_CODE); /* it still stands there: no question */
    assert_int_equal(flow_left_s(&d.f, d.now_ms), LIFETIME_S);
    go_sign(&d, 0);
    back(&d);
    assert_state(&d, ST_LEAVE);
    choose(&d, CH_LEAVE);
    assert_state(&d, ST_HOME);
    assert_effect(&d, FX_CLEAR_CODE);
    assert_int_equal(d.f.sign_deadline_ms, 0);
}

static void leaving_stops_the_signature(void **state)
{
    (void)state;
    struct drive d;
    go_sign(&d, 0);
    go_pin(&d);
    choose(&d, CH_SIGN);
    uint32_t job = d.f.token_job;
    back(&d);
    choose(&d, CH_LEAVE);
    assert_state(&d, ST_HOME);
    assert_int_equal(effect_of(&d, FX_CANCEL)->job, job);
    drive_event(&d, (struct event){.kind = EV_SIGNED, .job = job});
    assert_no_effect(&d, FX_SUBMIT);
}

static void a_pin_failure_under_the_question(void **state)
{
    (void)state;
    struct drive d;
    go_sign(&d, 0);
    go_pin(&d);
    choose(&d, CH_SIGN);
    back(&d);
    token_refuses(&d, ERR_PIN_WRONG, 0);
    assert_state(&d, ST_LEAVE);
    assert_note(&d, OK);
    choose(&d, CH_STAY);
    assert_state(&d, ST_SIGN);
    assert_note(&d, ERR_PIN_WRONG); /* said when the place is seen again */
    assert_focus(&d, FOCUS_PIN);
}

static void alone_with_a_code(void **state)
{
    (void)state;
    struct drive d;
    drive_start(&d, FLAG_CODE_MODE);
    drive_simple(&d, EV_TOKEN_UP, 0, 0, 0);
    struct drive x = d;
    back(&x);
    assert_effect(&x, FX_EXIT);
    drive_simple(&d, EV_CODE, 12, 0, FLAG_FITS);
    back(&d);
    assert_state(&d, ST_LEAVE);
    choose(&d, CH_LEAVE);
    assert_int_equal(effect_of(&d, FX_EXIT)->value, 0);
}

static void signals_never_ask(void **state)
{
    (void)state;
    struct drive d;
    go_sign(&d, 0);
    go_pin(&d);
    drive_simple(&d, EV_LEAVE, 0, 0, FLAG_AT_ONCE);
    assert_state(&d, ST_DONE);
    assert_effect(&d, FX_LOGOUT);
    assert_effect(&d, FX_FORGET);
    struct drive x = d;
    later(&x, 1499);
    assert_no_effect(&x, FX_EXIT);
    assert_true(flow_wake_ms(&x.f, x.now_ms) == x.now_ms + 1);
    later(&x, 1); /* the service does not answer: gone all the same */
    assert_effect(&x, FX_EXIT);
    drive_simple(&d, EV_LEAVE, 0, 0, 0); /* impatience */
    assert_effect(&d, FX_EXIT);
}

static void end_of_input(void **state)
{
    (void)state;
    struct drive d;
    drive_start(&d, FLAG_KIOSK);
    drive_simple(&d, EV_LEAVE, 0, 0, FLAG_INPUT_END);
    assert_int_equal(effect_of(&d, FX_EXIT)->value, 0);
    go_sign(&d, 0);
    drive_simple(&d, EV_LEAVE, 0, 0, FLAG_INPUT_END);
    assert_state(&d, ST_DONE);
    drive_simple(&d, EV_LEAVE, 0, 0, FLAG_INPUT_END); /* no impatience */
    assert_no_effect(&d, FX_EXIT);
    answer(&d, EV_LOGGED_OUT, 0, 0, 0);
    assert_int_equal(effect_of(&d, FX_EXIT)->value, FLOW_EXIT_UNFINISHED);
    go_sign(&d, 0);
    go_pin(&d);
    choose(&d, CH_SIGN);
    token_signs(&d);
    answer(&d, EV_ACCEPTED, 0, 0, 0);
    drive_simple(&d, EV_LEAVE, 0, 0, FLAG_INPUT_END);
    answer(&d, EV_LOGGED_OUT, 0, 0, 0);
    assert_int_equal(effect_of(&d, FX_EXIT)->value, 0);
}

/* Whoever feeds lines hears by the status alone whether anything came of them. */
static void end_of_input_before_anything_came_of_it(void **state)
{
    (void)state;
    struct drive d, x;
    drive_start(&d, 0);
    choose(&d, CH_LOGIN);
    x = d;
    drive_simple(&x, EV_LEAVE, 0, 0, FLAG_INPUT_END);
    assert_int_equal(effect_of(&x, FX_EXIT)->value, FLOW_EXIT_UNFINISHED);
    back(&d);
    x = d;
    drive_simple(&x, EV_LEAVE, 0, 0, FLAG_INPUT_END); /* at the first screen nothing was begun */
    assert_int_equal(effect_of(&x, FX_EXIT)->value, 0);
    choose(&d, CH_LOGIN);
    choose(&d, CH_GATEWAY);
    answer(&d, EV_METHODS, 1, 0, FLAG_PANEL);
    drive_simple(&d, EV_TCKN, 11, 0, FLAG_FITS);
    drive_simple(&d, EV_PASSWORD, 6, 0, 0);
    choose(&d, CH_SIGN_IN);
    refuse(&d, ERR_LOGIN_REFUSED, 0);
    assert_state(&d, ST_LOGIN);
    drive_simple(&d, EV_LEAVE, 0, 0, FLAG_INPUT_END);
    assert_int_equal(effect_of(&d, FX_EXIT)->value, FLOW_EXIT_UNFINISHED);
    drive_start(&d, FLAG_CODE_MODE);
    drive_simple(&d, EV_TOKEN_UP, 0, 0, 0);
    drive_simple(&d, EV_LEAVE, 0, 0, FLAG_INPUT_END);
    assert_int_equal(effect_of(&d, FX_EXIT)->value, FLOW_EXIT_UNFINISHED);
}

static void end_of_input_where_a_consent_is(void **state)
{
    (void)state;
    struct drive d;
    go_home_page(&d, 0);
    choose(&d, CH_NES);
    choose(&d, CH_EONAY);
    choose(&d, CH_CONTINUE);
    answer(&d, EV_ALREADY, 0, 0, 0);
    assert_state(&d, ST_ALREADY);
    drive_simple(&d, EV_LEAVE, 0, 0, FLAG_INPUT_END);
    answer(&d, EV_LOGGED_OUT, 0, 0, 0);
    assert_int_equal(effect_of(&d, FX_EXIT)->value, 0);
}

static void kiosk_starts_over(void **state)
{
    (void)state;
    struct drive d;
    go_home_page(&d, FLAG_KIOSK);
    choose(&d, CH_LANG);
    choose(&d, CH_LOOK);
    choose(&d, CH_LOGOUT);
    assert_state(&d, ST_MENU);
    assert_effect(&d, FX_LOGOUT);
    assert_effect(&d, FX_FORGET);
    assert_no_effect(&d, FX_EXIT);
    assert_false(d.f.english);
    assert_int_equal(d.f.look, LOOK_STANDARD);
    assert_int_equal(d.f.tckn_len, 0);
    choose(&d, CH_LOGIN); /* the next person need not wait for it */
    choose(&d, CH_GATEWAY);
    assert_effect(&d, FX_METHODS);
    assert_no_effect(&d, FX_CANCEL);
    back(&d);
    back(&d);
    assert_state(&d, ST_MENU);
    back(&d);
    choose(&d, CH_EXIT);
    drive_simple(&d, EV_LEAVE, 0, 0, 0);
    assert_state(&d, ST_MENU);
    drive_simple(&d, EV_LEAVE, 0, 0, FLAG_AT_ONCE);
    assert_state(&d, ST_DONE);
}

static void kiosk_with_a_code(void **state)
{
    (void)state;
    struct drive d;
    go_sign_alone(&d, FLAG_KIOSK);
    go_pin(&d);
    choose(&d, CH_SIGN);
    token_signs(&d);
    answer(&d, EV_ACCEPTED, 0, 0, 0);
    choose(&d, CH_CLOSE);
    assert_state(&d, ST_CODE_EMPTY);
    assert_effect(&d, FX_FORGET);
    assert_int_equal(d.f.code_len, 0);
    assert_true(d.f.code_mode);
}

static void goodbye_reminds_of_the_card(void **state)
{
    (void)state;
    struct drive d;
    go_sign(&d, 0);
    struct drive killed = d;
    drive_simple(&d, EV_LEAVE, 0, 0, 0);
    choose(&d, CH_LEAVE);
    assert_state(&d, ST_DONE);
    assert_note(&d, ERR_GOODBYE);
    drive_simple(&killed, EV_LEAVE, 0, 0, FLAG_AT_ONCE);
    assert_note(&killed, OK); /* nobody waits for a last word */
}

static void an_empty_code_field_is_left_unasked(void **state)
{
    (void)state;
    struct drive d;
    drive_start(&d, 0);
    drive_simple(&d, EV_TOKEN_UP, 0, 0, 0);
    choose(&d, CH_HAVE_CODE);
    assert_state(&d, ST_CODE_EMPTY);
    struct drive typed = d;
    back(&d);
    assert_state(&d, ST_MENU);
    drive_simple(&typed, EV_CODE, 3, 2, 0);
    drive_simple(&typed, EV_CODE, 0, 1, 0); /* and rubbed out */
    back(&typed);
    assert_state(&typed, ST_MENU);
}

static void leaving_says_a_last_word(void **state)
{
    (void)state;
    struct drive d;
    go_home_page(&d, 0);
    struct drive idle = d;
    choose(&d, CH_LOGOUT);
    assert_note(&d, ERR_CLOSED);
    later(&idle, 600000);
    assert_state(&idle, ST_DONE);
    assert_note(&idle, ERR_CLOSED_IDLE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(from_the_menu),
        cmocka_unit_test(asked_after_login),
        cmocka_unit_test(leaving_the_code_leads_home),
        cmocka_unit_test(the_carried_code_is_not_lost_by_esc),
        cmocka_unit_test(leaving_stops_the_signature),
        cmocka_unit_test(a_pin_failure_under_the_question),
        cmocka_unit_test(alone_with_a_code),
        cmocka_unit_test(signals_never_ask),
        cmocka_unit_test(end_of_input),
        cmocka_unit_test(end_of_input_before_anything_came_of_it),
        cmocka_unit_test(end_of_input_where_a_consent_is),
        cmocka_unit_test(kiosk_starts_over),
        cmocka_unit_test(kiosk_with_a_code),
        cmocka_unit_test(goodbye_reminds_of_the_card),
        cmocka_unit_test(an_empty_code_field_is_left_unasked),
        cmocka_unit_test(leaving_says_a_last_word),
    };
    return cmocka_run_group_tests_name("leaving", tests, NULL, NULL);
}
