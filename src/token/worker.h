/* The token worker's life: one poll loop between the UI's socket and the card readers. Started as
 * `eonay-token --config FILE --module N` with the socket on WIRE_FD; see src/wire/messages.def for what is said. */
#ifndef EONAY_TOKEN_WORKER_H
#define EONAY_TOKEN_WORKER_H

#include "base/err.h"
#include "base/settings.h"
#include "sign/trust.h"

struct worker_start {
    int fd;
    const struct settings *settings;
    const struct settings_module *module;
    const struct trust *trust;
    const char *guard_path;
};

/* Until the UI is away (OK) or breaks the protocol (ERR_PROTOCOL). */
enum err_code worker_run(const struct worker_start *start, struct err *err) MUST_CHECK;

#endif
