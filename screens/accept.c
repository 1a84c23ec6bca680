/* Şekil 6: E-Onay Kabul Etme. In the reader look every line is a stop and Enter on any of them is Devam. */
#include "screens/parts.h"

static const char *window_words(const struct scene *s, struct view *v)
{
    char minutes[64];
    i18n_duration(minutes, sizeof minutes, s->facts->window_s);
    const char *words = s->facts->extensions > 0
                            ? tr("You will have {time} to sign; you can extend that.")
                            : tr("You will have {time} to sign; that cannot be extended, but you can get a new code.");
    return view_put(v, words, "time", minutes);
}

static void go_on(struct view *v, size_t from)
{
    for (size_t i = from; i < v->count; i++) {
        v->items[i].choice = CH_CONTINUE;
        v->items[i].flags |= ITEM_FOCUS;
    }
}

static void compose(const struct scene *s, struct view *v)
{
    bool reader = s->flow->look == LOOK_READER && !s->plain;
    size_t first = v->count;
    view_text(v, reader ? ITEM_DEFAULT : 0, tr("What is E-Onay?"));
    view_item(v, ROLE_BULLET, 0, tr("You consent once, with your electronic signature."), "");
    view_bullet(
        v, tr("For all later NES applications you need not send a signed form; you fill in your form with E-Onay."));
    view_bullet(
        v, tr("Your form reaches Kamu SM by itself. Your certificate is made and sent to your address by courier."));
    view_bullet(v, tr("For a renewal, the certificate is made from 2 months before the old one ends; your form waits "
                      "until then."));
    view_text(v, 0, window_words(s, v));
    view_text(v, ITEM_GAP, tr("To accept E-Onay, press Continue."));
    if (reader)
        go_on(v, first);
    view_button(v, reader ? 0 : ITEM_DEFAULT, N_("Continue"), CH_CONTINUE);
    view_button(v, ITEM_BESIDE, N_("Cancel"), CH_CANCEL);
}

const struct screen screen_accept = {
    .state = ST_ACCEPT,
    .place = PLACE_PORTAL,
    .section = SECTION_CONSENT,
    .title = N_("Accepting E-Onay"),
    .help = N_("Continue does not sign anything; you sign at the end, with your PIN."),
    .keys = keys_choose,
    .compose = compose,
};
