/* No card in the reader: goes on by itself when one is put in. */
#include "screens/parts.h"

static void say_what_to_do(const struct scene *s, struct view *v)
{
    if (s->flow->cards_err == ERR_FORWARD_DEAD) {
        view_text(v, 0, tr("The reader at your desk cannot be reached from here."));
        view_text(v, ITEM_DENSE, tr("When the link to it is back, the way goes on by itself."));
        return;
    }
    view_text(v, 0,
        s->flow->readers > 0 || s->flow->cards > 0 ? tr("There is no card in the reader.")
                                                   : tr("No card reader was found."));
    view_text(v, ITEM_DENSE, tr("Please put your NES card into the reader; the way then goes on by itself."));
}

static void compose(const struct scene *s, struct view *v)
{
    say_what_to_do(s, v);
    view_fact(v, ITEM_INDENT, tr("Card reader"), s->flow->readers > 0 ? s->facts->reader : tr("none"));
    view_fact(v, ITEM_INDENT | ITEM_STANDARD, tr("Card"), tr("none"));
    view_button(v, ITEM_GAP | ITEM_DEFAULT, N_("Why is it not seen?"), CH_WHY);
    view_button(v, ITEM_BESIDE, N_("Cancel"), CH_CANCEL);
    parts_timer(s, v);
}

const struct screen screen_no_card = {
    .state = ST_NO_CARD,
    .place = PLACE_APPLICATION,
    .section = SECTION_SIGNATURE,
    .title = N_("Put in your card"),
    .help = N_("Check that the reader is plugged in and the card's chip goes in first. If the card is in and still not "
               "seen, tell the staff: the card software may be missing on this computer."),
    .keys = keys_choose_cancel,
    .compose = compose,
};
