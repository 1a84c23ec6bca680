/* The links between a person and a signature, and what a look at one of them can give. */
#ifndef EONAY_BASE_CHAIN_H
#define EONAY_BASE_CHAIN_H

enum chain_link {
#define LINK(id, slug, name) LINK_##id,
#include "base/chain.def"
#undef LINK
    LINK_COUNT
};

/* Unjudged: whoever looks stopped at a broken link before it, or has not come so far. Unknown: it was looked at, but
 * what it takes to judge it was not there. */
enum link_state { LINK_UNJUDGED, LINK_OK, LINK_SKIPPED, LINK_BROKEN, LINK_UNKNOWN, LINK_STATES };

/* Never NULL; "" for what is no link or state. */
const char *chain_slug(enum chain_link l);
const char *chain_name(enum chain_link l);       /* msgid */
const char *chain_state_slug(enum link_state s); /* "ok" */

#endif
