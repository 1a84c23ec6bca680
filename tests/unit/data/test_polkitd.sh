#!/usr/bin/env bash
# The polkit rule for a kiosk's reader as polkitd itself obeys it, on a bus and with users, actions and rules of its own: in a mount
# namespace, so that nothing of the machine's is touched.
set -u
src=${EONAY_SRC:?}
polkitd=/usr/lib/polkit-1/polkitd
if [[ ${1:-} != inside ]]; then
  skip_all() { echo "1..0 # SKIP $*"; exit 0; }
  [[ $(id -u) == 0 ]] || skip_all "needs root for a mount namespace"
  unshare -m --propagation private true 2>/dev/null || skip_all "no mount namespaces here"
  for tool in "$polkitd" dbus-daemon pkcheck; do
    command -v "$tool" >/dev/null || { echo "Bail out! $tool is missing (packages polkitd, dbus-daemon)"; exit 1; }
  done
  exec unshare -m --propagation private bash "$0" inside
fi

work=$(mktemp -d "${TMPDIR:-/tmp}/eonay-polkitd.XXXXXX")
chmod 755 "$work"
started=()
ends_all() { local p; for p in "${started[@]}"; do kill "$p" 2>/dev/null; done; rm -rf "$work"; }
trap ends_all EXIT
trap 'exit 143' TERM INT HUP
bail() { echo "Bail out! $*"; sed 's/^/# /' "$work"/*.log 2>/dev/null; exit 1; }
await() { # await COMMAND...: at most a minute
  local end=$((SECONDS + 60))
  until "$@"; do ((SECONDS < end)) || return 1; read -rt 0.05 <>"$work/never" || :; done
}
mkfifo "$work/never"

# ---- a machine of its own ------------------------------------------------------------------------------------------
mkdir "$work/rules" "$work/none" "$work/actions"
install -m 644 "$src/data/50-eonay-kiosk.rules" "$work/rules/"
action() { # action ID: as pcscd installs it: for the session at the seat alone
  echo "<action id=\"$1\"><description>$1</description><message>$1</message><defaults><allow_any>no</allow_any>\
<allow_inactive>no</allow_inactive><allow_active>yes</allow_active></defaults></action>"
}
{
  echo '<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE policyconfig PUBLIC "-//freedesktop//DTD PolicyKit Policy Configuration 1.0//EN" "http://www.freedesktop.org/standards/PolicyKit/1/policyconfig.dtd"><policyconfig>'
  action org.debian.pcsc-lite.access_pcsc
  action org.debian.pcsc-lite.access_card
  echo '</policyconfig>'
} >"$work/actions/org.debian.pcsc-lite.policy"
{ cat /etc/passwd; echo "kioskuser:x:64001:64001::/:/bin/sh"; echo "otheruser:x:64002:64002::/:/bin/sh"; } >"$work/passwd"
{ cat /etc/group; printf '%s\n' kioskuser:x:64001: otheruser:x:64002: eonay-kiosk:x:64003:kioskuser; } >"$work/group"
cat >"$work/bus.conf" <<CONF
<busconfig><type>system</type><listen>unix:path=$work/bus</listen><auth>EXTERNAL</auth><policy context="default">
<allow user="*"/><allow own="*"/><allow send_type="method_call"/><allow send_type="signal"/>
<allow send_requested_reply="true" send_type="method_return"/><allow send_requested_reply="true" send_type="error"/>
<allow receive_type="method_call"/><allow receive_type="method_return"/><allow receive_type="error"/>
<allow receive_type="signal"/></policy></busconfig>
CONF
mount --bind "$work/passwd" /etc/passwd && mount --bind "$work/group" /etc/group &&
  mount --bind "$work/rules" /usr/share/polkit-1/rules.d && mount --bind "$work/actions" /usr/share/polkit-1/actions ||
  bail "cannot mount"
[[ ! -d /etc/polkit-1/rules.d ]] || mount --bind "$work/none" /etc/polkit-1/rules.d || bail "cannot mount"
dbus-daemon --config-file="$work/bus.conf" --nofork >"$work/bus.log" 2>&1 &
started+=($!)
await test -S "$work/bus" || bail "no bus"
export DBUS_SYSTEM_BUS_ADDRESS=unix:path=$work/bus
"$polkitd" --no-debug >"$work/polkitd.log" 2>&1 &
started+=($!)

# ---- who may what --------------------------------------------------------------------------------------------------
n=0 bad=0
check() { timeout 20 pkcheck "$@" >"$work/answer.log" 2>&1; } # 0 yes, 1 no, else it is not there yet
decided() { check "$@"; rc=$?; ((rc < 2)); }
says() { # says WANTED NAME ARGUMENT...
  local wanted=$1 name=$2 rc=99; shift 2
  await decided "$@"
  n=$((n + 1))
  if [[ $rc == "$wanted" ]]; then echo "ok $n - $name"; else echo "not ok $n - $name"; bad=$((bad + 1)); sed 's/^/# /' "$work"/*.log; fi
}
as() { # as USER: $subject is a process of theirs, in no session
  setpriv --reuid "$1" --regid "$1" --init-groups sleep 600 &
  subject=$!
  started+=($!)
  await of_user "$1" || bail "no process of $1"
}
of_user() { [[ $(stat -c %u "/proc/$subject") == "$(id -u "$1")" && $(tr '\0' ' ' <"/proc/$subject/cmdline") == "sleep 600 " ]]; }
id=org.debian.pcsc-lite
as kioskuser
says 0 "the group may speak with pcscd" --action-id $id.access_pcsc --process "$subject"
says 0 "and use its reader" --action-id $id.access_card --process "$subject" --detail reader "ACS ACR39U ICC Reader 00 00"
says 1 "but no other" --action-id $id.access_card --process "$subject" --detail reader "SCM SCR3310 01 00"
says 1 "and none without a name" --action-id $id.access_card --process "$subject"
as otheruser
says 1 "others may not speak with pcscd" --action-id $id.access_pcsc --process "$subject"
says 1 "nor use the reader" --action-id $id.access_card --process "$subject" --detail reader "ACS ACR39U ICC Reader 00 00"
echo "1..$n"
exit $((bad > 0))
