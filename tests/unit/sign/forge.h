/* Signatures over a consent with exactly one thing wrong, made by a writer of their own and really signed, so that
 * nothing but the flaw can be the reason why one is refused. */
#ifndef EONAY_TESTS_FORGE_H
#define EONAY_TESTS_FORGE_H

#include "base/buf.h"
#include "fakes/pki.h"
#include "sign/consent.h"

enum forge_flaw {
    FORGE_NONE,
    /* signed attributes */
    FORGE_NO_CONTENT_TYPE,
    FORGE_NO_DIGEST,
    FORGE_NO_TIME,
    FORGE_NO_ESS,
    FORGE_NO_CONTENT_ID,
    FORGE_OTHER_CONTENT_TYPE,
    FORGE_WRONG_DIGEST,
    FORGE_GENERALIZED_TIME,
    FORGE_NO_DAY,
    FORGE_SHORT_CONTENT_ID,
    FORGE_ESS_V1,
    FORGE_ESS_SHA1,
    FORGE_ESS_OTHER_CERT,
    FORGE_ESS_OTHER_ISSUER,
    FORGE_ESS_DEFAULT_WRITTEN,
    FORGE_ESS_TWO,
    FORGE_ATTRIBUTE_TWICE,
    FORGE_TWO_VALUES,
    FORGE_NO_VALUE,
    FORGE_FOREIGN_ATTRIBUTE,
    FORGE_UNSORTED_ATTRIBUTES,
    FORGE_NO_SIGNED_ATTRIBUTES,
    FORGE_UNSIGNED_ATTRIBUTE,
    /* signer */
    FORGE_TWO_SIGNERS,
    FORGE_NO_SIGNER,
    FORGE_SIGNER_BY_KEY,
    FORGE_SIGNER_VERSION_3,
    FORGE_OTHER_KEY,
    /* algorithms */
    FORGE_DIGESTS_DISAGREE,
    FORGE_TWO_DIGESTS,
    FORGE_UNKNOWN_DIGEST,
    FORGE_OTHER_SIGNATURE_ALG,
    /* content and certificates */
    FORGE_DETACHED,
    FORGE_CONTENT_NOT_DATA,
    FORGE_EMPTY_TEXT,
    FORGE_NO_CERTS,
    FORGE_TWIN,
    FORGE_SWAPPED,
    FORGE_CERT_TWICE,
    FORGE_CERTS_UNSORTED,
    FORGE_BROKEN_CERT,
    FORGE_TOO_MANY_CERTS,
    FORGE_CRLS,
    FORGE_VERSION_5,
    FORGE_NOT_SIGNED_DATA,
    FORGE_NO_SIGNATURE,
    FORGE_SHORT_DIGEST,
    FORGE_DIGEST_IN_A_STRING,
    /* one element more at the end of */
    FORGE_MORE_FILE,
    FORGE_MORE_EXPLICIT,
    FORGE_MORE_SIGNED_DATA,
    FORGE_MORE_CONTENT,
    FORGE_MORE_OCTETS,
    FORGE_MORE_SID,
    FORGE_MORE_SIGNER,
    FORGE_MORE_ATTRIBUTE,
    FORGE_MORE_ESS,
    FORGE_MORE_ESS_ID,
    FORGE_MORE_NAMES,
    FORGE_FLAWS, /* how many */
    /* what is no flaw, but not a consent's either */
    FORGE_ESS_SHA256,    /* signing-certificate-v2 by SHA-256, whatever else is used */
    FORGE_POLICY,        /* that of P4 */
    FORGE_POLICY_HASH,   /* the same with another document's hash */
    FORGE_POLICY_OTHER,  /* under a number nobody knows */
    FORGE_AS_TOKEN,      /* a time-stamp token, the claim's text being its TSTInfo */
    FORGE_CONTENT_STAMP, /* a content time stamp of the claim's `created`, `other` being the authority */
};

struct forge {
    const struct consent_claim *claim;
    const struct pki_identity *signer;
    const struct pki_identity *other; /* for the flaws that need a second one */
    STACK_OF(X509) *chain;
    int digest; /* NID */
    enum forge_flaw flaw;
};
void forge_make(const struct forge *f, struct buf *ret_der); /* aborts on failure */
/* A time-stamp token over a SHA-256 digest, whatever it is worth. */
struct pki_stamp;
void forge_stamp(const struct pki_stamp *by, const uint8_t imprint[32], struct buf *ret_token);

#endif
