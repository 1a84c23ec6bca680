/* Time is up: a new code leads straight back, or under --code the code field. */
#include "screens/parts.h"

/* A signature that was refused: more time would not have helped. */
static bool is_refusal(enum err_code why)
{
    return why == ERR_REJ_WINDOW || why == ERR_REJ_TEXT || why == ERR_REJ_BOUND;
}

static void compose(const struct scene *s, struct view *v)
{
    bool alone = s->flow->code_mode || !s->flow->logged_in;
    const struct note *why = note_of(s->flow->ended != OK ? s->flow->ended : alone ? ERR_EXPIRED_CODE : ERR_EXPIRED);
    if (is_refusal(s->flow->ended))
        v->title = view_keep(v, tr("Not accepted"));
    view_text(v, 0, tr(why->said));
    view_text(v, ITEM_DENSE, tr(why->advice));
    view_choice(v, ITEM_GAP | ITEM_DEFAULT, alone ? N_("Enter a verification code") : N_("Get a new code and go on"),
        CH_NEW_CODE, 0);
    view_choice(v, 0, N_("Cancel"), CH_CANCEL, 0);
}

const struct screen screen_expired = {
    .state = ST_EXPIRED,
    .place = PLACE_APPLICATION,
    .section = SECTION_SIGNATURE,
    .title = N_("Time is up"),
    .help =
        N_("A code can be used for a short time only, so that nobody else can use it. Nothing is lost but the time."),
    .keys = keys_choose,
    .compose = compose,
};
