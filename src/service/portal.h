/* The service while it runs: what every handler may reach. */
#ifndef EONAY_SERVICE_PORTAL_H
#define EONAY_SERVICE_PORTAL_H

#include "base/buf.h"
#include "base/err.h"
#include "httpd/httpd.h"
#include "service/application.h"
#include "service/bucket.h"
#include "service/diary.h"
#include "service/hour.h"
#include "service/keeper.h"
#include "service/keyed.h"
#include "service/ledger.h"
#include "service/outgoing.h"
#include "service/receipt.h"
#include "service/service_conf.h"
#include "service/store.h"
#include "service/turn.h"
#include "sign/policy.h"
#include "sign/trust.h"

#define TEXT_MAX 16384
#define WRONG_CODES_OF_ONE 50 /* a sender may be wrong so often at once */
#define GATEWAY_CALLS 8       /* at once; who comes then is told to try again */
#define REVOCATION_CALLS 16   /* at once; who comes then is taken in as "checking" */

struct held; /* service/standing.h */
struct stamping;

/* What the last question to an authority came to; written by whoever asked, read by /v1/health. */
enum standing_word { STANDING_UNASKED, STANDING_GOOD, STANDING_AWAY };

struct portal {
    const struct service_conf *conf;
    struct diary *diary;
    struct hour *hour;
    struct store *store;
    uint8_t key[DIGEST_LEN];
    struct trust *trust;
    struct buf text; /* what a consent signs from now on; earlier texts are in the store */
    struct digest text_digest;
    enum profile profile; /* whose policy a signature is to name */
    struct buf client_secret;
    struct outgoing *gateway_calls, *revocation_calls;
    struct held *held;                     /* how authorities stand */
    struct turns *turns;                   /* submissions being judged */
    struct bucket wrong_codes, new_logins; /* of everybody together */
    /* Of each sender; NULL when a proxy stands in front, behind which all are one. */
    struct crowd *wrong_by_sender, *logins_by_sender;
    struct seal *receipt_seal;       /* NULL: no receipts are given */
    struct application *application; /* NULL: none is offered */
    struct keeper *keeper;
    struct ledger *ledger;               /* NULL: no seal is configured */
    struct stamping *stamping;           /* NULL: signatures get no time stamps */
    _Atomic enum standing_word standing; /* of revocation */
    struct httpd *server;
    char url[300]; /* as others reach it */
    char redirect_uri[400];
};

/* Opens everything and serves; `conf` is borrowed. ERR_CONFIG, ERR_FILE, ERR_STORE, ERR_NOMEM with a detail. */
enum err_code portal_open(const struct service_conf *conf, struct portal **ret, struct err *err) MUST_CHECK;
struct receipt_maker portal_receipts(struct portal *p);
/* Drains what is under way, then closes. */
void portal_close(struct portal **p);

#endif
