/* HTTP server of the service and the stand-ins: libmicrohttpd behind a table of routes. One thread pool in poll mode
 * (its epoll mode stalls at 128 and 256 busy connections), ceilings on connections, bodies and time, a clean stop.
 *
 * TLS here is GnuTLS, because Debian's libmicrohttpd knows no other. That puts a second TLS library into eonayd beside
 * OpenSSL (signatures, libcurl); accepted, since the two share no state and the server's TLS never sees a signature
 * key.
 *
 * Handlers run in a pool thread, or, when the route says `slow`, in one of a bounded number of worker threads while the
 * connection is suspended, so that an outgoing call never holds up other connections. */
#ifndef EONAY_HTTPD_HTTPD_H
#define EONAY_HTTPD_HTTPD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <jansson.h>
#include "base/buf.h"
#include "base/err.h"

struct httpd;
struct httpd_request;

/* ---- the answer: a handler fills it; untouched it is 500 internal ---- */
#define HTTPD_ANSWER_MAX (4u << 20) /* bytes of a body in memory; files have no ceiling */
#define HTTPD_HEADERS 8

struct httpd_answer {
    unsigned status;
    const char *content_type; /* static */
    struct buf body;
    struct {
        const char *name; /* static */
        char *value;      /* owned */
    } headers[HTTPD_HEADERS];
    size_t header_count;
    int file_fd; /* -1: the body is in memory */
    uint64_t file_at, file_len;
    bool cacheable; /* else Cache-Control: no-store */
    bool close;     /* the connection ends after this answer */
};

/* These never fail: out of memory leaves the answer a bare 500. Each replaces what was there before. */
void httpd_bytes(struct httpd_answer *a, unsigned status, const char *content_type, const void *bytes, size_t len);
void httpd_text(struct httpd_answer *a, unsigned status, const char *content_type, const char *text);
void httpd_empty(struct httpd_answer *a, unsigned status);
void httpd_json(struct httpd_answer *a, unsigned status, json_t *steal); /* NULL: out of memory */
void httpd_redirect(struct httpd_answer *a, const char *location);       /* 302 */
/* RFC 9457 problem document: type about:blank, title and code from base/notes.def, plus the members of `more`
 * (stolen, may be NULL). A member retry_after (seconds) also becomes the Retry-After header. */
void httpd_problem(struct httpd_answer *a, unsigned status, enum err_code code, json_t *more);
void httpd_problem_wait(struct httpd_answer *a, unsigned status, enum err_code code, unsigned retry_after_s);
/* One more header; name is static, a value with a control character is dropped. */
void httpd_header_set(struct httpd_answer *a, const char *name, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* The file `path` with an ETag (device, inode, size, mtime), If-None-Match, If-Range and one byte range (RFC 9110 §14);
 * several ranges are answered with the whole file. 404 not-found when it cannot be opened or is no regular file. */
void httpd_file(const struct httpd_request *q, struct httpd_answer *a, const char *path, const char *content_type);

/* ---- the request ---- */
const char *httpd_method(const struct httpd_request *q);
const char *httpd_path(const struct httpd_request *q);
const char *httpd_tail(const struct httpd_request *q); /* what stands for the '*' of the route, else "" */
const uint8_t *httpd_body(const struct httpd_request *q, size_t *ret_len); /* NUL-terminated one past its length */
const char *httpd_query(const struct httpd_request *q, const char *name);  /* decoded; NULL when absent */
const char *httpd_header(const struct httpd_request *q, const char *name); /* NULL when absent */
/* A field of an application/x-www-form-urlencoded body, decoded and NUL-terminated. ERR_NOT_FOUND when absent,
 * ERR_TOO_BIG when it does not fit, ERR_BAD_REQUEST for a bad escape or a NUL, or when it stands there twice. */
enum err_code httpd_form(const struct httpd_request *q, const char *name, char *out, size_t out_len) MUST_CHECK;
/* The body as a JSON object (no duplicate members, nothing behind it); NULL when it is none. The caller's to
 * json_decref. */
json_t *httpd_json_body(const struct httpd_request *q);
/* The token of "Authorization: Bearer …" (RFC 6750 §2.1), borrowed; NULL when there is none. */
const char *httpd_bearer(const struct httpd_request *q);
/* when_boot_ms() of the moment the request was there whole: what a time limit is measured by. */
uint64_t httpd_arrived_ms(const struct httpd_request *q);
/* Counts a strike against this connection (not its address) and returns how many there are now, from 1. */
unsigned httpd_strike(struct httpd_request *q);
unsigned httpd_strikes(const struct httpd_request *q);

/* Whom the connection comes from, to count by: an IPv4 address as ::ffff:a.b.c.d, of an IPv6 address the network (/64).
 * Zeros when it is not known. Not for a log. */
#define HTTPD_PEER_LEN 16
void httpd_peer(const struct httpd_request *q, uint8_t out[HTTPD_PEER_LEN]);

/* ---- the server ---- */
typedef void httpd_handler(void *ctx, struct httpd_request *q, struct httpd_answer *a);

/* The first row whose method and path fit is taken; GET rows answer HEAD too. A path ending in '*' fits every longer
 * one. A body needs a Content-Length within max_body (411 and 413 otherwise, before it is read), and the content type
 * named, when one is (415). */
struct httpd_route {
    const char *method, *path;
    httpd_handler *handler;
    size_t max_body;
    const char *content_type; /* NULL: any */
    bool slow;
};

/* What happened, for a log. No address, query, header or body is in it. */
struct httpd_done {
    const char *method, *route; /* of the table; "-" when none fitted */
    unsigned status;            /* 0: the connection went away before an answer */
    uint64_t took_ms;
};

struct httpd_conf {
    const char *listen;             /* numeric "127.0.0.1:0", "[::1]:8443"; port 0: the kernel chooses */
    const char *tls_cert, *tls_key; /* PEM files; both NULL: plain HTTP (the stand-ins' OCSP, CRL and TSA only) */
    const struct httpd_route *routes;
    size_t route_count;
    void *ctx;                                           /* handed to every handler */
    void (*done)(void *ctx, const struct httpd_done *d); /* may be NULL; called from any thread */
    /* Called once with the server's own address before the first request is served; may be NULL. */
    void (*listening)(void *ctx, const char *url);
    /* 0 takes the figure in brackets */
    unsigned threads;      /* [number of processors, at most 8] */
    unsigned slow_threads; /* [8] workers for slow routes, when there are any */
    unsigned slow_queue;   /* [64] waiting for a worker; past it 503 busy */
    unsigned connections;  /* [1000] */
    unsigned per_address;  /* [half of connections] */
    unsigned idle_s;       /* [15] without a byte */
    unsigned request_s; /* [30] from accept or the last answer until a request is there whole, TLS greeting included */
    unsigned answer_s;  /* [30] an answer has so long to be taken, and a second more for every answer_bytes_s [8192] */
    unsigned answer_bytes_s;
    unsigned drain_s; /* [10] httpd_free waits for open requests at most so long */
};

/* Listens and serves at once. ERR_CONFIG with a detail for a bad address, port or PEM. */
enum err_code httpd_new(const struct httpd_conf *conf, struct httpd **ret, struct err *err) MUST_CHECK;
unsigned httpd_port(const struct httpd *h);
/* "https://127.0.0.1:41234" */
void httpd_url(const struct httpd *h, char *out, size_t out_len);
bool httpd_is_loopback(const char *listen);
/* Takes no new connection, waits for open requests (drain_s), waits for every slow handler, stops. */
void httpd_free(struct httpd **h);

#endif
