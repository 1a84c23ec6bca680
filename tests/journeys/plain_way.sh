#!/usr/bin/env bash
# The whole way through --plain from a pipe: by default answers, by numbers, by labels of either language.
# shellcheck source=tests/journeys/lib.sh
. "$EONAY_SRC/tests/journeys/lib.sh"

plain() { # plain STATUS OPTIONS LINE...: the lines into the wizard; its words into $work/said
  local wanted=$1 options=$2 rc=0; shift 2
  # shellcheck disable=SC2086
  printf '%s\n' "$@" | timeout 60 "$build/eonay" --config "$wizard" --plain $options >"$work/said" 2>"$work/stderr" || rc=$?
  [[ $rc == "$wanted" ]] || { note "status $rc"; quote "$work/said" "$work/stderr"; return 1; }
}
said() { grep -qF -- "$1" "$work/said" || { quote "$work/said"; return 1; }; }
lines() { grep -cF -- "$1" "$work/said"; }
no_secrets() { no grep -F -e "$PIN" -e "$PASSWORD" "$work/said" "$work/stderr"; }
no_controls() { no env LC_ALL=C grep -aP '[\x00-\x08\x0b-\x1f\x7f]' "$work/said"; }

sandbox_up plain

ok "default answers: leaves with 0" plain 0 "--lang tr" "" "" "" "$TCKN" "$PASSWORD" "" "" "" "" "" "" "" "$PIN" "" "" ""
ok "success" said "İşleminiz Başarılıdır"
ok "the method is asked before the number" said "Yöntem (boş satır: e-Devlet Şifresi): "
ok "the text is said to its end" said "gerek kalmaksızın işleme alınmasını KABUL EDİYORUM."
ok "the match code is said with the code, and again before the PIN is asked for" \
  test "$(sed '/^PIN Kodu/q' "$work/said" | grep -cx "Eşleşme kodu: K1BQ Y5PH")" = 2
ok "nothing secret is written" no_secrets
ok "no control character is written" no_controls
ok "nothing is written beside it" test ! -s "$work/stderr"
ok "RSA-2048: openssl accepts the consent" exported

ok "again: leaves with 0" plain 0 "--lang tr" "" "" "" "$TCKN" "$PASSWORD" "" "" ""
ok "told that it was given before" said "E-Onayınız daha önce alınmış"
ok "and when" said "E-Onay Tarihi:"

person 300000000 "Oğuz Şahin" --key p256
ok "labels of both languages: leaves with 0" plain 0 "--lang en" "Giris" "1" "e-devlet şifresi" "$TCKN" "$PASSWORD" \
  "NES ISLEMLERI" "1" "Devam" "1" "Next" "yes" "1" "$PIN" "imzala" "Uygulamayi Kapat" "GÜVENLİ ÇIKIŞ"
ok "success in English" said "Your transaction was successful"
ok "P-256: openssl accepts the consent" exported

person 300000001 "Işıl Ağaç" --key p384
ok "words at any choice: leaves with 0" plain 0 "" "?" "nonsense" "dil" "help" "sign in" "geri" "1" "1" "Mobile signature" "1" "?" "geri" "1" "1" "$TCKN" \
  "not-the-password" "$PASSWORD" "1" "1" "1" "1" "1" "süre" "uzat" "1" "1" "999999" "1" "$PIN" "1" "1" "3"
ok "help is given" said "E-Onay ile"
ok "an answer nobody understands is told" said "Bu yanıt anlaşılmadı"
ok "the language changes in the middle" said "Welcome, Işıl Ağaç."
ok "a method that is not there is told, and asked for again" test "$(lines 'Method (empty line')" -ge 2
ok "a wrong password is told" said "do not match"
ok "a number is asked for: help and the way back are heard there" test "$(lines 'You can also type: ? for help')" = 2
ok "what a wrong password leads to can be done" said "empty line leads to the methods"
ok "time is told" said "minutes left"
ok "time is extended" said "Time extended."
ok "a wrong PIN is told, then the right one is taken" said "The PIN was not accepted"
ok "P-384: openssl accepts the consent" exported

person 300000002 "Çınar Gül"
none() { local rc=0; timeout 60 "$build/eonay" --config "$wizard" --plain </dev/null >"$work/said" 2>"$work/stderr" || rc=$?; ((rc == 0)); }
ok "end of input at the start leaves with 0" none
ok "end of input once something was begun is told by its exit status" plain 66 "" ""
ok "so is end of input after a wrong password" plain 66 "" "" "" "" "$TCKN" "not-the-password"
ok "which was told" said "eşleşmedi"
ok "end of input in the middle is told by its exit status" plain 66 "" "" "" "" "$TCKN" "$PASSWORD" "" "" "" "" "" "" "" "$PIN"
ok "and nothing is signed" not_exported
ok "a PIN answered to the text is no consent" plain 66 "" "" "" "" "$TCKN" "$PASSWORD" "" "" "" "" "" "$PIN" "$PIN" "$PIN"
ok "and nothing is signed" not_exported

# The code alone, from another program's pipe.
ok "a code is asked for, and left to others" plain 66 "" "" "" "" "$TCKN" "$PASSWORD" "" "" ""
code=$(sed -n 's/^Doğrulama Kodu: //p' "$work/said")
ok "--code -: success, leaves with 0" plain 0 "--code -" "$code" "" "" "$PIN" "" ""
ok "said" said "İşleminiz Başarılıdır"
ok "openssl accepts the consent" exported

ok "four consents are kept" test "$(consents)" = 4
journey_end
