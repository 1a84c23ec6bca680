/* The signature is being made, sent and checked. No spinner: three words change. */
#include "screens/parts.h"

static const char *said(const struct flow *f)
{
    if (!f->have_cms)
        return tr("Signing. Please do not take out your card.");
    return f->sent ? tr("Your signature is being checked.") : tr("Your signature is being sent.");
}

static void compose(const struct scene *s, struct view *v)
{
    const struct flow *f = s->flow;
    view_text(v, ITEM_READER | ITEM_FOCUS | ITEM_DEFAULT, said(f));
    view_text(v, ITEM_STANDARD, said(f));
    view_fact(v, ITEM_INDENT | ITEM_STANDARD, tr("Signature"), f->have_cms ? tr("made") : tr("being made on the card"));
    view_fact(v, ITEM_INDENT | ITEM_STANDARD, tr("Sending"), f->sent ? tr("sent") : tr("waiting"));
    view_fact(v, ITEM_INDENT | ITEM_STANDARD, tr("Confirmation"), tr("waiting"));
    view_button(v, ITEM_GAP, N_("Cancel"), CH_CANCEL);
    parts_timer(s, v);
}

static const struct keybind keys[] = {
    {.key = UK_ESC, .event = EV_BACK, .name = "Esc", .label = N_("Cancel")},
    {0},
};

const struct screen screen_signing = {
    .state = ST_SIGNING,
    .place = PLACE_APPLICATION,
    .section = SECTION_SIGNATURE,
    .title = N_("Agreement and PIN"),
    .help = N_("One typed PIN makes one signature. The same signature is never counted twice."),
    .keys = keys,
    .compose = compose,
};
