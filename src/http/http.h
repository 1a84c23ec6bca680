/* HTTP client over libcurl (OpenSSL flavour), for answers that nobody has reason to trust: every body and header has a
 * ceiling, every call a deadline. HTTP/1.1, TLS 1.2 up, one CA file, no proxy and no configuration from the
 * environment, no cookies, no redirects unless asked for. One `struct http` belongs to one thread and keeps its
 * connections alive. */
#ifndef EONAY_HTTP_HTTP_H
#define EONAY_HTTP_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/err.h"

/* Once in main, before the first thread. The program ignores SIGPIPE itself: OpenSSL writes with write(2). */
enum err_code http_start(void) MUST_CHECK;
void http_stop(void);

/* Lets a caller break off: carry_on is asked when fd becomes readable and a few times a second; false ends the call
 * with ERR_CANCELLED. `fd` -1: only a few times a second; carry_on may set it so when what is there is to be
 * read later. */
struct http_watch {
    int fd;
    bool (*carry_on)(void *ctx);
    void *ctx;
};

struct http_setup {
    const char *ca_file;            /* PEM, the only trust; NULL: the system's */
    bool plain;                     /* http:// too: OCSP, CRL and time stamps, whose answers are signed */
    uint32_t connect_ms;            /* name, TCP and TLS together; past it ERR_UNREACHABLE. 0: 10 s */
    uint32_t total_ms;              /* the whole call; past it ERR_SLOW. 0: 30 s */
    const struct http_watch *watch; /* borrowed; NULL: none */
};

struct http;
enum err_code http_new(const struct http_setup *setup, struct http **ret) MUST_CHECK; /* copies the setup; ERR_NOMEM */
void http_free(struct http **h);

#define HTTP_ETAG 128

/* The answer's head. Header values that are too long or out of form are as if absent. */
struct http_answer {
    int status;
    char type[64];          /* media type, lower case, no parameters; "" */
    char location[2048];    /* as sent; "" */
    char etag[HTTP_ETAG];   /* strong entity tag with its quotes; "" */
    uint64_t retry_after_s; /* 0: none; at most a day; only the seconds form */
    bool has_range;         /* Content-Range: bytes range_from-range_to/range_size */
    uint64_t range_from, range_to, range_size;
};

/* What is asked. Everything is borrowed for the time of the call; absent members are zero. */
struct http_request {
    const char *method; /* NULL: POST with a body, else GET */
    const char *url;
    const char *accept; /* media type; NULL: any */
    const char *bearer; /* token for Authorization */
    const char *type;   /* Content-Type of the body */
    const void *body;
    size_t body_len;
    /* In place of `body`: writes the next 1..room of the body_len bytes. For bytes that may not be copied about. */
    size_t (*read)(void *ctx, char *out, size_t room);
    void *read_ctx;
    /* In place of the answer's buffer: takes the body of a 2xx as it comes, its head already known; anything but OK
     * ends the call with that code. */
    enum err_code (*sink)(void *ctx, const struct http_answer *head, const uint8_t *bytes, size_t len);
    void *sink_ctx;
    uint64_t range_from;  /* > 0: Range: bytes=range_from- */
    const char *if_range; /* entity tag with its quotes, goes along with the range */
    uint32_t stall_ms;    /* > 0: in place of the total deadline, ERR_SLOW when hardly anything came for so long */
    unsigned redirects;   /* how many may be followed; the bearer goes to the first host only */
};

/* One request and its answer, whatever the status. `body` is emptied first; its ceiling holds. The answer is whole or
 * there is none: on any error *ret_answer is not written.
 *   ERR_UNREACHABLE  no name, no connection, or cut off before the end     ERR_TOO_BIG  past a ceiling
 *   ERR_TLS          certificate, name or protocol not in order; http:// when not allowed
 *   ERR_SLOW         past the deadline                                     ERR_GARBLED  not HTTP, bad URL
 *   ERR_CANCELLED    carry_on said so                                      ERR_NOMEM
 * A kept connection that turns out to be dead before the first byte of the answer is replaced once, silently. */
enum err_code http_call(struct http *h, const struct http_request *request, struct buf *body,
    struct http_answer *ret_answer, struct err *err) MUST_CHECK;

/* The two everyday calls. */
enum err_code http_get(
    struct http *h, const char *url, struct buf *body, struct http_answer *ret_answer, struct err *err) MUST_CHECK;
enum err_code http_post(struct http *h, const char *url, const char *type, const void *bytes, size_t len,
    struct buf *body, struct http_answer *ret_answer, struct err *err) MUST_CHECK;

#endif
