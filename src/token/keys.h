/* Which key on a card belongs to a certificate: by identifier (CKA_ID) and by public key, both. Labels say nothing. */
#ifndef EONAY_TOKEN_KEYS_H
#define EONAY_TOKEN_KEYS_H

#include <openssl/x509.h>
#include "token/objects.h"

#define KEY_ID_MAX 255

enum key_fit {
    KEY_FITS,
    KEY_HIDDEN, /* the card shows no key at all before login: nothing speaks against it */
    KEY_NONE,   /* it shows keys, but none of this identifier, or another key under it */
    KEY_MANY    /* several under one identifier: the library would take the first it meets */
};

/* Before login most cards show public keys alone; a private key that is shown counts more. */
enum key_fit key_fit(struct card_session s, const uint8_t *id, size_t id_len, X509 *x);
/* After login: the one private key; *ret is written for KEY_FITS. Never KEY_HIDDEN. */
enum key_fit key_private(struct card_session s, const uint8_t *id, size_t id_len, X509 *x, CK_OBJECT_HANDLE *ret);

#endif
