/* Şekil 8: the code field, empty. */
#include "screens/parts.h"

const struct screen screen_code_empty = {
    .state = ST_CODE_EMPTY,
    .place = PLACE_APPLICATION,
    .section = SECTION_SIGNATURE,
    .title = N_("Verification code"),
    .help = N_("Case and dashes do not matter. O counts as 0, and I or L as 1."),
    .keys = keys_code_entry,
    .compose = parts_code_entry,
};
