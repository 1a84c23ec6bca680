/* Does a signature file hold? Validation after ETSI EN 319 102-1 of CAdES files of every level (B-B, B-T, B-LT, B-LTA,
 * X-L), offline and for hostile bytes: nothing is asked over the network, nothing in the file is believed before it is
 * proven, and what could not be asked is said. */
#ifndef EONAY_SIGN_VALIDATE_H
#define EONAY_SIGN_VALIDATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/err.h"
#include "sign/cert.h"
#include "sign/levels.h"
#include "sign/trust.h"

#define VALIDATE_MAX LEVELS_MAX /* bytes of a file */

/* clang-format off */
/* X(id, word): §5.1.2. */
#define INDICATIONS(X) \
    X(TOTAL_PASSED, "TOTAL-PASSED") \
    X(TOTAL_FAILED, "TOTAL-FAILED") \
    X(INDETERMINATE, "INDETERMINATE")

/* X(id, indication, msgid): the sub-indications of §5.1.3 that are given here, in the standard's words and in one plain
 * sentence each. */
#define SUB_INDICATIONS(X) \
    X(FORMAT_FAILURE, TOTAL_FAILED, N_("The file is not a consent signature in the expected form.")) \
    X(HASH_FAILURE, TOTAL_FAILED, N_("The text was changed after it was signed.")) \
    X(SIG_CRYPTO_FAILURE, TOTAL_FAILED, N_("The signature is not one that this certificate's key made over this text.")) \
    X(REVOKED, TOTAL_FAILED, N_("The certificate had been revoked before the signature was made.")) \
    X(EXPIRED, TOTAL_FAILED, N_("The certificate had expired before the signature was made.")) \
    X(NOT_YET_VALID, TOTAL_FAILED, N_("The signature was there before the certificate became valid.")) \
    X(SIG_CONSTRAINTS_FAILURE, INDETERMINATE, N_("A part of the signature is missing or not as it must be.")) \
    X(CHAIN_CONSTRAINTS_FAILURE, INDETERMINATE, N_("The certificate is not a person's qualified certificate (NES).")) \
    X(CERTIFICATE_CHAIN_GENERAL_FAILURE, INDETERMINATE, N_("Between the certificate and the given authorities stands one that must not issue certificates.")) \
    X(CRYPTO_CONSTRAINTS_FAILURE_NO_POE, INDETERMINATE, N_("A key or digest in it is no longer considered safe.")) \
    X(POLICY_PROCESSING_ERROR, INDETERMINATE, N_("The signature names its policy together with another document's digest.")) \
    X(SIGNATURE_POLICY_NOT_AVAILABLE, INDETERMINATE, N_("The signature was made under a policy that is not known here.")) \
    X(TIMESTAMP_ORDER_FAILURE, INDETERMINATE, N_("The times of the time stamps contradict each other.")) \
    X(NO_SIGNING_CERTIFICATE_FOUND, INDETERMINATE, N_("The certificate that the signature was made with is not in the file.")) \
    X(NO_CERTIFICATE_CHAIN_FOUND, INDETERMINATE, N_("The certificate was not issued by one of the given authorities.")) \
    X(REVOKED_NO_POE, INDETERMINATE, N_("The certificate has been revoked, and nothing proves that the signature was made before.")) \
    X(REVOKED_CA_NO_POE, INDETERMINATE, N_("The issuing authority's certificate has been revoked, and nothing proves that the signature was made before.")) \
    X(OUT_OF_BOUNDS_NO_POE, INDETERMINATE, N_("The certificate is not valid now, and nothing proves that the signature was made while it was.")) \
    X(OUT_OF_BOUNDS_NOT_REVOKED, INDETERMINATE, N_("The certificate was never revoked, but it is not valid now, and nothing proves that the signature was made while it was.")) \
    X(TRY_LATER, INDETERMINATE, N_("What was given about revocation does not say whether the certificate was good.")) \
    X(SIGNED_DATA_NOT_FOUND, INDETERMINATE, N_("The signed text is not in the file."))

/* X(id, slug, msgid): the building blocks of §5.2 to §5.6, in the order in which they are told. */
#define VALIDATION_BLOCKS(X) \
    X(FORMAT, "format-checking", N_("Form")) \
    X(SIGNING_CERTIFICATE, "identification-of-the-signing-certificate", N_("Signing certificate")) \
    X(CONTEXT, "validation-context-initialization", N_("Signature policy")) \
    X(CRYPTO, "cryptographic-verification", N_("Text and signature")) \
    X(ACCEPTANCE, "signature-acceptance-validation", N_("Attributes and strength")) \
    X(CONTENT_STAMP, "content-time-stamp", N_("Time stamp before signing")) \
    X(SIGNATURE_STAMP, "signature-time-stamp", N_("Time stamp")) \
    X(REFS_STAMP, "references-time-stamp", N_("References time stamp")) \
    X(ARCHIVE_STAMP, "archive-time-stamp", N_("Archive time stamp")) \
    X(TIMES, "time-stamp-order", N_("Order of the times")) \
    X(X509, "x509-certificate-validation", N_("Certificate and chain")) \
    X(FRESHNESS, "revocation-freshness-checker", N_("Revocation"))

/* X(id, slug, code, sub-indication, block): the rules, by name, and what a failing one means. Of several the first in
 * this order is the answer: what is wrong for good before what cannot be known, the time stamps' own flaws (which leave
 * the signature without proof of its time, no more) behind those of the certificate, and a text that was handed in last:
 * one that differs from what a broken file holds proves nothing. */
#define VALIDATION_RULES(X) \
    X(FORM, "form", REJ_FORM, FORMAT_FAILURE, FORMAT) \
    X(SIGNER, "signing-certificate", REJ_FORM, NO_SIGNING_CERTIFICATE_FOUND, SIGNING_CERTIFICATE) \
    X(POLICY, "policy", REJ_FORM, SIGNATURE_POLICY_NOT_AVAILABLE, CONTEXT) \
    X(POLICY_HASH, "policy-hash", REJ_FORM, POLICY_PROCESSING_ERROR, CONTEXT) \
    X(CONTENT, "content", REJ_TEXT, SIGNED_DATA_NOT_FOUND, CRYPTO) \
    X(DIGEST, "message-digest", REJ_SIG, HASH_FAILURE, CRYPTO) \
    X(SIGNATURE, "signature", REJ_SIG, SIG_CRYPTO_FAILURE, CRYPTO) \
    X(ATTRIBUTES, "attributes", REJ_FORM, SIG_CONSTRAINTS_FAILURE, ACCEPTANCE) \
    X(PROFILE, "profile", REJ_FORM, SIG_CONSTRAINTS_FAILURE, ACCEPTANCE) \
    X(STRENGTH, "strength", REJ_WEAK, CRYPTO_CONSTRAINTS_FAILURE_NO_POE, ACCEPTANCE) \
    X(CHAIN, "chain", REJ_CHAIN, NO_CERTIFICATE_CHAIN_FOUND, X509) \
    X(PATH, "path", REJ_CHAIN, CERTIFICATE_CHAIN_GENERAL_FAILURE, X509) \
    X(CHAIN_STRENGTH, "chain-strength", REJ_WEAK, CRYPTO_CONSTRAINTS_FAILURE_NO_POE, X509) \
    X(NES, "nes", REJ_NES, CHAIN_CONSTRAINTS_FAILURE, X509) \
    X(NOT_YET, "not-yet-valid", REJ_EXPIRED, NOT_YET_VALID, X509) \
    X(EXPIRED, "expired", REJ_EXPIRED, EXPIRED, X509) \
    X(REVOKED, "revoked", REJ_REVOKED, REVOKED, X509) \
    X(REVOKED_NO_POE, "revoked-no-poe", REJ_REVOKED, REVOKED_NO_POE, X509) \
    X(REVOKED_CA, "revoked-ca", REJ_REVOKED, REVOKED_CA_NO_POE, X509) \
    X(NOT_REVOKED, "validity-not-revoked", REJ_EXPIRED, OUT_OF_BOUNDS_NOT_REVOKED, X509) \
    X(VALIDITY, "validity", REJ_EXPIRED, OUT_OF_BOUNDS_NO_POE, X509) \
    X(REVOCATION, "revocation", REJ_UNKNOWN, TRY_LATER, FRESHNESS) \
    X(STAMP_ORDER, "time-stamp-order", REJ_FORM, TIMESTAMP_ORDER_FAILURE, TIMES) \
    X(TIME, "signing-time", REJ_BOUND, SIG_CONSTRAINTS_FAILURE, TIMES) \
    X(STAMP, "time-stamp", REJ_FORM, SIG_CONSTRAINTS_FAILURE, TIMES) \
    X(TEXT, "text", REJ_TEXT, HASH_FAILURE, CRYPTO)

/* X(id, slug, msgid): what is known about a certificate's revocation. */
#define VALIDATION_STATES(X) \
    X(NOT_CHECKED, "not-checked", N_("not checked")) \
    X(GOOD, "good", N_("not revoked")) \
    X(REVOKED, "revoked", N_("revoked")) \
    X(SUSPENDED, "suspended", N_("suspended")) \
    X(STALE, "stale", N_("known only for an earlier time")) \
    X(UNKNOWN, "unknown", N_("unknown"))
/* clang-format on */

enum indication {
#define X(id, word) id,
    INDICATIONS(X)
#undef X
};
enum sub_indication {
    SUB_NONE,
#define X(id, indication, said) SUB_##id,
    SUB_INDICATIONS(X)
#undef X
        SUB_COUNT
};
enum validation_block_kind {
#define X(id, slug, words) BLOCK_##id,
    VALIDATION_BLOCKS(X)
#undef X
        BLOCK_COUNT
};
enum validation_rule {
    WHY_PASSED,
#define X(id, slug, code, sub, block) WHY_##id,
    VALIDATION_RULES(X)
#undef X
        WHY_COUNT
};
enum validation_state {
#define X(id, slug, words) STATE_##id,
    VALIDATION_STATES(X)
#undef X
        STATE_COUNT
};
const char *indication_word(enum indication i);
const char *sub_indication_word(enum sub_indication s); /* "FORMAT_FAILURE"; NULL for SUB_NONE */
const char *sub_indication_said(enum sub_indication s); /* msgid; "" for SUB_NONE */
enum indication sub_indication_of(enum sub_indication s);
const char *validation_block_slug(enum validation_block_kind b);
const char *validation_block_words(enum validation_block_kind b); /* msgid */
const char *validation_rule_slug(enum validation_rule r);         /* "passed" for WHY_PASSED */
enum err_code validation_rule_code(enum validation_rule r);       /* OK for WHY_PASSED */
enum sub_indication validation_rule_sub(enum validation_rule r);
enum validation_block_kind validation_rule_block(enum validation_rule r);
const char *validation_state_slug(enum validation_state s);
const char *validation_state_words(enum validation_state s); /* msgid */

/* What is asked. Everything is borrowed. */
struct validate_params {
    const struct trust *trust; /* the signer's authorities, and the rule of an NES */
    const struct trust *tsas;  /* the time-stamp authorities'; NULL: the same */
    int64_t now;               /* UTC second of the validation */
    /* The bytes that must have been signed; NULL: those in the file. A file without its text needs them, and is judged
     * as a B-B. */
    const uint8_t *text;
    size_t text_len;
    bool consent;                /* a content-identifier of ours must be there, and the text within CONSENT_TEXT_MAX */
    bool nes;                    /* the certificate must be a person's NES */
    const enum profile *profile; /* the profile whose policy must be named (policy_fits); NULL: any */
    const struct evidence *held; /* revocation values beside those in the file; NULL: none */
};

/* One building block's own result; a file with several time stamps has a block for each. Words are clean. */
struct validation_block {
    enum validation_block_kind kind;
    enum sub_indication sub; /* SUB_NONE: passed */
    bool made;               /* false: it did not come to that */
    int64_t time;            /* a time stamp's, UTC seconds; else 0 */
    char name[200];          /* the time-stamp authority's; else "" */
    char detail[128];        /* why not, for a log */
};
/* What is known about the revocation of one certificate of the chain. */
struct validation_status {
    char name[200];
    enum validation_state state;
    const char *source;              /* "OCSP", "CRL" or "" */
    int64_t this_update, revoked_at; /* 0: none */
};

#define VALIDATION_BLOCKS_MAX 64
#define VALIDATION_STATUSES_MAX 8
#define VALIDATION_ALGORITHM 48
struct validation {
    enum indication indication;
    enum sub_indication sub;
    enum validation_rule rule; /* the one that decided */
    char detail[128];          /* its words for a log */
    struct validation_block blocks[VALIDATION_BLOCKS_MAX];
    size_t block_count;
    struct validation_status statuses[VALIDATION_STATUSES_MAX]; /* the signer's first, then up the chain */
    size_t status_count;
    enum validation_state revocation; /* of the signer and all above it together */

    int64_t judged_at; /* the validation's now */
    int64_t best_time; /* the signature existed then: the earliest time stamp's time, or now */
    bool proven;       /* best_time is a time stamp's */

    /* What the file says, believed or not; `readable` false: nothing of it. */
    bool readable;
    enum level level;   /* by its form */
    const char *format; /* "CAdES-B-B", "CAdES-B-T", "CAdES-B-LT", "CAdES-B-LTA"; "CAdES-X-L", "CAdES-A" */
    bool has_signing_time;
    int64_t signing_time; /* the signer's claim */
    enum profile profile; /* whose policy is named */
    const uint8_t *text;  /* borrowed from the file, or from the params */
    size_t text_len;
    char algorithm[VALIDATION_ALGORITHM]; /* "RSA 2048, SHA-256" */
    bool has_cert;
    struct cert_facts cert; /* the signer's */
    enum cert_reason nes;   /* why it is no NES; USABLE: it is one */
};

/* Judges; OK when there is a result, whichever. ERR_NOMEM and ERR_CRYPTO when it could not be made. The result borrows
 * from `der` and the params. Cryptography comes before the certificate (§5.3.4 has it after): what can be decided for
 * good is decided first. Revocation values are believed at their own time, and judged at the signature's. */
enum err_code validate(const uint8_t *der, size_t len, const struct validate_params *p, struct validation *ret,
    struct err *err) MUST_CHECK;

#endif
