#!/usr/bin/env bash
# A hostile service through the whole wizard: nothing is signed that was not shown, everything odd is refused in its own words,
# no password goes where it should not, and nothing of it reaches the terminal.
# shellcheck source=tests/journeys/lib.sh
. "$EONAY_SRC/tests/journeys/lib.sh"

words tr
unsafe="Gelen metinde gizli karakterler var, bu yüzden gösterilmedi"
garbled="Online İşlemler'den anlaşılmayan bir yanıt geldi"
too_big="İzin verilenden büyük bir veri geldi"
not_safe="Bağlantının güvenli olduğu doğrulanamadı"

sandbox_up hostile
hostile_up
misbehave none
code=$(curl -sS --cacert "$hostile/tls-ca.pem" -d '{}' "$hostile_url/v1/consent-requests" | sed 's/.*"code":"\([^"]*\).*/\1/')

# --- the text and its frame -------------------------------------------------------------------------------------
# İleri is pressed on the same code over and over; each answer is odd in another way.
start --code "$code"
refused() { # refused WORDS HOW...: openings that are answered so are refused in these words, and the code field is the place
  local words=$1 how; shift
  for how; do
    misbehave "$how"
    at "${sign[full]}" Enter || return
    ok "$how: refused" shows "$words" || return
    keys C-u; type_in "$code"
  done
}
refused "$unsafe" text-escapes text-bidi text-zero-width text-return
refused "$garbled" text-other text-two text-none text-nul text-empty text-huge \
  created-later created-long-ago created-form created-lax created-day window-none window-huge \
  types-wrong types-real types-negative types-null token-long token-header mask-odd \
  json-broken json-list json-deep json-twice json-latin body-empty type-html redirect "problem no-such-slug 400"
refused "$too_big" endless-body endless-head
refused "$not_safe" tls-name tls-ca tls-expired plain
ok "each was asked for once" test "$(asked 'POST /v1/openings')" = 35
ok "nothing was sent to be accepted" test "$(asked 'POST /v1/signatures')" = 0

# --- a text that is not among the known ones, and answers to its signature ---------------------------------------
misbehave name-escapes
at "${sign[full]}" Enter
ok "a name with escapes is shown without them" shows "AY?[31mŞE?"
ok "a text that is not known is told" shows "Bu metin, bilinen sözleşme metni değil"
keys Enter
ok "and asked about, once more" shows "Tanınmayan metin"
keys Enter
ok "Enter alone does not want it" shows "Bu metin, bilinen sözleşme metni değil"
keys Enter; at "Tanınmayan metin" 2
way cert pin
misbehave digest-other
onward pin
ok "a receipt for another text is no success" shows "İmzanız gönderildi ama yanıtı henüz gelmedi"
await "$patience" at_least 2 'POST /v1/signatures'
misbehave number-odd
await "$patience" at_least 3 'POST /v1/signatures'
ok "nor one whose number is odd" no on_screen "${sign[success]}"
misbehave none
ok "the very same signature, sent again, is one" shows "${sign[success]}"
openssl cms -verify -noverify -inform DER -in "$hostile/signature" -out "$hostile/signed" 2>/dev/null
ok "what was signed is what was shown" cmp "$hostile/signed" - <<'TEXT'
E-Onay (TEST): Elektronik imza başvurularımda ıslak imza aranmamasını kabul ediyorum.
TEXT

# --- the receipt: nothing is kept that does not prove the transaction --------------------------------------------
keys Tab Enter
at "Kısa kod al" 2
ok "a service without receipts is told" shows "Online İşlemler makbuz vermiyor"
printf 'not a receipt' >"$hostile/receipt.asice"
unsound="Gelen makbuz bu işlemi kanıtlamıyor ve saklanmadı"
for how in none receipt-type receipt-html receipt-empty receipt-endless; do
  misbehave "$how"
  keys 1; at "[ Kaydet ]" C-u; type_in "$work/hostile.asice"; keys Enter
  ok "$how: refused" shows "$unsound"
  keys Escape; gone "$unsound"
done
ok "nothing of it stays" no test -e "$work/hostile.asice"
misbehave short-code-escape
keys 3
ok "a short code with escapes is refused" shows "$garbled"
misbehave none
keys Escape; at "${sign[success]}"
keys Enter
ok "leaves with 0" ended 0
ok "no escape of the service reached the terminal" no grep -aqE $'52;c;QUJD|AY\e|\u202e|\u200b' "$work/raw"

# --- signing in -------------------------------------------------------------------------------------------------
start
way menu gateway
gateway_refused() { # gateway_refused WORDS HOW...: Şekil 2 stays, no password is asked for
  local words=$1 how before; shift
  for how; do
    misbehave "$how"
    before=$(asked 'POST /v1/login')
    keys Enter
    await "$patience" at_least $((before + 1)) 'POST /v1/login'
    gone "Yanıt bekleniyor"
    ok "$how: refused" shows "$words" || return
    ok "$how: no password is asked for" on_screen "${sign[gateway]}"
  done
}
gateway_refused "Bu kapıya terminalden şifreyle giriş yapılamıyor" gateway-elsewhere gateway-longer gateway-html
gateway_refused "$garbled" gateway-page-elsewhere methods-type
ok "no password was sent" test "$(asked 'POST /Giris/gir')" = 0
misbehave methods-odd
keys Enter
ok "a method nobody knows is left out" shows "${sign[login]}"
type_in "$TCKN"; keys Enter
login_refused() { # login_refused HOW WORDS PLACE
  misbehave "$1"
  type_in "$PASSWORD"; keys Enter
  ok "$1: refused" shows "$2"
  ok "$1: nobody is signed in" on_screen "${sign[$3]}"
}
login_refused callback-elsewhere "$garbled" login
login_refused login-pending "$garbled" login
login_refused cut-gate "e-Devlet Kapısı'na şu anda ulaşılamıyor" login
login_refused login-refused "Giriş tamamlanmadı" gateway
misbehave none
keys Enter; at "${sign[login]}" Enter; type_in "$PASSWORD"; keys Enter

# --- the code and the application -------------------------------------------------------------------------------
way home accept
for how in code-odd application-path match-none match-short match-blank match-escape; do
  misbehave "$how"
  keys Enter
  ok "$how: refused" shows "$garbled"
  keys Escape; at "${sign[nes]}" Enter; at "${sign[accept]}"
done
misbehave match-other
keys Enter; at "Eşleşme kodu: 5YGJ RXC1" 1
at "${sign[full]}"
misbehave none
keys Enter
ok "a text that is not the one of the code's page is refused, loudly" shows "Eşleşme kodları farklı"
ok "and not shown" no on_screen "İmzalanacak Metin"
keys Escape; at "${sign[code]}" Escape; at "${sign[leave]}" 2
at "${sign[home]}"; way home accept
keys Enter; at "${sign[code]}"
ok "the next page names the text's own code" on_screen "Eşleşme kodu: "
there() { find "$box/downloads" -type f | grep -q .; }
for how in file-other file-long file-forged; do
  misbehave "$how"
  keys 3
  ok "$how: refused" shows "yayımlananla aynı değil ve silindi"
  ok "$how: nothing of it stays" await "$patience" no there
  keys k; gone "silindi"
done
misbehave file-slow
keys 3
ok "a slow one shows its progress" shows "İndiriliyor: "
ok "in per cent" shows "(%"
ok "and what is not whole yet has another name" test -e "$box/downloads/eonay-test.tar.gz.part"
ok "then it is there" shows "İndirme tamamlandı, dosya doğrulandı"
ok "whole" test "$(stat -c %s "$box"/downloads/eonay-test.tar.gz)" = 300000
misbehave file-cut
keys 3
ok "one that is cut is told" shows "İndirme yarıda kaldı"
misbehave file-range
keys 3
ok "another piece than asked for: refused" shows "yayımlananla aynı değil ve silindi"
misbehave file-cut
keys 3
ok "cut again" shows "İndirme yarıda kaldı"
misbehave none
keys 3
ok "and goes on where it stopped" shows "İndirme tamamlandı, dosya doğrulandı"
ok "whole" test "$(stat -c %s "$box"/downloads/eonay-test.tar.gz)" = 300000
ok "nothing else stays" test "$(find "$box/downloads" -type f | wc -l)" = 1
ok "no escape of the service reached the terminal" no grep -aqE $'52;c;QUJD|AY\e|\u202e|\u200b' "$work/raw"

# --- line by line -----------------------------------------------------------------------------------------------
for how in text-escapes text-bidi; do
  misbehave "$how"
  printf '%s\n' "$code" 2 1 | timeout 60 "$build/eonay" --config "$wizard" --plain --code - >"$work/said" 2>"$work/stderr"
  ok "plain, $how: refused" grep -qF "$unsafe" "$work/said"
  ok "plain, $how: no control character is written" no env LC_ALL=C grep -aqP '[\x00-\x08\x0b-\x1f\x7f]' "$work/said"
done
ok "one signature was made by all this, and sent until it was answered" at_least 3 'POST /v1/signatures'
journey_end
