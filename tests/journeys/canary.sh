#!/usr/bin/env bash
# A canary PIN and password: found in the wizard's memory while they are typed (so the search works), and then in no process of
# ours, no file, log, argv or environment: after the sign-in, Temizle, Esc, a wrong PIN, expiry, and once İMZALA was answered.
# shellcheck source=tests/journeys/lib.sh
. "$EONAY_SRC/tests/journeys/lib.sh"

memscan=$build/tests/journeys/memscan
[[ $(id -u) == 0 ]] || skip_all "needs root to read other processes' memory"
has_sanitizers && skip_all "sanitizers keep freed memory on purpose"
self=$(echo "no such words" | "$memscan" $$ 2>&1) || [[ $? == 1 ]] || skip_all "other processes' memory cannot be read here: $self"

words tr
pin=739162850417
canaries() { printf '%s\n%s\n' "$pin" "$PASSWORD"; }
ours() { # the wizard, its workers, the service
  echo "$pid"; workers; service_pid
}
remembers() { # remembers PID...: who still knows one of the words
  local found
  found=$(canaries | "$memscan" "$@")
  case $? in 0) return 1 ;; 1) ;; *) note "the search failed"; return 0 ;; esac
  while read -r p word hits; do
    note "$(tr '\0' ' ' <"/proc/$p/cmdline") ($p): word $word, $hits times"
  done <<<"$found"
}
told() { # told PID...: whose argv or environment has one of the words
  local p
  for p in "$@"; do
    tr '\0' '\n' <"/proc/$p/cmdline" | grep -qF -f <(canaries) && { note "argv of $p"; return 0; }
    tr '\0' '\n' <"/proc/$p/environ" | grep -qF -f <(canaries) && { note "environment of $p"; return 0; }
  done
  return 1
}
# Whatever a program of ours writes: the sandbox's folder (but for its own papers that name PIN and password), the terminal.
written() { grep -rlF -f <(canaries) "$box"/{log,service,run,downloads} "$work"/{raw,stderr} | sed 's/^/# written: /' | grep .; }
holds() { remembers "$pid" >/dev/null; }
clean() {
  # shellcheck disable=SC2046
  no remembers $(ours) && no told $(ours) && no written
}

sandbox_up canary
person 900000000 "Kanarya Sarı" --pin "$pin"
((${#PASSWORD} >= 8)) || bail "the sandbox's password is too short for a canary"

# --- the password -----------------------------------------------------------------------------------------------
start
way menu login
type_in "$TCKN"; keys Enter; type_in "$PASSWORD"; shows "$(printf '*%.0s' $(seq ${#PASSWORD}))"
ok "control: the typed password is found in the wizard" holds
keys C-u; gone "[ *"
ok "an emptied field: it is nowhere" clean
type_in "$PASSWORD"; shows "***"; keys Escape; at "${sign[gateway]}"
ok "after Esc it is nowhere" clean
keys Enter; at "${sign[login]}"
type_in "$TCKN"; keys Enter; type_in "${PASSWORD}x"; keys Enter; at "birbiriyle eşleşmedi"
ok "a password like it, refused: it is nowhere" clean
type_in "$PASSWORD"; keys Enter; at "${sign[home]}"
ok "after the sign-in it is nowhere" clean

# --- the PIN ----------------------------------------------------------------------------------------------------
way home pin
type_in "$pin"; shows "************"
ok "control: the typed PIN is found in the wizard" holds
keys DC; gone "[ *"
ok "after Temizle it is nowhere" clean
type_in "$pin"; shows "************"; keys Escape; at "${sign[leave]}"
ok "after Esc it is nowhere" clean
keys Enter; at "${sign[pin]}"
type_in "$pin"; shows "************"; keys BSpace; shows "***********"; keys C-u; gone "[ *"
ok "after deleting it is nowhere" clean
type_in "${pin}1"; keys Enter; at "PIN kodu kabul edilmedi"
ok "after a wrong PIN that begins like it, it is nowhere" clean
stop "$(worker token)"
type_in "$pin"; keys Enter; at "kartta atılıyor"
ok "while the card works the wizard knows it no more" no remembers "$pid"
kill -CONT "$(worker token)"
ok "success" shows "${sign[success]}"
ok "after İMZALA was answered it is nowhere" clean
keys Enter; at "${sign[result]}"
ok "at the result it is nowhere" clean
family="$pid $(workers | tr '\n' ' ')"
keys Enter
ok "leaves with 0" ended 0
# shellcheck disable=SC2086
ok "nobody stays to remember" all_gone $family
ok "the service knows neither" no remembers "$(service_pid)"
sandbox_down

# --- a paste, a signal, expiry ----------------------------------------------------------------------------------
sandbox_up late --set sign_window_s=10
person 900000001 "Kanarya Mavi" --pin "$pin"
start
way menu pin
tm set-buffer -- "$pin"; tm paste-buffer -p; tm delete-buffer
at "************"
ok "control: a pasted PIN is found in the wizard" holds
ok "time runs out" shows "${sign[expired]}"
ok "after expiry it is nowhere" clean

# --- line by line -----------------------------------------------------------------------------------------------
start --plain
type_in $'\n\n\n'; at "T.C. Kimlik No:"; type_in "$TCKN"; keys Enter
at "yazdığınız görünmez"; type_in "$PASSWORD"; keys Enter # typed ahead of its prompt it would be echoed
for line in "" "" "" "" "" "" ""; do
  type_in "$line"; keys Enter
done
at "PIN Kodu (yazdığınız görünmez):"
ok "plain: after the sign-in the password is nowhere" clean
type_in "$pin"; keys Enter; at "1 İMZALA"
ok "control: the typed PIN is found in the wizard" holds
keys Enter; at "${sign[success]}"
ok "plain: after İMZALA was answered it is nowhere" clean
journey_end
