# Journeys: the real programs in a detached tmux, waiting for text. Source this, call the words below, end with `journey_end`.
# shellcheck shell=bash
set -u
build=${EONAY_BUILD:?}
src=${EONAY_SRC:?}
work=$(mktemp -d "${TMPDIR:-/tmp}/eonay-journey.XXXXXX")
sock=$work/tmux
n=0 bad=0

ok() { # ok NAME COMMAND...: one TAP line
  local name=$1; shift
  n=$((n + 1))
  if "$@"; then echo "ok $n - $name"; else echo "not ok $n - $name"; bad=$((bad + 1)); screen | sed 's/^/# | /'; fi
}
note() { echo "# $*"; }
bail() { echo "Bail out! $*"; exit 1; }

journey_end() { echo "1..$n"; exit $((bad > 0)); }
clean_up() {
  tm kill-server 2>/dev/null
  local d
  for d in "$work"/sandbox*; do [[ -d $d ]] && "$build/eonay-sandbox" down "$d" >/dev/null 2>&1; done
  rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 143' TERM INT HUP

# --- sandbox ----------------------------------------------------------------------------------------------------
sandbox_up() { # sandbox_up NAME [--set key=value]...: raises it and reads its variables
  box=$work/sandbox-$1; shift
  "$build/eonay-sandbox" up "$box" "$@" >"$work/up.log" 2>&1 || { sed 's/^/# /' "$work/up.log"; bail "no sandbox"; }
  wizard=$box/wizard.yaml
  # shellcheck disable=SC1091
  . "$box/env"
}
person() { # person --tckn N --name S ...: a further person; reads the variables it prints
  "$build/eonay-sandbox" person "$box" "$@" >"$work/person.env" 2>"$work/person.log" || { sed 's/^/# /' "$work/person.log"; bail "no person"; }
  # shellcheck disable=SC1091
  . "$work/person.env"
  wizard=$WIZARD
}

# --- terminal ---------------------------------------------------------------------------------------------------
tm() { tmux -S "$sock" -f /dev/null "$@"; }
pause() { read -rt 0.03 <> <(:) || :; } # between two looks at the screen, never instead of one
tm_start() { # tm_start COMMAND...: runs it in an 80x24 terminal; its exit status lands in $work/status
  rm -f "$work/status"
  local line; printf -v line '%q ' "$@"
  tm -u new-session -d -x "${COLUMNS_WANTED:-80}" -y "${LINES_WANTED:-24}" "sh -c '$(printf %s "$line" | sed "s/'/'\\\\''/g")'; echo \$? >'$work/status'; cat"
  tm set-option -g status off >/dev/null 2>&1 || :
}
screen() { tm capture-pane -p 2>/dev/null; }
shows() { # shows TEXT [SECONDS]: waits until the text stands on the screen
  local text=$1 end=$((SECONDS + ${2:-15}))
  while ((SECONDS <= end)); do screen | grep -qF -- "$text" && return 0; pause; done
  echo "# waited for: $text"; return 1
}
gone() { # gone TEXT [SECONDS]
  local text=$1 end=$((SECONDS + ${2:-15}))
  while ((SECONDS <= end)); do screen | grep -qF -- "$text" || return 0; pause; done
  return 1
}
keys() { tm send-keys "$@"; }
type_in() { tm send-keys -l -- "$1"; }
ended() { # ended STATUS [SECONDS]: the program left with this status
  local end=$((SECONDS + ${2:-10}))
  while ((SECONDS <= end)); do [[ -s $work/status ]] && break; pause; done
  [[ $(cat "$work/status" 2>/dev/null) == "$1" ]] || { echo "# status: $(cat "$work/status" 2>/dev/null)"; return 1; }
}

# --- the way ----------------------------------------------------------------------------------------------------
# Words of the screens, by language.
words() {
  if [[ $1 == tr ]]; then
    w_menu="Başlamak için Giriş'e basınız" w_gateway="Kimliğinizi doğrulamak için" w_login="Giriş yönteminizi seçiniz"
    w_home="Hoş geldiniz, Sayın" w_nes="Yapmak istediğiniz işlemi seçiniz" w_accept="E-Onay nedir?"
    w_code="Bu terminalde devam et" w_full="Kod tamam" w_sign="İmzalanacak Metin 1:" w_cert="Sertifikanız seçili"
    w_pin="PIN kodunuzu yazınız, sonra İMZALA'ya basınız" w_success="İşleminiz Başarılıdır." w_result="E-Onay Sonucu"
    w_number="Makbuz No" w_signed="İmzanız alındı"
  else
    w_menu="Press Sign in to start" w_gateway="to prove who you are" w_login="Choose how to sign in"
    w_home="Welcome, " w_nes="Choose what you want to do" w_accept="What is E-Onay?"
    w_code="Go on in this terminal" w_full="The code is complete" w_sign="Text to be signed 1:" w_cert="Your certificate is chosen"
    w_pin="Type your PIN, then press SIGN" w_success="Your transaction was successful." w_result="E-Onay result"
    w_number="Receipt number" w_signed="Your signature was received"
  fi
}
way_to_home() {
  ok "Şekil 1: the menu" shows "$w_menu" && keys Enter
  ok "Şekil 2: e-Devlet ile Giriş" shows "$w_gateway" && keys Enter
  ok "Şekil 3: e-Devlet sign-in" shows "$w_login" && type_in "$TCKN" && keys Enter && type_in "$PASSWORD" && keys Enter
  ok "Şekil 4: home" shows "$w_home"
}
way_to_code() {
  way_to_home; keys Enter
  ok "Şekil 5: NES İşlemleri" shows "$w_nes" && keys Enter
  ok "Şekil 6: E-Onay Kabul" shows "$w_accept" && keys Enter
  ok "Şekil 7: the code" shows "$w_code"
}
way_to_pin() {
  way_to_code; keys Enter
  ok "Şekil 9: the code filled in" shows "$w_full" && keys Enter
  ok "Şekil 10: the text" shows "$w_sign" && keys Enter
  ok "Şekil 10: the certificate" shows "$w_cert" && keys Enter
  ok "Şekil 10: the PIN" shows "$w_pin"
}

# The consent as the unit exports it, and as openssl sees it.
exported() { # exported TCKN DIR: consent.p7s verifies against the sandbox CA, its content is the issued text
  rm -rf "$2"
  "$build/eonayctl" --config "$box/service.yaml" consents export --tckn "$1" --out "$2" >"$work/export.log" 2>&1 ||
    { sed 's/^/# /' "$work/export.log"; return 1; }
  openssl cms -verify -cades -inform DER -in "$2/consent.p7s" -CAfile "$CA_FILE" -out "$2/content" 2>"$work/openssl.log" ||
    { sed 's/^/# /' "$work/openssl.log"; return 1; }
  cmp "$2/content" "$2/text.txt" && cmp "$2/content" "$src/data/consent-tr.txt"
}
