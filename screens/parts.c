#include "screens/parts.h"

#include <stdio.h>
#include <string.h>

#include "base/code.h"
#include "base/when.h"
#include "sign/cert.h"

const struct keybind keys_choose[] = {
    {.key = UK_ENTER, .name = "Enter", .label = N_("Choose")},
    {.key = UK_ESC, .event = EV_BACK, .name = "Esc", .label = N_("Back")},
    {0},
};

const struct keybind keys_choose_cancel[] = {
    {.key = UK_ENTER, .name = "Enter", .label = N_("Choose")},
    {.key = UK_ESC, .event = EV_BACK, .name = "Esc", .label = N_("Cancel")},
    {0},
};

const struct keybind keys_code_entry[] = {
    {.key = UK_ENTER, .name = "Enter", .label = N_("Next")},
    {.key = UK_ESC, .event = EV_BACK, .name = "Esc", .label = N_("Cancel")},
    {.key = UK_BACKSPACE, .name = "Backspace", .help = N_("Delete")},
    {.key = UK_CTRL_U, .name = "Ctrl-U", .help = N_("Clear the field")},
    {0},
};

void parts_timer(const struct scene *s, struct view *v)
{
    uint32_t left = flow_left_s(s->flow, s->now_ms);
    if (left == UINT32_MAX)
        return;
    struct item *i = view_item(v, ROLE_TIMER, ITEM_BOTTOM, tr("Time left"), tr("seconds"));
    i->count = left;
    i->focus = FOCUS_TIME;
    if (s->flow->sign_deadline_ms != 0 && s->flow->state != ST_SIGN) /* on the row where it stands on Şekil 10 */
        view_text(v, ITEM_BOTTOM | ITEM_STANDARD, "");
    i->choice = s->flow->extensions > 0 ? CH_EXTEND : CH_TIME;
}

const char *parts_time(struct view *v, int64_t utc)
{
    char shown[WHEN_SHOWN];
    when_show(shown, utc);
    return view_keep(v, shown);
}

const char *parts_time_named(struct view *v, int64_t utc)
{
    return view_put(v, tr("{time} (time in Türkiye)"), "time", parts_time(v, utc));
}

const char *parts_day(struct view *v, int64_t utc)
{
    char shown[WHEN_SHOWN];
    when_show_day(shown, utc);
    return view_keep(v, shown);
}

const char *parts_mask_spoken(struct view *v, const char *mask)
{
    size_t len = strlen(mask);
    if (len < 5)
        return view_keep(v, mask);
    char head[4] = {mask[0], mask[1], mask[2], 0};
    const char *said = view_put(v, tr("T.C. ID number begins with {head} and ends with {tail}."), "head", head);
    return view_put(v, said, "tail", mask + len - 2);
}

void parts_consent(const struct scene *s, struct view *v)
{
    view_fact(v, ITEM_FOCUS, tr("Receipt number"), s->facts->consent_number)->width = 17;
    if (s->facts->consent_at != 0)
        view_fact(v, ITEM_FOCUS, tr("E-Onay date"), parts_time_named(v, s->facts->consent_at));
}

const char *parts_receipt(const struct scene *s)
{
    return s->flow->receipt_ways & WAY_SAVE ? N_("Save the receipt") : N_("Receipt");
}

const char *parts_groups(struct view *v, const char *code)
{
    char groups[CODE_TEXT_LEN + 1];
    code_group(groups, code);
    return view_keep(v, groups);
}

static const char *const reason_words[REASON_COUNT] = {
#define X(id, slug, words) [REASON_##id] = words,
    CERT_REASONS(X)
#undef X
};

static const char *cert_why(struct view *v, const struct cert_row *c)
{
    const char *words = c->reason < REASON_COUNT ? reason_words[c->reason] : reason_words[REASON_UNREADABLE];
    const char *why = view_put(v, tr(words), "date", parts_day(v, c->reason_at));
    return view_put(v, tr("cannot be used: {why}"), "why", why);
}

const char *parts_cert_row(struct view *v, const struct cert_row *c)
{
    const char *owner = c->owner[0] != '\0' ? c->owner : tr("(no name)");
    if (c->reason != REASON_USABLE)
        return view_fmt(v, "%s · %s", owner, cert_why(v, c));
    return view_fmt(
        v, "%s · %s · %s", owner, c->mask, view_put(v, tr("until {date}"), "date", parts_day(v, c->not_after)));
}

/* Where one chooses, all that tells one from another; not the card's own name, which says little. */
static const char *spoken_in_list(struct view *v, const struct cert_row *c, const char *said)
{
    if (c->reader[0] != '\0')
        said = view_fmt(v, "%s, %s", said, view_put(v, tr("reader {reader}"), "reader", c->reader));
    if (c->mask[0] != '\0')
        said = view_fmt(v, "%s, %s", said, c->mask);
    if (c->issuer[0] != '\0')
        said = view_fmt(v, "%s, %s", said, view_put(v, tr("issuer {issuer}"), "issuer", c->issuer));
    return said;
}

const char *parts_cert_spoken(struct view *v, const struct cert_row *c, bool chosen, bool in_list)
{
    const char *owner = c->owner[0] != '\0' ? c->owner : tr("(no name)");
    if (c->reason != REASON_USABLE)
        return view_fmt(v, "%s, %s", owner, cert_why(v, c));
    const char *said =
        view_fmt(v, "%s, %s", owner, view_put(v, tr("valid until {date}"), "date", parts_day(v, c->not_after)));
    if (in_list)
        said = spoken_in_list(v, c, said);
    return chosen ? view_fmt(v, "%s, %s", said, tr("chosen")) : said;
}

static const char *const purpose_words[PURPOSE_COUNT] = {
#define X(id, words) [PURPOSE_##id] = words,
    CERT_PURPOSES(X)
#undef X
};

static const char *purpose_of(const struct cert_row *c)
{
    const char *words = c->purpose < PURPOSE_COUNT ? purpose_words[c->purpose] : "";
    return words[0] != '\0' ? tr(words) : "";
}

/* "a · b": what is not known leaves no gap. */
static const char *joined(struct view *v, const char *a, const char *b)
{
    if (a[0] == '\0' || b[0] == '\0')
        return a[0] == '\0' ? b : a;
    return view_fmt(v, "%s · %s", a, b);
}

static const char *named(struct view *v, const char *name, const char *value)
{
    return value[0] != '\0' ? view_fmt(v, "%s: %s", name, value) : "";
}

static const char *validity(struct view *v, const struct cert_row *c)
{
    if (c->not_before == 0 && c->not_after == 0)
        return "";
    return view_fmt(v, "%s - %s", parts_day(v, c->not_before), parts_day(v, c->not_after));
}

const char *parts_cert_ending(const struct scene *s, struct view *v, const struct cert_row *c)
{
    if (c->reason != REASON_USABLE || s->facts->signing_time == 0 ||
        !when_ends_soon(s->facts->signing_time, c->not_after))
        return "";
    const char *words = tr("Your certificate expires in less than 2 months: {date}.");
    return view_put(v, words, "date", parts_day(v, c->not_after));
}

const char *parts_cert_detail(const struct scene *s, struct view *v, const struct cert_row *c)
{
    const char *where = joined(v, named(v, tr("Issuer"), c->issuer), named(v, tr("Reader"), c->reader));
    const char *what = joined(v, joined(v, c->mask, validity(v, c)), purpose_of(c));
    const char *ending = parts_cert_ending(s, v, c);
    where = joined(v, where, named(v, tr("Card"), c->card));
    return view_fmt(v, ending[0] != '\0' ? "%s\n%s\n%s" : "%s\n%s", where, what, ending);
}

void parts_code_entry(const struct scene *s, struct view *v)
{
    bool whole = s->flow->state == ST_CODE_FULL && s->flow->code_whole;
    if (s->plain && s->flow->code_carried) /* asked about alone is the button */
        view_text(v, 0, view_put(v, tr("The verification code {code} is already filled in."), "code", s->form->code));
    else
        view_text(v, 0, tr("Type or paste the verification code you got from Online İşlemler."));
    struct item *field =
        view_field(v, ITEM_GAP | (whole ? 0 : ITEM_DEFAULT), N_("Verification code"), FIELD_CODE, s->form->code, 14);
    field->focus = FOCUS_CODE;
    struct item *next = view_button(v, ITEM_GAP | (whole ? ITEM_DEFAULT : 0), N_("Next"), CH_NEXT);
    next->focus = FOCUS_NEXT;
    if (s->flow->logged_in && (s->flow->note == ERR_CODE_EXPIRED || s->flow->note == ERR_CODE_USED))
        view_button(v, ITEM_BESIDE, N_("Get a new code"), CH_NEW_CODE)->focus = FOCUS_NEW_CODE;
    view_button(v, ITEM_BESIDE, N_("Cancel"), CH_CANCEL);
    parts_timer(s, v);
}
