/* Every return code of PKCS#11 v2.40 at every call the worker makes, once and for ever, while cards are listed, while
 * one signs and while one's PIN is changed: it ends in a named error, or in a retry that is counted, never in a hang, a
 * crash, or a second try of the card for one typed PIN. The calls are not a list of ours: they are those that a good
 * run made. */
#include "config.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>
#include "cast.h"
#include "token/module.h"

#define ARRAY_LEN(a) (sizeof(a) / sizeof *(a))
#define CHILD_PATIENCE_S 10
#define NEW_PIN "246813"

static const struct code {
    const char *name;
    CK_RV rv;
} codes[] = {
#define CKR(name, number) {#name, number},
#include "fakes/p11/ckr.def"
#undef CKR
};

/* The calls before there is a card to speak of, and after. */
static const enum p11_call of_loading[] = {P11_C_GetFunctionList, P11_C_Initialize, P11_C_GetInfo, P11_C_Finalize};

static struct cast cast;
static struct desk desk;
static struct {
    size_t combinations, well, named, retries, pins, tries;
} sum;

static bool is_of_loading(enum p11_call call)
{
    for (size_t i = 0; i < ARRAY_LEN(of_loading); i++)
        if (of_loading[i] == call)
            return true;
    return call == P11_LOAD;
}

/* Not a failure of the call: the card is out, or does not show this attribute. */
static bool is_an_answer(CK_RV rv)
{
    return rv == CKR_TOKEN_NOT_PRESENT || rv == CKR_DEVICE_REMOVED || rv == CKR_ATTRIBUTE_SENSITIVE ||
           rv == CKR_ATTRIBUTE_TYPE_INVALID || rv == CKR_BUFFER_TOO_SMALL;
}

/* One of the list; and the help page can say which call failed. */
static void is_named(const struct code *code, enum p11_call call, enum err_code err, const char *detail)
{
    sum.named++;
    if (err == OK || err == ERR_INTERNAL || err == ERR_CARD_EMPTY || note_of(err)->code != err)
        fail_msg("%s at %s: error %d", code->name, p11_call_names[call], err);
    if (strstr(detail, p11_call_names[call]) == NULL && !is_an_answer(code->rv))
        fail_msg("%s at %s: %s \"%s\"", code->name, p11_call_names[call], note_of(err)->slug, detail);
}

/* ---- loading: each in a process of its own ---- */

static int load_and_leave(void)
{
    const char *build = getenv("EONAY_BUILD");
    char guard[512];
    struct module *m = NULL;
    struct err err = {0};

    alarm(CHILD_PATIENCE_S);
    snprintf(guard, sizeof guard, "%s/eonay-guard.so", build != NULL ? build : ".");
    if (module_open(guard, fake_module(), &m, &err) == OK) {
        module_close(&m);
        return 0;
    }
    return err.code == ERR_MODULE_START && err.detail[0] != '\0' ? 1 : 2;
}

static void load_with(const struct code *code, enum p11_call call, const char *times)
{
    int status;
    pid_t pid;

    fake_forget(&desk.fake);
    fake_script(&desk.fake, "slot 3 TEST\nfail %s %s %s\n", p11_call_names[call], code->name, times);
    pid = fork();
    if (pid == 0)
        _exit(load_and_leave());
    assert_int_equal(waitpid(pid, &status, 0), pid);
    if (!WIFEXITED(status) || WEXITSTATUS(status) > 1)
        fail_msg("%s at %s %s: status %x", code->name, p11_call_names[call], times, (unsigned)status);
    sum.combinations++;
    sum.named += WEXITSTATUS(status) == 1;
    sum.well += WEXITSTATUS(status) == 0;
    sum.retries += fake_calls(&desk.fake, P11_C_Initialize) > 1;
}

static void every_code_while_loading(void **state)
{
    (void)state;
    cast_desk_fake(&cast, &desk);
    assert_int_equal(setenv("EONAY_FAKE", desk.fake.dir, 1), 0);
    for (size_t i = 0; i < ARRAY_LEN(of_loading); i++)
        for (size_t k = 1; k < ARRAY_LEN(codes); k++) {
            load_with(&codes[k], of_loading[i], "times=1");
            load_with(&codes[k], of_loading[i], "");
        }
    assert_int_equal(unsetenv("EONAY_FAKE"), 0);
    desk_remove(&desk);
}

/* ---- a card ---- */

struct kind {
    const char *name, *token_words;
    void (*make)(struct cast *, struct desk *);
    size_t pins;            /* typed for one act; 0: on the pad */
    size_t tries;           /* calls that look at a PIN, C_Login and C_SetPIN together: at most */
    enum p11_call calls[4]; /* those that differ from the plain card's; none: all */
    enum err_code (*act)(const struct kind *);
};

static enum err_code signs(const struct kind *k);
static enum err_code changes(const struct kind *k);

/* A card that wants a login before C_SetPIN is asked with the PIN typed anew: by C_SetPIN, which it turns away unseen,
 * by C_Login, and by C_SetPIN with what it has just taken. On a pad each of them is typed there. */
static const struct kind kinds[] = {
    {"a card", "", cast_desk_curve, 1, 1, {P11_LOAD}, signs},
    {"a key that asks again", "", cast_desk_always, 2, 2,
        {P11_C_GetSessionInfo, P11_C_Login, P11_C_SignInit, P11_C_Sign}, signs},
    {"a PIN pad", "pad=" DESK_PIN, cast_desk_curve, 0, 1, {P11_C_Login}, signs},
    {"a change", "change", cast_desk_curve, 1, 1,
        {P11_C_OpenSession, P11_C_GetSessionInfo, P11_C_SetPIN, P11_C_CloseSession}, changes},
    {"a change that wants a login", "expired login-first", cast_desk_curve, 2, 3,
        {P11_C_GetSessionInfo, P11_C_Login, P11_C_SetPIN, P11_C_Logout}, changes},
    {"a change on a PIN pad", "pad=" DESK_PIN, cast_desk_curve, 0, 3, {P11_C_GetSessionInfo, P11_C_SetPIN}, changes},
};

static bool is_wanted(const struct kind *k, enum p11_call call)
{
    for (size_t i = 0; i < ARRAY_LEN(k->calls); i++)
        if (k->calls[0] == P11_LOAD || k->calls[i] == call)
            return call != P11_LOAD;
    return false;
}

static uint8_t ref[32];

/* SIGN and as many PINs as are asked for; the answer's code, OK when it is a signature. */
static enum err_code signs(const struct kind *k)
{
    enum wire_type type;
    size_t typed = 0;

    desk_send_sign(&desk, ref, DESK_TEXT, desk_code(), cast.pki.now);
    do {
        type = k->pins == 0 ? desk_job_answer(&desk) : desk_pin(&desk, DESK_PIN);
        typed++;
    } while (type == M_ERR && desk_error(&desk) == ERR_PIN_AGAIN && typed < k->pins);
    sum.pins += k->pins == 0 ? k->tries : typed;
    return type == M_SIGNED ? OK : desk_error(&desk);
}

/* CHANGE_PIN and as many pairs of PINs as are asked for. */
static enum err_code changes(const struct kind *k)
{
    enum wire_type type;
    size_t typed = 0;

    do {
        type = desk_change(&desk, ref, k->pins == 0 ? NULL : DESK_PIN, NEW_PIN);
        typed++;
    } while (type == M_ERR && desk_error(&desk) == ERR_PIN_AGAIN && typed < k->pins);
    sum.pins += k->pins == 0 ? k->tries : typed;
    return type == M_OK ? OK : desk_error(&desk);
}

static uint64_t tries(void)
{
    return fake_logins(&desk.fake) + fake_calls(&desk.fake, P11_C_SetPIN);
}

/* What is in the readers now, and nothing of the worker's own looks after it: an impossible request is answered when
 * all before it is done. */
static void look(void)
{
    static const uint8_t nobody[32];

    desk_send_sign(&desk, nobody, DESK_TEXT, desk_code(), cast.pki.now);
    assert_int_equal(desk_job_answer(&desk), M_ERR);
}

static void lists_one(void)
{
    if (desk.n != 1 || desk.v[0].reason != REASON_USABLE)
        fail_msg("%s %s", note_of(desk.trouble)->slug, desk.detail);
}

/* What a good run calls while listing, and in all. */
static void good_run(const struct kind *k, uint64_t listing[P11_CALLS], uint64_t all[P11_CALLS])
{
    desk_card(&desk, k->token_words, "");
    fake_forget(&desk.fake);
    look();
    lists_one();
    memcpy(listing, desk.fake.ledger->calls, sizeof desk.fake.ledger->calls);
    memcpy(ref, desk.v[0].ref, sizeof ref);
    fake_forget(&desk.fake);
    desk_card(&desk, k->token_words, "");
    assert_int_equal(k->act(k), OK);
    assert_true(tries() <= k->tries);
    look();
    memcpy(all, desk.fake.ledger->calls, sizeof desk.fake.ledger->calls);
}

/* A call made more often than in a good run was tried again. */
static void retries_count(enum p11_call call, const uint64_t *good)
{
    uint64_t calls = fake_calls(&desk.fake, call);

    sum.retries += calls > good[call] ? (size_t)(calls - good[call]) : 0;
}

/* Listing: the certificate all the same, or the reason; and the next card is seen. */
static void list_with(
    const struct kind *k, const struct code *code, enum p11_call call, const char *times, const uint64_t *good)
{
    char fault[96];

    snprintf(fault, sizeof fault, "fail %s %s %s\n", p11_call_names[call], code->name, times);
    fake_forget(&desk.fake);
    desk_card(&desk, k->token_words, fault);
    look();
    sum.combinations++;
    retries_count(call, good);
    if (desk.trouble == OK && desk.n == 1)
        sum.well++;
    else
        is_named(code, call, desk.trouble, desk.detail);
    desk_card(&desk, k->token_words, "");
    look();
    if (desk.n != 1 || desk.v[0].reason != REASON_USABLE)
        fail_msg("%s at %s %s: the next card is not seen: %s %s", code->name, p11_call_names[call], times,
            note_of(desk.trouble)->slug, desk.detail);
}

/* Signing or changing, with the calls of the listing before it spared. */
static void act_with(const struct kind *k, const struct code *code, enum p11_call call, const char *times,
    const uint64_t *listing, const uint64_t *good)
{
    char fault[96], detail[257] = "";
    enum err_code err;

    snprintf(fault, sizeof fault, "fail %s %s %s after=%" PRIu64 "\n", p11_call_names[call], code->name, times,
        listing[call]);
    fake_forget(&desk.fake);
    desk_card(&desk, k->token_words, fault);
    err = k->act(k);
    assert_true(wire_get_str(&desk.answer, F_DETAIL, detail, sizeof detail));
    look();
    sum.combinations++;
    retries_count(call, good);
    sum.tries += tries();
    if (tries() > k->tries)
        fail_msg("%s: %s at %s %s: %u tries", k->name, code->name, p11_call_names[call], times, (unsigned)tries());
    if (err == OK)
        sum.well++;
    else
        is_named(code, call, err, detail);
}

static void matrix_of(const struct kind *k)
{
    uint64_t listing[P11_CALLS], all[P11_CALLS];

    k->make(&cast, &desk);
    desk_card(&desk, k->token_words, "");
    desk.poll_ms = 10000; /* it looks when it is asked */
    desk_open(&desk, fake_module());
    good_run(k, listing, all);
    for (size_t c = 0; c < P11_CALLS; c++) {
        if (all[c] == 0 || is_of_loading((enum p11_call)c) || !is_wanted(k, (enum p11_call)c))
            continue;
        print_message("# %s: %s, %u of %u calls while listing\n", k->name, p11_call_names[c], (unsigned)listing[c],
            (unsigned)all[c]);
        for (size_t i = 1; i < ARRAY_LEN(codes); i++)
            for (int ever = 0; ever < 2; ever++) {
                const char *times = ever ? "" : "times=1";

                if (listing[c] > 0)
                    list_with(k, &codes[i], (enum p11_call)c, times, listing);
                if (all[c] > listing[c])
                    act_with(k, &codes[i], (enum p11_call)c, times, listing, all);
            }
    }
    desk_card(&desk, k->token_words, "");
    assert_int_equal(k->act(k), OK); /* the same process, after all this */
    desk_close(&desk);
    desk_remove(&desk);
}

static void every_code_while_listing_signing_and_changing(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
        matrix_of(&kinds[i]);
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
    print_message("# %zu combinations: %zu went well, %zu ended in a named error; %zu were tried again; %zu PINs, %zu "
                  "tries\n",
        sum.combinations, sum.well, sum.named, sum.retries, sum.pins, sum.tries);
    cast_done(&cast);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_code_while_loading),
        cmocka_unit_test(every_code_while_listing_signing_and_changing),
    };

    return cmocka_run_group_tests_name("token matrix", tests, make, done);
}
