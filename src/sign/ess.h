/* Certificates named in a signature: by issuer and serial number (RFC 5652 §10.2.4) and by their hash (RFC 5035 §3 and
 * §4). For this room only. */
#ifndef EONAY_SIGN_ESS_H
#define EONAY_SIGN_ESS_H

#include <stdbool.h>
#include <openssl/x509.h>
#include "sign/der.h"

/* Byte for byte: X509_NAME_cmp heeds neither case nor blanks. */
bool ess_is_named(X509 *x, const struct der_item *issuer, const struct der_item *serial);
/* Does the value of signing-certificate (v2: of signing-certificate-v2) name x first? An issuer and serial number
 * beside the hash may be absent, but not name another. Further certificates and policies may follow. v1 hashes with
 * SHA-1, which binds a certificate that is itself judged by its own strength. */
bool ess_names(const struct der_item *value, bool v2, X509 *x);
/* IssuerSerial ::= SEQUENCE { GeneralNames, INTEGER } with one directoryName, and nothing behind it: views of the name
 * and the number. */
bool ess_split_issuer_serial(struct der_view bytes, struct der_item *ret_issuer, struct der_item *ret_serial);
/* GeneralNames and serial number, as ESSCertID and OtherCertID have them. */
void ess_put_issuer_serial(struct der_out *out, X509 *x);

#endif
