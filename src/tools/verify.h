/* eonay-verify: is this file a consent signature that holds? Judged offline, at the signing time that the signer
 * claims, in the words of ETSI EN 319 102-1; revocation is not asked for, and the answer says so. */
#ifndef EONAY_TOOLS_VERIFY_H
#define EONAY_TOOLS_VERIFY_H

#include <stdbool.h>
#include <jansson.h>
#include "base/err.h"
#include "sign/cades.h"

struct verdict {
    enum err_code code;
    const char *rule;           /* of cades_check; NULL: any rule of this code */
    const char *indication;     /* EN 319 102-1 §5.1.3 */
    const char *sub_indication; /* §5.1.3; NULL: none */
    const char *said;           /* msgid, one sentence */
};

struct finding {
    const struct verdict *verdict;
    struct err err;
    bool readable;        /* facts hold what the file says, believed or not */
    enum cert_reason nes; /* why the certificate is no NES; USABLE: it is one */
    struct cades_facts facts;
};

/* The row for a refusal: err->detail begins with the rule's name. Never NULL. */
const struct verdict *verdict_of(enum err_code code, const struct err *err);
void finding_say(const struct finding *f);      /* a sentence and a table, in the language and charset in force */
void finding_say_json(const struct finding *f); /* one object, ASCII only */
json_t *finding_json(const struct finding *f);  /* that object; NULL when memory is out */
void verify_put_json(json_t *steal);            /* on standard output; NULL says that nothing holds */
void verify_row(const char *label, const char *value); /* of a table, whatever others wrote into the value */

#endif
