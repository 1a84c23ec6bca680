/* Cards and drivers with the quirks of DOMAIN's field notes, each through the real worker: what is listed, what signs,
 * and what is said instead. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "base/when.h"
#include "cast.h"

static struct cast cast;
static struct desk desk;
static struct pki_identity renewed, escape;

static void card(const char *script)
{
    fake_script(&desk.fake, "slot 3 \"TEST okuyucu\"\ntoken TEST pin=%s\n%s", DESK_PIN, script);
}

static void open_with(const char *script)
{
    cast_desk_fake(&cast, &desk);
    fake_put(&desk.fake, "rsa.pem", &cast.rsa);
    fake_put(&desk.fake, "p256.pem", &cast.p256);
    fake_put(&desk.fake, "p384.pem", &cast.p384);
    fake_put(&desk.fake, "renewed.pem", &renewed);
    fake_put(&desk.fake, "escape.pem", &escape);
    card(script);
    desk_open(&desk, fake_module());
}

static void leave(void)
{
    desk_close(&desk);
    desk_remove(&desk);
}

static enum cert_reason reason_of(const char *owner)
{
    return desk_find(&desk, owner)->reason;
}

static enum err_code signs(const char *owner, const char *pin)
{
    enum wire_type type = desk_sign(&desk, desk_find(&desk, owner), DESK_TEXT, cast.pki.now, pin);

    if (type == M_ERR)
        print_message("# %s: %s: %.*s\n", owner, note_of(desk_error(&desk))->slug, (int)desk.answer.val[F_DETAIL].len,
            (const char *)desk.answer.val[F_DETAIL].data);
    return type == M_SIGNED ? OK : desk_error(&desk);
}

/* ---- keys ---- */

static void a_curve_spelled_out_signs(void **state)
{
    (void)state;
    open_with("cert 01 p384.pem\npublic 01 p384.pem explicit\nkey 01 p384.pem explicit\n");
    assert_int_equal(signs("TEST p384", DESK_PIN), OK);
    leave();
}

static void a_renewed_certificate_for_the_same_key_is_chosen_by_itself(void **state)
{
    uint8_t first[32];

    (void)state;
    open_with("cert 01 p256.pem\ncert 01 renewed.pem\npublic 01 p256.pem\nkey 01 p256.pem\n");
    assert_int_equal(desk.n, 2);
    assert_int_equal(reason_of("TEST p256"), REASON_USABLE);
    assert_int_equal(reason_of("TEST renewed"), REASON_USABLE);
    memcpy(first, desk_find(&desk, "TEST p256")->ref, sizeof first);
    assert_memory_not_equal(first, desk_find(&desk, "TEST renewed")->ref, sizeof first);
    assert_int_equal(signs("TEST renewed", DESK_PIN), OK);
    assert_non_null(memmem(desk.answer.val[F_CMS].data, desk.answer.val[F_CMS].len, "TEST renewed", 12));
    assert_int_equal(signs("TEST p256", DESK_PIN), OK);
    assert_null(memmem(desk.answer.val[F_CMS].data, desk.answer.val[F_CMS].len, "TEST renewed", 12));
    leave();
}

static void two_keys_under_one_identifier_are_no_choice(void **state)
{
    (void)state;
    open_with("cert 01 p256.pem\npublic 01 p256.pem\npublic 01 p384.pem\nkey 01 p256.pem\nkey 01 p384.pem\n");
    assert_int_equal(reason_of("TEST p256"), REASON_AMBIGUOUS);
    /* seen only when logged in */
    fake_script(&desk.fake, "slot 3 TEST\ntoken TEST serial=2\ncert 01 p256.pem\nkey 01 p256.pem\nkey 01 p384.pem\n");
    desk_holder(&desk, NULL, 0);
    assert_int_equal(signs("TEST p256", DESK_PIN), ERR_CERT_CANNOT);
    assert_int_equal(fake_logins(&desk.fake), 1);
    assert_int_equal(desk.fake.ledger->signatures, 0);
    leave();
}

/* Same name, same serial number, same identifiers, another person and another PIN. */
static void two_cards_of_one_name_are_told_apart(void **state)
{
    (void)state;
    open_with("cert 01 p256.pem\nkey 01 p256.pem\nslot 4 \"TEST iki\"\ntoken TEST pin=246802\n"
              "cert 01 p384.pem\nkey 01 p384.pem\n");
    assert_int_equal(desk.cards, 2);
    assert_int_equal(signs("TEST p384", "246802"), OK);
    assert_int_equal(signs("TEST p256", DESK_PIN), OK);
    assert_int_equal(signs("TEST p384", "246802"), OK);
    assert_int_equal(fake_logins(&desk.fake), 3);
    leave();
}

static void a_key_of_the_wrong_kind_is_refused_without_a_signature(void **state)
{
    (void)state;
    open_with("cert 01 p256.pem\nkey 01 p256.pem CKA_KEY_TYPE=hex:00\n");
    assert_int_equal(signs("TEST p256", DESK_PIN), ERR_CERT_CANNOT);
    assert_int_equal(fake_calls(&desk.fake, P11_C_SignInit), 0);
    leave();
}

static void a_card_without_a_login_signs(void **state)
{
    (void)state;
    cast_desk_fake(&cast, &desk);
    desk_card(&desk, "no-login", "");
    desk_open(&desk, fake_module());
    assert_int_equal(signs("TEST İPEK IŞIK", DESK_PIN), OK);
    assert_int_equal(fake_logins(&desk.fake), 0);
    leave();
}

/* ---- attributes ---- */

static void odd_attributes_have_their_reason(void **state)
{
    static const struct {
        const char *words, *owner;
        enum cert_reason reason;
    } cases[] = {
        {"CKA_ID=none", "TEST p256", REASON_NO_KEY},
        {"CKA_ID=long:300", "TEST p256", REASON_NO_KEY},
        {"CKA_CERTIFICATE_TYPE=hex:00", "TEST p256", REASON_USABLE},
        {"CKA_CERTIFICATE_TYPE=none", "TEST p256", REASON_USABLE},
        {"CKA_LABEL=long:5000", "TEST p256", REASON_USABLE},
        {"CKA_VALUE=none", "nes", REASON_UNREADABLE},
        {"CKA_VALUE=hidden", "nes", REASON_UNREADABLE},
        {"CKA_VALUE=hex:", "nes", REASON_UNREADABLE},
        {"CKA_VALUE=long:100000", "nes", REASON_UNREADABLE},
        {"CKA_VALUE=says:4000000000", "nes", REASON_UNREADABLE},
        {"CKA_VALUE=says:1", "nes", REASON_UNREADABLE},
        {"CKA_VALUE=text:0 CKA_LABEL=none", "", REASON_UNREADABLE},
        {"CKA_VALUE=hex:3003020101 label=\"\\x1b[2J\\x07ad\"", "?[2J?ad", REASON_UNREADABLE},
    };

    (void)state;
    open_with("");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        fake_script(&desk.fake, "slot 3 TEST\ntoken TEST serial=%u\ncert 01 p256.pem %s\npublic 01 p256.pem\n",
            (unsigned)i, cases[i].words);
        desk_holder(&desk, NULL, 0);
        assert_int_equal(desk.n, 1);
        if (strcmp(desk.v[0].owner, cases[i].owner) != 0 || desk.v[0].reason != cases[i].reason)
            fail_msg("%s: \"%s\" %s", cases[i].words, desk.v[0].owner, cert_reason_slug(desk.v[0].reason));
    }
    leave();
}

static void an_escape_in_a_name_does_not_reach_the_terminal(void **state)
{
    (void)state;
    open_with("cert 01 escape.pem\npublic 01 escape.pem\n");
    assert_string_equal(desk.v[0].owner, "TEST ?[2J?");
    leave();
}

static void ten_thousand_objects_take_no_time(void **state)
{
    uint64_t began_ms;

    (void)state;
    open_with("cert 01 p256.pem\nkey 01 p256.pem\npublic 01 p256.pem\npublic 02 p384.pem times=10000\n"
              "cert 03 - times=10000\n");
    assert_int_equal(reason_of("TEST p256"), REASON_USABLE);
    assert_int_equal(desk.n, DESK_LISTED_MAX);
    began_ms = when_boot_ms();
    desk_holder(&desk, NULL, 0);
    assert_int_equal(signs("TEST p256", DESK_PIN), OK);
    print_message("# listed and signed in %u ms\n", (unsigned)(when_boot_ms() - began_ms));
    assert_true(when_boot_ms() - began_ms < 3000);
    leave();
}

/* ---- drivers ---- */

static void a_driver_that_wants_more_room_once_signs(void **state)
{
    (void)state;
    open_with("cert 01 p256.pem\nkey 01 p256.pem\nfail C_Sign BUFFER_TOO_SMALL times=1\n");
    assert_int_equal(signs("TEST p256", DESK_PIN), OK);
    assert_int_equal(fake_logins(&desk.fake), 1);
    assert_int_equal(fake_calls(&desk.fake, P11_C_Sign), 2);
    card("cert 01 p256.pem\nkey 01 p256.pem\nfail C_Sign BUFFER_TOO_SMALL\n");
    assert_int_equal(signs("TEST p256", DESK_PIN), ERR_TOO_BIG); /* and not for ever */
    assert_int_equal(fake_calls(&desk.fake, P11_C_Sign), 4);
    leave();
}

/* What comes back is no signature of this key: named, and not tried with the same PIN again. */
static void a_signature_of_another_form_is_refused(void **state)
{
    static const char *const habits[] = {"sign-short", "sign-der", "sign-junk"};

    (void)state;
    open_with("");
    for (size_t i = 0; i < sizeof habits / sizeof *habits; i++) {
        fake_script(&desk.fake,
            "slot 3 TEST\ntoken TEST serial=%u pin=%s\ncert 01 p384.pem\nkey 01 p384.pem\nhabit %s\n", (unsigned)i,
            DESK_PIN, habits[i]);
        desk_holder(&desk, NULL, 0);
        assert_int_equal(signs("TEST p384", DESK_PIN), ERR_REJ_SIG);
        assert_int_equal(fake_logins(&desk.fake), i + 1);
    }
    leave();
}

static bool is_listed(const struct desk *d)
{
    return d->n == 1 && d->v[0].reason == REASON_USABLE;
}

/* The first reading fails; nobody moves the card. */
static void a_card_that_could_not_be_read_is_read_again(void **state)
{
    static const char *const calls[] = {"C_OpenSession", "C_FindObjectsInit", "C_FindObjects", "C_GetAttributeValue",
        "C_GetTokenInfo", "C_GetSlotInfo", "C_GetSlotList"};

    (void)state;
    open_with("");
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        fake_script(&desk.fake,
            "slot 3 TEST\ntoken TEST serial=%u\ncert 01 p256.pem\nkey 01 p256.pem\nfail %s DEVICE_ERROR times=2\n",
            (unsigned)i, calls[i]);
        desk_until(&desk, is_listed);
        assert_true(fake_calls(&desk.fake, P11_C_FindObjects) > 0);
        card("");
        while (desk.n > 0)
            assert_int_equal(desk_answer(&desk), M_CARDS);
    }
    leave();
}

/* Whoever signs next must know the PIN, whatever became of the logout before. */
static void a_logout_that_fails_leaves_no_card_open(void **state)
{
    (void)state;
    open_with("cert 01 p256.pem\nkey 01 p256.pem\nfail C_Logout GENERAL_ERROR times=1\n");
    assert_int_equal(signs("TEST p256", DESK_PIN), OK);
    assert_int_equal(signs("TEST p256", "000000"), ERR_PIN_LOW);
    assert_int_equal(desk.fake.ledger->signatures, 1);
    assert_int_equal(signs("TEST p256", DESK_PIN), OK);
    assert_int_equal(fake_logins(&desk.fake), 3);
    leave();
}

static void three_wrong_pins_lock_and_the_fourth_is_not_tried(void **state)
{
    static const enum err_code said[] = {ERR_PIN_LOW, ERR_PIN_LOW, ERR_PIN_LOCKED, ERR_PIN_LOCKED};
    static const uint64_t flags[] = {1, 3, 5, 5};

    (void)state;
    open_with("cert 01 p256.pem\nkey 01 p256.pem\n");
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(signs("TEST p256", "000000"), said[i]);
        assert_int_equal(desk.answer.num[F_PIN_FLAGS], flags[i]);
    }
    assert_int_equal(signs("TEST p256", DESK_PIN), ERR_PIN_LOCKED);
    assert_int_equal(fake_logins(&desk.fake), 3);
    desk_close(&desk);
    desk_open(&desk, fake_module()); /* the card remembers, not the process */
    assert_int_equal(desk.v[0].pin_flags, 5);
    leave();
}

/* ---- what is in the readers ---- */

static void readers_without_a_card_to_use_say_why(void **state)
{
    static const struct {
        const char *script;
        enum err_code trouble;
        uint64_t readers, cards;
    } cases[] = {
        {"", ERR_NO_READER, 0, 0},
        {"slot 1 A\nslot 2 B\n", ERR_NO_CARD, 2, 0},
        {"slot 1 A\ntoken T blank\n", ERR_NO_CARD, 1, 0},
        {"slot 1 A\ntoken T unknown\nslot 2 B\n", ERR_CARD_UNKNOWN, 2, 0},
        {"slot 1 A\ntoken T\nslot 2 B\n", ERR_CARD_EMPTY, 2, 1},
        {"slot 1 A\ntoken T\nfail C_GetTokenInfo DEVICE_ERROR\n", ERR_CARD_UNREAD, 1, 0},
        {"slot 1 A\ntoken T\ncert 01 p256.pem\nfail C_OpenSession DEVICE_ERROR\n", ERR_CARD_UNREAD, 1, 1},
    };

    (void)state;
    open_with("");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        fake_script(&desk.fake, "%s", cases[i].script);
        desk_holder(&desk, NULL, 0);
        if (desk.trouble != cases[i].trouble || desk.readers != cases[i].readers || desk.cards != cases[i].cards)
            fail_msg("%s: %s, %u readers, %u cards", cases[i].script, note_of(desk.trouble)->slug,
                (unsigned)desk.readers, (unsigned)desk.cards);
    }
    leave();
}

static int make(void **state)
{
    (void)state;
    cast_make(&cast);
    renewed = pki_issue(&cast.pki, &(struct pki_spec){.name = "TEST renewed", .tckn = CAST_TCKN, .same = &cast.p256});
    escape = pki_issue(&cast.pki, &(struct pki_spec){.name = "TEST \x1b[2J\x07", .tckn = CAST_TCKN});
    return 0;
}

static int done(void **state)
{
    (void)state;
    pki_identity_done(&renewed);
    pki_identity_done(&escape);
    cast_done(&cast);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_curve_spelled_out_signs),
        cmocka_unit_test(a_renewed_certificate_for_the_same_key_is_chosen_by_itself),
        cmocka_unit_test(two_keys_under_one_identifier_are_no_choice),
        cmocka_unit_test(two_cards_of_one_name_are_told_apart),
        cmocka_unit_test(a_key_of_the_wrong_kind_is_refused_without_a_signature),
        cmocka_unit_test(a_card_without_a_login_signs),
        cmocka_unit_test(odd_attributes_have_their_reason),
        cmocka_unit_test(an_escape_in_a_name_does_not_reach_the_terminal),
        cmocka_unit_test(ten_thousand_objects_take_no_time),
        cmocka_unit_test(a_driver_that_wants_more_room_once_signs),
        cmocka_unit_test(a_signature_of_another_form_is_refused),
        cmocka_unit_test(a_card_that_could_not_be_read_is_read_again),
        cmocka_unit_test(a_logout_that_fails_leaves_no_card_open),
        cmocka_unit_test(three_wrong_pins_lock_and_the_fourth_is_not_tried),
        cmocka_unit_test(readers_without_a_card_to_use_say_why),
    };

    return cmocka_run_group_tests_name("token quirks", tests, make, done);
}
