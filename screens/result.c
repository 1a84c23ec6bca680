/* The directive's 3.8: E-Onay Sonucu. The default is Güvenli Çıkış, so that Enter all the way ends safely. */
#include "screens/parts.h"

static void compose(const struct scene *s, struct view *v)
{
    view_text(v, 0,
        s->flow->checking ? tr("Your signature was received and is being checked.")
                          : tr("Your E-Onay was completed successfully."));
    view_text(v, ITEM_GAP,
        s->flow->checking ? tr("Your E-Onay takes effect when the check is done; you need not sign again.")
                          : tr("From now on you can fill in all NES application forms with E-Onay; no signed form "
                               "needs to be sent."));
    parts_consent(s, v);
    view_choice(v, ITEM_GAP, parts_receipt(s), CH_RECEIPT, 0);
    view_choice(v, 0, N_("Home"), CH_HOME, 0);
    view_choice(v, ITEM_DEFAULT, N_("Sign out"), CH_LOGOUT, 0);
}

const struct screen screen_result = {
    .state = ST_RESULT,
    .place = PLACE_PORTAL,
    .section = SECTION_RESULT,
    .title = N_("E-Onay result"),
    .help = N_("The receipt proves your consent; it can be checked without the internet. The receipt number finds your "
               "transaction."),
    .keys = keys_choose,
    .compose = compose,
};
