/* Addresses and settings of a sandbox. */
#include "config.h"

#include "sandbox/state.h"

#include <stdio.h>
#include <string.h>
#include "base/ascii.h"
#include "base/buf.h"
#include "http/json.h"
#include "httpd/httpd.h"

#define ASSIGNMENT_MAX 2048

static const char *const moods[] = {"good", "away", "late", NULL};
static const char *const ocsp_moods[] = {
    "good", "away", "late", "wrong-nonce", "bad-signature", "garbage", "refusing", "quota", NULL};
static const char *const crl_moods[] = {"good", "away", "late", "stale", "bad-signature", "garbage", "quota", NULL};
static const char *const tsa_moods[] = {"good", "away", "late", "wrong-imprint", "wrong-nonce", "bad-signature",
    "expired", "garbage", "refusing", "quota", NULL};
static const char *const keys[] = {"rsa2048", "p256", "p384", NULL};
static const char *const langs[] = {"tr", "en", NULL};

/* One row per key; a key that ends in '.' stands for all that begin with it. */
static const struct setting {
    const char *key;
    const char *fallback;
    const char *const *choices; /* NULL: any text, or a number when max > 0 */
    uint64_t max;
    bool live;
    bool special; /* one of "service.", of which not everything is taken */
    bool fixed;   /* a sandbox would be none with another one */
} settings_table[] = {
    {.key = "key", .fallback = "rsa2048", .choices = keys},
    {.key = "lang", .fallback = "tr", .choices = langs},
    {.key = "address", .fallback = "127.0.0.1"},
    {.key = "ocsp", .fallback = "good", .choices = ocsp_moods, .live = true},
    {.key = "crl", .fallback = "good", .choices = crl_moods, .live = true},
    {.key = "tsa", .fallback = "good", .choices = tsa_moods, .live = true},
    {.key = "tsa2", .fallback = "good", .choices = tsa_moods, .live = true},
    {.key = "gateway", .fallback = "good", .choices = moods, .live = true},
    {.key = "late_ms", .fallback = "5000", .max = 600000, .live = true},
    {.key = "retry_after_s", .fallback = "60", .max = 86400, .live = true},
    {.key = "methods", .fallback = "password", .live = true},
    {.key = "code_lifetime_s", .max = 86400},
    {.key = "sign_window_s", .max = 86400},
    {.key = "extensions", .max = 100},
    {.key = "service.test", .special = true, .fixed = true},
    {.key = "service.clock_file", .special = true, .fixed = true},
    {.key = "service.trust", .special = true, .fixed = true},
    {.key = "service.listen", .special = true},
    {.key = "service."},
    {.key = "wizard."},
};
#define SETTING_COUNT (sizeof settings_table / sizeof *settings_table)

static bool names(const struct setting *s, const char *key)
{
    size_t len = strlen(s->key);
    return s->key[len - 1] == '.' ? ascii_starts(key, s->key) && key[len] != '\0' : strcmp(s->key, key) == 0;
}

static const struct setting *find(const char *key)
{
    for (size_t i = 0; i < SETTING_COUNT; i++)
        if (names(&settings_table[i], key))
            return &settings_table[i];
    return NULL;
}

static enum err_code unknown_key(const char *key, bool live, struct err *err)
{
    struct buf list = BUF_INIT(200);
    enum err_code rc = OK;
    for (size_t i = 0; rc == OK && i < SETTING_COUNT; i++)
        if (live ? settings_table[i].live : !settings_table[i].special)
            rc = buf_fmt(&list, " %s", settings_table[i].key);
    err_set(err, ERR_BAD_REQUEST, "unknown key \"%.20s\"; the keys are:%s", key, rc == OK ? (char *)list.data : "");
    buf_done(&list);
    return ERR_BAD_REQUEST;
}

static enum err_code check_choice(const struct setting *s, const char *value, struct err *err)
{
    struct buf list = BUF_INIT(200);
    enum err_code rc = OK;
    for (const char *const *c = s->choices; *c != NULL; c++) {
        if (strcmp(*c, value) == 0)
            goto out;
        if (rc == OK)
            rc = buf_fmt(&list, " %s", *c);
    }
    rc = err_set(err, ERR_BAD_REQUEST, "%s is one of:%s", s->key, rc == OK ? (char *)list.data : "");
out:
    buf_done(&list);
    return rc;
}

/* No control character: values end up as lines of other files. */
static bool is_line(const char *s)
{
    for (; *s != '\0'; s++)
        if ((unsigned char)*s < 0x20 || *s == 0x7f)
            return false;
    return true;
}

/* "127.0.0.1" or "::1"; nobody but this machine may ever reach a stand-in. */
static enum err_code check_address(const char *value, struct err *err)
{
    char listen[80];
    int n = snprintf(listen, sizeof listen, strchr(value, ':') != NULL ? "[%s]:0" : "%s:0", value);
    if (n < 0 || (size_t)n >= sizeof listen || !httpd_is_loopback(listen))
        return err_set(err, ERR_BAD_REQUEST, "address must be a loopback address: a sandbox is for this machine alone");
    return OK;
}

/* A key becomes the beginning of a line of YAML: nothing in it that another key could be hidden behind. */
static bool is_key(const char *key)
{
    for (; *key != '\0'; key++)
        if (!ascii_is_alnum(*key) && *key != '_' && *key != '.')
            return false;
    return true;
}

/* "127.0.0.1:8443" as YAML takes it, bare or in quotes. */
static enum err_code check_listen(const char *value, struct err *err)
{
    char listen[80] = "";
    size_t len = strlen(value);
    bool quoted = len >= 2 && (value[0] == '"' || value[0] == '\'') && value[len - 1] == value[0];
    if (quoted ? len - 2 < sizeof listen : len < sizeof listen)
        snprintf(listen, sizeof listen, "%.*s", (int)(quoted ? len - 2 : len), quoted ? value + 1 : value);
    if (strspn(listen, "0123456789abcdefABCDEF.:[]") != strlen(listen) || !httpd_is_loopback(listen))
        return err_set(err, ERR_BAD_REQUEST, "service.listen must be a loopback address and port");
    return OK;
}

static enum err_code check_value(const struct setting *s, const char *value, struct err *err)
{
    uint64_t number = 0;
    if (strcmp(s->key, "address") == 0)
        return check_address(value, err);
    if (strcmp(s->key, "service.listen") == 0)
        return check_listen(value, err);
    if (s->fixed)
        return err_set(
            err, ERR_BAD_REQUEST, "%s stays as it is: a sandbox is for this machine and for tests alone", s->key);
    if (s->choices != NULL)
        return check_choice(s, value, err);
    if (s->max > 0 && !ascii_u64(value, s->max, &number))
        return err_set(err, ERR_BAD_REQUEST, "%s is a whole number, at most %lu", s->key, (unsigned long)s->max);
    return is_line(value) ? OK : err_set(err, ERR_BAD_REQUEST, "%s holds a control character", s->key);
}

enum err_code setting_put(json_t *settings, const char *assignment, bool live, struct err *err)
{
    char key[ASSIGNMENT_MAX];
    const char *eq = strchr(assignment, '=');
    if (eq == NULL || strlen(assignment) >= sizeof key)
        return err_set(err, ERR_BAD_REQUEST, "\"%.60s\" is not of the form key=value", assignment);
    size_t key_len = (size_t)(eq - assignment);
    memcpy(key, assignment, key_len);
    key[key_len] = '\0';
    const struct setting *s = find(key);
    if (s == NULL || !is_key(key) || (live && !s->live))
        return unknown_key(key, live, err);
    enum err_code rc = check_value(s, eq + 1, err);
    if (rc == OK && json_object_set_new(settings, key, json_string(eq + 1)) != 0)
        rc = err_set(err, ERR_BAD_REQUEST, "%s is not UTF-8", s->key);
    return rc;
}

const char *setting_get(const json_t *settings, const char *key)
{
    const char *value = json_string_value(json_object_get(settings, key));
    const struct setting *s = find(key);
    return value != NULL ? value : s != NULL ? s->fallback : NULL;
}

bool setting_is(const json_t *settings, const char *key, const char *value)
{
    const char *is = setting_get(settings, key);
    return is != NULL && strcmp(is, value) == 0;
}

/* ---- the file ---- */

enum err_code state_load(const struct box *b, struct state *ret, struct err *err)
{
    char path[PATH_MAX];
    struct buf text = BUF_INIT(65536);
    json_t *object = NULL;
    struct state s = {.settings = NULL};
    const json_t *settings = NULL;
    box_path(b, path, "state.json");
    enum err_code rc = buf_read_file(&text, path, err);
    if (rc == OK)
        rc = json_parse(text.data, text.len, &object, err);
    if (rc == OK) {
        struct json_in in = json_read(object, err);
        json_need_str(&in, "gateway", s.gateway_url, sizeof s.gateway_url);
        json_need_str(&in, "status", s.status_url, sizeof s.status_url);
        json_need_str(&in, "portal", s.portal_url, sizeof s.portal_url);
        json_need_object(&in, "settings", &settings);
        rc = json_done(&in);
    }
    if (rc == OK && (s.settings = json_deep_copy(settings)) == NULL)
        rc = ERR_NOMEM;
    if (rc == OK)
        *ret = s;
    json_decref(object);
    buf_done(&text);
    return rc;
}

enum err_code state_save(const struct box *b, const struct state *s, struct err *err)
{
    struct buf text = BUF_INIT(65536);
    json_t *object = json_pack("{s:s,s:s,s:s,s:O}", "gateway", s->gateway_url, "status", s->status_url, "portal",
        s->portal_url, "settings", s->settings);
    enum err_code rc = object != NULL ? json_write(object, &text) : ERR_NOMEM;
    if (rc == OK)
        rc = box_write(b, "state.json", &text, err);
    json_decref(object);
    buf_done(&text);
    return rc;
}

void state_done(struct state *s)
{
    json_decref(s->settings);
    s->settings = NULL;
}

void state_urls(const struct state *s, char ocsp[URL_LEN + 8], char depot[URL_LEN + 8])
{
    snprintf(ocsp, URL_LEN + 8, "%s/ocsp", s->status_url);
    snprintf(depot, URL_LEN + 8, "%s/depo/", s->status_url);
}
