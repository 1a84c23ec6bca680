#!/usr/bin/env bash
# Settings and words on the command line that are wrong: file, line, column and what was expected on standard error, an exit
# status from sysexits.h, no screen touched.
# shellcheck source=tests/journeys/lib.sh
. "$EONAY_SRC/tests/journeys/lib.sh"

sandbox_up settings
said=$work/said
run() { # run STATUS ARGUMENT...: with nothing on standard input; its words go to $said
  local wanted=$1 rc=0; shift
  timeout 20 "$build/eonay" "$@" </dev/null >"$work/out.txt" 2>"$said" || rc=$?
  [[ $rc == "$wanted" ]] || { note "status $rc"; quote "$said"; return 1; }
}
says() { grep -qF -- "$1" "$said" || { quote "$said"; return 1; }; }
broken=$work/broken.yaml
line_of() { grep -n -- "$1" "$broken" | tail -n 1 | cut -d: -f1; }
refused() { # refused NAME EDIT PATTERN COLUMN TR EN: wizard.yaml with one edit, refused at the last line with the pattern
  sed "$2" "$wizard" >"$broken"
  local place; place="eonay: $broken:$(line_of "$3"):$4: "
  ok "$1: status 78" run 78 --config "$broken" --plain
  ok "$1: where and what, in Turkish" says "$place$5"
  ok "$1: status 78 in English" run 78 --config "$broken" --plain --lang en
  ok "$1: where and what, in English" says "$place$6"
  ok "$1: nothing on standard output" test ! -s "$work/out.txt"
}
refused "unknown key" '$a servis: "x"' '^servis' 1 'bilinmeyen anahtar "servis". Beklenenler: portal, gateway' \
  'unknown key "servis". Expected one of: portal, gateway'
refused "unknown key of a module" 's/^    writable/    yazilir/' 'yazilir' 5 \
  'bilinmeyen anahtar "yazilir". Beklenenler: path, environment, writable.' 'unknown key "yazilir". Expected one of: path, environment, writable.'
refused "missing key" '/^service:/d' '^test:' 1 '"service" anahtarı eksik.' 'the key "service" is missing.'
refused "a word for a number" '$a idle_s: soon' '^idle_s' 9 '"idle_s" en az 5, en çok 86400 olan bir tam sayı olmalı.' \
  '"idle_s" should be a whole number from 5 to 86400.'
refused "a number out of range" '$a idle_s: 1' '^idle_s' 9 '"idle_s" en az 5' '"idle_s" should be'
refused "a list for a word" 's/^lang: .*/lang: [tr]/' '^lang' 7 '"lang" şunlardan biri olmalı: tr, en.' '"lang" should be one of: tr, en.'
refused "an unknown language" 's/^lang: .*/lang: de/' '^lang' 7 '"lang" şunlardan biri olmalı: tr, en.' '"lang" should be one of: tr, en.'
refused "plain HTTP" 's/^portal: "https/portal: "http/' '^portal' 9 '"portal" için beklenen: https://' '"portal" should be an address like https://'
refused "the same key twice" '$a lang: en' '^lang' 1 '"lang" iki kez verilmiş.' '"lang" is given twice.'
refused "broken YAML" '$a idle_s: 5: 6' "^idle_s" 10 "mapping values" "mapping values"

ok "no such file: status 78" run 78 --config "$work/no-such.yaml"
ok "its name is said" says "eonay: $work/no-such.yaml: "
ok "a folder: status 78" run 78 --config "$work"
ok "an unknown option: status 64" run 64 --servis
ok "and how to ask for help" says "eonay --help"
ok "an unknown language: status 64" run 64 --lang de
ok "a word too many: status 64" run 64 --config "$wizard" fazla
ok "a code that is none: status 64" run 64 --code "$(printf 'A%.0s' {1..100})"
ok "--help: status 0" run 0 --help
ok "--version: status 0" run 0 --version

# In a terminal: said before any screen, the terminal untouched.
sed '$a servis: 1' "$wizard" >"$broken"
tm_start "$build/eonay" --config "$broken"
ok "in a terminal: status 78" ended 78
ok "no screen was touched" no grep -q $'\e' "$work/raw"
journey_end
