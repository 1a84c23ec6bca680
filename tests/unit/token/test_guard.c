/* The guard on its own, in this process: who gets through to a card, whatever the library above does. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <pkcs11-helper-1.0/pkcs11h-certificate.h>
#include <pkcs11-helper-1.0/pkcs11h-token.h>
#include "cast.h"
#include "token/cards.h"
#include "token/ckr.h"
#include "token/module.h"

static struct cast cast;
static struct desk desk;
static struct module *module;
static const CK_FUNCTION_LIST *p11;
static const struct guard_api *guard;
static struct cards cards;
static CK_SESSION_HANDLE session;

/* Two cards of one kind and name, with the same key on both. */
static void two_cards(const char *more)
{
    fake_script(&desk.fake,
        "slot 1 A\ntoken TEST serial=1 pin=%s %s\ncert 01 card.pem\nkey 01 card.pem\n"
        "slot 2 B\ntoken TEST serial=2 pin=%s\ncert 01 card.pem\nkey 01 card.pem\n%s",
        DESK_PIN, more[0] == 'p' ? more : "", DESK_PIN, more[0] == 'p' ? "" : more);
}

static uint64_t card_logins(void)
{
    return desk.fake.ledger->card_logins;
}

static int make(void **state)
{
    const char *build = getenv("EONAY_BUILD");
    char path[512];
    struct err err;

    (void)state;
    cast_make(&cast);
    cast_desk_fake(&cast, &desk);
    two_cards("");
    assert_int_equal(setenv("EONAY_FAKE", desk.fake.dir, 1), 0);
    snprintf(path, sizeof path, "%s/eonay-guard.so", build != NULL ? build : ".");
    assert_int_equal(module_open(path, fake_module(), &module, &err), OK);
    p11 = module_calls(module);
    guard = module_guard(module);
    cards_look(p11, guard, &cards);
    assert_int_equal(cards.n, 2);
    return 0;
}

static int done(void **state)
{
    (void)state;
    module_close(&module);
    desk_remove(&desk);
    cast_done(&cast);
    return 0;
}

static int session_open(void **state)
{
    (void)state;
    fake_forget(&desk.fake);
    two_cards("");
    guard->revoke();
    return (int)p11->C_OpenSession(cards.v[0].slot, CKF_SERIAL_SESSION, NULL, NULL, &session);
}

static int session_close(void **state)
{
    (void)state;
    p11->C_Logout(session);
    return (int)p11->C_CloseSession(session);
}

static CK_RV login(CK_USER_TYPE user)
{
    unsigned char other[] = "not the PIN";

    return p11->C_Login(session, user, other, sizeof other - 1);
}

static void no_login_without_a_grant(void **state)
{
    uint64_t before = card_logins();
    struct guard_counts counts = guard->counts();

    (void)state;
    assert_int_equal(login(CKU_USER), GUARD_REFUSED);
    assert_int_equal(guard->counts().refused, counts.refused + 1);
    assert_int_equal(guard->counts().logins, counts.logins);
    assert_int_equal(card_logins(), before);
}

static void a_grant_is_one_login_with_the_granted_bytes(void **state)
{
    uint64_t before = card_logins();

    (void)state;
    guard->grant(cards.v[0].slot, DESK_PIN, strlen(DESK_PIN));
    assert_int_equal(login(CKU_USER), CKR_OK); /* what the library passes is not looked at */
    assert_int_equal(p11->C_Logout(session), CKR_OK);
    assert_int_equal(login(CKU_USER), GUARD_REFUSED);
    assert_int_equal(card_logins(), before + 1);
}

static void a_grant_is_for_one_card_and_for_its_user(void **state)
{
    uint64_t before = card_logins();

    (void)state;
    guard->grant(cards.v[1].slot, DESK_PIN, strlen(DESK_PIN));
    assert_int_equal(login(CKU_USER), GUARD_REFUSED);
    guard->grant(cards.v[0].slot, DESK_PIN, strlen(DESK_PIN));
    assert_int_equal(login(CKU_SO), GUARD_REFUSED);
    guard->revoke();
    assert_int_equal(login(CKU_USER), GUARD_REFUSED);
    assert_int_equal(card_logins(), before);
}

static void what_changes_a_card_is_refused(void **state)
{
    unsigned char pin[] = DESK_PIN, label[32] = {0};

    (void)state;
    guard->grant(cards.v[0].slot, DESK_PIN, strlen(DESK_PIN));
    assert_int_equal(p11->C_SetPIN(session, pin, 6, pin, 6), GUARD_REFUSED);
    assert_int_equal(fake_calls(&desk.fake, P11_C_SetPIN), 0);
    assert_int_equal(p11->C_InitPIN(session, pin, 6), CKR_FUNCTION_NOT_SUPPORTED);
    assert_int_equal(p11->C_InitToken(cards.v[0].slot, pin, 6, label), CKR_FUNCTION_NOT_SUPPORTED);
}

/* ---- a change of the PIN ---- */

#define NEW_PIN "97531"

static struct guard_pin pin_of(const char *s)
{
    return (struct guard_pin){s, s != NULL ? strlen(s) : 0};
}

static CK_RV set_pin(CK_SESSION_HANDLE at)
{
    unsigned char other[] = "not the PIN";

    return p11->C_SetPIN(at, other, sizeof other - 1, other, sizeof other - 1);
}

static CK_SESSION_HANDLE writer_open(size_t card)
{
    CK_SESSION_HANDLE writer;

    assert_int_equal(
        p11->C_OpenSession(cards.v[card].slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL, &writer), CKR_OK);
    return writer;
}

static void a_change_is_one_call_with_the_granted_bytes(void **state)
{
    CK_SESSION_HANDLE writer = writer_open(0);
    struct guard_counts before = guard->counts();

    (void)state;
    assert_int_equal(set_pin(writer), GUARD_REFUSED);
    guard->grant_change(cards.v[0].slot, pin_of(DESK_PIN), pin_of(NEW_PIN));
    assert_int_equal(set_pin(writer), CKR_OK); /* what is passed is not looked at */
    assert_int_equal(set_pin(writer), GUARD_REFUSED);
    assert_int_equal(guard->counts().changes, before.changes + 1);
    assert_int_equal(guard->counts().refused, before.refused + 2);
    assert_int_equal(guard->counts().logins, before.logins);
    assert_int_equal(fake_calls(&desk.fake, P11_C_SetPIN), 1);
    guard->grant(cards.v[0].slot, NEW_PIN, strlen(NEW_PIN));
    assert_int_equal(login(CKU_USER), CKR_OK);
    p11->C_CloseSession(writer);
}

static void a_change_is_granted_for_one_card_and_no_login(void **state)
{
    CK_SESSION_HANDLE writer = writer_open(0), other = writer_open(1);
    uint64_t logins = card_logins();

    (void)state;
    guard->grant_change(cards.v[0].slot, pin_of(DESK_PIN), pin_of(NEW_PIN));
    assert_int_equal(set_pin(other), GUARD_REFUSED);
    assert_int_equal(login(CKU_USER), GUARD_REFUSED);
    guard->revoke();
    assert_int_equal(set_pin(writer), GUARD_REFUSED);
    guard->grant(cards.v[0].slot, DESK_PIN, strlen(DESK_PIN));
    assert_int_equal(set_pin(writer), GUARD_REFUSED);
    assert_int_equal(fake_calls(&desk.fake, P11_C_SetPIN), 0);
    assert_int_equal(card_logins(), logins);
    p11->C_CloseSession(other);
    p11->C_CloseSession(writer);
}

static void a_wrong_old_pin_is_one_try(void **state)
{
    CK_SESSION_HANDLE writer = writer_open(1);

    (void)state;
    guard->grant_change(cards.v[1].slot, pin_of("000000"), pin_of(NEW_PIN));
    assert_int_equal(set_pin(writer), CKR_PIN_INCORRECT);
    assert_string_equal(guard->trouble().call, "C_SetPIN");
    assert_int_equal(set_pin(writer), GUARD_REFUSED);
    assert_int_equal(fake_calls(&desk.fake, P11_C_SetPIN), 1);
    guard->grant_change(cards.v[1].slot, pin_of(DESK_PIN), pin_of("135791"));
    assert_int_equal(set_pin(writer), CKR_OK);
    p11->C_CloseSession(writer);
}

static void the_first_failure_of_an_act_is_kept(void **state)
{
    CK_MECHANISM mechanism = {CKM_RSA_PKCS, NULL, 0};
    unsigned char out[512];
    CK_ULONG len = sizeof out;

    (void)state;
    guard->grant(cards.v[0].slot, DESK_PIN, strlen(DESK_PIN));
    assert_int_equal(guard->trouble().rv, CKR_OK);
    two_cards("fail C_Sign DEVICE_ERROR\nfail C_SignInit MECHANISM_INVALID\n");
    assert_int_equal(p11->C_Sign(session, out, 1, out, &len), CKR_DEVICE_ERROR);
    assert_int_equal(p11->C_SignInit(session, &mechanism, 1), CKR_MECHANISM_INVALID);
    assert_int_equal(login(CKU_SO), GUARD_REFUSED);
    assert_int_equal(guard->trouble().rv, CKR_DEVICE_ERROR);
    assert_string_equal(guard->trouble().call, "C_Sign");
    guard->grant(cards.v[0].slot, DESK_PIN, strlen(DESK_PIN));
    assert_int_equal(guard->trouble().rv, CKR_OK);
}

/* By construction, not by a setting: the library's own tries put back to three, PIN pad and prompt alike. */
static void library_retries_reach_the_card_once(void **state)
{
    static const char *const mishaps[] = {
        "fail C_Login PIN_INCORRECT\n", "pad=000000", "fail C_Sign DEVICE_REMOVED\n", "fail C_Sign GENERAL_ERROR\n"};
    struct pkcs11h_token_id_s token = {.display = ""};
    uint8_t id[] = {1}, data[51] = {0}, out[512];
    struct pkcs11h_certificate_id_s name = {.token_id = &token, .attrCKA_ID = id, .attrCKA_ID_size = 1};

    (void)state;
    memcpy(token.manufacturerID, cards.v[0].manufacturer, sizeof cards.v[0].manufacturer);
    memcpy(token.model, cards.v[0].model, sizeof cards.v[0].model);
    memcpy(token.serialNumber, cards.v[0].serial, sizeof cards.v[0].serial);
    memcpy(token.label, cards.v[0].raw_label, sizeof cards.v[0].raw_label);
    pkcs11h_setMaxLoginRetries(3);
    for (size_t i = 0; i < sizeof mishaps / sizeof *mishaps; i++) {
        uint64_t before = card_logins();
        size_t len = sizeof out;
        pkcs11h_certificate_t key;

        two_cards(mishaps[i]);
        guard->grant(cards.v[0].slot, DESK_PIN, strlen(DESK_PIN));
        assert_int_equal(
            pkcs11h_certificate_create(&name, NULL, PKCS11H_PROMPT_MASK_ALLOW_ALL, PKCS11H_PIN_CACHE_INFINITE, &key),
            CKR_OK);
        assert_int_not_equal(pkcs11h_certificate_signAny(key, CKM_RSA_PKCS, data, sizeof data, out, &len), CKR_OK);
        assert_int_equal(card_logins(), before + 1);
        pkcs11h_certificate_freeCertificate(key);
        pkcs11h_logout();
    }
    pkcs11h_setMaxLoginRetries(1);
}

static void reopening_starts_the_driver_anew(void **state)
{
    (void)state;
    fake_forget(&desk.fake);
    two_cards("");
    assert_int_equal(guard->reopen(), CKR_OK);
    assert_int_equal(fake_calls(&desk.fake, P11_C_Finalize), 1);
    assert_int_equal(fake_calls(&desk.fake, P11_C_Initialize), 1);
    cards_look(p11, guard, &cards);
    assert_int_equal(cards.n, 2);
}

/* ---- small parts ---- */

static void fixed_width_text_is_cleaned(void **state)
{
    static const struct {
        const char *field;
        size_t width;
        const char *want;
    } cases[] = {
        {"Deneme  ", 8, "Deneme"},
        {"Kart\0xyz", 8, "Kart"},
        {"        ", 8, ""},
        {"abc\xc4", 4, "abc"},
        {"ab\xe2\x82", 4, "ab"},
        {"abc\xc4    ", 8, "abc?"}, /* not cut by the width: never UTF-8 */
        {"a\x1b[2Jb ", 7, "a?[2Jb"},
        {"\xc5\x9e\xc5\x9e", 4, "ŞŞ"},
        {"\x80\x80\x80\x80", 4, "????"},
        {"\xff", 1, ""},
    };
    char out[65];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        card_text(out, sizeof out, (const unsigned char *)cases[i].field, cases[i].width);
        assert_string_equal(out, cases[i].want);
    }
}

static void an_unknown_code_is_an_error_too(void **state)
{
    struct err err;

    (void)state;
    assert_int_equal(ckr_error(CKR_VENDOR_DEFINED | 7), ERR_CRYPTO);
    assert_int_equal(ckr_fail(&err, (struct guard_trouble){CKR_PIN_LOCKED, "C_Login"}), ERR_PIN_LOCKED);
    assert_string_equal(err.detail, "C_Login: CKR_PIN_LOCKED (0xa4)");
}

static void hidden_pads_are_not_told(void **state)
{
    (void)state;
    two_cards("pad=" DESK_PIN " open-pad");
    cards_look(p11, guard, &cards);
    assert_int_equal(cards.v[0].pin_flags & PIN_ON_PAD, PIN_ON_PAD);
    guard->without_pads();
    cards_look(p11, guard, &cards);
    assert_int_equal(cards.v[0].pin_flags & PIN_ON_PAD, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(no_login_without_a_grant, session_open, session_close),
        cmocka_unit_test_setup_teardown(a_grant_is_one_login_with_the_granted_bytes, session_open, session_close),
        cmocka_unit_test_setup_teardown(a_grant_is_for_one_card_and_for_its_user, session_open, session_close),
        cmocka_unit_test_setup_teardown(what_changes_a_card_is_refused, session_open, session_close),
        cmocka_unit_test_setup_teardown(a_change_is_one_call_with_the_granted_bytes, session_open, session_close),
        cmocka_unit_test_setup_teardown(a_change_is_granted_for_one_card_and_no_login, session_open, session_close),
        cmocka_unit_test_setup_teardown(a_wrong_old_pin_is_one_try, session_open, session_close),
        cmocka_unit_test_setup_teardown(the_first_failure_of_an_act_is_kept, session_open, session_close),
        cmocka_unit_test(library_retries_reach_the_card_once), cmocka_unit_test(reopening_starts_the_driver_anew),
        cmocka_unit_test(fixed_width_text_is_cleaned), cmocka_unit_test(an_unknown_code_is_an_error_too),
        cmocka_unit_test(hidden_pads_are_not_told), /* the last: they stay hidden */
    };

    return cmocka_run_group_tests_name("token guard", tests, make, done);
}
