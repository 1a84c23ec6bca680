#include "tests/unit/ui/demo.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char demo_text[] =
    "Kamu SM sistemleri üzerinden güvenilir bir şekilde elektronik onayının alınması kaydıyla bundan "
    "sonra yapacağım NES başvurularımın, imzalı başvuru formu göndermeme gerek kalmaksızın işleme "
    "alınmasını KABUL EDİYORUM.";

static void compose_menu(const struct scene *s, struct view *v)
{
    (void)s;
    view_text(v, 0, tr("Welcome. Press Sign in to start."));
    view_choice(v, ITEM_GAP | ITEM_DEFAULT, N_("Sign in"), CH_LOGIN, 0);
    view_choice(v, 0, N_("I have a verification code"), CH_HAVE_CODE, 0);
    view_choice(v, 0, N_("menu|Leave"), CH_EXIT, 0);
}

static void compose_login(const struct scene *s, struct view *v)
{
    static const char *const methods[] = {N_("e-Devlet password"), N_("Mobile signature")};
    for (uint32_t i = 0; i < 2; i++) {
        bool chosen = s->flow->method == i;
        struct item *m =
            view_item(v, ROLE_METHOD, chosen ? ITEM_CHOSEN : 0, tr(methods[i]), chosen ? tr("chosen") : "");
        m->choice = CH_METHOD;
        m->choice_value = i;
        m->msgid = methods[i];
    }
    view_field(v, ITEM_COLUMN2 | ITEM_DEFAULT, N_("T.C. ID number"), FIELD_TCKN, s->form->tckn, 16)->focus = FOCUS_TCKN;
    view_secret(v, ITEM_COLUMN2, N_("e-Devlet password"), FIELD_PASSWORD, s->form->password_chars, 16)->focus =
        FOCUS_PASSWORD;
    view_button(v, ITEM_COLUMN2 | ITEM_NOT_PLAIN, N_("button|Sign in"), CH_SIGN_IN);
    view_button(v, ITEM_COLUMN2 | ITEM_BESIDE | ITEM_NOT_PLAIN, N_("Back"), CH_CANCEL);
}

static void compose_code(const struct scene *s, struct view *v)
{
    view_text(v, 0, tr("Type or paste the verification code you got from Online İşlemler."));
    view_field(v, ITEM_GAP | ITEM_DEFAULT, N_("Verification code"), FIELD_CODE, s->form->code, 14)->focus = FOCUS_CODE;
    view_button(v, ITEM_GAP, N_("Next"), CH_NEXT)->focus = FOCUS_NEXT;
    view_button(v, ITEM_BESIDE, N_("Cancel"), CH_CANCEL);
}

static void compose_sign(const struct scene *s, struct view *v)
{
    const struct flow *f = s->flow;
    view_heading(v, ITEM_DENSE, tr("Agreement"));
    view_heading(v, ITEM_DENSE, tr("Text to be signed 1:"));
    struct item *text =
        view_item(v, ROLE_DOCUMENT, ITEM_DENSE | (f->text_accepted ? 0 : ITEM_DEFAULT), "", s->facts->text);
    text->choice = CH_TEXT_READ;
    text->focus = FOCUS_TEXT;
    struct item *cert = view_item(
        v, ROLE_COMBO, ITEM_DENSE, tr("Choose a certificate"), "İPEK IŞIK · 100******46 · 14.03.2028 tarihine kadar");
    cert->spoken = view_fmt(v, "%s: İPEK IŞIK, 14.03.2028 tarihine kadar geçerli", tr("Choose a certificate"));
    cert->choice = CH_CERT_OK;
    cert->focus = FOCUS_CERT;
    view_secret(v, f->text_accepted ? ITEM_DEFAULT : 0, N_("PIN"), FIELD_PIN, s->form->pin_chars, 16)->focus =
        FOCUS_PIN;
    view_item(v, ROLE_KEYPAD, ITEM_STANDARD | (s->facts->keypad_keys ? ITEM_FOCUS : 0), tr("Clear"), "");
    view_button(v, ITEM_INDENT, N_("SIGN"), CH_SIGN)->focus = FOCUS_SIGN;
    view_button(v, ITEM_READER, N_("Cancel"), CH_CANCEL);
    struct item *timer = view_item(v, ROLE_TIMER, ITEM_BOTTOM, tr("Time left"), tr("seconds"));
    timer->count = (uint32_t)((f->sign_deadline_ms - s->now_ms + 999) / 1000);
    timer->choice = CH_EXTEND;
    timer->focus = FOCUS_TIME;
    view_item(v, ROLE_FACT, ITEM_BOTTOM | ITEM_STANDARD, tr("Created"), "27.08.2019 11:10:21");
    int64_t now = s->facts->signing_time;
    view_item(v, ROLE_CLOCK, ITEM_BOTTOM | ITEM_BESIDE, tr("Signing time"),
        view_fmt(v, "27.08.2019 11:%02d:%02d", (int)(now / 60 % 60), (int)(now % 60)));
}

static void compose_signing(const struct scene *s, struct view *v)
{
    (void)s;
    view_text(v, 0, tr("Signing. Please do not take out your card."));
    view_button(v, ITEM_GAP, N_("Cancel"), CH_CANCEL);
}

static void compose_leave(const struct scene *s, struct view *v)
{
    (void)s;
    view_text(v, 0, tr("If you leave now, this task stays unfinished and nothing is signed."));
    view_choice(v, ITEM_GAP | ITEM_DEFAULT, N_("Stay"), CH_STAY, 0);
    view_choice(v, 0, N_("dialog|Leave"), CH_LEAVE, 0);
}

static void compose_away(const struct scene *s, struct view *v)
{
    (void)s;
    view_text(v, 0, tr("We keep trying by ourselves; you need only wait."));
    view_button(v, ITEM_GAP | ITEM_DEFAULT, N_("Try now"), CH_RETRY);
    view_button(v, ITEM_BESIDE, N_("Back"), CH_CANCEL);
}

static void compose_time(const struct scene *s, struct view *v)
{
    (void)s;
    view_text(v, ITEM_FOCUS, "30 saniye kaldı.");
    view_choice(v, ITEM_DEFAULT, N_("Extend the time"), CH_EXTEND, 0);
    view_choice(v, 0, N_("Go back without extending"), CH_NO_EXTEND, 0);
}

static void compose_certs(const struct scene *s, struct view *v)
{
    for (uint32_t i = 0; i < 3; i++) {
        struct item *row = view_item(v, ROLE_OPTION, i == 2 ? ITEM_DISABLED : 0, view_fmt(v, "Kart %u", i + 1),
            view_fmt(v, "Veren: Kurum %u", i + 1));
        row->choice = CH_CERT;
        row->choice_value = i;
    }
    view_button(v, 0, N_("Cancel"), CH_CANCEL);
    (void)s;
}

static const struct keybind time_keys[] = {
    {.key = ' ', .event = EV_CHOOSE, .choice = CH_EXTEND, .name = "Space", .label = N_("Extend the time")},
    {.key = UK_ESC, .event = EV_BACK, .name = "Esc", .label = N_("Back")},
    {0},
};

static const struct keybind sign_keys[] = {
    {.key = UK_ENTER, .name = "Enter", .label = N_("SIGN")},
    {.key = UK_DEL, .event = EV_CHOOSE, .choice = CH_PIN_CLEAR, .name = "Del", .label = N_("Clear")},
    {.key = UK_TAB, .name = "Tab", .label = N_("key|Next")},
    {.key = UK_ESC, .event = EV_BACK, .name = "Esc", .label = N_("Cancel")},
    {0},
};

static const struct screen screens[] = {
    {ST_MENU, PLACE_PORTAL, SECTION_SIGN_IN, N_("Online İşlemler"),
        N_("With E-Onay you no longer send signed forms for later NES applications. Start with Sign in."), NULL,
        compose_menu},
    {ST_LOGIN, PLACE_GATEWAY, SECTION_SIGN_IN, N_("e-Devlet sign-in"),
        N_("Choose the method with the up and down arrows. Stars appear while you type the password."), NULL,
        compose_login},
    {ST_CODE_EMPTY, PLACE_APPLICATION, SECTION_SIGNATURE, N_("Verification code"), N_("Help"), NULL, compose_code},
    {ST_SIGN, PLACE_APPLICATION, SECTION_SIGNATURE, N_("Agreement and PIN"),
        N_("What is signed is the very text above. The PIN goes only to your card; it is not stored or sent."),
        sign_keys, compose_sign},
    {ST_SIGNING, PLACE_APPLICATION, SECTION_SIGNATURE, N_("Agreement and PIN"), N_("Help"), NULL, compose_signing},
    {ST_CERTS, PLACE_APPLICATION, SECTION_SIGNATURE, N_("Choose a certificate"), N_("Help"), NULL, compose_certs},
    {ST_TIME, PLACE_APPLICATION, SECTION_SIGNATURE, N_("Time left"), N_("Help"), time_keys, compose_time},
    {ST_AWAY, PLACE_PORTAL, SECTION_CONSENT, N_("Waiting for the connection"), N_("Help"), NULL, compose_away},
    {ST_IDLE, PLACE_PORTAL, SECTION_CONSENT, N_("Are you still there?"), N_("Help"), NULL, compose_leave},
    {ST_LEAVE, PLACE_PORTAL, SECTION_CONSENT, N_("Leave?"), N_("Help"), NULL, compose_leave},
};

const struct screen *screen_of(enum flow_state state)
{
    for (size_t i = 0; i < sizeof screens / sizeof screens[0]; i++)
        if (screens[i].state == state)
            return &screens[i];
    return NULL;
}

void demo_init(struct demo *d)
{
    char folder[4096];
    const char *build = getenv("EONAY_BUILD");
    snprintf(folder, sizeof folder, "%s/locale", build != NULL ? build : ".");
    i18n_init_at(LANG_TR, folder);
    memset(d, 0, sizeof *d);
    d->facts.test = true;
    d->facts.text = demo_text;
    d->facts.text_len = strlen(demo_text);
    d->scene = (struct scene){.flow = &d->flow, .facts = &d->facts, .form = &d->form, .now_ms = 1000000};
    d->flow.sign_deadline_ms = 1000000 + 230000;
    d->flow.pin_min = 4;
    d->flow.pin_max = 8;
    d->facts.signing_time = 10 * 60 + 37;
    d->desk.form = &d->form;
    if (secret_new(&d->desk.pin) != OK || secret_new(&d->desk.password) != OK)
        abort();
}

void demo_done(struct demo *d)
{
    secret_free(&d->desk.pin);
    secret_free(&d->desk.password);
}

void demo_go(struct demo *d, enum flow_state state)
{
    d->flow.under = d->flow.state;
    d->flow.state = state;
    d->flow.note = OK;
    demo_compose(d);
}

void demo_focus(struct demo *d, enum focus focus)
{
    d->flow.focus = focus;
    d->flow.focus_seq++;
    demo_compose(d);
}

void demo_compose(struct demo *d)
{
    view_compose(&d->view, screen_of(d->flow.state), &d->scene);
}
