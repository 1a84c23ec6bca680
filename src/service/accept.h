/* Acceptance: one table of rules, asked in its order; the first that fails is the answer. */
#ifndef EONAY_SERVICE_ACCEPT_H
#define EONAY_SERVICE_ACCEPT_H

#include "service/portal.h"
#include "service/standing.h"
#include "sign/cades.h"

/* One submission while it is judged. */
struct submission {
    struct portal *portal;
    const struct request *request; /* as the store has it */
    const uint8_t *der;
    size_t len;
    struct digest signature; /* SHA-256 of the file */
    int64_t arrived;         /* UTC second at which it was there whole */
    /* found out by the rules */
    struct cades_facts facts;
    bool read; /* facts are filled */
    struct standing standing;
    bool settled; /* the standing is good for good; else the consent is kept as "checking" */
};

struct accept_rule {
    const char *name;
    const char *about; /* one line for the manual and the tests */
    enum err_code (*holds)(struct submission *s, struct err *err);
};
const struct accept_rule *accept_rules(size_t *ret_count);

/* OK, or the code of the rule that failed, whose name goes to *ret_rule. OK without s->settled: to be kept as
 * "checking". The caller ends with submission_done. */
enum err_code accept_judge(struct submission *s, const char **ret_rule, struct err *err) MUST_CHECK;
void submission_done(struct submission *s);

#endif
