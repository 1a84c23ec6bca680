#include "config.h"

#include "service/service_conf.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <openssl/objects.h>
#include "base/ascii.h"
#include "base/i18n.h"
#include "base/rule.h"
#include "base/url.h"
#include "httpd/httpd.h"
#include "sign/ledger_proof.h"
#include "sign/policy.h"

static bool is_base_url(const char *s)
{
    return url_is_https(s) && s[strlen(s) - 1] != '/';
}

/* The name goes between zero bytes into what is signed, and on screens. */
static bool is_plain_name(const char *s)
{
    for (; *s; s++)
        if (!ascii_is_alnum(*s) && !strchr("-._ ", *s))
            return false;
    return true;
}

static bool is_profile_name(const char *s)
{
    enum profile p;
    return profile_by_name(s, &p);
}

/* http:// too: what a time-stamp authority answers is signed. The strict reading of https:// holds for both. */
static bool as_https(const char *url, char out[TIMESTAMP_URL_MAX])
{
    const char *rest = ascii_starts(url, "http://") ? url + strlen("http://") : NULL;
    int len = snprintf(out, TIMESTAMP_URL_MAX, "%s%s", rest ? "https://" : "", rest ? rest : url);
    return len > 0 && len < TIMESTAMP_URL_MAX;
}

static bool is_web_url(const char *s)
{
    char secure[TIMESTAMP_URL_MAX];
    return as_https(s, secure) && url_is_https(secure);
}

static bool is_oid(const char *s)
{
    ASN1_OBJECT *oid = s[strspn(s, "0123456789.")] == '\0' ? OBJ_txt2obj(s, 1) : NULL;
    bool is = oid != NULL && strlen(s) < RULE_OID;
    ASN1_OBJECT_free(oid);
    return is;
}

#define AT(member) offsetof(struct service_conf, member)
#define IN(map, member) (offsetof(struct service_conf, map.member) - offsetof(struct service_conf, map))

static const struct conf_key gateway_keys[] = {
    {.name = "url",
        .type = CONF_STRING,
        .offset = IN(gateway, url),
        .required = true,
        .fits = is_base_url,
        .expected = N_("an https:// address without a slash at its end")},
    {.name = "name", .type = CONF_STRING, .offset = IN(gateway, name), .fallback_str = "e-Devlet Kapısı"},
    {.name = "client_id", .type = CONF_STRING, .offset = IN(gateway, client_id), .required = true},
    {.name = "client_secret_file", .type = CONF_FILE, .offset = IN(gateway, client_secret_file), .required = true},
    {.name = "scopes", .type = CONF_STRINGS, .offset = IN(gateway, scopes), .required = true},
    {.name = "scope_separator",
        .type = CONF_STRING,
        .offset = IN(gateway, scope_separator),
        .fallback_str = ";",
        .min = 1,
        .max = 1},
    {.name = "tls_ca", .type = CONF_FILE, .offset = IN(gateway, tls_ca)},
    {.type = CONF_END},
};
static const struct conf_schema gateway_schema = {sizeof(((struct service_conf *)NULL)->gateway), gateway_keys};

static const struct conf_key http_keys[] = {
    {.name = "connections",
        .type = CONF_UINT,
        .offset = IN(http, connections),
        .min = 8,
        .max = 100000,
        .fallback = 1000},
    {.name = "per_address", .type = CONF_UINT, .offset = IN(http, per_address), .max = 100000},
    {.name = "idle_s", .type = CONF_UINT, .offset = IN(http, idle_s), .min = 1, .max = 600, .fallback = 15},
    {.name = "request_s", .type = CONF_UINT, .offset = IN(http, request_s), .min = 1, .max = 600, .fallback = 30},
    {.type = CONF_END},
};
static const struct conf_schema http_schema = {sizeof(((struct service_conf *)NULL)->http), http_keys};

static const struct conf_key application_keys[] = {
    {.name = "file", .type = CONF_FILE, .offset = IN(application, file), .required = true},
    {.name = "signature", .type = CONF_FILE, .offset = IN(application, signature), .required = true},
    {.type = CONF_END},
};
static const struct conf_schema application_schema = {
    sizeof(((struct service_conf *)NULL)->application), application_keys};

static const struct conf_key ledger_keys[] = {
    {.name = "name",
        .type = CONF_STRING,
        .offset = IN(ledger, name),
        .required = true,
        .min = 1,
        .max = LEDGER_NAME_MAX,
        .fits = is_plain_name,
        .expected = N_("letters A to Z, digits, dots, dashes and blanks")},
    {.name = "key", .type = CONF_FILE, .offset = IN(ledger, key), .required = true},
    {.name = "certificate", .type = CONF_FILE, .offset = IN(ledger, certificate), .required = true},
    {.type = CONF_END},
};
static const struct conf_schema ledger_schema = {sizeof(((struct service_conf *)NULL)->ledger), ledger_keys};

static const struct conf_key receipt_keys[] = {
    {.name = "key", .type = CONF_FILE, .offset = IN(receipt, key), .required = true},
    {.name = "certificate", .type = CONF_FILE, .offset = IN(receipt, certificate), .required = true},
    {.name = "code_lifetime_s",
        .type = CONF_UINT,
        .offset = IN(receipt, code_lifetime_s),
        .min = 1,
        .max = 30 * 86400,
        .fallback = 86400},
    {.type = CONF_END},
};
static const struct conf_schema receipt_schema = {sizeof(((struct service_conf *)NULL)->receipt), receipt_keys};
#define OF(member) offsetof(struct timestamp_conf, member)
static const struct conf_key timestamp_keys[] = {
    {.name = "url",
        .type = CONF_STRING,
        .offset = OF(url),
        .required = true,
        .fits = is_web_url,
        .expected = N_("an http:// or https:// address")},
    {.name = "policy",
        .type = CONF_STRING,
        .offset = OF(policy),
        .fits = is_oid,
        .expected = N_("an object identifier, as in 2.16.792.1.61")},
    {.name = "per_hour", .type = CONF_UINT, .offset = OF(per_hour), .max = 1000000000},
    {.name = "per_day", .type = CONF_UINT, .offset = OF(per_day), .max = 1000000000},
    {.name = "timeout_ms", .type = CONF_UINT, .offset = OF(timeout_ms), .min = 50, .max = 60000, .fallback = 5000},
    {.type = CONF_END},
};
static const struct conf_schema timestamp_schema = {sizeof(struct timestamp_conf), timestamp_keys};

static const struct conf_key keys[] = {
    {.name = "listen", .type = CONF_STRING, .offset = AT(listen), .required = true},
    {.name = "url_file", .type = CONF_FILE, .offset = AT(url_file)},
    {.name = "public_url",
        .type = CONF_STRING,
        .offset = AT(public_url),
        .fits = is_base_url,
        .expected = N_("an https:// address without a slash at its end")},
    {.name = "tls_cert", .type = CONF_FILE, .offset = AT(tls_cert), .required = true},
    {.name = "tls_key", .type = CONF_FILE, .offset = AT(tls_key), .required = true},
    {.name = "store", .type = CONF_FILE, .offset = AT(store), .required = true},
    {.name = "service",
        .type = CONF_STRING,
        .offset = AT(service),
        .required = true,
        .min = 1,
        .max = 64,
        .fits = is_plain_name,
        .expected = N_("letters A to Z, digits, dots, dashes and blanks")},
    {.name = "trust", .type = CONF_FILE, .offset = AT(trust), .required = true},
    {.name = "nes_rule", .type = CONF_STRING, .offset = AT(nes_rule), .fallback_str = RULE_NES, .flaw = rule_has_flaw},
    {.name = "profile",
        .type = CONF_STRING,
        .offset = AT(profile),
        .fallback_str = "baseline",
        .fits = is_profile_name,
        .expected = N_("baseline, or one of P1 to P4")},
    {.name = "texts", .type = CONF_FILE, .offset = AT(texts), .required = true},
    {.name = "gateway", .type = CONF_MAP, .offset = AT(gateway), .required = true, .sub = &gateway_schema},
    {.name = "code_lifetime_s",
        .type = CONF_UINT,
        .offset = AT(code_lifetime_s),
        .min = 1,
        .max = 86400,
        .fallback = 900},
    {.name = "sign_window_s", .type = CONF_UINT, .offset = AT(sign_window_s), .min = 1, .max = 86400, .fallback = 240},
    {.name = "extensions", .type = CONF_UINT, .offset = AT(extensions), .max = 100, .fallback = 3},
    {.name = "session_s", .type = CONF_UINT, .offset = AT(session_s), .min = 60, .max = 86400, .fallback = 3600},
    {.name = "threads", .type = CONF_UINT, .offset = AT(threads), .min = 1, .max = 64, .fallback = 8},
    {.name = "ocsp_timeout_ms",
        .type = CONF_UINT,
        .offset = AT(ocsp_timeout_ms),
        .min = 50,
        .max = 60000,
        .fallback = 3000},
    {.name = "gateway_timeout_ms",
        .type = CONF_UINT,
        .offset = AT(gateway_timeout_ms),
        .min = 50,
        .max = 60000,
        .fallback = 8000},
    {.name = "http", .type = CONF_MAP, .offset = AT(http), .sub = &http_schema},
    {.name = "application", .type = CONF_MAP, .offset = AT(application), .sub = &application_schema},
    {.name = "ledger", .type = CONF_MAP, .offset = AT(ledger), .sub = &ledger_schema},
    {.name = "receipt", .type = CONF_MAP, .offset = AT(receipt), .sub = &receipt_schema},
    {.name = "timestamp", .type = CONF_MAPS, .offset = AT(timestamp), .max = TIMESTAMPS_MAX, .sub = &timestamp_schema},
    {.name = "timestamp_trust", .type = CONF_FILE, .offset = AT(timestamp_trust)},
    {.name = "clock_file", .type = CONF_FILE, .offset = AT(clock_file)},
    {.name = "pid_file", .type = CONF_FILE, .offset = AT(pid_file)},
    {.name = "log_file", .type = CONF_FILE, .offset = AT(log_file)},
    {.name = "test", .type = CONF_BOOL, .offset = AT(test)},
    {.type = CONF_END},
};
static const struct conf_schema schema = {sizeof(struct service_conf), keys};

static bool stays_here(const struct conf_maps *timestamp)
{
    const struct timestamp_conf *tsa = timestamp->v;
    char secure[TIMESTAMP_URL_MAX];
    for (size_t i = 0; i < timestamp->n; i++)
        if (!as_https(tsa[i].url, secure) || !url_is_loopback(secure))
            return false;
    return true;
}

/* What one key alone cannot show. A test system stays on this machine: it never reaches for a real gateway. */
static enum err_code check(const char *path, const struct service_conf *s, struct err *err)
{
    if (s->clock_file && !s->test)
        return err_set(err, ERR_CONFIG, "%s: %s", path, tr("\"clock_file\" is for test systems only (test: true)."));
    if (s->test && !httpd_is_loopback(s->listen))
        return err_set(
            err, ERR_CONFIG, "%s: %s", path, tr("A test system (test: true) listens on a loopback address only."));
    if (s->test && !url_is_loopback(s->gateway.url))
        return err_set(err, ERR_CONFIG, "%s: %s", path,
            tr("A test system (test: true) has its gateway on a loopback address only."));
    if (s->test && !stays_here(&s->timestamp))
        return err_set(err, ERR_CONFIG, "%s: %s", path,
            tr("A test system (test: true) has its time-stamp authorities on loopback addresses only."));
    return OK;
}

enum err_code service_conf_load(const char *path, struct service_conf *ret, struct err *err)
{
    struct service_conf s;
    enum err_code e = conf_load(path, &schema, &s, err);
    if (e != OK)
        return e;
    e = check(path, &s, err);
    if (e != OK)
        service_conf_free(&s);
    else
        *ret = s;
    return e;
}

void service_conf_free(struct service_conf *s)
{
    conf_free(&schema, s);
}
