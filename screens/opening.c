/* The signing application opens: never a stop, goes on by itself. */
#include "screens/parts.h"

static void compose(const struct scene *s, struct view *v)
{
    const struct flow *f = s->flow;
    view_text(v, ITEM_FOCUS | ITEM_READER | ITEM_DEFAULT, tr("Waiting for the E-İmza application to open."));
    view_text(v, ITEM_STANDARD, tr("Waiting for the E-İmza application to open."));
    view_fact(v, ITEM_INDENT | ITEM_STANDARD, tr("Application"), tr("ready"));
    const char *reader = f->readers > 0 ? view_fmt(v, "%s, %s", tr("found"), s->facts->reader)
                         : f->token_up  ? tr("not found, you can put it in later")
                                        : tr("being looked for");
    view_fact(v, ITEM_INDENT | ITEM_STANDARD, tr("Card reader"), reader);
    const char *card = f->cards > 0  ? tr("found")
                       : f->token_up ? tr("not found, you can put it in later")
                                     : tr("being looked for");
    view_fact(v, ITEM_INDENT | ITEM_STANDARD, tr("Card"), card);
    view_fact(v, ITEM_INDENT | ITEM_STANDARD, tr("Online İşlemler"), f->net_up ? tr("connected") : tr("connecting"));
    view_button(v, ITEM_GAP, N_("Cancel"), CH_CANCEL);
}

static const struct keybind keys[] = {
    {.key = UK_ENTER, .name = "Enter", .label = N_("Cancel")},
    {.key = UK_ESC, .event = EV_BACK, .name = "Esc"},
    {0},
};

const struct screen screen_opening = {
    .state = ST_OPENING,
    .place = PLACE_APPLICATION,
    .section = SECTION_SIGNATURE,
    .title = N_("The E-İmza application is opening"),
    .help = N_("Card and reader are being looked for. You need not press anything."),
    .keys = keys,
    .compose = compose,
};
