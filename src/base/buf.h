/* Byte buffer with a ceiling. Wiped on growth and on _done, so it may carry anything but a PIN or password. */
#ifndef EONAY_BASE_BUF_H
#define EONAY_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/err.h"

struct buf {
    uint8_t *data; /* NUL-terminated one past len whenever non-NULL */
    size_t len, cap, max;
};

#define BUF_INIT(ceiling) ((struct buf){NULL, 0, 0, (ceiling)})

void buf_done(struct buf *b);  /* wipes, frees, leaves an empty buffer with the same ceiling */
void buf_reset(struct buf *b); /* wipes the content, keeps the memory */
/* ERR_TOO_BIG past the ceiling, ERR_NOMEM; the buffer is unchanged then. */
enum err_code buf_add(struct buf *b, const void *bytes, size_t len) MUST_CHECK;
enum err_code buf_str(struct buf *b, const char *s) MUST_CHECK;
enum err_code buf_fmt(struct buf *b, const char *fmt, ...) MUST_CHECK __attribute__((format(printf, 2, 3)));
enum err_code buf_move(struct buf *to, struct buf *from) MUST_CHECK; /* frees to's content, takes from's; ERR_TOO_BIG */
/* Whole file, at most b->max bytes. ERR_FILE with errno's words in err->detail. */
enum err_code buf_read_file(struct buf *b, const char *path, struct err *err) MUST_CHECK;
/* Writes to path.part, fsyncs, renames; mode as given. */
enum err_code buf_write_file(const struct buf *b, const char *path, unsigned mode, struct err *err) MUST_CHECK;
/* Makes a file that is not there yet, not even as a link; what is there already stays as it is (ERR_FILE). What cannot
 * be written whole is removed again. */
enum err_code buf_write_new_file(const struct buf *b, const char *path, unsigned mode, struct err *err) MUST_CHECK;

#endif
