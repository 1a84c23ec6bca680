#!/usr/bin/env bash
# Tests the tests of the flow: every mutation of mutants.list must be killed by the unit tests or by the laws. Each mutant
# is the flow alone as a shared object, one file of it compiled anew, so that all of them take seconds.
set -euo pipefail
src=${EONAY_SRC:?} here=$src/tests/laws
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
cc=${CC:-gcc} flags=(-std=c11 -O1 -w "-I$src/src" "-I$src/tests/unit/flow" "-I$here")

mutations() { grep -Ev '^(#|$)' "$here/mutants.list"; }

# mutate FILE EXPRESSION: writes $work/FILE, false when nothing changed.
mutate() { sed -e "$2" "$src/src/flow/$1" >"$work/$1" && ! cmp -s "$work/$1" "$src/src/flow/$1"; }

compile() { $cc "${flags[@]}" -fPIC "-I$src/src/flow" -c "$1" -o "$2"; }

link_flow() { $cc -shared "$@" -o "$work/libflow.so"; }

link_tests() { # once, against whatever libflow.so is
  local t
  $cc "$work"/laws-*.o "-L$work" -lflow "-Wl,-rpath,$work" -o "$work/laws"
  for t in "$work"/unit-*.o; do $cc "$t" "$work/drive.o" "-L$work" -lflow "-Wl,-rpath,$work" -lcmocka -o "${t%.o}"; done
}

# killer: who notices; false when nobody does.
killer() {
  local t
  for t in "$work"/unit-*.o; do
    timeout 10 "${t%.o}" >/dev/null 2>&1 || { basename "${t%.o}"; return 0; }
  done
  EONAY_LAWS_EVENTS=400000 timeout 20 "$work/laws" >"$work/log" 2>&1 && return 1
  sed -n 's/^# broken: //p' "$work/log" | cut -c 1-70 | grep . || echo laws
}

objects=()
for f in "$src"/src/flow/*.c; do compile "$f" "$work/flow-$(basename "$f").o" & done
for f in "$here"/*.c; do compile "$f" "$work/laws-$(basename "$f").o" & done
for f in "$src"/tests/unit/flow/test_*.c; do compile "$f" "$work/unit-$(basename "$f" .c).o" & done
compile "$src/tests/unit/flow/drive.c" "$work/drive.o" & wait
for f in "$work"/flow-*.o; do objects+=("$f"); done

echo "1..$(($(mutations | wc -l) + 1))"
link_flow "${objects[@]}"
link_tests
n=1
if who=$(killer); then echo "not ok 1 - the flow itself lives # $who"; else echo "ok 1 - the flow itself lives"; fi
# The turkish pass compiles the same files once more: there it is enough that every line still fits.
while read -r name file expr; do
  n=$((n + 1))
  if ! mutate "$file" "$expr"; then echo "not ok $n - $name: changes nothing in $file"; continue; fi
  if [[ ${EONAY_PASS:-} == turkish ]]; then echo "ok $n - $name fits"; continue; fi
  if ! compile "$work/$file" "$work/mutant.o" 2>"$work/log"; then echo "not ok $n - $name: does not compile"; continue; fi
  others=()
  for f in "${objects[@]}"; do [[ $f == "$work/flow-$file.o" ]] || others+=("$f"); done
  link_flow "$work/mutant.o" "${others[@]}"
  if who=$(killer); then echo "ok $n - $name is killed # $who"; else echo "not ok $n - $name survives"; fi
done < <(mutations)
