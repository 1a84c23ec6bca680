/* A submitted signature: what is accepted is what was asked for, and nothing refused leaves anything behind. */
#include "config.h"
#include <string.h>
#include "fuzz/fuzz.h"
#include "fuzz/world.h"
#include "sign/cades.h"

bool fuzz_cades(const uint8_t *data, size_t len)
{
    const struct world *w = world_of_corpus();
    struct cades_facts f;
    if (cades_read(data, len, &f, NULL) != OK)
        return false;
    HOLDS(len <= CADES_MAX && f.signer.file.len > 0 && f.key != NULL);
    HOLDS(f.message_digest_len <= sizeof f.message_digest);
    bool itself = cades_check_itself(&f, NULL) == OK;
    bool accepted = cades_check(&f, &w->claim, WORLD_TCKN, w->trust, w->now, NULL) == OK;
    if (accepted) {
        HOLDS(itself);
        HOLDS(f.text_len == w->claim.text_len && memcmp(f.text, w->claim.text, f.text_len) == 0);
        HOLDS(strcmp(f.cert.tckn, WORLD_TCKN) == 0);
    }
    cades_facts_done(&f);
    return accepted;
}
