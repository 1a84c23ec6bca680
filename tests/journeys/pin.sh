#!/usr/bin/env bash
# The PIN: a card that wants another one before it signs, in the wizard and by `eonay pin change`; the last try; a reader's
# own keys, used and switched off; the keypad in another order each time. On cards of tests/fakes, and on SoftHSM.
# shellcheck source=tests/journeys/lib.sh
. "$EONAY_SRC/tests/journeys/lib.sh"

words tr
sandbox_up pin
export ASAN_OPTIONS=${ASAN_OPTIONS-}

# fake_card WORDS: whoever counts gets a card of the fake's, in a reader of its own: their certificate once more, with a
# key that a file can hold.
cards=0
fake_card() {
  cards=$((cards + 1))
  fake=$work/fake-$cards
  mkdir "$fake"
  {
    openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "$fake/key.pem" &&
      openssl x509 -x509toreq -in "$CERT_FILE" -signkey "$fake/key.pem" -copy_extensions copyall -out "$fake/req.pem" &&
      openssl x509 -req -in "$fake/req.pem" -CA "$box/ca/nes-rsa.pem" -CAkey "$box/ca/nes-rsa.key" -copy_extensions copyall \
        -set_serial "0x$(openssl x509 -in "$CERT_FILE" -noout -serial | cut -d= -f2)" -days 300 -sha256 -out "$fake/cert.pem" &&
      cat "$fake/cert.pem" "$fake/key.pem" >"$fake/card.pem"
  } >"$work/openssl.log" 2>&1 || { quote "$work/openssl.log"; bail "no certificate"; }
  PIN=135792
  printf 'slot 1 "TEST okuyucu"\ntoken TEST serial=%04d pin=%s max=8 %s\ncert 01 card.pem\npublic 01 card.pem\nkey 01 card.pem\n' \
    "$cards" "$PIN" "$1" >"$fake/script"
  {
    sed '/^modules:/,/^publisher_ca/{/^publisher_ca/!d}' "$wizard"
    printf 'modules:\n  - path: "%s/tests/fakes/p11.so"\n    environment:\n      EONAY_FAKE: "%s"\n    writable: ["%s"]\n' \
      "$build" "$fake" "$fake"
  } >"$fake/wizard.yaml"
  wizard=$fake/wizard.yaml
}
counted() { # counted NAME: by the fake
  "$build/tests/fakes/p11-count" "$fake" | sed -n "s/^$1 //p" | grep . || echo 0
}
counts() { [[ $(counted "$1") == "$2" ]] || { note "$1: $(counted "$1"), not $2"; return 1; }; }
nothing_secret() { no grep -aqF -e "$PIN" -e "$new" "$work/raw" "$work/stderr"; }
new=246813
# The wizard's memory, where it can be searched: by root, and not where sanitizers keep freed memory.
searched() { [[ $(id -u) == 0 ]] && ! has_sanitizers; }
search() { printf '%s\n' "$PIN" "$new" | "$build/tests/journeys/memscan" "$pid" >/dev/null 2>&1; }
held() { search; [[ $? == 1 ]]; }
shows_two() { await "$patience" eval '[[ $(screen | grep -c "\[ \*\*\*\*\*\* ") == 3 ]]'; }

# --- in the wizard ----------------------------------------------------------------------------------------------
due="Kart, PIN kodunun değiştirilmesini istiyor."
fake_card change
start
way menu cert && keys Enter
ok "a card whose PIN is due says so" shows "$due"
ok "and what it takes" shows "Yeni PIN kodu 4 ile 8 hane arasındadır."
keys Escape
ok "Esc goes back to the certificate" shows "${sign[cert]}"
keys Enter; at "$due"
type_in "$PIN"; shows "[ ******  "
keys Enter; type_in "$new"; keys Enter; type_in "246814"; keys Enter
ok "two new ones that differ are told" shows "Yeni PIN kodu iki kez aynı yazılmadı."
ok "nothing was tried" counts C_SetPIN 0
type_in "$new"; keys Enter; type_in "$new"; shows_two
searched && ok "control: what is typed is found in the wizard" held
keys Enter
ok "then it is changed" shows "PIN kodunuz değiştirildi."
searched && ok "and is nowhere in it now" search
ok "text and certificate are kept: the PIN is next" shows "[                  ]"
ok "by one call, without a login" counts C_SetPIN 1
ok "..." counts card-logins 0
type_in "$new"; keys Enter
ok "the new one signs" shows "${sign[success]}"
ok "with one login" counts card-logins 1
ok "openssl accepts the consent" exported
ok "no PIN reached the terminal" nothing_secret

# --- by lines, on a card that says so only when it is asked -----------------------------------------------------
person 710000000 "Zeynep Ak"
fake_card ""
echo "fail C_Login PIN_EXPIRED times=1" >>"$fake/script"
by_lines() { # by_lines STATUS LINE...
  local rc=0 wanted=$1; shift
  printf '%s\n' "$@" | timeout 60 "$build/eonay" --config "$wizard" --plain >"$work/said" 2>"$work/stderr" || rc=$?
  [[ $rc == "$wanted" ]] || { note "status $rc"; quote "$work/said" "$work/stderr"; return 1; }
}
said() { grep -qF -- "$1" "$work/said" || { quote "$work/said"; return 1; }; }
to_pin=("" "" "" "$TCKN" "$PASSWORD" "" "" "" "" "" "" "")
ok "plain: refused, changed and signed" by_lines 0 "${to_pin[@]}" "$PIN" "" "$PIN" "$new" "$new" "$new" "" "" ""
ok "the old PIN is told to be changed" said "$due"
ok "it was changed" said "PIN kodunuz değiştirildi."
ok "success" said "İşleminiz Başarılıdır"
ok "no PIN is said" no grep -qF -e "$PIN" -e "$new" "$work/said" "$work/stderr"
ok "two logins, one of them refused, and one change" counts card-logins 2
ok "..." counts C_SetPIN 1
ok "openssl accepts the consent" exported

# --- the last try -----------------------------------------------------------------------------------------------
person 710000001 "Yusuf Bal"
fake_card wrong=2
start
way menu cert && keys Enter
ok "the last try has a page of its own" shows "Bu, kartınızın son PIN denemesidir."
keys Enter
ok "Enter alone does not pass it" shows "${sign[cert]}"
keys Enter; at "son PIN denemesidir" Enter; at "${sign[cert]}" Enter
ok "nor does Enter again and again" shows "son PIN denemesidir"
ok "nothing was tried" counts card-logins 0
keys 2
ok "chosen by itself it leads to the PIN" shows "Son deneme."
type_in "$PIN"; keys Enter
ok "and signs" shows "${sign[success]}"
ok "with one login" counts card-logins 1

person 710000002 "Naz Can"
fake_card wrong=2
to_pin=("" "" "" "$TCKN" "$PASSWORD" "" "" "" "" "" "" "")
ok "plain: empty lines do not pass it either" by_lines 66 "${to_pin[@]}" "" "" "" "" ""
ok "nothing was tried" counts card-logins 0
ok "plain: by its number it signs" by_lines 0 "${to_pin[@]}" "2" "$PIN" "" "" "" ""
ok "with one login" counts card-logins 1

# --- a reader with keys of its own ------------------------------------------------------------------------------
person 710000003 "Can Su"
fake_card "open-pad pad=135792"
start
way menu cert && keys Enter
ok "a pad is asked at the reader" shows "PIN kodunuzu kart okuyucunun tuşlarıyla giriniz."
ok "there is no field" no on_screen "PIN Kodu  "
keys C-c; at "${sign[leave]}" 2; ended 0
echo "pin_pad: false" >>"$wizard"
sed -i 's/pad=135792/pad=000000/' "$fake/script"
start
way menu cert && keys Enter
ok "switched off, the PIN is typed here" shows "${sign[pin]}"
type_in "$PIN"; keys Enter
ok "and signs" shows "${sign[success]}"
ok "by these very digits" counts card-logins 1

# --- the keypad in another order --------------------------------------------------------------------------------
person 710000004 "Eda Ün"
fake_card ""
echo "keypad_order: shuffled" >>"$wizard"
pad() { screen | sed -n 's/^.*│ \(.*│.*│.*│\)  *│$/\1/p' | grep -oE '[0-9]' | tr -d '\n'; }
whole() { [[ $(pad | grep -o . | sort | tr -d '\n') == 0123456789 ]]; }
click_digit() { # where it stands on the keypad, as a terminal reports it (SGR 1006)
  local row=0 line pad
  while IFS= read -r line; do
    row=$((row + 1)) pad=${line:51}
    [[ $pad =~ ^"│"\ .*"│".*"│".*"│" && $pad == *"$1"* ]] || continue
    pad=${pad%%"$1"*}
    type_in $'\e['"<0;$((52 + ${#pad}));${row}M"; type_in $'\e['"<0;$((52 + ${#pad}));${row}m"
    return 0
  done < <(screen)
  return 1
}
start
way menu cert && keys Enter
at "${sign[pin]}"
ok "every digit is there once" whole
first=$(pad)
keys F1; shows "Yardım"; keys F1
is_first() { [[ $(pad) == "$first" ]]; }
ok "the help page changes nothing" await "$patience" is_first
stars=""
for d in 1 3 5 7 9 2; do
  stars="$stars*"
  click_digit $d || note "$d stands nowhere"
  shows "[ $stars " || fail "digit $d is typed"
done
keys Tab Enter
ok "clicked where they stand, they sign" shows "${sign[success]}"
ok "with one login" counts card-logins 1
note "the order was $first"

# --- eonay pin change, on SoftHSM -------------------------------------------------------------------------------
person 710000005 "İnci Er"
old=$PIN
tool() { tm_start "$build/eonay" pin change --config "$wizard"; }
has_told() { grep -qF -- "$1" "$work/stderr"; }
told() { await "$patience" has_told "$1" || { quote "$work/stderr"; return 1; }; } # beside what is asked on the screen
tool
ok "the card is named" shows "1. Kart: "
at "Eski PIN kodu:"; type_in "000000"; keys Enter
at "Yeni PIN kodu:"; type_in "$new"; keys Enter
at "bir kez daha:"; type_in "$new"; keys Enter
ok "a wrong old PIN is told" told "PIN kodu kabul edilmedi"
ok "with status 77" ended 77
tool
at "Eski PIN kodu:"; type_in "$old"; keys Enter
at "Yeni PIN kodu:"; type_in "$new"; keys Enter
at "bir kez daha:"; type_in "111111"; keys Enter
ok "two new ones that differ: asked for again" told "iki kez aynı yazılmadı"
asked_again() { [[ $(screen | grep -c -- "$1") == 2 ]]; }
await "$patience" asked_again "^Yeni PIN kodu:"
type_in "$new"; keys Enter
await "$patience" asked_again "bir kez daha:"
type_in "$new"; keys Enter
ok "then it is changed" shows "PIN kodunuz değiştirildi."
ok "with status 0" ended 0
ok "nothing of it was shown" no grep -aqF -e "$old" -e "$new" -e 111111 "$work/raw" "$work/stderr"
ok "the terminal is as it was" cmp "$work/stty.before" "$work/stty.after"
tool
at "Eski PIN kodu:"; type_in "$old"; keys Enter
at "Yeni PIN kodu:"; type_in "$new"; keys Enter
at "bir kez daha:"
driver=$(worker token)
kill -KILL "$driver"
is_dead() { [[ $(<"/proc/$driver/stat") == *") Z "* ]]; } # nobody has looked after it yet
ok "the card's software ends before anything was sent" await "$patience" is_dead
type_in "$new"; keys Enter
ok "then nothing is said to be changed, or not sure" told "E-İmza Uygulaması'nın bir parçası açılamadı."
ok "..." no has_told "geçerli olmuş olabilir"
ok "with status 69" ended 69
tool
at "Eski PIN kodu:"; type_in "12"; kill -TERM "$pid"
ok "ended in the middle" ended 143
ok "the terminal is as it was" cmp "$work/stty.before" "$work/stty.after"

# What is mistyped is asked for again, and told in words that are true of a line.
typos() { # typos LINE...: each of them as the old PIN, told by its sentence
  local nth=1
  for line in "$@"; do
    at "Eski PIN kodu:" >/dev/null; await "$patience" asked "$nth" "^Eski PIN kodu:" || fail "asked the ${nth}th time"
    type_in "${line%%=*}"; keys Enter
    ok "\"${line%%=*}\" as the old PIN" told "${line#*=}"
    nth=$((nth + 1))
  done
}
asked() { [[ $(screen | grep -c -- "$2") == "$1" ]]; }
tool
typos "12a=Eski PIN kodu yalnız rakamlardan oluşabilir." "=Eski PIN kodu yazılmadı."
await "$patience" asked 3 "^Eski PIN kodu:"
type_in "$new"; keys Enter
ok "the third time it goes on" shows "Yeni PIN kodu:"
kill -TERM "$pid"; ok "left there" ended 143
tool
typos "12a=yalnız rakamlardan" "12=en az" "=Eski PIN kodu yazılmadı."
ok "after three rounds it ends" ended 65

start
way menu pin
type_in "$old"; keys Enter
ok "the old PIN is refused" shows "PIN kodu kabul edilmedi"
type_in "$new"; keys Enter
ok "the new one signs" shows "${sign[success]}"
PIN=$new
ok "openssl accepts the consent" exported

# --- eonay pin change, on the last try --------------------------------------------------------------------------
fake_card wrong=2
tool
ok "a last try is asked about" shows "EVET yazınız"
keys Enter
ok "Enter alone stops" ended 66
ok "nothing was tried" counts C_SetPIN 0
tool
at "EVET yazınız"; type_in "evet"; keys Enter
at "Eski PIN kodu:"; type_in "$PIN"; keys Enter
at "Yeni PIN kodu:"; type_in "$new"; keys Enter
at "bir kez daha:"; type_in "$new"; keys Enter
ok "the word goes on" shows "PIN kodunuz değiştirildi."
ok "with one try" counts C_SetPIN 1

# --- eonay pin change, with two cards ---------------------------------------------------------------------------
printf 'slot 1 A\ntoken ONE serial=1 pin=%s\nslot 2 B\ntoken TWO serial=2 pin=%s\n' "$PIN" "$PIN" >"$fake/script"
tool
at "Kartın numarası:"; type_in "7"; keys Enter
ok "a number that no card has is told" told "Böyle bir kart yok."
await "$patience" asked 2 "^Kartın numarası:"
type_in "2"; keys Enter
ok "and asked for again" shows "Eski PIN kodu:"
kill -TERM "$pid"; ok "left there" ended 143
journey_end
