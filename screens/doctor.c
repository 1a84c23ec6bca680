/* Tanı: every link between the card and the service as it is judged, and what to do about the first that is broken. */
#include "screens/parts.h"

#include "base/chain.h"

/* What does not apply says nothing to a person. */
static const char *const state_words[LINK_STATES] = {
    [LINK_OK] = N_("in order"), [LINK_BROKEN] = N_("broken"), [LINK_UNKNOWN] = N_("could not be judged")};

static void compose_links(const struct scene *s, struct view *v)
{
    const struct facts *f = s->facts;
    for (size_t i = 0; i < f->doctor_count; i++)
        if (state_words[f->doctor[i]] != NULL)
            view_fact(v, ITEM_INDENT | ITEM_FOCUS, tr(chain_name((enum chain_link)i)), tr(state_words[f->doctor[i]]));
    if (s->flow->doctor == DOCTOR_LOOKING && f->doctor_count < LINK_COUNT)
        view_fact(v, ITEM_INDENT, tr(chain_name((enum chain_link)f->doctor_count)), tr("being looked at"));
}

/* The verdict stands on the message rows; once another message has taken its place, here. */
static void compose_verdict(const struct scene *s, struct view *v)
{
    const struct note *note = note_of(s->facts->doctor_code);
    char words[512];
    if (s->flow->note != note->code) {
        i18n_fill(words, sizeof words, tr(note->said), s->facts->doctor_arg);
        view_text(v, ITEM_GAP, words);
        if (note->advice[0] != '\0')
            view_text(v, 0, tr(note->advice));
    }
    view_fact(v, ITEM_INDENT | ITEM_FOCUS | ITEM_GAP, tr("Code"), view_fmt(v, "%s (%d)", note->slug, (int)note->code));
    if (s->facts->doctor_detail[0] != '\0')
        view_fact(v, ITEM_INDENT | ITEM_FOCUS, tr("Detail"), s->facts->doctor_detail);
}

static void compose(const struct scene *s, struct view *v)
{
    bool looking = s->flow->doctor == DOCTOR_LOOKING;
    view_text(v, 0, tr("What a signature needs, from the card reader to Online İşlemler:"));
    compose_links(s, v);
    if (s->flow->doctor == DOCTOR_DONE)
        compose_verdict(s, v);
    if (looking && v->said[0] == '\0')
        v->said = view_keep(v, tr("Looking at one link after the other."));
    view_button(v, ITEM_GAP | ITEM_DEFAULT, N_("Look again"), CH_RETRY);
    view_button(v, ITEM_BESIDE, N_("Back"), CH_CANCEL);
    parts_timer(s, v);
}

const struct screen screen_doctor = {
    .state = ST_DOCTOR,
    .place = PLACE_APPLICATION,
    .section = SECTION_SIGNATURE,
    .title = N_("Diagnosis"),
    .help = N_("It stops at the first link that is broken and says what can be done about it. The code is the same in "
               "every language: name it to the staff. The way goes on by itself once your card is seen."),
    .keys = keys_choose,
    .compose = compose,
};
