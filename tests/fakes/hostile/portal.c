/* The good answers, from a table of routes, and the ways to spoil them. */
#include "config.h"
#include "hostile.h"
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/sha.h>
#include "base/ascii.h"
#include "base/code.h"
#include "base/match.h"
#include "base/when.h"

#define TOKEN "dGhpcyBpcyBhIHRlc3QgdG9rZW4sIG5vdCBhIHNlY3I"
#define REQUEST_TOKEN "dGhpcyBpcyBhIHRlc3QgcmVxdWVzdCB0b2tlbiwgbm8"
#define TEXT_GOOD "E-Onay (TEST): Elektronik imza başvurularımda ıslak imza aranmamasını kabul ediyorum.\n"
#define FILE_LEN 300000
#define HUGE_LEN 17000

struct route {
    const char *method, *path;
    void (*fill)(struct world *w, const struct order *o, const struct request *q, struct answer *a);
};

static void die(const char *what)
{
    fprintf(stderr, "hostile-service: %s\n", what);
    exit(1);
}

static void set_body(struct answer *a, unsigned status, const char *type, const void *bytes, size_t len)
{
    a->status = status;
    a->type = type;
    buf_reset(&a->body);
    if (buf_add(&a->body, bytes, len) != OK)
        die("answer too big");
}

static void set_json(struct answer *a, unsigned status, json_t *value)
{
    char *text = json_dumps(value, JSON_COMPACT);

    if (text == NULL)
        die("JSON");
    set_body(a, status, "application/json", text, strlen(text));
    free(text);
    json_decref(value);
}

static void add_header(struct answer *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void add_header(struct answer *a, const char *fmt, ...)
{
    size_t len = strlen(a->header);
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(a->header + len, sizeof a->header - len, fmt, ap);
    va_end(ap);
}

static void set_problem(struct answer *a, unsigned status, const char *slug, unsigned retry_after_s)
{
    json_t *p =
        json_pack("{s:s,s:s,s:i,s:s}", "type", "about:blank", "title", "TEST", "status", (int)status, "code", slug);

    if (retry_after_s > 0)
        json_object_set_new(p, "retry_after", json_integer((json_int_t)retry_after_s));
    set_json(a, status, p);
    a->type = "application/problem+json";
}

static void hex_digest(char out[65], const void *bytes, size_t len)
{
    uint8_t sum[SHA256_DIGEST_LENGTH];

    SHA256(bytes, len, sum);
    ascii_hex(out, sum, sizeof sum);
}

static void match_of(const char *text, char out[MATCH_LEN + 1])
{
    uint8_t sum[SHA256_DIGEST_LENGTH];
    char groups[MATCH_TEXT_LEN + 1];

    SHA256((const uint8_t *)text, strlen(text), sum);
    match_code(sum, groups);
    match_plain(groups, out);
}

static json_t *consent(const char *text)
{
    char sum[65];

    hex_digest(sum, text, strlen(text));
    return json_pack("{s:s,s:s,s:s,s:s,s:s}", "number", "2026-000042", "accepted_at", "2026-03-01T10:00:00Z", "sha256",
        sum, "state", "accepted", "timestamp", "none");
}

static void fill_health(struct world *w, const struct order *o, const struct request *q, struct answer *a)
{
    char time[WHEN_RFC3339];

    (void)w, (void)o, (void)q;
    when_rfc3339(time, when_utc());
    set_json(a, 200,
        json_pack("{s:s,s:s,s:s,s:b,s:s,s:s,s:s}", "status", "ok", "service", "TEST", "time", time, "test", 1, "store",
            "good", "revocation", "good", "timestamp", "good"));
}

static void fill_login(struct world *w, const struct order *o, const struct request *q, struct answer *a)
{
    char url[4096];

    (void)q;
    snprintf(url, sizeof url,
        "%s%s/OAuth2AuthorizationServer/AuthorizationController?response_type=code&client_id=TEST&state=def", w->url,
        strcmp(o->is->name, "gateway-longer") == 0 ? "0" : "");
    w->logged_in = false;
    w->consented = false;
    w->nonce[0] = '\0';
    set_json(a, 201,
        json_pack("{s:s,s:{s:s,s:s},s:i,s:i,s:i}", "login", TOKEN, "gateway", "name", "TEST gateway", "authorize_url",
            url, "expires_in", 600, "window", 240, "extensions", 3));
}

static void fill_session(struct world *w, const struct order *o, const struct request *q, struct answer *a)
{
    (void)o, (void)q;
    set_json(a, 200,
        json_pack("{s:s,s:{s:s,s:s},s:o}", "state", w->logged_in ? "complete" : "pending", "person", "name",
            "AYŞE ÖRNEK", "tckn_masked", "100******46", "consent", w->consented ? consent(TEXT_GOOD) : json_null()));
}

static void fill_logout(struct world *w, const struct order *o, const struct request *q, struct answer *a)
{
    (void)o, (void)q;
    w->logged_in = false;
    a->status = 204;
}

static void fill_callback(struct world *w, const struct order *o, const struct request *q, struct answer *a)
{
    (void)o;
    w->logged_in = strstr(q->query, "code=abc") != NULL && strstr(q->query, "state=def") != NULL;
    set_body(a, 200, "text/html", "<p>TEST</p>", 11);
}

static void fill_authorize(struct world *w, const struct order *o, const struct request *q, struct answer *a)
{
    (void)o, (void)q;
    a->status = 302;
    add_header(a, "Location: %s/Giris/gir?oauthClientId=TEST&continue=x\r\n", w->url);
}

static void fill_gate(struct world *w, const struct order *o, const struct request *q, struct answer *a)
{
    (void)w, (void)o;
    if (!q->wants_json)
        set_body(a, 200, "text/html", "<form>", 6);
    else
        set_json(a, 200,
            json_pack("{s:s,s:[s,s],s:s}", "name", "TEST gateway", "methods", "password", "e-signature", "page_token",
                "p4ge+tok/en="));
}

/* Words of the form decide: a password with "wrong" or "locked" in it is so. */
static void fill_enter(struct world *w, const struct order *o, const struct request *q, struct answer *a)
{
    const char *form = (const char *)q->body.data;

    (void)o;
    if (form == NULL || strstr(form, "page_token=p4ge%2Btok%2Fen%3D") == NULL || strstr(form, "tridField=") == NULL)
        set_body(a, 400, "text/plain", "form", 4);
    else if (strstr(form, "egpField=wrong") != NULL)
        set_json(a, 401, json_pack("{s:s}", "error", "login-refused"));
    else if (strstr(form, "egpField=locked") != NULL) {
        set_json(a, 429, json_pack("{s:s}", "error", "login-locked"));
        add_header(a, "Retry-After: 90\r\n");
    } else {
        a->status = 302;
        add_header(a, "Location: %s/v1/login/callback?code=abc&state=def\r\n", w->url);
    }
}

static void fill_bytes(uint8_t *bytes, size_t len)
{
    uint32_t x = 1;

    for (size_t i = 0; i < len; i++) {
        x = x * 1664525u + 1013904223u;
        bytes[i] = (uint8_t)(x >> 24);
    }
}

static void fill_request(struct world *w, const struct order *o, const struct request *q, struct answer *a)
{
    static const uint8_t random[CODE_LEN - 1] = {7, 1, 30, 4, 22, 9, 18, 27, 3, 11, 15};
    static uint8_t bytes[FILE_LEN];
    char code[CODE_LEN + 1], grouped[CODE_TEXT_LEN + 1], match[MATCH_LEN + 1], sum[65];

    (void)o, (void)q;
    if (w->consented) {
        json_t *p = json_pack("{s:s,s:s,s:i,s:s,s:o}", "type", "about:blank", "title", "TEST", "status", 409, "code",
            "already", "consent", consent(TEXT_GOOD));

        set_json(a, 409, p);
        a->type = "application/problem+json";
        return;
    }
    code_make(code, random);
    code_group(grouped, code);
    match_of(TEXT_GOOD, match);
    fill_bytes(bytes, sizeof bytes);
    hex_digest(sum, bytes, sizeof bytes);
    set_json(a, 201,
        json_pack("{s:s,s:s,s:i,s:i,s:i,s:{s:s,s:i,s:s}}", "code", grouped, "match", match, "expires_in", 900, "window",
            240, "extensions", 3, "application", "name", "eonay-test.tar.gz", "size", FILE_LEN, "sha256", sum));
}

/* The nonce that opened first is the one that opens; only while all is well, so that tests need not be in order. */
static bool is_elsewhere(struct world *w, const struct order *o, const struct request *q)
{
    json_t *body = json_loadb((const char *)q->body.data, q->body.len, 0, NULL);
    const char *nonce = json_string_value(json_object_get(body, "nonce"));
    bool other = w->nonce[0] != '\0' && nonce != NULL && strcmp(w->nonce, nonce) != 0;

    if (nonce != NULL && w->nonce[0] == '\0')
        snprintf(w->nonce, sizeof w->nonce, "%s", nonce);
    json_decref(body);
    return other && o->is->manner == AS_IT_SHOULD;
}

static void fill_opening(struct world *w, const struct order *o, const struct request *q, struct answer *a)
{
    char created[WHEN_RFC3339], now[WHEN_RFC3339], sum[65], *huge = NULL;
    const char *text = TEXT_GOOD;
    int64_t at = when_utc();

    if (is_elsewhere(w, o, q)) {
        set_problem(a, 409, "opened-elsewhere", 0);
        return;
    }
    if (order_is(o, TEXT, q->path)) {
        huge = calloc(1, HUGE_LEN + 1);
        memset(huge, 'a', HUGE_LEN);
        text = o->is->text != NULL ? o->is->text : huge;
    }
    hex_digest(sum, text, strlen(text));
    w->openings++;
    when_rfc3339(now, at);
    when_rfc3339(created, at / 3600 * 3600 - (order_is(o, REOPENED, q->path) ? (int64_t)w->openings : 0));
    set_json(a, 200,
        json_pack("{s:s,s:s,s:s,s:i,s:i,s:{s:s,s:s},s:[{s:s,s:s}],s:n}", "request", REQUEST_TOKEN, "created", created,
            "server_time", now, "closes_in", 240, "extensions", 3, "holder", "name", "AYŞE ÖRNEK", "tckn_masked",
            "100******46", "texts", "text", text, "sha256", sum, "profile"));
    free(huge);
}

static void fill_extend(struct world *w, const struct order *o, const struct request *q, struct answer *a)
{
    (void)w, (void)o, (void)q;
    set_json(a, 200, json_pack("{s:i,s:i}", "closes_in", 240, "extensions", 2));
}

/* The last one lies in DIR/signature. */
static void keep_signature(const struct world *w, const struct request *q)
{
    char path[4096];
    FILE *f;

    snprintf(path, sizeof path, "%s/signature", w->dir);
    f = fopen(path, "we");
    if (f == NULL || fwrite(q->body.data, 1, q->body.len, f) != q->body.len)
        die("signature");
    fclose(f);
}

static void fill_signature(struct world *w, const struct order *o, const struct request *q, struct answer *a)
{
    (void)o;
    if (q->body.len < 5) {
        set_problem(a, 422, "rej-form", 0);
        return;
    }
    keep_signature(w, q);
    w->consented = true;
    set_json(a, 200, consent(TEXT_GOOD));
}

/* What lies in DIR/receipt.asice; without that file it gives none. */
static void fill_receipt(struct world *w, const struct order *o, const struct request *q, struct answer *a)
{
    static uint8_t bytes[65536];
    char path[4096];
    FILE *f;

    (void)o, (void)q;
    snprintf(path, sizeof path, "%s/receipt.asice", w->dir);
    f = fopen(path, "re");
    if (f == NULL) {
        set_problem(a, 404, "receipt-off", 0);
        return;
    }
    set_body(a, 200, "application/vnd.etsi.asic-e+zip", bytes, fread(bytes, 1, sizeof bytes, f));
    fclose(f);
}

static void fill_receipt_code(struct world *w, const struct order *o, const struct request *q, struct answer *a)
{
    static const uint8_t random[CODE_LEN - 1] = {9, 2, 7};
    char code[CODE_LEN + 1], grouped[CODE_TEXT_LEN + 1], url[256];

    (void)o, (void)q;
    code_make(code, random);
    code_group(grouped, code);
    snprintf(url, sizeof url, "%s/v1/receipts/%s", w->url, code);
    set_json(a, 201, json_pack("{s:s,s:i,s:s}", "code", grouped, "expires_in", 3600, "url", url));
}

static void fill_file(struct world *w, const struct order *o, const struct request *q, struct answer *a)
{
    static uint8_t bytes[FILE_LEN + 1];
    uint64_t from = q->has_range && q->range_from < FILE_LEN && !order_is(o, FILE_WHOLE, q->path) ? q->range_from : 0;
    size_t len = FILE_LEN + (order_is(o, FILE_LONG, q->path) ? 1 : 0);

    (void)w;
    if (q->if_range[0] != '\0' && strcmp(q->if_range, "\"v1\"") != 0)
        from = 0;
    fill_bytes(bytes, sizeof bytes);
    if (order_is(o, FILE_OTHER, q->path))
        bytes[FILE_LEN - 1] ^= 1;
    add_header(a, "ETag: \"v1\"\r\n");
    if (from > 0)
        add_header(a, "Content-Range: bytes %llu-%d/%d\r\n",
            (unsigned long long)from - (order_is(o, FILE_RANGE, q->path) ? 1 : 0), FILE_LEN - 1, FILE_LEN);
    set_body(a, from > 0 ? 206 : 200, "application/gzip", bytes + from, len - from);
}

static void fill_file_signature(struct world *w, const struct order *o, const struct request *q, struct answer *a)
{
    static uint8_t bytes[FILE_LEN];

    fill_bytes(bytes, sizeof bytes);
    set_body(a, 200, "application/pkcs7-signature", "", 0);
    if (!pki_sign(&w->pki, order_is(o, FILE_FORGED, q->path), bytes, sizeof bytes, &a->body))
        die("CMS");
}

static const struct route routes[] = {
    {"GET", "/v1/health", fill_health},
    {"POST", "/v1/login", fill_login},
    {"GET", "/v1/login", fill_session},
    {"DELETE", "/v1/login", fill_logout},
    {"GET", "/v1/login/callback", fill_callback},
    {"GET", "/OAuth2AuthorizationServer/AuthorizationController", fill_authorize},
    {"GET", "/Giris/gir", fill_gate},
    {"POST", "/Giris/gir", fill_enter},
    {"POST", "/v1/consent-requests", fill_request},
    {"POST", "/v1/openings", fill_opening},
    {"POST", "/v1/openings/extend", fill_extend},
    {"POST", "/v1/signatures", fill_signature},
    {"GET", "/v1/receipt", fill_receipt},
    {"POST", "/v1/receipt/code", fill_receipt_code},
    {"GET", "/v1/application/eonay-test.tar.gz", fill_file},
    {"GET", "/v1/application/eonay-test.tar.gz.p7s", fill_file_signature},
};

static void edit(struct answer *a, const struct misbehaviour *m)
{
    json_t *value = json_loadb((const char *)a->body.data, a->body.len, JSON_ALLOW_NUL, NULL);
    json_t *part = m->text != NULL ? json_loads(m->text, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL) : NULL;

    if (json_object_get(value, m->what) != NULL && part != NULL) {
        const char *type = a->type;

        json_object_set(value, m->what, part);
        set_json(a, a->status, json_incref(value));
        a->type = type;
    }
    json_decref(value);
    json_decref(part);
}

static void spoil(const struct order *o, const struct request *q, struct answer *a)
{
    const struct misbehaviour *m = o->is;

    if (order_is(o, EDIT, q->path))
        edit(a, m);
    if (order_is(o, BODY, q->path))
        set_body(a, a->status, a->type, m->text, strlen(m->text));
    if (order_is(o, TYPE, q->path))
        a->type = m->text;
    if (order_is(o, PROBLEM, q->path))
        set_problem(a, o->status, o->slug, o->retry_after_s);
    if (order_is(o, REDIRECT, q->path) && (a->status == 302 || ascii_starts(q->path, "/v1/"))) {
        a->status = 302;
        a->header[0] = '\0';
        add_header(a, "Location: %s\r\n", m->text);
    }
}

void portal_answer(struct world *w, const struct order *o, const struct request *q, struct answer *a)
{
    set_problem(a, 404, "not-found", 0);
    for (size_t i = 0; i < sizeof routes / sizeof *routes; i++)
        if (strcmp(routes[i].method, q->method) == 0 && strcmp(routes[i].path, q->path) == 0) {
            buf_reset(&a->body);
            a->type = "text/plain";
            routes[i].fill(w, o, q, a);
        }
    spoil(o, q, a);
}
