/* Leaving with something at stake: asked once, the default stays. */
#include "screens/parts.h"

static void compose(const struct scene *s, struct view *v)
{
    view_text(v, 0,
        s->flow->sent ? tr("Your signature was sent but no answer has come yet.")
                      : tr("If you leave now, this task stays unfinished and nothing is signed."));
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
