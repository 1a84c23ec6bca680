/* Is an element of the form that RFC 5280 gives a part of a certificate? The element is strict DER already; what it
 * says is read by who asks (cert.c). For cert_parts.c alone. */
#ifndef EONAY_SIGN_CERT_FORMS_H
#define EONAY_SIGN_CERT_FORMS_H

#include <stdbool.h>
#include "sign/der.h"

bool form_is_name(const struct der_item *value);        /* Name, §4.1.2.4; strings hold characters of their type */
bool form_is_algorithm(const struct der_item *value);   /* AlgorithmIdentifier, §4.1.1.2 */
bool form_is_key(const struct der_item *value);         /* SubjectPublicKeyInfo, §4.1.2.7 */
bool form_is_basic(const struct der_item *value);       /* §4.2.1.9 */
bool form_is_usage(const struct der_item *value);       /* §4.2.1.3: one bit at least is set */
bool form_is_purposes(const struct der_item *value);    /* §4.2.1.12 */
bool form_is_policies(const struct der_item *value);    /* §4.2.1.4 */
bool form_is_names(const struct der_item *value);       /* GeneralNames, §4.2.1.6 */
bool form_is_issuer_key(const struct der_item *value);  /* §4.2.1.1 */
bool form_is_points(const struct der_item *value);      /* §4.2.1.13, full names */
bool form_is_constraints(const struct der_item *value); /* §4.2.1.10 */
bool form_is_octets(const struct der_item *value);
bool form_is_bits(const struct der_item *value);
bool form_is_sequence(const struct der_item *value);

#endif
