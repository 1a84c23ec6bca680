#!/usr/bin/env bash
# Cards that cannot sign: each flaw with its reason in both languages, a card without an NES alone, revoked and suspended ones
# refused by the service, and then the good card beside them.
# shellcheck source=tests/journeys/lib.sh
. "$EONAY_SRC/tests/journeys/lib.sh"

reader_of() { sed -n '/^  - path/,/writable/p' "$1"; } # the lines of modules: that make a reader with this person's card
several() { # several FILE...: a wizard.yaml that sees all their cards
  { sed '/^modules:/,/writable/d' "$1"; echo "modules:"; for f in "$@"; do reader_of "$f"; done; } >"$work/several.yaml"
  wizard=$work/several.yaml
}

sandbox_up flaws
words tr
cards=()
for flaw in revoked suspended expired not-yet-valid no-qc no-notice seal mali-muhur wrong-usage encryption other-tckn; do
  person 400000001 "Ayşe Küçük" --flaw "$flaw"
  cards+=("$wizard")
done

# Each reason, in one list. Whether a certificate is revoked only the service can tell.
several "${cards[@]}"
start
way menu text && keys Enter
ok "several usable ones: none is chosen" shows "Henüz bir sertifika seçilmedi"
keys Enter
ok "the list counts" shows "2 sertifika kullanılabilir, 9 sertifika kullanılamaz."
resize 80 30 # room for all of them at once
reason() { ok "reason: $1" shows "kullanılamaz: $1"; }
reason "süresi "
ok "with its date" shows " tarihinde doldu"
reason "geçerliliği "
ok "with its date" shows " tarihinde başlıyor"
reason "nitelikli elektronik sertifika (NES)"
reason "NES bildirimi içermiyor"
reason "kurum mührü, kişi imzası için verilmemiş"
reason "mali mühür, kişi imzası için verilmemiş"
reason "imza için verilmemiş"
reason "şifreleme için verilmiş"
reason "giriş yapan kişiye ait değil"
keys F2
for words in "expired on" "valid from" "not a qualified certificate" "it lacks the NES notice" "a corporate seal" "a fiscal seal" \
  "not issued for signing" "issued for encryption" "belongs to another person"; do
  ok "in English: $words" shows "cannot be used: $words"
done
keys F2
gone "cannot be used"
resize 80 24
keys Down Down Enter
ok "an unusable one cannot be chosen" shows "Bu sertifika kullanılamıyor; nedeni satırında yazılı"
keys Escape
ok "Esc closes the list" shows "Sözleşme ve PIN Kodu"

# A card whose only certificate is no NES.
wizard=${cards[4]}
start
way menu text && keys Enter
ok "a card without an NES: told" shows "Bu kartta imza için kullanılabilen bir sertifika yok"
keys Enter
ok "and the list says why" shows "kullanılamaz: nitelikli elektronik sertifika (NES)"
keys Enter
ok "Enter on it chooses nothing" shows "Bu sertifika kullanılamıyor"
keys Escape
at "Sözleşme ve PIN Kodu" Tab
type_in "$PIN"; keys Enter
ok "and a PIN signs nothing" shows "Bu kartta imza için kullanılabilen bir sertifika yok"
ok "nothing is signed" not_exported

# Revoked, then suspended, then the good one, all on the same table.
person 400000001 "Ayşe Küçük"
good=$PIN
several "${cards[0]}" "${cards[1]}" "$wizard"
pin_of() { sed -n "s/^PIN='\(.*\)'/\1/p" "$(dirname "$1")/env"; }
refused() { # refused NUMBER PIN WORDS: the certificate with this number is chosen; the service refuses its signature
  keys Enter; at "3 sertifika kullanılabilir"; keys "$1"; at "${sign[pin]}"; type_in "$2"; keys Enter
  ok "$3" shows "Sertifikanız iptal edilmiş veya askıya alınmış"
}
start
way menu text && keys Enter
at "Henüz bir sertifika seçilmedi"
refused 1 "$(pin_of "${cards[0]}")" "revoked: the service refuses"
refused 2 "$(pin_of "${cards[1]}")" "suspended: the service refuses"
ok "nothing is signed" not_exported
keys Enter; at "3 sertifika kullanılabilir"; keys 3; at "${sign[pin]}"; type_in "$good"; keys Enter
ok "the good card beside them: success" shows "${sign[success]}"
ok "openssl accepts the consent" exported
journey_end
