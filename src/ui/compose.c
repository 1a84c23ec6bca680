/* The whole view of a scene: header, message, the screen's items or the help page, and the way to help. */
#include <stdio.h>
#include <string.h>

#include "base/ascii.h"
#include "base/i18n.h"
#include "ui/keymap.h"
#include "ui/screen.h"
#include "ui/view.h"
#include "ui/wording.h"

static const char *const section_words[] = {
    [SECTION_SIGN_IN] = N_("1/4 Sign in"),
    [SECTION_CONSENT] = N_("2/4 Consent"),
    [SECTION_SIGNATURE] = N_("3/4 Signature"),
    [SECTION_RESULT] = N_("4/4 Result"),
};

static const char *const figures[ST_COUNT] = {
#define X(id, name, figure) [ST_##id] = figure,
    FLOW_STATES(X)
#undef X
};

static const char *place_words(enum place place, const struct facts *facts)
{
    if (place == PLACE_APPLICATION)
        return tr("Kamu SM E-İmza application");
    if (place == PLACE_PORTAL)
        return tr("Kamu SM Online İşlemler");
    if (facts->gateway_name[0] != '\0')
        return facts->gateway_name;
    return facts->test ? tr("e-Devlet Kapısı (test)") : "e-Devlet Kapısı";
}

static const char *person_words(struct view *v, const struct facts *facts)
{
    if (facts->person_name[0] == '\0')
        return facts->person_mask;
    return view_fmt(v, "%s · %s", facts->person_name, facts->person_mask);
}

/* An interruption stands over a screen and is in that screen's place and section. */
static const struct screen *screen_below(const struct screen *screen, const struct flow *f)
{
    const struct screen *below = f->state >= ST_FIRST_INTERRUPTION ? screen_of(f->under) : NULL;
    return below != NULL ? below : screen;
}

static void compose_header(struct view *v, const struct screen *screen, const struct scene *s)
{
    const struct screen *below = screen_below(screen, s->flow);
    v->state = screen->state;
    v->portal = below->place == PLACE_PORTAL;
    v->place = view_keep(v, place_words(below->place, s->facts));
    v->section = view_keep(v, tr(section_words[below->section]));
    v->title = view_keep(v, tr(screen->title));
    v->person = view_keep(v, person_words(v, s->facts));
    v->test = s->facts->test ? view_keep(v, tr("TEST - not official")) : "";
    v->link = s->facts->forwarded ? view_keep(v, tr("Remote card link")) : "";
    v->figure = figures[screen->state];
    v->help = view_keep(v, tr(words_for(s->plain, screen->help)));
    v->keys = screen->keys != NULL ? screen->keys : keymap_plain;
}

static const char *filled(struct view *v, const char *msgid, uint32_t arg)
{
    char words[512];
    i18n_fill(words, sizeof words, msgid[0] != '\0' ? tr(msgid) : "", arg);
    return view_keep(v, words);
}

/* Where something is asked that only the test system's own words can answer. */
static bool is_hinted(enum flow_state state)
{
    return state == ST_MENU || state == ST_LOGIN;
}

/* The number of a sentence about the time that ticks beside it; 0: it names none. */
static uint32_t seconds_named(const struct flow *f)
{
    switch (f->note) {
    case ERR_EXTENDED:
    case ERR_TIME_MINUTES:
        return f->note_arg;
    case ERR_TIME_60:
        return 60;
    case ERR_TIME_30:
        return 30;
    case ERR_TIME_10:
    case ERR_TIME_10_CODE:
        return 10;
    default:
        return 0;
    }
}

#define FRESH_S 5

/* UINT32_MAX when no clock is drawn. */
static uint32_t seconds_shown(const struct view *v)
{
    for (size_t i = 0; i < v->count; i++)
        if (v->items[i].role == ROLE_TIMER)
            return v->items[i].count;
    return UINT32_MAX;
}

/* Where the clock is drawn, a number that was right a while ago is not said beside it; the sentence goes on without. */
static void compose_aged(struct view *v, const struct scene *s)
{
    uint32_t named = seconds_named(s->flow);
    if (s->plain || s->flow->look == LOOK_READER || seconds_shown(v) + (uint64_t)FRESH_S >= named)
        return;
    if (s->flow->note == ERR_EXTENDED)
        v->advice = "";
    else
        v->said = s->flow->note == ERR_TIME_MINUTES ? "" : view_keep(v, tr("Time is running out."));
}

static void compose_message(struct view *v, const struct scene *s)
{
    v->said = v->advice = "";
    v->note_kind = NOTE_INFO;
    if (s->flow->note == OK) {
        if (s->facts->test && is_hinted(s->flow->state))
            v->said = view_keep(v, s->facts->test_hint);
        if (s->facts->test && s->flow->state == ST_MENU)
            v->advice = view_keep(v, tr("Test system: nothing done here is official."));
        return;
    }
    const struct note *note = note_of(s->flow->note);
    v->said = filled(v, note->said, s->flow->note_arg);
    v->advice = filled(v, advice_for(s->plain, s->flow->net_what, s->flow->note), s->flow->note_arg);
    v->note_kind = note->kind;
}

/* --- the help page ----------------------------------------------------------------------------------------------- */

struct key_words {
    const char *name, *words; /* both N_() */
};

/* Keys that need no row in a table because the faces know them. */
static const struct key_words moves[] = {
    {N_("Arrows, Tab"), N_("Previous, next")},
    {N_("1-9"), N_("Direct choice in a menu")},
    {N_("PgUp PgDn"), N_("Page the text")},
};

static void help_keys(struct view *v, const struct keybind *table)
{
    for (; table->key != UK_NONE; table++) {
        const char *words = table->help != NULL ? table->help : table->label;
        if (table->name == NULL || words == NULL)
            continue;
        view_fact(v, ITEM_FOCUS | ITEM_NOT_PLAIN, table->name, tr(words));
    }
}

static const struct keybind keys_of_help[] = {
    {.key = UK_ENTER, .name = "Enter", .label = N_("Choose")},
    {.key = UK_ESC, .event = EV_BACK, .name = "Esc", .label = N_("Back")},
    {0},
};

static const char *figure_words(struct view *v)
{
    return v->figure[0] != '\0' ? view_fmt(v, "%s - %s", v->figure, v->title) : v->title;
}

const char *help_detail(const struct scene *s)
{
    enum err_code note = s->flow->note;
    const char *slug = note_of(note)->slug;
    bool promised = note == ERR_WORKER_GONE || ascii_starts(slug, "module-") || ascii_starts(slug, "forward-");
    return promised ? s->facts->module_detail : "";
}

/* The number, to be named to those who help. */
static void help_note(struct view *v, const struct scene *s)
{
    if (s->flow->note == OK)
        return;
    view_text(v, ITEM_GAP, v->said);
    view_text(v, 0, v->advice);
    view_fact(v, ITEM_DENSE, tr("Message"), view_fmt(v, "%d", (int)s->flow->note));
    if (help_detail(s)[0] != '\0')
        view_text(v, ITEM_DENSE, help_detail(s));
}

/* Where a PIN goes; or why a card that somebody forwards to here is not seen. */
static void help_link(struct view *v, const struct scene *s)
{
    bool card = s->flow->state == ST_NO_CARD;
    if (s->facts->forwarded)
        view_text(v, ITEM_GAP,
            tr("Your card is at another computer: your PIN goes to it through this one, over the forwarded link."));
    else if (s->facts->forward_ignored && card)
        view_text(v, ITEM_GAP, tr("A card is forwarded to here, but the settings of this computer do not allow that."));
}

static void compose_help(struct view *v, const struct scene *s)
{
    const struct keybind *keys = v->keys;
    view_heading(v, ITEM_DENSE, figure_words(v));
    view_text(v, ITEM_DENSE, v->help);
    help_note(v, s);
    help_link(v, s);
    view_choice(v, ITEM_DEFAULT, N_("Back"), CH_HELP, 0); /* first: the page opens at its top, the way back in sight */
    view_choice(v, 0, N_("Türkçe (F2)"), CH_LANG, 0);
    view_choice(v, 0, N_("Look (F3)"), CH_LOOK, 0);
    view_choice(v, 0, N_("Time left (F4)"), CH_TIME, 0);
    help_keys(v, keys);
    for (size_t i = 0; i < sizeof moves / sizeof moves[0]; i++)
        view_fact(v, ITEM_FOCUS | ITEM_NOT_PLAIN, tr(moves[i].name), tr(moves[i].words));
    help_keys(v, keymap_common);
    v->title = view_keep(v, tr("Help"));
    v->keys = keys_of_help;
    v->said = v->advice = "";
}

void view_compose(struct view *v, const struct screen *screen, const struct scene *scene)
{
    v->count = v->clipped = v->used = 0;
    v->edition++;
    compose_header(v, screen, scene);
    compose_message(v, scene);
    if (scene->flow->small) {
        v->said = filled(v, note_of(ERR_SMALL)->said, 0);
        v->advice = filled(v, note_of(ERR_SMALL)->advice, 0);
        return;
    }
    if (scene->flow->help) {
        compose_help(v, scene);
        return;
    }
    screen->compose(scene, v);
    compose_aged(v, scene);
    if (scene->plain)
        return;
    view_button(v, ITEM_READER, N_("Help (F1)"), CH_HELP); /* the time is a line of its own while it runs */
    view_button(v, ITEM_READER, N_("Türkçe (F2)"), CH_LANG);
    view_button(v, ITEM_READER, N_("Look (F3)"), CH_LOOK);
}
