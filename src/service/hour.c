#include "config.h"

#include "service/hour.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "base/ascii.h"
#include "base/buf.h"
#include "base/when.h"

struct hour {
    pthread_mutex_t lock;
    char *file;
    struct stat seen;
    int64_t offset_s;
};

enum err_code hour_new(const char *file, struct hour **ret)
{
    struct hour *h = calloc(1, sizeof *h);
    if (!h || (file && !(h->file = strdup(file)))) {
        free(h);
        return ERR_NOMEM;
    }
    pthread_mutex_init(&h->lock, NULL);
    *ret = h;
    return OK;
}

void hour_free(struct hour **hour)
{
    struct hour *h = *hour;
    if (!h)
        return;
    pthread_mutex_destroy(&h->lock);
    free(h->file);
    free(h);
    *hour = NULL;
}

static int64_t read_offset(const char *file)
{
    struct buf b = BUF_INIT(64);
    uint64_t n = 0;
    int64_t offset = 0;
    if (buf_read_file(&b, file, NULL) == OK && b.len > 0) {
        char *s = (char *)b.data;
        s[strcspn(s, " \r\n")] = '\0';
        if (ascii_u64(s + (*s == '+' || *s == '-'), INT32_MAX, &n))
            offset = *s == '-' ? -(int64_t)n : (int64_t)n;
    }
    buf_done(&b);
    return offset;
}

static bool is_same_file(const struct stat *a, const struct stat *b)
{
    return a->st_ino == b->st_ino && a->st_size == b->st_size && a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
           a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

static int64_t offset_of(struct hour *h)
{
    struct stat now = {0};
    if (!h->file)
        return 0;
    pthread_mutex_lock(&h->lock);
    if (stat(h->file, &now) != 0) {
        h->offset_s = 0;
    } else if (!is_same_file(&now, &h->seen)) {
        h->offset_s = read_offset(h->file);
    }
    h->seen = now;
    int64_t offset = h->offset_s;
    pthread_mutex_unlock(&h->lock);
    return offset;
}

int64_t hour_now(struct hour *h)
{
    return when_utc() + offset_of(h);
}

int64_t hour_at(struct hour *h, uint64_t boot_ms)
{
    uint64_t now_ms = when_boot_ms();
    return hour_now(h) - (now_ms > boot_ms ? (int64_t)((now_ms - boot_ms) / 1000) : 0);
}
