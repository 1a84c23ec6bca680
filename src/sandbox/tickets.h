/* What the gateway hands out and takes back: page tokens, codes, access tokens. Kept in memory only, with a ceiling:
 * past it the oldest goes. Safe to use from many threads. */
#ifndef EONAY_SANDBOX_TICKETS_H
#define EONAY_SANDBOX_TICKETS_H

#include <stdint.h>
#include "base/err.h"
#include "base/person.h"

enum ticket_kind { TICKET_NONE, TICKET_PAGE, TICKET_CODE, TICKET_ACCESS };

#define TICKET_TOKEN_LEN 64 /* hex of 256 bits */
struct ticket {
    enum ticket_kind kind;
    char token[TICKET_TOKEN_LEN + 1];
    int64_t expires; /* UTC second, the first one at which it is worth nothing */
    /* what a code and an access token stand for */
    char tckn[TCKN_LEN + 1];
    char redirect_uri[256];
    char challenge[129]; /* "" when none was sent */
    char scope[128];
    char from_code[TICKET_TOKEN_LEN + 1]; /* of an access token: the code it was given for */
};

struct tickets;
enum err_code tickets_new(struct tickets **ret) MUST_CHECK;
void tickets_free(struct tickets **t);
/* Keeps a copy under a fresh token, which is written into *ticket. */
enum err_code tickets_put(struct tickets *t, struct ticket *ticket) MUST_CHECK;
/* ERR_NOT_FOUND when there is none of this kind, or it has expired. */
enum err_code tickets_see(
    struct tickets *t, enum ticket_kind kind, const char *token, int64_t now, struct ticket *ret) MUST_CHECK;
/* The same, and it is gone: of two who take one ticket at once, one gets it. */
enum err_code tickets_take(
    struct tickets *t, enum ticket_kind kind, const char *token, int64_t now, struct ticket *ret) MUST_CHECK;
/* A code that is brought twice was stolen once: what it was given for is withdrawn (RFC 6749 §4.1.2). */
void tickets_withdraw(struct tickets *t, const char *from_code);

/* ---- wrong passwords ---- */

#define LOCK_AFTER 5
#define LOCK_S 300
/* Seconds until this account may sign in again, 0: now. */
int64_t tickets_locked_s(struct tickets *t, const char *tckn, int64_t now);
void tickets_count_wrong(struct tickets *t, const char *tckn, int64_t now);
void tickets_forget_wrong(struct tickets *t, const char *tckn);

#endif
