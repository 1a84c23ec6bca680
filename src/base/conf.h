/* Configuration: YAML (libyaml) read into a struct by a table. Unknown key, wrong type, missing key: refused with file,
 * line, column and what was expected. */
#ifndef EONAY_BASE_CONF_H
#define EONAY_BASE_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/err.h"

enum conf_type {
    CONF_END,
    CONF_STRING, /* char *, owned */
    CONF_UINT,   /* uint64_t within min..max */
    CONF_BOOL,   /* bool: true/false (also evet/hayir, yes/no) */
    CONF_CHOICE, /* int: index into `choices`, a NULL-terminated list */
    CONF_STRINGS,/* struct conf_strings */
    CONF_MAP,    /* nested struct described by `sub`, in place */
    CONF_MAPS,   /* struct conf_maps: a list of structs described by `sub` */
    CONF_ENV,    /* struct conf_strings: a mapping NAME: value, kept as "NAME=value" */
};

struct conf_strings { char **v; size_t n; };
struct conf_maps { void *v; size_t n; }; /* v: array of `sub->size` */

struct conf_key {
    const char *name;
    enum conf_type type;
    size_t offset;
    bool required;
    uint64_t min, max;             /* CONF_UINT; CONF_STRING: length limits when max > 0 */
    uint64_t fallback;             /* CONF_UINT, CONF_BOOL, CONF_CHOICE when the key is absent */
    const char *fallback_str;      /* CONF_STRING */
    const char *const *choices;
    const struct conf_schema *sub;
};
struct conf_schema { size_t size; const struct conf_key *keys; /* ends with CONF_END */ };

/* *into is zeroed first, then filled; on failure it is empty again and err->detail holds
 * `file:line:column: unknown key "x". Expected one of: a, b.` (msgids translated by the caller's locale). ERR_CONFIG. */
enum err_code conf_load(const char *path, const struct conf_schema *schema, void *into, struct err *err) MUST_CHECK;
void conf_free(const struct conf_schema *schema, void *into);

#endif
