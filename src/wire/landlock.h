/* The file half of the confinement (confine.h). Linux's Landlock without a library: Debian 12 has none for it. */
#ifndef EONAY_WIRE_LANDLOCK_H
#define EONAY_WIRE_LANDLOCK_H

#include <stdint.h>
#include "wire/confine.h"

/* struct landlock_ruleset_attr as of ABI 6. An older kernel takes it as long as what it does not know is zero. */
struct landlock_rights {
    uint64_t fs, net, scoped;
};
enum {
    LANDLOCK_NET_CONNECT_TCP = 1 << 1,
    LANDLOCK_SCOPE_ABSTRACT_SOCKET = 1 << 0,
};

/* Takes every right the kernel knows but `spared`, then gives reading of the system's paths and what `places` names.
 * *ret_abi is the ABI in force, 0 when the kernel has none. no_new_privs must be set. */
enum err_code landlock_confine(
    struct landlock_rights spared, const struct confine_places *places, int *ret_abi, struct err *err) MUST_CHECK;

#endif
