#!/usr/bin/env bash
# Evidence grows by itself: with every authority well, with the time-stamp authorities away, lying or out of quota, with the
# service killed in between, and again after years. openssl judges what is exported.
# shellcheck source=tests/journeys/lib.sh
. "$EONAY_SRC/tests/journeys/lib.sh"

plain_sign() { # the person who counts signs, by default answers
  printf '%s\n' "" "" "" "$TCKN" "$PASSWORD" "" "" "" "" "" "" "" "$PIN" "" "" "" |
    timeout 120 "$build/eonay" --config "$wizard" --plain --lang tr >"$work/said" 2>"$work/stderr" ||
    { quote "$work/said" "$work/stderr"; return 1; }
}
said() { grep -qF -- "$1" "$work/said" || { quote "$work/said"; return 1; }; }
log=/dev/null # until the sandbox is up
times() { grep -cE -- "$1" "$log"; }
faults() { sed -nE "s|.* timestamp tsa=[^ ]*/$1 result=([^ ]*) detail=\"([^\":]*).*|\1 \2|p" "$log"; } # what was wrong with it
quote_log() { tail -n 12 "$log" | sed 's/^/# > /'; }
consent() { # consent MEMBER: of the person who counts
  "$build/eonayctl" --config "$SERVICE" consents show --tckn "$TCKN" --json | sed -n "s/^  \"$1\": \"\(.*\)\",*$/\1/p"
}
level_is() { [[ $(consent level) == "$1" ]]; }
grows_to() { await "$patience" level_is "$1" || { note "level: $(consent level)"; quote_log; return 1; }; }
health_is() { curl -sS --cacert "$TLS_CA_FILE" "$PORTAL_URL/v1/health" | grep -q "\"timestamp\":\"$1\""; }
later() { sandbox clock "+$1"; } # so many seconds
service_ends() { local p; p=$(service_pid); kill -KILL "$p"; await "$patience" all_gone "$p"; }

# --- the exported file, as openssl sees it ------------------------------------------------------------------------------
signature_stamp='id-smime-aa-timeStampToken|1.2.840.113549.1.9.16.2.14'
archive_stamp='0.4.0.1733.2.4'
tree() { openssl asn1parse -inform DER -in "$work/out/consent.p7s"; }
cut_out() { tail -c "+$(($1 + 1))" "$work/out/consent.p7s" | head -c "$2"; } # cut_out OFFSET LENGTH
places_of() { sed -nE 's/^ *([0-9]+):.*hl= *([0-9]+) *l= *([0-9]+) .*/\1 \2 \3/p'; } # offset, header, length of a line
# The tokens in a kind of attribute, into $work/token-1 and so on: the value stands in a SET behind the name.
tokens() {
  local offset header length i=0
  rm -f "$work"/token-*
  while read -r offset header length; do
    cut_out "$offset" $((header + length)) >"$work/token-$((++i))"
  done < <(tree | awk -v name=":($1)\$" '/OBJECT/ && $0 ~ name { at = NR + 2 } NR == at' | places_of)
  token_count=$i
}
# The signature's octets: the last OCTET STRING of the SignerInfo before its unsigned attributes.
signature() {
  local offset header length
  read -r offset header length < <(tree |
    awk '/d=5 .*OCTET STRING/ { last = $0 } /d=5 .*cont \[ 1 \]/ { found = last } END { print found }' | places_of)
  [[ -n ${length:-} ]] && cut_out $((offset + header)) "$length"
}
verify_token() { # verify_token FILE HOW...: to the sandbox's root, at the time of its clock
  openssl ts -verify -token_in -in "$1" "${@:2}" -CAfile "$CA_FILE" -attime "$(($(date +%s) + $(cat "$box/clock" 2>/dev/null || echo 0)))" \
    >"$work/openssl.log" 2>&1 || { quote "$work/openssl.log"; return 1; }
}
imprint_of() { openssl ts -reply -token_in -in "$1" -token_out -text 2>/dev/null | sed -nE 's/^ +[0-9a-f]{4} - ([0-9a-f -]{47}) .*/\1/p' | tr -cd 0-9a-f; }
by_unit() { openssl pkcs7 -inform DER -in "$1" -print_certs | grep -qF "$(sed -n 3p "$box/ca/$2.pem")"; } # by_unit FILE STEM
stamped() { # the one time stamp of the signature is over its octets
  exported && tokens "$signature_stamp" && ((token_count == 1)) && signature >"$work/signature" &&
    verify_token "$work/token-1" -data "$work/signature"
}
archived() { # archived TIMES: so many archive time stamps, each good (what they cover: tests/unit/sign)
  local i
  exported && tokens "$archive_stamp" && ((token_count == $1)) || { note "archive time stamps: $token_count"; return 1; }
  for ((i = 1; i <= $1; i++)); do verify_token "$work/token-$i" -digest "$(imprint_of "$work/token-$i")" || return 1; done
}
as_received() { # the signature as it came is kept beside it, and is what the person was told of
  [[ $(openssl dgst -sha256 -r "$work/out/consent-bb.p7s" | cut -d' ' -f1) == "$(consent signature_sha256)" ]] &&
    openssl cms -verify -cades -inform DER -in "$work/out/consent-bb.p7s" -CAfile "$CA_FILE" -out /dev/null 2>"$work/openssl.log"
}

# By our own verifier at the sandbox's time: proven by the stamps, to the level named, without a network.
proven() { # proven LEVEL: the exported file, and the receipt that carries it
  local file now; now=$(date -u -d "@$(($(date +%s) + $(cat "$box/clock" 2>/dev/null || echo 0)))" +%Y-%m-%dT%H:%M:%SZ)
  exported || return 1
  for file in consent.p7s receipt.asice; do
    "$build/eonay" verify "$work/out/$file" --ca "$CA_FILE" --at "$now" --lang en >"$work/verified" 2>&1 &&
      grep -q "^TOTAL-PASSED" "$work/verified" && grep -q "CAdES-$1\b" "$work/verified" || { quote "$work/verified"; return 1; }
  done
}

sandbox_up stamping
log=$box/log/eonayd.log

# --- all is well --------------------------------------------------------------------------------------------------------
ok "nobody was asked yet" health_is unasked
ok "signs" plain_sign
ok "the stamp is there with the answer" said "Zaman damgası: eklendi"
ok "health says so" health_is good
ok "grows to B-LTA by itself" grows_to B-LTA
ok "openssl accepts it, and the time stamp over the signature" stamped
ok "by the first of the list" by_unit "$work/token-1" tsa
ok "one archive time stamp" archived 1
ok "as received, too" as_received
ok "eonay verify: file and receipt" proven B-LTA
first=$TCKN

# --- away for the whole consent, then back ------------------------------------------------------------------------------
person 640000001 "Zeynep Ak"
sandbox set tsa=away tsa2=away
ok "both away: signs all the same" plain_sign
ok "told that the stamp is pending" said "Zaman damgası: bekleniyor, kendiliğinden eklenecek"
ok "it is B-B" level_is B-B
ok "openssl accepts it" exported
ok "eonay verify: file and receipt" proven B-B
ok "nothing but that and the text is written" test ! -e "$work/out/consent-bb.p7s"
ok "health says so" health_is away
sandbox set tsa=good tsa2=good
later 10
ok "back: grows to B-LTA by itself" grows_to B-LTA
ok "the stamp is over the signature" stamped
ok "health says so" health_is good

# --- killed between acceptance and stamp --------------------------------------------------------------------------------
person 640000002 "Kerem Su" --key p256
sandbox set tsa=late tsa2=late late_ms=60000
ok "both slow: nobody waits for them" plain_sign
ok "pending" said "Zaman damgası: bekleniyor"
service_ends
ok "kill -9 while the first is being asked: it is B-B" level_is B-B
sandbox set tsa=good tsa2=good
sandbox service
later 301 # what the dead one had claimed is free again
ok "started again: nothing is lost" grows_to B-LTA
ok "the stamp is over the signature" stamped

# --- the certificate's status -----------------------------------------------------------------------------------------
person 640000010 "Defne Ay" --key p256
sandbox set ocsp=away crl=away
ok "OCSP and CRL away: signs" plain_sign
ok "received, being checked" said "İmzanız alındı, denetleniyor"
ok "its time is stamped at once" level_is B-T
ok "that is kept" test "$(consent state)" = checking
later 60
ok "and nothing more is done" level_is B-T
sandbox set ocsp=good crl=good
later 400
ok "known to be good: grows to B-LTA" grows_to B-LTA
ok "accepted" test "$(consent state)" = accepted

person 640000011 "Poyraz Er" --key p256
sandbox set tsa=away tsa2=away
ok "signs while there is no stamp" plain_sign
sandbox set tsa=good tsa2=good ocsp=bad-signature crl=stale
later 10
ok "status values that do not hold: B-T" grows_to B-T
later 400
value_refused() { grep -q "level=B-T result=rej-unknown" "$log"; }
ok "they are refused" await "$patience" value_refused
ok "and not taken" level_is B-T
ok "openssl accepts it all the same" stamped
ok "eonay verify: file and receipt" proven B-T
sandbox set ocsp=good crl=good
later 400
ok "once they hold: grows to B-LTA" grows_to B-LTA

# --- stopping ----------------------------------------------------------------------------------------------------------
person 640000012 "Ada Tan" --key p256
sandbox set tsa=late tsa2=late late_ms=60000
plain_sign
p=$(service_pid)
kill -TERM "$p"
ok "told to end while it asks: it does" await 4 all_gone "$p"
sandbox set tsa=good tsa2=good
sandbox service
later 301
ok "and the next one goes on" grows_to B-LTA

# --- lies ---------------------------------------------------------------------------------------------------------------
person 640000003 "Deniz Can" --key p384
sandbox set tsa=wrong-imprint tsa2=away
is_told() { faults tsa | grep -qx "$1"; }
found_out() { await "$patience" is_told "$1" || { quote_log; return 1; }; }
ok "the first one lies, the second is away: signs" plain_sign
ok "stamps something else: found out" found_out "rej-stamp imprint"
while read -r lie said; do
  sandbox set tsa="$lie"
  later 4000 # past every pause
  ok "$lie: found out" found_out "$said"
done <<'LIES'
wrong-nonce rej-stamp nonce
bad-signature rej-stamp signature
expired rej-stamp validity
garbage rej-stamp form
refusing tsa-refused status 2
LIES
ok "none of them was taken" level_is B-B
sandbox set tsa=wrong-imprint tsa2=good
later 4000
ok "the second one answers: grows to B-LTA" grows_to B-LTA
ok "the stamp is over the signature" stamped
ok "and is the second one's" by_unit "$work/token-1" tsa2
ok "so is the archive time stamp" archived 1

# --- quota --------------------------------------------------------------------------------------------------------------
person 640000004 "Ece Kaya" --key p256
sandbox set tsa=quota retry_after_s=600
later 4000
ok "the first one's quota is used up: signs" plain_sign
ok "the second one's stamp is there at once" said "Zaman damgası: eklendi"
ok "told so by HTTP" found_out "busy HTTP 429"
grows_to B-LTA
sandbox set tsa=good
person 640000005 "Arda Gök" --key p256
ok "before its Retry-After has passed: signs" plain_sign
ok "grows" grows_to B-LTA
ok "the first one was left alone" stamped
ok "and the second one asked" by_unit "$work/token-1" tsa2
later 601
person 640000006 "Nil Taş" --key p256
service_ends
cp "$SERVICE" "$work/service.yaml"
sed -i '/^  - url: .*\/tsa2*"$/s/$/\n    per_hour: 1/' "$SERVICE"
sandbox service
later 3700 # what was asked before is an hour ago
ok "one question an hour of each: signs" plain_sign
ok "grows by one stamp of each" grows_to B-LTA
ok "first" stamped
ok "the first one's" by_unit "$work/token-1" tsa
ok "then the second one's" archived 1
person 640000007 "Su Er" --key p256
ok "both used up: signs" plain_sign
ok "pending" said "Zaman damgası: bekleniyor"
questions() { grep -cE "POST /tsa2? " "$box"/log/*; }
before=$(questions)
service_ends
sandbox service
ok "a restart forgets no question" health_is away
later 3000
ok "within the hour nobody is asked" level_is B-B
ok "nobody" test "$(questions)" = "$before"
later 700
ok "an hour later: grows" grows_to B-LTA
service_ends
cp "$work/service.yaml" "$SERVICE"
sandbox service

# --- years later --------------------------------------------------------------------------------------------------------
renewed=$(times "level=B-LTA result=grown")
later $((3620 * 86400)) # the first authority's certificate ends in 30 days
TCKN=$first
twice() { archived 2; }
ok "renewed before the certificate ends" await 60 twice
ok "all of them are good" archived 2
ok "as received, too" as_received
ok "eonay verify: file and receipt" proven B-LTA
all_twice() { (($(times "level=B-LTA result=grown") >= 2 * renewed)); }
ok "every one of them" await 60 all_twice
journey_end
