#!/usr/bin/env bash
# Line by line, when something comes between: outages and idleness eat no line of a pipe, half a secret is nobody's answer,
# waiting can be left.
# shellcheck source=tests/journeys/lib.sh
. "$EONAY_SRC/tests/journeys/lib.sh"

patience=40
words tr
sandbox_up between
service_ends() { local p; p=$(service_pid); kill -KILL "$p"; await "$patience" all_gone "$p"; }
service_stops() { stop "$(service_pid)"; }
service_goes_on() { kill -CONT "$(service_pid)"; }
written() { grep -qF -- "$1" "$work/said"; }
says() { await "$patience" written "$1" || { note "waited for: $1"; quote "$work/said"; return 1; }; }
feed() { # feed OPTION...: the wizard with its input held open as 8
  rm -f "$work/lines"; mkfifo "$work/lines"
  timeout 120 "$build/eonay" --config "$wizard" --plain --lang tr "$@" <"$work/lines" >"$work/said" 2>&1 & fed=$!
  exec 8>"$work/lines"
}
lines() { printf '%s\n' "$@" >&8; }
leaves() { local rc=0; wait "$fed" || rc=$?; [[ $rc == "$1" ]] || { note "status $rc"; quote "$work/said"; return 1; }; }

# --- an outage --------------------------------------------------------------------------------------------------
service_ends
feed
lines "" "" "" "$TCKN" "$PASSWORD" "" "" "" "" "" "" "" "$PIN" "" "" ""
exec 8>&-
ok "pipe: an outage is said" says "Bağlantı bekleniyor"
sandbox service
ok "pipe: all lines wait for it to end: leaves with 0" leaves 0
ok "pipe: the walk came to its end" written "İşleminiz Başarılıdır"
ok "pipe: nothing was asked meanwhile" no written "Şimdi dene"
ok "openssl accepts the consent" exported

# --- idleness ---------------------------------------------------------------------------------------------------
person 310000000 "Ömer Şen"
calm=$work/calm.yaml
cp "$wizard" "$calm"
echo "idle_s: 20" >>"$wizard"
feed
lines "" "" "" "$TCKN"
ok "pipe: a slow one is asked after" says "Hâlâ burada mısınız?"
lines "$PASSWORD"
ok "pipe: its next line is the answer it was written as" says "Hoş geldiniz, Sayın Ömer Şen."
exec 8>&-
ok "pipe: ended in the middle" leaves 66

start --plain
type_in $'\n\n\n'; at "T.C. Kimlik No:"; type_in "$TCKN"; keys Enter; at "yazdığınız görünmez"
type_in "SECRET"
ok "terminal: asked after with half a password typed" shows "Hâlâ burada mısınız?"
ok "terminal: told that it was dropped" shows "Yazmaya başladığınız satır silindi."
type_in "TAIL"; keys Enter
ok "terminal: asked for the whole password" await "$patience" bash -c '(($(grep -c "yazdığınız görünmez" "$1") >= 2))' - "$work/raw"
ok "terminal: nothing of it stood on the screen" no grep -aqE 'SECRET|TAIL' "$work/raw"
ok "terminal: nor was it an answer" no on_screen "anlaşılmadı"
type_in "$PASSWORD"; keys Enter
ok "terminal: the way goes on" shows "${sign[home]}"
kill -TERM "$pid"
ok "terminal: left" ended 0

# --- more time while nobody answers -----------------------------------------------------------------------------
wizard=$calm
start --plain
for line in "" "" "" "$TCKN" "$PASSWORD" "" "" "" "" "" ""; do type_in "$line"; keys Enter; done
at "Sertifika Seçiniz ("
service_stops
type_in "uzat"; keys Enter; keys Enter
ok "a silent service: the PIN is asked for all the same" shows "PIN Kodu (yazdığınız görünmez)"
ok "told that nobody need wait for it" shows "Bu arada devam edebilirsiniz."
type_in "$PIN"; keys Enter; at "1 İMZALA"; keys Enter
ok "waiting for an answer can be left" shows "'geri' yazıp Enter'a"
type_in "geri"; keys Enter
ok "which is asked about" shows "1 Kal"
service_goes_on
type_in "1"; keys Enter
ok "and the way goes on when it answers" shows "${sign[success]}"
ok "openssl accepts the consent" exported
journey_end
