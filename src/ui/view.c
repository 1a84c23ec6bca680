/* Writing a view: strings into its arena, items into its list. Nothing here fails; what does not fit is counted. */
#include "ui/view.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/i18n.h"

/* Room for len bytes and a NUL; NULL when the arena is full. */
static char *arena_take(struct view *v, size_t len)
{
    if (len + 1 > sizeof v->arena - v->used) {
        v->clipped++;
        return NULL;
    }
    char *room = v->arena + v->used;
    v->used += len + 1;
    room[len] = '\0';
    return room;
}

const char *view_keep(struct view *v, const char *s)
{
    if (s == NULL || s[0] == '\0')
        return "";
    size_t len = strlen(s);
    char *kept = arena_take(v, len);
    if (kept == NULL)
        return "";
    memcpy(kept, s, len);
    return kept;
}

const char *view_fmt(struct view *v, const char *fmt, ...)
{
    size_t room = sizeof v->arena - v->used;
    va_list args;
    va_start(args, fmt);
    int len = vsnprintf(v->arena + v->used, room, fmt, args);
    va_end(args);
    if (len < 0 || (size_t)len >= room) {
        v->clipped++;
        return "";
    }
    const char *kept = v->arena + v->used;
    v->used += (size_t)len + 1;
    return kept;
}

const char *view_put(struct view *v, const char *text, const char *key, const char *value)
{
    size_t key_len = strlen(key);
    for (const char *p = strchr(text, '{'); p != NULL; p = strchr(p + 1, '{'))
        if (strncmp(p + 1, key, key_len) == 0 && p[1 + key_len] == '}')
            return view_fmt(v, "%.*s%s%s", (int)(p - text), text, value, p + key_len + 2);
    return view_keep(v, text);
}

static bool is_acted_on(enum role role)
{
    switch (role) {
    case ROLE_CHOICE:
    case ROLE_BUTTON:
    case ROLE_METHOD:
    case ROLE_FIELD:
    case ROLE_SECRET:
    case ROLE_DOCUMENT:
    case ROLE_COMBO:
    case ROLE_OPTION:
    case ROLE_TIMER:
        return true;
    default:
        return false;
    }
}

/* A full view gives its last item again: callers may write to it, and `clipped` tells. */
struct item *view_item(struct view *v, enum role role, unsigned flags, const char *label, const char *value)
{
    if (v->count == VIEW_ITEMS) {
        v->clipped++;
        v->count--;
    }
    struct item *i = &v->items[v->count++];
    *i = (struct item){.role = role, .flags = flags | (is_acted_on(role) ? ITEM_FOCUS : 0)};
    i->label = view_keep(v, label);
    i->value = view_keep(v, value);
    return i;
}

void view_text(struct view *v, unsigned flags, const char *text)
{
    view_item(v, ROLE_TEXT, flags, text, "");
}

void view_heading(struct view *v, unsigned flags, const char *text)
{
    view_item(v, ROLE_HEADING, flags, text, "");
}

void view_bullet(struct view *v, const char *text)
{
    view_item(v, ROLE_BULLET, 0, text, "");
}

void view_step(struct view *v, const char *text)
{
    view_item(v, ROLE_STEP, 0, text, "");
}

struct item *view_fact(struct view *v, unsigned flags, const char *label, const char *value)
{
    return view_item(v, ROLE_FACT, flags, label, value);
}

struct item *view_choice(struct view *v, unsigned flags, const char *msgid, enum choice choice, uint32_t value)
{
    struct item *i = view_item(v, ROLE_CHOICE, flags, tr(msgid), "");
    i->choice = choice;
    i->choice_value = value;
    i->msgid = msgid;
    return i;
}

struct item *view_button(struct view *v, unsigned flags, const char *msgid, enum choice choice)
{
    struct item *i = view_choice(v, flags, msgid, choice, 0);
    i->role = ROLE_BUTTON;
    return i;
}

/* What Enter does in the last field of a page; the number goes on to the password, the old PIN to the new one. */
static const enum choice field_choices[] = {
    [FIELD_CODE] = CH_NEXT,
    [FIELD_PASSWORD] = CH_SIGN_IN,
    [FIELD_PIN] = CH_SIGN,
    [FIELD_PIN_AGAIN] = CH_CHANGE_PIN,
    [FIELD_PATH] = CH_SAVE,
};

static struct item *add_field(
    struct view *v, enum role role, unsigned flags, const char *msgid, enum field_id field, const char *value)
{
    struct item *i = view_item(v, role, flags, tr(msgid), value);
    i->field = field;
    i->choice = field_choices[field];
    i->msgid = msgid;
    return i;
}

struct item *view_field(
    struct view *v, unsigned flags, const char *msgid, enum field_id field, const char *value, uint16_t width)
{
    struct item *i = add_field(v, ROLE_FIELD, flags, msgid, field, value);
    i->width = width;
    return i;
}

struct item *view_secret(
    struct view *v, unsigned flags, const char *msgid, enum field_id field, size_t stars, uint16_t width)
{
    struct item *i = add_field(v, ROLE_SECRET, flags, msgid, field, "");
    i->count = (uint32_t)stars;
    i->width = width;
    return i;
}

const struct item *view_find_focus(const struct view *v, enum focus focus)
{
    for (size_t i = 0; i < v->count && focus != FOCUS_DEFAULT; i++)
        if (v->items[i].focus == focus)
            return &v->items[i];
    return NULL;
}
