/* The public key of a certificate, made without the library's decoders, which take longer than a signature takes to be
 * verified. */
#ifndef EONAY_SIGN_CERT_KEY_H
#define EONAY_SIGN_CERT_KEY_H

#include <openssl/evp.h>
#include "sign/cert.h"
#include "sign/der.h"

/* Of a SubjectPublicKeyInfo (strict DER already). NULL for one that is no key: an encoding nobody knows, a point that
 * is not on its curve. *ret_kind is OTHER for a key we do not sign with, named curves apart: explicit parameters could
 * describe any group. The caller frees it. Threads may call this. */
EVP_PKEY *cert_key_make(const struct der_item *info, enum cert_key *ret_kind);

#endif
