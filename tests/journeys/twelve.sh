#!/usr/bin/env bash
# Twelve certificates on two cards in two readers: the one that can sign is chosen and signs, and each of the other eleven
# says why it cannot, in both languages and both faces. The cards have the same key identifiers, and one key two certificates.
# shellcheck source=tests/journeys/lib.sh
. "$EONAY_SRC/tests/journeys/lib.sh"

sandbox_up twelve --set wizard.poll_ms=100
deal() { # deal: the person who counts has cards of all kinds in a folder of their own
  cards=$work/cards-$TCKN
  quietly "$build/tests/journeys/deck" "$box" "$cards" "$TCKN" "$(bash "$src/tests/journeys/tckn" 510000000)" "$OCSP_URL" ||
    bail "no cards"
  { sed '/^modules:/,/writable/d' "$wizard"
    printf 'modules:\n  - path: "%s"\n    environment: {EONAY_FAKE: "%s"}\n    writable: ["%s"]\n' \
      "$build/tests/fakes/p11.so" "$cards" "$cards"; } >"$cards.yaml"
  wizard=$cards.yaml
}
deal

# --- the cards --------------------------------------------------------------------------------------------------
certificate() { printf 'cert %s %s.pem\n' "$1" "$2"; }
whole() { printf 'cert %s %s.pem\npublic %s %s.pem\nkey %s %s.pem\n' "$1" "$2" "$1" "$2" "$1" "$2"; } # whole ID NAME
reader() { printf 'slot %s "TEST Okuyucu %s"\ntoken "TEST Kart %s" serial=%s pin=%s\n' "$1" "$2" "$2" "$1" "$3"; }
card_one() {
  reader 1 Bir "$PIN"
  whole 01 expired # the same key as the next one's: its first certificate
  certificate 01 usable
  whole 02 not-yet; whole 03 seal; whole 04 mali-muhur; whole 05 encryption
}
card_two() {
  reader 2 İki 246802
  whole 01 other-tckn; whole 02 no-qc; whole 03 no-notice; whole 04 weak-key; whole 05 untrusted; whole 06 no-tckn
}
lay() { cat >"$cards/script.new"; mv "$cards/script.new" "$cards/script"; } # the readers hold what is read here
{ card_one; card_two; } | lay

day_of() { # day_of NAME notBefore|notAfter: that day in Türkiye
  local field=-enddate; [[ $2 == notBefore ]] && field=-startdate
  TZ=UTC-3 date -d "$(openssl x509 -in "$cards/$1.pem" -noout "$field" | cut -d= -f2)" +%d.%m.%Y
}
declare -A why_tr=(
  ["SÜRESİ DOLMUŞ"]="süresi $(day_of expired notAfter) tarihinde doldu"
  ["HENÜZ BAŞLAMAMIŞ"]="geçerliliği $(day_of not-yet notBefore) tarihinde başlıyor"
  ["ÖRNEK A.Ş."]="kurum mührü, kişi imzası için verilmemiş"
  ["ÖRNEK LTD."]="mali mühür, kişi imzası için verilmemiş"
  ["ŞİFRELEYEN"]="şifreleme için verilmiş"
  ["BAŞKA BİRİ"]="giriş yapan kişiye ait değil"
  ["NES OLMAYAN"]="nitelikli elektronik sertifika (NES) değil"
  ["BİLDİRİMSİZ"]="NES bildirimi içermiyor"
  ["ZAYIF ANAHTARLI"]="anahtarı artık güvenli sayılmıyor"
  ["TANINMAYAN"]="tanınan bir kurumca verilmemiş"
  ["NUMARASIZ"]="T.C. Kimlik No içermiyor")
declare -A why_en=(
  ["SÜRESİ DOLMUŞ"]="expired on $(day_of expired notAfter)"
  ["HENÜZ BAŞLAMAMIŞ"]="valid from $(day_of not-yet notBefore) on"
  ["ÖRNEK A.Ş."]="a corporate seal, not for a person's signature"
  ["ÖRNEK LTD."]="a fiscal seal (mali mühür), not for a person's signature"
  ["ŞİFRELEYEN"]="issued for encryption"
  ["BAŞKA BİRİ"]="belongs to another person than the one signed in"
  ["NES OLMAYAN"]="not a qualified certificate (NES)"
  ["BİLDİRİMSİZ"]="it lacks the NES notice"
  ["ZAYIF ANAHTARLI"]="its key is no longer considered safe"
  ["TANINMAYAN"]="not issued by a recognised authority"
  ["NUMARASIZ"]="it holds no T.C. ID number")
until=$(day_of usable notAfter)

# --- the list ---------------------------------------------------------------------------------------------------
flat() { screen | sed 's/│/ /g' | tr -s ' \n' ' '; } # a row may go on in the next line
flat_has() { [[ $(flat) == *"$1"* ]]; }
stands() { await "$patience" flat_has "$1" || { note "does not stand there: $1"; return 1; }; }
reasons_stand() { # reasons_stand LANGUAGE: of the open list, every one
  local who why="why_$1" cannot="kullanılamaz"; [[ $1 == tr ]] || cannot="cannot be used"
  local -n reasons=$why
  for who in "${!reasons[@]}"; do
    ok "$1: $who: ${reasons[$who]}" stands "$who · $cannot: ${reasons[$who]}"
  done
}
fingerprint() { openssl x509 -in "$1" -noout -fingerprint -sha256; }
signer_is() { # signer_is NAME: the consent is signed by this very certificate
  openssl cms -verify -cades -inform DER -in "$work/out/consent.p7s" -CAfile "$CA_FILE" -signer "$work/signer.pem" \
    -out /dev/null 2>"$work/openssl.log" && [[ $(fingerprint "$work/signer.pem") == "$(fingerprint "$cards/$1.pem")" ]]
}
counted() { "$build/tests/fakes/p11-count" "$cards" | grep -qx -- "$1" || { "$build/tests/fakes/p11-count" "$cards" | sed 's/^/# /'; return 1; }; }

words tr
start
way menu text && keys Enter
ok "the only one that can be used is chosen" shows "Sertifikanız seçili."
ok "it is the right one" shows "[ İPEK IŞIK · ${TCKN:0:3}******${TCKN:9:2} · $until tarihine kadar"
keys s
ok "the list counts: one of twelve" shows "1 sertifika kullanılabilir, 11 sertifika kullanılamaz."
ok "the usable one comes first, numbered" shows "1  İPEK IŞIK · ${TCKN:0:3}******${TCKN:9:2} · $until tarihine kadar"
resize 120 40
reasons_stand tr
keys F2; at "Choose a certificate"
reasons_stand en
keys F2; resize 80 24
ok "the focused one's issuer, reader and card" stands "Okuyucu: TEST Okuyucu Bir · Kart: TEST Kart Bir"
ok "and number, validity and purpose" shows \
  "${TCKN:0:3}******${TCKN:9:2} · $(day_of usable notBefore) - $until · nitelikli elektronik imza (NES)"
keys Down
ok "of the next one too: it is the key's other certificate" shows "$(day_of expired notBefore) - $(day_of expired notAfter)"
keys Down Down Down Down Down Down
ok "those of the other card name its reader" stands "Okuyucu: TEST Okuyucu İki · Kart: TEST Kart İki"
keys Enter
ok "an unusable one cannot be chosen" shows "Bu sertifika kullanılamıyor"
keys Escape; at "${sign[cert]%.*}" Enter
at "${sign[pin]}"; onward pin
ok "the chosen one signs" shows "${sign[success]}"
ok "openssl accepts the consent" exported
ok "signed by the valid one of the key's two certificates" signer_is usable
ok "one login, for one typed PIN" counted "card-logins 1"

# --- in plain words ---------------------------------------------------------------------------------------------
plain() { # plain STATUS LANGUAGE LINE...: the lines into the wizard; its words into $work/said, and in one line into $work/flat
  local wanted=$1 lang=$2 rc=0; shift 2
  printf '%s\n' "$@" | timeout 60 "$build/eonay" --config "$wizard" --plain --lang "$lang" >"$work/said" 2>"$work/stderr" || rc=$?
  tr -s ' \n' ' ' <"$work/said" >"$work/flat"
  [[ $rc == "$wanted" ]] || { note "status $rc"; quote "$work/said" "$work/stderr"; return 1; }
}
said() { grep -qF -- "$1" "$work/flat" || { note "not said: $1"; quote "$work/said"; return 1; }; }
person 510000001 "Gül Ağaç"
deal
{ card_one; card_two; } | lay
to_certificate=("" "" "" "$TCKN" "$PASSWORD" "" "" "" "" "" "")
ok "tr, plain: ends where the certificate is asked for" plain 66 tr "${to_certificate[@]}"
for who in "${!why_tr[@]}"; do
  ok "tr, plain: $who: ${why_tr[$who]}" said "- $who, kullanılamaz: ${why_tr[$who]}"
done
ok "tr, plain: the right one is chosen" said "1 İPEK IŞIK, $until tarihine kadar geçerli, seçili"
ok "en, plain: signs with the chosen one, leaves with 0" plain 0 en "${to_certificate[@]}" "" "$PIN" "" "" ""
for who in "${!why_en[@]}"; do
  ok "en, plain: $who: ${why_en[$who]}" said "- $who, cannot be used: ${why_en[$who]}"
done
ok "en, plain: the right one is chosen" said "1 İPEK IŞIK, valid until $until, chosen"
ok "openssl accepts the consent" exported
ok "signed by the right one" signer_is usable
ok "one login" counted "card-logins 1"

# --- what is rarer, on one card ---------------------------------------------------------------------------------
# The only usable one ends in thirty days.
person 510000002 "Şükrü Işık"
deal
{ reader 1 Bir "$PIN"
  whole 01 wrong-usage; whole 02 ca; whole 03 two-tckn; whole 04 soon; whole 05 escape
  certificate 06 no-key
  whole 07 ambiguous; printf 'public 07 usable.pem\nkey 07 usable.pem\n'
  printf 'cert 08 - label="eski \\x1b[2J"\n'; } | lay
start
way menu text && keys Enter
ok "it ends soon: told beside the certificate" shows "Sertifikanızın bitmesine 2 aydan az kaldı: $(day_of soon notAfter)."
ok "and that it can be renewed" shows "yenileme başvurusu yapabilirsiniz"
keys F2
ok "in English too" shows "Your certificate expires in less than 2 months: $(day_of soon notAfter)."
ok "and that" shows "you can apply for a renewal"
keys s; resize 120 40
reason() { ok "$1: $2" stands "$1 · cannot be used: $2"; }
reason İMZASIZ "not issued for signing"
reason "TEST KURUMU" "not a personal certificate"
reason "İKİ NUMARALI" "it holds no T.C. ID number"
reason ANAHTARSIZ "its signing key is not on this card"
reason "İKİ ANAHTARLI" "it matches more than one key on the card"
reason "KAÇIŞ?[2J?LI" "a corporate seal, not for a person's signature"
reason "eski ?[2J" "it could not be read"
keys F2; at "Sertifika Seçiniz"
reason() { ok "$1: $2" stands "$1 · kullanılamaz: $2"; }
reason İMZASIZ "imza için verilmemiş"
reason "TEST KURUMU" "kişi sertifikası değil"
reason "İKİ NUMARALI" "T.C. Kimlik No içermiyor"
reason ANAHTARSIZ "imza anahtarı bu kartta yok"
reason "İKİ ANAHTARLI" "kartta birden çok anahtarla eşleşiyor"
reason "eski ?[2J" "okunamadı"
ok "the detail says that it ends soon" stands "Sertifikanızın bitmesine 2 aydan az kaldı"
resize 80 24; keys 1
at "${sign[pin]}"; onward pin
ok "it signs" shows "${sign[success]}"
ok "openssl accepts the consent" exported
ok "signed by it" signer_is soon
journey_end
