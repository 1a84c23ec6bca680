/* The order matters: Landlock first, because the allow-list filter leaves out the calls that set it up. */
#include "config.h"
#include "wire/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <sched.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <asm/sockios.h>
#include <unistd.h>
#include "wire/landlock.h"

#define ARRAY_LEN(a) (sizeof(a) / sizeof *(a))

/* `pid`: compared with our own process id. */
struct argument {
    bool is;
    unsigned number;
    enum scmp_compare op;
    uint64_t a, b;
    bool pid;
};

/* A call, or the call when its arguments compare so. */
struct rule {
    int call;
    struct argument arg[2];
};

/* clang-format off */
#define CALL(name) { .call = SCMP_SYS(name) }
#define ARGUMENT(n, compare, x, y) { .is = true, .number = (n), .op = (compare), .a = (x), .b = (y) }
#define IS(n, x) ARGUMENT(n, SCMP_CMP_MASKED_EQ, UINT32_MAX, x) /* of 32 bits: the kernel does not look at the others */
#define CALL_IF(name, n, compare, x, y) { .call = SCMP_SYS(name), .arg = { ARGUMENT(n, compare, x, y) } }
#define CALL_IS(name, n, x) { .call = SCMP_SYS(name), .arg = { IS(n, x) } }
#define CALL_IF_PID(name, n, compare) \
    { .call = SCMP_SYS(name), .arg = { { .is = true, .number = (n), .op = (compare), .pid = true } } }
/* clang-format on */

#define IOCTL_TIOCLINUX 0x541c

/* The leak check of sanitizer builds clones a tracer that shares our memory; a fork never does. */
#ifdef WITH_SANITIZERS
#define THREAD_FLAG CLONE_VM
#else
#define THREAD_FLAG CLONE_THREAD
#endif

/* clang-format off */
static const struct rule token_denied[] = {
    /* other programs and processes */
    CALL(execve), CALL(execveat), CALL(fork), CALL(vfork), CALL_IF(clone, 0, SCMP_CMP_MASKED_EQ, THREAD_FLAG, 0),
    CALL_IF_PID(kill, 0, SCMP_CMP_NE), CALL_IF_PID(tgkill, 0, SCMP_CMP_NE), CALL(tkill), CALL(pidfd_send_signal),
    CALL_IF_PID(rt_sigqueueinfo, 0, SCMP_CMP_NE), CALL_IF_PID(rt_tgsigqueueinfo, 0, SCMP_CMP_NE),
    CALL_IF(prlimit64, 0, SCMP_CMP_NE, 0, 0), CALL(pidfd_open), CALL(pidfd_getfd), CALL(process_vm_readv), CALL(process_vm_writev), CALL(process_madvise), CALL(kcmp),
#ifndef WITH_SANITIZERS
    CALL(ptrace),
#endif
    /* signals that a file sends to whom it is told to */
    CALL_IS(fcntl, 1, F_SETOWN), CALL_IS(fcntl, 1, F_SETOWN_EX), CALL_IS(fcntl, 1, F_SETSIG), CALL_IS(ioctl, 1, FIOSETOWN),
    CALL_IS(ioctl, 1, SIOCSPGRP),
    /* the network, and typing into somebody's terminal */
    CALL_IF(socket, 0, SCMP_CMP_NE, AF_UNIX, 0), CALL_IS(ioctl, 1, TIOCSTI), CALL_IS(ioctl, 1, IOCTL_TIOCLINUX),
    /* the kernel's wide surfaces */
    CALL(bpf), CALL(perf_event_open), CALL(userfaultfd), CALL(io_uring_setup), CALL(io_uring_enter),
    CALL(io_uring_register), CALL(keyctl), CALL(add_key), CALL(request_key), CALL(kexec_load), CALL(kexec_file_load),
    CALL(init_module), CALL(finit_module), CALL(delete_module), CALL(iopl), CALL(ioperm), CALL(personality), CALL(reboot),
    CALL(acct), CALL(swapon), CALL(swapoff), CALL(quotactl), CALL(settimeofday), CALL(clock_settime), CALL(clock_adjtime),
    CALL(adjtimex), CALL(sethostname), CALL(setdomainname), CALL(open_by_handle_at), CALL(fanotify_init),
    /* other roots and namespaces */
    CALL(mount), CALL(umount2), CALL(pivot_root), CALL(chroot), CALL(setns), CALL(unshare), CALL(open_tree),
    CALL(move_mount), CALL(fsopen), CALL(fsconfig), CALL(fsmount), CALL(fspick), CALL(mount_setattr),
};

static const struct rule net_allowed[] = {
    /* memory */
    CALL(brk), CALL(mmap), CALL(munmap), CALL(mprotect), CALL(mremap), CALL(madvise), CALL(mlock), CALL(mlock2), CALL(munlock),
    /* files that are open or only read; Landlock says which */
    CALL(read), CALL(readv), CALL(pread64), CALL(preadv), CALL(write), CALL(writev), CALL(pwrite64), CALL(lseek), CALL(close),
    CALL(open), CALL(openat), CALL(fstat), CALL(stat), CALL(lstat), CALL(newfstatat), CALL(statx), CALL(statfs),
    CALL(fstatfs), CALL(access), CALL(faccessat), CALL(faccessat2), CALL(readlink), CALL(readlinkat), CALL(getdents64),
    CALL(getcwd), CALL(dup), CALL(ftruncate), CALL(fsync), CALL(fdatasync), CALL(fallocate), CALL(fadvise64),
    CALL(flock), CALL_IS(fcntl, 1, F_DUPFD), CALL_IS(fcntl, 1, F_DUPFD_CLOEXEC), CALL_IS(fcntl, 1, F_GETFD),
    CALL_IS(fcntl, 1, F_SETFD), CALL_IS(fcntl, 1, F_GETFL), CALL_IS(fcntl, 1, F_SETFL), CALL_IS(ioctl, 1, FIONREAD),
    CALL_IS(ioctl, 1, FIONBIO), CALL_IS(ioctl, 1, TCGETS),
    /* sockets and waiting; a pair of datagram sockets could be sent from to any path */
    CALL_IS(socket, 0, AF_INET), CALL_IS(socket, 0, AF_INET6),
    { .call = SCMP_SYS(socket), .arg = { IS(0, AF_NETLINK), IS(2, NETLINK_ROUTE) } },
    CALL_IF(socketpair, 1, SCMP_CMP_MASKED_EQ, 0xf, SOCK_STREAM), CALL(connect), CALL(bind), CALL(getsockname),
    CALL(getpeername), CALL(getsockopt), CALL(setsockopt), CALL(sendto), CALL(sendmsg), CALL(sendmmsg), CALL(recvfrom),
    CALL(recvmsg), CALL(recvmmsg), CALL(shutdown), CALL(poll), CALL(ppoll), CALL(select), CALL(pselect6),
    CALL(epoll_create1), CALL(epoll_ctl), CALL(epoll_wait), CALL(epoll_pwait), CALL(eventfd2), CALL(pipe2),
    /* the resolver's thread */
    CALL_IF(clone, 0, SCMP_CMP_MASKED_EQ, THREAD_FLAG, THREAD_FLAG), CALL(futex), CALL(set_robust_list), CALL(rseq),
    CALL(sched_yield), CALL(sched_getaffinity), CALL(membarrier), CALL(gettid), CALL(exit), CALL(exit_group),
    /* signals to ourselves, time, chance, who we are */
    CALL(rt_sigaction), CALL(rt_sigprocmask), CALL(rt_sigreturn), CALL(sigaltstack), CALL(restart_syscall),
    CALL_IF_PID(tgkill, 0, SCMP_CMP_EQ), CALL_IF_PID(kill, 0, SCMP_CMP_EQ), CALL(clock_gettime), CALL(clock_getres),
    CALL(clock_nanosleep), CALL(nanosleep), CALL(gettimeofday), CALL(time), CALL(getrandom), CALL(getpid), CALL(getppid),
    CALL(getuid), CALL(geteuid), CALL(getgid), CALL(getegid), CALL(getrusage), CALL(sysinfo), CALL(uname),
    CALL_IF(prlimit64, 2, SCMP_CMP_EQ, 0, 0), CALL_IF(prctl, 0, SCMP_CMP_EQ, PR_SET_NAME, 0),
#ifdef WITH_SANITIZERS
    CALL(prctl), CALL(ptrace), CALL(wait4), CALL(prlimit64), CALL(getrlimit), CALL(sched_setaffinity), CALL(getdents),
#endif
};
/* clang-format on */

static int rule_add(scmp_filter_ctx filter, uint32_t action, const struct rule *r)
{
    struct scmp_arg_cmp cmp[ARRAY_LEN(r->arg)];
    unsigned n = 0;

    for (const struct argument *a = r->arg; n < ARRAY_LEN(r->arg) && a->is; a++)
        cmp[n++] = (struct scmp_arg_cmp){a->number, a->op, a->pid ? (uint64_t)getpid() : a->a, a->b};
    return seccomp_rule_add_array(filter, action, r->call, n, cmp);
}

struct profile {
    struct landlock_rights spared;
    const struct rule *rules;
    size_t rule_n;
    uint32_t otherwise, matched; /* seccomp actions */
};

static int calls_confine(const struct profile *p)
{
    scmp_filter_ctx filter = seccomp_init(p->otherwise);
    int rc;

    if (filter == NULL)
        return -ENOMEM;
    /* glibc falls back to clone, whose flags a filter can see, when clone3 does not exist. */
    rc = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
    for (size_t i = 0; rc == 0 && i < p->rule_n; i++)
        rc = rule_add(filter, p->matched, &p->rules[i]);
    if (rc == 0)
        rc = seccomp_load(filter);
    seccomp_release(filter);
    return rc;
}

static enum err_code confine(
    const struct profile *p, const struct confine_places *places, int *ret_landlock, struct err *err)
{
    int landlock = 0, failed;

    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return err_set(err, ERR_INTERNAL, "no_new_privs: %s", strerror(errno));
    if (landlock_confine(p->spared, places, &landlock, err) != OK)
        return ERR_INTERNAL;
    failed = calls_confine(p);
    if (failed != 0)
        return err_set(err, ERR_INTERNAL, "seccomp: %s", strerror(-failed));
    if (ret_landlock != NULL)
        *ret_landlock = landlock;
    return OK;
}

enum err_code confine_token(const struct confine_places *places, int *ret_landlock, struct err *err)
{
    /* Abstract sockets stay: a vendor's own daemon may listen on one. */
    static const struct profile token = {.spared = {0, 0, LANDLOCK_SCOPE_ABSTRACT_SOCKET},
        .rules = token_denied,
        .rule_n = ARRAY_LEN(token_denied),
        .otherwise = SCMP_ACT_ALLOW,
        .matched = SCMP_ACT_ERRNO(EPERM)};

    return confine(&token, places, ret_landlock, err);
}

enum err_code confine_net(const struct confine_places *places, int *ret_landlock, struct err *err)
{
    static const struct profile net = {.spared = {0, LANDLOCK_NET_CONNECT_TCP, 0},
        .rules = net_allowed,
        .rule_n = ARRAY_LEN(net_allowed),
        .otherwise = SCMP_ACT_ERRNO(EPERM),
        .matched = SCMP_ACT_ALLOW};
    const struct confine_places read_only = {.read = places->read, .read_n = places->read_n};

    return confine(&net, &read_only, ret_landlock, err);
}
