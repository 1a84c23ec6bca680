#include "config.h"
#include "net/receipt.h"
#include <errno.h>
#include <string.h>
#include <unistd.h>
#include "base/fd.h"
#include "sign/receipt.h"

static enum err_code unsound(const char *why, struct err *err)
{
    return err_set(err, ERR_RECEIPT_UNSOUND, "%s", why);
}

/* In the words of a receipt. */
static enum err_code fetch_error(enum err_code rc, struct err *err)
{
    static const struct {
        enum err_code portal, receipt;
    } rows[] = {
        {ERR_TOO_BIG, ERR_RECEIPT_UNSOUND},
        {ERR_GARBLED, ERR_RECEIPT_UNSOUND},
        {ERR_CHECKING, ERR_RECEIPT_NOT_READY},
        {ERR_NOT_FOUND, ERR_RECEIPT_NOT_READY},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].portal == rc)
            return err_set(err, rows[i].receipt, "%s", note_of(rc)->slug);
    return rc;
}

/* What the parts say against each other and against the authorities. */
static enum err_code check(const struct receipt *r, const struct receipt_wish *wish, struct err *err)
{
    struct err why = {.code = OK};

    if (strcmp(r->page.number, wish->number) != 0)
        return unsound("of another transaction", err);
    return receipt_check(r, wish->trust, &why) == OK ? OK : unsound(why.detail, err);
}

static unsigned early(const struct receipt *r)
{
    return (r->page.ledger != RECEIPT_LEDGER_INSIDE ? EARLY_LEDGER : 0u) | (r->page.stamped_at == 0 ? EARLY_STAMP : 0u);
}

static enum err_code write_to(int fd, const struct buf *bytes, struct err *err)
{
    bool full;

    if (ftruncate(fd, 0) == 0 && lseek(fd, 0, SEEK_SET) == 0 && fd_write_all(fd, bytes->data, bytes->len))
        return OK;
    full = errno == ENOSPC || errno == EDQUOT || errno == EFBIG;
    return err_set(err, full ? ERR_RECEIPT_FULL : ERR_RECEIPT_NOWHERE, "%s", strerror(errno));
}

static enum err_code pass_on(const struct buf *bytes, const struct receipt_wish *wish, struct buf *ret_page,
    unsigned *ret_early, struct err *err)
{
    struct receipt r = {0};
    struct err why = {.code = OK};
    enum err_code rc;

    if (receipt_read(bytes->data, bytes->len, &r, &why) != OK)
        return unsound(why.detail, err);
    rc = check(&r, wish, err);
    if (rc == OK && wish->fd >= 0)
        rc = write_to(wish->fd, bytes, err);
    if (rc == OK)
        rc = buf_add(ret_page, r.parts.part[ASICE_PAGE].at, r.parts.part[ASICE_PAGE].len);
    if (rc == OK)
        *ret_early = early(&r);
    receipt_done(&r);
    return rc;
}

enum err_code receipt_get(
    struct portal *p, const struct receipt_wish *wish, struct buf *ret_page, unsigned *ret_early, struct err *err)
{
    struct buf bytes = BUF_INIT(ASICE_MAX);
    enum err_code rc = fetch_error(portal_receipt(p, &bytes, err), err);

    if (rc == OK)
        rc = pass_on(&bytes, wish, ret_page, ret_early, err);
    buf_done(&bytes);
    return rc;
}
