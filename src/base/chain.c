#include "config.h"
#include "base/chain.h"

#include "base/i18n.h"

static const struct {
    const char *slug, *name;
} links[] = {
#define LINK(id, slug, name) {slug, name},
#include "base/chain.def"
#undef LINK
};

static const char *const states[] = {"unjudged", "ok", "skipped", "broken", "unknown"};

const char *chain_slug(enum chain_link l)
{
    return l < LINK_COUNT ? links[l].slug : "";
}

const char *chain_name(enum chain_link l)
{
    return l < LINK_COUNT ? links[l].name : "";
}

const char *chain_state_slug(enum link_state s)
{
    return s < LINK_STATES ? states[s] : "";
}
