/* What must hold at every step of the flow, whatever happens. */
#ifndef EONAY_TESTS_LAWS_H
#define EONAY_TESTS_LAWS_H

#include "flow/flow.h"

struct step {
    struct flow before, after;
    struct event ev;
    struct effects fx;
};
/* NULL when every law holds; else the sentence that was broken. */
const char *laws_broken(const struct step *s);

/* What a walk remembers from step to step: the jobs as the effects started and ended them. */
struct witness {
    uint32_t net_job, token_job, last_job, exits;
    enum effect_kind net_what;
};
const char *witness_broken(struct witness *w, const struct step *s);

#endif
