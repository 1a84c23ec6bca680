/* Şekil 2: e-Devlet ile Giriş. */
#include "screens/parts.h"

static void compose(const struct scene *s, struct view *v)
{
    (void)s;
    view_text(v, 0, tr("You will be taken to e-Devlet Kapısı to prove who you are."));
    view_text(v, ITEM_DENSE, tr("There you sign in with one of the methods offered."));
    view_button(v, ITEM_GAP | ITEM_DEFAULT, N_("Sign in with e-Devlet"), CH_GATEWAY);
    view_button(v, ITEM_GAP, N_("Back"), CH_CANCEL);
}

const struct screen screen_gateway = {
    .state = ST_GATEWAY,
    .place = PLACE_PORTAL,
    .section = SECTION_SIGN_IN,
    .title = N_("Sign in with e-Devlet"),
    .help = N_("e-Devlet Kapısı is the state's sign-in gateway. Your password does not reach Online İşlemler."),
    .keys = keys_choose,
    .compose = compose,
};
