#!/usr/bin/env bash
# Tanı: from the page without a card to what is wrong, link by link, while time and cards go on; in both faces.
# shellcheck source=tests/journeys/lib.sh
. "$EONAY_SRC/tests/journeys/lib.sh"

words tr
fakes=$build/tests/fakes
card=$work/card socket=$work/pcscd.socket
mkdir "$card"
script() { printf '%s\n' "$@" >"$card/script.new"; mv "$card/script.new" "$card/script"; }   # what is in the driver's readers
readers() { printf '%s\n' "$@" >"$work/readers.new"; mv "$work/readers.new" "$work/readers"; } # what pcscd says
sandbox_up diagnosis --set wizard.hang_ms=8000
cp "$box/cards/1/certificate.pem" "$card/card.pem"
none='slot 3 "TEST okuyucu"'
script "$none"
readers "reader 80100066 TEST okuyucu"
"$fakes/pcscd" "$socket" "$work/readers" &
await "$patience" test -S "$socket" || bail "no reader service"
sed "/^modules:/a\\  - path: \"$fakes/p11.so\"\n    environment:\n      EONAY_FAKE: \"$card\"\n      PCSCLITE_CSOCK_NAME: \"$socket\"\n    writable: [\"$card\"]" \
  "$wizard" | sed '/libsofthsm2/,/writable/d' >"$work/wizard.yaml"
wizard=$work/wizard.yaml
away() { no worker doctor >/dev/null; }

# --- full screen --------------------------------------------------------------------------------------------------
start
way menu text && keys Enter
ok "no card: told" shows "Okuyucuda kart yok"
keys Enter
ok "Neden görünmüyor? opens the diagnosis" shows "─ Tanı ─"
ok "what is broken is told" shows "Okuyucudaki karttan ses çıkmıyor"
ok "and what to do" shows "çipli ucu önce girecek"
ok "and by its code" on_screen "dr-card-mute (737)"
ok "what is in order, too" on_screen "Okuyucu hizmeti : sağlam"
ok "time goes on" on_screen "Kalan Süre"
ok "nobody looks on" await "$patience" away
readers
keys Enter
ok "looked again: another link" shows "Kart okuyucu bulunamadı"
ok "and no longer the one before" no on_screen "dr-card-mute"
keys F2
ok "F2 changes the language of it all" shows "No card reader was found"
keys F2
readers silent
keys Enter
ok "a service that says nothing: it is being looked at" shows "bakılıyor"
doctor_there() { worker doctor >/dev/null; }
ok "by a process of its own" await "$patience" doctor_there
keys F4
ok "time can be seen meanwhile" shows "Süreyi uzat"
keys Enter
ok "and extended" shows "Süre uzatıldı"
keys Escape
ok "Esc: back where one was, without waiting" shows "─ Kartınızı takınız ─"
ok "nobody looks on for somebody who has left" await "$patience" away
keys Enter
ok "the silence is a verdict" shows "(pcscd) yanıt vermiyor"
keys Enter; at "bakılıyor"
script "$none" 'token TEST serial=1 pin=135792' 'cert 01 card.pem'
ok "a card that is put in meanwhile: the way goes on by itself" shows "${sign[cert]}"
ok "and nobody looks on" await "$patience" away
script "$none"
at "─ Kartınızı takınız ─" Enter
at "bakılıyor" Enter Enter
kill -KILL "$(worker doctor)"
ok "one that dies is told" shows "bir parçası açılamadı"
readers "reader - TEST okuyucu"
keys Enter
ok "and can be asked again" shows "no-card (705)"
ended_with() { # what has to end with the wizard
  local children; children=$(workers | tr '\n' ' ')
  keys C-c; at "${sign[leave]}" 2
  # shellcheck disable=SC2086
  ok "$1" ended 0 && ok "no process stays" await "$patience" all_gone $children
}
readers silent
keys Enter; at "bakılıyor"
ended_with "it can be left in the middle"
readers "reader - TEST okuyucu"
free() { PCSCLITE_CSOCK_NAME=$socket timeout 5 "$build/eonay-readers" | grep -qx end; }
ok "nobody holds the reader service any more" await "$patience" free

# --- line by line -------------------------------------------------------------------------------------------------
printf '%s\n' "" "" "" "$TCKN" "$PASSWORD" "" "" "" "" "" "" "neden görünmüyor?" "yeniden bak" "geri" |
  timeout 120 "$build/eonay" --config "$wizard" --plain --lang tr >"$work/said" 2>"$work/stderr"
ok "line by line: input ends in the middle" test "${PIPESTATUS[1]}" = 66
said() { grep -qF -- "$1" "$work/said" || { quote "$work/said"; return 1; }; }
ok "the diagnosis is said" said "Tanı (3/4 İmza)"
ok "link by link" said "Okuyucu hizmeti: sağlam"
ok "the broken one" said "Okuyucudaki kart: kopuk"
ok "its code" said "no-card (705)"
ok "looked again: said again" test "$(grep -c 'Okuyucuda kart yok. Lütfen NES' "$work/said")" -ge 3
ok "no control character is written" no env LC_ALL=C grep -aP '[\x00-\x08\x0b-\x1f\x7f]' "$work/said"
journey_end
