/* Our own names for the numbers: Debian 12's headers stop at ABI 2, the kernels people run do not. */
#include "config.h"
#include "wire/landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "base/fd.h"

#define ARRAY_LEN(a) (sizeof(a) / sizeof *(a))

enum {
    FS_EXECUTE = 1 << 0,
    FS_WRITE_FILE = 1 << 1,
    FS_READ_FILE = 1 << 2,
    FS_READ_DIR = 1 << 3,
    FS_MAKE_CHAR = 1 << 6,
    FS_MAKE_BLOCK = 1 << 11,
    FS_TRUNCATE = 1 << 14,
    FS_IOCTL_DEV = 1 << 15,
    FS_READ = FS_READ_FILE | FS_READ_DIR,
    FS_OF_A_FILE = FS_WRITE_FILE | FS_READ_FILE | FS_TRUNCATE | FS_IOCTL_DEV,

    NET_TCP = 3,
    SCOPES = 3,

    CREATE_RULESET_VERSION = 1,
    RULE_PATH_BENEATH = 1,
};

struct path_rule {
    uint64_t allowed;
    int32_t parent_fd;
} __attribute__((packed));

/* All there is to take away, by the ABI that brought it (Documentation/userspace-api/landlock.rst). */
static const struct landlock_rights abi_rights[] = {
    {(1 << 13) - 1, 0, 0},
    {(1 << 14) - 1, 0, 0},
    {(1 << 15) - 1, 0, 0},
    {(1 << 15) - 1, NET_TCP, 0},
    {(1 << 16) - 1, NET_TCP, 0},
    {(1 << 16) - 1, NET_TCP, SCOPES},
};

/* /proc/self: libraries look at their own maps and limits there. */
static const char *const system_paths[] = {
    "/usr", "/lib", "/lib32", "/lib64", "/etc", "/sys", "/proc/self", "/run/pcscd", "/dev/null", "/dev/zero",
    "/dev/random", "/dev/urandom",
    /* where /etc/resolv.conf leads on most machines; folders, because the files are replaced */
    "/run/systemd/resolve", "/run/NetworkManager", "/run/resolvconf", "/run/connman",
#ifdef WITH_SANITIZERS
    "/proc", /* the leak check's tracer looks at its parent */
#endif
};

static void path_allow(int ruleset_fd, const char *path, uint64_t rights)
{
    struct path_rule rule = {.allowed = rights, .parent_fd = open(path, O_PATH | O_CLOEXEC)};
    int fd = rule.parent_fd;
    struct stat st;

    if (fd < 0)
        return;
    if (fstat(fd, &st) == 0 && !S_ISDIR(st.st_mode))
        rule.allowed &= FS_OF_A_FILE;
    (void)syscall(SYS_landlock_add_rule, ruleset_fd, RULE_PATH_BENEATH, &rule, 0);
    fd_close(&fd);
}

static void places_allow(int ruleset_fd, uint64_t fs, const struct confine_places *places)
{
    uint64_t writing = fs & ~(uint64_t)(FS_EXECUTE | FS_MAKE_CHAR | FS_MAKE_BLOCK);

    for (size_t i = 0; i < ARRAY_LEN(system_paths); i++)
        path_allow(ruleset_fd, system_paths[i], FS_READ);
    path_allow(ruleset_fd, "/dev/null", FS_READ | FS_WRITE_FILE);
    for (size_t i = 0; i < places->read_n; i++)
        path_allow(ruleset_fd, places->read[i], FS_READ);
    for (size_t i = 0; i < places->write_n; i++)
        path_allow(ruleset_fd, places->write[i], writing);
}

enum err_code landlock_confine(
    struct landlock_rights spared, const struct confine_places *places, int *ret_abi, struct err *err)
{
    long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, CREATE_RULESET_VERSION);
    enum err_code rc = OK;
    struct landlock_rights all;
    int fd;

    if (abi < 1) { /* not built in, or switched off: carried on without */
        *ret_abi = 0;
        return OK;
    }
    all = abi_rights[(size_t)abi > ARRAY_LEN(abi_rights) ? ARRAY_LEN(abi_rights) - 1 : (size_t)abi - 1];
    all.fs &= ~spared.fs;
    all.net &= ~spared.net;
    all.scoped &= ~spared.scoped;

    fd = (int)syscall(SYS_landlock_create_ruleset, &all, sizeof all, 0);
    if (fd >= 0)
        places_allow(fd, all.fs, places);
    if (fd < 0 || syscall(SYS_landlock_restrict_self, fd, 0) != 0)
        rc = err_set(err, ERR_INTERNAL, "landlock: %s", strerror(errno));
    else
        *ret_abi = (int)abi;
    fd_close(&fd);
    return rc;
}
