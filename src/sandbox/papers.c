/* What a sandbox writes for others. */
#include "config.h"

#include "sandbox/papers.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <openssl/evp.h>
#include "base/ascii.h"
#include "sandbox/parts.h"
#include "sandbox/publish.h"
#include "sandbox/world.h"

#define PAPER_MAX 65536
#define TEXT_NAME "consent-tr.txt"
#define SECRET_NAME "gateway-client.secret"

/* A paper being written. The first failure stays, so that it is asked for once at the end. A key that a setting gives
 * ("service.threads=2") is left to it. */
struct sheet {
    const struct box *box;
    const json_t *settings; /* NULL: shell variables */
    const char *prefix;     /* "service." */
    struct buf text;
    enum err_code rc;
};

static void put_raw(struct sheet *s, const char *text)
{
    if (s->rc == OK)
        s->rc = buf_str(&s->text, text);
}

/* The value with `mark` before every character of `special`. Control characters never come here: box_open and
 * setting_put keep them out. */
static void put_escaped(struct sheet *s, const char *value, const char *special, const char *mark)
{
    for (; s->rc == OK && *value != '\0'; value++) {
        if (strchr(special, *value) != NULL)
            put_raw(s, mark);
        if (s->rc == OK)
            s->rc = buf_add(&s->text, value, 1);
    }
}

static bool is_given(const struct sheet *s, const char *key)
{
    char name[128];
    snprintf(name, sizeof name, "%s%s", s->prefix, key);
    return json_object_get(s->settings, name) != NULL;
}

/* ---- YAML ---- */

static void put_key(struct sheet *s, const char *key, const char *value)
{
    put_raw(s, key);
    put_raw(s, ": \"");
    put_escaped(s, value, "\"\\", "\\");
    put_raw(s, "\"\n");
}

static void put(struct sheet *s, const char *key, const char *value)
{
    if (!is_given(s, key))
        put_key(s, key, value);
}

/* A path inside the sandbox's folder. */
static void put_path(struct sheet *s, const char *key, const char *inside)
{
    char path[PATH_MAX];
    box_path(s->box, path, inside);
    put(s, key, path);
}

/* A word or number as it is. */
static void put_plain(struct sheet *s, const char *key, const char *value)
{
    if (value == NULL || is_given(s, key))
        return;
    put_raw(s, key);
    put_raw(s, ": ");
    put_raw(s, value);
    put_raw(s, "\n");
}

/* What the settings hand through, one line each. */
static void put_given(struct sheet *s)
{
    const char *key;
    const json_t *value;
    json_t *all = (json_t *)(uintptr_t)s->settings; /* the macro below reads only */
    json_object_foreach(all, key, value)
    {
        if (!ascii_starts(key, s->prefix))
            continue;
        put_raw(s, key + strlen(s->prefix));
        put_raw(s, ": ");
        put_raw(s, json_string_value(value));
        put_raw(s, "\n");
    }
}

static enum err_code finish(struct sheet *s, const char *name, struct err *err)
{
    if (s->rc == OK)
        s->rc = box_write(s->box, name, &s->text, err);
    buf_done(&s->text);
    return s->rc;
}

/* ---- the consent text ---- */

static enum err_code read_consent(struct buf *text, struct err *err)
{
    char path[PATH_MAX];
    enum err_code rc = part_find(path, TEXT_NAME, err);
    return rc == OK ? buf_read_file(text, path, err) : rc;
}

static enum err_code consent_digest(char hex[65], struct err *err)
{
    unsigned char md[32];
    struct buf text = BUF_INIT(65536);
    enum err_code rc = read_consent(&text, err);
    if (rc == OK && EVP_Digest(text.data, text.len, md, NULL, EVP_sha256(), NULL) != 1)
        rc = ERR_CRYPTO;
    if (rc == OK)
        ascii_hex(hex, md, sizeof md);
    buf_done(&text);
    return rc;
}

/* ---- service.yaml ---- */

static enum err_code write_service_files(const struct box *b, struct err *err)
{
    struct buf text = BUF_INIT(65536), secret = BUF_INIT(256);
    enum err_code rc = read_consent(&text, err);
    if (rc == OK)
        rc = box_write(b, "service/" TEXT_NAME, &text, err);
    if (rc == OK)
        rc = buf_str(&secret, CLIENT_SECRET);
    if (rc == OK)
        rc = box_write(b, "service/" SECRET_NAME, &secret, err);
    buf_done(&secret);
    buf_done(&text);
    return rc;
}

static void put_ledger(struct sheet *s)
{
    char key[PATH_MAX], certificate[PATH_MAX];
    if (is_given(s, "ledger"))
        return;
    box_path(s->box, key, "ca/service-seal.key");
    box_path(s->box, certificate, "ca/service-seal.pem");
    put_raw(s, "ledger:\n");
    put_key(s, "  name", SERVICE_NAME);
    put_key(s, "  key", key);
    put_key(s, "  certificate", certificate);
}

static void put_receipt(struct sheet *s)
{
    char key[PATH_MAX], certificate[PATH_MAX];
    if (is_given(s, "receipt"))
        return;
    box_path(s->box, key, "ca/service-seal.key");
    box_path(s->box, certificate, "ca/service-seal.pem");
    put_raw(s, "receipt:\n");
    put_key(s, "  key", key);
    put_key(s, "  certificate", certificate);
}

/* "127.0.0.1:8443", "[::1]:8443" */
static void listen_on(const struct state *st, unsigned port, char out[80])
{
    const char *address = setting_get(st->settings, "address");
    snprintf(out, 80, strchr(address, ':') != NULL ? "[%s]:%u" : "%s:%u", address, port);
}

static void put_gateway(struct sheet *s, const struct state *st)
{
    char secret[PATH_MAX], ca[PATH_MAX];
    if (is_given(s, "gateway"))
        return;
    box_path(s->box, secret, "service/" SECRET_NAME);
    box_path(s->box, ca, "ca/tls-root.pem");
    put_raw(s, "gateway:\n");
    put_key(s, "  url", st->gateway_url);
    put_key(s, "  name", GATEWAY_NAME);
    put_key(s, "  client_id", CLIENT_ID);
    put_key(s, "  client_secret_file", secret);
    put_key(s, "  tls_ca", ca);
    put_raw(s, "  scopes: [Kimlik-Dogrula, Ad-Soyad]\n");
}

static void put_application(struct sheet *s)
{
    char name[APPLICATION_NAME_LEN], inside[APPLICATION_NAME_LEN + 32], file[PATH_MAX], signature[PATH_MAX];
    publish_name(name);
    snprintf(inside, sizeof inside, "application/%s.tar.gz", name);
    box_path(s->box, file, inside);
    snprintf(inside, sizeof inside, "application/%s.tar.gz.p7s", name);
    box_path(s->box, signature, inside);
    if (is_given(s, "application") || access(signature, R_OK) != 0)
        return;
    put_raw(s, "application:\n");
    put_key(s, "  file", file);
    put_key(s, "  signature", signature);
}

/* Two authorities, so that there is a next one. */
static void put_timestamp(struct sheet *s, const struct state *st)
{
    static const char *const paths[] = {"tsa", "tsa2"};
    char url[URL_LEN + 8];
    if (is_given(s, "timestamp"))
        return;
    put_raw(s, "timestamp:\n");
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        snprintf(url, sizeof url, "%s/%s", st->status_url, paths[i]);
        put_key(s, "  - url", url);
    }
}

enum err_code papers_service(const struct box *b, const struct state *st, unsigned port, struct err *err)
{
    char listen[80];
    struct sheet s = {b, st->settings, "service.", BUF_INIT(PAPER_MAX), OK};
    listen_on(st, port, listen);
    s.rc = write_service_files(b, err);
    put_raw(&s, "# TEST: written by eonay-sandbox\n");
    put_plain(&s, "test", "true");
    put(&s, "listen", listen);
    put_path(&s, "url_file", "run/eonayd.url");
    put_path(&s, "pid_file", "run/eonayd.pid");
    put_path(&s, "log_file", "log/eonayd.log");
    put_path(&s, "clock_file", "clock");
    put_path(&s, "tls_cert", "ca/tls.pem");
    put_path(&s, "tls_key", "ca/tls.key");
    put_path(&s, "store", "service/store.db");
    put(&s, "service", SERVICE_NAME);
    put_path(&s, "trust", "ca/ca.pem");
    put_path(&s, "texts", "service/" TEXT_NAME);
    put_gateway(&s, st);
    put_ledger(&s);
    put_receipt(&s);
    put_application(&s);
    put_timestamp(&s, st);
    put_plain(&s, "code_lifetime_s", setting_get(st->settings, "code_lifetime_s"));
    put_plain(&s, "sign_window_s", setting_get(st->settings, "sign_window_s"));
    put_plain(&s, "extensions", setting_get(st->settings, "extensions"));
    put_given(&s);
    return finish(&s, "service.yaml", err);
}

/* ---- wizard.yaml ---- */

static void put_module(struct sheet *s, const struct kit *kit)
{
    char name[64], conf[PATH_MAX], tokens[PATH_MAX];
    if (is_given(s, "modules"))
        return;
    snprintf(name, sizeof name, "%s/softhsm2.conf", kit->folder);
    box_path(s->box, conf, name);
    snprintf(name, sizeof name, "%s/tokens", kit->folder);
    box_path(s->box, tokens, name);
    put_raw(s, "modules:\n");
    put_key(s, "  - path", card_module());
    put_raw(s, "    environment:\n");
    put_key(s, "      SOFTHSM2_CONF", conf);
    put_raw(s, "    writable: [\"");
    put_escaped(s, tokens, "\"\\", "\\");
    put_raw(s, "\"]\n");
}

static void put_known_texts(struct sheet *s, const char *digest)
{
    if (is_given(s, "known_texts"))
        return;
    put_raw(s, "known_texts:\n  - ");
    put_raw(s, digest);
    put_raw(s, "\n");
}

/* What every wizard.yaml says; `tls_ca` and `trust` as the file names them. */
static struct sheet begin_wizard(const struct box *b, const struct state *st, const struct kit *kit, const char *tls_ca,
    const char *trust, struct err *err)
{
    char digest[65] = "";
    struct sheet s = {b, st->settings, "wizard.", BUF_INIT(PAPER_MAX), OK};
    s.rc = consent_digest(digest, err);
    put_raw(&s, "# TEST: written by eonay-sandbox\n");
    put_plain(&s, "test", "true");
    put(&s, "portal", st->portal_url);
    put(&s, "gateway", st->gateway_url);
    put(&s, "tls_ca", tls_ca);
    put(&s, "service", SERVICE_NAME);
    put(&s, "trust", trust);
    put_known_texts(&s, digest);
    put_plain(&s, "lang", setting_get(st->settings, "lang"));
    put_module(&s, kit);
    return s;
}

static enum err_code write_wizard(
    const struct box *b, const struct state *st, const struct kit *kit, const char *name, struct err *err)
{
    char tls_ca[PATH_MAX], trust[PATH_MAX];
    box_path(b, tls_ca, "ca/tls-root.pem");
    box_path(b, trust, "ca/ca.pem");
    struct sheet s = begin_wizard(b, st, kit, tls_ca, trust, err);
    put_path(&s, "publisher_ca", "ca/publisher-root.pem");
    put_path(&s, "download_dir", "downloads");
    put_given(&s);
    return finish(&s, name, err);
}

static enum err_code copy(const struct box *b, const char *from, const char *to, struct err *err)
{
    char path[PATH_MAX];
    struct buf bytes = BUF_INIT(PAPER_MAX);
    box_path(b, path, from);
    enum err_code rc = buf_read_file(&bytes, path, err);
    if (rc == OK)
        rc = box_write(b, to, &bytes, err);
    buf_done(&bytes);
    return rc;
}

enum err_code papers_application(const struct box *b, const struct state *st, const struct kit *kit, struct err *err)
{
    struct sheet s = begin_wizard(b, st, kit, "tls-ca.pem", "ca.pem", err);
    put_given(&s);
    enum err_code rc = finish(&s, "application/wizard.yaml", err);
    if (rc == OK)
        rc = copy(b, "ca/tls-root.pem", "application/tls-ca.pem", err);
    return rc == OK ? copy(b, "ca/ca.pem", "application/ca.pem", err) : rc;
}

/* ---- shell variables ---- */

static void put_variable(struct sheet *s, const char *name, const char *value)
{
    put_raw(s, name);
    put_raw(s, "='");
    put_escaped(s, value, "'", "'\\'"); /* it's -> 'it'\''s' */
    put_raw(s, "'\n");
}

static void put_variable_path(struct sheet *s, const char *name, const char *inside)
{
    char path[PATH_MAX];
    box_path(s->box, path, inside);
    put_variable(s, name, path);
}

static void put_card_path(struct sheet *s, const char *name, const struct kit *kit, const char *file)
{
    char inside[64];
    snprintf(inside, sizeof inside, "%s/%s", kit->folder, file);
    put_variable_path(s, name, inside);
}

static void put_env(struct sheet *s, const struct state *st, const struct kit *kit, const char *wizard)
{
    char url[URL_LEN + 8];
    put_variable(s, "PORTAL_URL", st->portal_url);
    put_variable(s, "EDEVLET_URL", st->gateway_url);
    snprintf(url, sizeof url, "%s/ocsp", st->status_url);
    put_variable(s, "OCSP_URL", url);
    snprintf(url, sizeof url, "%s/tsa", st->status_url);
    put_variable(s, "TSA_URL", url);
    snprintf(url, sizeof url, "%s/tsa2", st->status_url);
    put_variable(s, "TSA2_URL", url);
    put_variable_path(s, "CA_FILE", "ca/ca.pem");
    put_variable_path(s, "TLS_CA_FILE", "ca/tls-root.pem");
    put_variable(s, "MODULE", card_module());
    put_card_path(s, "SOFTHSM2_CONF", kit, "softhsm2.conf");
    put_card_path(s, "CERT_FILE", kit, "certificate.pem");
    put_variable_path(s, "WIZARD", wizard);
    put_variable_path(s, "SERVICE", "service.yaml");
    put_variable(s, "TCKN", kit->tckn);
    put_variable(s, "NAME", kit->name);
    put_variable(s, "PASSWORD", kit->password);
    put_variable(s, "PIN", kit->pin);
    put_variable(s, "PUK", kit->puk);
}

static enum err_code write_pair(const struct box *b, const struct state *st, const struct kit *kit, const char *wizard,
    const char *env, struct err *err)
{
    struct sheet s = {b, NULL, "", BUF_INIT(PAPER_MAX), OK};
    s.rc = write_wizard(b, st, kit, wizard, err);
    put_env(&s, st, kit, wizard);
    return finish(&s, env, err);
}

enum err_code papers_person(
    const struct box *b, const struct state *st, const struct kit *kit, struct buf *ret_env, struct err *err)
{
    char wizard[64], env[64], path[PATH_MAX];
    snprintf(wizard, sizeof wizard, "%s/wizard.yaml", kit->folder);
    snprintf(env, sizeof env, "%s/env", kit->folder);
    enum err_code rc = write_pair(b, st, kit, wizard, env, err);
    box_path(b, path, env);
    return rc == OK ? buf_read_file(ret_env, path, err) : rc;
}

enum err_code papers_main(const struct box *b, const struct state *st, const struct kit *kit, struct err *err)
{
    return write_pair(b, st, kit, "wizard.yaml", "env", err);
}
