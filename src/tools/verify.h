/* eonay-verify: does this file hold? Judged offline (sign/validate.h) and told in the words of ETSI EN 319 102-1, as
 * deep as one wants to know. */
#ifndef EONAY_TOOLS_VERIFY_H
#define EONAY_TOOLS_VERIFY_H

#include <jansson.h>
#include "base/err.h"
#include "sign/validate.h"

/* X(id, word): how much is told to people; JSON always tells all. */
#define VERIFY_DEPTHS(X)                                                                                               \
    X(SENTENCE, "sentence")                                                                                            \
    X(TABLE, "table")                                                                                                  \
    X(FULL, "full")
enum verify_depth {
#define X(id, word) DEPTH_##id,
    VERIFY_DEPTHS(X)
#undef X
};

struct finding {
    enum err_code code; /* OK: it holds; the deciding rule's; ERR_NOMEM, ERR_CRYPTO: it could not be judged */
    struct err err;     /* of the same code, with the detail for a log */
    struct validation v;
};
void finding_make(struct finding *f, const void *der, size_t len, const struct validate_params *p);
const char *finding_indication(const struct finding *f);
const char *finding_sub_indication(const struct finding *f); /* NULL: none */

void finding_say(const struct finding *f, enum verify_depth depth); /* in the language and charset in force */
json_t *finding_json(const struct finding *f);                      /* one object; NULL when memory is out */

void verify_put_json(json_t *steal);                   /* on standard output; NULL says that nothing holds */
void verify_row(const char *label, const char *value); /* of a table, whatever others wrote into the value */

#endif
