/* A consent's proof, ledger.json. */
#include "config.h"
#include "fuzz/fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "sign/ledger_proof.h"

static struct trust *trust;

static void forget(void)
{
    trust_free(&trust);
}

/* Whom the proofs of the corpus come from (make_ledger.c). */
static const struct trust *authorities(void)
{
    char path[1024];
    if (trust != NULL)
        return trust;
    snprintf(path, sizeof path, "%s/world/ledger-ca.pem", FUZZ_DIR);
    HOLDS(trust_load(path, &trust, NULL) == OK);
    atexit(forget);
    return trust;
}

/* What was read is written as it came. */
static bool is_the_same(const struct ledger_proof *p, const uint8_t *data, size_t len)
{
    struct buf again = BUF_INIT(LEDGER_JSON_MAX);
    bool same = ledger_proof_write(p, &again) == OK && again.len == len && memcmp(again.data, data, len) == 0;
    buf_done(&again);
    return same;
}

bool fuzz_ledger(const uint8_t *data, size_t len)
{
    struct ledger_proof p;
    struct err err = {OK, ""};
    enum err_code rc = ledger_proof_read(data, len, &p, &err);
    HOLDS(rc == OK || err.detail[0] != '\0');
    if (rc != OK)
        return false;
    HOLDS(is_the_same(&p, data, len));
    HOLDS(fuzz_is_clean(p.log, sizeof p.log) && fuzz_is_clean(p.record.number, sizeof p.record.number));
    HOLDS(p.path.len <= MERKLE_PATH_MAX && p.head.signature.len <= SEAL_SIGNATURE_MAX);
    rc = ledger_proof_check(&p, NULL, authorities(), &err);
    HOLDS(rc == OK || err.detail[0] != '\0');
    ledger_proof_done(&p);
    return rc == OK;
}
