/* A service with its outside world for tests: a gateway in e-Devlet's dialect, an authority that answers OCSP and CRL,
 * and people with certificates. Everything is synthetic and on this machine. */
#ifndef EONAY_TESTS_SERVICE_WORLD_H
#define EONAY_TESTS_SERVICE_WORLD_H

#include <pthread.h>
#include "fakes/pki.h"
#include "http/http.h"
#include "http/json.h"
#include "service/portal.h"
#include "sign/consent.h"
#include "tls_pair.h"

enum gateway_mood { GATEWAY_GOOD, GATEWAY_REFUSES, GATEWAY_NOBODY, GATEWAY_GARBLED, GATEWAY_BAD_TCKN, GATEWAY_ENDLESS };
enum authority_mood {
    AUTHORITY_GOOD,
    AUTHORITY_REVOKED,
    AUTHORITY_SUSPENDED,
    AUTHORITY_UNKNOWN,
    AUTHORITY_AWAY,
    AUTHORITY_HANGS
};

struct world {
    char dir[64], text[1024];
    size_t text_len;
    struct tls_pair tls;
    struct pki pki;
    struct httpd *gateway_server, *authority_server;
    char gateway_url[64], ocsp_url[64], crl_url[64];
    struct service_conf conf;
    struct portal *portal; /* NULL when the service runs as a program */
    char url[300];         /* where the service is */
    struct http *client;

    pthread_mutex_t lock; /* for what follows */
    pthread_cond_t changed;
    enum gateway_mood gateway;
    enum authority_mood ocsp, crl, root_crl;
    int64_t revoked_at, offset_s;
    int64_t crl_age_s;                    /* how long ago the CRL was made */
    const struct pki_identity *responder; /* who answers OCSP; NULL: the issuing authority itself */
    X509 *last;                           /* whom the authority speaks of: the last certificate it issued to a person */
    unsigned redeemed, asked_ocsp, asked_crl, asked_root, hanging;
    char tckn[12], challenge[TOKEN_LEN + 1];
};

void world_open(struct world *w, const char *more_yaml);
void world_close(struct world *w);
/* Between world_open and world_start: the issuing authority's own certificate names a CRL, the root's. */
void world_watch_issuer(struct world *w);
void world_start(struct world *w); /* the service */
void world_stop(struct world *w);
void world_clock(struct world *w, int64_t offset_s);
void world_mood(struct world *w, enum authority_mood ocsp, enum authority_mood crl);
void world_wait_hanging(struct world *w, unsigned n);      /* until n revocation calls wait for an answer */
char *world_path(const struct world *w, const char *name); /* the caller's to free */

/* ---- the API ---- */

struct reply {
    int status;
    json_t *json; /* NULL when it is none */
    struct http_answer head;
};
/* `http` NULL: the world's own client. body NULL: none. */
struct reply world_call(struct world *w, struct http *http, const char *method, const char *path, const char *bearer,
    const char *type, const void *body, size_t len);
struct reply world_json(struct world *w, const char *method, const char *path, const char *bearer, const char *body);
void reply_done(struct reply *r);
/* Fails the test unless status and, when not NULL, the problem's code are these; frees the reply. */
void expect(struct reply r, int status, const char *code);
const char *reply_str(const struct reply *r, const char *member); /* fails the test when it is no string */
int64_t reply_int(const struct reply *r, const char *member);
struct http *world_client(struct world *w);

/* ---- the way of one person ---- */

struct visit {
    char token[TOKEN_LEN + 1], state[TOKEN_LEN + 1]; /* login */
    char code[CODE_TEXT_LEN + 1];                    /* as shown */
    char nonce[33], request[TOKEN_LEN + 1];          /* opening */
    int64_t created, server_time, closes_in, extensions;
};
void visit_begin(struct world *w, struct visit *v); /* POST /v1/login */
struct reply visit_callback(struct world *w, const struct visit *v, const char *query);
void visit_login(struct world *w, struct visit *v, const char *tckn); /* all of it */
void visit_issue(struct world *w, struct visit *v);                   /* a code */
struct reply visit_try_open(struct world *w, const char *code, const char *nonce);
void visit_open(struct world *w, struct visit *v, const char *nonce); /* NULL: one of its own */
struct consent_claim visit_claim(const struct world *w, const struct visit *v);
void visit_sign(
    struct world *w, const struct consent_claim *claim, const struct pki_identity *who, struct buf *ret_cms);
struct reply visit_submit(struct world *w, const struct visit *v, const struct buf *cms);
/* Login, code, opening. */
void visit_all(struct world *w, struct visit *v, const char *tckn);
/* A perfect certificate for the number, with the authority's addresses in it. */
struct pki_identity world_person(struct world *w, const char *tckn, enum pki_key key, unsigned flaws);

/* Valid numbers that nobody has: the n-th. */
void made_tckn(char out[12], unsigned n);

#endif
