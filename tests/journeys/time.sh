#!/usr/bin/env bash
# Time: a window that closes and the way back, an extension, a code and a session that have grown old, nobody there.
# shellcheck source=tests/journeys/lib.sh
. "$EONAY_SRC/tests/journeys/lib.sh"

words tr
sandbox_up short --set sign_window_s=8 --set extensions=0
start
way menu accept
ok "before it begins one is told how long it will be" shows "8 saniye süreniz olur; bu süre uzatılamaz"
keys Enter
way code pin
type_in "12"
ok "time is up: told, with the way back" shows "${sign[expired]}"
ok "a new code is offered" shows "Yeni kod al ve devam et"
keys Enter
ok "it leads straight back to the PIN" shows "${sign[pin]}"
ok "the half-typed PIN is gone" shows "[                  ]"
onward pin
ok "success in the second window" shows "${sign[success]}"
ok "openssl accepts the consent" exported
sandbox_down

sandbox_up long
# The window is extended, from the field and from the page of time.
start
way menu pin
type_in "12"
keys F4
ok "F4 tells the time" shows "kaldı."
keys Escape
ok "Esc goes back without extending, the digits are kept" shows "[ ** "
keys F4; at "Süreyi uzat" Enter
ok "Enter extends" shows "Süre uzatıldı"
ok "and the digits are kept" shows "[ ** "
keys F4; at "Süreyi uzat"; type_in "3"
ok "a digit typed there belongs to the PIN" shows "[ *** "

# A code that grew old before it was opened.
start
way menu full
sandbox clock +901
keys Enter
ok "a code that is too old is told" shows "Bu kodun süresi dolmuş"
ok "and a new one offered" shows "Yeni kod al"
keys Enter
ok "which is filled in" shows "${sign[full]}"
way full pin && onward pin
ok "success with the new code" shows "${sign[success]}"
ok "openssl accepts the consent" exported

# A session that ended in the middle: signed in again, at the same place.
person 500000000 "Nazlı Ulu"
start
way menu accept
sandbox clock +86400
keys Enter
ok "a session that ended is told" shows "Oturumunuzun süresi doldu"
way gateway login && keys Enter; type_in "$PASSWORD"; keys Enter
ok "signing in again leads back to the place" shows "${sign[accept]}"
keys Enter
ok "and on" shows "${sign[code]}"

# Somebody else signs in instead: nothing of the first one is left.
start
way menu accept
first=$NAME
sandbox clock +86400
keys Enter; at "Oturumunuzun süresi doldu"
person 500000001 "Zerrin Ak"
way gateway login && keys C-u && onward login
ok "another person starts at home" shows "Hoş geldiniz, Sayın $NAME"
ok "nothing of the first one stands there" no on_screen "$first"

# Nobody is there.
echo "idle_s: 6" >>"$wizard"
start
way menu login
type_in "$TCKN"
# A machine that sleeps: the wait itself is timed by the clock that counts it (7: CLOCK_BOOTTIME), to an absolute moment.
counts_sleep() { grep -lsx 'clockid: 7' "/proc/$pid/fdinfo/"* | xargs grep -qsE '^it_value: \((0, [1-9]|[1-9])' &&
  grep -lsx 'clockid: 7' "/proc/$pid/fdinfo/"* | xargs grep -qsx 'settime flags: 01'; }
ok "what is due comes due while the machine sleeps" await "$patience" counts_sleep
ok "after a while one is asked" shows "Bir süredir işlem yapılmadı"
keys x
ok "any key goes on" shows "${sign[login]}"
ok "with the number kept" shows "$TCKN"
ok "asked again" shows "Bir süredir işlem yapılmadı"
ok "and then it closes by itself, with its own status" ended 75
journey_end
