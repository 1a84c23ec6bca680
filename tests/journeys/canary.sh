#!/usr/bin/env bash
# A canary PIN and password: found in the wizard's memory while typed (so the scan works), and in no process, file, log, argv or
# environment once İMZALA was answered, after cancel, after expiry and after a wrong PIN.
# shellcheck source=tests/journeys/lib.sh
. "$EONAY_SRC/tests/journeys/lib.sh"

[[ $(id -u) == 0 ]] || { echo "1..0 # SKIP needs root to read other processes' memory"; exit 0; }
case ${EONAY_PASS:-} in sanitizers) echo "1..0 # SKIP sanitizers keep freed memory on purpose"; exit 0 ;; esac

words tr
sandbox_up canary --set sign_window_s=12
pin=739162850417
ours() { pgrep -f "^$build/(eonay|eonayd)( |$)|^$build/eonay-(net|token) "; pgrep -f "eonay-(net|token) --config"; }
scan() { printf '%s\n%s\n' "$pin" "$PASSWORD" | "$build/tests/journeys/memscan" $(ours | sort -u) 2>>"$work/scan.err"; }
clean() { # no process holds it, no argv, no environment, no file
  local out; out=$(scan)
  [[ -z $out ]] || { echo "# memory: $out"; ps -o pid,args -p "$(echo "$out" | cut -d' ' -f1 | sort -u | paste -sd,)" | sed 's/^/# /'; return 1; }
  local p; for p in $(ours | sort -u); do
    tr '\0' '\n' <"/proc/$p/cmdline" | grep -qF -e "$pin" -e "$PASSWORD" && { echo "# argv of $p"; return 1; }
    tr '\0' '\n' <"/proc/$p/environ" | grep -qF -e "$pin" -e "$PASSWORD" && { echo "# environment of $p"; return 1; }
  done
  ! grep -rlF -e "$pin" "$box" --include='*.log' --include='*.db*' --include='*.json' 2>/dev/null | grep . || return 1
}
holds() { [[ -n $(scan) ]]; }

person --tckn "$(bash "$EONAY_SRC/tests/journeys/tckn" 500000001)" --name "Kanarya Sarı" --pin "$pin"
# The password as the canary too: it must be long enough to mean something.
((${#PASSWORD} >= 8)) || bail "the sandbox's password is too short for a canary"

tm_start "$build/eonay" --config "$wizard"
shows "$w_menu"; keys Enter; shows "$w_gateway"; keys Enter; shows "$w_login"; type_in "$TCKN"; keys Enter; type_in "$PASSWORD"
shows "****"
ok "positive control: the typed password is found in the wizard" holds
keys Enter; shows "$w_home"
ok "after the sign-in it is nowhere" clean
keys Enter; shows "$w_nes"; keys Enter; shows "$w_accept"; keys Enter; shows "$w_code"; keys Enter; shows "$w_full"; keys Enter
shows "$w_sign"; keys Enter; shows "$w_cert"; keys Enter; shows "$w_pin"
type_in "$pin"; shows "************"
ok "positive control: the typed PIN is found in the wizard" holds
keys DC; gone "************"
ok "after Temizle it is nowhere" clean
type_in "$pin"; shows "************"; keys Escape; shows "Ayrılmak için"
ok "after Esc it is nowhere" clean
keys Enter; shows "$w_sign"
type_in ""
ok "time is up" shows "Süre doldu, imza atılmadı" 20
ok "after expiry it is nowhere" clean
keys Enter; shows "$w_pin"
type_in "${pin}1"; keys Enter; shows "PIN kodu kabul edilmedi"
ok "after a wrong PIN nothing like it is anywhere" clean
type_in "$pin"; keys Enter
ok "success" shows "$w_success"
ok "after İMZALA was answered it is nowhere" clean
journey_end
