/* What the commands of eonay-sandbox do. */
#include "config.h"

#include "sandbox/commands.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "base/ascii.h"
#include "sandbox/papers.h"
#include "sandbox/process.h"
#include "sandbox/serve.h"

#define READY_MS 20000
#define EONAYD "eonayd"
#define EONAYD_PID EONAYD ".pid"
#define EONAYD_URL EONAYD ".url"
#define EONAYD_LOG EONAYD ".out"
#define SERVE_LOG "eonay-sandbox.log"

static const struct kit_order ipek = {.tckn = "10000000146", .name = "İpek Işık"};

/* ---- starting ---- */

static void run_path(const struct box *b, char out[PATH_MAX], const char *file)
{
    char inside[64];
    snprintf(inside, sizeof inside, "run/%s", file);
    box_path(b, out, inside);
}

/* The last line of a log, as the reason why its program ended. */
static void add_last_words(const struct box *b, const char *log, struct err *err)
{
    char inside[64], path[PATH_MAX];
    struct buf text = BUF_INIT(1u << 20);
    snprintf(inside, sizeof inside, "log/%s", log);
    box_path(b, path, inside);
    if (buf_read_file(&text, path, NULL) == OK && text.len > 0) {
        char *line = (char *)text.data;
        if (line[text.len - 1] == '\n')
            line[text.len - 1] = '\0';
        char *last = strrchr(line, '\n');
        err_set(err, err->code, "%.200s", last != NULL ? last + 1 : line);
    }
    buf_done(&text);
}

/* Starts a program and waits until it has written its file; *ret_text is what stands there. */
static enum err_code start(
    const struct box *b, char *const argv[], const char *log, const char *ready, struct buf *ret_text, struct err *err)
{
    char path[PATH_MAX];
    pid_t pid = 0;
    run_path(b, path, ready);
    if (unlink(path) != 0 && errno != ENOENT)
        return err_set(err, ERR_FILE, "%s: %s", path, strerror(errno));
    enum err_code rc = process_start(b, argv, log, &pid, err);
    if (rc == OK)
        rc = process_await_file(b, pid, ready, READY_MS, ret_text, err);
    if (rc == ERR_WORKER_GONE)
        add_last_words(b, log, err);
    return rc;
}

static enum err_code start_serve(struct box *b, struct err *err)
{
    char self[PATH_MAX], command[] = SERVE_COMMAND;
    struct buf text = BUF_INIT(64);
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    if (n < 0)
        return err_set(err, ERR_FILE, "/proc/self/exe: %s", strerror(errno));
    self[n] = '\0';
    char *argv[] = {self, command, b->dir, NULL};
    enum err_code rc = start(b, argv, SERVE_LOG, READY_FILE, &text, err);
    buf_done(&text);
    return rc;
}

/* *ret_url: where it listens. */
static enum err_code start_service(const struct box *b, char ret_url[URL_LEN], struct err *err)
{
    char program[PATH_MAX], config[PATH_MAX], option[] = "--config";
    struct buf url = BUF_INIT(URL_LEN);
    box_path(b, config, "service.yaml");
    enum err_code rc = program_path(program, EONAYD, err);
    if (rc == OK) {
        char *argv[] = {program, option, config, NULL};
        rc = start(b, argv, EONAYD_LOG, EONAYD_URL, &url, err);
    }
    if (rc == OK)
        snprintf(ret_url, URL_LEN, "%.*s", (int)strcspn((const char *)url.data, "\n"), (const char *)url.data);
    buf_done(&url);
    return rc;
}

/* ---- people ---- */

static enum err_code load_ca(const struct box *b, const struct state *s, struct ca *ret, struct err *err)
{
    char dir[PATH_MAX], ocsp[URL_LEN + 8], depot[URL_LEN + 8];
    box_path(b, dir, "ca");
    state_urls(s, ocsp, depot);
    return ca_load(dir, ocsp, depot, ret, err);
}

static enum err_code add_person(
    const struct box *b, const struct state *s, const struct kit_order *order, struct kit *ret, struct err *err)
{
    struct ca ca;
    enum err_code rc = load_ca(b, s, &ca, err);
    if (rc != OK)
        return rc;
    rc = kit_make(b, &ca, order, ret, err);
    ca_done(&ca);
    return rc;
}

/* ---- up ---- */

static enum err_code read_settings(char *const set[], size_t count, json_t **ret, struct err *err)
{
    enum err_code rc = OK;
    json_t *settings = json_object();
    if (settings == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; rc == OK && i < count; i++)
        rc = setting_put(settings, set[i], false, err);
    if (rc == OK)
        *ret = settings;
    else
        json_decref(settings);
    return rc;
}

static enum key_kind default_key(const json_t *settings)
{
    enum key_kind kind = KEY_RSA2048;
    for (enum key_kind k = 0; key_kind_names[k] != NULL; k++)
        if (setting_is(settings, "key", key_kind_names[k]))
            kind = k;
    return kind;
}

/* eonayd chooses its port; from then on it is the same one, so that it can be started anew. */
static enum err_code raise_service(const struct box *b, struct state *s, struct err *err)
{
    enum err_code rc = papers_service(b, s, 0, err);
    if (rc == OK)
        rc = start_service(b, s->portal_url, err);
    if (rc == OK)
        rc = state_save(b, s, err);
    const char *colon = strrchr(s->portal_url, ':');
    uint64_t port = 0;
    if (rc == OK && (colon == NULL || !ascii_u64(colon + 1, 65535, &port)))
        rc = err_set(err, ERR_PROTOCOL, "eonayd told no port: %.60s", s->portal_url);
    return rc == OK ? papers_service(b, s, (unsigned)port, err) : rc;
}

static enum err_code raise(struct box *b, struct state *s, struct err *err)
{
    struct kit kit;
    struct kit_order order = ipek;
    order.key = default_key(s->settings);
    order.flaw = flaw_find("none");
    enum err_code rc = state_save(b, s, err);
    if (rc == OK)
        rc = start_serve(b, err);
    state_done(s);
    if (rc == OK)
        rc = state_load(b, s, err);
    if (rc == OK)
        rc = add_person(b, s, &order, &kit, err);
    if (rc == OK)
        rc = raise_service(b, s, err);
    return rc == OK ? papers_main(b, s, &kit, err) : rc;
}

static enum err_code summarise(const struct box *b, const struct state *s, struct buf *out)
{
    return buf_fmt(out,
        "TEST sandbox is up in %s\n  portal   %s\n  gateway  %s\n  ocsp     %s/ocsp\n  tsa      %s/tsa\n"
        "  person   %s %s\n  variables in %s/env\n",
        b->dir, s->portal_url, s->gateway_url, s->status_url, s->status_url, ipek.tckn, ipek.name, b->dir);
}

enum err_code command_up(const char *dir, char *const set[], size_t count, struct buf *out, struct err *err)
{
    struct box b = {.lock_fd = -1};
    struct state s = {.settings = NULL};
    enum err_code rc = read_settings(set, count, &s.settings, err);
    if (rc == OK)
        rc = box_claim(dir, &b, err);
    if (rc == OK && process_any(&b))
        rc = err_set(err, ERR_ALREADY, "the sandbox in %s is already up", b.dir);
    else if (rc == OK) {
        rc = box_renew(&b, err);
        if (rc == OK)
            rc = raise(&b, &s, err);
        if (rc == OK)
            rc = summarise(&b, &s, out);
        if (rc != OK && process_end_all(&b, NULL) != OK)
            rc = ERR_INTERNAL; /* and err still says what went wrong first */
    }
    state_done(&s);
    box_done(&b);
    return rc;
}

/* ---- the others ---- */

/* Opened and locked. */
static enum err_code enter(const char *dir, struct box *ret, struct err *err)
{
    enum err_code rc = box_open(dir, ret, err);
    return rc == OK ? box_lock(ret, err) : rc;
}

/* Opened, locked, and its state read. */
static enum err_code enter_ready(const char *dir, struct box *ret, struct state *ret_state, struct err *err)
{
    enum err_code rc = enter(dir, ret, err);
    return rc == OK ? state_load(ret, ret_state, err) : rc;
}

static void forget_pids(const struct box *b)
{
    static const char *const files[] = {READY_FILE, EONAYD_PID, EONAYD_URL};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char path[PATH_MAX];
        run_path(b, path, files[i]);
        (void)unlink(path);
    }
}

enum err_code command_down(const char *dir, struct err *err)
{
    struct box b;
    enum err_code rc = enter(dir, &b, err);
    if (rc == OK)
        rc = process_end_all(&b, err);
    if (rc == OK)
        forget_pids(&b);
    box_done(&b);
    return rc;
}

enum err_code command_clock(const char *dir, const char *by, struct err *err)
{
    struct box b;
    uint64_t seconds = 0;
    if (by[0] != '+' || !ascii_u64(by + 1, INT32_MAX, &seconds))
        return err_set(err, ERR_BAD_REQUEST, "\"%.40s\" is not of the form +SECONDS", by);
    enum err_code rc = enter(dir, &b, err);
    if (rc == OK)
        rc = box_clock_move(&b, (int64_t)seconds, err);
    box_done(&b);
    return rc;
}

enum err_code command_person(const char *dir, const struct kit_order *order, struct buf *out, struct err *err)
{
    struct box b;
    struct state s = {.settings = NULL};
    struct kit kit;
    enum err_code rc = enter_ready(dir, &b, &s, err);
    if (rc == OK)
        rc = add_person(&b, &s, order, &kit, err);
    if (rc == OK)
        rc = papers_person(&b, &s, &kit, out, err);
    state_done(&s);
    box_done(&b);
    return rc;
}

enum err_code command_set(const char *dir, char *const set[], size_t count, struct err *err)
{
    struct box b;
    struct state s = {.settings = NULL};
    enum err_code rc = enter_ready(dir, &b, &s, err);
    for (size_t i = 0; rc == OK && i < count; i++)
        rc = setting_put(s.settings, set[i], true, err);
    if (rc == OK)
        rc = state_save(&b, &s, err);
    state_done(&s);
    box_done(&b);
    return rc;
}

enum err_code command_service(const char *dir, struct err *err)
{
    struct box b;
    char url[URL_LEN];
    enum err_code rc = enter(dir, &b, err);
    if (rc == OK)
        rc = start_service(&b, url, err);
    box_done(&b);
    return rc;
}
