/* Online İşlemler cannot be reached: tried again by itself, place and fields kept. */
#include "screens/parts.h"

static void compose(const struct scene *s, struct view *v)
{
    view_text(v, 0, tr("Online İşlemler cannot be reached right now."));
    view_text(v, ITEM_DENSE, tr("We keep trying by ourselves; you need only wait."));
    view_text(v, ITEM_GAP, tr("What you typed and your place are kept."));
    view_button(v, ITEM_GAP | ITEM_DEFAULT, N_("Try now"), CH_RETRY);
    view_button(v, ITEM_BESIDE, N_("Back"), CH_CANCEL);
    parts_timer(s, v);
}

const struct screen screen_away = {
    .state = ST_AWAY,
    .place = PLACE_PORTAL,
    .section = SECTION_CONSENT,
    .title = N_("Waiting for the connection"),
    .help = N_("The network or Online İşlemler may be down for a moment. You can wait here as long as you like."),
    .keys = keys_choose,
    .compose = compose,
};
