/* cmocka and the assertions the flow's tests share. */
#ifndef EONAY_TESTS_FLOW_CHECK_H
#define EONAY_TESTS_FLOW_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* after the four above */
#include <cmocka.h>

#include "drive.h"

/* Names instead of numbers in a failure. */
#define assert_state(d, want) assert_string_equal(flow_state_name((d)->f.state), flow_state_name(want))
#define assert_place(d, want) assert_string_equal(flow_state_name(flow_place(&(d)->f)), flow_state_name(want))
#define assert_note(d, want) assert_int_equal((d)->f.note, (want))
#define assert_focus(d, want) assert_int_equal((d)->f.focus, (want))
#define assert_effect(d, kind) assert_non_null(effect_of((d), (kind)))
#define assert_no_effect(d, kind) assert_null(effect_of((d), (kind)))
/* The PIN left the screen: wiped in the shell, forgotten here. */
#define assert_pin_wiped(d)                                                                                            \
    do {                                                                                                               \
        assert_effect((d), FX_WIPE_PIN);                                                                               \
        assert_int_equal((d)->f.pin_len, 0);                                                                           \
    } while (0)

#endif
