/* What a certificate is good for: the NES rules of the Turkish profile (MA3's reading) and the reasons why not. */
#ifndef EONAY_SIGN_CERT_H
#define EONAY_SIGN_CERT_H

#include <stdbool.h>
#include <stdint.h>
#include <openssl/x509.h>
#include "base/err.h"
#include "base/rule.h"

/* clang-format off */
/* X(id, slug, msgid): the words continue "cannot be used:"; {date} is filled by the shower. Order is the wire number. */
#define CERT_REASONS(X) \
    X(USABLE, "usable", "") \
    X(EXPIRED, "expired", N_("expired on {date}")) \
    X(NOT_YET_VALID, "not-yet-valid", N_("valid from {date} on")) \
    X(REVOKED, "revoked", N_("revoked on {date}")) \
    X(SUSPENDED, "suspended", N_("suspended")) \
    X(NO_QC, "no-qc", N_("not a qualified certificate (NES)")) \
    X(NO_NOTICE, "no-notice", N_("it lacks the NES notice")) \
    X(WRONG_USAGE, "wrong-usage", N_("not issued for signing")) \
    X(ENCRYPTION, "encryption", N_("issued for encryption")) \
    X(SEAL, "seal", N_("a corporate seal, not for a person's signature")) \
    X(MALI_MUHUR, "mali-muhur", N_("a fiscal seal (mali mühür), not for a person's signature")) \
    X(CA, "ca", N_("not a personal certificate")) \
    X(OTHER_TCKN, "other-tckn", N_("belongs to another person than the one signed in")) \
    X(NO_TCKN, "no-tckn", N_("it holds no T.C. ID number")) \
    X(WEAK_KEY, "weak-key", N_("its key is no longer considered safe")) \
    X(UNTRUSTED, "untrusted", N_("not issued by a recognised authority")) \
    X(NO_KEY, "no-key", N_("its signing key is not on this card")) \
    X(AMBIGUOUS, "ambiguous", N_("it matches more than one key on the card")) \
    X(UNREADABLE, "unreadable", N_("it could not be read"))
/* clang-format on */

/* clang-format off */
/* X(id, msgid): what a certificate is for, in the words of the list. Order is the wire number. */
#define CERT_PURPOSES(X) \
    X(UNKNOWN, "") \
    X(NES, N_("qualified signature (NES)")) \
    X(SIGNATURE, N_("signature, not an NES")) \
    X(SEAL, N_("corporate seal")) \
    X(MALI_MUHUR, N_("fiscal seal (mali mühür)")) \
    X(ENCRYPTION, N_("encryption")) \
    X(CA, N_("issuing certificates")) \
    X(OTHER, N_("another purpose"))
/* clang-format on */

enum cert_purpose {
#define X(id, words) PURPOSE_##id,
    CERT_PURPOSES(X)
#undef X
        PURPOSE_COUNT
};

enum cert_reason {
#define X(id, slug, words) REASON_##id,
    CERT_REASONS(X)
#undef X
        REASON_COUNT
};
/* Never NULL: a number that is none reads as UNREADABLE. */
const char *cert_reason_slug(enum cert_reason r);
const char *cert_reason_words(enum cert_reason r); /* msgid */

/* What the wizard can sign with; explicit curve parameters and RSASSA-PSS keys are OTHER. */
enum cert_key { CERT_KEY_OTHER, CERT_KEY_RSA, CERT_KEY_P256, CERT_KEY_P384 };

#define CERT_STATEMENTS 16 /* of one certificate; more are no certificate of ours */

/* Everything the profile says about one certificate, read once. Strings are clean (text_clean) and NUL-terminated. */
struct cert_facts {
    char owner[200];  /* subject CN */
    char issuer[200]; /* issuer CN */
    char tckn[12];    /* subject serialNumber when there is one alone and it is 11 valid digits, else "" */
    uint8_t ref[32];  /* SHA-256 of the DER */
    int64_t not_before, not_after;
    char statements[CERT_STATEMENTS][RULE_OID]; /* the qualified certificate statements, by identifier */
    size_t statement_count;
    bool notice; /* a policy with a user notice that is not empty */
    bool non_repudiation, ca;
    bool key_encipherment; /* or data encipherment */
    bool seal, mali_muhur;
    bool two_serials; /* more than one subject serialNumber */
    int key_bits;     /* RSA modulus or curve size */
    enum cert_key key;
    bool signature_weak; /* issued with SHA-1 or less */
};
/* ERR_REJ_FORM for a certificate with a broken or doubled extension, an unknown key encoding or impossible dates. */
enum err_code cert_read(X509 *x, struct cert_facts *ret) MUST_CHECK;
/* The same for one taken apart (cert_parts.h). *ret_key (may be NULL) is its public key, the caller's to free. */
struct cert_parts;
enum err_code cert_read_parts(const struct cert_parts *p, struct cert_facts *ret, EVP_PKEY **ret_key) MUST_CHECK;
/* Strict: DER all the way down, no trailing bytes, at most 16 KiB; ERR_REJ_FORM otherwise. *ret is the caller's. */
#define CERT_MAX 16384
enum err_code cert_parse(const uint8_t *der, size_t len, X509 **ret) MUST_CHECK;

/* The first reason why this certificate may not sign a personal consent now: its dates, what it is (CA, fiscal seal,
 * seal, encryption), what it lacks as an NES by the rule over its statements, whose it is, its strength. `mask` (may be
 * NULL) is the masked TCKN of the person signed in. *ret_at is the date that belongs to the reason, else 0. Trust,
 * revocation and key presence are judged by their owners (trust.h, revocation.h, the token worker). */
enum cert_reason cert_judge(
    const struct cert_facts *f, const struct rule *nes, int64_t now, const char *mask, int64_t *ret_at);
/* The part of it that asks: is this an NES of a person? */
enum cert_reason cert_judge_nes(const struct cert_facts *f, const struct rule *nes);
/* Whatever its dates and whosever it is. */
enum cert_purpose cert_purpose(const struct cert_facts *f, const struct rule *nes);
bool cert_has_statement(const struct cert_facts *f, const char *oid);
/* RSA of 2048 bits and more, P-256 or P-384, and issued with SHA-256 or better. */
bool cert_is_strong(const struct cert_facts *f);

#endif
