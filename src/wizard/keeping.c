#include "config.h"
#include "wizard/keeping.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"

static enum err_code trouble(int number)
{
    static const struct {
        int number;
        enum err_code code;
    } rows[] = {{EACCES, ERR_RECEIPT_DENIED}, {EPERM, ERR_RECEIPT_DENIED}, {EROFS, ERR_RECEIPT_DENIED},
        {ENOENT, ERR_RECEIPT_FOLDER}, {ENOTDIR, ERR_RECEIPT_FOLDER}, {ENOSPC, ERR_RECEIPT_FULL},
        {EDQUOT, ERR_RECEIPT_FULL}, {EFBIG, ERR_RECEIPT_FULL}, {ENAMETOOLONG, ERR_RECEIPT_NAME}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].number == number)
            return rows[i].code;
    return ERR_RECEIPT_NOWHERE;
}

static bool is_folder(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static bool join(char out[SAVING_PATH], const char *folder, const char *name)
{
    size_t len = strlen(folder);
    bool closed = len > 0 && folder[len - 1] == '/';
    int n = snprintf(out, SAVING_PATH, "%s%s%s", folder, closed ? "" : "/", name);
    return n > 0 && n < SAVING_PATH;
}

static const char *last_part(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

static bool is_name(const char *part)
{
    return part[0] != '\0' && strcmp(part, ".") != 0 && strcmp(part, "..") != 0;
}

enum err_code keeping_path(const char *folder, const char *typed, const char *name, bool alone, char out[SAVING_PATH])
{
    char whole[SAVING_PATH];
    if (alone)
        return join(out, folder, is_name(last_part(typed)) ? last_part(typed) : name) ? OK : ERR_RECEIPT_NAME;
    bool fits = typed[0] == '/' ? snprintf(whole, sizeof whole, "%s", typed) < SAVING_PATH : join(whole, folder, typed);
    if (fits && (last_part(whole)[0] == '\0' || is_folder(whole)))
        fits = join(out, whole, name);
    else if (fits)
        memcpy(out, whole, sizeof whole);
    return fits ? OK : ERR_RECEIPT_NAME;
}

static void folder_of(char out[SAVING_PATH], const char *path)
{
    size_t len = (size_t)(last_part(path) - path);
    memcpy(out, path, len);
    out[len] = '\0';
}

/* Where the file system cannot have files without a name. */
static int open_named(struct keeping *k, const char *folder)
{
    int n = snprintf(k->temp, sizeof k->temp, "%s.receipt-XXXXXX", folder);
    int fd = n > 0 && n < SAVING_PATH ? mkostemp(k->temp, O_CLOEXEC) : -1;
    if (fd < 0)
        k->temp[0] = '\0';
    return fd;
}

enum err_code keeping_open(struct keeping *k, const char *path)
{
    char folder[SAVING_PATH];
    keeping_drop(k);
    folder_of(folder, path);
    memcpy(k->path, path, strlen(path) + 1);
    k->fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (k->fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL))
        k->fd = open_named(k, folder);
    return k->fd >= 0 ? OK : trouble(errno);
}

static bool give_name(const struct keeping *k, const char *path)
{
    char from[64];
    if (k->temp[0] != '\0')
        return saving_rename_beside(k->temp, path);
    snprintf(from, sizeof from, "/proc/self/fd/%d", k->fd);
    return linkat(AT_FDCWD, from, AT_FDCWD, path, AT_SYMLINK_FOLLOW) == 0;
}

/* So that the name survives a crash as the bytes do. */
static void flush_folder(const char *path)
{
    char folder[SAVING_PATH];
    folder_of(folder, path);
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0)
        (void)fsync(fd);
    fd_close(&fd);
}

enum err_code keeping_end(struct keeping *k, char ret_path[SAVING_PATH])
{
    char folder[SAVING_PATH], path[SAVING_PATH];
    bool done = false;
    int number = fsync(k->fd) == 0 ? EEXIST : errno;
    folder_of(folder, k->path);
    folder[strlen(folder) - 1] = '\0';
    for (unsigned i = 1; !done && number == EEXIST && i <= SAVING_NAMES; i++) {
        done = saving_numbered(folder, last_part(k->path), i, path) && give_name(k, path);
        number = done ? 0 : errno;
    }
    if (done) {
        k->temp[0] = '\0';
        flush_folder(path);
        memcpy(ret_path, path, sizeof path);
    }
    keeping_drop(k);
    return done ? OK : trouble(number);
}

void keeping_drop(struct keeping *k)
{
    if (k->temp[0] != '\0')
        (void)unlink(k->temp);
    fd_close(&k->fd);
    *k = (struct keeping)KEEPING_NONE;
}
