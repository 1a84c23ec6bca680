/* A driver that hangs or crashes at any one call it is asked, while cards are listed and while one signs: its process
 * is ended and started again, the cards of the others stay, the place and the time stay, and when it behaves again its
 * card is there. As many drivers at once as there are calls; the first of them is a good one. */
#include "config.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/when.h"
#include "fakes/p11/fake.h"
#include "storm/life.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define DESKS_MAX 16
#define HANG_MS 1500
#define PATIENCE_MS 60000
#define ANEW_MS 5000

static const enum p11_call listing[] = {P11_LOAD, P11_C_GetFunctionList, P11_C_Initialize, P11_C_GetInfo,
    P11_C_GetSlotList, P11_C_GetSlotInfo, P11_C_GetTokenInfo, P11_C_OpenSession, P11_C_FindObjectsInit,
    P11_C_FindObjects, P11_C_FindObjectsFinal, P11_C_GetAttributeValue, P11_C_CloseSession};
static const enum p11_call signing[] = {P11_C_GetSessionInfo, P11_C_Login, P11_C_SignInit, P11_C_Sign, P11_C_Logout};

static struct {
    char dir[64];
    struct pki pki;
    struct fake desk[DESKS_MAX];
    size_t desks;
    size_t stage, at;
    uint64_t stage_ms, deadline_ms, next_ms;
    uint32_t left_s;
    uint64_t loads[DESKS_MAX];
    uint64_t asked_ms, typed[DESKS_MAX]; /* PINs, for each */
    bool asked, good;
    char wrong[160]; /* what did not hold, first; "" */
} it;

/* The wizard is let go in peace, so that the next test begins with nothing of it. */
static void holds(bool held, const struct scene *s, const char *what)
{
    if (held || it.wrong[0] != '\0')
        return;
    snprintf(it.wrong, sizeof it.wrong, "%s: stage %zu, desk %zu, at %s, note %d", what, it.stage, it.at,
        flow_state_name(s->flow->state), (int)s->flow->note);
    life.wizard->done = true;
}
#define HOLDS(x) holds((x), s, #x)

/* ---- the desks ---- */

static void put_script(size_t desk, const char *fault)
{
    fake_script(&it.desk[desk],
        "slot 1 \"TEST okuyucu %zu\"\ntoken \"TEST %zu\" serial=%zu pin=%s\ncert 01 a.pem\n"
        "public 01 a.pem\nkey 01 a.pem\n%s",
        desk, desk, desk, LIFE_PIN, fault);
}

static void put_fault(size_t desk, const char *kind, enum p11_call call, bool signs)
{
    char fault[160];
    /* What is not asked at each look is met when the driver has been started again. */
    bool looks = call == P11_C_GetSlotList || call == P11_C_GetSlotInfo || call == P11_C_GetTokenInfo;
    const char *first = !looks && !signs ? "crash C_GetSlotInfo times=1\n" : "";
    snprintf(fault, sizeof fault, "%s%s %s\n", first, kind, p11_call_names[call]);
    put_script(desk, fault);
}

static void put_desk(size_t i)
{
    char path[96], name[32];
    snprintf(path, sizeof path, "%s/desk%zu", it.dir, i);
    snprintf(name, sizeof name, "KART %zu", i);
    struct pki_identity who = pki_issue(&it.pki, &(struct pki_spec){.name = name, .tckn = LIFE_TCKN, .key = PKI_P256});
    fake_open(&it.desk[i], path);
    fake_put(&it.desk[i], "a.pem", &who);
    pki_identity_done(&who);
    put_script(i, "");
}

static void open_desks(size_t n)
{
    char path[96];
    memset(&it, 0, sizeof it);
    snprintf(it.dir, sizeof it.dir, "/tmp/eonay-faults-XXXXXX");
    assert_non_null(mkdtemp(it.dir));
    pki_init_at(&it.pki, LIFE_NOW);
    snprintf(path, sizeof path, "%s/ca.pem", it.dir);
    pki_write_ca(&it.pki, path);
    it.desks = n;
    for (size_t i = 0; i < n; i++)
        put_desk(i);
    life_settings(it.dir, (unsigned)n, HANG_MS);
    it.stage_ms = when_boot_ms();
}

static void close_desks(void)
{
    for (size_t i = 0; i < it.desks; i++)
        fake_close(&it.desk[i]);
    pki_done(&it.pki);
    life_remove(it.dir);
}

/* ---- what holds all the time ---- */

static size_t row_of(const struct facts *f, size_t desk)
{
    char name[32];
    size_t i = 0;
    snprintf(name, sizeof name, "KART %zu", desk);
    while (i < f->cert_count && strcmp(f->certs[i].owner, name) != 0)
        i++;
    return i;
}

static void next_stage(uint64_t now_ms)
{
    it.stage++;
    it.stage_ms = now_ms;
    it.asked = false;
    for (size_t i = 0; i < it.desks; i++)
        it.loads[i] = fake_calls(&it.desk[i], P11_LOAD);
}

static void time_runs(const struct scene *s)
{
    if (s->flow->sign_deadline_ms == 0)
        return;
    uint32_t left_s = flow_left_s(s->flow, s->now_ms);
    if (it.deadline_ms == 0)
        it.deadline_ms = s->flow->sign_deadline_ms;
    HOLDS(s->flow->sign_deadline_ms == it.deadline_ms);
    HOLDS(it.left_s == 0 || left_s <= it.left_s);
    it.left_s = left_s;
    HOLDS(row_of(s->facts, 0) < s->facts->cert_count); /* the good one's card */
}

static void is_in_time(const struct scene *s)
{
    bool in_time = s->now_ms <= it.stage_ms + PATIENCE_MS;
    HOLDS(in_time);
    for (size_t i = 0; !in_time && i < it.desks; i++)
        print_message("# desk %zu: %s, started %u times\n", i,
            row_of(s->facts, i) < s->facts->cert_count ? "listed" : "not listed",
            (unsigned)fake_calls(&it.desk[i], P11_LOAD));
}

static bool all_listed(const struct scene *s)
{
    return s->facts->cert_count == it.desks;
}

/* Each driver but the good one was ended and started again since this stage began. */
static bool all_restarted(void)
{
    for (size_t i = 1; i < it.desks; i++)
        if (fake_calls(&it.desk[i], P11_LOAD) == it.loads[i])
            return false;
    return true;
}

static bool choose_desk(const struct scene *s, const struct view *v, size_t desk, struct press *ret)
{
    size_t row = row_of(s->facts, desk);
    for (size_t i = 0; i < v->count; i++)
        if (v->items[i].choice == CH_CERT && v->items[i].choice_value == row) {
            focus_put(&life.keys.focus, &life.keys.layout, v, focus_stop_of(&life.keys.layout, i), 0);
            return hand_key(ret, UK_ENTER);
        }
    return hand_choice(v, CH_CERT_LIST, ret);
}

static bool is_settled(const struct scene *s)
{
    return s->flow->state == ST_SIGN && s->flow->text_accepted;
}

static bool sign_with(const struct scene *s, const struct view *v, size_t desk, struct press *ret)
{
    if (life.word != NULL)
        return hand_type(ret);
    bool chosen = s->flow->chosen == row_of(s->facts, desk) + 1 && s->flow->cert_confirmed;
    if (s->flow->state == ST_CERTS || (s->flow->state == ST_SIGN && !chosen))
        return choose_desk(s, v, desk, ret);
    bool asked_anew = s->flow->pin_len == 0 && s->now_ms > it.asked_ms + ANEW_MS; /* what was typed was wiped */
    if (s->flow->state != ST_SIGN || (it.asked && !asked_anew))
        return false;
    it.asked = true;
    it.asked_ms = s->now_ms;
    it.typed[desk]++;
    return hand_begin(v, FIELD_PIN, LIFE_PIN, ret);
}

static bool finish(const struct scene *s, const struct view *v, struct press *ret)
{
    it.good = s->flow->state == ST_SUCCESS;
    life.wizard->done = it.good;
    return !it.good && sign_with(s, v, 0, ret);
}

static bool begin(const struct scene *s, const struct view *v, struct press *ret)
{
    return life.word != NULL ? hand_type(ret) : hand_onward(s, v, ret);
}

/* A key now and then: between two the wizard hears its drivers. */
static bool is_due(struct keys_face *f, const struct scene *s)
{
    time_runs(s);
    is_in_time(s);
    if (s->now_ms >= it.next_ms) {
        f->wake_ms = it.next_ms = s->now_ms + 20;
        return s->flow->state != ST_DONE && it.wrong[0] == '\0';
    }
    f->wake_ms = it.next_ms;
    return false;
}

/* ---- while cards are listed ---- */

static void put_all(const char *kind)
{
    for (size_t i = 1; i < it.desks; i++)
        if (kind == NULL)
            put_script(i, "");
        else
            put_fault(i, kind, listing[i - 1], false);
}

/* The text is read, the certificate is not chosen yet; then stage after stage, each by what the cards show. */
static bool list_hand(const struct scene *s, const struct view *v, struct press *ret)
{
    static const char *const faults[] = {NULL, "hang", NULL, "crash", NULL};
    if (it.stage == COUNT(faults))
        return finish(s, v, ret);
    bool over = it.stage == 0 ? is_settled(s) : faults[it.stage] != NULL ? all_restarted() : all_listed(s);
    if (!over)
        return it.stage == 0 && begin(s, v, ret);
    HOLDS(it.stage == 0 || is_settled(s)); /* the place was kept */
    next_stage(s->now_ms);
    if (it.stage < COUNT(faults))
        put_all(faults[it.stage]);
    return false;
}

static bool hand_of_lists(
    struct keys_face *f, const struct scene *s, const struct view *v, const struct desk *desk, struct press *ret)
{
    (void)desk;
    return is_due(f, s) && list_hand(s, v, ret);
}

static void at_every_call_while_listing(void **state)
{
    (void)state;
    open_desks(1 + COUNT(listing));
    life_live(it.dir, hand_of_lists);
    assert_string_equal(it.wrong, "");
    assert_true(it.good);
    assert_true(fake_logins(&it.desk[0]) >= 1 && fake_logins(&it.desk[0]) <= it.typed[0]);
    for (size_t i = 1; i < it.desks; i++) {
        assert_int_equal(fake_logins(&it.desk[i]), 0);
        assert_true(fake_calls(&it.desk[i], P11_LOAD) >= 3);
    }
    close_desks();
}

/* ---- while one signs ---- */

static bool sign_hand(const struct scene *s, const struct view *v, struct press *ret)
{
    bool told = s->flow->note == ERR_CARD_SILENT || s->flow->note == ERR_CARD_RUN;
    if (it.stage == 0) {
        if (is_settled(s) && all_listed(s)) {
            it.at = 1;
            next_stage(s->now_ms);
        }
        return !is_settled(s) && begin(s, v, ret);
    }
    if (it.at == it.desks)
        return finish(s, v, ret);
    if (!it.asked || life.word != NULL || s->flow->state != ST_SIGN || !told)
        return sign_with(s, v, it.at, ret);
    HOLDS(s->flow->pin_len == 0);
    HOLDS(all_listed(s)); /* a driver that died is no card that was taken out */
    it.at++;
    next_stage(s->now_ms);
    return false;
}

static bool hand_of_signatures(
    struct keys_face *f, const struct scene *s, const struct view *v, const struct desk *desk, struct press *ret)
{
    (void)desk;
    return is_due(f, s) && sign_hand(s, v, ret);
}

static void at_every_call_while_signing(void **state)
{
    (void)state;
    open_desks(1 + 2 * COUNT(signing));
    for (size_t i = 0; i < COUNT(signing); i++) {
        put_fault(1 + i, "hang", signing[i], true);
        put_fault(1 + COUNT(signing) + i, "crash", signing[i], true);
    }
    life_live(it.dir, hand_of_signatures);
    assert_string_equal(it.wrong, "");
    assert_true(it.good);
    for (size_t i = 0; i < it.desks; i++)
        assert_true(fake_logins(&it.desk[i]) <= it.typed[i]);
    assert_int_equal(it.desk[0].ledger->signatures, 1);
    close_desks();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(at_every_call_while_listing),
        cmocka_unit_test(at_every_call_while_signing),
    };
    return cmocka_run_group_tests_name("faults", tests, NULL, NULL);
}
