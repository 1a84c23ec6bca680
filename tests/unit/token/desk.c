#include "config.h"
#include "desk.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <setjmp.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>
#include "base/code.h"
#include "base/secret.h"

#define PATIENCE_MS 10000

static const char *build_dir(void)
{
    const char *dir = getenv("EONAY_BUILD");

    return dir != NULL ? dir : ".";
}

/* ---- the folder ---- */

static void file_write(const struct desk *d, const char *name, const char *text)
{
    char path[128];
    FILE *f;

    snprintf(path, sizeof path, "%s/%s", d->dir, name);
    f = fopen(path, "w");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

static void folder_make(struct desk *d, struct pki *pki)
{
    char path[128];

    memset(d, 0, sizeof *d);
    d->fd = -1;
    d->pki = pki;
    snprintf(d->dir, sizeof d->dir, "/tmp/eonay-desk-XXXXXX");
    assert_non_null(mkdtemp(d->dir));
    snprintf(path, sizeof path, "%s/ca.pem", d->dir);
    pki_write_ca(pki, path);
}

void desk_make(struct desk *d, struct pki *pki, const struct softhsm_token *tokens, size_t n)
{
    folder_make(d, pki);
    softhsm_make(d->dir, tokens, n);
}

void desk_make_fake(struct desk *d, struct pki *pki, const struct pki_identity *who, const char *key_words)
{
    char path[128];

    folder_make(d, pki);
    snprintf(path, sizeof path, "%s/fake", d->dir);
    fake_open(&d->fake, path);
    fake_put(&d->fake, "card.pem", who);
    d->key_words = key_words;
    desk_card(d, "", "");
}

static int entry_remove(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st, (void)type, (void)ftw;
    return remove(path);
}

void desk_remove(struct desk *d)
{
    if (d->fake.ledger != NULL)
        fake_close(&d->fake);
    assert_int_equal(nftw(d->dir, entry_remove, 16, FTW_DEPTH | FTW_PHYS), 0);
}

static void card_write(struct desk *d, const char *faults)
{
    fake_script(&d->fake,
        "slot 3 \"TEST okuyucu\"\ntoken TEST serial=%04u pin=%s %s\ncert 01 card.pem\npublic 01 card.pem\n"
        "key 01 card.pem %s\n%s",
        d->fake_card, DESK_PIN, d->token_words, d->key_words, faults);
}

void desk_card(struct desk *d, const char *token_words, const char *faults)
{
    d->fake_card++;
    d->token_words = token_words;
    card_write(d, faults);
}

void desk_faults(struct desk *d, const char *faults)
{
    card_write(d, faults);
}

void desk_take_out(struct desk *d)
{
    fake_script(&d->fake, "slot 3 \"TEST okuyucu\"\n");
}

void desk_settings(const struct desk *d, const char *module)
{
    char text[4096];
    const char *dir = d->dir;

    snprintf(text, sizeof text,
        "%spoll_ms: %u\nportal: https://127.0.0.1:1/\ntls_ca: %s/ca.pem\nservice: %s\ntrust: %s/ca.pem\ntest: true\n"
        "modules:\n  - path: %s\n    environment:\n      SOFTHSM2_CONF: %s/softhsm2.conf\n      EONAY_FAKE: %s/fake\n"
        "    writable:\n      - %s/tokens\n      - %s/fake\n",
        d->settings == NULL ? "" : d->settings, d->poll_ms == 0 ? 250 : d->poll_ms, dir, DESK_SERVICE, dir, module, dir,
        dir, dir, dir);
    file_write(d, "wizard.yaml", text);
}

/* ---- the process ---- */

static void worker_exec(struct desk *d, int theirs)
{
    char program[512], config[128], name[] = "eonay-token", opt1[] = "--config", opt2[] = "--module", zero[] = "0";
    char *argv[] = {name, opt1, config, opt2, zero, NULL}, *envp[] = {NULL};
    posix_spawn_file_actions_t actions;

    snprintf(program, sizeof program, "%s/eonay-token", build_dir());
    snprintf(config, sizeof config, "%s/wizard.yaml", d->dir);
    assert_int_equal(posix_spawn_file_actions_init(&actions), 0);
    assert_int_equal(posix_spawn_file_actions_adddup2(&actions, theirs, WIRE_FD), 0);
    assert_int_equal(posix_spawn(&d->pid, program, &actions, NULL, argv, envp), 0);
    posix_spawn_file_actions_destroy(&actions);
}

void desk_spawn(struct desk *d)
{
    int pair[2];

    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
    if (pair[1] == WIRE_FD) { /* dup2 onto itself would keep CLOEXEC */
        pair[1] = fcntl(WIRE_FD, F_DUPFD_CLOEXEC, WIRE_FD + 1);
        close(WIRE_FD);
    }
    d->fd = pair[0];
    worker_exec(d, pair[1]);
    close(pair[1]);
    d->lists = 0;
}

void desk_open(struct desk *d, const char *module)
{
    desk_settings(d, module);
    desk_spawn(d);
    assert_int_equal(desk_answer(d), M_READY);
    while (d->lists == 0)
        (void)desk_answer(d);
}

void desk_close(struct desk *d)
{
    int status;

    close(d->fd);
    d->fd = -1;
    assert_int_equal(waitpid(d->pid, &status, 0), d->pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

/* ---- what it says ---- */

static void frame_read(struct desk *d)
{
    struct pollfd p = {.fd = d->fd, .events = POLLIN};
    size_t len;

    if (poll(&p, 1, PATIENCE_MS) != 1)
        fail_msg("the worker says nothing");
    assert_int_equal(wire_recv(d->fd, d->frame, &len, NULL), OK);
    if (len == 0)
        fail_msg("the worker went away");
    assert_int_equal(wire_parse(d->frame, len, WIRE_WORKER, WIRE_TOKEN, &d->answer), OK);
    if (d->answer.type == M_ALIVE)
        frame_read(d);
}

static void cert_take(struct desk *d)
{
    const struct wire_msg *m = &d->answer;
    struct desk_cert *c = &d->v[d->n++];

    assert_int_equal(m->type, M_CERT);
    assert_true(d->n <= DESK_LISTED_MAX);
    assert_int_equal(m->num[F_INDEX], d->n - 1);
    assert_int_equal(m->val[F_CERT].len, 32);
    memcpy(c->ref, m->val[F_CERT].data, 32);
    assert_true(wire_get_str(m, F_OWNER, c->owner, sizeof c->owner));
    assert_true(wire_get_str(m, F_MASK, c->mask, sizeof c->mask));
    assert_true(wire_get_str(m, F_READER, c->reader, sizeof c->reader));
    assert_true(wire_get_str(m, F_CARD, c->card, sizeof c->card));
    assert_true(wire_get_str(m, F_ISSUER, c->issuer, sizeof c->issuer));
    c->reason = (enum cert_reason)m->num[F_REASON];
    c->purpose = (enum cert_purpose)m->num[F_PURPOSE];
    c->not_before = m->num[F_NOT_BEFORE];
    c->not_after = m->num[F_NOT_AFTER];
    c->reason_at = m->num[F_REASON_AT];
    c->pin_min = m->num[F_PIN_MIN];
    c->pin_max = m->num[F_PIN_MAX];
    c->pin_flags = m->num[F_PIN_FLAGS];
}

static void list_take(struct desk *d)
{
    uint64_t count = d->answer.num[F_COUNT];

    d->cards = d->answer.num[F_CARDS];
    d->readers = d->answer.num[F_READERS];
    d->trouble = (enum err_code)d->answer.num[F_ERROR];
    assert_true(wire_get_str(&d->answer, F_DETAIL, d->detail, sizeof d->detail));
    d->n = 0;
    while (d->n < count) {
        frame_read(d);
        cert_take(d);
    }
    d->lists++;
}

/* The next frame that is no list; lists are kept as they come. A list answers too when nothing else is awaited. */
enum wire_type desk_answer(struct desk *d)
{
    frame_read(d);
    if (d->answer.type != M_CARDS)
        return d->answer.type;
    list_take(d);
    return M_CARDS;
}

enum wire_type desk_job_answer(struct desk *d)
{
    enum wire_type type;

    while ((type = desk_answer(d)) == M_CARDS)
        ;
    assert_int_equal(d->answer.job, d->job);
    return type;
}

enum err_code desk_error(const struct desk *d)
{
    assert_int_equal(d->answer.type, M_ERR);
    return (enum err_code)d->answer.num[F_ERROR];
}

void desk_until(struct desk *d, bool (*wanted)(const struct desk *))
{
    while (!wanted(d))
        assert_int_equal(desk_answer(d), M_CARDS);
}

const struct desk_cert *desk_find(const struct desk *d, const char *owner)
{
    for (size_t i = 0; i < d->n; i++)
        if (strcmp(d->v[i].owner, owner) == 0)
            return &d->v[i];
    fail_msg("no certificate of %s is listed", owner);
    return NULL;
}

/* ---- what we say ---- */

const char *desk_code(void)
{
    static char code[CODE_LEN + 1];
    static const uint8_t symbols[CODE_LEN - 1] = {20, 7, 23, 21, 3, 29, 22, 13, 9, 24, 4};

    code_make(code, symbols);
    return code;
}

void desk_holder(struct desk *d, const char *mask, int64_t server_time)
{
    struct wire_out out;
    uint64_t before = d->lists;

    wire_begin(&out, d->frame, M_HOLDER, ++d->job);
    if (mask != NULL)
        wire_str(&out, F_MASK, mask);
    if (server_time != 0)
        wire_u64(&out, F_SERVER_TIME, (uint64_t)server_time);
    assert_int_equal(wire_send(&out, d->fd, -1), OK);
    while (d->lists == before)
        assert_int_equal(desk_answer(d), M_CARDS);
}

enum wire_type desk_text(struct desk *d, const char *text, const char *code)
{
    struct wire_out out;
    enum wire_type type;

    wire_begin(&out, d->frame, M_TEXT, ++d->job);
    wire_bytes(&out, F_TEXT, text, strlen(text));
    wire_str(&out, F_CODE, code);
    assert_int_equal(wire_send(&out, d->fd, -1), OK);
    do
        type = desk_answer(d);
    while (type == M_CARDS);
    return type;
}

void desk_send_sign(struct desk *d, const uint8_t ref[32], const char *text, const char *code, int64_t at)
{
    (void)desk_text(d, text, code);
    desk_send_untold(d, ref, text, code, at);
}

void desk_send_untold(struct desk *d, const uint8_t ref[32], const char *text, const char *code, int64_t at)
{
    struct wire_out out;

    wire_begin(&out, d->frame, M_SIGN, ++d->job);
    wire_bytes(&out, F_TEXT, text, strlen(text));
    wire_str(&out, F_CODE, code);
    wire_u64(&out, F_CREATED, (uint64_t)at - 60);
    wire_u64(&out, F_SIGN_TIME, (uint64_t)at);
    wire_bytes(&out, F_CERT, ref, 32);
    if (d->profile != 0)
        wire_u64(&out, F_PROFILE, d->profile);
    assert_int_equal(wire_send(&out, d->fd, -1), OK);
}

void desk_send_pin(struct desk *d, const char *pin)
{
    struct secret *s;
    uint8_t header[WIRE_HEADER];

    assert_int_equal(secret_new(&s), OK);
    assert_true(pin[0] == '\0' || secret_push(s, pin, strlen(pin)));
    wire_secret_header(header, d->job);
    assert_int_equal(secret_send(s, d->fd, header, sizeof header), OK);
    secret_free(&s);
}

enum wire_type desk_pin(struct desk *d, const char *pin)
{
    desk_send_pin(d, pin);
    return desk_job_answer(d);
}

void desk_send_change(struct desk *d, enum wire_field field, const uint8_t ref[32])
{
    struct wire_out out;

    wire_begin(&out, d->frame, M_CHANGE_PIN, ++d->job);
    wire_bytes(&out, field, ref, 32);
    assert_int_equal(wire_send(&out, d->fd, -1), OK);
}

enum wire_type desk_change(struct desk *d, const uint8_t ref[32], const char *old_pin, const char *new_pin)
{
    desk_send_change(d, F_CERT, ref);
    if (old_pin == NULL)
        return desk_job_answer(d);
    desk_send_pin(d, old_pin);
    return desk_pin(d, new_pin);
}

enum wire_type desk_sign(struct desk *d, const struct desk_cert *c, const char *text, int64_t at, const char *pin)
{
    desk_send_sign(d, c->ref, text, desk_code(), at);
    return pin != NULL ? desk_pin(d, pin) : desk_job_answer(d);
}

int desk_memory_search(const struct desk *d, const char *word)
{
    const char *build = getenv("EONAY_BUILD");
    char command[512];
    int status;

    snprintf(command, sizeof command, "echo '%s' | %s/tests/journeys/memscan %d >/dev/null 2>&1", word,
        build != NULL ? build : ".", (int)d->pid);
    status = system(command);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 2;
}

bool desk_memory_can_be_searched(void)
{
#ifdef WITH_SANITIZERS
    return false;
#else
    return geteuid() == 0;
#endif
}
