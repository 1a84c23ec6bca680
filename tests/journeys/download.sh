#!/usr/bin/env bash
# The signing application: downloaded and verified, unpacked in another place where it runs at Şekil 8 by itself, and signs; a
# tampered one is refused.
# shellcheck source=tests/journeys/lib.sh
. "$EONAY_SRC/tests/journeys/lib.sh"

words tr
sandbox_up download
archive=$(echo "$box"/application/*.tar.gz)
name=$(basename "$archive")
file=$box/downloads/$name
code_shown() { screen | LC_ALL=C sed -n 's/.*\([0-9A-Z]\{4\}\) - \([0-9A-Z]\{4\}\) - \([0-9A-Z]\{4\}\).*/\1\2\3/p'; }

# --- downloaded -------------------------------------------------------------------------------------------------
start
way menu code
ok "offered with its size" shows "E-İmza Uygulaması'nı indir ($((($(stat -c %s "$archive") + 1023) / 1024)) KB)"
keys 3
ok "downloaded and verified" shows "İndirme tamamlandı, dosya doğrulandı"
ok "byte for byte the published one" cmp "$archive" "$file"
ok "and where it lies is told" test "$(screen | tr -d '\n │' | grep -cF "Dosya:$file")" = 1
curl -sS --cacert "$TLS_CA_FILE" -o "$work/p7s" "$PORTAL_URL/v1/application/$name.p7s"
ok "its signature holds for openssl too" quietly openssl cms -verify -binary -purpose any -inform DER -in "$work/p7s" \
  -content "$file" -CAfile "$box/ca/publisher-root.pem" -out /dev/null
ok "it is not executable" test ! -x "$file"
code=$(code_shown)

# --- unpacked elsewhere -----------------------------------------------------------------------------------------
mkdir "$work/elsewhere"
tar -C "$work/elsewhere" -xzf "$file"
there=$work/elsewhere/${name%.tar.gz}
ok "everything lies in one folder" test "$(ls "$work/elsewhere")" = "${name%.tar.gz}"
tm_start env -i TERM=screen "$there/e-imza-uygulamasi"
ok "it opens at Şekil 8" shows "${sign[empty]}"
ok "the program is the unpacked one" test "$(readlink "/proc/$pid/exe")" = "$there/eonay"
ok "and so are its workers" test "$(for p in $(workers); do readlink "/proc/$p/exe"; done | grep -cv "^$there/")" = 0
ok "nothing of the build is mapped" no grep -q "$build/" "/proc/$pid/maps"
type_in "$code"; keys Enter
way text pin && onward pin
ok "it signs" shows "${sign[success]}"
ok "openssl accepts the consent" exported
keys Enter
ok "leaves with 0" ended 0
tm_start env -i TERM=screen "$there/e-imza-uygulamasi" --lang en
ok "it speaks English too" shows "Type or paste the verification code"
keys Escape
ok "leaves with 0" ended 0
tool() { env -i TERM=screen "$there/eonay" "$@" </dev/null >"$work/said" 2>&1 || { quote "$work/said"; return 1; }; }
ok "its doctor examines" tool doctor --config "$there/wizard.yaml" --lang tr
ok "and finds everything in order" grep -qx "Sizinle imza arasında kopuk bir halka yok." "$work/said"
ok "its report is told" tool report --config "$there/wizard.yaml" --lang en
ok "with the chain" grep -q "e-Onay: report for those who help" "$work/said"
for tool in readers pin; do ok "eonay-$tool is there" test -x "$there/eonay-$tool"; done

# --- tampered with ----------------------------------------------------------------------------------------------
flip() { # the byte in the middle of the archive
  local at; at=$(($(stat -c %s "$archive") / 2))
  printf "\\x$(printf %02x $((0x$(xxd_at "$at") ^ 1)))" | dd of="$archive" bs=1 seek="$at" conv=notrunc status=none
}
xxd_at() { od -An -tx1 -j "$1" -N 1 "$archive" | tr -d ' '; }
tampered() { # tampered WHEN
  rm -f "$file"
  keys 3
  ok "$1: refused" shows "yayımlananla aynı değil ve silindi"
  ok "$1: nothing of it stays" test -z "$(ls -A "$box/downloads")"
}
person 110000000 "İlker Özgür"
start
way menu code
flip
tampered "one byte is another"
p=$(service_pid)
kill -KILL "$p"; await "$patience" all_gone "$p"
sandbox service
keys 4; at "Yeni kodunuz hazır"
tampered "one byte is another, and the service vouches for it"
flip
keys 4; at "Yeni kodunuz hazır" 3
ok "the right one is taken again" shows "İndirme tamamlandı, dosya doğrulandı"

# --- no place for it --------------------------------------------------------------------------------------------
sed "s|^download_dir:.*|download_dir: \"$work/no/such/folder\"|" "$wizard" >"$work/nowhere.yaml"
wizard=$work/nowhere.yaml
start
way menu code && keys 3
ok "where it cannot be kept, that is told" shows "Dosya buraya kaydedilemedi"
ok "and nothing is said to be on its way" no on_screen "İndiriliyor"
keys 1
ok "and the way goes on here" shows "${sign[full]}"
journey_end
