/* Configuration: YAML (libyaml) read into a struct by a table. Unknown key, key given twice, wrong type, missing key:
 * refused with file, line, column and what was expected. */
#ifndef EONAY_BASE_CONF_H
#define EONAY_BASE_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/err.h"

enum conf_type {
    CONF_END,
    CONF_STRING,  /* char *, owned; NULL when absent without fallback */
    CONF_FILE,    /* char *, owned: a path; one that is relative is taken from the folder of the configuration file */
    CONF_UINT,    /* uint64_t within min..max (max 0: any) */
    CONF_BOOL,    /* bool: true/false (also evet/hayir, yes/no) */
    CONF_CHOICE,  /* int: index into `choices`, a NULL-terminated list */
    CONF_STRINGS, /* struct conf_strings */
    CONF_FILES,   /* struct conf_strings, each as CONF_FILE */
    CONF_MAP,     /* nested struct described by `sub`, in place; an absent one gets the fallbacks of its keys */
    CONF_MAPS,    /* struct conf_maps: a list of structs described by `sub`; a word of `choices` leaves it absent */
    CONF_ENV,     /* struct conf_strings: a mapping NAME: value, kept as "NAME=value" */
};

struct conf_strings {
    char **v;
    size_t n;
};
struct conf_maps {
    void *v; /* array of n structs of `sub->size`; NULL when absent, not when empty */
    size_t n;
};

struct conf_key {
    const char *name;
    enum conf_type type;
    size_t offset;
    bool required;
    uint64_t min, max;        /* CONF_UINT; when max > 0, CONF_STRING: its characters, CONF_MAPS: max of its members */
    uint64_t fallback;        /* CONF_UINT, CONF_BOOL, CONF_CHOICE when the key is absent */
    const char *fallback_str; /* CONF_STRING; CONF_FILE: taken as it is, from the current folder */
    const char *const *choices;
    const struct conf_schema *sub;
    /* Strings, files and members of their lists: a further condition, and the msgid of what was expected. */
    bool (*fits)(const char *value);
    const char *expected;
    /* The same for a value with a grammar of its own: true, with the byte and the msgid of what should stand there. */
    bool (*flaw)(const char *value, size_t *ret_at, const char **ret_expected);
};
struct conf_schema {
    size_t size;
    const struct conf_key *keys; /* ends with CONF_END */
};

/* *into is zeroed first, then filled; on failure it is empty again and err->detail holds
 * `file:line:column: unknown key "x". Expected one of: a, b.` (msgids translated by the caller's locale). ERR_CONFIG,
 * or ERR_FILE and ERR_TOO_BIG (past 256 KiB) from reading. A value no key stands for (null) counts as absent; no string
 * holds a NUL or another control character. */
enum err_code conf_load(const char *path, const struct conf_schema *schema, void *into, struct err *err) MUST_CHECK;
void conf_free(const struct conf_schema *schema, void *into);

#endif
