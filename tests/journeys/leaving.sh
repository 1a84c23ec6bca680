#!/usr/bin/env bash
# Every way out: cancel at every screen, Ctrl-C, SIGHUP, SIGTERM, SIGINT, a terminal that is closed, a stop and going on. The
# terminal is left as it was and no process stays.
# shellcheck source=tests/journeys/lib.sh
. "$EONAY_SRC/tests/journeys/lib.sh"

words tr
sandbox_up leaving

go_to() { # go_to PLACE: a fresh start, walked to the place; remembers every process
  start
  way menu "$1" || return 1
  mapfile -t family < <(workers)
  family+=("$pid")
}
as_it_was() { # the screen from before, the terminal's modes, nobody left
  shows AFTER-LINE && on_screen BEFORE-LINE || { note "the screen from before is not back"; return 1; }
  unchanged
}
unchanged() {
  [[ $(terminal_flags) == "$before" ]] || { note "terminal: $(terminal_flags), before: $before"; return 1; }
  diff "$work/stty.before" "$work/stty.after" >"$work/stty.diff" || { quote "$work/stty.diff"; return 1; }
  await "$patience" all_gone "${family[@]}" || { note "still there: $(ps -o pid=,args= -p "$(IFS=,; echo "${family[*]}")")"; return 1; }
}
moved() { [[ $(screen) != "$seen" ]]; }
leave_by_esc() { # Esc until the screen from before is back; where leaving is asked about, Leave
  local i
  for ((i = 0; i < 14; i++)); do
    seen=$(screen)
    [[ $seen != *BEFORE-LINE* ]] || return 0
    if [[ $seen == *"${sign[leave]}"* ]]; then keys 2; else keys Escape; fi
    await 5 moved
  done
  return 1
}

# What the terminal is like before any program.
tm_start true
shows AFTER-LINE
before=$(terminal_flags)

for place in "${places[@]}"; do
  go_to "$place"
  ok "Esc from $place leads out" leave_by_esc
  ok "Esc from $place: the terminal is as it was, nobody stays" as_it_was
  ok "Esc from $place: leaves with 0" ended 0
done

for place in menu login full pin; do
  for signal in HUP TERM; do
    go_to "$place"
    [[ $place != pin ]] || type_in "12"
    kill -"$signal" "$pid"
    ok "SIG$signal at $place: the terminal is as it was, nobody stays" as_it_was
    ok "SIG$signal at $place: leaves with 0" ended 0
  done
done

go_to pin
tm kill-session
ok "the terminal is closed at the PIN: nobody stays" await "$patience" all_gone "${family[@]}"

go_to menu
keys C-c
ok "Ctrl-C at the menu leaves at once" as_it_was
go_to pin
keys C-c
ok "Ctrl-C at the PIN asks" shows "${sign[leave]}"
keys Enter
ok "Enter stays, at the PIN" shows "${sign[pin]}"
keys Escape
ok "Esc at the PIN asks" shows "${sign[leave]}"
keys Escape
ok "Esc stays" shows "${sign[pin]}"
keys C-c; shows "${sign[leave]}"; keys 2
ok "2 leaves" as_it_was
go_to pin
keys C-c; shows "${sign[leave]}"; keys C-c
ok "Ctrl-C twice leaves" as_it_was
go_to pin
kill -INT "$pid"
ok "SIGINT asks like Ctrl-C" shows "${sign[leave]}"
keys 2
ok "and 2 leaves" as_it_was

# Ends that nobody asked for. (Sanitizers have handlers of their own.)
go_to pin
kill -KILL "$pid"
ok "killed at the PIN: its workers go with it" await "$patience" all_gone "${family[@]}"
if ! has_sanitizers; then
  go_to pin
  kill -SEGV "$pid"
  ok "a crash at the PIN: the terminal is as it was, nobody stays" as_it_was
  ok "and no core is written" no compgen -G "$work/core*"
fi

# Stopped by its key under a shell that can go on with it: the shell in between has its own terminal.
tm_start bash --norc --noprofile -i
type_in "'$build/eonay' --config '$wizard'"; keys Enter
way menu code
keys C-z; gone "${sign[code]}"; type_in 'echo in-between-$((40 + 2))'; keys Enter
ok "Ctrl-Z stops it, the shell is there" shows "in-between-42"
ok "without the wizard's page" no on_screen "${sign[code]}"
type_in 'fg; echo out-$((40 + 3))'; keys Enter
ok "fg: the place is back" shows "${sign[code]}"
keys Escape; at "${sign[leave]}" 2; at "${sign[home]}" Escape; at "${sign[leave]}" 2
ok "and leads out to the shell" shows "out-43"
# Where nobody could go on with it, it does not stop.
go_to code
kill -TSTP "$pid"; keys F1
ok "SIGTSTP without such a shell is let pass" shows "Yardım"
keys Escape; at "${sign[code]}"
ok "Esc leads out" leave_by_esc
ok "the terminal is as it was" as_it_was

# Plain on a terminal: the echo that was switched off for the PIN is back.
start --plain
type_in $'\n\n\n'; at "T.C. Kimlik No"; type_in "$TCKN"; keys Enter; at "yazdığınız görünmez"
mapfile -t family < <(workers); family+=("$pid")
kill -TERM "$pid"
ok "plain, SIGTERM at the password: what follows stands on its own line" shows $'\nAFTER-LINE'
ok "plain, SIGTERM at the password: the terminal is as it was, nobody stays" unchanged
ok "nothing was signed by anybody" test "$(consents)" = 0
journey_end
