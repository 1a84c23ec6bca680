/* The card wants another PIN before it signs: the old one, the new one twice. */
#include <stdio.h>

#include "screens/parts.h"

static void compose_busy(struct view *v)
{
    const char *said = tr("Your PIN is being changed. Please do not take out your card.");
    view_text(v, ITEM_READER | ITEM_FOCUS | ITEM_DEFAULT, said);
    view_text(v, ITEM_STANDARD, said);
    view_button(v, ITEM_GAP, N_("Cancel"), CH_CANCEL);
}

/* What the card takes, where it says so. */
static void compose_limits(const struct flow *f, struct view *v)
{
    char least[24], most[24];
    if (f->pin_min == 0 || f->pin_max == 0 || f->pin_max > 64)
        return;
    snprintf(least, sizeof least, "%u", f->pin_min);
    snprintf(most, sizeof most, "%u", f->pin_max);
    view_text(v, ITEM_DENSE,
        view_put(v, view_put(v, tr("The new PIN has {least} to {most} digits."), "least", least), "most", most));
}

static void compose_fields(const struct scene *s, struct view *v)
{
    const size_t *typed = s->form->part_chars;
    struct item *old_pin = view_secret(v, ITEM_GAP | ITEM_DEFAULT, N_("Old PIN"), FIELD_PIN_OLD, typed[PART_OLD], 16);
    old_pin->focus = FOCUS_PIN_OLD;
    view_item(v, ROLE_KEYPAD, ITEM_STANDARD | (s->facts->keypad_keys ? ITEM_FOCUS : 0), tr("Clear"), s->facts->keypad);
    view_secret(v, 0, N_("New PIN"), FIELD_PIN_NEW, typed[PART_NEW], 16)->focus = FOCUS_PIN_NEW;
    view_secret(v, 0, N_("New PIN (again)"), FIELD_PIN_AGAIN, typed[PART_AGAIN], 16);
    view_button(v, ITEM_READER | ITEM_NOT_PLAIN, N_("Clear"), CH_PIN_CLEAR);
}

static const struct keybind keys_busy[] = {
    {.key = UK_ESC, .event = EV_BACK, .name = "Esc", .label = N_("Cancel")},
    {0},
};

static void compose(const struct scene *s, struct view *v)
{
    bool pad = (s->flow->pin_flags & PIN_PAD) != 0;
    if (s->flow->token_job != 0) {
        v->keys = keys_busy;
        compose_busy(v);
        parts_timer(s, v);
        return;
    }
    view_text(v, 0, tr("The new PIN is valid from now on, with this card, everywhere."));
    compose_limits(s->flow, v);
    if (pad)
        v->keys = keys_choose_cancel;
    if (pad)
        view_text(v, ITEM_GAP, tr("Enter the old PIN, then the new one twice on the keys of the card reader."));
    else
        compose_fields(s, v);
    struct item *button =
        view_button(v, ITEM_INDENT | (pad ? ITEM_GAP | ITEM_DEFAULT : 0), N_("Change PIN"), CH_CHANGE_PIN);
    button->focus = FOCUS_CHANGE;
    view_button(v, ITEM_READER, N_("Cancel"), CH_CANCEL);
    parts_timer(s, v);
}

static const struct keybind keys[] = {
    {.key = UK_ENTER,
        .name = "Enter",
        .label = N_("field|Go on"),
        .help = N_("In the last field and on the button: change the PIN.")},
    {.key = UK_DEL, .event = EV_CHOOSE, .choice = CH_PIN_CLEAR, .name = "Del", .label = N_("Clear")},
    {.key = UK_TAB, .name = "Tab", .label = N_("key|Next")},
    {.key = UK_ESC, .event = EV_BACK, .name = "Esc", .label = N_("Cancel")},
    {.key = UK_BACKSPACE, .name = "Backspace", .help = N_("Delete the last digit")},
    {0},
};

const struct screen screen_pin_change = {
    .state = ST_PIN_CHANGE,
    .place = PLACE_APPLICATION,
    .section = SECTION_SIGNATURE,
    .title = N_("Change of the PIN"),
    .help = N_("The card takes a new PIN only together with the old one. The three go only to your card; they are not "
               "stored or sent. Afterwards you go on with the signature where you were."),
    .keys = keys,
    .compose = compose,
};
