#!/usr/bin/env bash
# Mishaps of the person's own: mistyped numbers and codes, a wrong password, a wrong PIN and then the right one, copying the
# code, help and language on the way. Each is one sentence, what to do next, and the way goes on without losing the place.
# shellcheck source=tests/journeys/lib.sh
. "$EONAY_SRC/tests/journeys/lib.sh"

sandbox_up mishaps
words tr

# --- signing in -------------------------------------------------------------------------------------------------
start
way menu login
type_in "12345678901"; keys Enter; type_in "x"; keys Enter
ok "a number whose digits do not fit is told" shows "11 haneli bir sayıdır"
ok "and kept as typed" shows "12345678901"
keys C-u; type_in "$TCKN"; keys Enter C-u Enter
ok "an empty password is told" shows "Şifre alanı boş"
type_in "wrong-password"; keys Enter
ok "a wrong password is told" shows "birbiriyle eşleşmedi"
ok "the number is kept" shows "$TCKN"
ok "the password is not" no on_screen "*"
type_in "again"; at "[ *****"; keys Escape; at "${sign[gateway]}"; keys Enter; at "${sign[login]}"
ok "nor after the page was left and entered again" no on_screen "*"
keys Tab
keys Up Up Up Up Up Enter
ok "another method says what it needs" shows "gerekir."
ok "and that it is not offered here" shows "Bu yöntem burada sunulmuyor"
keys Up Up Up Up Up Enter
gone "gerekir."
keys Tab; type_in "$PASSWORD"; keys Enter
ok "then the right one" shows "${sign[home]}"

# --- the code ---------------------------------------------------------------------------------------------------
way home code
code=$(screen | sed -n 's/.*Doğrulama Kodu: *\([0-9A-Z -]*[0-9A-Z]\).*/\1/p' | tr -d ' -')
ok "the code has twelve symbols" test ${#code} = 12
keys k
ok "copying is told" shows "Kod panoya gönderildi"
ok "the code is in the terminal's clipboard" test "$(tm show-buffer | tr -d -)" = "$code"
keys Enter
way full full
keys Escape
ok "Esc goes back to the code, which still stands" shows "${code:0:4} - ${code:4:4} - ${code:8:4}"
way code pin

# --- the PIN ----------------------------------------------------------------------------------------------------
keys Enter
ok "an empty PIN is told" shows "PIN kodu alanı boş"
type_in "a"
ok "a letter is told and not added" shows "yalnız rakamlardan oluşur"
type_in "12"; keys Enter
ok "a short PIN is told, no login is tried" shows "en az"
ok "what was typed is kept" shows "[ ** "
keys DC
ok "Temizle empties the field" shows "[                  ]"
keys F2
ok "F2 changes the language" shows "Type your PIN"
type_in "99"
keys F2
ok "and what was typed and the place are kept" shows "[ ** "
keys F1
ok "F1 helps" shows "Son haneyi sil"
keys PPage
ok "and names the figure" shows "Şekil 10"
keys F1
ok "F1 leads back, with the digits" shows "[ ** "
type_in "9999"; keys Enter
ok "a wrong PIN is told" shows "PIN kodu kabul edilmedi"
ok "the field is empty" shows "[                  ]"
onward pin
ok "then the right one: success" shows "${sign[success]}"
keys Enter; at "${sign[result]}" Enter
ok "leaves with 0" ended 0
ok "openssl accepts the consent" exported

# --- consented before -------------------------------------------------------------------------------------------
start
way menu nes && keys Enter
ok "consented before: told in place of a code" shows "E-Onayınız daha önce alınmış"
ok "with its number" shows "${sign[number]}"
ok "and its date" shows "E-Onay Tarihi"
keys Enter
ok "leaves with 0" ended 0

# --- codes typed by hand ----------------------------------------------------------------------------------------
start --code -
ok "--code - starts at the empty code" shows "${sign[empty]}"
keys Enter
ok "an empty code is told" shows "Doğrulama kodu alanı boş"
type_in "K7QM"; keys Enter
ok "a short code is told with its length" shows "4 hane var"
keys C-u; type_in "K7QMÇ"
ok "a letter that is not used is told" shows "Bu harf kodda kullanılmaz"
keys C-u; type_in "AAAA-BBBB-CCCC"; keys Enter
ok "a code that does not fit is told offline" shows "tutmuyor"
keys C-u; type_in "0000-0000-0000"; keys Enter
ok "an unknown code is told" shows "Bu kod tanınmadı"
ok "and kept" shows "0000-0000-0000"
keys C-u; type_in "$code"; keys Enter
ok "a used code is told" shows "daha önce kullanılmış"
keys Escape; at "${sign[leave]}" 2
ok "leaves with 0" ended 0

# A code of one's own, typed in small letters, with look-alikes and without dashes; nobody is signed in here.
person 400000000 "Gülşen Işın"
start
way menu code
code=$(screen | sed -n 's/.*Doğrulama Kodu: *\([0-9A-Z -]*[0-9A-Z]\).*/\1/p' | tr -d ' -')
start --code -
at "${sign[empty]}"; type_in "$(sed 'y/ABCDEFGHJKMNPQRSTVWXYZ01/abcdefghjkmnpqrstvwxyzoı/' <<<"$code")"; keys Enter
way text pin && onward pin
ok "small letters, O for 0 and ı for 1: success" shows "${sign[success]}"
keys Enter
ok "leaves with 0" ended 0
ok "openssl accepts the consent" exported

# A code given in argv stands in no process list.
person 400000002 "Şükrü Öğüt"
start
way menu code
code=$(screen | sed -n 's/.*Doğrulama Kodu: *\([0-9A-Z -]*[0-9A-Z]\).*/\1/p' | tr -d ' ')
start --code "$code"
ok "--code CODE starts at the filled code" shows "${sign[full]}"
ok "the code is not in the program's argv" no grep -qaF "$code" "/proc/$pid/cmdline"
way full text
ok "the very code opens the text" shows "${sign[text]}"
journey_end
