/* Every screen, by the state it shows. */
#include "ui/screen.h"

extern const struct screen screen_menu, screen_gateway, screen_login, screen_home, screen_nes, screen_accept,
    screen_code, screen_opening, screen_code_empty, screen_code_full, screen_text_ask, screen_sign, screen_certs,
    screen_signing, screen_no_card, screen_doctor, screen_last_try, screen_locked, screen_pin_change, screen_expired,
    screen_success, screen_result, screen_already, screen_receipt, screen_receipt_save, screen_receipt_page,
    screen_receipt_code, screen_away, screen_time, screen_leave, screen_idle;

static const struct screen *const screens[ST_COUNT] = {
    [ST_MENU] = &screen_menu,
    [ST_GATEWAY] = &screen_gateway,
    [ST_LOGIN] = &screen_login,
    [ST_HOME] = &screen_home,
    [ST_NES] = &screen_nes,
    [ST_ACCEPT] = &screen_accept,
    [ST_CODE] = &screen_code,
    [ST_OPENING] = &screen_opening,
    [ST_CODE_EMPTY] = &screen_code_empty,
    [ST_CODE_FULL] = &screen_code_full,
    [ST_TEXT_ASK] = &screen_text_ask,
    [ST_SIGN] = &screen_sign,
    [ST_CERTS] = &screen_certs,
    [ST_SIGNING] = &screen_signing,
    [ST_NO_CARD] = &screen_no_card,
    [ST_DOCTOR] = &screen_doctor,
    [ST_LAST_TRY] = &screen_last_try,
    [ST_LOCKED] = &screen_locked,
    [ST_PIN_CHANGE] = &screen_pin_change,
    [ST_EXPIRED] = &screen_expired,
    [ST_SUCCESS] = &screen_success,
    [ST_RESULT] = &screen_result,
    [ST_ALREADY] = &screen_already,
    [ST_RECEIPT] = &screen_receipt,
    [ST_RECEIPT_SAVE] = &screen_receipt_save,
    [ST_RECEIPT_PAGE] = &screen_receipt_page,
    [ST_RECEIPT_CODE] = &screen_receipt_code,
    [ST_AWAY] = &screen_away,
    [ST_TIME] = &screen_time,
    [ST_LEAVE] = &screen_leave,
    [ST_IDLE] = &screen_idle,
};

const struct screen *screen_of(enum flow_state state)
{
    return state < ST_COUNT ? screens[state] : NULL;
}
