# Journeys: the real programs in a real terminal (a detached tmux of their own), watched by what stands on the screen.
# Source this, use the words below, end with journey_end.
# shellcheck shell=bash disable=SC2034
set -u
build=${EONAY_BUILD:?}
src=${EONAY_SRC:?}
work=$(mktemp -d "${TMPDIR:-/tmp}/eonay-journey.XXXXXX")
unset EONAY_READER ACCESSIBLE TMUX STY SSH_CONNECTION COLUMNS LINES
n=0 bad=0
patience=20 # seconds that a wait may take; only a failure ever waits so long

# --- TAP --------------------------------------------------------------------------------------------------------
pass() { n=$((n + 1)); echo "ok $n - $1"; }
fail() { # says what stands on the screen, and from now on waits less
  n=$((n + 1)) bad=$((bad + 1)) patience=5
  echo "not ok $n - $1"
  screen | sed 's/^/# | /'
}
ok() { # ok NAME COMMAND...: one TAP line
  local name=$1; shift
  if "$@"; then pass "$name"; else fail "$name"; return 1; fi
}
no() { # no COMMAND...: succeeds when it does not
  ! "$@"
}
quietly() { "$@" >"$work/quietly" 2>&1 || { quote "$work/quietly"; return 1; }; }
note() { echo "# $*"; }
quote() { local f; for f in "$@"; do tail -n 12 "$f" | sed 's/^/# > /'; done; }
bail() { echo "Bail out! $*"; exit 1; }
skip_all() { echo "1..0 # SKIP $*"; exit 0; }
journey_end() { echo "1..$n"; exit $((bad > 0)); }

clean_up() {
  local d
  tm kill-server 2>/dev/null
  for d in "$work"/box-*; do [[ -d $d ]] && "$build/eonay-sandbox" down "$d" >/dev/null 2>&1; done
  rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 143' TERM INT HUP

has_sanitizers() { grep -q __asan_init "$build/eonay"; }

# --- waiting ----------------------------------------------------------------------------------------------------
mkfifo "$work/never"
exec 9<>"$work/never"
pause() { read -rt 0.02 -u 9 || :; } # between two looks, never instead of one
await() { # await SECONDS COMMAND...: looks until it succeeds
  local end=$((SECONDS + $1)); shift
  until "$@"; do ((SECONDS < end)) || return 1; pause; done
}

# --- sandbox ----------------------------------------------------------------------------------------------------
sandbox_up() { # sandbox_up NAME [--set key=value]...: raises it and reads its variables
  box=$work/box-$1; shift
  "$build/eonay-sandbox" up "$box" "$@" >"$work/up.log" 2>&1 || { quote "$work/up.log"; bail "no sandbox"; }
  wizard=$box/wizard.yaml
  # shellcheck source=/dev/null
  . "$box/env"
}
sandbox() { # sandbox COMMAND ARGUMENT...: for the one that is up
  "$build/eonay-sandbox" "$1" "$box" "${@:2}" >"$work/sandbox.log" 2>&1 || { quote "$work/sandbox.log"; return 1; }
}
sandbox_down() { sandbox down; }
person() { # person DIGITS NAME [OPTION...]: a further person with a card, whose variables count from now on
  local tckn; tckn=$(bash "$src/tests/journeys/tckn" "$1")
  sandbox person --tckn "$tckn" --name "$2" "${@:3}" || bail "no person"
  # shellcheck source=/dev/null
  . "$work/sandbox.log"
  wizard=$WIZARD
}

# --- terminal ---------------------------------------------------------------------------------------------------
tm() { tmux -S "$work/tmux" -f "$work/tmux.conf" "$@"; }
cat >"$work/tmux.conf" <<'CONF'
set -g status off
set -g set-clipboard on
set -g exit-empty off
set -s escape-time 0
CONF
# What runs in the terminal: the settings before and after, the program's own number and exit status.
cat >"$work/run" <<'RUN'
w=$1; shift
read -r _ <"$w/go"
stty -a >"$w/stty.before"
echo BEFORE-LINE
sh -c 'echo $$ >"$0/pid"; exec "$@"' "$w" "$@" 2>"$w/stderr"
echo $? >"$w/status.part"
stty -a >"$w/stty.after"
echo AFTER-LINE
mv "$w/status.part" "$w/status"
exec cat
RUN
tm_start() { # tm_start COMMAND...: in a terminal of 80x24; every byte it writes is kept in $work/raw
  tm kill-session 2>/dev/null
  rm -f "$work"/{go,pid,status,raw,stty.before,stty.after,stderr}
  mkfifo "$work/go"
  tm -u new-session -d -x 80 -y 24 -c "$work" sh "$work/run" "$work" "$@" || bail "no terminal"
  tm pipe-pane "cat >'$work/raw'"
  echo >"$work/go"
  await "$patience" test -s "$work/pid" || bail "the program did not start"
  pid=$(<"$work/pid")
}
start() { tm_start "$build/eonay" --config "$wizard" "$@"; } # the wizard of the person who counts
screen() { tm capture-pane -p 2>/dev/null; }
on_screen() { [[ $(screen) == *"$1"* ]]; }
shows() { # shows TEXT [SECONDS]: waits until it stands on the screen
  await "${2:-$patience}" on_screen "$1" || { note "waited for: $1"; return 1; }
}
gone() { # gone TEXT: waits until it stands there no more
  await "$patience" no on_screen "$1" || { note "still there: $1"; return 1; }
}
at() { # at TEXT [KEY...]: when the text has come, these keys are pressed; a failure if it does not come
  shows "$1" || { fail "reaches: $1"; return 1; }
  (($# == 1)) || keys "${@:2}"
}
pressed=0
keys() { pressed=$((pressed + $#)); tm send-keys "$@"; }
type_in() { tm send-keys -l -- "$1"; }
resize() { tm resize-window -x "$1" -y "$2"; }
ended() { # ended STATUS: the program leaves with this status
  await "$patience" test -s "$work/status"
  [[ $(cat "$work/status" 2>&1) == "$1" ]] || { note "status: $(cat "$work/status" 2>&1), not $1"; return 1; }
}
# What a program can change in a terminal: alternate screen, cursor, keypad, mouse, and the like.
terminal_flags() {
  tm display-message -p '#{alternate_on} #{cursor_flag} #{insert_flag} #{keypad_cursor_flag} #{keypad_flag} #{mouse_any_flag} #{origin_flag} #{wrap_flag}'
}

# --- processes --------------------------------------------------------------------------------------------------
workers() { pgrep -P "$pid" "$@"; }            # of the wizard in the terminal
worker() { workers -f "^$build/eonay-$1 "; }   # token or net
all_gone() { # all_gone PID...: none of these lives
  local p; for p in "$@"; do [[ ! -d /proc/$p ]] || return 1; done
}
# stop PID: what it does from now on, it does after SIGCONT. The signal alone is not enough: until one of its threads has
# taken it, the others go on.
is_stopped() { local t; for t in /proc/"$1"/task/*/stat; do [[ $(<"$t") == *") T "* ]] || return 1; done; }
stop() { kill -STOP "$1" && await "$patience" is_stopped "$1"; }
service_pid() { cat "$box/run/eonayd.pid"; }

# --- the way ----------------------------------------------------------------------------------------------------
# The places of the straight way and what each is known by, in either language.
places=(menu gateway login home nes accept code full text cert pin)
declare -A sign
words() {
  if [[ $1 == tr ]]; then
    sign=([menu]="Başlamak için Giriş'e basınız" [gateway]="Kimliğinizi doğrulamak için" [login]="Giriş yönteminizi seçiniz"
      [home]="Hoş geldiniz, Sayın" [nes]="Yapmak istediğiniz işlemi seçiniz" [accept]="E-Onay nedir?"
      [code]="Doğrulama kodunu kopyalayınız" [full]="Kod tamam" [text]="Metni okuyunuz" [cert]="Sertifikanız seçili"
      [pin]="PIN kodunuzu yazınız, sonra İMZALA'ya basınız" [success]="İşleminiz Başarılıdır." [result]="E-Onay işleminiz başarıyla"
      [number]="Makbuz No" [leave]="Ayrılmak için" [expired]="Süre doldu, imza atılmadı" [slow]="beklenenden uzun sürüyor"
      [away]="Bağlantı bekleniyor" [unknown_text]="bilinen" [empty]="kodunu yazınız veya yapıştırınız")
  else
    sign=([menu]="Press Sign in to start" [gateway]="to prove who you are" [login]="Choose how to sign in"
      [home]="Welcome, " [nes]="Choose what you want to do" [accept]="What is E-Onay?"
      [code]="Copy the verification code" [full]="The code is complete" [text]="Read the text" [cert]="Your certificate is chosen"
      [pin]="Type your PIN, then press SIGN" [success]="Your transaction was successful." [result]="Your E-Onay was completed"
      [number]="Receipt number" [leave]="Press Leave to leave" [expired]="Time is up and nothing was signed"
      [empty]="Type or paste the verification code")
  fi
}
# Presses what leads on from a place. Enter is all, but where one signs in.
onward() {
  case $1 in
    login) type_in "$TCKN"; keys Enter; type_in "$PASSWORD"; keys Enter ;;
    pin) type_in "$PIN"; keys Enter ;;
    *) keys Enter ;;
  esac
}
way() { # way FROM TO [TITLE]: from one place to another; with a title every arrival is a TAP line
  local p on=0
  for p in "${places[@]}"; do
    [[ $p != "$1" ]] || on=1
    ((on)) || continue
    if (($# == 3)); then ok "$3: $p" shows "${sign[$p]}" || return 1; else at "${sign[$p]}" || return 1; fi
    [[ $p != "$2" ]] || return 0
    onward "$p"
  done
}

# The consent as the unit exports it, and as openssl sees it.
exported() { # exported [CONTENT]: of the person who counts: consent.p7s verifies, its content is byte for byte the issued text
  local out=$work/out
  rm -rf "$out"
  "$build/eonayctl" --config "$SERVICE" consents export --tckn "$TCKN" --out "$out" >"$work/export.log" 2>&1 ||
    { quote "$work/export.log"; return 1; }
  openssl cms -verify -cades -inform DER -in "$out/consent.p7s" -CAfile "$CA_FILE" -out "$out/content" 2>"$work/openssl.log" ||
    { quote "$work/openssl.log"; return 1; }
  cmp "$out/content" "$out/text.txt" && cmp "$out/content" "$src/data/consent-tr.txt"
}
not_exported() { no exported >/dev/null; } # nobody has a consent of this person
consents() { "$build/eonayctl" --config "$SERVICE" consents list --json | grep -o '"number"' | grep -c .; }

# --- a hostile service ------------------------------------------------------------------------------------------
# hostile_up: tests/fakes/hostile-service in the portal's and the gateway's place; the cards stay the sandbox's. Whoever counts
# then has this wizard.yaml.
hostile_up() {
  hostile=$work/hostile
  mkdir "$hostile"
  "$build/tests/fakes/hostile-service" "$hostile" >"$hostile/url" &
  await "$patience" test -s "$hostile/url" || bail "no hostile service"
  hostile_url=$(<"$hostile/url")
  sed -e "s|^portal:.*|portal: \"$hostile_url\"|; s|^gateway:.*|gateway: \"$hostile_url\"|" \
    -e "s|^tls_ca:.*|tls_ca: \"$hostile/tls-ca.pem\"|; s|^publisher_ca:.*|publisher_ca: \"$hostile/publisher-ca.pem\"|" \
    "$wizard" >"$hostile/wizard.yaml"
  wizard=$hostile/wizard.yaml
}
misbehave() { echo "$*" >"$hostile/misbehave.new"; mv "$hostile/misbehave.new" "$hostile/misbehave"; }
asked() { grep -cx -- "$1" "$hostile/requests" 2>/dev/null; } # asked "METHOD /path": how often
at_least() { (($(asked "$2") >= $1)); }                       # at_least N "METHOD /path"
