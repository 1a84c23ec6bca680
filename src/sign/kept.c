#include "config.h"
#include "sign/kept.h"

enum err_code kept_read(const uint8_t *der, size_t len, struct kept *ret, struct err *err)
{
    struct kept e = {.level = "CAdES B-B", .as_received = true};
    enum err_code rc = cades_read(der, len, &e.facts, err);
    if (rc == OK)
        *ret = e;
    return rc;
}

enum err_code kept_check(const struct kept *e, const struct trust *trust, struct err *err)
{
    return cades_check(&e->facts, NULL, NULL, trust, e->facts.signing_time, err);
}

void kept_done(struct kept *e)
{
    cades_facts_done(&e->facts);
}
