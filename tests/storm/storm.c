/* The wizard in a storm: the real shell with the full-screen face's own layout, focus and keys, real card workers over
 * the fake driver, a service that says yes; and at random cards that come, go, fail, hang and crash, and keys. Then the
 * cards are put in order, and a consent is signed. Whatever happened: no more logins than typed PINs, no process left,
 * no memory, no descriptor.
 *
 * EONAY_LONG=1: ten thousand events, else a tenth of it. EONAY_SEED=N: the same cards and keys again (when they come is
 * the machine's affair). */
#include "config.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <malloc.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/when.h"
#include "storm/keys.h"
#include "storm/mischief.h"
#include "wizard/wizard.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define SERVER_NOW 1566893427 /* what the service of tests/unit/wizard says */
#define GAP_MS 12             /* between two events, at most */
#define CALM_MS 60000         /* for a consent when all is in order */
#define TURN_MAX_MS 15000     /* nothing may hold the wizard itself */
#define GROWTH_MAX (2 << 20)  /* bytes, while it runs */

struct storm {
    struct keys_face keys;
    struct mischief_world world;
    struct wizard *wizard;
    uint64_t events, wanted, pressed;
    uint64_t next_ms, turned_ms, slowest_ms, calm_until_ms;
    uint64_t typed; /* PINs: fields that were empty and are not, and times a reader's own keys were asked */
    size_t pin_len;
    enum flow_state counted_pad; /* İMZALA with a pad was counted on this page */
    const char *word;            /* what is being typed */
    bool calm, consented, stuck;
    uint64_t visits[ST_COUNT];
    size_t ground, peak; /* bytes in use */
};
static struct storm storm;

/* ---- what the process holds ---- */

#ifdef WITH_SANITIZERS
size_t __sanitizer_get_current_allocated_bytes(void);
#endif

static size_t bytes_in_use(void)
{
#ifdef WITH_SANITIZERS
    return __sanitizer_get_current_allocated_bytes();
#else
    struct mallinfo2 m = mallinfo2();
    return m.uordblks + m.hblkhd;
#endif
}

static size_t descriptors(void)
{
    size_t n = 0;
    DIR *d = opendir("/proc/self/fd");
    assert_non_null(d);
    while (readdir(d) != NULL)
        n++;
    closedir(d);
    return n;
}

/* ---- the hand ---- */

static bool press_key(struct press *ret, int key)
{
    *ret = (struct press){.key = key};
    return true;
}

static bool press_choice(const struct view *v, enum choice wish, struct press *ret)
{
    return keys_face_point(&storm.keys, v, wish) && press_key(ret, UK_ENTER);
}

/* Into this field, from the beginning; Enter comes of itself when all is typed. */
static bool begin_word(const struct view *v, enum field_id field, const char *word, struct press *ret)
{
    if (!keys_face_point_field(&storm.keys, v, field))
        return false;
    storm.word = word;
    return press_key(ret, field == FIELD_PIN ? UK_DEL : UK_CTRL_U);
}

static bool go_on_typing(struct press *ret)
{
    char c = *storm.word;
    if (c == '\0') {
        storm.word = NULL;
        return press_key(ret, UK_ENTER);
    }
    storm.word++;
    return press_key(ret, c);
}

static bool onward_login(const struct scene *s, const struct view *v, struct press *ret)
{
    if (strcmp(s->form->tckn, "10000000146") != 0)
        return begin_word(v, FIELD_TCKN, "10000000146", ret);
    return begin_word(v, FIELD_PASSWORD, "parola12", ret);
}

static bool onward_sign(const struct scene *s, const struct view *v, struct press *ret)
{
    const struct flow *f = s->flow;
    if (!f->text_accepted)
        return press_choice(v, CH_TEXT_READ, ret);
    if (!f->cert_confirmed || f->chosen == 0)
        return press_choice(v, CH_CERT_OK, ret) || press_choice(v, CH_CERT_LIST, ret);
    if (f->pin_flags & PIN_PAD)
        return press_choice(v, CH_SIGN, ret);
    bool wrong = !storm.calm && mischief_random(&storm.world, 6) == 0;
    return begin_word(v, FIELD_PIN, wrong ? "1357" : MISCHIEF_PIN, ret);
}

/* What leads on from each place; a place without one waits. */
static const enum choice onward[ST_COUNT] = {
    [ST_MENU] = CH_LOGIN,
    [ST_GATEWAY] = CH_GATEWAY,
    [ST_HOME] = CH_NES,
    [ST_NES] = CH_EONAY,
    [ST_ACCEPT] = CH_CONTINUE,
    [ST_CODE] = CH_HERE,
    [ST_CODE_EMPTY] = CH_CANCEL,
    [ST_CODE_FULL] = CH_NEXT,
    [ST_TEXT_ASK] = CH_TRUST_TEXT,
    [ST_CERTS] = CH_CERT,
    [ST_NO_CARD] = CH_RETRY,
    [ST_LAST_TRY] = CH_LAST_TRY,
    [ST_LOCKED] = CH_OTHER_CARD,
    [ST_EXPIRED] = CH_NEW_CODE,
    [ST_SUCCESS] = CH_CLOSE,
    [ST_RESULT] = CH_LOGOUT,
    [ST_ALREADY] = CH_LOGOUT,
    [ST_AWAY] = CH_RETRY,
    [ST_TIME] = CH_NO_EXTEND,
    [ST_LEAVE] = CH_STAY,
};

static bool press_onward(const struct scene *s, const struct view *v, struct press *ret)
{
    enum flow_state at = s->flow->state;
    if (s->flow->help)
        return press_choice(v, CH_HELP, ret);
    if (storm.keys.layout.small) {
        storm.keys.rows = 24;
        storm.keys.cols = 80;
        return press_key(ret, UK_NONE);
    }
    if (at == ST_LOGIN)
        return onward_login(s, v, ret);
    if (at == ST_SIGN)
        return onward_sign(s, v, ret);
    if (at == ST_CODE && s->flow->code_gone && press_choice(v, CH_NEW_CODE, ret))
        return true;
    return (onward[at] != CH_NONE && press_choice(v, onward[at], ret)) || press_choice(v, CH_CANCEL, ret);
}

static bool press_anything(struct press *ret)
{
    static const int keys[] = {UK_ENTER, UK_ENTER, UK_ESC, UK_TAB, UK_TAB, UK_BACKTAB, UK_UP, UK_DOWN, UK_LEFT,
        UK_RIGHT, UK_HOME, UK_END, UK_PGUP, UK_PGDN, UK_BACKSPACE, UK_DEL, UK_CTRL_U, UK_CTRL_C, UK_F1, UK_F2, UK_F3,
        UK_F4, '0', '1', '2', '3', '5', '7', '9', 'a', 's', 't', 'k', '?', ' ', 0xe7, UK_MOUSE, UK_MOUSE, UK_WHEEL_UP,
        UK_WHEEL_DOWN, UK_PASTE_BEGIN, UK_PASTE_END, UK_CTRL_L};
    struct mischief_world *w = &storm.world;
    *ret = (struct press){.key = keys[mischief_random(w, COUNT(keys))]};
    ret->row = (int)mischief_random(w, 24);
    ret->col = (int)mischief_random(w, 80);
    if (mischief_random(w, 100) == 0) {
        static const int sizes[][2] = {{24, 80}, {43, 132}, {12, 40}, {8, 30}};
        size_t size = mischief_random(w, COUNT(sizes));
        storm.keys.rows = sizes[size][0];
        storm.keys.cols = sizes[size][1];
    }
    return true;
}

/* A typed PIN is a field that was empty; on a pad each İMZALA asks for one. */
static void count_pins(const struct scene *s, const struct desk *desk)
{
    size_t len = secret_len(desk->pin);
    if (len > 0 && storm.pin_len == 0)
        storm.typed++;
    storm.pin_len = len;
    if (s->flow->state == ST_SIGNING && storm.counted_pad != ST_SIGNING && s->flow->pin_flags & PIN_PAD)
        storm.typed++;
    storm.counted_pad = s->flow->state;
}

static void look(const struct scene *s, const struct view *v, const struct desk *desk)
{
    uint64_t now_ms = when_boot_ms(), turn_ms = now_ms - storm.turned_ms;
    size_t bytes = bytes_in_use();
    count_pins(s, desk);
    storm.slowest_ms = turn_ms > storm.slowest_ms ? turn_ms : storm.slowest_ms;
    storm.turned_ms = now_ms;
    storm.peak = bytes > storm.peak ? bytes : storm.peak;
    assert_true(s->flow->state < ST_COUNT);
    assert_true(v->clipped == 0 && (v->count > 0 || s->flow->small || s->flow->state == ST_DONE));
    assert_true(s->flow->usable <= s->flow->certs && s->flow->chosen <= s->flow->usable);
    if (s->flow->certs != s->facts->cert_count)
        fail_msg(
            "at %s: %u certificates, %zu told", flow_state_name(s->flow->state), s->flow->certs, s->facts->cert_count);
}

static void tell_stuck(const struct scene *s)
{
    const struct flow *f = s->flow;
    print_message(
        "# stuck at %s over %s, note %d: cards %u, certificates %u, usable %u, chosen %u, card software %s, start in "
        "%" PRId64 " ms, lost %u times, job %u\n",
        flow_state_name(f->state), flow_state_name(f->under), (int)f->note, f->cards, f->certs, f->usable, f->chosen,
        f->token_up ? "up" : "down", f->token_start_at_ms == 0 ? -1 : (int64_t)(f->token_start_at_ms - s->now_ms),
        f->token_losses, f->token_job);
    for (size_t i = 0; i < storm.wizard->modules; i++)
        print_message("# worker %zu: pid %d, ready %d, told %d, tired %d, start at %" PRIu64 "\n", i,
            (int)storm.wizard->tokens[i].pid, storm.wizard->tokens[i].ready, storm.wizard->cards[i].told,
            storm.wizard->tokens[i].tired, storm.wizard->tokens[i].start_at_ms);
}

static bool ends(const struct scene *s)
{
    if (s->flow->state == ST_SUCCESS)
        storm.consented = true;
    storm.stuck = !storm.consented && s->now_ms > storm.calm_until_ms;
    if (storm.stuck)
        tell_stuck(s);
    return storm.consented || storm.stuck;
}

/* In the calm only what leads on, and not faster than the cards can follow. */
static bool hand_in_calm(const struct scene *s, const struct view *v, struct press *ret)
{
    if (ends(s)) {
        storm.wizard->done = true;
        return false;
    }
    storm.next_ms = s->now_ms + 50;
    return storm.word != NULL ? go_on_typing(ret) : press_onward(s, v, ret);
}

static bool hand_in_storm(const struct scene *s, const struct view *v, struct press *ret)
{
    struct mischief_world *w = &storm.world;
    storm.events++;
    storm.visits[s->flow->state]++;
    storm.next_ms = s->now_ms + mischief_random(w, GAP_MS);
    if (mischief_random(w, 4) == 0) {
        mischief_next(w);
        return false;
    }
    storm.pressed++;
    if (storm.word != NULL && mischief_random(w, 30) != 0)
        return go_on_typing(ret);
    storm.word = NULL;
    return mischief_random(w, 3) != 0 ? press_onward(s, v, ret) : press_anything(ret);
}

static void calm_down(uint64_t now_ms)
{
    storm.calm = true;
    storm.word = NULL;
    storm.calm_until_ms = now_ms + CALM_MS;
    mischief_end(&storm.world);
}

static bool hand(
    struct keys_face *f, const struct scene *s, const struct view *v, const struct desk *desk, struct press *ret)
{
    look(s, v, desk);
    f->wake_ms = s->flow->state == ST_DONE ? UINT64_MAX : storm.next_ms;
    if (s->now_ms < storm.next_ms || s->flow->state == ST_DONE)
        return false;
    if (!storm.calm && storm.events >= storm.wanted)
        calm_down(s->now_ms);
    bool pressed = storm.calm ? hand_in_calm(s, v, ret) : hand_in_storm(s, v, ret);
    f->wake_ms = storm.next_ms;
    return pressed;
}

/* ---- one life of the wizard ---- */

static void write_settings(const struct mischief_world *w)
{
    char path[96], yaml[2048];
    const char *module = fake_module(), *d = w->dir;
    snprintf(path, sizeof path, "%s/wizard.yaml", d);
    int n = snprintf(yaml, sizeof yaml,
        "portal: https://127.0.0.1:1\ngateway: https://127.0.0.1:2\ntls_ca: /dev/null\nservice: deneme\ntrust: "
        "%s/ca.pem\n"
        "download_dir: %s\npoll_ms: 10\nhang_ms: 500\nidle_s: 86400\nkiosk: true\ntest: true\nknown_texts: "
        "[%s]\nmodules:\n",
        d, d, "a7b947bcbbf73a62ba3605c1f2233c6d99ce00e5f4c0b958ca3ea512f9c4c478");
    for (unsigned i = 0; i < MISCHIEF_DESKS; i++)
        n += snprintf(yaml + n, sizeof yaml - (size_t)n,
            "  - path: %s\n    environment: {EONAY_FAKE: %s/desk%u}\n    writable: [%s/desk%u]\n", module, d, i, d, i);
    FILE *out = fopen(path, "we");
    assert_non_null(out);
    assert_true(fputs(yaml, out) >= 0);
    assert_int_equal(fclose(out), 0);
}

static void assert_no_child(void)
{
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
}

static void live(const char *config)
{
    const struct options options = {.config = config, .lang = -1};
    int status = -1;
    storm.wizard = calloc(1, sizeof *storm.wizard);
    assert_non_null(storm.wizard);
    storm.word = NULL;
    storm.pin_len = 0;
    storm.turned_ms = when_boot_ms();
    keys_face_open(&storm.keys);
    storm.keys.hand = hand;
    assert_true(wizard_open(storm.wizard, &options, &storm.keys.face, &status));
    (void)wizard_run(storm.wizard);
    wizard_close(storm.wizard);
    free(storm.wizard);
    storm.wizard = NULL;
    assert_no_child();
}

static uint64_t number_from(const char *name, uint64_t otherwise)
{
    const char *value = getenv(name);
    return value != NULL && value[0] != '\0' ? strtoull(value, NULL, 10) : otherwise;
}

static uint64_t starts(void)
{
    uint64_t n = 0;
    for (size_t i = 0; i < MISCHIEF_DESKS; i++)
        n += fake_calls(&storm.world.desk[i], P11_LOAD);
    return n;
}

static void report(uint64_t seed, uint64_t took_ms)
{
    print_message("# seed %" PRIu64 ": %" PRIu64 " events, %" PRIu64 " of them keys, in %" PRIu64 " ms\n", seed,
        storm.events, storm.pressed, took_ms);
    for (size_t i = 0; i < MISCHIEF_KINDS; i++)
        print_message("# cards: %s %" PRIu64 "\n", mischief_names[i], storm.world.done[i]);
    for (size_t i = 0; i < ST_COUNT; i++)
        if (storm.visits[i] > 0)
            print_message("# at %s: %" PRIu64 "\n", flow_state_name((enum flow_state)i), storm.visits[i]);
    print_message("# %" PRIu64 " PINs typed, %" PRIu64 " logins, %" PRIu64 " signatures; drivers started %" PRIu64
                  " times; slowest turn %" PRIu64 " ms\n",
        storm.typed, mischief_logins(&storm.world), mischief_signatures(&storm.world), starts(), storm.slowest_ms);
}

/* A life in the calm first: what it leaves behind is the libraries' own. */
static void lives_are_alike(const char *config)
{
    size_t bytes, open;
    storm.wanted = 0;
    live(config);
    assert_true(storm.consented);
    bytes = bytes_in_use();
    open = descriptors();
    storm.calm = storm.consented = false;
    storm.wanted = number_from("EONAY_EVENTS", number_from("EONAY_LONG", 0) != 0 ? 10000 : 1000);
    storm.peak = 0;
    live(config);
    print_message("# bytes: %zu before, %zu at most, %zu after\n", bytes, storm.peak, bytes_in_use());
    assert_int_equal(descriptors(), open);
    assert_true(storm.peak < bytes + GROWTH_MAX);
    assert_true(bytes_in_use() < bytes + 4096);
}

static void random_cards_and_keys_end_in_a_consent(void **state)
{
    (void)state;
    uint64_t seed = number_from("EONAY_SEED", when_boot_ms()), began_ms = when_boot_ms();
    char config[96], command[96];
    mischief_open(&storm.world, seed, SERVER_NOW);
    write_settings(&storm.world);
    snprintf(config, sizeof config, "%s/wizard.yaml", storm.world.dir);
    lives_are_alike(config);
    report(seed, when_boot_ms() - began_ms);
    assert_true(storm.consented);
    assert_true(storm.events >= storm.wanted);
    assert_true(mischief_signatures(&storm.world) > 1);
    assert_true(mischief_logins(&storm.world) <= storm.typed);
    assert_true(storm.slowest_ms < TURN_MAX_MS);
    mischief_close(&storm.world);
    snprintf(command, sizeof command, "rm -rf %s", storm.world.dir);
    assert_int_equal(system(command), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(random_cards_and_keys_end_in_a_consent)};
    return cmocka_run_group_tests_name("storm", tests, NULL, NULL);
}
