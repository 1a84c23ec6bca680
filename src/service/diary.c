#include "config.h"

#include "service/diary.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/ascii.h"
#include "base/fd.h"
#include "base/when.h"

struct diary {
    pthread_mutex_t lock;
    char *path;
    int fd;
};

static int open_log(const char *path)
{
    return path ? open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : fcntl(2, F_DUPFD_CLOEXEC, 3);
}

enum err_code diary_open(const char *path, struct diary **ret, struct err *err)
{
    struct diary *d = calloc(1, sizeof *d);
    if (!d || (path && !(d->path = strdup(path)))) {
        free(d);
        return err_set(err, ERR_NOMEM, "log");
    }
    d->fd = open_log(path);
    if (d->fd < 0) {
        err_set(err, ERR_FILE, "%s: %s", path ? path : "standard error", strerror(errno));
        free(d->path);
        free(d);
        return ERR_FILE;
    }
    pthread_mutex_init(&d->lock, NULL);
    *ret = d;
    return OK;
}

void diary_close(struct diary **diary)
{
    struct diary *d = *diary;
    if (!d)
        return;
    fd_close(&d->fd);
    pthread_mutex_destroy(&d->lock);
    free(d->path);
    free(d);
    *diary = NULL;
}

void diary_reopen(struct diary *d)
{
    int fd = open_log(d->path);
    if (fd < 0)
        return;
    pthread_mutex_lock(&d->lock);
    int old = d->fd;
    d->fd = fd;
    pthread_mutex_unlock(&d->lock);
    fd_close(&old);
}

/* Whatever slipped in: one line stays one line. */
static void flatten(char *line)
{
    for (; *line; line++)
        if ((unsigned char)*line < ' ' || *line == 0x7f)
            *line = '?';
}

void diary_say(struct diary *d, const char *event, const char *fmt, ...)
{
    char line[512], at[WHEN_RFC3339];
    va_list args;
    when_rfc3339(at, when_utc());
    int len = snprintf(line, sizeof line, "%s %s ", at, event);
    va_start(args, fmt);
    vsnprintf(line + len, sizeof line - (size_t)len - 1, fmt, args);
    va_end(args);
    flatten(line);
    strcat(line, "\n");
    pthread_mutex_lock(&d->lock);
    ssize_t written = write(d->fd, line, strlen(line));
    (void)written; /* a full disk must not stop the service */
    pthread_mutex_unlock(&d->lock);
}

void diary_person(char out[DIARY_PERSON], const struct digest *person)
{
    ascii_hex(out, person->v, (DIARY_PERSON - 1) / 2);
}
