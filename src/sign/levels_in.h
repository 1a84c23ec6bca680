/* Between the files of levels.h. */
#ifndef EONAY_SIGN_LEVELS_IN_H
#define EONAY_SIGN_LEVELS_IN_H

#include "sign/levels.h"
#include "sign/signed_data.h"

#define OID_STAMP "1.2.840.113549.1.9.16.2.14"
#define OID_CERT_REFS "1.2.840.113549.1.9.16.2.21"
#define OID_REVOCATION_REFS "1.2.840.113549.1.9.16.2.22"
#define OID_CERT_VALUES "1.2.840.113549.1.9.16.2.23"
#define OID_REVOCATION_VALUES "1.2.840.113549.1.9.16.2.24"
#define OID_REFS_STAMP "1.2.840.113549.1.9.16.2.25"
#define OID_ARCHIVE "0.4.0.1733.2.4"
#define OID_INDEX "0.4.0.19122.1.5"
#define OID_RI_OCSP "1.3.6.1.5.5.7.16.2"
#define OID_OCSP_BASIC "1.3.6.1.5.5.7.48.1.1"
#define OID_POLICY "1.2.840.113549.1.9.16.2.15"

/* signed_data_split with the errors of levels.h. */
enum err_code levels_open(const uint8_t *der, size_t len, struct signed_data *ret, struct err *err) MUST_CHECK;

/* The file with elements added to its three lists; sorted when the list was (a list of none is). */
struct splice {
    struct der_view certs, crls, attributes; /* elements one after the other; empty: nothing */
};
enum err_code levels_splice(
    const struct signed_data *d, const struct splice *add, struct buf *ret_der, struct err *err) MUST_CHECK;

void levels_put_oid(struct der_out *out, const char *oid);
/* The end of an Attribute with one value, which began at `mark` with its type; the value began at `value`. */
void levels_end_attribute(struct der_out *out, size_t mark, size_t value);
bool levels_oid_is(const struct der_item *item, const char *oid);

/* RevocationInfoChoice for an OCSPResponse, and back; false for another choice. */
void levels_put_ocsp_choice(struct der_out *out, struct der_view response);
bool levels_open_ocsp_choice(const struct der_item *choice, struct der_item *ret_response);
/* The BasicOCSPResponse in an OCSPResponse; false when there is none. */
bool levels_basic_of(struct der_view response, struct der_item *ret);

/* Imprints, by digest NID. */
enum err_code levels_signature_imprint(
    const struct signed_data *d, int digest, uint8_t ret[TST_IMPRINT_MAX], size_t *ret_len) MUST_CHECK;
enum err_code levels_refs_imprint(
    const struct signed_data *d, int digest, uint8_t ret[TST_IMPRINT_MAX], size_t *ret_len) MUST_CHECK;
enum err_code levels_archive_imprint(const struct signed_data *d, int digest, struct der_view index,
    uint8_t ret[TST_IMPRINT_MAX], size_t *ret_len) MUST_CHECK;
/* Digest of the pieces, one after the other. */
enum err_code levels_digest(
    int digest, const struct der_view *pieces, size_t count, uint8_t ret[TST_IMPRINT_MAX], size_t *ret_len) MUST_CHECK;
/* Whatever its kind; an index or references that do not hold are ERR_REJ_STAMP. */
enum err_code levels_imprint(const struct signed_data *d, const struct level_stamp *s, uint8_t ret[TST_IMPRINT_MAX],
    size_t *ret_len, struct err *err) MUST_CHECK;
/* The unsigned attribute of that type around a token, spliced in. */
enum err_code levels_add_token(const struct signed_data *d, const char *oid, struct der_view token, struct buf *ret_der,
    struct err *err) MUST_CHECK;

/* NULL, or what is wrong with the archive time stamp's index, in words for a log; *ret is the index. */
const char *levels_index_of(const struct signed_data *d, const struct tst_facts *archive, struct der_item *ret);

/* Adds what an element of SignedData.certificates, of SignedData.crls, or a value of an unsigned attribute of that type
 * brings (certificate-values, revocation-values and time stamps; nothing for others). ERR_REJ_FORM for a broken one. */
enum err_code levels_read_cert(const struct der_item *choice, struct evidence *ret, struct err *err) MUST_CHECK;
enum err_code levels_read_crl(const struct der_item *choice, struct evidence *ret, struct err *err) MUST_CHECK;
enum err_code levels_read_value(
    const struct der_item *type, const struct der_item *value, struct evidence *ret, struct err *err) MUST_CHECK;
/* level_values of a file that is open. */
enum err_code levels_values(const struct signed_data *d, struct evidence *ret, struct err *err) MUST_CHECK;

/* The attributes of X-L over all of `values`: complete references, certificate-values and revocation-values. */
enum err_code levels_put_xl(
    struct der_out *out, const struct signed_data *d, const struct evidence *values, struct err *err) MUST_CHECK;

/* Is this the status of x: an OCSP answer about it, a CRL of its issuer's? By names alone. */
bool levels_is_about(const struct evidence_item *value, X509 *x, X509 *issuer);

#endif
