/* Signing: what comes out, what a PIN may cost, and what is said when it fails. */
#include "config.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>
#include "base/code.h"
#include "base/match.h"
#include "base/when.h"
#include "cast.h"
#include "sign/cades.h"
#include "sign/consent.h"

static struct cast cast;
static struct desk desk;

static uint64_t logins(void)
{
    return desk.answer.num[F_LOGINS];
}

/* The answer's type; an error is printed, for whoever looks at a failed test. */
static enum wire_type signs(const char *owner, const char *pin)
{
    enum wire_type type = desk_sign(&desk, desk_find(&desk, owner), DESK_TEXT, cast.pki.now, pin);

    if (type == M_ERR)
        print_message("# %s: %s: %.*s\n", owner, note_of(desk_error(&desk))->slug, (int)desk.answer.val[F_DETAIL].len,
            (const char *)desk.answer.val[F_DETAIL].data);
    return type;
}

static void fails(const char *owner, const char *pin, enum err_code with)
{
    assert_int_equal(signs(owner, pin), M_ERR);
    assert_int_equal(desk_error(&desk), with);
}

/* ---- openssl is the judge ---- */

static void answer_save(const char *name)
{
    char path[128];
    FILE *f;

    snprintf(path, sizeof path, "%s/%s", desk.dir, name);
    f = fopen(path, "w");
    assert_non_null(f);
    assert_int_equal(fwrite(desk.answer.val[F_CMS].data, 1, desk.answer.val[F_CMS].len, f), desk.answer.val[F_CMS].len);
    fclose(f);
}

static void openssl_accepts(const char *name)
{
    char command[512], path[128], text[sizeof DESK_TEXT + 1];
    FILE *f;
    size_t n;

    snprintf(command, sizeof command,
        "openssl cms -verify -cades -binary -auth_level 2 -inform DER -in %s/%s -CAfile %s/ca.pem -purpose any "
        "-out %s/text 2>/dev/null",
        desk.dir, name, desk.dir, desk.dir);
    assert_int_equal(system(command), 0);
    snprintf(path, sizeof path, "%s/text", desk.dir);
    f = fopen(path, "r");
    assert_non_null(f);
    n = fread(text, 1, sizeof text, f);
    fclose(f);
    assert_int_equal(n, strlen(DESK_TEXT));
    assert_memory_equal(text, DESK_TEXT, n);
}

static void every_kind_of_key_signs(void **state)
{
    static const char *const owners[] = {"TEST İPEK IŞIK", "TEST p256", "TEST p384"};

    (void)state;
    cast_desk(&cast, &desk);
    desk_open(&desk, softhsm_module());
    desk_holder(&desk, CAST_MASK, cast.pki.now);
    for (size_t i = 0; i < sizeof owners / sizeof *owners; i++) {
        assert_int_equal(signs(owners[i], DESK_PIN), M_SIGNED);
        assert_int_equal(logins(), i + 1);
        answer_save(owners[i][5] == 'p' ? owners[i] + 5 : "rsa");
        openssl_accepts(owners[i][5] == 'p' ? owners[i] + 5 : "rsa");
    }
    desk_close(&desk);
    desk_remove(&desk);
}

/* A card without PKCS #1 v1.5 signatures, as SoftHSM can be told to be. */
static void a_card_that_offers_pss_alone_signs_with_it(void **state)
{
    static const uint8_t rsassa_pss[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0a};
    char path[128];
    FILE *f;

    (void)state;
    cast_desk_one(&cast, &desk);
    snprintf(path, sizeof path, "%s/softhsm2.conf", desk.dir);
    f = fopen(path, "a");
    assert_non_null(f);
    fputs("slots.mechanisms = CKM_RSA_PKCS_PSS,CKM_ECDSA\n", f);
    fclose(f);
    desk_open(&desk, softhsm_module());
    assert_int_equal(signs("TEST İPEK IŞIK", DESK_PIN), M_SIGNED);
    assert_int_equal(logins(), 1);
    assert_non_null(memmem(desk.answer.val[F_CMS].data, desk.answer.val[F_CMS].len, rsassa_pss, sizeof rsassa_pss));
    answer_save("pss");
    openssl_accepts("pss");
    desk_close(&desk);
    desk_remove(&desk);
}

static void a_policy_that_is_asked_for_is_named(void **state)
{
    struct cades_facts f;

    (void)state;
    cast_desk_one(&cast, &desk);
    desk_open(&desk, softhsm_module());
    for (int p = PROFILE_BASELINE; p < PROFILE_COUNT; p++) {
        desk.profile = (uint64_t)p;
        assert_int_equal(signs("TEST İPEK IŞIK", DESK_PIN), M_SIGNED);
        assert_int_equal(cades_read(desk.answer.val[F_CMS].data, desk.answer.val[F_CMS].len, &f, NULL), OK);
        assert_int_equal(f.profile, p == PROFILE_P1 ? PROFILE_BASELINE : p);
        cades_facts_done(&f);
        answer_save("policy");
        openssl_accepts("policy");
    }
    desk.profile = 0;
    desk_close(&desk);
    desk_remove(&desk);
}

static void a_changed_signature_is_refused_by_openssl(void **state)
{
    char path[128], command[512];
    FILE *f;

    (void)state;
    cast_desk_one(&cast, &desk);
    desk_open(&desk, softhsm_module());
    assert_int_equal(signs("TEST İPEK IŞIK", DESK_PIN), M_SIGNED);
    answer_save("cms");
    openssl_accepts("cms");
    snprintf(path, sizeof path, "%s/cms", desk.dir);
    f = fopen(path, "r+");
    assert_int_equal(fseek(f, -1, SEEK_END), 0);
    fputc(desk.answer.val[F_CMS].data[desk.answer.val[F_CMS].len - 1] ^ 1, f);
    fclose(f);
    snprintf(command, sizeof command,
        "openssl cms -verify -cades -binary -inform DER -in %s -CAfile %s/ca.pem -purpose any -out /dev/null "
        "2>/dev/null",
        path, desk.dir);
    assert_int_not_equal(system(command), 0);
    desk_close(&desk);
    desk_remove(&desk);
}

/* ---- what a PIN costs ---- */

static void a_wrong_pin_is_one_login(void **state)
{
    (void)state;
    cast_desk_fake(&cast, &desk);
    desk_open(&desk, fake_module());
    fails("TEST İPEK IŞIK", "000000", ERR_PIN_LOW); /* the card calls the count low after the first */
    assert_int_equal(desk.answer.num[F_PIN_FLAGS], 1);
    assert_int_equal(logins(), 1);
    assert_int_equal(desk.fake.ledger->card_logins, 1);
    assert_int_equal(fake_calls(&desk.fake, P11_C_Sign), 0);
    assert_int_equal(signs("TEST İPEK IŞIK", DESK_PIN), M_SIGNED);
    assert_int_equal(logins(), 2);
    assert_int_equal(desk.fake.ledger->card_logins, 2);
    assert_int_equal(fake_calls(&desk.fake, P11_C_Sign), 1);
    assert_true(fake_calls(&desk.fake, P11_C_Logout) >= 2);
    desk_close(&desk);
    desk_remove(&desk);
}

static void a_pin_that_cannot_fit_costs_nothing(void **state)
{
    char lots[256];

    (void)state;
    memset(lots, '1', 255);
    lots[255] = '\0';
    cast_desk_fake(&cast, &desk);
    desk_open(&desk, fake_module());
    fails("TEST İPEK IŞIK", "", ERR_PIN_EMPTY);
    fails("TEST İPEK IŞIK", "123", ERR_PIN_SHORT);
    assert_int_equal(desk.answer.num[F_ARG], 4);
    desk_card(&desk, "max=6", "");
    fails("TEST İPEK IŞIK", "1234567", ERR_PIN_LONG);
    assert_int_equal(desk.answer.num[F_ARG], 6);
    desk_card(&desk, "wrong=3", "");
    fails("TEST İPEK IŞIK", DESK_PIN, ERR_PIN_LOCKED);
    assert_int_equal(desk.answer.num[F_PIN_FLAGS], 1 | 4);
    assert_int_equal(logins(), 0);
    assert_int_equal(desk.fake.ledger->card_logins, 0);
    desk_card(&desk, "max=255", "");
    fails("TEST İPEK IŞIK", lots, ERR_PIN_LOW);
    assert_int_equal(logins(), 1);
    desk_close(&desk);
    desk_remove(&desk);
}

/* pkcs11-helper 1.29 alone would log in again and again for ever here. */
static void a_card_that_always_says_removed_ends_after_one_login(void **state)
{
    uint64_t began_ms;

    (void)state;
    cast_desk_fake(&cast, &desk);
    desk_faults(&desk, "fail C_Sign DEVICE_REMOVED\n");
    desk_open(&desk, fake_module());
    began_ms = when_boot_ms();
    fails("TEST İPEK IŞIK", DESK_PIN, ERR_CARD_GONE);
    assert_true(when_boot_ms() - began_ms < 5000);
    assert_int_equal(logins(), 1);
    assert_int_equal(desk.fake.ledger->card_logins, 1);
    assert_true(fake_calls(&desk.fake, P11_C_Logout) >= 1);
    desk_close(&desk);
    desk_remove(&desk);
}

static void every_failure_has_its_word_and_one_login(void **state)
{
    static const struct {
        const char *fault, *token_words;
        enum err_code code;
        const char *call;
    } cases[] = {
        {"C_Login PIN_INCORRECT", "", ERR_PIN_WRONG, "CKR_PIN_INCORRECT"},
        {"C_Login PIN_INVALID", "", ERR_PIN_WRONG, "CKR_PIN_INVALID"},
        {"C_Login PIN_LEN_RANGE", "", ERR_PIN_WRONG, "CKR_PIN_LEN_RANGE"},
        {"C_Login PIN_INCORRECT", "wrong=1", ERR_PIN_LOW, "C_Login"},
        {"C_Login PIN_INCORRECT", "wrong=2", ERR_PIN_LOW, "C_Login"},
        {"C_Login PIN_EXPIRED", "", ERR_PIN_CHANGE, "CKR_PIN_EXPIRED"},
        {"C_Login PIN_LOCKED", "", ERR_PIN_LOCKED, "CKR_PIN_LOCKED"},
        {"C_Login FUNCTION_CANCELED", "", ERR_PAD_CANCEL, "CKR_FUNCTION_CANCELED"},
        {"C_Login DEVICE_ERROR", "", ERR_CARD_SILENT, "CKR_DEVICE_ERROR"},
        {"C_Login DEVICE_REMOVED", "", ERR_CARD_GONE, "CKR_DEVICE_REMOVED"},
        {"C_Login GENERAL_ERROR", "", ERR_CRYPTO, "CKR_GENERAL_ERROR"},
        {"C_SignInit MECHANISM_INVALID", "", ERR_CERT_CANNOT, "C_SignInit: CKR_MECHANISM_INVALID"},
        {"C_SignInit KEY_FUNCTION_NOT_PERMITTED", "", ERR_CERT_CANNOT, "CKR_KEY_FUNCTION_NOT_PERMITTED"},
        {"C_Sign DEVICE_ERROR", "", ERR_CARD_SILENT, "C_Sign: CKR_DEVICE_ERROR"},
        {"C_Sign FUNCTION_FAILED", "", ERR_CRYPTO, "C_Sign: CKR_FUNCTION_FAILED"},
        {"C_Sign TOKEN_NOT_PRESENT", "", ERR_CARD_GONE, "C_Sign: CKR_TOKEN_NOT_PRESENT"},
        {"C_Sign USER_NOT_LOGGED_IN", "", ERR_CRYPTO, "C_Sign: CKR_USER_NOT_LOGGED_IN"},
        {"C_Sign SESSION_HANDLE_INVALID", "", ERR_CARD_GONE, "C_Sign: CKR_SESSION_HANDLE_INVALID"},
    };
    char fault[64];
    char detail[257];

    (void)state;
    cast_desk_fake(&cast, &desk);
    desk_open(&desk, fake_module());
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        snprintf(fault, sizeof fault, "fail %s\n", cases[i].fault);
        desk_card(&desk, cases[i].token_words, fault);
        fails("TEST İPEK IŞIK", DESK_PIN, cases[i].code);
        assert_true(wire_get_str(&desk.answer, F_DETAIL, detail, sizeof detail));
        if (strstr(detail, cases[i].call) == NULL)
            fail_msg("%s: \"%s\"", cases[i].fault, detail);
        assert_int_equal(logins(), i + 1);
        assert_int_equal(desk.fake.ledger->card_logins, i + 1);
    }
    desk_close(&desk);
    desk_remove(&desk);
}

static void a_card_taken_out_while_signing_is_gone(void **state)
{
    (void)state;
    cast_desk_fake(&cast, &desk);
    desk_open(&desk, fake_module());
    desk_send_sign(&desk, desk.v[0].ref, DESK_TEXT, desk_code(), cast.pki.now);
    desk_take_out(&desk); /* before the PIN, or just as it comes: the same word */
    assert_int_equal(desk_pin(&desk, DESK_PIN), M_ERR);
    assert_int_equal(desk_error(&desk), ERR_CARD_GONE);
    assert_true(fake_calls(&desk.fake, P11_C_Sign) == 0);
    desk_close(&desk);
    desk_remove(&desk);
}

/* ---- PIN pads and keys that ask again ---- */

static void a_pin_pad_is_asked_once(void **state)
{
    (void)state;
    cast_desk_fake(&cast, &desk);
    desk_card(&desk, "pad=" DESK_PIN, "");
    desk_open(&desk, fake_module());
    assert_int_equal(signs("TEST İPEK IŞIK", NULL), M_SIGNED);
    assert_int_equal(logins(), 1);
    assert_int_equal(desk.fake.ledger->card_logins, 1);
    desk_card(&desk, "pad=cancel", "");
    fails("TEST İPEK IŞIK", NULL, ERR_PAD_CANCEL);
    assert_int_equal(desk.fake.ledger->card_logins, 2);
    desk_card(&desk, "pad=000000", ""); /* on a pad the library asks again by itself */
    fails("TEST İPEK IŞIK", NULL, ERR_PIN_LOW);
    assert_int_equal(desk.fake.ledger->card_logins, 3);
    desk_close(&desk);
    desk_remove(&desk);
}

/* Portugal's readers: the keys are there, and nobody should have to use them. */
static void a_pin_pad_can_be_switched_off(void **state)
{
    (void)state;
    cast_desk_fake(&cast, &desk);
    desk_card(&desk, "open-pad pad=000000", "");
    desk.settings = "pin_pad: false\n";
    desk_open(&desk, fake_module());
    assert_int_equal(desk.v[0].pin_flags, 0);
    assert_int_equal(signs("TEST İPEK IŞIK", DESK_PIN), M_SIGNED);
    assert_int_equal(desk.fake.ledger->card_logins, 1);
    assert_int_equal(desk_change(&desk, desk.v[0].ref, DESK_PIN, "246813"), M_OK);
    assert_int_equal(signs("TEST İPEK IŞIK", "246813"), M_SIGNED);
    desk_close(&desk);
    desk_remove(&desk);
}

static void a_key_that_asks_again_gets_a_second_pin(void **state)
{
    (void)state;
    cast_desk_always(&cast, &desk);
    desk_open(&desk, fake_module());
    fails("TEST p256", DESK_PIN, ERR_PIN_AGAIN);
    assert_int_equal(logins(), 1);
    assert_int_equal(desk_pin(&desk, DESK_PIN), M_SIGNED);
    assert_int_equal(logins(), 2);
    assert_int_equal(desk.fake.ledger->card_logins, 1);
    assert_int_equal(desk.fake.ledger->key_logins, 1);
    answer_save("cms");
    openssl_accepts("cms");

    fails("TEST p256", DESK_PIN, ERR_PIN_AGAIN);
    assert_int_equal(signs("TEST p256", DESK_PIN), M_SIGNED); /* asked for anew, as the wizard does */
    assert_int_equal(logins(), 4);
    assert_int_equal(desk.fake.ledger->key_logins, 2);

    fails("TEST p256", DESK_PIN, ERR_PIN_AGAIN);
    assert_int_equal(desk_pin(&desk, "000000"), M_ERR);
    assert_int_equal(desk_error(&desk), ERR_PIN_LOW);
    assert_int_equal(logins(), 6);
    assert_int_equal(desk.fake.ledger->card_logins + desk.fake.ledger->key_logins, 6);
    desk_close(&desk);
    desk_remove(&desk);
}

static void cancelling_between_two_pins_logs_out(void **state)
{
    struct wire_out out;

    (void)state;
    cast_desk_always(&cast, &desk);
    desk_open(&desk, fake_module());
    fails("TEST p256", DESK_PIN, ERR_PIN_AGAIN);
    assert_int_equal(fake_calls(&desk.fake, P11_C_Logout), 0);
    wire_begin(&out, desk.frame, M_CANCEL, desk.job);
    assert_int_equal(wire_send(&out, desk.fd, -1), OK);
    while (desk_answer(&desk) == M_CARDS)
        ;
    assert_int_equal(desk_error(&desk), ERR_CANCELLED);
    assert_true(fake_calls(&desk.fake, P11_C_Logout) >= 1);
    desk_send_pin(&desk, DESK_PIN); /* too late: swallowed, and nothing is signed */
    fails("TEST p256", "", ERR_PIN_EMPTY);
    assert_int_equal(logins(), 1);
    desk_close(&desk);
    desk_remove(&desk);
}

static void taking_the_card_between_two_pins_is_told(void **state)
{
    (void)state;
    cast_desk_always(&cast, &desk);
    desk_open(&desk, fake_module());
    fails("TEST p256", DESK_PIN, ERR_PIN_AGAIN);
    desk_take_out(&desk);
    while (desk_answer(&desk) == M_CARDS)
        ;
    assert_int_equal(desk_error(&desk), ERR_CARD_GONE);
    desk_close(&desk);
    desk_remove(&desk);
}

/* ---- what is not signed ---- */

static void what_may_not_be_signed_costs_no_login(void **state)
{
    uint8_t unknown[32] = {1};
    char mistyped[16];
    const struct desk_cert *rsa;

    (void)state;
    cast_desk(&cast, &desk);
    desk_open(&desk, softhsm_module());
    desk_holder(&desk, CAST_MASK, cast.pki.now);
    rsa = desk_find(&desk, "TEST İPEK IŞIK");
    fails("TEST other", DESK_PIN, ERR_CERT_CANNOT);
    fails("TEST expired", DESK_PIN, ERR_CERT_CANNOT);
    fails("TEST untrusted", DESK_PIN, ERR_CERT_CANNOT);
    fails("TEST keyless", DESK_PIN, ERR_CERT_CANNOT);
    fails("TEST double", DESK_PIN, ERR_CERT_CANNOT);
    fails("nes", DESK_PIN, ERR_CERT_CANNOT);

    assert_int_equal(desk_sign(&desk, rsa, "a\x1b[2J", cast.pki.now, DESK_PIN), M_ERR);
    assert_int_equal(desk_error(&desk), ERR_TEXT_UNSAFE);
    assert_int_equal(desk_sign(&desk, rsa, "right\u202eleft", cast.pki.now, DESK_PIN), M_ERR);
    assert_int_equal(desk_error(&desk), ERR_TEXT_UNSAFE);
    assert_int_equal(desk_sign(&desk, rsa, "", cast.pki.now, DESK_PIN), M_ERR);
    assert_int_equal(desk_error(&desk), ERR_BAD_REQUEST);
    assert_int_equal(desk_sign(&desk, rsa, DESK_TEXT, cast.pki.now + 20LL * 365 * 86400, DESK_PIN), M_ERR);
    assert_int_equal(desk_error(&desk), ERR_CERT_CANNOT);

    snprintf(mistyped, sizeof mistyped, "%s", desk_code());
    mistyped[0] = mistyped[0] == '2' ? '3' : '2'; /* one wrong symbol never fits */
    desk_send_sign(&desk, rsa->ref, DESK_TEXT, mistyped, cast.pki.now);
    assert_int_equal(desk_pin(&desk, DESK_PIN), M_ERR);
    assert_int_equal(desk_error(&desk), ERR_BAD_REQUEST);
    desk_send_sign(&desk, unknown, DESK_TEXT, desk_code(), cast.pki.now);
    assert_int_equal(desk_pin(&desk, DESK_PIN), M_ERR);
    assert_int_equal(desk_error(&desk), ERR_CARD_OTHER);
    assert_int_equal(logins(), 0);
    assert_int_equal(signs("TEST İPEK IŞIK", DESK_PIN), M_SIGNED); /* and the PINs above were swallowed */
    assert_int_equal(logins(), 1);
    desk_close(&desk);
    desk_remove(&desk);
}

/* The match code is of the bytes that are signed: no other text, and not for another request's code. */
static void only_the_text_that_was_told_is_signed(void **state)
{
    static const uint8_t symbols[CODE_LEN - 1] = {1, 2, 3};
    char other[CODE_LEN + 1], match[MATCH_LEN + 1], expected[MATCH_LEN + 1], grouped[MATCH_TEXT_LEN + 1];
    uint8_t sum[32];
    const struct desk_cert *c;

    (void)state;
    cast_desk_one(&cast, &desk);
    desk_open(&desk, softhsm_module());
    c = &desk.v[0];
    desk_send_untold(&desk, c->ref, DESK_TEXT, desk_code(), cast.pki.now); /* nothing was told */
    assert_int_equal(desk_pin(&desk, DESK_PIN), M_ERR);
    assert_int_equal(desk_error(&desk), ERR_MATCH_DIFFERS);

    assert_int_equal(desk_text(&desk, DESK_TEXT, desk_code()), M_MATCH);
    assert_true(wire_get_str(&desk.answer, F_MATCH, match, sizeof match));
    consent_text_digest((const uint8_t *)DESK_TEXT, strlen(DESK_TEXT), sum);
    match_code(sum, grouped);
    match_plain(grouped, expected);
    assert_string_equal(match, expected);
    desk_send_untold(&desk, c->ref, DESK_TEXT " ", desk_code(), cast.pki.now);
    assert_int_equal(desk_pin(&desk, DESK_PIN), M_ERR);
    assert_int_equal(desk_error(&desk), ERR_MATCH_DIFFERS);
    code_make(other, symbols);
    desk_send_untold(&desk, c->ref, DESK_TEXT, other, cast.pki.now);
    assert_int_equal(desk_pin(&desk, DESK_PIN), M_ERR);
    assert_int_equal(desk_error(&desk), ERR_MATCH_DIFFERS);
    assert_int_equal(logins(), 0);

    desk_send_untold(&desk, c->ref, DESK_TEXT, desk_code(), cast.pki.now);
    assert_int_equal(desk_pin(&desk, DESK_PIN), M_SIGNED);
    assert_int_equal(desk_text(&desk, "a\x1b[2J", desk_code()), M_ERR); /* after which nothing is told any more */
    assert_int_equal(desk_error(&desk), ERR_TEXT_UNSAFE);
    desk_send_untold(&desk, c->ref, DESK_TEXT, desk_code(), cast.pki.now);
    assert_int_equal(desk_pin(&desk, DESK_PIN), M_ERR);
    assert_int_equal(desk_error(&desk), ERR_MATCH_DIFFERS);
    desk_close(&desk);
    desk_remove(&desk);
}

/* Another text before the PIN is there: what was begun over the first is over, and its PIN is swallowed. */
static void another_text_ends_what_was_begun(void **state)
{
    static const char other[] = "Başka bir metin.\n";
    const struct desk_cert *c;
    uint32_t begun;

    (void)state;
    cast_desk_one(&cast, &desk);
    desk_open(&desk, softhsm_module());
    c = &desk.v[0];
    desk_send_sign(&desk, c->ref, DESK_TEXT, desk_code(), cast.pki.now);
    begun = desk.job;
    assert_int_equal(desk_text(&desk, DESK_TEXT, desk_code()), M_MATCH); /* the same again changes nothing */
    assert_int_equal(desk_text(&desk, other, desk_code()), M_ERR);
    assert_int_equal(desk_error(&desk), ERR_MATCH_DIFFERS);
    assert_int_equal(desk.answer.job, begun);
    while (desk_answer(&desk) == M_CARDS)
        ;
    assert_int_equal(desk.answer.type, M_MATCH);
    desk.job = begun;
    desk_send_pin(&desk, DESK_PIN);
    assert_int_equal(desk_sign(&desk, c, other, cast.pki.now, DESK_PIN), M_SIGNED);
    assert_int_equal(logins(), 1);
    desk_close(&desk);
    desk_remove(&desk);
}

static void a_frame_out_of_order_ends_the_worker(void **state)
{
    static const uint8_t wrong[] = {1, 2, 3, 4, 5, 6, 7, 8, 9};
    int status;

    (void)state;
    cast_desk_one(&cast, &desk);
    desk_open(&desk, softhsm_module());
    assert_int_equal(send(desk.fd, wrong, sizeof wrong, 0), sizeof wrong);
    while (desk_answer(&desk) == M_CARDS)
        ;
    assert_int_equal(desk_error(&desk), ERR_PROTOCOL);
    assert_int_equal(waitpid(desk.pid, &status, 0), desk.pid);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 76);
    close(desk.fd);
    desk_remove(&desk);
}

/* ---- the process ---- */

static void status_has(const char *line)
{
    char path[64], got[256];
    bool found = false;
    FILE *f;

    snprintf(path, sizeof path, "/proc/%d/status", (int)desk.pid);
    f = fopen(path, "r");
    assert_non_null(f);
    while (fgets(got, sizeof got, f) != NULL)
        found = found || strcmp(got, line) == 0;
    fclose(f);
    if (!found)
        fail_msg("no \"%s\"", line);
}

static void the_process_is_confined(void **state)
{
    (void)state;
    cast_desk_one(&cast, &desk);
    desk_open(&desk, softhsm_module());
    status_has("Seccomp:\t2\n");
    status_has("NoNewPrivs:\t1\n");
    assert_int_equal(getsid(desk.pid), desk.pid);
    desk_close(&desk);
    desk_remove(&desk);
}

static void the_pin_is_nowhere_after_the_answer(void **state)
{
    (void)state;
    if (!desk_memory_can_be_searched())
        return;
    cast_desk_one(&cast, &desk);
    desk_open(&desk, softhsm_module());
    assert_int_equal(desk_memory_search(&desk, DESK_SERVICE), 1); /* the search can find something */
    assert_int_equal(signs("TEST İPEK IŞIK", "864213"), M_ERR);
    assert_int_equal(desk_memory_search(&desk, "864213"), 0);
    assert_int_equal(signs("TEST İPEK IŞIK", DESK_PIN), M_SIGNED);
    assert_int_equal(desk_memory_search(&desk, DESK_PIN), 0);
    desk_close(&desk);
    desk_remove(&desk);
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
        cmocka_unit_test(every_kind_of_key_signs),
        cmocka_unit_test(a_card_that_offers_pss_alone_signs_with_it),
        cmocka_unit_test(a_policy_that_is_asked_for_is_named),
        cmocka_unit_test(a_changed_signature_is_refused_by_openssl),
        cmocka_unit_test(a_wrong_pin_is_one_login),
        cmocka_unit_test(a_pin_that_cannot_fit_costs_nothing),
        cmocka_unit_test(a_card_that_always_says_removed_ends_after_one_login),
        cmocka_unit_test(every_failure_has_its_word_and_one_login),
        cmocka_unit_test(a_card_taken_out_while_signing_is_gone),
        cmocka_unit_test(a_pin_pad_is_asked_once),
        cmocka_unit_test(a_pin_pad_can_be_switched_off),
        cmocka_unit_test(a_key_that_asks_again_gets_a_second_pin),
        cmocka_unit_test(cancelling_between_two_pins_logs_out),
        cmocka_unit_test(taking_the_card_between_two_pins_is_told),
        cmocka_unit_test(what_may_not_be_signed_costs_no_login),
        cmocka_unit_test(only_the_text_that_was_told_is_signed),
        cmocka_unit_test(another_text_ends_what_was_begun),
        cmocka_unit_test(a_frame_out_of_order_ends_the_worker),
        cmocka_unit_test(the_process_is_confined),
        cmocka_unit_test(the_pin_is_nowhere_after_the_answer),
    };

    return cmocka_run_group_tests_name("token sign", tests, make, done);
}
