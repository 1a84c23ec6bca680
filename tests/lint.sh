#!/usr/bin/env bash
# The rules of the house that a program can hold (TAP). What functions are called is asked of the built objects, so that
# neither comments nor macros matter. What needs a tool that is not there is skipped.
set -uo pipefail
export LC_ALL=C.UTF-8
src=${EONAY_SRC:?} build=${EONAY_BUILD:?} cc=${CC:-cc}
cd "$src" || exit 1
work=$(mktemp -d "${TMPDIR:-/tmp}/eonay-lint.XXXXXX")
trap 'rm -rf "$work"' EXIT
n=0 bad=0

# holds NAME COMMAND...: every line the command says is something that does not hold.
holds() {
  local name=$1 found; shift
  found=$("$@" 2>&1 | head -n 40); n=$((n + 1))
  if [[ -z $found ]]; then echo "ok $n - $name"; else echo "not ok $n - $name"; sed 's/^/#   /' <<<"$found"; bad=$((bad + 1)); fi
}
# notices NAME COMMAND...: the control of a rule: the command is given an offence and has to say something.
notices() {
  local name=$1; shift; n=$((n + 1))
  if [[ -n $("$@" 2>&1) ]]; then echo "ok $n - $name"; else echo "not ok $n - $name"; bad=$((bad + 1)); fi
}
skip() { n=$((n + 1)); echo "ok $n - $1 # SKIP $2"; }
has() { command -v "$1" >/dev/null; }
files() { find -L src screens tests data docs po -type f "$@" | LC_ALL=C sort; }
sources() { files \( -name '*.c' -o -name '*.h' -o -name '*.def' \); }

# ---- what the objects call -----------------------------------------------------------------------------------------
# One line a reference, "function src/room/object"; fortified and versioned names are brought back to the plain ones.
list_calls() { # list_calls FOLDER...
  (cd "$build" && find "$@" -name '*.o' | while read -r object; do
    nm -u "$object" | awk -v o="$object" '{
      f = $2; sub(/^__isoc99_/, "", f); if (sub(/_chk$/, "", f)) sub(/^__/, "", f); print f, o }'
  done)
}
list_calls src screens >"$work/calls"

# only FUNCTION... -- PLACE...: says where else than in these places (beginnings of paths below src) they are called.
only() {
  local functions=" " ; while [[ $1 != -- ]]; do functions+="$1 "; shift; done; shift
  awk -v functions="$functions" -v places="$*" '
    BEGIN { count = split(places, place, " ") }
    index(functions, " " $1 " ") {
      for (i = 1; i <= count; i++) if (index($2, "src/" place[i]) == 1) next
      print $1 " in " $2
    }' "${calls:-$work/calls}"
}
offence() { # an object that does what nobody may
  mkdir -p "$work/off/src/room"
  echo 'int tolower(int); int f(int c) { return tolower(c); }' | $cc -O0 -x c -c - -o "$work/off/src/room/x.o"
  (build=$work/off; list_calls src) >"$work/off/calls"
  calls=$work/off/calls only tolower -- base/
}
notices "a forbidden call is noticed" offence
holds "words of a protocol do not follow the locale" only tolower toupper isalpha isdigit isalnum isspace isupper islower \
  isprint isxdigit __ctype_b_loc __ctype_tolower_loc __ctype_toupper_loc strcasecmp strncasecmp strcasestr strcoll \
  strxfrm strtod strtof atof towlower towupper iswalpha regcomp --
holds "numbers are read whole or refused" only atoi atol atoll strtol strtoul strtoll strtoull sscanf scanf fscanf \
  vsscanf -- service/libservice_a-signature
holds "the locale is set in one place" only setlocale -- base/libbase_a-i18n
holds "nothing writes without a bound" only sprintf vsprintf gets strtok strncat alloca tmpnam tempnam mktemp --
holds "no weak random numbers" only rand random srand srandom drand48 --
holds "no local time but the one of Europe/Istanbul" only localtime localtime_r mktime ctime asctime tzset --
holds "programs are started by posix_spawn alone" only system popen fork vfork _Fork --
holds "nothing sleeps" only sleep usleep alarm setitimer select pselect --
holds "only a stand-in can be told to answer late" only nanosleep clock_nanosleep -- sandbox/
holds "no jumps" only longjmp siglongjmp --
holds "threads in the service alone" only pthread_create -- httpd/ service/
holds "few places ask the environment" only getenv secure_getenv -- base/libbase_a-i18n base/libbase_a-settings ui/libui_a-fullscreen wizard/ \
  wire/libwire_a-worker service/libservice_a-program tools/
holds "libraries neither print nor end the program" only exit _exit quick_exit abort syslog perror puts putchar printf \
  vprintf -- wizard/ tools/ sandbox/ service/eonay service/libservice_a-program token/eonay_token net/eonay_net
# Words for a person are cleaned and in the terminal's own characters: by base/say.h, or by a face.
holds "nothing is printed past the cleaning" only printf vprintf fprintf vfprintf dprintf vdprintf puts fputs perror psignal -- \
  base/libbase_a-say ui/libui_a-canvas ui/libui_a-plain sandbox/libsandbox_a-serve sandbox/eonay_sandbox-main \
  tools/eonay_verify-verify_json tools/eonay_doctor-doctor tools/eonay_readers-pcsc
holds "card drivers are loaded in processes of their own" only dlopen -- token/ sandbox/
# The one exception is no person's signature: the service's seal on its own words.
holds "the product signs on cards alone" only EVP_PKEY_sign EVP_DigestSign EVP_DigestSignFinal CMS_sign -- sandbox/ service/libservice_a-sealing

# ---- what the programs link ----------------------------------------------------------------------------------------
# never_links PROGRAM LIBRARY...
never_links() {
  local p=$1 l needed; shift
  needed=$(readelf -d "$build/$p" | sed -n 's/.*(NEEDED).*\[lib\(.*\)\]/\1/p')
  [[ -n $needed ]] || echo "$p: links nothing"
  for l in "$@"; do grep "^$l" <<<"$needed" | sed "s/^/$p: /"; done
}
notices "a library is noticed" never_links eonay yaml
holds "eonay links no OpenSSL, libcurl or PKCS#11" never_links eonay crypto ssl curl pkcs11 p11 microhttpd sqlite3 jansson
holds "eonay-pin links no OpenSSL, libcurl or PKCS#11" never_links eonay-pin crypto ssl curl pkcs11 p11 jansson ncurses
holds "eonay-doctor holds no card and no screen" never_links eonay-doctor pkcs11 p11 pcsclite microhttpd sqlite3 ncurses
holds "eonay-report neither" never_links eonay-report pkcs11 p11 pcsclite microhttpd sqlite3 ncurses
holds "eonay-token knows no network" never_links eonay-token curl microhttpd sqlite3 jansson ncurses
holds "eonay-net knows no card" never_links eonay-net pkcs11 p11 ncurses sqlite3 microhttpd
holds "eonayd knows neither card nor screen" never_links eonayd pkcs11 p11 ncurses
has_stand_ins() {
  local p; for p in "$@"; do nm "$build/$p" | grep -E ' [Tt] (box_open|kit_make|papers_service|tickets_)' | sed "s/^/$p: /"; done
}
notices "a stand-in is noticed" has_stand_ins eonay-sandbox
holds "the product links nothing of the sandbox" has_stand_ins eonay eonayd eonayctl eonay-net eonay-token eonay-verify eonay-pin eonay-doctor eonay-readers eonay-report

# ---- sources -------------------------------------------------------------------------------------------------------
packages='ncursesw libpkcs11-helper-1 libcurl yaml-0.1 jansson libmicrohttpd sqlite3 libcrypto'
compile_alone() { # HEADER...
  printf '%s\n' "$@" | xargs -P 2 -I{} sh -c "$cc -std=c11 -fsyntax-only -x c -include '$build/config.h' -Isrc -Itests -I. \
    $(pkg-config --cflags $packages) {} || echo '{}: not by itself'"
}
notices "a header that needs another is noticed" bash -c "$(declare -f compile_alone); cc='$cc' build='$build' packages='$packages'
  echo 'size_t x;' >'$work/x.h'; compile_alone '$work/x.h'"
mapfile -t headers < <(files -path 'src/*' -name '*.h'; files -path 'tests/f*' -name '*.h')
holds "every header compiles alone" compile_alone "${headers[@]}"

look() { local p=$1; shift; xargs grep -nP -- "$p" /dev/null; }
no_notes() { files -path 'src/*' -name '*.[ch]' | look '\b(TODO|FIXME|XXX|HACK)\b|"/(work|tmp|home|root)\b'; }
no_blanks() { { sources; files \( -name '*.sh' -o -name '*.am' -o -name '*.yaml' -o -name '*.[18]' \); } | look '[ \t]+$|\r'; }
no_skip() { files -path 'tests/unit/*' -name '*.c' | look '\bskip\(\);'; }
no_tabs() { sources | look '\t'; }
no_cut_line() { { sources; files \( -name '*.sh' -o -name '*.am' -o -name '*.po' -o -name '*.md' \); } |
  while read -r f; do [[ -z $(tail -c 1 "$f") ]] || echo "$f"; done; }
scripts_parse() { local f; for f in tests/check tests/demo $(files -name '*.sh'); do bash -n "$f"; done; }
guards() {
  local h; files -path 'src/*' -name '*.h' | while read -r h; do
    grep -q "^#ifndef EONAY_$(tr a-z/. A-Z__ <<<"${h#src/}")\$" "$h" || echo "$h"
  done
}
holds "no notes to self, no paths of one machine" no_notes
holds "no blanks at the end of a line" no_blanks
holds "no tabs in C" no_tabs
holds "no skip() of cmocka, which TAP counts as a failure" no_skip
holds "every file ends with a line end" no_cut_line
holds "every script parses" scripts_parse
holds "guards are named after their files" guards

by_hand='^src/(flow/flow|ui/[a-z0-9_]+)\.h$' # laid out as tables
unformatted() { files -name '*.[ch]' | grep -vE "$by_hand" | xargs clang-format --dry-run 2>&1 | grep warning: | cut -d: -f1 | sort -u; }
if has clang-format && clang-format --version | grep -q 'version 14\.'; then
  holds "clang-format finds nothing" unformatted
else
  skip "clang-format finds nothing" "clang-format 14 is not here"
fi

# ---- screens -------------------------------------------------------------------------------------------------------
unregistered() {
  local f; for f in screens/*.c; do
    f=$(basename "$f" .c)
    [[ $f == registry || $f == parts* ]] || grep -q "= &screen_$f,"  screens/registry.c || echo "$f"
  done
  grep -oE '= &screen_[a-z_]+' screens/registry.c | sort | uniq -d
}
unwaited() { grep -n 'kill -STOP' tests/journeys/*.sh | grep -v '^tests/journeys/lib\.sh:'; } # until it has stopped, it goes on
holds "journeys stop a process by stop" unwaited
holds "every screen is registered, once" unregistered

# ---- words ---------------------------------------------------------------------------------------------------------
po=po/tr.po
merge() {
  find -L src screens -name '*.c' -o -name '*.h' -o -name '*.def' | LC_ALL=C sort |
    xgettext --files-from=- --language=C --from-code=UTF-8 $(sed -n 's/^XGETTEXT_KEYWORDS = //p' po/module.am) \
      --no-location --no-wrap -o "$work/eonay.pot" 2>/dev/null
  [[ -s $work/eonay.pot ]] || echo "no messages found"
  msgmerge --quiet --no-fuzzy-matching --no-location --no-wrap -o "$work/tr.po" $po "$work/eonay.pot"
}
of_merged() { msgattrib "$@" --no-wrap "$work/tr.po" | grep -A 1 -E '^(#~ )?msgid ' | grep -vE '^(--|.*msgid ""|.*msgstr.*)$'; }
broken() { msgfmt --check-format --check-domain -o /dev/null $po 2>&1; }
# A slot in braces that stands on one side alone.
slots() {
  awk '
    function side(s,  t) { t = " "; while (match(s, /\{[a-z_]+\}/)) { t = t substr(s, RSTART, RLENGTH) " "; s = substr(s, RSTART + RLENGTH) } return t }
    function lacks(a, b,  i, k, v) { k = split(a, v, " "); for (i = 1; i <= k; i++) if (!index(b, " " v[i] " ")) return 1; return 0 }
    function check(  a, b) { a = side(id); b = side(str); if (str != "" && (lacks(a, b) || lacks(b, a))) print id " -> " str; id = str = "" }
    /^msgid "/ { check(); into = 1 }
    /^msgid_plural/ { into = 0 }
    /^msgstr/ { into = 2 }
    /"/ { s = $0; sub(/^[^"]*"/, "", s); sub(/"$/, "", s); if (into == 1) id = id s; else if (into == 2) str = str s }
    END { check() }' "$1"
}
if has xgettext && has msgmerge && has msgattrib; then
  holds "the messages can be gathered" merge
  holds "every message is said in Turkish" of_merged --untranslated
  holds "no translation is a guess" of_merged --only-fuzzy
  holds "no translation is left over" of_merged --only-obsolete
  holds "the catalogue is well formed" broken
else
  skip "the catalogue is complete" "gettext's tools are not here"
fi
printf 'msgid "{n} of {m}"\nmsgstr "{n}"\n' >"$work/slots.po"
notices "a lost slot is noticed" slots "$work/slots.po"
holds "a translation has the slots of its message" slots $po

# ---- configuration and manual --------------------------------------------------------------------------------------
keys() { grep -oE '\.name = "[a-z_]+"' "$1" | cut -d'"' -f2 | sort -u; }
# unshown TABLE SAMPLE, idle TABLE ROOM...: keys that the sample does not show; that nothing in the rooms reads.
unshown() { local k; for k in $(keys "$1"); do grep -qE "^[# -]*$k:" "$2" || echo "$k"; done; }
idle() {
  local table=$1 k; shift
  for k in $(keys "$table"); do
    files -name '*.c' | grep -E "^src/($1)/" | grep -vF "$table" | xargs grep -qE "(->|\.)$k\b" || echo "$k"
  done | grep -vx keypad # promised by the screen book, not built yet
}
holds "the sample of the wizard shows every key" unshown src/base/settings.c data/wizard.yaml
holds "the sample of the service shows every key" unshown src/service/service_conf.c data/service.yaml
holds "no key of the wizard is idle" idle src/base/settings.c 'wizard|token|net|ui'
holds "no key of the service is idle" idle src/service/service_conf.c service

# undescribed SOURCE PAGE: options of the program that its manual page does not name.
undescribed() {
  local page; page=$(sed 's/\\-/-/g' "$2")
  grep -oE '"--[a-z-]+"|^    \{"[a-z]+", (no|required)_argument' "$1" | grep -oE '[a-z]+(-[a-z]+)*"' | tr -d '"' | sort -u |
    while read -r o; do [[ $page == *"--$o"* ]] || echo "$2: --$o"; done
}
holds "the manual of eonay names every option" undescribed src/wizard/options.c docs/eonay.1
holds "the manual of verify names every option" undescribed src/tools/verify.c docs/eonay-verify.1
holds "the manual of pin names every option" undescribed src/tools/pin.c docs/eonay-pin.1
holds "the manual of doctor names every option" undescribed src/tools/doctor.c docs/eonay-doctor.1
holds "the manual of report names every option" undescribed src/tools/report.c docs/eonay-report.1
holds "the manual of the sandbox names every option" undescribed src/sandbox/main.c docs/eonay-sandbox.1
holds "the manual of eonayctl names every option" undescribed src/service/program.c docs/eonayctl.1
pages() {
  if has mandoc; then mandoc -Tlint -Wwarning docs/*.[18] | grep -v 'missing date'
  else local p; for p in docs/*.[18]; do groff -man -Tutf8 -K utf8 -ww -z "$p"; done; fi
}
if has mandoc || has groff; then
  holds "the manual pages are well formed" pages
else
  skip "the manual pages are well formed" "neither mandoc nor groff is here"
fi

# Places that the documents point to.
dead_links() {
  local doc link
  for doc in README.md README.tr.md HACKING.md docs/*.md; do
    grep -oE '\]\([^)#]+\)' "$doc" | sed 's/^](//; s/)$//' | grep -vE '^https?:' | while read -r link; do
      [[ -e $(dirname "$doc")/$link ]] || echo "$doc: $link"
    done
  done
}
holds "the documents point to what is there" dead_links

# ---- the distribution ----------------------------------------------------------------------------------------------
# In the farm of links every link is a file of the project: each has to go into the tarball. Whole folders (corpora,
# pictures) are copied by hooks.
unpacked() {
  env -u MAKEFLAGS -u MFLAGS make -s -C "$build" dist-files >"$work/dist" || return
  tr ' ' '\n' <"$work/dist" | sed "s,^$src/,,; s,^\.\./[^ ]*source/,," | sort -u >"$work/packed"
  find . -type l | sed 's,^\./,,' | grep -vE '^(\.gitignore|tests/fuzz/(corpus|world)/.*|tests/golden/[a-z]+/.*)$' | sort |
    comm -23 - "$work/packed"
}
missing() { while read -r f; do [[ -e ${f:-.} ]] || echo "$f"; done <"$work/packed"; }
if [[ -L configure.ac ]]; then
  holds "every file goes into the tarball" unpacked
  holds "everything that goes into the tarball is there" missing
fi

echo "1..$n"
exit $((bad > 0))
