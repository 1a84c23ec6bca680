/* A signature made to last: the levels of CAdES above B-B (ETSI EN 319 122-1) and the X-L forms of the Turkish profiles
 * P3 and P4. Each step adds to the file and leaves every byte that a signature or a time stamp covers as it stands:
 * elements are spliced in, nothing is encoded anew. Who asks a time-stamp authority (tst.h), a responder or a
 * distribution point is the caller.
 *
 *   B-B  --level_stamp_imprint, tst_ask, tst_answer, level_add_stamp-->                 B-T
 *   B-T  --level_missing, ocsp_request and CRLs until nothing is, level_add_values-->   B-LT, or X-L by the profile
 *   B-LT --level_archive_imprint, tst_ask, tst_answer, level_add_archive-->             B-LTA
 *   B-LTA: before level_renew_by comes, level_missing and level_add_values for the last authority's values, then a
 *          further archive time stamp over all.
 *
 * Common to all: `der` is one file of any level, at most LEVELS_MAX bytes, strict DER (signed_data.h); ERR_REJ_FORM
 * with a detail for one that is none, ERR_TOO_BIG when the result were one too big, ERR_NOMEM. */
#ifndef EONAY_SIGN_LEVELS_H
#define EONAY_SIGN_LEVELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <openssl/x509.h>
#include "base/buf.h"
#include "base/err.h"
#include "sign/evidence.h"
#include "sign/policy.h"
#include "sign/trust.h"
#include "sign/tst.h"

#define LEVELS_MAX (3 * 1024 * 1024) /* what a receipt can carry (ASICE_PART_MAX) */

enum level { LEVEL_B, LEVEL_T, LEVEL_LT, LEVEL_LTA };
const char *level_name(enum level l); /* "B-B", "B-T", "B-LT", "B-LTA" */
/* What the file's form says, nothing of it believed: a signature time stamp makes T, revocation values in either place
 * LT, an archive time stamp LTA. *ret_profile (may be NULL): whose policy is named, PROFILE_BASELINE when none of ours
 * is. */
enum err_code level_of(
    const uint8_t *der, size_t len, enum level *ret, enum profile *ret_profile, struct err *err) MUST_CHECK;

/* Time stamps. What is to be stamped, by `digest` (NID; *ret_len its bytes): the signature value's octets, EN 319 122-1
 * §5.3. level_add_stamp takes a token over these octets (ERR_REJ_STAMP for another). */
enum err_code level_stamp_imprint(const uint8_t *der, size_t len, int digest, uint8_t ret_imprint[TST_IMPRINT_MAX],
    size_t *ret_len, struct err *err) MUST_CHECK;
enum err_code level_add_stamp(const uint8_t *der, size_t len, const uint8_t *token, size_t token_len,
    struct buf *ret_der, struct err *err) MUST_CHECK;
/* CAdES-C time stamp (escTimeStamp, X-L of type 1, §A.1.5.2) over the signature value, the signature time stamps and
 * the complete references; ERR_BAD_REQUEST while there are no references. */
enum err_code level_refs_imprint(const uint8_t *der, size_t len, int digest, uint8_t ret_imprint[TST_IMPRINT_MAX],
    size_t *ret_len, struct err *err) MUST_CHECK;
enum err_code level_add_refs_stamp(const uint8_t *der, size_t len, const uint8_t *token, size_t token_len,
    struct buf *ret_der, struct err *err) MUST_CHECK;

/* Values. Everything embedded, in either place: certificates, CRLs and OCSP answers of SignedData, certificate-values
 * and revocation-values (a BasicOCSPResponse is handed out in an OCSPResponse of its own), and what the time stamps
 * bring. Added to *ret; each once. */
enum err_code level_values(const uint8_t *der, size_t len, struct evidence *ret, struct err *err) MUST_CHECK;
/* What a file still needs to prove itself, `have` (may be NULL) counted in: the chains of the signer (to `trust`) and
 * of every time stamp's unit (to `tsas`, at its own time), each certificate but the anchors with a status value that is
 * signed as it should be; and of a responder that its issuer did not exempt, its own. The signer's chain holds at the
 * first signature time stamp's time, or at `at` while there is none. Profile P3 wants a CRL for the signer, P4 an OCSP
 * answer; otherwise either will do. Freshness is judged by who fetches. trust_chain's errors for a chain that fails. */
#define LEVEL_GAPS_MAX 32
struct level_gaps {
    STACK_OF(X509) *certs; /* owned: of the chains, not in the file yet */
    struct level_gap {
        X509 *cert, *issuer; /* owned: a status value of `cert` is missing */
    } of[LEVEL_GAPS_MAX];
    size_t count;
};
enum err_code level_missing(const uint8_t *der, size_t len, enum profile profile, const struct trust *trust,
    const struct trust *tsas, int64_t at, const struct evidence *have, struct level_gaps *ret,
    struct err *err) MUST_CHECK;
void level_gaps_done(struct level_gaps *g);
/* Adds what is not in the file yet. Baseline, P1 and P2: certificates, CRLs and OCSP answers (id-ri-ocsp-response) go
 * into SignedData, whose version becomes 5 with the first OCSP answer (RFC 5652 §5.1). P3 and P4: complete references
 * and values as unsigned attributes (§A.1), over what SignedData brings and what is added; once these are there, and
 * once there is an archive time stamp, later values go into SignedData. ERR_REJ_FORM for a value that cannot be read;
 * that they prove anything is level_missing's to say. */
enum err_code level_add_values(const uint8_t *der, size_t len, enum profile profile, const struct evidence *values,
    struct buf *ret_der, struct err *err) MUST_CHECK;

/* Archive time stamp v3 (§5.5.3): the imprint, and the ats-hash-index-v3 (§5.5.2) that it is made over, which goes into
 * the token and so is kept until then. level_add_archive takes a token over that imprint and a file that has not
 * changed meanwhile (ERR_REJ_STAMP otherwise). */
#define LEVEL_INDEX_MAX 16384
enum err_code level_archive_imprint(const uint8_t *der, size_t len, int digest, uint8_t ret_imprint[TST_IMPRINT_MAX],
    size_t *ret_len, struct buf *ret_index, struct err *err) MUST_CHECK;
enum err_code level_add_archive(const uint8_t *der, size_t len, const struct buf *index, const uint8_t *token,
    size_t token_len, struct buf *ret_der, struct err *err) MUST_CHECK;
/* Until when a further time stamp must be there: the end of the newest time stamp's certificate; that stamp's own time
 * when its algorithms are weak by now. ERR_BAD_REQUEST for a file without a time stamp. */
enum err_code level_renew_by(const uint8_t *der, size_t len, int64_t *ret, struct err *err) MUST_CHECK;

/* Verifying. The time stamps of a file in the order in which they stand. */
enum stamp_kind { STAMP_SIGNATURE, STAMP_REFS, STAMP_ARCHIVE };
#define LEVEL_STAMPS_MAX 16
struct level_stamps {
    struct level_stamp {
        enum stamp_kind kind;
        struct tst_facts facts; /* owned */
    } of[LEVEL_STAMPS_MAX];
    size_t count;
};
/* ERR_REJ_STAMP for one that cannot be read or for more than LEVEL_STAMPS_MAX. */
enum err_code level_stamps_read(const uint8_t *der, size_t len, struct level_stamps *ret, struct err *err) MUST_CHECK;
void level_stamps_done(struct level_stamps *s);
/* One of them, against the same file: its imprint computed anew (of an archive time stamp: its index read strictly,
 * each entry the hash of something that is there; what is there and not in the index came later and is not covered),
 * then tst_check at `at`. ERR_REJ_STAMP; *ret_fault (may be NULL) is TST_IMPRINT for an index that does not hold, with
 * "index: …" as detail. */
enum err_code level_stamp_check(const uint8_t *der, size_t len, const struct level_stamp *s, const struct trust *tsas,
    int64_t at, enum tst_fault *ret_fault, struct err *err) MUST_CHECK;
/* Does this archive time stamp cover this element: a certificate, a CRL, a whole OCSPResponse of the file (by its
 * bytes) or another time stamp's token? */
bool level_archive_covers(
    const uint8_t *der, size_t len, const struct level_stamp *s, const void *element, size_t element_len);

#endif
