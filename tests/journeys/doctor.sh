#!/usr/bin/env bash
# eonay doctor: one fixture for each verdict of src/tools/verdicts.def, which provokes exactly it: the link, its code, the exit
# status, nothing broken before it and nothing judged behind it. The last lines hold this file to that list.
# shellcheck source=tests/journeys/lib.sh
. "$EONAY_SRC/tests/journeys/lib.sh"

fakes=$build/tests/fakes
card=$work/card socket=$work/pcscd.socket usb=$work/usb config=$work/wizard.yaml said=$work/said
mkdir -p "$card" "$usb/1-1:1.0"
declare -A slug number link status seen=()
while read -r id n s; do number[$id]=$n slug[$id]=$s; done \
  < <(sed -n 's/^NOTE(\([^,]*\), \([^,]*\), "\([^"]*\)".*/\1 \2 \3/p' "$src/src/base/notes.def")
while read -r id s; do link[$id]=$s; done < <(sed -n 's/^LINK(\([^,]*\), "\([^"]*\)".*/\1 \2/p' "$src/src/base/chain.def")
while read -r id n; do status[$id]=$n; done < <(sed -n 's/^#define[[:space:]]*\(EX_[^[:space:]]*\)[[:space:]]*\([0-9]*\).*/\1 \2/p' /usr/include/sysexits.h)
verdicts() { sed -n 's/^VERDICT(\([^,]*\), \([^,]*\), \(EX_[^)]*\))$/\1 \2 \3/p' "$src/src/tools/verdicts.def"; }

# ---- the stage: a driver of ours, a reader service of ours, a service ------------------------------------------------
script() { printf '%s\n' "$@" >"$card/script.new"; mv "$card/script.new" "$card/script"; } # what is in the driver's readers
readers() { printf '%s\n' "$@" >"$work/readers.new"; mv "$work/readers.new" "$work/readers"; } # what pcscd says
module=$fakes/p11.so
settings() { # settings [FURTHER LINE OF THE ENVIRONMENT]...: the wizard's, of the person who counts, with the driver of now
  local key
  sed '/^modules:/,/^    writable/d' "$wizard" >"$config"
  printf 'hang_ms: %s\nmodules:\n  - path: "%s"\n    environment:\n      EONAY_FAKE: "%s"\n      PCSCLITE_CSOCK_NAME: "%s"\n' \
    "$hang_ms" "$module" "$card" "$socket" >>"$config"
  for key in "$@"; do echo "      $key" >>"$config"; done
  printf '    writable: ["%s"]\n' "$card" >>"$config"
}
hang_ms=20000
doctor() { timeout 120 "$build/eonay" doctor --config "$config" --usb "$usb" "$@" >"$said" 2>"$work/stderr"; }

# verdict LINK NOTE: what the doctor says now.
states() { sed -n 's/^      "state": "\([^"]*\)".*/\1/p' "$said" | tr '\n' ' '; }
member() { sed -n "s/^  \"$1\": \"\{0,1\}\([^\",]*\).*/\1/p" "$said"; }
told() { note "$(member link) $(member code) $(member number) $(member detail); $(states)"; quote "$work/stderr"; }
verdict() {
  local name="$1 $2: ${3:-${slug[$2]}}" rc=0 row got
  row=$(verdicts | grep "^$1 $2 ") || { fail "$name: in no row of the list"; return 1; }
  seen["$1 $2"]=1
  doctor --json --lang en || rc=$?
  got="$(member link) $(member code) $(member number) $rc"
  [[ $got == "${link[$1]} ${slug[$2]} ${number[$2]} ${status[${row##* }]}" && $(states) =~ ^((ok|skipped)\ )*(unknown\ (ok\ )?)?broken\ (unjudged\ )*$ ]] &&
    { pass "$name"; return 0; }
  told; note "exit $rc"; fail "$name"
}
is_whole() { doctor --json && [[ $(member code) == dr-whole && $(states) =~ ^((ok|skipped)\ )+$ ]]; }
whole() { is_whole || { told; return 1; }; }

sandbox_up doctor --set wizard.connect_ms=10000
cp "$box/cards/1/certificate.pem" "$card/good.pem"
good=('slot 3 "TEST okuyucu"' 'token "CANARY KART" serial=1 pin=135792' 'cert 01 good.pem')
script "${good[@]}"
readers
"$fakes/pcscd" "$socket" "$work/readers" &
await "$patience" test -S "$socket" || bail "no reader service"

# ---- whole ------------------------------------------------------------------------------------------------------------
cp "$wizard" "$config"
ok "SoftHSM, sandbox: nothing is broken, exit 0" whole
settings
ok "a driver with a card asks no reader service" whole
ok "and says so" test "$(states)" = "skipped skipped skipped skipped ok ok ok ok ok ok ok skipped "
ok "no name, no number, no label is told" no grep -qiE "CANARY|$TCKN|Işık|ISIK|I\\\\u015f" "$said"
doctor --lang tr
ok "in Turkish" grep -qx "Sizinle imza arasında kopuk bir halka yok." "$said"
ok "every link stands there" test "$(grep -cE '(sağlam|gerekmedi)' "$said")" = "${#link[@]}"
doctor --lang en
ok "in English" grep -qx "Everything between you and the signature is in order." "$said"

# ---- the reader service -------------------------------------------------------------------------------------------------
none=('slot 3 "TEST okuyucu"')
script "${none[@]}"
readers denied
verdict ACCESS DR_ACCESS_SEAT
SSH_CONNECTION="192.0.2.1 1 192.0.2.2 22" verdict ACCESS DR_ACCESS_SSH
readers "reader denied TEST okuyucu"
SSH_CONNECTION="192.0.2.1 1 192.0.2.2 22" verdict ACCESS DR_ACCESS_SSH "refused for the card alone"
readers version
verdict PCSCD DR_PCSCD_VERSION
hang_ms=2000 settings
readers silent
verdict PCSCD DR_PCSCD_SILENT
readers deaf
verdict PCSCD DR_PCSCD_SILENT "silent after it let us in"
hang_ms=20000 settings
readers
verdict READER NO_READER
printf '0b\n' >"$usb/1-1:1.0/bInterfaceClass"
verdict READER DR_READER_DRIVER
printf '03\n' >"$usb/1-1:1.0/bInterfaceClass"
verdict READER NO_READER "another kind of device is none"
readers "reader - TEST okuyucu"
verdict POWER NO_CARD
readers "reader - TEST okuyucu 1" "reader 80100066 TEST okuyucu 2"
verdict POWER DR_CARD_MUTE
readers "reader 80100067 TEST okuyucu"
verdict POWER DR_CARD_MUTE "unpowered"
readers "reader 8010000b TEST okuyucu"
verdict POWER DR_CARD_HELD
socket=$work/nowhere settings
verdict PCSCD DR_PCSCD_AWAY
socket=$work/pcscd.socket

# ---- the driver ---------------------------------------------------------------------------------------------------------
readers "reader 0 TEST okuyucu"
settings
verdict SLOT DR_SLOT_BLIND
script "${none[@]}" 'token X unknown'
verdict SLOT DR_CARD_STRANGE
script "${good[@]}" 'fail C_GetTokenInfo DEVICE_ERROR times=0'
verdict SLOT CARD_UNREAD
script "${good[@]}" 'fail C_Initialize GENERAL_ERROR times=0'
verdict MODULE DR_MODULE_START
script "${good[@]}" 'crash C_GetSlotList times=0 by=segv'
verdict MODULE DR_MODULE_CRASH
script "${good[@]}" 'crash LOAD times=0'
verdict MODULE DR_MODULE_CRASH "while it is loaded"
hang_ms=5000 settings
script "${good[@]}" 'hang C_GetSlotInfo'
verdict MODULE DR_MODULE_HANG
hang_ms=20000
script "${good[@]}"
module=$work/nowhere.so settings
verdict MODULE DR_MODULE_MISSING
module=$work settings
verdict MODULE DR_MODULE_OTHER "a folder"
echo "a text that is longer than the head of a library would be, and no program" >"$work/text.so"
module=$work/text.so settings
verdict MODULE DR_MODULE_OTHER
head_of() { printf '\x7fELF\x02\x01\x01%09d\x03\0%b\0' 0 "$2" | tr 0 '\0' >"$1"; head -c 44 /dev/zero >>"$1"; } # a shared object's
head_of "$work/arm.so" '\xb7'
module=$work/arm.so settings
verdict MODULE DR_MODULE_ARCH
head_of "$work/torn.so" '\x3e'
module=$work/torn.so settings
verdict MODULE DR_MODULE_PART
module=$fakes/p11.so

# One that keeps its cards in files, one that forwards: no reader service is asked.
cp "$fakes/p11.so" "$work/softhsm-like.so"
readers denied
module=$work/softhsm-like.so settings
script "${none[@]}"
verdict SLOT NO_CARD
script '# no reader'
verdict SLOT NO_READER
module=$fakes/p11.so
settings "P11_KIT_SERVER_ADDRESS: unix:path=$work/nowhere"
verdict SLOT FORWARD_DEAD
for client in /usr/lib/*/pkcs11/p11-kit-client.so; do
  [[ -e $client ]] || continue
  module=$client settings "P11_KIT_SERVER_ADDRESS: unix:path=$work/nowhere"
  verdict SLOT FORWARD_DEAD "p11-kit's own client, nobody at the other end"
done
settings "P11_KIT_SERVER_ADDRESS: tcp:192.0.2.1"
verdict SLOT FORWARD_ADDRESS
settings
script "${none[@]}"
P11_KIT_SERVER_ADDRESS="unix:path=$work/nowhere" verdict SLOT DR_FORWARD_IGNORED
if [[ $(id -u) == 0 ]]; then # a listener of somebody else's
  foreign=$(mktemp -d "${TMPDIR:-/tmp}/eonay-foreign.XXXXXX")
  chmod 777 "$foreign"
  touch "$foreign/script"
  cp "$fakes/pcscd" "$foreign/listener"
  setpriv --reuid=65534 --regid=65534 --clear-groups "$foreign/listener" "$foreign/socket" "$foreign/script" &
  await "$patience" test -S "$foreign/socket"
  settings "P11_KIT_SERVER_ADDRESS: unix:path=$foreign/socket"
  verdict SLOT FORWARD_OTHER
  kill $!
  rm -rf "$foreign"
else
  seen["SLOT FORWARD_OTHER"]=1
  note "SLOT FORWARD_OTHER needs root: somebody else's socket"
fi

# ---- the card -----------------------------------------------------------------------------------------------------------
settings
script "${none[@]}" 'token X serial=7 pin=135792 wrong=3 tries=3' 'cert 01 good.pem'
verdict TOKEN PIN_LOCKED
script "${none[@]}" 'token X serial=1 pin=135792'
verdict CERT CARD_EMPTY
script "${good[@]}" 'fail C_FindObjectsInit DEVICE_ERROR times=0'
verdict CERT CARD_UNREAD
first=$wizard
person 200000000 "Süre Geçmiş" --flaw expired
cp "$wizard" "$config"
verdict CERT DR_CERT_UNUSABLE
ok "and why" grep -q '"detail": "expired 20' "$said"
ok "and not whose" no grep -qiE "$TCKN|Geçmiş|GE.*M.*" "$said"
wizard=$first
sed "s|^trust:.*|trust: \"$TLS_CA_FILE\"|" "$wizard" >"$config"
verdict CERT DR_TRUST
ok "and why" grep -q '"detail": "untrusted' "$said"
printf '  - path: "/nonexistent/other.so"\n' >"$work/second"
sed "/^modules:/r $work/second" "$wizard" >"$config"
ok "a second driver that is missing breaks nothing while another has the card" whole

# ---- the service ----------------------------------------------------------------------------------------------------------
script "${good[@]}"
settings
sed -i 's|^portal:.*|portal: "https://127.0.0.1:1"|' "$config"
verdict SERVICE DR_SERVICE_AWAY
ok "no clock to compare with is told" grep -q '"state": "unknown"' "$said"
doctor --lang tr
ok "in words" grep -qE "^Bilgisayarın saati +belirlenemedi" "$said"
settings
sed -i 's|^connect_ms:.*|connect_ms: 1500|' "$config"
stop "$(service_pid)"
verdict SERVICE DR_SERVICE_AWAY "silent"
kill -CONT "$(service_pid)"
hostile_up
settings
ok "control: the hostile service is well" whole
misbehave health-html
verdict SERVICE DR_SERVICE_SICK
misbehave health-store
verdict SERVICE DR_SERVICE_SICK "its store is away"
misbehave health-time
verdict SERVICE DR_SERVICE_SICK "no time"
misbehave health-odd
verdict SERVICE DR_SERVICE_SICK "odd words"
misbehave tls-ca
verdict TLS DR_TLS
misbehave tls-name
verdict TLS DR_TLS "another name"
misbehave tls-expired
verdict TLS DR_TLS_DATE
misbehave health-stamps
verdict STATUS DR_TSA_AWAY
wizard=$first

# What the service knows of the authority it learns when somebody signs.
person 200000001 "Rana Uz"
cp "$wizard" "$config"
sandbox set ocsp=away crl=away
printf '%s\n' "" "" "" "$TCKN" "$PASSWORD" "" "" "" "" "" "" "" "$PIN" "" "" "" |
  timeout 120 "$build/eonay" --config "$wizard" --plain >"$work/way" 2>&1 || quote "$work/way"
verdict STATUS DR_OCSP_AWAY
sandbox set ocsp=good crl=good
ok "once the authority answers: whole" await "$patience" is_whole

# Last: no clock of the sandbox goes back.
sandbox clock +200
ok "a clock that is off by a little: whole" whole
sandbox clock +7000
verdict CLOCK DR_CLOCK
ok "by how much" grep -qE '"said": ".* by 120 minutes' "$said"

# ---- the command line -----------------------------------------------------------------------------------------------------
refuses() { local rc=0; "$build/eonay" doctor "${@:2}" >"$said" 2>"$work/stderr" || rc=$?; [[ $rc == "$1" ]]; }
refuses 78 --lang en
if grep -q "No such file" "$work/stderr"; then # this machine has no settings of its own
  ok "without settings, how to name them is told" grep -qx "The settings were not found; name them with --config FILE." "$work/stderr"
fi
ok "an unknown option is a usage error" refuses 64 --surprise
ok "a configuration that is not there" refuses 78 --config "$work/nowhere.yaml"
settings_told() { # settings_told CODE DETAIL: as JSON, of no link
  refuses 78 --config "$config" --json --lang en
  [[ $(member code) == "$1" && $(member link) == null && $(states) =~ ^(unjudged\ )+$ ]] && grep -q "\"detail\": \".*$2" "$said"
}
settings; echo "surprise: yes" >>"$config"
ok "settings with an unknown key are told as JSON" settings_told config surprise
settings; sed -i 's|^tls_ca:.*|tls_ca: "/nonexistent/ca.pem"|' "$config"
ok "and a file of theirs that is not there" settings_told file tls_ca
rm "$config"
ok "and settings that are not there" settings_told file wizard.yaml
LC_ALL=en_US.UTF-8 refuses 0 --help
ok "--help is in the locale's language" grep -q "^Usage: " "$said"
LC_ALL=en_US.UTF-8 "$build/eonay" --help >"$said"
ok "as the wizard's is" grep -q "^Usage: " "$said"
ok "--help helps" refuses 0 --lang en --help
ok "in words" grep -q "first broken link" "$said"

# ---- this file ------------------------------------------------------------------------------------------------------------
unseen() { verdicts | while read -r l v _; do [[ -n ${seen["$l $v"]-} ]] || echo "# no fixture: $l $v"; done | grep .; }
ok "every verdict has its fixture: $(verdicts | grep -c .)" no unseen
ok "every row of the list was read" test "$(verdicts | grep -c .)" = "$(grep -c '^VERDICT' "$src/src/tools/verdicts.def")"
journey_end
