/* The only home of a PIN or a password: one locked page, left out of core dumps, zeroed in a forked child.
 * There is no getter. Bytes come in a key at a time and leave once, through secret_send, which wipes. */
#ifndef EONAY_BASE_SECRET_H
#define EONAY_BASE_SECRET_H

#include <stdbool.h>
#include <stddef.h>
#include "base/err.h"

#define SECRET_MAX 255

struct secret;

enum err_code secret_new(struct secret **ret) MUST_CHECK; /* ERR_NOMEM; a failing mlock is not an error: see _locked */
void secret_free(struct secret **s);
bool secret_locked(const struct secret *s);  /* false: the page could not be locked (RLIMIT_MEMLOCK) or hidden */
size_t secret_len(const struct secret *s);   /* bytes */
size_t secret_chars(const struct secret *s); /* UTF-8 characters: the number of stars */
bool secret_push(struct secret *s, const char *bytes, size_t len); /* one character; false when it does not fit */
void secret_pop(struct secret *s);                                 /* removes the last character and zeroes its bytes */
void secret_wipe(struct secret *s);
/* Alike byte for byte? Takes as long whatever is in them. */
bool secret_same(const struct secret *a, const struct secret *b);
bool secret_is_digits(const struct secret *s); /* 0-9 and nothing else; also when it is empty */
/* Hands the bytes to `out` once (writev of header and page, so that no copy is made) and wipes, whatever happens.
 * `header`/`header_len` go in front, in the same SEQPACKET message. */
enum err_code secret_send(struct secret *s, int fd, const void *header, size_t header_len) MUST_CHECK;
/* Receiving side: the worker reads the message straight into its own page. `header` gets exactly header_len bytes. */
enum err_code secret_recv(struct secret *s, int fd, void *header, size_t header_len) MUST_CHECK;
/* For the one call that must see the bytes (C_Login, the login form): runs fn with them, then wipes. */
enum err_code secret_use(
    struct secret *s, enum err_code (*fn)(void *ctx, const char *bytes, size_t len), void *ctx) MUST_CHECK;

#endif
