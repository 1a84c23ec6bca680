/* A revocation list of the authority of a certificate we know. */
#include "config.h"
#include "fuzz/fuzz.h"
#include "fuzz/world.h"
#include "sign/revocation.h"

bool fuzz_crl(const uint8_t *data, size_t len)
{
    const struct world *w = world_of_corpus();
    struct revocation_answer a = {0};
    if (crl_answer(data, len, w->person, w->issuer, w->now, &a, NULL) != OK)
        return false;
    HOLDS(a.status == REV_GOOD || a.status == REV_REVOKED || a.status == REV_SUSPENDED);
    HOLDS((a.at != 0) == (a.status != REV_GOOD));
    HOLDS(a.this_update <= w->now + REVOCATION_SKEW_S);
    return true;
}
