#include "config.h"
#include "net/download.h"
#include <errno.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/when.h"
#include "http/fetch.h"
#include "sign/download.h"

#define PIECE 16384

struct delivery {
    struct portal_file file; /* what the tag belongs to */
    char etag[HTTP_ETAG];
};

enum err_code delivery_new(struct delivery **ret)
{
    struct delivery *d = calloc(1, sizeof *d);

    if (d == NULL)
        return ERR_NOMEM;
    *ret = d;
    return OK;
}

void delivery_free(struct delivery **d)
{
    free(*d);
    *d = NULL;
}

static bool is_same_file(const struct portal_file *a, const struct portal_file *b)
{
    return strcmp(a->name, b->name) == 0 && a->size == b->size && memcmp(a->sha256, b->sha256, sizeof a->sha256) == 0;
}

static enum err_code broken(int fd, const char *why, struct err *err)
{
    if (ftruncate(fd, 0) != 0 || lseek(fd, 0, SEEK_SET) != 0)
        return err_set(err, ERR_DOWNLOAD_NOWHERE, "%s", strerror(errno));
    return err_set(err, ERR_DOWNLOAD_BROKEN, "%s", why);
}

/* In the words of a download. */
static enum err_code fetch_error(enum err_code rc, int fd, struct err *err)
{
    static const struct {
        enum err_code http, download;
    } rows[] = {
        {ERR_UNREACHABLE, ERR_DOWNLOAD_CUT},
        {ERR_SLOW, ERR_DOWNLOAD_CUT},
        {ERR_FILE, ERR_DOWNLOAD_NOWHERE},
    };

    if (rc == ERR_TOO_BIG || rc == ERR_GARBLED)
        return broken(fd, "another size or range than announced", err);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].http == rc)
            return err_set(err, rows[i].download, "%s", note_of(rc)->slug);
    return rc;
}

static enum err_code fetch(struct delivery *d, struct portal *p, const struct delivery_order *order, struct err *err)
{
    const struct portal_file *f = portal_file(p);
    char url[PORTAL_URL];
    struct http_file file = {.url = url,
        .fd = order->fd,
        .size = f->size,
        .stall_ms = order->stall_ms,
        .progress = order->progress,
        .ctx = order->ctx};
    enum err_code rc = portal_url(p, "/v1/application/", f->name, url);

    if (!is_same_file(&d->file, f))
        *d = (struct delivery){.file = *f};
    memcpy(file.etag, d->etag, sizeof file.etag);
    if (rc == OK)
        rc = http_fetch(portal_http(p), &file, err);
    memcpy(d->etag, file.etag, sizeof d->etag);
    return fetch_error(rc, order->fd, err);
}

static bool digest_file(int fd, uint8_t sha256[32])
{
    EVP_MD_CTX *md = EVP_MD_CTX_new();
    bool ok = md != NULL && EVP_DigestInit_ex(md, EVP_sha256(), NULL) == 1;
    uint8_t piece[PIECE];
    ssize_t n = 1;

    for (off_t at = 0; ok && n > 0; at += n) {
        n = pread(fd, piece, sizeof piece, at);
        ok = n >= 0 && EVP_DigestUpdate(md, piece, (size_t)n) == 1;
    }
    ok = ok && EVP_DigestFinal_ex(md, sha256, NULL) == 1;
    EVP_MD_CTX_free(md);
    return ok;
}

static enum err_code check_digest(int fd, const struct portal_file *f, struct err *err)
{
    uint8_t sha256[32];

    if (!digest_file(fd, sha256))
        return err_set(err, ERR_DOWNLOAD_NOWHERE, "%s", strerror(errno));
    return memcmp(sha256, f->sha256, sizeof sha256) == 0 ? OK : broken(fd, "another digest than announced", err);
}

static enum err_code check_signature(struct portal *p, const struct delivery_order *order, struct err *err)
{
    const struct portal_file *f = portal_file(p);
    struct buf cms = BUF_INIT(DOWNLOAD_CMS_MAX);
    struct http_answer answer;
    struct err why = {.code = OK};
    char path[sizeof f->name + 8], url[PORTAL_URL];
    enum err_code rc;

    strcpy(path, f->name);
    strcat(path, ".p7s");
    rc = portal_url(p, "/v1/application/", path, url);
    if (rc == OK)
        rc = http_get(portal_http(p), url, &cms, &answer, err);
    if (rc == ERR_UNREACHABLE || rc == ERR_SLOW)
        rc = err_set(err, ERR_DOWNLOAD_CUT, "the signature did not come");
    else if (rc == OK && answer.status != 200)
        rc = broken(order->fd, "no signature is published", err);
    else if (rc == OK && download_verify(order->fd, cms.data, cms.len, order->publisher, when_utc(), &why) != OK)
        rc = broken(order->fd, why.detail, err);
    buf_done(&cms);
    return rc;
}

enum err_code delivery_run(struct delivery *d, struct portal *p, const struct delivery_order *order, struct err *err)
{
    const struct portal_file *f = portal_file(p);
    enum err_code rc;

    if (!f->offered || order->publisher == NULL)
        return err_set(err, ERR_NOT_FOUND, "nothing is offered for download");
    rc = fetch(d, p, order, err);
    if (rc == OK)
        rc = check_digest(order->fd, f, err);
    return rc == OK ? check_signature(p, order, err) : rc;
}
