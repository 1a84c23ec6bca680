/* The certificates on the cards of one module, each with the reason why it cannot sign, if there is one. */
#ifndef EONAY_TOKEN_CERTS_H
#define EONAY_TOKEN_CERTS_H

#include <openssl/x509.h>
#include "base/err.h"
#include "sign/cert.h"
#include "sign/trust.h"
#include "token/cards.h"
#include "token/keys.h"

#define CERTS_MAX 64 /* of all cards together */

struct card_cert {
    size_t card; /* index into struct cards */
    uint8_t id[KEY_ID_MAX];
    size_t id_len;
    X509 *x;               /* owned; NULL: it could not be read */
    STACK_OF(X509) *chain; /* owned; as it was verified when the list was judged. NULL: not yet, or none found */
    enum key_fit key;
    struct cert_facts facts; /* of an unreadable one: owner (the object's label) and ref alone */
    enum cert_reason reason;
    int64_t reason_at;
    enum cert_purpose purpose; /* of an unreadable one: UNKNOWN */
};

struct certs {
    struct card_cert v[CERTS_MAX];
    size_t n;
    struct guard_trouble failed; /* the first call that failed while reading; CKR_OK: none */
};

/* Reads them without any login; what is there already is freed first. Not judged yet. What a card that fails in between
 * did not give is missing. */
void certs_read(
    struct certs *c, const CK_FUNCTION_LIST *calls, const struct guard_api *guard, const struct cards *cards);
void certs_done(struct certs *c);

/* Judges them all: by cert_judge at UTC second `now` for the person of `mask` (NULL: anyone), then trust, then the key.
 * A chain that was found is kept until the cards are read again, and verified anew only for a second at which one of
 * its certificates does not hold: `trust` is always the same one. */
void certs_judge(struct certs *c, const struct trust *trust, int64_t now, const char *mask);
enum cert_reason cert_reason_at(const struct certs *c, const struct card_cert *one, const struct trust *trust,
    int64_t now, const char *mask, int64_t *ret_at);

/* By reference (SHA-256 of the DER); the first usable one, else the first. NULL: no such certificate. */
const struct card_cert *certs_find(const struct certs *c, const uint8_t ref[32]);
/* Its chain to an anchor, with what else is on the card as links; the caller frees it with sk_X509_pop_free. */
enum err_code cert_chain(const struct certs *c, const struct card_cert *one, const struct trust *trust, int64_t at,
    STACK_OF(X509) **ret) MUST_CHECK;

#endif
