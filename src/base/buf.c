#include "config.h"
#include "base/buf.h"
#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void buf_done(struct buf *b)
{
    if (b->data != NULL)
        explicit_bzero(b->data, b->cap);
    free(b->data);
    *b = BUF_INIT(b->max);
}

void buf_reset(struct buf *b)
{
    if (b->data != NULL)
        explicit_bzero(b->data, b->cap);
    b->len = 0;
}

/* Not realloc: what it leaves behind could not be wiped. */
static enum err_code grow(struct buf *b, size_t need)
{
    size_t cap = b->cap < 64 ? 64 : b->cap;
    while (cap < need)
        cap = cap > SIZE_MAX / 2 ? need : cap * 2;
    uint8_t *data = malloc(cap);
    if (data == NULL)
        return ERR_NOMEM;
    if (b->data != NULL) {
        memcpy(data, b->data, b->len);
        explicit_bzero(b->data, b->cap);
        free(b->data);
    }
    b->data = data;
    b->cap = cap;
    return OK;
}

/* Room for `more` bytes and the NUL behind them. */
static enum err_code room(struct buf *b, size_t more)
{
    if (more > b->max - b->len || b->max == SIZE_MAX)
        return ERR_TOO_BIG;
    size_t need = b->len + more + 1;
    return need <= b->cap ? OK : grow(b, need);
}

enum err_code buf_add(struct buf *b, const void *bytes, size_t len)
{
    enum err_code code = room(b, len);
    if (code != OK)
        return code;
    if (len > 0)
        memcpy(b->data + b->len, bytes, len);
    b->len += len;
    b->data[b->len] = '\0';
    return OK;
}

enum err_code buf_str(struct buf *b, const char *s)
{
    return buf_add(b, s, strlen(s));
}

enum err_code buf_fmt(struct buf *b, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    int len = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    if (len < 0)
        return ERR_INTERNAL;
    enum err_code code = room(b, (size_t)len);
    if (code != OK)
        return code;
    va_start(ap, fmt);
    (void)vsnprintf((char *)b->data + b->len, (size_t)len + 1, fmt, ap);
    va_end(ap);
    b->len += (size_t)len;
    return OK;
}

enum err_code buf_move(struct buf *to, struct buf *from)
{
    if (from->len > to->max)
        return ERR_TOO_BIG;
    size_t max = to->max;
    buf_done(to);
    *to = *from;
    to->max = max;
    *from = BUF_INIT(from->max);
    return OK;
}

static enum err_code file_failed(struct err *err, const char *path)
{
    return err_set(err, ERR_FILE, "%s: %s", path, strerror(errno));
}

static enum err_code read_all(struct buf *b, int fd, const char *path, struct err *err)
{
    uint8_t piece[8192];
    enum err_code code = OK;
    ssize_t n;
    while (code == OK && (n = read(fd, piece, sizeof piece)) != 0) {
        if (n > 0)
            code = buf_add(b, piece, (size_t)n);
        else if (errno != EINTR)
            code = file_failed(err, path);
    }
    explicit_bzero(piece, sizeof piece);
    if (code == ERR_TOO_BIG || code == ERR_NOMEM)
        err_set(err, code, "%s: more than %zu bytes", path, b->max);
    return code;
}

enum err_code buf_read_file(struct buf *b, const char *path, struct err *err)
{
    struct buf all = BUF_INIT(b->max);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return file_failed(err, path);
    enum err_code code = buf_add(&all, "", 0);
    if (code == OK)
        code = read_all(&all, fd, path, err);
    if (code == OK)
        code = buf_move(b, &all);
    buf_done(&all);
    fd_close(&fd);
    return code;
}

/* A rename is only durable when the folder is. */
static bool sync_folder(const char *path)
{
    char folder[PATH_MAX];
    const char *slash = strrchr(path, '/');
    size_t len = slash == NULL ? 1 : slash == path ? 1 : (size_t)(slash - path);
    memcpy(folder, slash == NULL ? "." : path, len);
    folder[len] = '\0';
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return false;
    /* Some file systems cannot sync a folder and say EINVAL; the file's own bytes are safe by then. */
    bool done = fsync(fd) == 0 || errno == EINVAL;
    fd_close(&fd);
    return done;
}

enum err_code buf_write_file(const struct buf *b, const char *path, unsigned mode, struct err *err)
{
    char part[PATH_MAX];
    enum err_code code = ERR_FILE;
    int n = snprintf(part, sizeof part, "%s.part", path);
    if (n < 0 || (size_t)n >= sizeof part)
        return err_set(err, ERR_FILE, "%.200s: %s", path, strerror(ENAMETOOLONG));
    int fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, (mode_t)mode);
    if (fd < 0)
        return file_failed(err, part);
    if (fchmod(fd, (mode_t)mode) != 0 || !fd_write_all(fd, b->data, b->len) || fsync(fd) != 0)
        goto out;
    if (rename(part, path) == 0)
        code = sync_folder(path) ? OK : ERR_FILE;
out:
    if (code != OK) {
        file_failed(err, path);
        unlink(part);
    }
    fd_close(&fd);
    return code;
}

enum err_code buf_write_new_file(const struct buf *b, const char *path, unsigned mode, struct err *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, (mode_t)mode);
    if (fd < 0)
        return file_failed(err, path);
    bool done =
        fchmod(fd, (mode_t)mode) == 0 && fd_write_all(fd, b->data, b->len) && fsync(fd) == 0 && sync_folder(path);
    if (!done) {
        file_failed(err, path);
        unlink(path);
    }
    fd_close(&fd);
    return done ? OK : ERR_FILE;
}
