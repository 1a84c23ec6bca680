#!/usr/bin/env bash
# Cards pulled and put back on every page of the signature, other cards, cards and readers with nothing to sign with, PINs that
# the card does not take, and card software that is none: each has its sentence in both languages, the place and the time stay.
# shellcheck source=tests/journeys/lib.sh
. "$EONAY_SRC/tests/journeys/lib.sh"

sandbox_up pulled --set wizard.poll_ms=100 --set wizard.hang_ms=2000
cards=$work/cards
quietly "$build/tests/journeys/deck" "$box" "$cards" "$TCKN" "$(bash "$src/tests/journeys/tckn" 520000000)" "$OCSP_URL" ||
  bail "no cards"
module() { # module PATH: the wizard's card software from now on
  { sed '/^modules:/,/writable/d' "$box/wizard.yaml"
    printf 'modules:\n  - path: "%s"\n    environment: {EONAY_FAKE: "%s"}\n    writable: ["%s"]\n' "$1" "$cards" "$cards"
  } >"$work/wizard.yaml"
  wizard=$work/wizard.yaml
}
lay() { printf '%s\n' "$@" >"$cards/script.new"; mv "$cards/script.new" "$cards/script"; } # the readers hold these lines
reader='slot 1 "TEST Okuyucu"'
nes="$reader
token TEST serial=1 pin=$PIN min=4 max=8
cert 01 usable.pem
public 01 usable.pem
key 01 usable.pem"
other="$reader
token DIĞER serial=2 pin=$PIN
cert 01 soon.pem
key 01 soon.pem"
declare -A en=(
  ["Kart okuyucudan çıkarıldı."]="The card was taken out."
  ["Okuyucuda kart yok."]="There is no card in the reader."
  ["Bu kartta sertifika yok."]="This card holds no certificate."
  ["Kart okuyucu bulunamadı."]="No card reader was found."
  ["Kart görüldü ama tanınmadı."]="A card was seen but not recognised."
  ["Kart okunamadı."]="The card could not be read."
  ["Takılan kart öncekinden farklı."]="This is a different card than before."
  ["Bu bilgisayarda kart yazılımı kurulu değil."]="The card software is not installed on this computer."
  ["Kart yazılımı olarak ayarlanan dosya bir program kitaplığı değil."]="What is set up as card software is not a program library."
  ["Kart yazılımı başka türden bir bilgisayar için yapılmış."]="The card software was made for another kind of computer."
  ["Kart yazılımının gerek duyduğu bir parça eksik."]="The card software lacks a part it needs."
  ["Kart yazılımı olarak ayarlanan dosya başka türden bir kitaplık."]="What is set up as card software is a library of another kind."
  ["Kart yazılımı başlatılamadı."]="The card software could not start."
  ["Kart yazılımı açılırken durdu."]="The card software stopped while it was being opened."
  ["Kart yazılımı yanıt vermiyor."]="The card software does not answer.")
told() { # told NAME SENTENCE: it stands there, in English too
  ok "$1: $2" shows "$2"
  keys F2; ok "$1: ${en[$2]}" shows "${en[$2]}"
  keys F2; gone "${en[$2]}"
}
left() { screen | sed -n 's/.*Kalan Süre: *\([0-9]*\) saniye.*/\1/p'; }
time_runs() { local now; now=$(left); [[ -n $now && $now -le $1 ]]; }
waits_for() { # waits_for TEXT: until it stands there; how long that was is in $ms
  local from=${EPOCHREALTIME/[.,]/}; shows "$1" || return; ms=$(((${EPOCHREALTIME/[.,]/} - from) / 1000))
}

# --- pulled on every page ---------------------------------------------------------------------------------------
words tr
module "$build/tests/fakes/p11.so"
lay "$nes"
start
way menu text
pulled() { # pulled NAME TEXT: the card goes and comes back: told, the time runs on, then this text again
  local before ms; before=$(left)
  lay "$reader"
  ok "$1: the card is pulled, told" waits_for "Kart okuyucudan çıkarıldı."
  note "seen after $ms ms"
  ok "$1: the page is that of the card" shows "Kartınızı takınız"
  [[ -z $before ]] || ok "$1: the time runs on" time_runs "$before"
  lay "$nes"
  ok "$1: put back, it goes on where it was" shows "$2"
}
pulled "the text" "${sign[text]}"
keys Enter; at "${sign[cert]}"
pulled "the certificate" "${sign[cert]}"
keys Enter; at "${sign[pin]}"
type_in "12"; shows "[ ** "
pulled "the PIN" "Kart görüldü."
ok "the digits are gone" shows "[                  ]"
type_in "12"; keys F1; at "Son haneyi sil"
pulled "the help page" "[                  ]"
keys Escape; at "${sign[leave]}"
lay "$reader"
ok "while it is asked whether to leave, the question stays" on_screen "${sign[leave]}"
keys 1
ok "and then the card is missing" shows "Kart okuyucudan çıkarıldı."
lay "$nes"; at "Kart görüldü." BTab Enter
at "1 sertifika kullanılabilir"
pulled "the list" "Kart görüldü."
lay "$nes
pull C_Sign"
at "[                  ]"; onward pin
ok "while one signs: told" shows "Kart okuyucudan çıkarıldı."
lay "$nes"
ok "while one signs: the PIN is asked for again" shows "Kart görüldü."
ok "the digits are gone" shows "[                  ]"
swap() { lay "$reader"; at "Kart okuyucudan çıkarıldı."; lay "$1"; } # swap CARD: seen to go before another one comes
swap "${nes/serial=1/serial=3 wrong=2}"; at "Kart görüldü."
type_in "$PIN"; keys Enter
ok "a card on its last try asks first" shows "Son deneme"
swap "$nes"
ok "the last try: put back, it goes on where it was" shows "Kart görüldü."
swap "${nes/serial=1/serial=4 wrong=3}"
ok "a locked card is told" shows "kilitli"
swap "$nes"
ok "then the other card goes on" shows "Kart görüldü."

# --- other cards, and nothing to sign with ----------------------------------------------------------------------
type_in "12"; shows "[ ** "
lay "$other"
told "another card" "Takılan kart öncekinden farklı."
ok "and nothing typed is kept" shows "[                  ]"
before=$(left)
lay "$reader" "token LEER serial=5"; told "a card without certificates" "Bu kartta sertifika yok."
lay "$reader" "token NEU serial=6 blank"; told "a card that was never set up" "Okuyucuda kart yok."
lay "$reader" "token X serial=7 unknown"; told "a card nobody knows" "Kart görüldü ama tanınmadı."
lay "$reader" "token X serial=8" "cert 01 usable.pem" "fail C_GetTokenInfo DEVICE_ERROR"
told "a card that fails" "Kart okunamadı."
lay ""; told "no reader" "Kart okuyucu bulunamadı."
lay "$reader"; told "an empty reader" "Okuyucuda kart yok."
ok "the time runs on through all this" time_runs "$before"
lay "$nes" "cert 02 usable.pem CKA_VALUE=says:4000000000" "cert 03 usable.pem CKA_VALUE=hidden" "cert 04 - label=ESKİ" \
  "cert 05 expired.pem CKA_ID=long:300" "public 09 soon.pem times=10000" "cert 09 - times=10000"
ok "ten thousand objects, attributes of the wrong length: the certificate is found" shows "PIN Kodu"
until on_screen "${sign[pin]}"; do # the card is another one now: its certificate is chosen anew
  if on_screen "İPEK IŞIK ·"; then keys Enter; fi
  await 2 on_screen "${sign[pin]}" && break
  ((SECONDS < 300)) || { fail "reaches the PIN"; break; }
done

# --- PINs the card does not take --------------------------------------------------------------------------------
logins() { "$build/tests/fakes/p11-count" "$cards" | sed -n 's/^card-logins //p'; }
tried=$(logins)
type_in "123"; keys Enter
ok "a PIN that is too short: told" shows "PIN kodu en az 4 hane olmalı"
keys F2; ok "in English" shows "The PIN has at least 4 digits"; keys F2
ok "and kept" shows "[ *** "
type_in "x"
ok "a letter: told, not added" shows "yalnız rakamlardan oluşur"
keys F2; ok "in English" shows "The PIN holds only digits"; keys F2
type_in "456789"
ok "a PIN that is too long: told, the last digit not added" shows "PIN kodu en çok 8 hane olabilir"
keys F2; ok "in English" shows "The PIN has at most 8 digits"; keys F2
ok "eight digits stand there" shows "[ ******** "
ok "no login was tried" test "$(logins)" = "$tried"
keys DC; at "[                  ]"
onward_pin() { type_in "$PIN"; keys Enter; }
onward_pin
ok "then the right one: success" shows "${sign[success]}"
ok "openssl accepts the consent" exported
ok "one login for it, one for the card that was pulled" test "$(logins)" = 2

# --- card software that is none ---------------------------------------------------------------------------------
person 520000001 "Ümit Gök"
lay "$reader"
head_of() { # head_of FILE MACHINE: of a 64-bit shared library for this machine, and no more
  { printf '\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0'; printf "\\x$2\\0"; head -c 44 /dev/zero; } >"$1"
}
head_of "$work/arm.so" b7
head_of "$work/torn.so" 3e
echo "this is a text and no library, longer than the head of one would be ........" >"$work/text.so"
libc=$(ldd "$build/eonay" | awk '/libc.so/ { print $3 }')
fault() { lay "$reader" "$1"; }
refused() { # refused NAME PATH SENTENCE
  module "$2"
  start
  way menu text && keys Enter
  told "$1" "$3"
  ok "$1: what to do next" shows "F1'de"
  ok "$1: the time runs" time_runs 240
}
refused "a driver that is not there" /nonexistent/libakisp11.so "Bu bilgisayarda kart yazılımı kurulu değil."
refused "a folder" "$work" "Kart yazılımı olarak ayarlanan dosya bir program kitaplığı değil."
refused "a text" "$work/text.so" "Kart yazılımı olarak ayarlanan dosya bir program kitaplığı değil."
refused "a library for another computer" "$work/arm.so" "Kart yazılımı başka türden bir bilgisayar için yapılmış."
refused "half a library" "$work/torn.so" "Kart yazılımının gerek duyduğu bir parça eksik."
refused "a library without C_GetFunctionList" "$libc" "Kart yazılımı olarak ayarlanan dosya başka türden bir kitaplık."
fault "crash LOAD"; refused "one that crashes when it is loaded" "$build/tests/fakes/p11.so" "Kart yazılımı açılırken durdu."
fault "hang LOAD"; refused "one that hangs when it is loaded" "$build/tests/fakes/p11.so" "Kart yazılımı yanıt vermiyor."
fault "fail C_Initialize GENERAL_ERROR"
refused "one that does not start" "$build/tests/fakes/p11.so" "Kart yazılımı başlatılamadı."
lay "$nes"
ok "and when it starts, the way goes on by itself" shows "PIN Kodu"
journey_end
