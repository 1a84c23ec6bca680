/* What the two fake workers share: they speak real frames on WIRE_FD, read how to behave from a file beside the
 * configuration (words, "net.mode" or "token.mode") and write what they heard to a log there. */
#ifndef EONAY_TESTS_WIZARD_FAKE_H
#define EONAY_TESTS_WIZARD_FAKE_H

#include <stdbool.h>
#include <stdio.h>
#include "wire/wire.h"

struct fake {
    char folder[256];
    const char *name; /* "net", "token" */
    size_t module;
    uint8_t frame[WIRE_MAX];
};

bool fake_open(struct fake *f, const char *name, int argc, char **argv);
bool fake_is(const struct fake *f, const char *word); /* is the word among those of the mode file? */
bool fake_first(
    const struct fake *f, const char *what); /* true once per world: later calls, also of a new process: false */
bool fake_has(const struct fake *f, const char *file);
void fake_log(const struct fake *f, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void fake_send(const struct fake *f, const struct wire_out *out);
void fake_fail(struct fake *f, uint32_t job, enum err_code err, uint64_t pin_flags);
void fake_ok(struct fake *f, uint32_t job);
/* The secret that follows; true when it is `want`. Logs its length, never itself. */
bool fake_secret(const struct fake *f, uint32_t job, const char *want);

#endif
