/* Nothing was done for a while: any key stays. */
#include "screens/parts.h"

static void compose(const struct scene *s, struct view *v)
{
    char words[200];
    uint64_t left_ms = s->flow->idle_at_ms > s->now_ms ? s->flow->idle_at_ms - s->now_ms : 0;
    i18n_fill(words, sizeof words, tr("Nothing was done for a while, so the session will close in {time}."),
        (unsigned long)((left_ms + 999) / 1000));
    view_text(v, 0, words);
    view_button(v, ITEM_GAP | ITEM_DEFAULT, N_("Go on"), CH_STAY);
}

static const struct keybind keys[] = {
    {.key = UK_ENTER, .name = "Enter", .label = N_("Go on")},
    {0},
};

const struct screen screen_idle = {
    .state = ST_IDLE,
    .place = PLACE_PORTAL,
    .section = SECTION_CONSENT,
    .title = N_("Are you still there?"),
    .help = N_("The session closes by itself so that nobody else sees your data. Any key keeps it open."),
    .keys = keys,
    .compose = compose,
};
