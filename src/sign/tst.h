/* Time stamps, RFC 3161 and RFC 5816: questions, answers and tokens as bytes; who fetches is the caller. */
#ifndef EONAY_SIGN_TST_H
#define EONAY_SIGN_TST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <openssl/x509.h>
#include "base/buf.h"
#include "base/err.h"
#include "base/rule.h"
#include "sign/trust.h"

#define TST_MAX 65536        /* bytes of an answer, and of a token; an archive time stamp's index included */
#define TST_QUESTION_MAX 256 /* bytes of a question */
#define TST_IMPRINT_MAX 64
#define TST_NONCE_LEN 16
#define TST_SKEW_S 300 /* of a fresh time stamp to our own clock */

/* Asking. What is kept to compare with the answer. */
struct tst_question {
    int digest; /* NID */
    uint8_t imprint[TST_IMPRINT_MAX];
    size_t imprint_len;
    uint8_t nonce[TST_NONCE_LEN]; /* the number's octets, of full length and positive */
};
/* TimeStampReq over a digest made already, with a nonce and with certReq. ERR_BAD_REQUEST for a weak digest or another
 * length than its own. */
enum err_code tst_ask(
    int digest, const uint8_t *imprint, size_t len, struct buf *ret_der, struct tst_question *ret) MUST_CHECK;
/* TimeStampResp to that question: hands out the token after all that tst_check checks at the token's own time, the
 * nonce, and that its time is `now` within TST_SKEW_S. ERR_TSA_REFUSED when the authority gave none (detail: its status
 * and reason), ERR_REJ_STAMP when what it gave does not hold (detail: the fault's word first). */
enum err_code tst_answer(const uint8_t *der, size_t len, const struct tst_question *q, const struct trust *tsas,
    int64_t now, struct buf *ret_token, struct err *err) MUST_CHECK;

/* Why a token does not hold. X(id, word): the word begins the detail; the order is that of the checks. */
#define TST_FAULTS(X)                                                                                                  \
    X(FORM, "form")               /* no token, or not as strict as we want it */                                       \
    X(IMPRINT, "imprint")         /* over other bytes */                                                               \
    X(NONCE, "nonce")             /* to another question */                                                            \
    X(TIME, "time")               /* of another time than now (fresh ones alone) */                                    \
    X(STRENGTH, "strength")       /* weak digest or key */                                                             \
    X(CERTIFICATE, "certificate") /* signing-certificate names another than the signer's */                            \
    X(DIGEST, "digest")           /* message-digest is not that of the TSTInfo */                                      \
    X(SIGNATURE, "signature")                                                                                          \
    X(PURPOSE, "purpose") /* not a certificate for time stamps alone, critically so */                                 \
    X(CHAIN, "chain")     /* none to a time-stamp authority we trust */                                                \
    X(CHAIN_STRENGTH, "chain-strength")                                                                                \
    X(VALIDITY, "validity") /* the chain was not valid then */
enum tst_fault {
    TST_HOLDS,
#define X(id, word) TST_##id,
    TST_FAULTS(X)
#undef X
};
const char *tst_fault_word(enum tst_fault f); /* "" for TST_HOLDS */

/* What a token (ContentInfo) says, before anything is believed. */
struct tst_facts {
    int64_t time;        /* genTime, UTC second; a fraction is cut off */
    uint32_t accuracy_s; /* rounded up; 0: none is named */
    int digest;          /* NID of the imprint's algorithm */
    uint8_t imprint[TST_IMPRINT_MAX];
    size_t imprint_len;
    char policy[RULE_OID];
    uint8_t nonce[32];     /* the INTEGER's octets */
    size_t nonce_len;      /* 0: none */
    int signed_with;       /* NID of the digest that the authority signs with */
    X509 *unit;            /* owned: the certificate that the signer identifier names */
    STACK_OF(X509) *certs; /* owned: all of the token */
    struct buf token;      /* a copy of the bytes */
};
#define TST_CERTS_MAX 16
/* Strict DER, one signer named by issuer and serial number, whose certificate is in the token once; TSTInfo of version
 * 1 (fractions of seconds as RFC 3161 §2.4.2 has them, no critical extension). ERR_REJ_STAMP with "form: …". */
enum err_code tst_read(const uint8_t *token, size_t len, struct tst_facts *ret, struct err *err) MUST_CHECK;
void tst_facts_done(struct tst_facts *f);
/* The checks in the order of TST_FAULTS (NONCE and TIME are tst_answer's): the imprint over `imprint` (made with
 * f->digest), strength, signing-certificate or signing-certificate-v2, message digest, signature, the certificate's
 * purpose, and its chain to `tsas` at UTC second `at`, where the token's own time is the usual one. Revocation is
 * judged elsewhere. ERR_REJ_STAMP with *ret_fault (may be NULL) and the word as detail; ERR_NOMEM. */
enum err_code tst_check(const struct tst_facts *f, const uint8_t *imprint, size_t len, const struct trust *tsas,
    int64_t at, enum tst_fault *ret_fault, struct err *err) MUST_CHECK;

#endif
