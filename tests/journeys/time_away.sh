#!/usr/bin/env bash
# Time runs out and is got back; the service stops and comes back; time is extended.
# shellcheck source=tests/journeys/lib.sh
. "$EONAY_SRC/tests/journeys/lib.sh"

words tr
sandbox_up time --set sign_window_s=4 --set extensions=1
tm_start "$build/eonay" --config "$wizard"
way_to_pin
type_in "12"
ok "time is up: told, with the way back" shows "Süre doldu, imza atılmadı" 12
keys Enter
ok "a new code leads straight back to the PIN" shows "$w_pin"
ok "the half-typed PIN is gone" bash -c "! tmux -S '$sock' capture-pane -p | grep -q 'PIN Kodu.*\*'"
type_in "$PIN"; keys Enter
ok "success in the second window" shows "$w_success"
keys Enter; shows "$w_result"; keys Enter
ok "leaves with 0" ended 0
tm kill-server
"$build/eonay-sandbox" down "$box" >/dev/null

sandbox_up away --set sign_window_s=60
pid=$(cat "$box"/*eonayd*.pid 2>/dev/null || pgrep -f "eonayd --config $box/service.yaml")
tm_start "$build/eonay" --config "$wizard"
way_to_home
kill -STOP "$pid"
keys Enter; shows "$w_nes"; keys Enter; shows "$w_accept"; keys Enter
ok "a silent service is told after a while" shows "uzun sürüyor" 20
kill -CONT "$pid"
ok "and goes on when it answers" shows "$w_code" 20
keys Enter; shows "$w_full"; keys Enter; shows "$w_sign"; keys F4
ok "F4 tells the time" shows "kaldı."
keys Enter
ok "Enter extends it" shows "Süre uzatıldı"
shows "$w_sign"; keys Enter; shows "$w_cert"; keys Enter; shows "$w_pin"
type_in "$PIN"; keys Enter
ok "success" shows "$w_success"
tm kill-server
journey_end
