#!/usr/bin/env bash
# The directive's whole way in a terminal of 80x24: Turkish and English, RSA-2048 and P-384.
# shellcheck source=tests/journeys/lib.sh
. "$EONAY_SRC/tests/journeys/lib.sh"

for key in rsa2048 p384; do
  sandbox_up "$key" --set "key=$key"
  words tr
  tm_start "$build/eonay" --config "$wizard"
  way_to_pin
  type_in "$PIN"; keys Enter
  ok "$key tr: Şekil 11" shows "$w_success" && ok "$key tr: a receipt number" shows "$w_number"
  keys Enter
  ok "$key tr: 3.8 the result" shows "$w_result"
  keys Enter
  ok "$key tr: leaves with 0" ended 0
  ok "$key tr: openssl accepts the consent" exported "$TCKN" "$work/out"
  tm kill-server 2>/dev/null

  tckn=$(bash "$EONAY_SRC/tests/journeys/tckn" 200000001)
  person --tckn "$tckn" --name "Işıl Çağlar" --key "$key"
  words en
  tm_start "$build/eonay" --config "$wizard" --lang en
  way_to_pin
  type_in "$PIN"; keys Enter
  ok "$key en: Şekil 11" shows "$w_success"
  keys Enter
  ok "$key en: 3.8 the result" shows "$w_result"
  keys Enter
  ok "$key en: leaves with 0" ended 0
  ok "$key en: openssl accepts the consent" exported "$TCKN" "$work/out"
  tm kill-server 2>/dev/null
  "$build/eonay-sandbox" down "$box" >/dev/null
done
journey_end
