/* A token worker with a card of paper: one certificate that can sign, one that cannot. The card is out while a file
 * "out-N" lies in the world, and another card while "other-N" does. Modes: crash, hang, hostile (the first signature).
 */
#include "config.h"

#include <poll.h>
#include <sha2.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/match.h"
#include "fake.h"

#define PIN "123456"
#define LOOK_MS 20

struct card {
    bool out, other;
};

static struct card look(const struct fake *f)
{
    char out[16], other[16];
    snprintf(out, sizeof out, "out-%zu", f->module);
    snprintf(other, sizeof other, "other-%zu", f->module);
    return (struct card){fake_has(f, out), fake_has(f, other)};
}

static void cert(struct fake *f, struct card c, uint64_t i)
{
    struct wire_out out;
    uint8_t ref[32];
    memset(ref, (int)(1 + i + 16 * f->module + 64 * c.other), sizeof ref);
    wire_begin(&out, f->frame, M_CERT, 0);
    wire_u64(&out, F_INDEX, i);
    wire_bytes(&out, F_CERT, ref, sizeof ref);
    wire_str(&out, F_OWNER, fake_is(f, "hostile") ? "\x1b]0;owned\x07İPEK" : "İPEK IŞIK");
    wire_str(&out, F_MASK, "100******46");
    wire_str(&out, F_READER, "Kağıt Okuyucu");
    wire_u64(&out, F_NOT_AFTER, 1900000000);
    wire_u64(&out, F_REASON, i == 0 ? 0 : 1);
    wire_u64(&out, F_PIN_MIN, 4);
    wire_u64(&out, F_PIN_MAX, 8);
    fake_send(f, &out);
}

static void list(struct fake *f, struct card c)
{
    struct wire_out out;
    wire_begin(&out, f->frame, M_CARDS, 0);
    wire_u64(&out, F_READERS, 1);
    wire_u64(&out, F_CARDS, c.out ? 0 : 1);
    wire_u64(&out, F_COUNT, c.out ? 0 : 2);
    fake_send(f, &out);
    for (uint64_t i = 0; !c.out && i < 2; i++)
        cert(f, c, 1 - i); /* the one that cannot comes first: the wizard puts them in order */
}

static void sign(struct fake *f, const struct wire_msg *m)
{
    struct wire_out out;
    char cms[300], code[16] = "";
    uint32_t job = m->job;
    (void)wire_get_str(m, F_CODE, code, sizeof code);
    int n = snprintf(cms, sizeof cms, "signed(%zu,%s,%llu,%llu)", m->val[F_TEXT].len, code,
        (unsigned long long)wire_get_u64(m, F_CREATED, 0), (unsigned long long)wire_get_u64(m, F_SIGN_TIME, 0));
    fake_log(f, "SIGN %d with %02x", (int)f->module, m->val[F_CERT].data[0]);
    bool right = fake_secret(f, job, PIN);
    if (fake_is(f, "crash") && fake_first(f, "crashed"))
        _exit(11);
    while (fake_is(f, "hang") && fake_first(f, "hung"))
        (void)poll(NULL, 0, -1);
    if (!right) {
        fake_fail(f, job, ERR_PIN_WRONG, 1);
        return;
    }
    wire_begin(&out, f->frame, M_SIGNED, job);
    wire_bytes(&out, F_CMS, cms, (size_t)n);
    fake_send(f, &out);
}

static void text(struct fake *f, const struct wire_msg *m)
{
    struct wire_out out;
    SHA2_CTX sha;
    uint8_t sum[SHA256_DIGEST_LENGTH];
    char grouped[MATCH_TEXT_LEN + 1], plain[MATCH_LEN + 1];
    SHA256Init(&sha);
    SHA256Update(&sha, m->val[F_TEXT].data, m->val[F_TEXT].len);
    SHA256Final(sum, &sha);
    match_code(sum, grouped);
    match_plain(grouped, plain);
    fake_log(f, "TEXT %s", plain);
    wire_begin(&out, f->frame, M_MATCH, m->job);
    wire_str(&out, F_MATCH, plain);
    fake_send(f, &out);
}

static bool hear(struct fake *f, struct card c)
{
    static struct wire_msg m;
    size_t len = 0;
    if (wire_recv(WIRE_FD, f->frame, &len, NULL) != OK || len == 0)
        return false;
    if (wire_parse(f->frame, len, WIRE_UI, WIRE_TOKEN, &m) != OK)
        return false;
    if (m.type == M_HOLDER)
        fake_log(f, "HOLDER %.*s", (int)m.val[F_MASK].len, (const char *)m.val[F_MASK].data);
    if (m.type == M_HOLDER)
        list(f, c);
    if (m.type == M_TEXT)
        text(f, &m);
    if (m.type == M_SIGN)
        sign(f, &m);
    return true;
}

static void fake_alive(struct fake *f)
{
    struct wire_out out;
    wire_begin(&out, f->frame, M_ALIVE, 0);
    fake_send(f, &out);
}

int main(int argc, char **argv)
{
    static struct fake f;
    if (!fake_open(&f, "token", argc, argv))
        return 2;
    struct card before = look(&f);
    list(&f, before);
    for (;;) {
        struct pollfd p = {.fd = WIRE_FD, .events = POLLIN};
        int ready = poll(&p, 1, LOOK_MS);
        if (ready > 0 && !hear(&f, before))
            return 0;
        if (ready == 0)
            fake_alive(&f);
        struct card now = look(&f);
        if (now.out != before.out || now.other != before.other)
            list(&f, now);
        before = now;
    }
}
