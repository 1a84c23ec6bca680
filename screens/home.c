/* Şekil 4: the home page of Online İşlemler. */
#include "screens/parts.h"

static void compose(const struct scene *s, struct view *v)
{
    const struct facts *f = s->facts;
    view_text(v, 0, view_put(v, tr("Welcome, {name}."), "name", f->person_name));
    view_fact(v, 0, tr("T.C. ID number"), f->person_mask)->spoken = parts_mask_spoken(v, f->person_mask);
    const char *given = s->flow->checking    ? tr("received, being checked")
                        : s->flow->consented ? view_put(v, tr("given on {date}"), "date", parts_day(v, f->consent_at))
                                             : tr("not given yet");
    view_fact(v, 0, tr("E-Onay"), given);
    view_choice(v, ITEM_GAP | ITEM_DEFAULT, N_("NES İşlemleri (certificate services)"), CH_NES, 0);
    view_choice(v, 0, N_("Sign out"), CH_LOGOUT, 0);
}

static const struct keybind keys[] = {
    {.key = UK_ENTER, .name = "Enter", .label = N_("Choose")},
    {.key = UK_ESC, .event = EV_BACK, .name = "Esc", .label = N_("Sign out")},
    {0},
};

const struct screen screen_home = {
    .state = ST_HOME,
    .place = PLACE_PORTAL,
    .section = SECTION_CONSENT,
    .title = N_("Kamu SM Online İşlemler"),
    .help = N_("NES is the qualified electronic certificate. E-Onay is in the NES İşlemleri menu."),
    .keys = keys,
    .compose = compose,
};
