/* The card's PIN is locked: no login is tried, the way to unlock is told. */
#include "screens/parts.h"

static void compose(const struct scene *s, struct view *v)
{
    view_text(v, 0, tr("Your card's PIN is locked and nothing was signed."));
    view_text(v, ITEM_DENSE, tr("You can unlock it with Kilit Çözme (unlock) in Online İşlemler."));
    if (s->facts->help_line[0] != '\0')
        view_text(v, ITEM_GAP, view_put(v, tr("Help line: {phone}"), "phone", s->facts->help_line));
    view_text(v, ITEM_GAP, tr("If you have another NES card, you can put it in."));
    view_button(v, ITEM_GAP | ITEM_DEFAULT, N_("Use another card"), CH_OTHER_CARD);
    view_button(v, ITEM_BESIDE, N_("Cancel"), CH_CANCEL);
    parts_timer(s, v);
}

const struct screen screen_locked = {
    .state = ST_LOCKED,
    .place = PLACE_APPLICATION,
    .section = SECTION_SIGNATURE,
    .title = N_("The PIN is locked"),
    .help = N_("A locked card cannot sign. It can be unlocked with Kilit Çözme (unlock) in Online İşlemler."),
    .keys = keys_choose_cancel,
    .compose = compose,
};
