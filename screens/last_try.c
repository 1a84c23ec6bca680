/* The card's last PIN try: Enter alone takes Cancel, which is safe. */
#include "screens/parts.h"

static void compose(const struct scene *s, struct view *v)
{
    view_text(v, 0, tr("This is the last PIN try of your card."));
    view_text(v, ITEM_DENSE, tr("If the PIN is not accepted, your card will lock."));
    view_text(v, ITEM_GAP, tr("If unsure you can stop here; your card will not lock."));
    view_choice(v, ITEM_GAP | ITEM_DEFAULT, N_("Cancel"), CH_CANCEL, 0);
    view_choice(v, 0, N_("Use the last try"), CH_LAST_TRY, 0);
    parts_timer(s, v);
}

const struct screen screen_last_try = {
    .state = ST_LAST_TRY,
    .place = PLACE_APPLICATION,
    .section = SECTION_SIGNATURE,
    .title = N_("Last PIN try"),
    .help = N_("A locked card cannot sign. It can be unlocked with Kilit Çözme (unlock) in Online İşlemler."),
    .keys = keys_choose_cancel,
    .compose = compose,
};
