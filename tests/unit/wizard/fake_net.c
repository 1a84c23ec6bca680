/* A net worker that reaches nobody: every message gets a canned answer. Modes: noisy-names, unknown, unsafe, away,
 * reject, busy-wait, dies, garbage, already, other-page (its code is said to open another text). */
#include "config.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/code.h"
#include "fake.h"

#define PASSWORD "parola12"
#define TEXT "Denenecek metin: KABUL EDİYORUM.\n"
#define MATCH_UNKNOWN "RNGQCBEV" /* of the mode unknown */
#define MATCH "EYYTAPEV"

static void methods(struct fake *f, const struct wire_msg *m)
{
    struct wire_out out;
    wire_begin(&out, f->frame, M_METHODS_OK, m->job);
    wire_u64(&out, F_METHODS, 31);
    wire_u64(&out, F_PANEL, 1); /* the wizard may not believe it */
    wire_u64(&out, F_WINDOW_FULL_S, 240);
    wire_u64(&out, F_EXTENSIONS, 3);
    fake_send(f, &out);
}

static void person(struct fake *f, uint32_t job, bool consented)
{
    struct wire_out out;
    wire_begin(&out, f->frame, M_PERSON, job);
    wire_str(&out, F_NAME, fake_is(f, "noisy-names") ? "\x1b[31mEve\x07" : "İpek Işık");
    wire_str(&out, F_MASK, "100******46");
    wire_u64(&out, F_CONSENTED, consented);
    fake_send(f, &out);
}

static void login(struct fake *f, const struct wire_msg *m)
{
    char tckn[16];
    (void)wire_get_str(m, F_TCKN, tckn, sizeof tckn);
    fake_log(f, "TCKN %zu", strlen(tckn));
    uint32_t job = m->job;
    if (fake_secret(f, job, PASSWORD))
        person(f, job, false);
    else
        fake_fail(f, job, ERR_LOGIN_REFUSED, 0);
}

static void request(struct fake *f, const struct wire_msg *m)
{
    static const uint8_t random[CODE_LEN - 1] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
    char code[CODE_LEN + 1];
    struct wire_out out;
    if (fake_is(f, "dies") && fake_first(f, "died"))
        _exit(3);
    if (fake_is(f, "garbage")) {
        (void)!write(WIRE_FD, "\xff\xff\xff\xff\xff\xff\xff\xff\xff", 9);
        return;
    }
    code_make(code, random);
    wire_begin(&out, f->frame, M_REQUEST_OK, m->job);
    wire_str(&out, F_CODE, code);
    wire_u64(&out, F_LIFETIME_S, 900);
    wire_str(&out, F_MATCH, fake_is(f, "other-page") ? "5YGJRXC1" : fake_is(f, "unknown") ? MATCH_UNKNOWN : MATCH);
    wire_str(&out, F_FILE, fake_is(f, "bad-file") ? "../escape.tar.gz" : "eonay.tar.gz");
    wire_u64(&out, F_SIZE, 5);
    fake_send(f, &out);
}

static void opening(struct fake *f, const struct wire_msg *m)
{
    char code[CODE_LEN + 1] = "";
    struct wire_out out;
    (void)wire_get_str(m, F_CODE, code, sizeof code);
    fake_log(f, "CODE %s", code);
    const char *text = fake_is(f, "unsafe") ? "Metin \x1b[8m" : fake_is(f, "unknown") ? "Baska metin.\n" : TEXT;
    wire_begin(&out, f->frame, M_OPENED, m->job);
    wire_bytes(&out, F_TEXT, text, strlen(text));
    wire_u64(&out, F_CREATED, 1566893421);
    wire_u64(&out, F_SERVER_TIME, 1566893427);
    wire_u64(&out, F_WINDOW_S, fake_is(f, "short-window") ? 1 : 240);
    wire_u64(&out, F_EXTENSIONS, 3);
    wire_str(&out, F_NAME, "İpek Işık");
    wire_str(&out, F_MASK, "100******46");
    fake_send(f, &out);
}

static void submit(struct fake *f, const struct wire_msg *m)
{
    struct wire_out out;
    fake_log(f, "CMS %.*s", (int)m->val[F_CMS].len, (const char *)m->val[F_CMS].data);
    if (fake_is(f, "away") && fake_first(f, "away-1")) {
        fake_fail(f, m->job, ERR_UNREACHABLE, 0);
        return;
    }
    if (fake_is(f, "reject")) {
        fake_fail(f, m->job, ERR_REJ_NES, 0);
        return;
    }
    wire_begin(&out, f->frame, M_ACCEPTED, m->job);
    wire_str(&out, F_NUMBER, "2019-000042");
    wire_u64(&out, F_AT, 1566893452);
    wire_u64(&out, F_STAMP, 1);
    fake_send(f, &out);
}

static void download(struct fake *f, const struct wire_msg *m, int fd)
{
    struct wire_out out;
    bool wrote = fd >= 0 && write(fd, "bytes", 5) == 5;
    fake_log(f, "WROTE %d", wrote);
    if (fake_is(f, "broken")) {
        fake_fail(f, m->job, ERR_DOWNLOAD_BROKEN, 0);
        return;
    }
    uint32_t job = m->job;
    wire_begin(&out, f->frame, M_PROGRESS, job);
    wire_u64(&out, F_DONE, 5);
    wire_u64(&out, F_TOTAL, 5);
    fake_send(f, &out);
    fake_ok(f, job);
}

/* Modes: hostile-page (escapes), slow-receipt (no answer), no-receipt. */
static void receipt(struct fake *f, const struct wire_msg *m, int fd)
{
    struct wire_out out;
    const char *page = fake_is(f, "hostile-page") ? "\x1b]0;owned\x07Makbuz\nsatir\x9b"
                                                    "2J\n"
                                                  : "Makbuz\n2019-000042\n";
    bool wrote = fd >= 0 && write(fd, "container", 9) == 9;
    fake_log(f, "NUMBER %.*s WROTE %d", (int)m->val[F_NUMBER].len, (const char *)m->val[F_NUMBER].data, wrote);
    if (fake_is(f, "slow-receipt"))
        return;
    if (fake_is(f, "no-receipt")) {
        fake_fail(f, m->job, ERR_RECEIPT_UNSOUND, 0);
        return;
    }
    wire_begin(&out, f->frame, M_RECEIPT_OK, m->job);
    wire_bytes(&out, F_PAGE, page, strlen(page));
    wire_u64(&out, F_EARLY, 1);
    fake_send(f, &out);
}

static void receipt_code(struct fake *f, const struct wire_msg *m)
{
    static const uint8_t random[CODE_LEN - 1] = {11, 10, 9};
    char code[CODE_LEN + 1];
    struct wire_out out;
    code_make(code, random);
    wire_begin(&out, f->frame, M_RECEIPT_CODE_OK, m->job);
    wire_str(&out, F_CODE, code);
    wire_str(&out, F_ADDRESS, "https://127.0.0.1:1/v1/receipts/x");
    wire_u64(&out, F_LIFETIME_S, 3600);
    fake_send(f, &out);
}

static void answer(struct fake *f, const struct wire_msg *m, int fd)
{
    fake_log(f, "%s", wire_name(m->type));
    switch (m->type) {
    case M_METHODS:
        methods(f, m);
        return;
    case M_LOGIN:
        login(f, m);
        return;
    case M_REQUEST:
        request(f, m);
        return;
    case M_OPEN:
        opening(f, m);
        return;
    case M_SUBMIT:
        submit(f, m);
        return;
    case M_STATUS:
        person(f, m->job, true);
        return;
    case M_DOWNLOAD:
        download(f, m, fd);
        return;
    case M_RECEIPT:
        receipt(f, m, fd);
        return;
    case M_RECEIPT_CODE:
        receipt_code(f, m);
        return;
    case M_LOGOUT:
        fake_ok(f, m->job);
        return;
    default:
        return;
    }
}

int main(int argc, char **argv)
{
    static struct fake f;
    static struct wire_msg m;
    if (!fake_open(&f, "net", argc, argv))
        return 2;
    for (;;) {
        size_t len = 0;
        int fd = -1;
        if (wire_recv(WIRE_FD, f.frame, &len, &fd) != OK || len == 0)
            return 0;
        if (wire_parse(f.frame, len, WIRE_UI, WIRE_NET, &m) != OK)
            return 3;
        answer(&f, &m, fd);
        if (fd >= 0)
            close(fd);
    }
}
