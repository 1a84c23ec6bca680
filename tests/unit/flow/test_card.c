/* Cards, PINs and drivers: the place is kept, the PIN never; one typed PIN is one try. */
#include "check.h"

static void no_signature_without(void **state)
{
    (void)state;
    struct drive d;
    go_sign(&d, 0);
    choose(&d, CH_SIGN);
    assert_note(&d, ERR_TEXT_MORE);
    assert_focus(&d, FOCUS_TEXT);
    choose(&d, CH_TEXT_READ);
    assert_note(&d, ERR_TEXT_MORE);
    drive_simple(&d, EV_TEXT_END, 0, 0, 0);
    choose(&d, CH_SIGN);
    assert_note(&d, ERR_READ_TEXT);
    choose(&d, CH_TEXT_READ);
    choose(&d, CH_SIGN);
    assert_note(&d, ERR_CERT_CHOSEN);
    assert_focus(&d, FOCUS_CERT);
    choose(&d, CH_CERT_OK);
    choose(&d, CH_SIGN);
    assert_note(&d, ERR_PIN_EMPTY);
    type_pin(&d, 3);
    choose(&d, CH_SIGN);
    assert_note(&d, ERR_PIN_SHORT);
    assert_int_equal(d.f.note_arg, 4);
    assert_int_equal(d.f.pin_len, 3); /* kept */
    drive_simple(&d, EV_PIN, 9, 0, 0);
    choose(&d, CH_SIGN);
    assert_note(&d, ERR_PIN_LONG);
    assert_state(&d, ST_SIGN);
    choose(&d, CH_PIN_CLEAR);
    assert_pin_wiped(&d);
    type_pin(&d, 4);
    choose(&d, CH_SIGN);
    assert_effect(&d, FX_SIGN);
}

static void keys_that_are_no_digits(void **state)
{
    (void)state;
    struct drive d;
    go_sign(&d, 0);
    go_pin(&d);
    drive_event(&d, (struct event){.kind = EV_PIN, .value = 6, .err = ERR_PIN_LETTER});
    assert_note(&d, ERR_PIN_LETTER);
    assert_int_equal(d.f.pin_len, 6);
    drive_event(&d, (struct event){.kind = EV_PIN, .value = 8, .err = ERR_PIN_LONG});
    assert_note(&d, ERR_PIN_LONG);
    assert_int_equal(d.f.note_arg, 8);
    drive_event(&d, (struct event){.kind = EV_PIN, .err = ERR_PASTE});
    assert_note(&d, ERR_PASTE);
    assert_int_equal(d.f.pin_len, 0);
    type_pin(&d, 1);
    assert_note(&d, ERR_TYPE_PIN);
}

static void a_pin_typed_into_nothing_is_wiped(void **state)
{
    (void)state;
    struct drive d;
    go_home_page(&d, 0);
    drive_simple(&d, EV_PIN, 4, 0, 0);
    assert_effect(&d, FX_WIPE_PIN);
    assert_int_equal(d.f.pin_len, 0);
}

static void every_way_out_of_the_pin_wipes(void **state)
{
    (void)state;
    struct drive d, x;
    go_sign(&d, 0);
    go_pin(&d);
    x = d, choose(&x, CH_CERT_LIST);
    assert_state(&x, ST_CERTS);
    assert_pin_wiped(&x);
    x = d, back(&x);
    assert_state(&x, ST_LEAVE);
    assert_pin_wiped(&x);
    x = d, cards(&x, 0, 0, 0, 0, 0);
    assert_state(&x, ST_NO_CARD);
    assert_pin_wiped(&x);
    x = d, drive_simple(&x, EV_LEAVE, 0, 0, FLAG_AT_ONCE);
    assert_state(&x, ST_DONE);
    assert_pin_wiped(&x);
    x = d, drive_simple(&x, EV_TOKEN_GONE, 1, 0, 0);
    assert_state(&x, ST_SIGN);
    assert_pin_wiped(&x);
}

static void card_out_and_in_again(void **state)
{
    (void)state;
    struct drive d;
    go_sign(&d, 0);
    go_pin(&d);
    cards(&d, 0, 0, 0, 0, 0);
    assert_note(&d, ERR_CARD_GONE);
    struct drive other = d;
    cards(&d, 2, 1, 1, FLAG_SAME_CARD, 0);
    assert_state(&d, ST_SIGN);
    assert_focus(&d, FOCUS_PIN);
    assert_note(&d, ERR_CARD_SEEN);
    assert_true(d.f.cert_confirmed);
    cards(&other, 1, 1, 1, 0, 0);
    assert_state(&other, ST_SIGN);
    assert_focus(&other, FOCUS_CERT);
    assert_note(&other, ERR_CARD_OTHER);
    assert_false(other.f.cert_confirmed);
}

static void card_swapped(void **state)
{
    (void)state;
    struct drive d;
    go_sign(&d, 0);
    go_pin(&d);
    cards(&d, 1, 1, 1, 0, 0);
    assert_state(&d, ST_SIGN);
    assert_note(&d, ERR_CARD_OTHER);
    assert_pin_wiped(&d);
    choose(&d, CH_SIGN);
    assert_no_effect(&d, FX_SIGN);
}

static void a_second_card_before_the_first_is_confirmed(void **state)
{
    (void)state;
    struct drive d, other;
    go_sign(&d, 0);
    assert_int_equal(d.f.chosen, 1);
    other = d;
    cards(&d, 2, 2, 1, FLAG_SAME_CARD, 0); /* preselected as the only one, which it is no more */
    assert_int_equal(d.f.chosen, 0);
    assert_note(&d, ERR_READ_TEXT);
    assert_focus(&d, FOCUS_TEXT);
    drive_simple(&d, EV_TEXT_END, 0, 0, 0);
    choose(&d, CH_TEXT_READ);
    assert_note(&d, ERR_CERT_PICK);
    cards(&d, 1, 1, 1, 0, 0);
    assert_note(&d, ERR_CERT_CHOSEN);
    cards(&other, 1, 1, 1, 0, 0); /* another card while the text is read */
    assert_note(&other, ERR_READ_TEXT);
    assert_focus(&other, FOCUS_TEXT);
    assert_int_equal(other.f.chosen, 1);
}

static void no_card_at_all(void **state)
{
    (void)state;
    struct drive d;
    go_code_full(&d, 0);
    choose(&d, CH_NEXT);
    answer(&d, EV_OPENED, WINDOW_S, 3, FLAG_KNOWN_TEXT);
    assert_state(&d, ST_SIGN); /* the text can be read meanwhile */
    drive_simple(&d, EV_TEXT_END, 0, 0, 0);
    choose(&d, CH_TEXT_READ);
    assert_state(&d, ST_NO_CARD);
    assert_note(&d, ERR_NO_READER);
    cards(&d, 0, 0, 0, 0, 0);
    assert_note(&d, ERR_NO_CARD);
    drive_event(&d, (struct event){.kind = EV_CARDS, .err = ERR_NO_PCSCD});
    assert_note(&d, ERR_NO_PCSCD);
    choose(&d, CH_WHY);
    assert_state(&d, ST_DOCTOR);
    back(&d);
    assert_state(&d, ST_NO_CARD);
    assert_note(&d, ERR_NO_PCSCD);
    cards(&d, 1, 1, 1, 0, 0);
    assert_state(&d, ST_SIGN);
    assert_focus(&d, FOCUS_CERT);
}

/* --- Tanı --- */

static void go_doctor(struct drive *d)
{
    go_sign(d, 0);
    go_pin(d);
    cards(d, 0, 0, 0, 0, 0);
    assert_state(d, ST_NO_CARD);
    choose(d, CH_WHY);
    assert_state(d, ST_DOCTOR);
    assert_int_equal(d->f.doctor, DOCTOR_LOOKING);
    assert_non_null(effect_of(d, FX_DOCTOR_START));
}

static void says(struct drive *d, enum event_kind kind, enum err_code err)
{
    drive_event(d, (struct event){.kind = kind, .err = err});
}

static void the_doctor_says_what_is_broken(void **state)
{
    (void)state;
    struct drive d;
    go_doctor(&d);
    choose(&d, CH_RETRY); /* it looks already */
    assert_null(effect_of(&d, FX_DOCTOR_START));
    says(&d, EV_DOCTOR_DONE, ERR_DR_PCSCD_AWAY);
    assert_note(&d, ERR_DR_PCSCD_AWAY);
    assert_int_equal(d.f.doctor, DOCTOR_DONE);
    says(&d, EV_DOCTOR_GONE, OK); /* it ends when it is done */
    assert_note(&d, ERR_DR_PCSCD_AWAY);
    choose(&d, CH_RETRY);
    assert_non_null(effect_of(&d, FX_DOCTOR_START));
    assert_note(&d, OK);
    says(&d, EV_DOCTOR_GONE, OK);
    assert_note(&d, ERR_WORKER_GONE);
    says(&d, EV_DOCTOR_DONE, ERR_DR_WHOLE); /* nobody waits for it any more */
    assert_note(&d, ERR_WORKER_GONE);
    back(&d);
    assert_state(&d, ST_NO_CARD);
    assert_non_null(effect_of(&d, FX_DOCTOR_STOP));
    says(&d, EV_DOCTOR_DONE, ERR_DR_WHOLE);
    assert_note(&d, ERR_NO_CARD);
}

static void time_and_cards_go_on_beside_the_doctor(void **state)
{
    (void)state;
    struct drive d;
    go_doctor(&d);
    drive_simple(&d, EV_TIME, 0, 0, 0);
    assert_state(&d, ST_TIME);
    assert_null(effect_of(&d, FX_DOCTOR_STOP)); /* it looks on below */
    says(&d, EV_DOCTOR_DONE, ERR_DR_CARD_MUTE);
    back(&d);
    assert_state(&d, ST_DOCTOR);
    assert_int_equal(d.f.doctor, DOCTOR_DONE);
    choose(&d, CH_EXTEND);
    assert_non_null(effect_of(&d, FX_EXTEND));
    assert_state(&d, ST_DOCTOR);
    cards(&d, 0, 0, 0, 0, 0);
    assert_state(&d, ST_DOCTOR);
    cards(&d, 1, 1, 1, FLAG_SAME_CARD, 0);
    assert_state(&d, ST_SIGN); /* goes on by itself */
    assert_non_null(effect_of(&d, FX_DOCTOR_STOP));
}

static void a_locked_card_comes_back_to_the_doctor(void **state)
{
    (void)state;
    struct drive d;
    go_doctor(&d);
    cards(&d, 1, 1, 1, FLAG_SAME_CARD, PIN_LOCKED);
    assert_state(&d, ST_NO_CARD);
    assert_note(&d, ERR_PIN_LOCKED);
}

static void time_ends_at_the_doctor(void **state)
{
    (void)state;
    struct drive d;
    go_doctor(&d);
    later(&d, WINDOW_S * 1000);
    assert_state(&d, ST_EXPIRED);
    assert_non_null(effect_of(&d, FX_DOCTOR_STOP));
}

static void why_there_is_no_card_is_remembered(void **state)
{
    (void)state;
    struct drive d;
    go_code_full(&d, 0);
    drive_event(&d, (struct event){.kind = EV_CARDS, .err = ERR_MODULE_BAD}); /* long before anybody asks */
    choose(&d, CH_NEXT);
    answer(&d, EV_OPENED, WINDOW_S, 3, FLAG_KNOWN_TEXT);
    drive_simple(&d, EV_TEXT_END, 0, 0, 0);
    choose(&d, CH_TEXT_READ);
    assert_state(&d, ST_NO_CARD);
    assert_note(&d, ERR_MODULE_BAD);
}

static void a_card_without_certificates_waits(void **state)
{
    (void)state;
    struct drive d;
    go_sign(&d, 0);
    drive_simple(&d, EV_TEXT_END, 0, 0, 0);
    drive_event(&d, (struct event){.kind = EV_CARDS, .readers = 1, .cards = 1});
    assert_state(&d, ST_NO_CARD);
    cards(&d, 3, 0, 0, 0, 0);
    choose(&d, CH_TEXT_READ);
    assert_state(&d, ST_SIGN);
    assert_note(&d, ERR_CERT_NONE);
    choose(&d, CH_CERT_LIST);
    assert_state(&d, ST_CERTS); /* the reasons stand there */
}

/* No honest list; a PIN that was typed for one of them does not outlive the next. */
static void certificates_without_a_card_are_none(void **state)
{
    (void)state;
    struct drive d;
    go_sign(&d, 0);
    cards(&d, 0, 0, 0, 0, 0);
    drive_event(&d, (struct event){.kind = EV_CARDS, .readers = 1, .certs = 4, .usable = 3, .chosen = 3});
    assert_int_equal(d.f.chosen, 0);
    assert_int_equal(d.f.usable, 0);
    assert_state(&d, ST_NO_CARD);
}

static void wrong_pin(void **state)
{
    (void)state;
    struct drive d;
    go_sign(&d, 0);
    go_pin(&d);
    choose(&d, CH_SIGN);
    token_refuses(&d, ERR_PIN_WRONG, 0);
    assert_state(&d, ST_SIGN);
    assert_note(&d, ERR_PIN_WRONG);
    assert_focus(&d, FOCUS_PIN);
    choose(&d, CH_SIGN);
    assert_no_effect(&d, FX_SIGN);
    assert_note(&d, ERR_PIN_EMPTY);
    type_pin(&d, 6);
    choose(&d, CH_SIGN);
    token_refuses(&d, ERR_PIN_WRONG, PIN_LOW);
    assert_note(&d, ERR_PIN_LOW);
    type_pin(&d, 1);
    assert_note(&d, ERR_PIN_LOW_BEFORE);
}

static void last_try(void **state)
{
    (void)state;
    struct drive d;
    go_sign(&d, 0);
    go_pin(&d);
    choose(&d, CH_SIGN);
    token_refuses(&d, ERR_PIN_WRONG, PIN_LOW | PIN_LAST);
    assert_state(&d, ST_LAST_TRY);
    struct drive no = d;
    choose(&no, CH_CANCEL);
    assert_state(&no, ST_SIGN);
    assert_false(no.f.cert_confirmed);
    choose(&no, CH_CERT_OK);
    assert_state(&no, ST_LAST_TRY);
    choose(&d, CH_LAST_TRY);
    assert_state(&d, ST_SIGN);
    assert_note(&d, ERR_LAST_TRY_PIN);
    type_pin(&d, 6);
    choose(&d, CH_SIGN);
    assert_effect(&d, FX_SIGN);
    token_refuses(&d, ERR_PIN_WRONG, PIN_LAST);
    assert_state(&d, ST_LAST_TRY); /* asked again */
}

static void a_card_that_arrives_on_its_last_try(void **state)
{
    (void)state;
    struct drive d;
    go_sign(&d, 0);
    cards(&d, 1, 1, 1, 0, PIN_LAST);
    drive_simple(&d, EV_TEXT_END, 0, 0, 0);
    choose(&d, CH_TEXT_READ);
    choose(&d, CH_CERT_OK);
    assert_state(&d, ST_LAST_TRY);
}

static void locked(void **state)
{
    (void)state;
    struct drive d;
    go_sign(&d, 0);
    go_pin(&d);
    choose(&d, CH_SIGN);
    token_refuses(&d, ERR_PIN_LOCKED, 0);
    assert_state(&d, ST_LOCKED);
    struct drive out = d;
    choose(&out, CH_CANCEL);
    assert_state(&out, ST_LEAVE);
    choose(&d, CH_OTHER_CARD);
    assert_state(&d, ST_NO_CARD);
    cards(&d, 2, 1, 1, FLAG_SAME_CARD, PIN_LOCKED);
    assert_state(&d, ST_NO_CARD); /* still the locked one */
    assert_note(&d, ERR_PIN_LOCKED);
    cards(&d, 1, 1, 1, 0, 0);
    assert_state(&d, ST_SIGN);
    go_sign(&d, 0);
    cards(&d, 1, 1, 1, 0, PIN_LOCKED);
    drive_simple(&d, EV_TEXT_END, 0, 0, 0);
    choose(&d, CH_TEXT_READ);
    choose(&d, CH_CERT_OK);
    assert_state(&d, ST_LOCKED); /* no login is tried */
}

static void pin_pad(void **state)
{
    (void)state;
    struct drive d;
    go_sign(&d, 0);
    cards(&d, 1, 1, 1, 0, PIN_PAD);
    drive_simple(&d, EV_TEXT_END, 0, 0, 0);
    choose(&d, CH_TEXT_READ);
    choose(&d, CH_CERT_OK);
    assert_note(&d, ERR_PIN_ON_READER);
    assert_focus(&d, FOCUS_SIGN);
    type_pin(&d, 1);
    assert_effect(&d, FX_WIPE_PIN);
    choose(&d, CH_SIGN);
    assert_effect(&d, FX_SIGN);
    token_refuses(&d, ERR_PAD_CANCEL, 0);
    assert_note(&d, ERR_PAD_CANCEL);
    assert_focus(&d, FOCUS_SIGN);
    assert_true(d.f.pin_flags & PIN_PAD);
}

static void a_hanging_card_is_killed(void **state)
{
    (void)state;
    struct drive d;
    go_sign(&d, 0);
    go_pin(&d);
    choose(&d, CH_SIGN);
    uint32_t job = d.f.token_job;
    later(&d, FLOW_HANG_MS - 1);
    assert_state(&d, ST_SIGNING);
    later(&d, 1);
    assert_effect(&d, FX_TOKEN_KILL);
    assert_state(&d, ST_SIGN);
    assert_note(&d, ERR_CARD_SILENT);
    drive_event(&d, (struct event){.kind = EV_SIGNED, .job = job});
    assert_no_effect(&d, FX_SUBMIT);
    drive_simple(&d, EV_TOKEN_GONE, 1, 0, 0);
    assert_note(&d, ERR_CARD_SILENT); /* its end is our doing */
    later(&d, 1);
    assert_effect(&d, FX_TOKEN_START);
    drive_simple(&d, EV_TOKEN_UP, 0, 0, 0);
    cards(&d, 2, 1, 1, FLAG_SAME_CARD, 0);
    assert_state(&d, ST_SIGN);
    assert_true(d.f.cert_confirmed);
}

/* The card is still in the list then: nobody said that it was taken out. */
static void a_link_that_hung_comes_back(void **state)
{
    (void)state;
    struct drive d;
    go_sign(&d, 0);
    go_pin(&d);
    drive_event(&d, (struct event){.kind = EV_TOKEN_GONE, .value = 1, .err = ERR_FORWARD_DEAD});
    assert_effect(&d, FX_WIPE_PIN);
    assert_state(&d, ST_SIGN);
    assert_note(&d, ERR_FORWARD_DEAD);
    later(&d, 1);
    assert_effect(&d, FX_TOKEN_START);
    cards(&d, 1, 1, 1, FLAG_SAME_CARD, 0);
    assert_state(&d, ST_SIGN);
    assert_note(&d, ERR_CARD_SEEN);
    assert_focus(&d, FOCUS_PIN);
    assert_true(d.f.cert_confirmed);
    drive_event(&d, (struct event){.kind = EV_CARDS, .err = ERR_FORWARD_DEAD}); /* now it is cut */
    assert_state(&d, ST_NO_CARD);
    assert_note(&d, ERR_FORWARD_DEAD);
    cards(&d, 1, 1, 1, FLAG_SAME_CARD, 0);
    assert_state(&d, ST_SIGN);
    assert_note(&d, ERR_CARD_SEEN);
}

static void a_link_that_hangs_at_the_signature_is_named(void **state)
{
    (void)state;
    struct drive d;
    go_sign(&d, 0);
    go_pin(&d);
    choose(&d, CH_SIGN);
    later(&d, FLOW_HANG_MS);
    assert_note(&d, ERR_CARD_SILENT);
    drive_simple(&d, EV_TOKEN_GONE, 1, 0, 0);
    drive_event(&d, (struct event){.kind = EV_CARDS, .err = ERR_FORWARD_DEAD}); /* started again, it hangs again */
    assert_state(&d, ST_NO_CARD);
    assert_note(&d, ERR_FORWARD_DEAD);
    cards(&d, 1, 1, 1, FLAG_SAME_CARD, 0);
    assert_state(&d, ST_SIGN);
    assert_note(&d, ERR_CARD_SEEN);
}

static void a_crashing_driver(void **state)
{
    (void)state;
    struct drive d;
    go_sign(&d, 0);
    go_pin(&d);
    choose(&d, CH_SIGN);
    drive_simple(&d, EV_TOKEN_GONE, 1, 0, 0);
    assert_state(&d, ST_SIGN);
    assert_note(&d, ERR_CARD_RUN);
    assert_focus(&d, FOCUS_PIN);
    uint64_t waited = 0;
    for (int i = 0; i < 6; i++) { /* started again, but ever more slowly */
        uint64_t at = flow_wake_ms(&d.f, d.now_ms);
        assert_true(at - d.now_ms >= waited);
        waited = at - d.now_ms < 8001 ? at - d.now_ms : 0;
        later(&d, at - d.now_ms);
        if (d.f.state != ST_SIGN)
            break;
        assert_effect(&d, FX_TOKEN_START);
        drive_simple(&d, EV_TOKEN_UP, 0, 0, 0);
        drive_simple(&d, EV_TOKEN_GONE, 1, 0, 0);
    }
}

static void no_pin_is_spent_on_a_driver_that_starts(void **state)
{
    (void)state;
    struct drive d;
    go_sign(&d, 0);
    go_pin(&d);
    drive_simple(&d, EV_TOKEN_GONE, 1, 0, 0);
    type_pin(&d, 6);
    choose(&d, CH_SIGN);
    assert_no_effect(&d, FX_SIGN);
    assert_no_effect(&d, FX_WIPE_PIN);
    assert_note(&d, ERR_CARD_STARTING);
    drive_simple(&d, EV_TOKEN_UP, 0, 0, 0);
    assert_note(&d, ERR_CARD_READY);
    assert_int_equal(d.f.pin_len, 6);
    choose(&d, CH_SIGN);
    assert_effect(&d, FX_SIGN);
}

/* The card software says that the reader is empty; the person hears what happened, also when it is said again. */
static void a_card_that_was_pulled_is_told_as_that(void **state)
{
    (void)state;
    struct drive d;
    const struct event empty = {.kind = EV_CARDS, .readers = 1, .err = ERR_NO_CARD};
    go_sign(&d, 0);
    go_pin(&d);
    drive_event(&d, empty);
    assert_state(&d, ST_NO_CARD);
    assert_note(&d, ERR_CARD_GONE);
    drive_event(&d, empty);
    assert_note(&d, ERR_CARD_GONE);
    drive_event(&d, (struct event){.kind = EV_CARDS, .err = ERR_NO_READER});
    assert_note(&d, ERR_NO_READER);
    drive_event(&d, empty);
    assert_note(&d, ERR_NO_CARD);
}

/* Of several drivers one may have gone where nobody needed it: it is started for the next signature all the same. */
static void one_of_several_drivers_is_started_again(void **state)
{
    (void)state;
    struct drive d;
    go_code(&d, 0);
    drive_simple(&d, EV_TOKEN_UP, 0, 0, 0);
    drive_simple(&d, EV_TOKEN_GONE, 0, 1, 0);
    assert_int_equal(d.f.token_start_at_ms, 0);
    choose(&d, CH_HERE);
    assert_state(&d, ST_CODE_FULL); /* the others are up */
    assert_effect(&d, FX_TOKEN_START);
    choose(&d, CH_NEXT);
    answer(&d, EV_OPENED, WINDOW_S, 3, FLAG_KNOWN_TEXT);
    assert_effect(&d, FX_TOKEN_START); /* it may have gone meanwhile */
}

/* Another driver's end does not put off what is waited for. */
static void a_further_loss_puts_no_start_off(void **state)
{
    (void)state;
    struct drive d;
    go_sign(&d, 0);
    go_pin(&d);
    for (int i = 0; i < 8; i++)
        drive_simple(&d, EV_TOKEN_GONE, 0, 1, 0);
    uint64_t due_ms = flow_wake_ms(&d.f, d.now_ms) - d.now_ms;
    assert_true(due_ms <= 8001);
    later(&d, due_ms - 1);
    drive_simple(&d, EV_TOKEN_GONE, 0, 1, 0);
    later(&d, 1);
    assert_effect(&d, FX_TOKEN_START);
}

static void a_longer_list_is_no_other_card(void **state)
{
    (void)state;
    struct drive d;
    go_sign(&d, 0);
    drive_simple(&d, EV_TEXT_END, 0, 0, 0);
    choose(&d, CH_TEXT_READ);
    assert_note(&d, ERR_CERT_CHOSEN);
    cards(&d, 4, 2, 0, 0, 0); /* a second reader: nothing was confirmed yet */
    assert_state(&d, ST_SIGN);
    assert_note(&d, ERR_CERT_PICK);
    choose(&d, CH_CERT_LIST);
    choose_arg(&d, CH_CERT, 0);
    cards(&d, 6, 3, 2, FLAG_SAME_CARD, 0);
    assert_true(d.f.cert_confirmed);
    assert_int_equal(d.f.chosen, 2);
}

static void another_modules_worker_dies(void **state)
{
    (void)state;
    struct drive d;
    go_sign(&d, 0);
    go_pin(&d);
    drive_simple(&d, EV_TOKEN_GONE, 0, 1, 0);
    assert_no_effect(&d, FX_WIPE_PIN);
    assert_int_equal(d.f.pin_len, 6);
    assert_true(d.f.token_up);
    choose(&d, CH_SIGN);
    drive_simple(&d, EV_TOKEN_GONE, 0, 1, 0);
    assert_state(&d, ST_SIGNING);
    token_signs(&d);
    assert_effect(&d, FX_SUBMIT);
    drive_simple(&d, EV_TOKEN_GONE, 1, 0, 0); /* what is signed is signed */
    assert_state(&d, ST_SIGNING);
}

static void card_forgotten(void **state)
{
    (void)state;
    struct drive d;
    go_sign(&d, 0);
    go_pin(&d);
    choose(&d, CH_SIGN);
    token_signs(&d);
    answer(&d, EV_ACCEPTED, 0, 0, 0);
    later(&d, 10000);
    assert_state(&d, ST_SUCCESS);
    assert_note(&d, ERR_CARD_FORGOTTEN);
    cards(&d, 0, 0, 0, 0, 0);
    assert_state(&d, ST_SUCCESS);
    assert_note(&d, OK);
}

static void application_part_does_not_open(void **state)
{
    (void)state;
    struct drive d;
    go_code(&d, 0);
    choose(&d, CH_HERE);
    drive_simple(&d, EV_TOKEN_GONE, 1, 0, 0);
    assert_state(&d, ST_OPENING);
    later(&d, FLOW_OPENING_MS);
    assert_state(&d, ST_CODE_FULL);
    assert_note(&d, ERR_WORKER_GONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_signature_without),
        cmocka_unit_test(keys_that_are_no_digits),
        cmocka_unit_test(a_pin_typed_into_nothing_is_wiped),
        cmocka_unit_test(every_way_out_of_the_pin_wipes),
        cmocka_unit_test(card_out_and_in_again),
        cmocka_unit_test(card_swapped),
        cmocka_unit_test(a_second_card_before_the_first_is_confirmed),
        cmocka_unit_test(no_card_at_all),
        cmocka_unit_test(the_doctor_says_what_is_broken),
        cmocka_unit_test(time_and_cards_go_on_beside_the_doctor),
        cmocka_unit_test(a_locked_card_comes_back_to_the_doctor),
        cmocka_unit_test(time_ends_at_the_doctor),
        cmocka_unit_test(why_there_is_no_card_is_remembered),
        cmocka_unit_test(a_card_without_certificates_waits),
        cmocka_unit_test(certificates_without_a_card_are_none),
        cmocka_unit_test(wrong_pin),
        cmocka_unit_test(last_try),
        cmocka_unit_test(a_card_that_arrives_on_its_last_try),
        cmocka_unit_test(locked),
        cmocka_unit_test(pin_pad),
        cmocka_unit_test(a_hanging_card_is_killed),
        cmocka_unit_test(a_link_that_hung_comes_back),
        cmocka_unit_test(a_link_that_hangs_at_the_signature_is_named),
        cmocka_unit_test(a_crashing_driver),
        cmocka_unit_test(no_pin_is_spent_on_a_driver_that_starts),
        cmocka_unit_test(a_card_that_was_pulled_is_told_as_that),
        cmocka_unit_test(one_of_several_drivers_is_started_again),
        cmocka_unit_test(a_further_loss_puts_no_start_off),
        cmocka_unit_test(a_longer_list_is_no_other_card),
        cmocka_unit_test(another_modules_worker_dies),
        cmocka_unit_test(card_forgotten),
        cmocka_unit_test(application_part_does_not_open),
    };
    return cmocka_run_group_tests_name("card", tests, NULL, NULL);
}
