#include "config.h"

#include "service/tell.h"

#include "base/ascii.h"
#include "base/when.h"

json_t *json_time(int64_t utc)
{
    char out[WHEN_RFC3339];
    when_rfc3339(out, utc);
    return json_string(out);
}

json_t *json_digest(const struct digest *d)
{
    char hex[2 * DIGEST_LEN + 1];
    ascii_hex(hex, d->v, sizeof d->v);
    return json_string(hex);
}

json_t *json_person(const struct person *person)
{
    char mask[TCKN_LEN + 1];
    tckn_mask(mask, person->tckn);
    return json_pack("{s:s, s:s}", "name", person->name, "tckn_masked", mask);
}

json_t *json_consent(const struct consent *c, bool stamps, bool receipt)
{
    const char *stamp = c->level > 0 ? "added" : stamps ? "pending" : "none";
    return json_pack("{s:s, s:o, s:o, s:s, s:s, s:b}", "number", c->number, "accepted_at", json_time(c->accepted),
        "sha256", json_digest(&c->text), "state", c->standing == CONSENT_CHECKING ? "checking" : "accepted",
        "timestamp", stamp, "receipt", (int)receipt);
}
