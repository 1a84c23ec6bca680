/* What the worker says of cards and certificates, and how soon. */
#include "config.h"

#include <dlfcn.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>
#include "base/when.h"
#include "cast.h"

static struct cast cast;
static struct desk desk;

static void reason_is(const char *owner, enum cert_reason reason)
{
    const struct desk_cert *c = desk_find(&desk, owner);

    if (c->reason != reason)
        fail_msg("%s: %s, not %s", owner, cert_reason_slug(c->reason), cert_reason_slug(reason));
}

static void lists_every_certificate_with_its_reason(void **state)
{
    (void)state;
    cast_desk(&cast, &desk);
    desk_open(&desk, softhsm_module());
    assert_int_equal(desk.cards, 2);
    assert_int_equal(desk.readers, 3); /* SoftHSM offers a blank one */
    assert_int_equal(desk.trouble, OK);
    assert_int_equal(desk.n, 10);
    reason_is("TEST İPEK IŞIK", REASON_USABLE);
    reason_is("TEST expired", REASON_EXPIRED);
    reason_is("TEST keyless", REASON_NO_KEY);
    reason_is("nes", REASON_UNREADABLE);
    reason_is("TEST double", REASON_AMBIGUOUS);
    reason_is("TEST exchanged", REASON_NO_KEY);
    reason_is("TEST p256", REASON_USABLE);
    reason_is("TEST p384", REASON_USABLE);
    reason_is("TEST other", REASON_USABLE);
    reason_is("TEST untrusted", REASON_UNTRUSTED);
    assert_true(desk_find(&desk, "TEST expired")->reason_at > 0);
    desk_close(&desk);
    desk_remove(&desk);
}

static void names_are_clean_and_masked(void **state)
{
    const struct desk_cert *rsa, *p256;

    (void)state;
    cast_desk(&cast, &desk);
    desk_open(&desk, softhsm_module());
    rsa = desk_find(&desk, "TEST İPEK IŞIK");
    p256 = desk_find(&desk, "TEST p256");
    assert_string_equal(rsa->card, "Deneme İmza");
    assert_string_equal(p256->card, "TEST: Nitelikli Elektronik Kart"); /* half a letter cut off */
    assert_string_equal(rsa->mask, CAST_MASK);
    assert_string_equal(rsa->issuer, "TEST NES Hizmeti");
    assert_int_equal(rsa->not_after - rsa->not_before, 800 * 86400);
    assert_true(rsa->reader[0] != '\0' && rsa->reader[strlen(rsa->reader) - 1] != ' ');
    assert_int_equal(rsa->pin_min, 4);
    assert_int_equal(rsa->pin_max, 255);
    assert_int_equal(rsa->pin_flags, 0);
    desk_close(&desk);
    desk_remove(&desk);
}

static void holder_and_server_time_are_obeyed(void **state)
{
    (void)state;
    cast_desk(&cast, &desk);
    desk_open(&desk, softhsm_module());
    desk_holder(&desk, CAST_MASK, 0);
    reason_is("TEST p256", REASON_USABLE);
    reason_is("TEST other", REASON_OTHER_TCKN);
    desk_holder(&desk, "123******50", 0);
    reason_is("TEST p256", REASON_OTHER_TCKN);
    reason_is("TEST other", REASON_USABLE);
    desk_holder(&desk, NULL, cast.pki.now + 20LL * 365 * 86400);
    reason_is("TEST p256", REASON_EXPIRED);
    desk_holder(&desk, NULL, cast.pki.now - 20LL * 365 * 86400);
    reason_is("TEST p256", REASON_NOT_YET_VALID);
    desk_close(&desk);
    desk_remove(&desk);
}

/* The configuration says which statements make an NES; a seal is none whatever it says. */
static void the_rule_is_the_configurations(void **state)
{
    struct pki_identity half =
        pki_issue(&cast.pki, &(struct pki_spec){.name = "TEST half", .tckn = CAST_TCKN, .flaws = PKI_NO_BTK});
    struct pki_identity seal =
        pki_issue(&cast.pki, &(struct pki_spec){.name = "TEST seal", .tckn = CAST_TCKN, .flaws = PKI_SEAL});
    static const struct {
        const char *settings;
        enum cert_reason half, whole;
    } cases[] = {
        {NULL, REASON_NO_QC, REASON_USABLE},
        {"nes_rule: 0.4.0.1862.1.1\n", REASON_USABLE, REASON_USABLE},
        {"nes_rule: 0.4.0.1862.1.1 AND 2.16.792.1.61.0.1.5070.2.1\n", REASON_NO_QC, REASON_NO_QC},
    };

    (void)state;
    cast_desk_fake(&cast, &desk);
    fake_put(&desk.fake, "half.pem", &half);
    fake_put(&desk.fake, "seal.pem", &seal);
    fake_put(&desk.fake, "whole.pem", &cast.p256);
    fake_script(&desk.fake, "slot 3 TEST\ntoken TEST\ncert 01 half.pem\nkey 01 half.pem\ncert 02 seal.pem\n"
                            "key 02 seal.pem\ncert 03 whole.pem\nkey 03 whole.pem\n");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        desk.settings = cases[i].settings;
        desk_open(&desk, fake_module());
        reason_is("TEST half", cases[i].half);
        reason_is("TEST p256", cases[i].whole);
        reason_is("TEST seal", REASON_SEAL);
        assert_int_equal(desk_find(&desk, "TEST seal")->purpose, PURPOSE_SEAL);
        assert_int_equal(
            desk_find(&desk, "TEST p256")->purpose, cases[i].whole == REASON_USABLE ? PURPOSE_NES : PURPOSE_SIGNATURE);
        desk_close(&desk);
    }
    desk_remove(&desk);
    pki_identity_done(&half);
    pki_identity_done(&seal);
}

/* ---- cards come and go ---- */

static bool no_card(const struct desk *d)
{
    return d->cards == 0;
}

static bool one_card(const struct desk *d)
{
    return d->cards == 1 && d->n == 1;
}

static uint64_t until_ms(bool (*wanted)(const struct desk *))
{
    uint64_t began_ms = when_boot_ms();

    desk_until(&desk, wanted);
    return when_boot_ms() - began_ms;
}

static void a_card_taken_out_and_put_back_is_seen(void **state)
{
    uint64_t out_ms, in_ms;

    (void)state;
    cast_desk_fake(&cast, &desk);
    desk_open(&desk, fake_module());
    assert_true(one_card(&desk));
    desk_take_out(&desk);
    out_ms = until_ms(no_card);
    assert_int_equal(desk.trouble, ERR_NO_CARD);
    assert_int_equal(desk.n, 0);
    desk_faults(&desk, "");
    in_ms = until_ms(one_card);
    print_message("# out seen after %u ms, in after %u ms\n", (unsigned)out_ms, (unsigned)in_ms);
    assert_true(out_ms < 1000 && in_ms < 1000); /* 250 by the settings; the machine may be busy */
    desk_close(&desk);
    desk_remove(&desk);
}

static void a_token_folder_moved_away_and_back_is_seen(void **state)
{
    char from[128], to[128];

    (void)state;
    cast_desk_one(&cast, &desk);
    snprintf(from, sizeof from, "%s/tokens", desk.dir);
    snprintf(to, sizeof to, "%s/away", desk.dir);
    desk_open(&desk, softhsm_module());
    assert_true(one_card(&desk));
    assert_int_equal(rename(from, to), 0);
    print_message("# out seen after %u ms\n", (unsigned)until_ms(no_card));
    assert_int_equal(rename(to, from), 0);
    print_message("# in seen after %u ms\n", (unsigned)until_ms(one_card));
    desk_close(&desk);
    desk_remove(&desk);
}

/* ---- drivers with habits ---- */

static void a_driver_that_takes_no_argument_is_started(void **state)
{
    (void)state;
    cast_desk_fake(&cast, &desk);
    desk_faults(&desk, "habit init-null\n");
    desk_open(&desk, fake_module());
    assert_true(one_card(&desk));
    desk_close(&desk);
    assert_int_equal(fake_calls(&desk.fake, P11_C_Initialize), 2);
    assert_int_equal(desk.fake.ledger->init_args, 1);
    assert_int_equal(fake_calls(&desk.fake, P11_C_Finalize), 1);
    desk_remove(&desk);
}

static void a_driver_started_by_others_is_not_ended_by_us(void **state)
{
    (void)state;
    cast_desk_fake(&cast, &desk);
    desk_faults(&desk, "habit init-done\n");
    desk_open(&desk, fake_module());
    assert_true(one_card(&desk));
    desk_close(&desk);
    assert_int_equal(fake_calls(&desk.fake, P11_C_Finalize), 0);
    desk_remove(&desk);
}

static void a_driver_that_lists_no_slot_with_a_card_is_asked_for_all(void **state)
{
    (void)state;
    cast_desk_fake(&cast, &desk);
    desk_faults(&desk, "habit list-empty\n");
    desk_open(&desk, fake_module());
    assert_true(one_card(&desk));
    assert_int_equal(desk_sign(&desk, &desk.v[0], DESK_TEXT, cast.pki.now, DESK_PIN), M_SIGNED); /* the library too */
    desk_close(&desk);
    desk_remove(&desk);
}

static void flags_of_the_card_are_told(void **state)
{
    static const struct {
        const char *words;
        uint64_t flags;
    } cases[] = {{"wrong=1", 1}, {"wrong=2", 3}, {"wrong=3", 5}, {"pad=1", 8}, {"tries=1", 2}};

    (void)state;
    cast_desk_fake(&cast, &desk);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        desk_card(&desk, cases[i].words, "");
        desk_open(&desk, fake_module());
        assert_int_equal(desk.v[0].pin_flags, cases[i].flags);
        desk_close(&desk);
    }
    desk_remove(&desk);
}

/* ---- modules that cannot be opened ---- */

static void module_says(const char *path, enum err_code code, const char *words)
{
    desk_open(&desk, path);
    assert_int_equal(desk.trouble, code);
    assert_int_equal(desk.cards, 0);
    if (strstr(desk.detail, words) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", desk.detail, words);
    desk_holder(&desk, NULL, 0); /* it lives on and says so again */
    assert_int_equal(desk.trouble, code);
    desk_close(&desk);
}

static void head_write(const char *path, unsigned char class, unsigned machine)
{
    unsigned char head[64] = {0x7f, 'E', 'L', 'F', class, 1, 1};
    FILE *f = fopen(path, "w");

    head[16] = 3; /* shared object */
    head[18] = (unsigned char)machine;
    assert_non_null(f);
    assert_int_equal(fwrite(head, 1, sizeof head, f), sizeof head);
    fclose(f);
}

static void a_bad_module_says_why(void **state)
{
    char path[128];
    Dl_info libc; /* a library, but no card driver */
    FILE *f;

    (void)state;
    cast_desk_one(&cast, &desk);
    module_says("/nonexistent/libakisp11.so", ERR_MODULE_MISSING, "No such file");
    module_says(desk.dir, ERR_MODULE_FILE, "Is a directory");

    snprintf(path, sizeof path, "%s/module.so", desk.dir);
    f = fopen(path, "w");
    fputs("a text that is longer than the head of a library would be", f);
    fclose(f);
    module_says(path, ERR_MODULE_FILE, "not a shared library");
    head_write(path, 2, 183);
    module_says(path, ERR_MODULE_ARCH, "ARM (64 bit)");
    head_write(path, 1, 3);
    module_says(path, ERR_MODULE_ARCH, "i386");
    head_write(path, 2, 62);
    module_says(path, ERR_MODULE_PART, "module.so"); /* the loader's own words */

    assert_true(dladdr((void *)(uintptr_t)fopen, &libc) != 0);
    module_says(libc.dli_fname, ERR_MODULE_OTHER, "C_GetFunctionList");
    desk_remove(&desk);
}

static bool is_opened(const struct desk *d)
{
    return d->trouble == OK && d->n == 1;
}

/* The reader service may be started after us; a half-made driver stays what it is. */
static void a_driver_that_does_not_start_is_started_again(void **state)
{
    (void)state;
    cast_desk_fake(&cast, &desk);
    desk_faults(&desk, "fail C_Initialize GENERAL_ERROR times=2\n");
    desk_open(&desk, fake_module());
    assert_int_equal(desk.trouble, ERR_MODULE_START);
    assert_non_null(strstr(desk.detail, "C_Initialize: CKR_GENERAL_ERROR"));
    desk_until(&desk, is_opened);
    assert_int_equal(fake_calls(&desk.fake, P11_C_Initialize), 3);
    desk_close(&desk);
    desk_faults(&desk, "habit lacks=C_Sign\n");
    module_says(fake_module(), ERR_MODULE_OTHER, "C_Sign");
    desk_remove(&desk);
}

static void a_mistake_in_the_configuration_is_told(void **state)
{
    char path[128];
    FILE *f;
    int status;

    (void)state;
    cast_desk_one(&cast, &desk);
    desk_settings(&desk, softhsm_module());
    snprintf(path, sizeof path, "%s/wizard.yaml", desk.dir);
    f = fopen(path, "a");
    fputs("surprise: 1\n", f);
    fclose(f);
    desk_spawn(&desk);
    assert_int_equal(desk_answer(&desk), M_ERR);
    assert_int_equal(desk_error(&desk), ERR_CONFIG);
    assert_int_equal(waitpid(desk.pid, &status, 0), desk.pid);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 78);
    close(desk.fd);
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
        cmocka_unit_test(lists_every_certificate_with_its_reason),
        cmocka_unit_test(names_are_clean_and_masked),
        cmocka_unit_test(holder_and_server_time_are_obeyed),
        cmocka_unit_test(the_rule_is_the_configurations),
        cmocka_unit_test(a_card_taken_out_and_put_back_is_seen),
        cmocka_unit_test(a_token_folder_moved_away_and_back_is_seen),
        cmocka_unit_test(a_driver_that_takes_no_argument_is_started),
        cmocka_unit_test(a_driver_started_by_others_is_not_ended_by_us),
        cmocka_unit_test(a_driver_that_lists_no_slot_with_a_card_is_asked_for_all),
        cmocka_unit_test(flags_of_the_card_are_told),
        cmocka_unit_test(a_bad_module_says_why),
        cmocka_unit_test(a_driver_that_does_not_start_is_started_again),
        cmocka_unit_test(a_mistake_in_the_configuration_is_told),
    };

    return cmocka_run_group_tests_name("token list", tests, make, done);
}
