/* The receipt: what can be done with it here, and where the last one was saved. */
#include "screens/parts.h"

/* What it lacks says that it holds all the same, and that there will be a whole one. */
static const char *state_of(uint8_t early)
{
    static const char *const words[] = {N_("complete"),
        N_("valid; the ledger's proof comes later, fetch it again then"),
        N_("valid; the time stamp comes later, fetch it again then"),
        N_("valid; time stamp and ledger's proof come later, fetch it again then")};
    return tr(words[early & 3]);
}

static const char *page_of(const struct scene *s)
{
    return s->facts->page != NULL ? s->facts->page : "";
}

static void compose_saved(const struct scene *s, struct view *v)
{
    const struct facts *f = s->facts;
    if (f->receipt_path[0] == '\0')
        return;
    view_fact(v, ITEM_GAP | ITEM_FOCUS, tr("File"), f->receipt_path);
    const char *how = view_put(v, tr("To check it: eonay verify {file} --ca {ca}"), "file", f->receipt_path);
    view_text(v, ITEM_FOCUS | ITEM_GAP, view_put(v, how, "ca", f->trust != NULL ? f->trust : ""));
}

static void compose(const struct scene *s, struct view *v)
{
    const struct facts *f = s->facts;
    uint8_t ways = s->flow->receipt_ways;
    view_text(v, 0, tr("Your receipt proves your consent; it can be checked without the internet."));
    view_fact(v, ITEM_FOCUS, tr("Receipt number"), f->consent_number)->width = 17;
    if (page_of(s)[0] != '\0')
        view_fact(v, ITEM_FOCUS, tr("Receipt"), state_of(f->receipt_early));
    bool saved = f->receipt_path[0] != '\0', saves = (ways & WAY_SAVE) != 0;
    if (saves)
        view_choice(v, ITEM_GAP | (saved ? 0 : ITEM_DEFAULT), N_("Save to a file"), CH_SAVE, 0);
    view_choice(v, saves ? 0 : ITEM_GAP | ITEM_DEFAULT, N_("Show"), CH_SHOW, 0);
    if (ways & WAY_PRINT)
        view_choice(v, 0, N_("Print"), CH_PRINT, 0);
    if (ways & WAY_CODE)
        view_choice(v, 0, N_("Get a short code"), CH_SHORT_CODE, 0);
    view_choice(v, saved ? ITEM_DEFAULT : 0, N_("Back"), CH_CANCEL, 0);
    compose_saved(s, v);
}

const struct screen screen_receipt = {
    .state = ST_RECEIPT,
    .place = PLACE_PORTAL,
    .section = SECTION_RESULT,
    .title = N_("Receipt"),
    .help = N_("The receipt proves your consent; it can be checked without the internet. With a short code it can be "
               "opened on another computer."),
    .keys = keys_choose,
    .compose = compose,
};

static void compose_save(const struct scene *s, struct view *v)
{
    view_text(v, 0, tr("Where is the receipt to be kept? A file that is there already is not touched."));
    view_field(v, ITEM_GAP | ITEM_DEFAULT, N_("File"), FIELD_PATH, s->form->path, 50)->focus = FOCUS_PATH;
    view_button(v, ITEM_GAP, N_("Save"), CH_SAVE);
    view_button(v, ITEM_BESIDE, N_("Cancel"), CH_CANCEL);
}

static const struct keybind keys_save[] = {
    {.key = UK_ENTER, .name = "Enter", .label = N_("Save")},
    {.key = UK_ESC, .event = EV_BACK, .name = "Esc", .label = N_("Cancel")},
    {.key = UK_BACKSPACE, .name = "Backspace", .help = N_("Delete")},
    {.key = UK_CTRL_U, .name = "Ctrl-U", .help = N_("Clear the field")},
    {0},
};

const struct screen screen_receipt_save = {
    .state = ST_RECEIPT_SAVE,
    .place = PLACE_PORTAL,
    .section = SECTION_RESULT,
    .title = N_("Save the receipt"),
    .help = N_("The name of the file, with its folder where you wish. If the name is taken, a number is added."),
    .keys = keys_save,
    .compose = compose_save,
};

static void compose_page(const struct scene *s, struct view *v)
{
    view_item(v, ROLE_DOCUMENT, ITEM_FOCUS | ITEM_DEFAULT | ITEM_DENSE, "", page_of(s));
    view_choice(v, ITEM_GAP, N_("Back"), CH_CANCEL, 0);
}

const struct screen screen_receipt_page = {
    .state = ST_RECEIPT_PAGE,
    .place = PLACE_PORTAL,
    .section = SECTION_RESULT,
    .title = N_("Page of the receipt"),
    .help =
        N_("The page is made from the receipt's other parts; whoever checks the receipt makes it again and compares."),
    .keys = keys_choose,
    .compose = compose_page,
};

static void compose_code(const struct scene *s, struct view *v)
{
    view_text(v, 0, tr("Open the address on another computer: it gives the receipt."));
    view_item(v, ROLE_CODE, ITEM_GAP, tr("Short code"), parts_groups(v, s->facts->receipt_code));
    view_fact(v, ITEM_FOCUS, tr("Valid until"), parts_time(v, s->facts->receipt_until));
    view_fact(v, ITEM_FOCUS, tr("Address"), s->facts->receipt_address);
    if (!s->flow->kiosk)
        view_choice(v, ITEM_GAP, N_("Copy the code"), CH_COPY, 0);
    view_choice(v, ITEM_DEFAULT | (s->flow->kiosk ? ITEM_GAP : 0), N_("Back"), CH_CANCEL, 0);
}

const struct screen screen_receipt_code = {
    .state = ST_RECEIPT_CODE,
    .place = PLACE_PORTAL,
    .section = SECTION_RESULT,
    .title = N_("Short code of the receipt"),
    .help = N_("Whoever knows the code can fetch the receipt, so keep it to yourself. A new code ends the one before."),
    .keys = keys_choose,
    .compose = compose_code,
};
