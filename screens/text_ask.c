/* A text whose digest the configuration does not know: asked once more before anything is signed. */
#include "screens/parts.h"

static void compose(const struct scene *s, struct view *v)
{
    view_text(v, 0, tr("This text is not the consent text known here. Read it with care."));
    view_item(v, ROLE_DOCUMENT, ITEM_GAP, "", s->facts->text)->focus = FOCUS_TEXT;
    view_choice(v, ITEM_GAP | ITEM_DEFAULT, N_("Cancel"), CH_CANCEL, 0);
    view_choice(v, 0, N_("I have read it and want to sign it"), CH_TRUST_TEXT, 0);
    parts_timer(s, v);
}

const struct screen screen_text_ask = {
    .state = ST_TEXT_ASK,
    .place = PLACE_APPLICATION,
    .section = SECTION_SIGNATURE,
    .title = N_("Unknown text"),
    .help = N_("The text to be signed differs from the consent text this program was set up with. If you did not "
               "expect that, press Cancel."),
    .keys = keys_choose_cancel,
    .compose = compose,
};
