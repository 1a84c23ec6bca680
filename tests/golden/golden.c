/* Golden pictures: every scene in both languages, as the full screen draws it (standard and reader look) and as the
 * plain face says it, against the files beside this one. No terminal, no locale of the machine: the catalogue is the
 * build folder's. A cell drawn outside the canvas, or an item that did not fit into the view, is a failure. With
 * GOLDEN_UPDATE set the files are written anew. */
#include "config.h"

#include <limits.h>
#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "tests/golden/scenes.h"
#include "ui/face.h"
#include "ui/focus.h"

struct variant {
    const char *folder;
    enum flow_look look;
    bool plain;
    int rows, cols;
};

static const struct variant variants[] = {
    {"standard", LOOK_STANDARD, false, 24, 80},
    {"standard", LOOK_STANDARD, false, 43, 132},
    {"standard", LOOK_STANDARD, false, 10, 60},
    {"reader", LOOK_READER, false, 24, 80},
    {"reader", LOOK_READER, false, 43, 132},
    {"plain", LOOK_STANDARD, true, 0, 0},
};

static char top[PATH_MAX]; /* of the source tree */
static unsigned count, failures;

/* --- pictures ---------------------------------------------------------------------------------------------------- */

/* Returns how much was clipped. */
static size_t draw(const struct variant *how, const struct scene *s, const struct view *v, FILE *out)
{
    static struct layout l;
    struct focus_state focus = {.begun = false};
    if (!layout_make(&l, v, s, how->rows, how->cols))
        abort();
    focus_settle(&focus, &l, v, s);
    l.top = 0;
    layout_draw(&l, v, focus.stop, focus.line);
    canvas_dump(&l.window, out);
    fprintf(out, "-- cursor %d %d\n", l.cursor_row, l.cursor_col);
    size_t clipped = l.window.clipped;
    layout_done(&l);
    return clipped;
}

static void copy_file(int fd, FILE *out)
{
    char bytes[4096];
    ssize_t n;
    (void)lseek(fd, 0, SEEK_SET);
    while ((n = read(fd, bytes, sizeof bytes)) > 0)
        fwrite(bytes, 1, (size_t)n, out);
}

/* As a person at a terminal hears it: a pipe is not asked what is not on its way. */
static size_t speak(const struct scene *s, const struct view *v, FILE *out)
{
    struct face *face = NULL;
    FILE *said = tmpfile();
    int person, terminal;
    if (said == NULL || openpty(&person, &terminal, NULL, NULL, NULL) != 0 ||
        face_plain_new(&face, terminal, fileno(said), NULL) != OK)
        abort();
    face->ops->show(face, s, v);
    face->ops->free(&face);
    (void)close(terminal);
    (void)close(person);
    copy_file(fileno(said), out);
    fclose(said);
    return v->clipped;
}

static size_t take(const struct scene_case *c, enum lang lang, const struct variant *how, FILE *out)
{
    static struct stage stage;
    static struct view view;
    stage_init(&stage);
    c->fill(&stage);
    i18n_set(lang);
    stage.flow.look = how->look;
    stage.flow.english = lang == LANG_EN;
    struct scene s = {
        .flow = &stage.flow, .facts = &stage.facts, .form = &stage.form, .now_ms = stage.now_ms, .plain = how->plain};
    view_compose(&view, screen_of(stage.flow.state), &s);
    return how->plain ? speak(&s, &view, out) : draw(how, &s, &view, out);
}

/* --- files ------------------------------------------------------------------------------------------------------- */

static void file_of(char out[PATH_MAX], const struct scene_case *c, enum lang lang, const struct variant *how)
{
    char size[32] = "";
    if (!how->plain)
        snprintf(size, sizeof size, ".%dx%d", how->cols, how->rows);
    int n = snprintf(out, PATH_MAX, "%s/tests/golden/%s/%s.%s%s.txt", top, how->folder, c->name,
        lang == LANG_TR ? "tr" : "en", size);
    if (n < 0 || n >= PATH_MAX)
        abort();
}

static void update(const char *path, const char *picture, size_t len)
{
    struct buf b = BUF_INIT(1 << 20);
    struct err err = {0};
    if (buf_add(&b, picture, len) != OK || buf_write_file(&b, path, 0644, &err) != OK) {
        fprintf(stderr, "golden: %s\n", err.detail);
        exit(1);
    }
    buf_done(&b);
}

static bool is_same(const char *path, const char *picture, size_t len)
{
    struct buf b = BUF_INIT(1 << 20);
    bool same = buf_read_file(&b, path, NULL) == OK && b.len == len && memcmp(b.data, picture, len) == 0;
    buf_done(&b);
    return same;
}

static void report(const char *path, bool ok, size_t clipped, const char *picture)
{
    printf("%s %u - %s\n", ok && clipped == 0 ? "ok" : "not ok", ++count, path + strlen(top) + 1);
    if (ok && clipped == 0)
        return;
    failures++;
    printf("# clipped=%zu, now it is:\n", clipped);
    for (const char *line = picture; *line != '\0';) {
        size_t len = strcspn(line, "\n");
        printf("# | %.*s\n", (int)len, line);
        line += len + (line[len] != '\0');
    }
}

/* Too small a window shows the same whatever the scene: one scene is enough. */
static bool is_wanted(const struct scene_case *c, const struct variant *how)
{
    bool small = strcmp(c->name, "small") == 0;
    return how->plain ? !small : small == (how->rows == 10) && !(small && how->look == LOOK_READER);
}

static void check(const struct scene_case *c, enum lang lang, const struct variant *how, bool updating)
{
    char path[PATH_MAX], *picture = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&picture, &len);
    if (out == NULL)
        abort();
    size_t clipped = take(c, lang, how, out);
    fclose(out);
    file_of(path, c, lang, how);
    if (updating)
        update(path, picture, len);
    report(path, is_same(path, picture, len), clipped, picture);
    free(picture);
}

/* The sources of the build are links: new files belong where those point. */
static bool find_top(void)
{
    char here[PATH_MAX], real[PATH_MAX];
    const char *src = getenv("EONAY_SRC");
    snprintf(here, sizeof here, "%s/tests/golden/scenes.c", src != NULL ? src : ".");
    if (realpath(here, real) == NULL)
        return false;
    real[strlen(real) - strlen("/tests/golden/scenes.c")] = '\0';
    snprintf(top, sizeof top, "%s", real);
    return true;
}

int main(void)
{
    char locale[PATH_MAX + 64];
    const char *build = getenv("EONAY_BUILD");
    bool updating = getenv("GOLDEN_UPDATE") != NULL;
    if (!find_top()) {
        printf("Bail out! no sources\n");
        return 1;
    }
    snprintf(locale, sizeof locale, "%s/locale", build != NULL ? build : ".");
    (void)setenv("LC_ALL", "C.UTF-8", 1);
    i18n_init_at(LANG_TR, locale);
    static const char *const folders[] = {"standard", "reader", "plain"};
    for (size_t i = 0; i < 3 && updating; i++) {
        snprintf(locale, sizeof locale, "%s/tests/golden/%s", top, folders[i]);
        (void)mkdir(locale, 0755);
    }
    for (size_t c = 0; c < scene_case_count; c++)
        for (size_t v = 0; v < sizeof variants / sizeof variants[0]; v++)
            for (int lang = LANG_TR; lang <= LANG_EN && is_wanted(&scene_cases[c], &variants[v]); lang++)
                check(&scene_cases[c], (enum lang)lang, &variants[v], updating);
    printf("1..%u\n", count);
    return failures > 0;
}
