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

#define NAMES_MAX 99 /* of one file */

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

static bool numbered_path(const char *folder, const char *name, unsigned number, char path[SAVING_PATH])
{
    static const char ending[] = ".tar.gz";
    size_t len = strlen(name), end = sizeof ending - 1;
    size_t stem = len > end && strcmp(name + len - end, ending) == 0 ? len - end : len;
    int n = number == 1 ? snprintf(path, SAVING_PATH, "%s/%s", folder, name)
                        : snprintf(path, SAVING_PATH, "%s/%.*s-%u%s", folder, (int)stem, name, number, name + stem);
    return n > 0 && n < SAVING_PATH;
}

/* Like rename, but never over what is there; some file systems know that only by way of a second name. */
static bool rename_beside(const char *from, const char *to)
{
    if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
        return true;
    if (errno != EINVAL && errno != ENOSYS)
        return false;
    return link(from, to) == 0 && unlink(from) == 0;
}

enum err_code saving_keep(const char *folder, const char *name, char ret_path[SAVING_PATH])
{
    char part[SAVING_PATH], path[SAVING_PATH];
    if (!part_path(folder, name, part))
        return ERR_DOWNLOAD_NOWHERE;
    for (unsigned number = 1; number <= NAMES_MAX && numbered_path(folder, name, number, path); number++) {
        if (rename_beside(part, path)) {
            memcpy(ret_path, path, sizeof path);
            return OK;
        }
        if (errno != EEXIST)
            break;
    }
    return ERR_DOWNLOAD_NOWHERE;
}

void saving_drop(const char *folder, const char *name)
{
    char path[SAVING_PATH];
    if (part_path(folder, name, path))
        (void)unlink(path);
}
