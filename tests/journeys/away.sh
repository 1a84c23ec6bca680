#!/usr/bin/env bash
# Others away: the service silent, killed and started again at every stage, the gateway, the authority, a wrong TLS authority.
# shellcheck source=tests/journeys/lib.sh
. "$EONAY_SRC/tests/journeys/lib.sh"

words tr
sandbox_up away
service_ends() { # as nobody would wish
  local p; p=$(service_pid)
  kill -KILL "$p"
  await "$patience" all_gone "$p"
}

# --- silent -----------------------------------------------------------------------------------------------------
start
way menu accept
stop "$(service_pid)"
keys Enter
ok "a silent service is told after a while" shows "${sign[slow]}"
ok "the place is kept" shows "${sign[accept]}"
kill -CONT "$(service_pid)"
ok "and the way goes on when it answers" shows "${sign[code]}"
stop "$(service_pid)"
keys Enter
way full full && keys Enter
ok "silent again" shows "${sign[slow]}"
keys Escape
ok "Esc no longer waits, at the same place" gone "${sign[slow]}"
kill -CONT "$(service_pid)"
keys Enter

# --- killed and started again -----------------------------------------------------------------------------------
way text pin
service_ends
onward pin
ok "the signature is made and kept" shows "İmzanız atıldı ama Online İşlemler'e henüz iletilemedi"
sandbox service
ok "and sent by itself when the service is back" shows "${sign[success]}"
ok "openssl accepts the consent" exported

person 600000000 "Rüya Şen"
service_ends
start
way menu gateway && keys Enter
ok "unreachable from the start: told" shows "${sign[away]}"
ok "that it goes on by itself" shows "kendiliğinden yeniden deneniyor"
sandbox service
ok "and it does" shows "${sign[login]}"
onward login
way home accept
service_ends
keys Enter
ok "unreachable in the middle" shows "${sign[away]}"
keys Right Enter
ok "Geri: back at the place" shows "${sign[accept]}"
keys Enter; at "${sign[away]}"
sandbox service
ok "a session outlives the service" shows "${sign[code]}"

# --- the gateway ------------------------------------------------------------------------------------------------
sandbox set gateway=away
start
way menu gateway && keys Enter
ok "a gateway that is away is told" shows "e-Devlet Kapısı'na şu anda ulaşılamıyor"
sandbox set gateway=good
keys Enter
ok "and can be tried again" shows "${sign[login]}"
sandbox set gateway=away
onward login
ok "a gateway that goes away at the password is told" shows "e-Devlet Kapısı'na şu anda ulaşılamıyor"
ok "the number is kept, the password not" shows "$TCKN"
sandbox set gateway=good
type_in "$PASSWORD"; keys Enter
ok "then it signs in" shows "${sign[home]}"

# --- the authority ----------------------------------------------------------------------------------------------
sandbox set ocsp=away crl=away
way home pin && onward pin
ok "revocation unknown: received, being checked" shows "İmzanız alındı, denetleniyor"
sandbox set ocsp=good crl=good
keys Enter
# The service asks again after 2, 4, 8, 16 ... seconds.
ok "once it is known the consent holds" shows "E-Onay işleminiz başarıyla tamamlandı" 90
ok "openssl accepts the consent" exported

# --- another authority vouches for the connection ----------------------------------------------------------------
sed "s|^tls_ca:.*|tls_ca: \"$CA_FILE\"|" "$wizard" >"$work/other-ca.yaml"
wizard=$work/other-ca.yaml
start
way menu gateway && keys Enter
ok "a connection nobody vouches for is not made" shows "Bağlantının güvenli olduğu doğrulanamadı"
ok "and not tried again by itself" no on_screen "${sign[away]}"
ok "two consents are kept" test "$(consents)" = 2
journey_end
