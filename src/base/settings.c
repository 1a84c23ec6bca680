#include "config.h"
#include "base/settings.h"
#include "base/modules.h"
#include "base/rule.h"
#include "base/url.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_sha256(const char *s)
{
    return strlen(s) == 64 && strspn(s, "0123456789abcdef") == 64;
}

#define OF(member) .offset = offsetof(struct settings_module, member)
static const struct conf_key module_keys[] = {
    {.name = "path", .type = CONF_FILE, OF(path)},
    {.name = "environment", .type = CONF_ENV, OF(environment)},
    {.name = "writable", .type = CONF_FILES, OF(writable)},
    {.type = CONF_END},
};
#undef OF
static const struct conf_schema module_schema = {sizeof(struct settings_module), module_keys};

#define OF(member) .offset = offsetof(struct settings_receipt, member)
static const struct conf_key receipt_keys[] = {
    {.name = "save", .type = CONF_BOOL, OF(save), .fallback = true},
    {.name = "directory", .type = CONF_FILE, OF(directory)},
    {.name = "print", .type = CONF_STRINGS, OF(print)},
    {.name = "code", .type = CONF_BOOL, OF(code), .fallback = true},
    {.type = CONF_END},
};
#undef OF
static const struct conf_schema receipt_schema = {sizeof(struct settings_receipt), receipt_keys};

static const char *const modules_words[] = {"auto", NULL};
static const char *const langs[] = {[LANG_TR] = "tr", [LANG_EN] = "en", NULL};
static const char *const keypads[] = {[KEYPAD_PICTURE] = "picture", [KEYPAD_KEYS] = "keys", NULL};
static const char *const orders[] = {[KEYPAD_FIXED] = "fixed", [KEYPAD_SHUFFLED] = "shuffled", NULL};

#define WANT_HTTPS .fits = url_is_https, .expected = N_("an address like https://name/ without user or query")
#define WANT_SHA256 .fits = is_sha256, .expected = N_("64 hex digits in lower case")
#define OF(member) .offset = offsetof(struct settings, member)
static const struct conf_key keys[] = {
    {.name = "portal", .type = CONF_STRING, OF(portal), .required = true, WANT_HTTPS},
    {.name = "gateway", .type = CONF_STRING, OF(gateway), WANT_HTTPS},
    {.name = "tls_ca", .type = CONF_FILE, OF(tls_ca), .required = true},
    {.name = "service", .type = CONF_STRING, OF(service), .required = true, .min = 1, .max = 200},
    {.name = "trust", .type = CONF_FILE, OF(trust), .required = true},
    {.name = "nes_rule", .type = CONF_STRING, OF(nes_rule), .fallback_str = RULE_NES, .flaw = rule_has_flaw},
    {.name = "known_texts", .type = CONF_STRINGS, OF(known_texts), WANT_SHA256},
    {.name = "modules", .type = CONF_MAPS, OF(modules), .sub = &module_schema, .choices = modules_words},
    {.name = "forwarded_cards", .type = CONF_BOOL, OF(forwarded_cards)},
    {.name = "publisher_ca", .type = CONF_FILE, OF(publisher_ca)},
    {.name = "download_dir", .type = CONF_FILE, OF(download_dir), .fallback_str = "."},
    {.name = "receipt", .type = CONF_MAP, OF(receipt), .sub = &receipt_schema},
    {.name = "lang", .type = CONF_CHOICE, OF(lang), .choices = langs, .fallback = LANG_TR},
    {.name = "test", .type = CONF_BOOL, OF(test)},
    {.name = "test_hint", .type = CONF_STRING, OF(test_hint), .min = 1, .max = 76},
    {.name = "help_line", .type = CONF_STRING, OF(help_line), .min = 1, .max = 60},
    {.name = "keypad", .type = CONF_CHOICE, OF(keypad), .choices = keypads, .fallback = KEYPAD_PICTURE},
    {.name = "keypad_order", .type = CONF_CHOICE, OF(keypad_order), .choices = orders, .fallback = KEYPAD_FIXED},
    {.name = "pin_pad", .type = CONF_BOOL, OF(pin_pad), .fallback = true},
    {.name = "idle_s", .type = CONF_UINT, OF(idle_s), .min = 5, .max = 86400, .fallback = 300},
    {.name = "poll_ms", .type = CONF_UINT, OF(poll_ms), .min = 10, .max = 10000, .fallback = 250},
    {.name = "hang_ms", .type = CONF_UINT, OF(hang_ms), .min = 100, .max = 600000, .fallback = 20000},
    {.name = "connect_ms", .type = CONF_UINT, OF(connect_ms), .min = 100, .max = 600000, .fallback = 5000},
    {.name = "answer_ms", .type = CONF_UINT, OF(answer_ms), .min = 100, .max = 600000, .fallback = 20000},
    {.name = "kiosk", .type = CONF_BOOL, OF(kiosk)},
    {.type = CONF_END},
};
#undef OF
static const struct conf_schema schema = {sizeof(struct settings), keys};

/* ---- the modules ---- */

const char *settings_forward_address(const struct settings_module *m)
{
    for (size_t i = 0; i < m->environment.n; i++)
        if (strncmp(m->environment.v[i], SETTINGS_FORWARD "=", sizeof SETTINGS_FORWARD) == 0)
            return m->environment.v[i] + sizeof SETTINGS_FORWARD;
    return NULL;
}

static struct settings_module *module_at(struct settings *s, size_t i)
{
    return (struct settings_module *)s->modules.v + i;
}

static enum err_code path_missing(const char *path, struct err *err)
{
    char words[128];
    snprintf(words, sizeof words, tr("the key \"%s\" is missing."), "path");
    return err_set(err, ERR_CONFIG, "%s: modules: %s", path, words);
}

static enum err_code paths_complete(const char *path, struct settings *s, struct err *err)
{
    enum err_code rc = OK;
    for (size_t i = 0; rc == OK && i < s->modules.n; i++) {
        struct settings_module *m = module_at(s, i);
        if (m->path == NULL)
            rc = settings_forward_address(m) != NULL ? modules_find_client("", &m->path) : path_missing(path, err);
    }
    return rc;
}

/* A program found by a search path could be anybody's. */
static enum err_code print_is_whole(const char *path, const struct settings *s, struct err *err)
{
    char words[128];
    if (s->receipt.print.n == 0 || s->receipt.print.v[0][0] == '/')
        return OK;
    snprintf(words, sizeof words, "%s", tr("a program with its whole path, then its arguments"));
    return err_set(err, ERR_CONFIG, "%s: receipt: print: %s", path, words);
}

/* NULL: none is named, or none may be heard. */
static const char *address_heard(const struct settings *s)
{
    const char *address = s->forwarded_cards && !s->kiosk ? getenv(SETTINGS_FORWARD) : NULL;
    return address != NULL && address[0] != '\0' ? address : NULL;
}

static enum err_code modules_fill(struct settings *s)
{
    char *found[MODULES_FOUND_MAX];
    s->modules.v = calloc(MODULES_FOUND_MAX, sizeof(struct settings_module));
    enum err_code rc = s->modules.v == NULL ? ERR_NOMEM : modules_find("", found, &s->modules.n);
    for (size_t i = 0; rc == OK && i < s->modules.n; i++)
        module_at(s, i)->path = found[i];
    return rc;
}

static enum err_code forward_add(struct settings *s, const char *address)
{
    void *grown = realloc(s->modules.v, (s->modules.n + 1) * sizeof(struct settings_module));
    if (grown == NULL)
        return ERR_NOMEM;
    s->modules.v = grown;
    struct settings_module *m = module_at(s, s->modules.n++);
    *m = (struct settings_module){.environment.v = calloc(1, sizeof *m->environment.v)};
    if (m->environment.v == NULL || asprintf(&m->environment.v[0], SETTINGS_FORWARD "=%s", address) < 0)
        return ERR_NOMEM;
    m->environment.n = 1;
    return OK;
}

void settings_forget_environment(void)
{
    (void)unsetenv(SETTINGS_FORWARD);
}

enum err_code settings_load(const char *path, struct settings *s, struct err *err)
{
    enum err_code rc = conf_load(path, &schema, s, err);
    if (rc != OK)
        return rc;
    rc = print_is_whole(path, s, err);
    if (rc == OK && s->modules.v == NULL)
        rc = modules_fill(s);
    if (rc == OK && address_heard(s) != NULL)
        rc = forward_add(s, address_heard(s));
    if (rc == OK)
        rc = paths_complete(path, s, err);
    if (rc == ERR_NOMEM)
        (void)err_set(err, rc, "%s", path);
    if (rc != OK)
        settings_free(s);
    return rc;
}

void settings_free(struct settings *s)
{
    conf_free(&schema, s);
}

const struct settings_module *settings_module_at(const struct settings *s, size_t i)
{
    return (const struct settings_module *)s->modules.v + i;
}

bool settings_gateway_is_loopback(const struct settings *s)
{
    return s->gateway != NULL && url_is_loopback(s->gateway);
}
