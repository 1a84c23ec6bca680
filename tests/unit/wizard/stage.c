#include "config.h"
#include "stage.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/when.h"

#define PATIENCE_MS 20000

static struct stage *on_stage;

struct player {
    struct face face;
    const struct cue *script;
    size_t cues, at, typed;
    size_t shown; /* since the last wait */
    bool waited;  /* this is the first reading after it */
    bool key;     /* ... and there was input */
    uint64_t until_ms;
    struct wizard *wizard;
};

/* --- the face -------------------------------------------------------------------------------------------------------
 */

static struct player *player_of(const struct face *f)
{
    return (struct player *)(uintptr_t)f;
}

static void show(struct face *f, const struct scene *s, const struct view *v)
{
    (void)s, (void)v;
    player_of(f)->shown++;
}

static bool comes(const struct player *p, const struct cue *c, const struct scene *s)
{
    return (!c->key || p->key) && s->flow->state == c->at && (!c->card_up || s->flow->token_up) &&
           (c->note == OK || s->flow->note == c->note);
}

/* One character a call, as a keyboard gives them. */
static bool type_secret(
    struct player *p, const char *word, struct secret *into, enum event_kind kind, struct event *ret)
{
    if (word == NULL || p->typed >= strlen(word))
        return false;
    (void)!secret_push(into, word + p->typed, 1);
    p->typed++;
    *ret = (struct event){.kind = kind, .value = (uint32_t)secret_chars(into), .now_ms = ret->now_ms};
    return true;
}

static bool type_plain(struct player *p, const struct cue *c, struct form *form, struct event *ret)
{
    if (p->typed > 0 || (c->tckn == NULL && c->code == NULL))
        return false;
    p->typed = 1;
    char *field = c->tckn != NULL ? form->tckn : form->code;
    size_t len = c->tckn != NULL ? sizeof form->tckn : sizeof form->code;
    snprintf(field, len, "%s", c->tckn != NULL ? c->tckn : c->code);
    ret->kind = c->tckn != NULL ? EV_TCKN : EV_CODE;
    ret->value = (uint32_t)strlen(field);
    ret->flags = FLAG_FITS;
    return true;
}

void stage_knock(struct wizard *w)
{
    (void)eventfd_write(w->face->input_fd, 1);
}

static bool act(struct face *f, const struct scene *s, const struct view *v, struct desk *desk, struct event *ret)
{
    struct player *p = player_of(f);
    (void)v;
    const struct cue *c = &p->script[p->at];
    if (p->at >= p->cues || (p->typed == 0 && !comes(p, c, s)) || s->flow->state != c->at) /* typing changes notes */
        return false;
    if (type_secret(p, c->pin, desk->pin, EV_PIN, ret) ||
        type_secret(p, c->password, desk->password, EV_PASSWORD, ret) || type_plain(p, c, desk->form, ret))
        return true;
    p->at++;
    p->typed = 0;
    on_stage->played = p->at;
    if (c->then != NULL)
        c->then(p->wizard);
    struct event ev = c->ev;
    ev.now_ms = ret->now_ms;
    *ret = ev;
    return true;
}

static bool play(struct face *f, const struct scene *s, const struct view *v, struct desk *desk, struct event *ret)
{
    struct player *p = player_of(f);
    eventfd_t knocks;
    p->key = p->waited && eventfd_read(f->input_fd, &knocks) == 0;
    on_stage->keys += p->key;
    on_stage->at_once += p->key && p->shown == 0;
    p->waited = !act(f, s, v, desk, ret);
    if (p->waited)
        p->shown = 0;
    return !p->waited;
}

static uint64_t wake_ms(const struct face *f, const struct scene *s)
{
    struct player *p = player_of(f);
    if (s->now_ms > p->until_ms)
        p->wizard->done = true; /* the script did not get on */
    return p->until_ms + 1;
}

static void say(struct face *f, const char *sentence)
{
    size_t n = strlen(on_stage->said);
    (void)f;
    snprintf(on_stage->said + n, sizeof on_stage->said - n, "%s\n", sentence);
}

static void bell(struct face *f)
{
    (void)f;
    on_stage->bells++;
}

static bool copy(struct face *f, const char *text)
{
    (void)f;
    snprintf(on_stage->copied, sizeof on_stage->copied, "%s", text);
    return true;
}

static void suspend(struct face *f)
{
    (void)f;
}

static void drop(struct face **f)
{
    close((*f)->input_fd);
    *f = NULL;
}

static const struct face_ops ops = {.show = show,
    .read = play,
    .wake_ms = wake_ms,
    .say = say,
    .bell = bell,
    .copy = copy,
    .suspend = suspend,
    .free = drop};

/* --- the world -------------------------------------------------------------------------------------------------------
 */

static void path_in(char out[200], const char *name)
{
    snprintf(out, 200, "%s/%s", on_stage->folder, name);
}

static void write_file(const char *name, const char *text)
{
    char path[200];
    path_in(path, name);
    FILE *out = fopen(path, "we");
    if (out == NULL)
        abort();
    fputs(text, out);
    fclose(out);
}

void stage_touch(const char *name)
{
    write_file(name, "");
}

void stage_remove(const char *name)
{
    char path[200];
    path_in(path, name);
    (void)unlink(path);
}

const char *stage_read(const struct stage *s, const char *name)
{
    static char text[16384];
    char path[200];
    snprintf(path, sizeof path, "%s/%s", s->folder, name);
    text[0] = '\0';
    FILE *in = fopen(path, "re");
    if (in == NULL)
        return text;
    size_t n = fread(text, 1, sizeof text - 1, in);
    text[n] = '\0';
    fclose(in);
    return text;
}

size_t stage_count(const char *text, const char *word)
{
    size_t n = 0;
    for (const char *at = strstr(text, word); at != NULL; at = strstr(at + 1, word))
        n++;
    return n;
}

void stage_open(struct stage *s, const char *net_mode, const char *token_mode, size_t modules, const char *settings)
{
    char yaml[2048];
    *s = (struct stage){.folder = "/tmp/eonay-stage.XXXXXX"};
    on_stage = s;
    if (mkdtemp(s->folder) == NULL)
        abort();
    int n = snprintf(yaml, sizeof yaml,
        "portal: https://127.0.0.1:1\ntls_ca: /dev/null\nservice: deneme\ntrust: /dev/null\ndownload_dir: %s\n"
        "known_texts: [%s]\n%s%smodules:\n",
        s->folder, "a7b947bcbbf73a62ba3605c1f2233c6d99ce00e5f4c0b958ca3ea512f9c4c478",
        strstr(settings, "gateway:") ? "" : "gateway: https://127.0.0.1:2\n", settings);
    for (size_t i = 0; i < modules; i++)
        n += snprintf(yaml + n, sizeof yaml - (size_t)n, "  - path: /nowhere/%zu.so\n", i);
    write_file("wizard.yaml", yaml);
    write_file("net.mode", net_mode);
    write_file("token.mode", token_mode);
}

bool stage_play(struct stage *s, struct options options, const struct cue *script, size_t cues)
{
    char config[200];
    struct wizard *w = calloc(1, sizeof *w);
    struct player p = {.face = {.ops = &ops, .input_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)},
        .script = script,
        .cues = cues,
        .until_ms = when_boot_ms() + PATIENCE_MS,
        .wizard = w};
    if (w == NULL)
        abort();
    path_in(config, "wizard.yaml");
    options.config = config;
    s->status = -1;
    bool opened = wizard_open(w, &options, &p.face, &s->status);
    if (opened)
        s->status = wizard_run(w);
    bool ended = w->flow.exited;
    if (opened && !ended)
        printf("# stuck at %s, note %d, after %zu cues\n", flow_state_name(w->flow.state), (int)w->flow.note, p.at);
    wizard_close(w);
    free(w);
    return ended;
}

void stage_close(struct stage *s)
{
    char command[100];
    snprintf(command, sizeof command, "rm -rf '%s'", s->folder);
    if (system(command) != 0)
        printf("# %s stays\n", s->folder);
}
