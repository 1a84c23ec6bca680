#include "config.h"
#include "rig.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/code.h"
#include "base/secret.h"

#define PATIENCE_MS 20000

int rig_up(void **state)
{
    struct rig *r = calloc(1, sizeof *r);

    signal(SIGPIPE, SIG_IGN);
    hostile_up(&r->service);
    r->fd = -1;
    r->answer_ms = 5000;
    *state = r;
    return 0;
}

int rig_down(void **state)
{
    struct rig *r = *state;

    if (r->fd >= 0)
        rig_stop(r);
    hostile_down(&r->service);
    free(r);
    return 0;
}

static void write_config(struct rig *r)
{
    const char *portal = r->portal != NULL ? r->portal : r->service.url;
    const char *gateway = r->gateway != NULL ? r->gateway : r->service.url;
    char text[1024];

    snprintf(text, sizeof text,
        "portal: %s\n%s%s\ntls_ca: tls-ca.pem\nservice: TEST\ntrust: %s\n"
        "publisher_ca: publisher-ca.pem\nconnect_ms: 3000\nanswer_ms: %u\n",
        portal, gateway[0] != '\0' ? "gateway: " : "", gateway, r->trust != NULL ? r->trust : "publisher-ca.pem",
        r->answer_ms);
    hostile_write(&r->service, "wizard.yaml", text, r->config, sizeof r->config);
}

static pid_t spawn_worker(const char *config, int fd)
{
    char path[4096];
    char *argv[] = {path, (char[]){"--config"}, (char *)(uintptr_t)config, NULL};
    char *env[] = {NULL, NULL};
    char *asan = getenv("ASAN_OPTIONS");
    char keep[512];
    posix_spawn_file_actions_t actions;
    pid_t pid;

    snprintf(path, sizeof path, "%s/eonay-net", getenv("EONAY_BUILD"));
    if (asan != NULL) {
        snprintf(keep, sizeof keep, "ASAN_OPTIONS=%s", asan);
        env[0] = keep;
    }
    assert_int_equal(posix_spawn_file_actions_init(&actions), 0);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
#ifdef WITH_SANITIZERS /* what they find is to be read */
    posix_spawn_file_actions_adddup2(&actions, 2, 2);
#else
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
#endif
    posix_spawn_file_actions_adddup2(&actions, fd, WIRE_FD);
    assert_int_equal(posix_spawn(&pid, path, &actions, NULL, argv, env), 0);
    posix_spawn_file_actions_destroy(&actions);
    return pid;
}

enum wire_type rig_try(struct rig *r)
{
    int ends[2];

    write_config(r);
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
    r->pid = spawn_worker(r->config, ends[1]);
    close(ends[1]);
    r->fd = ends[0];
    r->job = 0;
    return rig_hear(r);
}

void rig_start(struct rig *r)
{
    assert_int_equal(rig_try(r), M_READY);
}

int rig_stop(struct rig *r)
{
    int status = -1;

    close(r->fd);
    r->fd = -1;
    assert_int_equal(waitpid(r->pid, &status, 0), r->pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void rig_fresh(struct rig *r, const char *how)
{
    if (r->fd >= 0)
        assert_int_equal(rig_stop(r), 0);
    hostile_do(&r->service, how);
    rig_start(r);
}

void rig_begin(struct rig *r, struct wire_out *out, enum wire_type type)
{
    wire_begin(out, r->out, type, ++r->job);
}

void rig_say(struct rig *r, const struct wire_out *out, int pass_fd)
{
    r->progress = 0;
    assert_int_equal(wire_send(out, r->fd, pass_fd), OK);
}

enum wire_type rig_hear(struct rig *r)
{
    struct pollfd p = {r->fd, POLLIN, 0};
    size_t len = 0;

    do {
        assert_int_equal(poll(&p, 1, PATIENCE_MS), 1);
        assert_int_equal(wire_recv(r->fd, r->in, &len, NULL), OK);
        assert_true(len > 0);
        assert_int_equal(wire_parse(r->in, len, WIRE_WORKER, WIRE_NET, &r->m), OK);
        assert_int_equal(r->m.job, r->job);
        if (r->m.type == M_PROGRESS) {
            r->progress++;
            r->progress_done = wire_get_u64(&r->m, F_DONE, 0);
        }
    } while (r->m.type == M_PROGRESS);
    return r->m.type;
}

enum wire_type rig_ask(struct rig *r, enum wire_type type)
{
    struct wire_out out;

    rig_begin(r, &out, type);
    rig_say(r, &out, -1);
    return rig_hear(r);
}

enum wire_type rig_login(struct rig *r, const char *tckn, const char *password)
{
    uint8_t header[WIRE_HEADER];
    struct secret *secret;
    struct wire_out out;

    assert_int_equal(secret_new(&secret), OK);
    for (const char *c = password; *c != '\0'; c++)
        assert_true(secret_push(secret, c, 1));
    rig_begin(r, &out, M_LOGIN);
    wire_str(&out, F_TCKN, tckn);
    rig_say(r, &out, -1);
    wire_secret_header(header, r->job);
    assert_int_equal(secret_send(secret, r->fd, header, sizeof header), OK);
    secret_free(&secret);
    return rig_hear(r);
}

enum wire_type rig_open(struct rig *r, const char *code)
{
    struct wire_out out;

    rig_begin(r, &out, M_OPEN);
    wire_str(&out, F_CODE, code);
    rig_say(r, &out, -1);
    return rig_hear(r);
}

enum wire_type rig_submit(struct rig *r, const void *cms, size_t len)
{
    struct wire_out out;

    rig_begin(r, &out, M_SUBMIT);
    wire_bytes(&out, F_CMS, cms, len);
    rig_say(r, &out, -1);
    return rig_hear(r);
}

enum wire_type rig_download(struct rig *r, int file)
{
    struct wire_out out;

    rig_begin(r, &out, M_DOWNLOAD);
    rig_say(r, &out, file);
    return rig_hear(r);
}

void rig_refused(struct rig *r, enum wire_type got, enum err_code code, uint64_t arg)
{
    enum err_code said = (enum err_code)wire_get_u64(&r->m, F_ERROR, 0);

    if (got != M_ERR)
        fail_msg("%s instead of the refusal %s", wire_name(got), note_of(code)->slug);
    if (said != code)
        fail_msg("refused as %s (%s) instead of %s", note_of(said)->slug, rig_str(r, F_DETAIL), note_of(code)->slug);
    assert_int_equal(wire_get_u64(&r->m, F_ARG, 0), arg);
}

const char *rig_str(struct rig *r, enum wire_field field)
{
    static char text[512];

    assert_true(wire_get_str(&r->m, field, text, sizeof text));
    return text;
}

const char *rig_code(void)
{
    static const uint8_t random[CODE_LEN - 1] = {7, 1, 30, 4, 22, 9, 18, 27, 3, 11, 15};
    static char code[CODE_LEN + 1];

    code_make(code, random);
    return code;
}
