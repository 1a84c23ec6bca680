/* An OCSP responder's answer about a certificate we know. */
#include "config.h"
#include "fuzz/fuzz.h"
#include "fuzz/world.h"
#include "sign/revocation.h"

static bool hear(const uint8_t *data, size_t len, const uint8_t *nonce)
{
    const struct world *w = world_of_corpus();
    struct revocation_answer a = {0};
    if (ocsp_answer(data, len, w->person, w->issuer, nonce, w->trust, w->now, &a, NULL) != OK)
        return false;
    HOLDS(a.status <= REV_UNKNOWN);
    HOLDS((a.at != 0) == (a.status == REV_REVOKED || a.status == REV_SUSPENDED));
    HOLDS(a.this_update <= w->now + REVOCATION_SKEW_S);
    X509_free(ocsp_responder_to_check(data, len, w->issuer));
    HOLDS(a.next_update == 0 || a.next_update >= w->now - REVOCATION_SKEW_S);
    return true;
}

bool fuzz_ocsp(const uint8_t *data, size_t len)
{
    bool answers_us = hear(data, len, world_of_corpus()->nonce), answers = hear(data, len, NULL);
    HOLDS(answers || !answers_us);
    return answers_us;
}
