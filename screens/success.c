/* Şekil 11: İşleminiz Başarılıdır. Closing ends the signing application; the way goes on to the result. */
#include "screens/parts.h"

static const char *stamp_words(uint8_t stamp)
{
    return stamp == 1 ? tr("added") : tr("pending, it will be added by itself");
}

static void compose(const struct scene *s, struct view *v)
{
    const struct facts *f = s->facts;
    view_text(v, 0,
        s->flow->checking ? tr("Your signature was received and is being checked.")
                          : tr("Your transaction was successful."));
    view_fact(v, ITEM_FOCUS, tr("Receipt number"), f->consent_number)->width = 17;
    view_fact(v, ITEM_FOCUS, tr("Signing time"), parts_time(v, f->signing_time));
    if (f->stamp != 0)
        view_fact(v, ITEM_FOCUS, tr("Time stamp"), stamp_words(f->stamp));
    view_fact(v, ITEM_FOCUS, tr("Digest of the text"), view_fmt(v, "%.16s...", f->digest));
    view_button(v, ITEM_GAP | ITEM_DEFAULT, N_("Close the application"), CH_CLOSE);
    view_button(v, ITEM_BESIDE, parts_receipt(s), CH_RECEIPT);
}

static const struct keybind keys[] = {
    {.key = UK_ENTER, .name = "Enter", .label = N_("Choose")},
    {.key = UK_ESC, .event = EV_CHOOSE, .choice = CH_CLOSE, .name = "Esc", .label = N_("Close the application")},
    {0},
};

const struct screen screen_success = {
    .state = ST_SUCCESS,
    .place = PLACE_APPLICATION,
    .section = SECTION_RESULT,
    .title = N_("Your transaction was successful"),
    .help = N_("The receipt number finds your transaction. Closing takes you back to Online İşlemler."),
    .keys = keys,
    .compose = compose,
};
