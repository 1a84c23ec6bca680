#!/usr/bin/env bash
# How the wizard is started and left where something is missing: a descriptor, a reader of its words, a shell behind it.
# No world is needed: its workers find no authority in the files and end, which is one more mishap.
set -u
build=${EONAY_BUILD:?}
work=$(mktemp -d "${TMPDIR:-/tmp}/eonay-start.XXXXXX")
trap 'exec 8>&-; rm -rf "$work"' EXIT
unset EONAY_READER ACCESSIBLE
n=0 bad=0
ok() { n=$((n + 1)); if "${@:2}"; then echo "ok $n - $1"; else echo "not ok $n - $1"; bad=$((bad + 1)); fi; }
is() { [[ $1 == "$2" ]] || { echo "# $1, not $2"; return 1; }; }

cat >"$work/wizard.yaml" <<'YAML'
portal: https://127.0.0.1:1/
tls_ca: nowhere.pem
service: Deneme
trust: nowhere.pem
modules: [{path: /nowhere.so}]
YAML
eonay=("$build/eonay" --config "$work/wizard.yaml")
patient() { timeout -k 1 20 "$@"; } # 124: it did not leave by itself

patient "${eonay[@]}" --plain --lang en </dev/null >"$work/out" 2>"$work/err"; status=$?
ok "a missing file of authorities is told before any screen" is $status 78
ok "by its key and name" grep -q "^eonay: tls_ca: .*nowhere.pem: " "$work/err"
ok "and nothing else" is "$(wc -c <"$work/out")" 0
: >"$work/nowhere.pem"
ok "help is in the language that is named after it" grep -q '^Usage' <("${eonay[@]}" --help --lang en)
ok "and in Turkish when that is" grep -q '^Kullan' <("${eonay[@]}" --help --lang=tr)
cp "$build/eonay" "$work/eonay-alone" 2>/dev/null
patient "$work/eonay-alone" --lang en </dev/null >"$work/out" 2>"$work/err"; status=$?
ok "without settings it says how to name them" grep -q -e '--config FILE' "$work/err"
ok "and leaves as misconfigured" is $status 78
patient "${eonay[@]}" --plain <&- >"$work/out" 2>&1; status=$?
ok "without standard input it leaves as at its end" is $status 0
patient "${eonay[@]}" --plain </dev/null >&- 2>"$work/err"; status=$?
ok "without standard output it says so and leaves" is $status 69
ok "in words" grep -q '^eonay: ' "$work/err"
patient "${eonay[@]}" --plain <&- >&- 2>&-; status=$?
ok "without any of the three it leaves" is $status 69

# Whatever the terminal takes, it gets nothing else.
plain_ascii() { no_bytes "$1" '[^\n -~]'; }
no_bytes() { ! LC_ALL=C grep -aqP "$2" "$1" || { sed 's/^/# /' "$1" | head -n 5; return 1; }; }
patient env LC_ALL=C "${eonay[@]}" --help --lang tr >"$work/out" 2>&1
ok "an ASCII terminal gets its help in ASCII" plain_ascii "$work/out"
ok "in Turkish words" grep -q '^Kullanim' "$work/out"
patient env LC_ALL=C "${eonay[@]}" --plain --lang tr </dev/null >"$work/out" 2>&1
ok "and its goodbye" plain_ascii "$work/out"
ok "which is there" grep -q 'Gule gule' "$work/out"
patient env LC_ALL=C "$build/eonay-verify" --help --lang tr >"$work/out" 2>&1
ok "so does the tool" plain_ascii "$work/out"
for words in $'--config /tmp/\033[2Jx' $'--\033[2Jx' $'\033[2Jx' $'verify --ca /tmp/\033[2Jx x'; do
  read -ra words <<<"$words"
  patient "$build/eonay" "${words[@]}" </dev/null >"$work/out" 2>&1
  ok "${words[0]@Q}: it is not given what came on the command line" no_bytes "$work/out" '[\x00-\x09\x0b-\x1f\x7f]'
  ok "but told of it" grep -qF '?[2Jx' "$work/out"
done

# An endless person: who cannot be heard is not answered.
yes '?' | patient "${eonay[@]}" --plain >/dev/full; status=${PIPESTATUS[1]}
ok "what cannot be written ends the conversation" is $status 0
yes '?' | patient "${eonay[@]}" --plain | head -n 1 >/dev/null; status=${PIPESTATUS[1]}
ok "so does a reader who goes" is $status 0

look() { read -rt 0.02 <> <(:) || :; } # between two looks, never instead of one
says() { local end=$((SECONDS + 20)); until grep -q -- "$1" "$work/out"; do ((SECONDS < end)) || return 1; look; done; }
left() { wait "$pid"; is $? "$1"; }
begin() { # begin OPTION...: with its input held open as 8, in a session without a shell
  rm -f "$work/in" "$work/out"
  mkfifo "$work/in"
  setsid "${eonay[@]}" --plain --lang en "$@" <"$work/in" >"$work/out" 2>&1 &
  pid=$!
  exec 8>"$work/in"
}

begin --code K7QM-3XPD-9R4T
ok "with a code it speaks" says 'signing application\|E-İmza'
ok "the code is not in its argument list" bash -c '! tr "\0" "\n" <"/proc/$1/cmdline" | grep -q K7QM' - "$pid"
exec 8>&-
ok "the end of its input is told by the exit status, when something was begun" left 66

begin
ok "at the menu it asks" says 'Your choice'
kill -TSTP "$pid"
echo '?' >&8
ok "where no shell could continue it, it does not stop" says 'You can also type'
kill -QUIT "$pid"
ok "a key that would have killed it leaves in order" left 0
exec 8>&-
echo "1..$n"
exit $((bad > 0))
