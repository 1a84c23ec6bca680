#!/usr/bin/env bash
# The whole way through --plain from a pipe: by default answers, by numbers, by labels in either language.
# shellcheck source=tests/journeys/lib.sh
. "$EONAY_SRC/tests/journeys/lib.sh"

sandbox_up plain
plain() { # plain LANG LINE...: the lines into the wizard; its words into $work/plain
  local lang=$1; shift
  printf '%s\n' "$@" | timeout 60 "$build/eonay" --config "$wizard" --plain --lang "$lang" >"$work/plain" 2>"$work/plain.err"
}
said() { grep -qF -- "$1" "$work/plain" || { sed 's/^/# > /' "$work/plain"; return 1; }; }

plain tr "" "" "" "$TCKN" "$PASSWORD" "" "" "" "" "" "" "" "" "$PIN" "" "" ""
ok "default answers: leaves with 0" test $? -eq 0
ok "default answers: success" said "İşleminiz Başarılıdır"
ok "default answers: nothing secret was written" bash -c "! grep -qF -e '$PIN' -e '$PASSWORD' '$work/plain' '$work/plain.err'"
ok "default answers: no control character" bash -c "! LC_ALL=C grep -qP '[\\x00-\\x08\\x0b-\\x1f\\x7f]' '$work/plain'"
ok "openssl accepts the consent" exported "$TCKN" "$work/out"
first=$TCKN

plain tr "" "" "" "$TCKN" "$PASSWORD" "" "" "" ""
ok "again: told that it was given before" said "E-Onayınız daha önce alınmış"

person --tckn "$(bash "$EONAY_SRC/tests/journeys/tckn" 300000000)" --name "Oğuz Şahin" --key p256
plain en "Giris" "1" "e-devlet şifresi" "$TCKN" "$PASSWORD" "NES ISLEMLERI" "1" "Devam" "1" "" "Next" "1" "" "$PIN" "imzala" "1" ""
ok "labels of both languages: leaves with 0" test $? -eq 0
ok "labels of both languages: success" said "Your transaction was successful"
ok "P-256: openssl accepts the consent" exported "$TCKN" "$work/out"

printf '' | timeout 20 "$build/eonay" --config "$wizard" --plain >/dev/null 2>&1
ok "end of input leaves cleanly" test $? -eq 0
ok "two consents are listed" bash -c "[ \$('$build/eonayctl' --config '$box/service.yaml' consents list --json | grep -o '\"number\"' | wc -l) = 2 ]"
note "first person: ${first:0:3}"
journey_end
