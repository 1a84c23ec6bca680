#include "config.h"
#include "wizard/saving.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/ascii.h"
#include "base/fd.h"

static bool is_plain_name(const char *name)
{
    for (const char *c = name; *c != '\0'; c++)
        if (!ascii_is_alnum(*c) && (c == name || strchr("._-", *c) == NULL))
            return false;
    return name[0] != '\0';
}

static bool part_path(const char *folder, const char *name, char path[SAVING_PATH])
{
    int n = is_plain_name(name) ? snprintf(path, SAVING_PATH, "%s/%s.part", folder, name) : -1;
    return n > 0 && n < SAVING_PATH;
}

/* Another name of it may be a file we were not asked to write. */
static bool is_our_file(int fd)
{
    struct stat st;
    return fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_nlink == 1 && st.st_uid == geteuid();
}

enum err_code saving_open(const char *folder, const char *name, int *ret_fd)
{
    char path[SAVING_PATH];
    if (!part_path(folder, name, path))
        return ERR_DOWNLOAD_NOWHERE;
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, 0600);
    if (fd < 0 || !is_our_file(fd)) {
        fd_close(&fd);
        return ERR_DOWNLOAD_NOWHERE;
    }
    *ret_fd = fd;
    return OK;
}

/* Without its ending, of those that we know. */
static size_t stem_of(const char *name)
{
    static const char *const endings[] = {".tar.gz", ".asice"};
    size_t len = strlen(name);
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        size_t end = strlen(endings[i]);
        if (len > end && strcmp(name + len - end, endings[i]) == 0)
            return len - end;
    }
    return len;
}

bool saving_numbered(const char *folder, const char *name, unsigned number, char path[SAVING_PATH])
{
    size_t stem = stem_of(name);
    int n = number == 1 ? snprintf(path, SAVING_PATH, "%s/%s", folder, name)
                        : snprintf(path, SAVING_PATH, "%s/%.*s-%u%s", folder, (int)stem, name, number, name + stem);
    return n > 0 && n < SAVING_PATH;
}

/* Some file systems know that only by way of a second name. */
bool saving_rename_beside(const char *from, const char *to)
{
    if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
        return true;
    if (errno != EINVAL && errno != ENOSYS)
        return false;
    return link(from, to) == 0 && unlink(from) == 0;
}

static bool is_same_rest(int a, int b)
{
    char x[8192], y[sizeof x];
    ssize_t n = 1;
    while (n > 0) {
        n = read(a, x, sizeof x);
        if (n < 0 || read(b, y, sizeof y) != n || memcmp(x, y, (size_t)n) != 0)
            return false;
    }
    return true;
}

/* Has the file that has the name already come before? */
static bool is_same_file(const char *part, const char *path)
{
    struct stat st;
    int a = open(part, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    int b = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    bool same = a >= 0 && b >= 0 && fstat(b, &st) == 0 && S_ISREG(st.st_mode) && is_same_rest(a, b);
    fd_close(&a);
    fd_close(&b);
    return same;
}

/* True once the part has this name, or was there under it before. ERR_DOWNLOAD_NOWHERE: another name will not help. */
static enum err_code try_name(const char *part, const char *path, bool *ret_done)
{
    *ret_done = saving_rename_beside(part, path);
    if (*ret_done)
        return OK;
    if (errno != EEXIST)
        return ERR_DOWNLOAD_NOWHERE;
    *ret_done = is_same_file(part, path) && unlink(part) == 0;
    return OK;
}

enum err_code saving_keep(const char *folder, const char *name, char ret_path[SAVING_PATH])
{
    char part[SAVING_PATH], path[SAVING_PATH];
    if (!part_path(folder, name, part))
        return ERR_DOWNLOAD_NOWHERE;
    bool done = false;
    enum err_code rc = OK;
    for (unsigned i = 1; rc == OK && !done; i++)
        rc = i <= SAVING_NAMES && saving_numbered(folder, name, i, path) ? try_name(part, path, &done)
                                                                         : ERR_DOWNLOAD_NOWHERE;
    if (rc == OK)
        memcpy(ret_path, path, sizeof path);
    return rc;
}

void saving_drop(const char *folder, const char *name)
{
    char path[SAVING_PATH];
    if (part_path(folder, name, path))
        (void)unlink(path);
}
