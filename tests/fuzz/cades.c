/* A submitted signature: what is accepted is what was asked for, by the library's reading too, and nothing refused
 * leaves anything behind. */
#include "config.h"
#include <string.h>
#include "fakes/library.h"
#include "fuzz/fuzz.h"
#include "fuzz/world.h"
#include "sign/cades.h"

/* Every certificate of a file that was read is one to the library as well. */
static void compare(const struct cades_facts *f)
{
    X509 *signer = NULL;
    STACK_OF(X509) *certs = NULL;
    struct cert_facts theirs;
    HOLDS(cades_decode(f, &signer, &certs) == OK);
    HOLDS(library_cert(signer, &theirs) && library_agrees(&f->cert, &theirs));
    X509_free(signer);
    sk_X509_pop_free(certs, X509_free);
}

bool fuzz_cades(const uint8_t *data, size_t len)
{
    const struct world *w = world_of_corpus();
    struct cades_facts f;
    if (cades_read(data, len, &f, NULL) != OK)
        return false;
    HOLDS(len <= CADES_MAX && f.signer.file.len > 0 && f.key != NULL);
    HOLDS(f.message_digest_len <= sizeof f.message_digest);
    compare(&f);
    bool itself = cades_check_itself(&f, NULL) == OK;
    HOLDS(!itself || library_verifies(data, len, &f));
    bool accepted = cades_check(&f, &w->claim, WORLD_TCKN, w->trust, w->now, NULL) == OK;
    if (accepted) {
        HOLDS(itself);
        HOLDS(f.text_len == w->claim.text_len && memcmp(f.text, w->claim.text, f.text_len) == 0);
        HOLDS(strcmp(f.cert.tckn, WORLD_TCKN) == 0);
        HOLDS(library_trusts(&f, w->trust, w->now));
    }
    cades_facts_done(&f);
    return accepted;
}
