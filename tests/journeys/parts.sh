#!/usr/bin/env bash
# A part of the program dies or hangs in the middle: it is started again, the PIN is asked for anew, the way goes on. Card
# software that is missing or is none is told.
# shellcheck source=tests/journeys/lib.sh
. "$EONAY_SRC/tests/journeys/lib.sh"

words tr
sandbox_up parts --set wizard.hang_ms=1500
ends() { # ends PART: is killed, as a crash would end it, and the wizard has noticed; $old is its number
  old=$(worker "$1")
  kill -KILL "$old"
  await "$patience" all_gone "$old" || fail "nobody buries the dead $1"
}
renewed() { # renewed PART: another one runs in its place
  local now; now=$(worker "$1") && [[ -n $now && $now != "$old" ]]
}

# --- the card's side --------------------------------------------------------------------------------------------
start
way menu pin
type_in "12"
ends token
ok "the card's software dies at the PIN: told" shows "Kart yazılımı beklenmedik biçimde durdu"
ok "the digits are gone" shows "[                  ]"
ok "it is started again" await "$patience" renewed token
ok "the wizard is the same" test -d "/proc/$pid"
# İMZALA without a PIN: nothing is tried, and the answer tells whether the card's software is up again.
ready() { on_screen "PIN kodu alanı boş" || on_screen "Kart yazılımı hazır"; }
keys Enter
ok "and ready" await "$patience" ready
stop "$(worker token)"
onward pin
ok "a card that hangs while signing is told" shows "Kart zamanında yanıt vermedi"
ok "the digits are gone" shows "[                  ]"
onward pin # perhaps sooner than the software is up again: then the PIN waits for it
signs_or_ready() { on_screen "${sign[success]}" || on_screen "Kart yazılımı hazır"; }
ok "its software is started again" await "$patience" signs_or_ready
on_screen "${sign[success]}" || keys Enter
ok "then it signs" shows "${sign[success]}"
ok "openssl accepts the consent" exported

# --- the network's side -----------------------------------------------------------------------------------------
person 700000000 "Ufuk Taş"
start
way menu accept
ends net
keys Enter
ok "the network's side dies: the session is gone, told" shows "Oturumunuzun süresi doldu"
way gateway login && keys Enter; type_in "$PASSWORD"; keys Enter
ok "signed in again: the same place" shows "${sign[accept]}"
stop "$(service_pid)"
keys Enter
at "Yanıt bekleniyor"
ends net
kill -CONT "$(service_pid)"
ok "it dies while an answer is waited for: told" shows "bir parçası açılamadı"
ok "at the same place" shows "${sign[accept]}"
keys Enter
ok "the session is gone" shows "Oturumunuzun süresi doldu"
way gateway login && keys Enter; type_in "$PASSWORD"; keys Enter
way accept pin
ends net
onward pin
ok "it dies at the PIN: nothing is signed without a new code" shows "Yeni kod al ve devam et"
ok "nothing is signed" not_exported
keys Enter; at "Oturumunuzun süresi doldu"
way gateway login && keys Enter; type_in "$PASSWORD"; keys Enter
at "Yeni kod al ve devam et" Enter
ok "a new code leads to the PIN" shows "${sign[pin]}"
onward pin
ok "success" shows "${sign[success]}"
ok "openssl accepts the consent" exported

# --- no card software -------------------------------------------------------------------------------------------
person 700000001 "Zühal Kurt"
whole=$wizard
echo "this is no library" >"$work/words.so"
declare -A told=([/nonexistent/module.so]="kart yazılımı kurulu değil" [$work/words.so]="bir program kitaplığı değil"
  [/etc]="bir program kitaplığı değil")
for module in /nonexistent/module.so "$work/words.so" /etc; do
  sed "s|^  - path: .*|  - path: \"$module\"|" "$whole" >"$work/broken.yaml"
  wizard=$work/broken.yaml
  start
  way menu text && keys Enter
  ok "module $(basename "$module"): told" shows "${told[$module]}"
  keys F1
  ok "and F1 has the detail" shows "$(basename "$module")"
  keys F1 Escape; at "${sign[leave]}" 2
  ok "the way out is open" shows "${sign[home]}"
done
ok "two consents are kept" test "$(consents)" = 2
journey_end
