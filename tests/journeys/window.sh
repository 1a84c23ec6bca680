#!/usr/bin/env bash
# The window and the looks: resized in the middle of the way, another language, the look for screen readers, high contrast, the
# mouse, a paste, colours that a terminal lacks.
# shellcheck source=tests/journeys/lib.sh
. "$EONAY_SRC/tests/journeys/lib.sh"

words tr
sandbox_up window
rows() { screen | grep -nF -- "$1" | head -n 1 | cut -d: -f1; }
cursor_row() { tm display-message -p '#{cursor_y}'; }
on_cursor_row() { [[ $(screen | sed -n "$(($(cursor_row) + 1))p") == *"$1"* ]]; }
click() { # click TEXT: the first mouse button, where it stands; as a terminal reports it (SGR 1006)
  local row line col
  row=$(rows "$1"); line=$(screen | sed -n "${row}p"); line=${line%%"$1"*}; col=$((${#line} + 2))
  type_in $'\e['"<0;$col;${row}M"; type_in $'\e['"<0;$col;${row}m"
}
paste() { tm set-buffer -- "$1"; tm paste-buffer -p; }

# --- resized ----------------------------------------------------------------------------------------------------
start
way menu pin
type_in "12"; shows "[ ** "
resize 132 43
ok "132x43: the frame follows" shows "$(printf '─%.0s' {1..100})"
ok "the digits are kept" shows "[ ** "
resize 30 10
ok "30x10: too small, told" shows "Pencere çok"
keys Enter Escape
resize 40 12
ok "40x12: goes on, in pages" shows "PIN Kodu"
resize 80 24
ok "80x24: as before" shows "${sign[pin]}"
ok "no key typed at the small window was heard; the digits are kept" shows "[ ** "
ok "the text stands whole" shows "gönderme"
keys DC; gone "[ ** "

# --- another language -------------------------------------------------------------------------------------------
keys F2
ok "F2: English" shows "Type your PIN, then press SIGN."
ok "the text to be signed stays Turkish" shows "KABUL EDİYORUM."
ok "what it says is told beside it" shows "For information, not signed"
keys F2
ok "F2: Turkish again, at the same place" shows "${sign[pin]}"

# --- looks ------------------------------------------------------------------------------------------------------
keys F3
ok "F3: the look for screen readers has no frame" gone "│"
ok "the cursor is on the PIN" on_cursor_row "PIN Kodu"
keys F3
ok "F3: high contrast" shows "│"
keys F3
onward pin
ok "success" shows "${sign[success]}"

# The whole way in the look for screen readers, by the same twelve keys.
person 800000000 "Cem Ilgaz"
start --reader
for words in "Giriş" "E-Devlet ile Giriş"; do
  await "$patience" on_cursor_row "$words" || fail "reader: the cursor is on $words"
  keys Enter
done
ok "reader: the cursor is on the number" await "$patience" on_cursor_row "T.C. Kimlik No"
onward login
for words in "NES İşlemleri" "E-Onay İşlemleri" "E-Onay nedir?" "Doğrulama Kodu:" "İleri" "Kamu SM sistemleri" "Sertifika Seçiniz"; do
  ok "reader: the cursor is on $words" await "$patience" on_cursor_row "$words"
  keys Enter
done
ok "reader: the cursor is on the PIN" await "$patience" on_cursor_row "PIN Kodu"
ok "no frame" no on_screen "─"
onward pin
ok "reader: success" shows "${sign[success]}"
ok "openssl accepts the consent" exported

# --- mouse and paste --------------------------------------------------------------------------------------------
person 800000001 "Deniz Çelik"
start
way menu menu
click "Giriş'e"
click "1  Giriş"
ok "a click chooses" shows "${sign[gateway]}"
click "E-Devlet ile Giriş ]"
way login login
paste "$TCKN"
ok "a paste fills the field" shows "$TCKN"
keys Enter; type_in "$PASSWORD"; shows "****"
click "Giriş Yap"
way home code
code=$(screen | sed -n 's/.*Doğrulama Kodu: *\([0-9A-Z -]*[0-9A-Z]\).*/\1/p')
way code pin
for digit in ${PIN//?/& }; do click "  $digit  "; done
ok "the keypad is for the mouse" shows "[ ****** "
click "Temizle"
ok "and Temizle" gone "[ ****** "
onward pin
ok "success" shows "${sign[success]}"

person 800000002 "Su Deniz"
start
way menu code
code=$(screen | sed -n 's/.*Doğrulama Kodu: *\([0-9A-Z -]*[0-9A-Z]\).*/\1/p')
start --code -
at "${sign[empty]}"
paste "  ${code,,}
"
ok "a pasted code is whole at once" shows "${sign[full]}"
ok "the focus is on İleri" on_cursor_row "İleri"

# --- terminals --------------------------------------------------------------------------------------------------
for term in vt100 linux xterm-256color; do
  tm_start env TERM=$term "$build/eonay" --config "$wizard"
  ok "TERM=$term: the menu" shows "${sign[menu]}"
  keys Escape
  ok "TERM=$term: leaves with 0" ended 0
done
tm_start env TERM=dumb "$build/eonay" --config "$wizard"
ok "TERM=dumb: line by line" shows "Seçiminiz (boş satır: Giriş):"
keys C-d
ok "TERM=dumb: leaves with 0" ended 0
tm_start env LC_ALL=C "$build/eonay" --config "$wizard"
ok "LC_ALL=C: letters without marks" shows "Baslamak icin Giris'e basiniz"
keys Escape
ok "LC_ALL=C: leaves with 0" ended 0
journey_end
