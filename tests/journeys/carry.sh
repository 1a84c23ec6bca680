#!/usr/bin/env bash
# The receipt on its way home: into a file, onto the screen, through a command, under a short code; on a kiosk without files; and
# from a pipe. What is saved is what the service gives, and nothing that lies there is touched.
# shellcheck source=tests/journeys/lib.sh
. "$EONAY_SRC/tests/journeys/lib.sh"

words tr
sandbox_up receipt
home=$work/home && mkdir "$home"
number() { screen | sed -n 's/.*Makbuz No *: *\([0-9A-Z-]*\).*/\1/p'; }
is_receipt() { # the container's first entry, stored, is its type
  [[ $(dd if="$1" bs=1 skip=30 count=39 status=none) == mimetypeapplication/vnd.etsi.asic-e+zip ]] || { note "$(head -c 80 "$1" | tr -c ' -~' .)"; return 1; }
}
settings() { # settings LINE...: of the receipt, in a file beside the sandbox's own
  { sed '/^receipt:/,$d' "$base"; echo "receipt:"; printf '  %s\n' "$@"; } >"$box/receipt.yaml"
  wizard=$box/receipt.yaml
}
base=$wizard

# --- a file -----------------------------------------------------------------------------------------------------
settings "directory: \"$home\"" "print: [/bin/sh, -c, 'cat >\"\$0\"', \"$work/printed\"]"
start
way menu pin && onward pin
at "${sign[success]}"
no_of=$(number)
signed_at() { screen | sed -n 's/.*İmzalama Tarihi *: *\([0-9.: ]*[0-9]\).*/\1/p'; }
time_of=$(signed_at)
keys Tab Enter
ok "the receipt is offered on the success screen" shows "internet olmadan da doğrulanabilir"
keys Enter
ok "the file's name is filled in" shows "makbuz-$no_of.asice ]"
keys Enter
ok "it is saved" shows "Makbuz kaydedildi"
file=$home/makbuz-$no_of.asice
ok "under that name" test -f "$file"
ok "as a receipt" is_receipt "$file"
ok "for its owner's eyes alone" test "$(stat -c %a "$file")" = 600
ok "nothing else lies there" test "$(ls -A "$home")" = "makbuz-$no_of.asice"
ok "how to check it is told" shows "eonay verify"
sum=$(sha256sum <"$file")
keys 1; at "[ Kaydet ]" Enter
ok "a second one gets a number" await "$patience" test -f "$home/makbuz-$no_of-2.asice"
ok "and the first is as it was" test "$(sha256sum <"$file")" = "$sum"

keys 1; at "Dosya " C-u; type_in "$work/no/such/folder/x.asice"; keys Enter
ok "a folder that is not there is told" shows "Böyle bir klasör yok"
ok "and can be corrected" on_screen "[ Kaydet ]"
keys C-u; type_in "/proc/1/x.asice"; keys Enter
ok "a place where nothing can be kept is told" gone "Böyle bir klasör yok"
keys Escape
at "Kısa kod al"

# --- the screen, the printer, a code ----------------------------------------------------------------------------
keys 2
ok "the page is shown" shows "$no_of"
ok "as a page" shows "Makbuz Sayfası"
keys Escape; at "Yazdır" 3
ok "it is printed" shows "Makbuz yazıcıya gönderildi"
ok "the command got the page" grep -q "$no_of" "$work/printed"
keys 4
ok "a short code is given" shows "Kısa kodunuz hazır"
code=$(screen | LC_ALL=C sed -n 's/.*: *\([0-9A-Z]\{4\}\) - \([0-9A-Z]\{4\}\) - \([0-9A-Z]\{4\}\).*/\1\2\3/p')
ok "which opens the receipt" quietly curl -sSf --cacert "$TLS_CA_FILE" -o "$work/by-code.asice" "$PORTAL_URL/v1/receipts/$code"
ok "as a receipt" is_receipt "$work/by-code.asice"
keys Escape; at "Kısa kod al" Escape
ok "one comes back to where one was" shows "${sign[success]}"
ok "and the time of signing is what it was" test "$(signed_at)" = "${time_of:?}"
keys Escape; at "${sign[result]}" 1
ok "it is offered on the result, too" shows "Kısa kod al"
keys 2; ok "and shown by the login" shows "Makbuz Sayfası"
keys Escape Escape; at "${sign[result]}" Enter
ok "leaves with 0" ended 0

# --- a command that fails ---------------------------------------------------------------------------------------
settings "save: false" "code: false" "print: [/bin/false]"
start
way menu nes && keys 1
at "daha önce alınmış" 1
ok "without files" no on_screen "Dosyaya kaydet"
ok "and without codes" no on_screen "Kısa kod al"
keys 2
ok "a command that fails is told" shows "Makbuz yazdırılamadı"
keys Escape Escape; at "${sign[home]}" C-c
ended 0

# --- a kiosk ----------------------------------------------------------------------------------------------------
settings "code: true"
start --kiosk
way menu nes && keys 1
at "daha önce alınmış" 1
ok "a kiosk has no files" no on_screen "Dosyaya kaydet"
ok "no printer where none is named" no on_screen "Yazdır"
ok "but the short code" on_screen "Kısa kod al"
keys 2
at "Kısa kodunuz hazır"
ok "which nobody copies there" no on_screen "kopyala"
kill -TERM "$pid"
ended 0

# --- from a pipe ------------------------------------------------------------------------------------------------
mkdir "$work/pipe"
person 310000000 "Deniz Kurt"
base=$wizard
settings "directory: \"$work/pipe\""
plain() { # plain LINE...
  printf '%s\n' "$@" | timeout 60 "$build/eonay" --config "$wizard" --plain --lang tr >"$work/said" 2>"$work/stderr" || { quote "$work/said" "$work/stderr"; return 1; }
}
ok "from a pipe" plain "" "" "" "$TCKN" "$PASSWORD" "" "" "" "" "" "" "" "$PIN" "" "Makbuzu kaydet" "" "" "" "" ""
ok "it is saved" grep -q "Makbuz kaydedildi" "$work/said"
ok "in the folder" test "$(ls "$work/pipe" | grep -c '^makbuz-.*\.asice$')" = 1
journey_end
