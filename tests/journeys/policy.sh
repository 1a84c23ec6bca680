#!/usr/bin/env bash
# A service that asks for one of the Turkish profiles: the wizard signs by its policy, and the evidence grows to that
# profile's form. openssl judges what is exported.
# shellcheck source=tests/journeys/lib.sh
. "$EONAY_SRC/tests/journeys/lib.sh"

plain_sign() { # the person who counts signs, by default answers
  printf '%s\n' "" "" "" "$TCKN" "$PASSWORD" "" "" "" "" "" "" "" "$PIN" "" "" "" |
    timeout 120 "$build/eonay" --config "$wizard" --plain --lang tr >"$work/said" 2>"$work/stderr" ||
    { quote "$work/said" "$work/stderr"; return 1; }
}
tree() { openssl asn1parse -inform DER -in "$work/out/consent.p7s"; }
holds() { exported && tree | grep -qE ":($1)\$"; }
counts() { [[ $(tree | grep -cE ":($1)\$") == "$2" ]]; }
policy='id-smime-aa-ets-sigPolicyId'
stamp='id-smime-aa-timeStampToken'
values='id-smime-aa-ets-revocationValues'
refs='id-smime-aa-ets-CertificateRefs'

walk() { # walk PROFILE POLICY KEY
  sandbox_up "$1" --set "service.profile=$1" "key=$3"
  ok "$1: a consent is given" plain_sign
  ok "$1: it names the policy" holds "$2"
  ok "$1: in one signed attribute" counts "$policy" 1
  ok "$1: it gets a time stamp" await "$patience" holds "$stamp"
  if [[ $1 == P2 ]]; then
    ok "$1: and no attributes of X-L" no holds "$values|$refs"
  else
    ok "$1: then complete references and values" await "$patience" holds "$values"
    ok "$1: both of them" holds "$refs"
  fi
  sandbox_down
}

walk P2 2.16.792.1.61.0.1.5070.3.1.1 rsa2048
walk P3 2.16.792.1.61.0.1.5070.3.2.1 rsa2048
walk P4 2.16.792.1.61.0.1.5070.3.3.1 p384
sandbox_up none --set service.profile=baseline
ok "baseline: a consent is given" plain_sign
ok "baseline: it names no policy" exported
ok "baseline: in no attribute" counts "$policy" 0
journey_end
