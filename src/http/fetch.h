/* A file from the network straight into a descriptor, going on where an earlier try stopped. */
#ifndef EONAY_HTTP_FETCH_H
#define EONAY_HTTP_FETCH_H

#include <stdint.h>
#include "base/err.h"
#include "http/http.h"

struct http_file {
    const char *url;
    int fd;               /* read-write, regular; what it holds counts as the file's beginning */
    uint64_t size;        /* the whole file's, known beforehand; nothing past it is written */
    char etag[HTTP_ETAG]; /* what the server called the file when the beginning came; "" at first. Kept up to date here,
                           * so that the rest is asked for only of this very file */
    uint32_t stall_ms;
    void (*progress)(void *ctx, uint64_t done, uint64_t size); /* after each piece; may be NULL */
    void *ctx;
};

/* OK: fd holds exactly `size` bytes; whether they are the right ones is the caller's to check. On failure what came is
 * kept. ERR_FILE: fd cannot be written; ERR_NOT_FOUND: any status but 200 and 206; ERR_GARBLED: another range or size
 * than asked for; ERR_UNREACHABLE: the end is missing; else as http_call. A server that answers 200 to the range makes
 * the file start over. */
enum err_code http_fetch(struct http *h, struct http_file *file, struct err *err) MUST_CHECK;

#endif
