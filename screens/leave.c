/* Leaving with something at stake: asked once, the default stays. */
#include "screens/parts.h"

/* What is true of the signature, and what leaving does to it. */
static void say_stake(const struct flow *f, struct view *v)
{
    if (f->sent) {
        view_text(v, 0, tr("Your signature was sent but no answer has come yet."));
        view_text(v, ITEM_DENSE, tr("If you leave now, it stays sent; sign in again later to see the result."));
    } else if (f->have_cms) {
        view_text(v, 0, tr("Your signature was made but no answer has come yet."));
        view_text(v, ITEM_DENSE, tr("If you leave now, it may not arrive; sign in again later to see whether it did."));
    } else {
        view_text(v, 0, tr("If you leave now, this task stays unfinished and nothing is signed."));
    }
}

static void compose(const struct scene *s, struct view *v)
{
    say_stake(s->flow, v);
    view_text(v, ITEM_DENSE, tr("Press Leave to leave or Stay to stay."));
    view_choice(v, ITEM_GAP | ITEM_DEFAULT, N_("Stay"), CH_STAY, 0);
    view_choice(v, 0, N_("dialog|Leave"), CH_LEAVE, 0);
    parts_timer(s, v);
}

const struct screen screen_leave = {
    .state = ST_LEAVE,
    .place = PLACE_PORTAL,
    .section = SECTION_CONSENT,
    .title = N_("Leave?"),
    .help = N_("Leaving signs you out and forgets what was typed. A signature that was sent stays sent."),
    .keys = keys_choose,
    .compose = compose,
};
