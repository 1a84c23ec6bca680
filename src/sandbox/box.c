/* The folder of one sandbox. */
#include "config.h"

#include "sandbox/box.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/ascii.h"
#include "base/fd.h"
#include "base/when.h"

#define NAME_ROOM 512 /* bytes kept free in PATH_MAX for the names below the folder */
#define CLOCK_MAX_S (UINT64_C(100) * 366 * 86400)

#define MARK ".eonay-sandbox"

/* Everything `up` makes. The mark comes first and goes last: a folder half made or half emptied is still known as ours.
 */
static const char *const names[] = {"wizard.yaml", "service.yaml", "env", "state.json", "clock", "ca", "people",
    "cards", "service", "log", "run", "downloads", "application", MARK};
#define NAME_COUNT (sizeof names / sizeof *names)

static enum err_code file_fail(struct err *err, const char *path)
{
    return err_set(err, ERR_FILE, "%s: %s", path, strerror(errno));
}

void box_path(const struct box *b, char out[PATH_MAX], const char *name)
{
    int n = snprintf(out, PATH_MAX, "%s/%s", b->dir, name);
    if (n < 0 || n >= PATH_MAX)
        out[0] = '\0'; /* box_open leaves NAME_ROOM, so this is no path that could name another file */
}

static enum err_code make_folder(const struct box *b, const char *name, struct err *err)
{
    char path[PATH_MAX];
    box_path(b, path, name);
    return mkdir(path, 0700) == 0 ? OK : file_fail(err, path);
}

enum err_code box_write(const struct box *b, const char *name, const struct buf *text, struct err *err)
{
    char path[PATH_MAX];
    box_path(b, path, name);
    return buf_write_file(text, path, 0600, err);
}

/* A folder's name goes into YAML, shell and SoftHSM files: no control character may be in it. */
static bool is_plain(const char *path)
{
    for (; *path != '\0'; path++)
        if ((unsigned char)*path < 0x20 || *path == 0x7f)
            return false;
    return true;
}

static enum err_code resolve(const char *dir, struct box *ret, struct err *err)
{
    *ret = (struct box){.lock_fd = -1};
    if (realpath(dir, ret->dir) == NULL)
        return errno == ENOENT ? err_set(err, ERR_NOT_FOUND, "%s: no such folder", dir) : file_fail(err, dir);
    if (strlen(ret->dir) > PATH_MAX - NAME_ROOM || !is_plain(ret->dir))
        return err_set(err, ERR_FILE, "%s: too long, or a control character in it", dir);
    return OK;
}

static bool has(const struct box *b, const char *name)
{
    char path[PATH_MAX];
    struct stat st;
    box_path(b, path, name);
    return lstat(path, &st) == 0;
}

enum err_code box_open(const char *dir, struct box *ret, struct err *err)
{
    enum err_code rc = resolve(dir, ret, err);
    if (rc == OK && !has(ret, MARK))
        rc = err_set(err, ERR_NOT_FOUND, "%s: no sandbox here", ret->dir);
    return rc;
}

enum err_code box_lock(struct box *b, struct err *err)
{
    b->lock_fd = open(b->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (b->lock_fd < 0 || flock(b->lock_fd, LOCK_EX) != 0)
        return file_fail(err, b->dir);
    return OK;
}

void box_done(struct box *b)
{
    fd_close(&b->lock_fd);
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st, (void)kind, (void)at;
    return remove(path) == 0 || errno == ENOENT ? 0 : -1;
}

static enum err_code empty(const struct box *b, struct err *err)
{
    for (size_t i = 0; i < NAME_COUNT; i++) {
        char path[PATH_MAX];
        box_path(b, path, names[i]);
        if (has(b, names[i]) && nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS) != 0)
            return file_fail(err, path);
    }
    return OK;
}

static enum err_code must_be_free(const struct box *b, struct err *err)
{
    for (size_t i = 0; i < NAME_COUNT; i++)
        if (has(b, names[i]))
            return err_set(err, ERR_FILE, "%s/%s is in the way, and no sandbox made it", b->dir, names[i]);
    return OK;
}

static enum err_code mark(const struct box *b, struct err *err)
{
    struct buf text = BUF_INIT(64);
    enum err_code rc = buf_str(&text, "e-Onay sandbox: a test\n");
    if (rc == OK)
        rc = box_write(b, MARK, &text, err);
    buf_done(&text);
    return rc;
}

enum err_code box_claim(const char *dir, struct box *ret, struct err *err)
{
    if (mkdir(dir, 0700) != 0 && errno != EEXIST)
        return file_fail(err, dir);
    struct box b;
    enum err_code rc = resolve(dir, &b, err);
    if (rc == OK)
        rc = box_lock(&b, err);
    if (rc == OK)
        *ret = b;
    else
        box_done(&b);
    return rc;
}

enum err_code box_renew(const struct box *b, struct err *err)
{
    static const char *const folders[] = {
        "ca", "ca/issued", "people", "cards", "service", "log", "run", "downloads", "application"};
    enum err_code rc = has(b, MARK) ? empty(b, err) : must_be_free(b, err);
    if (rc == OK && chmod(b->dir, 0700) != 0)
        rc = file_fail(err, b->dir);
    if (rc == OK)
        rc = mark(b, err);
    for (size_t i = 0; rc == OK && i < sizeof folders / sizeof *folders; i++)
        rc = make_folder(b, folders[i], err);
    return rc;
}

static int64_t clock_read(const struct box *b)
{
    char path[PATH_MAX];
    struct buf text = BUF_INIT(32);
    uint64_t ahead = 0;
    box_path(b, path, "clock");
    if (buf_read_file(&text, path, NULL) == OK && text.len > 0) {
        text.data[strcspn((const char *)text.data, "\n")] = '\0';
        if (!ascii_u64((const char *)text.data, CLOCK_MAX_S, &ahead))
            ahead = 0;
    }
    buf_done(&text);
    return (int64_t)ahead;
}

int64_t box_now(const struct box *b)
{
    return when_utc() + clock_read(b);
}

enum err_code box_clock_move(const struct box *b, int64_t seconds, struct err *err)
{
    int64_t ahead = clock_read(b) + seconds;
    if (ahead < 0 || ahead > (int64_t)CLOCK_MAX_S)
        return err_set(err, ERR_BAD_REQUEST, "the clock can be ahead by at most a hundred years");
    struct buf text = BUF_INIT(32);
    enum err_code rc = buf_fmt(&text, "%" PRId64 "\n", ahead);
    if (rc == OK)
        rc = box_write(b, "clock", &text, err);
    buf_done(&text);
    return rc;
}
