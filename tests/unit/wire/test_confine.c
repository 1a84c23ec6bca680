/* What the confined workers may and may not do. Each deed is done by a child that confined itself for real. */
#include "config.h"
#include "wire/confine.h"

#include <arpa/inet.h>
#include <asm/sockios.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <sched.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#define ARRAY_LEN(a) (sizeof(a) / sizeof *(a))
#define TMP "/tmp/eonay-confine-XXXXXX"

static char base[sizeof TMP]; /* holds in/file (readable), out/ (writable), other/file (neither) */
static char in[48], out[48], in_file[64], out_file[64], other_file[64], other_dir[64];
static int passed_fd = -1; /* open for writing before the confinement, as a download's is */
static bool has_landlock;

/* A deed returns 0 when it worked, else errno. */
static int result(long rc)
{
    return rc < 0 ? errno : 0;
}

static int opens(const char *path, int flags)
{
    int fd = open(path, flags | O_CLOEXEC, 0600);

    if (fd < 0)
        return errno;
    close(fd);
    return 0;
}

static int reads_in(void)
{
    return opens(in_file, O_RDONLY);
}
static int reads_system(void)
{
    return opens("/etc/passwd", O_RDONLY);
}
static int reads_other(void)
{
    return opens(other_file, O_RDONLY);
}
static int writes_in(void)
{
    return opens(in_file, O_WRONLY);
}
static int writes_out(void)
{
    return opens(out_file, O_WRONLY | O_CREAT);
}
static int writes_other(void)
{
    return opens(other_file, O_WRONLY);
}
static int creates_other(void)
{
    return result(mkdir(other_dir, 0700));
}
static int removes_other(void)
{
    return result(unlink(other_file));
}
static int writes_null(void)
{
    return opens("/dev/null", O_RDWR);
}
static int writes_passed(void)
{
    return result(write(passed_fd, "x", 1)) ? errno : result(ftruncate(passed_fd, 0));
}

static int executes(void)
{
    char name[] = "true", *argv[] = {name, NULL}, *envp[] = {NULL};

    return result(execve("/bin/true", argv, envp));
}

static int executes_fd(void)
{
    char name[] = "true", *argv[] = {name, NULL}, *envp[] = {NULL};
    int fd = open("/bin/true", O_RDONLY | O_CLOEXEC);

    return result(syscall(SYS_execveat, fd, "", argv, envp, AT_EMPTY_PATH));
}

static int spawns(void)
{
    char name[] = "true", *argv[] = {name, NULL}, *envp[] = {NULL};
    pid_t pid;

    return posix_spawn(&pid, "/bin/true", NULL, NULL, argv, envp);
}

static int forks(void)
{
    pid_t pid = fork();

    if (pid == 0)
        _exit(0);
    return result(pid);
}

static int vforks(void)
{
    return result(syscall(SYS_vfork));
}

static void *nothing(void *arg)
{
    return arg;
}

static int starts_thread(void)
{
    pthread_t thread;
    int rc = pthread_create(&thread, NULL, nothing, NULL);

    return rc != 0 ? rc : pthread_join(thread, NULL);
}

static int sockets(int family, int type)
{
    int fd = socket(family, type | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return errno;
    close(fd);
    return 0;
}

static int socket_unix(void)
{
    return sockets(AF_UNIX, SOCK_STREAM);
}
static int socket_inet(void)
{
    return sockets(AF_INET, SOCK_STREAM);
}
static int socket_inet6(void)
{
    return sockets(AF_INET6, SOCK_DGRAM);
}
static int socket_netlink(void)
{
    return sockets(AF_NETLINK, SOCK_RAW);
}
static int socket_uevents(void)
{
    return result(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT));
}
static int pair_of(int type)
{
    int pair[2];

    return result(socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, pair));
}
static int pair_stream(void)
{
    return pair_of(SOCK_STREAM);
}
static int pair_datagram(void)
{
    return pair_of(SOCK_DGRAM);
}

static int connects(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(1), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), rc;

    if (fd < 0)
        return errno;
    rc = result(connect(fd, (const struct sockaddr *)&at, sizeof at));
    close(fd);
    return rc == ECONNREFUSED ? 0 : rc; /* nobody listens on port 1: the call itself went through */
}

static int kills_parent(void)
{
    return result(kill(getppid(), 0));
}
static int kills_self(void)
{
    return result(kill(getpid(), 0));
}
static int kills_group(void)
{
    return result(kill(0, 0));
}
static int tgkills_parent(void)
{
    return result(syscall(SYS_tgkill, getppid(), getppid(), 0));
}
static int tgkills_self(void)
{
    return result(syscall(SYS_tgkill, getpid(), gettid(), 0));
}
static int owns_signals(void)
{
    return result(fcntl(passed_fd, F_SETOWN, getppid()));
}
static int picks_signal(void)
{
    return result(fcntl(passed_fd, F_SETSIG, SIGKILL));
}
static int owns_signals_by_ioctl(void)
{
    int pid = getppid();

    return result(ioctl(passed_fd, FIOSETOWN, &pid));
}
#ifndef WITH_SANITIZERS /* their leak check needs these */
static int limits_parent(void)
{
    const struct rlimit none = {0, 0};

    return result(syscall(SYS_prlimit64, getppid(), RLIMIT_CORE, &none, NULL));
}
static int traces(void)
{
    return result(ptrace(PTRACE_ATTACH, getppid(), NULL, NULL));
}
#endif
static int mounts(void)
{
    return result(mount("none", base, "tmpfs", 0, NULL));
}
static int bpfs(void)
{
    return result(syscall(SYS_bpf, 0, NULL, 0));
}
static int keys(void)
{
    return result(syscall(SYS_keyctl, 0, 0, 0, 0, 0));
}
static int urings(void)
{
    return result(syscall(SYS_io_uring_setup, 1, NULL));
}
static int unshares(void)
{
    return result(syscall(SYS_unshare, 0x10000000 /* CLONE_NEWUSER */));
}
static int types_ahead(void)
{
    return result(ioctl(passed_fd, TIOCSTI, "x"));
}

static int reads_parent(void)
{
    char byte;
    struct iovec here = {&byte, 1}, there = {base, 1};

    return result(process_vm_readv(getppid(), &here, 1, &there, 1, 0));
}

enum { WORKS = 0, ANY_ERROR = -1, BY_LANDLOCK = -2 /* EACCES, when the kernel has it */ };

static const struct deed {
    const char *name;
    int (*act)(void);
    int token, net; /* errno expected, or one of the above */
} deeds[] = {
    {"read a system file", reads_system, WORKS, WORKS},
    {"read a named file", reads_in, WORKS, WORKS},
    {"read another file", reads_other, BY_LANDLOCK, BY_LANDLOCK},
    {"write a readable file", writes_in, BY_LANDLOCK, BY_LANDLOCK},
    {"write below a writable folder", writes_out, WORKS, BY_LANDLOCK},
    {"write another file", writes_other, BY_LANDLOCK, BY_LANDLOCK},
    {"create another folder", creates_other, BY_LANDLOCK, EPERM},
    {"remove another file", removes_other, BY_LANDLOCK, EPERM},
    {"write /dev/null", writes_null, WORKS, WORKS},
    {"write a descriptor it was given", writes_passed, WORKS, WORKS},
    {"execve", executes, EPERM, EPERM},
    {"execveat", executes_fd, EPERM, EPERM},
    {"posix_spawn", spawns, ANY_ERROR, ANY_ERROR},
    {"fork", forks, EPERM, EPERM},
    {"vfork", vforks, EPERM, EPERM},
    {"start a thread", starts_thread, WORKS, WORKS},
    {"socket AF_UNIX", socket_unix, WORKS, EPERM},
    {"socket AF_INET", socket_inet, EPERM, WORKS},
    {"socket AF_INET6", socket_inet6, EPERM, WORKS},
    {"socket AF_NETLINK", socket_netlink, EPERM, WORKS},
    {"another socket AF_NETLINK", socket_uevents, EPERM, EPERM},
    {"a pair of stream sockets", pair_stream, WORKS, WORKS},
    {"a pair of datagram sockets", pair_datagram, WORKS, EPERM},
    {"connect by TCP", connects, EPERM, WORKS},
    {"signal the parent", kills_parent, EPERM, EPERM},
    {"signal itself", kills_self, WORKS, WORKS},
    {"signal its group", kills_group, EPERM, EPERM},
    {"signal the parent's thread", tgkills_parent, EPERM, EPERM},
    {"signal its own thread", tgkills_self, WORKS, WORKS},
    {"let a file signal the parent", owns_signals, EPERM, EPERM},
    {"the same by ioctl", owns_signals_by_ioctl, EPERM, EPERM},
    {"choose the signal a file sends", picks_signal, EPERM, EPERM},
#ifndef WITH_SANITIZERS
    {"limit the parent", limits_parent, EPERM, EPERM},
    {"ptrace", traces, EPERM, EPERM},
#endif
    {"read the parent's memory", reads_parent, EPERM, EPERM},
    {"mount", mounts, EPERM, EPERM},
    {"bpf", bpfs, EPERM, EPERM},
    {"keyctl", keys, EPERM, EPERM},
    {"io_uring", urings, EPERM, EPERM},
    {"new namespace", unshares, EPERM, EPERM},
    {"type into a terminal", types_ahead, EPERM, EPERM},
};

typedef enum err_code confine_fn(const struct confine_places *, int *, struct err *);

/* The errno of the deed, done by a confined child; -1 when the confinement itself failed. */
static int done_confined(confine_fn *confine, int (*act)(void))
{
    const char *const read[] = {in}, *const write[] = {out};
    const struct confine_places places = {read, 1, write, 1};
    int status;
    pid_t pid = fork();

    if (pid == 0)
        _exit(confine(&places, NULL, NULL) != OK ? 255 : act());
    assert_true(pid > 0);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) && WEXITSTATUS(status) != 255 ? WEXITSTATUS(status) : -1;
}

static void deeds_check(confine_fn *confine, bool net)
{
    for (size_t i = 0; i < ARRAY_LEN(deeds); i++) {
        const struct deed *d = &deeds[i];
        int want = net ? d->net : d->token, got = done_confined(confine, d->act);

        if (want == BY_LANDLOCK && !has_landlock)
            continue;
        if (want == BY_LANDLOCK)
            want = EACCES;
        if (want == ANY_ERROR ? got <= 0 : got != want)
            fail_msg("%s: %s", d->name, got < 0 ? "killed" : got == 0 ? "worked" : strerror(got));
    }
}

static void token_does(void **state)
{
    (void)state;
    deeds_check(confine_token, false);
}

static void net_does(void **state)
{
    (void)state;
    deeds_check(confine_net, true);
}

/* The table must be able to fail: unconfined, what is refused above works (or fails for another reason). */
static void unconfined_child_is_free(void **state)
{
    (void)state;
    assert_int_equal(reads_other(), 0);
    assert_int_equal(writes_other(), 0);
    assert_int_equal(socket_inet(), 0);
    assert_int_equal(kills_parent(), 0);
    assert_int_equal(forks(), 0);
}

static void file_make(const char *path)
{
    FILE *f = fopen(path, "w");

    assert_non_null(f);
    fclose(f);
}

/* /etc/resolv.conf is a link into /run on most machines; the resolver reads it anew whenever it changes. */
static int reads_resolver(void)
{
    const struct confine_places none = {NULL, 0, NULL, 0};
    static const char file[] = "/run/systemd/resolve/stub-resolv.conf", other[] = "/run/other";

    if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        mount("none", "/run", "tmpfs", 0, NULL) != 0)
        return 254;
    if (mkdir("/run/systemd", 0755) != 0 || mkdir("/run/systemd/resolve", 0755) != 0)
        return 253;
    file_make(file);
    file_make(other);
    if (confine_net(&none, NULL, NULL) != OK)
        return 255;
    return opens(other, O_RDONLY) != EACCES ? 252 : opens(file, O_RDONLY);
}

static void net_reads_the_resolver(void **state)
{
    int status;
    pid_t pid;

    (void)state;
    if (geteuid() != 0 || !has_landlock)
        return; /* only root may mount, only Landlock could refuse */
    pid = fork();
    if (pid == 0)
        _exit(reads_resolver());
    assert_true(pid > 0);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) != 254) /* root of a container that may not mount either */
        assert_int_equal(WEXITSTATUS(status), 0);
}

static int landlock_of_child(void)
{
    const struct confine_places none = {NULL, 0, NULL, 0};
    int abi = 0;

    return confine_token(&none, &abi, NULL) == OK ? abi : 255;
}

static int places_make(void **state)
{
    int status;
    pid_t pid;
    char other[48];

    (void)state;
    memcpy(base, TMP, sizeof TMP);
    assert_non_null(mkdtemp(base));
    snprintf(in, sizeof in, "%s/in", base);
    snprintf(out, sizeof out, "%s/out", base);
    snprintf(other, sizeof other, "%s/other", base);
    snprintf(in_file, sizeof in_file, "%s/file", in);
    snprintf(out_file, sizeof out_file, "%s/file", out);
    snprintf(other_file, sizeof other_file, "%s/file", other);
    snprintf(other_dir, sizeof other_dir, "%s/dir", other);
    assert_int_equal(mkdir(in, 0700) | mkdir(out, 0700) | mkdir(other, 0700), 0);
    file_make(in_file);
    file_make(other_file);
    passed_fd = open(other_file, O_RDWR | O_CLOEXEC);

    pid = fork();
    if (pid == 0)
        _exit(landlock_of_child());
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) != 255);
    has_landlock = WEXITSTATUS(status) > 0;
    return 0;
}

static int places_remove(void **state)
{
    (void)state;
    close(passed_fd);
    unlink(in_file);
    unlink(out_file);
    unlink(other_file);
    rmdir(in);
    rmdir(out);
    *strrchr(other_file, '/') = '\0';
    rmdir(other_file);
    return rmdir(base);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unconfined_child_is_free),
        cmocka_unit_test(token_does),
        cmocka_unit_test(net_does),
        cmocka_unit_test(net_reads_the_resolver),
    };

    return cmocka_run_group_tests_name("confine", tests, places_make, places_remove);
}
