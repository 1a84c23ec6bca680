#!/usr/bin/env bash
# A receipt carried home: given by the service and with the export, checked by eonay-verify alone, with the authorities'
# certificates and nothing else; one changed byte, or a part of somebody else's, and it does not hold.
# shellcheck source=tests/journeys/lib.sh
. "$EONAY_SRC/tests/journeys/lib.sh"

consent() { # of the person who counts, through --plain from a pipe
  printf '%s\n' "" "" "" "$TCKN" "$PASSWORD" "" "" "" "" "" "" "" "$PIN" "" "" "" |
    timeout 60 "$build/eonay" --config "$wizard" --plain --lang tr >"$work/said" 2>"$work/stderr" ||
    { quote "$work/said" "$work/stderr"; return 1; }
}
ask() { curl -sS --cacert "$TLS_CA_FILE" "$@"; }
member() { sed -n "s/.*\"$1\": *\"\([^\"]*\)\".*/\1/p" "$2" | sed 's|\\/|/|g'; }
field() { sed -n "s/.*name=\"$1\" value=\"\([^\"]*\)\".*/\1/p" "$work/page" | sed 's/&amp;/\&/g'; }
# As a browser does it; the token is in $token.
sign_in() {
  ask -H 'Content-Type: application/json' -d '{}' "$PORTAL_URL/v1/login" >"$work/login"
  token=$(member login "$work/login") at=$(member authorize_url "$work/login")
  ask -L "$at" >"$work/page"
  ask -L -o "$work/landed" --data-urlencode "tridField=$TCKN" --data-urlencode "egpField=$PASSWORD" \
    --data-urlencode "continue=$(field continue)" --data-urlencode "page_token=$(field page_token)" "${at%%/OAuth2*}/Giris/gir" &&
    grep -q "Giriş tamamlandı" "$work/landed" || { quote "$work/login" "$work/page" "$work/landed"; return 1; }
}
fetch() { # fetch FILE URL [OPTION...]: a receipt
  ask -f -o "$1" -w '%{content_type}' "${@:3}" "$2" >"$work/type" && [[ $(<"$work/type") == application/vnd.etsi.asic-e+zip ]]
}
refused() { # refused STATUS URL [OPTION...]
  local got; got=$(ask -o "$work/body" -w '%{http_code}' "${@:3}" "$2"); [[ $got == "$1" ]] || { note "status $got"; return 1; }
}

# On a machine that never saw the service: an empty environment, a folder with two files, no network where the kernel lets us.
mkdir "$work/away"
bare=()
! unshare -rn true 2>/dev/null || bare=(unshare -rn)
verify() { # verify STATUS FILE [OPTION...]: the words into $work/verdict
  local rc=0
  cp "$2" "$work/away/receipt.asice"; cp "$CA_FILE" "$work/away/ca.pem"
  (cd "$work/away" && env -i LC_ALL=C.UTF-8 PATH="$PATH" ${bare[@]+"${bare[@]}"} \
    "$build/eonay-verify" receipt.asice --ca ca.pem "${@:3}") >"$work/verdict" 2>"$work/stderr" || rc=$?
  [[ $rc == "$1" ]] || { note "status $rc"; quote "$work/verdict" "$work/stderr"; return 1; }
}
says() { grep -qF -- "$1" "$work/verdict" || { quote "$work/verdict"; return 1; }; }

sandbox_up receipt
ok "a consent is given" consent
entered() { exported && unzip -p "$work/out/receipt.asice" receipt.txt | grep -q "^Kayıtlı / Entered: 1 / 1"; }
ok "the export holds a receipt, with the ledger's proof within a moment" await "$patience" entered
mine=$work/mine.asice
cp "$work/out/receipt.asice" "$mine"
stamped() { exported && unzip -p "$work/out/receipt.asice" receipt.txt | grep -q "^Zaman damgası / Time stamp: [0-9]"; }
ok "a later one has the time stamp" await "$patience" stamped
ok "it holds, too" verify 0 "$work/out/receipt.asice"
ok "unzip reads it" quietly unzip -tq "$mine"
ok "the text in it is the issued one" cmp <(unzip -p "$mine" text.txt) "$src/data/consent-tr.txt"
by_openssl() { # what is in it, by others' means
  (cd "$work" && rm -rf parts && mkdir parts && cd parts && unzip -q "$mine" &&
    openssl cms -verify -cades -inform DER -in consent.p7s -CAfile "$CA_FILE" -out text &&
    cmp text text.txt &&
    openssl cms -verify -cades -binary -purpose any -inform DER -in META-INF/signature001.p7s \
      -content META-INF/ASiCManifest001.xml -CAfile "$CA_FILE" -out manifest &&
    cmp manifest META-INF/ASiCManifest001.xml &&
    grep -qF "$(openssl dgst -sha256 -binary receipt.txt | base64)" manifest)
}
ok "openssl accepts the signature in it, and the seal" quietly by_openssl
number=$(unzip -p "$mine" receipt.txt | sed -n 's/^Makbuz No .*: //p')
ok "its page names the number" grep -q '^[0-9]\{4\}-[0-9]\{6\}$' <<<"$number"
ok "its page masks the person" no grep -qF -e "$TCKN" -e "İPEK" <(unzip -p "$mine" receipt.txt)

ok "it holds on a bare machine" verify 0 "$mine" --lang tr
ok "says so" says "Makbuz geçerli"
ok "names its number" says "$number"
ok "says that it is a test" says "TEST"
ok "says it in English" verify 0 "$mine" --lang en
ok "of the receipt" says "The receipt holds"
ok "and of the signature in it" says "The signature in the receipt:"
ok "says it in JSON" verify 0 "$mine" --json
ok "that the ledger holds its entry" says '"state": "entered"'
ok "that it holds" says '"holds": true'
ok "the text that was signed may be named" verify 0 "$mine" --text "$src/data/consent-tr.txt"
ok "another text is told" verify 65 "$mine" --text "$src/README.md"
cp "$box/ca/tls-root.pem" "$work/strangers.pem"
by_strangers() { CA_FILE=$work/strangers.pem verify 65 "$mine" --lang en; }
ok "other authorities vouch for nothing" by_strangers
ok "says that" says "not sealed by a service that is recognised"

# --- over HTTP ----------------------------------------------------------------------------------------------------
ok "the person signs in" sign_in
ok "and gets the receipt" fetch "$work/fetched.asice" "$PORTAL_URL/v1/receipt" -H "Authorization: Bearer $token"
ok "which holds" verify 0 "$work/fetched.asice"
ok "nobody else does" refused 401 "$PORTAL_URL/v1/receipt"
ask -H "Authorization: Bearer $token" -H 'Content-Type: application/json' -d '{}' "$PORTAL_URL/v1/receipt/code" >"$work/code"
ok "the person gets a short code" grep -q '"code"' "$work/code"
by_code=$(member url "$work/code")
ok "anyone with the code gets the receipt" fetch "$work/by-code.asice" "$by_code"
ok "which holds" verify 0 "$work/by-code.asice"
ok "a code that is none is told" refused 404 "$PORTAL_URL/v1/receipts/0000-0000-0001"

# --- one changed byte ---------------------------------------------------------------------------------------------
changed() { # changed OFFSET: the byte there is another one
  cp "$mine" "$work/changed.asice"
  local was; was=$(od -An -tu1 -j "$1" -N 1 "$mine")
  printf '%b' "\\x$(printf %02x $(((was + 1) % 256)))" | dd of="$work/changed.asice" bs=1 seek="$1" conv=notrunc status=none
  no cmp -s "$mine" "$work/changed.asice" && verify 65 "$work/changed.asice" || { note "at byte $1"; return 1; }
}
size=$(stat -c %s "$mine")
everywhere() { local i; for ((i = 0; i < 40; i++)); do changed $((i * (size - 1) / 39)) || return 1; done; }
ok "one changed byte, wherever it is, and it does not hold" everywhere
ok "one byte less neither" verify 65 <(head -c -1 "$mine")
ok "one byte more neither" verify 65 <(cat "$mine"; echo)

# --- somebody else ------------------------------------------------------------------------------------------------
person 300000000 "Oğuz Şahin" --key p256
ok "another consent is given" consent
ok "and exported" exported
other=$work/out/receipt.asice
ok "its receipt holds" verify 0 "$other"

# --- a day later --------------------------------------------------------------------------------------------------
ok "the clock goes on" sandbox clock +90000
ok "the code is over" refused 404 "$by_code"
ok "the receipt still holds" verify 0 "$mine"

journey_end
