/* Şekil 3: the stand-in gateway's sign-in panel. The real e-Devlet never shows it: a password is taken here only for a
 * gateway on this very machine. */
#include "screens/parts.h"

struct method {
    const char *name, *needs;
};

static const struct method methods[] = {
    {N_("e-Devlet password"), N_("e-Devlet password: you need your T.C. ID number and password.")},
    {N_("Mobile signature"), N_("Mobile signature: you need a phone line with mobile signature.")},
    {N_("e-Signature"), N_("e-Signature: you need your signature card, a reader and your PIN.")},
    {N_("T.C. ID card"), N_("T.C. ID card: you need your chip ID card, a reader and its PIN.")},
    {N_("Internet banking"), N_("Internet banking: you choose your bank and finish on your phone.")},
};

static void compose_methods(const struct scene *s, struct view *v)
{
    for (uint32_t i = 0; i < sizeof methods / sizeof methods[0]; i++) {
        bool chosen = s->flow->method == i;
        struct item *m = view_item(
            v, ROLE_METHOD, ITEM_FOCUS | (chosen ? ITEM_CHOSEN : 0), tr(methods[i].name), chosen ? tr("chosen") : "");
        m->choice = CH_METHOD;
        m->choice_value = i;
        m->msgid = methods[i].name;
        m->spoken = chosen ? view_fmt(v, "%s: %s, %s", tr("Method"), m->label, tr("chosen"))
                           : view_fmt(v, "%s: %s", tr("Method"), m->label);
    }
}

static void compose(const struct scene *s, struct view *v)
{
    view_text(v, ITEM_STANDARD, tr("Choose how to sign in."));
    view_text(v, ITEM_READER, tr("Test gateway: do not type your real e-Devlet password here."));
    compose_methods(s, v);
    view_field(v, ITEM_COLUMN2 | ITEM_DEFAULT, N_("T.C. ID number"), FIELD_TCKN, s->form->tckn, 13)->focus = FOCUS_TCKN;
    view_secret(v, ITEM_COLUMN2, N_("e-Devlet password"), FIELD_PASSWORD, s->form->password_chars, 13)->focus =
        FOCUS_PASSWORD;
    view_button(v, ITEM_COLUMN2 | ITEM_NOT_PLAIN, N_("button|Sign in"), CH_SIGN_IN)->focus = FOCUS_SIGN_IN;
    view_button(v, ITEM_COLUMN2 | ITEM_BESIDE | ITEM_NOT_PLAIN, N_("Back"), CH_CANCEL);
    uint32_t asked = s->flow->note == ERR_METHOD_NOT_HERE ? s->flow->note_arg : 0; /* the password stays chosen */
    if (asked != 0 && asked < sizeof methods / sizeof methods[0])
        view_text(v, ITEM_GAP, tr(methods[asked].needs));
    view_text(v, ITEM_GAP | ITEM_STANDARD, tr("Test gateway: do not type your real e-Devlet password here."));
}

static const struct keybind keys[] = {
    {.key = UK_ENTER, .name = "Enter", .label = N_("field|Go on")},
    {.key = UK_TAB, .name = "Tab", .label = N_("key|Next")},
    {.key = UK_ESC, .event = EV_BACK, .name = "Esc", .label = N_("Back")},
    {.key = UK_BACKSPACE, .name = "Backspace", .help = N_("Delete")},
    {.key = UK_CTRL_U, .name = "Ctrl-U", .help = N_("Clear the field")},
    {0},
};

const struct screen screen_login = {
    .state = ST_LOGIN,
    .place = PLACE_GATEWAY,
    .section = SECTION_SIGN_IN,
    .title = N_("e-Devlet sign-in"),
    .help = N_("Choose the method with the up and down arrows. Stars appear while you type the password."),
    .keys = keys,
    .compose = compose,
};
