/* The library's reading of what src/sign reads by itself: X509 and CMS as OpenSSL decodes them. What src/sign takes,
 * the library must take too, and say the same of it; the fuzz targets and the unit tests hold the two beside each
 * other. */
#ifndef EONAY_FAKES_LIBRARY_H
#define EONAY_FAKES_LIBRARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "sign/cades.h"
#include "sign/cert.h"
#include "sign/trust.h"

/* False for a broken or doubled extension, an unknown key encoding or impossible dates. */
bool library_cert(X509 *x, struct cert_facts *ret);
/* Do the two say the same? The own reading may be the stricter one: a digest it holds for weak, a certificate of v1
 * that it holds for no authority. */
bool library_agrees(const struct cert_facts *own, const struct cert_facts *theirs);
/* The file decoded by the library: does its signature hold with the certificate that `f` names and no other, and is the
 * text the same? */
bool library_verifies(const uint8_t *der, size_t len, const struct cades_facts *f);
/* The long way of the chain, whatever the short one said. */
bool library_trusts(const struct cades_facts *f, const struct trust *trust, int64_t at);

#endif
