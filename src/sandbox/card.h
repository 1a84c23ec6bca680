/* A smart card of the sandbox: one SoftHSM 2 token in a folder of its own, reached through PKCS#11 alone. */
#ifndef EONAY_SANDBOX_CARD_H
#define EONAY_SANDBOX_CARD_H

#include "sandbox/pki.h"

#define CARD_PIN_LEN 6
#define CARD_PUK_LEN 8
#define CARD_LABEL_MAX 32 /* bytes of a token label, CK_TOKEN_INFO */

/* Path of the SoftHSM 2 module on this machine; NULL when it is not installed. */
const char *card_module(void);

struct card_order {
    const char *dir;   /* exists and is empty; receives tokens/ and softhsm2.conf */
    const char *label; /* UTF-8, cut at a character to CARD_LABEL_MAX */
    const char *pin, *puk;
    enum key_kind key;
};
struct card;
/* Initialises the token and has it make its key pair (sensitive, not extractable, labelled "nes"). Sets SOFTHSM2_CONF
 * of this process; one card may be open at a time. *ret_key is the public key. ERR_MODULE_BAD, ERR_CRYPTO with the CKR.
 */
enum err_code card_make(
    const struct card_order *order, struct card **ret, EVP_PKEY **ret_key, struct err *err) MUST_CHECK;
/* Puts the certificate beside the key, under the same CKA_ID and label. */
enum err_code card_put(struct card *c, X509 *cert, struct err *err) MUST_CHECK;
void card_close(struct card **c);

#endif
