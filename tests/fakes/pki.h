/* A small authority for tests: keys, certificates with a flaw each, signatures as a token gives them, OCSP and CRL
 * answers. Everything is synthetic. A failure in here is a broken test: it aborts. */
#ifndef EONAY_FAKES_PKI_H
#define EONAY_FAKES_PKI_H

#include <stddef.h>
#include <stdint.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

enum pki_key { PKI_P256, PKI_P384, PKI_RSA2048, PKI_RSA1024, PKI_P521, PKI_P256_EXPLICIT, PKI_RSA3072, PKI_RSA4096 };

/* What is wrong with a certificate that would otherwise be a perfect NES. */
enum pki_flaw {
    PKI_NO_ETSI = 1 << 0,       /* lacks QcCompliance */
    PKI_NO_BTK = 1 << 1,        /* lacks both Turkish NES statements */
    PKI_NO_NOTICE = 1 << 2,     /* a policy without a user notice */
    PKI_EMPTY_NOTICE = 1 << 3,  /* a user notice with an empty text */
    PKI_WRONG_USAGE = 1 << 4,   /* digitalSignature alone */
    PKI_NO_USAGE = 1 << 5,      /* no keyUsage at all */
    PKI_ENCRYPTION = 1 << 6,    /* keyEncipherment as well */
    PKI_SEAL = 1 << 7,          /* statements 5070.1.1 and 5070.1.3 */
    PKI_SEAL_2 = 1 << 8,        /* statements 5070.2.1 and 5070.2.2 */
    PKI_MALI_POLICY = 1 << 9,   /* half of a fiscal seal, which is no flaw */
    PKI_MALI_PURPOSE = 1 << 21, /* the other half */
    PKI_MALI_MUHUR = PKI_MALI_POLICY | PKI_MALI_PURPOSE,
    PKI_CA = 1 << 10,
    PKI_NO_TCKN = 1 << 11,
    PKI_TWO_TCKN = 1 << 12,
    PKI_SHA1 = 1 << 13,         /* issued with SHA-1 */
    PKI_NES_2 = 1 << 14,        /* no flaw: statement 5070.2.1 in the place of 5070.1.1 */
    PKI_OCSP = 1 << 15,         /* no person: an OCSP responder */
    PKI_PUBLISHER = 1 << 16,    /* no person: signs published files */
    PKI_BROKEN_QC = 1 << 17,    /* qcStatements that are no SEQUENCE */
    PKI_EXPIRED = 1 << 18,      /* ended yesterday */
    PKI_NOT_YET = 1 << 19,      /* begins tomorrow */
    PKI_DOUBLE_QC = 1 << 20,    /* qcStatements twice */
    PKI_MANY_QC = 1 << 22,      /* more statements than anybody makes */
    PKI_TSA = 1 << 24,          /* no person: a time stamp unit */
    PKI_TSA_PLAIN = 1 << 25,    /* one whose purpose is not critical */
    PKI_TSA_WIDE = 1 << 26,     /* one with a further purpose */
    PKI_SERVICE_SEAL = 1 << 27, /* no person: a service's seal */
    PKI_TO_CHECK = 1 << 23,     /* an OCSP responder that does not say it need not be checked */
};

struct pki_identity {
    X509 *cert;
    EVP_PKEY *key;
};
struct pki {
    int64_t now; /* the wall clock when it was made */
    struct pki_identity root, issuer;
    long serial;
};
struct pki_spec {
    const char *name; /* UTF-8, subject CN */
    const char *tckn; /* subject serialNumber */
    enum pki_key key;
    unsigned flaws;                  /* enum pki_flaw, or'ed */
    int64_t not_after;               /* 0: by the flaws */
    const char *ocsp_url, *crl_url;  /* NULL: none */
    const struct pki_identity *twin; /* NULL, or whose serial number this one repeats */
    const struct pki_identity *same; /* NULL, or whose key this one has */
};

void pki_init(struct pki *p);                 /* a P-256 root and an issuing authority below it; "TEST" in every name */
void pki_init_at(struct pki *p, int64_t now); /* the same with another clock */
void pki_init_of(struct pki *p, enum pki_key key); /* the same with keys of that kind for both */
void pki_done(struct pki *p);
struct pki_identity pki_issue(struct pki *p, const struct pki_spec *spec);
void pki_identity_done(struct pki_identity *i);
EVP_PKEY *pki_make_key(enum pki_key kind);

/* Signs as a PKCS#11 token would: CKM_RSA_PKCS over a DigestInfo, or CKM_ECDSA over a digest giving r||s. */
#define PKI_SIGNATURE_MAX 512
size_t pki_sign(const struct pki_identity *who, const uint8_t *to_sign, size_t len, uint8_t out[PKI_SIGNATURE_MAX]);
/* CKM_RSA_PKCS_PSS over a digest: SHA-256, MGF1 with it, 32 bytes of salt. */
size_t pki_sign_pss(const struct pki_identity *who, const uint8_t *digest, size_t len, uint8_t out[PKI_SIGNATURE_MAX]);

/* PEM of the root and the issuing authority, for trust_load and the openssl command. */
void pki_write_ca(const struct pki *p, const char *path);
void pki_write_cert(const X509 *x, const char *path, const char *mode); /* mode as for fopen */
/* The certificates a signer hands along: the issuing authority. Free with sk_X509_pop_free. */
STACK_OF(X509) *pki_chain(const struct pki *p);

#endif
