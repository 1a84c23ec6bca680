/* The receipt as the terminal takes it: fetched whole, held against what it says of itself and against the authorities
 * of the settings, and only then passed on. */
#ifndef EONAY_NET_RECEIPT_H
#define EONAY_NET_RECEIPT_H

#include <stdint.h>
#include "base/buf.h"
#include "net/portal.h"
#include "sign/trust.h"

enum { EARLY_LEDGER = 1, EARLY_STAMP = 2 };

struct receipt_wish {
    const char *number;        /* of the consent it has to be of */
    int fd;                    /* where the container is written; -1: nowhere */
    const struct trust *trust; /* below which its seal and its signature are */
};
/* Appends the page; *ret_early: what it still lacks. ERR_RECEIPT_UNSOUND with the reason in err->detail for one that is
 * too big, of another type, of another transaction or not whole; ERR_RECEIPT_NOT_READY, ERR_RECEIPT_OFF;
 * ERR_RECEIPT_FULL and ERR_RECEIPT_NOWHERE from writing; else what portal_receipt says. */
enum err_code receipt_get(struct portal *p, const struct receipt_wish *wish, struct buf *ret_page, unsigned *ret_early,
    struct err *err) MUST_CHECK;

#endif
