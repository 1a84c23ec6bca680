/* OCSP answers and CRLs of the test authority (pki.h), right or wrong in one thing. */
#ifndef EONAY_FAKES_PKI_STATUS_H
#define EONAY_FAKES_PKI_STATUS_H

#include <stdbool.h>
#include <openssl/evp.h>
#include "base/buf.h"
#include "fakes/pki.h"

struct pki_status {
    const struct pki_identity *by; /* the responder, or who signs the CRL */
    int status;                    /* V_OCSP_CERTSTATUS_… */
    int reason;                    /* CRL_REASON_…, -1: none */
    int64_t revoked_at, this_update;
    int64_t next_update;  /* 0: none is named */
    const EVP_MD *digest; /* NULL: SHA-256 */
    bool without_nonce, other_nonce, other_certificate, without_responder, critical;
};

/* To the question in `request`. */
void pki_ocsp_answer(const struct pki *p, const struct buf *request, const struct pki_status *s, struct buf *ret_der);
/* "try later", signed by nobody. */
void pki_ocsp_try_later(struct buf *ret_der);
/* A CRL of p->issuer; `revoked` may be NULL. */
void pki_crl(const struct pki *p, const X509 *revoked, const struct pki_status *s, struct buf *ret_der);

/* The same of any authority, by its own key. */
void pki_crl_of(
    const struct pki_identity *authority, const X509 *revoked, const struct pki_status *s, struct buf *ret_der);

#endif
