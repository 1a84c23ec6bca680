/* The test authority: every standing certificate of the sandbox by one table, and the NES it issues by the profile of
 * the domain, good ones and each kind of bad one. Every name says TEST. docs/sandbox.md shows the tree. */
#ifndef EONAY_SANDBOX_CA_H
#define EONAY_SANDBOX_CA_H

#include <stdbool.h>
#include "sandbox/pki.h"

/* Issuers before the issued: the order of making. */
enum ca_role {
    CA_ROOT,     /* signs the issuing authorities and the service's seal */
    CA_RSA,      /* issues for RSA cards, signs with RSA */
    CA_EC,       /* issues for EC cards, signs with P-384 */
    CA_RSA_OCSP, /* delegated responders, RFC 6960 §4.2.2.2 */
    CA_EC_OCSP,
    CA_TSA_ISSUER, /* issues for the time stamp units */
    CA_TSA_OCSP,
    CA_TSA,
    CA_TSA2,    /* of another time-stamp authority, with an RSA key */
    CA_TSA_OLD, /* has expired */
    CA_TLS_ROOT,
    CA_TLS, /* 127.0.0.1, ::1, localhost */
    CA_PUBLISHER_ROOT,
    CA_PUBLISHER,    /* signs the downloadable application */
    CA_SERVICE_SEAL, /* signs the heads of the ledger and receipts (sign/seal.h) */
    CA_ROLES
};

struct ca {
    struct identity of[CA_ROLES];
    char ocsp_url[64];
    char depot_url[64]; /* NAME.crl and NAME.cer lie below it */
};

/* File stem of a role under the CA's folder: STEM.pem, STEM.key. */
const char *ca_stem(enum ca_role role);
/* The issuers whose certificates can be asked about: CA_ROOT, CA_RSA, CA_EC, CA_TSA_ISSUER. */
bool ca_is_issuer(enum ca_role role);
enum ca_role ca_issuer_of(enum ca_role role); /* itself when self-signed */
/* The one that answers OCSP for an issuer; CA_ROLES for the root, whose certificates are looked up in its CRL. */
enum ca_role ca_responder(enum ca_role issuer);

/* Makes everything anew and writes it below `dir` (which exists): a pair of files per role, and `ca.pem`, the root and
 * both issuing authorities in one file. `now`: UTC second from which they are valid (less a day). */
enum err_code ca_make(const char *dir, const char *ocsp_url, const char *depot_url, int64_t now, struct ca *ret,
    struct err *err) MUST_CHECK;
enum err_code ca_load(
    const char *dir, const char *ocsp_url, const char *depot_url, struct ca *ret, struct err *err) MUST_CHECK;
void ca_done(struct ca *ca);
/* One role's pair of files; identity_done when done. */
enum err_code ca_load_one(const char *dir, enum ca_role role, struct identity *ret, struct err *err) MUST_CHECK;

/* What may be wrong with a card. */
struct flaw {
    const char *name;
    const char *usage;      /* keyUsage */
    const char *policy;     /* section of the certificatePolicies entry */
    const char *qc;         /* section of the qcStatements; NULL: none */
    const char *eku;        /* extendedKeyUsage; NULL: none */
    int from_days, to_days; /* validity, counted from now */
    int reason;             /* CRL reason code, or FLAW_NOT_REVOKED */
    bool other_tckn;        /* the number in the certificate is someone else's */
};
#define FLAW_NOT_REVOKED (-1)
/* "none" first; ends with a NULL name. */
extern const struct flaw flaws[];
const struct flaw *flaw_find(const char *name);

struct nes_order {
    EVP_PKEY *key;
    const char *name; /* the person's, as the certificate shows it: upper case */
    const char *tckn;
    const struct flaw *flaw;
    int64_t now;
};
enum ca_role ca_issuer_for(const EVP_PKEY *key);
enum err_code ca_issue_nes(const struct ca *ca, const struct nes_order *order, X509 **ret, struct err *err) MUST_CHECK;

#endif
