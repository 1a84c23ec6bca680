#include "config.h"
#include "base/modules.h"
#include "base/rule.h"
#include "base/settings.h"
#include "base/url.h"
#include "unit.h"

#define HASH "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define LEAST "portal: https://portal.example/\ntls_ca: tls.pem\nservice: e-Onay\ntrust: ca.pem\n"

static char folder[64];

static int make_folder(void **state)
{
    (void)state;
    unit_folder(folder);
    return 0;
}

static int drop_folder(void **state)
{
    (void)state;
    unit_remove(folder);
    return 0;
}

static enum err_code load(const char *yaml, struct settings *s, struct err *err)
{
    char path[128];
    unit_write(folder, "wizard.yaml", yaml, path);
    return settings_load(path, s, err);
}

static void assert_in_folder(const char *path, const char *name)
{
    char expected[128];
    snprintf(expected, sizeof expected, "%s/%s", folder, name);
    assert_string_equal(path, expected);
}

static void defaults(void **state)
{
    (void)state;
    struct settings s;
    assert_int_equal(load(LEAST, &s, NULL), OK);
    assert_string_equal(s.portal, "https://portal.example/");
    assert_in_folder(s.tls_ca, "tls.pem");
    assert_in_folder(s.trust, "ca.pem");
    assert_null(s.gateway);
    assert_null(s.publisher_ca);
    assert_null(s.help_line);
    assert_string_equal(s.download_dir, ".");
    assert_true(s.receipt.save && s.receipt.code && s.receipt.directory == NULL && s.receipt.print.n == 0);
    assert_int_equal(s.lang, LANG_TR);
    assert_int_equal(s.keypad, KEYPAD_PICTURE);
    assert_int_equal(s.keypad_order, KEYPAD_FIXED);
    assert_true(s.pin_pad);
    assert_false(s.test || s.kiosk);
    assert_int_equal(s.idle_s, 300);
    assert_int_equal(s.poll_ms, 250);
    assert_int_equal(s.hang_ms, 20000);
    assert_int_equal(s.connect_ms, 5000);
    assert_int_equal(s.answer_ms, 20000);
    assert_string_equal(s.nes_rule, RULE_NES);
    assert_true(s.modules.n >= 1); /* whatever this machine has */
    assert_false(settings_gateway_is_loopback(&s));
    settings_free(&s);
}

static void everything_given(void **state)
{
    (void)state;
    struct settings s;
    struct err err = {OK, ""};
    enum err_code code = load(LEAST
        "gateway: https://127.0.0.1:4433\nnes_rule: 1.2 OR 1.3\nknown_texts: [" HASH "]\n"
        "modules:\n- path: /usr/lib/softhsm/libsofthsm2.so\n  environment: {SOFTHSM2_CONF: /d/softhsm2.conf}\n  "
        "writable: [tokens]\n"
        "- path: other.so\npublisher_ca: pub.pem\ndownload_dir: down\nlang: en\ntest: true\nhelp_line: 444 5 576\n"
        "keypad: keys\nkeypad_order: shuffled\npin_pad: false\nidle_s: 60\npoll_ms: 100\nhang_ms: 1000\nconnect_ms: "
        "200\nanswer_ms: 300\nkiosk: true\n"
        "receipt: {save: no, directory: r, print: [/usr/bin/lp, -t, e-Onay], code: no}\n",
        &s, &err);
    assert_string_equal(err.detail, "");
    assert_int_equal(code, OK);
    assert_string_equal(s.nes_rule, "1.2 OR 1.3");
    assert_int_equal(s.modules.n, 2);
    assert_string_equal(settings_module_at(&s, 0)->path, "/usr/lib/softhsm/libsofthsm2.so");
    assert_string_equal(settings_module_at(&s, 0)->environment.v[0], "SOFTHSM2_CONF=/d/softhsm2.conf");
    assert_in_folder(settings_module_at(&s, 0)->writable.v[0], "tokens");
    assert_in_folder(settings_module_at(&s, 1)->path, "other.so");
    assert_in_folder(s.publisher_ca, "pub.pem");
    assert_in_folder(s.download_dir, "down");
    assert_string_equal(s.known_texts.v[0], HASH);
    assert_int_equal(s.lang, LANG_EN);
    assert_int_equal(s.keypad, KEYPAD_KEYS);
    assert_int_equal(s.keypad_order, KEYPAD_SHUFFLED);
    assert_false(s.pin_pad);
    assert_true(s.test && s.kiosk && settings_gateway_is_loopback(&s));
    assert_string_equal(s.help_line, "444 5 576");
    assert_int_equal(s.idle_s, 60);
    assert_in_folder(s.receipt.directory, "r");
    assert_false(s.receipt.save || s.receipt.code);
    assert_int_equal(s.receipt.print.n, 3);
    assert_string_equal(s.receipt.print.v[2], "e-Onay");
    settings_free(&s);
}

static void mistakes(void **state)
{
    (void)state;
    static const char *const bad[][2] = {
        {"portal: https://p/\n", ":1:1: the key \"tls_ca\" is missing."},
        {"portal: http://p/\ntls_ca: t\nservice: s\ntrust: c\n",
            ":1:9: \"portal\" should be an address like https://name/"},
        {LEAST "gateway: https://a@b/\n", ":5:10: \"gateway\" should be an address"},
        {LEAST "known_texts: [abc]\n", ":5:15: \"known_texts\" should be 64 hex digits in lower case."},
        {LEAST "nes_rule: 1.2 AND x\n", ":5:19: \"nes_rule\": expected here: an object identifier such as"},
        {LEAST "nes_rule: '(1.2 OR 1.3'\n", ":5:23: \"nes_rule\": expected here: AND, OR or \")\"."},
        {LEAST "nes_rule: (1.2\n  OR\n", ":5:11: \"nes_rule\": expected here: an object identifier"}, /* folded */
        {LEAST "nes_rule: \"1.\\x32 AND\"\n", ":5:11: \"nes_rule\": expected here: an object"},       /* an escape */
        {LEAST "nes_rule: []\n", ":5:11: \"nes_rule\" should be a text on one line."},
        {LEAST "lang: de\n", ":5:7: \"lang\" should be one of: tr, en."},
        {LEAST "keypad: mouse\n", ":5:9: \"keypad\" should be one of: picture, keys."},
        {LEAST "keypad_order: random\n", ":5:15: \"keypad_order\" should be one of: fixed, shuffled."},
        {LEAST "pin_pad: 2\n", ":5:10: \"pin_pad\" should be true or false."},
        {LEAST "idle_s: 0\n", ":5:9: \"idle_s\" should be a whole number from 5 to 86400."},
        {LEAST "modules: [{environment: {}}]\n", "modules: the key \"path\" is missing."},
        {LEAST "modules: all\n", ":5:10: \"modules\" should be one of: auto."},
        {LEAST "receipt: {print: [lp]}\n", "receipt: print: a program with its whole path, then its arguments"},
        {LEAST "receipt: {print: ['']}\n", ":5:19: \"print\" should be a text on one line."},
        {LEAST "receipt: {save: perhaps}\n", "\"save\" should be true or false."},
        {LEAST "password_anywhere: true\n", ":5:1: unknown key \"password_anywhere\"."},
    };
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct settings s;
        struct err err;
        if (load(bad[i][0], &s, &err) != ERR_CONFIG || strstr(err.detail, bad[i][1]) == NULL)
            fail_msg("wanted %s, got %s", bad[i][1], err.detail);
        assert_null(s.portal);
    }
}

/* ---- card drivers ---- */

static void place_make(const char *root, const char *place)
{
    char command[700], path[256];
    snprintf(path, sizeof path, "%s%s", root, place);
    snprintf(command, sizeof command, "mkdir -p $(dirname %s) && : > %s", path, path);
    assert_int_equal(system(command), 0);
}

static void found_are(const char *root, const char *const *wanted, size_t n)
{
    char *found[MODULES_FOUND_MAX];
    size_t found_n;
    assert_int_equal(modules_find(root, found, &found_n), OK);
    assert_int_equal(found_n, n);
    for (size_t i = 0; i < n; i++) {
        assert_string_equal(found[i] + strlen(root), wanted[i]);
        free(found[i]);
    }
}

static void drivers_are_found_where_makers_put_them(void **state)
{
    char root[96];
    (void)state;
    snprintf(root, sizeof root, "%s/root", folder);
    found_are(root, (const char *[]){"/usr/lib/libakisp11.so"}, 1); /* to be missed by name */
    place_make(root, "/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so");
    found_are(root, (const char *[]){"/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so"}, 1);
    place_make(root, "/opt/Akia/libakisp11.so");
    place_make(root, "/usr/lib/libeTPkcs11.so");
    found_are(root, (const char *[]){"/opt/Akia/libakisp11.so", "/usr/lib/libeTPkcs11.so"}, 2);
    place_make(root, "/usr/lib/libakisp11.so"); /* one driver of a maker, not two names of it */
    found_are(root, (const char *[]){"/usr/lib/libakisp11.so", "/usr/lib/libeTPkcs11.so"}, 2);
    unit_remove(root);
}

static size_t modules_of(const char *yaml)
{
    struct settings s;
    size_t n;
    assert_int_equal(load(yaml, &s, NULL), OK);
    n = s.modules.n;
    settings_free(&s);
    return n;
}

static void a_card_at_another_desk_is_only_there_when_asked_for(void **state)
{
    struct settings s;
    size_t here = modules_of(LEAST "modules: auto\nforwarded_cards: true\n");
    (void)state;
    assert_int_equal(setenv("P11_KIT_SERVER_ADDRESS", "unix:path=/run/desk", 1), 0);
    assert_int_equal(modules_of(LEAST), here); /* off by default */
    assert_int_equal(modules_of(LEAST "forwarded_cards: false\n"), here);
    assert_int_equal(modules_of(LEAST "forwarded_cards: true\nkiosk: true\n"), here);
    assert_int_equal(modules_of(LEAST "forwarded_cards: true\nmodules: []\n"), 1);
    assert_int_equal(modules_of(LEAST "forwarded_cards: true\nmodules: [{path: /a.so}, {path: /b.so}]\n"), 3);
    assert_int_equal(modules_of(LEAST "modules: [{path: /a.so}, {path: /b.so}]\n"), 2);
    assert_int_equal(load(LEAST "forwarded_cards: true\n", &s, NULL), OK);
    assert_int_equal(s.modules.n, here + 1);
    assert_non_null(strstr(settings_module_at(&s, here)->path, "p11-kit-client.so"));
    assert_string_equal(settings_module_at(&s, here)->environment.v[0], "P11_KIT_SERVER_ADDRESS=unix:path=/run/desk");
    assert_string_equal(settings_forward_address(settings_module_at(&s, here)), "unix:path=/run/desk");
    assert_null(settings_forward_address(settings_module_at(&s, 0)));
    settings_free(&s);
    assert_int_equal(setenv("P11_KIT_SERVER_ADDRESS", "", 1), 0);
    assert_int_equal(modules_of(LEAST "forwarded_cards: true\n"), here);
    assert_int_equal(setenv("P11_KIT_SERVER_ADDRESS", "unix:path=/run/desk", 1), 0);
    settings_forget_environment();
    assert_int_equal(modules_of(LEAST "forwarded_cards: true\n"), here);
}

/* Written there by whoever runs the machine: needs no further word, on a kiosk neither. */
static void settings_name_a_card_at_another_desk(void **state)
{
    struct settings s;
    (void)state;
    assert_int_equal(
        load(LEAST "kiosk: true\nmodules:\n- environment: {P11_KIT_SERVER_ADDRESS: \"unix:path=/x\"}\n", &s, NULL), OK);
    assert_int_equal(s.modules.n, 1);
    assert_non_null(strstr(settings_module_at(&s, 0)->path, "p11-kit-client.so"));
    assert_string_equal(settings_forward_address(settings_module_at(&s, 0)), "unix:path=/x");
    settings_free(&s);
    assert_int_equal(
        load(LEAST "modules:\n- path: /m.so\n  environment: {P11_KIT_SERVER_ADDRESSES: x}\n", &s, NULL), OK);
    assert_null(settings_forward_address(settings_module_at(&s, 0)));
    settings_free(&s);
}

static void loopback_literals(void **state)
{
    (void)state;
    static const char *const here[] = {"https://127.0.0.1", "https://127.0.0.1/", "https://127.0.0.1:8443",
        "https://127.0.0.1:8443/path/x?", "https://127.255.255.254/", "https://127.1.2.3", "https://[::1]",
        "https://[::1]:443/", "https://127.0.0.1:65535", "https://127.0.0.0/a//b"};
    for (size_t i = 0; i < COUNT(here); i++)
        assert_int_equal(url_is_loopback(here[i]), strchr(here[i], '?') == NULL);
}

static void everything_else_is_elsewhere(void **state)
{
    (void)state;
    static const char *const there[] = {"", "https://", "https:///", "127.0.0.1", "//127.0.0.1", "https:127.0.0.1",
        /* names */
        "https://localhost", "https://localhost:443/", "https://localhost.", "https://127.0.0.1.nip.io",
        "https://127.0.0.1.evil", "https://127.0.0.1evil", "https://evil/127.0.0.1", "https://x127.0.0.1",
        "https://127.0.0.1-", "https://giris.turkiye.gov.tr/",
        /* someone in front of the host */
        "https://127.0.0.1@evil", "https://127.0.0.1:443@evil", "https://127.0.0.1:pw@evil/", "https://a@127.0.0.1",
        "https://127.0.0.1%40evil", "https://127.0.0.1/@evil", "https://127.0.0.1\\@evil", "https://127.0.0.1\\.evil",
        "https://127.0.0.1#@evil", "https://127.0.0.1?@evil", "https://127.0.0.1;evil", "https://127.0.0.1,evil",
        "https://evil#127.0.0.1", "https://evil?127.0.0.1", "https://@127.0.0.1", "https://:@127.0.0.1",
        /* other spellings of the number */
        "https://127.1", "https://127.0.1", "https://127", "https://2130706433", "https://0x7f.0.0.1",
        "https://0x7f000001", "https://0177.0.0.1", "https://127.0.0.01", "https://127.00.0.1", "https://127.0.0.1.",
        "https://127.0.0.", "https://127..0.1", "https://.127.0.0.1", "https://127.0.0.256", "https://127.0.0.1000",
        "https://127.0.0.1.1", "https://127.0.0", "https://127.0.0.0x1", "https://127.0.0.-1",
        "https://127.0.0.99999999999999999999", "https://%31%32%37.0.0.1", "https://127.0.0.1%00",
        "https://\xEF\xBC\x91"
        "27.0.0.1",
        "https://127\xE3\x80\x82"
        "0.0.1",
        "https://\xE2\x91\xA0"
        "27.0.0.1",
        /* other machines */
        "https://128.0.0.1", "https://126.0.0.1", "https://12.0.0.1", "https://0.0.0.0", "https://10.0.0.1",
        "https://[::]", "https://[::2]", "https://[::11]", "https://[0:0:0:0:0:0:0:1]", "https://[::ffff:127.0.0.1]",
        "https://[::ffff:7f00:1]", "https://[::1%25lo]", "https://[::1", "https://::1", "https://[::1]evil",
        "https://[::1].evil", "https://[[::1]]", "https://[]", "https://[::01]", "https://[::1]@evil",
        /* ports and schemes */
        "https://127.0.0.1:", "https://127.0.0.1:0", "https://127.0.0.1:65536", "https://127.0.0.1:99999999999",
        "https://127.0.0.1:4a", "https://127.0.0.1:-1", "https://127.0.0.1:443:443", "https://127.0.0.1: 443",
        "http://127.0.0.1", "HTTPS://127.0.0.1", "ftp://127.0.0.1", "https ://127.0.0.1", " https://127.0.0.1",
        "https://127.0.0.1 ", "https:// 127.0.0.1", "https://127.0.0.1\n", "https://127.0.0.1\t",
        "https://127.0.0.1\r.evil", "https:/127.0.0.1", "https:\\\\127.0.0.1", "https:///127.0.0.1",
        "https:////127.0.0.1", "https://127.0.0.1/\n@evil", "https://127.0.0.1/\x7F"};
    for (size_t i = 0; i < COUNT(there); i++)
        if (url_is_loopback(there[i]))
            fail_msg("taken for loopback: %s", there[i]);
}

/* One changed or inserted character never turns another host into loopback: what remains is 127.x.y.z by its own
 * reading. */
static void near_misses(void **state)
{
    (void)state;
    static const char base[] = "https://127.0.0.1:8/p";
    for (size_t at = 0; at < sizeof base - 1; at++)
        for (int c = 1; c < 256; c++) {
            char url[sizeof base + 1];
            memcpy(url, base, at);
            url[at] = (char)c;
            memcpy(url + at + 1, base + at, sizeof base - at);
            if (!url_is_loopback(url))
                continue;
            unsigned a, b, d;
            int used = 0;
            assert_int_equal(sscanf(url, "https://127.%3u.%3u.%3u%n", &a, &b, &d, &used), 3);
            assert_true(a <= 255 && b <= 255 && d <= 255);
            assert_true(url[used] == ':' || url[used] == '/');
            assert_null(strpbrk(url, "@\\#? \t\r\n"));
        }
}

static void https_addresses(void **state)
{
    (void)state;
    static const char *const good[] = {"https://a", "https://onlineislemler.kamusm.gov.tr/", "https://a-b.c:8443/x/y",
        "https://[2001:db8::1]:8443/", "https://127.0.0.1:1", "https://a/%20"};
    static const char *const bad[] = {"https://", "https://a b", "https://a?x", "https://a#x", "https://u@a",
        "http://a", "https://-a", "https://.a", "https://a:0", "https://a_b", "https://\xC4\xB1", "https://a/\xC4\xB1",
        "https://a\\b", "https://[::g]", "https://a/?q", "https://a/<x>"};
    for (size_t i = 0; i < COUNT(good); i++)
        assert_true(url_is_https(good[i]));
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_false(url_is_https(bad[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(defaults), cmocka_unit_test(everything_given),
        cmocka_unit_test(mistakes), cmocka_unit_test(drivers_are_found_where_makers_put_them),
        cmocka_unit_test(a_card_at_another_desk_is_only_there_when_asked_for),
        cmocka_unit_test(settings_name_a_card_at_another_desk), cmocka_unit_test(loopback_literals),
        cmocka_unit_test(everything_else_is_elsewhere), cmocka_unit_test(near_misses),
        cmocka_unit_test(https_addresses)};
    setlocale(LC_ALL, "");
    return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
