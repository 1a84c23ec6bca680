#include "ui/keymap.h"

#include <string.h>

#include "base/i18n.h"
#include "base/text.h"
#include "ui/view.h"

const struct keybind keymap_plain[] = {
    {.key = UK_ENTER, .name = "Enter", .label = N_("Choose")},
    {.key = UK_ESC, .event = EV_BACK, .name = "Esc", .label = N_("Back")},
    {0},
};

const struct keybind keymap_common[] = {
    {.key = UK_F1, .event = EV_HELP, .name = "F1", .label = N_("Help")},
    {.key = UK_F2, .event = EV_LANG, .name = "F2", .label = N_("Türkçe")},
    {.key = UK_F3,
        .event = EV_LOOK,
        .name = "F3",
        .label = N_("Look"),
        .help = N_("Look (standard, reader, high contrast)")},
    {.key = UK_F4,
        .event = EV_TIME,
        .name = "F4",
        .label = N_("Time"),
        .help = N_("Tells the time left and extends it")},
    {.key = '?', .event = EV_HELP},
    {.key = 't', .event = EV_TIME},
    {.key = UK_CTRL_C, .event = EV_LEAVE, .name = "Ctrl-C", .help = N_("key|Leave")},
    {.key = UK_ESC, .event = EV_BACK},
    {.key = UK_NONE},
};

static const struct keybind *find_in(const struct keybind *table, int key)
{
    for (; table != NULL && table->key != UK_NONE; table++)
        if (table->key == key)
            return table;
    return NULL;
}

const struct keybind *keymap_find(const struct view *v, int key)
{
    const struct keybind *k = find_in(v->keys, key);
    return k != NULL ? k : find_in(keymap_common, key);
}

const struct keybind *keymap_own(const struct view *v, int key)
{
    return find_in(v->keys, key);
}

static bool has_timer(const struct view *v)
{
    for (size_t i = 0; i < v->count; i++)
        if (v->items[i].role == ROLE_TIMER)
            return true;
    return false;
}

static size_t add_hints(struct hint hints[HINTS_MAX], size_t n, const struct keybind *table, bool with_time)
{
    for (; table != NULL && table->key != UK_NONE; table++)
        if (table->label != NULL && n < HINTS_MAX && (with_time || table->key != UK_F4))
            hints[n++] = (struct hint){table, tr(table->label), 0, 0};
    return n;
}

static int place_hints(struct hint hints[HINTS_MAX], size_t n)
{
    int col = 0;
    for (size_t i = 0; i < n; i++) {
        hints[i].col = col;
        hints[i].width = (int)(strlen(hints[i].bind->name) + 1 + text_width(hints[i].label));
        col += hints[i].width + 2;
    }
    return n > 0 ? col - 2 : 0;
}

/* Help names all keys, so it stays; of the screen's own keys those that people know last longest. */
static size_t drop_hint(struct hint hints[HINTS_MAX], size_t n)
{
    static const int first_to_go[] = {UK_F3, UK_F2, UK_TAB, UK_DEL, UK_F4};
    size_t gone = n;
    for (size_t k = 0; gone == n && k < sizeof first_to_go / sizeof first_to_go[0]; k++)
        for (size_t i = 0; i < n; i++)
            gone = hints[i].bind->key == first_to_go[k] ? i : gone;
    for (size_t i = 0; gone == n && i < n; i++)
        if (hints[i].bind->key != UK_F1 && hints[i].bind->key != UK_ESC)
            gone = i;
    gone = gone < n ? gone : n - 1;
    memmove(&hints[gone], &hints[gone + 1], (n - gone - 1) * sizeof hints[0]);
    return n - 1;
}

size_t keymap_footer(const struct view *v, int width, struct hint hints[HINTS_MAX])
{
    size_t n = add_hints(hints, 0, v->keys, true);
    n = add_hints(hints, n, keymap_common, has_timer(v));
    while (place_hints(hints, n) > width)
        n = drop_hint(hints, n);
    return n;
}
