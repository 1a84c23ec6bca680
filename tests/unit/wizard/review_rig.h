/* A shell without a terminal and without processes: the test holds the other ends of the workers' sockets. */
#ifndef EONAY_TESTS_WIZARD_REVIEW_RIG_H
#define EONAY_TESTS_WIZARD_REVIEW_RIG_H

#include "unit/base/unit.h"
#include "wizard/wizard.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>

#define NOW_MS 1000000

struct rig {
    struct wizard w;
    int net, token[MODULES_MAX]; /* the workers' ends */
    uint8_t frame[WIRE_MAX];
};

/* A connected worker: its end. */
static inline int rig_connect(struct worker *w)
{
    int pair[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair), 0);
    w->fd = pair[0];
    w->ready = true;
    return pair[1];
}

static inline struct rig *rig_new(size_t modules)
{
    struct rig *r = calloc(1, sizeof *r);
    assert_non_null(r);
    struct wizard *w = &r->w;
    w->signal_fd = w->keeping.fd = w->printing.fd = -1;
    w->text = BUF_INIT(16384);
    w->cms = BUF_INIT(49152);
    w->facts.text = "";
    w->desk.form = &w->form;
    w->flow = flow_init();
    w->modules = modules;
    assert_int_equal(secret_new(&w->desk.pin), OK);
    for (size_t i = 0; i < PART_COUNT; i++)
        assert_int_equal(secret_new(&w->desk.parts[i]), OK);
    assert_int_equal(secret_new(&w->desk.password), OK);
    w->net = (struct worker){.kind = WIRE_NET, .config = "", .fd = -1};
    r->net = rig_connect(&w->net);
    w->doctor = (struct worker){.kind = WIRE_DOCTOR, .config = "", .fd = -1};
    for (size_t i = 0; i < modules; i++) {
        w->tokens[i] = (struct worker){.kind = WIRE_TOKEN, .config = "", .module = i, .fd = -1};
        r->token[i] = rig_connect(&w->tokens[i]);
    }
    return r;
}

static inline void rig_free(struct rig *r)
{
    close(r->net);
    for (size_t i = 0; i < r->w.modules; i++)
        close(r->token[i]);
    free(r->w.settings.known_texts.v);
    r->w.settings = (struct settings){0}; /* borrowed strings of the test */
    wizard_close(&r->w);
    free(r);
}

/* A worker says what is in `out`; the shell reads it. */
static inline void rig_say(struct rig *r, struct worker *to, int from, const struct wire_out *out)
{
    assert_int_equal(wire_send(out, from, -1), OK);
    inbox_read(&r->w, to, NOW_MS);
}

static inline void rig_say_net(struct rig *r, const struct wire_out *out)
{
    rig_say(r, &r->w.net, r->net, out);
}

static inline struct event rig_event(struct rig *r)
{
    assert_true(r->w.queued > 0);
    struct event ev = r->w.queue[0];
    memmove(r->w.queue, r->w.queue + 1, --r->w.queued * sizeof ev);
    return ev;
}

/* What the shell told a worker; false when there is nothing. */
static inline bool rig_hear(struct rig *r, int end, enum wire_worker kind, struct wire_msg *ret)
{
    size_t len = 0;
    if (wire_recv(end, r->frame, &len, NULL) != OK || len == 0)
        return false;
    assert_int_equal(wire_parse(r->frame, len, WIRE_UI, kind, ret), OK);
    return true;
}

static inline size_t rig_open_fds(void)
{
    size_t n = 0;
    DIR *d = opendir("/proc/self/fd");
    assert_non_null(d);
    while (readdir(d) != NULL)
        n++;
    closedir(d);
    return n;
}

/* A whole list of one module: refs are 32 times the letter; a to h cannot sign. */
static inline void rig_say_cards(struct rig *r, size_t module, const char *letters)
{
    struct wire_out out;
    uint8_t ref[32];
    size_t n = strlen(letters);
    struct worker *worker = &r->w.tokens[module];
    wire_begin(&out, r->frame, M_CARDS, 0);
    wire_u64(&out, F_COUNT, n);
    wire_u64(&out, F_CARDS, n > 0);
    wire_u64(&out, F_READERS, 1);
    rig_say(r, worker, r->token[module], &out);
    for (size_t i = 0; i < n; i++) {
        memset(ref, letters[i], sizeof ref);
        wire_begin(&out, r->frame, M_CERT, 0);
        wire_u64(&out, F_INDEX, i);
        wire_bytes(&out, F_CERT, ref, sizeof ref);
        wire_u64(&out, F_REASON, strchr("abcdefgh", letters[i]) != NULL ? 1 : 0);
        wire_u64(&out, F_PIN_MIN, 4 + module);
        rig_say(r, worker, r->token[module], &out);
    }
}

#endif
