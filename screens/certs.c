/* The certificate list, opened from Şekil 10: usable ones first and numbered, unusable ones with their reason. */
#include "screens/parts.h"

#include "sign/cert.h"

static void compose_row(const struct scene *s, struct view *v, uint32_t i)
{
    const struct cert_row *c = &s->facts->certs[i];
    bool chosen = s->flow->chosen == i + 1;
    unsigned flags = ITEM_FOCUS | (c->reason != REASON_USABLE ? ITEM_DISABLED : 0);
    if (chosen || (i == 0 && s->flow->chosen == 0))
        flags |= ITEM_DEFAULT;
    struct item *row = view_item(v, ROLE_OPTION, flags, parts_cert_row(v, c), "");
    row->choice = CH_CERT;
    row->choice_value = i;
    row->spoken = parts_cert_spoken(v, c, chosen, true);
    row->value = parts_cert_detail(s, v, c);
}

static void compose_count(const struct scene *s, struct view *v)
{
    unsigned long usable = s->flow->usable, rest = s->facts->cert_count - s->flow->usable;
    char n[24];
    i18n_fill(n, sizeof n, "{n}", rest);
    char words[200];
    i18n_fill(words, sizeof words,
        tr_n("{n} certificate can be used, {m} cannot.", "{n} certificates can be used, {m} cannot.", usable), usable);
    v->said = view_put(v, words, "m", n);
}

static void compose(const struct scene *s, struct view *v)
{
    view_heading(v, ITEM_STANDARD | ITEM_DENSE, tr("Choose a certificate"));
    if (v->said[0] == '\0')
        compose_count(s, v);
    for (uint32_t i = 0; i < s->facts->cert_count; i++)
        compose_row(s, v, i);
    view_button(v, 0, N_("Cancel"), CH_CANCEL);
    parts_timer(s, v);
}

static const struct keybind keys[] = {
    {.key = UK_ENTER, .name = "Enter", .label = N_("Choose")},
    {.key = UK_ESC, .event = EV_BACK, .name = "Esc", .label = N_("Close")},
    {0},
};

const struct screen screen_certs = {
    .state = ST_CERTS,
    .place = PLACE_APPLICATION,
    .section = SECTION_SIGNATURE,
    .title = N_("Choose a certificate"),
    .help = N_("Certificates that cannot be used stand at the end with the reason. Issuer, reader, card, validity and "
               "purpose of the focused one are shown below the list."),
    .keys = keys,
    .compose = compose,
};
