#include "config.h"
#include "fuzz/seeds.h"
#include "base/rule.h"

#define TOKEN "aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789-_aBcDe"
#define DIGEST "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08" /* of the word "test" */
#define CONSENT                                                                                                        \
    "{\"number\":\"2026-000042\",\"accepted_at\":\"2026-03-01T10:20:30Z\",\"sha256\":\"" DIGEST                        \
    "\",\"state\":\"accepted\",\"timestamp\":\"pending\"}"
#define PERSON "{\"name\":\"\\u0130PEK I\\u015eIK\",\"tckn_masked\":\"100******46\"}"

/* The first letter of an answer is the question (answers.c): its place in the list, as a digit. */
static const struct seed seeds[] = {
    {"answers", "login",
        "0{\"login\":\"" TOKEN "\",\"gateway\":{\"name\":\"e-Devlet Kap\\u0131s\\u0131 (test)\",\"authorize_url\":"
        "\"https://127.0.0.1:8443/OAuth2AuthorizationServer/AuthorizationController?response_type=code\"},"
        "\"expires_in\":600,\"window\":240,\"extensions\":3}"},
    {"answers", "session", "1{\"state\":\"complete\",\"person\":" PERSON ",\"consent\":" CONSENT "}"},
    {"answers", "session-first", "1{\"state\":\"complete\",\"person\":" PERSON ",\"consent\":null}"},
    {"answers", "session-pending", "1{\"state\":\"pending\",\"person\":null,\"consent\":null}"},
    {"answers", "code",
        "2{\"code\":\"K7QM-3XPD-9R4F\",\"expires_in\":900,\"window\":240,\"extensions\":3,"
        "\"application\":{\"name\":\"eonay-0.1.tar.gz\",\"size\":123456,\"sha256\":\"" DIGEST "\"}}"},
    {"answers", "code-alone",
        "2{\"code\":\"0000-0000-0000\",\"expires_in\":900,\"window\":240,\"extensions\":0,\"application\":null}"},
    {"answers", "already", "3{\"code\":\"already\",\"status\":409,\"consent\":" CONSENT "}"},
    {"answers", "opening",
        "4{\"request\":\"" TOKEN "\",\"created\":\"2026-03-01T10:20:30Z\",\"server_time\":\"2026-03-01T10:21:00Z\","
        "\"closes_in\":240,\"extensions\":3,\"holder\":" PERSON ",\"texts\":[{\"text\":\"test\",\"sha256\":\"" DIGEST
        "\"}]}"},
    {"answers", "opening-two-texts",
        "4{\"request\":\"" TOKEN "\",\"created\":\"2026-03-01T10:20:30Z\",\"server_time\":\"2026-03-01T10:21:00Z\","
        "\"closes_in\":240,\"extensions\":3,\"holder\":" PERSON ",\"texts\":[{\"text\":\"test\",\"sha256\":\"" DIGEST
        "\"},{}]}"},
    {"answers", "opening-profile",
        "4{\"request\":\"" TOKEN "\",\"created\":\"2026-03-01T10:20:30Z\",\"server_time\":\"2026-03-01T10:21:00Z\","
        "\"closes_in\":240,\"extensions\":3,\"holder\":" PERSON ",\"texts\":[{\"text\":\"test\",\"sha256\":\"" DIGEST
        "\"}],\"profile\":\"P4\"}"},
    {"answers", "extended", "5{\"closes_in\":240,\"extensions\":2}"},
    {"answers", "consent", "6" CONSENT},
    {"answers", "problem",
        "7{\"type\":\"about:blank\",\"title\":\"Wait\",\"status\":429,\"code\":\"login-locked\",\"retry_after\":30}"},
    {"answers", "problem-unknown", "7{\"type\":\"about:blank\",\"status\":500,\"code\":\"pin-wrong\"}"},
    {"answers", "deep", "0{\"a\":[[[[[[[[[[{}]]]]]]]]]]}"},
    {"answers", "huge-number", "5{\"closes_in\":18446744073709551616,\"extensions\":-1}"},
    {"head", "plain", "HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: 2\r\n\r\n"},
    {"head", "range", "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 5-9/10\r\nETag: \"abc-1\"\r\n\r\n"},
    {"head", "redirect",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 302 Found\r\nLocation: https://127.0.0.1:8443/v1/login/callback?code=1"
        "\r\nRetry-After: 30\r\n\r\n"},
    {"head", "odd",
        "HTTP/9 9999999999999999999999\r\nContent-Range: bytes 18446744073709551615-1/0\r\nETag: W/\"x\"\r\n: \r\n"},
    {"words", "url", "https://127.0.0.1:8443/path"},
    {"words", "url-six", "https://[::1]:65535/"},
    {"words", "url-user", "https://127.0.0.1:8443@example.org/"},
    {"words", "url-odd", "https://0x7f.1/%00?x#y"},
    {"words", "time", "2019-08-27T08:10:21Z"},
    {"words", "time-leap", "2024-02-29T23:59:59Z"},
    {"words", "time-none", "2023-02-29T24:60:60Z"},
    {"words", "tckn", "10000000146"},
    {"words", "number", "18446744073709551615"},
    {"words", "number-past", "18446744073709551616"},
    {"words", "hex", DIGEST},
    {"rule", "nes", RULE_NES},
    {"rule", "one", "2.16.792.1.61.0.1.5070.1.1"},
    {"rule", "close", "1.2 OR 1.3 AND 1.4"},
    {"rule", "small", "(1.2 or ((0.4.0.1862.1.1)))and 1.3"},
    {"rule", "cut", "(0.4.0.1862.1.1 AND"},
    {"rule", "twice", "1.2 AND AND 1.3"},
    {"rule", "zero", "1.02 OR 1.3"},
    {"rule", "deep", "((((((((1.2))))))))"},
    {"rule", "deeper", "(((((((((1.2)))))))))"},
    {"rule", "sixteen",
        "1.1 OR 1.2 OR 1.3 OR 1.4 OR 1.5 OR 1.6 OR 1.7 OR 1.8 AND 1.9 AND 1.10 AND 1.11 AND 1.12 AND 1.13 AND 1.14 AND "
        "1.15 AND 1.16"},
    {"code", "grouped", "K7QM-3XPD-9R4F"},
    {"code", "bad-check", "K7QM-3XPD-9R4T"},
    {"code", "typed", "k7qm 3xpd 9r4f\n"},
    {"code", "look-alikes", "oOiIlLuU\xc4\xb0\xc4\xb1..__"},
    {"code", "eleven", "00000000000"},
    {"code", "strange", "K7QM*3XPD\x1b[2J\xff"},
    {"text", "consent",
        "Kamu SM sistemleri: \xc3\xa7\xc4\x9f\xc4\xb1\xc4\xb0\xc3\xb6\xc5\x9f\xc3\xbc.\nKABUL ED\xc4\xb0YORUM.\n"},
    {"text", "marks", "\xe2\x80\x9c\x41\xe2\x80\x9d \xe2\x80\x93 \xe2\x80\xa6 \xe2\x82\xba\x35"},
    {"text", "escapes", "a\x1b]0;x\x07\x1b[2J\xc2\x9b\x33m\r\b\x7f"},
    {"text", "bidi",
        "a\xe2\x80\xae"
        "b\xe2\x81\xa6"
        "c\xe2\x80\x8b"
        "d\xef\xbb\xbf"
        "e\xcc\x81"},
    {"text", "broken", "\xc0\xaf\xed\xa0\x80\xf4\x90\x80\x80\xe2\x82\xff\xc5"},
    {"text", "blanks", "  I\xc4\xb0i\xc4\xb1 \t\n  A  "},
    {"settings", "least", "portal: https://127.0.0.1:8443\ntls_ca: tls.pem\nservice: TEST\ntrust: ca.pem\n"},
    {"settings", "whole",
        "portal: https://127.0.0.1:8443/\ngateway: https://[::1]:9443\ntls_ca: tls.pem\nservice: TEST\ntrust: ca.pem\n"
        "known_texts: [" DIGEST "]\nmodules:\n  - path: /usr/lib/softhsm/libsofthsm2.so\n"
        "    environment: {SOFTHSM2_CONF: /tmp/x}\n    writable:\n      - /tmp/tokens\n  - path: b.so\n"
        "publisher_ca: ca.pem\ndownload_dir: .\nlang: en\ntest: yes\nhelp_line: \"0 312 000 00 00\"\nkeypad: keys\n"
        "idle_s: 300\npoll_ms: 250\nhang_ms: 20000\nconnect_ms: 5000\nanswer_ms: 20000\nkiosk: hayir\n"},
    {"settings", "unknown-key", "portal: https://a\nportl: x\n"},
    {"settings", "twice", "portal: https://a\nportal: https://b\n"},
    {"settings", "wrong-types", "portal: [1]\nidle_s: -1\nmodules: {}\nlang: de\n"},
    {"settings", "two-documents", "portal: https://a\n---\nservice: b\n...\n"},
    {"settings", "anchors", "a: &x [1, *x]\nportal: *x\n? {a: b}\n: c\n"},
    {"settings", "tags", "!!map {portal: !!binary aGVsbG8=, service: \"\\0\\x1b\\uFEFF\", idle_s: 0x10}\n"},
    {"settings", "broken", "portal: \"https://a\nservice: 'b\n\tx: |\n"},
    {"settings", "nothing", ""},
};

const struct seed *seed_at(size_t i)
{
    return i < sizeof seeds / sizeof seeds[0] ? &seeds[i] : NULL;
}
