#!/usr/bin/env bash
# The card at the desk, the wizard far away: p11-kit's server beside the card, its socket forwarded through a real sshd on loopback
# with settings and keys of its own. A whole consent; the link cut at every end and mended; off wherever nobody allowed it.
# shellcheck source=tests/journeys/lib.sh
. "$EONAY_SRC/tests/journeys/lib.sh"

for tool in p11-kit ssh ssh-keygen softhsm2-util /usr/sbin/sshd; do
  command -v "$tool" >/dev/null || bail "$tool is missing (packages p11-kit, p11-kit-modules, openssh-server, openssh-client, softhsm2)"
done
far=$work/far desk=$work/desk
sshd='' link='' server=''
mkdir -m 700 "$far" "$desk"
ends_all() {
  local p
  for p in $link $server $sshd; do kill "$p" 2>/dev/null; done
  clean_up
}
trap ends_all EXIT

# --- far away: sshd ---------------------------------------------------------------------------------------------
ssh-keygen -q -t ed25519 -N '' -f "$far/host" && ssh-keygen -q -t ed25519 -N '' -f "$desk/key" || bail "no keys"
cp "$desk/key.pub" "$far/authorized"
[[ $(id -u) != 0 ]] || mkdir -p /run/sshd # as its own start would; root's sshd locks itself in there
pam=no # only root's sshd can read by itself whether the account is locked
[[ $(id -u) == 0 ]] || pam=yes
sshd_listens() { grep -q 'Server listening on 127.0.0.1' "$far/log" 2>/dev/null; }
sshd_decided() { sshd_listens || [[ ! -d /proc/$sshd ]]; }
for _ in {1..20}; do # until a port is free
  port=$((20000 + RANDOM % 12000))
  cat >"$far/sshd_config" <<CONF
Port $port
ListenAddress 127.0.0.1
HostKey $far/host
PidFile none
AuthorizedKeysFile $far/authorized
AuthenticationMethods publickey
PermitRootLogin prohibit-password
StrictModes no
UsePAM $pam
PermitTTY no
AllowTcpForwarding remote
PermitListen none
AllowStreamLocalForwarding remote
StreamLocalBindUnlink yes
StreamLocalBindMask 0177
CONF
  /usr/sbin/sshd -D -e -f "$far/sshd_config" </dev/null >"$far/log" 2>&1 &
  sshd=$!
  await "$patience" sshd_decided
  sshd_listens && break
done
sshd_listens || { quote "$far/log"; bail "no sshd"; }
echo "[127.0.0.1]:$port $(cut -d' ' -f1,2 "$far/host.pub")" >"$desk/known_hosts"

# --- at the desk: the card, p11-kit's server, ssh ---------------------------------------------------------------
serial() { SOFTHSM2_CONF=$SOFTHSM2_CONF softhsm2-util --show-slots | sed -n 's/^ *Serial number: *\([0-9a-f]\+\) *$/\1/p' | head -n 1; }
server_up() { # with the card of the person who counts, and with no other
  rm -f "$desk/card.sock"
  SOFTHSM2_CONF=$SOFTHSM2_CONF p11-kit server -f -n "$desk/card.sock" --provider "$MODULE" "pkcs11:serial=$(serial)" \
    </dev/null >"$desk/server.log" 2>&1 &
  server=$!
  await "$patience" test -S "$desk/card.sock" || { quote "$desk/server.log"; bail "no p11-kit server"; }
}
server_down() { # with those of its children that serve a connection
  pkill -KILL -P "$server"; kill -KILL "$server"; wait "$server" 2>/dev/null; server=''
}
link_stands() { grep -q 'remote forward success' "$desk/ssh.log" 2>/dev/null; }
link_up() {
  ssh -F /dev/null -v -N -R "$far/card.sock:$desk/card.sock" -p "$port" -i "$desk/key" -o IdentitiesOnly=yes -o BatchMode=yes \
    -o "UserKnownHostsFile=$desk/known_hosts" -o ExitOnForwardFailure=yes "$(id -un)@127.0.0.1" </dev/null >"$desk/ssh.log" 2>&1 &
  link=$!
  await "$patience" link_stands || { quote "$desk/ssh.log" "$far/log"; bail "no forwarding"; }
}
link_down() { kill "$link"; wait "$link" 2>/dev/null; link=''; }

# --- the wizard far away ----------------------------------------------------------------------------------------
far_settings() { # far_settings LINE...: those of the person who counts, without a card of their own, and these lines
  sed '/^modules:/,/^    writable:/d' "$wizard" >"$far/wizard.yaml"
  printf '%s\n' "modules: []" "$@" >>"$far/wizard.yaml"
}
start_far() {
  tm_start env "P11_KIT_SERVER_ADDRESS=unix:path=$far/card.sock" "$build/eonay" --config "$far/wizard.yaml" "$@"
}
words tr
banner="Uzak kart bağlantısı"
cut="Kartınıza giden uzak bağlantı kesildi"
sandbox_up forwarded --set wizard.hang_ms=6000
server_up
link_up
ok "nobody else may use the forwarded socket" test "$(stat -c %a "$far/card.sock")" = 600

# --- off by default ---------------------------------------------------------------------------------------------
far_settings
start_far
way menu text
ok "a forwarded card is not heard of where nobody allowed it" no on_screen "$banner"
keys Enter
at "Kartınızı takınız" F1
ok "and the help page says so" shows "Bu bilgisayara bir kart yönlendirilmiş ama"
keys F1; at "Kartınızı takınız" Enter
ok "and the diagnosis" shows "dr-forward-ignored (756)"
far_settings "forwarded_cards: true"
start_far --kiosk
at "${sign[menu]}" Enter
ok "on a kiosk neither" shows "${sign[gateway]}"
ok "on no screen" no on_screen "$banner"

# --- a whole consent --------------------------------------------------------------------------------------------
start_far
for p in "${places[@]}"; do
  shows "${sign[$p]}" || { fail "reaches: $p"; break; }
  ok "$p: the banner" shows "$banner" || break
  [[ $p == pin ]] || onward "$p"
done
keys F2
ok "in English" shows "Remote card link"
keys F2
ok "and back" shows "$banner"
resize 40 12
ok "in the smallest window" shows "$banner"
resize 80 24
at "${sign[pin]}"
keys F3
ok "in the look for screen readers" shows "$banner"
keys F3 F3
ok "in the standard look again" shows "─ $banner ─"
onward pin
ok "success" shows "${sign[success]}"
ok "the banner to the end" on_screen "$banner"
ok "openssl accepts the consent" exported

# --- the link is cut at the PIN ---------------------------------------------------------------------------------
server_down
person 810000000 "Çağrı Uzak" --key p256
server_up
far_settings "forwarded_cards: true"
start_far
way menu pin
type_in "12"
link_down
ok "ssh ends while the PIN is typed: told" shows "$cut"
ok "and what to do" shows "masanızdaki yönlendirmeyi yeniden"
ok "the banner stays" on_screen "$banner"
keys F1
ok "F1 has the details" shows "card.sock: cut off"
keys F1
ok "back at the same place" gone "card.sock: cut off"
link_up
ok "ssh is started again: it goes on by itself" shows "Kart görüldü"
ok "the digits are gone" shows "[                  ]"
server_down
ok "the desk's end is lost, ssh stays: told" shows "$cut"
server_up
ok "it comes back: it goes on" gone "$cut"
link_down
ok "once more" shows "$cut"
link_up
ok "and back" gone "$cut"
stop "$link"
ok "nothing comes over it any more: told" shows "$cut"
kill -CONT "$link"
ok "it comes again: it goes on" shows "Kart görüldü"
onward pin
ok "then it signs" shows "${sign[success]}"
ok "openssl accepts the consent" exported
ok "two consents are kept" test "$(consents)" = 2

# --- nobody is there from the start -----------------------------------------------------------------------------
server_down
link_down
person 820000000 "Şule Irak"
server_up
far_settings "forwarded_cards: true" "lang: en"
sed -i '/^lang: tr/d' "$far/wizard.yaml"
words en
start_far
way menu text
keys Enter
ok "told when the card is needed" shows "The remote link to your card was lost"
link_up
ok "it goes on when ssh is started" gone "The remote link to your card was lost"
shows "${sign[cert]}" && keys Enter
onward pin
ok "and signs" shows "${sign[success]}"
ok "openssl accepts the consent" exported
keys Escape
journey_end
