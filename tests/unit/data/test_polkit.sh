#!/usr/bin/env bash
# The polkit rule for a kiosk's reader, run by the engine that polkitd runs its rules with (duktape): yes for one group and one
# reader, nothing said about anybody and anything else.
set -u
src=${EONAY_SRC:?}
work=$(mktemp -d "${TMPDIR:-/tmp}/eonay-polkit.XXXXXX")
trap 'rm -rf "$work"' EXIT
command -v duk >/dev/null || { echo "Bail out! duk is missing (package duktape)"; exit 1; }
cat >"$work/mock.js" <<'JS'
var rules = [];
var polkit = {
    Result: { NO: "no", YES: "yes", NOT_HANDLED: "nothing" },
    addRule: function (f) { rules.push(f); },
    addAdminRule: function () { throw new Error("an admin rule"); },
    log: function () { throw new Error("a rule that writes logs"); },
    spawn: function () { throw new Error("a rule that runs programs"); }
};
JS
cat >"$work/cases.js" <<'JS'
var n = 0;
function ok(what, holds) { print((holds ? "ok " : "not ok ") + (++n) + " - " + what); }
function asks(id, details, groups) {
    var action = { id: id, lookup: function (key) { return details[key]; } };
    var subject = {
        user: "kiosk", local: false, active: false, seat: "",
        isInGroup: function (g) { return groups.indexOf(g) >= 0; }, isInNetGroup: function () { return true; }
    };
    for (var i = 0; i < rules.length; i++) {
        var said = rules[i](action, subject);
        if (said && said !== polkit.Result.NOT_HANDLED) return said;
    }
    return polkit.Result.NOT_HANDLED;
}
var pcsc = "org.debian.pcsc-lite.access_pcsc", card = "org.debian.pcsc-lite.access_card";
var ours = ["users", "eonay-kiosk"], others = ["users", "sudo", "eonay-kiosk2", "eonay"];
function reader(name) { return { reader: name }; }

ok("there is one rule", rules.length === 1);
ok("the group may speak with pcscd", asks(pcsc, {}, ours) === "yes");
ok("and use its reader", asks(card, reader("ACS ACR39U ICC Reader 00 00"), ours) === "yes");
ok("in whatever place it is plugged", asks(card, reader("ACS ACR39U ICC Reader 0A 01"), ours) === "yes");
ok("others may not speak with pcscd by it", asks(pcsc, {}, others) === "nothing");
ok("nor use the reader", asks(card, reader("ACS ACR39U ICC Reader 00 00"), others) === "nothing");
ok("nobody's groups neither", asks(pcsc, {}, []) === "nothing" && asks(card, reader("ACS ACR39U ICC Reader 00 00"), []) === "nothing");
["SCM SCR3310 00 00", "ACS ACR39U ICC Reader", "ACS ACR39U ICC Reader 2 00 00", "Yubikey ACS ACR39U ICC Reader 00 00",
    "ACS ACR39U ICC Reader (123) 00 00", "acs acr39u icc reader 00 00", "ACS ACR39U ICC Reader 00 00 ", ""].forEach(function (name) {
    var wanted = name === "ACS ACR39U ICC Reader" ? "yes" : "nothing";
    ok("the group at the reader '" + name + "': " + wanted, asks(card, reader(name), ours) === wanted);
});
ok("a card without a reader's name", asks(card, {}, ours) === "nothing");
["org.freedesktop.login1.power-off", "org.freedesktop.policykit.exec", "org.debian.pcsc-lite.access_pcsc.x",
    "org.debian.pcsc-lite", "org.debian.pcsc-lite.access_card2", ""].forEach(function (id) {
    ok("the group and '" + id + "'", asks(id, reader("ACS ACR39U ICC Reader 00 00"), ours) === "nothing");
});
print("1.." + n);
JS
cat "$work/mock.js" "$src/data/50-eonay-kiosk.rules" "$work/cases.js" >"$work/all.js"
duk "$work/all.js" | tee "$work/said"
[[ ${PIPESTATUS[0]} == 0 ]] && ! grep -q '^not ok' "$work/said"
