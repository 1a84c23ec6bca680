#!/usr/bin/env bash
# Mishaps on the way: mistyped codes, wrong password, wrong PIN then right, a card without an NES.
# shellcheck source=tests/journeys/lib.sh
. "$EONAY_SRC/tests/journeys/lib.sh"

sandbox_up mishaps
words tr

# Wrong password, then the right one.
tm_start "$build/eonay" --config "$wizard"
shows "$w_menu"; keys Enter; shows "$w_gateway"; keys Enter; shows "$w_login"
type_in "12345678901"; keys Enter; type_in "x"; keys Enter
ok "a TCKN whose digits do not fit is told, and kept" shows "11 haneli bir sayıdır"
ok "the number stays as typed" shows "12345678901"
keys C-u; type_in "$TCKN"; keys Enter; type_in "wrong-password"; keys Enter
ok "a wrong password is told" shows "birbiriyle eşleşmedi"
ok "the number is kept" shows "$TCKN"
type_in "$PASSWORD"; keys Enter
ok "then the right one" shows "$w_home"
keys Enter; shows "$w_nes"; keys Enter; shows "$w_accept"; keys Enter; shows "$w_code"; keys Enter
shows "$w_full"; keys Enter
ok "the signing screen" shows "$w_sign"
keys Enter; shows "$w_cert"; keys Enter; shows "$w_pin"
keys Enter
ok "an empty PIN is told" shows "PIN kodu alanı boş"
type_in "a"
ok "a letter in the PIN is told" shows "yalnız rakamlardan oluşur"
type_in "12"; keys Enter
ok "a short PIN is told, no login is tried" shows "en az"
keys DC
type_in "999999"; keys Enter
ok "a wrong PIN is told" shows "PIN kodu kabul edilmedi"
type_in "$PIN"; keys Enter
ok "then the right one: success" shows "$w_success"
keys Enter; shows "$w_result"; keys Enter
ok "leaves with 0" ended 0
ok "openssl accepts the consent" exported "$TCKN" "$work/out"
tm kill-server

# Again: consented before.
tm_start "$build/eonay" --config "$wizard"
way_to_home
keys Enter; shows "$w_nes"; keys Enter
ok "consented before: date and number in place of a code" shows "E-Onayınız daha önce alınmış"
ok "with its number" shows "$w_number"
keys Enter
ok "leaves with 0" ended 0
tm kill-server

# Codes, under --code.
tm_start "$build/eonay" --config "$wizard" --code -
ok "--code - starts at the empty code" shows "doğrulama kodunu yazınız"
keys Enter
ok "an empty code is told" shows "Doğrulama kodu alanı boş"
type_in "K7QM"; keys Enter
ok "a short code is told with its length" shows "4 hane var"
keys C-u; type_in "AAAA-BBBB-CCCC"; keys Enter
ok "a code that does not fit is told offline" shows "tutmuyor"
keys C-u; type_in "0000-0000-0000"; keys Enter
ok "an unknown code is told" shows "Bu kod tanınmadı"
ok "and kept" shows "0000-0000-0000"
keys Escape
tm kill-server

# Every flaw has its reason.
flaw() { # flaw FLAW REASON
  person --tckn "$(bash "$EONAY_SRC/tests/journeys/tckn" "$3")" --name "Kusurlu Kart" --flaw "$1"
  tm_start "$build/eonay" --config "$wizard"
  shows "$w_menu"; keys Enter; shows "$w_gateway"; keys Enter; shows "$w_login"
  type_in "$TCKN"; keys Enter; type_in "$PASSWORD"; keys Enter; shows "$w_home"
  keys Enter; shows "$w_nes"; keys Enter; shows "$w_accept"; keys Enter; shows "$w_code"; keys Enter; shows "$w_full"; keys Enter
  shows "$w_sign"; keys Enter
  if [[ $1 == revoked ]]; then
    shows "$w_cert"; keys Enter; shows "$w_pin"; type_in "$PIN"; keys Enter
  else
    shows "Sertifika Seçiniz"; keys Enter
  fi
  ok "flaw $1: $2" shows "$2"
  tm kill-server
}
flaw expired "tarihinde doldu" 400000001
flaw not-yet-valid "tarihinde başlıyor" 400000002
flaw no-qc "nitelikli elektronik sertifika (NES) değil" 400000003
flaw seal "kurum mührü" 400000004
flaw wrong-usage "için verilm" 400000005
flaw other-tckn "giriş yapan kişiye ait değil" 400000006
flaw revoked "iptal edilmiş veya askıya alınmış" 400000007
journey_end
