/* Another PIN for a card: what is changed, what a PIN may cost meanwhile, and what is said when it fails. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "cast.h"

#define NEW_PIN "246813"
#define ME "TEST İPEK IŞIK"
enum { LOW = 1, LAST = 2, LOCKED = 4, PAD = 8, DUE = 16 };

static struct cast cast;
static struct desk desk;

/* Calls that look at a PIN. */
static uint64_t tries(void)
{
    return fake_logins(&desk.fake) + fake_calls(&desk.fake, P11_C_SetPIN);
}

static enum wire_type change(const char *old_pin, const char *new_pin)
{
    return desk_change(&desk, desk_find(&desk, ME)->ref, old_pin, new_pin);
}

static void fails(const char *old_pin, const char *new_pin, enum err_code with)
{
    assert_int_equal(change(old_pin, new_pin), M_ERR);
    if (desk_error(&desk) != with)
        fail_msg("%s, not %s: %.*s", note_of(desk_error(&desk))->slug, note_of(with)->slug,
            (int)desk.answer.val[F_DETAIL].len, (const char *)desk.answer.val[F_DETAIL].data);
}

static void signs(const char *pin, bool well)
{
    assert_int_equal(desk_sign(&desk, desk_find(&desk, ME), DESK_TEXT, cast.pki.now, pin), well ? M_SIGNED : M_ERR);
}

static void begin(const char *token_words, const char *faults)
{
    cast_desk_fake(&cast, &desk);
    desk_card(&desk, token_words, faults);
    desk_open(&desk, fake_module());
}

static void end(void)
{
    desk_close(&desk);
    desk_remove(&desk);
}

/* ---- it is another one ---- */

static void a_pin_that_is_due_is_told_and_changed(void **state)
{
    (void)state;
    begin("change", "");
    assert_int_equal(desk_find(&desk, ME)->pin_flags, DUE);
    assert_int_equal(change(DESK_PIN, NEW_PIN), M_OK);
    assert_int_equal(desk_find(&desk, ME)->pin_flags, 0); /* the new list has come before the answer */
    assert_int_equal(tries(), 1);
    signs(NEW_PIN, true);
    signs(DESK_PIN, false);
    assert_int_equal(desk_error(&desk), ERR_PIN_LOW);
    end();
}

static void an_expired_pin_signs_after_the_change(void **state)
{
    (void)state;
    begin("expired", "");
    signs(DESK_PIN, false);
    assert_int_equal(desk_error(&desk), ERR_PIN_CHANGE);
    assert_int_equal(change(DESK_PIN, NEW_PIN), M_OK);
    signs(NEW_PIN, true);
    end();
}

static void softhsm_takes_it_too(void **state)
{
    (void)state;
    cast_desk_one(&cast, &desk);
    desk_open(&desk, softhsm_module());
    fails("000000", NEW_PIN, ERR_PIN_LOW);
    assert_int_equal(change(DESK_PIN, NEW_PIN), M_OK);
    signs(DESK_PIN, false);
    signs(NEW_PIN, true);
    end();
}

static void a_card_that_wants_a_login_is_asked_with_pins_typed_anew(void **state)
{
    (void)state;
    begin("expired login-first", "");
    fails(DESK_PIN, NEW_PIN, ERR_PIN_AGAIN);
    assert_int_equal(fake_logins(&desk.fake), 0);
    fails("000000", NEW_PIN, ERR_PIN_LOW); /* the login alone sees it */
    assert_int_equal(fake_logins(&desk.fake), 1);
    assert_int_equal(fake_calls(&desk.fake, P11_C_SetPIN), 1);
    fails(DESK_PIN, NEW_PIN, ERR_PIN_AGAIN);
    assert_int_equal(change(DESK_PIN, NEW_PIN), M_OK);
    assert_int_equal(fake_logins(&desk.fake), 2);
    assert_int_equal(fake_calls(&desk.fake, P11_C_SetPIN), 3);
    signs(NEW_PIN, true);
    end();
}

/* The fake's pad turns the PIN round for the new one. */
static void a_pin_pad_is_asked_for_both(void **state)
{
    (void)state;
    begin("change pad=" DESK_PIN, "");
    assert_int_equal(desk_find(&desk, ME)->pin_flags, DUE | PAD);
    assert_int_equal(change(NULL, NULL), M_OK);
    assert_int_equal(tries(), 1);
    assert_int_equal(desk_find(&desk, ME)->pin_flags, PAD);
    desk_card(&desk, "pad=cancel", "");
    fails(NULL, NULL, ERR_PAD_CANCEL);
    desk_card(&desk, "login-first pad=" DESK_PIN, "");
    assert_int_equal(change(NULL, NULL), M_OK); /* the login is asked for there too */
    end();
}

/* ---- what it may cost ---- */

static void a_wrong_old_pin_is_one_try(void **state)
{
    (void)state;
    begin("", "");
    fails("000000", NEW_PIN, ERR_PIN_LOW);
    assert_int_equal(desk.answer.num[F_PIN_FLAGS], LOW);
    assert_int_equal(tries(), 1);
    fails("000000", NEW_PIN, ERR_PIN_LOW);
    assert_int_equal(desk.answer.num[F_PIN_FLAGS], LOW | LAST);
    fails("000000", NEW_PIN, ERR_PIN_LOCKED);
    assert_int_equal(tries(), 3);
    fails(DESK_PIN, NEW_PIN, ERR_PIN_LOCKED); /* by its flag */
    assert_int_equal(tries(), 3);
    end();
}

static void what_cannot_fit_costs_nothing(void **state)
{
    static const struct {
        const char *old_pin, *new_pin;
        enum err_code code;
        uint64_t arg;
    } cases[] = {
        {"", NEW_PIN, ERR_PIN_EMPTY, 0},
        {"123", NEW_PIN, ERR_PIN_SHORT, 4},
        {"123456789", NEW_PIN, ERR_PIN_LONG, 8},
        {DESK_PIN, "", ERR_NEW_PIN_EMPTY, 0},
        {DESK_PIN, "123", ERR_NEW_PIN_SHORT, 4},
        {DESK_PIN, "123456789", ERR_NEW_PIN_LONG, 8},
        {DESK_PIN, "12345a", ERR_NEW_PIN_LETTER, 0},
        {DESK_PIN, DESK_PIN, ERR_NEW_PIN_SAME, 0},
    };

    (void)state;
    begin("max=8", "");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        fails(cases[i].old_pin, cases[i].new_pin, cases[i].code);
        assert_int_equal(desk.answer.num[F_ARG], cases[i].arg);
    }
    assert_int_equal(tries(), 0);
    assert_int_equal(change(DESK_PIN, NEW_PIN), M_OK);
    end();
}

static void every_failure_has_its_word_and_one_try(void **state)
{
    static const struct {
        const char *fault;
        enum err_code code;
    } cases[] = {
        {"C_SetPIN PIN_INCORRECT", ERR_PIN_WRONG},
        {"C_SetPIN PIN_LOCKED", ERR_PIN_LOCKED},
        {"C_SetPIN PIN_LEN_RANGE", ERR_NEW_PIN_REFUSED},
        {"C_SetPIN PIN_INVALID", ERR_NEW_PIN_REFUSED},
        {"C_SetPIN PIN_TOO_WEAK", ERR_NEW_PIN_REFUSED},
        {"C_SetPIN PIN_EXPIRED", ERR_PIN_FIXED},
        {"C_SetPIN FUNCTION_NOT_SUPPORTED", ERR_PIN_FIXED},
        {"C_SetPIN TOKEN_WRITE_PROTECTED", ERR_PIN_FIXED},
        {"C_SetPIN DEVICE_REMOVED", ERR_PIN_UNSURE},
        {"C_SetPIN DEVICE_ERROR", ERR_PIN_UNSURE},
        {"C_SetPIN GENERAL_ERROR", ERR_PIN_UNSURE},
        {"C_SetPIN FUNCTION_FAILED", ERR_PIN_UNSURE},
        {"C_SetPIN SESSION_HANDLE_INVALID", ERR_PIN_UNSURE},
        {"C_SetPIN SESSION_CLOSED", ERR_PIN_UNSURE},
        {"C_SetPIN ARGUMENTS_BAD", ERR_CRYPTO},
        {"C_SetPIN FUNCTION_CANCELED", ERR_PAD_CANCEL},
        {"C_OpenSession TOKEN_WRITE_PROTECTED", ERR_PIN_FIXED},
        {"C_OpenSession DEVICE_ERROR", ERR_CARD_SILENT}, /* before the PIN is looked at nothing is unsure */
        {"C_OpenSession FUNCTION_FAILED", ERR_CRYPTO},
        {"C_GetSessionInfo DEVICE_REMOVED", ERR_CARD_GONE},
        {"C_GetSessionInfo SESSION_CLOSED", ERR_CARD_GONE},
    };
    char fault[64];

    (void)state;
    begin("", "");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint64_t before = tries();

        desk_card(&desk, "", "");
        desk_holder(&desk, NULL, 0); /* it is listed, without the fault */
        snprintf(fault, sizeof fault, "fail %s\n", cases[i].fault);
        desk_faults(&desk, fault);
        fails(DESK_PIN, NEW_PIN, cases[i].code);
        assert_true(tries() <= before + 1);
    }
    end();
}

static void a_driver_without_the_call_says_so(void **state)
{
    (void)state;
    begin("", "habit lacks=C_SetPIN\n");
    fails(DESK_PIN, NEW_PIN, ERR_PIN_FIXED);
    assert_int_equal(tries(), 0);
    end();
}

static void a_card_without_a_pin_says_so(void **state)
{
    (void)state;
    begin("", "fail C_Login USER_PIN_NOT_INITIALIZED\n");
    signs(DESK_PIN, false);
    assert_int_equal(desk_error(&desk), ERR_PIN_NONE);
    end();
}

/* ---- in between ---- */

static void a_cancelled_change_swallows_what_was_typed(void **state)
{
    struct wire_out out;

    (void)state;
    begin("", "");
    desk_send_change(&desk, F_CERT, desk_find(&desk, ME)->ref);
    desk_send_pin(&desk, DESK_PIN);
    wire_begin(&out, desk.frame, M_CANCEL, desk.job);
    assert_int_equal(wire_send(&out, desk.fd, -1), OK);
    assert_int_equal(desk_job_answer(&desk), M_ERR);
    assert_int_equal(desk_error(&desk), ERR_CANCELLED);
    desk_send_pin(&desk, NEW_PIN); /* too late */
    assert_int_equal(tries(), 0);
    signs(DESK_PIN, true);
    end();
}

/* The old PIN of one request is never the first of the next. */
static void half_a_change_is_forgotten_by_the_next(void **state)
{
    (void)state;
    begin("", "");
    desk_send_change(&desk, F_CERT, desk_find(&desk, ME)->ref);
    desk_send_pin(&desk, "000000");
    assert_int_equal(change(DESK_PIN, NEW_PIN), M_OK);
    assert_int_equal(tries(), 1);
    desk_send_change(&desk, F_CERT, desk_find(&desk, ME)->ref);
    desk_send_pin(&desk, "000000");
    signs(NEW_PIN, true);
    end();
}

static bool is_empty(const struct desk *d)
{
    return d->cards == 0;
}

static void a_card_taken_out_between_the_pins_is_told(void **state)
{
    (void)state;
    begin("", "");
    desk_send_change(&desk, F_CERT, desk_find(&desk, ME)->ref);
    desk_send_pin(&desk, DESK_PIN);
    desk_take_out(&desk);
    assert_int_equal(desk_job_answer(&desk), M_ERR);
    assert_int_equal(desk_error(&desk), ERR_CARD_GONE);
    desk_until(&desk, is_empty);
    desk_send_pin(&desk, NEW_PIN);
    assert_int_equal(tries(), 0);
    end();
}

/* The list alone would leave it in doubt whether the change was made. */
static void a_card_that_was_gone_before_is_told_before_the_list(void **state)
{
    uint8_t ref[32];

    (void)state;
    cast_desk_fake(&cast, &desk);
    desk.poll_ms = 10000; /* it looks when it is asked */
    desk_card(&desk, "", "");
    desk_open(&desk, fake_module());
    memcpy(ref, desk_find(&desk, ME)->ref, sizeof ref);
    desk_take_out(&desk);
    desk_send_change(&desk, F_CERT, ref);
    assert_int_equal(desk_answer(&desk), M_ERR);
    assert_int_equal(desk.answer.job, desk.job);
    assert_int_equal(desk_error(&desk), ERR_CARD_GONE);
    desk_until(&desk, is_empty);
    assert_int_equal(tries(), 0);
    end();
    desk.poll_ms = 0;
}

static void no_pin_is_anywhere_after_the_answer(void **state)
{
    (void)state;
    if (!desk_memory_can_be_searched())
        return;
    cast_desk_one(&cast, &desk);
    desk_open(&desk, softhsm_module());
    assert_int_equal(desk_memory_search(&desk, DESK_SERVICE), 1); /* the search can find something */
    fails("864213", "975318", ERR_PIN_LOW);
    assert_int_equal(desk_memory_search(&desk, "864213"), 0);
    assert_int_equal(desk_memory_search(&desk, "975318"), 0);
    assert_int_equal(change(DESK_PIN, "975318"), M_OK);
    assert_int_equal(desk_memory_search(&desk, DESK_PIN), 0);
    assert_int_equal(desk_memory_search(&desk, "975318"), 0);
    end();
}

/* ---- which card ---- */

static void ask_cards(void)
{
    struct wire_out out;

    wire_begin(&out, desk.frame, M_TOKENS, ++desk.job);
    assert_int_equal(wire_send(&out, desk.fd, -1), OK);
}

static void cards_are_named_with_certificates_or_without(void **state)
{
    uint8_t ref[32], other[32] = {7};
    char label[65];

    (void)state;
    cast_desk_fake(&cast, &desk);
    desk_settings(&desk, fake_module());
    fake_script(&desk.fake,
        "slot 1 A\ntoken EMPTY serial=1 pin=%s\nslot 2 B\ntoken FULL serial=1 pin=%s change max=8\ncert 01 card.pem\n"
        "key 01 card.pem\n",
        DESK_PIN, DESK_PIN);
    desk_open(&desk, fake_module());
    ask_cards();
    assert_int_equal(desk_job_answer(&desk), M_TOKEN);
    assert_true(wire_get_str(&desk.answer, F_CARD, label, sizeof label));
    assert_string_equal(label, "EMPTY");
    memcpy(ref, desk.answer.val[F_CARD_REF].data, sizeof ref);
    assert_int_equal(desk_job_answer(&desk), M_TOKEN);
    assert_memory_not_equal(ref, desk.answer.val[F_CARD_REF].data, sizeof ref);
    assert_int_equal(desk.answer.num[F_PIN_FLAGS], DUE);
    assert_int_equal(desk.answer.num[F_PIN_MAX], 8);
    assert_int_equal(desk_job_answer(&desk), M_OK);

    desk_send_change(&desk, F_CARD_REF, ref);
    desk_send_pin(&desk, DESK_PIN);
    assert_int_equal(desk_pin(&desk, NEW_PIN), M_OK);
    assert_int_equal(tries(), 1);
    desk_send_change(&desk, F_CARD_REF, other);
    assert_int_equal(desk_job_answer(&desk), M_ERR);
    assert_int_equal(desk_error(&desk), ERR_CARD_OTHER);
    end();
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
        cmocka_unit_test(a_pin_that_is_due_is_told_and_changed),
        cmocka_unit_test(an_expired_pin_signs_after_the_change),
        cmocka_unit_test(softhsm_takes_it_too),
        cmocka_unit_test(a_card_that_wants_a_login_is_asked_with_pins_typed_anew),
        cmocka_unit_test(a_pin_pad_is_asked_for_both),
        cmocka_unit_test(a_wrong_old_pin_is_one_try),
        cmocka_unit_test(what_cannot_fit_costs_nothing),
        cmocka_unit_test(every_failure_has_its_word_and_one_try),
        cmocka_unit_test(a_driver_without_the_call_says_so),
        cmocka_unit_test(a_card_without_a_pin_says_so),
        cmocka_unit_test(a_cancelled_change_swallows_what_was_typed),
        cmocka_unit_test(half_a_change_is_forgotten_by_the_next),
        cmocka_unit_test(a_card_taken_out_between_the_pins_is_told),
        cmocka_unit_test(a_card_that_was_gone_before_is_told_before_the_list),
        cmocka_unit_test(no_pin_is_anywhere_after_the_answer),
        cmocka_unit_test(cards_are_named_with_certificates_or_without),
    };

    return cmocka_run_group_tests_name("token change", tests, make, done);
}
