/* Şekil 7: the verification code and the signing application. */
#include "screens/parts.h"

static void compose_download(const struct scene *s, struct view *v)
{
    const struct facts *f = s->facts;
    if (f->file[0] == '\0' || s->flow->kiosk)
        return;
    const char *size = view_fmt(v, "%llu KB", (unsigned long long)((f->size + 1023) / 1024));
    const char *label = view_fmt(v, "%s (%s)", tr("Download the E-İmza application"), size);
    struct item *i = view_item(v, ROLE_CHOICE, ITEM_FOCUS, label, "");
    i->choice = CH_DOWNLOAD;
    i->msgid = N_("Download the E-İmza application");
    i->spoken = view_fmt(v, "%s, %s", tr("Download the E-İmza application"), size);
}

static void compose_progress(const struct scene *s, struct view *v)
{
    const struct facts *f = s->facts;
    if (s->flow->download == 0)
        return;
    if (s->flow->download > 100) {
        view_fact(v, ITEM_GAP | ITEM_FOCUS, tr("File"), f->path);
        return;
    }
    const char *words = view_fmt(
        v, "%llu / %llu KB", (unsigned long long)(f->done / 1024), (unsigned long long)((f->size + 1023) / 1024));
    struct item *i = view_item(v, ROLE_PROGRESS, ITEM_GAP, tr("Downloading"), words);
    i->count = s->flow->download - 1u;
}

static void compose_steps(const struct scene *s, struct view *v)
{
    view_item(v, ROLE_STEP, 0, tr("Copy the verification code."), "");
    if (!s->flow->kiosk)
        view_step(v, tr("Download the E-İmza application."));
    if (!s->flow->kiosk)
        view_step(v, tr("Open the downloaded application."));
    view_step(v, tr("Paste the code there and press Next."));
}

static void compose(const struct scene *s, struct view *v)
{
    bool reader = s->flow->look == LOOK_READER && !s->plain;
    struct item *code = view_item(
        v, ROLE_CODE, reader ? ITEM_FOCUS | ITEM_DEFAULT : 0, tr("Verification code"), parts_groups(v, s->facts->code));
    code->choice = CH_HERE;
    compose_steps(s, v);
    view_text(v, 0, tr("The E-İmza application is ready on this computer; you can go on without downloading."));
    view_choice(v, reader ? 0 : ITEM_DEFAULT, N_("Go on in this terminal"), CH_HERE, 0);
    if (!s->flow->kiosk)
        view_choice(v, 0, N_("Copy the code"), CH_COPY, 0);
    compose_download(s, v);
    view_choice(v, 0, N_("Get a new code"), CH_NEW_CODE, 0)->focus = FOCUS_NEW_CODE;
    view_choice(v, 0, N_("Cancel"), CH_CANCEL, 0);
    compose_progress(s, v);
    if (s->facts->code_match[0] != '\0')
        view_fact(v, ITEM_BOTTOM | ITEM_FOCUS, tr("Match code"), s->facts->code_match);
    parts_timer(s, v);
}

static const struct keybind keys[] = {
    {.key = UK_ENTER, .name = "Enter", .label = N_("Choose")},
    {.key = UK_ESC, .event = EV_BACK, .name = "Esc", .label = N_("Back")},
    {.key = 'k', .event = EV_CHOOSE, .choice = CH_COPY, .name = "k", .help = N_("Copy the code")},
    {0},
};

const struct screen screen_code = {
    .state = ST_CODE,
    .place = PLACE_PORTAL,
    .section = SECTION_CONSENT,
    .title = N_("Verification code and E-İmza application"),
    .help =
        N_("The code opens the signing application, here or on another computer. It can be used once. The match code "
           "also stands on the signing screen; if both are equal, the text is the same."),
    .keys = keys,
    .compose = compose,
};
