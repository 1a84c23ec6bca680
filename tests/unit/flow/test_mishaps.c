/* Every refusal of the service: where the person stands afterwards, what is kept and what is wiped. */
#include "check.h"

#include "base/code.h"

static void at_login(struct drive *d)
{
    drive_start(d, 0);
    choose(d, CH_LOGIN);
    choose(d, CH_GATEWAY);
    answer(d, EV_METHODS, 1, 0, FLAG_PANEL);
    drive_simple(d, EV_TCKN, 11, 0, FLAG_FITS);
    drive_simple(d, EV_PASSWORD, 8, 0, 0);
}

static void login_refused(void **state)
{
    (void)state;
    struct drive d;
    at_login(&d);
    choose(&d, CH_SIGN_IN);
    refuse(&d, ERR_LOGIN_REFUSED, 0);
    assert_state(&d, ST_LOGIN);
    assert_note(&d, ERR_LOGIN_REFUSED);
    assert_focus(&d, FOCUS_PASSWORD);
    assert_int_equal(d.f.tckn_len, 11);
    choose(&d, CH_SIGN_IN);
    assert_note(&d, ERR_LOGIN_EMPTY);
    assert_no_effect(&d, FX_LOGIN);
}

static void login_leads_back_to_the_gateway(void **state)
{
    static const enum err_code errs[] = {ERR_LOGIN_CANCELLED, ERR_LOGIN_LOCKED, ERR_DEVICE_EXPIRED, ERR_DEVICE_DENIED};
    (void)state;
    for (size_t i = 0; i < sizeof errs / sizeof errs[0]; i++) {
        struct drive d;
        at_login(&d);
        choose(&d, CH_SIGN_IN);
        refuse(&d, errs[i], 300);
        assert_state(&d, ST_GATEWAY);
        assert_note(&d, errs[i]);
        assert_int_equal(d.f.note_arg, 300);
    }
}

static void login_is_never_repeated(void **state)
{
    (void)state;
    struct drive d;
    at_login(&d);
    choose(&d, CH_SIGN_IN);
    refuse(&d, ERR_UNREACHABLE, 0);
    assert_note(&d, ERR_GATEWAY_AWAY);
    assert_focus(&d, FOCUS_PASSWORD);
    later(&d, 10000);
    assert_no_effect(&d, FX_LOGIN);
}

static void a_paste_that_does_not_fit(void **state)
{
    (void)state;
    struct drive d;
    at_login(&d);
    drive_event(&d, (struct event){.kind = EV_TCKN, .err = ERR_PASTE});
    assert_note(&d, ERR_PASTE);
    assert_int_equal(d.f.tckn_len, 0);
    drive_event(&d, (struct event){.kind = EV_PASSWORD, .value = 1});
    assert_note(&d, OK);
    drive_event(&d, (struct event){.kind = EV_PASSWORD, .err = ERR_PASTE});
    assert_note(&d, ERR_PASTE);
    assert_int_equal(d.f.password_len, 0);
}

static void login_fields(void **state)
{
    (void)state;
    struct drive d;
    at_login(&d);
    drive_event(&d, (struct event){.kind = EV_TCKN, .value = 10, .err = ERR_TCKN_KEY});
    assert_note(&d, ERR_TCKN_KEY);
    assert_int_equal(d.f.tckn_len, 10);
    drive_simple(&d, EV_TCKN, 10, 0, 0);
    choose(&d, CH_SIGN_IN);
    assert_note(&d, ERR_TCKN_FORM);
    assert_focus(&d, FOCUS_TCKN);
    assert_int_equal(d.f.password_len, 8);
    choose_arg(&d, CH_METHOD, 1);
    assert_note(&d, ERR_METHOD_NOT_HERE);
    assert_int_equal(d.f.method, 0); /* the password stays what is asked for */
    choose(&d, CH_SIGN_IN);
    assert_no_effect(&d, FX_LOGIN);
    back(&d);
    assert_state(&d, ST_GATEWAY);
    assert_effect(&d, FX_WIPE_PASSWORD);
}

static void a_gateway_without_panel_takes_no_password(void **state)
{
    (void)state;
    struct drive d;
    drive_start(&d, 0);
    choose(&d, CH_LOGIN);
    choose(&d, CH_GATEWAY);
    answer(&d, EV_METHODS, 31, 0, 0);
    assert_state(&d, ST_GATEWAY);
    assert_note(&d, ERR_LOGIN_ELSEWHERE);
}

static void gateway_away(void **state)
{
    (void)state;
    struct drive d;
    drive_start(&d, 0);
    choose(&d, CH_LOGIN);
    choose(&d, CH_GATEWAY);
    refuse(&d, ERR_GATEWAY_AWAY, 0);
    assert_state(&d, ST_GATEWAY);
    assert_note(&d, ERR_GATEWAY_AWAY);
    choose(&d, CH_GATEWAY);
    assert_effect(&d, FX_METHODS);
}

/* Quick retries in silence, then a page of its own, then the way goes on by itself. */
static void unreachable_then_back(void **state)
{
    static const uint64_t pauses[] = {250, 500, 1000, 2000, 4000, 8000, 8000};
    (void)state;
    struct drive d;
    go_home_page(&d, 0);
    choose(&d, CH_NES);
    choose(&d, CH_EONAY);
    choose(&d, CH_CONTINUE);
    uint64_t asked = d.now_ms;
    for (size_t i = 0; i < sizeof pauses / sizeof pauses[0]; i++) {
        refuse(&d, i % 2 ? ERR_SLOW : ERR_UNREACHABLE, 0);
        assert_true(flow_wake_ms(&d.f, d.now_ms) <= d.now_ms + pauses[i]);
        later(&d, pauses[i] - 1);
        assert_no_effect(&d, FX_REQUEST);
        later(&d, 1);
        assert_effect(&d, FX_REQUEST);
        assert_state(&d, d.now_ms - asked >= FLOW_AWAY_MS ? ST_AWAY : ST_ACCEPT);
        assert_place(&d, ST_ACCEPT);
    }
    answer(&d, EV_REQUESTED, LIFETIME_S, 0, 0);
    assert_state(&d, ST_CODE);
}

static void away_try_now_and_back(void **state)
{
    (void)state;
    struct drive d;
    go_home_page(&d, 0);
    choose(&d, CH_NES);
    choose(&d, CH_EONAY);
    choose(&d, CH_CONTINUE);
    refuse(&d, ERR_UNREACHABLE, 0);
    later(&d, 250);
    refuse(&d, ERR_UNREACHABLE, 0);
    later(&d, 500);
    refuse(&d, ERR_UNREACHABLE, 0);
    later(&d, 1000);
    refuse(&d, ERR_UNREACHABLE, 0);
    later(&d, 1250);
    assert_state(&d, ST_AWAY);
    choose(&d, CH_RETRY);
    assert_effect(&d, FX_REQUEST);
    choose(&d, CH_RETRY);
    assert_no_effect(&d, FX_REQUEST); /* one is under way */
    back(&d);
    assert_state(&d, ST_ACCEPT);
    assert_effect(&d, FX_CANCEL);
    assert_note(&d, OK);
    later(&d, 60000);
    assert_no_effect(&d, FX_REQUEST);
}

static void slow_is_said_once(void **state)
{
    (void)state;
    struct drive d;
    go_home_page(&d, 0);
    choose(&d, CH_NES);
    choose(&d, CH_EONAY);
    choose(&d, CH_CONTINUE);
    later(&d, FLOW_AWAY_MS - 1);
    assert_note(&d, ERR_WAITING);
    later(&d, 1);
    assert_note(&d, ERR_SLOW);
    assert_effect(&d, FX_SAY);
    later(&d, 20000);
    assert_no_effect(&d, FX_SAY);
    back(&d);
    assert_state(&d, ST_ACCEPT);
    assert_effect(&d, FX_CANCEL);
    uint32_t old = d.f.next_job;
    drive_event(&d, (struct event){.kind = EV_REQUESTED, .job = old, .value = LIFETIME_S});
    assert_state(&d, ST_ACCEPT); /* it was not wanted any more */
}

static void no_retry_without_tls(void **state)
{
    (void)state;
    struct drive d;
    go_home_page(&d, 0);
    choose(&d, CH_NES);
    choose(&d, CH_EONAY);
    choose(&d, CH_CONTINUE);
    refuse(&d, ERR_TLS, 0);
    assert_state(&d, ST_ACCEPT);
    assert_note(&d, ERR_TLS);
    later(&d, 60000);
    assert_no_effect(&d, FX_REQUEST);
}

static void session_over_then_back_to_the_place(void **state)
{
    (void)state;
    struct drive d;
    go_home_page(&d, 0);
    choose(&d, CH_NES);
    choose(&d, CH_EONAY);
    choose(&d, CH_CONTINUE);
    refuse(&d, ERR_SESSION_OVER, 0);
    assert_state(&d, ST_GATEWAY);
    assert_note(&d, ERR_SESSION_OVER);
    assert_false(d.f.logged_in);
    choose(&d, CH_GATEWAY);
    answer(&d, EV_METHODS, 1, 0, FLAG_PANEL);
    drive_simple(&d, EV_TCKN, 11, 0, FLAG_FITS);
    drive_simple(&d, EV_PASSWORD, 8, 0, 0);
    struct drive other = d;
    choose(&d, CH_SIGN_IN);
    answer(&d, EV_PERSON, 0, 0, FLAG_SAME_PERSON);
    assert_state(&d, ST_ACCEPT);
    choose(&other, CH_SIGN_IN);
    answer(&other, EV_PERSON, 0, 0, 0);
    assert_state(&other, ST_HOME); /* somebody else starts from the beginning */
}

static void code_mistakes_need_no_request(void **state)
{
    static const struct {
        uint32_t len, fit;
        enum err_code note;
    } rows[] = {
        {0, CODE_EMPTY, ERR_CODE_EMPTY},
        {7, CODE_SHORT, ERR_CODE_SHORT},
        {13, CODE_LONG, ERR_CODE_CHECK},
        {12, CODE_BAD_CHECK, ERR_CODE_CHECK},
        {12, CODE_BAD_LETTER, ERR_CODE_LETTER},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct drive d;
        drive_start(&d, FLAG_CODE_MODE);
        drive_simple(&d, EV_TOKEN_UP, 0, 0, 0);
        drive_simple(&d, EV_CODE, rows[i].len, rows[i].fit, 0);
        choose(&d, CH_NEXT);
        assert_state(&d, ST_CODE_EMPTY);
        assert_note(&d, rows[i].note);
        assert_focus(&d, FOCUS_CODE);
        assert_int_equal(d.f.code_len, rows[i].len);
        assert_no_effect(&d, FX_OPEN);
        if (rows[i].note == ERR_CODE_SHORT)
            assert_int_equal(d.f.note_arg, 7);
    }
}

static void code_refused_by_the_service(void **state)
{
    (void)state;
    struct drive d;
    go_code_full(&d, 0);
    choose(&d, CH_NEXT);
    refuse(&d, ERR_CODE_UNKNOWN, 0);
    assert_state(&d, ST_CODE_FULL);
    assert_focus(&d, FOCUS_CODE);
    choose(&d, CH_NEXT);
    refuse(&d, ERR_CODE_EXPIRED, 0);
    assert_state(&d, ST_CODE_FULL);
    assert_focus(&d, FOCUS_NEW_CODE);
    choose(&d, CH_NEW_CODE);
    assert_effect(&d, FX_REQUEST);
    answer(&d, EV_REQUESTED, LIFETIME_S, 0, 0);
    assert_state(&d, ST_CODE_FULL);
    assert_effect(&d, FX_CARRY_CODE);
    assert_focus(&d, FOCUS_NEXT);
}

static void another_code_while_one_is_opened(void **state)
{
    (void)state;
    struct drive d;
    go_code_full(&d, 0);
    choose(&d, CH_NEXT);
    uint32_t old = d.f.net_job;
    drive_simple(&d, EV_CODE, 3, CODE_SHORT, 0);
    assert_effect(&d, FX_CANCEL);
    drive_event(&d, (struct event){.kind = EV_OPENED, .job = old, .value = WINDOW_S});
    assert_state(&d, ST_CODE_EMPTY);
    assert_int_equal(d.f.sign_deadline_ms, 0);
}

static void unsafe_text_is_not_shown(void **state)
{
    (void)state;
    struct drive d;
    go_code_full(&d, 0);
    choose(&d, CH_NEXT);
    refuse(&d, ERR_TEXT_UNSAFE, 0);
    assert_state(&d, ST_CODE_EMPTY);
    assert_note(&d, ERR_TEXT_UNSAFE);
    assert_effect(&d, FX_CLEAR_CODE);
    assert_int_equal(d.f.code_len, 0);
}

static void sent(struct drive *d)
{
    go_sign(d, 0);
    go_pin(d);
    choose(d, CH_SIGN);
    token_signs(d);
}

static void refusals_of_a_signature(void **state)
{
    static const struct {
        enum err_code err;
        enum flow_state to;
        enum focus focus;
    } rows[] = {
        {ERR_REJ_WINDOW, ST_EXPIRED, FOCUS_DEFAULT},
        {ERR_REJ_TEXT, ST_EXPIRED, FOCUS_DEFAULT},
        {ERR_REJ_BOUND, ST_EXPIRED, FOCUS_DEFAULT},
        {ERR_REJ_SIG, ST_SIGN, FOCUS_PIN},
        {ERR_REJ_CHAIN, ST_SIGN, FOCUS_CERT},
        {ERR_REJ_EXPIRED, ST_SIGN, FOCUS_CERT},
        {ERR_REJ_REVOKED, ST_SIGN, FOCUS_CERT},
        {ERR_REJ_UNKNOWN, ST_SIGN, FOCUS_PIN},
        {ERR_REJ_NES, ST_SIGN, FOCUS_CERT},
        {ERR_REJ_PERSON, ST_SIGN, FOCUS_CERT},
        {ERR_REJ_WEAK, ST_SIGN, FOCUS_CERT},
        {ERR_REJ_FORM, ST_SIGN, FOCUS_PIN},
        {ERR_TLS, ST_SIGN, FOCUS_PIN},
        {ERR_ALREADY_RACED, ST_ALREADY, FOCUS_DEFAULT},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct drive d;
        sent(&d);
        refuse(&d, rows[i].err, 0);
        assert_state(&d, rows[i].to);
        assert_int_equal(rows[i].to == ST_EXPIRED ? d.f.ended : d.f.note, rows[i].err);
        assert_focus(&d, rows[i].focus);
        assert_false(d.f.have_cms);
        assert_int_equal(
            d.f.cert_confirmed, rows[i].to == ST_SIGN ? rows[i].focus == FOCUS_PIN : rows[i].to == ST_EXPIRED);
        choose(&d, CH_SIGN); /* one PIN, one signature: nothing goes without a new one */
        assert_no_effect(&d, FX_SIGN);
    }
}

static void a_signature_is_sent_again_until_time_is_up(void **state)
{
    (void)state;
    struct drive d;
    sent(&d);
    refuse(&d, ERR_UNREACHABLE, 0);
    assert_state(&d, ST_SIGNING);
    assert_note(&d, ERR_SIGNED_UNSENT);
    assert_false(d.f.sent);
    later(&d, 250);
    assert_effect(&d, FX_SUBMIT);
    refuse(&d, ERR_SLOW, 0);
    assert_note(&d, ERR_SENT_UNKNOWN);
    assert_true(d.f.sent);
    later(&d, 500);
    refuse(&d, ERR_UNREACHABLE, 0); /* once in doubt, always in doubt */
    assert_true(d.f.sent);
    assert_note(&d, ERR_SENT_UNKNOWN);
    later(&d, 1000);
    refuse(&d, ERR_BUSY, 7);
    later(&d, 6999);
    assert_no_effect(&d, FX_SUBMIT);
    later(&d, 1);
    assert_effect(&d, FX_SUBMIT);
    assert_no_effect(&d, FX_SIGN);
    refuse(&d, ERR_GARBLED, 0);
    later(&d, 300000);
    assert_state(&d, ST_EXPIRED);
    assert_int_equal(d.f.ended, ERR_EXPIRED_SENT);
    later(&d, 60000);
    assert_no_effect(&d, FX_SUBMIT);
}

static void leaving_while_sent_asks_first(void **state)
{
    (void)state;
    struct drive d;
    sent(&d);
    back(&d);
    assert_state(&d, ST_LEAVE);
    assert_true(d.f.sent);
    answer(&d, EV_ACCEPTED, 0, 0, 0);
    assert_state(&d, ST_SUCCESS); /* nothing to ask any more */
}

static void signed_while_being_asked_is_not_sent(void **state)
{
    (void)state;
    struct drive d;
    go_sign(&d, 0);
    go_pin(&d);
    choose(&d, CH_SIGN);
    back(&d);
    assert_state(&d, ST_LEAVE);
    token_signs(&d);
    assert_no_effect(&d, FX_SUBMIT);
    struct drive gone = d;
    choose(&d, CH_STAY);
    assert_state(&d, ST_SIGNING);
    assert_effect(&d, FX_SUBMIT);
    choose(&gone, CH_LEAVE);
    assert_state(&gone, ST_HOME);
    assert_no_effect(&gone, FX_SUBMIT);
    assert_false(gone.f.have_cms);
}

static void net_worker_lost(void **state)
{
    (void)state;
    struct drive d;
    go_home_page(&d, 0);
    choose(&d, CH_NES);
    choose(&d, CH_EONAY);
    choose(&d, CH_CONTINUE);
    drive_simple(&d, EV_NET_GONE, 0, 0, 0);
    assert_state(&d, ST_ACCEPT);
    assert_note(&d, ERR_WORKER_GONE);
    choose(&d, CH_CONTINUE);
    assert_effect(&d, FX_NET_START);
    assert_effect(&d, FX_REQUEST);
}

static void a_wrong_kind_of_answer_is_garbled(void **state)
{
    (void)state;
    struct drive d;
    go_home_page(&d, 0);
    choose(&d, CH_NES);
    choose(&d, CH_EONAY);
    choose(&d, CH_CONTINUE);
    answer(&d, EV_ACCEPTED, 0, 0, 0);
    assert_state(&d, ST_ACCEPT);
    assert_note(&d, ERR_GARBLED);
}

static void notes_of_the_shell(void **state)
{
    (void)state;
    struct drive d;
    go_code(&d, 0);
    drive_event(&d, (struct event){.kind = EV_FAILED, .err = ERR_COPY_UNSURE});
    assert_state(&d, ST_CODE);
    assert_note(&d, ERR_COPY_UNSURE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(login_refused),
        cmocka_unit_test(login_leads_back_to_the_gateway),
        cmocka_unit_test(login_is_never_repeated),
        cmocka_unit_test(a_paste_that_does_not_fit),
        cmocka_unit_test(login_fields),
        cmocka_unit_test(a_gateway_without_panel_takes_no_password),
        cmocka_unit_test(gateway_away),
        cmocka_unit_test(unreachable_then_back),
        cmocka_unit_test(away_try_now_and_back),
        cmocka_unit_test(slow_is_said_once),
        cmocka_unit_test(no_retry_without_tls),
        cmocka_unit_test(session_over_then_back_to_the_place),
        cmocka_unit_test(code_mistakes_need_no_request),
        cmocka_unit_test(code_refused_by_the_service),
        cmocka_unit_test(another_code_while_one_is_opened),
        cmocka_unit_test(unsafe_text_is_not_shown),
        cmocka_unit_test(refusals_of_a_signature),
        cmocka_unit_test(a_signature_is_sent_again_until_time_is_up),
        cmocka_unit_test(leaving_while_sent_asks_first),
        cmocka_unit_test(signed_while_being_asked_is_not_sent),
        cmocka_unit_test(net_worker_lost),
        cmocka_unit_test(a_wrong_kind_of_answer_is_garbled),
        cmocka_unit_test(notes_of_the_shell),
    };
    return cmocka_run_group_tests_name("mishaps", tests, NULL, NULL);
}
