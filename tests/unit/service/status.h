/* The authority's answers about a certificate: OCSP (RFC 6960) signed by the issuer itself, and its CRL. */
#ifndef EONAY_TESTS_SERVICE_STATUS_H
#define EONAY_TESTS_SERVICE_STATUS_H

#include "httpd/httpd.h"
#include "world.h"

void status_ocsp(struct httpd_answer *a, const struct pki *pki, const uint8_t *request, size_t len,
    enum authority_mood mood, int64_t revoked_at);
void status_crl(
    struct httpd_answer *a, const struct pki *pki, uint64_t serial, enum authority_mood mood, int64_t revoked_at);

#endif
