#!/usr/bin/env bash
# eonay report: after a whole way with canaries in the card, the certificate, the settings and the environment, none of them is in
# what is shown or written; and what those who help need is.
# shellcheck source=tests/journeys/lib.sh
. "$EONAY_SRC/tests/journeys/lib.sh"

pin=739162850417
sandbox_up report
person 210000000 "Kanarya Sarı" --pin "$pin"
printf '%s\n' "" "" "" "$TCKN" "$PASSWORD" "" "" "" >"$work/answers" # as far as the code
timeout 60 "$build/eonay" --config "$wizard" --plain --lang tr <"$work/answers" >"$work/way" 2>&1
code=$(sed -n 's/^Doğrulama Kodu: //p' "$work/way")
printf '%s\n' "$code" "" "" "$PIN" "" "" | timeout 60 "$build/eonay" --config "$wizard" --plain --lang tr --code - >"$work/way2" 2>&1
number=$(grep -oE '[0-9]{4}-[0-9]{6}' "$work/way2" | head -n 1)
ok "control: a way with a code and a receipt" test -n "$code" -a -n "$number"

# A second card in a fake driver, whose label, reader and errors speak of somebody; a folder and settings that do.
folder=$work/kanarya-evi
mkdir -p "$folder"
cp "$build/tests/fakes/p11.so" "$folder/libkanarya.so"
cp "$build/tests/fakes/p11.so" "$folder/libakisp11.so"
cp "$(dirname "$wizard")/certificate.pem" "$folder/card.pem"
printf '%s\n' 'slot 3 "Okuyucu Kanarya"' 'token "KANARYA KARTI" serial=12345678 pin=135792 change' 'cert 01 card.pem label=KANARYA' >"$folder/script"
config=$work/wizard.yaml
sed "/^modules:/a\\  - path: \"$folder/libkanarya.so\"\n    environment:\n      EONAY_FAKE: \"$folder\"\n      KANARYA_$TCKN: \"$pin\"\n    writable: [\"$folder\"]" \
  "$wizard" >"$config"
printf 'help_line: "Kanarya Hanım 5551234567"\ntest_hint: "%s %s"\n' "$TCKN" "$PASSWORD" >>"$config"
printf '%s\n' 'nes_rule: 0.4.0.1862.1.1 OR 1.3.135792' 'forwarded_cards: true' 'pin_pad: false' 'keypad_order: shuffled' >>"$config"
sed -i 's|^service:.*|service: "Kanarya Hizmeti"|; s|^portal: "\(.*\)"|portal: "\1/kanarya"|' "$config"

words=(kanarya "sarı" sari "SARI" "$TCKN" "${TCKN:0:9}" "$PIN" "$pin" "$PASSWORD" "$code" "$(tr -d -- - <<<"$code")" "$number" 5551234567 135792 12345678)
tells() { # tells FILE...: which canary is in it
  local w; for w in "${words[@]}"; do grep -iqF -e "$w" "$@" && { note "told: $w"; return 0; }; done; return 1
}
report() {
  env KANARYA="$pin" PASSWORD="$PASSWORD" USER=kanarya LOGNAME=kanarya HOME="$folder" TERM="xterm-kanarya" HOSTNAME=kanarya \
    timeout 120 "$build/eonay" report --config "$config" "$@" </dev/null >"$work/shown" 2>"$work/stderr"
}
ok "control: the canaries are in the settings, the way and the card's driver" \
  tells "$config" "$work/way" "$folder/script"
ok "it is made" report --out "$work/report.txt"
ok "shown before it is written" cmp "$work/shown" "$work/report.txt"
ok "no canary is told" no tells "$work/shown" "$work/stderr" "$work/report.txt"
ok "for the owner alone" test "$(stat -c %a "$work/report.txt")" = 600
has() { grep -qE "$1" "$work/report.txt" || { note "not in it: $1"; return 1; }; }
ok "the versions" has 'e-Onay +[0-9]'
ok "the system and its kernel" has "Linux $(uname -r)"
ok "where the card software lies" has "$MODULE"
ok "without the folder it is not the system's" has '…/#$'
ok "the address without what follows the host" has "portal +$PORTAL_URL\$"
ok "that a help line is set" has 'help_line +var'
ok "the card and its certificate's end" has ' kullanılabilir, 20[0-9]{2}-[0-9]{2}-[0-9]{2}, PIN '
ok "that the card wants its PIN changed" has ' kullanılabilir, .*, PIN kodu değiştirilmeli$'
setting() { has "^  $1 +$2\$"; }
ok "how the PIN is asked for" setting pin_pad "hayır"
ok "and where the digits stand" setting keypad_order shuffled
ok "that forwarded cards are heard" setting forwarded_cards evet
ok "that the rule for certificates is another" setting nes_rule "başka"
ok "every link" test "$(grep -cE '  (sağlam|gerekmedi|kopuk|belirlenemedi|sıra gelmedi)( |$)' "$work/report.txt")" = "$(grep -c '^LINK(' "$src/src/base/chain.def")"
ok "what it holds and what not" has 'T.C. Kimlik No, PIN kodu'
rc=0; report --out "$work/report.txt" || rc=$?
ok "a file that is there is left alone" test "$rc" = 73
mkdir "$work/out"
echo mine >"$work/out/report.txt.part"
ok "beside one that looks like its own half" report --out "$work/out/report.txt"
ok "which is left alone" test "$(cat "$work/out/report.txt.part")" = mine
ln -s "$work/out/nowhere" "$work/out/link.txt"
rc=0; report --out "$work/out/link.txt" || rc=$?
ok "a link that leads nowhere is there too" test "$rc" = 73 -a ! -e "$work/out/nowhere"
rc=0; report --out "$work/nowhere/report.txt" || rc=$?
ok "no folder: told" test "$rc" = 73
scarce() ( # the disk is full after the first KiB of any file
  trap '' XFSZ; ulimit -f 1
  timeout 120 "$build/eonay" report --config "$config" --out "$1" </dev/null 2>"$work/stderr" | cat >"/dev/null"
  exit "${PIPESTATUS[0]}"
)
rc=0; scarce "$work/out/half.txt" || rc=$?
ok "no room for it: told" test "$rc" = 73
ok "and no half of it stays" test "$(ls "$work/out")" = $'link.txt\nreport.txt\nreport.txt.part'
ok "in English" report --lang en
ok "no canary is told" no tells "$work/shown" "$work/stderr"
ok "in words" grep -q "It holds no name" "$work/shown"

sed -i "s|libkanarya.so|libakisp11.so|; /^nes_rule:/d; /^forwarded_cards:/d; /^pin_pad:/d; /^keypad_order:/d" "$config"
ok "a driver of a known maker, elsewhere" report --out "$work/known.txt"
ok "is told by its name, without the folder" grep -q ' …/libakisp11.so$' "$work/known.txt"
ok "no canary is told" no tells "$work/known.txt"
ok "settings that nobody made" test "$(grep -cE '^  (pin_pad +evet|keypad_order +fixed|forwarded_cards +hayır|nes_rule +varsayılan)$' "$work/known.txt")" = 4

# Words of libraries and drivers: a service nobody vouches for, a driver that does not load.
echo "Kanarya'nın metni" >"$folder/libakisp11.so"
sed -i "s|^tls_ca:.*|tls_ca: \"$CA_FILE\"|" "$config"
ok "broken links behind one another are told" report --lang en
ok "by their codes' states" test "$(grep -c '  broken ' "$work/shown")" -ge 1
ok "no canary is told" no tells "$work/shown" "$work/stderr"

# Card software that is missing: what could not be looked at is not called broken.
cp "$config" "$work/good.yaml"
sed -i "s|- path: .*|- path: \"/nonexistent/libakisp11.so\"|" "$config"
ok "a driver that is missing" report --lang en
ok "is broken" grep -qE '^  Card software +broken' "$work/shown"
ok "its card could not be judged" grep -qE '^  Card in the software +could not be judged' "$work/shown"
ok "nor could a certificate" grep -qE '^  Certificate +could not be judged' "$work/shown"
cp "$work/good.yaml" "$config"

# Settings that are wrong.
echo "kanarya: \"$TCKN\"" >>"$config"
rc=0; report --lang en --out "$work/wrong.txt" || rc=$?
ok "wrong settings: a report all the same, with status 78" test "$rc" = 78 -a -s "$work/wrong.txt"
ok "which says so" grep -qE '^  config +The configuration file has a mistake\.$' "$work/wrong.txt"
ok "and the versions" grep -qE '^  e-Onay +[0-9]' "$work/wrong.txt"
ok "no canary is told" no tells "$work/shown" "$work/wrong.txt"
cp "$work/good.yaml" "$config"

# At a terminal it is asked.
tm_start "$build/eonay" report --config "$config" --lang en --out "$work/asked.txt"
ok "at a terminal it is asked first" shows "Write it there? [y/N]"
ok "nothing is written by then" test ! -e "$work/asked.txt"
keys n Enter
ok "no is no" ended 0
ok "nothing is written" test ! -e "$work/asked.txt"
tm_start "$build/eonay" report --config "$config" --lang en --out "$work/asked.txt"
at "Write it there? [y/N]" y Enter
ok "yes is yes" ended 0
ok "and it is written" test -s "$work/asked.txt"
tm_start "$build/eonay" report --config "$config" --lang en --out "$work/late.txt"
shows "Write it there? [y/N]"
echo mine >"$work/late.txt"
keys y Enter
ok "what came there meanwhile: told" ended 73
ok "and left alone" test "$(cat "$work/late.txt")" = mine
journey_end
