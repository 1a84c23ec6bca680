/* A card that wants another PIN before it signs: told, changed, and on with the signature. */
#include "check.h"

static void type_part(struct drive *d, enum pin_part part, uint32_t len, uint32_t flags)
{
    drive_event(d, (struct event){.kind = EV_PIN_PART, .arg = part, .value = len, .flags = flags});
}

static void type_all(struct drive *d)
{
    type_part(d, PART_OLD, 6, 0);
    type_part(d, PART_NEW, 6, 0);
    type_part(d, PART_AGAIN, 6, FLAG_SAME_PIN);
}

#define assert_parts(d, a, b, c)                                                                                       \
    do {                                                                                                               \
        assert_int_equal((d)->f.part_len[PART_OLD], (a));                                                              \
        assert_int_equal((d)->f.part_len[PART_NEW], (b));                                                              \
        assert_int_equal((d)->f.part_len[PART_AGAIN], (c));                                                            \
    } while (0)
#define assert_parts_wiped(d)                                                                                          \
    do {                                                                                                               \
        assert_effect((d), FX_WIPE_PARTS);                                                                             \
        assert_int_equal(effect_of((d), FX_WIPE_PARTS)->value, PARTS_ALL);                                             \
        assert_parts((d), 0, 0, 0);                                                                                    \
    } while (0)

/* A card whose PIN is due, its certificate confirmed. */
static void go_due(struct drive *d, uint8_t pin_flags)
{
    go_sign(d, 0);
    cards(d, 1, 1, 1, FLAG_SAME_CARD, pin_flags);
    drive_simple(d, EV_TEXT_END, 0, 0, 0);
    choose(d, CH_TEXT_READ);
    choose(d, CH_CERT_OK);
}

static void go_change(struct drive *d, uint8_t more)
{
    go_due(d, (uint8_t)(PIN_DUE | more));
    assert_state(d, ST_PIN_CHANGE);
}

static void changed(struct drive *d)
{
    drive_event(d, (struct event){.kind = EV_PIN_CHANGED, .job = d->f.token_job});
}

static void told_before_the_pin_is_asked_for(void **state)
{
    (void)state;
    struct drive d;
    go_change(&d, 0);
    assert_note(&d, ERR_PIN_CHANGE);
    assert_focus(&d, FOCUS_PIN_OLD);
    choose(&d, CH_CANCEL);
    assert_state(&d, ST_SIGN);
    assert_false(d.f.cert_confirmed);
    choose(&d, CH_SIGN);
    assert_no_effect(&d, FX_SIGN);
    choose(&d, CH_CERT_OK);
    assert_state(&d, ST_PIN_CHANGE);
}

/* The card says so only while the PIN is being typed: it is not tried. */
static void due_while_the_pin_is_typed(void **state)
{
    (void)state;
    struct drive d;
    go_sign(&d, 0);
    go_pin(&d);
    cards(&d, 1, 1, 1, FLAG_SAME_CARD, PIN_DUE);
    if (d.f.state == ST_SIGN) {
        type_pin(&d, 6);
        choose(&d, CH_SIGN);
    }
    assert_null(effect_of(&d, FX_SIGN));
    assert_state(&d, ST_PIN_CHANGE);
}

static void changed_and_on_with_everything_kept(void **state)
{
    (void)state;
    struct drive d;
    go_change(&d, 0);
    uint64_t deadline = d.f.sign_deadline_ms;
    type_all(&d);
    assert_note(&d, ERR_PIN_DUE);
    choose(&d, CH_CHANGE_PIN);
    assert_effect(&d, FX_CHANGE_PIN);
    assert_parts_wiped(&d);
    assert_state(&d, ST_PIN_CHANGE);
    choose(&d, CH_CHANGE_PIN); /* pressed twice: one try */
    assert_no_effect(&d, FX_CHANGE_PIN);
    changed(&d);
    assert_state(&d, ST_SIGN);
    assert_note(&d, ERR_PIN_CHANGED);
    assert_focus(&d, FOCUS_PIN);
    assert_true(d.f.text_accepted && d.f.cert_confirmed);
    assert_int_equal(d.f.sign_deadline_ms, deadline);
    type_pin(&d, 6);
    choose(&d, CH_SIGN);
    assert_effect(&d, FX_SIGN);
    token_signs(&d);
    assert_effect(&d, FX_SUBMIT);
}

static void an_expired_pin_is_told_by_the_login(void **state)
{
    (void)state;
    struct drive d;
    go_sign(&d, 0);
    go_pin(&d);
    choose(&d, CH_SIGN);
    token_refuses(&d, ERR_PIN_CHANGE, 0);
    assert_state(&d, ST_PIN_CHANGE);
    assert_note(&d, ERR_PIN_CHANGE);
    struct drive other = d;
    back(&d);
    choose(&d, CH_CERT_OK); /* the flags say nothing of it */
    assert_state(&d, ST_PIN_CHANGE);
    type_all(&d);
    choose(&d, CH_CHANGE_PIN);
    changed(&d);
    type_pin(&d, 6);
    choose(&d, CH_SIGN);
    assert_effect(&d, FX_SIGN);
    cards(&other, 1, 1, 1, 0, 0); /* another card is another PIN */
    assert_state(&other, ST_SIGN);
    choose(&other, CH_CERT_OK);
    assert_state(&other, ST_SIGN);
    assert_focus(&other, FOCUS_PIN);
}

static void nothing_is_tried_that_cannot_be_right(void **state)
{
    (void)state;
    struct drive d;
    go_change(&d, 0);
    choose(&d, CH_CHANGE_PIN);
    assert_note(&d, ERR_PIN_EMPTY);
    assert_focus(&d, FOCUS_PIN_OLD);
    type_part(&d, PART_OLD, 3, 0);
    choose(&d, CH_CHANGE_PIN);
    assert_note(&d, ERR_PIN_SHORT);
    assert_int_equal(d.f.note_arg, 4);
    type_part(&d, PART_OLD, 9, 0);
    choose(&d, CH_CHANGE_PIN);
    assert_note(&d, ERR_PIN_LONG);
    assert_int_equal(d.f.note_arg, 8);
    type_part(&d, PART_OLD, 6, 0);
    choose(&d, CH_CHANGE_PIN);
    assert_note(&d, ERR_NEW_PIN_EMPTY);
    assert_focus(&d, FOCUS_PIN_NEW);
    type_part(&d, PART_NEW, 3, FLAG_SAME_PIN);
    choose(&d, CH_CHANGE_PIN);
    assert_note(&d, ERR_NEW_PIN_SHORT);
    assert_int_equal(d.f.note_arg, 4);
    type_part(&d, PART_NEW, 9, FLAG_SAME_PIN);
    choose(&d, CH_CHANGE_PIN);
    assert_note(&d, ERR_NEW_PIN_LONG);
    assert_int_equal(d.f.note_arg, 8);
    type_part(&d, PART_NEW, 6, 0);
    type_part(&d, PART_AGAIN, 6, 0);
    choose(&d, CH_CHANGE_PIN);
    assert_note(&d, ERR_NEW_PIN_DIFFERS);
    assert_focus(&d, FOCUS_PIN_NEW);
    assert_int_equal(effect_of(&d, FX_WIPE_PARTS)->value, PARTS_NEW);
    assert_parts(&d, 6, 0, 0); /* the old one stays */
    assert_no_effect(&d, FX_CHANGE_PIN);
    drive_event(&d, (struct event){.kind = EV_PIN_PART, .value = 6, .err = ERR_PIN_LETTER});
    assert_note(&d, ERR_PIN_LETTER);
}

static void every_way_out_wipes_all_three(void **state)
{
    (void)state;
    struct drive d;
    static const enum choice outs[] = {CH_CANCEL, CH_PIN_CLEAR};
    for (size_t i = 0; i < sizeof outs / sizeof outs[0]; i++) {
        go_change(&d, 0);
        type_all(&d);
        choose(&d, outs[i]);
        assert_parts_wiped(&d);
    }
    go_change(&d, 0);
    type_all(&d);
    drive_simple(&d, EV_LEAVE, 0, 0, 0);
    assert_parts_wiped(&d);
    go_change(&d, 0);
    type_all(&d);
    later(&d, WINDOW_S * 1000);
    assert_state(&d, ST_EXPIRED);
    assert_parts_wiped(&d);
    go_change(&d, 0);
    type_all(&d);
    cards(&d, 0, 0, 0, 0, 0);
    assert_state(&d, ST_NO_CARD);
    assert_parts_wiped(&d);
    cards(&d, 1, 1, 1, FLAG_SAME_CARD, PIN_DUE); /* back in its reader: the same page */
    assert_state(&d, ST_PIN_CHANGE);
    go_sign(&d, 0);
    type_part(&d, PART_OLD, 6, 0); /* typed into nothing */
    assert_parts_wiped(&d);
}

static void the_time_page_stands_over_the_fields(void **state)
{
    (void)state;
    struct drive d;
    go_change(&d, 0);
    type_all(&d);
    drive_simple(&d, EV_TIME, 0, 0, 0);
    assert_state(&d, ST_TIME);
    assert_parts(&d, 6, 6, 6);
    back(&d);
    assert_state(&d, ST_PIN_CHANGE);
    assert_parts(&d, 6, 6, 6);
    choose(&d, CH_CHANGE_PIN);
    assert_effect(&d, FX_CHANGE_PIN);
}

/* A digit that page does not take would be missing in what is tried. */
static void no_page_comes_between_the_digits(void **state)
{
    (void)state;
    struct drive d;
    go_sign(&d, FLAG_READER);
    cards(&d, 1, 1, 1, FLAG_SAME_CARD, PIN_DUE);
    drive_simple(&d, EV_TEXT_END, 0, 0, 0);
    choose(&d, CH_TEXT_READ);
    choose(&d, CH_CERT_OK);
    later(&d, (WINDOW_S - 30) * 1000);
    assert_state(&d, ST_PIN_CHANGE);
    assert_effect(&d, FX_SAY);
}

static void a_refusal_asks_again(void **state)
{
    (void)state;
    struct drive d;
    go_change(&d, 0);
    type_all(&d);
    choose(&d, CH_CHANGE_PIN);
    token_refuses(&d, ERR_PIN_WRONG, PIN_LOW);
    assert_state(&d, ST_PIN_CHANGE);
    assert_note(&d, ERR_PIN_LOW);
    assert_focus(&d, FOCUS_PIN_OLD);
    type_all(&d);
    choose(&d, CH_CHANGE_PIN);
    token_refuses(&d, ERR_NEW_PIN_REFUSED, 0);
    assert_note(&d, ERR_NEW_PIN_REFUSED);
    type_all(&d);
    choose(&d, CH_CHANGE_PIN);
    token_refuses(&d, ERR_PIN_AGAIN, 0);
    assert_note(&d, ERR_CHANGE_AGAIN);
    type_all(&d);
    choose(&d, CH_CHANGE_PIN);
    assert_effect(&d, FX_CHANGE_PIN);
    token_refuses(&d, ERR_PIN_LOCKED, PIN_LOCKED);
    assert_state(&d, ST_LOCKED);
}

/* Who only wishes for another PIN, and cannot take one, is asked with the old one; who insists is not. */
static void a_pin_that_cannot_be_changed_may_still_sign(void **state)
{
    (void)state;
    struct drive d, expired;
    go_change(&d, 0);
    type_all(&d);
    choose(&d, CH_CHANGE_PIN);
    token_refuses(&d, ERR_PIN_FIXED, 0);
    assert_state(&d, ST_SIGN);
    assert_note(&d, ERR_PIN_FIXED);
    assert_focus(&d, FOCUS_PIN);
    type_pin(&d, 6);
    choose(&d, CH_SIGN);
    assert_effect(&d, FX_SIGN);
    expired = d;
    token_refuses(&expired, ERR_PIN_CHANGE, 0);
    assert_state(&expired, ST_PIN_CHANGE);
    type_all(&expired);
    choose(&expired, CH_CHANGE_PIN);
    token_refuses(&expired, ERR_PIN_FIXED, 0);
    assert_state(&expired, ST_PIN_CHANGE);
    assert_note(&expired, ERR_PIN_FIXED);
    token_signs(&d);
    assert_effect(&d, FX_SUBMIT);
    go_change(&d, 0);
    type_all(&d);
    choose(&d, CH_CHANGE_PIN);
    token_refuses(&d, ERR_PIN_FIXED, 0);
    cards(&d, 1, 1, 1, 0, PIN_DUE); /* another card is asked anew */
    choose(&d, CH_CERT_OK);
    assert_state(&d, ST_PIN_CHANGE);
}

static void the_last_try_has_its_question(void **state)
{
    (void)state;
    struct drive d;
    go_due(&d, PIN_DUE | PIN_LAST);
    assert_state(&d, ST_LAST_TRY);
    choose(&d, CH_LAST_TRY);
    assert_state(&d, ST_PIN_CHANGE);
    type_all(&d);
    choose(&d, CH_CHANGE_PIN);
    assert_effect(&d, FX_CHANGE_PIN);
    assert_false(d.f.last_try_taken);
    token_refuses(&d, ERR_NEW_PIN_REFUSED, 0);
    type_all(&d);
    choose(&d, CH_CHANGE_PIN); /* asked about once for each */
    assert_no_effect(&d, FX_CHANGE_PIN);
    assert_state(&d, ST_LAST_TRY);
    go_due(&d, PIN_DUE | PIN_LOCKED);
    assert_state(&d, ST_LOCKED);
}

static void a_pad_is_asked_without_typing(void **state)
{
    (void)state;
    struct drive d;
    go_change(&d, PIN_PAD);
    type_part(&d, PART_OLD, 6, 0);
    assert_parts_wiped(&d);
    choose(&d, CH_CHANGE_PIN);
    assert_effect(&d, FX_CHANGE_PIN);
    choose(&d, CH_CHANGE_PIN); /* pressed twice: asked once */
    assert_no_effect(&d, FX_CHANGE_PIN);
    later(&d, FLOW_HANG_MS + FLOW_PAD_MS); /* three entries take their time */
    assert_no_effect(&d, FX_TOKEN_KILL);
    changed(&d);
    assert_state(&d, ST_SIGN);
    assert_note(&d, ERR_PIN_CHANGED_PAD);
    assert_focus(&d, FOCUS_SIGN);
}

static void a_signature_is_no_answer_to_a_change(void **state)
{
    (void)state;
    struct drive d;
    go_change(&d, 0);
    type_all(&d);
    choose(&d, CH_CHANGE_PIN);
    token_signs(&d);
    assert_state(&d, ST_PIN_CHANGE);
    assert_false(d.f.have_cms);
    assert_true(d.f.token_job != 0);
    go_sign(&d, 0);
    go_pin(&d);
    choose(&d, CH_SIGN);
    changed(&d);
    assert_state(&d, ST_SIGNING);
}

static void what_is_not_sure_is_told_so(void **state)
{
    (void)state;
    struct drive d, hangs;
    go_change(&d, 0);
    type_all(&d);
    choose(&d, CH_CHANGE_PIN);
    hangs = d;
    drive_simple(&d, EV_TOKEN_GONE, 1, 0, 0);
    assert_state(&d, ST_SIGN);
    assert_note(&d, ERR_PIN_UNSURE);
    assert_focus(&d, FOCUS_PIN);
    later(&hangs, FLOW_HANG_MS);
    assert_effect(&hangs, FX_TOKEN_KILL);
    assert_state(&hangs, ST_SIGN);
    assert_note(&hangs, ERR_PIN_UNSURE);
    drive_simple(&hangs, EV_TOKEN_GONE, 1, 0, 0);
    assert_note(&hangs, ERR_PIN_UNSURE);
    go_change(&hangs, 0);
    type_all(&hangs);
    choose(&hangs, CH_CHANGE_PIN);
    hangs.now_ms += FLOW_HANG_MS; /* and another card stands there the very moment it is given up */
    cards(&hangs, 1, 1, 1, 0, 0);
    assert_effect(&hangs, FX_TOKEN_KILL);
    assert_note(&hangs, ERR_PIN_UNSURE);
    go_change(&d, 0);
    type_all(&d);
    choose(&d, CH_CHANGE_PIN);
    token_refuses(&d, ERR_PIN_UNSURE, 0);
    assert_note(&d, ERR_PIN_UNSURE);
}

static void go_changing(struct drive *d)
{
    go_change(d, 0);
    type_all(d);
    choose(d, CH_CHANGE_PIN);
    assert_effect(d, FX_CHANGE_PIN);
}

/* The worker tells its list first: a card that is pulled after the change was made may be all that is heard of it. */
static void a_card_that_goes_in_the_middle_leaves_a_doubt(void **state)
{
    (void)state;
    static const enum err_code why[] = {OK, ERR_NO_CARD, ERR_NO_READER, ERR_FORWARD_DEAD};
    struct drive d;
    for (size_t i = 0; i < sizeof why / sizeof why[0]; i++) {
        go_changing(&d);
        uint32_t job = d.f.token_job;
        drive_event(&d, (struct event){.kind = EV_CARDS, .err = why[i]});
        assert_state(&d, ST_NO_CARD);
        assert_note(&d, ERR_PIN_UNSURE);
        drive_event(&d, (struct event){.kind = EV_PIN_CHANGED, .job = job}); /* too late */
        drive_event(&d, (struct event){.kind = EV_CARDS, .err = why[i]});
        assert_state(&d, ST_NO_CARD);
        assert_note(&d, ERR_PIN_UNSURE);
        cards(&d, 1, 1, 1, FLAG_SAME_CARD, 0);
        assert_state(&d, ST_SIGN);
        assert_note(&d, ERR_PIN_UNSURE);
        assert_focus(&d, FOCUS_PIN);
    }
    go_changing(&d);
    back(&d);
    cards(&d, 0, 0, 0, 0, 0);
    cards(&d, 0, 0, 0, 0, 0);
    assert_state(&d, ST_LEAVE);
    choose(&d, CH_STAY);
    assert_state(&d, ST_NO_CARD);
    assert_note(&d, ERR_PIN_UNSURE);
    go_changing(&d);
    cards(&d, 1, 1, 1, 0, 0); /* another one stands there now */
    assert_state(&d, ST_SIGN);
    assert_focus(&d, FOCUS_CERT);
    assert_note(&d, ERR_PIN_UNSURE);
    go_change(&d, 0);
    type_all(&d);
    cards(&d, 0, 0, 0, 0, 0); /* nothing was asked of it */
    assert_note(&d, ERR_CARD_GONE);
}

static void time_that_is_up_in_the_middle_leaves_a_doubt(void **state)
{
    (void)state;
    struct drive d;
    go_change(&d, 0);
    later(&d, (WINDOW_S - 1) * 1000);
    type_all(&d);
    choose(&d, CH_CHANGE_PIN);
    later(&d, 1000);
    assert_state(&d, ST_EXPIRED);
    assert_note(&d, ERR_PIN_UNSURE);
    assert_effect(&d, FX_CANCEL);
    go_change(&d, 0);
    later(&d, WINDOW_S * 1000);
    assert_state(&d, ST_EXPIRED);
    assert_note(&d, OK);
}

static void leaving_in_the_middle_leaves_a_doubt(void **state)
{
    (void)state;
    struct drive d, changed_first, gone, twice, ends;
    go_changing(&d);
    back(&d);
    changed_first = gone = twice = d;
    choose(&d, CH_LEAVE);
    assert_state(&d, ST_HOME);
    assert_note(&d, ERR_PIN_UNSURE);
    drive_simple(&gone, EV_TOKEN_GONE, 1, 0, 0); /* told behind the question, which is all that was seen */
    assert_state(&gone, ST_LEAVE);
    choose(&gone, CH_LEAVE);
    assert_note(&gone, ERR_PIN_UNSURE);
    changed(&changed_first);
    choose(&changed_first, CH_LEAVE);
    assert_note(&changed_first, OK);
    drive_simple(&twice, EV_LEAVE, 0, 0, 0);
    assert_state(&twice, ST_DONE);
    assert_note(&twice, ERR_PIN_UNSURE);
    go_changing(&ends);
    drive_simple(&ends, EV_LEAVE, 0, 0, FLAG_INPUT_END);
    assert_state(&ends, ST_DONE);
    assert_note(&ends, ERR_PIN_UNSURE);
}

static void a_kiosk_that_is_left_in_the_middle_says_so_too(void **state)
{
    (void)state;
    struct drive d;
    go_sign(&d, FLAG_KIOSK);
    cards(&d, 1, 1, 1, FLAG_SAME_CARD, PIN_DUE);
    drive_simple(&d, EV_TEXT_END, 0, 0, 0);
    choose(&d, CH_TEXT_READ);
    choose(&d, CH_CERT_OK);
    type_all(&d);
    choose(&d, CH_CHANGE_PIN);
    assert_effect(&d, FX_CHANGE_PIN);
    drive_simple(&d, EV_LEAVE, 0, 0, 0);
    drive_simple(&d, EV_LEAVE, 0, 0, 0);
    assert_state(&d, ST_MENU);
    assert_note(&d, ERR_PIN_UNSURE);
}

/* Its flag stays whatever is done: it is not asked for a change again and again. */
static void a_card_that_goes_on_wishing_signs(void **state)
{
    (void)state;
    struct drive d, unsure;
    go_changing(&d);
    unsure = d;
    cards(&d, 1, 1, 1, FLAG_SAME_CARD, PIN_DUE);
    changed(&d);
    assert_state(&d, ST_SIGN);
    cards(&d, 1, 1, 1, FLAG_SAME_CARD, PIN_DUE);
    assert_state(&d, ST_SIGN);
    type_pin(&d, 6);
    choose(&d, CH_SIGN);
    assert_effect(&d, FX_SIGN);
    token_refuses(&unsure, ERR_PIN_UNSURE, 0);
    cards(&unsure, 1, 1, 1, FLAG_SAME_CARD, PIN_DUE);
    assert_state(&unsure, ST_SIGN);
    type_pin(&unsure, 6);
    choose(&unsure, CH_SIGN);
    assert_effect(&unsure, FX_SIGN);
    token_refuses(&unsure, ERR_PIN_CHANGE, 0); /* who insists still says so */
    assert_state(&unsure, ST_PIN_CHANGE);
    go_changing(&d);
    changed(&d);
    cards(&d, 1, 1, 1, 0, PIN_DUE); /* another card is asked anew */
    choose(&d, CH_CERT_OK);
    assert_state(&d, ST_PIN_CHANGE);
}

static void a_driver_that_dies_before_it_is_asked(void **state)
{
    (void)state;
    struct drive d;
    go_change(&d, 0);
    type_all(&d);
    drive_simple(&d, EV_TOKEN_GONE, 1, 0, 0);
    assert_state(&d, ST_PIN_CHANGE);
    assert_note(&d, ERR_CARD_RUN);
    assert_parts_wiped(&d);
    type_all(&d);
    choose(&d, CH_CHANGE_PIN); /* not spent on nobody */
    assert_note(&d, ERR_WAITING);
    assert_no_effect(&d, FX_CHANGE_PIN);
}

static void leaving_while_it_is_changed_asks_first(void **state)
{
    (void)state;
    struct drive d;
    go_change(&d, 0);
    type_all(&d);
    choose(&d, CH_CHANGE_PIN);
    back(&d);
    assert_state(&d, ST_LEAVE);
    changed(&d);
    choose(&d, CH_STAY);
    assert_state(&d, ST_SIGN);
    assert_note(&d, ERR_PIN_CHANGED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(told_before_the_pin_is_asked_for),
        cmocka_unit_test(due_while_the_pin_is_typed),
        cmocka_unit_test(changed_and_on_with_everything_kept),
        cmocka_unit_test(an_expired_pin_is_told_by_the_login),
        cmocka_unit_test(nothing_is_tried_that_cannot_be_right),
        cmocka_unit_test(every_way_out_wipes_all_three),
        cmocka_unit_test(the_time_page_stands_over_the_fields),
        cmocka_unit_test(no_page_comes_between_the_digits),
        cmocka_unit_test(a_refusal_asks_again),
        cmocka_unit_test(a_pin_that_cannot_be_changed_may_still_sign),
        cmocka_unit_test(the_last_try_has_its_question),
        cmocka_unit_test(a_pad_is_asked_without_typing),
        cmocka_unit_test(a_signature_is_no_answer_to_a_change),
        cmocka_unit_test(what_is_not_sure_is_told_so),
        cmocka_unit_test(a_card_that_goes_in_the_middle_leaves_a_doubt),
        cmocka_unit_test(time_that_is_up_in_the_middle_leaves_a_doubt),
        cmocka_unit_test(leaving_in_the_middle_leaves_a_doubt),
        cmocka_unit_test(a_kiosk_that_is_left_in_the_middle_says_so_too),
        cmocka_unit_test(a_card_that_goes_on_wishing_signs),
        cmocka_unit_test(a_driver_that_dies_before_it_is_asked),
        cmocka_unit_test(leaving_while_it_is_changed_asks_first),
    };
    return cmocka_run_group_tests_name("change", tests, NULL, NULL);
}
