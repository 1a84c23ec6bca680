/* The two clocks: thresholds, extension, expiry and the way back; idleness. */
#include "check.h"

#include <string.h>

static void thresholds_of_the_window(void **state)
{
    static const struct {
        uint32_t left_s;
        enum err_code said;
        bool bell;
    } rows[] = {
        {180, ERR_TIME_MINUTES, false},
        {120, ERR_TIME_MINUTES, false},
        {60, ERR_TIME_60, true},
        {30, ERR_TIME_30, true},
        {10, ERR_TIME_10, true},
    };
    (void)state;
    struct drive d;
    go_sign(&d, 0);
    go_pin(&d);
    uint64_t end = d.f.sign_deadline_ms;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint64_t at = end - rows[i].left_s * (uint64_t)1000;
        assert_true(flow_wake_ms(&d.f, d.now_ms) <= at);
        later(&d, at - 1 - d.now_ms);
        assert_no_effect(&d, FX_SAY);
        later(&d, 1);
        assert_effect(&d, FX_SAY);
        assert_int_equal(effect_of(&d, FX_SAY)->value, rows[i].said);
        assert_int_equal(effect_of(&d, FX_BELL) != NULL, rows[i].bell);
        if (rows[i].bell)
            assert_note(&d, rows[i].said);
        else
            assert_int_equal(effect_of(&d, FX_SAY)->arg, rows[i].left_s);
        assert_state(&d, ST_SIGN); /* the standard look never covers the PIN */
        assert_int_equal(d.f.pin_len, 6);
    }
    later(&d, 9999);
    assert_state(&d, ST_SIGN);
    later(&d, 1);
    assert_state(&d, ST_EXPIRED);
    assert_pin_wiped(&d);
}

static void a_slept_through_threshold_tells_the_true_time(void **state)
{
    (void)state;
    struct drive d;
    go_sign(&d, 0);
    later(&d, (WINDOW_S - 25) * 1000);
    assert_int_equal(effect_of(&d, FX_SAY)->value, ERR_TIME_MINUTES);
    assert_int_equal(effect_of(&d, FX_SAY)->arg, 25);
    assert_effect(&d, FX_BELL);
    later(&d, 1);
    assert_no_effect(&d, FX_SAY);
}

static void without_extensions_none_is_promised(void **state)
{
    (void)state;
    struct drive d;
    go_code_full(&d, FLAG_READER);
    choose(&d, CH_NEXT);
    answer(&d, EV_OPENED, WINDOW_S, 0, FLAG_KNOWN_TEXT);
    later(&d, (WINDOW_S - 60) * 1000);
    assert_int_equal(effect_of(&d, FX_SAY)->value, ERR_TIME_MINUTES);
    assert_int_equal(effect_of(&d, FX_SAY)->arg, 60);
    later(&d, 30000);
    assert_state(&d, ST_SIGN); /* no page that offers nothing */
    choose(&d, CH_EXTEND);
    assert_note(&d, ERR_NOT_EXTENDABLE);
    assert_no_effect(&d, FX_EXTEND);
}

static void the_readers_page_keeps_the_pin(void **state)
{
    (void)state;
    struct drive d;
    go_sign(&d, FLAG_READER);
    go_pin(&d);
    later(&d, (WINDOW_S - 30) * 1000);
    assert_state(&d, ST_TIME);
    assert_place(&d, ST_SIGN);
    assert_no_effect(&d, FX_WIPE_PIN);
    struct drive digit = d;
    drive_simple(&digit, EV_PIN, 7, 0, 0);
    assert_state(&digit, ST_SIGN);
    assert_int_equal(digit.f.pin_len, 7);
    assert_focus(&digit, FOCUS_PIN);
    choose(&d, CH_EXTEND);
    assert_effect(&d, FX_EXTEND);
    assert_state(&d, ST_SIGN);
    assert_int_equal(d.f.pin_len, 6);
    answer(&d, EV_EXTENDED, WINDOW_S, 2, 0);
    assert_note(&d, ERR_EXTENDED);
    assert_int_equal(flow_left_s(&d.f, d.now_ms), WINDOW_S);
    later(&d, 60000);
    assert_effect(&d, FX_SAY); /* the thresholds start anew */
}

static void f4_then_enter_extends(void **state)
{
    (void)state;
    struct drive d;
    go_sign(&d, 0);
    go_pin(&d);
    drive_simple(&d, EV_TIME, 0, 0, 0);
    assert_state(&d, ST_TIME);
    assert_int_equal(flow_left_s(&d.f, d.now_ms), WINDOW_S);
    struct drive again = d, no = d;
    choose(&d, CH_EXTEND);
    assert_state(&d, ST_SIGN);
    assert_effect(&d, FX_EXTEND);
    refuse(&d, ERR_EXTEND_REFUSED, 0);
    assert_note(&d, ERR_EXTEND_REFUSED);
    assert_int_equal(d.f.pin_len, 6);
    drive_simple(&again, EV_TIME, 0, 0, 0);
    assert_state(&again, ST_SIGN);
    choose(&no, CH_NO_EXTEND);
    assert_state(&no, ST_SIGN);
    assert_no_effect(&no, FX_EXTEND);
}

static void an_unreachable_extension_leaves_the_pin_alone(void **state)
{
    (void)state;
    struct drive d;
    go_sign(&d, 0);
    go_pin(&d);
    choose(&d, CH_EXTEND);
    for (int i = 0; i < 5; i++) {
        refuse(&d, ERR_UNREACHABLE, 0);
        later(&d, 1000u << i);
        assert_state(&d, ST_SIGN);
    }
    assert_note(&d, ERR_UNREACHABLE);
    assert_int_equal(d.f.pin_len, 6);
    choose(&d, CH_SIGN); /* signing needs no network */
    assert_state(&d, ST_SIGNING);
    token_signs(&d);
    assert_effect(&d, FX_SUBMIT);
}

static void a_signature_does_not_wait_for_an_extension(void **state)
{
    (void)state;
    struct drive d;
    go_sign(&d, 0);
    go_pin(&d);
    choose(&d, CH_EXTEND);
    uint32_t job = d.f.net_job;
    choose(&d, CH_SIGN);
    token_signs(&d);
    assert_int_equal(effect_of(&d, FX_CANCEL)->job, job);
    assert_effect(&d, FX_SUBMIT);
    drive_event(&d, (struct event){.kind = EV_EXTENDED, .job = job, .value = 1});
    assert_int_equal(flow_left_s(&d.f, d.now_ms), WINDOW_S);
}

static void time_where_none_runs(void **state)
{
    (void)state;
    struct drive d;
    go_home_page(&d, 0);
    choose(&d, CH_TIME);
    assert_state(&d, ST_TIME);
    assert_int_equal(flow_left_s(&d.f, d.now_ms), UINT32_MAX);
    choose(&d, CH_EXTEND);
    assert_no_effect(&d, FX_EXTEND);
    back(&d);
    assert_state(&d, ST_HOME);
}

static void expired_then_straight_to_the_pin(void **state)
{
    (void)state;
    struct drive d;
    go_sign(&d, 0);
    go_pin(&d);
    later(&d, WINDOW_S * 1000);
    assert_state(&d, ST_EXPIRED);
    assert_pin_wiped(&d);
    choose(&d, CH_NEW_CODE);
    assert_effect(&d, FX_REQUEST);
    answer(&d, EV_REQUESTED, LIFETIME_S, 0, 0);
    assert_effect(&d, FX_CARRY_CODE);
    assert_effect(&d, FX_OPEN);
    struct drive other = d;
    answer(&d, EV_OPENED, WINDOW_S, 3, FLAG_KNOWN_TEXT | FLAG_SAME_TEXT);
    assert_state(&d, ST_SIGN);
    assert_focus(&d, FOCUS_PIN);
    assert_true(d.f.cert_confirmed && d.f.text_accepted);
    answer(&other, EV_OPENED, WINDOW_S, 3, FLAG_KNOWN_TEXT);
    assert_focus(&other, FOCUS_TEXT); /* another text is read again */
    assert_false(other.f.text_accepted || other.f.cert_confirmed || other.f.text_end);
}

static void expired_under_code_mode(void **state)
{
    (void)state;
    struct drive d;
    go_sign_alone(&d, 0);
    later(&d, (WINDOW_S - 10) * 1000);
    assert_note(&d, ERR_TIME_10_CODE);
    later(&d, 10000);
    assert_state(&d, ST_EXPIRED);
    choose(&d, CH_NEW_CODE);
    assert_state(&d, ST_CODE_EMPTY);
    assert_effect(&d, FX_CLEAR_CODE);
    assert_no_effect(&d, FX_REQUEST);
}

static void expiry_stops_the_card(void **state)
{
    (void)state;
    struct drive d;
    go_sign(&d, 0);
    go_pin(&d);
    later(&d, (WINDOW_S - 1) * 1000);
    choose(&d, CH_SIGN);
    uint32_t job = d.f.token_job;
    later(&d, 1000);
    assert_state(&d, ST_EXPIRED);
    assert_effect(&d, FX_CANCEL);
    drive_event(&d, (struct event){.kind = EV_SIGNED, .job = job});
    assert_state(&d, ST_EXPIRED);
    assert_no_effect(&d, FX_SUBMIT);
}

static void an_accepted_signature_wins_over_expiry(void **state)
{
    (void)state;
    struct drive d;
    go_sign(&d, 0);
    go_pin(&d);
    choose(&d, CH_SIGN);
    token_signs(&d);
    struct drive late = d;
    d.now_ms += WINDOW_S * 1000 + 5;
    answer(&d, EV_ACCEPTED, 0, 0, 0); /* no tick came before */
    assert_state(&d, ST_SUCCESS);
    later(&late, WINDOW_S * 1000 + 5);
    assert_state(&late, ST_EXPIRED);
    assert_int_equal(late.f.ended, ERR_EXPIRED_SENT);
    struct drive lost = late;
    answer(&late, EV_ACCEPTED, 0, 0, 0); /* the answer to what was sent in time */
    assert_state(&late, ST_SUCCESS);
    refuse(&lost, ERR_UNREACHABLE, 0); /* what failed after the time is not sent again */
    later(&lost, 60000);
    assert_no_effect(&lost, FX_SUBMIT);
    assert_state(&lost, ST_EXPIRED);
}

static void expiry_under_a_question(void **state)
{
    (void)state;
    struct drive d;
    go_sign(&d, 0);
    back(&d);
    assert_state(&d, ST_LEAVE);
    later(&d, WINDOW_S * 1000);
    assert_state(&d, ST_LEAVE);
    assert_place(&d, ST_EXPIRED);
    choose(&d, CH_STAY);
    assert_state(&d, ST_EXPIRED);
}

static void a_key_meant_for_the_page_that_expired_is_dropped(void **state)
{
    (void)state;
    struct drive d;
    go_sign(&d, 0);
    d.now_ms += WINDOW_S * 1000;
    back(&d);
    assert_state(&d, ST_EXPIRED);
}

static void the_code_expires_unopened(void **state)
{
    (void)state;
    struct drive d;
    go_code(&d, 0);
    d.f.idle_ms = 0;
    struct drive carried = d;
    later(&d, LIFETIME_S * 1000);
    assert_state(&d, ST_CODE);
    assert_note(&d, ERR_CODE_EXPIRED_7);
    assert_focus(&d, FOCUS_NEW_CODE);
    choose(&d, CH_HERE);
    assert_state(&d, ST_CODE);
    choose(&d, CH_NEW_CODE);
    answer(&d, EV_REQUESTED, LIFETIME_S, 0, 0);
    assert_false(d.f.code_gone);
    choose(&carried, CH_HERE);
    drive_simple(&carried, EV_TOKEN_UP, 0, 0, 0);
    assert_int_equal(flow_left_s(&carried.f, carried.now_ms), LIFETIME_S);
    later(&carried, LIFETIME_S * 1000);
    assert_state(&carried, ST_CODE_FULL);
    assert_note(&carried, ERR_CODE_EXPIRED);
    choose(&carried, CH_NEXT);
    assert_no_effect(&carried, FX_OPEN);
}

static void a_typed_code_shows_no_clock(void **state)
{
    (void)state;
    struct drive d;
    go_code_full(&d, 0);
    drive_simple(&d, EV_CODE, 12, 0, FLAG_FITS);
    assert_int_equal(flow_left_s(&d.f, d.now_ms), UINT32_MAX);
}

static void idle_warns_then_closes(void **state)
{
    (void)state;
    struct drive d;
    go_home_page(&d, 0);
    later(&d, 600000 - FLOW_IDLE_WARN_MS - 1);
    assert_state(&d, ST_HOME);
    later(&d, 1);
    assert_state(&d, ST_IDLE);
    struct drive touched = d;
    drive_simple(&touched, EV_TOUCH, 0, 0, 0);
    assert_state(&touched, ST_HOME);
    later(&touched, 500000);
    assert_state(&touched, ST_HOME);
    later(&d, FLOW_IDLE_WARN_MS);
    assert_state(&d, ST_DONE);
    assert_effect(&d, FX_FORGET);
    answer(&d, EV_LOGGED_OUT, 0, 0, 0);
    assert_int_equal(effect_of(&d, FX_EXIT)->value, FLOW_EXIT_IDLE);
}

static void the_key_that_wakes_does_nothing_else(void **state)
{
    (void)state;
    struct drive d;
    go_home_page(&d, 0);
    later(&d, 600000 - 1000);
    assert_state(&d, ST_IDLE);
    choose(&d, CH_LOGOUT);
    assert_state(&d, ST_HOME);
}

static void idle_on_a_kiosk_forgets(void **state)
{
    (void)state;
    struct drive d;
    go_home_page(&d, FLAG_KIOSK);
    d.now_ms += 700000; /* slept: no warning was seen */
    choose(&d, CH_NES);
    assert_state(&d, ST_MENU);
    assert_effect(&d, FX_LOGOUT);
    assert_effect(&d, FX_FORGET);
    assert_false(d.f.logged_in);
    later(&d, 100000000);
    assert_state(&d, ST_MENU); /* the first menu never idles */
}

static void idle_wipes_the_pin(void **state)
{
    (void)state;
    struct drive d;
    drive_start(&d, FLAG_CODE_MODE | FLAG_KIOSK); /* elsewhere the window's own clock ends it */
    d.f.idle_ms = 60000;
    drive_simple(&d, EV_CODE, 12, 0, FLAG_FITS | FLAG_WHOLE);
    drive_simple(&d, EV_TOKEN_UP, 0, 0, 0);
    choose(&d, CH_NEXT);
    answer(&d, EV_OPENED, WINDOW_S, 3, FLAG_KNOWN_TEXT);
    cards(&d, 1, 1, 1, 0, 0);
    go_pin(&d);
    later(&d, 40000);
    assert_state(&d, ST_IDLE);
    assert_pin_wiped(&d);
    drive_simple(&d, EV_TOUCH, 0, 0, 0);
    assert_state(&d, ST_SIGN);
    assert_focus(&d, FOCUS_PIN);
    assert_int_equal(d.f.pin_len, 0);
}

/* Who waits beside a running clock is not sent away; when it ends, the counting begins, though nobody comes. */
static void a_running_clock_is_not_idle(void **state)
{
    (void)state;
    struct drive d;
    go_code(&d, 0);
    d.f.idle_ms = 60000;
    later(&d, 120000);
    assert_state(&d, ST_CODE);
    later(&d, LIFETIME_S * 1000 - 120000);
    assert_note(&d, ERR_CODE_EXPIRED_7);
    assert_int_equal(flow_wake_ms(&d.f, d.now_ms), d.now_ms + 60000 - FLOW_IDLE_WARN_MS);
    go_sign(&d, 0);
    d.f.idle_ms = 60000;
    later(&d, 120000);
    assert_int_equal(flow_place(&d.f), ST_SIGN);
    go_sign(&d, FLAG_KIOSK); /* there the next person may come */
    d.f.idle_ms = d.f.idle_at_ms = 0;
    d.f.idle_ms = 60000;
    later(&d, 0);
    later(&d, 40000);
    assert_state(&d, ST_IDLE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(thresholds_of_the_window),
        cmocka_unit_test(a_slept_through_threshold_tells_the_true_time),
        cmocka_unit_test(without_extensions_none_is_promised),
        cmocka_unit_test(the_readers_page_keeps_the_pin),
        cmocka_unit_test(f4_then_enter_extends),
        cmocka_unit_test(an_unreachable_extension_leaves_the_pin_alone),
        cmocka_unit_test(a_signature_does_not_wait_for_an_extension),
        cmocka_unit_test(time_where_none_runs),
        cmocka_unit_test(expired_then_straight_to_the_pin),
        cmocka_unit_test(expired_under_code_mode),
        cmocka_unit_test(expiry_stops_the_card),
        cmocka_unit_test(an_accepted_signature_wins_over_expiry),
        cmocka_unit_test(expiry_under_a_question),
        cmocka_unit_test(a_key_meant_for_the_page_that_expired_is_dropped),
        cmocka_unit_test(the_code_expires_unopened),
        cmocka_unit_test(a_typed_code_shows_no_clock),
        cmocka_unit_test(idle_warns_then_closes),
        cmocka_unit_test(the_key_that_wakes_does_nothing_else),
        cmocka_unit_test(idle_on_a_kiosk_forgets),
        cmocka_unit_test(idle_wipes_the_pin),
        cmocka_unit_test(a_running_clock_is_not_idle),
    };
    return cmocka_run_group_tests_name("clocks", tests, NULL, NULL);
}
