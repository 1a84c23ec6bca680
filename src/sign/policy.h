/* The Turkish signature profiles (BTK, "Elektronik İmza Kullanım Profilleri Rehberi"): which policy a signature names,
 * by the signed attribute signature-policy-identifier (EN 319 122-1 §5.2.9). */
#ifndef EONAY_SIGN_POLICY_H
#define EONAY_SIGN_POLICY_H

#include <stdbool.h>

/* BASELINE: ETSI levels and no policy. P1: BES, no policy either. P2: with a time stamp; P3: X-L with CRLs; P4: X-L
 * with OCSP answers; these three name one document under a number each. */
enum profile { PROFILE_BASELINE, PROFILE_P1, PROFILE_P2, PROFILE_P3, PROFILE_P4, PROFILE_COUNT };
#define PROFILE_NAME_MAX 16
/* "baseline", "P1" to "P4"; never NULL. */
const char *profile_name(enum profile p);
bool profile_by_name(const char *name, enum profile *ret);
/* Do its signatures name a policy? */
bool policy_is_named(enum profile p);
/* Does a signature that names the policy of `found` serve where `wanted` was asked for? Those without one are alike. */
bool policy_fits(enum profile found, enum profile wanted);

/* Within this room: the attribute's value. */
struct der_out;
struct der_item;
/* Writes it, with the document's hash by `digest` (NID, SHA-256 or SHA-384) and its address; ERR_INTERNAL in *out for a
 * profile without a policy or another digest. */
void policy_put(struct der_out *out, enum profile p, int digest);
/* Reads it. *ret only with POLICY_KNOWN. Qualifiers (address, notice) are judged by their form alone. */
enum policy_found {
    POLICY_KNOWN,
    POLICY_BROKEN,     /* no SignaturePolicyIdentifier */
    POLICY_UNKNOWN,    /* not of these profiles, or only implied */
    POLICY_OTHER_HASH, /* of another document, or by a digest that is not ours */
};
enum policy_found policy_read(const struct der_item *value, enum profile *ret);
const char *policy_words(enum policy_found found); /* what is wrong, for a log; NULL for POLICY_KNOWN */

#endif
