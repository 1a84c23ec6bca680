/* Şekil 5: NES İşlemleri, the menu with E-Onay. */
#include "screens/parts.h"

static void compose(const struct scene *s, struct view *v)
{
    (void)s;
    view_text(v, 0, tr("Choose what you want to do."));
    view_choice(v, ITEM_DEFAULT, N_("E-Onay İşlemleri (electronic consent)"), CH_EONAY, 0);
    view_choice(v, 0, N_("Home"), CH_HOME, 0);
}

const struct screen screen_nes = {
    .state = ST_NES,
    .place = PLACE_PORTAL,
    .section = SECTION_CONSENT,
    .title = N_("NES İşlemleri"),
    .help = N_("E-Onay is given once and holds for all your later NES applications."),
    .keys = keys_choose,
    .compose = compose,
};
