/* Consents made to last, step by step, with the authorities of a test (pki.h). A failure fails the test. */
#ifndef EONAY_TESTS_AGED_H
#define EONAY_TESTS_AGED_H

#include <stdbool.h>
#include "fakes/pki.h"
#include "sign/cades.h"
#include "sign/levels.h"

struct aging {
    struct pki *pki;
    const struct trust *trust; /* of signers and of time-stamp authorities */
    const struct pki_identity *signer, *unit, *responder;
    enum profile profile;
    bool pss;
    int64_t at; /* the clock of the steps */
};

struct consent_claim aged_claim(const struct aging *a);
void aged_sign(const struct aging *a, struct buf *ret);
void aged_stamp(const struct aging *a, const struct buf *der, struct buf *ret);
void aged_stamp_refs(const struct aging *a, const struct buf *der, struct buf *ret);
/* Status values of all that level_missing names, until it names none; then everything goes in. */
void aged_prove(const struct aging *a, const struct buf *der, struct buf *ret);
void aged_archive(const struct aging *a, const struct buf *der, struct buf *ret);
void aged_make(const struct aging *a, enum level level, struct buf *ret);
/* The token that the authority gives for an imprint. */
void aged_token(const struct aging *a, int digest, const uint8_t *imprint, size_t len, struct buf *ret);
/* A status value of x now: OCSP by the responder, or a CRL by the issuer's own key. */
void aged_status(const struct aging *a, X509 *x, X509 *issuer, enum evidence_kind kind, struct evidence *ret);

#endif
