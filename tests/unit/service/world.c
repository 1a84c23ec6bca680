#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
#include <openssl/ocsp.h>
#include <openssl/x509v3.h>
#include "base/when.h"
#include "fakes/pki_status.h"
#include "http/url.h"
#include "sign/cades.h"
#include "world.h"

/* ---- the gateway ---- */

static void lock(struct world *w)
{
    pthread_mutex_lock(&w->lock);
}

static void unlock(struct world *w)
{
    pthread_cond_broadcast(&w->changed);
    pthread_mutex_unlock(&w->lock);
}

static bool field_is(const struct httpd_request *q, const char *name, const char *value)
{
    char got[600] = "";
    return httpd_form(q, name, got, sizeof got) == OK && strcmp(got, value) == 0;
}

static bool pkce_holds(const struct world *w, const struct httpd_request *q)
{
    char verifier[TOKEN_LEN + 1] = "", challenge[TOKEN_LEN + 1];
    if (httpd_form(q, "code_verifier", verifier, sizeof verifier) != OK)
        return false;
    struct digest d = digest_of(verifier, strlen(verifier));
    base64url(challenge, d.v, sizeof d.v);
    return strcmp(challenge, w->challenge) == 0;
}

static void on_token(void *ctx, struct httpd_request *q, struct httpd_answer *a)
{
    struct world *w = ctx;
    char endless[20000];
    lock(w);
    w->redeemed++;
    bool good = field_is(q, "grant_type", "authorization_code") && field_is(q, "code", "right code") &&
                field_is(q, "client_id", "kiosk") && field_is(q, "client_secret", "gizli") && pkce_holds(w, q);
    if (w->gateway == GATEWAY_GARBLED) {
        httpd_text(a, 200, "text/html", "<html>bakım</html>");
    } else if (w->gateway == GATEWAY_ENDLESS) {
        memset(endless, ' ', sizeof endless);
        httpd_bytes(a, 200, "application/json", endless, sizeof endless);
    } else if (w->gateway == GATEWAY_REFUSES || !good) {
        httpd_json(a, 200, json_pack("{s:s}", "error", "invalid_grant"));
    } else {
        httpd_json(a, 200, json_pack("{s:s}", "access_token", "belge"));
    }
    unlock(w);
}

static void on_person(void *ctx, struct httpd_request *q, struct httpd_answer *a)
{
    struct world *w = ctx;
    lock(w);
    bool good = field_is(q, "clientId", "kiosk") && field_is(q, "accessToken", "belge") &&
                field_is(q, "resourceId", "1") && field_is(q, "kapsam", "Kimlik-Dogrula;Ad-Soyad");
    const char *tckn = w->gateway == GATEWAY_BAD_TCKN ? "12345678901" : w->tckn;
    if (!good || w->gateway == GATEWAY_NOBODY)
        httpd_json(a, 200, json_pack("{s:s, s:s}", "sonucKodu", "EDV09.001", "sonucAciklamasi", "Kayıt yok"));
    else
        httpd_json(a, 200,
            json_pack("{s:s, s:s, s:{s:s, s:s, s:s}}", "sonucKodu", "EDV09.000", "sonucAciklamasi", "İşlem başarılı",
                "kullaniciBilgileri", "kimlikNo", tckn, "ad", "DENEME\a", "soyad", "KİŞİ"));
    unlock(w);
}

static const struct httpd_route gateway_routes[] = {
    {"POST", "/OAuth2AuthorizationServer/AccessTokenController", on_token, 8192, FORM_TYPE, false},
    {"POST", "/OAuth2AuthorizationServer/AuthenticationController", on_person, 8192, FORM_TYPE, false},
};

/* ---- the authority ---- */

/* The mood to answer in; AUTHORITY_HANGS waits for another one. */
static enum authority_mood mood_of(struct world *w, const enum authority_mood *mood)
{
    w->hanging++;
    pthread_cond_broadcast(&w->changed);
    while (*mood == AUTHORITY_HANGS)
        pthread_cond_wait(&w->changed, &w->lock);
    w->hanging--;
    return *mood;
}

/* What the authority says in this mood; the world is locked. */
static struct pki_status status_of(struct world *w, enum authority_mood mood)
{
    int64_t now = when_utc() + w->offset_s;
    bool bad = mood == AUTHORITY_REVOKED || mood == AUTHORITY_SUSPENDED;
    return (struct pki_status){.by = &w->pki.issuer,
        .status = bad                         ? V_OCSP_CERTSTATUS_REVOKED
                  : mood == AUTHORITY_UNKNOWN ? V_OCSP_CERTSTATUS_UNKNOWN
                                              : V_OCSP_CERTSTATUS_GOOD,
        .reason = mood == AUTHORITY_SUSPENDED ? CRL_REASON_CERTIFICATE_HOLD : CRL_REASON_KEY_COMPROMISE,
        .revoked_at = w->revoked_at,
        .this_update = now,
        .next_update = now + 600};
}

static void answer_der(struct httpd_answer *a, const char *type, struct buf *der)
{
    httpd_bytes(a, 200, type, der->data, der->len);
    buf_done(der);
}

static void on_ocsp(void *ctx, struct httpd_request *q, struct httpd_answer *a)
{
    struct world *w = ctx;
    struct buf request = BUF_INIT(8192), der = BUF_INIT(65536);
    size_t len;
    const uint8_t *bytes = httpd_body(q, &len);
    assert_int_equal(buf_add(&request, bytes, len), OK);
    lock(w);
    w->asked_ocsp++;
    struct pki_status s = status_of(w, mood_of(w, &w->ocsp));
    s.by = w->responder ? w->responder : s.by;
    if (w->ocsp == AUTHORITY_AWAY) {
        httpd_text(a, 503, "text/plain", "away");
    } else {
        pki_ocsp_answer(&w->pki, &request, &s, &der);
        answer_der(a, "application/ocsp-response", &der);
    }
    unlock(w);
    buf_done(&request);
}

static void on_crl(void *ctx, struct httpd_request *q, struct httpd_answer *a)
{
    struct world *w = ctx;
    struct buf der = BUF_INIT(65536);
    (void)q;
    lock(w);
    w->asked_crl++;
    enum authority_mood mood = mood_of(w, &w->crl);
    struct pki_status s = status_of(w, mood);
    s.this_update -= w->crl_age_s;
    if (mood == AUTHORITY_AWAY) {
        httpd_text(a, 503, "text/plain", "away");
    } else {
        pki_crl(&w->pki, s.status == V_OCSP_CERTSTATUS_REVOKED ? w->last : NULL, &s, &der);
        answer_der(a, "application/pkix-crl", &der);
    }
    unlock(w);
}

/* The root's, over the issuing authority: made a day ago, the next one comes in a month. */
static void on_root_crl(void *ctx, struct httpd_request *q, struct httpd_answer *a)
{
    struct world *w = ctx;
    struct buf der = BUF_INIT(65536);
    (void)q;
    lock(w);
    w->asked_root++;
    struct pki upper = w->pki;
    struct pki_status s = status_of(w, w->root_crl);
    upper.issuer = upper.root;
    s.by = &w->pki.root;
    s.this_update -= 86400;
    s.next_update += 30 * 86400;
    if (w->root_crl == AUTHORITY_AWAY) {
        httpd_text(a, 503, "text/plain", "away");
    } else {
        pki_crl(&upper, s.status == V_OCSP_CERTSTATUS_REVOKED ? w->pki.issuer.cert : NULL, &s, &der);
        answer_der(a, "application/pkix-crl", &der);
    }
    unlock(w);
}

static const struct httpd_route authority_routes[] = {
    {"POST", "/ocsp", on_ocsp, 8192, "application/ocsp-request", true},
    {"GET", "/crl", on_crl, 0, NULL, true},
    {"GET", "/root.crl", on_root_crl, 0, NULL, true},
};

void world_mood(struct world *w, enum authority_mood ocsp, enum authority_mood crl)
{
    lock(w);
    w->ocsp = ocsp;
    w->crl = crl;
    unlock(w);
}

void world_wait_hanging(struct world *w, unsigned n)
{
    pthread_mutex_lock(&w->lock);
    while (w->hanging < n)
        pthread_cond_wait(&w->changed, &w->lock);
    pthread_mutex_unlock(&w->lock);
}

/* ---- the world ---- */

char *world_path(const struct world *w, const char *name)
{
    char *path = NULL;
    assert_true(asprintf(&path, "%s/%s", w->dir, name) > 0);
    return path;
}

static void write_text(const struct world *w, const char *name, const void *bytes, size_t len)
{
    char *path = world_path(w, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, len, f), len);
    assert_int_equal(fclose(f), 0);
    free(path);
}

static void write_yaml(struct world *w, const char *more)
{
    char yaml[4096];
    int len = snprintf(yaml, sizeof yaml,
        "listen: \"127.0.0.1:0\"\ntls_cert: tls.crt\ntls_key: tls.key\nstore: store.db\nservice: TEST E-Onay\n"
        "trust: ca.pem\ntexts: text.txt\nclock_file: clock\ntest: true\nlog_file: log\nurl_file: url\npid_file: pid\n"
        "gateway:\n  url: %s\n  client_id: kiosk\n  client_secret_file: secret\n  scopes: [Kimlik-Dogrula, Ad-Soyad]\n"
        "  tls_ca: tls.crt\napplication:\n  file: app.tar.gz\n  signature: app.tar.gz.p7s\n%s",
        w->gateway_url, more);
    write_text(w, "service.yaml", yaml, (size_t)len);
}

static void read_consent_text(struct world *w)
{
    char path[1024];
    const char *src = getenv("EONAY_SRC");
    struct buf b = BUF_INIT(sizeof w->text - 1);
    struct err err = {0};
    snprintf(path, sizeof path, "%s/data/consent-tr.txt", src ? src : ".");
    if (buf_read_file(&b, path, &err) != OK)
        fail_msg("%s", err.detail);
    memcpy(w->text, b.data, b.len);
    w->text_len = b.len;
    buf_done(&b);
}

static struct httpd *serve(struct world *w, const struct httpd_route *routes, size_t count, bool tls, char url[64])
{
    struct httpd *h = NULL;
    struct err err = {0};
    struct httpd_conf conf = {.listen = "127.0.0.1:0",
        .routes = routes,
        .route_count = count,
        .ctx = w,
        .slow_threads = REVOCATION_CALLS + 4,
        .drain_s = 2};
    if (tls) {
        conf.tls_cert = w->tls.cert;
        conf.tls_key = w->tls.key;
    }
    if (httpd_new(&conf, &h, &err) != OK)
        fail_msg("%s", err.detail);
    httpd_url(h, url, 64);
    return h;
}

static void write_files(struct world *w, const char *more_yaml)
{
    char *ca = world_path(w, "ca.pem");
    pki_write_ca(&w->pki, ca);
    free(ca);
    write_text(w, "secret", "gizli\n", 6);
    write_text(w, "text.txt", w->text, w->text_len);
    write_text(w, "app.tar.gz", "uygulama", 8);
    write_text(w, "app.tar.gz.p7s", "imza", 4);
    write_yaml(w, more_yaml);
}

void world_open(struct world *w, const char *more_yaml)
{
    char authority[64];
    struct err err = {0};
    memset(w, 0, sizeof *w);
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->changed, NULL);
    strcpy(w->dir, "/tmp/eonay-service-XXXXXX");
    assert_non_null(mkdtemp(w->dir));
    tls_pair_make(&w->tls, w->dir);
    pki_init(&w->pki);
    read_consent_text(w);
    w->gateway_server = serve(w, gateway_routes, 2, true, w->gateway_url);
    w->authority_server = serve(w, authority_routes, 3, false, authority);
    snprintf(w->ocsp_url, sizeof w->ocsp_url, "%.50s/ocsp", authority);
    snprintf(w->crl_url, sizeof w->crl_url, "%.50s/crl", authority);
    write_files(w, more_yaml);
    char *yaml = world_path(w, "service.yaml");
    if (service_conf_load(yaml, &w->conf, &err) != OK)
        fail_msg("%s", err.detail);
    free(yaml);
    w->client = world_client(w);
}

void world_close(struct world *w)
{
    char line[100];
    world_mood(w, AUTHORITY_GOOD, AUTHORITY_GOOD); /* nobody keeps hanging */
    http_free(&w->client);
    world_stop(w);
    httpd_free(&w->gateway_server);
    httpd_free(&w->authority_server);
    service_conf_free(&w->conf);
    X509_free(w->last);
    pki_done(&w->pki);
    snprintf(line, sizeof line, "rm -r %s", w->dir);
    assert_int_equal(system(line), 0);
    pthread_cond_destroy(&w->changed);
    pthread_mutex_destroy(&w->lock);
}

void world_watch_issuer(struct world *w)
{
    char line[100];
    X509 *x = X509_dup(w->pki.issuer.cert);
    snprintf(line, sizeof line, "URI:%.*s/root.crl", (int)(strlen(w->crl_url) - strlen("/crl")), w->crl_url);
    X509_EXTENSION *point = X509V3_EXT_conf_nid(NULL, NULL, NID_crl_distribution_points, line);
    assert_non_null(point);
    assert_int_equal(X509_add_ext(x, point, -1), 1);
    assert_true(X509_sign(x, w->pki.root.key, EVP_sha256()) > 0);
    X509_EXTENSION_free(point);
    X509_free(w->pki.issuer.cert);
    w->pki.issuer.cert = x;
    char *ca = world_path(w, "ca.pem");
    pki_write_ca(&w->pki, ca);
    free(ca);
}

void world_start(struct world *w)
{
    struct err err = {0};
    if (portal_open(&w->conf, &w->portal, &err) != OK)
        fail_msg("%s", err.detail);
    snprintf(w->url, sizeof w->url, "%s", w->portal->url);
}

void world_stop(struct world *w)
{
    portal_close(&w->portal);
}

void world_clock(struct world *w, int64_t offset_s)
{
    char line[32];
    lock(w);
    w->offset_s = offset_s;
    unlock(w);
    snprintf(line, sizeof line, "%+lld\n", (long long)offset_s);
    write_text(w, "clock.part", line, strlen(line));
    char *from = world_path(w, "clock.part"), *to = world_path(w, "clock");
    assert_int_equal(rename(from, to), 0);
    free(from);
    free(to);
}

struct http *world_client(struct world *w)
{
    struct http *h = NULL;
    struct http_setup how = {.ca_file = w->tls.cert, .total_ms = 20000};
    assert_int_equal(http_new(&how, &h), OK);
    return h;
}

/* ---- the API ---- */

struct reply world_call(struct world *w, struct http *http, const char *method, const char *path, const char *bearer,
    const char *type, const void *body, size_t len)
{
    char url[1024];
    struct reply r = {0};
    struct err err = {0};
    struct buf got = BUF_INIT(200000);
    snprintf(url, sizeof url, "%s%s", w->url, path);
    struct http_request q = {
        .method = method, .url = url, .bearer = bearer, .type = type, .body = body, .body_len = len};
    enum err_code e = http_call(http ? http : w->client, &q, &got, &r.head, &err);
    if (e != OK)
        fail_msg("%s %s: %s %s", method, path, note_of(e)->slug, err.detail);
    r.status = r.head.status;
    r.json = got.len > 0 ? json_loadb((const char *)got.data, got.len, 0, NULL) : NULL;
    buf_done(&got);
    return r;
}

struct reply world_json(struct world *w, const char *method, const char *path, const char *bearer, const char *body)
{
    return world_call(w, NULL, method, path, bearer, body ? "application/json" : NULL, body, body ? strlen(body) : 0);
}

void reply_done(struct reply *r)
{
    json_decref(r->json);
    r->json = NULL;
}

void expect(struct reply r, int status, const char *code)
{
    const char *got = json_string_value(json_object_get(r.json, "code"));
    if (r.status != status || (code && (!got || strcmp(got, code) != 0)))
        fail_msg("wanted %d %s, got %d %s", status, code ? code : "", r.status, got ? got : "");
    reply_done(&r);
}

const char *reply_str(const struct reply *r, const char *member)
{
    const char *s = json_string_value(json_object_get(r->json, member));
    if (!s)
        fail_msg("%d: no %s", r->status, member);
    return s;
}

int64_t reply_int(const struct reply *r, const char *member)
{
    const json_t *n = json_object_get(r->json, member);
    if (!json_is_integer(n))
        fail_msg("%d: no %s", r->status, member);
    return json_integer_value(n);
}

/* ---- the way of one person ---- */

/* The value of a query parameter that needs no decoding. */
static void parameter(const char *url, const char *name, char *out, size_t out_len)
{
    char key[40];
    snprintf(key, sizeof key, "%s=", name);
    const char *from = strstr(url, key);
    assert_non_null(from);
    size_t len = strcspn(from += strlen(key), "&");
    assert_true(len < out_len);
    memcpy(out, from, len);
    out[len] = '\0';
}

void visit_begin(struct world *w, struct visit *v)
{
    struct reply r = world_json(w, "POST", "/v1/login", NULL, "{}");
    assert_int_equal(r.status, 201);
    const char *url = json_string_value(json_object_get(json_object_get(r.json, "gateway"), "authorize_url"));
    assert_non_null(url);
    assert_true(url_is_under(url, w->gateway_url));
    assert_non_null(strstr(url, "scope=Kimlik-Dogrula%3BAd-Soyad&"));
    assert_non_null(strstr(url, "code_challenge_method=S256"));
    parameter(url, "state", v->state, sizeof v->state);
    snprintf(v->token, sizeof v->token, "%s", reply_str(&r, "login"));
    lock(w);
    parameter(url, "code_challenge", w->challenge, sizeof w->challenge);
    unlock(w);
    reply_done(&r);
}

struct reply visit_callback(struct world *w, const struct visit *v, const char *query)
{
    char path[400];
    snprintf(path, sizeof path, "/v1/login/callback?state=%s&%s", v->state, query);
    return world_json(w, "GET", path, NULL, NULL);
}

void visit_login(struct world *w, struct visit *v, const char *tckn)
{
    memset(v, 0, sizeof *v);
    lock(w);
    strcpy(w->tckn, tckn);
    unlock(w);
    visit_begin(w, v);
    expect(visit_callback(w, v, "code=right+code"), 200, NULL);
    struct reply r = world_json(w, "GET", "/v1/login", v->token, NULL);
    assert_int_equal(r.status, 200);
    assert_string_equal(reply_str(&r, "state"), "complete");
    reply_done(&r);
}

void visit_issue(struct world *w, struct visit *v)
{
    struct reply r = world_json(w, "POST", "/v1/consent-requests", v->token, "{}");
    assert_int_equal(r.status, 201);
    snprintf(v->code, sizeof v->code, "%s", reply_str(&r, "code"));
    reply_done(&r);
}

struct reply visit_try_open(struct world *w, const char *code, const char *nonce)
{
    char body[300];
    snprintf(body, sizeof body, "{\"code\":\"%s\",\"nonce\":\"%s\"}", code, nonce);
    return world_json(w, "POST", "/v1/openings", NULL, body);
}

void visit_open(struct world *w, struct visit *v, const char *nonce)
{
    static unsigned turn;
    if (nonce)
        snprintf(v->nonce, sizeof v->nonce, "%s", nonce);
    else
        snprintf(v->nonce, sizeof v->nonce, "%032x", ++turn);
    struct reply r = visit_try_open(w, v->code, v->nonce);
    assert_int_equal(r.status, 200);
    snprintf(v->request, sizeof v->request, "%s", reply_str(&r, "request"));
    assert_true(when_parse(reply_str(&r, "created"), &v->created));
    assert_true(when_parse(reply_str(&r, "server_time"), &v->server_time));
    v->closes_in = reply_int(&r, "closes_in");
    v->extensions = reply_int(&r, "extensions");
    const json_t *texts = json_object_get(r.json, "texts");
    assert_int_equal(json_array_size(texts), 1);
    assert_string_equal(json_string_value(json_object_get(json_array_get(texts, 0), "text")), w->text);
    reply_done(&r);
}

void visit_all(struct world *w, struct visit *v, const char *tckn)
{
    visit_login(w, v, tckn);
    visit_issue(w, v);
    visit_open(w, v, NULL);
}

static const char *bare_code(const struct visit *v)
{
    static char bare[CODE_LEN + 1];
    size_t symbols;
    assert_int_equal(code_read(v->code, strlen(v->code), bare, &symbols), CODE_FITS);
    return bare;
}

struct consent_claim visit_claim(const struct world *w, const struct visit *v)
{
    return (struct consent_claim){.service = "TEST E-Onay",
        .code = bare_code(v),
        .created = v->created,
        .signing_time = v->server_time,
        .text = (const uint8_t *)w->text,
        .text_len = w->text_len,
        .profile = w->portal != NULL ? w->portal->profile : PROFILE_BASELINE};
}

void visit_sign(struct world *w, const struct consent_claim *claim, const struct pki_identity *who, struct buf *ret_cms)
{
    struct cades *c = NULL;
    struct err err = {0};
    const uint8_t *to_sign;
    uint8_t signature[PKI_SIGNATURE_MAX];
    size_t len;
    STACK_OF(X509) *chain = pki_chain(&w->pki);
    *ret_cms = BUF_INIT(CADES_MAX);
    if (cades_begin(claim, who->cert, chain, &c, &err) != OK)
        fail_msg("%s", err.detail);
    cades_to_sign(c, &to_sign, &len);
    len = pki_sign(who, to_sign, len, signature);
    if (cades_finish(c, signature, len, ret_cms, &err) != OK)
        fail_msg("%s", err.detail);
    cades_free(&c);
    sk_X509_pop_free(chain, X509_free);
}

struct reply visit_submit(struct world *w, const struct visit *v, const struct buf *cms)
{
    return world_call(
        w, NULL, "POST", "/v1/signatures", v->request, "application/pkcs7-signature", cms->data, cms->len);
}

struct pki_identity world_person(struct world *w, const char *tckn, enum pki_key key, unsigned flaws)
{
    struct pki_spec spec = {
        .name = "TEST KİŞİ", .tckn = tckn, .key = key, .flaws = flaws, .ocsp_url = w->ocsp_url, .crl_url = w->crl_url};
    struct pki_identity who = pki_issue(&w->pki, &spec);
    lock(w);
    X509_free(w->last);
    X509_up_ref(who.cert);
    w->last = who.cert;
    unlock(w);
    return who;
}

void made_tckn(char out[12], unsigned n)
{
    int d[11], odd = 0, even = 0, sum = 0;
    unsigned rest = 100000000 + n;
    for (int i = 8; i >= 0; i--, rest /= 10)
        d[i] = (int)(rest % 10);
    for (int i = 0; i < 9; i++)
        *(i % 2 == 0 ? &odd : &even) += d[i];
    d[9] = ((7 * odd - even) % 10 + 10) % 10;
    for (int i = 0; i < 10; i++)
        sum += d[i];
    d[10] = sum % 10;
    for (int i = 0; i < 11; i++)
        out[i] = (char)('0' + d[i]);
    out[11] = '\0';
}
