/* What the token worker tells the UI: the list of cards and certificates, errors, the signature. */
#ifndef EONAY_TOKEN_REPORT_H
#define EONAY_TOKEN_REPORT_H

#include "base/buf.h"
#include "base/err.h"
#include "token/certs.h"

/* All of them wait for a slow reader; ERR_WORKER_GONE when the UI is away. `frame` in struct report is scratch. */
struct report {
    int fd;
    uint8_t *frame; /* WIRE_MAX bytes */
};

struct report_error {
    const struct err *err;
    uint64_t arg;
    unsigned pin_flags;
    uint64_t logins;
};

enum err_code report_ready(const struct report *r) MUST_CHECK;
enum err_code report_alive(const struct report *r) MUST_CHECK;
/* CARDS and one CERT for each certificate. `trouble` OK: there is a card with certificates. */
enum err_code report_list(
    const struct report *r, const struct cards *cards, const struct certs *certs, const struct err *trouble) MUST_CHECK;
enum err_code report_token(const struct report *r, uint32_t job, const struct card *card) MUST_CHECK;
enum err_code report_ok(const struct report *r, uint32_t job) MUST_CHECK;
enum err_code report_failure(const struct report *r, uint32_t job, struct report_error e) MUST_CHECK;
enum err_code report_match(const struct report *r, uint32_t job, const char *match) MUST_CHECK;
enum err_code report_signed(const struct report *r, uint32_t job, const struct buf *cms, uint64_t logins) MUST_CHECK;

#endif
