/* A rule over object identifiers: which of them, together or in each other's place, make something what it should be.
 *
 *   rule = part { OR part } ;  part = atom { AND atom } ;  atom = IDENTIFIER | ( rule )
 *
 * AND binds closer than OR; both words in capitals or small letters. */
#ifndef EONAY_BASE_RULE_H
#define EONAY_BASE_RULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RULE_MAX 512 /* bytes of it in words */
#define RULE_OIDS 16
#define RULE_OID 64  /* bytes of one, its NUL included */
#define RULE_DEPTH 8 /* brackets in brackets */

/* The statements that make a certificate an NES, as MA3 reads the Turkish profile: ETSI's and one of BTK's two. */
#define RULE_NES "(0.4.0.1862.1.1 AND (2.16.792.1.61.0.1.5070.1.1 OR 2.16.792.1.61.0.1.5070.2.1))"

/* A plain value; what it holds is for rule_holds. */
struct rule {
    char oids[RULE_OIDS][RULE_OID];
    uint8_t oid_count;
    uint8_t steps[2 * RULE_OIDS]; /* operands before their operator */
    uint8_t step_count;
};
struct rule_flaw {
    size_t at;            /* byte of the words */
    const char *expected; /* msgid: what should stand there */
};

/* False with *ret_flaw written; *ret then stays as it was. */
bool rule_parse(const char *words, struct rule *ret, struct rule_flaw *ret_flaw);
/* `has` says whether an identifier is there. */
bool rule_holds(const struct rule *r, bool (*has)(const void *ctx, const char *oid), const void *ctx);
/* For configuration tables (conf.h). */
bool rule_has_flaw(const char *words, size_t *ret_at, const char **ret_expected);

#endif
