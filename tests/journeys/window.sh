#!/usr/bin/env bash
# The window and the looks: resized in the middle of the way, another language, the look for screen readers, high contrast, the
# mouse, a paste, colours that a terminal lacks.
# shellcheck source=tests/journeys/lib.sh
. "$EONAY_SRC/tests/journeys/lib.sh"

words tr
sandbox_up window
rows() { screen | grep -nF -- "$1" | head -n 1 | cut -d: -f1; }
cursor_row() { tm display-message -p '#{cursor_y}'; }
screen_row() { screen | sed -n "$(($(cursor_row) + 1))p"; }
on_cursor_row() { [[ $(screen | sed -n "$(($(cursor_row) + 1))p") == *"$1"* ]]; }
click() { # click TEXT: the first mouse button, where it stands; as a terminal reports it (SGR 1006)
  local row line col
  row=$(rows "$1"); line=$(screen | sed -n "${row}p"); line=${line%%"$1"*}; col=$((${#line} + 2))
  type_in $'\e['"<0;$col;${row}M"; type_in $'\e['"<0;$col;${row}m"
}
# press KEY...: one after the other, each when the one before was answered (the time that runs apart)
state_now() { cursor_row; tm display-message -p '#{cursor_x}'; screen | grep -v 'Kalan Süre\|İmzalama Tarihi'; }
is_not() { [[ $(state_now) != "$1" ]]; }
press() {
  local key was
  for key; do
    was=$(state_now); keys "$key"
    await "$patience" is_not "$was" || { note "no answer to $key"; return 1; }
  done
}
until_at() { # until_at TEXT KEY: pressed again and again, until the cursor's row or the message holds the text
  local n
  for n in {1..24}; do
    on_screen "$1" && return
    press "$2" || return 1
  done
  note "not reached with $n times $2: $1"
  return 1
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
ok "40x12: goes on, in pages" shows "PgUp PgDn"
ok "40x12: the clock stays in sight" shows "─ Kalan Süre:"
ok "40x12: the cursor is in the PIN field" await "$patience" on_cursor_row "PIN Kodu           [** "
ok "40x12: help and Esc are in the footer" shows "Esc Vazgeç  F1 Yardım"
on_help() { [[ $(screen_row) == *"F1 Yardım"* ]]; }
for _ in {1..12}; do on_help || press Tab; done
ok "40x12: help has the focus" on_help
press Enter
ok "40x12: help by focus" shows "┌─ Yardım ─"
ok "40x12: from its first line" shows "Şekil 10 - Sözleşme"
press Down Down Down
ok "40x12: and from there the time" on_cursor_row "Kalan süre (F4)"
press Enter
ok "40x12: the time by focus" shows "Süreyi uzat"
press Escape
ok "40x12: and back in the PIN field" await "$patience" on_cursor_row "PIN Kodu           [** "
resize 80 24
ok "80x24: as before" shows "${sign[pin]}"
ok "no key typed at the small window was heard; the digits are kept" shows "[ ** "
ok "the text stands whole" shows "gönderme"
keys DC; gone "[ ** "

# What is pasted into the PIN is a PIN or nothing: a number out of an invoice would cost a try of the card.
paste "Fatura No: 2026-1143, 15 TL"
ok "a paste that is no PIN is told" shows "Yapıştırılan bu alana uymuyor, alan boşaltıldı."
keys Enter
ok "and nothing of it is tried" shows "PIN kodu alanı boş."
paste "0a2b1c8d3e8f"
ok "nor of one with letters between" shows "alan boşaltıldı"
ok "no digit of it stands there" no on_screen "[ *"
type_in $'\e[200~12'
shows "[ ** "
keys C-c
ok "a paste without end: Ctrl-C is heard" shows "${sign[leave]}"
keys Escape
ok "and one can go back" shows "${sign[pin]}"

# --- the text in a small window ----------------------------------------------------------------------------------
person 800000003 "Ali Ergin"
start
way menu text
resize 40 12
ok "40x12: the text begins" await "$patience" on_cursor_row "Kamu SM sistemleri"
press Enter
ok "Enter: the next lines of it" no on_screen "Kamu SM sistemleri"
line=$(screen_row)
press F4
ok "F4: the time" shows "Süreyi uzat"
press Escape
ok "one reads on at the same line" await "$patience" on_cursor_row "$line"
ok "Enter leads to its end, and on" until_at "Sertifikanız seçili" Enter
resize 80 24
way cert pin

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
