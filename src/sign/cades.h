/* CAdES baseline B-B over a consent: built around a signature made elsewhere (a token), and verified.
 * ETSI EN 319 122-1, RFC 5652, RFC 5035. */
#ifndef EONAY_SIGN_CADES_H
#define EONAY_SIGN_CADES_H

#include <stdbool.h>
#include <openssl/x509.h>
#include "base/buf.h"
#include "base/err.h"
#include "sign/cert.h"
#include "sign/cert_parts.h"
#include "sign/consent.h"
#include "sign/trust.h"

/* Building. cades_begin encodes the signed attributes; the caller has `to_sign` signed; cades_finish assembles attached
 * DER, parses it again and verifies it before handing it out.
 *   RSA:   to_sign is the DigestInfo for CKM_RSA_PKCS; signature is the PKCS#1 v1.5 block, as long as the modulus.
 *   ECDSA: to_sign is the digest for CKM_ECDSA; signature is r||s as PKCS#11 gives it.
 *   PSS:   (cades_begin_pss, RSA keys alone) to_sign is the digest for CKM_RSA_PKCS_PSS with SHA-256, MGF1 with SHA-256
 *          and 32 bytes of salt; signature is as long as the modulus.
 * The claim is read in cades_begin only. `chain` (may be NULL) goes into the file beside the signer, each certificate
 * once. cades_begin: ERR_REJ_WEAK for a key or certificate we do not sign with, ERR_REJ_FORM for one that cannot be
 * read, ERR_BAD_REQUEST or ERR_TOO_BIG for a claim that is none. cades_finish: ERR_REJ_SIG for a signature that is not
 * the signer's. */
struct cades;
enum err_code cades_begin(const struct consent_claim *claim, X509 *signer, STACK_OF(X509) *chain, struct cades **ret,
    struct err *err) MUST_CHECK;
enum err_code cades_begin_pss(const struct consent_claim *claim, X509 *signer, STACK_OF(X509) *chain,
    struct cades **ret, struct err *err) MUST_CHECK;
void cades_to_sign(const struct cades *c, const uint8_t **bytes, size_t *len); /* borrowed */
enum err_code cades_finish(
    const struct cades *c, const uint8_t *signature, size_t len, struct buf *ret_der, struct err *err) MUST_CHECK;
void cades_free(struct cades **c);

/* Reading: what a B-B file says, before anything is believed. Strict DER over the whole file, ceilings, exactly one
 * SignerInfo, version 1, attached id-data; the five signed attributes of docs/protocol.md once each with one value, a
 * signature policy of ours perhaps, no other and no unsigned one; one certificate that the signer identifier names,
 * bound by signing-certificate-v2; one digest algorithm throughout. ERR_REJ_FORM with a detail otherwise. */
#define CADES_MAX 49152
#define CADES_DIGEST_MAX 64
#define CADES_CERTS_MAX 8
struct cades_facts {
    struct cert_parts signer;               /* the signer's certificate */
    struct der_view certs[CADES_CERTS_MAX]; /* all certificates of the file */
    size_t cert_count;
    uint8_t content_id[CONTENT_ID_LEN];
    int64_t signing_time; /* as claimed by the signer */
    const uint8_t *text;
    size_t text_len;
    enum profile profile; /* whose policy is named; BASELINE: none is */
    int digest;           /* NID of the one digest algorithm */
    uint8_t message_digest[CADES_DIGEST_MAX];
    size_t message_digest_len;
    struct der_view attributes; /* the signed ones with their [0], as they stand in the file */
    struct der_item signature_alg;
    struct der_view signature;
    struct cert_facts cert;
    EVP_PKEY *key; /* the signer's, owned */
    uint8_t *file; /* owned copy of it all: what every view above points into */
};
enum err_code cades_read(const uint8_t *der, size_t len, struct cades_facts *ret, struct err *err) MUST_CHECK;
void cades_facts_done(struct cades_facts *f);
/* The certificates as the library has them, all of them in *ret_certs, for who asks others about them. Both are the
 * caller's to free (sk_X509_pop_free). ERR_REJ_FORM when the library does not take one. */
enum err_code cades_decode(const struct cades_facts *f, X509 **ret_signer, STACK_OF(X509) **ret_certs) MUST_CHECK;
/* trust_chain for the signer, with the certificates of the file as links. */
enum err_code cades_chain(
    const struct cades_facts *f, const struct trust *trust, int64_t at, STACK_OF(X509) **ret_chain) MUST_CHECK;
#define CADES_ALGORITHM_MAX 48
void cades_algorithm(const struct cades_facts *f, char out[CADES_ALGORITHM_MAX]); /* "RSA 2048, SHA-256", for people */

/* The checks, one rule each, in this order; the first that fails is the answer (ERR_REJ_…), its name begins the detail.
 * `want` NULL skips the rules that compare with an issued request (text, content identifier, signing time: consent.h
 * says how); `tckn` NULL skips the person. `at`: UTC second at which certificate and chain must hold. Revocation is
 * judged elsewhere (revocation.h). ERR_NOMEM and ERR_CRYPTO when a check could not be made. */
struct cades_rule {
    enum err_code code;
    const char *name;
};
const struct cades_rule *cades_rule_at(size_t i); /* NULL past the last */
enum err_code cades_check(const struct cades_facts *f, const struct consent_claim *want, const char *tckn,
    const struct trust *trust, int64_t at, struct err *err) MUST_CHECK;
/* The rules that a signature answers by itself: strength, algorithms, digest, signature. Says nothing about whose it
 * is. */
enum err_code cades_check_itself(const struct cades_facts *f, struct err *err) MUST_CHECK;

#endif
