#include "config.h"
#include "storm/keys.h"

#include <sys/eventfd.h>
#include <unistd.h>

static struct keys_face *self(const struct face *f)
{
    return (struct keys_face *)(uintptr_t)f;
}

static void show(struct face *face, const struct scene *s, const struct view *v)
{
    struct keys_face *f = self(face);
    if (!layout_make(&f->layout, v, s, f->rows, f->cols))
        return;
    if (!f->layout.small)
        focus_settle(&f->focus, &f->layout, v, s);
    if (f->focus.new_page)
        f->end_told = false;
    layout_draw(&f->layout, v, f->focus.stop, f->focus.line);
}

/* The order of the full-screen face: the size, the end of the text, then the keys. */
static bool read_keys(
    struct face *face, const struct scene *s, const struct view *v, struct desk *desk, struct event *ret)
{
    struct keys_face *f = self(face);
    struct press press = {0};
    bool large = f->rows >= LAYOUT_MIN_ROWS && f->cols >= LAYOUT_MIN_COLS;
    if (large != f->large_told) {
        f->large_told = large;
        *ret = (struct event){.kind = EV_SIZE, .value = large, .now_ms = s->now_ms};
        return true;
    }
    if (!f->end_told && !s->flow->text_end && layout_sees_document_end(&f->layout)) {
        f->end_told = true;
        *ret = (struct event){.kind = EV_TEXT_END, .now_ms = s->now_ms};
        return true;
    }
    if (!f->hand(f, s, v, desk, &press))
        return false;
    struct act a = {.focus = &f->focus, .layout = &f->layout, .scene = s, .view = v, .desk = desk, .paste = &f->paste};
    *ret = act_press(&a, &press);
    ret->now_ms = s->now_ms;
    return true;
}

static uint64_t wake_ms(const struct face *f, const struct scene *s)
{
    (void)s;
    return self(f)->wake_ms;
}

static void say(struct face *f, const char *sentence)
{
    (void)f, (void)sentence;
}

static bool copy(struct face *f, const char *text)
{
    (void)f, (void)text;
    return true;
}

static void nothing(struct face *f)
{
    (void)f;
}

static void drop(struct face **f)
{
    close((*f)->input_fd);
    layout_done(&self(*f)->layout);
    *f = NULL;
}

static const struct face_ops ops = {.show = show,
    .read = read_keys,
    .wake_ms = wake_ms,
    .say = say,
    .bell = nothing,
    .copy = copy,
    .suspend = nothing,
    .free = drop};

void keys_face_open(struct keys_face *f)
{
    *f = (struct keys_face){0};
    f->face = (struct face){.ops = &ops, .input_fd = eventfd(0, EFD_CLOEXEC)};
    f->rows = 24;
    f->cols = 80;
    f->large_told = true;
}

static bool point_at(struct keys_face *f, const struct view *v, size_t item)
{
    size_t stop = focus_stop_of(&f->layout, item);
    if (stop == f->layout.stop_count)
        return false;
    focus_put(&f->focus, &f->layout, v, stop, 0);
    return true;
}

bool keys_face_point(struct keys_face *f, const struct view *v, enum choice wish)
{
    for (size_t i = 0; i < v->count; i++)
        if (v->items[i].choice == wish && !(v->items[i].flags & ITEM_DISABLED) && point_at(f, v, i))
            return true;
    return false;
}

bool keys_face_point_field(struct keys_face *f, const struct view *v, enum field_id field)
{
    for (size_t i = 0; i < v->count; i++)
        if (v->items[i].field == field && point_at(f, v, i))
            return true;
    return false;
}
