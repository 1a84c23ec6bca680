/* Şekil 1: the menu of Online İşlemler. */
#include "screens/parts.h"

/* Nobody leaves a kiosk's first screen. */
static const struct keybind keys_kiosk[] = {
    {.key = UK_ENTER, .name = "Enter", .label = N_("Choose")},
    {0},
};

static void compose(const struct scene *s, struct view *v)
{
    if (s->flow->kiosk)
        v->keys = keys_kiosk;
    view_text(v, 0, tr("Welcome. Press Sign in to start."));
    view_heading(v, ITEM_STANDARD, tr("Online İşlemler (Online Services)"));
    view_choice(v, ITEM_DEFAULT, N_("Sign in"), CH_LOGIN, 0);
    view_choice(v, 0, N_("I have a verification code"), CH_HAVE_CODE, 0);
    if (!s->flow->kiosk)
        view_choice(v, 0, N_("menu|Leave"), CH_EXIT, 0);
    view_text(v, ITEM_GAP, tr("Have ready: your NES card, a card reader and your PIN."));
}

static const struct keybind keys[] = {
    {.key = UK_ENTER, .name = "Enter", .label = N_("Choose")},
    {.key = UK_ESC, .event = EV_BACK, .name = "Esc", .label = N_("key|Leave")},
    {0},
};

const struct screen screen_menu = {
    .state = ST_MENU,
    .place = PLACE_PORTAL,
    .section = SECTION_SIGN_IN,
    .title = N_("Online İşlemler"),
    .help = N_("With E-Onay you no longer send signed forms for later NES applications. Start with Sign in."),
    .keys = keys,
    .compose = compose,
};
