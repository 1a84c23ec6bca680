#include "config.h"
#include "storm/mischief.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define TCKN "10000000146"

const char *const mischief_names[MISCHIEF_KINDS] = {"card", "empty", "fail", "slow", "hang", "crash"};

/* Words behind "token", and the objects: %s is nothing to be filled, so that a line reads as it stands in a script. */
static const struct {
    const char *token, *objects;
} cards[] = {
    {"TEST serial=1 pin=" MISCHIEF_PIN, "cert 01 a.pem\npublic 01 a.pem\nkey 01 a.pem\n"},
    {"TEST serial=2 pin=" MISCHIEF_PIN, "cert 01 b.pem\npublic 01 b.pem\nkey 01 b.pem\ncert 01 old.pem\n"},
    {"TEST serial=3 pin=" MISCHIEF_PIN, "cert 01 a.pem\nkey 01 a.pem always\n"},
    {"TEST serial=4 pin=" MISCHIEF_PIN, "cert 01 other.pem\nkey 01 other.pem\n"},
    {"TEST serial=5 pad=" MISCHIEF_PIN " pin=" MISCHIEF_PIN, "cert 01 b.pem\nkey 01 b.pem\n"},
    {"TEST serial=6 pin=" MISCHIEF_PIN " wrong=2", "cert 01 a.pem\nkey 01 a.pem\n"},
    {"TEST serial=7 pin=" MISCHIEF_PIN " wrong=3", "cert 01 b.pem\nkey 01 b.pem\n"}, {"TEST serial=8", ""},
    {"TEST serial=9 blank", ""}, {"TEST serial=10 unknown", ""},
    {"TEST serial=11", "cert 01 - times=100\ncert 02 a.pem CKA_VALUE=long:9000\n"},
    {"TEST serial=1 pin=" MISCHIEF_PIN,
        "cert 01 a.pem\nkey 01 a.pem\ncert 02 b.pem\nkey 02 b.pem\n"}, /* two to choose */
};

uint64_t mischief_random(struct mischief_world *w, uint64_t below)
{
    w->random ^= w->random << 13;
    w->random ^= w->random >> 7;
    w->random ^= w->random << 17;
    return w->random % below;
}

static void put_person(struct mischief_world *w, const char *file, const char *tckn, enum pki_key key, unsigned flaws)
{
    struct pki_identity who =
        pki_issue(&w->pki, &(struct pki_spec){.name = "İPEK IŞIK", .tckn = tckn, .key = key, .flaws = flaws});
    for (size_t i = 0; i < MISCHIEF_DESKS; i++)
        fake_put(&w->desk[i], file, &who);
    pki_identity_done(&who);
}

void mischief_open(struct mischief_world *w, uint64_t seed, int64_t now)
{
    char path[96];
    memset(w, 0, sizeof *w);
    w->random = seed * 2 + 1;
    snprintf(w->dir, sizeof w->dir, "/tmp/eonay-storm-XXXXXX");
    if (mkdtemp(w->dir) == NULL)
        abort();
    for (size_t i = 0; i < MISCHIEF_DESKS; i++) {
        snprintf(path, sizeof path, "%s/desk%zu", w->dir, i);
        fake_open(&w->desk[i], path);
    }
    pki_init_at(&w->pki, now);
    put_person(w, "a.pem", TCKN, PKI_P256, 0);
    put_person(w, "b.pem", TCKN, PKI_RSA2048, 0);
    put_person(w, "old.pem", TCKN, PKI_P256, PKI_EXPIRED);
    put_person(w, "other.pem", "12345678950", PKI_P256, 0);
    snprintf(path, sizeof path, "%s/ca.pem", w->dir);
    pki_write_ca(&w->pki, path);
    mischief_end(w);
}

void mischief_close(struct mischief_world *w)
{
    for (size_t i = 0; i < MISCHIEF_DESKS; i++)
        fake_close(&w->desk[i]);
    pki_done(&w->pki);
}

/* ---- one more script ---- */

static const char *call_at_random(struct mischief_world *w)
{
    return p11_call_names[mischief_random(w, P11_CALLS)];
}

static void put_fault(struct mischief_world *w, enum mischief kind, char *out, size_t len)
{
    static const char *const codes[] = {"DEVICE_REMOVED", "DEVICE_ERROR", "GENERAL_ERROR", "TOKEN_NOT_PRESENT",
        "SESSION_HANDLE_INVALID", "PIN_INCORRECT", "PIN_LOCKED", "USER_NOT_LOGGED_IN", "BUFFER_TOO_SMALL",
        "HOST_MEMORY", "FUNCTION_FAILED", "USER_ALREADY_LOGGED_IN"};
    static const char *const ends[] = {"abort", "segv", "exit"};
    const char *call = call_at_random(w);
    unsigned after = (unsigned)mischief_random(w, 30), times = (unsigned)mischief_random(w, 4);
    if (kind == MISCHIEF_FAIL && mischief_random(w, 4) == 0)
        snprintf(out, len, "pull %s after=%u\n", call, after);
    else if (kind == MISCHIEF_FAIL)
        snprintf(
            out, len, "fail %s %s times=%u after=%u\n", call, codes[mischief_random(w, COUNT(codes))], times, after);
    else if (kind == MISCHIEF_SLOW)
        snprintf(out, len, "slow %s ms=%u times=%u after=%u\n", call, 1 + (unsigned)mischief_random(w, 200), times + 1,
            after);
    else if (kind == MISCHIEF_HANG)
        snprintf(out, len, "hang %s after=%u\n", call, after);
    else if (kind == MISCHIEF_CRASH)
        snprintf(out, len, "crash %s after=%u by=%s\n", call, after, ends[mischief_random(w, COUNT(ends))]);
}

static size_t put_reader(struct mischief_world *w, unsigned slot, bool full, char *out, size_t len)
{
    size_t card = mischief_random(w, COUNT(cards) + 4) % COUNT(cards); /* the first ones oftener */
    int n = full ? snprintf(out, len, "slot %u \"TEST okuyucu %u\"\ntoken %s\n%s", slot, slot, cards[card].token,
                       cards[card].objects)
                 : snprintf(out, len, "slot %u \"TEST okuyucu %u\"\n", slot, slot);
    return n > 0 ? (size_t)n : 0;
}

static enum mischief kind_at_random(struct mischief_world *w)
{
    static const enum mischief kinds[] = {MISCHIEF_CARD, MISCHIEF_CARD, MISCHIEF_CARD, MISCHIEF_CARD, MISCHIEF_CARD,
        MISCHIEF_CARD, MISCHIEF_EMPTY, MISCHIEF_EMPTY, MISCHIEF_EMPTY, MISCHIEF_FAIL, MISCHIEF_FAIL, MISCHIEF_FAIL,
        MISCHIEF_SLOW, MISCHIEF_SLOW, MISCHIEF_HANG, MISCHIEF_CRASH};
    return kinds[mischief_random(w, COUNT(kinds))];
}

void mischief_next(struct mischief_world *w)
{
    struct fake *desk = &w->desk[mischief_random(w, MISCHIEF_DESKS)];
    enum mischief kind = kind_at_random(w);
    char first[512] = "", second[512] = "", fault[128] = "";
    (void)put_reader(w, 1, kind != MISCHIEF_EMPTY, first, sizeof first);
    if (mischief_random(w, 3) == 0)
        (void)put_reader(w, 2, mischief_random(w, 2) == 0 && kind != MISCHIEF_EMPTY, second, sizeof second);
    put_fault(w, kind, fault, sizeof fault);
    if (mischief_random(w, 40) == 0)
        first[0] = second[0] = '\0'; /* the reader itself is unplugged */
    fake_script(desk, "%s%s%s", first, second, fault);
    if (mischief_random(w, 20) == 0)
        memset(desk->ledger->pins, 0, sizeof desk->ledger->pins); /* unlocked at a counter */
    w->done[kind]++;
}

void mischief_end(struct mischief_world *w)
{
    for (size_t i = 0; i < MISCHIEF_DESKS; i++) {
        memset(w->desk[i].ledger->pins, 0, sizeof w->desk[i].ledger->pins);
        fake_script(&w->desk[i], "slot 1 \"TEST okuyucu\"\n%s%s%s%s", i == 0 ? "token " : "",
            i == 0 ? cards[0].token : "", i == 0 ? "\n" : "", i == 0 ? cards[0].objects : "");
    }
}

/* ---- the ledgers ---- */

uint64_t mischief_logins(const struct mischief_world *w)
{
    uint64_t n = 0;
    for (size_t i = 0; i < MISCHIEF_DESKS; i++)
        n += fake_logins(&w->desk[i]);
    return n;
}

uint64_t mischief_signatures(const struct mischief_world *w)
{
    uint64_t n = 0;
    for (size_t i = 0; i < MISCHIEF_DESKS; i++)
        n += __atomic_load_n(&w->desk[i].ledger->signatures, __ATOMIC_RELAXED);
    return n;
}
