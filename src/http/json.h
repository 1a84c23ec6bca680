/* JSON from strangers: parsed with ceilings on size and depth, then read member by member with the type and size that
 * are expected. A struct json_in remembers the first member that did not fit, so that a reader checks once:
 *
 *     struct json_in in = json_read(object, &err);
 *     json_need_str(&in, "number", number, sizeof number);
 *     json_need_u64(&in, "window", 86400, &window_s);
 *     return json_done(&in);
 *
 * After the first misfit nothing more is written. Members nobody asks for are let pass. */
#ifndef EONAY_HTTP_JSON_H
#define EONAY_HTTP_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <jansson.h>
#include "base/buf.h"
#include "base/err.h"

#define JSON_TYPE "application/json"
#define JSON_DEPTH_MAX 8

/* One object, UTF-8, no member twice, no NUL in strings, nesting at most JSON_DEPTH_MAX. ERR_GARBLED with the place in
 * err->detail; *ret is the caller's to json_decref. */
enum err_code json_parse(const void *bytes, size_t len, json_t **ret, struct err *err) MUST_CHECK;
/* Appends the compact text. ERR_TOO_BIG, ERR_NOMEM. */
enum err_code json_write(const json_t *value, struct buf *to) MUST_CHECK;

struct json_in {
    const json_t *object;
    enum err_code code;
    struct err *err;
};
struct json_in json_read(const json_t *object, struct err *err); /* NULL or no object: misfit */
/* OK, or ERR_GARBLED with the member's name and what was expected in err->detail (never its value). */
enum err_code json_done(const struct json_in *in) MUST_CHECK;

/* A string of at most out_len - 1 bytes. */
void json_need_str(struct json_in *in, const char *name, char *out, size_t out_len);
/* The same as a borrowed view: lives as long as the object. At most max bytes. */
void json_need_view(struct json_in *in, const char *name, size_t max, const char **ret, size_t *ret_len);
void json_need_u64(struct json_in *in, const char *name, uint64_t max, uint64_t *ret); /* whole, 0..max */
void json_need_bool(struct json_in *in, const char *name, bool *ret);
/* UTC second of a time written exactly as when_rfc3339 writes it. */
void json_need_time(struct json_in *in, const char *name, int64_t *ret_utc);
/* Exactly 2 * out_len lower-case hexadecimal digits. */
void json_need_hex(struct json_in *in, const char *name, uint8_t *out, size_t out_len);
/* Index of the string in `words`, a NULL-terminated list. */
void json_need_word(struct json_in *in, const char *name, const char *const *words, int *ret);
void json_need_object(struct json_in *in, const char *name, const json_t **ret); /* borrowed */
/* NULL when the member is null or absent. */
void json_may_object(struct json_in *in, const char *name, const json_t **ret);
/* An array of at most max elements. */
void json_need_array(struct json_in *in, const char *name, size_t max, const json_t **ret);
/* Is the member there and not null? */
bool json_has(const struct json_in *in, const char *name);

#endif
