#include "ui/spoken.h"

#include <stdio.h>
#include <string.h>

#include "base/ascii.h"
#include "base/i18n.h"

static bool is_numbered(const struct item *i)
{
    if (i->role == ROLE_OPTION)
        return !(i->flags & ITEM_DISABLED);
    return i->role == ROLE_CHOICE || i->role == ROLE_METHOD;
}

unsigned item_number(const struct view *v, size_t index)
{
    if (!is_numbered(&v->items[index]))
        return 0;
    unsigned n = 0;
    for (size_t i = 0; i <= index; i++)
        if (v->items[i].role == v->items[index].role && is_numbered(&v->items[i]))
            n++;
    return n;
}

bool item_shows_number(const struct view *v, size_t index)
{
    for (size_t i = 0; i < v->count; i++)
        if (v->items[i].role == ROLE_STEP)
            return false;
    return v->items[index].role != ROLE_METHOD && item_number(v, index) != 0;
}

unsigned item_step(const struct view *v, size_t index)
{
    unsigned n = 0;
    for (size_t i = 0; i <= index; i++)
        n = v->items[i].role == ROLE_STEP ? n + 1 : 0;
    return n;
}

void code_in_groups(char *out, size_t out_len, const char *code, const char *between)
{
    size_t at = 0, symbols = 0;
    for (; *code != '\0' && at + strlen(between) + 2 < out_len; code++) {
        if (!ascii_is_alnum(*code))
            continue;
        if (symbols > 0 && symbols % 4 == 0)
            at += (size_t)snprintf(out + at, out_len - at, "%s", between);
        out[at++] = *code;
        symbols++;
    }
    out[at] = '\0';
}

void words_put(char *out, size_t out_len, const char *text, const char *key, const char *value)
{
    size_t key_len = strlen(key);
    for (const char *p = strchr(text, '{'); p != NULL; p = strchr(p + 1, '{'))
        if (strncmp(p + 1, key, key_len) == 0 && p[1 + key_len] == '}') {
            snprintf(out, out_len, "%.*s%s%s", (int)(p - text), text, value, p + key_len + 2);
            return;
        }
    snprintf(out, out_len, "%s", text);
}

void per_cent(char *out, size_t out_len, unsigned n)
{
    i18n_fill(out, out_len, tr("{n}%"), n);
}

static void spoken_timer(char *out, const struct item *i)
{
    char left[128];
    i18n_time_left(left, sizeof left, i->count);
    snprintf(out, SPOKEN_MAX, i->choice == CH_EXTEND ? "%s. %s" : "%s.", left, tr("Press Enter to extend."));
}

static void spoken_progress(char *out, const struct item *i)
{
    char percent[16];
    per_cent(percent, sizeof percent, i->count);
    snprintf(out, SPOKEN_MAX, "%s: %s (%s)", i->label, i->value, percent);
}

static void spoken_secret(char *out, const struct item *i)
{
    int at = snprintf(out, SPOKEN_MAX, "%s: ", i->label);
    for (uint32_t n = 0; n < i->count && at >= 0 && at + 1 < SPOKEN_MAX; n++)
        out[at++] = '*';
    out[at] = '\0';
}

static void spoken_code(char *out, const struct item *i)
{
    char groups[64];
    code_in_groups(groups, sizeof groups, i->value, " ");
    snprintf(out, SPOKEN_MAX, "%s: %s", i->label, groups);
}

const char *item_spoken(char out[SPOKEN_MAX], const struct view *v, size_t index)
{
    const struct item *i = &v->items[index];
    out[0] = '\0';
    if (i->spoken != NULL) {
        snprintf(out, SPOKEN_MAX, "%s", i->spoken);
        return out;
    }
    switch (i->role) {
    case ROLE_FACT:
    case ROLE_CLOCK:
    case ROLE_FIELD:
    case ROLE_COMBO:
        snprintf(out, SPOKEN_MAX, "%s: %s", i->label, i->value);
        break;
    case ROLE_METHOD:
        snprintf(out, SPOKEN_MAX, i->value[0] != '\0' ? "%s, %s" : "%s", i->label, i->value);
        break;
    case ROLE_STEP:
        snprintf(out, SPOKEN_MAX, "%u. %s", item_step(v, index), i->label);
        break;
    case ROLE_DOCUMENT:
        return i->value;
    case ROLE_SECRET:
        spoken_secret(out, i);
        break;
    case ROLE_CODE:
        spoken_code(out, i);
        break;
    case ROLE_TIMER:
        spoken_timer(out, i);
        break;
    case ROLE_PROGRESS:
        spoken_progress(out, i);
        break;
    case ROLE_KEYPAD:
    case ROLE_QR:
        break;
    default:
        snprintf(out, SPOKEN_MAX, "%s", i->label);
        break;
    }
    return out;
}
