#!/usr/bin/env bash
# On a kiosk nothing of a person stays: who left before the signature, after it, or just went away. Name, T.C. ID number, code and
# receipt number are in the wizard's memory while they are shown (so the search works), and then in no process of its own.
# shellcheck source=tests/journeys/lib.sh
. "$EONAY_SRC/tests/journeys/lib.sh"

memscan=$build/tests/journeys/memscan
[[ $(id -u) == 0 ]] || skip_all "needs root to read other processes' memory"
grep -q __asan_init "$build/eonay" && skip_all "sanitizers keep freed memory on purpose"
self=$(echo "no such words" | "$memscan" $$ 2>&1) || [[ $? == 1 ]] || skip_all "other processes' memory cannot be read here: $self"

words tr
sandbox_up kiosk
other=$wizard # another person's card is in the reader: what is found of this one is not read from a card
person 900000000 "Kanarya Kuslu"
own=$wizard
who="Kanarya Kuslu" code='' number=''
canaries() { # what is to be forgotten, as far as it is known by now
  [[ -z $who ]] || printf '%s\n' "$who" "$TCKN" "${TCKN:0:3}******${TCKN:9}"
  [[ -z $code ]] || printf '%s\n' "$code" "${code//-/}"
  [[ -z $number ]] || printf '%s\n' "$number"
}
found() { # found PID...: who knows which word
  canaries | "$memscan" "$@"
  (($? < 2)) || echo "the search failed"
}
knows() { [[ $(found "$pid" | wc -l) -ge $1 ]]; }
everybody() { echo "$pid"; workers; }
nobody_knows() {
  # shellcheck disable=SC2046
  [[ -z $(found $(everybody)) ]]
}
forgotten() { # a worker may still be on its way out
  await "$patience" nobody_knows && return
  # shellcheck disable=SC2046
  note "$(found $(everybody))"
  return 1
}
take_code() { code=$(screen | grep -o '[0-9A-Z]\{4\} - [0-9A-Z]\{4\} - [0-9A-Z]\{4\}' | tr -d ' '); [[ -n $code ]]; }
wizard=$other
start --kiosk
way menu code
ok "the code is read from the screen" take_code
ok "control: name, masks and code are found while they are shown" knows 4
keys Escape; at "${sign[leave]}" 2
at "${sign[home]}" 2
at "${sign[menu]}"
ok "who leaves before the signature is forgotten" forgotten

# The questions whether one is still there, and the help page, name the person too.
code='' wizard=$box/idle.yaml
sed 's/^idle_s:.*//; $a idle_s: 6' "$other" >"$wizard"
start --kiosk
way menu home; keys F1; at "Şekil 4" Escape; at "${sign[home]}"
at "${sign[menu]}"
ok "who goes away is forgotten" forgotten

# With their own card in the reader the name is still to be read from it; code and number are not.
wizard=$own who=''
start --kiosk
way menu code; take_code; onward code
at "${sign[full]}"; onward full; way text pin; onward pin
at "${sign[success]}"
take_number() { number=$(screen | sed -n 's/.*Makbuz No[^0-9]*\([0-9-]*\).*/\1/p'); [[ ${#number} -ge 8 ]]; }
ok "the number is read from the screen" take_number
ok "control: code and number are found" knows 2
keys Enter; at "${sign[result]}" 1
at "Kısa kod al" 1; at "Makbuz Sayfası" Escape; at "Kısa kod al" 2
ok "the receipt's short code is read from the screen" await "$patience" take_code
ok "control: it is found, beside the number" knows 2
keys Escape; at "Kısa kod al" Escape; at "${sign[result]}" 3
at "${sign[menu]}"
ok "who leaves after the signature is forgotten, and so is the receipt" forgotten
journey_end
