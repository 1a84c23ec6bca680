#!/usr/bin/env bash
# The directive's whole way in a terminal of 80x24: Turkish and English, RSA-2048 and P-384.
# shellcheck source=tests/journeys/lib.sh
. "$EONAY_SRC/tests/journeys/lib.sh"

signed_at() { # signed_at TIME: the exported signature says so too
  [[ -n $1 ]] && "$build/eonay" verify "$work/out/consent.p7s" --ca "$CA_FILE" --lang tr >"$work/verified" && grep -q "^İmzalama Tarihi *$1$" "$work/verified"
}
in_ledger() { # in_ledger N: so many acceptances are entered and sealed, and everything fits
  "$build/eonayctl" --config "$SERVICE" --lang en ledger verify >"$work/ledger" && grep -q "^Entries: $1, .*, sealed: $1, " "$work/ledger"
}
walk() { # walk TITLE [OPTION...]
  local title=$1; shift
  start "$@"
  pressed=0
  way menu pin "$title" && onward pin
  ok "$title: Şekil 11, success" shows "${sign[success]}"
  ok "$title: by twelve keys, beside number, password and PIN" test $pressed = 12
  ok "$title: with a receipt number" shows "${sign[number]}"
  time=$(screen | sed -nE 's/.*(İmzalama Tarihi|Signing time) *: *([0-9.]+ [0-9:]+) .*/\2/p')
  keys Enter
  ok "$title: 3.8, the result" shows "${sign[result]}"
  keys Enter
  ok "$title: leaves with 0" ended 0
  ok "$title: nothing was written beside the screen" test ! -s "$work/stderr"
  ok "$title: openssl accepts the consent, its content is the issued text" exported
  ok "$title: signed when the receipt says" signed_at "$time"
}

sandbox_up way
words tr
walk "RSA-2048, Turkish"
person 200000001 "Işıl Çağlar" --key p384
walk "P-384, Turkish"
words en
person 200000002 "Ümit Öz" --key rsa2048
walk "RSA-2048, English" --lang en
person 200000003 "Oğuz Şahin" --key p384
walk "P-384, English" --lang en
ok "four consents are kept" test "$(consents)" = 4
ok "and all four are sealed in the ledger" await 20 in_ledger 4
journey_end
