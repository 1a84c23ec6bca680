/* Şekil 10: agreement, certificate, PIN and İMZALA on one page. */
#include "screens/parts.h"

static void compose_text(const struct scene *s, struct view *v)
{
    view_heading(v, ITEM_DENSE, tr("Agreement"));
    view_heading(v, ITEM_DENSE, tr("Text to be signed 1:"));
    if (s->facts->match[0] != '\0')
        view_fact(v, ITEM_BESIDE | ITEM_STANDARD, tr("Match code"), s->facts->match);
    struct item *text = view_item(v, ROLE_DOCUMENT, ITEM_FOCUS | ITEM_INDENT | ITEM_DENSE, "", s->facts->text);
    text->choice = CH_TEXT_READ;
    text->focus = FOCUS_TEXT;
    if (!s->flow->text_accepted)
        text->flags |= ITEM_DEFAULT;
    if (s->facts->match[0] != '\0')
        view_fact(v, ITEM_FOCUS | ITEM_READER | ITEM_DENSE, tr("Match code"), s->facts->match);
    const char *gist = N_("For information, not signed: you accept that your later NES applications are processed "
                          "without a signed paper form. You sign the Turkish text.");
    if (s->flow->english && s->flow->text_known)
        view_text(v, ITEM_DENSE, tr(gist));
}

static const struct cert_row *chosen_row(const struct scene *s)
{
    uint16_t n = s->flow->chosen;
    return n > 0 && n <= s->facts->cert_count ? &s->facts->certs[n - 1] : NULL;
}

/* One that ends soon: beside the heading, where there is no row to spare; where it is spoken, a sentence of its own. */
static void compose_ending(const struct scene *s, struct view *v, const char *ending)
{
    const char *heading = tr("Certificate");
    if (ending[0] != '\0')
        heading = view_fmt(v, "%s · %s", heading, ending);
    view_heading(v, ITEM_DENSE | ITEM_STANDARD, heading);
    if (ending[0] == '\0' || (s->plain && !s->flow->text_accepted))
        return;
    if (s->plain)
        ending = view_fmt(v, "%s %s", ending, tr("You can apply for a renewal."));
    view_text(v, ITEM_DENSE | ITEM_READER | ITEM_FOCUS, ending);
    if (!s->plain && s->flow->note == ERR_CERT_CHOSEN)
        v->said = view_keep(v, tr("Your certificate is chosen; you can apply for a renewal."));
}

/* The only usable one is chosen already; the others and why they are not: in the plain face beside it, else in the
 * list, by a key of its own and, where lines are read, by a line. */
static void compose_others(const struct scene *s, struct view *v, const struct cert_row *chosen)
{
    for (size_t i = 0; s->plain && i < s->facts->cert_count; i++) {
        const struct cert_row *c = &s->facts->certs[i];
        if (c != chosen)
            view_item(v, ROLE_OPTION, ITEM_DISABLED, parts_cert_row(v, c), "")->spoken =
                parts_cert_spoken(v, c, false, true);
    }
    view_button(v, ITEM_READER | ITEM_NOT_PLAIN, N_("All certificates"), CH_CERT_LIST);
    if (!s->plain && s->flow->note == ERR_CERT_CHOSEN)
        v->advice = view_keep(v, tr("Press Enter to go on, s for all certificates."));
}

static void compose_certificate(const struct scene *s, struct view *v)
{
    const struct cert_row *row = chosen_row(s);
    compose_ending(s, v, row != NULL ? parts_cert_ending(s, v, row) : "");
    const char *label = tr("Choose a certificate");
    struct item *combo =
        view_item(v, ROLE_COMBO, ITEM_FOCUS | ITEM_DENSE, label, row != NULL ? parts_cert_row(v, row) : label);
    bool confirms = s->flow->usable == 1 && row != NULL && !s->flow->cert_confirmed;
    combo->choice = confirms ? CH_CERT_OK : CH_CERT_LIST;
    combo->focus = FOCUS_CERT;
    combo->msgid = N_("Choose a certificate");
    if (row != NULL)
        combo->spoken = view_fmt(v, "%s: %s", label, parts_cert_spoken(v, row, true, false));
    if (s->flow->text_accepted && !s->flow->cert_confirmed)
        combo->flags |= ITEM_DEFAULT;
    if (confirms && s->facts->cert_count > 1)
        compose_others(s, v, row);
}

static void compose_pin(const struct scene *s, struct view *v)
{
    if (s->flow->pin_flags & PIN_PAD) {
        view_text(v, ITEM_GAP, tr("Enter your PIN on the keys of the card reader."));
    } else {
        struct item *pin = view_secret(v, 0, N_("PIN"), FIELD_PIN, s->form->pin_chars, 16);
        pin->focus = FOCUS_PIN;
        if (s->flow->text_accepted && s->flow->cert_confirmed)
            pin->flags |= ITEM_DEFAULT;
        view_item(
            v, ROLE_KEYPAD, ITEM_STANDARD | (s->facts->keypad_keys ? ITEM_FOCUS : 0), tr("Clear"), s->facts->keypad);
        view_button(v, ITEM_READER | ITEM_NOT_PLAIN, N_("Clear"), CH_PIN_CLEAR);
    }
    view_button(v, ITEM_GAP | ITEM_INDENT, N_("SIGN"), CH_SIGN)->focus = FOCUS_SIGN;
}

#define ENTER_HELP                                                                                                     \
    N_("On the text: read, go to the certificate. On the certificate: go to the PIN, or open the list. In the PIN "    \
       "field: SIGN.")
#define KEYS(enter)                                                                                                    \
    {.key = UK_ENTER, .name = "Enter", .label = enter, .help = ENTER_HELP},                                            \
        {.key = UK_DEL, .event = EV_CHOOSE, .choice = CH_PIN_CLEAR, .name = "Del", .label = N_("Clear")},              \
        {.key = UK_TAB, .name = "Tab", .label = N_("key|Next")},                                                       \
        {.key = UK_ESC, .event = EV_BACK, .name = "Esc", .label = N_("Cancel")},                                       \
        {.key = UK_BACKSPACE, .name = "Backspace", .help = N_("Delete the last digit")},

static const struct keybind keys_text[] = {KEYS(N_("key|I have read it")){0}};
static const struct keybind keys_cert[] = {
    KEYS(N_("Choose")){
        .key = 's', .event = EV_CHOOSE, .choice = CH_CERT_LIST, .name = "s", .help = N_("All certificates")},
    {0}};
static const struct keybind keys_pin[] = {KEYS(N_("SIGN")){0}};

/* What Enter does is named by how far one has come. */
static const struct keybind *keys_of(const struct flow *f)
{
    return !f->text_accepted ? keys_text : !f->cert_confirmed ? keys_cert : keys_pin;
}

static void compose(const struct scene *s, struct view *v)
{
    v->keys = keys_of(s->flow);
    compose_text(s, v);
    compose_certificate(s, v);
    compose_pin(s, v);
    parts_timer(s, v);
    view_item(v, ROLE_FACT, ITEM_BOTTOM | ITEM_FOCUS | ITEM_READER, tr("Created"), parts_time(v, s->facts->created));
    view_item(v, ROLE_FACT, ITEM_BOTTOM | ITEM_STANDARD, tr("Created"), parts_time(v, s->facts->created));
    view_item(v, ROLE_CLOCK, ITEM_BOTTOM | ITEM_BESIDE | ITEM_FOCUS, tr("Signing time"),
        parts_time(v, s->facts->signing_time));
    view_button(v, ITEM_READER, N_("Cancel"), CH_CANCEL);
}

const struct screen screen_sign = {
    .state = ST_SIGN,
    .place = PLACE_APPLICATION,
    .section = SECTION_SIGNATURE,
    .title = N_("Agreement and PIN"),
    .help = N_("What is signed is the very text above. The PIN goes only to your card; it is not stored or sent."),
    .keys = keys_pin,
    .compose = compose,
};
