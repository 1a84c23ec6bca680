/* The receipt: a consent with everything that proves it, in one file that a person carries home (asice.h), sealed by
 * the service. Made from what the store holds, checked with the authorities' certificates alone. */
#ifndef EONAY_SIGN_RECEIPT_H
#define EONAY_SIGN_RECEIPT_H

#include <stdbool.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/err.h"
#include "sign/asice.h"
#include "sign/kept.h"
#include "sign/ledger_proof.h"
#include "sign/receipt_page.h"
#include "sign/seal_cms.h"
#include "sign/trust.h"

/* What a receipt is made from; all borrowed. */
struct receipt_order {
    const char *service, *number;
    int64_t accepted;        /* UTC second when the signature arrived */
    const uint8_t *received; /* 32 bytes: SHA-256 of the signature file as it arrived */
    bool test;
    struct asice_view text, consent; /* consent: the evidence as it is by now */
    struct asice_view ledger;        /* the ledger's JSON (ledger_proof.h); at NULL: there is none yet */
    const struct sealer *sealer;
    int64_t now; /* UTC second of the seal */
};
/* The container's bytes, checked by receipt_read before they are handed out. What receipt_read says of parts that do
 * not fit each other; what seal_cms_make says; ERR_TOO_BIG, ERR_NOMEM, ERR_CRYPTO. */
enum err_code receipt_make(const struct receipt_order *o, struct buf *ret, struct err *err) MUST_CHECK;

/* What a receipt says. */
struct receipt {
    struct asice parts; /* views into the bytes that were read */
    struct seal_cms seal;
    struct kept consent;
    struct ledger_proof ledger; /* when page.ledger says that there is one */
    struct receipt_page page;
};
/* The rules that a receipt answers by itself, in this order; the first that fails is the answer, and the detail begins
 * with its name:
 *   container   ERR_RECEIPT_FORM     the canonical form, every byte of it
 *   manifest    ERR_RECEIPT_CHANGED  each part has the digest that the manifest names
 *   seal        ERR_RECEIPT_SEAL     the seal is over this manifest, and its signature holds
 *   page        ERR_RECEIPT_PAGE     it can be read
 *   consent     what kept_read says: the signature can be read, and is the one that came in (ERR_RECEIPT_MIXED)
 *   text        ERR_RECEIPT_MIXED    text.txt is the text that was signed
 *   ledger      ERR_RECEIPT_LEDGER   the ledger's part can be read
 *   page        ERR_RECEIPT_PAGE     it is the page of these parts, byte for byte
 *   entry       ERR_RECEIPT_MIXED    the ledger's entry is of this transaction
 * *ret is filled on success only; the caller ends with receipt_done. */
enum err_code receipt_read(const uint8_t *bytes, size_t len, struct receipt *ret, struct err *err) MUST_CHECK;
/* The rules that need the authorities:
 *   sealer      ERR_RECEIPT_SEALER   the seal is a service's below `trust` (seal_check), good at the second it names
 *   ledger      ERR_RECEIPT_LEDGER   the ledger's signatures and path hold
 *   signature   ERR_REJ_…            the consent's signature holds (kept_check) at the second of the seal, which proves
 *                                    that it existed
 * Nothing is asked over a network; revocation of the seal's certificate is not asked for. */
enum err_code receipt_check(const struct receipt *r, const struct trust *trust, struct err *err) MUST_CHECK;
void receipt_done(struct receipt *r);

#endif
