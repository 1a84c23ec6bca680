#include "config.h"
#include "hostile.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/ascii.h"

#define OPENINGS "/v1/openings"
#define LOGIN "/v1/login"
#define HEALTH "/v1/health"
#define GATE "/Giris/gir"
#define REQUESTS "/v1/consent-requests"
#define RECEIPT "/v1/receipt"
#define APPLICATION "/v1/application/"
#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"

static const struct misbehaviour list[] = {
    {.name = "none"},
    /* the text */
    {.name = "text-escapes", .manner = TEXT, .path = OPENINGS, .text = "E-Onay \x1b[2J\x1b]52;c;QUJD\x07 kabul"},
    {.name = "text-bidi", .manner = TEXT, .path = OPENINGS, .text = "E-Onay \xe2\x80\xae kabul"},
    {.name = "text-zero-width", .manner = TEXT, .path = OPENINGS, .text = "E-Onay\xe2\x80\x8b kabul"},
    {.name = "text-return", .manner = TEXT, .path = OPENINGS, .text = "E-Onay kabul\rE-Onay ret"},
    {.name = "text-empty", .manner = TEXT, .path = OPENINGS, .text = ""},
    {.name = "text-other",
        .manner = EDIT,
        .path = OPENINGS,
        .what = "texts",
        .text = "[{\"text\":\"Bir metin\",\"sha256\":\"" ZEROS "\"}]"},
    {.name = "text-two",
        .manner = EDIT,
        .path = OPENINGS,
        .what = "texts",
        .text = "[{\"text\":\"a\",\"sha256\":\"ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb\"},"
                "{\"text\":\"a\",\"sha256\":\"ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb\"}]"},
    {.name = "text-none", .manner = EDIT, .path = OPENINGS, .what = "texts", .text = "[]"},
    {.name = "text-nul",
        .manner = EDIT,
        .path = OPENINGS,
        .what = "texts",
        .text = "[{\"text\":\"a\\u0000b\",\"sha256\":\"" ZEROS "\"}]"},
    {.name = "text-huge", .manner = TEXT, .path = OPENINGS, .text = NULL},
    /* the times */
    {.name = "created-later", .manner = EDIT, .path = OPENINGS, .what = "created", .text = "\"2099-01-01T00:00:00Z\""},
    {.name = "created-long-ago",
        .manner = EDIT,
        .path = OPENINGS,
        .what = "created",
        .text = "\"2001-01-01T00:00:00Z\""},
    {.name = "created-form",
        .manner = EDIT,
        .path = OPENINGS,
        .what = "created",
        .text = "\"2026-03-01T10:00:00+00:00\""},
    {.name = "created-lax", .manner = EDIT, .path = OPENINGS, .what = "created", .text = "\"2026-03-01t10:00:00z\""},
    {.name = "created-day", .manner = EDIT, .path = OPENINGS, .what = "created", .text = "\"2026-02-30T10:00:00Z\""},
    {.name = "reopened", .manner = REOPENED, .path = OPENINGS},
    {.name = "window-none", .manner = EDIT, .path = OPENINGS, .what = "closes_in", .text = "0"},
    {.name = "window-huge", .manner = EDIT, .path = OPENINGS, .what = "closes_in", .text = "9007199254740993"},
    /* the signature policy */
    {.name = "profile", .manner = EDIT, .path = OPENINGS, .what = "profile", .text = "\"P4\""},
    {.name = "profile-unknown", .manner = EDIT, .path = OPENINGS, .what = "profile", .text = "\"P5\""},
    {.name = "profile-unnamed", .manner = EDIT, .path = OPENINGS, .what = "profile", .text = "\"P1\""},
    {.name = "profile-number", .manner = EDIT, .path = OPENINGS, .what = "profile", .text = "4"},
    /* the form of an answer */
    {.name = "types-wrong", .manner = EDIT, .path = OPENINGS, .what = "closes_in", .text = "\"240\""},
    {.name = "types-real", .manner = EDIT, .path = OPENINGS, .what = "closes_in", .text = "240.0"},
    {.name = "types-negative", .manner = EDIT, .path = OPENINGS, .what = "closes_in", .text = "-1"},
    {.name = "types-null", .manner = EDIT, .path = OPENINGS, .what = "holder", .text = "null"},
    {.name = "token-long", .manner = EDIT, .path = OPENINGS, .what = "request", .text = "\"" ZEROS ZEROS "\""},
    {.name = "token-header",
        .manner = EDIT,
        .path = OPENINGS,
        .what = "request",
        .text = "\"abc\\r\\nX-Smuggled: 1 yyyyyyyyyyyyyyyyyyyyyyyyyyyy\""},
    {.name = "json-broken", .manner = BODY, .path = OPENINGS, .text = "{\"request\":\"abc"},
    {.name = "json-list", .manner = BODY, .path = OPENINGS, .text = "[]"},
    {.name = "json-deep",
        .manner = BODY,
        .path = OPENINGS,
        .text = "{\"a\":[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]}"},
    {.name = "json-twice", .manner = BODY, .path = OPENINGS, .text = "{\"request\":\"a\",\"request\":\"b\"}"},
    {.name = "json-latin", .manner = BODY, .path = OPENINGS, .text = "{\"request\":\"\xfe\"}"},
    {.name = "body-empty", .manner = BODY, .path = OPENINGS, .text = ""},
    {.name = "type-html", .manner = TYPE, .path = OPENINGS, .text = "text/html"},
    {.name = "problem", .manner = PROBLEM, .path = NULL},
    {.name = "redirect", .manner = REDIRECT, .path = OPENINGS, .text = "https://127.0.0.1:1/v1/openings"},
    /* the names */
    {.name = "name-escapes",
        .manner = EDIT,
        .path = OPENINGS,
        .what = "holder",
        .text = "{\"name\":\"AY\\u001b[31mŞE\\u202e\",\"tckn_masked\":\"100******46\"}"},
    {.name = "mask-odd",
        .manner = EDIT,
        .path = OPENINGS,
        .what = "holder",
        .text = "{\"name\":\"AYŞE\",\"tckn_masked\":\"\\u001b[31m100\"}"},
    {.name = "code-odd", .manner = EDIT, .path = REQUESTS, .what = "code", .text = "\"K7QM-3XPD-9R4U\""},
    {.name = "application-path",
        .manner = EDIT,
        .path = REQUESTS,
        .what = "application",
        .text = "{\"name\":\"../../etc/passwd\",\"size\":5,\"sha256\":\"" ZEROS "\"}"},
    {.name = "match-none", .manner = EDIT, .path = REQUESTS, .what = "match", .text = "null"},
    {.name = "match-short", .manner = EDIT, .path = REQUESTS, .what = "match", .text = "\"K1BQY5P\""},
    {.name = "match-blank", .manner = EDIT, .path = REQUESTS, .what = "match", .text = "\"K1BQ Y5P\""},
    {.name = "match-escape", .manner = EDIT, .path = REQUESTS, .what = "match", .text = "\"K1B\\u001b[1m\""},
    {.name = "match-other", .manner = EDIT, .path = REQUESTS, .what = "match", .text = "\"5YGJRXC1\""},
    {.name = "application-none", .manner = EDIT, .path = REQUESTS, .what = "application", .text = "null"},
    {.name = "digest-other", .manner = EDIT, .path = "/v1/signatures", .what = "sha256", .text = "\"" ZEROS "\""},
    {.name = "number-odd", .manner = EDIT, .path = "/v1/signatures", .what = "number", .text = "\"\\u001b[2J\""},
    {.name = "state-odd", .manner = EDIT, .path = "/v1/signatures", .what = "state", .text = "\"perhaps\""},
    /* the receipt */
    {.name = "receipt-type", .manner = TYPE, .path = RECEIPT, .text = "application/zip"},
    {.name = "receipt-html", .manner = BODY, .path = RECEIPT, .text = "<html>bak\xc4\xb1m</html>"},
    {.name = "receipt-empty", .manner = BODY, .path = RECEIPT, .text = ""},
    {.name = "receipt-endless", .manner = ENDLESS, .path = RECEIPT},
    {.name = "receipt-cut", .manner = CUT, .path = RECEIPT},
    {.name = "receipt-silent", .manner = SILENT, .path = RECEIPT},
    {.name = "receipt-elsewhere", .manner = REDIRECT, .path = RECEIPT, .text = "https://127.0.0.1:1/v1/receipt"},
    {.name = "short-code-odd", .manner = EDIT, .path = RECEIPT "/code", .what = "code", .text = "\"K7QM-3XPD-9R4U\""},
    {.name = "short-code-long", .manner = EDIT, .path = RECEIPT "/code", .what = "expires_in", .text = "99999999"},
    {.name = "short-code-http", .manner = EDIT, .path = RECEIPT "/code", .what = "url", .text = "\"http://a/x\""},
    {.name = "short-code-escape",
        .manner = EDIT,
        .path = RECEIPT "/code",
        .what = "url",
        .text = "\"https://a/\\u001b]52;c;QUJD\\u0007\""},
    {.name = "short-code-blank", .manner = EDIT, .path = RECEIPT "/code", .what = "url", .text = "\"https://a/ b\""},
    /* the gateway */
    {.name = "gateway-elsewhere",
        .manner = EDIT,
        .path = LOGIN,
        .what = "gateway",
        .text = "{\"name\":\"e-Devlet\",\"authorize_url\":\"https://127.0.0.1:1/OAuth2AuthorizationServer/x\"}"},
    {.name = "gateway-longer", .manner = EDIT, .path = LOGIN, .what = "gateway", .text = NULL},
    {.name = "gateway-page-elsewhere",
        .manner = REDIRECT,
        .path = "/OAuth2AuthorizationServer/AuthorizationController",
        .text = "https://127.0.0.1:1/Giris/gir"},
    {.name = "callback-elsewhere",
        .manner = REDIRECT,
        .path = GATE,
        .text = "https://127.0.0.1:1/v1/login/callback?code=abc&state=def"},
    {.name = "methods-odd", .manner = EDIT, .path = GATE, .what = "methods", .text = "[\"password\",\"mind-reading\"]"},
    {.name = "methods-type", .manner = EDIT, .path = GATE, .what = "methods", .text = "[1,2]"},
    {.name = "gateway-html", .manner = TYPE, .path = GATE, .text = "text/html"},
    {.name = "login-pending", .manner = EDIT, .path = LOGIN, .what = "state", .text = "\"pending\""},
    {.name = "login-refused", .manner = EDIT, .path = LOGIN, .what = "state", .text = "\"refused\""},
    {.name = "silent-gate", .manner = SILENT, .path = GATE},
    {.name = "cut-gate", .manner = CUT, .path = GATE},
    /* what it says of itself */
    {.name = "health-store", .manner = EDIT, .path = HEALTH, .what = "store", .text = "\"away\""},
    {.name = "health-stamps", .manner = EDIT, .path = HEALTH, .what = "timestamp", .text = "\"away\""},
    {.name = "health-time", .manner = EDIT, .path = HEALTH, .what = "time", .text = "\"yesterday\""},
    {.name = "health-odd", .manner = EDIT, .path = HEALTH, .what = "revocation", .text = "\"perhaps\""},
    {.name = "health-html", .manner = TYPE, .path = HEALTH, .text = "text/html"},
    /* sending */
    {.name = "endless-body", .manner = ENDLESS},
    {.name = "endless-head", .manner = ENDLESS_HEAD},
    {.name = "drip", .manner = DRIP},
    {.name = "silent", .manner = SILENT},
    {.name = "cut", .manner = CUT},
    {.name = "hang-up", .manner = HANG_UP},
    {.name = "plain", .manner = PLAIN},
    {.name = "not-http", .manner = NOT_HTTP},
    {.name = "tls-name", .manner = TLS, .tls = TLS_OTHER_NAME},
    {.name = "tls-ca", .manner = TLS, .tls = TLS_OTHER_CA},
    {.name = "tls-expired", .manner = TLS, .tls = TLS_EXPIRED},
    /* the download */
    {.name = "file-cut", .manner = CUT, .path = APPLICATION},
    {.name = "file-slow", .manner = FILE_SLOW, .path = APPLICATION},
    {.name = "file-other", .manner = FILE_OTHER, .path = APPLICATION},
    {.name = "file-long", .manner = FILE_LONG, .path = APPLICATION},
    {.name = "file-range", .manner = FILE_RANGE, .path = APPLICATION},
    {.name = "file-whole", .manner = FILE_WHOLE, .path = APPLICATION},
    {.name = "file-forged", .manner = FILE_FORGED, .path = APPLICATION},
    {.name = "file-silent", .manner = SILENT, .path = APPLICATION},
};

static const struct misbehaviour *find(const char *name)
{
    for (size_t i = 0; i < sizeof list / sizeof *list; i++)
        if (strcmp(list[i].name, name) == 0)
            return &list[i];
    fprintf(stderr, "hostile-service: unknown misbehaviour \"%s\"\n", name);
    exit(1);
}

struct order order_read(const char *dir)
{
    struct order o = {.status = 400};
    char path[4096], name[64] = "none";
    FILE *f;

    snprintf(path, sizeof path, "%s/misbehave", dir);
    f = fopen(path, "re");
    if (f != NULL) {
        if (fscanf(f, "%63s %63s %u %u", name, o.slug, &o.status, &o.retry_after_s) < 1)
            strcpy(name, "none");
        fclose(f);
    }
    o.is = find(name);
    return o;
}

bool order_is(const struct order *o, enum manner manner, const char *path)
{
    return o->is->manner == manner && (o->is->path == NULL || ascii_starts(path, o->is->path));
}
