/* The time page: at 30 seconds in the reader look, and on F4 everywhere. A digit typed here still goes into the PIN. */
#include "screens/parts.h"

static const struct keybind keys_extend[] = {
    {.key = UK_ENTER, .name = "Enter", .label = N_("Choose")},
    {.key = ' ', .event = EV_CHOOSE, .choice = CH_EXTEND, .name = "Space", .label = N_("Extend the time")},
    {.key = UK_ESC, .event = EV_BACK, .name = "Esc", .label = N_("Go back without extending")},
    {0},
};

/* The time of a code, and a time the policy never lets extend, was not extended before. */
static const char *fixed_words(const struct scene *s)
{
    return s->flow->sign_deadline_ms == 0 || s->facts->extensions == 0
               ? tr("Here the time cannot be extended; a new code can be had.")
               : tr("The time cannot be extended again.");
}

static void compose(const struct scene *s, struct view *v)
{
    char left[96];
    uint32_t seconds = flow_left_s(s->flow, s->now_ms);
    if (seconds == UINT32_MAX) {
        view_text(v, ITEM_FOCUS, tr("No time limit is running here."));
        view_button(v, ITEM_GAP | ITEM_DEFAULT, N_("Back"), CH_NO_EXTEND);
        return;
    }
    i18n_time_left(left, sizeof left, seconds);
    view_text(v, ITEM_FOCUS, view_fmt(v, "%s.", left));
    if (s->flow->sign_deadline_ms == 0 || s->flow->extensions == 0) {
        view_text(v, ITEM_GAP, fixed_words(s));
        view_choice(v, ITEM_GAP | ITEM_DEFAULT, N_("Back"), CH_NO_EXTEND, 0);
        return;
    }
    v->keys = keys_extend;
    if (s->flow->under == ST_SIGN && !s->plain) { /* a digit may be the PIN's there: none is shown */
        view_button(v, ITEM_GAP | ITEM_DEFAULT, N_("Extend the time"), CH_EXTEND);
        view_button(v, 0, N_("Go back without extending"), CH_NO_EXTEND);
        return;
    }
    view_choice(v, ITEM_GAP | ITEM_DEFAULT, N_("Extend the time"), CH_EXTEND, 0);
    view_choice(v, 0, N_("Go back without extending"), CH_NO_EXTEND, 0);
}

const struct screen screen_time = {
    .state = ST_TIME,
    .place = PLACE_APPLICATION,
    .section = SECTION_SIGNATURE,
    .title = N_("Time left"),
    .help = N_("The time can be extended as often as Online İşlemler allows. What you typed is kept."),
    .keys = keys_choose,
    .compose = compose,
};
