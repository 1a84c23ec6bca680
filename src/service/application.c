#include "config.h"

#include "service/application.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <openssl/evp.h>
#include "base/ascii.h"
#include "base/fd.h"

struct application {
    char *file, *signature;
    const char *name;
    pthread_mutex_t lock; /* for the two below */
    struct stat seen;
    struct digest sha256;
};

static bool is_url_name(const char *s)
{
    if (!*s || *s == '.')
        return false;
    for (; *s; s++)
        if (!ascii_is_alnum(*s) && !strchr("._-", *s))
            return false;
    return true;
}

enum err_code application_open(const char *file, const char *signature, struct application **ret, struct err *err)
{
    struct application_facts facts;
    if (!file || !signature) {
        *ret = NULL;
        return OK;
    }
    struct application *a = calloc(1, sizeof *a);
    if (!a)
        return err_set(err, ERR_NOMEM, "application");
    pthread_mutex_init(&a->lock, NULL);
    a->file = strdup(file);
    a->signature = strdup(signature);
    enum err_code e = a->file && a->signature ? OK : ERR_NOMEM;
    if (e == OK) {
        const char *slash = strrchr(a->file, '/');
        a->name = slash ? slash + 1 : a->file;
        if (!is_url_name(a->name))
            e = err_set(err, ERR_CONFIG, "%s: a name for a download holds letters, digits and . _ - only", file);
        else if (application_read(a, &facts) != OK || access(signature, R_OK) != 0)
            e = err_set(err, ERR_FILE, "%s, %s: %s", file, signature, strerror(errno));
    }
    if (e != OK)
        application_close(&a);
    else
        *ret = a;
    return e;
}

void application_close(struct application **application)
{
    struct application *a = *application;
    if (!a)
        return;
    pthread_mutex_destroy(&a->lock);
    free(a->file);
    free(a->signature);
    free(a);
    *application = NULL;
}

static bool digest_file(int fd, struct digest *ret)
{
    uint8_t block[16384];
    ssize_t n = 0;
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bool ok = ctx && EVP_DigestInit_ex(ctx, EVP_sha256(), NULL) == 1;
    while (ok && (n = read(fd, block, sizeof block)) > 0)
        ok = EVP_DigestUpdate(ctx, block, (size_t)n) == 1;
    ok = ok && n == 0 && EVP_DigestFinal_ex(ctx, ret->v, NULL) == 1;
    EVP_MD_CTX_free(ctx);
    return ok;
}

static bool is_same(const struct stat *a, const struct stat *b)
{
    return a->st_ino == b->st_ino && a->st_size == b->st_size && a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
           a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

static enum err_code refresh(struct application *a)
{
    struct stat now;
    int fd = open(a->file, O_RDONLY | O_CLOEXEC);
    bool ok = fd >= 0 && fstat(fd, &now) == 0;
    if (ok && !is_same(&now, &a->seen) && (ok = digest_file(fd, &a->sha256)))
        a->seen = now;
    fd_close(&fd);
    return ok ? OK : ERR_FILE;
}

enum err_code application_read(struct application *a, struct application_facts *ret)
{
    pthread_mutex_lock(&a->lock);
    enum err_code e = refresh(a);
    if (e == OK)
        *ret = (struct application_facts){a->name, (uint64_t)a->seen.st_size, a->sha256};
    pthread_mutex_unlock(&a->lock);
    return e;
}

const char *application_path(const struct application *a, const char *name, const char **ret_type)
{
    size_t len = strlen(a->name);
    *ret_type = "application/octet-stream";
    if (strcmp(name, a->name) == 0)
        return a->file;
    if (strncmp(name, a->name, len) != 0 || strcmp(name + len, ".p7s") != 0)
        return NULL;
    *ret_type = "application/pkcs7-signature";
    return a->signature;
}
