#include "config.h"
#include "http/fetch.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"

#define REFUSAL_MAX 4096 /* the words of a refusal, read and dropped */

struct fetch {
    struct http_file *file;
    uint64_t done;
    bool placed; /* the answer's place in the file is settled */
};

static enum err_code truncate_to(int fd, uint64_t size)
{
    return ftruncate(fd, (off_t)size) == 0 && lseek(fd, (off_t)size, SEEK_SET) == (off_t)size ? OK : ERR_FILE;
}

/* Where the body belongs: behind what is there (206 with the right range), or at the start (200). */
static enum err_code place(struct fetch *f, const struct http_answer *a)
{
    f->placed = true;
    memcpy(f->file->etag, a->etag, sizeof a->etag);
    if (a->status == 206)
        return a->has_range && a->range_from == f->done && a->range_size == f->file->size ? OK : ERR_GARBLED;
    if (a->status != 200)
        return ERR_GARBLED;
    f->done = 0;
    return truncate_to(f->file->fd, 0);
}

static enum err_code take(void *ctx, const struct http_answer *head, const uint8_t *bytes, size_t len)
{
    struct fetch *f = ctx;
    enum err_code rc = OK;

    if (!f->placed)
        rc = place(f, head);
    if (rc == OK && len > f->file->size - f->done)
        rc = ERR_TOO_BIG;
    if (rc == OK)
        rc = fd_write_all(f->file->fd, bytes, len) ? OK : ERR_FILE;
    if (rc != OK)
        return rc;
    f->done += len;
    if (f->file->progress != NULL)
        f->file->progress(f->file->ctx, f->done, f->file->size);
    return OK;
}

/* What is there already; a file longer than it may be starts over. */
static enum err_code find_start(const struct http_file *file, uint64_t *ret_done)
{
    struct stat st;
    uint64_t have;

    if (fstat(file->fd, &st) != 0 || !S_ISREG(st.st_mode))
        return ERR_FILE;
    have = (uint64_t)st.st_size <= file->size ? (uint64_t)st.st_size : 0;
    *ret_done = have;
    return truncate_to(file->fd, have);
}

static enum err_code judge(const struct fetch *f, int status, struct err *err)
{
    if (status != 200 && status != 206)
        return err_set(err, ERR_NOT_FOUND, "status %d", status);
    if (f->done != f->file->size)
        return err_set(err, ERR_UNREACHABLE, "%" PRIu64 " of %" PRIu64 " bytes came", f->done, f->file->size);
    return OK;
}

enum err_code http_fetch(struct http *h, struct http_file *file, struct err *err)
{
    struct fetch f = {.file = file};
    struct http_answer answer;
    char etag[HTTP_ETAG];
    struct buf refusal = BUF_INIT(REFUSAL_MAX);
    enum err_code rc = find_start(file, &f.done);

    if (rc != OK)
        return err_set(err, rc, "%s", strerror(errno));
    memcpy(etag, file->etag, sizeof etag);
    if (f.done < file->size) {
        const struct http_request request = {.url = file->url,
            .sink = take,
            .sink_ctx = &f,
            .range_from = f.done,
            .if_range = f.done > 0 && etag[0] != '\0' ? etag : NULL,
            .stall_ms = file->stall_ms};

        rc = http_call(h, &request, &refusal, &answer, err);
        if (rc == OK)
            rc = judge(&f, answer.status, err);
    }
    buf_done(&refusal);
    return rc;
}
