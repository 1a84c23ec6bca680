/* The hostile service: a portal and a gateway in one program that behave well until told otherwise. What it does wrong
 * is one line in DIR/misbehave, read at each connection and each request; see misbehave.c for the list. Test use only.
 */
#ifndef EONAY_TESTS_HOSTILE_H
#define EONAY_TESTS_HOSTILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <openssl/ssl.h>
#include "base/buf.h"

/* ---- pki.c: made anew at each start ---- */
enum hostile_tls { TLS_GOOD, TLS_OTHER_NAME, TLS_OTHER_CA, TLS_EXPIRED, TLS_KINDS };

struct pki {
    SSL_CTX *tls[TLS_KINDS];
    X509 *publisher, *impostor;
    EVP_PKEY *publisher_key, *impostor_key;
};

/* Writes DIR/tls-ca.pem and DIR/publisher-ca.pem. */
bool pki_make(struct pki *pki, const char *dir);
/* Detached CMS over the bytes. */
bool pki_sign(const struct pki *pki, bool impostor, const void *bytes, size_t len, struct buf *der);

/* ---- misbehave.c ---- */
enum manner {
    AS_IT_SHOULD,
    EDIT,     /* the JSON member `what` of the answer becomes the JSON value `text` */
    TEXT,     /* the consent text becomes `text`, its digest with it */
    BODY,     /* the whole body becomes `text` */
    TYPE,     /* the content type becomes `text` */
    PROBLEM,  /* a problem document: arguments slug, status, retry_after */
    REDIRECT, /* 302 to `text` */
    ENDLESS,  /* a body without end */
    ENDLESS_HEAD,
    DRIP,        /* a body without end, a few bytes a second */
    SILENT,      /* no answer, the connection stays */
    CUT,         /* half the body, then gone */
    HANG_UP,     /* gone after the answer although it promised to stay */
    PLAIN,       /* HTTP without TLS */
    NOT_HTTP,    /* something else over TLS */
    TLS,         /* another certificate: `what` */
    FILE_SLOW,   /* the download: in small pieces, slowly */
    FILE_OTHER,  /* ... other bytes */
    FILE_LONG,   /* ... more than announced */
    FILE_RANGE,  /* ... another range than asked for */
    FILE_WHOLE,  /* ... all of it, range or not */
    FILE_FORGED, /* ... signed by somebody else */
    REOPENED,    /* each opening names another time of creation */
};

struct misbehaviour {
    const char *name;
    enum manner manner;
    const char *path; /* where; NULL: everywhere */
    const char *what;
    const char *text;
    enum hostile_tls tls;
};

struct order {
    const struct misbehaviour *is;
    char slug[64]; /* PROBLEM */
    unsigned status, retry_after_s;
};

/* What DIR/misbehave says now; good behaviour when there is no such file. Exits when it cannot be understood. */
struct order order_read(const char *dir);
/* Does it concern this path? */
bool order_is(const struct order *o, enum manner manner, const char *path);

/* ---- portal.c ---- */
struct request {
    char method[8];
    char path[2048]; /* without the query */
    char query[4096];
    char if_range[128];
    bool has_range, wants_json;
    uint64_t range_from;
    struct buf body;
};

struct answer {
    unsigned status;
    const char *type;
    char header[2200]; /* further header lines, each with its line end */
    struct buf body;
};

struct world {
    const char *dir, *url;
    struct pki pki;
    bool logged_in, consented;
    unsigned openings;
    char nonce[65]; /* of the opening */
};

/* Fills an answer with what the path gives, misbehaving as ordered in everything that is not a matter of sending. */
void portal_answer(struct world *w, const struct order *o, const struct request *q, struct answer *a);

#endif
