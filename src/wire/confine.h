/* Confinement of the workers: what a process gives up before it touches anything foreign. Landlock for files (ABI 1 up;
 * a kernel without it is carried on with), seccomp for everything else. Both are one-way and outlive exec.
 *
 * The two filters differ because the foreign code differs. Nobody knows which calls a card vendor's module makes, so
 * the token worker denies what no card needs (a list); libcurl and OpenSSL are known, so the net worker allows what
 * they need (a list). A denied call answers EPERM; nothing is killed, so that a driver which merely tries lives on. */
#ifndef EONAY_WIRE_CONFINE_H
#define EONAY_WIRE_CONFINE_H

#include <stddef.h>
#include "base/err.h"

/* Files or folders (with all below them) the worker needs besides the system's own; one that is missing is skipped. */
struct confine_places {
    const char *const *read;
    size_t read_n;
    const char *const *write; /* read, written, created and removed */
    size_t write_n;
};

/* Token worker: reads system paths and `read`; writes only `write`; no exec, no new process, no signal to others, no
 * socket but AF_UNIX (pcscd), no ptrace (left in by sanitizer builds, whose leak check needs it), mount, bpf, keyctl,
 * io_uring ... Call it before the vendor's module is loaded. *ret_landlock (may be NULL) is the Landlock ABI in force,
 * 0 for none. ERR_INTERNAL with a detail when the filter could not be put in place: do not go on. */
enum err_code confine_token(const struct confine_places *places, int *ret_landlock, struct err *err) MUST_CHECK;

/* Net worker: reads system paths and `read`, writes no file (a descriptor passed to it stays writable); only the calls
 * of libcurl, OpenSSL and the resolver; sockets AF_INET, AF_INET6 and AF_NETLINK (the resolver asks for addresses). */
enum err_code confine_net(const struct confine_places *places, int *ret_landlock, struct err *err) MUST_CHECK;

#endif
