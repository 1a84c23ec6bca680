/* The signature of a consent as it is kept: B-B as it came in, later with time stamps and values. What a receipt needs
 * to know of it. */
#ifndef EONAY_SIGN_KEPT_H
#define EONAY_SIGN_KEPT_H

#include <stdint.h>
#include "base/err.h"
#include "sign/cades.h"
#include "sign/trust.h"

struct kept {
    struct cades_facts facts;
    const char *level;  /* "CAdES B-B" */
    int64_t stamped_at; /* UTC second of the first time stamp; 0: there is none */
    bool as_received;   /* nothing was added since it came in */
};
/* ERR_REJ_FORM, ERR_NOMEM. */
enum err_code kept_read(const uint8_t *der, size_t len, struct kept *ret, struct err *err) MUST_CHECK;
/* ERR_REJ_…, judged at the signing time that is proven, else claimed. */
enum err_code kept_check(const struct kept *e, const struct trust *trust, struct err *err) MUST_CHECK;
void kept_done(struct kept *e);

#endif
