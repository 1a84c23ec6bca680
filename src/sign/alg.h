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
const char *alg_digest_name(int nid);        /* for people; "?" for one not in the table */

/* AlgorithmIdentifier of a digest: SHA-1 and the SHA-2 family, parameters absent or NULL (RFC 5754 §2). NID, or
 * NID_undef. */
int alg_read_digest(const struct der_item *identifier);
/* AlgorithmIdentifier of a signature, as RFC 5754 §3 wants it. NID_undef for one we do not know; *ret_digest is
 * NID_undef where the identifier names none (rsaEncryption); *ret_is_rsa tells RSA PKCS#1 v1.5 from ECDSA. */
int alg_read_signature(const struct der_item *identifier, int *ret_digest, bool *ret_is_rsa);

/* SHA-1 and what is older: nothing signed with it is believed. */
bool alg_digest_is_weak(int digest);
/* The same for a whole signature algorithm as OpenSSL has decoded it. */
bool alg_is_weak(const X509_ALGOR *signature);

void alg_put_digest(struct der_out *out, int digest);
void alg_put_signature(struct der_out *out, const struct alg *alg);

#endif
