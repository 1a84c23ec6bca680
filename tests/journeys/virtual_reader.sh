#!/usr/bin/env bash
# eonay doctor before the real pcscd, with vsmartcard's virtual reader: what our own pcscd of tests/fakes plays is what the real one
# says. In a mount and a network of its own, so that no pcscd of this machine is touched.
if [[ ${EONAY_ALONE:-} != 1 ]]; then
  skip() { echo "1..0 # SKIP $*"; exit 0; }
  [[ $(id -u) == 0 ]] || skip "needs root for a mount of its own"
  command -v pcscd >/dev/null && [[ -e /etc/reader.conf.d/vpcd ]] || skip "pcscd or vsmartcard-vpcd is not here"
  command -v ip >/dev/null || skip "iproute2 is not here"
  unshare -mn true 2>/dev/null || skip "no namespaces here"
  EONAY_ALONE=1 exec unshare -mn bash "$0"
fi
mkdir -p /run/pcscd && mount -t tmpfs none /run/pcscd && ip link set lo up || { echo "1..0 # SKIP no mount of its own"; exit 0; }
# shellcheck source=tests/journeys/lib.sh
. "$EONAY_SRC/tests/journeys/lib.sh"

fakes=$build/tests/fakes
card=$work/card config=$work/wizard.yaml said=$work/said
mkdir "$card"
echo 'slot 3 "TEST okuyucu"' >"$card/script"
sandbox_up virtual
sed '/^modules:/,/^    writable/d' "$wizard" >"$config"
printf 'hang_ms: 8000\nmodules:\n  - path: "%s"\n    environment:\n      EONAY_FAKE: "%s"\n    writable: ["%s"]\n' \
  "$fakes/p11.so" "$card" "$card" >>"$config"
code_is() { # code_is CODE: what the doctor says now
  timeout 120 "$build/eonay" doctor --config "$config" --json --lang en >"$said" 2>"$work/stderr"
  grep -qx "  \"code\": \"$1\"," "$said"
}
says() { # says CODE NAME: within reasonable time
  if await "$patience" code_is "$1"; then pass "$2: $1"; else quote "$said" "$work/stderr"; fail "$2"; fi
}
started=() # ours, to be ended
end_all() { local p; for p in "${started[@]}"; do kill -KILL "$p" 2>/dev/null; done; clean_up; }
trap end_all EXIT
virtual_card() { # virtual_card live|mute
  "$fakes/vicc" 35963 "$1" & vicc=$!; started+=("$vicc")
}

says dr-pcscd-away "no pcscd"
pcscd -f >"$work/pcscd.log" 2>&1 & pcscd=$!; started+=("$pcscd")
says no-card "a virtual reader, empty"
virtual_card live
says dr-slot-blind "a card that wakes up, unknown to the driver"
kill "$vicc"
says no-card "taken out"
virtual_card mute
says dr-card-mute "a card that answers nothing of sense"
stop "$pcscd"
says dr-pcscd-silent "pcscd stands still"
kill -CONT "$pcscd"
says dr-card-mute "and goes on"
journey_end
