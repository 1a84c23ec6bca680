#!/usr/bin/env bash
# Every way out: cancel at every screen, Ctrl-C, SIGHUP, SIGTERM; the terminal is left as it was and no process stays.
# shellcheck source=tests/journeys/lib.sh
. "$EONAY_SRC/tests/journeys/lib.sh"

words tr
sandbox_up leaving
screens=(menu gateway login home nes accept code full sign pin)

go_to() { # go_to SCREEN from a fresh start
  shows "$w_menu"; [[ $1 == menu ]] && return; keys Enter
  shows "$w_gateway"; [[ $1 == gateway ]] && return; keys Enter
  shows "$w_login"; [[ $1 == login ]] && return; type_in "$TCKN"; keys Enter; type_in "$PASSWORD"; keys Enter
  shows "$w_home"; [[ $1 == home ]] && return; keys Enter
  shows "$w_nes"; [[ $1 == nes ]] && return; keys Enter
  shows "$w_accept"; [[ $1 == accept ]] && return; keys Enter
  shows "$w_code"; [[ $1 == code ]] && return; keys Enter
  shows "$w_full"; [[ $1 == full ]] && return; keys Enter
  shows "$w_sign"; [[ $1 == sign ]] && return; keys Enter; shows "$w_cert"; keys Enter; shows "$w_pin"
}
# A shell that keeps the terminal's settings before and after, and says when the program is gone.
start_watched() {
  cat >"$work/watched" <<WATCH
stty -a >'$work/stty.before'; echo BEFORE-LINE
'$build/eonay' --config '$wizard'; echo "left-\$?" >'$work/left'
stty -a >'$work/stty.after'; echo AFTER-LINE; cat
WATCH
  rm -f "$work/left" "$work/stty".*
  tm -u new-session -d -x 80 -y 24 "sh '$work/watched'"
}
as_it_was() {
  shows "AFTER-LINE" 10 || return 1
  screen | grep -q BEFORE-LINE || { echo "# the screen from before is not back"; return 1; }
  diff "$work/stty.before" "$work/stty.after" >"$work/stty.diff" || { sed 's/^/# /' "$work/stty.diff"; return 1; }
  ! pgrep -f "eonay-(net|token) --config $wizard" >/dev/null || { echo "# a worker is still there"; return 1; }
}
leave_by_esc() { # Esc back to the door, answering the question with Leave where it is asked
  local i
  for ((i = 0; i < 14; i++)); do
    [[ -e $work/left ]] && return 0
    if screen | grep -qF "Ayrılmak için"; then keys 2; else keys Escape; fi
    local end=$((SECONDS + 2)) before; before=$(screen)
    while ((SECONDS < end)) && [[ $(screen) == "$before" && ! -e $work/left ]]; do pause; done
  done
  [[ -e $work/left ]]
}
for s in "${screens[@]}"; do
  start_watched; go_to "$s"
  ok "Esc from $s leads out" leave_by_esc
  ok "Esc from $s: the terminal is as it was" as_it_was
  tm kill-server
done
for s in menu login sign pin; do
  for signal in HUP TERM; do
    start_watched; go_to "$s"
    pkill "-$signal" -f "^$build/eonay --config $wizard"
    ok "SIG$signal at $s: the terminal is as it was" as_it_was
    tm kill-server
  done
done
start_watched; go_to menu; keys C-c
ok "Ctrl-C at the menu leaves at once" as_it_was
tm kill-server
start_watched; go_to pin; keys C-c
ok "Ctrl-C at the PIN asks" shows "Ayrılmak için"
keys Enter
ok "Enter stays" shows "$w_sign"
keys C-c; shows "Ayrılmak için"; keys 2
ok "2 leaves" as_it_was
journey_end
