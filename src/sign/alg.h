/* Which digest and which signature belong to which key (docs/protocol.md §4). For this room only. */
#ifndef EONAY_SIGN_ALG_H
#define EONAY_SIGN_ALG_H

#include "sign/cert.h"
#include "sign/der.h"

struct alg {
    enum cert_key key;
    int digest;         /* NID; the whole signature uses this one */
    int signature;      /* NID written into the SignerInfo */
    uint8_t digest_len; /* bytes */
    uint8_t half_len;   /* bytes of r and of s, 0 for RSA */
    const char *name;   /* of the key's algorithm, for people */
};
const struct alg *alg_of(enum cert_key key); /* NULL for a key that we do not sign with */
const struct alg *alg_pss(void);      /* RSASSA-PSS by an ordinary RSA key: SHA-256, MGF1 with it, 32 bytes of salt */
const char *alg_digest_name(int nid); /* for people; "?" for one not in the table */

/* AlgorithmIdentifier of a digest: SHA-1 and the SHA-2 family, parameters absent or NULL (RFC 5754 §2). NID, or
 * NID_undef. */
int alg_read_digest(const struct der_item *identifier);
/* Is the signer's digest among the digestAlgorithms of SignedData (RFC 5652 §5.1), which no signature covers? */
bool alg_announces(struct der_view set, int digest);
/* AlgorithmIdentifier of a signature, as RFC 5754 §3 and RFC 4056 §3 want it. NID_undef for one we do not know;
 * *ret_digest is NID_undef where the identifier names none (rsaEncryption); *ret_is_rsa tells RSA from ECDSA; of
 * RSASSA-PSS (NID_rsassaPss) only one digest throughout, not SHA-1, and a salt of its length. */
int alg_read_signature(const struct der_item *identifier, int *ret_digest, bool *ret_is_rsa);

/* SHA-1 and what is older: nothing signed with it is believed. */
bool alg_digest_is_weak(int digest);
/* The same for a whole signature algorithm as OpenSSL has decoded it. */
bool alg_is_weak(const X509_ALGOR *signature);

/* Is this the key's signature over the pieces, one after the other, by that AlgorithmIdentifier and this digest? An
 * identifier that names another digest, or another kind of key, is none. */
bool alg_verify(const struct der_item *identifier, int digest, EVP_PKEY *key, const struct der_view *pieces,
    size_t count, struct der_view signature);

/* The same over signed attributes as they stand in a file, with their [0]: what is signed has the tag of a SET OF in
 * its place (RFC 5652 §5.4). */
bool alg_verify_attributes(const struct der_item *identifier, int digest, EVP_PKEY *key, struct der_view attributes,
    struct der_view signature);

void alg_put_digest(struct der_out *out, int digest);
void alg_put_signature(struct der_out *out, const struct alg *alg);

#endif
