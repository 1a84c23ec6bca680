#include "config.h"
#include "sign/evidence.h"

enum err_code evidence_read(const uint8_t *der, size_t len, struct evidence *ret, struct err *err)
{
    struct evidence e = {.level = "CAdES B-B", .as_received = true};
    enum err_code rc = cades_read(der, len, &e.facts, err);
    if (rc == OK)
        *ret = e;
    return rc;
}

enum err_code evidence_check(const struct evidence *e, const struct trust *trust, struct err *err)
{
    return cades_check(&e->facts, NULL, NULL, trust, e->facts.signing_time, err);
}

void evidence_done(struct evidence *e)
{
    cades_facts_done(&e->facts);
}
