/* Consented before: date and number in place of a new code. */
#include "screens/parts.h"

static void compose(const struct scene *s, struct view *v)
{
    view_text(v, 0, tr("Your E-Onay has been given before. You need not give it again."));
    parts_consent(s, v);
    view_fact(v, ITEM_FOCUS, tr("Status"), s->flow->checking ? tr("received, being checked") : tr("valid"));
    view_choice(v, ITEM_GAP, parts_receipt(s), CH_RECEIPT, 0);
    view_choice(v, 0, N_("Home"), CH_HOME, 0);
    view_choice(v, ITEM_DEFAULT, N_("Sign out"), CH_LOGOUT, 0);
}

const struct screen screen_already = {
    .state = ST_ALREADY,
    .place = PLACE_PORTAL,
    .section = SECTION_CONSENT,
    .title = N_("Accepting E-Onay"),
    .help = N_("E-Onay is given once and holds for all your later NES applications."),
    .keys = keys_choose,
    .compose = compose,
};
