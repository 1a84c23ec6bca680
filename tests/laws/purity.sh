#!/usr/bin/env bash
# The flow refers to nothing outside itself: its objects linked into one have no undefined symbol but the few a compiler
# puts there. And two flows can be compared byte by byte, because the struct has no padding.
set -euo pipefail
src=${EONAY_SRC:?} build=${EONAY_BUILD:?}
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
allowed='^(memcpy|memmove|memset|memcmp|bcmp|_GLOBAL_OFFSET_TABLE_|__(asan|ubsan|sancov|sanitizer|gcov|llvm|stack_chk)_.*)$'

outside() { nm -u "$1" | awk '{print $NF}' | grep -Ev "$allowed" || true; }

echo 1..3
(cd "$work" && ar x "$build/src/flow/libflow.a" && ld -r -o flow.o ./*.o)
found=$(outside "$work/flow.o")
if [[ -z $found ]]; then echo "ok 1 - nothing from outside"; else echo "not ok 1 - from outside:" $found; fi

printf 'int puts(const char *); int f(void) { return puts(""); }\n' >"$work/impure.c"
gcc -c "$work/impure.c" -o "$work/impure.o"
if [[ $(outside "$work/impure.o") == puts ]]; then echo "ok 2 - an impure object is noticed"; else echo "not ok 2 - an impure object is noticed"; fi

lines=$(awk '/^struct flow \{/ {on = 1} on {print NR} on && /^};/ {exit}' "$src/src/flow/flow.h")
first=$(head -n 1 <<<"$lines") last=$(tail -n 1 <<<"$lines")
padded=$(gcc -std=c11 -Wpadded "-I$src/src" -fsyntax-only -x c "$src/src/flow/flow.h" 2>&1 |
  sed -n 's/.*flow\.h:\([0-9]*\):.*Wpadded.*/\1/p' | awk -v a="$first" -v b="$last" '$1 >= a && $1 <= b')
if [[ -z $padded ]]; then echo "ok 3 - struct flow has no padding"; else echo "not ok 3 - padding in flow.h, lines" $padded; fi
