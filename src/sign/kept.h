/* The signature of a consent as it is kept: B-B as it came in, later with time stamps and values (levels.h). Whatever
 * was added since can be taken out again, for it was spliced in beside what the signature covers: what is left must be,
 * byte for byte, the file that came in, whose digest the ledger holds. Only that file is judged as the signature. */
#ifndef EONAY_SIGN_KEPT_H
#define EONAY_SIGN_KEPT_H

#include <stddef.h>
#include <stdint.h>
#include "base/err.h"
#include "sign/cades.h"
#include "sign/levels.h"
#include "sign/trust.h"

#define KEPT_MAX LEVELS_MAX
#define KEPT_CERTS_MAX 16 /* of the file: which of them came with it has to be tried */

struct kept {
    const uint8_t *der; /* borrowed */
    size_t len;
    struct cades_facts facts; /* of the file that came in */
    const char *format;       /* by its form: "CAdES-B-B" to "CAdES-B-LTA", "CAdES-X-L", "CAdES-A" */
    int64_t stamped_at;       /* UTC second that the first signature time stamp names; 0: there is none */
    int64_t stamped_latest;   /* the same with its accuracy */
};
/* `received`: 32 bytes, SHA-256 of the file that came in. ERR_REJ_FORM for what is no such file of any level,
 * ERR_RECEIPT_MIXED when no file of that digest is in it, ERR_REJ_STAMP for a time stamp that cannot be read,
 * ERR_NOMEM. Nothing is believed yet. */
enum err_code kept_read(
    const uint8_t *der, size_t len, const uint8_t *received, struct kept *ret, struct err *err) MUST_CHECK;
/* Is it TOTAL-PASSED (validate.h) as a consent by an NES, for who knows that it existed at UTC second `at`? `trust`
 * vouches for time-stamp authorities, too. The failing rule's code (ERR_REJ_…), its name begins the detail;
 * ERR_REJ_STAMP when the time stamp that it bears proves nothing. */
enum err_code kept_check(const struct kept *k, const struct trust *trust, int64_t at, struct err *err) MUST_CHECK;
void kept_done(struct kept *k);

#endif
