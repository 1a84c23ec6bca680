#!/usr/bin/env bash
# eonay-sandbox from outside: raised, asked by openssl and curl, killed, taken down.
set -u
build=${EONAY_BUILD:?}
src=${EONAY_SRC:?}
work=$(mktemp -d "${TMPDIR:-/tmp}/eonay-sandbox.XXXXXX")
box="$work/bir \"kutu'su" # a blank and both quotes in its name
n=0 bad=0

ok() { # ok NAME COMMAND...
  local name=$1; shift
  n=$((n + 1))
  if "$@"; then echo "ok $n - $name"; else echo "not ok $n - $name"; bad=$((bad + 1)); fi
}
sandbox() { "$build/eonay-sandbox" "$@"; }
clean_up() {
  local d
  for d in "$box" "$work"/box-*; do [[ -d $d ]] && sandbox down "$d" >/dev/null 2>&1; done
  rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 143' TERM INT HUP
status() { # status WANTED COMMAND...: its exit status; its words go to $work/said
  local wanted=$1 rc=0; shift
  "$@" >"$work/said" 2>&1 || rc=$?
  [[ $rc == "$wanted" ]] || { echo "# exit status $rc"; sed 's/^/# /' "$work/said"; return 1; }
}
said() { grep -qF -- "$1" "$work/said" || { sed 's/^/# said: /' "$work/said"; return 1; }; }
living() { # every program that was given a path below the folder
  local p
  for p in /proc/[0-9]*; do
    tr '\0' '\n' 2>/dev/null <"$p/cmdline" | grep -qF -- "$1" && [[ ${p#/proc/} != "$$" ]] && echo "${p#/proc/}"
  done
}
nothing_lives() { local l; l=$(living "$1"); [[ -z $l ]] || { echo "# still there: $l"; return 1; }; }
tckn() { bash "$src/tests/journeys/tckn" "$1"; }

# --- up -------------------------------------------------------------------------------------------------------------
ok "up" status 0 sandbox up "$box" --set methods=password,mobile-signature late_ms=4000 --set wizard.idle_s=77
said "TEST sandbox is up" || { echo "Bail out! no sandbox"; exit 1; }
ok "the folder is private" test "$(stat -c %a "$box")" = 700
ok "env is read by a strict shell, every variable has a value" sh -euc '. "$0/env"
  for v in "$PORTAL_URL" "$EDEVLET_URL" "$OCSP_URL" "$TSA_URL" "$TSA2_URL" "$CA_FILE" "$TLS_CA_FILE" "$MODULE" "$SOFTHSM2_CONF" \
    "$TCKN" "$PASSWORD" "$PIN"; do test -n "$v"; done' "$box"
# shellcheck source=/dev/null
. "$box/env"
export SOFTHSM2_CONF
ok "the person of the screen book" test "$TCKN $NAME" = "10000000146 İpek Işık"
ok "a PIN of six digits" bash -c '[[ $0 =~ ^[0-9]{6}$ ]]' "$PIN"
ok "only this machine is listened on" bash -c '[[ $0 == https://127.0.0.1:* && $1 == https://127.0.0.1:* && $2 == http://127.0.0.1:* ]]' \
  "$PORTAL_URL" "$EDEVLET_URL" "$OCSP_URL"
ok "the portal answers" bash -c 'curl -sS --cacert "$0" "$1/v1/health" | grep -q "\"ok\""' "$TLS_CA_FILE" "$PORTAL_URL"
ok "a setting reaches wizard.yaml" grep -qx 'idle_s: 77' "$WIZARD"
ok "up again says that it is up" status 69 sandbox up "$box"
ok "and in which folder" said "is already up"

# --- certificates ----------------------------------------------------------------------------------------------------
text() { openssl x509 -in "$CERT_FILE" -noout -text -nameopt utf8,sep_comma_plus; }
has() { text | grep -qF -- "$1"; }
lacks() { ! has "$1"; }
chain_holds() { openssl verify -CAfile "$CA_FILE" "$CERT_FILE" >/dev/null 2>&1; }
ocsp() { # ocsp: the word openssl reads out of the answer
  local issuer; issuer=nes-$(text | grep -q rsaEncryption && echo rsa || echo ec)
  openssl ocsp -issuer "$box/ca/$issuer.pem" -cert "$CERT_FILE" -url "$OCSP_URL" -CAfile "$CA_FILE" \
    -validity_period 200000 >"$work/ocsp" 2>&1
  grep -q "Response verify OK" "$work/ocsp" && sed -n 's/.*certificate.pem: //p' "$work/ocsp"
}
status_is() { local s; s=$(ocsp); [[ $s == "$1" ]] || { sed 's/^/# /' "$work/ocsp"; return 1; }; }
person() { # person NUMBER ARGS...: reads the variables of a new person
  local number=$1; shift
  sandbox person "$box" --tckn "$(tckn "$number")" --name "Çağrı Öztürk" "$@" >"$work/person" 2>"$work/said" || { sed 's/^/# /' "$work/said"; return 1; }
  # shellcheck source=/dev/null
  . "$work/person"
}

ok "the name in upper case, by Turkish rules" has "CN=İPEK IŞIK"
ok "the number" has "serialNumber=$TCKN"
ok "nonRepudiation alone" bash -c 'grep -A1 "Key Usage: critical" <<<"$0" | grep -qxE " *Non Repudiation"' "$(text)"
ok "a notice that says TEST" has "Explicit Text: TEST - resmî değildir"
ok "a chain to CA_FILE" chain_holds
ok "OCSP: good" status_is good
n_flaw=200000100
flawed() { n_flaw=$((n_flaw + 1)); person "$n_flaw" --key p256 --flaw "$1"; }
ok "flaw expired" flawed expired && ok "has expired" bash -c '! openssl x509 -in "$0" -noout -checkend 0 >/dev/null' "$CERT_FILE"
ok "flaw not-yet-valid" flawed not-yet-valid &&
  ok "begins in the future" bash -c '[[ $(date -d "$(openssl x509 -in "$0" -noout -startdate | cut -d= -f2)" +%s) -gt $(date +%s) ]]' "$CERT_FILE"
ok "flaw revoked" flawed revoked && ok "OCSP: revoked" status_is revoked
crl=$(text | sed -n 's/^ *URI:\(http.*\.crl\)$/\1/p')
serial=$(openssl x509 -in "$CERT_FILE" -noout -serial | cut -d= -f2)
curl -sS "$crl" -o "$work/crl"
ok "CRL: signed by the issuer" bash -c 'openssl crl -inform DER -in "$0" -CAfile "$1" -noout 2>&1 | grep -q "verify OK"' "$work/crl" "$CA_FILE"
ok "CRL: holds the number" bash -c 'openssl crl -inform DER -in "$0" -noout -text | grep -q "Serial Number: $1"' "$work/crl" "$serial"
ok "flaw no-qc" flawed no-qc && ok "no statements" lacks qcStatements
ok "flaw seal" flawed seal && ok "the seal's statement" bash -c 'openssl x509 -in "$0" -outform DER | LC_ALL=C grep -qaP "\x06\x0b\x60\x86\x18\x01\x3d\x00\x01\xa7\x4e\x02\x02"' "$CERT_FILE"
ok "flaw wrong-usage" flawed wrong-usage && ok "no nonRepudiation" lacks "Non Repudiation"
ok "flaw other-tckn" flawed other-tckn && ok "somebody else's number" lacks "serialNumber=$TCKN"
ok "a flaw nobody knows is refused" status 64 sandbox person "$box" --tckn "$(tckn 200000199)" --name X --flaw sad
ok "by naming those there are" said "expired not-yet-valid revoked"
for key in rsa2048 p256 p384; do
  n_flaw=$((n_flaw + 1))
  ok "a card with $key" person "$n_flaw" --key "$key" --pin 4711
  ok "$key: a chain" chain_holds
  ok "$key: good" status_is good
  ok "$key: the PIN asked for" test "$PIN" = 4711
done
ok "one card to a folder, marked as a test" bash -c 'SOFTHSM2_CONF="$0" softhsm2-util --show-slots | grep -c "Label:  *TEST KART ÇAĞRI ÖZTÜRK" | grep -qx 1' "$SOFTHSM2_CONF"
ok "a number that is none is refused" status 64 sandbox person "$box" --tckn 12345678901 --name X

# --- time stamps -----------------------------------------------------------------------------------------------------
stamp() { # stamp: a fresh one over CA_FILE into $work/tsr, by the authority at $TSA_URL
  openssl ts -query -data "$CA_FILE" -sha256 -cert -out "$work/tsq" 2>/dev/null &&
    curl -sS -H 'Content-Type: application/timestamp-query' --data-binary "@$work/tsq" "$TSA_URL" -o "$work/tsr" &&
    openssl ts -verify -queryfile "$work/tsq" -in "$work/tsr" -CAfile "$CA_FILE" >/dev/null 2>"$work/said"
}
ok "a time stamp that openssl accepts" stamp
ok "by a unit below an issuer of its own" bash -c 'openssl ts -reply -in "$0" -token_out 2>/dev/null |
  openssl pkcs7 -inform DER -print_certs -noout | grep -c "^subject" | grep -qx 2' "$work/tsr"
ok "the second authority is another one" bash -c '! cmp -s "$0/ca/tsa.pem" "$0/ca/tsa2.pem"' "$box"
stamp2() { local TSA_URL=$TSA2_URL; stamp; }
ok "whose time stamp openssl accepts, too" stamp2
lies() { # lies AUTHORITY MOOD SAYS QUESTION: openssl refuses the answer to the question with these words
  sandbox set "$box" "$1=$2" || return 1
  if "$4"; then sandbox set "$box" "$1=good"; return 1; fi
  cat "$work/ocsp" 2>/dev/null >>"$work/said"
  sandbox set "$box" "$1=good" && said "$3"
}
ok "told to stamp something else" lies tsa wrong-imprint "message imprint mismatch" stamp
ok "told to answer another question" lies tsa2 wrong-nonce "nonce mismatch" stamp2
ok "told to spoil its signature" lies tsa bad-signature "signature failure" stamp
ok "told to use the old unit" lies tsa expired "certificate has expired" stamp
ok "told to write rubbish" lies tsa garbage "asn1" stamp
ok "told to refuse" lies tsa2 refusing "no time stamp token" stamp2
answers() { # answers SETTING QUESTION STATUS WAIT
  sandbox set "$box" "$1" retry_after_s=77 || return 1
  curl -sS -o /dev/null -w '%{http_code} %header{retry-after}' "${@:3}" >"$work/said" 2>&1
  sandbox set "$box" "${1%%=*}=good" && [[ $(cat "$work/said") == "$2" ]] || { sed 's/^/# /' "$work/said"; return 1; }
}
stamp_type='Content-Type: application/timestamp-query'
ok "told that the quota is used up" answers tsa=quota "429 77" -H "$stamp_type" --data-binary "@$work/tsq" "$TSA_URL"
ok "told to be away" answers tsa=away "503 " -H "$stamp_type" --data-binary "@$work/tsq" "$TSA_URL"
ok "a unit's certificate is good by OCSP" bash -c 'openssl ocsp -issuer "$0/ca/tsa-ca.pem" -cert "$0/ca/tsa2.pem" \
  -url "$1" -CAfile "$0/ca/root.pem" -verify_other "$0/ca/tsa-ca.pem" 2>&1 | grep -q "tsa2.pem: good"' "$box" "$OCSP_URL"
curl -sS "${OCSP_URL%/ocsp}/depo/tsa-ca.crl" -o "$work/crl"
ok "and its issuer has a list" bash -c 'openssl crl -inform DER -in "$0" -CAfile "$1" -noout 2>&1 | grep -q "verify OK"' \
  "$work/crl" "$box/ca/tsa-ca.pem"

# --- OCSP and CRL that lie -------------------------------------------------------------------------------------------
# shellcheck source=/dev/null
. "$box/env"
ok "OCSP: good" status_is good
ok "told to answer another question" lies ocsp wrong-nonce "Nonce Verify error" ocsp
ok "told to spoil its signature" lies ocsp bad-signature "Response Verify Failure" ocsp
ok "told to refuse" lies ocsp refusing "trylater" ocsp
ok "told to write rubbish" lies ocsp garbage "Error querying OCSP responder" ocsp
ok "OCSP: good again" status_is good
crl=$(text | sed -n 's/^ *URI:\(http.*\.crl\)$/\1/p')
list() { curl -sS "$crl" -o "$work/crl" && openssl crl -inform DER -in "$work/crl" -CAfile "$CA_FILE" -noout >"$work/said" 2>&1 &&
  said "verify OK"; }
ok "CRL: good" list
ok "told to spoil its signature" lies crl bad-signature "verify failure" list
ok "told to write rubbish" lies crl garbage "Unable to load CRL" list
old_list() { list && [[ $(date -d "$(openssl crl -inform DER -in "$work/crl" -noout -nextupdate | cut -d= -f2)" +%s) -lt $(date +%s) ]]; }
sandbox set "$box" crl=stale
ok "told to send an old one" old_list
sandbox set "$box" crl=good

# --- the gateway -----------------------------------------------------------------------------------------------------
# shellcheck source=/dev/null
. "$box/env"
oauth=$EDEVLET_URL/OAuth2AuthorizationServer
client=$(sed -n 's/^  client_id: "\(.*\)"/\1/p' "$box/service.yaml")
secret=$(cat "$box/service/gateway-client.secret")
callback=$PORTAL_URL/v1/login/callback
verifier=$(openssl rand -hex 32)
challenge=$(printf %s "$verifier" | openssl dgst -sha256 -binary | openssl base64 -A | tr '+/' '-_' | tr -d =)
web() { curl -sS --cacert "$TLS_CA_FILE" "$@"; }
member() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p"; }
authorize() { # authorize [REDIRECT_URI] [STATE]: status and where to go on; the whole address in $work/address
  web -G "$oauth/AuthorizationController" -o "$work/body" -w '%{http_code} %{redirect_url}\n%{url_effective}\n' \
    --data-urlencode response_type=code --data-urlencode "client_id=$client" \
    --data-urlencode "redirect_uri=${1-$callback}" --data-urlencode "scope=Kimlik-Dogrula;Ad-Soyad" \
    --data-urlencode "state=${2-s&1}" --data-urlencode "code_challenge=$challenge" \
    --data-urlencode code_challenge_method=S256 >"$work/authorize"
  printf %s "$(sed -n 2p "$work/authorize")" >"$work/address"
  head -n 1 "$work/authorize"
}
page() { # page: opens the sign-in page; its token
  local to; to=$(authorize); to=${to#302 }
  web -H 'Accept: application/json' "$to" | member page_token
}
log_in() { # log_in TOKEN TCKN PASSWORD: status and where to go on; body in $work/body, head in $work/head
  web -H 'Accept: application/json' -D "$work/head" -o "$work/body" -w '%{http_code} %{redirect_url}\n' "$EDEVLET_URL/Giris/gir" \
    --data-urlencode "tridField=$2" --data-urlencode "egpField=$3" --data-urlencode "page_token=$1" \
    --data-urlencode "continue@$work/address" </dev/null
}
redeem() { # redeem CODE [VERIFIER]
  web "$oauth/AccessTokenController" -d grant_type=authorization_code -d "code=$1" --data-urlencode "redirect_uri=$callback" \
    -d "client_id=$client" -d "client_secret=${3-$secret}" -d "code_verifier=${2-$verifier}"
}
who() { # who ACCESS_TOKEN
  web "$oauth/AuthenticationController" -d "clientId=$client" -d "accessToken=$1" -d resourceId=1 --data-urlencode "kapsam=Kimlik-Dogrula;Ad-Soyad"
}
code_in() { local c=${1#*code=}; echo "${c%%&*}"; }
log_in_well() { # log_in_well: a fresh code
  local token; token=$(page)
  code_in "$(log_in "$token" "$TCKN" "$PASSWORD")"
}
equal() { [[ $1 == "$2" ]] || { echo "# $1"; return 1; }; }
like() { [[ $1 == $2 ]] || { echo "# $1"; return 1; }; }

to=$(authorize)
ok "authorize leads to the sign-in page" like "$to" "302 $EDEVLET_URL/Giris/gir?oauthClientId=$client&continue=*"
ok "which says that it is a test" bash -c 'curl -sS --cacert "$0" "$1" | grep -q "TEST - resmî değildir"' "$TLS_CA_FILE" "${to#302 }"
ok "and offers the methods that were set" like "$(web -H 'Accept: application/json' "${to#302 }")" '*"methods":\["password","mobile-signature"\]*'
ok "another address to return to is refused, and nobody sent there" like "$(authorize "$callback/")" "400 "
ok "so is a foreign one" like "$(authorize https://127.0.0.1:1/)" "400 "
ok "without state the client is told" like "$(authorize "$callback" '')" "302 $callback?error=invalid_request"
token=$(page)
ok "a wrong password: 401" like "$(log_in "$token" "$TCKN" wrong)" "401 "
ok "and the word for it" equal "$(cat "$work/body")" '{"error":"login-refused"}'
ok "an unknown person: the same" like "$(log_in "$token" "$(tckn 999999999)" wrong)" "401 "
to=$(log_in "$token" "$TCKN" "$PASSWORD")
ok "the right one, on the same page" like "$to" "302 $callback?code=*&state=s%261"
ok "the page is used up" like "$(log_in "$token" "$TCKN" "$PASSWORD")" "400 "
ok "a page token nobody gave" like "$(log_in "$(openssl rand -hex 32)" "$TCKN" "$PASSWORD")" "400 "
code=$(code_in "$to")
access=$(redeem "$code" | member access_token)
ok "the code is worth an access token" test -n "$access"
ok "which tells who it is" equal "$(who "$access")" \
  '{"sonucKodu":"EDV09.000","sonucAciklamasi":"İşlem başarılı","kullaniciBilgileri":{"kimlikNo":"10000000146","ad":"İpek","soyad":"Işık"}}'
ok "the code again: refused" like "$(redeem "$code")" '*invalid_grant*'
ok "and what it was worth is withdrawn" like "$(who "$access")" '*TEST.002*'
ok "a code with another verifier: refused" like "$(redeem "$(log_in_well)" "$(openssl rand -hex 32)")" '*invalid_grant*'
ok "without a verifier: refused" like "$(redeem "$(log_in_well)" "")" '*invalid_grant*'
ok "another secret: refused" like "$(redeem "$(log_in_well)" "$verifier" other)" '*invalid_client*'
code=$(log_in_well)
sandbox clock "$box" +60
ok "a code is worth nothing after a minute" like "$(redeem "$code")" '*invalid_grant*'
token=$(page)
for _ in 1 2 3 4 5; do log_in "$token" "$TCKN" wrong >/dev/null; done
ok "after five wrong ones even the right one: 429" like "$(log_in "$token" "$TCKN" "$PASSWORD")" "429 "
ok "and when to come again" grep -qiE '^retry-after: (300|29[0-9])' "$work/head"
sandbox clock "$box" +300
ok "five minutes later it is taken" like "$(log_in "$(page)" "$TCKN" "$PASSWORD")" "302 *"

# --- moods and the clock -----------------------------------------------------------------------------------------------
ok "ocsp goes away" sandbox set "$box" ocsp=away && ok "and says nothing" bash -c '[[ -z $0 ]]' "$(ocsp)"
ok "and comes back" sandbox set "$box" ocsp=good && ok "and says good" status_is good
ok "a running sandbox cannot change its cards" status 64 sandbox set "$box" key=p384
ok "a day later" sandbox clock "$box" +86400
ok "OCSP is a day later too" status_is good
ok "by its own word" bash -c 't=$(sed -n "s/.*This Update: //p" "$0"); d=$(($(date -d "$t" +%s) - $(date +%s))); ((d > 86000 && d < 87000))' "$work/ocsp"
stamp
ok "and so is a time stamp" bash -c 't=$(openssl ts -reply -in "$0" -text 2>/dev/null | sed -n "s/^Time stamp: //p"); d=$(($(date -d "$t" +%s) - $(date +%s))); ((d > 86000 && d < 87000))' "$work/tsr"
ok "a clock does not go back" status 64 sandbox clock "$box" -5
ok "nothing secret was logged" bash -c '! grep -rqF -e "$1" -e "$2" -e "$3" "$0/log"' "$box" "$PASSWORD" "$PIN" "$TCKN"

# --- down --------------------------------------------------------------------------------------------------------------
ok "eonayd is not started twice" status 69 sandbox service "$box"
pid=$(cat "$box/run/eonayd.pid")
kill -9 "$pid"
ok "eonayd can be started again after it was killed" status 0 sandbox service "$box"
ok "on its old port" bash -c 'curl -sS --cacert "$0" "$1/v1/health" | grep -q "\"ok\""' "$TLS_CA_FILE" "$PORTAL_URL"
echo mine >"$box/notes.txt"
kill -9 "$(cat "$box/run/eonay-sandbox.pid")"
ok "down after one of its programs was killed" status 0 sandbox down "$box"
ok "leaves nothing running" nothing_lives "$box"
ok "down again is fine" status 0 sandbox down "$box"
ok "up again in the same folder" status 0 sandbox up "$box"
ok "leaves what is not its own" grep -qx mine "$box/notes.txt"
tail -f "$box/env" >/dev/null 2>&1 & # somebody else's, with our path in its words and its number in our file
other=$!
echo "$other" >"$box/run/eonayd.pid"
ok "down" status 0 sandbox down "$box"
ok "somebody else's program goes on" kill -0 "$other"
kill "$other" && wait "$other" 2>/dev/null
ok "nothing is left" nothing_lives "$box"
ok "its programs had nothing to complain of" bash -c '! grep -rE "Sanitizer|runtime error|eonay-sandbox:" "$0/log"' "$box"
ok "a folder that is no sandbox is not touched" status 66 sandbox down "$work"

# killed half-way: as soon as the first program runs
sandbox up "$work/box-half" >/dev/null 2>&1 &
up=$!
until [[ -n $(ls "$work/box-half/log" 2>/dev/null) ]]; do kill -0 "$up" 2>/dev/null || break; done
kill -9 "$up" 2>/dev/null
wait "$up" 2>/dev/null
ok "down after up was killed half-way" status 0 sandbox down "$work/box-half"
ok "leaves nothing either" nothing_lives "$work/box-half"

# --- refusals ------------------------------------------------------------------------------------------------------------
for address in 0.0.0.0 :: 192.0.2.1 example.org; do
  ok "refuses to listen on $address" status 64 sandbox up "$work/box-open" --set "address=$address"
done
ok "before anything is made" test ! -e "$work/box-open"
ok "--set without a word is refused" status 64 sandbox up "$work/box-open" --set late_ms=1 --set
ok "as is a word without --set" status 64 sandbox up "$work/box-open" late_ms=1
ok "an unknown setting is refused" status 64 sandbox up "$work/box-open" --set colour=red
ok "by naming those there are" said "key lang address"
ok "no command: the usage" status 64 sandbox
ok "help" status 0 sandbox --help

echo "1..$n"
exit $((bad > 0))
