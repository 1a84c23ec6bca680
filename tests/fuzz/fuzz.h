/* Fuzz targets: each gives hostile bytes to one reader and holds what comes back against what its header promises.
 * The same targets run in two ways: under libFuzzer (--enable-fuzz, fuzz.c), and over the kept corpus with some
 * thousand small changes in every `make check` (replay.c). */
#ifndef EONAY_FUZZ_FUZZ_H
#define EONAY_FUZZ_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One file and one corpus folder each. */
#define FUZZ_TARGETS(X)                                                                                                \
    X(wire)                                                                                                            \
    X(cades)                                                                                                           \
    X(asice)                                                                                                           \
    X(cms)                                                                                                             \
    X(cert)                                                                                                            \
    X(ocsp)                                                                                                            \
    X(crl)                                                                                                             \
    X(download)                                                                                                        \
    X(ledger)                                                                                                          \
    X(settings)                                                                                                        \
    X(answers)                                                                                                         \
    X(head)                                                                                                            \
    X(words)                                                                                                           \
    X(code)                                                                                                            \
    X(text)                                                                                                            \
    X(rule)                                                                                                            \
    X(flow)                                                                                                            \
    X(tst)                                                                                                             \
    X(levels)

/* True when the input was taken for what it should be: the kept corpus holds such inputs for every target. */
#define X(name) bool fuzz_##name(const uint8_t *data, size_t len);
FUZZ_TARGETS(X)
#undef X

struct fuzz_target {
    const char *name;
    bool (*run)(const uint8_t *data, size_t len);
};
const struct fuzz_target *fuzz_target_at(size_t i); /* NULL past the last */
const struct fuzz_target *fuzz_target_named(const char *name);

/* A promise. A broken one ends the process like any other crash, so that the input is kept. */
#define HOLDS(x) fuzz_holds((x), #x, __FILE__, __LINE__)
void fuzz_holds(bool holds, const char *what, const char *file, int line);
/* Is this what text_clean promises: whole UTF-8 without anything a terminal acts on? */
bool fuzz_is_clean(const char *s, size_t room);

#define FUZZ_INPUT_MAX 65536

#endif
